"""When people are free, and nothing that would pass for it: what cannot be told is `Unknown`.

`getSchedule` (https://learn.microsoft.com/graph/api/calendar-getschedule) tells of twenty mailboxes
at once and of less than 62 days, in merged stretches that name no event. Where an event of ours
shall not count, calendars are read one by one instead.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

from integrations.microsoft.event import (
    EXPAND,
    SELECT,
    address_of,
    counts_as_busy,
    key_of,
    takes_time,
)
from integrations.microsoft.meaning import CODES, Kind, Problem, quotable, unknown_of
from integrations.microsoft.times import Unreadable, read_span, when, write_utc
from integrations.microsoft.view import Event, events_with_key, events_within
from integrations.microsoft.wire import Answer, Call, GraphWire, in_path
from worker.domain.errors import BrokenPromise
from worker.domain.meetings import Busy, Span, Unknown, merged

MOST_MAILBOXES = 20
_LONGEST = timedelta(days=61)
_SLOT = 30  # minutes of a letter of availabilityView
_PERMANENT = frozenset({Kind.NO_MAILBOX, Kind.DENIED})
_CANNOT_ASK = frozenset({Kind.NO_MAILBOX, Kind.DENIED, Kind.GONE})


@dataclass
class _Found:
    """What came out for each address so far; one trouble spoils all of its time."""

    spans: dict[str, list[Span]]
    unknown: dict[str, Unknown] = field(default_factory=dict)

    def busy(self, within: Span) -> dict[str, Busy | Unknown]:
        return {
            address: self.unknown.get(address) or Busy(merged(_clipped(spans, within)))
            for address, spans in self.spans.items()
        }


class Schedule:
    """Asks for free time. *asker* is the mailbox that asks; empty: one of those asked for."""

    def __init__(self, wire: GraphWire, *, asker: str = "") -> None:
        self._wire = wire
        self._asker = asker

    def busy(
        self, addresses: Sequence[str], within: Span, *, leaving_out: Collection[str]
    ) -> Mapping[str, Busy | Unknown]:
        """Say for every address when it is taken."""
        if within.end <= within.start:
            raise BrokenPromise("a stretch of time that ends before it begins")
        if leaving_out:
            return self._one_by_one(addresses, within, leaving_out)
        found = _Found({address: [] for address in addresses})
        for piece in _pieces(within):
            for first in range(0, len(addresses), MOST_MAILBOXES):
                some = list(dict.fromkeys(addresses))[first : first + MOST_MAILBOXES]
                self._ask(some, piece, found)
        return found.busy(within)

    def _ask(self, addresses: list[str], within: Span, found: _Found) -> None:
        """Ask for at most twenty; by whoever's mailbox may be asked for anything at all."""
        problem: Problem | None = None
        for asker in self._askers(addresses):
            answer = self._wire.ask(_question(asker, addresses, within))
            if isinstance(answer, Answer):
                self._asker = asker
                _note(answer, addresses, found)
                return
            problem = problem or answer
            if answer.kind not in _CANNOT_ASK:
                break
        if problem is not None:
            found.unknown |= dict.fromkeys(addresses, unknown_of(problem))

    def _askers(self, addresses: list[str]) -> Iterator[str]:
        if self._asker:
            yield self._asker
        yield from (address for address in addresses if address != self._asker)

    def _one_by_one(
        self, addresses: Sequence[str], within: Span, leaving_out: Collection[str]
    ) -> Mapping[str, Busy | Unknown]:
        """Read calendars, and leave out our events and the copies that guests have of them.

        A copy bears none of our properties, but the same iCalUId as the organiser's event.
        """
        calendars: dict[str, list[Event]] = {}
        closed: list[str] = []
        found = _Found({address: [] for address in addresses})
        for address in found.spans:
            events = events_within(self._wire, address, within, select=SELECT, expand=EXPAND)
            if isinstance(events, Problem) and events.kind is Kind.DENIED and self._asker:
                closed.append(address)  # it may still be asked when they are taken
            elif isinstance(events, Problem):
                found.unknown[address] = unknown_of(events)
            else:
                calendars[address] = events
        uids = {
            str(event.get("iCalUId"))
            for events in calendars.values()
            for event in events
            if key_of(event) in leaving_out
        }
        uids |= self._uids_of_others(calendars, uids, leaving_out)
        for address, events in calendars.items():
            try:
                taken = [event for event in events if takes_time(event)]
                found.spans[address] = [
                    when(event) for event in taken if str(event.get("iCalUId")) not in uids
                ]
            except Unreadable as problem:
                found.unknown[address] = Unknown(str(problem))
        for piece in _pieces(within) if closed else ():
            for first in range(0, len(closed), MOST_MAILBOXES):
                self._ask(closed[first : first + MOST_MAILBOXES], piece, found)
        return found.busy(within)

    def _uids_of_others(
        self, calendars: Mapping[str, list[Event]], known: set[str], leaving_out: Collection[str]
    ) -> set[str]:
        """Look events up with organisers whose own calendars were not asked for.

        What cannot be looked up counts as busy.
        """
        read = {address.lower() for address in calendars}
        seen = {key_of(event) for events in calendars.values() for event in events}
        missing = [key for key in leaving_out if key not in seen]
        organisers = {
            address_of(event.get("organizer"))
            for events in calendars.values()
            for event in events
            if str(event.get("iCalUId")) not in known
        }
        uids: set[str] = set()
        for organiser in sorted(organisers - read - {""}) if missing else ():
            events = events_with_key(self._wire, organiser, missing, select="id,iCalUId")
            if not isinstance(events, Problem):
                uids |= {str(event.get("iCalUId")) for event in events}
        return uids


