"""Calendars of people at neither Google nor Microsoft, on a real CalDAV server and as files."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from icalendar import Calendar

from integrations.ics import IcsPost
from integrations.mail_book import CalendarAddress, MailBook
from tests.contracts.calendar_book import CalendarBookContract
from tests.contracts.calendar_world import (
    AOI,
    DAY,
    MANAGER,
    MENTOR,
    NOW,
    REN,
    Notice,
    Told,
    World,
    at,
    booked,
    busy,
    changed,
    entry,
    invitation,
    seen,
)
from tests.servers.radicale import Radicale, radicale
from worker.domain.meetings import NO_CALENDAR, Busy, Guest, Invitation, Said, Span, Unknown, Word
from worker.domain.outcomes import Done, Outcome, Refused, Scope
from worker.ports import Address, BookTrouble, Changed, Seen

DOMAIN = "tsunagu.example"
HR = Address("saiyo@tsunagu.example", "採用チーム")
PARTSTAT = {Word.ACCEPTED: "ACCEPTED", Word.TENTATIVE: "TENTATIVE", Word.DECLINED: "DECLINED"}


@dataclass(slots=True)
class Network(httpx.BaseTransport):
    """The line to the server, and what may happen on it."""

    wait: timedelta | None = None
    is_silent: bool = False
    loses_next: bool = False
    revoked: str = ""
    before_put: list[tuple[str, str, bytes]] = field(default_factory=list)
    made: dict[str, int] = field(default_factory=dict)
    server: Radicale | None = None
    line: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Let a request through, or not."""
        if self.is_silent:
            raise httpx.ConnectError("nobody there", request=request)
        if self.wait is not None:
            after = {"Retry-After": str(int(self.wait.total_seconds()))}
            return httpx.Response(429, headers=after, request=request)
        if self.revoked and f"/{self.revoked}/" in request.url.path:
            return httpx.Response(403, request=request)
        changes = request.method in {"PUT", "DELETE"}
        if changes and self.server is not None:
            for address, name, content in self.before_put:
                self.server.put(address, name, content)
            self.before_put.clear()
        answer = self.line.handle_request(request)
        if request.method == "PUT" and answer.status_code == 201:
            owner = request.url.path.split("/")[1]
            self.made[owner] = self.made.get(owner, 0) + 1
        if changes and self.loses_next:
            self.loses_next = False
            answer.close()
            raise httpx.ReadError("cut", request=request)
        return answer

    def close(self) -> None:
        """The line stays up for whoever asks next."""


class HandClock:
    """It is always the morning on which the contract begins."""

    def now(self) -> datetime:
        """Give the present instant."""
        return NOW


@dataclass(slots=True)
class Secretary:
    """What the engine does around a `MailBook`: a mail for each guest, once for each revision.

    The programs of people who have a calendar put what they are sent into it.
    """

    inner: MailBook
    server: Radicale
    employed: set[str]
    post: IcsPost = field(default_factory=lambda: IcsPost(DOMAIN))
    told: dict[str, list[Told]] = field(default_factory=dict)
    sent: dict[str, tuple[int, dict[str, Guest]]] = field(default_factory=dict)

    def busy(
        self, addresses: Sequence[str], within: Span, *, leaving_out: Collection[str] = ()
    ) -> Mapping[str, Busy | Unknown]:
        """Ask for nothing else."""
        return self.inner.busy(addresses, within, leaving_out=leaving_out)

    def book(self, wish: Invitation) -> Outcome:
        """Invite everybody, once."""
        outcome = self.inner.book(wish)
        if isinstance(outcome, Done) and wish.event_key not in self.sent:
            self._send(wish, {})
        return outcome

    def _send(self, wish: Invitation, before: Mapping[str, Guest]) -> None:
        guests = {guest.address: guest for guest in wish.guests}
        for address, guest in guests.items():
            notice = Notice.UPDATED if address in before else Notice.INVITED
            self._tell(wish, guest, notice)
        for address in set(before) - set(guests):
            self._tell(wish, before[address], Notice.CANCELLED)
        self.sent[wish.event_key] = (wish.revision, guests)

    def _tell(self, wish: Invitation, guest: Guest, notice: Notice) -> None:
        self.told.setdefault(wish.event_key, []).append(Told(guest.address, notice))
        if guest.address in self.employed:
            name = f"{wish.event_key}.ics"
            if notice is Notice.CANCELLED:
                self.server.delete(guest.address, name)
                return
            part = self.post.request(wish, guest, HR, at=NOW)
            content = part.content.replace(b"METHOD:REQUEST\r\n", b"")
            self.server.put(guest.address, name, content)

    def see(self, wish: Invitation, ref: str = "") -> Seen | BookTrouble:
        """Look."""
        return self.inner.see(wish, ref)

    def change(self, wish: Invitation, ref: str, *, stands: Span | None = None) -> Outcome:
        """Tell everybody what changed, once."""
        outcome = self.inner.change(wish, ref, stands=stands)
        revision, before = self.sent.get(wish.event_key, (-1, {}))
        if isinstance(outcome, Done) and revision < wish.revision:
            self._send(wish, before)
        return outcome

    def cancel(self, wish: Invitation, ref: str, *, note: str = "") -> Outcome:
        """Take it back from everybody, once; who deleted it by hand is not contradicted."""
        outcome = self.inner.cancel(wish, ref, note=note)
        if isinstance(outcome, Done) and wish.event_key in self.sent:
            for guest in self.sent.pop(wish.event_key)[1].values():
                self._tell(wish, guest, Notice.CANCELLED)
        return outcome

    def changes(self, organiser: str, cursor: str) -> Changed | BookTrouble:
        """Read."""
        return self.inner.changes(organiser, cursor)

    def close(self) -> None:
        """Say goodbye."""
        self.inner.close()


