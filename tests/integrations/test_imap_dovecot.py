"""Reading a real Dovecot while the world is hard on it: each mail exactly once, nothing changed."""

import imaplib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Thread, Timer
from time import monotonic

import pytest

from integrations.imap import (
    DEFAULT_LIMITS,
    DEFAULT_PATIENCE,
    USUAL_FOLDERS,
    ImapInbox,
    Limits,
)
from integrations.imap_account import ImapAccount
from integrations.imap_folders import Wanted
from integrations.imap_wire import Patience
from integrations.tls import Tls
from tests.contracts.inbox import LATELY, Reader, mail
from tests.servers.certificates import Certificates
from tests.servers.cutting import failing_network
from tests.servers.dovecot import PASSWORD, Dovecot, Maildirs, laid_out, serving
from tests.world import HandClock
from worker.ports import Fetched, Heard, InboxTrouble, Place, Trouble

pytestmark = pytest.mark.services

MANY = 10_000
ALERT = Limits(alive=timedelta(milliseconds=200))
HASTY = Patience(answer=timedelta(milliseconds=500))
LONG = timedelta(seconds=20)


@contextmanager
def inbox_of(
    maildirs: Maildirs,
    *,
    port: int | None = None,
    folders: Wanted = USUAL_FOLDERS,
    limits: Limits = DEFAULT_LIMITS,
    patience: Patience = DEFAULT_PATIENCE,
) -> Iterator[ImapInbox]:
    """Give an inbox of somebody, reached by a port of theirs or of a network's."""
    account = ImapAccount(
        "127.0.0.1", port or maildirs.server.port, maildirs.user, Tls.NONE, PASSWORD
    )
    clock = HandClock("2026-04-12 09:00")
    inbox = ImapInbox(account, clock, folders=folders, limits=limits, patience=patience)
    try:
        yield inbox
    finally:
        inbox.close()


def numbers(seed: str, most: int) -> Iterator[int]:
    """Give numbers up to *most* that look as if thrown, and are the same every time."""
    for throw in range(1_000_000):
        yield 1 + int.from_bytes(sha256(f"{seed}{throw}".encode()).digest()[:6]) % most


def test_ten_thousand_mails_come_once_each_over_a_network_that_breaks(dovecot: Dovecot) -> None:
    """The first look at a full mailbox, with the connection cut again and again on the way."""
    maildirs = dovecot.mailbox()
    mails = [mail(f"p{n}", octets=n % 900) for n in range(MANY)]
    maildirs.put(mails, "INBOX", LATELY)

    with failing_network(dovecot.port, numbers("cut", 400_000)) as network:
        with inbox_of(maildirs, port=network.port) as inbox:
            reader = Reader(inbox, [])
            found = reader.look()

        assert isinstance(found, Fetched)
        assert sorted(mails) == sorted(reader.raws)
        assert len({(one.uidvalidity, one.uid) for one in reader.mails}) == MANY
        assert network.cut >= 10
        assert all(one.is_whole for one in reader.mails)


def test_a_restarted_server_loses_and_doubles_nothing() -> None:
    """In the middle of reading, and again while we listen for answers."""
    mails = [mail(f"p{n}") for n in range(120)]
    with laid_out() as server, ExitStack() as first, ExitStack() as second:
        first.enter_context(serving(server))
        maildirs = server.mailbox()
        maildirs.put(mails, "INBOX", LATELY)
        with inbox_of(maildirs) as inbox:
            begun = inbox.fetch((), since=LATELY.date(), most=30)
            assert isinstance(begun, Fetched)
            reader = Reader(inbox, [*begun.mails], begun.cursors, most=30)

            first.close()
            down = [inbox.fetch(reader.cursors, since=LATELY.date()) for _ in range(2)]
            second.enter_context(serving(server))
            reader.look()
            ending = Timer(0.1, second.close)
            ending.start()
            heard = inbox.wait(LONG)
            ending.join()
            maildirs.put([mail("later")], "INBOX", LATELY)
            with serving(server):
                found = reader.look()

    assert [type(each).__name__ for each in (*down, heard)] == ["InboxTrouble"] * 3
    assert isinstance(found, Fetched)
    assert sorted([*mails, mail("later")]) == sorted(reader.raws)


def flags(maildirs: Maildirs) -> list[bytes]:
    """Say which flags the mails of somebody's inbox have, and which are new to everybody."""
    with imaplib.IMAP4("127.0.0.1", maildirs.server.port) as server:
        server.login(maildirs.user, PASSWORD)
        server.select(readonly=True)
        said = [part for part in server.fetch("1:*", "(UID FLAGS)")[1] if isinstance(part, bytes)]
        return [*said, *(one or b"" for one in server.response("RECENT")[1])]


