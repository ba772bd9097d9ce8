"""Take what is due, look at it again, and freeze its bytes: everything before the hand-over.

A claim is one short transaction, rendering needs none, and freezing is a second one, so that the
write lock is not held while templates are filled. Who dies in between has handed over nothing.
"""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from worker import logs
from worker.domain.appointments import (
    BRIEF,
    CANCELLATION,
    INVITATION,
    LETTER_WORD,
    NEW_TIME,
    Appointment,
)
from worker.domain.cases import Case
from worker.domain.errors import BrokenPromise, MailError, StoreError
from worker.domain.facts import Digest, PersonId, Staff, StepId
from worker.domain.intents import KIND, STAFF_MAIL, EnrollmentId, Key, State, fact_name, key_of
from worker.domain.links import Named
from worker.domain.meetings import MeetingId
from worker.domain.plan import Alert, Mail, Survey, Webhook
from worker.domain.post import id_key, on_the_wire
from worker.domain.reasons import Because
from worker.domain.tracks import tracks_of
from worker.engine.alerts import AlertErrand, alert_parts
from worker.engine.allowance import Allowance
from worker.engine.journal.beside import never_told
from worker.engine.journal.briefing import Briefing, briefing
from worker.engine.journal.cases import load_cases
from worker.engine.journal.desk import WORD_OF_KIND
from worker.engine.journal.facts import write_facts
from worker.engine.journal.intents import (
    NONE_SEEN,
    Asked,
    FactsSeen,
    asked,
    claim,
    facts_seen,
    freeze,
    frozen_within,
    has_due,
    settle,
    still_claimed,
    write_intents,
)
from worker.engine.journal.lanes import (
    RATE,
    Closed,
    close_lane,
    is_closed,
    is_held,
    open_lane,
    read_lane,
)
from worker.engine.journal.mails import Mails
from worker.engine.journal.meetings import read_meetings
from worker.engine.journal.notices import NOTICE
from worker.engine.journal.people import StaffBook
from worker.engine.journal.rewound import lost_among
from worker.engine.journal.store import Store, take_turn
from worker.engine.journal.wake import wake
from worker.engine.look import Verdict, look_again
from worker.engine.meetings.letters import (
    Holds,
    Letters,
    comes_on_its_heels,
    holds,
    letter_parts,
    meeting_of,
)
from worker.engine.notices import Notices
from worker.engine.render import Edition, Editions, Errand, Office, mail_parts
from worker.engine.sheet import Sheet
from worker.engine.tables import moment, stamp
from worker.engine.unfinished import Unfinished, give_back
from worker.engine.work import Work
from worker.ports import Envelope, InvitationPost, MailParts, MailWriter

CLAIM_LEASE = timedelta(minutes=5)
IN_HAND = 16_000_000  # bytes of mails that a lane claims at once, and one mail more

_NOT_NOW = timedelta(minutes=10)  # until a mail about a meeting that is on the move is looked at

_TO_STAFF = frozenset({KIND[Alert], *STAFF_MAIL})
_NOBODY = "nobody holds the role that is to be told"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claimed mail whose bytes are frozen."""

    work: Work
    envelope: Envelope
    facts: int  # of the person, when it was looked at again
    is_heard: bool  # whether any step of any playbook of the person listens to its being done


@dataclass(frozen=True, slots=True)
class PreparedCall:
    """A claimed call of somebody's web address."""

    work: Work
    action: Webhook
    body: Mapping[str, object]


