"""A sign-in that is away, slow, or hidden behind somebody else's page is not one that was revoked.

Google's and Microsoft's alike, for who sends and for who reads: nobody is told that a right was
taken back, and everything goes on, each mail once, when the sign-in answers again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event

import pytest

from integrations.faults import Moment
from integrations.google.inbox import GmailInbox
from integrations.google.mailer import GmailMailer
from integrations.localgoogle.tokens import SignIns
from integrations.localgraph.login import Login
from integrations.microsoft.inbox import GraphInbox
from integrations.microsoft.mailer import GraphMailer
from integrations.microsoft.person import PersonSignIn, PersonTokens, Prompt
from integrations.microsoft.tokens import AppTokens, ClientSecret, Tokens
from integrations.microsoft.wire import GraphWire
from tests.contracts.inbox import SINCE
from tests.contracts.mailer import envelope, settle
from tests.integrations.outlook import OutlookWorld, outlook, registration
from tests.integrations.test_bearers import Drawer
from tests.servers.certificates import Certificates
from tests.servers.google import google_world
from worker.domain.outcomes import Done, Later, Outcome, Scope
from worker.ports import Fetched, Inbox, InboxTrouble, Mailer, Trouble

HR = "saiyo@example.co.jp"
HASTY = timedelta(seconds=1)
RIGHTS = tuple(f"https://graph.microsoft.com/Mail.{one}" for one in ("ReadWrite", "Send"))
PAGE = "<html><title>Somebody in between</title></html>"


@dataclass
class Provided:
    """HR's mailbox, and what stands before it."""

    mailer: Mailer
    inbox: Inbox
    door: SignIns | Login
    cut: Callable[[bool], None]  # hang up on whoever asks for a token
    arrived: Callable[[], int]

    def send(self) -> Outcome:
        """Send a mail."""
        mail = envelope("aoi@example.jp")
        return settle(self.mailer, [mail])[mail.key]

    def look(self) -> Fetched | InboxTrouble:
        """Read what is there."""
        return self.inbox.fetch((), since=SINCE)


@contextmanager
def at_google(_: Certificates) -> Iterator[Provided]:
    """Gmail; every token has run out."""
    with google_world() as world:
        google = world.google
        google.employ(HR)
        mailer = GmailMailer(world.mail_sign_in(HASTY), HR, world.clock, connections=1)
        inbox = GmailInbox(world.mail_sign_in(HASTY), HR, world.clock)

        def cut(is_cut: bool) -> None:
            google.faults.cuts = lambda asked, at: (
                is_cut and at is Moment.BEFORE and asked == "POST /token"
            )

        yield Provided(mailer, inbox, google.sign_ins, cut, lambda: len(google.mailboxes.arrived))
        mailer.close()
        inbox.close()


@contextmanager
def at_microsoft(certificates: Certificates) -> Iterator[Provided]:
    """Exchange; no token was given so far, but whom to ask is known."""
    with outlook(certificates) as world:
        registered = replace(registration(world.server, certificates), answer=HASTY)
        tokens = AppTokens(registered, ClientSecret(world.server.login.secret))
        assert isinstance(tokens.token(), str)
        tokens.forget("")
        with with_tokens(world, tokens, certificates) as provided:
            yield provided


@contextmanager
def as_a_person(certificates: Certificates) -> Iterator[Provided]:
    """Exchange; HR has signed in, and the token has run out."""
    with outlook(certificates) as world:
        login = world.server.login
        login.account, login.typed_in = HR, True
        registered = replace(registration(world.server, certificates), answer=HASTY)
        sign_in = PersonSignIn(registered, Drawer())
        prompt = sign_in.prompt(RIGHTS)
        assert isinstance(prompt, Prompt)
        assert sign_in.typed(prompt, RIGHTS) == HR
        tokens = PersonTokens(sign_in, RIGHTS)
        token = tokens.token()
        assert isinstance(token, str)
        tokens.forget(token)
        with with_tokens(world, tokens, certificates) as provided:
            yield provided


@contextmanager
def with_tokens(
    world: OutlookWorld, tokens: Tokens, certificates: Certificates
) -> Iterator[Provided]:
    """Give HR's mailbox at Exchange by these tokens."""
    world.employ(HR)
    server, ca_file = world.server, str(certificates.ca_file)
    wires = [GraphWire(tokens, world.clock, endpoint=server.url, ca_file=ca_file) for _ in range(2)]
    mailer = GraphMailer(wires[0], HR, world.clock)
    inbox = GraphInbox(wires[1], HR, world.clock)

    def cut(is_cut: bool) -> None:
        server.cuts = lambda asked, at: (
            is_cut and at is Moment.BEFORE and asked.endswith("/oauth2/v2.0/token")
        )

    yield Provided(mailer, inbox, server.login, cut, lambda: len(server.graph.mailroom.delivered))
    mailer.close()
    inbox.close()


@pytest.fixture(
    params=[at_google, at_microsoft, as_a_person], ids=["google", "microsoft", "person"]
)
def at(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[Provided]:
    """Each in turn."""
    with request.param(certificates) as running:
        yield running


def assert_patience(at: Provided, mend: Callable[[], None]) -> None:
    """Send and read while the sign-in is away, and again when it is back."""
    sent, read = at.send(), at.look()
    between = at.arrived()
    mend()

    assert isinstance(sent, Later), sent
    assert sent.scope is Scope.SERVER
    assert isinstance(read, InboxTrouble), read
    assert read.kind is Trouble.NETWORK
    assert between == 0
    assert isinstance(at.send(), Done)
    assert isinstance(at.look(), Fetched)
    assert at.arrived() == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 403, 200])
def test_a_page_instead_of_a_token_is_no_refusal(at: Provided, status: int) -> None:
    """Of a gateway, a proxy, a hotel: only what the provider itself says is its word."""
    at.door.page = (status, PAGE)

    def mend() -> None:
        at.door.page = None

    assert_patience(at, mend)


@pytest.mark.parametrize("text", ["{}", "[]", '{"error":', "null"])
def test_half_an_answer_is_no_refusal(at: Provided, text: str) -> None:
    """Cut short on its way, or of somebody who says nothing."""
    at.door.page = (200, text)

    def mend() -> None:
        at.door.page = None

    assert_patience(at, mend)


def test_a_sign_in_that_hangs_up_is_no_refusal(at: Provided) -> None:
    """The line is reset before there is an answer."""
    at.cut(True)

    assert_patience(at, lambda: at.cut(False))


def test_a_sign_in_that_is_slow_is_no_refusal(at: Provided) -> None:
    """Nobody waits for ever, and whoever waited in vain comes again."""
    slow = at.door.slow = Event()

    def mend() -> None:
        slow.set()
        at.door.slow = None

    assert_patience(at, mend)
