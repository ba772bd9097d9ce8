"""The mail to the person beside a meeting: the playbook's own text, or a built-in one.

Both are templates in the layout of the playbook's other mails, and both know `meeting.…`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from worker import logs
from worker.domain.appointments import (
    CALLED_OFF,
    CANCELLATION,
    HAS_LEFT,
    INVITATION,
    LETTER_WORD,
    NEW_TIME,
    OTHER_TIMES,
    REMINDER,
    Appointment,
)
from worker.domain.cases import Case
from worker.domain.errors import MailError
from worker.domain.facts import PlaybookId
from worker.domain.meetings import Span
from worker.domain.plan import Mail, Meeting
from worker.domain.post import message_id, thread_anchor
from worker.domain.reasons import Because
from worker.engine.meetings.advise import told_in
from worker.engine.meetings.calendars import MAIL_ONLY
from worker.engine.meetings.proposals import offered_in
from worker.engine.meetings.words import EN, JA, Page
from worker.engine.render import Edition, Office, reply_to
from worker.engine.work import Work
from worker.playbook.templates.mail import RenderedMail, render
from worker.playbook.templates.words import Words, words_of
from worker.ports import Address, MailParts

NAME = "meeting"  # what templates call it
_HANDED_OVER = "handed-over"  # as what a mail about a time speaks where only who is met changes
_REPLACED = "replaced"  # and one that takes an event back because of that
_JAPAN = "Asia/Tokyo"
ONLINE = {"google_meet": "Google Meet", "teams": "Microsoft Teams", "zoom": "Zoom"}


@dataclass(frozen=True, slots=True)
class Talk:
    """What a mail may say of a meeting."""

    title: str
    when: Span | None
    minutes: int
    place: str
    link: str
    colleagues: tuple[str, ...]
    timezone: str  # where the person has none
    kind: str = INVITATION
    known: Appointment | None = None  # where it is about a time that somebody asked for
    is_replaced: bool = False  # another organiser: for calendars it is another event


def inviting(edition: Edition, known: Appointment, office: Office) -> Mail:
    """Give the mail that invites the person to a meeting; without a template, the built-in one.

    Where it carries the invitation itself, it comes from the mailbox that invites: a calendar
    takes a change or an end of it from nobody else.
    """
    step = edition.steps.get(known.step)
    mail = inviting_by(step.action if step is not None else None, office)
    return replace(mail, sender=office.alerts_from) if known.provider == MAIL_ONLY else mail


def inviting_by(action: object, office: Office) -> Mail:
    """Give the mail that a meeting's step invites by."""
    own = action.mail if isinstance(action, Meeting) else None
    return own or Mail("", office.alerts_from)


def to_person(
    work: Work,
    known: Appointment,
    case: Case,
    edition: Edition,
    office: Office,
    now: datetime,
    text_failed: Callable[[], None] | None = None,
) -> MailParts:
    """Write one mail to the person.

    Where nothing else invites them and the playbook's own text lacks a word for them, they get the
    built-in one, and *text_failed* is called: a meeting that stands must not be news to who is to
    come.

    Raises:
        MailError: A word of the playbook's own text is missing, and a calendar has invited them.
    """
    mail = Mail("", office.alerts_from)
    if work.kind in {INVITATION, NEW_TIME}:
        mail = inviting(edition, known, office)
    about = known if work.kind == OTHER_TIMES else None
    talk = _talk(known, _kind(work, known, case), about)
    if talk.kind == _HANDED_OVER:  # of that no playbook has a text
        mail = replace(mail, template="")
    try:
        rendered = rendered_for(talk, mail, case, edition, office, now)
    except MailError as error:
        if not mail.template or known.provider != MAIL_ONLY:
            raise
        logs.invited_plainly(step=known.step, template=mail.template, why=str(error))
        if text_failed is not None:
            text_failed()
        mail = replace(mail, template="")
        rendered = rendered_for(talk, mail, case, edition, office, now)
    own_id = message_id(work.key, office.domain(mail.sender))
    to = Address(case.person.email, case.person.name)
    thread = thread_anchor(
        f"{known.id}/{work.person}/{to.address}", office.domain(office.alerts_from)
    )
    return MailParts(
        sender=office.address(mail.sender),
        to=to,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        sent_at=now,
        message_id=own_id,
        references=(thread,),
        reply_to=reply_to(mail, own_id, office) if mail.template else None,
    )


def why_text_fails(
    known: Appointment, case: Case, edition: Edition, office: Office, now: datetime
) -> str:
    """Say what the playbook's own text lacks for somebody; empty where it lacks nothing by now."""
    mail = inviting(edition, known, office)
    try:
        rendered_for(_talk(known, INVITATION), mail, case, edition, office, now)
    except MailError as error:
        return str(error)
    return ""


def _talk(known: Appointment, kind: str, about: Appointment | None = None) -> Talk:
    return Talk(
        known.title,
        known.when,
        known.minutes,
        known.place,
        known.link,
        tuple(one.name for one in known.attendees if one.staff is not None),
        known.timezone,
        kind,
        about,
        known.provider != MAIL_ONLY,
    )


