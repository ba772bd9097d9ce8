"""What Gmail does beyond what every way in does, over real HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event, Timer

import pytest

from integrations.google.inbox import GmailInbox
from integrations.google.mailer import GmailMailer
from tests.contracts.inbox import SINCE, Reader, mail
from tests.contracts.mailer import envelope, settle
from tests.servers.google import GoogleWorld, google_world
from worker.domain.outcomes import Done, Outcome
from worker.ports import Envelope, Fetched, InboxTrouble, Place, Trouble

HR = "saiyo@example.jp"


@pytest.fixture
def world() -> Iterator[GoogleWorld]:
    """A server of the test's own, where HR has a mailbox."""
    with google_world() as running:
        running.google.employ(HR)
        yield running


@pytest.fixture
def mailer(world: GoogleWorld) -> Iterator[GmailMailer]:
    """HR's way out."""
    made = GmailMailer(world.mail_sign_in(), HR, world.clock, connections=1)
    yield made
    made.close()


def marked(recipient: str, *, key: str = "") -> Envelope:
    """Make a mail as ours are: its id stands in a second header, too."""
    made = envelope(recipient, key=key)
    name = made.message_id.strip("<>").partition("@")[0]
    return replace(made, content=b"X-Tsunagu-Id: %s\r\n" % name.encode() + made.content)


def send(mailer: GmailMailer, recipient: str) -> Outcome:
    """Send one mail to somebody."""
    one = marked(recipient)
    return settle(mailer, [one])[one.key]


