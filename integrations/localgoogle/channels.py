"""Channels: who is told that something changed in a calendar (doc: "Push notifications").

What is to be told waits in `waiting`, in order, until somebody delivers it: a test may double,
delay, lose or reorder it first, as the network does.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from integrations.localgoogle.asked import Asked
from integrations.localgoogle.refusals import Refusal, wrong
from worker.ports import Clock

LONGEST = timedelta(days=7)

_NAME = re.compile(r"[A-Za-z0-9\-_+/=]{1,64}")
_LONGEST_TOKEN = 256
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_MILLISECOND = timedelta(milliseconds=1)
_FAILED = 500


@dataclass(frozen=True, slots=True)
class Channel:
    """One that is open, or was."""

    id: str
    owner: str  # whose calendar it is about
    resource: str
    address: str
    token: str
    until: datetime
    told: int = 0  # how many notifications went out


@dataclass(frozen=True, slots=True)
class Notification:
    """One request to somebody's address. Its body is empty."""

    address: str
    headers: Mapping[str, str]


class Channels:
    """Every channel of the project."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.longest = LONGEST  # that is granted
        self.refusal: Refusal | None = None  # of every new channel
        self.known: dict[str, Channel] = {}
        self.waiting: list[Notification] = []

    @property
    def open(self) -> list[Channel]:
        """Give those that have not ended."""
        now = self._clock.now()
        return [one for one in self.known.values() if one.until > now]

    def begin(self, asked: Asked, owner: str) -> Mapping[str, Any]:
        """Open a channel; its first notification says so."""
        if self.refusal is not None:
            raise self.refusal
        body = asked.body
        id_, address, token = (str(body.get(name, "")) for name in ("id", "address", "token"))
        if not _NAME.fullmatch(id_):
            raise wrong("Channel id must match [A-Za-z0-9\\-_\\+/=]+", "invalid")
        if id_ in self.known:  # used once, it is used up (assumed: also after its end)
            raise wrong(f"Channel id {id_} not unique", "channelIdNotUnique")
        if body.get("type") not in ("web_hook", "webhook"):
            raise wrong("Unknown channel type", "invalid")
        if not address.startswith("https://"):
            said = f"WebHook callback must be HTTPS: {address}"
            raise wrong(said, "push.webhookUrlNotHttps")
        if len(token) > _LONGEST_TOKEN:
            raise wrong("Channel token is too long", "invalid")
        new = Channel(id_, owner, f"resource-{owner}", address, token, self._until(body))
        self.known[id_] = new
        self._tell(new, "sync")
        told = {
            "kind": "api#channel",
            "id": new.id,
            "resourceId": new.resource,
            "resourceUri": _uri(new),
            "expiration": str((new.until - _EPOCH) // _A_MILLISECOND),
        }
        return {**told, "token": token} if token else told

    def stop(self, asked: Asked) -> None:
        """Close a channel; whoever closes it names its resource, too."""
        id_, resource = str(asked.body.get("id", "")), str(asked.body.get("resourceId", ""))
        standing = {one.id: one for one in self.open}
        if id_ not in standing or standing[id_].resource != resource:
            raise Refusal(404, "notFound", f"Channel '{id_}' not found for project '1'")
        self.known[id_] = replace(standing[id_], until=self._clock.now())

    def changed(self, owner: str) -> None:
        """Tell everybody who watches a calendar."""
        for one in self.open:
            if one.owner == owner:
                self._tell(one, "exists")

    def deliver(self, post: Callable[[str, Mapping[str, str]], int]) -> None:
        """Send what waits, in order; what is not taken waits on (doc: retries after a 5xx)."""
        sent, self.waiting = self.waiting, []
        self.waiting += [one for one in sent if post(one.address, one.headers) >= _FAILED]

    def _until(self, body: Mapping[str, Any]) -> datetime:
        """Grant as much as is asked for, and never more than there is."""
        now = self._clock.now()
        asked = now + self.longest
        ttl = body.get("params", {}).get("ttl", "")
        if ttl:
            if not ttl.isdecimal():
                raise wrong("Invalid ttl", "invalid")
            asked = now + timedelta(seconds=int(ttl))
        if "expiration" in body:
            asked = _EPOCH + int(body["expiration"]) * _A_MILLISECOND
        return min(asked, now + self.longest)

    def _tell(self, channel: Channel, state: str) -> None:
        now = replace(self.known[channel.id], told=self.known[channel.id].told + 1)
        self.known[channel.id] = now
        headers = {
            "X-Goog-Channel-ID": now.id,
            "X-Goog-Channel-Expiration": format_datetime(now.until, usegmt=True),
            "X-Goog-Resource-ID": now.resource,
            "X-Goog-Resource-URI": _uri(now),
            "X-Goog-Resource-State": state,
            "X-Goog-Message-Number": str(now.told),
        }
        if now.token:
            headers["X-Goog-Channel-Token"] = now.token
        self.waiting.append(Notification(now.address, headers))


def _uri(channel: Channel) -> str:
    return f"https://www.googleapis.com/calendar/v3/calendars/{channel.owner}/events?alt=json"
