"""Instants as Graph writes them. Inside, every instant is aware and UTC.

https://learn.microsoft.com/graph/api/resources/datetimetimezone: a wall time without an offset,
with seven digits after the full stop, and beside it a zone by its Windows or its IANA name.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from worker.domain.meetings import Span

# What Exchange writes where there is no instant: "never", at either end of time.
_NEVER = frozenset({1, 4501, 9999})


class Unreadable(Exception):  # noqa: N818 - becomes a problem before anybody sees it
    """A time that nobody can place."""


def instant(said: object) -> datetime | None:
    """Read a DateTimeOffset; None where it stands for never.

    >>> instant("2026-04-01T01:00:00Z")
    datetime.datetime(2026, 4, 1, 1, 0, tzinfo=datetime.timezone.utc)
    >>> instant("0001-01-01T00:00:00Z"), instant("4501-01-01T00:00:00Z"), instant(None)
    (None, None, None)
    """
    if not isinstance(said, str):
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    if found.year in _NEVER or found.tzinfo is None:
        return None
    return found.astimezone(UTC)


def read(said: object) -> datetime:
    """Read a dateTimeTimeZone.

    >>> read({"dateTime": "2026-04-01T10:00:00.0000000", "timeZone": "Tokyo Standard Time"})
    datetime.datetime(2026, 4, 1, 1, 0, tzinfo=datetime.timezone.utc)

    Raises:
        Unreadable: It has no such form, or a zone that is only this calendar's own.
    """
    if not isinstance(said, dict):
        raise Unreadable(f"a time that is none: {type(said).__name__}")
    try:
        wall = datetime.fromisoformat(str(said.get("dateTime")))
    except ValueError:
        raise Unreadable(f"a time that is none: {said.get('dateTime')!r:.60}") from None
    if wall.tzinfo is not None:
        return wall.astimezone(UTC)
    return wall.replace(tzinfo=zone(str(said.get("timeZone")))).astimezone(UTC)


def read_span(said: object) -> Span:
    """Read what has a start and an end.

    Raises:
        Unreadable: One of them cannot be read.
    """
    if not isinstance(said, dict):
        raise Unreadable("a stretch of time that is none")
    return Span(read(said.get("start")), read(said.get("end")))


def zone(name: str) -> ZoneInfo:
    """Give a zone by its Windows or its IANA name.

    Raises:
        Unreadable: Nobody knows it: "Customized Time Zone", "tzone://Microsoft/Custom".
    """
    if name.casefold() in {"utc", "gmt", "etc/utc", "coordinated universal time"}:
        return ZoneInfo("UTC")
    known = _iana_names().get(name.casefold(), name)
    try:
        return ZoneInfo(known)
    except (KeyError, ValueError, OSError):
        raise Unreadable(f"a time zone that nobody knows: {name:.60}") from None


def write(at: datetime, timezone: str) -> dict[str, str]:
    """Write an instant as people there read it; in UTC where Graph may not know their zone.

    A zone is written by its Windows name: of the IANA names Graph takes only some.

    >>> from datetime import UTC
    >>> write(datetime(2026, 4, 1, 1, tzinfo=UTC), "Asia/Tokyo")
    {'dateTime': '2026-04-01T10:00:00', 'timeZone': 'Tokyo Standard Time'}
    """
    name = _windows_names().get(timezone)
    if name is None:
        return write_utc(at)
    wall = at.astimezone(ZoneInfo(timezone))
    if wall.fold:  # a wall time that exists twice names its first
        return write_utc(at)
    return {"dateTime": _wall(wall), "timeZone": name}


def write_utc(at: datetime) -> dict[str, str]:
    """Write an instant in UTC."""
    return {"dateTime": _wall(at.astimezone(UTC)), "timeZone": "UTC"}


def query(at: datetime) -> str:
    """Write an instant for the query of a calendar view.

    >>> from datetime import UTC
    >>> query(datetime(2026, 4, 1, tzinfo=UTC))
    '2026-04-01T00:00:00Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _wall(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="seconds")


def when(event: dict[str, object]) -> Span:
    """Say when an event is.

    A day-long event begins at midnight of the zone it was written in; where Graph gives the bare
    date as if it were UTC's, it is that zone's midnight all the same.

    Raises:
        Unreadable: Its times cannot be read.
    """
    span = read_span(event)
    if event.get("isAllDay") is not True or not _is_midnight(span.start):
        return span
    return Span(
        _midnight_there(event, "originalStartTimeZone", span.start),
        _midnight_there(event, "originalEndTimeZone", span.end),
    )


def _is_midnight(at: datetime) -> bool:
    return at - at.replace(hour=0, minute=0, second=0, microsecond=0) == timedelta(0)


def _midnight_there(event: dict[str, object], name: str, midnight: datetime) -> datetime:
    there = event.get(name)
    if not isinstance(there, str) or there.startswith("tzone:"):
        return midnight
    return midnight.replace(tzinfo=zone(there)).astimezone(UTC)


@cache
def _windows_names() -> dict[str, str]:
    """IANA names to Windows names, as CLDR has them."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 - only who books pays

    names: dict[str, str] = {}
    for windows, iana in WINDOWS_TO_OLSON.items():
        names.setdefault(iana, windows)
    return names


@cache
def _iana_names() -> dict[str, str]:
    """Windows names, in whatever case, to IANA names."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 - as above

    return {windows.casefold(): iana for windows, iana in WINDOWS_TO_OLSON.items()}
