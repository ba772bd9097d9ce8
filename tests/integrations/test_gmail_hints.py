"""Google tells us of mail: a topic of Cloud Pub/Sub, through the real client."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from integrations.google.mail_hints import GmailHints, read_gmail
from integrations.localgoogle.topics import PUBLISHER
from tests.contracts.calendar_world import MENTOR, NOW
from tests.contracts.hints import OURS, WISH, WORD, HintsContract, watched
from tests.contracts.inbox import mail
from tests.servers.google import GoogleWorld, google_world
from worker.ports import BookTrouble, Hint, Knock, Trouble

ADDRESS = f"{OURS}?word={WORD.replace(' ', '%20')}"


class GmailHintsWorld:
    """The hands of the contract."""

    what = "mailbox"

    def __init__(self, google: GoogleWorld) -> None:
        self.google = google
        self.clock = google.clock
        self.topics = google.google.gmail_methods.topics
        self.opened: list[GmailHints] = []
        self.topic = self.topics.open("mail", ADDRESS)
        self.hints = self.another(self.topic)
        self.revoke = google.revoke
        self.throttle = google.throttle
        self.relent = google.relent

    def another(self, topic: str) -> GmailHints:
        """Ask for another topic."""
        made = GmailHints(self.google.mail_sign_in(), MENTOR, self.clock, topic=topic)
        self.opened.append(made)
        return made

    def close(self) -> None:
        """Say goodbye."""
        for one in self.opened:
            one.close()

    def write(self) -> None:
        """Have a mail arrive."""
        self.deliver("INBOX")

    def deliver(self, label: str) -> None:
        """Have a mail arrive under a label."""
        self.google.google.mailboxes.receive(MENTOR, mail("news"), label=label)

    def came(self) -> tuple[Hint, ...]:
        """Read what is on its way, but for what says that a watch has begun."""
        found: list[Hint] = []

        def post(address: str, body: bytes) -> int:
            assert address == ADDRESS
            query = dict(parse_qsl(urlsplit(address).query))
            found.extend(read_gmail(Knock(query, {}, body)))
            return 202

        self.topics.deliver(post)
        return tuple(found)


@pytest.fixture
def world() -> Iterator[GmailHintsWorld]:
    """A server of the test's own, with a topic that pushes to us."""
    with google_world() as running:
        world = GmailHintsWorld(running)
        yield world
        world.close()


class TestGmailHints(HintsContract):
    """One mailbox; that a watch has begun is told as if something had come."""

    def test_a_change_is_told_in_our_own_word(self, world: GmailHintsWorld) -> None:  # type: ignore[override] # its own world
        """The first message says that there is a watch, and nothing in it says so."""
        watch = watched(world)
        opened = world.came()

        world.write()

        assert opened == (Hint(watch.id, WORD),)
        assert world.came() == (Hint(watch.id, WORD),)

    def test_who_is_told_no_more_hears_nothing(self, world: GmailHintsWorld) -> None:  # type: ignore[override] # its own world
        """One that is over already is over."""
        watch = watched(world)
        world.came()

        ended = [world.hints.end(world.what, watch) for _ in range(2)]
        world.write()

        assert ended == [None, None]
        assert world.came() == ()


def test_junk_is_told_of_and_what_we_send_is_not(world: GmailHintsWorld) -> None:
    """The labels that are watched are those that are read for answers."""
    watched(world)
    world.came()

    world.deliver("SPAM")
    of_spam = world.came()
    world.deliver("SENT")

    assert len(of_spam) == 1
    assert world.came() == ()


def test_a_watch_costs_its_units_and_no_more(world: GmailHintsWorld) -> None:
    """A hundred for the watch and one for the name: once a day."""
    before = world.google.google.units

    watched(world)

    assert world.google.google.units - before == 101


def test_another_topic_takes_the_place_of_the_first(world: GmailHintsWorld) -> None:
    """Gmail tells one topic of ours: the first is let go before the second is asked for."""
    first = watched(world)
    another = world.topics.open("another", ADDRESS)

    refused = world.another(another).watch(world.what, WISH)
    second = world.another(another).watch(world.what, WISH, first)

    assert isinstance(refused, BookTrouble)
    assert "Only one user push notification client" in refused.why
    assert not isinstance(second, BookTrouble)
    assert world.topics.watching[MENTOR].topic == another


@pytest.mark.parametrize(
    ("topic", "kind", "said"),
    [
        ("projects/tsunagu/topics/nobody", Trouble.MAILBOX, "Resource not found"),
        ("projects/elsewhere/topics/mail", Trouble.MAILBOX, "does not match projects/tsunagu"),
        ("projects/tsunagu/topics/shut", Trouble.MAILBOX, "User not authorized"),
    ],
)
def test_a_topic_that_cannot_be_told_is_said(
    world: GmailHintsWorld, topic: str, kind: Trouble, said: str
) -> None:
    """It is not there, is another project's, or does not let Gmail publish."""
    world.topics.open("shut", ADDRESS)
    world.topics.known["projects/tsunagu/topics/shut"].publishers.discard(PUBLISHER)

    found = world.another(topic).watch(world.what, WISH)

    assert isinstance(found, BookTrouble)
    assert found.kind is kind
    assert said in found.why


def test_a_shorter_end_is_read_and_not_assumed(world: GmailHintsWorld) -> None:
    """Gmail grants an hour where it usually grants a week."""
    world.topics.longest = timedelta(hours=1)

    assert watched(world).expires_at == NOW + timedelta(hours=1)


def test_a_push_that_is_not_taken_comes_again(world: GmailHintsWorld) -> None:
    """Pub/Sub pushes until somebody says that they have it."""
    watched(world)
    world.topics.deliver(lambda _address, _body: 503)

    assert len(world.came()) == 1


def test_how_far_the_history_went_is_not_read(world: GmailHintsWorld) -> None:
    """Whatever number it bears, a push is the same hint."""
    watch = watched(world)

    bodies = [json.dumps(world.topics.message(MENTOR, one)).encode() for one in (1, 10**12)]

    told = [read_gmail(Knock({"word": WORD}, {}, one)) for one in bodies]

    assert told == [(Hint(watch.id, WORD),)] * 2


def _wrapped(data: bytes) -> bytes:
    return json.dumps({"message": {"data": b64encode(data).decode()}}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"message": 1}',
        b'{"message": {"data": 1}}',
        b'{"message": {"data": "a"}}',
        b'{"message": {"data": "\\u3042"}}',
        b"[" * 100_000,
        _wrapped(b""),
        _wrapped(b"[]"),
        _wrapped(b'{"emailAddress": 1}'),
        _wrapped(b'{"emailAddress": ""}'),
    ],
)
def test_what_is_no_push_is_none(body: bytes) -> None:
    """Nothing that comes to an open address breaks us."""
    assert read_gmail(Knock({}, {}, body)) == ()


def test_a_push_may_be_written_either_way() -> None:
    """Base64 with the signs of addresses, or with the others."""
    told = '{"emailAddress": "ü>?@example.jp"}'.encode()
    bodies = [json.dumps({"message": {"data": one(told).decode()}}).encode()
              for one in (b64encode, urlsafe_b64encode)]  # fmt: skip

    assert {read_gmail(Knock({}, {}, one)) for one in bodies} == {(Hint("ü>?@example.jp", ""),)}
