"""Is a meeting that is not booked yet still to be arranged? Its wishes are looked at once more."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from worker.domain.appointments import Appointment
from worker.domain.cases import Case
from worker.domain.facts import Digest
from worker.domain.reasons import Because
from worker.engine.journal.cases import load_cases
from worker.engine.journal.intents import arranged, works
from worker.engine.journal.store import Store
from worker.engine.look import Cancel, GiveUp, Go, Wait, Withdraw, look_again
from worker.engine.meetings.follow import Turn
from worker.engine.meetings.letters import Gone, Letters
from worker.engine.render import Editions
from worker.engine.work import Work


def unwanted(
    store: Store,
    group: Sequence[Appointment],
    editions: Editions,
    letters: Letters,
    now: datetime,
) -> list[Turn]:
    """Say what becomes of those of *group* that are not to be arranged now, or not for all."""
    fresh = [known for known in group if known.booked_at is None]
    if not fresh:
        return []
    ids = [one.intent for known in fresh for one in known.people if one.intent is not None]
    with store.read() as connection:
        waiting = arranged(connection, ids)
        wishes = {work.id: work for work in works(connection, ids)}
        people = sorted({work.person for work in wishes.values()})
        cases = load_cases(connection, people, editions.plan)
    turns = (_turn(known, wishes, waiting, cases, editions, letters, now) for known in fresh)
    return [turn for turn in turns if turn is not None]


def _turn(
    known: Appointment,
    wishes: Mapping[int, Work],
    waiting: Collection[int],
    cases: Mapping[str, Case],
    editions: Editions,
    letters: Letters,
    now: datetime,
) -> Turn | None:
    """Say what becomes of a meeting some of whose wishes do not hold any more, or not yet."""
    edition = editions.of(Digest(known.digest))
    gone: list[Gone] = []
    waits: datetime | None = None
    for one in known.people:
        work, case = wishes.get(one.intent or 0), cases.get(str(one.person))
        if work is None or case is None:  # erased a moment ago
            gone.append(Gone(one, ""))
            continue
        if work.id not in waiting:  # they were in a session: another time keeps to no hours
            continue
        match look_again(work, case, edition, now):
            case Go():
                pass
            case Wait(until):
                waits = until
            case Cancel(because):
                gone.append(Gone(one, because.value))
            case Withdraw(because):
                is_late = because is Because.TOO_LATE
                gone.append(Gone(one, because.value, is_withdrawn=True, is_too_late=is_late))
            case GiveUp():
                gone.append(Gone(one, known.outcome or "given up", is_too_late=True))
    if gone:
        return letters.without(known, gone, now)
    return None if waits is None else Turn(known, waits)
