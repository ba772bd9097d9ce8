"""What Gmail does beyond what every way out does, over real HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest

from integrations.faults import Moment
from integrations.google.inbox import GmailInbox
from integrations.google.mailer import LARGEST, GmailMailer
from integrations.google.sent import GmailSentFolder
from integrations.localgoogle.mailboxes import Box
from integrations.localgoogle.refusals import Refusal
from tests.contracts.inbox import SINCE
from tests.contracts.mailer import PATIENCE, envelope, settle
from tests.servers.google import GoogleWorld, google_world
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.ports import Envelope, Fetched, InboxTrouble, Trouble

HR = "saiyo@example.jp"
DRAFT, SEND = "gmail.users.drafts.create", "gmail.users.drafts.send"
GET, THREAD = "gmail.users.messages.get", "gmail.users.threads.get"
QUARTER = timedelta(minutes=15)


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


@pytest.fixture
def sent_folder(world: GoogleWorld) -> GmailSentFolder:
    """Where another worker looks a mail up that may have gone."""
    return GmailSentFolder(world.mail_sign_in(), HR, world.clock)


def box(world: GoogleWorld) -> Box:
    """Give HR's mailbox."""
    found = world.google.mailboxes.box(HR)
    assert found is not None
    return found


def marked(recipient: str, *, key: str = "") -> Envelope:
    """Make a mail as ours are: its id stands in a second header, too."""
    made = envelope(recipient, key=key)
    name = made.message_id.strip("<>").partition("@")[0]
    return replace(made, content=b"X-Tsunagu-Id: %s\r\n" % name.encode() + made.content)


def send(mailer: GmailMailer, recipient: str) -> Outcome:
    """Send one mail to somebody."""
    one = marked(recipient)
    return settle(mailer, [one])[one.key]


def sent_to(world: GoogleWorld) -> list[str]:
    """Give who found a mail in their mailbox."""
    return [one.recipient for one in world.google.mailboxes.arrived]


