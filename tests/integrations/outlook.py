"""A company on Microsoft 365 for tests: the stand-in, a book before it, and the hands of people."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from integrations.localgraph.office import AT_ONCE, Event, Word
from integrations.localgraph.server import GraphServer
from integrations.microsoft.calendar import GraphCalendarBook
from integrations.microsoft.event import KEY
from integrations.microsoft.gate import Gate
from integrations.microsoft.tokens import AppTokens, ClientSecret, Registration
from integrations.microsoft.wire import GraphWire
from tests.contracts.calendar_world import (
    MANAGER,
    MENTOR,
    Notice,
    Told,
)
from tests.servers.certificates import Certificates
from tests.world import HandClock
from worker.domain.meetings import Invitation, Said, Span
from worker.domain.meetings import Word as Answer

_WORDS: dict[Answer, Word] = {
    Answer.NOTHING: "none",
    Answer.ACCEPTED: "accepted",
    Answer.TENTATIVE: "tentativelyAccepted",
    Answer.DECLINED: "declined",
}
_A_WHILE = timedelta(minutes=10)  # nobody answers sooner


@dataclass
class OutlookWorld:
    """The hands of the contract, on the stand-in."""

    server: GraphServer
    wire: GraphWire
    book: GraphCalendarBook
    clock: HandClock

    def employ(self, address: str) -> None:
        """Give somebody a calendar."""
        self.server.graph.office.employ(address)

    def hide(self, address: str) -> None:
        """Take a calendar away."""
        self.server.graph.office.dismiss(address)

    def answer(self, invitation: Invitation, address: str, said: Said) -> None:
        """Have a guest answer, a while after they were asked; a calendar does so at once."""
        event = self.event(invitation)
        at = said.at or event.made + (AT_ONCE if said.is_automatic else _A_WHILE)
        proposed = (said.proposed.start, said.proposed.end) if said.proposed else None
        word = _WORDS[said.word]
        self.server.graph.office.answer(event.uid, address, word, at=at, proposed=proposed)

    def drag(self, invitation: Invitation, when: Span) -> None:
        """Have the organiser move the event."""
        self.server.graph.office.move(self.event(invitation).uid, *when)

    def delete(self, invitation: Invitation) -> None:
        """Have the organiser delete the event."""
        self.server.graph.office.delete(self.event(invitation).uid)

    def take(self, address: str, when: Span, title: str = "") -> None:
        """Have somebody be taken."""
        self.server.graph.office.take(address, *when, subject=title)

    def meanwhile(self, invitation: Invitation, title: str) -> None:
        """Have the organiser be quicker than our next change."""
        office, uid = self.server.graph.office, self.event(invitation).uid
        self.server.graph.bad_day.before_change = lambda: office.rewrite(uid, subject=title)

    def lose_next_answer(self) -> None:
        """Cut the line once."""
        self.server.loses_answers = 1

    def throttle(self, wait: timedelta) -> None:
        """Tell everybody to wait."""
        self.server.graph.bad_day.wait = wait

    def fall_silent(self) -> None:
        """Be away."""
        self.server.silence()

    def revoke(self, organiser: str) -> None:
        """Take our right away."""
        self.server.graph.bad_day.denied.add(organiser)

    def relent(self) -> None:
        """Be as before."""
        self.server.graph.bad_day.wait = None
        self.server.graph.bad_day.denied.clear()
        self.server.silence()
        self.server.speak()

    def expire_cursors(self) -> None:
        """Forget cursors."""
        self.server.graph.bad_day.generation += 1

    def told(self, invitation: Invitation) -> list[Told]:
        """Give what guests were told."""
        uids = {event.uid for event in self.server.graph.office.made if bears(event, invitation)}
        told = self.server.graph.office.told
        return [Told(one.address, Notice(one.notice)) for one in told if one.uid in uids]

    def made(self, organiser: str) -> int:
        """Say how many events were ever made."""
        return sum(event.owner == organiser for event in self.server.graph.office.made)

    def event(self, invitation: Invitation) -> Event:
        """Give the organiser's event."""
        found = self.server.graph.office.find(KEY, invitation.event_key)
        assert found is not None
        return found

    def asked(self, method: str = "", ending: str = "") -> list[str]:
        """Give the requests that reached the calendars, as `GET /users/…`."""
        return [
            f"{one.method} {one.path}"
            for one in self.server.graph.seen
            if one.method.startswith(method) and one.path.endswith(ending)
        ]


def bears(event: Event, invitation: Invitation) -> bool:
    """Whether an event is the one of an invitation."""
    return (KEY, invitation.event_key) in event.properties


def registration(server: GraphServer, certificates: Certificates) -> Registration:
    """Give the application as it is registered there."""
    return Registration(
        tenant="tsunagu.example",
        client=server.login.client,
        authority=server.url,
        scope="https://graph.microsoft.com/.default",
        is_known_authority=False,
        ca_file=str(certificates.ca_file),
    )


def hasty_book(world: OutlookWorld, certificates: Certificates) -> GraphCalendarBook:
    """Make a book that waits for half a second and no longer; somebody has signed in already."""
    tokens = AppTokens(
        registration(world.server, certificates), ClientSecret(world.server.login.secret)
    )
    assert isinstance(tokens.token(), str)
    wire = GraphWire(
        tokens,
        world.clock,
        endpoint=world.server.url,
        ca_file=str(certificates.ca_file),
        answer=timedelta(milliseconds=500),
    )
    return GraphCalendarBook(wire, world.clock)


@contextmanager
def outlook(certificates: Certificates, *, gate: Gate | None = None) -> Iterator[OutlookWorld]:
    """Run a company until the block ends."""
    clock = HandClock("2026-04-01 09:00")
    with GraphServer(certificates.server_context(), clock.now) as server:
        for address in (MENTOR, MANAGER):
            server.graph.office.employ(address)
        tokens = AppTokens(registration(server, certificates), ClientSecret(server.login.secret))
        wire = GraphWire(
            tokens,
            clock,
            endpoint=server.url,
            ca_file=str(certificates.ca_file),
            gate=gate,
            answer=timedelta(seconds=20),
        )
        yield OutlookWorld(server, wire, GraphCalendarBook(wire, clock), clock)
        wire.close()
