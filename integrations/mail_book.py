"""Calendars of people who are at neither Google nor Microsoft: a `CalendarBook` for `mail`.

When somebody is taken is read from what they gave: the address of a calendar file (ICS), or a
CalDAV calendar. Who gave neither is `NO_CALENDAR`: whether somebody is met by their working hours
alone, as candidates are, is for the engine to decide.

It sends no mail. Invitations are mails of their own (`integrations.ics`), journaled by the engine:
after `book`, `change` and `cancel` are `Done` it journals one for each guest, and one for the
organiser. Where the organiser gave a CalDAV calendar, a copy of the event is kept in it, so that it
can be seen there, moved and deleted, and `see` and `changes` tell of that. Elsewhere there is only
the mail, and the event stands as it was invited.

What this cannot promise, and the journal must: CalDAV does not remember what was deleted, so that
`book` of a deleted event makes it again; and a change in the same moment is noticed (ETag) only
where a copy is kept.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from integrations.caldav import LARGEST, CalDavCalendar, NoAnswer, NoCalendar
from integrations.http import outcome_of_failure, outcome_of_status, wait_of
from integrations.ics_busy import taken_in
from integrations.ics_copy import SUFFIX, copy_of, entry_of, joined, key_of
from worker.domain.meetings import (
    NO_CALENDAR,
    Busy,
    Entry,
    Invitation,
    Said,
    Span,
    Unknown,
    merged,
)
from worker.domain.outcomes import Done, Later, Outcome, Refused, Scope
from worker.ports import BookTrouble, Changed, Clock, Seen, Trouble

if TYPE_CHECKING:
    import httpx

_T = TypeVar("_T")

_PATIENCE = 20.0  # seconds to connect, and between two pieces of an answer
_NEAR = ("127.0.0.1", "localhost", "::1")  # over plain HTTP nobody else may hear a password
_EXPIRED = frozenset({403, 409, 507})  # of a sync-token (RFC 6578 §3.2); 403 is also a refusal
_TOO_MANY, _AWAY, _SERVER = 429, 503, 500  # RFC 6585 4, RFC 9110 15.6
_NO_CALENDAR = frozenset(
    {404, 405, 409, 410}
)  # of a PUT: what it lies in is missing (RFC 4918 9.7)
_PERMANENT = frozenset({401, 403, 404, 410})


@dataclass(frozen=True, slots=True)
class CalendarAddress:
    """Where somebody's calendar is to be read."""

    url: str  # of an ICS file, or of a CalDAV collection
    user: str = ""
    password: str = ""
    is_caldav: bool = False
    timezone: str = "Asia/Tokyo"  # the owner's: of whole days, and of times without a zone


@dataclass(frozen=True, slots=True)
class _Known:
    """A file as it was read last."""

    etag: str
    content: bytes


