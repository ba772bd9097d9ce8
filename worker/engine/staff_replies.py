"""What members of staff answer to what they were told: done, later, or a word for the record.

An answer is known by the ids it answers to, counts from a member of staff only, and never where
our own receiver says that the sender is not who they claim to be. Nobody is answered by a robot.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from worker.domain.answers.answer import Answer, Kind
from worker.domain.answers.authentication import Verdict
from worker.domain.cases import ACKNOWLEDGED, COMMENTED, PUT_OFF
from worker.domain.facts import Digest, Fact, PersonId, PlaybookId, StepId
from worker.domain.intents import KIND, NUDGE, STAFF_MAIL, State, fact_name
from worker.domain.matching import Confidence
from worker.domain.matching_clues import Clues
from worker.domain.plan import Alert, Plan
from worker.domain.staff_words import Said, StaffWord, staff_word
from worker.domain.tracks import tracks_of
from worker.domain.workdays import workdays
from worker.engine import tables
from worker.engine.journal.desk import finish_tasks
from worker.engine.journal.history import of_both
from worker.engine.journal.intents import write_intents
from worker.engine.journal.notices import NOTICE, About
from worker.engine.journal.readings import STAFF_REPLY, MailState, Reading, Stored
from worker.engine.journal.store import Store
from worker.engine.render import Editions
from worker.engine.staff_mail import Origin, in_office, mail_to
from worker.people.addresses import address_key

LONGEST_TEXT = 20_000

_intent, _letter, _staff = tables.intent.c, tables.letter.c, tables.staff.c
_TO_STAFF = (KIND[Alert], NOTICE, *STAFF_MAIL)
_WENT_OUT = tuple(state.value for state in (State.BEGUN, State.DONE, State.DOUBT))
_WRITTEN = frozenset(
    {Kind.HUMAN_REPLY, Kind.UNSURE, Kind.UNSUBSCRIBE, Kind.CALENDAR_RESPONSE, Kind.COMPLAINT}
)
_FACT = {Said.DONE: ACKNOWLEDGED, Said.LATER: PUT_OFF, Said.NOTE: COMMENTED}
_MOST = 50


@dataclass(frozen=True, slots=True)
class _Told:
    """A mail to staff that went out."""

    origin: Origin
    kind: str
    recipient: str  # a member of staff
    lane: str
    due_at: int
    message_id: str


class StaffReplies:
    """Reads the answers of staff."""

    def __init__(self, store: Store, editions: Editions) -> None:
        self._store = store
        self._editions = editions

    def reading(
        self, mail: Stored, answer: Answer, clues: Clues, verdict: Verdict
    ) -> Reading | None:
        """Say what follows from a mail that answers one to staff; None if it answers none."""
        with self._store.read() as connection:
            told = self._told(connection, clues)
            if told is None:
                return None
            sender = address_key(clues.senders[0]) if clues.senders else ""
            staff = _who(connection, sender, told.recipient)
        unread = _reading(told, answer, clues, sender)
        if answer.kind not in _WRITTEN:
            is_lost = answer.kind is Kind.BOUNCE_HARD  # a colleague was not reached: HR must know
            return unread if is_lost else replace(unread, state=MailState.IGNORED)
        if not staff or verdict is Verdict.FAILED:
            return unread
        plan = self._editions.plan(Digest(told.origin.digest))
        days = workdays(plan.calendar)
        text = answer.reply_text or answer.text
        word = staff_word(text, days.local(mail.received_at).date(), days)
        if told.kind == NOTICE:
            return _about_a_question(unread, told, staff, word, mail.received_at)
        also = partial(_follow, told=told, staff=staff, word=word, mail=mail, plan=plan)
        facts = _facts(told, staff, word, mail.received_at, plan)
        intent = f"staff_{word.said.value}"
        return replace(unread, state=MailState.DONE, intent=intent, facts=facts, also=also)

    def _told(self, connection: Connection, clues: Clues) -> _Told | None:
        """Find what was told: by the mail's own id, else by its thread; never our own mail."""
        if clues.message_id and _find(connection, _letter.message_id == f"<{clues.message_id}>"):
            return None
        sender = address_key(clues.senders[0]) if clues.senders else ""
        for key in (*clues.in_reply_to, *clues.references, *clues.returned):
            found = _find(connection, or_(_letter.message_id == f"<{key}>", _letter.thread == key))
            if found:
                own = [one for one in found if one.message_id == f"<{key}>"]
                theirs = own or [one for one in found if _who(connection, sender, one.recipient)]
                return max(theirs or found, key=lambda one: one.due_at)
        return None