class CalDavWorld:
    """The hands of the contract, on a real server."""

    def __init__(self, server: Radicale) -> None:
        self.server = server
        self.employed: set[str] = set()
        self.network = Network(server=server)
        inner = MailBook(
            lambda address: (
                CalendarAddress(server.url(address), address, "secret", is_caldav=True)
                if address not in {AOI, REN}
                else None
            ),
            DOMAIN,
            clock=HandClock(),
            transport=self.network,
        )
        self.secretary = Secretary(inner, server, self.employed)
        self.book = self.secretary
        self._count = 0
        for address in (MENTOR, MANAGER):
            self.employ(address)

    def employ(self, address: str) -> None:
        """Give somebody a calendar."""
        if address not in self.employed:
            self.server.make(address)
            self.employed.add(address)

    def hide(self, address: str) -> None:
        """Take a calendar away."""
        self.server.remove(address)
        self.employed.discard(address)

    def answer(self, wish: Invitation, address: str, said: Said) -> None:
        """Have a guest answer by mail: their calendar and the organiser's program note it."""
        for owner in {address, MENTOR} & self.employed:
            self._edit(owner, wish, partstat=(address, PARTSTAT[said.word]))

    def _edit(
        self,
        owner: str,
        wish: Invitation,
        *,
        partstat: tuple[str, str] | None = None,
        when: Span | None = None,
        title: str = "",
    ) -> bytes:
        name = f"{wish.event_key}.ics"
        calendar = Calendar.from_ical(self.server.get(owner, name).content)
        (event,) = calendar.walk("VEVENT")
        if partstat is not None:
            attendees = event["ATTENDEE"]
            for one in attendees if isinstance(attendees, list) else [attendees]:
                if str(one).lower().endswith(partstat[0]):
                    one.params["PARTSTAT"] = partstat[1]
        if when is not None:
            del event["DTSTART"], event["DTEND"]
            event.add("dtstart", when.start)
            event.add("dtend", when.end)
        if title:
            event["SUMMARY"] = title
        content: bytes = calendar.to_ical()
        if not title:
            self.server.put(owner, name, content)
        return content

    def drag(self, wish: Invitation, when: Span) -> None:
        """Have the organiser move the event."""
        self._edit(MENTOR, wish, when=when)

    def delete(self, wish: Invitation) -> None:
        """Have the organiser delete the event."""
        self.server.delete(MENTOR, f"{wish.event_key}.ics")
        self.secretary.sent.pop(wish.event_key, None)

    def take(self, address: str, when: Span, title: str = "歯医者") -> None:
        """Have somebody be taken."""
        self._count += 1
        name = str(UUID(int=self._count))
        lines = (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:test",
            "BEGIN:VEVENT",
            f"UID:{name}",
            "DTSTAMP:20260101T000000Z",
            f"DTSTART:{when.start:%Y%m%dT%H%M%SZ}",
            f"DTEND:{when.end:%Y%m%dT%H%M%SZ}",
            f"SUMMARY:{title}",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        )
        self.server.put(address, f"{name}.ics", "\r\n".join(lines).encode())

    def meanwhile(self, wish: Invitation, title: str) -> None:
        """Have the organiser write another title just before our next change."""
        content = self._edit(MENTOR, wish, title=title)
        self.network.before_put.append((MENTOR, f"{wish.event_key}.ics", content))

    def lose_next_answer(self) -> None:
        """Cut the line after the work is done."""
        self.network.loses_next = True

    def throttle(self, wait: timedelta) -> None:
        """Answer everything with "too much"."""
        self.network.wait = wait

    def fall_silent(self) -> None:
        """Let nobody reach the server."""
        self.network.is_silent = True

    def revoke(self, organiser: str) -> None:
        """Take away our right to a calendar."""
        self.network.revoked = organiser

    def relent(self) -> None:
        """End what the three above began."""
        self.network.wait, self.network.is_silent, self.network.revoked = None, False, ""

    def expire_cursors(self) -> None:
        """Forget every token."""
        self.server.forget_tokens()

    def told(self, wish: Invitation) -> list[Told]:
        """Give what guests were told."""
        return list(self.secretary.told.get(wish.event_key, []))

    def made(self, organiser: str) -> int:
        """Say how many events were made in a calendar by us."""
        return self.network.made.get(organiser, 0)


