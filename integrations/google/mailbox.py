"""What we ask of one mailbox at Gmail: every call once, and what is read out of its answer.

Costs in quota units stand beside each (projects made since May 2026, "Usage limits").
"""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.google.line import GoogleLine, GoogleSignIn
from integrations.google.reasons import GoogleSays, Meaning, Problem
from worker.ports import Clock

# The least that is needed: drafts are made and sent, and mail is read; nothing is ever changed.
SCOPES = (
    "https://www.googleapis.com/auth/gmail.compose",
    "https://www.googleapis.com/auth/gmail.readonly",
)

UNITS = 6_000  # that a person may spend in a minute, over every application's workers

Spend = Callable[[int], timedelta | None]

_PAGE = 500
_PAGES = 1_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, and the thread and the message it is; sent, it stays in its thread."""

    id: str
    thread: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as Gmail shows it."""

    id: str
    labels: frozenset[str]
    at: datetime | None  # when it came
    headers: Mapping[str, str]  # by name in lower case, as far as asked for
    raw: bytes = b""
    thread: str = ""


class Gmail:
    """One mailbox. Used by one thread at a time. Every call raises `GoogleSays` in its way.

    *spend* is asked before every call for the units that it costs, and says how long to wait where
    they are not there: then nothing is asked of Gmail.
    """

    def __init__(
        self, sign_in: GoogleSignIn, mailbox: str, clock: Clock, spend: Spend | None = None
    ) -> None:
        self._line = GoogleLine(sign_in, clock)
        self._mailbox = mailbox
        self._spend = spend

    def draft(self, raw: bytes) -> Draft:
        """Keep a draft of these very octets (10)."""
        body = {"message": {"raw": base64.urlsafe_b64encode(raw).decode()}}
        told = self._ask(self._users().drafts().create(userId=self._mailbox, body=body), 10)
        if not told.get("id"):
            raise GoogleSays(Problem(Meaning.LOST, "an answer that names no draft"))
        return _draft(told)

    def send(self, draft: Draft) -> str:
        """Send a draft, which is gone then (100); gives the message's id."""
        request = self._users().drafts().send(userId=self._mailbox, body={"id": draft.id})
        return str(self._ask(request, 100).get("id", ""))

    def discard(self, draft_id: str) -> None:
        """Delete a draft for good (10): whoever succeeds knows that it will never be sent."""
        self._ask(self._users().drafts().delete(userId=self._mailbox, id=draft_id), 10)

    def drafts(self, query: str = "") -> Iterator[Draft]:
        """Give drafts (5 a page)."""
        for page in self._pages(self._users().drafts(), q=query or None):
            for one in page.get("drafts", ()):
                yield _draft(one)

    def thread(self, id_: str, headers: Sequence[str]) -> list[Shown]:
        """Show the messages of a thread; not by the search, which lags behind (40)."""
        told = self._ask(
            self._users()
            .threads()
            .get(userId=self._mailbox, id=id_, format="metadata", metadataHeaders=list(headers)),
            40,
        )
        return [_shown(one) for one in told.get("messages", ())]

    def message(self, id_: str, headers: Sequence[str] = ()) -> Shown:
        """Show a message: some of its headers, or the whole of it (20)."""
        messages = self._users().messages()
        if headers:
            request = messages.get(
                userId=self._mailbox, id=id_, format="metadata", metadataHeaders=list(headers)
            )
        else:
            request = messages.get(userId=self._mailbox, id=id_, format="raw")
        return _shown(self._ask(request, 20))

    def search(self, query: str, label: str, *, most: int | None = None) -> Iterator[str]:
        """Give the ids of messages, newest first (5 a page); *most* ends the first page early."""
        pages = self._pages(
            self._users().messages(),
            most=most,
            q=query or None,
            labelIds=[label],
            includeSpamTrash=True,
        )
        for page in pages:
            for one in page.get("messages", ()):
                yield str(one["id"])

    def now(self) -> int:
        """Say how far the history goes (1)."""
        return int(self._ask(self._users().getProfile(userId=self._mailbox), 1)["historyId"])

    def history(self, since: int, label: str, page: str = "") -> Mapping[str, Any]:
        """Give one page of what came under a label (2)."""
        return self._ask(
            self._users()
            .history()
            .list(
                userId=self._mailbox,
                startHistoryId=str(since),
                labelId=label,
                historyTypes=["messageAdded", "labelAdded"],
                maxResults=_PAGE,
                pageToken=page or None,
            ),
            2,
        )

    def address(self) -> str:
        """Say by which address Gmail knows the mailbox, whatever we call it (1)."""
        told = self._ask(self._users().getProfile(userId=self._mailbox), 1)
        return str(told.get("emailAddress", ""))

    def watch(self, topic: str, labels: Sequence[str]) -> datetime | None:
        """Have a topic told of what comes under some labels (100), until when Gmail says."""
        body = {
            "topicName": topic,
            "labelIds": list(labels),
            "labelFilterBehavior": "include",
        }
        told = self._ask(self._users().watch(userId=self._mailbox, body=body), 100)
        until = str(told.get("expiration", ""))
        return datetime.fromtimestamp(int(until) // 1000, UTC) if until.isdecimal() else None

    def unwatch(self) -> None:
        """Have no topic told any more (50); so it is also where none was."""
        self._ask(self._users().stop(userId=self._mailbox), 50)

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def _users(self) -> Any:  # noqa: ANN401 - made at run time from Google's document
        return self._line.service("gmail", "v1", "/").users()

    def _ask(self, request: Any, units: int) -> Mapping[str, Any]:  # noqa: ANN401 - as above
        wait = self._spend(units) if self._spend is not None else None
        if wait is not None:
            raise GoogleSays(Problem(Meaning.PAUSE, "this minute's quota units are spent", wait))
        return self._line.ask(request, self._mailbox)

    def _pages(
        self,
        resource: Any,  # noqa: ANN401 - as above
        *,
        most: int | None = None,
        **how: object,
    ) -> Iterator[Mapping[str, Any]]:
        page_token = None
        for _ in range(_PAGES):
            page = self._ask(
                resource.list(
                    userId=self._mailbox, maxResults=most or _PAGE, pageToken=page_token, **how
                ),
                5,
            )
            yield page
            page_token = page.get("nextPageToken")
            if not page_token:
                return
        raise GoogleSays(Problem(Meaning.WRONG, f"a listing of more than {_PAGES} pages"))


def _draft(told: Mapping[str, Any]) -> Draft:
    message = told.get("message") or {}
    thread, id_ = str(message.get("threadId", "")), str(message.get("id", ""))
    return Draft(str(told["id"]), thread, id_)


def _shown(told: Mapping[str, Any]) -> Shown:
    headers = (told.get("payload") or {}).get("headers", ())
    at = told.get("internalDate")
    return Shown(
        str(told.get("id", "")),
        frozenset(map(str, told.get("labelIds", ()))),
        datetime.fromtimestamp(int(at) / 1000, UTC) if at else None,
        {str(one["name"]).lower(): str(one["value"]) for one in headers},
        base64.urlsafe_b64decode(told.get("raw", "")),
        str(told.get("threadId", "")),
    )
