"""Mailboxes at Microsoft keep what every inbox promises, and have ways of their own."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from integrations.localgraph.mailroom import Mailroom
from integrations.microsoft.inbox import GraphInbox, Limits
from integrations.microsoft.mailer import GraphMailer
from tests.contracts.inbox import (
    LARGEST,
    LATELY,
    LONG,
    LONG_AGO,
    SINCE,
    InboxContract,
    Mailbox,
    Reader,
    mail,
    read,
)
from tests.contracts.mailer import envelope, settle
from tests.integrations.outlook import OutlookWorld, outlook
from tests.servers.certificates import Certificates
from worker.domain.outcomes import Done
from worker.ports import Fetched, Heard, InboxTrouble, Place, Trouble

HR = "saiyo@tsunagu.example"
KNOWN_AS = {"INBOX": "inbox", "Junk": "junkemail", "Sent": "sentitems"}


@dataclass
class Post:
    """A mailbox at Microsoft, and who puts mails into it."""

    world: OutlookWorld
    inbox: GraphInbox

    @property
    def room(self) -> Mailroom:
        """Give the mail of the stand-in."""
        return self.world.server.graph.mailroom

    def deliver(self, raws: Iterable[bytes], folder: str, at: datetime) -> None:
        """Have mails arrive."""
        for raw in raws:
            self.room.deliver(HR, raw, folder=KNOWN_AS[folder], at=at)

    def renumber(self, folder: str) -> None:
        """Have Exchange forget how far a folder was read."""
        self.world.server.graph.bad_day.generations[HR, KNOWN_AS[folder]] += 1

    def remove(self, folder: str) -> None:
        """Delete a folder: another one of its name is another folder."""
        self.room.remove_folder(HR, KNOWN_AS[folder])
        self.renumber(folder)


@contextmanager
def at_microsoft(certificates: Certificates) -> Iterator[Post]:
    """Run a company with HR's mailbox."""
    with outlook(certificates) as world:
        world.employ(HR)
        limits = Limits(largest=LARGEST, poll=timedelta(milliseconds=200))
        inbox = GraphInbox(world.wire, HR, world.clock, limits=limits)
        yield Post(world, inbox)
        inbox.close()


@pytest.fixture
def post(certificates: Certificates) -> Iterator[Post]:
    """HR's mailbox, and nothing in it."""
    with at_microsoft(certificates) as running:
        yield running


@pytest.fixture
def mailbox(post: Post) -> Mailbox:
    """The same, as the contract wants it."""
    return Mailbox(post.inbox, post.world.clock, post.deliver, post.renumber, post.remove)


class TestGraphInbox(InboxContract):
    """Exchange by Graph."""


def test_what_people_send_is_read_beside_what_they_get(mailbox: Mailbox) -> None:
    """A mentor who answered from their own program is known to have done so."""
    [raw] = mailbox.arrive("by hand", folder="Sent")

    [one] = read(mailbox).mails

    assert (one.raw, one.place) == (raw, Place.SENT)


def test_what_is_only_looked_at_is_no_new_mail(post: Post, mailbox: Mailbox) -> None:
    """Somebody reads a mail, or files it under a colour: it is given once."""
    mailbox.arrive("aoi")
    reader = read(mailbox)
    for message in list(post.room.box(HR).messages.values()):
        post.room.put(message)

    reader.look()

    assert len(reader.mails) == 1


def test_a_mail_that_vanishes_meanwhile_is_none(post: Post, mailbox: Mailbox) -> None:
    """A rule moved it between two requests: nothing is held up."""
    mailbox.arrive("gone", "stays")
    gone, *_ = post.room.box(HR).messages.values()

    def rule() -> None:
        if post.world.server.graph.seen and gone.id in post.room.box(HR).messages:
            post.room.discard(gone)

    post.world.server.thinking = rule
    reader = read(mailbox)

    assert reader.raws == [mail("stays")]


def test_reading_changes_nothing(post: Post, mailbox: Mailbox) -> None:
    """Only questions are asked; no mail is marked as read by us."""
    mailbox.arrive("aoi")
    read(mailbox)

    assert {one.method for one in post.world.server.graph.seen} == {"GET"}


def test_a_mail_is_two_requests_at_most(post: Post, mailbox: Mailbox) -> None:
    """One page tells of fifty, and each is taken once."""
    reader = read(mailbox)
    before = len(post.world.server.graph.seen)
    mailbox.arrive(*(f"p{n}" for n in range(40)))

    reader.look()

    asked = post.world.server.graph.seen[before:]
    assert len(reader.mails) == 40
    assert sum(one.path.endswith("/$value") for one in asked) == 40
    assert len(asked) <= 40 + 6


def test_throttling_in_the_middle_loses_nothing(post: Post, mailbox: Mailbox) -> None:
    """The cursors stand where they stood, and say how long to wait."""
    raws = mailbox.arrive("one", "two")
    post.world.throttle(timedelta(seconds=90))
    reader = Reader(mailbox.inbox, [])

    trouble = reader.look()
    post.world.server.graph.bad_day.wait = None
    reader.look()

    assert isinstance(trouble, InboxTrouble)
    assert (trouble.kind, trouble.wait) == (Trouble.LIMITS, timedelta(seconds=90))
    assert reader.raws == raws


