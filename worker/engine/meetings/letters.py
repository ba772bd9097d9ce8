"""The mails beside a meeting: to the person, to a colleague, to HR. Each is a wish of its own.

They are written into the journal with the turn that brings them about, and go through the lanes of
mailboxes as every mail does. What one says is worked out when it leaves, from the meeting as it is
then; one that a later turn has overtaken is not sent, for that turn has written another.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from worker.domain.appointments import (
    ASKED,
    BRIEF,
    CALLED_OFF,
    CANCELLATION,
    HELP,
    INVITATION,
    LETTER_WORD,
    NEW_TIME,
    OTHER_TIMES,
    REMINDER,
    REQUEST,
    ROUNDS,
    TEXT_FAILED,
    Appointment,
    Attendee,
    Stage,
    Told,
    silent_staff,
)
from worker.domain.cases import DUE, Case
from worker.domain.errors import MailError
from worker.domain.facts import RETRACTED, PersonId, PlaybookId, Staff
from worker.domain.intents import EnrollmentId, State
from worker.domain.meetings import Guest, Span
from worker.domain.post import message_id, thread_anchor
from worker.domain.reasons import Because, Reason
from worker.domain.rounds import rounds_of
from worker.engine.alert_words import tongue
from worker.engine.journal.as_text import why_json
from worker.engine.journal.briefing import Briefing
from worker.engine.journal.lanes import mail_lane
from worker.engine.meetings.advise import told_in
from worker.engine.meetings.beside import (
    ONLINE,
    inviting,
    offers_of,
    spoken,
    to_person,
    why_text_fails,
)
from worker.engine.meetings.calendars import MAIL_ONLY
from worker.engine.meetings.follow import Hold, Turn, called_off, of_everybody
from worker.engine.meetings.invitation import invitation_of
from worker.engine.meetings.words import EN, JA, Page
from worker.engine.on_record import OnRecord
from worker.engine.render import Edition, Editions, Office, redirected
from worker.engine.tables import stamp
from worker.engine.work import Work
from worker.ports import Address, CalendarPart, InvitationPost, MailParts

_HR = "hr"
_WHY = why_json((Reason(Because.ARRANGED),))
_HEELS = timedelta(hours=12)
_WITH_CALENDAR = frozenset({INVITATION, NEW_TIME, REQUEST, CANCELLATION, OTHER_TIMES})


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody who is not to be met any more, and whether that may change again."""

    one: Attendee
    why: str
    is_withdrawn: bool = False  # decided anew when what is in the way is gone
    is_too_late: bool = False  # for want of a time their invitation has not gone in time