class TestSending:
    """A draft, and then the draft is sent."""

    def test_a_mail_is_two_requests(self, world: GoogleWorld, mailer: GmailMailer) -> None:
        """The first of a mailbox is a third: what became of our Message-ID."""
        for n in range(3):
            assert isinstance(send(mailer, f"p{n}@example.jp"), Done)

        assert [one.method for one in world.google.requests] == [
            *(DRAFT, SEND, GET),
            *(DRAFT, SEND) * 2,
        ]
        assert world.google.units == 3 * 110 + 20

    def test_no_draft_is_left_behind(self, world: GoogleWorld, mailer: GmailMailer) -> None:
        """Nobody at HR finds a draft that was sent already."""
        send(mailer, "aoi@example.jp")

        assert box(world).drafts == {}
        assert [one.labels for one in box(world).messages.values()] == [frozenset({"SENT"})]

    def test_a_sending_reaches_gmail_once_whatever_is_lost(
        self, world: GoogleWorld, mailer: GmailMailer
    ) -> None:
        """Over fresh connections and kept ones: no layer repeats it."""
        for address in ("lost@example.jp", "aoi@example.jp", "doubt@example.jp", "lost+2@a.jp"):
            send(mailer, address)

        assert world.asked(SEND) == 4
        assert sent_to(world) == ["aoi@example.jp", "doubt@example.jp"]

    def test_an_answer_that_takes_too_long_is_looked_for_and_not_asked_for_again(
        self, world: GoogleWorld
    ) -> None:
        """Gmail was obeying when we stopped listening: one sending, and the mail went once."""
        hasty = GmailMailer(world.mail_sign_in(timedelta(seconds=3)), HR, world.clock)
        one = marked("aoi@example.jp")
        held = Event()

        def cuts(request: str, at: Moment) -> bool:
            if at is Moment.AFTER and request.endswith("/drafts/send"):
                held.wait(30)
            return False

        world.google.faults.cuts = cuts
        outcome = settle(hasty, [one])[one.key]
        held.set()
        hasty.close()

        assert isinstance(outcome, Done | InDoubt)
        assert world.asked(SEND) == 1
        assert sent_to(world) == ["aoi@example.jp"]

    def test_a_lost_answer_is_found_out_about_at_once(
        self, world: GoogleWorld, mailer: GmailMailer
    ) -> None:
        """By the draft's thread, though the search knows nothing for minutes."""
        world.google.mailboxes.index_lag = timedelta(minutes=3)

        outcome = send(mailer, "doubt@example.jp")

        assert isinstance(outcome, Done)
        assert [one.method for one in world.google.requests] == [DRAFT, SEND, THREAD]

    def test_a_draft_that_a_person_sends_first_is_sent_once(
        self, world: GoogleWorld, mailer: GmailMailer
    ) -> None:
        """Somebody at HR sees the draft and presses the button: of two, one finds nothing."""
        world.google.faults.loses = 1  # the draft is made, and we do not hear of it
        first = send(mailer, "aoi@example.jp")
        (draft,) = box(world).drafts

        world.google.mailboxes.send(box(world), draft)
        world.clock.turn_to(world.clock.now() + QUARTER)
        sent_folder = GmailSentFolder(world.mail_sign_in(), HR, world.clock)

        assert isinstance(first, Later)
        assert sent_folder.has(marked("aoi@example.jp").message_id) is True
        assert sent_to(world) == ["aoi@example.jp"]

    def test_a_draft_whose_making_was_not_heard_of_is_the_one_that_is_sent(
        self, world: GoogleWorld, mailer: GmailMailer
    ) -> None:
        """Certainly nothing was sent; and the next attempt makes no second draft."""
        world.google.faults.loses = 1

        first = send(mailer, "aoi@example.jp")
        second = send(mailer, "aoi@example.jp")

        assert isinstance(first, Later)
        assert first.scope is Scope.SERVER
        assert isinstance(second, Done)
        assert world.asked(DRAFT) == 1
        assert box(world).drafts == {}

    def test_a_message_id_of_gmails_own_is_told(
        self, world: GoogleWorld, mailer: GmailMailer
    ) -> None:
        """An answer will name that one; both ways of learning of it tell."""
        world.google.mailboxes.rewrites_ids = True

        outcomes = [send(mailer, "aoi@example.jp"), send(mailer, "doubt@example.jp")]

        for outcome in outcomes:
            assert isinstance(outcome, Done)
            assert outcome.observed.startswith("ca+")
            assert outcome.observed.endswith("@mail.gmail.com")

    def test_a_message_id_that_gmail_keeps_is_nothing_to_tell(self, mailer: GmailMailer) -> None:
        """It is known already."""
        outcome = send(mailer, "aoi@example.jp")

        assert isinstance(outcome, Done)
        assert outcome.observed == ""

    def test_a_mail_whose_headers_name_others_is_not_sent(
        self, world: GoogleWorld, mailer: GmailMailer
    ) -> None:
        """Gmail sends to whom the headers name, and our envelope has one recipient."""
        mails = [
            replace(marked("aoi@example.jp"), content=b"To: ren@example.jp\r\n\r\nx"),
            replace(marked("mio@example.jp"), content=b"Subject: to nobody\r\n\r\nx"),
            replace(
                marked("rin@example.jp"),
                content=b"To: rin@example.jp\r\nBcc: all@example.jp\r\n\r\nx",
            ),
        ]

        outcomes = [settle(mailer, [one])[one.key] for one in mails]

        assert [type(one).__name__ for one in outcomes] == ["Refused"] * 3
        assert world.asked() == 0

    def test_a_mail_too_large_for_gmail_is_refused_for_itself(
        self, world: GoogleWorld, mailer: GmailMailer
    ) -> None:
        """Nobody is asked, and the mailbox goes on."""
        one = envelope("aoi@example.jp")
        huge = replace(one, content=one.content + b"x" * LARGEST)

        outcome = settle(mailer, [huge])[huge.key]

        assert isinstance(outcome, Refused)
        assert (outcome.scope, world.asked()) == (Scope.MESSAGE, 0)

    def test_a_mail_to_nobody_comes_back(self, world: GoogleWorld, mailer: GmailMailer) -> None:
        """Gmail takes it, and the postmaster writes to HR."""
        outcome = send(mailer, "permerror@example.jp")

        inbox = GmailInbox(world.mail_sign_in(), HR, world.clock)
        found = inbox.fetch((), since=SINCE)
        inbox.close()

        assert isinstance(outcome, Done)
        assert isinstance(found, Fetched)
        assert b"Status: 5.1.1" in found.mails[0].raw

    @pytest.mark.parametrize(
        ("refusal", "kind", "wait"),
        [
            (
                Refusal(
                    429,
                    "rateLimitExceeded",
                    "User-rate limit exceeded.  Retry after 2026-04-01T00:02:00.000Z",
                ),
                Later,
                timedelta(minutes=2),
            ),
            (
                Refusal(429, "userRateLimitExceeded", "", {"Retry-After": "7"}),
                Later,
                timedelta(seconds=7),
            ),
            (Refusal(403, "dailyLimitExceeded", "Daily Limit"), Later, timedelta(hours=6)),
            (Refusal(403, "domainPolicy", "The domain administrators"), Refused, None),
            (Refusal(400, "failedPrecondition", "Mail service not enabled"), Refused, None),
        ],
    )
    def test_what_concerns_the_mailbox_stops_the_mailbox(
        self,
        world: GoogleWorld,
        mailer: GmailMailer,
        refusal: Refusal,
        kind: type[Outcome],
        wait: timedelta | None,
    ) -> None:
        """For as long as Google says, or until a human has seen to it."""
        world.google.faults.refusal = refusal

        outcome = send(mailer, "aoi@example.jp")

        assert isinstance(outcome, kind)
        assert isinstance(outcome, Later | Refused)
        assert outcome.scope is Scope.MAILBOX
        assert getattr(outcome, "wait", None) == wait
        assert sent_to(world) == []

    def test_a_revoked_right_stops_the_mailbox_until_it_is_given_back(
        self, world: GoogleWorld, mailer: GmailMailer
    ) -> None:
        """Told once; afterwards it goes on without a restart."""
        world.revoke(HR)
        refused = send(mailer, "aoi@example.jp")
        world.google.sign_ins.revoked.clear()

        assert isinstance(refused, Refused)
        assert refused.scope is Scope.MAILBOX
        assert isinstance(send(mailer, "aoi@example.jp"), Done)

    def test_what_this_minute_does_not_allow_is_not_asked_for(self, world: GoogleWorld) -> None:
        """A hundred and fifteen units: one mail and the looks it takes; the next waits as told."""
        left = [115]

        def spend(units: int) -> timedelta | None:
            if units > left[0]:
                return timedelta(seconds=40)
            left[0] -= units
            return None

        mailer = GmailMailer(world.mail_sign_in(), HR, world.clock, connections=1, spend=spend)
        first = send(mailer, "aoi@example.jp")
        asked = world.asked()
        second = send(mailer, "ren@example.jp")
        inbox = GmailInbox(world.mail_sign_in(), HR, world.clock, spend=lambda _: timedelta(1))
        read = inbox.fetch((), since=SINCE)
        inbox.close()
        mailer.close()

        assert isinstance(first, Done)
        assert isinstance(second, Later)
        assert (second.wait, second.scope) == (timedelta(seconds=40), Scope.MAILBOX)
        assert isinstance(read, InboxTrouble)
        assert (read.kind, read.wait) == (Trouble.LIMITS, timedelta(1))
        assert world.asked() == asked
        assert sent_to(world) == ["aoi@example.jp"]

    def test_a_draft_that_was_put_off_is_taken_back_at_the_end(self, world: GoogleWorld) -> None:
        """Otherwise somebody at HR would find it, and send it by hand."""
        mailer = GmailMailer(world.mail_sign_in(), HR, world.clock, connections=1)
        outcome = send(mailer, "temperror@example.jp")
        assert len(box(world).drafts) == 1

        mailer.close()

        assert isinstance(outcome, Later)
        assert box(world).drafts == {}

    def test_closing_does_not_wait_for_a_server_that_says_nothing(self, world: GoogleWorld) -> None:
        """What was being sent is in doubt, what was not is not."""
        mailer = GmailMailer(
            world.mail_sign_in(), HR, world.clock, connections=1, goodbye=timedelta(0)
        )
        one, other = marked("aoi@example.jp"), marked("ren@example.jp")
        held = world.google.faults.slow = Event()
        mailer.hand_over([one, other])
        while not world.asked(DRAFT):
            mailer.outcomes(timedelta(milliseconds=5))

        mailer.close()
        outcomes = mailer.outcomes(timedelta(0))
        held.set()

        assert {type(outcomes[one.key]), type(outcomes[other.key])} == {Later}
        assert sent_to(world) == []

    def test_a_fault_of_ours_is_told_and_leaves_no_mail_unaccounted_for(
        self, world: GoogleWorld
    ) -> None:
        """Whoever waits for outcomes hears of it; certainly nothing was sent, and we go on."""

        class BrokenClock:
            def now(self) -> datetime:
                """Fail, as no clock does."""
                raise ZeroDivisionError

        mailer = GmailMailer(world.mail_sign_in(), HR, BrokenClock(), connections=1)
        one = marked("aoi@example.jp")
        world.throttle(timedelta(seconds=1))

        mailer.hand_over([one])
        with pytest.raises(ZeroDivisionError):
            mailer.outcomes(PATIENCE)
        outcome = mailer.outcomes(PATIENCE)[one.key]
        world.google.faults.refusal = None
        again = settle(mailer, [one])[one.key]
        mailer.close()

        assert isinstance(outcome, Later)
        assert isinstance(again, Done)


