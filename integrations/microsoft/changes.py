"""What became of our events in one calendar: `calendarView/delta`, kept going by a cursor.

Graph looks at a window that is fixed when reading begins, and tells of an event everything but our
own property (https://learn.microsoft.com/graph/delta-query-events); `transactionId` says which are
ours, and one look at their days says the rest. After a week the window is laid anew. The cursor
remembers which events are ours: of what is gone Graph tells nothing but the id.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from integrations.microsoft.event import EXPAND, SELECT, entry_of, key_of
from integrations.microsoft.meaning import Kind, Problem, trouble_of
from integrations.microsoft.times import Unreadable, instant, query, when
from integrations.microsoft.view import Event, events_with_key, events_within, pages
from integrations.microsoft.wire import Call, GraphWire, in_path
from worker.domain.meetings import Entry, Span
from worker.ports import BookTrouble, Changed

_BEHIND = timedelta(days=31)
_AHEAD = timedelta(days=400)  # a year's cadence, and a month for the plan to be made in
_ROLL = timedelta(days=7)
_FORM = 1


@dataclass(frozen=True, slots=True)
class _Cursor:
    """How far reading came, and which events are ours (a digest of the ref to the event_key)."""

    link: str
    begun: datetime
    ours: dict[str, str] = field(default_factory=dict)

    def written(self) -> str:
        said = {"v": _FORM, "link": self.link, "begun": self.begun.isoformat(), "ours": self.ours}
        return json.dumps(said, separators=(",", ":"), sort_keys=True)


@dataclass(frozen=True, slots=True)
class _Read:
    """One reading to its end."""

    events: list[Event]
    gone: list[str]  # ids
    link: str


class Changes:
    """Reads one calendar after another."""

    def __init__(self, wire: GraphWire) -> None:
        self._wire = wire

    def since(self, organiser: str, cursor: str, now: datetime) -> Changed | BookTrouble:
        """Say what became of events of ours since *cursor*."""
        known = _read_cursor(cursor)
        if known is None or now - known.begun >= _ROLL:
            return self._anew(organiser, now)
        read = self._read(Call("GET", known.link, organiser.lower()))
        if isinstance(read, Problem):
            # 410, or a link of another mailbox or release: nobody can go on from it.
            is_void = read.kind in {Kind.STALE, Kind.MISTAKE}
            return self._anew(organiser, now) if is_void else trouble_of(read)
        return self._changed(organiser, read, known, now)

    def _anew(self, organiser: str, now: datetime) -> Changed | BookTrouble:
        window = {"startDateTime": query(now - _BEHIND), "endDateTime": query(now + _AHEAD)}
        path = f"/users/{in_path(organiser)}/calendarView/delta"
        read = self._read(
            Call("GET", path, organiser.lower(), window, prefer="odata.maxpagesize=200")
        )
        if isinstance(read, Problem):
            return trouble_of(read)
        return self._changed(organiser, read, None, now)

    def _read(self, call: Call) -> _Read | Problem:
        events: dict[str, Event] = {}
        for answer in pages(self._wire, call):
            if isinstance(answer, Problem):
                return answer
            events |= {str(one.get("id")): one for one in answer.values}
            link = answer.body.get("@odata.deltaLink")
            if isinstance(link, str):
                there = [one for one in events.values() if "@removed" not in one]
                gone = [id_ for id_, one in events.items() if "@removed" in one]
                return _Read(there, gone, self._wire.link(call, link).path)
        return Problem(Kind.BROKEN, "a list of changes that does not end")

    def _changed(
        self, organiser: str, read: _Read, known: _Cursor | None, now: datetime
    ) -> Changed | BookTrouble:
        before = known.ours if known else {}
        ours = [event for event in read.events if key_of(event) or _digest(event) in before]
        try:
            entries = self._entries(organiser, ours)
        except Unreadable as problem:
            return trouble_of(Problem(Kind.MISTAKE, str(problem)))
        if isinstance(entries, Problem):
            return trouble_of(entries)
        remembered = dict(before)
        remembered |= {_digest(event): key_of(event) for event in ours if key_of(event)}
        for id_ in read.gone if known else ():
            key = before.get(_digest({"id": id_}))
            if key is None:
                continue
            entry = self._gone(organiser, id_, key)
            if isinstance(entry, Problem):
                return trouble_of(entry)
            entries.append(entry)
            if entry.is_cancelled:
                remembered.pop(_digest({"id": id_}), None)
        cursor = _Cursor(read.link, known.begun if known else now, remembered)
        return Changed(tuple(entries), cursor.written(), is_anew=known is None)

    def _entries(self, organiser: str, ours: list[Event]) -> list[Entry] | Problem:
        """Give our events with what only a look at their days tells."""
        if not ours:
            return []
        spans = [when(event) for event in ours]
        days = Span(min(span.start for span in spans), max(span.end for span in spans))
        found = events_within(self._wire, organiser, days, select=SELECT, expand=EXPAND)
        if isinstance(found, Problem):
            return found
        whole = {str(event.get("id")): event for event in found}
        return [entry_of(whole.get(str(event.get("id")), event), organiser) for event in ours]

    def _gone(self, organiser: str, id_: str, key: str) -> Entry | Problem:
        """Say what became of an event that left the window: deleted, or moved far away."""
        found = events_with_key(self._wire, organiser, [key], select=SELECT, expand=EXPAND)
        if isinstance(found, Problem):
            return found
        standing = next((event for event in found if event.get("id") == id_), None)
        if standing is not None:
            return entry_of(standing, organiser)
        return Entry(id_, organiser, None, is_cancelled=True, event_key=key)


def _read_cursor(cursor: str) -> _Cursor | None:
    """Read a cursor; None where it is empty or not one of ours."""
    try:
        said = json.loads(cursor)
        begun = instant(said["begun"])
        ours = {str(digest): str(key) for digest, key in said["ours"].items()}
        if said["v"] != _FORM or begun is None or not str(said["link"]).startswith("/"):
            return None
        return _Cursor(str(said["link"]), begun, ours)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _digest(event: Event) -> str:
    return sha256(str(event.get("id")).encode()).hexdigest()[:12]
