"""Topics of Cloud Pub/Sub, and what Gmail tells them (doc: "Configure push notifications").

What a topic pushes waits in `waiting`, in order, until somebody delivers it: a test may double,
delay, lose or reorder it first, as the network does.
"""

import base64
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from integrations.localgoogle.asked import Asked
from integrations.localgoogle.refusals import Refusal, wrong
from worker.ports import Clock

LONGEST = timedelta(days=7)
PUBLISHER = "gmail-api-push@system.gserviceaccount.com"  # who has to be let in (doc)

_NAME = re.compile(r"projects/([a-z][a-z0-9:.-]+)/topics/[A-Za-z][A-Za-z0-9._~+%-]{2,254}")
_BEHAVIOURS = ("include", "exclude")
_TAKEN = frozenset({102, 200, 201, 202, 204})  # anything else is pushed again (doc: Pub/Sub)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_MILLISECOND = timedelta(milliseconds=1)


@dataclass
class Topic:
    """One topic: who may publish to it, and where its one subscription pushes to."""

    address: str
    publishers: set[str] = field(default_factory=lambda: {PUBLISHER})


@dataclass(frozen=True, slots=True)
class Watching:
    """What a mailbox tells to which topic, until when."""

    topic: str
    labels: frozenset[str]
    excludes: bool
    until: datetime


@dataclass
class Topics:
    """Every topic of a project, and the watches of its mailboxes."""

    clock: Clock
    project: str = "tsunagu"
    longest: timedelta = LONGEST  # that is granted
    known: dict[str, Topic] = field(default_factory=dict)
    watching: dict[str, Watching] = field(default_factory=dict)  # by mailbox
    waiting: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)  # to which address

    def __post_init__(self) -> None:
        self._numbers = count(2_070_443_601_311_540)

    def open(self, name: str, address: str) -> str:
        """Make a topic that pushes to an address; gives its whole name."""
        whole = f"projects/{self.project}/topics/{name}"
        self.known[whole] = Topic(address)
        return whole

    def watch(self, asked: Asked, owner: str, history: int) -> Mapping[str, Any]:
        """Have a topic told of a mailbox, or told on; it is told at once that it is (doc)."""
        body, name = asked.body, str(asked.body.get("topicName", ""))
        found = _NAME.fullmatch(name)
        if found is None or found[1] != self.project:
            said = f"Invalid topicName does not match projects/{self.project}/topics/*"
            raise wrong(said, "invalidArgument")
        topic = self.known.get(name)
        if topic is None:
            said = f"Error sending test message to Cloud PubSub {name} : Resource not found"
            raise Refusal(404, "notFound", said)
        if PUBLISHER not in topic.publishers:
            said = "User not authorized to perform this action."
            raise Refusal(403, "forbidden", f"Error sending test message to {name} : {said}")
        before = self._standing(owner)
        if before is not None and before.topic != name:
            said = "Only one user push notification client allowed per developer"
            raise wrong(f"{said} (call /stop then try again)", "failedPrecondition")
        behaviour = str(body.get("labelFilterBehavior", "include"))
        if behaviour not in _BEHAVIOURS:
            raise wrong("Invalid labelFilterBehavior", "invalidArgument")
        labels = frozenset(map(str, body.get("labelIds", ())))
        until = self.clock.now() + self.longest
        self.watching[owner] = Watching(name, labels, behaviour == "exclude", until)
        self._tell(owner, topic, history)
        expiration = str((until - _EPOCH) // _A_MILLISECOND)
        return {"historyId": str(history), "expiration": expiration}

    def stop(self, owner: str) -> None:
        """Have nobody told of a mailbox any more."""
        self.watching.pop(owner, None)

    def changed(self, owner: str, labels: Collection[str], history: int) -> None:
        """Tell of something that happened to a message with these labels."""
        standing = self._standing(owner)
        if standing is None:
            return
        is_named = not standing.labels or bool(standing.labels & set(labels))
        if is_named is not standing.excludes:
            self._tell(owner, self.known[standing.topic], history)

    def deliver(self, post: Callable[[str, bytes], int]) -> None:
        """Push what waits, in order; what is not taken waits on."""
        sent, self.waiting = self.waiting, []
        for address, told in sent:
            if post(address, json.dumps(told).encode()) not in _TAKEN:
                self.waiting.append((address, told))

    def message(self, owner: str, history: int) -> Mapping[str, Any]:
        """Give a message as it is pushed, wrapped (doc: "Push subscriptions")."""
        data = json.dumps({"emailAddress": owner, "historyId": history}).encode()
        number = str(next(self._numbers))
        at = f"{self.clock.now():%Y-%m-%dT%H:%M:%S.000Z}"
        return {
            "message": {
                "data": base64.urlsafe_b64encode(data).decode(),
                "messageId": number,
                "message_id": number,
                "publishTime": at,
                "publish_time": at,
            },
            "subscription": f"projects/{self.project}/subscriptions/tsunagu",
        }

    def _standing(self, owner: str) -> Watching | None:
        known = self.watching.get(owner)
        return known if known is not None and known.until > self.clock.now() else None

    def _tell(self, owner: str, topic: Topic, history: int) -> None:
        self.waiting.append((topic.address, self.message(owner, history)))