def _kind(work: Work, known: Appointment, case: Case) -> str:
    """Say as what a mail speaks: another time is news to nobody who was never told of one.

    Where a calendar has invited them, they were.
    """
    if work.kind == CANCELLATION and known.outcome == HAS_LEFT:
        return _REPLACED
    if work.kind == NEW_TIME and _stays(known, case):
        was_told = known.provider != MAIL_ONLY or _was_invited(work, case)
        return _HANDED_OVER if was_told else INVITATION
    if work.kind != NEW_TIME or known.provider != MAIL_ONLY:
        return work.kind
    return NEW_TIME if _was_invited(work, case) else INVITATION


def _stays(known: Appointment, case: Case) -> bool:
    """Say whether a time that was given anew is the one before: only who is met has changed."""
    names = (f"{known.step}.booked", f"{known.step}.moved")
    given = [
        (fact.at, str(fact.value))
        for name in names
        for fact in case.facts.all(name, known.playbook)
        if fact.occurrence == known.occurrence
    ]
    return len({value for _, value in sorted(given)[-2:]}) == 1 < len(given)


def _was_invited(work: Work, case: Case) -> bool:
    invited = case.facts.all(f"{work.step}.{LETTER_WORD[INVITATION]}", PlaybookId(work.playbook))
    return any(one.occurrence == work.occurrence for one in invited)


def rendered_for(
    talk: Talk, mail: Mail, case: Case, edition: Edition, office: Office, now: datetime
) -> RenderedMail:
    """Fill the text of one mail about a meeting.

    Raises:
        MailError: A word is missing.
    """
    locale = case.person.locale
    if mail.template:
        compiled = edition.mail(mail.template, locale)
    else:
        language = "ja" if (locale or office.language) == "ja" else "en"
        subject, body = _text(_page(language), talk.kind)
        compiled = edition.built_in(subject, body, language)
    page = _page(compiled.language)
    zone = ZoneInfo(case.person.timezone or talk.timezone)
    setting = edition.setting(mail.sender, office)
    known = {NAME: Words(NAME, _words(talk, page, zone))}
    words = words_of(
        case.person,
        case.facts,
        edition.plan.playbook,
        setting=replace(setting, extra={**setting.extra, **known}),
        now=now,
        names=compiled.roots,
    )
    return render(compiled, words)


def spoken(page: Page, when: Span | None, zone: ZoneInfo) -> Mapping[str, str]:
    """Say a time in somebody's zone: the day, the hours, and both with the zone."""
    if when is None:
        return dict.fromkeys(("when", "day", "time"), page.no_when)
    start, end = when.start.astimezone(zone), when.end.astimezone(zone)
    day, hours = page.day(start), f"{start:%H:%M}–{end:%H:%M}"
    clock = page.japan_time if zone.key == _JAPAN else zone.key
    return {"when": f"{day} {hours} ({clock})", "day": day, "time": hours}


def offers_of(page: Page, known: Appointment, zone: ZoneInfo) -> Mapping[str, str]:
    """Say which time that somebody asked for does not do, and which would, one in a line."""
    for reason in told_in(known.outcome).why:
        if reason.because is Because.NOT_THEN:
            at = datetime.fromisoformat(reason.value("proposed")).astimezone(zone)
            length = timedelta(minutes=known.minutes)
            times = [spoken(page, Span(one, one + length), zone) for one in offered_in(reason)]
            listed = "\n".join(f"{page.bullet}{one['when']}" for one in times)
            told = page.offers.format(listed) if times else page.no_offers
            return {"asked": f"{page.day(at)} {at:%H:%M}", "offers": told}
    return {"asked": page.no_when, "offers": page.no_offers}


def _words(talk: Talk, page: Page, zone: ZoneInfo) -> Mapping[str, object]:
    """Give what `meeting.…` names."""
    place = ONLINE.get(talk.place, talk.place) or (page.online if talk.link else page.no_place)
    return {
        **spoken(page, talk.when, zone),
        "title": talk.title,
        "minutes": talk.minutes,
        "place": place,
        "link": talk.link,
        "with": page.names(talk.colleagues),
        "is_moved": talk.kind == NEW_TIME,
        "is_replaced": talk.is_replaced,
        **(offers_of(page, talk.known, zone) if talk.known is not None else {}),
    }


def _page(language: str) -> Page:
    return JA if language == "ja" else EN


def _text(page: Page, kind: str) -> tuple[str, str]:
    """Give subject and text of a built-in mail to the person."""
    return {
        INVITATION: page.invitation,
        NEW_TIME: page.new_time,
        REMINDER: page.reminder,
        CALLED_OFF: page.called_off,
        CANCELLATION: page.taken_back,
        OTHER_TIMES: page.not_then,
        _HANDED_OVER: page.handed_over,
        _REPLACED: page.replaced,
    }[kind]