def test_reading_changes_nothing_in_the_mailbox(dovecot: Dovecot) -> None:
    """What a person has not opened still looks unopened; what they marked stays marked."""
    maildirs = dovecot.mailbox()
    maildirs.put([mail("one"), mail("two"), mail("large", octets=9000)], "INBOX", LATELY)
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as person:
        person.login(maildirs.user, PASSWORD)
        person.select()
        person.store("2", "+FLAGS", r"(\Seen \Flagged)")
    maildirs.put([mail("three")], "INBOX", LATELY)
    before = flags(maildirs)

    with inbox_of(maildirs, limits=Limits(largest=1000)) as inbox:
        reader = Reader(inbox, [])
        reader.look()
        inbox.wait(timedelta(milliseconds=10))
        reader.look()

    assert len(reader.mails) == 4
    assert rb"\Seen" in b" ".join(before)
    assert before == flags(maildirs)


def test_junk_folders_go_by_many_names(dovecot: Dovecot) -> None:
    """The marked one and those that mail programs made, in Japanese, too; nobody's own folders."""
    maildirs = dovecot.mailbox()
    for folder in ("Junk", "迷惑メール", "Spam", "送信済みアイテム", "採用2026", "Drafts"):
        maildirs.put([mail(folder.encode().hex())], folder, LATELY)

    with inbox_of(maildirs, folders=Wanted(reads_sent=True)) as inbox:
        reader = Reader(inbox, [])
        reader.look()

    assert sorted((one.folder, one.place) for one in reader.mails if one.place is Place.JUNK) == [
        ("Junk", Place.JUNK),
        ("Spam", Place.JUNK),
        ("迷惑メール", Place.JUNK),
    ]
    assert [one.folder for one in reader.mails if one.place is Place.SENT] == ["送信済みアイテム"]
    assert len(reader.mails) == 4


def test_folders_are_read_by_the_names_in_the_settings(dovecot: Dovecot) -> None:
    """Who names a folder gets this one, written as they read it."""
    maildirs = dovecot.mailbox()
    maildirs.put([mail("one")], "返信 & 応募", LATELY)
    maildirs.put([mail("two")], "要確認", LATELY)

    with inbox_of(maildirs, folders=Wanted(inbox="返信 & 応募", junk="要確認")) as inbox:
        reader = Reader(inbox, [])
        reader.look()

    assert [mail("one"), mail("two")] == reader.raws


def test_an_inbox_that_does_not_exist_is_told(dovecot: Dovecot) -> None:
    """A slip in the settings is a matter for whoever looks after them."""
    with inbox_of(dovecot.mailbox(), folders=Wanted(inbox="Inbocks")) as inbox:
        found = inbox.fetch((), since=LATELY.date())

    assert isinstance(found, InboxTrouble)
    assert found.kind is Trouble.MAILBOX
    assert "Inbocks" in found.why


def test_a_wrong_password_is_told(dovecot: Dovecot) -> None:
    """Nobody waits for a network that is fine."""
    account = ImapAccount("127.0.0.1", dovecot.port, "saiyo", Tls.NONE, "another")
    inbox = ImapInbox(account, HandClock("2026-04-12 09:00"))

    found = inbox.fetch((), since=LATELY.date())
    inbox.close()

    assert isinstance(found, InboxTrouble)
    assert found.kind is Trouble.CREDENTIALS


def test_an_umlaut_in_a_password_is_no_trouble_of_ours(dovecot: Dovecot) -> None:
    """It is refused by the server, as a wrong password, and breaks nothing here."""
    account = ImapAccount("127.0.0.1", dovecot.port, "saiyo", Tls.NONE, "pässwört 合言葉\r\n")
    inbox = ImapInbox(account, HandClock("2026-04-12 09:00"))

    found = inbox.fetch((), since=LATELY.date())
    inbox.close()

    assert isinstance(found, InboxTrouble)
    assert found.kind is Trouble.CREDENTIALS


def test_a_certificate_of_a_stranger_is_not_believed(dovecot: Dovecot) -> None:
    """No password is given to a server that cannot show who it is."""
    account = ImapAccount("localhost", dovecot.tls_port, "saiyo", Tls.IMPLICIT, PASSWORD)
    inbox = ImapInbox(account, HandClock("2026-04-12 09:00"))

    found = inbox.fetch((), since=LATELY.date())
    inbox.close()

    assert isinstance(found, InboxTrouble)
    assert found.kind is Trouble.NETWORK
    assert "no trusted encryption" in found.why


