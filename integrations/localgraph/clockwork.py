"""Times as Graph takes and gives them."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from integrations.localgraph.replies import Declined, bad

# https://learn.microsoft.com/graph/api/resources/datetimetimezone: of the IANA names these and a
# few more; of the Windows names all.
_IANA = frozenset(
    {
        "Africa/Nairobi", "America/Los_Angeles", "America/New_York", "America/Toronto",
        "Asia/Dubai", "Asia/Hong_Kong", "Asia/Kolkata", "Asia/Tokyo", "Australia/Darwin",
        "Etc/GMT", "Europe/Berlin", "Europe/London", "Pacific/Auckland",
    }
)  # fmt: skip


def read(said: object) -> tuple[datetime, str]:
    """Read a dateTimeTimeZone: the instant, and the zone it was written in."""
    if not isinstance(said, dict) or not said.get("dateTime") or not said.get("timeZone"):
        raise Declined(bad("A dateTimeTimeZone needs dateTime and timeZone."))
    name = str(said["timeZone"])
    try:
        wall = datetime.fromisoformat(str(said["dateTime"]))
    except ValueError:
        raise Declined(bad("The time is no time.", "ErrorPropertyValidationFailure")) from None
    if wall.tzinfo is not None:
        return wall.astimezone(UTC), "UTC"
    return wall.replace(tzinfo=_zone(name)).astimezone(UTC), name


def write(at: datetime) -> dict[str, str]:
    """Write an instant in UTC, with seven digits."""
    return {"dateTime": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0"), "timeZone": "UTC"}


def offset(at: datetime) -> str:
    """Write a DateTimeOffset."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def bound(said: str | None) -> datetime:
    """Read the start or end of a calendar view."""
    try:
        found = datetime.fromisoformat(said or "")
    except ValueError:
        missing = "This request requires a time window specified by the query string parameters"
        raise Declined(bad(f"{missing} StartDateTime and EndDateTime.")) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    windows = _windows()
    if name == "UTC" or name in _IANA:
        return ZoneInfo(name)
    if name not in windows:
        said = f"A valid TimeZone value must be specified. The following is not: '{name}'."
        raise Declined(bad(said, "TimeZoneNotSupportedException"))
    return ZoneInfo(windows[name])


@cache
def _windows() -> dict[str, str]:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 - only here

    return dict(WINDOWS_TO_OLSON)
