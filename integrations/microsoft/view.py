"""Lists of events, read to their end. A list that breaks off half-way is no list."""

from collections.abc import Collection, Iterator
from typing import TypeAlias

from integrations.microsoft.event import KEY
from integrations.microsoft.meaning import Kind, Problem
from integrations.microsoft.times import query
from integrations.microsoft.wire import Answer, Call, GraphWire, in_filter, in_path
from worker.domain.meetings import Span

Event: TypeAlias = dict[str, object]

_PAGE = 250
_MOST_PAGES = 1000  # of one list; a list without an end is somebody's mistake


def events_within(
    wire: GraphWire, mailbox: str, within: Span, *, select: str, expand: str = ""
) -> list[Event] | Problem:
    """Give every event of somebody's calendar that takes some of a stretch of time."""
    params = {
        "startDateTime": query(within.start),
        "endDateTime": query(within.end),
        "$select": select,
        "$top": str(_PAGE),
    }
    if expand:
        params["$expand"] = expand
    call = Call("GET", f"/users/{in_path(mailbox)}/calendarView", mailbox.lower(), params)
    return read_all(wire, call)


def events_with_key(
    wire: GraphWire, mailbox: str, keys: Collection[str], *, select: str, expand: str = ""
) -> list[Event] | Problem:
    """Give the events of somebody's calendar that bear one of *keys*.

    What was thrown away is not among them. An immutable id would lead there, too.
    """
    wanted = " or ".join(f"ep/value eq {in_filter(key)}" for key in sorted(keys))
    either = f"({wanted})" if len(keys) > 1 else wanted
    bears = f"singleValueExtendedProperties/Any(ep: ep/id eq {in_filter(KEY)} and {either})"
    params = {"$filter": bears, "$select": select}
    if expand:
        params["$expand"] = expand
    return read_all(wire, Call("GET", f"/users/{in_path(mailbox)}/events", mailbox.lower(), params))


def read_all(wire: GraphWire, call: Call) -> list[Event] | Problem:
    """Give a list with all its pages."""
    found: list[Event] = []
    for answer in pages(wire, call):
        if isinstance(answer, Problem):
            return answer
        found += answer.values
    return found


def pages(wire: GraphWire, call: Call) -> Iterator[Answer | Problem]:
    """Give page after page; a problem is the last of them."""
    for _ in range(_MOST_PAGES):
        answer = wire.ask(call)
        if isinstance(answer, Answer) and not isinstance(answer.body.get("value"), list):
            answer = Problem(Kind.BROKEN, "an answer that is no list")
        yield answer
        link = answer.body.get("@odata.nextLink") if isinstance(answer, Answer) else None
        if not isinstance(link, str):
            return
        call = wire.link(call, link)
    yield Problem(Kind.BROKEN, "a list that does not end")
