"""One calendar on a CalDAV server (RFC 4791): read, put, delete, and what changed in it.

Spoken by hand over httpx: the library of that name brings an HTTP client whose package replaces
`urllib3` for the whole environment (docs/adr/0016). It never follows a redirect with a password.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from worker.domain.meetings import Span

if TYPE_CHECKING:
    import httpx

LARGEST = 10_000_000  # bytes of an answer

_DAV = "{DAV:}"
_CAL = "{urn:ietf:params:xml:ns:caldav}"
_XML = {"Content-Type": 'application/xml; charset="utf-8"'}
_ICS = {"Content-Type": "text/calendar; charset=utf-8"}
_MISSING = 404
_CUT = 507  # insufficient storage: of a list, that it goes on and is not given


@dataclass(frozen=True, slots=True)
class Stored:
    """An object of a calendar: its name, its content, and the tag of that content."""

    name: str
    content: bytes
    etag: str
    is_gone: bool = False


class NoAnswer(Exception):  # noqa: N818 - it is the other side's answer that is missing
    """A server answered with a status that is no success; said by who asked, as an outcome."""

    def __init__(self, status: int, retry_after: str = "", said: bytes = b"") -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.retry_after = retry_after
        self.is_uid_taken = b"no-uid-conflict" in said  # RFC 4791 §5.3.2.1


class NoCalendar(NoAnswer):
    """A server answered, and what it has there is no calendar."""

    def __init__(self) -> None:
        super().__init__(_MISSING)
        self.args = ("the address leads to no calendar",)


class CalDavCalendar:
    """A calendar collection. Every verb is one request; it repeats nothing.

    Raises:
        NoAnswer: The server answered, and it was no success.
        httpx.HTTPError: It did not answer, or broke off.
    """

    def __init__(self, client: "httpx.Client", url: str, user: str, password: str) -> None:
        self._client = client
        self._url = url.rstrip("/") + "/"
        self._auth = (user, password) if user else None

    def is_calendar(self) -> bool:
        """Say whether it is one: a folder of calendars finds nothing in itself, ever."""
        body = '<d:propfind xmlns:d="DAV:"><d:prop><d:resourcetype/></d:prop></d:propfind>'
        answer = self._ask("PROPFIND", self._url, body, {**_XML, "Depth": "0"})
        kinds = _parsed(answer.content).iter(f"{_DAV}resourcetype")
        return any(kind.find(f"{_CAL}calendar") is not None for kind in kinds)

    def within(self, span: Span) -> list[Stored]:
        """Give the objects of which something happens within a stretch of time."""
        body = (
            '<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
            "<d:prop><d:getetag/><c:calendar-data/></d:prop>"
            '<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">'
            f'<c:time-range start="{_stamp(span.start)}" end="{_stamp(span.end)}"/>'
            "</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"
        )
        root = _parsed(self._ask("REPORT", self._url, body, {**_XML, "Depth": "1"}).content)
        if _is_cut(root):
            raise NoAnswer(_CUT)
        return list(_objects_of(root))

    def get(self, name: str) -> Stored | None:
        """Give one object; None where it is certainly not there."""
        try:
            answer = self._ask("GET", self._url + name, "", {})
        except NoAnswer as none:
            if none.status == _MISSING:
                return None
            raise
        return Stored(name, answer.content, answer.etag)

    def put(self, name: str, content: bytes, *, etag: str = "") -> None:
        """Write one object: a new one, or in place of the one with *etag*; else it is a 412."""
        only = {"If-Match": etag} if etag else {"If-None-Match": "*"}
        self._ask("PUT", self._url + name, content, {**_ICS, **only})

    def delete(self, name: str, *, etag: str) -> None:
        """Delete one object as it was read."""
        self._ask("DELETE", self._url + name, "", {"If-Match": etag})

    def changes(self, token: str) -> tuple[list[Stored], str]:
        """Say which objects changed since *token* (RFC 6578), without their content.

        A token that the server does not know any more is a 403, 409 or 507 of its own (§3.2).
        """
        body = (
            '<d:sync-collection xmlns:d="DAV:"><d:sync-token>'
            f"{escape(token)}</d:sync-token><d:sync-level>1</d:sync-level>"
            "<d:prop><d:getetag/></d:prop></d:sync-collection>"
        )
        answer = self._ask("REPORT", self._url, body, {**_XML, "Depth": "0"})
        root = _parsed(answer.content)
        return list(_objects_of(root)), (root.findtext(f"{_DAV}sync-token") or "").strip()

    def _ask(self, method: str, url: str, body: str | bytes, headers: dict[str, str]) -> "_Answer":
        with self._client.stream(
            method, url, content=body, headers=headers, auth=self._auth, follow_redirects=False
        ) as answer:
            if not 200 <= answer.status_code < 300:  # noqa: PLR2004 - RFC 9110 15.3
                said = next(answer.iter_bytes(), b"")
                raise NoAnswer(answer.status_code, answer.headers.get("Retry-After", ""), said)
            content = bytearray()
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > LARGEST:
                    raise NoAnswer(413)
            return _Answer(bytes(content), answer.headers.get("ETag", ""))


@dataclass(frozen=True, slots=True)
class _Answer:
    content: bytes
    etag: str


def _is_cut(root: ET.Element) -> bool:
    """Say whether a server gave only a part: it says so of the collection (RFC 4791 §7.8)."""
    return any(f" {_CUT}" in (one.text or "") for one in root.iter(f"{_DAV}status"))


def _objects_of(root: ET.Element) -> Iterator[Stored]:
    for one in root.iter(f"{_DAV}response"):
        href = unquote(urlsplit(one.findtext(f"{_DAV}href") or "").path)
        name = href.rstrip("/").rpartition("/")[2]
        if href.endswith("/") or not name:
            continue  # the collection itself
        status = one.findtext(f"{_DAV}status") or ""
        content = next((text.text or "" for text in one.iter(f"{_CAL}calendar-data")), "")
        etag = next((text.text or "" for text in one.iter(f"{_DAV}getetag")), "")
        yield Stored(name, content.encode(), etag, is_gone=" 404" in status)


def _parsed(content: bytes) -> ET.Element:
    """Parse a server's XML; one with a document type could grow without end, and none needs it.

    Whatever is no list of what lies there (RFC 4918 §13) is no empty one, but a gateway's page.
    """
    if b"<!DOCTYPE" in content[:4096].upper():
        raise NoAnswer(502)
    try:
        root = ET.fromstring(content)  # noqa: S314 - without a document type
    except ET.ParseError as broken:
        raise NoAnswer(502) from broken
    if root.tag != f"{_DAV}multistatus":
        raise NoAnswer(502)
    return root


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
