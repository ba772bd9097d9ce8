"""An engine for a rehearsal: real servers behind a guard, and no web address called at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from integrations.memory import MemoryCaller
from integrations.memory_calendar import MemoryBook, MemoryCalendars
from integrations.mime.check import MimeWriter
from integrations.seating import ExactSolver
from worker.domain.observed import MARK, name_of
from worker.engine.engine import Engine, Outside, Rules
from worker.engine.fuse import FuseSetting
from worker.engine.journal.journal import Journal
from worker.engine.meetings.calendars import MAIL_ONLY, CalendarRules
from worker.engine.redirect import Redirected
from worker.ports import CalendarBook, Clock, Mailer, MailParts
from worker.settings.model import Settings
from worker.wiring.engine import calendar_rules
from worker.wiring.mailers import mailer_of
from worker.wiring.office import office_of
from worker.wiring.workspace import layouts_of, workspace_of

_NEVER = FuseSetting(least=1_000_000_000)  # its clock jumps, and everything goes to one address


class _Anew:
    """Writes mails with Message-IDs of this rehearsal's own.

    A mail program that knows an id hides the second mail of it; and the id of a rehearsed mail must
    never be that of the real one, which is to come.
    """

    def __init__(self, word: str) -> None:
        self._word = word
        self._write = MimeWriter()

    def __call__(self, parts: MailParts, shape: str = "") -> bytes:
        """Write a mail under another name, its thread too."""
        own_id = self._id(parts.message_id)
        renamed = replace(
            parts,
            message_id=own_id,
            marks=tuple(
                (name, name_of(own_id) if name == MARK else value) for name, value in parts.marks
            ),
            in_reply_to=self._id(parts.in_reply_to) if parts.in_reply_to else "",
            references=tuple(map(self._id, parts.references)),
        )
        return self._write(renamed, shape)

    def _id(self, known: str) -> str:
        local, at, domain = known.strip("<>").rpartition("@")
        digest = sha256(f"{self._word}{known}".encode()).hexdigest()
        return f"<{digest[: len(local)]}{at}{domain}>"


class Stage:
    """The engine of a rehearsal, its guards, and the web addresses it would have called."""

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        clock: Clock,
        *,
        redirect_to: str,
        word: str,
        on_hand_over: Callable[[str, int], None] | None = None,
    ) -> None:
        """Join everything on *journal*, which is a rehearsal's own.

        Args:
            settings: What the workspace is set to, with its secrets.
            journal: A memory of its own; the caller closes it.
            clock: One that jumps.
            redirect_to: Where every message goes.
            word: Another one for each rehearsal: it names its mails.
            on_hand_over: Told the mailbox and how many messages are about to leave from it.
        """
        self.guards: dict[str, Redirected] = {}
        self.calls = MemoryCaller()
        self.calendars = MemoryCalendars(clock)  # nobody is invited by rehearsing
        self._settings = settings
        self._clock = clock
        self._redirect_to = redirect_to
        self._on_hand_over = on_hand_over
        outside = Outside(
            mailer_of=self._way_out,
            write=_Anew(word),
            caller=self.calls,
            secrets={name: webhook.secret.reveal() for name, webhook in settings.webhooks.items()},
            calendar_of=self._calendar,
            solver=ExactSolver(),
        )
        self.engine = Engine(
            journal,
            office_of(settings, redirect_to=redirect_to),
            outside,
            clock=clock,
            workspace=workspace_of(settings, staff=journal.staff.all()),
            rules=Rules(fuse=_NEVER, calendars=_rarely(settings)),
            layouts=layouts_of(settings.root),
        )

    @property
    def handed_over(self) -> int:
        """Say how many messages have left."""
        return sum(guard.handed_over for guard in self.guards.values())

    @property
    def violations(self) -> list[str]:
        """Give what the guards have stopped."""
        return [wrong for guard in self.guards.values() for wrong in guard.violations]

    def _calendar(self, provider: str) -> CalendarBook | None:
        """Give a calendar that is nobody's: a real one would invite the candidate."""
        return None if provider == MAIL_ONLY else MemoryBook(self.calendars)

    def _way_out(self, mailbox: str) -> Mailer:
        told = self._on_hand_over
        guard = Redirected(
            mailer_of(self._settings.mailboxes[mailbox], self._settings, self._clock),
            self._redirect_to,
            on_hand_over=None if told is None else lambda count: told(mailbox, count),
        )
        self.guards[mailbox] = guard
        return guard


def _rarely(settings: Settings) -> CalendarRules:
    """Read calendars once a day: nobody answers in those of a rehearsal."""
    return replace(calendar_rules(settings), look_every=timedelta(days=1))