@pytest.mark.services
class TestCalDav(CalendarBookContract):
    """Every promise but those that mail and CalDAV cannot keep, which say so."""

    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[CalDavWorld]:
        """Give a server with two calendars."""
        with radicale(tmp_path) as server:
            yield CalDavWorld(server)

    def test_a_calendar_that_declines_by_itself_is_no_person(self, world: World) -> None:
        """A REPLY does not say whether a person or a program wrote it: it counts as a person's."""
        wish = invitation()
        ref = booked(world, wish)

        world.answer(wish, MANAGER, Said(Word.DECLINED, is_automatic=True))

        assert Word.DECLINED is entry(world, wish, ref).said[MANAGER].word

    def test_an_event_deleted_by_hand_is_told_and_never_made_again(self, world: World) -> None:
        """CalDAV forgets what was deleted: that it was is told, and the journal remembers it."""
        wish = invitation()
        ref = booked(world, wish)
        cursor = changed(world, "").cursor

        world.delete(wish)

        (news,) = changed(world, cursor).entries
        assert (ref, True) == (news.ref, news.is_cancelled)
        assert seen(world, wish, ref).entry is None
        assert isinstance(world.book.change(wish, ref), Refused)
        assert busy(world, MENTOR, DAY).spans == ()

    def test_a_calendar_that_is_gone_holds_up_all_that_goes_into_it(self, world: World) -> None:
        """The organiser's whole calendar was removed: a human must see to it."""
        world.hide(MENTOR)

        outcome = world.book.book(invitation())

        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MAILBOX

    def test_an_event_that_lies_there_under_another_name_holds_up_nobody_else(
        self, world: CalDavWorld
    ) -> None:
        """The organiser's mail program had put the invitation there before we did."""
        wish = invitation()
        part = world.secretary.post.request(wish, wish.organiser, HR, at=NOW)
        world.server.put(MENTOR, "other.ics", part.content.replace(b"METHOD:REQUEST\r\n", b""))

        outcome = world.book.book(wish)

        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MESSAGE


def test_an_answer_that_could_grow_without_end_is_not_read() -> None:
    """A document type in a server's XML is no part of CalDAV, and stops the reading."""
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'
    asked = MailBook(
        lambda _: CalendarAddress("https://dav.example/a/", "a", "b", is_caldav=True),
        DOMAIN,
        clock=HandClock(),
        transport=httpx.MockTransport(lambda _: httpx.Response(207, content=bomb)),
    )

    told = asked.busy([MENTOR], DAY)[MENTOR]
    read = asked.changes(MENTOR, "")

    assert isinstance(told, Unknown)
    assert isinstance(read, BookTrouble)


KINDS = b"""<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response>
<d:href>/a/</d:href><d:propstat><d:prop><d:resourcetype><c:calendar/></d:resourcetype></d:prop>
</d:propstat></d:response></d:multistatus>"""
CUT = b"""<d:multistatus xmlns:d="DAV:"><d:response><d:href>/a/</d:href>
<d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response></d:multistatus>"""


@pytest.mark.parametrize(
    "listed", [httpx.Response(207, content=CUT), httpx.Response(200, content=b"<html>Soon</html>")]
)
def test_a_part_of_a_calendar_and_a_gateways_page_make_nobody_free(listed: httpx.Response) -> None:
    """Too many objects for one answer, or no answer of the server's: nothing is known."""
    asked = MailBook(
        lambda _: CalendarAddress("https://dav.example/a/", "a", "b", is_caldav=True),
        DOMAIN,
        clock=HandClock(),
        transport=httpx.MockTransport(
            lambda one: httpx.Response(207, content=KINDS) if one.method == "PROPFIND" else listed
        ),
    )

    told = asked.busy([MENTOR], DAY)[MENTOR]

    assert isinstance(told, Unknown)
    assert not told.is_permanent


