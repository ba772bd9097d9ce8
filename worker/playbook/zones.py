"""Names of time zones: is there such a zone, and which one was probably meant?"""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from worker.problems import nearest

# What people write who mean a zone and do not know its name.
_MEANT = {
    "jst": "Asia/Tokyo",
    "日本": "Asia/Tokyo",
    "東京": "Asia/Tokyo",
    "tokyo": "Asia/Tokyo",
    "kst": "Asia/Seoul",
    "ist": "Asia/Kolkata",
    "pst": "America/Los_Angeles",
    "bst": "Europe/London",
}


@lru_cache(maxsize=256)
def is_zone(name: str) -> bool:
    """Say whether *name* is an IANA time zone.

    >>> is_zone("Asia/Tokyo"), is_zone("Asia/Tokio"), is_zone("../../etc/passwd")
    (True, False, False)
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def is_full_zone(name: str) -> bool:
    """Say whether *name* is a zone that says where: `EST` alone has no summer time, and misleads.

    >>> is_full_zone("America/New_York"), is_full_zone("EST"), is_full_zone("UTC")
    (True, False, True)
    """
    return ("/" in name or name == "UTC") and is_zone(name)


def nearest_zone(name: str) -> str:
    """Give the zone that *name* was probably meant to be, or nothing.

    >>> nearest_zone("Asia/Tokio"), nearest_zone("JST"), nearest_zone("berlin")
    ('Asia/Tokyo', 'Asia/Tokyo', 'Europe/Berlin')
    """
    written = name.strip().casefold().replace(" ", "_")
    if written in _MEANT:
        return _MEANT[written]
    known = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
    for zone in known:
        if zone.casefold() == written or zone.rpartition("/")[2].casefold() == written:
            return zone
    return nearest(name, known)