class TestReading:
    """What comes in."""

    @pytest.fixture
    def inbox(self, world: GoogleWorld) -> Iterator[GmailInbox]:
        """HR's way in."""
        made = GmailInbox(world.mail_sign_in(), HR, world.clock)
        yield made
        made.close()

    def read(self, inbox: GmailInbox) -> Reader:
        """Read everything that is there."""
        reader = Reader(inbox, [])
        reader.look()
        return reader

    def test_a_mail_is_two_requests(self, world: GoogleWorld, inbox: GmailInbox) -> None:
        """One says that it came, one gives it; asking for news costs two units."""
        reader = self.read(inbox)
        world.google.requests.clear()
        for n in range(5):
            world.google.mailboxes.receive(HR, mail(f"p{n}"))

        reader.look()

        assert len(reader.mails) == 5
        assert world.google.units == 5 * 20 + 2 + 2 + 2

    def test_what_the_search_does_not_know_yet_is_read_at_first(
        self, world: GoogleWorld, inbox: GmailInbox
    ) -> None:
        """A mail of a minute ago is no newer than the history, and not yet in the index."""
        now = world.clock.now()
        for n, ago in enumerate((600, 500, 20, 10)):
            world.google.mailboxes.receive(HR, mail(f"p{n}"), at=now - timedelta(seconds=ago))
        world.google.mailboxes.index_lag = timedelta(minutes=2)

        assert len(self.read(inbox).mails) == 4

    def test_a_mail_that_a_person_takes_out_of_spam_is_read(
        self, world: GoogleWorld, inbox: GmailInbox
    ) -> None:
        """It was read as spam already; now it lies in the inbox, and is the same message."""
        message = world.google.mailboxes.receive(HR, mail("aoi"), label="SPAM")
        reader = self.read(inbox)

        world.google.mailboxes.move(HR, message.id, "INBOX")
        reader.look()

        assert [one.folder for one in reader.mails] == ["SPAM", "INBOX"]
        assert len({one.uid for one in reader.mails}) == 1

    def test_short_pages_lose_nothing(self, world: GoogleWorld, inbox: GmailInbox) -> None:
        """Listings and histories may be cut anywhere."""
        world.google.gmail_methods.page_size = 2
        for n in range(5):
            world.google.mailboxes.receive(HR, mail(f"p{n}"))
        reader = self.read(inbox)
        for n in range(5, 10):
            world.google.mailboxes.receive(HR, mail(f"p{n}"))

        reader.look()

        assert [mail(f"p{n}") for n in range(10)] == reader.raws

    def test_a_mail_deleted_before_we_fetch_it_holds_nobody_up(
        self, world: GoogleWorld, inbox: GmailInbox
    ) -> None:
        """It is in the history and not in the mailbox."""
        reader = self.read(inbox)
        gone = world.google.mailboxes.receive(HR, mail("gone"))
        world.google.mailboxes.receive(HR, mail("aoi"))
        world.google.mailboxes.discard(HR, gone.id)

        reader.look()

        assert [mail("aoi")] == reader.raws

    def test_a_forgotten_history_loses_nothing_while_we_were_away(
        self, world: GoogleWorld, inbox: GmailInbox
    ) -> None:
        """What came before and after is given, and another process goes on from the cursors."""
        world.google.mailboxes.receive(HR, mail("one"))
        reader = self.read(inbox)
        world.google.mailboxes.receive(HR, mail("two"))
        world.google.mailboxes.expire_history(HR)
        world.google.mailboxes.receive(HR, mail("three"))

        other = GmailInbox(world.mail_sign_in(), HR, world.clock)
        after = Reader(other, [], cursors=reader.cursors, most=1)
        after.look()
        other.close()

        assert [mail(name) for name in ("one", "two", "three")] == after.raws
        assert set(after.renewed) == {"INBOX", "SPAM"}

    def test_what_hr_writes_by_hand_is_read_where_it_was_sent(self, world: GoogleWorld) -> None:
        """Somebody of ours answers a candidate from the mailbox itself."""
        inbox = GmailInbox(world.mail_sign_in(), HR, world.clock, reads_sent=True)
        reader = self.read(inbox)

        world.google.mailboxes.receive(HR, mail("by hand"), label="SENT")
        reader.look()
        inbox.close()

        assert [(one.folder, one.place) for one in reader.mails] == [("SENT", Place.SENT)]

    def test_what_we_sent_is_no_news(self, inbox: GmailInbox, mailer: GmailMailer) -> None:
        """Drafts and sent mails are steps of the history, and none of the inbox."""
        reader = self.read(inbox)

        send(mailer, "aoi@example.jp")
        reader.look()

        assert reader.mails == []

    def test_trouble_is_told_for_what_it_is(self, world: GoogleWorld, inbox: GmailInbox) -> None:
        """Who must act, and how long to wait; the cursors stand where they stood."""
        reader = self.read(inbox)
        found: list[InboxTrouble | Fetched] = []
        acts: tuple[Callable[[], None], ...] = (
            lambda: world.throttle(timedelta(seconds=30)),
            lambda: world.revoke(HR),
            world.google.stop,
        )
        for act in acts:
            act()
            found.append(inbox.fetch(reader.cursors, since=SINCE))
            world.google.faults.refusal = None
            world.google.sign_ins.revoked.clear()
        world.google.start()

        kinds = [one.kind for one in found if isinstance(one, InboxTrouble)]
        assert kinds == [Trouble.LIMITS, Trouble.CREDENTIALS, Trouble.NETWORK]
        assert getattr(found[0], "wait", None) == timedelta(seconds=30)
        world.google.mailboxes.receive(HR, mail("aoi"))
        reader.look()
        assert [mail("aoi")] == reader.raws

    def test_stopping_ends_a_long_reading(self, world: GoogleWorld, inbox: GmailInbox) -> None:
        """Who shuts down does not wait for five hundred mails; nothing is counted as read."""
        for n in range(3):
            world.google.mailboxes.receive(HR, mail(f"p{n}"))
        held = world.google.faults.slow = Event()

        def shut_down() -> None:
            inbox.stop()
            held.set()

        soon = Timer(0.05, shut_down)
        soon.start()

        found = inbox.fetch((), since=SINCE)
        soon.join()
        world.google.faults.slow = None

        assert found == Fetched((), ())

    def test_an_answer_without_our_ids_lies_in_the_thread_of_what_it_answers(
        self, world: GoogleWorld, inbox: GmailInbox, mailer: GmailMailer
    ) -> None:
        """By subject and sender alone Gmail puts it there; the sending told the same thread."""
        one = marked("aoi@example.jp")
        sent = settle(mailer, [one])[one.key]
        answer = b"From: aoi@example.jp\r\nSubject: Re: to %s\r\n\r\nYes.\r\n" % one.key.encode()
        world.google.mailboxes.receive(HR, answer)
        world.google.mailboxes.receive(HR, mail("another"))

        found, another = self.read(inbox).mails

        assert isinstance(sent, Done)
        assert found.thread == sent.thread != ""
        assert another.thread not in {"", sent.thread}