def _question(asker: str, addresses: list[str], within: Span) -> Call:
    return Call(
        "POST",
        f"/users/{in_path(asker)}/calendar/getSchedule",
        asker.lower(),
        body={
            "schedules": addresses,
            "startTime": write_utc(within.start),
            "endTime": write_utc(within.end),
            "availabilityViewInterval": _SLOT,
        },
    )


def _note(answer: Answer, addresses: list[str], found: _Found) -> None:
    """Note what was answered for each; for whom nothing was, nothing is known."""
    told = {str(one.get("scheduleId")).lower(): one for one in answer.values}
    for address in addresses:
        item = told.get(address.lower())
        if item is None:
            found.unknown[address] = Unknown("nothing was answered about this calendar")
            continue
        spans = _spans(item)
        if isinstance(spans, Unknown):
            found.unknown[address] = spans
        else:
            found.spans[address] += spans


def _spans(item: Mapping[str, object]) -> list[Span] | Unknown:
    error = item.get("error")
    if isinstance(error, Mapping):
        code = str(error.get("responseCode", ""))
        why = quotable(f"{code} {error.get('message', '')}")
        return Unknown(why, CODES.get(code) in _PERMANENT)
    listed = item.get("scheduleItems")
    view = str(item.get("availabilityView") or "")
    if not isinstance(listed, list):
        return Unknown("this calendar's times are not told") if view.strip("04") else []
    try:
        return [
            read_span(one)
            for one in listed
            if not isinstance(one, dict) or counts_as_busy(one.get("status"))
        ]
    except Unreadable as problem:
        return Unknown(str(problem))


def _pieces(within: Span) -> Iterator[Span]:
    """Cut a stretch into as few equal ones as may be asked for."""
    count = ceil((within.end - within.start) / _LONGEST)
    length = (within.end - within.start) / count
    for number in range(count):
        yield Span(within.start + number * length, within.start + (number + 1) * length)


def _clipped(spans: list[Span], within: Span) -> Iterator[Span]:
    for start, end in spans:
        if start < within.end and within.start < end:
            yield Span(max(start, within.start), min(end, within.end))
