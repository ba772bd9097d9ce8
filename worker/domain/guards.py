"""Hours, days, budgets, seasons: they only ever delay, and say why."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from worker.domain.errors import BrokenPromise
from worker.domain.plan import Budget, Sending
from worker.domain.reasons import Because, Reason
from worker.domain.when import Distance, Season, Unit
from worker.domain.workdays import MIDNIGHT, Workdays, in_season, on_day

_REMEMBERED = 1 << 14
_ROUNDS = 50
_COUNTED_IN_DAYS = (Unit.DAYS, Unit.BUSINESS_DAYS)


class Window:
    """The hours and days at which something may leave; the ends of the hours are included.

    What comes outside waits for the next allowed moment: for the hour at which they begin.
    Without hours that is the same time on the next business day (`allowed`), or its first instant
    for what is overdue (`opens`).
    """

    __slots__ = ("allowed", "business", "hours", "opens", "workdays")

    def __init__(self, sending: Sending, workdays: Workdays) -> None:
        if sending.hours is not None and sending.hours[0] > sending.hours[1]:
            raise BrokenPromise(f"hours of sending end before they begin: {sending.hours}")
        self.hours = sending.hours
        self.business = sending.days == "business"
        self.workdays = workdays
        self.allowed = lru_cache(_REMEMBERED)(self._allowed)
        self.opens = self.allowed if self.hours else lru_cache(_REMEMBERED)(self._opens)

    def any_day(self) -> "Window":
        """Give the same hours on every day."""
        return Window(Sending(hours=self.hours), self.workdays)

    def _opens(self, at: datetime) -> datetime:
        """Give *at*, or the first instant of the next business day."""
        day = self.workdays.local(at).date()
        if not self.business or self.workdays.is_business(day):
            return at
        return self.workdays.instant(self.workdays.business_day(day))

    def _allowed(self, at: datetime) -> datetime:
        """Give the first allowed instant that is not before *at*, at its time of day."""
        local = self.workdays.local(at)
        day, clock = local.date(), local.time()
        works = not self.business or self.workdays.is_business(day)
        if self.hours is None:
            if works:
                return at
            return self.workdays.instant(self.workdays.business_day(day), clock)
        begins, ends = self.hours
        if works and begins <= clock <= ends:
            return at
        if clock > ends:
            day += timedelta(days=1)
        while True:
            day = self.workdays.business_day(day) if self.business else day
            opening = self.workdays.instant(day, begins)
            # where daylight saving skips the hours altogether, they open on another day
            if opening >= at and self.workdays.local(opening).time() <= ends:
                return opening
            day += timedelta(days=1)

    def reasons(self, at: datetime, until: datetime) -> tuple[Reason, ...]:
        """Say why something of *at* waits *until* then."""
        local = self.workdays.local(at)
        day, clock = local.date(), local.time()
        is_off = self.business and not self.workdays.is_business(day)
        shown = ("until", self.workdays.text(until))
        if self.hours is None:
            return (Reason(Because.DAYS, (("day", day.isoformat()), shown)),)
        begins, ends = self.hours
        hours: tuple[Reason, ...] = ()
        if not begins <= clock <= ends:
            values = (("hours", f"{begins:%H:%M}-{ends:%H:%M}"), shown)
            hours = (Reason(Because.HOURS, values),)
        if not is_off and self.business and clock > ends:
            day += timedelta(days=1)
            is_off = not self.workdays.is_business(day)
        if not is_off:
            return hours
        return (*hours, Reason(Because.DAYS, (("day", day.isoformat()), shown)))


class _Pace(NamedTuple):
    """How somebody is written to: less often, and at once where it is overdue."""

    gentle: bool
    overdue: bool


class Guard:
    """All that may delay one kind of step for the people of one zone."""

    __slots__ = ("_release", "budgets", "looser", "season", "window", "workdays")

    def __init__(
        self,
        workdays: Workdays,
        *,
        window: Window | None = None,
        budgets: tuple[Budget, ...] = (),
        season: Season | None = None,
    ) -> None:
        self.workdays = workdays
        self.window = window
        self.budgets = budgets
        self.season = season
        self.looser: tuple[tuple[str, Window | None], ...] = ()
        if window is not None:
            without_days = (("days", window.any_day()),) if window.business else ()
            self.looser = (*without_days, ("hours", None))
        self._release = lru_cache(_REMEMBERED)(self._released_at)

    def opens(self, at: datetime) -> datetime:
        """Give the earliest instant for *at* if no budget were used up: a lower bound."""
        if self.season is not None:
            at = self._in_season(at)
        return at if self.window is None else self.window.allowed(at)

    def place(
        self,
        at: datetime,
        contacts: Sequence[datetime] = (),
        *,
        deadline: datetime | None = None,
        gentle: bool = False,
        overdue: bool = False,
    ) -> tuple[datetime | None, tuple[Reason, ...]]:
        """Give the earliest allowed instant that is not before *at*, and what delayed it.

        *contacts* are the person's earlier messages, sorted. Where days or hours would break the
        *deadline*, first the days and then the hours give way; a season and a budget never do: the
        instant is None if they leave no room. What is *overdue* does not keep to a time of day.
        """
        why: list[Reason] = []
        placed = self.earliest(
            at, contacts, deadline=deadline, gentle=gentle, overdue=overdue, why=why
        )
        return placed, tuple(why)

    def earliest(
        self,
        at: datetime,
        contacts: Sequence[datetime] = (),
        *,
        deadline: datetime | None = None,
        gentle: bool = False,
        overdue: bool = False,
        why: list[Reason] | None = None,
    ) -> datetime | None:
        """Give what `place` gives, and the reasons only to whom they matter: they cost more."""
        if self._lets_through(at, contacts, gentle=gentle) and (deadline is None or at <= deadline):
            return at
        pace = _Pace(gentle, overdue)
        placed = self._settle(at, self.window, contacts, pace, why)
        if deadline is None or placed <= deadline:
            return placed
        for relaxed, window in self.looser:
            earlier = self._settle(at, window, contacts, pace, None)
            if earlier <= deadline:
                if why is not None:
                    won = (("deadline", self.workdays.text(deadline)), ("relaxed", relaxed))
                    why.append(Reason(Because.DEADLINE_WON, won))
                return earlier
        if why is not None:
            late = (("deadline", self.workdays.text(deadline)),)
            why.append(Reason(Because.TOO_LATE, late))
        return None

    def _lets_through(self, at: datetime, contacts: Sequence[datetime], *, gentle: bool) -> bool:
        """Say whether nothing delays *at*: so it is for most, and it is soon seen."""
        if self.season is not None or (self.window and self.window.allowed(at) != at):
            return False
        for number, budget in enumerate(self.budgets):
            if len(contacts) >= budget.count:
                last = contacts[-budget.count]
                if self._release(number, last, gentle) > at:
                    return False
        return True

    def _settle(
        self,
        at: datetime,
        window: Window | None,
        contacts: Sequence[datetime],
        pace: _Pace,
        why: list[Reason] | None,
    ) -> datetime:
        """Go back and forth between season, hours and budgets until all agree.

        A season of days on which nobody works would never agree: after some years it gives way.
        """
        for _ in range(_ROUNDS):
            begins = self._begun(at, pace, why)
            if window is None:
                opened = begins
            else:
                opened = window.opens(begins) if pace.overdue else window.allowed(begins)
                if opened != begins and why is not None:
                    why += window.reasons(begins, opened)
            at = self._freed(opened, window, contacts, pace, why)
            if at == begins or (at == opened and self.season is None):
                break
        return at

    def _begun(self, at: datetime, pace: _Pace, why: list[Reason] | None) -> datetime:
        """Give the instant in season."""
        if self.season is None:
            return at
        begins = self._in_season(at, overdue=pace.overdue)
        if begins != at and why is not None:
            why.append(self._out_of_season(begins))
        return begins

    def _freed(
        self,
        opened: datetime,
        window: Window | None,
        contacts: Sequence[datetime],
        pace: _Pace,
        why: list[Reason] | None,
    ) -> datetime:
        """Give the instant at which every budget has room."""
        at = opened
        for number, budget in enumerate(self.budgets):
            if len(contacts) < budget.count:
                continue
            last = contacts[-budget.count]
            if self._release(number, last, pace.gentle) <= at:
                continue
            free = self._free(number, last, opened, window, pace)
            if free > at:
                at = free
                if why is not None:
                    why.append(self._used_up(number, last, opened, free, gentle=pace.gentle))
        return at

    def _free(
        self,
        number: int,
        contact: datetime,
        at: datetime,
        window: Window | None,
        pace: _Pace,
    ) -> datetime:
        """Give when *contact* stops counting; without hours, at the time of day that *at* has."""
        free = self._release(number, contact, pace.gentle)
        is_timed = pace.overdue or (window is not None and window.hours is not None)
        if free <= at or is_timed or self.budgets[number].span.unit not in _COUNTED_IN_DAYS:
            return free
        day = self.workdays.local(free).date()
        return max(free, self.workdays.instant(day, self.workdays.local(at).time()))

    def _released_at(self, number: int, contact: datetime, gentle: bool) -> datetime:  # noqa: FBT001 - a key of the cache
        """Give when *contact* stops counting: a span in days ends with a local day."""
        budget = self.budgets[number]
        count = budget.span.count * (2 if gentle else 1)
        if budget.span.unit not in _COUNTED_IN_DAYS:
            return self.workdays.after(contact, Distance(count, budget.span.unit))
        day = self.workdays.local(contact).date()
        if budget.span.unit is Unit.BUSINESS_DAYS:
            return self.workdays.instant(self.workdays.business_day(day, count))
        return self.workdays.instant(day + timedelta(days=count))

    def _used_up(
        self, number: int, contact: datetime, at: datetime, until: datetime, *, gentle: bool
    ) -> Reason:
        """Say which budget is used up, and whether it is only so because of the person's pace."""
        budget = self.budgets[number]
        span = f"{budget.span.count} {budget.span.unit.value}"
        values = (
            ("budget", f"{budget.count} per {span}"),
            ("count", str(budget.count)),
            ("span", span),
            ("until", self.workdays.text(until)),
        )
        only_gentle = gentle and self._release(number, contact, False) <= at  # noqa: FBT003 - a key of the cache
        return Reason(Because.PACE if only_gentle else Because.AT_MOST, values)

    def _in_season(self, at: datetime, *, overdue: bool = False) -> datetime:
        """Give *at*, or the same time on the first day of the next season; at once if overdue."""
        season = self.season
        local = self.workdays.local(at)
        if season is None or in_season(season, local.date()):
            return at
        first = on_day(local.year, *season.first)
        if first < local.date():
            first = on_day(local.year + 1, *season.first)
        return self.workdays.instant(first, MIDNIGHT if overdue else local.time())

    def _out_of_season(self, until: datetime) -> Reason:
        season = self.season or Season((1, 1), (12, 31))
        days = "..".join(f"{month:02}-{day:02}" for month, day in (season.first, season.last))
        return Reason(Because.SEASON, (("season", days), ("until", self.workdays.text(until))))
