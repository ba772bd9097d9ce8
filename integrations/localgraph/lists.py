"""Lists of events: filtered, paged, over a window, and what changed in one."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from integrations.localgraph import clockwork, schema
from integrations.localgraph.events import rendered
from integrations.localgraph.office import NEVER, Calendar, Event, Office
from integrations.localgraph.replies import Asked, Declined, Reply, bad, error

_PAGE = 10  # where nobody asks for more (https://learn.microsoft.com/graph/paging)
_MOST = 1000
_OF_VIEWS = frozenset({"startDateTime", "endDateTime", "$skiptoken", "$deltatoken"})
_OPTIONS = frozenset({"$select", "$expand", "$filter", "$top", "$skip"})
_BEARS = re.compile(
    r"singleValueExtendedProperties/[Aa]ny\(ep: ?ep/id eq '(?P<id>[^']+)' and \(?"
    r"(?P<values>ep/value eq '[^']*'(?: or ep/value eq '[^']*')*)\)?\)"
)
_VALUE = re.compile(r"ep/value eq '([^']*)'")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the list is, for the links to its next page."""

    base: str
    path: str


def all_events(calendar: Calendar, asked: Asked, place: Place) -> Reply:
    """GET …/events."""
    wanted = _filter(asked.query.get("$filter", ""))
    found = [event for event in calendar.events.values() if wanted(event)]
    return _listed(found, asked, place)


def view(calendar: Calendar, asked: Asked, place: Place) -> Reply:
    """GET …/calendarView."""
    start = clockwork.bound(asked.query.get("startDateTime"))
    end = clockwork.bound(asked.query.get("endDateTime"))
    if end < start:
        raise Declined(bad("The end of the window is before its start."))
    found = [event for event in calendar.events.values() if event.overlaps(start, end)]
    found.sort(key=lambda event: (event.start, event.id))
    return _listed(found, asked, place, more={"startDateTime", "endDateTime"})


def _listed(
    found: list[Event], asked: Asked, place: Place, *, more: set[str] | None = None
) -> Reply:
    for name in asked.query:
        if name not in _OPTIONS | (more or set()):
            raise Declined(bad(f"The query parameter '{name}' is not supported.", "BadRequest"))
    select, expand = asked.query.get("$select", ""), asked.query.get("$expand", "")
    try:
        schema.check_names("event", select)
    except schema.Misspelt as problem:
        raise Declined(bad(str(problem), "RequestBroker--ParseUri")) from None
    first, top = int(asked.query.get("$skip", "0")), int(asked.query.get("$top", str(_PAGE)))
    if not 1 <= top <= _MOST:
        raise Declined(bad(f"The value of '$top' is not between 1 and {_MOST}.", "ErrorInvalidTop"))
    immutable = asked.prefers.get("IdType") == "ImmutableId"
    page = found[first : first + top]
    body: dict[str, Any] = {
        "value": [
            selected(rendered(one, with_properties=expand, immutable=immutable), select)
            for one in page
        ]
    }
    if first + top < len(found):
        query = {**asked.query, "$skip": str(first + top)}
        body["@odata.nextLink"] = link(place, query)
    return Reply(200, body)


def selected(event: dict[str, Any], select: str) -> dict[str, Any]:
    """Give what was asked for, and what is given always."""
    if not select:
        return event
    names = {"id", "@odata.etag", "singleValueExtendedProperties", *select.split(",")}
    return {name: value for name, value in event.items() if name in names}


def link(place: Place, query: Mapping[str, str]) -> str:
    """Write the address of a further page."""
    from urllib.parse import urlencode  # noqa: PLC0415 - beside its one use

    return f"{place.base}{place.path}?{urlencode(query)}"


def _filter(said: str) -> Callable[[Event], bool]:
    """Read the filters there are.

    https://learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-get
    """
    if not said:
        return lambda _: True
    found = _BEARS.fullmatch(said)
    if found is None:
        raise Declined(bad(f"Invalid filter clause: {said}", "BadRequest"))
    wanted = {(found["id"], value) for value in _VALUE.findall(found["values"])}
    return lambda event: not wanted.isdisjoint(event.properties)


