"""What a mailer says when a server fails it: certainly not sent, or in doubt, and never wrong."""

from dataclasses import replace
from datetime import datetime

import pytest

from integrations.smtp_connect import DEFAULT_TIMEOUTS, Timeouts
from tests.contracts.mailer import MOMENT, PATIENCE, envelope, settle
from tests.integrations.desk import HASTY, Desk, desk
from tests.servers.faulty import Action, BeSilent, FaultyServer, HangUp, Say
from tests.world import at
from worker.domain.outcomes import LATE, Done, InDoubt, Later, Outcome, Refused, Scope

HASTY_AT = {  # impatient only where the server is silent, so that a busy machine is not too slow
    "GREETING": Timeouts(greeting=HASTY),
    "EHLO": Timeouts(greeting=HASTY),
    "MAIL": Timeouts(mail=HASTY),
    "RCPT": Timeouts(rcpt=HASTY),
    "DATA": Timeouts(data=HASTY),
    "BODY": Timeouts(dot=HASTY),
}

LATER = "later: the server"
DOUBT = "in doubt"

FAULTS: list[tuple[str, Action, str]] = [
    # Before any mail.
    ("GREETING", HangUp(), LATER),
    ("GREETING", BeSilent(), LATER),
    ("GREETING", Say("421 4.3.2 too busy"), LATER),
    ("GREETING", Say("554 5.7.1 go away"), LATER),
    ("GREETING", Say("hello there"), LATER),
    ("EHLO", HangUp(), LATER),
    ("EHLO", BeSilent(), LATER),
    ("EHLO", Say("421 4.3.2 closing"), LATER),
    # Before the first byte of the body.
    *[
        (place, action, LATER)
        for place in ("MAIL", "RCPT", "DATA")
        for action in (
            HangUp(),
            BeSilent(),
            Say("421 4.3.2 closing"),
            Say("what?"),
            Say("25"),
            Say("999 no such code"),
            Say("250-a line\r\n451 of two codes, and an answer too many\r\n250 more"),
        )
    ],
    ("DATA", Say("250 2.0.0 Ok"), LATER),
    ("DATA", Say("354 go ahead\r\n250 2.0.0 Ok: queued before it was sent"), LATER),
    # After it.
    ("BODY", HangUp(kept=False), DOUBT),
    ("BODY", HangUp(kept=True), DOUBT),
    ("BODY", BeSilent(), DOUBT),
    ("BODY", Say("what?"), DOUBT),
    ("BODY", Say("354 more, please"), DOUBT),
    ("BODY", Say("25"), DOUBT),
    # After it, and the server says that it did not take it.
    ("BODY", Say("421 4.3.2 closing"), LATER),
]

VERDICTS: list[tuple[str, str, type[Outcome], Scope]] = [
    (place, f"{code} {text}", verdict, scope)
    for place in ("MAIL", "RCPT", "DATA", "BODY")
    for code, text, verdict, scope in (
        (450, "4.2.0 greylisted", Later, Scope.MESSAGE),
        (451, "4.3.0 try again", Later, Scope.MESSAGE),
        (452, "4.2.2 full", Later, Scope.MESSAGE),
        (550, "5.7.1 policy", Refused, Scope.MAILBOX),
        (552, "5.3.4 too big", Refused, Scope.MESSAGE),
        (554, "5.2.0 quota", Later, Scope.MAILBOX),
    )
]


@pytest.fixture(params=[True, False], ids=["pipelining", "step by step"])
def pipelining(request: pytest.FixtureRequest) -> bool:
    """Both ways of talking."""
    return bool(request.param)


@pytest.mark.parametrize(("place", "action", "expected"), FAULTS)
def test_a_fault_is_told_for_what_it_is(
    place: str, action: Action, expected: str, *, pipelining: bool
) -> None:
    """Before the body nothing can have been accepted; after it, everything may have been."""
    server = FaultyServer(script={place: action}, pipelining=pipelining)
    patience = HASTY_AT[place] if isinstance(action, BeSilent) else DEFAULT_TIMEOUTS
    with desk(server, timeouts=patience) as at:
        [outcome] = at.send("aoi@example.jp")

    if expected == DOUBT:
        assert isinstance(outcome, InDoubt)
    else:
        assert isinstance(outcome, Later)
        assert outcome.scope is Scope.SERVER
        assert at.arrived == []


@pytest.mark.parametrize(("place", "reply", "verdict", "scope"), VERDICTS)
def test_a_refusal_means_the_same_at_every_command(
    place: str, reply: str, verdict: type[Later | Refused], scope: Scope, *, pipelining: bool
) -> None:
    """The reply is read, nothing is sent, and the connection goes on with the next mail."""
    server = FaultyServer(script={place: [Say(reply)]}, pipelining=pipelining)
    with desk(server) as at:
        first, second = at.send("aoi@example.jp", "ren@example.jp")

    assert isinstance(first, verdict)
    assert isinstance(first, Later | Refused)
    assert first.scope is scope
    assert isinstance(second, Done)
    assert at.arrived == ["ren@example.jp"]
    assert server.connections == 1


