"""Who answers a mail that waits, by when, and who is told of it: an open question has an owner.

Everything follows from the mail, the person's roles and the settings, at the moment the mail is
read; what is to be told later is written down then, and looked at again when its time comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from hashlib import sha256

from worker.domain.answers.meaning import Intent
from worker.domain.facts import Person, Staff, StaffId
from worker.domain.guards import Window
from worker.domain.plan import Calendar, Sending
from worker.domain.questions import answer_by
from worker.domain.when import Distance, Unit
from worker.domain.workdays import workdays
from worker.engine.journal.notices import About, Notice
from worker.engine.journal.readings import Question
from worker.engine.words.notices import ASK_FOR_AN_ADDRESS

_AT_ONCE = frozenset(
    {Intent.QUESTION, Intent.WORRY, Intent.LESS_CONTACT, Intent.WISH_TO_DECLINE}
)  # what should be read at once; everything else is told only when it is overdue
_SETTLES = timedelta(minutes=10)  # what was answered while nobody read mails is seen by then
_OFFICE_HOURS = (time(9), time(18))
_ONE_BUSINESS_DAY = Distance(1, Unit.BUSINESS_DAYS)


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """How the workspace answers what people write."""

    owner: str = "hr"  # a role
    owners: Mapping[str, str] = field(default_factory=dict)  # by mailbox, where it differs
    within: Distance = _ONE_BUSINESS_DAY
    then: str = "hr_manager"  # the role that is told when the owner has not answered
    calendar: Calendar = field(default_factory=Calendar)
    hours: tuple[time, time] = _OFFICE_HOURS
    lane: str = "mail:hr"  # by which staff is written to
    language: str = "ja"  # of what staff reads

    def text_of_asking(self, name: str, address: str) -> str:
        """Say what somebody does about an address that is none."""
        ja, en = ASK_FOR_AN_ADDRESS
        return (ja if self.language == "ja" else en).format(name=name, address=address)

    @property
    def window(self) -> Window:
        """Give the hours in which somebody is there to answer."""
        return Window(Sending(hours=self.hours, days="business"), workdays(self.calendar))


def question_of(
    rules: AnswerRules,
    mailbox: str,
    person: Person,
    *,
    intent: str,
    is_held: bool,
    received_at: datetime,
    now: datetime,
) -> Question:
    """Say who answers a mail, by when, and whom to tell of it when.

    Args:
        rules: The workspace's.
        mailbox: Where it came in.
        person: Whose it is.
        intent: What it asks for.
        is_held: Whether everything is held because of it: for a wish to decline, or a forgery.
        received_at: When it came.
        now: When it was read.
    """
    window = rules.window
    due_at = answer_by(received_at, rules.within, window)
    owner = owner_of(person, rules.owners.get(mailbox, rules.owner))
    above = [one for one in person.roles.get(rules.then, ()) if one != owner]
    told: list[Notice] = []
    if is_held or intent in _AT_ONCE:
        told += [Notice(About.ARRIVED, one.id, now) for one in ([owner] if owner else [])]
        if intent == Intent.WISH_TO_DECLINE or owner is None:
            told += [Notice(About.ARRIVED, one.id, now) for one in above]
    late = max(due_at, now + _SETTLES)
    if owner is not None:
        told.append(Notice(About.OVERDUE, owner.id, late))
        late = max(answer_by(due_at, rules.within, window), late)
    told += [Notice(About.ESCALATED, one.id, late) for one in above]
    return Question(StaffId("") if owner is None else owner.id, due_at, rules.lane, tuple(told))


def undelivered(
    rules: AnswerRules,
    mailbox: str,
    person: Person | None,
    received_at: datetime,
    tell_at: datetime | None,
) -> Question:
    """Say who sees to a mail of ours that did not arrive, and tell them of it, once."""
    due_at = answer_by(received_at, rules.within, rules.window)
    owner = None if person is None else owner_of(person, rules.owners.get(mailbox, rules.owner))
    if owner is None:
        return Question(StaffId(""), due_at, rules.lane)
    told = () if tell_at is None else (Notice(About.UNDELIVERED, owner.id, tell_at),)
    return Question(owner.id, due_at, rules.lane, told)


def owner_of(person: Person, role: str) -> Staff | None:
    """Say who of the holders of *role* answers *person*: always the same, and each their share.

    A person has one to turn to; who joins or leaves the company changes nothing for others.
    """
    holders = person.roles.get(role) or person.roles.get("hr") or ()
    return max(holders, key=lambda one: _weight(person, one), default=None)


def _weight(person: Person, staff: Staff) -> bytes:
    return sha256(f"{person.id}\0{staff.id}".encode()).digest()
