"""iCalendar of strangers → components, under caps.

Sizes are looked at before anything is parsed: an alarm may repeat ten thousand times, a rule may
count to a thousand million, a file may have ten million lines.
"""

from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Component
from icalendar.prop import vBroken, vCalAddress

from worker.domain.itip import Unclear
from worker.domain.meetings import Span

_COMPONENTS = 20_000  # of a file; somebody's ten years have fewer
_LONGEST = timedelta(days=1)  # of a meeting that is proposed


def calendar_of(content: bytes, *, most: int = _COMPONENTS) -> Calendar | None:
    """Parse a file; None for what is none, or has more components than *most*."""
    if content.upper().count(b"BEGIN:") > most:
        return None
    try:
        found: object = Calendar.from_ical(content)  # an event, where that is all there is
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
        return None  # all that icalendar says of text that is none
    return found if isinstance(found, Calendar) else None


def events_of(calendar: Calendar) -> list[Component]:
    """Give the events of a calendar."""
    return list(calendar.walk("VEVENT"))


def text_of(component: Component, name: str) -> str:
    """Give the one value of a property; empty where there is none, or several."""
    value = component.get(name)
    return "" if value is None or isinstance(value, list) else str(value).strip()


def people_of(event: Component) -> dict[str, dict[str, str]]:
    """Give the attendees of an event by address in lower case, each with their parameters."""
    value = event.get("ATTENDEE")
    values = value if isinstance(value, list) else [] if value is None else [value]
    return {
        bare(str(one)): {str(name).upper(): str(said) for name, said in one.params.items()}
        for one in values
        if isinstance(one, vCalAddress) and bare(str(one))
    }


def bare(address: str) -> str:
    """Give an address without `mailto:`, in lower case."""
    return address.strip().strip('"').lower().removeprefix("mailto:").strip()


def number_of(component: Component, name: str) -> int:
    """Give a whole number that is not negative; 0 for what is none."""
    text = text_of(component, name)
    return int(text[:9]) if text.isascii() and text.isdigit() else 0


def _dt(component: Component, name: str) -> object:
    """Give the one value of a property of time; None for several, and for what is none."""
    value = component.get(name)
    return None if isinstance(value, vBroken) else getattr(value, "dt", None)


def moment_of(component: Component, name: str) -> datetime | date | None:
    """Give an instant in UTC, a naive time as it is, a date, or None."""
    value = _dt(component, name)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    return value if isinstance(value, date) else None


def span_of(event: Component) -> Span | Unclear:
    """Give when an event is, if it can be told: a time without a known zone cannot."""
    start, end = moment_of(event, "DTSTART"), moment_of(event, "DTEND")
    if end is None and isinstance(start, datetime):
        lasts = _dt(event, "DURATION")
        end = start + lasts if isinstance(lasts, timedelta) else None
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return Unclear.NO_TIME
    if start.tzinfo is None or end.tzinfo is None:
        return Unclear.NO_ZONE
    if not timedelta() < end - start <= _LONGEST:
        return Unclear.NO_TIME
    return Span(start, end)
