"""Mails through Graph: drafted, marked, sent once, and looked at until they were sent."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from integrations.localgraph.mailroom import Mailroom
from integrations.microsoft.mailer import LARGEST, GraphMailer
from integrations.microsoft.sending import MARK
from integrations.microsoft.sent import GraphSentFolder
from tests.contracts.mailer import MOMENT, Arrived, MailerContract, Place, envelope, settle
from tests.integrations.outlook import OutlookWorld, outlook
from tests.servers.certificates import Certificates
from worker.domain.outcomes import LATE, Done, InDoubt, Later, Refused, Scope
from worker.ports import Mailer

HR = "saiyo@example.jp"
AT_ONCE = (timedelta(0), timedelta(0), timedelta(0))


@pytest.fixture
def world(certificates: Certificates) -> Iterator[OutlookWorld]:
    """A company with a mailbox of HR's."""
    with outlook(certificates) as running:
        running.employ(HR)
        yield running


@pytest.fixture
def mailer(world: OutlookWorld) -> Iterator[Mailer]:
    """HR's way out."""
    made = a_mailer(world)
    yield made
    made.close()


def a_mailer(world: OutlookWorld) -> GraphMailer:
    """Make a way out that does not linger."""
    return GraphMailer(world.wire, HR, world.clock, connections=2, looks=AT_ONCE)


def room(world: OutlookWorld) -> Mailroom:
    """Give the mail of the stand-in."""
    return world.server.graph.mailroom


def drafts(world: OutlookWorld) -> list[str]:
    """Give what lies among the drafts."""
    return [one.id for one in room(world).box(HR).messages.values() if one.folder == "drafts"]


def has(world: OutlookWorld, message_id: str) -> bool | None:
    """Ask whether a mail was sent."""
    return GraphSentFolder(world.wire, HR).has(message_id)


class TestGraphMailer(MailerContract):
    """Draft, mark, send."""

    @pytest.fixture
    def place(self, world: OutlookWorld, mailer: Mailer) -> Place:
        """A mailer with two connections."""
        delivered = room(world).delivered
        return Place(mailer, 2, lambda: [Arrived(one.recipient, one.raw) for one in delivered])

    def test_a_lost_answer_is_in_doubt_whether_or_not_the_mail_arrived(self, place: Place) -> None:
        """Exchange can be asked: what is no draft was sent; what is one may be on its way yet."""
        arrives, is_lost = envelope("doubt@example.jp"), envelope("lost@example.jp")

        outcomes = settle(place.mailer, [arrives]) | settle(place.mailer, [is_lost])

        assert isinstance(outcomes[arrives.key], Done)
        assert isinstance(outcomes[is_lost.key], InDoubt)
        assert [one.recipient for one in place.arrived()] == ["doubt@example.jp"]


def test_a_mail_is_four_requests(world: OutlookWorld, mailer: Mailer) -> None:
    """Draft, mark, send, look; and the receipt is the name under which Exchange keeps it."""
    mail = envelope("aoi@example.jp")

    outcome = settle(mailer, [mail])[mail.key]

    [sent] = [one for one in room(world).box(HR).messages.values() if one.folder == "sentitems"]
    assert outcome == Done(sent.id, thread=sent.conversation)
    assert [one.method for one in world.server.graph.seen] == ["POST", "PATCH", "POST", "GET"]
    assert (MARK, mail.message_id) in sent.properties
    assert has(world, mail.message_id) is True


def test_the_id_that_exchange_gave_is_told(world: OutlookWorld, mailer: Mailer) -> None:
    """Answers will name it: it goes with the receipt, and its mail is still found under ours."""
    room(world).habits.own_message_ids = True
    mail = envelope("aoi@example.jp")

    outcome = settle(mailer, [mail])[mail.key]

    assert isinstance(outcome, Done)
    assert "@apcprd01.prod.outlook.example" in outcome.observed
    assert has(world, mail.message_id) is True


def test_a_mail_that_still_looks_like_a_draft_is_never_sent_again(
    world: OutlookWorld, mailer: Mailer
) -> None:
    """202, and then a draft for a while: we look, we wait, and then we say that we do not know."""
    room(world).habits.looks_like_a_draft = 5
    mail = envelope("aoi@example.jp")

    outcome = settle(mailer, [mail])[mail.key]

    assert isinstance(outcome, InDoubt)
    assert len(room(world).sends) == 1
    assert len(room(world).delivered) == 1