@dataclass(frozen=True, slots=True)
class Token:
    """How far a reading of changes came."""

    start: datetime
    end: datetime
    after: int  # the number of the last change given out before this reading
    upto: int  # and of the last that is part of it
    skip: int
    generation: int
    extra: str = ""  # what else was fixed when reading began

    def written(self) -> str:
        """Write it so that nobody reads anything into it."""
        said = [self.start.isoformat(), self.end.isoformat(), self.after, self.upto, self.skip]
        text = json.dumps([*said, self.generation, self.extra])
        return base64.urlsafe_b64encode(text.encode()).decode()


def changes(
    office: Office, calendar: Calendar, asked: Asked, place: Place, *, generation: int
) -> Reply:
    """GET …/calendarView/delta (https://learn.microsoft.com/graph/api/event-delta)."""
    token = token_of(office, asked, generation)
    if token is None:
        said = "The sync state generation is not found; generation=149;[highest=157]."
        return error(410, "SyncStateNotFound", said)
    immutable = asked.prefers.get("IdType") == "ImmutableId"
    found = _changed(calendar, token, immutable=immutable)
    size = int(asked.prefers.get("odata.maxpagesize", str(_PAGE)))
    body: dict[str, Any] = {"value": found[token.skip : token.skip + size]}
    if token.skip + size < len(found):
        further = Token(
            token.start, token.end, token.after, token.upto, token.skip + size, generation
        )
        body["@odata.nextLink"] = link(place, {"$skiptoken": further.written()})
    else:
        done = Token(token.start, token.end, token.upto, -1, 0, generation)
        body["@odata.deltaLink"] = link(place, {"$deltatoken": done.written()})
    return Reply(200, body)


def token_of(
    office: Office, asked: Asked, generation: int, *, allowed: Collection[str] = _OF_VIEWS
) -> Token | None:
    """Read where to go on; None where nobody remembers.

    A window is asked for where *allowed* has one; else all of time is it.
    """
    written = asked.query.get("$skiptoken") or asked.query.get("$deltatoken")
    for name in asked.query:
        if name not in allowed:
            said = "The following parameters are not supported with change tracking over the"
            raise Declined(
                bad(f"{said} 'CalendarView' resource: '{name}'.", "ErrorInvalidUrlQuery")
            )
    if written is None:
        start, end = NEVER, NEVER
        if "startDateTime" in allowed:
            start = clockwork.bound(asked.query.get("startDateTime"))
            end = clockwork.bound(asked.query.get("endDateTime"))
        return Token(start, end, -1, office.latest(), 0, generation)
    try:
        start, end, after, upto, skip, of, extra = json.loads(base64.urlsafe_b64decode(written))
        token = Token(
            datetime.fromisoformat(start), datetime.fromisoformat(end), after, upto, skip, of, extra
        )
    except (ValueError, TypeError, binascii.Error):
        raise Declined(bad("Badly formed token.", "ErrorInvalidUrlQuery")) from None
    if token.generation != generation:
        return None
    if token.upto < 0:
        return replace(token, upto=office.latest(), skip=0)
    return token


def _changed(calendar: Calendar, token: Token, *, immutable: bool) -> list[dict[str, Any]]:
    """Give what changed in the window, in the order in which it did.

    What lies outside of it now is told as removed, whether it was ever inside or not.
    """
    found: list[tuple[int, dict[str, Any]]] = []
    for event in calendar.events.values():
        if not token.after < event.number <= token.upto:
            continue
        if event.overlaps(token.start, token.end):
            found.append((event.number, rendered(event, immutable=immutable)))
        elif token.after >= 0:
            found.append((event.number, _removed(event.id)))
    if token.after >= 0:
        gone = calendar.gone.items()
        found += [
            (number, _removed(id_)) for id_, number in gone if token.after < number <= token.upto
        ]
    return [said for _, said in sorted(found, key=lambda one: one[0])]


def _removed(id_: str) -> dict[str, Any]:
    return {"id": id_, "@removed": {"reason": "deleted"}}
