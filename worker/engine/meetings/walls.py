"""What clocks on the wall show at a meeting: written down when it is booked, and looked at again.

A meeting is an instant. Where a country changes its rules of time after people were told of it (a
new release of tzdata), the same instant shows another time than they were told, and some would come
an hour early or late. Nothing is moved silently, for nobody can know which of both was meant: HR is
told by mail, and `status` names each of them.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection

from worker.domain.appointments import Appointment, Stage, Wall
from worker.domain.meetings import Span
from worker.engine.journal.bulletins import changed_clocks, note_clocks
from worker.engine.journal.meetings import meetings_in
from worker.engine.journal.people import all_staff, zones_of
from worker.engine.journal.store import Store

_EVERY = timedelta(days=1)


def walls_of(connection: Connection, known: Appointment, when: Span | None) -> tuple[Wall, ...]:
    """Say what the clocks of everybody who takes part show at *when*, and those of the playbook."""
    if when is None:
        return ()
    ids = {one.staff for one in known.attendees if one.staff is not None}
    zones = {known.timezone, *zones_of(connection, [str(one.person) for one in known.people])}
    for one in all_staff(connection):
        if one.id in ids:
            zones.add(str(one.as_staff().attributes.get("timezone") or ""))
    return _shown(when.start, zones, _zone)


def changed(
    known: Appointment, zone_of: Callable[[str], tzinfo | None] | None = None
) -> tuple[tuple[Wall, Wall], ...]:
    """Give what was told of a meeting, and what clocks show by the rules that are installed now.

    *zone_of* reads a zone's rules; the installed ones if nothing is said.
    """
    if known.stood is None:
        return ()
    told = {one.zone: one for one in known.walls}
    now = {one.zone: one for one in _shown(known.stood.start, told, zone_of or _zone)}
    return tuple((told[zone], now[zone]) for zone in sorted(now) if now[zone] != told[zone])


class Walls:
    """Looks at the meetings ahead once a day, and at the start of a process: cheap, and enough."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._next: datetime | None = None

    def look(self, now: datetime) -> None:
        """Have HR told of zones whose rules have changed since meetings there were told."""
        if self._next is not None and now < self._next <= now + _EVERY:
            return
        self._next = now + _EVERY
        with self._store.read() as connection:
            counts = _counts(connection, now)
            is_known = {zone: n for zone, n in changed_clocks(connection).items() if n}
        if not counts and not is_known:
            return
        with self._store.write() as connection:
            for zone in sorted({*counts, *is_known}):
                note_clocks(connection, zone, counts.get(zone, 0), now)


def ahead_and_changed(known: Iterable[Appointment], now: datetime) -> list[Appointment]:
    """Give the meetings ahead at which clocks show another time than was told, the first first."""
    zone_of = cache(_zone)  # for this look, and no longer: rules may be installed at any time
    ahead = (one for one in known if one.stood is not None and one.stood.end > now)
    return [one for one in ahead if changed(one, zone_of)]


def _counts(connection: Connection, now: datetime) -> Counter[str]:
    """Count the meetings ahead at which the clocks of a zone show another time than was told."""
    known = meetings_in(connection, Stage.BOOKED, Stage.CHANGING)
    return Counter(told.zone for one in ahead_and_changed(known, now) for told, _ in changed(one))


def _shown(
    when: datetime, zones: Iterable[str], zone_of: Callable[[str], tzinfo | None]
) -> tuple[Wall, ...]:
    read = ((zone, zone_of(zone)) for zone in sorted(set(zones)) if zone)
    return tuple(
        Wall(zone, when.astimezone(known).replace(tzinfo=None).isoformat(timespec="minutes"))
        for zone, known in read
        if known is not None
    )


def _zone(name: str) -> tzinfo | None:
    """Read a zone's rules as they are installed now; None where there is none of that name.

    Not from the cache of zones: a process may have read older rules before.
    """
    try:
        return ZoneInfo.no_cache(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