class MailBook:
    """Reads what people gave, and keeps copies where it may."""

    def __init__(
        self,
        calendar_of: Callable[[str], CalendarAddress | None],
        domain: str,
        *,
        clock: Clock,
        transport: "httpx.BaseTransport | None" = None,
    ) -> None:
        self._calendar_of = calendar_of
        self._domain = domain.lower()
        self._clock = clock
        self._transport = transport
        self._client: httpx.Client | None = None
        self._files: dict[str, _Known] = {}
        self._calendars: set[str] = set()  # addresses that were seen to be calendars

    # --- when people are taken -----------------------------------------------------------------

    def busy(
        self, addresses: Sequence[str], within: Span, *, leaving_out: Collection[str] = ()
    ) -> Mapping[str, Busy | Unknown]:
        """Say when people are taken, one calendar after the other."""
        return {address: self._busy(address, within, leaving_out) for address in addresses}

    def _busy(self, address: str, within: Span, leaving_out: Collection[str]) -> Busy | Unknown:
        spans = self._taken(address, within, leaving_out)
        if isinstance(spans, Unknown):
            return spans
        kept = (Span(max(one.start, within.start), min(one.end, within.end)) for one in spans)
        return Busy(merged(one for one in kept if one.start < one.end))

    def _taken(
        self, address: str, within: Span, leaving_out: Collection[str]
    ) -> list[Span] | Unknown:
        """Give everything that takes somebody's time, each as it is."""
        import httpx  # noqa: PLC0415 - a sixth of a second that only callers pay

        where = self._calendar_of(address)
        if where is None:
            return NO_CALENDAR
        if not _is_safe(where.url):
            return Unknown("the calendar's address must begin with https", is_permanent=True)
        try:
            contents = self._objects(where, within) if where.is_caldav else [self._file(where)]
        except NoAnswer as none:
            wait = wait_of(none.retry_after, self._clock.now())
            return Unknown(str(none), is_permanent=none.status in _PERMANENT, wait=wait)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as lost:
            is_no_address = isinstance(lost, httpx.InvalidURL | UnicodeError)
            return Unknown(type(lost).__name__, is_permanent=is_no_address)
        spans: list[Span] = []
        for content in contents:
            told = taken_in(
                content, within, timezone=where.timezone, owner=address, leaving_out=leaving_out
            )
            if isinstance(told, Unknown):
                return told
            spans += told
        return spans

    def _objects(self, where: CalendarAddress, within: Span) -> list[bytes]:
        """Read what lies in a CalDAV calendar; in a folder of calendars nobody is ever busy."""
        dav = self._dav(where)
        if where.url not in self._calendars and not dav.is_calendar():
            raise NoCalendar
        self._calendars.add(where.url)
        return [one.content for one in dav.within(within)]

    def _file(self, where: CalendarAddress) -> bytes:
        """Read a file, or learn that it is what was read before."""
        known = self._files.get(where.url)
        headers = {"If-None-Match": known.etag} if known is not None and known.etag else {}
        auth = (where.user, where.password) if where.user else None
        url = "https" + where.url[len("webcal") :] if where.url.startswith("webcal:") else where.url
        with self._http().stream("GET", url, headers=headers, auth=auth) as answer:
            if answer.status_code == 304 and known is not None:  # noqa: PLR2004 - RFC 9110 15.4.5
                return known.content
            if not 200 <= answer.status_code < 300:  # noqa: PLR2004 - RFC 9110 15.3
                raise NoAnswer(answer.status_code, answer.headers.get("Retry-After", ""))
            content = bytearray()
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > LARGEST:
                    raise NoAnswer(413)
            etag = answer.headers.get("ETag", "")
        self._files[where.url] = _Known(etag, bytes(content))
        return bytes(content)

    # --- our copies ----------------------------------------------------------------------------

    def book(self, invitation: Invitation) -> Outcome:
        """Keep a copy, where the organiser gave a calendar for it."""
        dav = self._copies(invitation.organiser.address)
        if dav is None:
            return Done(invitation.event_key)
        name = _file_of(invitation.event_key)
        content = copy_of(invitation, self._domain, at=self._clock.now())

        def write() -> Outcome:
            try:
                dav.put(name, content)
            except NoAnswer as none:
                if none.status != 412:  # noqa: PLR2004 - there is one already: ours, by its name
                    raise
            return Done(invitation.event_key)

        return self._outcome(write)

    def see(self, invitation: Invitation, ref: str = "") -> Seen | BookTrouble:
        """Look at the copy; without one, the event stands as it was invited."""
        organiser, key = invitation.organiser.address, ref or invitation.event_key
        dav = self._copies(organiser)
        if dav is None:
            guests = {guest.address.lower(): Said() for guest in invitation.guests}
            return Seen(
                Entry(
                    ref=key,
                    organiser=organiser,
                    when=invitation.when,
                    event_key=invitation.event_key,
                    revision=invitation.revision,
                    title=invitation.title,
                    place=invitation.place,
                    said=guests,
                ),
                self._clashes(invitation.when, organiser, key),
            )
        found = self._asked(lambda: dav.get(_file_of(key)))
        if isinstance(found, BookTrouble):
            return found
        entry = entry_of(found, organiser) if found is not None else None
        when = entry.when if entry is not None else invitation.when
        return Seen(entry, self._clashes(when, organiser, key))

    def _clashes(self, when: Span | None, organiser: str, key: str) -> tuple[Span, ...]:
        """Say what else lies in a time, in whole: as far as the organiser's calendar tells."""
        if when is None or self._calendar_of(organiser) is None:
            return ()
        told = self._taken(organiser, when, (key,))
        spans = [] if isinstance(told, Unknown) else told
        return merged(one for one in spans if one.start < when.end and when.start < one.end)

    def change(self, invitation: Invitation, ref: str, *, stands: Span | None = None) -> Outcome:
        """Bring the copy to what *invitation* says."""
        dav = self._copies(invitation.organiser.address)
        if dav is None:
            return Done(ref)

        found = self._asked(lambda: dav.get(_file_of(ref)))
        if isinstance(found, BookTrouble):
            return _not_done(found)
        if found is None:
            return Refused("the event is gone")

        entry = entry_of(found, invitation.organiser.address)
        if entry.revision >= invitation.revision and entry.when == invitation.when:
            return Done(ref)
        if stands is not None and entry.when != stands:
            return Later("somebody has moved the event")
        content = joined(found.content, invitation, self._domain, at=self._clock.now())
        etag = found.etag

        def write() -> Outcome:
            try:
                dav.put(_file_of(ref), content, etag=etag)
            except NoAnswer as none:
                if none.status != 412:  # noqa: PLR2004 - RFC 9110 15.5.13
                    raise
                return Later("somebody changed the event in the same moment")
            return Done(ref)

        return self._outcome(write)

    def cancel(self, invitation: Invitation, ref: str, *, note: str = "") -> Outcome:  # noqa: ARG002 - goes with the mail
        """Take the copy away; the mail takes *note*."""
        dav = self._copies(invitation.organiser.address)
        if dav is None:
            return Done(ref)

        found = self._asked(lambda: dav.get(_file_of(ref)))
        if isinstance(found, BookTrouble):
            return _not_done(found)
        if found is None:
            return Done(ref)
        etag = found.etag

        def write() -> Outcome:
            try:
                dav.delete(_file_of(ref), etag=etag)
            except NoAnswer as none:
                if none.status == 412:  # noqa: PLR2004 - RFC 9110 15.5.13
                    return Later("somebody changed the event in the same moment")
                if none.status != 404:  # noqa: PLR2004 - gone meanwhile
                    raise
            return Done(ref)

        return self._outcome(write)

    def changes(self, organiser: str, cursor: str) -> Changed | BookTrouble:
        """Say what became of our copies; where there are none, nothing ever does."""
        dav = self._copies(organiser)
        if dav is None:
            return Changed((), "mail", is_anew=not cursor)
        return self._asked(lambda: self._read(dav, organiser, cursor))

    def _read(self, dav: CalDavCalendar, organiser: str, cursor: str) -> Changed:
        try:
            told, token = dav.changes(cursor)
        except NoAnswer as none:
            if not cursor or none.status not in _EXPIRED:
                raise
            told, token = dav.changes("")
            cursor = ""
        ours = [one for one in told if key_of(one)]
        entries = [
            Entry(key_of(one), organiser, None, is_cancelled=True, event_key=key_of(one))
            for one in ours
            if one.is_gone
        ]
        for one in ours:
            found = None if one.is_gone else dav.get(one.name)
            if found is not None:
                entries.append(entry_of(found, organiser))
        if not cursor:
            entries = [one for one in entries if not one.is_cancelled]
        return Changed(tuple(entries), token, is_anew=not cursor)

    def close(self) -> None:
        """Say goodbye. Who asks again connects anew."""
        if self._client is not None:
            self._client.close()
            self._client = None

    # --- the line ------------------------------------------------------------------------------

    def _http(self) -> "httpx.Client":
        import httpx  # noqa: PLC0415 - as above

        if self._client is None:
            self._client = httpx.Client(
                timeout=_PATIENCE,
                transport=self._transport,
                follow_redirects=True,
                max_redirects=3,
                headers={"User-Agent": "tsunagu"},
                event_hooks={"request": [_refuse_what_is_unsafe]},
            )
        return self._client

    def _dav(self, where: CalendarAddress) -> CalDavCalendar:
        return CalDavCalendar(self._http(), where.url, where.user, where.password)

    def _copies(self, organiser: str) -> CalDavCalendar | None:
        where = self._calendar_of(organiser)
        if where is None or not where.is_caldav or not _is_safe(where.url):
            return None
        return self._dav(where)

    def _outcome(self, write: Callable[[], Outcome]) -> Outcome:
        """Do what changes something, and say how it went."""
        import httpx  # noqa: PLC0415 - as above

        try:
            return write()
        except NoAnswer as none:
            if none.is_uid_taken:
                return Refused("the event lies there under another name", status=str(none.status))
            if none.status in _NO_CALENDAR:
                return Refused(f"{none}: no such calendar", Scope.MAILBOX, str(none.status))
            now = self._clock.now()
            return outcome_of_status(none.status, retry_after=none.retry_after, now=now)
        except (httpx.RequestError, httpx.InvalidURL, UnicodeError) as lost:
            return outcome_of_failure(lost)

    def _asked(self, read: Callable[[], _T]) -> _T | BookTrouble:
        """Do what only reads, and say what trouble there was."""
        import httpx  # noqa: PLC0415 - as above

        try:
            return read()
        except NoAnswer as none:
            wait = wait_of(none.retry_after, self._clock.now())
            if none.status == _TOO_MANY or (none.status == _AWAY and wait is not None):
                return BookTrouble(Trouble.LIMITS, str(none), wait)
            if none.status in {401, 403}:
                return BookTrouble(Trouble.CREDENTIALS, str(none))
            kind = Trouble.NETWORK if none.status >= _SERVER else Trouble.MAILBOX
            return BookTrouble(kind, str(none), wait)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as lost:
            return BookTrouble(Trouble.NETWORK, type(lost).__name__)


def _file_of(key: str) -> str:
    return f"{key}{SUFFIX}"


def _is_safe(url: str) -> bool:
    """Say whether an address keeps to itself what is asked and answered."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"https", "webcal"} or (
        parts.scheme == "http" and parts.hostname in _NEAR
    )


def _refuse_what_is_unsafe(request: "httpx.Request") -> None:
    """Refuse where a server sends us on to, too: from https there is no way into the clear."""
    import httpx  # noqa: PLC0415 - as above

    if not _is_safe(str(request.url)):
        raise httpx.UnsupportedProtocol("sent on to an address without https", request=request)


def _not_done(trouble: BookTrouble) -> Outcome:
    """Say of trouble while reading that nothing was changed by it."""
    match trouble.kind:
        case Trouble.NETWORK:
            return Later(trouble.why, trouble.wait, Scope.SERVER)
        case Trouble.LIMITS:
            return Later(trouble.why, trouble.wait, Scope.MAILBOX)
        case Trouble.CREDENTIALS | Trouble.MAILBOX:
            return Refused(trouble.why, Scope.MAILBOX)