class Letters:
    """Writes the rows of mails beside meetings."""

    def __init__(self, office: Office, editions: Editions) -> None:
        self._office = office
        self._editions = editions
        self.language = office.language

    def invitations(
        self, known: Appointment, people: Iterable[Attendee], now: datetime, *, again: bool = False
    ) -> tuple[dict[str, object], ...]:
        """Invite people of a meeting as a person would; *again*, to another time."""
        kind = NEW_TIME if again else INVITATION
        edition = self._editions.of(known.digest)
        mailbox = inviting(edition, known, self._office).sender
        return tuple(self._row(known, one, kind, now, mailbox=mailbox) for one in people)

    def told_anew(
        self, before: Appointment, after: Appointment, waiting: Collection[str], now: datetime
    ) -> tuple[dict[str, object], ...]:
        """Invite to *after* whose mail about *before* is among those *waiting* (keys)."""
        return tuple(
            row
            for one in before.people
            for kind in (INVITATION, NEW_TIME)
            if _key(before, kind, _naming(before, str(one.person))) in waiting
            for row in self.invitations(after, (one,), now, again=kind == NEW_TIME)
        )

    def requests(self, known: Appointment, now: datetime) -> tuple[dict[str, object], ...]:
        """Tell colleagues the time by mail: nobody else does."""
        return tuple(
            self._row(known, known.people[0], REQUEST, now, to=str(colleague.staff))
            for colleague in known.attendees
            if colleague.staff is not None and known.people
        )

    def cancellations(self, known: Appointment, now: datetime) -> tuple[dict[str, object], ...]:
        """Tell everybody by mail that a meeting is taken back: no calendar does."""
        theirs = [self._row(known, one, CANCELLATION, now) for one in known.people]
        for colleague in known.attendees:
            if colleague.staff is not None and known.people:
                to = str(colleague.staff)
                theirs.append(self._row(known, known.people[0], CANCELLATION, now, to=to))
        return tuple(theirs)

    def left_out(
        self, known: Appointment, gone: Iterable[Attendee], now: datetime
    ) -> tuple[dict[str, object], ...]:
        """Take a session out of the calendars of who leaves it, where only mails invite."""
        if known.provider != MAIL_ONLY or known.booked_at is None:
            return ()
        return tuple(
            self._row(known, one, CANCELLATION, now) for one in gone if one.person is not None
        )

    def reminders(self, known: Appointment, now: datetime) -> tuple[dict[str, object], ...]:
        """Remind everybody whom the meeting is for."""
        return tuple(self._row(known, one, REMINDER, now) for one in known.people)

    def briefs(
        self, known: Appointment, now: datetime, people: Iterable[Attendee] | None = None
    ) -> tuple[dict[str, object], ...]:
        """Tell every colleague who is there whom they will meet, one mail for each person."""
        return tuple(
            self._row(known, one, BRIEF, now, to=str(colleague.staff))
            for one in (known.people if people is None else people)
            for colleague in known.attendees
            if colleague.staff is not None
        )

    def nudges(self, known: Appointment, now: datetime) -> tuple[dict[str, object], ...]:
        """Ask colleagues who have said nothing whether they come."""
        return tuple(
            self._row(known, known.people[0], ASKED, now, to=str(colleague.staff))
            for colleague in silent_staff(known)
            if known.people
        )

    def called_off(
        self, known: Sequence[Appointment], one: Attendee, now: datetime
    ) -> dict[str, object]:
        """Say, once for all of them, that meetings are taken back."""
        return self._row(known[0], one, CALLED_OFF, now, name=f"{one.person}.{stamp(now)}")

    def other_times(
        self, known: Appointment, one: Attendee, now: datetime
    ) -> tuple[dict[str, object], ...]:
        """Tell who asked for another time that it does not do, and which would."""
        about = one if one.person is not None else known.people[0]
        return (self._row(known, about, OTHER_TIMES, now, to=str(one.staff or "")),)

    def help(self, known: Appointment, now: datetime) -> tuple[dict[str, object], ...]:
        """Ask HR to see to a meeting: once while it wants a time, and again when that is over."""
        if not known.people:
            return ()
        one = known.people[0]
        name = f"{_naming(known, str(one.person))}.{known.stage.value}"
        return (self._row(known, one, HELP, now, to=_HR, name=name),)

    def text_failed(self, known: Appointment, work: Work, now: datetime) -> dict[str, object]:
        """Tell HR that a text of the playbook's could not be written to somebody."""
        one = next(
            (one for one in known.people if one.person == work.person),
            Attendee("", person=PersonId(work.person), enrollment=EnrollmentId(work.enrollment)),
        )
        return self._row(known, one, TEXT_FAILED, now, to=_HR)

    def help_for(
        self, known: Appointment, gone: Iterable[Attendee], now: datetime
    ) -> tuple[dict[str, object], ...]:
        """Ask HR to see to each person who leaves a meeting: no other is found for them."""
        return tuple(
            self._row(known, one, HELP, now, to=_HR) for one in gone if one.person is not None
        )

    def asking_for_help(self, turn: Turn, now: datetime) -> Turn:
        """Give *turn*, and have HR asked to see to it."""
        return replace(turn, letters=(*turn.letters, *self.help(turn.after, now)))

    def lost(self, known: Appointment, now: datetime, why: str) -> Turn:
        """Take it that somebody has deleted the event by hand: never made anew by itself."""
        facts = of_everybody(known.people, "cancelled", now)
        gone = replace(known, stage=Stage.LOST, outcome=why, stood=None)
        turn = Turn(gone, None, facts=facts, hold=Hold.RELEASE, wishes=State.REFUSED)
        return self.asking_for_help(turn, now)

    def without(self, known: Appointment, gone: Sequence[Gone], now: datetime) -> Turn:
        """Leave people out of a meeting that is not booked yet; without any of them it is off.

        HR, who has heard that there is no time so far, hears that it is too late by now.
        """
        left = {each.one.who for each in gone}
        facts = tuple(Told(each.one, DUE, now, RETRACTED) for each in gone if each.is_withdrawn)
        late = [each.one for each in gone if each.is_too_late] if self._is_hrs(known) else []
        letters = self.help_for(known, late, now)
        staying = tuple(one for one in known.attendees if one.who not in left)
        if any(one.person is not None for one in staying):
            return Turn(replace(known, attendees=staying), now, facts=facts, letters=letters)
        off = called_off(known, now, known.outcome if late else gone[0].why)
        return replace(off, facts=facts, letters=letters, wishes=State.CANCELLED)

    def _is_hrs(self, known: Appointment) -> bool:
        """Say whether HR has been asked about a meeting, and nothing else tells it of its end."""
        step = self._editions.of(known.digest).steps[known.step]
        return known.failures > 0 and step.late != "escalate"

    def _row(
        self,
        known: Appointment,
        one: Attendee,
        kind: str,
        now: datetime,
        *,
        to: str = "",
        name: str = "",
        mailbox: str = "",
    ) -> dict[str, object]:
        at = stamp(now)
        return {
            "key": _key(known, kind, name or _naming(known, str(one.person)), to),
            "person_id": one.person,
            "enrollment_id": one.enrollment,
            "playbook": known.playbook,
            "digest": known.digest,
            "step": known.step,
            "occurrence": known.occurrence,
            "rung": 0,
            "kind": kind,
            "recipient": to,
            "lane": mail_lane(mailbox or self._office.alerts_from),
            "state": State.READY.value,
            "next_at": at,
            "priority": 0,
            "due_at": at,
            "deadline": None,
            "why": _WHY,
            "line": 0,
        }


