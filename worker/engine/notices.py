"""What a notice says: whose mail waits, what it says, by when, and what ends it.

In the company's language, as text alone. It quotes what the person wrote: who is to answer must
not have to look for it. Looked at again before it goes: nobody is told of what is over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from worker.domain.answers.meaning import Intent
from worker.domain.cases import Case
from worker.domain.decide import HELD
from worker.domain.declined import DECLINES
from worker.domain.errors import MailError
from worker.domain.facts import Staff
from worker.domain.observed import MARK, name_of
from worker.domain.plan import Calendar
from worker.domain.post import message_id, thread_anchor
from worker.domain.reasons import Because
from worker.domain.workdays import workdays
from worker.engine.journal.mails import Mails
from worker.engine.journal.notices import About
from worker.engine.journal.people import StaffBook
from worker.engine.journal.readings import WAITING
from worker.engine.journal.tray import Lying
from worker.engine.look import Cancel, Go
from worker.engine.render import Office, redirected
from worker.engine.words.notices import ENGLISH, JAPANESE, Sentences
from worker.engine.work import Work
from worker.ports import Address, MailParts

_A_DAY = timedelta(days=1)
_MOST_A_DAY = {  # of one person, to one member of staff
    About.ARRIVED: 5,
    About.OVERDUE: 1,
    About.ESCALATED: 1,
    About.UNDELIVERED: 1,
}
_QUOTED = 1_500  # characters of what somebody wrote


class Notices:
    """Looks at notices again, and writes them."""

    def __init__(self, mails: Mails, staff: StaffBook) -> None:
        self._mails = mails
        self._staff = staff

    def look_again(self, work: Work, now: datetime) -> Go | Cancel:
        """Say whether a notice is still right: its mail waits, or ours did not arrive.

        However many mails come in the name of one person, nobody is told again and again: they lie
        in the inbox, and `status` counts them.
        """
        lying = self._mails.get(work.occurrence)
        if lying is None:
            return Cancel(Because.ANSWERED)
        if work.step != About.UNDELIVERED and lying.state not in WAITING:
            return Cancel(Because.ANSWERED)
        told = self._mails.told_lately(work, now - _A_DAY)
        return Go() if told < _MOST_A_DAY[About(work.step)] else Cancel(Because.ALREADY)

    def parts(self, work: Work, case: Case, office: Office, now: datetime) -> MailParts:
        """Write a notice to one member of staff."""
        lying = self._mails.get(work.occurrence)
        staff = {one.id: one for one in self._staff.all()}
        told = staff.get(work.recipient)  # type: ignore[call-overload] # an id, as a row has it
        if lying is None or told is None:
            raise MailError("to", "the member of staff who is to be told is not known any more")
        owner = staff.get(lying.owner)
        sender = office.address(office.alerts_from)
        domain = office.domain(office.alerts_from)
        shown = _Shown(
            About(work.step),
            lying,
            case,
            told.as_staff(),
            "" if owner is None else owner.name,
            _is_held(case, lying),
        )
        words = JAPANESE if office.language == "ja" else ENGLISH
        subject, text = _written(shown, words, office.timezone)
        own_id = message_id(work.key, domain)
        parts = MailParts(
            sender=sender,
            to=Address(told.email, told.name),
            subject=subject,
            text=text,
            html="",
            sent_at=now,
            message_id=own_id,
            references=(thread_anchor(f"notice/{work.occurrence}", domain),),
            marks=((MARK, name_of(own_id)),),
        )
        return redirected(parts, office)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What one notice is made of."""

    about: About
    lying: Lying
    case: Case
    staff: Staff
    owner: str  # the owner's name
    held: str  # why everything is held because of this mail; empty: it is not


def _is_held(case: Case, lying: Lying) -> str:
    for fact in case.facts.all(HELD):
        if fact.at == lying.received_at and isinstance(fact.value, str):
            return fact.value
    return ""


def _written(shown: _Shown, words: Sentences, timezone: str) -> tuple[str, str]:
    """Give subject and text."""
    lying, case = shown.lying, shown.case
    days = workdays(Calendar(timezone=timezone))
    what = _what(shown)
    values = {
        "who": case.person.name,
        "staff": shown.staff.name,
        "owner": shown.owner or words.nobody,
        "number": lying.id,
        "id": case.person.id,
        "address": case.person.email,
    }
    subject, opening = words.said[what]
    rows = [(words.came, words.instant(days.local(lying.received_at)))]
    if lying.subject:
        rows.append((words.subject, " ".join(lying.subject.split())[:120]))
    is_of_theirs = shown.about is not About.UNDELIVERED
    if is_of_theirs:
        if lying.due_at is not None:
            rows.append((words.due, words.instant(days.local(lying.due_at))))
        rows.append((words.owner, shown.owner or words.nobody))
        if lying.address:
            rows.append((words.new_address, lying.address))
    lines = [words.dear.format_map(values), "", opening.format_map(values), ""]
    lines += [f"{words.bullet}{name}: {value}" for name, value in rows]
    lines += ["", words.to_do[what].format_map(values), ""]
    if is_of_theirs and lying.text.strip():
        lines += [words.wrote.format_map(values), _quoted(lying.text, words), ""]
    return subject.format_map(values), "\n".join(lines)


def _what(shown: _Shown) -> str:
    """Name the sentence that fits."""
    match shown.about:
        case About.OVERDUE:
            return "overdue"
        case About.ESCALATED:
            return "escalated"
        case About.UNDELIVERED:
            return shown.lying.kind
        case About.ARRIVED:
            pass
    if shown.held and shown.held != DECLINES:
        return "forged"
    return shown.lying.intent if shown.lying.intent in set(Intent) - {Intent.NONE} else "arrived"


def _quoted(text: str, words: Sentences) -> str:
    whole = text.strip()
    shown = whole[:_QUOTED]
    lines = [f"> {line}".rstrip() for line in shown.splitlines()]
    return "\n".join([*lines, *([words.more] if len(whole) > _QUOTED else [])])