def test_a_mail_that_leaves_at_the_second_look_is_done(world: OutlookWorld, mailer: Mailer) -> None:
    """Exchange takes a moment; so do we."""
    room(world).habits.looks_like_a_draft = 2
    mail = envelope("aoi@example.jp")

    assert isinstance(settle(mailer, [mail])[mail.key], Done)


def test_a_mail_whose_name_changed_is_found_by_our_mark(
    world: OutlookWorld, mailer: Mailer
) -> None:
    """Immutable ids have been seen to change on the way to the sent items."""
    room(world).habits.renames_sent = True
    room(world).habits.own_message_ids = True
    mail = envelope("doubt@example.jp")

    outcome = settle(mailer, [mail])[mail.key]

    assert isinstance(outcome, Done)
    assert len(room(world).delivered) == 1


def test_a_draft_in_doubt_is_taken_back_and_then_certainly_not_sent(
    world: OutlookWorld, mailer: Mailer
) -> None:
    """A quarter of an hour later: who deletes the draft knows that it will never go."""
    mail = envelope("lost@example.jp")
    assert isinstance(settle(mailer, [mail])[mail.key], InDoubt)

    known = has(world, mail.message_id)

    assert known is False
    assert drafts(world) == []
    assert room(world).delivered == []


def test_where_nothing_bears_the_name_the_search_has_to_prove_itself(
    world: OutlookWorld, mailer: Mailer
) -> None:
    """In an empty mailbox nobody can tell; beside a mail that is found, none is none."""
    unknown = "<never@example.jp>"

    before = has(world, unknown)
    mail = envelope("aoi@example.jp")
    settle(mailer, [mail])

    assert before is None
    assert has(world, unknown) is False


def test_who_cannot_be_asked_says_nothing(world: OutlookWorld, mailer: Mailer) -> None:
    """Throttled, denied, away: none of them is a no."""
    mail = envelope("aoi@example.jp")
    settle(mailer, [mail])
    world.throttle(timedelta(seconds=90))

    assert has(world, mail.message_id) is None


def test_a_lost_draft_is_found_and_used(world: OutlookWorld, mailer: Mailer) -> None:
    """The line broke after the draft was made: certainly nothing was sent, and no second is."""
    world.lose_next_answer()
    mail = envelope("aoi@example.jp")

    first = settle(mailer, [mail])[mail.key]
    second = settle(mailer, [mail])[mail.key]

    assert isinstance(first, Later)
    assert isinstance(second, Done)
    assert len(world.asked("POST", "/messages")) == 1
    assert len(room(world).delivered) == 1


def test_a_draft_that_could_not_be_sent_is_the_one_that_is_sent(
    world: OutlookWorld, mailer: Mailer
) -> None:
    """Put off by Exchange, it waits where it is."""
    mail = envelope("temperror-1@example.jp")

    settle(mailer, [mail])
    waiting = drafts(world)
    settle(mailer, [mail])

    assert len(waiting) == 1
    assert len(world.asked("POST", "/messages")) == 1
    assert len(room(world).delivered) == 1


def test_what_was_not_sent_does_not_lie_about_when_we_close(world: OutlookWorld) -> None:
    """A person might send it by hand."""
    mailer = a_mailer(world)
    settle(mailer, [envelope("temperror@example.jp")])

    mailer.close()

    assert drafts(world) == []


def test_a_refused_mail_leaves_no_draft(world: OutlookWorld, mailer: Mailer) -> None:
    """To an address that does not exist: refused for its address, and tidied up."""
    mail = envelope("permerror@example.jp")

    outcome = settle(mailer, [mail])[mail.key]

    assert isinstance(outcome, Refused)
    assert outcome.scope is Scope.ADDRESS
    assert drafts(world) == []


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_broken_answer_to_sending_is_asked_about(
    world: OutlookWorld, mailer: Mailer, status: int
) -> None:
    """A gateway gave up: nobody sends again, and it is looked at."""
    world.server.before = lambda method, path: (
        status if (method, path.endswith("/send")) == ("POST", True) else 0
    )
    mail = envelope("aoi@example.jp")

    outcome = settle(mailer, [mail])[mail.key]

    assert isinstance(outcome, InDoubt)
    assert room(world).sends == []
    assert has(world, mail.message_id) is False


def throttling(method: str, ending: str) -> Callable[[str, str], int]:
    """Answer 429 to one step of sending."""
    return lambda asked, path: 429 if asked == method and path.endswith(ending) else 0


