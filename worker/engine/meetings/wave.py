"""Give a time to everything that wants one: all that is due is solved together, and then held.

Calendars are asked in batches and outside of any transaction. What the solver found is held in one
transaction that locks everybody's diary in the same order; where somebody else's hold is in the way
by then, that meeting simply looks again. Nothing is in any calendar yet.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection

from worker.domain.advice import Advice, Adviser
from worker.domain.advice_together import explain_together
from worker.domain.appointments import Appointment, Attendee, Stage
from worker.domain.cases import Case
from worker.domain.facts import Digest, Staff, StaffId
from worker.domain.intents import State
from worker.domain.meetings import Span, Unknown, Word
from worker.domain.plan import Meeting
from worker.domain.slots import cut, starts_in
from worker.domain.wave import Gathering, Host, Invitee, Seeker, Wave
from worker.engine.journal.cases import load_cases
from worker.engine.journal.holds import lock_diaries, lock_people, take
from worker.engine.journal.intents import (
    Settled,
    is_open,
    settle,
    settle_arranged,
)
from worker.engine.journal.lanes import MEETINGS
from worker.engine.journal.meetings import (
    forget,
    reserved_among,
    write_meeting,
)
from worker.engine.journal.rewound import SAID, Lost, lost_among, read_rewound
from worker.engine.journal.store import Store
from worker.engine.meetings.advise import outcome_of, told_in
from worker.engine.meetings.calendars import (
    MAIL_ONLY,
    Books,
    CalendarRules,
    provider_of_staff,
)
from worker.engine.meetings.demand import (
    Demand,
    groups,
    has_no_other_time,
    is_of,
    may_keep,
    names_of,
    one_for_each,
    team_of,
    with_its_end,
    within_of,
)
from worker.engine.meetings.diaries import Asker, Diaries
from worker.engine.meetings.follow import (
    Hold,
    Turn,
    both_times,
    changing,
    given_up,
    put,
    same_people,
    seeking,
)
from worker.engine.meetings.follow import look_again as next_look_of
from worker.engine.meetings.found import Finder, Standing, Untold, is_in
from worker.engine.meetings.join import Joiner
from worker.engine.meetings.lay import (
    AGAIN,
    AGAIN_AHEAD,
    gathering_of,
    teams_of,
    window_ahead,
)
from worker.engine.meetings.letters import Letters
from worker.engine.meetings.promises import (
    as_promised,
    is_wished,
    let_go,
    lock_all,
    set_aside,
)
from worker.engine.meetings.proposals import declined, offers, proposal_of, suits
from worker.engine.meetings.wants import Wants
from worker.engine.render import Editions, Office
from worker.engine.retry import message_wait
from worker.engine.sheet import Sheet
from worker.engine.tables import stamp
from worker.engine.unfinished import Unfinished
from worker.engine.work import Work
from worker.ports import Clock, Solver

_AT_ONCE = 50  # meetings whose times are held in one transaction


class Seater:
    """Seats what wants a time."""

    def __init__(  # noqa: PLR0913 - what the engine joins here, by name
        self,
        store: Store,
        editions: Editions,
        office: Office,
        books: Books,
        letters: Letters,
        rules: CalendarRules,
        *,
        solver: Solver,
        clock: Clock,
        tenant: Callable[[], str],
        unfinished: Unfinished,
        relives: bool = False,
    ) -> None:
        self._relives = relives
        self._unfinished = unfinished
        self._wants = Wants(store, editions, office, letters, rules, tenant=tenant, relives=relives)
        self._finder = Finder(books, office.language, self._organiser)
        self._store = store
        self._joiner = Joiner(store)
        self._asker = Asker(store, books, rules)
        self._editions = editions
        self._office = office
        self._letters = letters
        self._rules = rules
        self._solver = solver
        self._clock = clock

    def perform(self, seekers: Sequence[Appointment], is_stopping: Callable[[], bool]) -> int:
        """Seat what is due and what looks again; says how many meetings were looked at."""
        if is_stopping():
            return 0
        now = self._clock.now()
        works = self._wants.claim(now)
        with self._unfinished.kept(MEETINGS, works):
            return self._perform(works, seekers, now)

    def _perform(self, works: Sequence[Work], seekers: Sequence[Appointment], now: datetime) -> int:
        wished = self._wants.wished(works, now)
        fresh = [one for one in seekers if one.cohort and not one.ref and not one.failures]
        waiting = self._wants.waiting([*(one.known for one in wished), *fresh])
        again = {one.id: one for one in (*waiting, *seekers)}
        due = {one.known.id for one in wished}  # these take their promise over just now
        promised = [
            one for one in again.values() if one.stage is Stage.RESERVED and one.id not in due
        ]
        seeking = [one for one in again.values() if one.stage is not Stage.RESERVED]
        demands = [*wished, *self._wants.looking_again(self._wants.wanted(seeking, now), now)]
        demands = self._not_there_yet(demands, now)
        asked = [one for one in demands if proposal_of(one.known) is not None]
        for demand in asked:
            self._answer(demand, now)
        demands = [one for one in demands if one not in asked]
        together = [one for one in demands if one.action.together]
        alone = [one for one in demands if not one.action.together]
        ahead = self._promised(promised, now)
        alone = one_for_each([*alone, *ahead], self._wait_a_moment)
        for wave in (
            [one for one in alone if not one.is_ahead],  # what is due comes first
            [one for one in alone if one.is_ahead],
        ):
            self._seat(self._kept(wave, now), now)
        for group in groups(self._joiner.join(together, now)).values():
            self._gather(group, now)
        return len(demands) + len(asked) + len(promised)

    # --- what is promised ----------------------------------------------------------------------

    def _promised(self, rows: Sequence[Appointment], now: datetime) -> list[Demand]:
        """Give the promises for which a time is held, or held still; lets go of what is none."""
        people = sorted({str(one.person) for known in rows for one in known.people})
        with self._store.read() as connection:
            cases = load_cases(connection, people, self._editions.plan) if rows else {}
            rewound = read_rewound(connection) if rows and self._relives else None
        demands: list[Demand] = []
        for known in rows:
            case = cases.get(str(known.people[0].person)) if known.people else None
            if rewound is not None:  # calendars tell how they are now, and not how they were then
                self._put(Turn(known, rewound.until + timedelta(seconds=1)), now)
            elif (found := self._promise(known, case, now)) is not None:
                demands.append(found)
            else:
                self._let_go(known, case, now)
        return demands

    def _promise(self, known: Appointment, case: Case | None, now: datetime) -> Demand | None:
        fresh = None if case is None else as_promised(known, case, now, self._rules.hold_ahead)
        if case is None or fresh is None:
            return None
        known = fresh
        edition = self._editions.of(Digest(known.digest))
        action = edition.steps[known.step].action
        if not isinstance(action, Meeting):
            return None
        window = window_ahead(action, edition.plan, self._rules, now, due_at=known.due_at)
        return Demand(known, case, edition, action, teams_of(action, case.person), window)

    def _let_go(self, known: Appointment, case: Case | None, now: datetime) -> None:
        """Give a time back of which nobody knows any more; not one that a wish will take over."""
        with self._store.write() as connection:
            if known.people and is_wished(known, case, now):
                first = known.people[0]
                if is_open(connection, str(first.person), first.enrollment or 0, known.step):
                    put(connection, Turn(known, now + AGAIN_AHEAD), now)
                    return
            lock_people(connection, (str(one.person) for one in known.people))
            let_go(connection, [known])

    # --- what was booked in lost time ------------------------------------------------------------

    def _not_there_yet(self, demands: Sequence[Demand], now: datetime) -> list[Demand]:
        """Take over what stands in calendars though the journal does not know; gives the others."""
        wishes = [one.intent for each in demands for one in each.known.people if one.intent]
        with self._store.read() as connection:
            lost = lost_among(connection, wishes)
        if lost is None:
            return list(demands)
        left: list[Demand] = []
        standing: list[tuple[Demand, Standing]] = []
        for demand in demands:
            is_sure = demand.known.ref or (demand.work is not None and demand.work.resent)
            if is_sure or not _may_stand(demand.known, lost):
                left.append(demand)
                continue
            found = self._finder.find(demand.known, demand.teams)
            if isinstance(found, Standing):
                standing.append((demand, found))
            elif found is Untold.NEVER:
                self._leave_to_a_human(demand, now)
            elif self._relives:
                self._put_off(demand, lost.rewound.until + timedelta(seconds=1), now)
            elif found is Untold.LATER:
                self._put_off(demand, now + message_wait(1, demand.known.id), now)
            else:
                left.append(demand)
        for demand, found in standing:
            others = [
                one
                for one in left
                if is_of(demand, one) and any(is_in(found.entry, each) for each in one.known.people)
            ]
            left = [one for one in left if one not in others]
            lead = replace(demand, known=found.known)
            self._hold_session([lead, *others], found.when, found.team, now)
        return left

    def _put_off(self, demand: Demand, at: datetime, now: datetime) -> None:
        """Look again at *at*."""
        if demand.work is None:
            self._put(Turn(demand.known, at), now)
            return
        sheet = Sheet(now)
        sheet.drop(demand.work, State.READY, demand.work.outcome or "", next_at=at)
        self._wants.write_sheet([demand.work], sheet)

    def _leave_to_a_human(self, demand: Demand, now: datetime) -> None:
        """Have somebody say whether an invitation has gone that nobody can be asked about."""
        if demand.work is None:
            self._put(self._letters.asking_for_help(given_up(demand.known, now, SAID), now), now)
            return
        sheet = Sheet(now)
        sheet.drop(demand.work, State.DOUBT, SAID)
        self._wants.write_sheet([demand.work], sheet)

    # --- solving and holding -------------------------------------------------------------------

    def _kept(self, demands: Sequence[Demand], now: datetime) -> list[Demand]:
        """Let meetings that have a time, and no event, keep it where everybody is free then.

        Their colleague has left, or it is held for a promise. Gives what still wants a time.
        """
        had = [one for one in demands if has_no_other_time(one.known) and may_keep(one)]
        narrow = [replace(one, window=one.known.when or one.window) for one in had]
        left = {one.known.id for one in self._seat(narrow, now, only_placed=True)}
        had_ids = {one.known.id for one in had}
        return [one for one in demands if one.known.id not in had_ids or one.known.id in left]

    def _seat(
        self, demands: Sequence[Demand], now: datetime, *, only_placed: bool = False
    ) -> list[Demand]:
        """Solve everything that is of one person as one wave, and hold what was found.

        Gives who was left out; with *only_placed* nothing is written about them.
        """
        if not demands:
            return []
        diaries = self._asker.diaries(demands, now)
        wave = self._wave(demands, diaries)
        seekers, days = wave.seekers, demands[0].days
        seating = self._solver.seat(wave)

        @cache
        def adviser() -> (
            Adviser
        ):  # which knows of more starts: those that are taken, and later ones
            anywhere = starts_in(
                (span for one in seekers for span in one.free), days, self._rules.grid
            )
            whole = tuple(with_its_end(one, of[one.id]) for one in seekers)
            wider = replace(wave, seekers=whole, starts=anywhere)
            spans = {one.known.id: within_of(one, now) for one in demands}
            return Adviser(wider, seating.placed, names_of(demands), within=spans)

        of = {one.known.id: one for one in demands}
        placed: list[tuple[Demand, Turn]] = []
        left: list[Demand] = []
        for demand in demands:
            seat = seating.placed.get(demand.known.id)
            team = None if seat is None else team_of(demand, seat)
            if seat is None:
                left.append(demand)
            if seat is not None and team is not None:
                placed.append((demand, self._given(demand, seat.when, team, now)))
        self._hold_all(placed, now)
        if only_placed:
            return left
        left = self._before_others(left, diaries, now)
        told: list[tuple[Demand, Turn]] = []
        for demand in left:
            advice = adviser().explain(demand.known.id)
            told.append((demand, self._left_out(demand, advice, diaries, now)))
        self._hold_all(told, now)
        return left

    def _wave(self, demands: Sequence[Demand], diaries: Diaries) -> Wave:
        """Lay everything that is of one person out for the solver."""
        seekers = tuple(
            Seeker(
                demand.known.id,
                tuple(tuple(one.id for one in team) for team in demand.teams),
                self._asker.free(demand.known.people[0], demand, demand.case, diaries),
                demand.window,
                timedelta(minutes=demand.known.minutes),
                priority=demand.edition.steps[demand.known.step].priority,
            )
            for demand in demands
        )
        hosts = tuple(diaries.hosts[id_] for id_ in sorted(diaries.hosts))
        days = demands[0].days
        rooms = (span for host in hosts for span in host.free)
        until = max(one.window.end for one in demands)
        grid = starts_in(cut(rooms, Span(diaries.within.start, until)), days, self._rules.grid)
        had = {one.known.when.start for one in demands if one.known.when is not None}
        return Wave(seekers, hosts, tuple(sorted({*grid, *had})), days.zone.key)

    def _hold_all(self, placed: Sequence[tuple[Demand, Turn]], now: datetime) -> None:
        for start in range(0, len(placed), _AT_ONCE):
            self._hold(placed[start : start + _AT_ONCE], now)

    def _before_others(
        self, left: Sequence[Demand], diaries: Diaries, now: datetime
    ) -> list[Demand]:
        """Have what is held beforehand give way to what is due; gives who finds no time even so.

        What gave way is looked at again at once, and keeps its time where that is still free.
        """
        due = [one for one in left if not one.is_ahead]
        held = self._held_beforehand(due, diaries)
        if not held:
            return list(left)
        without = self._asker.without(diaries, due, {one.id for one in held})
        seating = self._solver.seat(self._wave(due, without))
        placed = [(one, seat) for one in due if (seat := seating.placed.get(one.known.id))]
        if not placed:
            return list(left)
        whos = {one.known.people[0].who for one, _ in placed}
        whos |= {f"staff/{id_}" for _, seat in placed for id_ in seat.team}
        self._set_aside([one for one in held if whos & set(same_people(one.attendees))], now)
        again = {
            one.known.id for one in self._seat([one for one, _ in placed], now, only_placed=True)
        }
        seated = {one.known.id for one, _ in placed} - again
        return [one for one in left if one.known.id not in seated]

    def _set_aside(self, promises: Sequence[Appointment], now: datetime) -> None:
        with self._store.write() as connection:
            lock_all(connection, promises)
            set_aside(connection, promises, now)

    def _held_beforehand(self, due: Sequence[Demand], diaries: Diaries) -> list[Appointment]:
        """Give the promises whose times may be in the way of what is due."""
        if not due:
            return []
        whos = {f"staff/{one.id}" for each in due for team in each.teams for one in team}
        whos |= {one.who for each in due for one in each.known.people}
        ids = {id_ for who in whos for _, id_ in diaries.taken.get(who, ())}
        with self._store.read() as connection:
            return reserved_among(connection, ids)

    def _given(self, demand: Demand, when: Span, team: Sequence[Staff], now: datetime) -> Turn:
        known = demand.known
        before = {one.staff for one in known.attendees}
        colleagues = tuple(
            Attendee(
                one.email, one.name, staff=one.id, is_new=bool(known.ref) and one.id not in before
            )
            for one in team
        )
        attendees = (*known.people, *colleagues)
        since = known.held_since if known.when == when else None
        if demand.is_ahead:
            held = replace(
                known,
                when=when,
                held_since=since or now,
                outcome="",
                failures=0,
                attendees=attendees,
            )
            return Turn(held, now + AGAIN_AHEAD)
        if known.ref:  # it is in a calendar already: its organiser stays
            moved = replace(
                known,
                when=when,
                outcome="",
                failures=0,
                title=known.title or _title(self._office.language, known, team),
                attendees=attendees,
            )
            if known.provider == MAIL_ONLY:  # that is our own mailbox, whoever comes
                id_, address, name, _ = self._organiser(team)
                moved = replace(moved, organiser=id_, address=address, organiser_name=name)
            return Turn(changing(moved), now)
        organiser = self._organiser(team)
        booked = replace(
            known,
            stage=Stage.BOOKING,
            organiser=organiser[0],
            address=organiser[1],
            organiser_name=organiser[2],
            provider=organiser[3],
            title=known.title or _title(self._office.language, known, team),
            when=when,
            held_since=since,
            outcome="",
            failures=0,
            attendees=attendees,
        )
        return Turn(booked, now)

    def _organiser(self, team: Sequence[Staff]) -> tuple[StaffId | None, str, str, str]:
        """Say in whose calendar a meeting is: the first colleague's, or HR's own by setting."""
        if self._rules.organiser == "hr" or not team:
            own = self._office.address(self._office.alerts_from)
            return None, own.address, own.name, self._rules.default
        first = team[0]
        return first.id, first.email, first.name, provider_of_staff(first, self._rules)

    def _left_out(self, demand: Demand, advice: Advice, diaries: Diaries, now: datetime) -> Turn:
        """Say why there is no time, and when it is looked for again."""
        known = demand.known
        if demand.is_ahead:
            return self._not_held(demand, advice, diaries, now)
        if demand.window.start + timedelta(minutes=known.minutes) > demand.window.end:
            is_passing = bool(known.outcome) and not told_in(known.outcome).why
            why = known.outcome if is_passing else outcome_of(advice, known.outcome)
            return self._letters.asking_for_help(given_up(known, now, why), now)
        passing = _passing(demand, diaries)
        if passing is not None:
            failures = known.failures + 1
            wait = max(message_wait(failures, known.id), passing.wait or timedelta())
            later = replace(known, failures=failures, outcome=passing.why)
            return Turn(later, now + wait)
        why = outcome_of(advice, known.outcome)
        if not demand.teams:
            return self._letters.asking_for_help(given_up(known, now, why), now)
        waiting = replace(known, outcome=why, failures=known.failures + 1)
        hold = Hold.KEEP if known.ref else Hold.RELEASE
        turn = Turn(waiting, now + AGAIN, hold=hold)
        return turn if known.failures else self._letters.asking_for_help(turn, now)

    def _not_held(self, demand: Demand, advice: Advice, diaries: Diaries, now: datetime) -> Turn:
        """Say beforehand that no time can be held for what is promised; HR hears of it once.

        While a calendar cannot be read for a time, what is held stays held.
        """
        known = demand.known
        passing = _passing(demand, diaries)
        if passing is not None:
            return Turn(known, now + max(AGAIN, passing.wait or timedelta()))
        bare = replace(
            known,
            when=None,
            held_since=None,
            outcome=outcome_of(advice),
            failures=known.failures + 1,
            attendees=known.people,
        )
        turn = Turn(bare, now + AGAIN_AHEAD, hold=Hold.RELEASE)
        return turn if known.failures else self._letters.asking_for_help(turn, now)

    def _hold(self, placed: Sequence[tuple[Demand, Turn]], now: datetime) -> None:
        """Write turns down, in one transaction, each with the time it takes."""
        people = {str(one.person) for _, turn in placed for one in turn.after.people}
        whos = {one.who for _, turn in placed for one in turn.after.attendees}
        with self._store.write() as connection:
            lock_people(connection, people)
            lock_diaries(connection, whos)
            for demand, turn in placed:
                self._write(connection, demand, turn, now)

    def _write(self, connection: Connection, demand: Demand, turn: Turn, now: datetime) -> None:
        after = turn.after
        if demand.work is not None and not self._is_arranged(connection, demand, now):
            return
        saved = put(connection, turn, now)
        if saved is None:  # whoever was quicker has given its time back, or taken another one
            if demand.work is not None:  # its promise was looked at just now: once more
                at = stamp(now)
                settle_arranged(connection, [demand.work.id], State.READY, now=at, next_at=at)
            return
        if after.stage in _TAKES_TIME and after.when is not None:
            spans = [after.when]
            if after.stood is not None:
                spans = both_times(after.stood, after.when)
            whos = same_people(after.attendees)
            expires_at = after.when.start if after.stage is Stage.RESERVED else None
            if not take(connection, after.id, whos, spans, now=now, expires_at=expires_at):
                put(connection, Turn(replace(demand.known, fence=saved.fence), now), now)

    def _is_arranged(self, connection: Connection, demand: Demand, now: datetime) -> bool:
        """Give a wish its row; False where the wish is not ours any more."""
        work = demand.work
        if work is None:
            return True
        settled = Settled(work.id, work.fence, State.ARRANGED, None, None, "")
        if not settle(connection, [settled]):
            return False
        if not demand.known.fence:  # else there is a row of one that was taken back
            write_meeting(connection, demand.known, MEETINGS, stamp(now))
        return True

    def _put(self, turn: Turn, now: datetime) -> None:
        with self._store.write() as connection:
            put(connection, turn, now)

    def _wait_a_moment(self, demand: Demand) -> None:
        """Let a second meeting of the same person wait for the next wave."""
        now = self._clock.now()
        turn = Turn(demand.known, now)
        with self._store.write() as connection:
            lock_people(connection, (str(one.person) for one in demand.known.people))
            self._write(connection, demand, turn, now)

    # --- other times that are asked for --------------------------------------------------------

    def _answer(self, demand: Demand, now: datetime) -> None:
        """Take the time that somebody asked for by mail, or offer others; it stays until then."""
        known, found = demand.known, proposal_of(demand.known)
        staff = {one.staff for one in known.attendees if one.staff is not None}
        team = next((one for one in demand.teams if {each.id for each in one} == staff), None)
        if found is None or team is None or known.stood is None:  # a colleague has left meanwhile
            self._put(seeking(known, now, ""), now)
            return
        one, to = found
        window = Span(min(now, demand.window.start), max(demand.window.end, to.end))
        diaries = self._asker.diaries([replace(demand, teams=(team,), window=window)], now)
        unread = [told for told in diaries.busy.values() if isinstance(told, Unknown)]
        passing = next((told for told in unread if not told.is_permanent), None)
        if passing is not None:
            failures = known.failures + 1
            wait = max(message_wait(failures, known.id), passing.wait or timedelta())
            self._put(Turn(replace(known, failures=failures, outcome=passing.why), now + wait), now)
            return
        hosts = [self._asker.host(each, demand, diaries, leaving_out=known.id) for each in team]
        free = self._asker.free(known.people[0], demand, demand.case, diaries)
        whos = {each.who for each in known.people}
        taken = [span for who in whos for span, id_ in diaries.taken[who] if id_ != known.id]
        if not known.cohort and suits(one, to, hosts, free=free, taken=taken, now=now):
            longer = replace(known, minutes=_minutes(to), rounds=known.rounds + 1)
            turn = self._given(replace(demand, known=longer), to, team, now)
        else:
            offered = () if known.cohort else self._others(demand, team, hosts, free, to)
            after = declined(known, one, to, offered, demand.days)
            letters: tuple[dict[str, object], ...] = ()
            if one.said.word is not Word.DECLINED:  # else a new time is found, as always
                letters = self._letters.other_times(after, one, now)
            turn = Turn(after, next_look_of(after, demand.edition, now), letters=letters)
        self._hold([(demand, turn)], now)

    def _others(
        self,
        demand: Demand,
        team: Sequence[Staff],
        hosts: Sequence[Host],
        free: tuple[Span, ...],
        to: Span,
    ) -> tuple[datetime, ...]:
        """Give some other times at which everybody could."""
        known = demand.known
        seeker = Seeker(
            known.id,
            (tuple(one.id for one in team),),
            free,
            demand.window,
            timedelta(minutes=known.minutes),
        )
        starts = starts_in(cut(free, demand.window), demand.days, self._rules.grid)
        rooms = Adviser(Wave((seeker,), tuple(hosts), starts), {}).rooms(known.id)
        had = {to.start} | ({known.stood.start} if known.stood else set())
        return offers(rooms - had, demand.days)

    # --- meetings of many ----------------------------------------------------------------------

    def _gather(self, group: Sequence[Demand], now: datetime) -> None:
        """Put people who share a value into as few sessions as they can all reach."""
        first = group[0]
        of = {one.person: each for each in group for one in each.known.people if one.person}
        diaries = self._asker.diaries(group, now)
        gathering = self._gathering(group, diaries)
        sessions = self._solver.gather(gathering)
        held = self._held_beforehand(group, diaries) if sessions.left_out else []
        if held:  # what is due comes first
            without = self._asker.without(diaries, group, {one.id for one in held})
            more = self._solver.gather(self._gathering(group, without))
            if len(more.left_out) < len(sessions.left_out):
                self._set_aside(held, now)
                diaries, sessions = without, more
        anywhere = starts_in(
            (one for each in gathering.invitees for one in each.free), first.days, self._rules.grid
        )
        advice = explain_together(
            replace(gathering, starts=anywhere), sessions, names_of(group), within_of(first, now)
        )
        staff = {one.id: one for team in first.teams for one in team}
        for session in sessions.sessions:
            team = [staff[id_] for id_ in session.hosts if id_ in staff]
            self._hold_session([of[one] for one in session.people], session.when, team, now)
        for person in sessions.left_out:
            demand = of[person]
            turn = self._left_out(demand, advice[person], diaries, now)
            self._hold([(demand, turn)], now)

    def _gathering(self, group: Sequence[Demand], diaries: Diaries) -> Gathering:
        """Lay a meeting of many out for the solver."""
        first = group[0]
        invitees = [
            Invitee(one.person, self._asker.free(one, demand, demand.case_of(one), diaries))
            for demand in group
            for one in demand.known.people
            if one.person is not None
        ]
        window = Span(max(one.window.start for one in group), min(one.window.end for one in group))
        return gathering_of(
            invitees,
            first.action,
            first.case.person,
            diaries.hosts,
            window,
            first.days,
            self._rules.grid,
            length=timedelta(minutes=first.known.minutes),
            is_whole=bool(first.known.ref),
        )

    def _hold_session(
        self, members: Sequence[Demand], when: Span, team: Sequence[Staff], now: datetime
    ) -> None:
        """Make one meeting of several wishes: the first one's row, with everybody in it."""
        distinct = list({demand.known.id: demand for demand in members}.values())
        lead = next((one for one in distinct if one.known.ref), distinct[0])
        people = tuple(one for demand in distinct for one in demand.known.people)
        whole = replace(lead, known=replace(lead.known, attendees=people))
        turn = self._given(whole, when, team, now)
        if not lead.known.ref:  # what did not suit one of them is not held against the session
            turn = replace(turn, after=replace(turn.after, rounds=0, tried=()))
        whos = {one.who for one in turn.after.attendees}
        with self._store.write() as connection:
            lock_people(connection, (str(one.person) for one in people))
            lock_diaries(connection, whos)
            for demand in distinct:
                if demand is lead:
                    continue
                if demand.work is None:
                    forget(connection, [demand.known.id])
                else:
                    settled = Settled(
                        demand.work.id, demand.work.fence, State.ARRANGED, None, None, ""
                    )
                    settle(connection, [settled])
            self._write(connection, whole, turn, now)