class TestDoubts:
    """Whether a mail was sent, a quarter of an hour later."""

    def test_a_draft_that_is_still_there_is_taken_back(
        self, world: GoogleWorld, mailer: GmailMailer, sent_folder: GmailSentFolder
    ) -> None:
        """Not sent, and never will be: only then is it sent anew, once."""
        one = marked("lost-1@example.jp")
        doubt = settle(mailer, [one])[one.key]

        is_sent = sent_folder.has(one.message_id)
        again = settle(mailer, [one])[one.key]

        assert isinstance(doubt, InDoubt)
        assert is_sent is False
        assert isinstance(again, Done)
        assert sent_to(world) == ["lost-1@example.jp"]
        assert box(world).drafts == {}

    @pytest.mark.parametrize("rewrites", [False, True])
    @pytest.mark.parametrize("lag", [timedelta(0), timedelta(hours=1)])
    def test_what_was_sent_is_found(
        self,
        world: GoogleWorld,
        mailer: GmailMailer,
        sent_folder: GmailSentFolder,
        rewrites: bool,
        lag: timedelta,
    ) -> None:
        """Under whatever id, and before the search knows of it."""
        world.google.mailboxes.rewrites_ids = rewrites
        world.google.mailboxes.index_lag = lag
        one = marked("aoi@example.jp")
        settle(mailer, [one, marked("ren@example.jp")])

        assert sent_folder.has(one.message_id) is True

    def test_what_was_never_drafted_was_not_sent(
        self, mailer: GmailMailer, sent_folder: GmailSentFolder
    ) -> None:
        """The process died before its first request: the search finds others of ours, not this."""
        settle(mailer, [marked("ren@example.jp")])

        assert sent_folder.has(marked("aoi@example.jp").message_id) is False

    @pytest.mark.parametrize("trouble", ["nothing of ours", "other ids", "a lagging search"])
    def test_a_search_that_finds_nothing_of_ours_proves_nothing(
        self,
        world: GoogleWorld,
        mailer: GmailMailer,
        sent_folder: GmailSentFolder,
        trouble: str,
    ) -> None:
        """Then a human decides."""
        world.google.mailboxes.rewrites_ids = trouble == "other ids"
        world.google.mailboxes.index_lag = timedelta(hours=trouble == "a lagging search")
        if trouble != "nothing of ours":
            settle(mailer, [marked("ren@example.jp")])

        assert sent_folder.has(marked("aoi@example.jp").message_id) is None

    def test_nobody_there_is_no_answer(
        self, world: GoogleWorld, sent_folder: GmailSentFolder
    ) -> None:
        """Whoever cannot be asked has not said no."""
        world.google.stop()

        assert sent_folder.has(marked("aoi@example.jp").message_id) is None
        world.google.start()

    def test_of_a_hundred_mails_with_lost_answers_each_arrives_once(
        self, world: GoogleWorld, sent_folder: GmailSentFolder
    ) -> None:
        """Ten are lost before Gmail obeys and ten after; nobody is asked, nobody gets two."""
        mailer = GmailMailer(world.mail_sign_in(), HR, world.clock, connections=2)
        words = {3: "lost-1", 7: "doubt-1"}
        mails = [
            marked(f"{words.get(n % 10, 'aoi')}@u{n}.example.jp", key=f"{n}/welcome/0/0/mail")
            for n in range(100)
        ]

        outcomes = settle(mailer, mails)
        doubts = [one for one in mails if isinstance(outcomes[one.key], InDoubt)]
        assert [sent_folder.has(one.message_id) for one in doubts] == [False] * 10
        again = settle(mailer, doubts)
        mailer.close()

        assert {"Done"} == {type(one).__name__ for one in again.values()}
        assert sorted(one.recipient for one in mails) == sorted(sent_to(world))
        assert world.asked(SEND) == 110