class Claims:
    """Claims intents of the lanes that lead outside."""

    def __init__(  # noqa: PLR0913 - what the engine joins here, by name
        self,
        store: Store,
        editions: Editions,
        office: Office,
        *,
        write: MailWriter,
        allowance: Allowance,
        unfinished: Unfinished,
        post_of: Callable[[str], InvitationPost] | None = None,
        relives: bool = False,
    ) -> None:
        self._relives = relives
        self._store = store
        self._editions = editions
        self._office = office
        self._write = write
        self._post_of = post_of
        self._allowance = allowance
        self._letters = Letters(office, editions)
        self._notices = Notices(Mails(store), StaffBook(store))
        self._unfinished = unfinished

    def claim(self, lane: str, now: datetime, most: int) -> list[Prepared]:
        """Claim mails that are due in *lane*; gives those that may be handed over now."""
        while works := self._claim(lane, now, most):
            with self._unfinished.kept(lane, works):
                prepared = self._prepare(lane, works, now)
            if prepared:
                return prepared
        return []

    def claim_calls(self, lane: str, now: datetime, most: int) -> list[PreparedCall]:
        """Claim calls that are due."""
        while works := self._claim(lane, now, most):
            with self._unfinished.kept(lane, works):
                calls = self._prepare_calls(lane, works, now)
            if calls:
                return calls
        return []

    def _claim(self, lane: str, now: datetime, most: int) -> list[Work]:
        """Claim as much as the lane and its limits allow; first, alone, what a worker died over."""
        at = stamp(now)
        with self._store.read() as connection:
            if not has_due(connection, lane, at) or is_held(connection, now, relives=self._relives):
                return []
        with self._store.write() as connection:
            take_turn(connection, lane)  # what its limits allow is allowed to one at a time
            closed = read_lane(connection, lane)
            if is_closed(closed, now):
                return []
            if closed is not None and closed.code == RATE:
                open_lane(connection, lane)
            elif closed is not None:
                most = 1  # a lane that was shut is tried with one
            free = self._allowance.room(connection, lane, now, most)
            if not free.count:
                shut = Closed(lane, free.opens_at, now, 0, RATE, "")
                close_lane(connection, shut)
                return []
            lease = stamp(now + CLAIM_LEASE)
            works = claim(connection, lane, free.count, now=at, lease=lease)
            self._allowance.claimed(connection, lane, len(works), now)
            return works

    def _cases(self, works: Sequence[Work]) -> tuple[dict[str, Case], dict[str, FactsSeen]]:
        people = sorted({work.person for work in works})
        with self._store.read() as connection:
            seen = facts_seen(connection, people)
            return load_cases(connection, people, self._editions.plan), seen

    def _prepare(self, lane: str, works: Sequence[Work], now: datetime) -> list[Prepared]:
        """Look at claimed mails again, render those that are not frozen yet, freeze them."""
        sheet = Sheet(now)
        cases, seen = self._cases(works)
        wanted = [
            work for work in works if self._is_wanted(work, cases.get(work.person), seen, sheet)
        ]
        with self._store.read() as connection:
            beside = read_meetings(
                connection, {meeting_of(work) for work in wanted if work.kind in LETTER_WORD}
            )
            taken_back = [work for work in wanted if work.kind == CANCELLATION]
            in_hand = {work.id for work in works if not work.resent}
            needless = never_told(connection, taken_back, in_hand)
            wanted = [
                work
                for work in wanted
                if work.kind not in LETTER_WORD
                or self._holds(work, cases[work.person], beside, work.id in needless, sheet)
            ]
            known = frozen_within(connection, [work.id for work in wanted], IN_HAND)
            lost = lost_among(connection, [work.id for work in wanted])
            before = asked(connection, [self._asked(work) for work in wanted if work.rung])
        prepared: list[Prepared] = []
        weight = 0
        for work in wanted:
            letter = known.get(work.id)
            if weight > IN_HAND or (letter is None and work.id in known):
                sheet.left.append(work)
                continue
            if letter is None:
                letter = self._rendered(work, cases[work.person], before, sheet, beside)
                if letter is None:
                    continue
            if sheet.asks_first(work, lost):
                continue
            sender, recipient, content, message_id = letter
            weight += len(content)
            self._refuse_a_stranger(recipient)
            envelope = Envelope(Key(work.key), sender, recipient, content, message_id)
            prepared.append(
                Prepared(
                    work,
                    envelope,
                    seen.get(work.person, NONE_SEEN).number,
                    _is_heard(work, cases),
                )
            )
        self._write_sheet(lane, works, sheet)
        return prepared

    def _prepare_calls(self, lane: str, works: Sequence[Work], now: datetime) -> list[PreparedCall]:
        """Look at claimed calls again, and give those that are to be made."""
        sheet = Sheet(now)
        cases, seen = self._cases(works)
        with self._store.read() as connection:
            lost = lost_among(connection, [work.id for work in works])
        calls = []
        for work in works:
            if sheet.asks_first(work, lost):
                continue
            if self._is_wanted(work, cases.get(work.person), seen, sheet):
                action = self._editions.of(Digest(work.digest)).action(
                    work.step, work.rung, work.kind
                )
                if not isinstance(action, Webhook):
                    raise BrokenPromise(f"{work.key}: not a call of a web address.")
                calls.append(PreparedCall(work, action, _body(work, action)))
        self._write_sheet(lane, works, sheet)
        return calls

    def _is_wanted(
        self, work: Work, case: Case | None, seen: Mapping[str, FactsSeen], sheet: Sheet
    ) -> bool:
        """Look at one intent again; what is not carried out now is noted on *sheet*."""
        if work.kind in LETTER_WORD and case is not None:
            return True  # what it is about says whether it is right: `_holds`
        if case is None:  # erased a moment ago
            sheet.drop(work, State.CANCELLED, "")
            return False
        verdict: Verdict
        if work.kind == NOTICE:
            verdict = self._notices.look_again(work, sheet.now)
        else:
            edition = self._editions.of(Digest(work.digest))
            at = _moment(sheet.now, seen.get(work.person, NONE_SEEN))
            verdict = look_again(work, case, edition, at)
        return sheet.follow(work, verdict)

    def _holds(
        self,
        work: Work,
        case: Case,
        beside: Mapping[MeetingId, Appointment],
        is_needless: bool,  # noqa: FBT001 - one of the things that a mail is judged by
        sheet: Sheet,
    ) -> bool:
        """Leave out a mail beside a meeting that has changed since, or that says nothing new."""
        known = beside.get(MeetingId(meeting_of(work)))
        is_needless = is_needless or comes_on_its_heels(work, case, sheet.now)
        match Holds.NO if is_needless else holds(work, known):
            case Holds.YES:
                return True
            case Holds.NOT_NOW:
                sheet.drop(work, State.READY, work.outcome or "", next_at=sheet.now + _NOT_NOW)
            case Holds.NO:
                sheet.drop(work, State.CANCELLED, Because.NEW_IN_VERSION.value)
        return False

    def _rendered(
        self,
        work: Work,
        case: Case,
        before: Mapping[str, Asked],
        sheet: Sheet,
        beside: Mapping[MeetingId, Appointment],
    ) -> tuple[str, str, bytes, str] | None:
        """Write one mail; what cannot be written holds up nobody but its person."""

        def text_failed() -> None:
            known = beside[MeetingId(meeting_of(work))]
            sheet.wishes.append((work.id, self._letters.text_failed(known, work, sheet.now)))

        try:
            if work.kind in LETTER_WORD:
                known = beside[MeetingId(meeting_of(work))]
                edition = self._editions.of(Digest(work.digest))
                on_record = self._on_record(work, sheet.now) if work.kind == BRIEF else None
                parts = letter_parts(
                    work,
                    known,
                    case,
                    edition,
                    self._office,
                    sheet.now,
                    self._post_of,
                    on_record,
                    text_failed,
                )
            else:
                parts = self._parts(work, case, before, sheet.now)
            content = self._write(parts, f"{work.digest}/{work.step}/{work.rung}/{work.kind}")
        except MailError as error:
            sheet.refuse(work, str(error))
            if work.kind in {INVITATION, NEW_TIME}:
                text_failed()
            return None
        except StoreError:  # nothing of ours is wrong: it goes on when the journal is back
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is ours, and concerns one mail
            logs.bug(doing=work.key, error=error)
            sheet.drop(work, State.PARKED, traceback.format_exc(limit=-6))
            return None
        recipient = on_the_wire(parts.to.address)
        letter = (parts.sender.address, recipient, content, parts.message_id)
        sheet.letters.append(
            {
                "intent_id": work.id,
                "sender": parts.sender.address,
                "recipient": recipient,
                "subject": parts.subject,
                "content": content,
                "message_id": parts.message_id,
                "thread": id_key(parts.references[0]) if parts.references else "",
                "observed": "",
                "conversation": "",
            }
        )
        return letter

    def _parts(
        self, work: Work, case: Case, before: Mapping[str, Asked], now: datetime
    ) -> MailParts:
        if work.kind == NOTICE:
            return self._notices.parts(work, case, self._office, now)
        edition = self._editions.of(Digest(work.digest))
        step = edition.steps[StepId(work.step)]
        enrollment = EnrollmentId(work.enrollment)
        key = self._asked(work)
        first = before.get(key, Asked())
        if work.kind in _TO_STAFF:
            return self._to_staff(work, case, edition, first.subject, now)
        action = edition.action(work.step, work.rung, work.kind)
        match action:
            case Mail() | Survey():
                person = PersonId(work.person)
                errand = Errand(
                    edition,
                    step,
                    action,
                    enrollment,
                    work.occurrence,
                    work.rung,
                    Named(work.id, person, Key(work.key)),
                    Named(first.number, person, Key(key)) if first.number else None,
                )
                return mail_parts(errand, case, self._office, now, subject_before=first.subject)
            case _:
                raise BrokenPromise(f"{work.key}: a {work.kind} does not go by mail.")

    def _to_staff(
        self, work: Work, case: Case, edition: Edition, subject_before: str, now: datetime
    ) -> MailParts:
        errand = AlertErrand(
            key=work.key,
            thread=f"{work.enrollment}/{work.step}/{work.occurrence}",
            plan=edition.plan,
            step=edition.steps[StepId(work.step)],
            kind=work.kind,
            occurrence=work.occurrence,
            rung=work.rung,
            subject_before=subject_before,
        )
        known = self._on_record(work, now)
        return alert_parts(errand, case, _told(work, case), self._office, now, known)

    def _on_record(self, work: Work, now: datetime) -> Briefing:
        with self._store.read() as connection:
            return briefing(connection, work.person, now)

    def _asked(self, work: Work) -> str:
        """Name the intent whose answer the ladder of *work* waits for."""
        step = self._editions.of(Digest(work.digest)).steps[StepId(work.step)]
        enrollment = EnrollmentId(work.enrollment)
        return key_of(enrollment, step.id, work.occurrence, 0, step.action)

    def _refuse_a_stranger(self, recipient: str) -> None:
        """In a rehearsal, hand over to nobody but who rehearses, whatever was frozen."""
        redirect = self._office.redirect_to
        if redirect and recipient != on_the_wire(redirect):
            raise BrokenPromise("A rehearsal was about to write to somebody else.")

    def _write_sheet(self, lane: str, works: Sequence[Work], sheet: Sheet) -> None:
        if not (sheet.letters or sheet.settled or sheet.left):
            return
        with self._store.write() as connection:
            # Somebody may have been erased while the mail was being written; or we stood still for
            # so long that others have taken it over: then nothing of it is ours to write.
            ours = still_claimed(connection, works)
            freeze(connection, [row for row in sheet.letters if row["intent_id"] in ours])
            settled = [one for one in sheet.settled if one.id in ours]
            settle(connection, settled)
            write_intents(connection, [row for intent, row in sheet.wishes if intent in ours])
            facts = [row for intent, row in sheet.facts if intent in ours]
            if facts:
                write_facts(connection, facts)
                wake(connection, _people(facts), stamp(sheet.now))
            self._allowance.dropped(connection, lane, len(settled), sheet.now)
            give_back(connection, self._allowance, lane, sheet.left, sheet.now)


