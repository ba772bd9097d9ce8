"""Everything that looks after meetings, as the tick and the performer see it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Connection

from worker.domain.appointments import Appointment
from worker.domain.cases import Case, Decision
from worker.domain.facts import PersonId
from worker.domain.plan import Meeting
from worker.engine.begun import Begun
from worker.engine.hints import Watcher
from worker.engine.journal.agendas import wake_agenda
from worker.engine.journal.journal import Journal
from worker.engine.journal.lanes import MEETINGS, calendar_lane, provider_of
from worker.engine.journal.marks import read_secret
from worker.engine.journal.meetings import (
    meetings_of_person,
    open_meetings_of,
    take_back,
)
from worker.engine.journal.people import all_staff
from worker.engine.meetings.answers import MailAnswers
from worker.engine.meetings.calendars import (
    MAIL_ONLY,
    PROVIDERS,
    Books,
    CalendarRules,
    provider_of_staff,
)
from worker.engine.meetings.carry import Carrier
from worker.engine.meetings.follow import put
from worker.engine.meetings.hear import Hearer
from worker.engine.meetings.lay import teams_of
from worker.engine.meetings.letters import Letters
from worker.engine.meetings.mind import Minder
from worker.engine.meetings.promises import Outlook, Promises
from worker.engine.meetings.walls import Walls
from worker.engine.meetings.wave import Seater
from worker.engine.meetings.withdraw import handed_over, left_by
from worker.engine.render import Editions, Office
from worker.engine.tables import stamp
from worker.engine.unfinished import Unfinished
from worker.ports import Clock, InvitationPost, Solver

_TENANT = "meetings.tenant"
_TRIES = 5  # at a row that somebody else writes at the same moment


class Meetings:
    """Looks after meetings. Safe between threads: one at a time in each lane."""

    def __init__(  # noqa: PLR0913 - what the engine joins here, by name
        self,
        journal: Journal,
        editions: Editions,
        office: Office,
        books: Books,
        rules: CalendarRules,
        *,
        solver: Solver,
        clock: Clock,
        unfinished: Unfinished,
        watcher: Watcher | None = None,
        post: InvitationPost | None = None,
        begun: Begun | None = None,
        relives: bool = False,
    ) -> None:
        store = journal.store
        self.lanes = (MEETINGS, *map(calendar_lane, PROVIDERS))
        self._store = store
        self._clock = clock
        self._books = books
        self._editions = editions
        self._rules = rules
        self._letters = Letters(office, editions)
        self._relives = relives
        self._walls = Walls(store)
        self._minder = Minder(store, editions, self._letters, clock=clock, relives=relives)
        tenant = cache(lambda: journal.marks.secret(_TENANT).hex()[:12])
        self._promises = Promises(
            rules.hold_ahead, lambda connection: read_secret(connection, _TENANT).hex()[:12]
        )
        if begun is not None:  # named before anything is booked, so that every backup knows it
            tenant()
        self._seater = Seater(
            store,
            editions,
            office,
            books,
            self._letters,
            rules,
            solver=solver,
            clock=clock,
            tenant=tenant,
            unfinished=unfinished,
            relives=relives,
        )
        self._carrier = Carrier(
            store,
            editions,
            books,
            self._letters,
            rules,
            clock=clock,
            begun=begun,
            relives=relives,
        )
        self._hearer = Hearer(store, editions, books, self._letters, rules, clock=clock)
        self.answers = (
            None if post is None else MailAnswers(store, self._hearer, post, editions.plan)
        )
        self._watcher = watcher

    def perform(self, lane: str, is_stopping: Callable[[], bool]) -> int:
        """Do everything that is due in *lane*; says how much."""
        if provider_of(lane) is not None:
            done = self._carrier.perform(lane, is_stopping)
            if self._relives:  # calendars tell how they are now, and not how they were then
                return done
            done += self._hearer.perform(lane, is_stopping)
            if self._watcher is not None:
                self._watcher.perform(lane, is_stopping)
            return done
        done, seekers = self._minder.perform(is_stopping)
        return done + self._seater.perform(seekers, is_stopping)

    def withdraw(self, connection: Connection, cases: Mapping[str, Case], now: datetime) -> None:
        """Look at the meetings of people again, in the tick's transaction.

        With whom it is over, nothing is arranged any more; whose colleague has left, meets another.
        """
        for _ in range(_TRIES):
            known = open_meetings_of(connection, sorted(cases)) if cases else []
            turns = left_by(known, cases, self._letters, now)
            written = [put(connection, turn, now) for turn in turns]
            off = {turn.after.id for turn in turns}
            left = [one for one in known if one.id not in off]
            written += self._hand_over(connection, left, cases, now)
            if None not in written:
                return

    def foresee(self, case: Case, decision: Decision, now: datetime) -> Outlook | None:
        """Say what is promised to a person; None in lost time, for nobody may be asked then."""
        return None if self._relives else self._promises.foresee(case, decision, now)

    def mind_the_clocks(self, now: datetime) -> None:
        """Have HR told where clocks show another time at a meeting than people were told."""
        if not self._relives:
            self._walls.look(now)

    def keep_promises(
        self, connection: Connection, outlooks: Iterable[Outlook], now: datetime
    ) -> None:
        """Have times held for what is promised and not due, in the tick's transaction."""
        self._promises.keep(connection, outlooks, now)

    def _hand_over(
        self,
        connection: Connection,
        known: Sequence[Appointment],
        cases: Mapping[str, Case],
        now: datetime,
    ) -> list[Appointment | None]:
        """Have the meetings of colleagues who have left arranged with others."""
        if not known:
            return []
        staff = {one.id for one in all_staff(connection)}
        turns = (
            handed_over(one, staff, now, stays_with_us=self._stays_with_us(one, cases))
            for one in known
        )
        return [put(connection, turn, now) for turn in turns if turn is not None]

    def _stays_with_us(self, known: Appointment, cases: Mapping[str, Case]) -> bool:
        """Say whether only mails invite to a meeting, whoever comes to it now."""
        if known.provider != MAIL_ONLY or not known.people:
            return False
        case = cases.get(str(known.people[0].person))
        action = self._editions.of(known.digest).steps[known.step].action
        if case is None or not isinstance(action, Meeting):
            return False
        teams = teams_of(action, case.person)
        return all(provider_of_staff(one[0], self._rules) == MAIL_ONLY for one in teams)

    def hear(self, address: str, now: datetime) -> None:
        """Have a calendar read at once: its provider says that something has changed."""
        with self._store.write() as connection:
            wake_agenda(connection, address, stamp(now))

    def recover(self, now: datetime) -> int:
        """Take back what a dead worker held, where no other can be alive."""
        with self._store.write() as connection:
            return sum(take_back(connection, lane, stamp(now)) for lane in self.lanes)

    def of(self, person: PersonId) -> list[Appointment]:
        """Give every meeting that somebody is or was invited to."""
        with self._store.read() as connection:
            return meetings_of_person(connection, person)

    def close(self) -> None:
        """Say goodbye to every calendar."""
        if self._watcher is not None:
            self._watcher.close()
        self._books.close()
