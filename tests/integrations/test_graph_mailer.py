"""Mails through Graph: drafted, marked, sent once, and looked at until they were sent."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event

import pytest

from integrations.faults import Moment, never
from integrations.localgraph.mailroom import Mailroom
from integrations.microsoft.mailer import AT_ONCE as IN_ONE_REQUEST
from integrations.microsoft.mailer import LARGEST, GraphMailer
from integrations.microsoft.sending import MARK
from integrations.microsoft.sent import GraphSentFolder
from integrations.microsoft.tokens import AppTokens, ClientSecret
from integrations.microsoft.wire import Answer, Call, GraphWire, in_path
from integrations.mime.check import MimeWriter
from tests.contracts.mailer import MOMENT, Arrived, MailerContract, Place, envelope, settle
from tests.integrations.outlook import OutlookWorld, outlook, registration
from tests.servers.certificates import Certificates
from worker.domain.intents import Key
from worker.domain.outcomes import LATE, Done, InDoubt, Later, Refused, Scope
from worker.ports import Address, Attachment, Envelope, Mailer, MailParts

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


@pytest.mark.parametrize("moment", list(Moment))
@pytest.mark.parametrize("n", [0, 1])
def test_a_sending_reaches_exchange_once_whatever_is_lost(
    world: OutlookWorld, mailer: Mailer, moment: Moment, n: int
) -> None:
    """Over a fresh connection and a kept one, obeyed or not: no layer repeats it."""
    reached: list[str] = []

    def cuts(request: str, at: Moment) -> bool:
        if not request.endswith("/send"):
            return False
        if at is Moment.BEFORE:
            reached.append(request)
        return len(reached) == n + 1 and at is moment

    world.server.cuts = cuts
    settle(mailer, [envelope(f"aoi+{number}@example.jp") for number in range(n)])
    mail = envelope("aoi@example.jp")
    outcome = settle(mailer, [mail])[mail.key]
    is_there = [one.recipient for one in room(world).delivered].count(mail.recipient)

    assert len(reached) == n + 1
    assert is_there == (1 if moment is Moment.AFTER else 0)
    assert isinstance(outcome, Done if moment is Moment.AFTER else InDoubt)
    assert has(world, mail.message_id) is (moment is Moment.AFTER)


def test_an_answer_that_comes_too_late_is_looked_for_and_not_asked_for_again(
    world: OutlookWorld, certificates: Certificates
) -> None:
    """Exchange was obeying when we stopped listening: one sending, found as sent."""
    hasty = GraphWire(
        AppTokens(
            registration(world.server, certificates), ClientSecret(world.server.login.secret)
        ),
        world.clock,
        endpoint=world.server.url,
        ca_file=str(certificates.ca_file),
        answer=timedelta(seconds=3),
    )
    mailer = GraphMailer(hasty, HR, world.clock, connections=1, looks=AT_ONCE)
    goes_on, reached = Event(), []

    def cuts(request: str, at: Moment) -> bool:
        if request.endswith("/send") and at is Moment.AFTER:
            reached.append(request)
            goes_on.wait(30)
        return False

    world.server.cuts = cuts
    mail = envelope("aoi@example.jp")
    outcome = settle(mailer, [mail])[mail.key]
    goes_on.set()
    mailer.close()

    assert len(reached) == 1
    assert isinstance(outcome, Done)
    assert [one.recipient for one in room(world).delivered] == ["aoi@example.jp"]


@pytest.mark.parametrize("as_date", [True, False], ids=["a date", "seconds"])
def test_what_exchange_asks_to_wait_is_handed_on(
    world: OutlookWorld, mailer: Mailer, *, as_date: bool
) -> None:
    """Retry-After in either form (RFC 9110 10.2.3); the mailbox waits, and no other."""
    day = world.server.graph.bad_day
    day.wait, day.waits_as_date = timedelta(seconds=90), as_date
    mail = envelope("aoi@example.jp")

    outcome = settle(mailer, [mail])[mail.key]

    assert isinstance(outcome, Later)
    assert (outcome.wait, outcome.scope) == (timedelta(seconds=90), Scope.MAILBOX)


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
    """Exchange takes 35 MB, unless an administrator says otherwise."""
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


def heavy(*sizes: int, recipient: str = "aoi@example.jp") -> tuple[Envelope, MailParts]:
    """Give a mail with files of so many octets, as our own writer writes it."""
    files = tuple(
        Attachment(f"書類 {number}.pdf", bytes([number]) * size, "application/pdf")
        for number, size in enumerate(sizes)
    )
    parts = MailParts(
        Address(HR, "採用担当"),
        Address(recipient, "青井 葵"),
        "入社書類のご案内",
        "ご確認ください。",
        "<p>ご確認ください。</p>",
        datetime(2026, 4, 1, tzinfo=UTC),
        f"<heavy.{'.'.join(map(str, sizes))}@example.jp>",
        references=("<thread@example.jp>",),
        unsubscribe_mail="mailto:saiyo@example.jp",
        attachments=files,
    )
    content = MimeWriter()(parts)
    key = Key(f"1/heavy-{'-'.join(map(str, sizes))}/0/0/mail")
    return Envelope(key, HR, recipient, content, parts.message_id), parts


def arrived_files(world: OutlookWorld) -> list[dict[str, bytes]]:
    """Give the files of every mail that arrived, by name."""
    found = []
    for one in room(world).delivered:
        message = message_from_bytes(one.raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        files = {
            str(part.get_filename()): part.get_content() for part in message.iter_attachments()
        }
        found.append(files)
    return found


def files_of(parts: MailParts) -> dict[str, bytes]:
    """Give the files of a mail as they were meant."""
    return {one.name: one.content for one in parts.attachments}


@pytest.mark.parametrize(
    ("sizes", "stretches"),
    [
        ((100, 3_500_000), [(0, 3_276_800), (3_276_800, 223_200)]),
        ((2_000_000, 1_900_000), []),
        ((3_100_000, 2_400_000, 50_000), [(0, 3_100_000)]),
    ],
    ids=["one large", "two that fit alone", "all kinds"],
)
def test_a_mail_of_more_than_three_megabytes_arrives_whole(
    world: OutlookWorld, mailer: Mailer, sizes: tuple[int, ...], stretches: list[tuple[int, int]]
) -> None:
    """Its files go one by one, every header stays ours, and it is sent once."""
    mail, parts = heavy(*sizes)

    outcome = settle(mailer, [mail])[mail.key]

    assert isinstance(outcome, Done)
    assert arrived_files(world) == [files_of(parts)]
    [arrived] = room(world).delivered
    head, _, _ = mail.content.partition(b"\r\n\r\n")
    assert arrived.raw.startswith(head)
    assert world.server.graph.uploads.stretches == stretches
    assert len(room(world).sends) == 1
    assert has(world, mail.message_id) is True
    assert drafts(world) == []


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("number", range(6))
def test_a_line_that_breaks_in_the_middle_of_a_large_mail_doubles_and_loses_nothing(
    world: OutlookWorld, mailer: Mailer, moment: str, number: int
) -> None:
    """Whichever of its requests it is, before it is obeyed or after: one mail, with all its files.

    The draft, a session, two stretches of a file, the mark, and the sending.
    """
    mail, parts = heavy(3_300_000)
    changing = 0

    def cuts(request: str, at: Moment) -> bool:
        nonlocal changing
        if request.startswith("GET"):
            return False
        changing += at is Moment.BEFORE
        return changing == number + 1 and at is Moment(moment)

    world.server.cuts = cuts
    outcome = settle(mailer, [mail])[mail.key]
    world.server.cuts = never
    if not isinstance(outcome, Done):
        if isinstance(outcome, InDoubt):
            assert has(world, mail.message_id) in {True, False}
        if not arrived_files(world):
            outcome = settle(mailer, [mail])[mail.key]

    assert changing >= number + 1
    assert isinstance(outcome, Done)
    assert arrived_files(world) == [files_of(parts)]
    mailer.close()
    assert drafts(world) == []


def test_a_session_that_runs_out_is_begun_anew_with_another_draft(
    world: OutlookWorld, mailer: Mailer
) -> None:
    """404 after the first stretch: put off, the draft taken back, and it goes next time."""
    mail, parts = heavy(3_500_000)
    world.server.graph.uploads.expires_after = 1

    first = settle(mailer, [mail])[mail.key]
    left = drafts(world)
    world.server.graph.uploads.expires_after = None
    second = settle(mailer, [mail])[mail.key]

    assert isinstance(first, Later)
    assert first.scope is Scope.MESSAGE
    assert left == []
    assert isinstance(second, Done)
    assert arrived_files(world) == [files_of(parts)]


def test_where_no_session_is_given_the_mail_is_refused_and_the_mailbox_goes_on(
    world: OutlookWorld, mailer: Mailer
) -> None:
    """As is seen of mailboxes that one shares: it concerns this mail, and no other."""
    mail, _ = heavy(3_500_000)
    world.server.graph.uploads.refused = "ErrorAccessDenied"

    outcome = settle(mailer, [mail])[mail.key]

    assert isinstance(outcome, Refused)
    assert outcome.scope is Scope.MESSAGE
    assert room(world).delivered == []
    assert drafts(world) == []


def test_a_draft_that_has_not_its_files_is_never_sent(world: OutlookWorld, mailer: Mailer) -> None:
    """Exchange took them, and they are not there: nobody gets half a mail."""
    mail, _ = heavy(3_500_000)
    room(world).habits.drops_files = True

    outcome = settle(mailer, [mail])[mail.key]

    assert isinstance(outcome, Later)
    assert room(world).sends == []
    assert drafts(world) == []


def test_the_right_of_a_session_is_its_address_alone(world: OutlookWorld) -> None:
    """Our token stays here; the stand-in takes a file in order, from who has the right."""
    room_, uploads = room(world), world.server.graph.uploads
    draft = room_.draft(HR, b"To: aoi@example.jp\r\n\r\nx")
    item = {"AttachmentItem": {"attachmentType": "file", "name": "a", "size": 3_500_000}}
    path = f"/users/{HR}/messages/{in_path(draft.id)}/attachments/createUploadSession"
    answer = world.wire.ask(Call("POST", path, HR, body=item))
    assert isinstance(answer, Answer)
    url = str(answer.body["uploadUrl"])

    out_of_order = world.wire.upload(url, b"x" * 10, 100, 3_500_000, HR)
    without_right = world.wire.upload(url.partition("?")[0], b"x" * 10, 0, 3_500_000, HR)
    in_order = world.wire.upload(url, b"x" * 10, 0, 3_500_000, HR)
    twice = world.wire.upload(url, b"x" * 10, 0, 3_500_000, HR)
    in_clear = world.wire.upload("http://localhost/x", b"x", 0, 1, HR)

    assert out_of_order is not None
    assert out_of_order.status == 416
    assert without_right is not None
    assert without_right.status == 401
    assert in_order is None
    assert twice is not None
    assert twice.status == 416
    assert in_clear is not None
    assert uploads.stretches == [(0, 10)]


def test_a_text_that_is_too_large_by_itself_is_refused(world: OutlookWorld, mailer: Mailer) -> None:
    """No file to cut out: it is said before anybody is asked."""
    mail = envelope("aoi@example.jp", content=b"Subject: x\r\n\r\n" + b"x" * IN_ONE_REQUEST)

    outcome = settle(mailer, [mail])[mail.key]

    assert outcome == Refused(
        "what is no file of the mail is larger than 3 MB by itself", status="5.3.4"
    )
    assert world.server.graph.seen == []
