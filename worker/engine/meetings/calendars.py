"""The calendars we may ask, who has which, and when the people in them are busy."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from threading import Lock

from worker.domain.facts import Staff
from worker.domain.meetings import NO_CALENDAR, Busy, Span, Unknown, merged
from worker.ports import CalendarBook

FILES = "files"  # calendars that can only be read, of people with no provider
MAIL_ONLY = "mail"  # no calendar of a provider: invitations go by mail
PROVIDERS = ("google", "microsoft", MAIL_ONLY)
_LONGEST = timedelta(days=62)  # that may be asked for at once


@dataclass(frozen=True, slots=True)
class CalendarRules:
    """What the settings say about meetings."""

    default: str = MAIL_ONLY  # the calendar of staff whose row does not say
    organiser: str = "staff"  # the first member of staff of a meeting; or hr
    look_every: timedelta = timedelta(minutes=5)  # at what became of meetings
    notice: timedelta = timedelta(hours=24)  # the least between invitation and meeting
    grid: int = 30  # minutes: meetings begin at multiples of it
    buffer: timedelta = timedelta()  # between two meetings of ours of one member of staff
    hours: tuple[time, time] = (time(9, 30), time(18, 0))  # of staff whose row does not say
    lunch: tuple[time, time] | None = (time(12), time(13))
    hold_ahead: timedelta = timedelta(days=14)  # times of promised meetings, before they are due


def provider_of_staff(staff: Staff, rules: CalendarRules) -> str:
    """Say which provider has somebody's calendar."""
    said = str(staff.attributes.get("calendar") or rules.default)
    return said if said in PROVIDERS else MAIL_ONLY  # an address: it can be read, not written to


class Books:
    """One connection of each lane to each provider; opened when it is first wanted."""

    def __init__(self, make: Callable[[str], CalendarBook | None]) -> None:
        self._make = make
        self._known: dict[tuple[str, str], CalendarBook | None] = {}
        self._opening = Lock()

    def of(self, lane: str, provider: str) -> CalendarBook | None:
        """Give the connection; None where there is nothing to connect to."""
        with self._opening:
            if (lane, provider) not in self._known:
                self._known[lane, provider] = self._make(provider)
            return self._known[lane, provider]

    def close(self) -> None:
        """Say goodbye to everybody."""
        with self._opening:
            for book in self._known.values():
                if book is not None:
                    book.close()
            self._known.clear()

    def busy(
        self,
        lane: str,
        staff: Mapping[str, str],
        within: Span,
        *,
        leaving_out: Collection[str] = (),
        closed: Collection[str] = (),
    ) -> dict[str, Busy | Unknown]:
        """Say when addresses are taken, each asked of its provider, many at once.

        Args:
            lane: Who asks.
            staff: Providers by address.
            within: A stretch of any length.
            leaving_out: Events of ours that do not count.
            closed: Providers that are not asked just now: nobody there is known to be free.
        """
        found: dict[str, Busy | Unknown] = {}
        for provider in sorted(set(staff.values())):
            addresses = sorted(one for one, theirs in staff.items() if theirs == provider)
            if provider in closed:
                found |= dict.fromkeys(addresses, Unknown("its provider is not asked just now"))
                continue
            book = self.of(lane, FILES if provider == MAIL_ONLY else provider)
            if book is not None:
                told = _asked(book, addresses, within, leaving_out)
                found |= {
                    one: Busy() if said == NO_CALENDAR else said for one, said in told.items()
                }
            elif provider == MAIL_ONLY:  # nothing to read: their working hours are all we know
                found |= dict.fromkeys(addresses, Busy())
            else:
                why = f"there is no connection to {provider}"
                found |= dict.fromkeys(addresses, Unknown(why, is_permanent=True))
        return found


def _asked(
    book: CalendarBook, addresses: list[str], within: Span, leaving_out: Collection[str]
) -> dict[str, Busy | Unknown]:
    found: dict[str, Busy | Unknown] = {}
    for part in _parts(within):
        for address, told in book.busy(addresses, part, leaving_out=leaving_out).items():
            before = found.get(address)
            match before, told:
                case None, _:
                    found[address] = told
                case Busy(), Busy():
                    found[address] = Busy(merged((*before.spans, *told.spans)))
                case Busy(), Unknown():
                    found[address] = told
                case _:
                    pass
    return {one: found.get(one, Unknown("the calendar was not answered for")) for one in addresses}


def _parts(within: Span) -> Iterable[Span]:
    start = within.start
    while start < within.end:
        end = min(within.end, start + _LONGEST)
        yield Span(start, end)
        start = end