def book(contents: Mapping[str, httpx.Response]) -> MailBook:
    """Give a book of people who gave files."""

    def answer(request: httpx.Request) -> httpx.Response:
        found = contents[request.url.path]
        if request.headers.get("If-None-Match") == found.headers.get("ETag", "-"):
            return httpx.Response(304)
        return found

    def where(address: str) -> CalendarAddress | None:
        path = f"/{address}.ics"
        return CalendarAddress(f"https://files.example{path}") if path in contents else None

    return MailBook(where, DOMAIN, clock=HandClock(), transport=httpx.MockTransport(answer))


def file(*lines: str) -> bytes:
    """Write a calendar file."""
    whole = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", "")
    return "\r\n".join(whole).encode()


def event(*lines: str) -> tuple[str, ...]:
    """Write an event."""
    return ("BEGIN:VEVENT", "UID:1", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT")


TOMORROW = event("DTSTART:20260402T010000Z", "DTEND:20260402T020000Z")


def test_a_file_says_when_somebody_is_taken() -> None:
    """An address of a calendar file is enough to know when somebody has time."""
    found = book({f"/{MENTOR}.ics": httpx.Response(200, content=file(*TOMORROW))})

    assert {MENTOR: Busy((Span(at(25), at(26)),))} == found.busy([MENTOR], DAY)


def test_a_file_that_did_not_change_is_not_sent_again() -> None:
    """The second question costs no more than an answer without content."""
    content = httpx.Response(200, content=file(*TOMORROW), headers={"ETag": '"1"'})
    asked = book({f"/{MENTOR}.ics": content})

    assert asked.busy([MENTOR], DAY) == asked.busy([MENTOR], DAY)


@pytest.mark.parametrize(
    ("answer", "is_permanent"),
    [
        (httpx.Response(404), True),
        (httpx.Response(403), True),
        (httpx.Response(500), False),
        (httpx.Response(200, content=b"<html>sign in</html>"), True),
        (httpx.Response(200, content=b"x" * 10_000_001), False),
        (httpx.Response(200, content=file(*event("DTSTART:20200101T000000Z",
                                                 "RRULE:FREQ=SECONDLY"))), True),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_makes_nobody_free(
    answer: httpx.Response, is_permanent: bool
) -> None:
    """Whatever is not a calendar is no empty calendar."""
    told = book({f"/{MENTOR}.ics": answer}).busy([MENTOR], DAY)[MENTOR]

    assert isinstance(told, Unknown)
    assert is_permanent is told.is_permanent


def test_who_gave_nothing_is_unknown() -> None:
    """Whether somebody is met by their working hours alone is not decided here."""
    told = book({}).busy([AOI], DAY)[AOI]

    assert isinstance(told, Unknown)
    assert told.is_permanent


@pytest.mark.parametrize("url", ["https://files.example..jp/a.ics", "https://[files/a.ics"])
def test_a_slip_in_an_address_makes_one_colleague_unknown(url: str) -> None:
    """A host that cannot be one: nobody else who is asked about with them has to wait."""
    asked = MailBook(
        lambda address: CalendarAddress(url) if address == MENTOR else None,
        DOMAIN,
        clock=HandClock(),
    )
    told = asked.busy([MENTOR, AOI], DAY)
    asked.close()

    theirs = told[MENTOR]
    assert isinstance(theirs, Unknown)
    assert theirs.is_permanent
    assert told[AOI] == NO_CALENDAR


def test_a_password_is_never_sent_in_the_clear() -> None:
    """An address without https is not asked, except on this machine."""
    asked = MailBook(
        lambda _: CalendarAddress("http://files.example/x.ics", "aoi", "secret"),
        DOMAIN,
        clock=HandClock(),
        transport=httpx.MockTransport(lambda _: httpx.Response(200)),
    )

    told = asked.busy([MENTOR], DAY)[MENTOR]

    assert isinstance(told, Unknown)
    assert "https" in told.why


def test_who_is_sent_on_into_the_clear_does_not_go() -> None:
    """A server that moved, with a slip in its answer: nothing is asked without https."""
    asked_for: list[str] = []

    def answers(request: httpx.Request) -> httpx.Response:
        asked_for.append(str(request.url))
        return httpx.Response(302, headers={"Location": "http://files.example/x.ics"})

    asked = MailBook(
        lambda _: CalendarAddress("https://files.example/x.ics", "aoi", "secret"),
        DOMAIN,
        clock=HandClock(),
        transport=httpx.MockTransport(answers),
    )

    told = asked.busy([MENTOR], DAY)[MENTOR]

    assert isinstance(told, Unknown)
    assert asked_for == ["https://files.example/x.ics"]


def test_without_a_calendar_of_the_organiser_the_mail_is_all_there_is() -> None:
    """Booked is what was invited; nothing is ever heard from a calendar that is not there."""
    wish, asked = invitation(), book({})

    outcome = asked.book(wish)

    assert Done(wish.event_key) == outcome
    found = asked.see(wish)
    assert isinstance(found, Seen)
    assert found.entry is not None
    assert (wish.when, {AOI, MANAGER}) == (found.entry.when, set(found.entry.said))
    assert isinstance(asked.change(wish, wish.event_key), Done)
    assert isinstance(asked.cancel(wish, wish.event_key), Done)
    assert Changed((), "mail", is_anew=True) == asked.changes(MENTOR, "")
    assert Changed((), "mail") == asked.changes(MENTOR, "mail")


WEEKLY = (
    "DTSTART;TZID=America/New_York:20260305T090000",
    "DTEND;TZID=America/New_York:20260305T100000",
    "RRULE:FREQ=WEEKLY;COUNT=3",
    "EXDATE;TZID=America/New_York:20260319T090000",
)
MARCH = Span(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC))
AUTUMN = Span(datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 11, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("lines", "hours"),
    [
        (event(*WEEKLY), ["05T14:00", "12T13:00"]),  # the clocks change on the eighth
        (event("DTSTART:20260310T100000Z", "DTEND:20260310T110000Z"), ["10T10:00"]),
        (event("DTSTART:20260310T100000", "DTEND:20260310T110000"), ["10T01:00"]),
        (event("DTSTART;VALUE=DATE:20260310"), ["09T15:00"]),
        (event("DTSTART;VALUE=DATE:20260310", "TRANSP:TRANSPARENT"), []),
        (event("DTSTART:20260310T100000Z", "DURATION:PT1H", "STATUS:CANCELLED"), []),
        (
            event("DTSTART:20260310T100000Z", "DURATION:PT1H", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"),
            [],
        ),
        (
            event(
                "DTSTART:20260310T100000Z",
                "DURATION:PT1H",
                f"ATTENDEE;PARTSTAT=DECLINED:mailto:{MENTOR.upper()}",
            ),
            [],
        ),
        (
            ("BEGIN:VFREEBUSY", "FREEBUSY:20260310T100000Z/PT1H", "END:VFREEBUSY"),
            ["10T10:00"],
        ),
        (
            event(
                "DTSTART;TZID=Customized Time Zone:20260310T100000",
                "DTEND;TZID=Customized Time Zone:20260310T110000",
            ),
            ["09T11:00"],  # it could be anywhere
        ),
        (
            event("DTSTART:20260201T000000Z", "DURATION:PT1H", "RRULE:FREQ=MONTHLY;COUNT=9999999"),
            ["01T00:00"],
        ),
    ],
)
def test_what_repeats_is_free_or_is_gone_is_told(lines: tuple[str, ...], hours: list[str]) -> None:
    """What takes somebody's time is what they would say takes it."""
    asked = book({f"/{MENTOR}.ics": httpx.Response(200, content=file(*lines))})

    told = asked.busy([MENTOR], MARCH)[MENTOR]

    assert isinstance(told, Busy)
    assert hours == [f"{one.start:%dT%H:%M}" for one in told.spans]


def test_what_repeats_keeps_its_hour_when_clocks_go_back() -> None:
    """Nine in New York is an hour later for everybody else from the first of November."""
    lines = (
        "DTSTART;TZID=America/New_York:20261026T090000",
        "DTEND;TZID=America/New_York:20261026T100000",
        "RRULE:FREQ=WEEKLY;UNTIL=20261115T000000Z",
    )
    asked = book({f"/{MENTOR}.ics": httpx.Response(200, content=file(*event(*lines)))})

    told = asked.busy([MENTOR], AUTUMN)[MENTOR]

    assert isinstance(told, Busy)
    assert [f"{one.start:%d %H:%M}" for one in told.spans] == ["26 13:00", "02 14:00"]
