"""Hints that something changed: subscriptions of Graph, kept alive, and what they tell.

https://learn.microsoft.com/graph/change-notifications-overview. A hint says where to look, and is
believed no further: whoever asks now and then misses nothing if every one of them is lost. An event
or a mailbox can be watched for at most 10,080 minutes; how long it is, the answer says. It refuses
whatever does not bear the word that was agreed on when the watching began.
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256

from integrations.microsoft.meaning import Kind, Problem
from integrations.microsoft.times import instant, query
from integrations.microsoft.wire import Answer, Call, GraphWire, in_path

LONGEST = timedelta(minutes=10_080)
_MARGIN = timedelta(hours=12)  # before its end a watching is prolonged, or with a third of it left
_MOST = 1_000  # notifications of one request; Graph sends far fewer


@dataclass(frozen=True, slots=True)
class Watching:
    """One subscription, as it is to be written down."""

    id: str
    resource: str  # `users/…/events`
    until: datetime
    begun: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to prolong it."""
        left, whole = self.until - now, self.until - self.begun
        return left <= min(_MARGIN, whole / 3)


class Word(Enum):
    """What a notification says."""

    NEWS = "news"  # look there
    MISSED = "missed"  # look there: notifications were lost
    ENDED = "subscriptionRemoved"  # watch anew, and look there
    PROLONG = "reauthorizationRequired"  # prolong it now, or it ends


@dataclass(frozen=True, slots=True)
class Hint:
    """One notification: what it says, and of which watching."""

    word: Word
    watching: Watching


class Watcher:
    """Keeps subscriptions, whose notifications come to two https addresses of ours."""

    def __init__(self, wire: GraphWire, *, address: str, lifecycle: str, secret: bytes) -> None:
        """*lifecycle* is told of the subscriptions themselves; *secret* never leaves us."""
        self._wire = wire
        self._address = address
        self._lifecycle = lifecycle
        self._secret = secret

    def watch(self, mailbox: str, what: str, now: datetime) -> Watching | Problem:
        """Begin to watch *what* (`events`, `mailFolders('inbox')/messages`) of a mailbox.

        Graph asks our address for an echo before it answers.
        """
        resource = f"users/{in_path(mailbox)}/{what}"
        body = {
            "changeType": "created,updated,deleted",
            "notificationUrl": self._address,
            "lifecycleNotificationUrl": self._lifecycle,  # cannot be given later
            "resource": resource,
            "expirationDateTime": query(now + LONGEST),
            "clientState": agreed_word(self._secret, resource),
        }
        answer = self._wire.ask(Call("POST", "/subscriptions", mailbox.lower(), body=body))
        return _watching(answer, resource, now)

    def prolong(self, watching: Watching, now: datetime) -> Watching | Problem:
        """Watch on, for as long as may be; one that ended is a `Problem` of the kind GONE."""
        body = {"expirationDateTime": query(now + LONGEST)}
        path = f"/subscriptions/{in_path(watching.id)}"
        answer = self._wire.ask(Call("PATCH", path, _mailbox(watching), body=body))
        return _watching(answer, watching.resource, now)

    def end(self, watching: Watching) -> Problem | None:
        """Watch no more."""
        path = f"/subscriptions/{in_path(watching.id)}"
        answer = self._wire.ask(Call("DELETE", path, _mailbox(watching)))
        if isinstance(answer, Problem) and answer.kind is not Kind.GONE:
            return answer
        return None

    def kept(self, watching: Watching, now: datetime) -> Watching | Problem:
        """Give it as it stands, prolonged or begun anew where that is due."""
        if not watching.is_due(now):
            return watching
        longer = self.prolong(watching, now)
        if isinstance(longer, Problem) and longer.kind is Kind.GONE:
            _, mailbox, what = watching.resource.split("/", 2)
            return self.watch(mailbox, what, now)
        return replace(longer, begun=now) if isinstance(longer, Watching) else longer

    def hints(self, body: bytes, watchings: Iterable[Watching]) -> list[Hint]:
        """Read what came to one of our addresses; what does not bear our word is nobody's.

        A notification names things by ids that only Graph knows, and its subscription by ours.
        """
        known = {one.id: one for one in watchings}
        found: list[Hint] = []
        for one in _notifications(body):
            watching = known.get(str(one.get("subscriptionId", "")))
            if watching is None:
                continue
            agreed = agreed_word(self._secret, watching.resource)
            told = str(one.get("clientState", ""))
            if not hmac.compare_digest(agreed.encode(), told.encode()):
                continue
            lifecycle = str(one.get("lifecycleEvent", ""))
            word = next((word for word in Word if word.value == lifecycle), Word.NEWS)
            if Hint(word, watching) not in found:
                found.append(Hint(word, watching))
        return found


def _notifications(body: bytes) -> list[Mapping[str, object]]:
    try:
        said = json.loads(body)
    except ValueError:
        return []
    listed = said.get("value") if isinstance(said, dict) else None
    some = listed[:_MOST] if isinstance(listed, list) else []
    return [one for one in some if isinstance(one, dict)]


def echo(query_of_request: Mapping[str, str]) -> str | None:
    """Give what Graph wants to hear before it believes that an address is ours; None: no question.

    It is to be given back as text/plain within ten seconds.
    """
    return query_of_request.get("validationToken")


def agreed_word(secret: bytes, resource: str) -> str:
    """Give what every notification about a resource has to bear.

    >>> len(agreed_word(b"s", "users/a/events")) <= 128
    True
    """
    return hmac.new(secret, resource.casefold().encode(), sha256).hexdigest()


def _mailbox(watching: Watching) -> str:
    return watching.resource.split("/")[1].lower()


def _watching(answer: Answer | Problem, resource: str, now: datetime) -> Watching | Problem:
    if isinstance(answer, Problem):
        return answer
    until = instant(answer.body.get("expirationDateTime"))
    id_ = answer.body.get("id")
    if until is None or not isinstance(id_, str):
        return Problem(Kind.BROKEN, "a subscription without a name or an end")
    return Watching(id_, resource, until, now)
