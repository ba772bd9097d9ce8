"""Outlook tells us that something changed: subscriptions of Graph, and what comes of them.

https://learn.microsoft.com/graph/outlook-change-notifications-overview. A mailbox's events and
messages can be watched for at most 10,080 minutes; how long it is, the answer says. Graph asks an
address for an echo before it believes that it is ours, and tells a second one how the subscription
itself fares.
"""

import json
from collections.abc import Mapping
from datetime import timedelta

from integrations.microsoft.meaning import Kind, Problem, trouble_of
from integrations.microsoft.times import instant, query
from integrations.microsoft.wire import Answer, Call, GraphWire, in_path
from worker.ports import BookTrouble, Clock, Echo, Hint, Knock, Watch, WatchWish

LONGEST = timedelta(minutes=10_080)
LIFE = "/life"  # behind the address: where it is told how the subscription itself fares
_MOST = 1_000  # notifications of one request; Graph sends far fewer
_ENDING = frozenset({"subscriptionRemoved", "reauthorizationRequired"})  # `missed`: only look
_LONGEST_ECHO = 4_000  # characters


class GraphHints:
    """`HintSource` of Graph: of calendars by organiser, or of the folders of one *mailbox*."""

    def __init__(self, wire: GraphWire, clock: Clock, mailbox: str = "") -> None:
        self._wire = wire
        self._clock = clock
        self._mailbox = mailbox

    def watch(self, what: str, wish: WatchWish, known: Watch | None = None) -> Watch | BookTrouble:
        """Subscribe, or prolong; one that has ended meanwhile is begun anew."""
        longer = None if known is None else self._prolong(what, wish, known)
        if longer is None or (isinstance(longer, Problem) and longer.kind is Kind.GONE):
            longer = self._begin(what, wish)
        return trouble_of(longer) if isinstance(longer, Problem) else longer

    def end(self, what: str, known: Watch) -> BookTrouble | None:
        """Subscribe no more."""
        path = f"/subscriptions/{in_path(known.id)}"
        answer = self._wire.ask(Call("DELETE", path, self._whose(what)))
        if isinstance(answer, Problem) and answer.kind is not Kind.GONE:
            return trouble_of(answer)
        return None

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def _begin(self, what: str, wish: WatchWish) -> Watch | Problem:
        resource, change = f"users/{in_path(what)}/events", "created,updated,deleted"
        if self._mailbox:  # what comes into a folder; that somebody reads it is no news to us
            resource = f"users/{in_path(self._mailbox)}/mailFolders('{what}')/messages"
            change = "created"
        body = {
            "changeType": change,
            "notificationUrl": wish.address,
            "lifecycleNotificationUrl": f"{wish.address}{LIFE}",  # cannot be given later
            "resource": resource,
            "expirationDateTime": query(self._clock.now() + LONGEST),
            "clientState": wish.word,
        }
        answer = self._wire.ask(Call("POST", "/subscriptions", self._whose(what), body=body))
        return _watch_of(answer, resource)

    def _prolong(self, what: str, wish: WatchWish, known: Watch) -> Watch | Problem:
        """Prolong; the address is another one, maybe, and is asked for an echo in any case."""
        until = query(self._clock.now() + LONGEST)
        body = {"expirationDateTime": until, "notificationUrl": wish.address}
        path = f"/subscriptions/{in_path(known.id)}"
        answer = self._wire.ask(Call("PATCH", path, self._whose(what), body=body))
        return _watch_of(answer, known.resource)

    def _whose(self, what: str) -> str:
        """Say against whose limits it counts."""
        return (self._mailbox or what).lower()


def read_microsoft(knock: Knock) -> tuple[Hint, ...] | Echo:
    """Read what came to one of our addresses: a question for an echo, or notifications.

    >>> read_microsoft(Knock({"validationToken": "a b%"}, {}, b""))
    Echo(text='a b%')
    """
    if "validationToken" in knock.query:
        return Echo(knock.query["validationToken"][:_LONGEST_ECHO])
    found = dict.fromkeys(
        Hint(
            str(one.get("subscriptionId", "")),
            str(one.get("clientState", "")),
            is_ending=str(one.get("lifecycleEvent", "")) in _ENDING,
        )
        for one in _notifications(knock.body)
    )
    return tuple(found)


def _notifications(body: bytes) -> list[Mapping[str, object]]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return []
    listed = said.get("value") if isinstance(said, dict) else None
    some = listed[:_MOST] if isinstance(listed, list) else []
    return [one for one in some if isinstance(one, dict)]


def _watch_of(answer: Answer | Problem, resource: str) -> Watch | Problem:
    if isinstance(answer, Problem):
        return answer
    until = instant(answer.body.get("expirationDateTime"))
    id_ = answer.body.get("id")
    if until is None or not isinstance(id_, str):
        return Problem(Kind.BROKEN, "a subscription without a name or an end")
    return Watch(id_, resource, until)
