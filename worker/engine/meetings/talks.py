"""The talks of an imagined future: given a time, answered, moved, called off, held or given up.

Of those that are promised the time is taken before they are due, as the engine does.

What a calendar would say is asked of a `Behaviour`; everything else goes as the engine lets it go,
look by look, so that what HR was shown is what happens.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from heapq import heappop, heappush
from typing import NamedTuple

from worker.domain.appointments import DEBOUNCE, ROUNDS, Unfit
from worker.domain.cases import DUE, FAILED, Case
from worker.domain.declined import is_over
from worker.domain.errors import BrokenPromise
from worker.domain.facts import RETRACTED, Fact, PlaybookId, StepId, Value
from worker.domain.intents import KIND, Intent
from worker.domain.meetings import Span
from worker.domain.plan import Meeting, Plan
from worker.domain.promises import Promise, foresee
from worker.domain.reasons import Because, Reason
from worker.domain.settle import PUNCTUAL
from worker.domain.workdays import workdays
from worker.engine.behaviour import DECLINED, Behaviour, meets
from worker.engine.look import Cancel, GiveUp, Go, PinnedPlan, Wait, Withdraw, look_again
from worker.engine.meetings.imagine import Asking, Company, Group, Time, Times
from worker.engine.meetings.lay import AGAIN, AGAIN_AHEAD, cohort_of, is_too_short
from worker.engine.tables import stamp, stamp_or_none
from worker.engine.work import Work

_LOOK = "look"  # what is ahead of a talk that has no time
_SEAT = "seat"  # and of one for which others ask at the same instant
_HOLD = "hold"  # and of one that is promised: its time is looked at again


class Came(NamedTuple):
    """A fact of a talk; of one that is given its first time also the wish it came from."""

    fact: Fact
    invited: Intent | None = None
    is_shown: bool = True
    why: tuple[Reason, ...] = ()


class _Name(NamedTuple):
    """Which talk of the person."""

    playbook: PlaybookId
    step: StepId
    occurrence: int

    def says(self, word: str, at: datetime, value: Value = None) -> Came:
        """Give a fact of it."""
        return Came(Fact(f"{self.step}.{word}", at, self.playbook, self.occurrence, value))


@dataclass(slots=True)
class _Talk:
    """A talk that is wanted: its time, if it has one, and the times that did not suit."""

    intent: Intent
    action: Meeting
    due_at: datetime
    time: Time | None = None
    is_invited: bool = False
    tried: tuple[Unfit, ...] = ()  # of these the last stands in calendars until there is another
    until: datetime | None = None  # of another time: when looking for one ends
    group: Group | None = None  # of a meeting of many, where many live together
    turn: int = 0  # what was ahead of an earlier one does not happen

    @property
    def is_in(self) -> bool:
        """Say whether it stands in their calendar: until it has moved, or they have left it."""
        return self.is_invited and (self.group is None or self.time is not None)


@dataclass(slots=True)
class _Promised:
    """A talk that is promised and not due: the time that is held for it, if there is one."""

    promise: Promise
    due_at: datetime
    time: Time | None = None
    turn: int = 0


class Talks:
    """The talks of one person; *times* None: nobody finds times, so that none comes to be."""

    def __init__(self, behaviour: Behaviour, times: Times | None) -> None:
        self._behaviour = behaviour
        self._times = times
        self._known: dict[_Name, _Talk] = {}
        self._promised: dict[_Name, _Promised] = {}
        self._ahead: list[tuple[datetime, int, _Name, int, str]] = []
        self._count = 0  # keeps what happens at one instant in the order it was expected in

    @property
    def next_at(self) -> datetime | None:
        """Say when anything happens next."""
        return self._ahead[0][0] if self._ahead else None

    def wish(self, intents: Iterable[Intent], case: Case, now: datetime) -> list[Came]:
        """Give the talks that are wished for a time, one after the other."""
        came: list[Came] = []
        for intent in sorted(intents, key=_in_turn):
            if not isinstance(intent.action, Meeting):
                raise BrokenPromise(f"{intent.key}: not a meeting.")
            name = _Name(intent.playbook, intent.step.id, intent.occurrence)
            if self._times is None:
                came.append(name.says(FAILED, now)._replace(invited=intent))
                continue
            talk = _Talk(intent, intent.action, min(now, intent.due_at))
            held = self._promised.pop(name, None)
            time = None
            if held is not None and held.time is not None:
                self._times.give_back(held.time)
                plan = _plan_of(case, name.playbook)
                window = self._times.window(talk.action, plan, now, due_at=talk.due_at)
                time = self._kept(self._times, held.time, talk.action, case, plan, window)
            self._known[name] = talk
            if self._times.company is not None and intent.action.together:
                cohort = cohort_of(intent.action, case.person)
                talk.group = (name.playbook, name.step, name.occurrence, cohort)
            if time is None:
                came += self._seek(self._times, name, talk, case, now, is_new=True)
            else:
                plan = _plan_of(case, name.playbook)
                came.append(self._given(self._times, name, talk, time, plan, now))
        return came

    def foresee(self, case: Case, now: datetime) -> datetime | None:
        """Hold times for what is promised by now; says when there may be more of it."""
        times = self._times
        if times is None:
            return None
        foreseen = foresee(case, now, times.rules.hold_ahead)
        promises = {
            _Name(one.enrollment.plan.playbook, one.step.id, 0): one for one in foreseen.promises
        }
        for name in [one for one in self._promised if one not in promises]:
            self._give_up(times, self._promised.pop(name))
        fresh: list[_Name] = []
        for name, promise in promises.items():
            held = self._promised.get(name)
            if held is None:
                self._promised[name] = _Promised(promise, promise.due_at or now)
                fresh.append(name)
                continue
            due_at = held.due_at if promise.due_at is None else promise.due_at
            if due_at != held.due_at:
                fresh.append(name)
            held.promise, held.due_at = promise, due_at
        self._hold(times, fresh, case, now)
        return foreseen.look_at

    def _hold(self, times: Times, names: Iterable[_Name], case: Case, now: datetime) -> None:
        """Hold times for promised talks, the first to be due first; the old ones where they can."""
        wanted = sorted(names, key=lambda name: _in_turn_ahead(self._promised[name]))
        for name in wanted:
            held = self._promised[name]
            action, plan = held.promise.action, held.promise.enrollment.plan
            window = times.window(action, plan, max(held.due_at, now), due_at=max(held.due_at, now))
            had, held.time = held.time, None
            if had is not None:
                times.give_back(had)
                held.time = self._kept(times, had, action, case, plan, window)
            if held.time is None and not is_too_short(action, case.person, window):
                held.time = times.find(case.person, action, plan, window, taken=self._taken())
            if held.time is not None:
                times.take(held.time)
            held.turn += 1
            self._count += 1
            heappush(self._ahead, (now + AGAIN_AHEAD, self._count, name, held.turn, _HOLD))

    def _kept(
        self, times: Times, had: Time, action: Meeting, case: Case, plan: Plan, window: Span
    ) -> Time | None:
        """Give the time that a talk had, if it still suits everybody."""
        if had.when.start < window.start - PUNCTUAL or had.when.end > window.end:
            return None
        return times.find(case.person, action, plan, had.when, taken=self._taken())

    def _taken(self) -> list[Span]:
        """Say when the person is taken by talks of theirs."""
        times = [one.time for one in self._known.values()]
        times += [one.time for one in self._promised.values()]
        return [one.when for one in times if one is not None]

    def _give_up(self, times: Times, held: _Promised) -> None:
        if held.time is not None:
            times.give_back(held.time)
            held.time = None

    def turn(self, case: Case, now: datetime) -> list[Came]:
        """Let everything happen that is due; what is over is called off first."""
        if self._times is None or not (self._known or self._promised):
            self._ahead.clear()  # of talks that are forgotten
            return []
        came = self._called_off(self._times, case, now)
        before = self._count
        while self._ahead and self._ahead[0][0] <= now:
            if self._ahead[0][4] == _SEAT and self._ahead[0][1] > before:
                break  # others may ask for one at this very instant: they all are answered then
            _, _, name, turn, word = heappop(self._ahead)
            if word == _HOLD:
                held = self._promised.get(name)
                if held is not None and held.turn == turn:
                    self._hold(self._times, [name], case, now)
                continue
            talk = self._known.get(name)
            if talk is not None and talk.turn == turn:
                came += self._happens(self._times, name, talk, word, case, now)
        return came

    def _happens(
        self, times: Times, name: _Name, talk: _Talk, word: str, case: Case, now: datetime
    ) -> list[Came]:
        match word:
            case "held":
                del self._known[name]
            case "over":
                del self._known[name]
                return []
            case "declined":
                return [name.says(word, now), *self._declined(times, name, talk, case, now)]
            case "look":
                return self._look(times, name, talk, case, now)
            case "seat":
                return self._seated(times, name, talk, case, now)
            case _:
                pass
        return [name.says(word, now)]

    def _called_off(self, times: Times, case: Case, now: datetime) -> list[Came]:
        """Take back what is not wanted any more: they declined, or the playbook has stopped."""
        came = []
        for name, talk in list(self._known.items()):
            plan = _plan_of(case, name.playbook)
            if is_over(plan, talk.intent.step, case.facts, now):
                self._forget(times, name)
                if talk.is_in:
                    came.append(name.says("cancelled", now))
        return came

    def _declined(
        self, times: Times, name: _Name, talk: _Talk, case: Case, now: datetime
    ) -> list[Came]:
        """Find another time for a talk that was declined, as its step says.

        Until there is one it stands in calendars where it is, and takes its time there.
        """
        had = talk.time
        if had is None:
            raise BrokenPromise(f"{name}: declined without a time.")
        talk.turn += 1
        if times.company is not None and talk.group is not None:
            return self._left(times, times.company, talk.group, name, talk, case, now)
        if talk.action.if_declined != "reschedule":  # it stays in the calendar, without them
            self._expect(name, talk, "over", had.when.end)
            return []
        if len(talk.tried) >= ROUNDS:
            self._forget(times, name)
            return [name.says("cancelled", now)]
        self._begin_anew(name, talk, had, case, now)
        return self._seek(times, name, talk, case, now)

    def _left(
        self,
        times: Times,
        company: Company,
        group: Group,
        name: _Name,
        talk: _Talk,
        case: Case,
        now: datetime,
    ) -> list[Came]:
        """Leave a session, which the others keep; another one is found, as the step says."""
        had = talk.time
        ends = company.leave(group, case.person.id)
        is_over = talk.action.if_declined != "reschedule" or len(talk.tried) >= ROUNDS
        if had is None or is_over:
            del self._known[name]
            return [name.says("cancelled", now)] if ends else []
        talk.time = None
        self._begin_anew(name, talk, had, case, now)
        return self._seek(times, name, talk, case, now, is_new=True)

    def _begin_anew(self, name: _Name, talk: _Talk, had: Time, case: Case, now: datetime) -> None:
        """Have another time looked for than that which was declined, for as long as the first."""
        talk.tried = (*talk.tried, Unfit(had.when.start, is_said=True))
        days = workdays(_plan_of(case, name.playbook).calendar)
        before = talk.until or days.after(talk.due_at, talk.action.within)
        talk.until = max(before, days.after(now, talk.action.within))

    def _look(
        self, times: Times, name: _Name, talk: _Talk, case: Case, now: datetime
    ) -> list[Came]:
        """Look once more for a time, if the talk is still to be arranged now."""
        if talk.is_invited:
            return self._seek(times, name, talk, case, now)
        plan = PinnedPlan(_plan_of(case, name.playbook))
        match look_again(_work_of(talk.intent), case, plan, now):
            case Go():
                return self._seek(times, name, talk, case, now)
            case Wait() as wait:
                self._expect(name, talk, _LOOK, wait.until)
                return []
            case Withdraw():
                self._forget(times, name)
                return [name.says(DUE, now, RETRACTED)._replace(is_shown=False)]
            case Cancel() | GiveUp():
                self._forget(times, name)
                return []

    def _seek(
        self,
        times: Times,
        name: _Name,
        talk: _Talk,
        case: Case,
        now: datetime,
        *,
        is_new: bool = False,
    ) -> list[Came]:
        plan = _plan_of(case, name.playbook)
        window = times.window(talk.action, plan, now, due_at=talk.due_at, until=talk.until)
        if is_too_short(talk.action, case.person, window):
            is_in = talk.is_in
            self._forget(times, name)
            over = Reason(Because.SPAN_OVER)
            failed = name.says(FAILED, now, over.because.value)._replace(why=(over,))
            return [failed, name.says("cancelled", now)] if is_in else [failed]
        if times.company is not None and talk.group is not None:
            asking = Asking(
                case.person,
                talk.action,
                plan,
                window,
                tuple(self._taken()),
                talk.tried,
                partial(self._look_now, name, talk),
            )
            time = times.company.join(talk.group, asking, now)
            if time is None:
                times.company.ask(talk.group, asking, now, is_new=is_new)
                self._expect(name, talk, _SEAT, now)
                return []
            return [self._given(times, name, talk, time, plan, now)]
        aside: list[_Name] = []
        time = self._found(times, talk, case, plan, window)
        if time is None:
            time, aside = self._before_others(times, talk, case, plan, window)
        if time is None:
            self._expect(name, talk, _LOOK, now + AGAIN)
            return []
        came = self._given(times, name, talk, time, plan, now)
        self._hold(times, aside, case, now)
        return [came]

    def _look_now(self, name: _Name, talk: _Talk, now: datetime) -> None:
        """Look again at this instant: somebody has come to make a session with."""
        talk.turn += 1
        self._expect(name, talk, _LOOK, now)

    def _seated(
        self, times: Times, name: _Name, talk: _Talk, case: Case, now: datetime
    ) -> list[Came]:
        """Take the session that was found for all who asked, or look again later."""
        if times.company is None or talk.group is None:
            raise BrokenPromise(f"{name}: a seat where nobody asked for one.")
        time = times.company.answer(talk.group, case.person.id)
        if time is None:
            self._expect(name, talk, _LOOK, now + AGAIN)
            return []
        return [self._given(times, name, talk, time, _plan_of(case, name.playbook), now)]

    def _found(
        self, times: Times, talk: _Talk, case: Case, plan: Plan, window: Span
    ) -> Time | None:
        return times.find(
            case.person, talk.action, plan, window, tried=talk.tried, taken=self._taken()
        )

    def _before_others(
        self, times: Times, talk: _Talk, case: Case, plan: Plan, window: Span
    ) -> tuple[Time | None, list[_Name]]:
        """Find a time for a talk that is due where what is only promised gives way.

        Gives also whose times are looked at again then: they had them, and have them again where
        they are free.
        """
        aside = {name: one.time for name, one in self._promised.items() if one.time is not None}
        for name in aside:
            self._give_up(times, self._promised[name])
        time = self._found(times, talk, case, plan, window) if aside else None
        for name, had in aside.items():
            self._promised[name].time = had
            times.take(had)
        return time, [] if time is None else list(aside)

    def _given(
        self, times: Times, name: _Name, talk: _Talk, time: Time, plan: Plan, now: datetime
    ) -> Came:
        """Have a talk at *time*: the person answers, and it takes place."""
        if talk.group is None:
            if talk.time is not None:  # declined, and moved by now
                times.give_back(talk.time)
            times.take(time)
        talk.time = time
        talk.turn += 1
        self._expect_answer(name, talk, time.when, now)
        self._expect(name, talk, "held", time.when.end)
        at = workdays(plan.calendar).text(time.when.start)
        if talk.is_invited:
            return name.says("moved", now, at)
        talk.is_invited = True
        return name.says("booked", now, at)._replace(invited=talk.intent)

    def _expect_answer(self, name: _Name, talk: _Talk, when: Span, now: datetime) -> None:
        answer = meets(self._behaviour, talk.intent, now, len(talk.tried))
        if answer is None:
            return
        at, comes = answer
        if comes and at < when.start:
            self._expect(name, talk, "accepted", at)
        elif not comes and at + DEBOUNCE < when.start:
            self._expect(name, talk, DECLINED, at + DEBOUNCE)

    def _expect(self, name: _Name, talk: _Talk, word: str, at: datetime) -> None:
        self._count += 1
        heappush(self._ahead, (at, self._count, name, talk.turn, word))

    def _forget(self, times: Times, name: _Name) -> bool:
        """Let a talk go; says whether a session has ended by it."""
        talk = self._known.pop(name)
        if times.company is not None and talk.group is not None:
            return times.company.leave(talk.group, talk.intent.person)
        if talk.time is not None:
            times.give_back(talk.time)
        return False


def is_wish(intent: Intent) -> bool:
    """Say whether an intent is a talk that is to be arranged."""
    return isinstance(intent.action, Meeting) and not intent.draft


def _in_turn_ahead(held: _Promised) -> tuple[datetime, int, str]:
    """Say which of two promised talks is given its time first."""
    return held.due_at, held.promise.enrollment.id, held.promise.step.id


def _plan_of(case: Case, playbook: PlaybookId) -> Plan:
    return next(one.plan for one in case.enrollments if one.plan.playbook == playbook)


def _in_turn(intent: Intent) -> tuple[datetime, int, str, int]:
    """Say which of two talks of one instant is given its time first."""
    return intent.due_at, intent.enrollment, intent.step.id, intent.occurrence


def _work_of(intent: Intent) -> Work:
    """Give the row that the wish for a talk would have."""
    return Work(
        id=0,
        key=intent.key,
        person=intent.person,
        enrollment=intent.enrollment,
        playbook=intent.playbook,
        digest="",
        step=intent.step.id,
        occurrence=intent.occurrence,
        rung=0,
        kind=KIND[Meeting],
        recipient="",
        lane="",
        fence=0,
        attempts=0,
        crashes=0,
        due_at=stamp(intent.due_at),
        deadline=stamp_or_none(intent.deadline),
        first_tried_at=None,
        settled_at=None,
        outcome=None,
        resent=False,
    )
