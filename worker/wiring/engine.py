"""The page of wiring: settings in, an engine out. No `if` on business stands here."""

from collections.abc import Callable, Sequence
from math import ceil

from integrations.mime.check import MimeWriter
from integrations.seating import ExactSolver
from integrations.webhook import WebhookCaller
from worker.domain.reasons import Reason
from worker.engine.begun import Begun
from worker.engine.clock_guard import ClockGuard
from worker.engine.engine import Engine, Outside, Rules
from worker.engine.fuse import FuseSetting
from worker.engine.herald import TellRules
from worker.engine.journal.journal import Journal
from worker.engine.ledger import Limits
from worker.engine.meetings.calendars import FILES, CalendarRules
from worker.engine.meetings.imagine import Times
from worker.engine.reconcile import NoWayOut
from worker.engine.render import codes_of
from worker.engine.retention import RetentionRules
from worker.ports import CalendarBook, Clock, InvitationPost, Mailer
from worker.settings.model import Mailbox, Settings
from worker.wiring.calendars import calendar_books, calendar_files
from worker.wiring.hints import hints_of
from worker.wiring.links import link_secret
from worker.wiring.mailers import mailer_of
from worker.wiring.office import office_of
from worker.wiring.reply_keys import reply_keys
from worker.wiring.sent_folders import sent_folder_of
from worker.wiring.workspace import layouts_of, workspace_of

_NOBODY_COUNTS = 1_000_000_000


def engine_of(  # noqa: PLR0913 - what only some engines have, by name
    settings: Settings,
    journal: Journal,
    clock: Clock,
    *,
    redirect_to: str = "",
    tell: Callable[[Sequence[Reason]], str] = codes_of,
    begun: Begun | None = None,
    relived_at: Clock | None = None,
    guard: ClockGuard | None = None,
) -> Engine:
    """Join everything that moves facts, on *journal*.

    Args:
        settings: What the workspace is set to, with its secrets.
        journal: The memory; the caller closes it.
        clock: The machine's, or one that is turned by hand.
        redirect_to: Where every message of a rehearsal goes; empty: to whom it is meant for.
        tell: What makes sentences of reasons, in the language of staff.
        begun: Who counts what is begun.
        relived_at: The machine's clock, where *clock* lives through lost time again. There is no
            way out of such an engine: others are asked, and told nothing.
        guard: Who watches the machine's clock.
    """
    mailboxes = settings.mailboxes
    outer = relived_at or clock  # nobody outside lives through it with us

    def way_out(mailbox: str) -> Mailer:
        if relived_at is not None:
            return NoWayOut()
        return mailer_of(mailboxes[mailbox], settings, clock, journal.store)

    books = calendar_books(settings, outer)

    def calendar_of(provider: str) -> CalendarBook | None:
        if provider == FILES:
            return calendar_files(settings, journal.staff.all, outer)
        return books(provider)

    outside = Outside(
        mailer_of=way_out,
        write=MimeWriter(),
        sent_folder_of=lambda mailbox: sent_folder_of(
            mailboxes.get(mailbox), settings, outer, journal.store
        ),
        caller=None if relived_at is not None else WebhookCaller(clock),
        secrets={name: webhook.secret.reveal() for name, webhook in settings.webhooks.items()},
        calendar_of=calendar_of,
        solver=ExactSolver(),
        post_of=invitation_post,
        hints=None if redirect_to or relived_at else hints_of(settings, clock),
    )
    return Engine(
        journal,
        office_of(
            settings,
            redirect_to=redirect_to,
            secret=link_secret(settings, journal),
            reply_key=reply_keys(settings, journal)[0],
            tell=tell,
        ),
        outside,
        clock=clock,
        workspace=workspace_of(settings, staff=journal.staff.all()),
        rules=rules_of(settings) if relived_at is None else _reliving(settings),
        layouts=layouts_of(settings.root),
        begun=begun,
        guard=guard,
    )


def invitation_post(domain: str) -> InvitationPost:
    """Give what writes invitations into mails whose events are named in *domain*."""
    from integrations.ics import IcsPost  # noqa: PLC0415 - a library that only invitations need

    return IcsPost(domain)


def rules_of(settings: Settings) -> Rules:
    """Give what the settings allow: limits of mailboxes, and the fuse."""
    return Rules(
        limits={id_: _limits(mailbox) for id_, mailbox in settings.mailboxes.items()},
        fuse=FuseSetting(settings.fuse.least, ceil(settings.fuse.times)),
        calendars=calendar_rules(settings),
        retention=RetentionRules(settings.retention.finished, settings.retention.received),
        telling=TellRules((settings.replies.owner, settings.replies.then), sign_ins_of(settings)),
    )


def sign_ins_of(settings: Settings) -> dict[str, str]:
    """Name for each mailbox the command by which somebody signs in anew, where there is one."""
    commands = {}
    if settings.google is not None and settings.google.user and not settings.google.service_account:
        commands["google"] = "tsunagu connect google"
    if settings.microsoft is not None and settings.microsoft.is_person:
        commands["microsoft"] = "tsunagu connect microsoft"
    return {
        id_: commands[provider]
        for id_, mailbox in settings.mailboxes.items()
        for provider in commands
        if _goes_by(mailbox, provider)
    }


def _goes_by(mailbox: Mailbox, provider: str) -> bool:
    """Say whether a mailbox is reached with the sign-in at a provider."""
    ways = (mailbox.smtp, mailbox.imap)
    return getattr(mailbox, provider) is not None or any(
        way is not None and way.sign_in == provider for way in ways
    )


def _reliving(settings: Settings) -> Rules:
    """Give the rules of an engine that only asks: limits and fuse count for what leaves."""
    return Rules(
        fuse=FuseSetting(least=_NOBODY_COUNTS), calendars=calendar_rules(settings), relives=True
    )


def calendar_rules(settings: Settings) -> CalendarRules:
    """Give what the settings say about meetings."""
    said = settings.meetings
    return CalendarRules(
        default=settings.calendars,
        organiser=said.organiser,
        look_every=said.look_every,
        notice=said.notice,
        grid=said.grid,
        buffer=said.buffer,
        hours=said.hours,
        lunch=said.lunch,
        hold_ahead=said.hold_ahead,
    )


def imagined_times(settings: Settings) -> Times:
    """Give who finds times for meetings of imagined futures, as the settings have them."""
    return Times(ExactSolver(), calendar_rules(settings))


def _limits(mailbox: Mailbox) -> Limits:
    return Limits(mailbox.limits.per_minute, mailbox.limits.per_day)