def meeting_of(work: Work) -> str:
    """Give the id of the meeting that a letter is about."""
    return work.key.rsplit("/", 3)[0]


class Holds(Enum):
    """Whether what a letter says is still so."""

    YES = "yes"
    NOT_NOW = "not now"  # it may be so again, or another letter will say what is
    NO = "no"


def holds(work: Work, known: Appointment | None) -> Holds:
    """Say whether what a letter tells is so: a later one tells whatever has overtaken it.

    An event that is only given other guests takes no letter from those who stay.
    """
    if known is not None and work.kind in {CALLED_OFF, CANCELLATION, HELP, TEXT_FAILED}:
        return Holds.YES if known.stage in _told_while(work) else Holds.NO
    if known is None or not _is_about(work, known) or not _is_met(work, known):
        return Holds.NO
    match known.stage:
        case Stage.BOOKED:
            return Holds.YES
        case Stage.CHANGING if known.when == known.stood:
            return Holds.YES
        case Stage.SEEKING | Stage.CHANGING:
            return Holds.NOT_NOW
        case _:
            return Holds.NO


def _told_while(work: Work) -> Collection[Stage]:
    """Give the stages of a meeting in which a letter is still news that is told in any case.

    That there is no time so far is none any more once there is one, or nobody looks on.
    """
    match work.key.rsplit("/", 3)[2].rpartition(".")[2] if work.kind == HELP else "":
        case Stage.RESERVED.value:
            return Stage.RESERVED, Stage.SEEKING
        case Stage.SEEKING.value:
            return (Stage.SEEKING,)
        case _:
            return tuple(Stage)


def _is_about(work: Work, known: Appointment) -> bool:
    """Say whether a letter is about the time that was given last."""
    about = work.key.rsplit("/", 3)[2].split(".")[-3:]
    current = _naming(known, work.person).split(".")[-3:]
    if work.kind != OTHER_TIMES:  # of which there may be one for each round
        about, current = about[:2], current[:2]
    return about == current