_TAKES_TIME = frozenset({Stage.RESERVED, Stage.BOOKING, Stage.CHANGING})


def _may_stand(known: Appointment, lost: Lost) -> bool:
    """Say whether a meeting may have been made in the time of which the journal knows nothing."""
    due_at = stamp(known.due_at)
    return any(lost.may_have_gone(one.intent, due_at) for one in known.people)


def _minutes(span: Span) -> int:
    return int((span.end - span.start) / timedelta(minutes=1))


def _passing(demand: Demand, diaries: Diaries) -> Unknown | None:
    """Give why a calendar that matters cannot be read just now; None where all can, or never."""
    asleep = (
        told
        for id_ in {one.id for team in demand.teams for one in team}
        for told in (diaries.busy.get(_address(demand, id_)),)
        if isinstance(told, Unknown)
    )
    return next((one for one in asleep if not one.is_permanent), None)


def _address(demand: Demand, id_: StaffId) -> str:
    return next(one.email for team in demand.teams for one in team if one.id == id_)


def _title(language: str, known: Appointment, team: Iterable[Staff]) -> str:
    names = [one.name for one in team]
    who = known.people[0].name if known.people else ""
    if language == "ja":
        return f"{who}さんと{'・'.join(f'{name}さん' for name in names)}の面談"
    return f"{who} and {', '.join(names)}"