def test_a_server_that_says_354_to_a_refused_recipient_gets_an_empty_mail() -> None:
    """RFC 2920: the recipient stays refused, nothing of the body leaves, the next mail goes."""
    server = FaultyServer(
        script={"RCPT": [Say("550 5.1.1 unknown")], "DATA": [Say("354 go ahead")], "BODY": [None]}
    )
    with desk(server) as at:
        refused, done = at.send("aoi@example.jp", "ren@example.jp")

    assert isinstance(refused, Refused)
    assert refused.scope is Scope.ADDRESS
    assert isinstance(done, Done)
    assert at.arrived == ["ren@example.jp"]


def test_a_mail_behind_a_doubtful_one_is_certainly_not_sent_and_goes_again() -> None:
    """Cut at the dot of the first, the second, whose MAIL was on its way, goes afresh, once."""
    server = FaultyServer(script={"BODY": [HangUp(kept=True)]})
    with desk(server) as at:
        first, second = at.send("aoi@example.jp", "ren@example.jp")

    assert isinstance(first, InDoubt)
    assert isinstance(second, Done)
    assert at.arrived == ["aoi@example.jp", "ren@example.jp"]
    assert server.connections == 2


def test_a_421_in_the_middle_of_a_run_costs_nothing(*, pipelining: bool) -> None:
    """Servers close after so many mails: what was not begun goes over a fresh connection."""
    server = FaultyServer(script={"MAIL": [None, Say("421 4.7.0 enough")]}, pipelining=pipelining)
    with desk(server) as at:
        outcomes = at.send("aoi@example.jp", "ren@example.jp", "sora@example.jp")

    assert [type(outcome) for outcome in outcomes] == [Done, Done, Done]
    assert at.arrived == ["aoi@example.jp", "ren@example.jp", "sora@example.jp"]


def test_a_mail_is_tried_on_a_fresh_connection_only_once(*, pipelining: bool) -> None:
    """A server that closes at every second MAIL is left alone after two."""
    script = {"MAIL": [None, HangUp(), HangUp(), HangUp()]}
    with desk(FaultyServer(script=script, pipelining=pipelining)) as at:
        first, second = at.send("aoi@example.jp", "ren@example.jp")

    assert isinstance(first, Done)
    assert isinstance(second, Later)
    assert second.scope is Scope.SERVER
    assert at.server.counts["MAIL"] == 3


def test_replies_of_several_lines_and_in_pieces_are_one_reply() -> None:
    """A greeting, an answer and a receipt of three lines each, byte by byte."""
    server = FaultyServer(
        byte_by_byte=True,
        script={
            "RCPT": Say("250-2.1.5 one\r\n250-2.1.5 two\r\n250 2.1.5 three"),
            "BODY": Say("250-2.0.0 Ok\r\n250 2.0.0 queued as 7"),
        },
    )
    with desk(server) as at:
        outcomes = at.send("aoi@example.jp", "ren@example.jp")

    assert outcomes == [Done("250 2.0.0 Ok 2.0.0 queued as 7")] * 2


def test_a_reply_without_an_end_ends_the_connection() -> None:
    """A server that streams for ever costs no memory."""
    endless = "\r\n".join(["250-more"] * 8000)
    with desk(FaultyServer(script={"RCPT": Say(endless)}, pipelining=False)) as at:
        [outcome] = at.send("aoi@example.jp")

    assert isinstance(outcome, Later)
    assert "without an end" in outcome.why


def test_a_word_too_many_after_the_receipt_ends_the_connection_and_not_the_mail() -> None:
    """The mail is done; a connection that is out of step takes no further one."""
    server = FaultyServer(script={"BODY": [Say("250 2.0.0 Ok\r\n250 2.0.0 Ok again")]})
    with desk(server) as at:
        first = at.send("aoi@example.jp")
        second = at.send("ren@example.jp")

    assert [type(outcome) for outcome in first + second] == [Done, Done]
    assert server.connections == 2


def test_a_big_body_that_nobody_reads_is_given_up(*, pipelining: bool) -> None:
    """The server stops reading in the middle: after the block's time the mail is in doubt."""
    content = b"Subject: long\r\n\r\n" + (b"A" * 76 + b"\r\n") * 200_000
    server = FaultyServer(script={"DATA": Say("354 go ahead")}, pipelining=pipelining)
    server.reads_bodies = False
    mail = envelope("aoi@example.jp", content=content)
    with desk(server, timeouts=Timeouts(block=HASTY)) as at:
        at.mailer.hand_over([mail])
        outcome = at.mailer.outcomes(PATIENCE)[mail.key]

    assert isinstance(outcome, InDoubt)


@pytest.mark.parametrize("place", ["MAIL", "BODY"])
def test_closing_in_the_middle_tells_the_sure_from_the_doubtful(place: str) -> None:
    """Closed while the server is silent: after the body in doubt, before it certainly not sent."""
    server = FaultyServer(script={place: BeSilent()})
    mail = envelope("aoi@example.jp")
    with desk(server) as at:
        at.mailer.hand_over([mail])
        until_silent(at, place)
        at.mailer.close()
        outcome = at.mailer.outcomes(MOMENT)[mail.key]

    assert isinstance(outcome, InDoubt if place == "BODY" else Later)


