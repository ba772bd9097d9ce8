"""Who wants to be told of what (https://learn.microsoft.com/graph/api/resources/subscription).

An address is believed once it gives back a word as text/plain. What is to be told waits until
somebody delivers it: a test may double, delay, lose or reorder it first, as the network does.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import unquote

from integrations.localgraph import clockwork, schema
from integrations.localgraph.replies import Asked, Declined, Reply, bad, error, not_found

_FAILED = 500
_LONGEST = timedelta(minutes=10_080)
_SHORTEST = timedelta(minutes=45)  # what is asked for below that is raised to it
_CHANGES = frozenset({"created", "updated", "deleted"})
_RESOURCE = re.compile(
    r"users/[^/]+/(events|messages|mailFolders\('[^'/]+'\)/messages)", re.IGNORECASE
)
_TOKEN = "Validation: Testing client application reachability, 100%"  # noqa: S105 - a word to echo


@dataclass(frozen=True, slots=True)
class Subscription:
    """One that stands."""

    id: str
    resource: str
    address: str
    lifecycle: str
    word: str  # clientState
    until: datetime
    change: str  # changeType


@dataclass
class Subscriptions:
    """All that stand. `reach` asks an address for the echo of a word."""

    now: Callable[[], datetime]
    reach: Callable[[str, str], str] = lambda _address, _word: ""
    standing: dict[str, Subscription] = field(default_factory=dict)
    waiting: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)  # to which address

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def answer(self, asked: Asked, parts: list[str]) -> Reply:
        """Answer what is asked of /subscriptions."""
        match (asked.method, parts):
            case ("POST", []):
                return self._begin(asked)
            case ("PATCH", [id_]):
                return self._prolong(self._found(id_), asked)
            case ("DELETE", [id_]):
                del self.standing[self._found(id_).id]
                return Reply(204)
            case _:
                return not_found()

    def changed(self, owner: str) -> None:
        """Tell everybody who watches somebody's events."""
        self._tell(f"users/{owner}/events", "updated")

    def arrived(self, owner: str, folder: str) -> None:
        """Tell everybody who watches a folder of somebody's mail of what came into it."""
        self._tell(f"users/{owner}/mailfolders('{folder}')/messages", "created")
        self._tell(f"users/{owner}/messages", "created")

    def _tell(self, resource: str, change: str) -> None:
        for one in self.standing.values():
            is_it = unquote(one.resource).lower() == resource and change in one.change.split(",")
            if one.until > self.now() and is_it:
                self.waiting.append((one.address, self.notification(one.id)))

    def lives(self, id_: str, event: str) -> None:
        """Tell how a subscription itself fares, in a word of `lifecycleEventType`."""
        one = self.standing[id_]
        self.waiting.append((one.lifecycle, self.notification(id_, lifecycleEvent=event)))

    def deliver(self, post: Callable[[str, bytes], int]) -> None:
        """Send what waits, in order; what is not taken waits on."""
        sent, self.waiting = self.waiting, []
        for address, told in sent:
            if post(address, json.dumps({"value": [told]}).encode()) >= _FAILED:
                self.waiting.append((address, told))

    def notification(self, id_: str, **more: str) -> Mapping[str, Any]:
        """Give one notification as it is POSTed, with a word for its life (`lifecycleEvent`)."""
        one = self.standing[id_]
        is_mail = one.resource.endswith("/messages")
        kind = "Messages" if is_mail else "Events"
        return {
            "subscriptionId": id_,
            "subscriptionExpirationDateTime": clockwork.offset(one.until),
            "clientState": one.word,
            "changeType": "created" if is_mail else "updated",
            "resource": f"Users/622eaaff-0683-4862-9de4-f2ec83c2bd98/{kind}/AAkALgAA",
            "tenantId": "11111111-2222-3333-4444-555555555555",
            **more,
        }

    def _found(self, id_: str) -> Subscription:
        one = self.standing.get(id_)
        if one is None or one.until <= self.now():
            raise Declined(not_found())
        return one

    def _begin(self, asked: Asked) -> Reply:
        body = _checked(schema.check_new, asked.body)
        for needed in ("changeType", "notificationUrl", "resource", "expirationDateTime"):
            if not body.get(needed):
                raise Declined(bad(f"'{needed}' is missing.", "ValidationError"))
        if len(str(body.get("clientState", ""))) > 128:  # noqa: PLR2004 - the page's own number
            raise Declined(bad("clientState is longer than 128 characters.", "ValidationError"))
        if not _RESOURCE.fullmatch(unquote(str(body["resource"]))):
            raise Declined(bad("Resource is not supported.", "ExtensionError"))
        if not set(str(body["changeType"]).split(",")) <= _CHANGES:
            raise Declined(bad("changeType is not supported.", "ValidationError"))
        addresses = [str(body["notificationUrl"]), str(body.get("lifecycleNotificationUrl", ""))]
        self._believe(*filter(None, addresses))
        new = Subscription(
            f"00000000-0000-0000-0000-{next(self._numbers):012d}",
            str(body["resource"]),
            addresses[0],
            addresses[1],
            str(body.get("clientState", "")),
            self._until(body),
            str(body["changeType"]),
        )
        self.standing[new.id] = new
        return Reply(201, _rendered(new))

    def _prolong(self, one: Subscription, asked: Asked) -> Reply:
        body = _checked(schema.check_update, asked.body)
        address = str(body.get("notificationUrl", one.address))
        if "notificationUrl" in body:
            self._believe(address)
        longer = replace(one, until=self._until(body), address=address)
        self.standing[one.id] = longer
        return Reply(200, _rendered(longer))

    def _believe(self, *addresses: str) -> None:
        """Ask addresses for an echo."""
        for address in addresses:
            if not address.startswith("https://") or self.reach(address, _TOKEN) != _TOKEN:
                said = "Subscription validation request failed."
                raise Declined(error(400, "ValidationError", said))

    def _until(self, body: Mapping[str, Any]) -> datetime:
        wished = clockwork.bound(str(body["expirationDateTime"]))
        if wished - self.now() > _LONGEST:
            said = "Subscription expiration can only be 10080 minutes in the future."
            raise Declined(bad(said, "ValidationError"))
        return max(wished, self.now() + _SHORTEST)


def _rendered(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.id,
        "resource": one.resource,
        "changeType": one.change,
        "notificationUrl": one.address,
        "expirationDateTime": clockwork.offset(one.until),
        "clientState": None,
    }


def _checked(check: Callable[[str, object], None], body: object) -> dict[str, Any]:
    try:
        check("subscription", body)
    except schema.Misspelt as problem:
        raise Declined(bad(str(problem), "ValidationError")) from None
    return body if isinstance(body, dict) else {}