def test_throttling_at_every_step_is_later(world: OutlookWorld, mailer: Mailer) -> None:
    """Nothing was sent, the wait is handed on, and it goes the next time, once."""
    mail = envelope("aoi@example.jp")
    for step in (("POST", "messages"), ("PATCH", ""), ("POST", "send")):
        world.server.before = throttling(*step)
        outcome = settle(mailer, [mail])[mail.key]
        assert isinstance(outcome, Later), step
        assert outcome.scope is Scope.MAILBOX
    world.server.before = lambda _, __: 0

    assert isinstance(settle(mailer, [mail])[mail.key], Done)
    assert len(room(world).delivered) == 1
    assert drafts(world) == []


def test_a_mail_to_more_than_its_recipient_is_refused(world: OutlookWorld, mailer: Mailer) -> None:
    """Exchange goes by the headers: what they name beside the one recipient would get it, too."""
    mail = envelope("aoi@example.jp")
    wider = replace(mail, content=b"Cc: ren@example.jp\r\n" + mail.content)

    outcome = settle(mailer, [wider])[mail.key]

    assert isinstance(outcome, Refused)
    assert world.server.graph.seen == []


def test_a_mail_that_is_too_large_is_refused_before_it_is_handed_over(
    world: OutlookWorld, mailer: Mailer
) -> None:
    """Graph takes 4 MB a request."""
    mail = envelope("aoi@example.jp", content=b"Subject: x\r\n\r\n" + b"x" * LARGEST)

    outcome = settle(mailer, [mail])[mail.key]

    assert isinstance(outcome, Refused)
    assert outcome.status == "5.3.4"
    assert world.server.graph.seen == []


def test_a_mailbox_we_may_not_send_from_is_told(world: OutlookWorld, mailer: Mailer) -> None:
    """An administrator has to look; nothing of the lane is tried any more."""
    world.revoke(HR)
    mail = envelope("aoi@example.jp")

    outcome = settle(mailer, [mail])[mail.key]

    assert isinstance(outcome, Refused)
    assert outcome.scope is Scope.MAILBOX


def test_closing_while_exchange_thinks_is_in_doubt_or_certainly_not(world: OutlookWorld) -> None:
    """Who shuts down does not wait for looks that take a quarter of a minute."""
    room(world).habits.looks_like_a_draft = 99
    long = (timedelta(0), timedelta(minutes=5))
    mailer = GraphMailer(world.wire, HR, world.clock, connections=2, looks=long)
    mail = envelope("aoi@example.jp")
    asked = Event()

    def note(_: str, path: str) -> int:
        if path.endswith("/send"):
            asked.set()
        return 0

    world.server.before = note
    mailer.hand_over([mail])
    assert asked.wait(20)

    mailer.close()

    assert isinstance(mailer.outcomes(MOMENT)[mail.key], InDoubt)
    assert len(room(world).sends) == 1


def test_doubts_end_without_a_second_mail(world: OutlookWorld, mailer: Mailer) -> None:
    """One answer in ten is lost, half of them before Exchange obeyed: each mail arrives once."""
    mails = [
        envelope(
            f"{('doubt', 'lost')[n % 20 == 0]}+{n}@example.jp" if n % 10 == 0 else f"p{n}@x.jp"
        )
        for n in range(60)
    ]
    first = settle(mailer, mails)
    unknown = [one for one in mails if isinstance(first[one.key], InDoubt)]

    found = {one.key: has(world, one.message_id) for one in unknown}

    assert {"Done", "InDoubt"} == {type(one).__name__ for one in first.values()}
    assert set(found.values()) == {False}
    arrived = [one.recipient for one in room(world).delivered]
    assert len(arrived) == len(set(arrived)) == 60 - len(unknown)


def test_a_worker_that_stood_still_over_its_draft_does_not_send_it(
    world: OutlookWorld, mailer: Mailer
) -> None:
    """Stopped for an hour after it had drafted: another has looked by then, and may be sending."""
    began = world.clock.now()
    mail = replace(envelope("aoi@example.jp"), until=began + timedelta(minutes=15))

    def stand_still(method: str, _path: str) -> int:
        if method == "PATCH":
            world.clock.turn_to(began + timedelta(hours=1))
        return 0

    world.server.before = stand_still

    outcome = settle(mailer, [mail])[mail.key]

    assert outcome == LATE
    assert room(world).delivered == []
