"""Whose time is taken when: every calendar that matters is asked once for a whole wave.

What we hold ourselves is read from the journal, what others have taken is asked of their provider.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from worker.domain.appointments import Attendee
from worker.domain.cases import Case
from worker.domain.facts import Staff, StaffId
from worker.domain.meetings import Busy, Span, Unknown
from worker.domain.wave import Host
from worker.engine.journal.holds import Taken, holds_of
from worker.engine.journal.lanes import MEETINGS, calendar_lane, is_closed, read_lane
from worker.engine.journal.store import Store
from worker.engine.meetings.calendars import Books, CalendarRules, provider_of_staff
from worker.engine.meetings.demand import Demand
from worker.engine.meetings.lay import host_of, room_of

_NOT_ASKED = Unknown("they have no address", is_permanent=True)
_BEYOND = timedelta(days=14)  # free time is known so far past every window: for advice alone
_LOOKED_AT = timedelta(days=60)  # meetings of ours that count as a colleague's load


@dataclass(slots=True)
class Diaries:
    """What is known of everybody's time."""

    taken: Taken
    busy: Mapping[str, Busy | Unknown]  # by address
    within: Span
    hosts: dict[StaffId, Host] = field(default_factory=dict)


class Asker:
    """Asks when people have room."""

    def __init__(self, store: Store, books: Books, rules: CalendarRules) -> None:
        self._store = store
        self._books = books
        self._rules = rules

    def diaries(self, demands: Sequence[Demand], now: datetime) -> Diaries:
        """Ask every calendar that matters once, and read what we hold ourselves."""
        staff = {one.id: one for each in demands for team in each.teams for one in team}
        providers = {
            one.email: provider_of_staff(one, self._rules) for one in staff.values() if one.email
        }
        within = Span(
            min(one.window.start for one in demands),
            max(one.window.end for one in demands) + _BEYOND,
        )
        there = [one for one in demands if one.known.ref]  # whose own event must not be in the way
        moving = {one.email for each in there for team in each.teams for one in team}
        with self._store.read() as connection:
            closed = [
                provider
                for provider in set(providers.values())
                if is_closed(read_lane(connection, calendar_lane(provider)), now)
            ]
            whos = {f"staff/{id_}" for id_ in staff}
            whos |= {one.who for each in demands for one in each.known.people}
            around = Span(within.start - _LOOKED_AT, within.end + _LOOKED_AT)
            taken = _of_others(holds_of(connection, whos, around, now), demands)
        plain = {one: theirs for one, theirs in providers.items() if one not in moving}
        own = {one: theirs for one, theirs in providers.items() if one in moving}
        keys = [one.known.event_key for one in there]
        busy = self._books.busy(MEETINGS, plain, within, closed=closed)
        busy |= self._books.busy(MEETINGS, own, within, leaving_out=keys, closed=closed)
        diaries = Diaries(taken, busy, within)
        for one in staff.values():
            diaries.hosts[one.id] = self.host(one, demands[0], diaries)
        return diaries

    def without(self, diaries: Diaries, demands: Sequence[Demand], ids: Collection[str]) -> Diaries:
        """Give the same diaries as if some meetings held nothing."""
        taken = {
            who: [(span, id_) for span, id_ in held if id_ not in ids]
            for who, held in diaries.taken.items()
        }
        fewer = Diaries(taken, diaries.busy, diaries.within)
        for one in {
            one.id: one for each in demands for team in each.teams for one in team
        }.values():
            fewer.hosts[one.id] = self.host(one, demands[0], fewer)
        return fewer

    def host(self, one: Staff, demand: Demand, diaries: Diaries, *, leaving_out: str = "") -> Host:
        """Say when a member of staff could hold meetings; *leaving_out* is one of ours."""
        return host_of(
            one,
            demand.edition.plan,
            self._rules,
            diaries.within,
            told=diaries.busy.get(one.email, _NOT_ASKED),
            holds=[span for span, id_ in diaries.taken[f"staff/{one.id}"] if id_ != leaving_out],
        )

    @staticmethod
    def free(one: Attendee, demand: Demand, case: Case, diaries: Diaries) -> tuple[Span, ...]:
        """Say when a person whose calendar we do not see can be met."""
        return room_of(
            case.person,
            demand.action,
            demand.edition.plan,
            diaries.within,
            taken=[span for span, id_ in diaries.taken[one.who] if id_ != demand.known.id],
            tried=demand.known.tried,
        )


def _of_others(taken: Taken, demands: Sequence[Demand]) -> Taken:
    """Leave out what meetings hold that want a time: it is theirs to keep, or to give up.

    What is in a calendar stays until it is moved.
    """
    mine = {one.known.id for one in demands if not one.known.ref}
    return {
        who: [(span, id_) for span, id_ in held if id_ not in mine] for who, held in taken.items()
    }