def _find(connection: Connection, where: ColumnElement[bool]) -> list[_Told]:
    query = (
        select(
            _intent.person_id,
            _intent.enrollment_id,
            _intent.playbook,
            _intent.digest,
            _intent.step,
            _intent.occurrence,
            _intent.rung,
            _intent.line,
            _intent.kind,
            _intent.recipient,
            _intent.lane,
            _intent.due_at,
            _letter.message_id,
        )
        .select_from(tables.letter)
        .join(tables.intent, _intent.id == _letter.intent_id)
        .where(where, _intent.kind.in_(_TO_STAFF), _intent.state.in_(_WENT_OUT))
        .order_by(_intent.id.desc())
        .limit(_MOST)
    )
    return [_told_of(row) for row in of_both(connection, query)]


def _told_of(row: Any) -> _Told:  # noqa: ANN401 - a row
    person, enrollment, playbook, digest, step, occurrence, rung, line, *rest = row
    key = f"{enrollment}/{step}/{occurrence}/{rung}/{PUT_OFF}"
    place = (key, person, enrollment, playbook, digest, StepId(step), occurrence, rung, line)
    return _Told(Origin(*place), *rest)


def _who(connection: Connection, address: str, told: str) -> str:
    """Give the member of staff who has *address*, the one who was *told* before all others."""
    if not address:
        return ""
    ids = connection.scalars(
        select(_staff.id).where(_staff.email_key == address).order_by(_staff.id)
    ).all()
    return told if told in ids else next(iter(ids), "")


def _facts(told: _Told, staff: str, word: StaffWord, at: datetime, plan: Plan) -> tuple[Fact, ...]:
    """Give what a word brings about. A task that is done has a fact of its own."""
    origin = told.origin
    step = tracks_of(plan).of(origin.step).step
    actions = step.ladder[origin.rung - 1].actions if origin.rung else (step.action,)
    is_alert = told.kind == KIND[Alert] or any(isinstance(one, Alert) for one in actions)
    is_of_a_task = word.said is Said.DONE and not is_alert
    name = fact_name(origin.step, origin.rung, COMMENTED if is_of_a_task else _FACT[word.said])
    value = staff if word.until is None else word.until.isoformat()
    return (Fact(name, at, PlaybookId(origin.playbook), origin.occurrence, value),)


def _about_a_question(
    unread: Reading, told: _Told, staff: str, word: StaffWord, at: datetime
) -> Reading:
    """Say what follows from an answer to the notice that a candidate's mail waits.

    Done ends the wait, as `tsunagu inbox --answered` does. Whatever else is kept: the mail still
    waits, and its clock goes on.
    """
    said = Fact(f"person.{COMMENTED}", at, value=staff)
    kept = replace(unread, state=MailState.DONE, intent=f"staff_{word.said.value}", facts=(said,))
    kept = replace(kept, playbook=PlaybookId(""), step=StepId("person"))
    if word.said is not Said.DONE or told.origin.step == About.UNDELIVERED.value:
        return kept
    return replace(kept, closes=(told.origin.occurrence,), answered_at=at)


def _follow(
    connection: Connection,
    now: datetime,
    *,
    told: _Told,
    staff: str,
    word: StaffWord,
    mail: Stored,
    plan: Plan,
) -> None:
    """Close the tasks that are done, or have the mail come back on the day that was named."""
    origin = told.origin
    match word.said:
        case Said.DONE:
            place = (origin.playbook, origin.step, origin.occurrence, origin.rung)
            finish_tasks(connection, origin.person, place, mail.received_at, now, by=staff)
        case Said.LATER:
            until = word.until
            if until is not None:
                day = workdays(plan.calendar).instant(until)
                at = in_office(plan, day)
                row = mail_to(origin, NUDGE, staff, told.lane, at, day, number=mail.id)
                write_intents(connection, [row])
        case Said.NOTE:
            pass


def _reading(told: _Told, answer: Answer, clues: Clues, sender: str) -> Reading:
    """Give a reading by which nothing happens: a human looks."""
    return Reading(
        MailState.TRAY,
        answer.kind,
        answer.rule,
        STAFF_REPLY,
        Confidence.CERTAIN.value,
        clues.message_id,
        sender,
        tuple(address_key(each) for each in answer.recipients),
        answer.subject,
        (answer.reply_text or answer.text)[:LONGEST_TEXT],
        "",
        PersonId(told.origin.person),
        PlaybookId(told.origin.playbook),
        told.origin.step,
    )