def until_silent(at: Desk, place: str) -> None:
    """Let the mailer work until the server has come to *place*."""
    while not at.server.counts[place]:
        assert not at.mailer.outcomes(MOMENT)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("", "5.1.3"),
        ("aoi", "5.1.3"),
        ("aoi@example.jp> AUTH=<x@y", "5.1.3"),
        ("aoi@example.jp\r\nRSET", "5.1.3"),
        ("aoi ＠example.jp", "5.1.3"),
        ("aoi\u3000@example.jp", "5.1.3"),
        ("aoi\u200b@example.jp", "5.1.3"),
        ("aoi@example.jp,ren@example.jp", "5.1.3"),
        ("葵@example.jp", "5.6.7"),
        ("aoi@例え.jp", "5.6.7"),
    ],
)
def test_an_address_that_cannot_be_said_is_refused_before_anything_is(
    address: str, status: str
) -> None:
    """No command is changed by an address, and none beyond ASCII is tried where it is not taken."""
    with desk(FaultyServer()) as at:
        outcomes = at.send(address)

        assert at.said("RCPT") == []
    [outcome] = outcomes
    assert isinstance(outcome, Refused)
    assert (outcome.scope, outcome.status) == (Scope.ADDRESS, status)


@pytest.mark.parametrize(
    "address",
    [
        "a..b@docomo.ne.jp",
        "taro.@docomo.ne.jp",
        '"taro."@docomo.ne.jp',
        "--aoi--@ezweb.ne.jp",
        "aoi+tag/x='y'@example.jp",
        "aoi@[192.0.2.1]",
    ],
)
def test_an_unusual_address_is_said_as_it_was_given(address: str) -> None:
    """Carriers gave out addresses that no RFC allows, and people still have them."""
    with desk(FaultyServer()) as at:
        [outcome] = at.send(address)

        assert isinstance(outcome, Done)
        assert at.said("RCPT") == [f"RCPT TO:<{address}>"]


def test_an_address_beyond_ascii_goes_where_the_server_takes_it() -> None:
    """With SMTPUTF8 offered, it is asked for with the mail that needs it and no other."""
    with desk(FaultyServer(extensions=("SMTPUTF8", "8BITMIME", "SIZE 0"))) as at:
        outcomes = at.send("葵@例え.jp", "aoi@example.jp")

        assert [type(outcome) for outcome in outcomes] == [Done, Done]
        assert ["SMTPUTF8" in line for line in at.said("MAIL")] == [True, False]
        assert all(" SIZE=" in line for line in at.said("MAIL"))


@pytest.mark.parametrize(
    ("content", "extensions", "status"),
    [
        (b"Subject: a\nb\r\n\r\nc\r\n", (), "5.6.0"),
        (b"Subject: a\r\n\r\nb\rc\r\n", (), "5.6.0"),
        (b"Subject: a\r\n\r\n\n.\nMAIL FROM:<x@y>\r\n", (), "5.6.0"),
        (b"Subject: a\r\n\r\n\0\r\n", (), "5.6.0"),
        ("Subject: a\r\n\r\n葵\r\n".encode(), (), "5.6.3"),
        (b"Subject: a\r\n\r\n" + b"b" * 100 + b"\r\n", ("SIZE 100",), "5.3.4"),
    ],
)
def test_a_body_the_server_cannot_take_is_refused_before_anything_is_said(
    content: bytes, extensions: tuple[str, ...], status: str
) -> None:
    """Too big, eight bits, or line ends in which two servers might see two mails."""
    mail = envelope("aoi@example.jp", content=content)
    with desk(FaultyServer(extensions=extensions)) as at:
        at.mailer.hand_over([mail])
        outcome = at.mailer.outcomes(PATIENCE)[mail.key]

        assert at.said("MAIL") == []
    assert isinstance(outcome, Refused)
    assert (outcome.scope, outcome.status) == (Scope.MESSAGE, status)


class Waking:
    """The clock of a worker that stands still for an hour, right after it was first looked at."""

    def __init__(self) -> None:
        self._shows = iter((at("2026-04-01 09:00"),))

    def now(self) -> datetime:
        """Give the time."""
        return next(self._shows, at("2026-04-01 10:00"))


def test_a_worker_that_stood_still_over_a_mail_lets_it_lie(*, pipelining: bool) -> None:
    """It had said DATA, was stopped for an hour and given up: the body never leaves."""
    late = replace(envelope("aoi@example.jp"), until=at("2026-04-01 09:15"))
    mail = envelope("ren@example.jp")

    with desk(FaultyServer(pipelining=pipelining), clock=Waking()) as there:
        first, then = settle(there.mailer, [late]), settle(there.mailer, [mail])

    assert {late.key: LATE} == first
    assert isinstance(then[mail.key], Done)
    assert there.arrived == ["ren@example.jp"]
    assert there.said("DATA")