@pytest.mark.parametrize(
    "instead",
    [
        ("text/html", b"<html><body>Back soon</body></html>"),
        ("application/json", b'{"error": {"code": "UnknownError", "message": ""}}'),
        ("application/json", b"{}"),
    ],
)
def test_a_success_that_is_not_graphs_own_loses_nothing(
    post: Post, mailbox: Mailbox, instead: tuple[str, bytes]
) -> None:
    """A gateway's page with a 200: the cursors stand where they stood."""
    raws = mailbox.arrive("one")
    reader = read(mailbox)
    raws += mailbox.arrive("two")
    post.world.server.graph.bad_day.instead = instead

    trouble = mailbox.inbox.fetch(reader.cursors, since=SINCE)
    post.world.server.graph.bad_day.instead = None
    reader.look()

    assert isinstance(trouble, InboxTrouble)
    assert trouble.kind is Trouble.NETWORK
    assert reader.raws == raws


def test_a_gateways_page_is_no_mail(post: Post, mailbox: Mailbox) -> None:
    """The list was Graph's, and what came when the mail itself was asked for is not."""
    raws = mailbox.arrive("one")
    day = post.world.server.graph.bad_day

    def gateway(_method: str, path: str) -> int:
        is_mail = path.endswith("/$value")
        day.instead = ("text/html", b"<html>Back soon</html>") if is_mail else None
        return 0

    post.world.server.before = gateway
    reader = Reader(mailbox.inbox, [])

    trouble = mailbox.inbox.fetch((), since=SINCE)
    post.world.server.before = lambda _method, _path: 0
    day.instead = None
    reader.look()

    assert isinstance(trouble, InboxTrouble)
    assert reader.raws == raws


@pytest.mark.parametrize(
    ("hindrance", "kind"), [("denied", Trouble.CREDENTIALS), ("gone", Trouble.MAILBOX)]
)
def test_a_mailbox_we_may_not_read_is_told(
    post: Post, mailbox: Mailbox, hindrance: str, kind: Trouble
) -> None:
    """Who has to do something, and that nothing was read."""
    if hindrance == "denied":
        post.world.revoke(HR)
    else:
        post.world.hide(HR)

    found = mailbox.inbox.fetch((), since=SINCE)

    assert isinstance(found, InboxTrouble)
    assert found.kind is kind


def test_a_mail_that_cannot_be_written_holds_up_no_other(post: Post, mailbox: Mailbox) -> None:
    """Exchange fails on one, again and again: its header is given, and the next one whole."""
    mailbox.arrive("broken", "whole")
    broken, *_ = post.room.box(HR).messages.values()
    post.room.habits.unwritable.add(broken.id)
    reader = Reader(mailbox.inbox, [])

    reader.look()

    assert [(one.is_whole, b"broken" in one.raw) for one in reader.mails] == [
        (False, True),
        (True, False),
    ]


def test_a_hint_ends_the_waiting(post: Post) -> None:
    """Somebody who was told by Exchange says so; how far it is true, reading shows."""
    told = iter([False, True])
    limits = Limits(poll=2 * LONG)
    inbox = GraphInbox(
        post.world.wire, HR, post.world.clock, limits=limits, may_have_news=lambda: next(told)
    )
    inbox.fetch((), since=SINCE)

    heard = inbox.wait(LONG)

    assert heard is Heard.NEWS
    assert next(told, None) is None
    assert isinstance(inbox.fetch((), since=SINCE), Fetched)
    inbox.close()


def test_what_is_forgotten_while_waiting_is_news(post: Post, mailbox: Mailbox) -> None:
    """Waiting finds that nobody can go on; reading begins anew and loses nothing."""
    mailbox.arrive("one")
    reader = read(mailbox)
    post.renumber("INBOX")
    mailbox.arrive("two")

    heard = mailbox.inbox.wait(LONG)
    reader.look()

    assert heard is Heard.NEWS
    assert reader.renewed == ("INBOX",)
    assert set(reader.raws) == {mail("one"), mail("two")}


def test_a_full_mailbox_is_read_on_where_it_stopped(post: Post, mailbox: Mailbox) -> None:
    """Also what is too old to be given is passed once, and not again."""
    mailbox.arrive(*(f"old{n}" for n in range(120)), at=LONG_AGO)
    raws = mailbox.arrive(*(f"p{n}" for n in range(120)), at=LATELY)
    reader = read(mailbox)
    before = len(post.world.server.graph.seen)

    reader.look()

    assert reader.raws == raws
    assert len(post.world.server.graph.seen) - before == 3


def test_an_answer_without_our_ids_lies_in_the_thread_of_what_it_answers(
    post: Post, mailbox: Mailbox
) -> None:
    """Outlook names it by Thread-Index alone; what was sent came with the very same thread."""
    one = envelope("aoi@example.jp")
    mailer = GraphMailer(
        post.world.wire, HR, post.world.clock, connections=1, looks=(timedelta(0),)
    )
    sent = settle(mailer, [one])[one.key]
    mailer.close()
    [kept] = [each for each in post.room.box(HR).messages.values() if not each.is_draft]
    post.room.deliver(HR, b"Thread-Index: %s\r\n" % kept.thread_index.encode() + mail("answer"))
    post.room.deliver(HR, mail("another"))

    answer, another = read(mailbox).mails[:2]

    assert isinstance(sent, Done)
    assert answer.thread == sent.thread != ""
    assert another.thread not in {"", sent.thread}
