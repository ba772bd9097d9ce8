"""What wants a time: wishes that are due, and meetings that look for one again.

Each is looked at once more with the facts as they are now; what is not to be arranged is written
down, and all else is laid out as a `Demand` for the wave.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from worker.domain.appointments import Appointment, Attendee, Stage
from worker.domain.cases import Case
from worker.domain.errors import BrokenPromise, MailError
from worker.domain.facts import Digest, PersonId, StepId
from worker.domain.intents import EnrollmentId, State
from worker.domain.meetings import MeetingId
from worker.domain.plan import Meeting
from worker.engine.journal.cases import load_cases
from worker.engine.journal.facts import write_facts
from worker.engine.journal.holds import lock_people
from worker.engine.journal.intents import claim, has_due, settle, still_claimed
from worker.engine.journal.lanes import MEETINGS, is_held
from worker.engine.journal.meetings import read_meetings, waiting_with
from worker.engine.journal.store import Store
from worker.engine.journal.wake import wake
from worker.engine.look import look_again
from worker.engine.meetings.calendars import CalendarRules
from worker.engine.meetings.demand import Demand
from worker.engine.meetings.follow import Turn, given_up, office_of, put
from worker.engine.meetings.lay import cohort_of, teams_of, window_of
from worker.engine.meetings.letters import Letters
from worker.engine.meetings.wanted import unwanted
from worker.engine.render import Edition, Editions, Office
from worker.engine.sheet import Sheet
from worker.engine.tables import moment, stamp
from worker.engine.work import Work

AT_MOST = 1_000  # meetings of one wave

_LEASE = timedelta(minutes=15)
_HARMLESS = 1  # crash of a worker, after which a wave is tried once more: as good as it was found
_FINISHED = frozenset({Stage.CANCELLED, Stage.OVER, Stage.HUMAN, Stage.LOST})


class Wants:
    """Finds what wants a time."""

    def __init__(
        self,
        store: Store,
        editions: Editions,
        office: Office,
        letters: Letters,
        rules: CalendarRules,
        *,
        tenant: Callable[[], str],
        relives: bool = False,
    ) -> None:
        self._store = store
        self._editions = editions
        self._office = office
        self._letters = letters
        self._rules = rules
        self._tenant = tenant
        self._relives = relives

    def claim(self, now: datetime) -> list[Work]:
        """Claim the wishes that are due."""
        at, lease = stamp(now), stamp(now + _LEASE)
        with self._store.read() as connection:
            if not has_due(connection, MEETINGS, at):
                return []
            if is_held(connection, now, relives=self._relives):
                return []
        with self._store.write() as connection:
            return claim(connection, MEETINGS, AT_MOST, now=at, lease=lease, harmless=_HARMLESS)

    def wished(self, works: Sequence[Work], now: datetime) -> list[Demand]:
        """Look at claimed wishes again, and give those that are still right."""
        if not works:
            return []
        sheet = Sheet(now)
        people = sorted({work.person for work in works})
        with self._store.read() as connection:
            cases = load_cases(connection, people, self._editions.plan)
            ids = [self._id(work) for work in works]
            known = read_meetings(connection, ids)
        demands = []
        for work in works:
            edition = self._editions.of(Digest(work.digest))
            case = cases.get(work.person)
            if case is None:  # erased a moment ago
                sheet.drop(work, State.CANCELLED, "")
                continue
            if not sheet.follow(work, look_again(work, case, edition, now)):
                continue
            before = known.get(self._id(work))
            if before is not None and before.stage not in {*_FINISHED, Stage.RESERVED}:
                sheet.drop(work, State.READY, "", next_at=now + timedelta(minutes=1))
                continue
            try:
                demands.append(self._demand_of(work, case, edition, before, now))
            except MailError as error:
                sheet.refuse(work, str(error))
        self.write_sheet(works, sheet)
        return demands

    def waiting(self, fresh: Iterable[Appointment]) -> list[Appointment]:
        """Give who waits for others to make a session with: somebody has come."""
        cohorts = {
            (one.playbook, one.step, one.occurrence, one.cohort) for one in fresh if one.cohort
        }
        with self._store.read() as connection:
            return [each for one in sorted(cohorts) for each in waiting_with(connection, *one)]

    def write_sheet(self, works: Sequence[Work], sheet: Sheet) -> None:
        """Write down what becomes of claimed wishes, of those that are still ours."""
        if not sheet.settled:
            return
        with self._store.write() as connection:
            lock_people(connection, (row["person_id"] for _, row in sheet.facts))
            ours = still_claimed(connection, works)
            facts = [row for intent, row in sheet.facts if intent in ours]
            settle(connection, [one for one in sheet.settled if one.id in ours])
            write_facts(connection, facts)
            wake(connection, {row["person_id"] for row in facts}, stamp(sheet.now))

    def _id(self, work: Work) -> MeetingId:
        return MeetingId(f"{self._tenant()}/{work.enrollment}/{work.step}/{work.occurrence}")

    def _demand_of(
        self,
        work: Work,
        case: Case,
        edition: Edition,
        before: Appointment | None,
        now: datetime,
    ) -> Demand:
        """Turn a wish into what wants a time.

        Raises:
            MailError: Somebody or some word is missing.
        """
        action = edition.steps[StepId(work.step)].action
        if not isinstance(action, Meeting):
            raise BrokenPromise(f"{work.key}: not a meeting.")
        if not case.person.email:
            raise MailError("to", "the person has no address")
        days = office_of(edition)
        due_at = min(now, moment(work.due_at))
        person = Attendee(
            case.person.email,
            case.person.name,
            person=PersonId(work.person),
            enrollment=EnrollmentId(work.enrollment),
            intent=work.id,
        )
        known = Appointment(
            id=self._id(work),
            playbook=edition.plan.playbook,
            digest=Digest(work.digest),
            step=StepId(work.step),
            occurrence=work.occurrence,
            stage=Stage.SEEKING,
            organiser=None,
            address="",
            organiser_name="",
            provider="",
            title=edition.title(action.title, case, self._office, now),
            minutes=action.minutes,
            place=action.place,
            timezone=days.zone.key,
            due_at=due_at,
            seek_until=days.after(due_at, action.within),
            cohort=cohort_of(action, case.person),
            incarnation=1 if before is None else before.incarnation + 1,
            fence=0 if before is None else before.fence,
            attendees=(person,),
        )
        if before is not None and before.stage is Stage.RESERVED:
            known = replace(
                known,
                when=before.when,
                held_since=before.held_since,
                incarnation=before.incarnation,
                failures=before.failures,
                outcome=before.outcome,
            )
        return self._demand(known, case, edition, action, now, work)

    def wanted(self, seekers: list[Appointment], now: datetime) -> list[Appointment]:
        """Look at the wishes of those who look again; what is not to be arranged is written down.

        An invitation keeps to its hours: where they are over, nobody looks before they begin again.
        """
        turns = unwanted(self._store, seekers, self._editions, self._letters, now)
        for turn in turns:
            self._put(turn, now)
        off = {turn.after.id for turn in turns}
        return [one for one in seekers if one.id not in off]

    def looking_again(self, seekers: Sequence[Appointment], now: datetime) -> list[Demand]:
        """Give what meetings want that have a row: a time, or another one."""
        people = sorted({str(one.person) for known in seekers for one in known.people})
        with self._store.read() as connection:
            cases = load_cases(connection, people, self._editions.plan)
        demands = []
        for known in seekers:
            edition = self._editions.of(Digest(known.digest))
            action = edition.steps[known.step].action
            case = next(
                (cases[str(one.person)] for one in known.people if str(one.person) in cases), None
            )
            if case is None or not isinstance(action, Meeting):
                self._put(given_up(known, now, ""), now)
                continue
            # without one, where somebody else comes than whom it named
            title = known.title or self._titled(edition, action, case, now)
            titled = replace(known, title=title)
            demand = self._demand(titled, case, edition, action, now, None)
            demands.append(replace(demand, cases=cases) if known.cohort else demand)
        return demands

    def _titled(self, edition: Edition, action: Meeting, case: Case, now: datetime) -> str:
        """Give a meeting its title; empty where a word of it is missing: then it has a built-in."""
        try:
            return edition.title(action.title, case, self._office, now)
        except MailError:
            return ""

    def _demand(
        self,
        known: Appointment,
        case: Case,
        edition: Edition,
        action: Meeting,
        now: datetime,
        work: Work | None,
    ) -> Demand:
        if (known.ref or known.rounds) and not known.failures:  # for another time: anew, once
            until = office_of(edition).after(now, action.within)
            known = replace(known, seek_until=max(until, known.seek_until))
        until = known.seek_until
        window = window_of(action, edition.plan, self._rules, now, due_at=known.due_at, until=until)
        return Demand(known, case, edition, action, teams_of(action, case.person), window, work)

    def _put(self, turn: Turn, now: datetime) -> None:
        with self._store.write() as connection:
            put(connection, turn, now)