def _moment(now: datetime, seen: FactsSeen) -> datetime:
    """Give the moment at which somebody is looked at: not before their newest fact was noted.

    *now* was asked for before the facts were read, and whoever noted them may have a clock that is
    ahead of ours: an answer of a moment ago is no fact of the future.
    """
    newest = moment(seen.noted_at)
    return newest if now < newest <= now + CLAIM_LEASE else now


def _is_heard(work: Work, cases: Mapping[str, Case]) -> bool:
    """Say whether any step listens to the fact that *work* is done."""
    name = fact_name(StepId(work.step), work.rung, WORD_OF_KIND[work.kind])
    return any(name in tracks_of(one.plan).listeners for one in cases[work.person].enrollments)


def _people(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({row["person_id"] for row in rows})


def _told(work: Work, case: Case) -> Staff:
    """Find the member of staff an alert goes to, among those who hold roles for the person."""
    for holders in case.person.roles.values():
        for one in holders:
            if one.id == work.recipient:
                return one
    raise MailError("to", _NOBODY)


def _body(work: Work, action: Webhook) -> dict[str, object]:
    """Say what a web address is told: which step of whom, and what the playbook adds."""
    return {
        "key": work.key,
        "person": work.person,
        "playbook": work.playbook,
        "step": work.step,
        "occurrence": work.occurrence,
        "due_at": moment(work.due_at).isoformat(),
        **action.body,
    }