def _is_met(work: Work, known: Appointment) -> bool:
    """Say whether whom a letter goes to, and whom it is about, still take part."""
    if work.recipient and all(work.recipient != one.staff for one in known.attendees):
        return False
    is_of_all = bool(work.recipient) and work.kind != BRIEF
    return is_of_all or any(work.person == one.person for one in known.people)


def _naming(known: Appointment, person: str) -> str:
    return f"{person}.{known.incarnation}.{known.told}.{known.rounds}"


def _key(known: Appointment, kind: str, about: str, to: str = "") -> str:
    return f"{known.id}/{kind}/{about}/{to}"


def comes_on_its_heels(work: Work, case: Case, now: datetime) -> bool:
    """Say whether a reminder would follow an invitation, or a new time, within half a day."""
    if work.kind != REMINDER:
        return False
    name = f"{work.step}.{LETTER_WORD[INVITATION]}"
    invited = case.facts.all(name, PlaybookId(work.playbook))
    return any(fact.occurrence == work.occurrence and now - fact.at < _HEELS for fact in invited)


def letter_parts(  # noqa: PLR0913, PLR0917 - what one mail is made of
    work: Work,
    known: Appointment,
    case: Case,
    edition: Edition,
    office: Office,
    now: datetime,
    post_of: Callable[[str], InvitationPost] | None = None,
    on_record: Briefing | None = None,
    text_failed: Callable[[], None] | None = None,
) -> MailParts:
    """Write one mail beside a meeting; a brief with what is *on_record* of the person.

    *text_failed* is called where the built-in text goes out instead of the playbook's.
    Where no calendar of a provider invites, the mail carries the invitation itself.

    Raises:
        MailError: Nobody is there to write to, or a word of the playbook's own text is missing.
    """
    if work.recipient:
        record = OnRecord(
            case,
            on_record or Briefing(),
            tongue(office.language),
            edition.plan,
            office.timezone,
            now,
        )
        parts = _to_colleague(work, known, case, edition, office, now, record)
    else:
        parts = to_person(work, known, case, edition, office, now, text_failed)
    if post_of is not None and known.provider == MAIL_ONLY:
        post = post_of(office.domain(office.alerts_from))
        parts = replace(parts, calendar=_invitation(work, known, parts, post, office.language))
    return redirected(parts, office)


def _to_colleague(
    work: Work,
    known: Appointment,
    case: Case,
    edition: Edition,
    office: Office,
    now: datetime,
    record: OnRecord,
) -> MailParts:
    page = JA if office.language == "ja" else EN
    domain = office.domain(office.alerts_from)
    staff = _colleague(work, case)
    to = Address(staff.email, staff.name)
    words = _words(page, known, case, ZoneInfo(office.timezone), office)
    words |= {"to": to.name, "sender": _sender(office)}
    if work.kind == HELP and _has_left(work, known):
        rounds = rounds_of(case.facts, known.step, known.playbook, known.occurrence)
        words["why"] = page.has_left if rounds.number <= ROUNDS else page.has_left_again
        words["why"] += page.others_stay if _goes_on(known) else ""
    if work.kind == BRIEF:
        words["about"] = _about(page, case, record)
    if work.kind == TEXT_FAILED:
        words["template"] = inviting(edition, known, office).template
        words["why"] = why_text_fails(known, case, edition, office, now) or page.text_is_mended
        words["instead"] = page.plainly if known.provider == MAIL_ONLY else page.by_calendar_alone
    shape = _help(page, known) if work.kind == HELP else _shape(page, work.kind)
    subject, body = (said.format(**words) for said in shape)
    return MailParts(
        sender=office.address(office.alerts_from),
        to=to,
        subject=subject,
        text=body,
        html="",
        sent_at=now,
        message_id=message_id(work.key, domain),
        references=(thread_anchor(f"{known.id}/{work.person}/{to.address}", domain),),
    )


def _has_left(work: Work, known: Appointment) -> bool:
    """Say whether somebody has gone out of a session of many, or was the last in it."""
    if not known.cohort or known.booked_at is None:
        return False
    return not _goes_on(known) or all(work.person != one.person for one in known.people)


