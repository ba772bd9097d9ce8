"""An IMAP server may do what it likes: what we make of it is a value, and reading goes on."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from resource import RUSAGE_SELF, getrusage
from threading import Timer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.bearer import GivenTokens
from integrations.imap import DEFAULT_LIMITS, ImapInbox, Limits
from integrations.imap_account import ImapAccount
from integrations.imap_wire import Patience
from integrations.memory import MemoryInbox
from integrations.tls import Tls
from tests.contracts.inbox import SINCE, Reader, mail
from tests.servers.faulty_imap import (
    Action,
    BeSilent,
    FaultyImap,
    Flood,
    HangUp,
    Say,
    faulty_imap,
)
from tests.world import HandClock
from worker.ports import Fetched, Heard, InboxTrouble, Trouble

MOMENT = timedelta(milliseconds=150)
HASTY = Patience(connect=timedelta(seconds=5), answer=MOMENT, command=timedelta(milliseconds=600))
CALM = Patience(answer=timedelta(seconds=5))
ALERT = Limits(alive=MOMENT, poll=timedelta(milliseconds=50))
LONG = timedelta(seconds=10)
CLOCK = HandClock("2026-04-12 09:00")
NEW = "new"
STEPS = ("GREETING", "CAPABILITY", "LOGIN", "LIST", "EXAMINE", "SEARCH", "SIZES", "BODY")


@dataclass(frozen=True, slots=True)
class Desk:
    """A server, and an inbox that reads it."""

    server: FaultyImap
    inbox: ImapInbox
    reader: Reader

    def fetch(self) -> Fetched | InboxTrouble:
        """Fetch once."""
        return self.inbox.fetch((), since=SINCE)

    def trouble(self) -> InboxTrouble:
        """Fetch, and expect trouble."""
        found = self.fetch()
        assert isinstance(found, InboxTrouble), found
        return found


@contextmanager
def desk(
    server: FaultyImap,
    *,
    account: ImapAccount | None = None,
    limits: Limits = DEFAULT_LIMITS,
    patience: Patience = CALM,
) -> Iterator[Desk]:
    """Run *server* and an inbox at it until the block ends."""
    with faulty_imap(server):
        own = account or ImapAccount("127.0.0.1", 0, "saiyo", Tls.NONE, "secret")
        here = ImapAccount(own.host, server.port, own.user, own.tls, own.password, own.bearer)
        clock = HandClock("2026-04-12 09:00")
        inbox = ImapInbox(here, clock, limits=limits, patience=patience)
        try:
            yield Desk(server, inbox, Reader(inbox, []))
        finally:
            inbox.close()


def mails(*names: str) -> dict[int, bytes]:
    """Make mails, numbered from one."""
    return {number: mail(name) for number, name in enumerate(names, 1)}


def test_a_good_server_is_read() -> None:
    """The script is empty: what is asked of it, this server does."""
    with desk(FaultyImap(mails=mails("one", "two"))) as at:
        at.reader.look()

        assert [mail("one"), mail("two")] == at.reader.raws
        received = datetime(2026, 4, 10, 9, 30, 15, tzinfo=UTC)
        assert [received] * 2 == [one.received_at for one in at.reader.mails]


WORDS: tuple[Action, ...] = (
    Say("{tag} NO I would rather not\r\n"),
    Say("{tag} BAD What?\r\n"),
    Say("* BYE Going down for maintenance\r\n"),
    HangUp(),
    Say("HTTP/1.1 400 Bad Request\r\n\r\n"),
    Say("* 1 FETCH (((((\r\n* SEARCH 1 x 2\r\n* LIST ) (\r\n", then_ok=True),
    Say("* OK"),
    Say("* OK bare newline\n"),
    Say("ZZZ9 OK yours\r\n"),
    Say("* OK \udcff\udcfe\x00 \r\n{tag} NO \udcff\r\n"),
    BeSilent(),
)


@pytest.mark.parametrize("step", STEPS)
def test_whatever_is_said_the_next_call_reads_on(step: str) -> None:
    """At every step of the conversation: it is told as trouble, and then nothing is lost."""
    there: list[bytes] = []
    with faulty_imap(FaultyImap()) as server:
        reader = Reader(MemoryInbox(CLOCK), [])
        for number, fault in enumerate(WORDS, 1):
            there.append(mail(f"p{number}"))
            server.mails[number] = there[-1]
            server.script, server.counts = {step: [fault]}, Counter()
            reader.inbox = ImapInbox(account_at(server), CLOCK, patience=HASTY)

            for _ in range(3):
                reader.look()

            reader.inbox.close()
            assert server.counts[step]
            assert there == reader.raws


def account_at(server: FaultyImap) -> ImapAccount:
    """Give the account of somebody there."""
    return ImapAccount("127.0.0.1", server.port, "saiyo", Tls.NONE, "secret")


@pytest.mark.parametrize("step", ["GREETING", "LIST", "BODY"])
@pytest.mark.parametrize("octets", [b"x" * 65536, b"* 1 EXISTS\r\n" * 5000], ids=["line", "lines"])
def test_a_flood_fills_nobodys_memory(step: str, octets: bytes) -> None:
    """A line without end, and lines without end, are not read to their end."""
    before = getrusage(RUSAGE_SELF).ru_maxrss
    with desk(FaultyImap({step: [Flood(octets)]}, mails("one"))) as at:
        at.trouble()
        at.reader.look()

        assert [mail("one")] == at.reader.raws
        assert getrusage(RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


@pytest.mark.parametrize("step", ["LIST", "SEARCH", "BODY", "NOOP"])
def test_a_literal_of_any_length_is_not_believed(step: str) -> None:
    """Ten gigabytes that are announced are not waited for."""
    huge = Say("* 1 FETCH (UID 1 BODY[] {9999999999}\r\nFrom: ")
    with desk(FaultyImap({step: [huge]}, mails("one"))) as at:
        found = at.fetch()
        if isinstance(found, Fetched):  # before it was asked again, all was well
            found = at.inbox.fetch(found.cursors, since=SINCE)

        assert isinstance(found, InboxTrouble)
        assert found.kind is Trouble.MAILBOX
        assert "more than" in found.why


TOLD = {
    "[AUTHENTICATIONFAILED] Wrong": (Trouble.CREDENTIALS, None),
    "Login failed": (Trouble.CREDENTIALS, None),
    "[UNAVAILABLE] Temporary authentication failure": (Trouble.NETWORK, None),
    "[ALERT] Too many simultaneous connections. (Failure)": (Trouble.LIMITS, None),
    "[LIMIT] Rate limit hit": (Trouble.LIMITS, None),
    "Request is throttled. Suggested Backoff Time: 299935 milliseconds": (
        Trouble.LIMITS,
        timedelta(milliseconds=299935),
    ),
    "[CONTACTADMIN] Locked": (Trouble.MAILBOX, None),
}


@pytest.mark.parametrize("said", TOLD)
def test_why_nobody_may_sign_in_decides_who_must_act(said: str) -> None:
    """A wrong password is for a human, a crowded server for nobody."""
    with desk(FaultyImap({"LOGIN": [Say(f"{{tag}} NO {said}\r\n")]})) as at:
        told = at.trouble()

    assert TOLD[said] == (told.kind, told.wait)
    assert said.rsplit("] ", maxsplit=1)[-1].split(".", maxsplit=1)[0] in told.why


def test_a_server_that_is_not_there_is_told() -> None:
    """Nobody listens on that port."""
    with faulty_imap(FaultyImap()) as server:
        port = server.port
    account = ImapAccount("127.0.0.1", port, "saiyo", Tls.NONE, "secret")
    inbox = ImapInbox(account, HandClock("2026-04-12 09:00"))

    found = inbox.fetch((), since=SINCE)
    inbox.close()

    assert isinstance(found, InboxTrouble)
    assert found.kind is Trouble.NETWORK


def test_a_token_signs_in() -> None:
    """XOAUTH2 with the token as it is now: each connection asks for it anew."""
    tokens = iter(["old", NEW])
    account = ImapAccount(
        "127.0.0.1", 0, "saiyo", Tls.NONE, bearer=GivenTokens(lambda: next(tokens))
    )
    with desk(FaultyImap(token=NEW, mails=mails("one")), account=account) as at:
        refused = at.trouble()
        at.reader.look()

        assert refused.kind is Trouble.CREDENTIALS
        assert [mail("one")] == at.reader.raws
        assert "XOAUTH2 'user=saiyo\\x01auth=Bearer new\\x01\\x01'" in at.server.commands


def test_a_token_that_cannot_be_had_is_a_matter_of_the_network() -> None:
    """Whoever hands out tokens is down: we try again."""

    def down() -> str:
        raise OSError("no access token: 503")

    account = ImapAccount("127.0.0.1", 0, "saiyo", Tls.NONE, bearer=GivenTokens(down))
    with desk(FaultyImap(), account=account) as at:
        told = at.trouble()

    assert told.kind is Trouble.NETWORK
    assert "no access token" in told.why


def test_a_password_that_no_quotes_can_hold_is_sent_otherwise() -> None:
    """Umlauts and line ends go by PLAIN, and never end a command early."""
    account = ImapAccount("127.0.0.1", 0, "saiyo", Tls.NONE, "合言葉\r\nA1 LOGOUT")
    with desk(FaultyImap(mails=mails("one")), account=account) as at:
        at.reader.look()

        assert [mail("one")] == at.reader.raws
        assert at.server.said("LOGIN") == []


@pytest.mark.parametrize(
    "server",
    [
        FaultyImap(),
        FaultyImap({"GREETING": [Say("* PREAUTH welcome back\r\n")]}, offers="IMAP4rev1 STARTTLS"),
        FaultyImap(
            {"STARTTLS": [Say("{tag} OK go on\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")]},
            offers="IMAP4rev1 STARTTLS",
        ),
    ],
    ids=["not offered", "signed in before", "something said ahead"],
)
def test_no_password_goes_over_an_open_line(server: FaultyImap) -> None:
    """Where encryption was asked for and is not had, nothing is said."""
    account = ImapAccount("127.0.0.1", 0, "saiyo", Tls.STARTTLS, "secret")
    with desk(server, account=account) as at:
        at.trouble()

        assert at.server.said("secret") == []
        assert at.server.said("AUTHENTICATE") == []


def test_one_mail_that_the_server_refuses_holds_no_other() -> None:
    """The others are read, and of this one the header, marked as not the whole."""
    server = FaultyImap(mails=mails(*"abcdefg"), denied=frozenset({4}))
    with desk(server) as at:
        at.reader.look()

        assert [*range(1, 8)] == [one.uid for one in at.reader.mails]
        assert [mail(name) for name in "abcefg"] == [
            one.raw for one in at.reader.mails if one.is_whole
        ]
        assert at.reader.mails[3].raw.startswith(b"Message-ID: <d@")


def test_a_mail_over_which_the_server_breaks_down_holds_no_other() -> None:
    """It is asked for by itself, several times, then for its header: somebody will look."""
    server = FaultyImap(mails=mails(*"abcdefg"), broken=frozenset({4}))
    with desk(server) as at:
        at.reader.look()

        assert [*range(1, 8)] == [one.uid for one in at.reader.mails]
        assert [one.uid for one in at.reader.mails if not one.is_whole] == [4]
        assert mail("d") == at.reader.mails[3].raw
        assert len(at.server.said("FETCH 4 (UID BODY.PEEK[]")) >= 3


def test_a_mail_left_out_of_an_answer_is_asked_for_again() -> None:
    """Nothing is taken for gone that the server still has."""
    server = FaultyImap(mails=mails(*"abcd"), left_out=frozenset({2}))
    with desk(server) as at:
        at.reader.look()

        assert [mail(name) for name in "abcd"] == at.reader.raws


def test_a_uid_behind_the_body_is_as_good() -> None:
    """Servers differ in the order of what they say."""
    with desk(FaultyImap(mails=mails(*"abcd"), uid_behind=True)) as at:
        at.reader.look()

        assert [mail(name) for name in "abcd"] == at.reader.raws


def test_the_newest_mail_is_not_new_because_the_server_says_so() -> None:
    """Asked for what comes after the last, servers give the last: `n:*` is never empty."""
    with desk(FaultyImap(mails=mails("one"))) as at:
        for _ in range(3):
            at.reader.look()

        assert [mail("one")] == at.reader.raws
        assert at.server.said("UID 2:*")


def test_a_number_that_went_back_is_a_folder_numbered_anew() -> None:
    """A server restored from its backup goes on lower than it was: nothing new is overlooked."""
    with desk(FaultyImap(mails=mails(*"abcdef"))) as at:
        at.reader.look()
        at.server.mails = mails("a", "new")
        at.inbox.wait(timedelta(0))
        at.reader.look()

        assert mail("new") in at.reader.raws[6:]
        assert at.reader.renewed == ("INBOX",)


def test_where_nobody_can_listen_we_look_now_and_then() -> None:
    """A server without IDLE is asked, and what it tells on the way is heard."""
    server = FaultyImap({"NOOP": [None, Say("* 1 EXISTS\r\n", then_ok=True)]}, offers="IMAP4rev1")
    with desk(server, limits=ALERT) as at:
        at.reader.look()
        server.mails = mails("one")

        assert at.inbox.wait(LONG) is Heard.NEWS
        at.reader.look()
        assert [mail("one")] == at.reader.raws
        assert at.server.said("IDLE") == []


def test_a_server_that_offers_to_be_listened_to_and_refuses_is_asked() -> None:
    """Then it is as if it had not offered."""
    server = FaultyImap({"IDLE": Say("{tag} NO not now\r\n")})
    with desk(server, limits=ALERT) as at:
        at.reader.look()

        assert at.inbox.wait(MOMENT) is Heard.NOTHING
        assert len(at.server.said("IDLE")) == 1


@pytest.mark.parametrize(
    "said",
    [BeSilent(), HangUp(), Say("* BYE Autologout; idle for too long\r\n"), Flood(b"x" * 65536)],
    ids=["silence", "hanging up", "a goodbye", "a flood"],
)
def test_whatever_happens_while_we_listen_is_noticed(said: Action) -> None:
    """Silence after a while, everything else at once; then the inbox is read on."""
    with desk(FaultyImap({"IDLE": [said]}), limits=ALERT, patience=HASTY) as at:
        at.reader.look()
        heard = at.inbox.wait(LONG)
        at.server.mails = mails("one")
        at.reader.look()

        assert isinstance(heard, InboxTrouble)
        assert [mail("one")] == at.reader.raws


def test_a_server_that_says_the_same_again_says_no_news() -> None:
    """As many mails as before are told of at every turn by some; nobody runs in circles."""
    server = FaultyImap({"IDLE": Say("* 1 EXISTS\r\n* OK Still here\r\n")}, mails("one"))
    with desk(server, limits=ALERT) as at:
        at.reader.look()

        assert at.inbox.wait(MOMENT) is Heard.NOTHING


def test_stopping_ends_a_fetch_that_waits() -> None:
    """Who shuts down does not wait for a server that is silent."""
    with desk(FaultyImap({"SEARCH": BeSilent()}, mails("one"))) as at:
        stopping = Timer(0.1, at.inbox.stop)
        stopping.start()

        found = at.fetch()
        stopping.join()

    assert found == Fetched((), ())


def test_an_untrusted_server_is_told_apart_from_one_that_is_away() -> None:
    """A server that speaks no TLS where it should is no server for a password."""
    account = ImapAccount("127.0.0.1", 0, "saiyo", Tls.IMPLICIT, "secret")
    with desk(FaultyImap(), account=account, patience=HASTY) as at:
        told = at.trouble()

    assert told.kind is Trouble.NETWORK
    assert "encryption" in told.why


@settings(max_examples=40, deadline=None)
@given(
    step=st.sampled_from(STEPS[1:]),
    said=st.one_of(
        st.text(alphabet='*+() {}[]"\\<>0123456789\r\nABDEFHILNOSUXY.', max_size=80),
        st.binary(max_size=60).map(lambda octets: octets.decode("utf-8", "surrogateescape")),
    ),
    is_an_answer=st.booleans(),
)
def test_no_octets_at_all_make_us_fall(step: str, said: str, is_an_answer: bool) -> None:
    """Whatever a server sends at whatever step: a value comes back, and the next fetch works."""
    line = f"* {said}\r\n" if is_an_answer else said
    script = {step: [Say(line.replace("{tag}", ""), then_ok=True)]}
    quick = Patience(answer=timedelta(milliseconds=30), command=timedelta(milliseconds=100))
    with desk(FaultyImap(script, mails("one")), patience=quick) as at:
        assert isinstance(at.fetch(), Fetched | InboxTrouble)
        assert isinstance(at.fetch(), Fetched | InboxTrouble)


def test_gmail_names_the_thread_as_its_own_interface_does() -> None:
    """X-GM-THRID counts in tens, Gmail's HTTP in sixteens: a thread has one name in the journal."""
    mails = {1: mail("one"), 2: mail("two"), 3: mail("three")}
    threads = {1: 1266894439832287888, 3: 18446744073709551615}
    gmail = FaultyImap(mails=mails, threads=threads, offers="IMAP4rev1 X-GM-EXT-1 AUTH=PLAIN")
    other = FaultyImap(mails=mails, threads=threads, offers="IMAP4rev1 AUTH=PLAIN")

    with desk(gmail) as at_gmail, desk(other) as elsewhere:
        at_gmail.reader.look()
        elsewhere.reader.look()
        named, unnamed = at_gmail.reader.mails, elsewhere.reader.mails

    assert [one.thread for one in named] == ["1194e9c7de1efa90", "", "ffffffffffffffff"]
    assert [one.size for one in named] == [len(mails[uid]) for uid in mails]
    assert [one.thread for one in unnamed] == ["", "", ""]
    assert elsewhere.server.said("X-GM-THRID") == []
