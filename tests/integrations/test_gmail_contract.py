"""Gmail keeps what every way out and every way in promises, through the real client and sign-in."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import pytest

from integrations.google.cursor import Label
from integrations.google.inbox import GmailInbox, Limits
from integrations.google.mailer import GmailMailer
from tests.contracts.inbox import LARGEST, InboxContract, Mailbox
from tests.contracts.mailer import Arrived, MailerContract, Place, envelope, settle
from tests.servers.google import GoogleWorld, google_world
from tests.world import HandClock
from worker.domain.outcomes import Done, InDoubt, Later, Scope

HR = "saiyo@example.jp"
LABELS = {"INBOX": "INBOX", "Junk": "SPAM"}


@pytest.fixture
def world() -> Iterator[GoogleWorld]:
    """A server of the test's own, where HR has a mailbox."""
    with google_world() as running:
        running.google.employ(HR)
        yield running


class TestGmailMailer(MailerContract):
    """Draft, then send the draft."""

    @pytest.fixture
    def place(self, world: GoogleWorld) -> Iterator[Place]:
        """A mailer with two connections."""
        mailer = GmailMailer(world.mail_sign_in(), HR, world.clock, connections=2)
        try:
            yield Place(
                mailer,
                2,
                lambda: [
                    Arrived(one.recipient, one.content) for one in world.google.mailboxes.arrived
                ],
            )
        finally:
            mailer.close()

    def test_a_bad_address_is_refused_and_holds_nobody_else(self, place: Place) -> None:
        """Gmail takes mail to nobody, and a bounce comes: only what is no address is refused."""
        good, bad, also_good = map(
            envelope, ["aoi@example.jp", "permerror@nowhere", "ren@example.jp"]
        )

        outcomes = settle(place.mailer, [good, bad, also_good])

        assert isinstance(outcomes[good.key], Done)
        assert isinstance(outcomes[also_good.key], Done)
        refused = outcomes[bad.key]
        assert (getattr(refused, "scope", None), type(refused).__name__) == (
            Scope.ADDRESS,
            "Refused",
        )
        assert {"aoi@example.jp", "ren@example.jp"} == {one.recipient for one in place.arrived()}

    def test_a_temporary_error_is_later_and_goes_on_the_next_try(self, place: Place) -> None:
        """At Gmail it concerns the mailbox: too much in this minute. The same draft goes next."""
        mail = envelope("temperror-1@example.jp")

        first = settle(place.mailer, [mail])[mail.key]
        second = settle(place.mailer, [mail])[mail.key]

        assert isinstance(first, Later)
        assert Scope.MAILBOX is first.scope
        assert isinstance(second, Done)
        assert len(place.arrived()) == 1

    def test_a_lost_answer_is_in_doubt_whether_or_not_the_mail_arrived(self, place: Place) -> None:
        """Gmail can be asked: what was sent is known to be, what was not may be on its way yet."""
        arrives, is_lost = envelope("doubt@example.jp"), envelope("lost@example.jp")

        outcomes = settle(place.mailer, [arrives]) | settle(place.mailer, [is_lost])

        assert isinstance(outcomes[arrives.key], Done)
        assert isinstance(outcomes[is_lost.key], InDoubt)
        assert [one.recipient for one in place.arrived()] == ["doubt@example.jp"]


class TestGmailInbox(InboxContract):
    """List what is there, then follow the history."""

    @pytest.fixture
    def mailbox(self, world: GoogleWorld) -> Iterator[Mailbox]:
        """An inbox that asks for news ten times a second."""
        clock = HandClock("2026-04-12 09:00")
        boxes = world.google.mailboxes
        inbox = GmailInbox(
            world.mail_sign_in(),
            HR,
            clock,
            limits=Limits(largest=LARGEST, poll=timedelta(milliseconds=100)),
            junk=Label("SPAM", "Junk"),
        )

        def deliver(mails: Iterable[bytes], folder: str, at: datetime) -> None:
            for each in mails:
                boxes.receive(HR, each, label=LABELS[folder], at=at)

        def remove(folder: str) -> None:
            box = boxes.box(HR)
            assert box is not None
            for one in list(box.messages.values()):
                if LABELS[folder] in one.labels:
                    boxes.discard(HR, one.id)

        try:
            yield Mailbox(
                inbox,
                clock,
                deliver,
                lambda folder: boxes.expire_history(HR, LABELS[folder]),
                remove,
            )
        finally:
            inbox.close()