def _goes_on(known: Appointment) -> bool:
    return known.stage not in {Stage.CANCELLING, Stage.CANCELLED}


def _invitation(
    work: Work, known: Appointment, parts: MailParts, post: InvitationPost, language: str
) -> CalendarPart | None:
    """Give what a recipient's calendar is told by this mail; None where it is told nothing."""
    if known.when is None or work.kind not in _WITH_CALENDAR:
        return None
    wish = invitation_of(known, language)
    guest = Guest(parts.to.address, parts.to.name)
    if work.kind == CANCELLATION:
        return post.cancel(wish, guest, parts.sender, at=parts.sent_at)
    if work.kind == OTHER_TIMES:
        note = "\n".join(parts.text.splitlines()[2:])
        return post.decline_counter(wish, guest, parts.sender, at=parts.sent_at, note=note)
    return post.request(wish, guest, parts.sender, at=parts.sent_at)


def _colleague(work: Work, case: Case) -> Staff:
    """Find the member of staff a letter goes to; of HR the first."""
    for role, holders in case.person.roles.items():
        for one in holders:
            if work.recipient in {one.id, role}:
                return one
    raise MailError("to", "nobody holds the role that is to be told")


def _help(page: Page, known: Appointment) -> tuple[str, str]:
    """Give subject and text of the mail in which HR is asked, by who looks on."""
    match known.stage:
        case Stage.RESERVED:
            return page.help_ahead
        case Stage.SEEKING:
            return page.help_so_far
        case _:
            return page.help


def _shape(page: Page, kind: str) -> tuple[str, str]:
    """Give subject and text of one kind of mail."""
    return {
        BRIEF: page.brief,
        ASKED: page.nudge,
        REQUEST: page.request,
        CANCELLATION: page.cancellation,
        OTHER_TIMES: page.other_times,
        TEXT_FAILED: page.text_failed,
    }[kind]


def _words(
    page: Page, known: Appointment, case: Case, zone: ZoneInfo, office: Office
) -> dict[str, str]:
    at = spoken(page, known.when, zone)
    return {
        "who": case.person.name,
        "title": known.title or known.step,
        "due": spoken(page, Span(known.due_at, known.due_at), zone)["day"],
        "until": spoken(page, Span(known.seek_until, known.seek_until), zone)["day"],
        "when": at["when"],
        "day": at["day"],
        "place": _place(page, known),
        "with": page.names([one.name for one in known.attendees if one.staff is not None]),
        "step": known.step,
        **_advice(page, known, office),
        **offers_of(page, known, zone),
    }


def _advice(page: Page, known: Appointment, office: Office) -> dict[str, str]:
    """Say why a meeting is not settled, or what a provider said; and what would help."""
    told = told_in(known.outcome)
    why = office.tell(told.why) if told.why else known.outcome
    proposal = page.proposal.format(office.tell(told.help)) if told.help else ""
    return {"why": why or page.no_time, "proposal": proposal}


def _sender(office: Office) -> str:
    own = office.address(office.alerts_from).name
    return own or str(office.company.get("name") or "")


def _place(page: Page, known: Appointment) -> str:
    place = ONLINE.get(known.place, known.place)
    return " ".join(filter(None, (place, known.link))) or page.no_place


def _about(page: Page, case: Case, record: OnRecord) -> str:
    """Say on one screen who somebody is, what was said, what they answered, and what is open."""
    lines = [*record.about(), *record.contact()]
    lines += (page.said.format(name, value) for name, value in _answers(case))
    lines += record.still_open()
    return "\n".join(f"・{line}" if page is JA else f"- {line}" for line in lines)


def _answers(case: Case) -> Iterable[tuple[str, object]]:
    """Give what somebody answered in surveys: facts of steps that have a value of their own."""
    asked = {
        (one.plan.playbook, f"{step.id}.{question.id}"): question.ask
        for one in case.enrollments
        for step in one.plan.steps
        for question in getattr(step.action, "questions", ())
    }
    for fact in case.facts:
        ask = asked.get((fact.playbook, fact.name))
        if ask is not None:
            yield ask, fact.value
