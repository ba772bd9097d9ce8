"""Google Calendar tells us that something changed: channels, and what comes over them.

A channel (https://developers.google.com/workspace/calendar/api/guides/push) cannot be prolonged:
a new one is opened under a new name before the old one ends, and the old one is stopped. A
notification has headers and no body; it says that something changed in a calendar, never what.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.google.line import GoogleLine, GoogleSignIn
from integrations.google.reasons import GoogleSays, Meaning, trouble_of
from worker.ports import BookTrouble, Clock, Hint, Knock, Trouble, Watch, WatchWish

LONGEST = timedelta(days=7)
_BEGINNING = "sync"  # the first notification of a channel: that it is open


class GoogleHints:
    """`HintSource` of Google. `sign_in` may be shared with any number of books."""

    def __init__(self, sign_in: GoogleSignIn, clock: Clock) -> None:
        self._line = GoogleLine(sign_in, clock)

    def watch(
        self,
        what: str,
        wish: WatchWish,
        known: Watch | None = None,  # noqa: ARG002 - it stands until it is ended
    ) -> Watch | BookTrouble:
        """Open a channel."""
        body = {
            "id": wish.name,
            "type": "web_hook",
            "address": wish.address,
            "token": wish.word,
            "params": {"ttl": str(int(LONGEST.total_seconds()))},
        }
        try:
            told = self._line.ask(self._calendar().events().watch(calendarId=what, body=body), what)
        except GoogleSays as said:
            return trouble_of(said.problem)
        resource, expiration = told.get("resourceId"), str(told.get("expiration", ""))
        if not isinstance(resource, str) or not expiration.isdecimal():
            return BookTrouble(Trouble.MAILBOX, "a channel without a resource or an end")
        until = datetime.fromtimestamp(int(expiration) // 1000, UTC)
        return Watch(wish.name, resource, until)

    def end(self, what: str, known: Watch) -> BookTrouble | None:
        """Stop a channel."""
        body = {"id": known.id, "resourceId": known.resource}
        try:
            self._line.ask(self._calendar().channels().stop(body=body), what)
        except GoogleSays as said:
            if said.problem.meaning in (Meaning.MISSING, Meaning.GONE):
                return None
            return trouble_of(said.problem)
        return None

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def _calendar(self) -> Any:  # noqa: ANN401 - made at run time from Google's document
        return self._line.service("calendar", "v3", "/calendar/v3/")


def read_google(knock: Knock) -> tuple[Hint, ...]:
    """Read a notification; that a channel is open is no news of its calendar.

    >>> told = {"x-goog-channel-id": "a", "x-goog-resource-state": "exists"}
    >>> [one.watch for one in read_google(Knock({}, told, b""))]
    ['a']
    """
    headers = knock.headers
    channel, state = headers.get("x-goog-channel-id", ""), headers.get("x-goog-resource-state", "")
    if not channel or not state or state == _BEGINNING:
        return ()
    return (Hint(channel, headers.get("x-goog-channel-token", "")),)
