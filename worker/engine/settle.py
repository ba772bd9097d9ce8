"""What became of it: an outcome becomes a state, a fact, and perhaps a closed lane.

One bad address never stops a mailbox, and one bad mailbox never uses up the attempts of a message:
the scope of an outcome says whom it concerns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from worker.domain.cases import DOUBTFUL, FAILED
from worker.domain.decide import SUPPRESSED
from worker.domain.facts import Digest, Fact, PersonId, StepId
from worker.domain.intents import BY_MAIL, STAFF_MAIL, State, fact_name
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.domain.workdays import workdays
from worker.engine.allowance import Allowance
from worker.engine.journal.as_text import to_json
from worker.engine.journal.bulletins import note_end, note_stop
from worker.engine.journal.crossings import crossed
from worker.engine.journal.desk import WORD_OF_KIND
from worker.engine.journal.facts import write_facts
from worker.engine.journal.intents import Settled, settle, settle_done, uncount, unsettled
from worker.engine.journal.lanes import RATE, Closed, close_lane, mailbox_of, open_lane, read_lane
from worker.engine.journal.own import observe
from worker.engine.journal.rows import fact_row
from worker.engine.journal.wake import wake
from worker.engine.render import Editions
from worker.engine.retry import gives_up_at, lane_wait, message_wait
from worker.engine.tables import moment, moment_or_none, stamp
from worker.engine.work import Work

PROBE_AFTER = timedelta(minutes=15)  # a sent folder may lag
RESEND_AFTER = timedelta(minutes=45)

_SOURCE = "perform"
_OF_THE_LANE = frozenset({Scope.SERVER, Scope.MAILBOX})


@dataclass(frozen=True, slots=True)
class Answered:
    """An intent and what became of it."""

    work: Work
    outcome: Outcome
    is_heard: bool = True  # by some step: that it is done may change what is decided next
    begun_at: datetime | None = None  # of a mail


@dataclass(slots=True)
class _Sheet:
    """What one transaction is about to write."""

    done: list[Settled] = field(default_factory=list)
    others: list[Settled] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)
    untried: list[Work] = field(default_factory=list)
    named: dict[int, Done] = field(default_factory=dict)  # what providers call mails and threads
    closing: Closed | None = None
    is_open: bool = False  # something shows that the lane leads somewhere

    def refuse(self, work: Work, why: str, now: int) -> None:
        """Note that an intent is given up for good."""
        settled, facts = refused(work, why, now)
        self.others.append(settled)
        self.facts += facts


class Recorder:
    """Writes outcomes into the journal, in the transaction of its caller."""

    def __init__(self, editions: Editions, allowance: Allowance) -> None:
        self._editions = editions
        self._allowance = allowance

    def record(
        self,
        connection: Connection,
        lane: str,
        answered: Sequence[Answered],
        now: datetime,
    ) -> bool:
        """Record outcomes; says whether the lane is closed by them."""
        if not answered:
            return False
        sheet = _Sheet()
        standing = unsettled(connection, [one.work.id for one in answered])
        for one in answered:
            if one.work.id in standing:
                self._note(sheet, one.work, one.outcome, now)
        settle_done(connection, sheet.done)
        settle(connection, sheet.others)
        reminders = [one.work for one in answered if isinstance(one.outcome, Done)]
        sheet.facts += crossed(connection, reminders, now)
        uncount(connection, sheet.untried)
        for intent, done in sheet.named.items():
            observe(connection, intent, done.observed, done.thread)
        if sheet.facts:
            write_facts(connection, sheet.facts)
            heard = {
                one.work.person
                for one in answered
                if one.is_heard or not isinstance(one.outcome, Done)
            }
            wake(connection, {row["person_id"] for row in sheet.facts} & heard, stamp(now))
        sheet.is_open = any(map(_says_open, answered))
        is_closed = mind_the_lane(connection, lane, sheet.closing, now, is_open=sheet.is_open)
        begun = [one.begun_at for one in answered if one.begun_at is not None]
        untried = sum(map(_is_untried, answered))
        self._allowance.answered(connection, lane, begun, untried, now)
        return is_closed

    def _note(self, sheet: _Sheet, work: Work, outcome: Outcome, now: datetime) -> None:
        at = stamp(now)
        match outcome:
            case Done():
                sheet.done.append(
                    Settled(work.id, work.fence, State.DONE, None, at, outcome.receipt)
                )
                sheet.facts.append(fact_about(work, WORD_OF_KIND[work.kind], at, _receiver(work)))
                if outcome.observed or outcome.thread:
                    sheet.named[work.id] = outcome
            case InDoubt():
                look_at = stamp(now + PROBE_AFTER)
                sheet.others.append(
                    Settled(work.id, work.fence, State.DOUBT, look_at, at, outcome.why)
                )
                sheet.facts += trouble(work, DOUBTFUL, at, outcome.why)
            case Later() | Refused() if outcome.scope in _OF_THE_LANE:
                sheet.untried.append(work)
                sheet.others.append(
                    Settled(work.id, work.fence, State.READY, at, None, outcome.why)
                )
                sheet.closing = closing_of(sheet.closing, work.lane, outcome, now)
            case Later():
                self._put_off(sheet, work, outcome, now)
            case Refused():
                sheet.refuse(work, outcome.why, at)
                if outcome.scope is Scope.ADDRESS and work.kind in BY_MAIL:
                    value = outcome.status or outcome.why
                    fact = Fact(SUPPRESSED, now, value=value)
                    sheet.facts.append(fact_row(PersonId(work.person), fact, at, _SOURCE))

    def _put_off(self, sheet: _Sheet, work: Work, outcome: Later, now: datetime) -> None:
        """Try again later, unless its time will be over then."""
        wait = message_wait(work.attempts + 1, work.key)
        next_at = now + max(wait, outcome.wait or timedelta())
        edition = self._editions.of(Digest(work.digest))
        step = edition.steps.get(StepId(work.step))  # a notice to staff is of no step
        first = now if work.first_tried_at is None else moment(work.first_tried_at)
        until = gives_up_at(
            step, first, moment_or_none(work.deadline), workdays(edition.plan.calendar)
        )
        if next_at > until:
            sheet.refuse(work, outcome.why, stamp(now))
            return
        sheet.others.append(
            Settled(work.id, work.fence, State.READY, stamp(next_at), None, outcome.why)
        )


def mind_the_lane(
    connection: Connection,
    lane: str,
    closing: Closed | None,
    now: datetime,
    *,
    is_open: bool,
) -> bool:
    """Close the lane if it was said to be shut, open it if something went through.

    Says whether it is closed.
    """
    known = read_lane(connection, lane)
    if closing is None:
        if is_open and known is not None and known.code != RATE:
            open_lane(connection, lane)
            note_end(connection, lane, now)
        return False
    failures = 1 if known is None or is_open or known.code == RATE else known.failures + 1
    until = closing.until
    if until is not None:
        until = max(until, now + lane_wait(failures, lane))
    since = now if known is None else known.since
    close_lane(connection, Closed(lane, until, since, failures, closing.code, closing.why))
    if until is None and mailbox_of(lane) is not None:
        note_stop(connection, lane, closing.code, closing.why, now, since=since)
    return True


def _is_untried(one: Answered) -> bool:
    """Say whether the other side was not even asked to take it."""
    match one.outcome:
        case Later() | Refused():
            return one.outcome.scope in _OF_THE_LANE
        case _:
            return False


def _says_open(one: Answered) -> bool:
    """Say whether an outcome shows that the other side was reached and let us speak."""
    match one.outcome:
        case Done():
            return True
        case InDoubt():
            return False
        case Later() | Refused():
            return one.outcome.scope not in _OF_THE_LANE


def closing_of(known: Closed | None, lane: str, outcome: Later | Refused, now: datetime) -> Closed:
    """Say how a lane closes: for a while, or for a refusal of ours until a human says so."""
    code = outcome.scope.value
    if isinstance(outcome, Refused) and outcome.scope is Scope.MAILBOX:
        return Closed(lane, None, now, 1, code, outcome.why)
    if known is not None and known.until is None:
        return known
    wait = outcome.wait if isinstance(outcome, Later) else None
    until = now + (wait or timedelta())
    if known is not None and known.until is not None:
        until = max(until, known.until)
    return Closed(lane, until, now, 1, code, outcome.why)


def refused(work: Work, why: str, now: int) -> tuple[Settled, list[dict[str, Any]]]:
    """Give an intent up for good: shown, a fact, and nobody else's business."""
    settled = Settled(work.id, work.fence, State.REFUSED, None, now, why)
    return settled, trouble(work, FAILED, now, why)


def trouble(work: Work, word: str, at: int, why: str) -> list[dict[str, Any]]:
    """Write the fact that something went wrong, as rows.

    A mail to staff about a step is not the step: what becomes of it is shown, and is no fact.
    """
    return [] if work.kind in STAFF_MAIL else [fact_about(work, word, at, why)]


def fact_about(work: Work, word: str, at: int, value: str | None = None) -> dict[str, Any]:
    """Write the fact that an intent brings about, as a row."""
    return {  # as `fact_row` does, without the fact
        "person_id": work.person,
        "playbook": work.playbook,
        "name": fact_name(StepId(work.step), work.rung, word),
        "at": at,
        "occurrence": work.occurrence,
        "value": None if value is None else to_json(value),
        "contact": False,
        "noted_at": at,
        "source": _SOURCE,
    }


def _receiver(work: Work) -> str | None:
    return work.recipient or None