def test_encryption_may_begin_after_hello(dovecot: Dovecot, certificates: Certificates) -> None:
    """STARTTLS, and then everything as ever."""
    maildirs = dovecot.mailbox()
    maildirs.put([mail("aoi")], "INBOX", LATELY)
    ca_file = str(certificates.ca_file)
    account = ImapAccount(
        "localhost", dovecot.port, maildirs.user, Tls.STARTTLS, PASSWORD, ca_file=ca_file
    )
    inbox = ImapInbox(account, HandClock("2026-04-12 09:00"))
    reader = Reader(inbox, [])

    reader.look()
    inbox.close()

    assert [mail("aoi")] == reader.raws


def test_a_line_that_died_in_silence_is_noticed(dovecot: Dovecot) -> None:
    """Nobody hangs up, and nothing comes any more: we ask who is there, and connect anew."""
    maildirs = dovecot.mailbox()
    with (
        failing_network(dovecot.port) as network,
        inbox_of(maildirs, port=network.port, limits=ALERT, patience=HASTY) as inbox,
    ):
        reader = Reader(inbox, [])
        reader.look()

        network.is_frozen = True
        heard = inbox.wait(LONG)
        network.is_frozen = False
        maildirs.put([mail("aoi")], "INBOX", LATELY)
        reader.look()

    assert isinstance(heard, InboxTrouble)
    assert heard.kind is Trouble.NETWORK
    assert [mail("aoi")] == reader.raws


def test_a_line_that_breaks_while_we_listen_is_noticed_at_once(dovecot: Dovecot) -> None:
    """Not after the time that was given for waiting."""
    with (
        failing_network(dovecot.port) as network,
        inbox_of(dovecot.mailbox(), port=network.port) as inbox,
    ):
        Reader(inbox, []).look()
        breaking = Timer(0.1, network.hang_up)
        breaking.start()

        began = monotonic()
        heard = inbox.wait(LONG)
        seconds = monotonic() - began
        breaking.join()

    assert isinstance(heard, InboxTrouble)
    assert heard.kind is Trouble.NETWORK
    assert seconds < 5


def test_one_mailbox_that_is_down_holds_no_other(dovecot: Dovecot) -> None:
    """Each has a thread and a connection of its own, and they share nothing."""
    maildirs = dovecot.mailbox()
    maildirs.put([mail("aoi")], "INBOX", LATELY)
    with failing_network(dovecot.port) as network:
        network.is_frozen = True
        with inbox_of(maildirs, port=network.port) as dead, inbox_of(maildirs) as alive:
            waiting = Thread(target=lambda: dead.fetch((), since=LATELY.date()))
            waiting.start()
            reader = Reader(alive, [])

            reader.look()

            assert waiting.is_alive()
            dead.stop()
            waiting.join()
    assert [mail("aoi")] == reader.raws


def test_a_long_list_of_gaps_is_no_trouble(dovecot: Dovecot) -> None:
    """Somebody deleted every other mail: what is left is read, and what is gone is not missed."""
    maildirs = dovecot.mailbox()
    mails = [mail(f"p{n}") for n in range(1200)]
    maildirs.put(mails, "INBOX", LATELY)
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as person:
        person.login(maildirs.user, PASSWORD)
        person.select()
        person.store(",".join(str(n) for n in range(1, 1200, 2)), "+FLAGS", r"(\Deleted)")
        person.expunge()

    with inbox_of(maildirs) as inbox:
        reader = Reader(inbox, [])
        reader.look()

    assert mails[1::2] == reader.raws


def test_the_servers_zone_does_not_move_the_day(dovecot: Dovecot) -> None:
    """What arrived just after midnight of the day is read, wherever the server stands."""
    maildirs = dovecot.mailbox()
    midnight = datetime(2026, 4, 9, 15, 0, 1, tzinfo=UTC)  # 00:00:01 on the 10th in Tokyo
    maildirs.put([mail("aoi")], "INBOX", midnight)

    with inbox_of(maildirs) as inbox:
        found = inbox.fetch((), since=LATELY.date())
        waited = inbox.wait(LONG)

    assert isinstance(found, Fetched)
    assert [mail("aoi")] == [one.raw for one in found.mails]
    assert waited is Heard.NEWS
