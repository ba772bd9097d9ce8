"""Mails a second out of a mailbox, beside the standard library doing the same by hand.

A Dovecot on this machine, 10,000 mails of 4 kB in one folder, sizes asked for before bodies, 500
at a time over one connection. And from a mail's arrival in the mailbox until we have it in hand.
"""

import imaplib
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from statistics import median
from threading import Timer
from time import perf_counter, thread_time

import imapclient  # type: ignore[import-untyped] # it ships no types

from integrations.imap import ImapInbox
from integrations.imap_account import ImapAccount
from integrations.tls import Tls
from tests.bench.measure import Figure, interleaved
from tests.servers.dovecot import PASSWORD, Maildirs, dovecot
from tests.world import HandClock
from worker.ports import Cursor, Fetched

MAILS = 10_000
SIZE = 4_000
BATCH = 500
ROUNDS = 5
ARRIVALS = 20
SINCE = date(2026, 4, 1)
AT = datetime(2026, 4, 10, 9, 0, tzinfo=UTC)
CLOCK = HandClock("2026-04-12 09:00")
_UID = re.compile(rb"UID (\d+)")


def _mail(number: int) -> bytes:
    head = f"Message-ID: <p{number}@example.jp>\r\nFrom: p{number}@example.jp\r\nSubject: {number}"
    return head.encode() + b"\r\n\r\n" + b"0123456789" * (SIZE // 10) + b"\r\n"


def _inbox(maildirs: Maildirs) -> ImapInbox:
    account = ImapAccount("127.0.0.1", maildirs.server.port, maildirs.user, Tls.NONE, PASSWORD)
    return ImapInbox(account, CLOCK)


def ours(maildirs: Maildirs) -> int:
    """Read all of it as the engine does; give how many mails came."""
    inbox = _inbox(maildirs)
    cursors: tuple[Cursor, ...] = ()
    came = 0
    while True:
        found = inbox.fetch(cursors, since=SINCE, most=BATCH)
        if not isinstance(found, Fetched):
            raise TypeError(f"the inbox could not be read: {found}")
        came += len(found.mails)
        cursors = found.cursors
        if not found.more:
            inbox.close()
            return came


def by_hand(maildirs: Maildirs) -> int:
    """Read all of it with imaplib, parsing no more than the uid; give how many mails came."""
    with imaplib.IMAP4("127.0.0.1", maildirs.server.port) as server:
        server.login(maildirs.user, PASSWORD)
        server.select(readonly=True)
        uids = server.uid("SEARCH", "SINCE 1-Apr-2026")[1][0].split()
        came = 0
        for begin in range(0, len(uids), BATCH):
            wanted = b",".join(uids[begin : begin + BATCH]).decode()
            server.uid("FETCH", wanted, "(UID RFC822.SIZE INTERNALDATE)")
            answer = server.uid("FETCH", wanted, "(UID BODY.PEEK[])")[1]
            mails = {
                _UID.findall(part[0])[0]: part[1] for part in answer if isinstance(part, tuple)
            }
            came += len(mails)
        return came


def by_library(maildirs: Maildirs) -> int:
    """Read all of it with IMAPClient's own fetch; give how many mails came."""
    with imapclient.IMAPClient("127.0.0.1", maildirs.server.port, ssl=False) as server:
        server.login(maildirs.user, PASSWORD)
        server.select_folder("INBOX", readonly=True)
        uids = server.search(["SINCE", SINCE])
        came = 0
        for begin in range(0, len(uids), BATCH):
            wanted = uids[begin : begin + BATCH]
            server.fetch(wanted, ["RFC822.SIZE", "INTERNALDATE"])
            came += len(server.fetch(wanted, ["BODY.PEEK[]"]))
        return came


def _delay(maildirs: Maildirs) -> float:
    """Give the median of seconds from a mail's arrival until it is in hand, while we listen."""
    inbox = _inbox(maildirs)
    delays = []
    cursors: tuple[Cursor, ...] = ()
    arrived = [0.0]

    def arrive() -> None:
        arrived[0] = perf_counter()
        maildirs.put([_mail(0)], "INBOX", AT)

    def read() -> int:
        nonlocal cursors
        found = inbox.fetch(cursors, since=SINCE)
        if not isinstance(found, Fetched):
            raise TypeError(f"the inbox could not be read: {found}")
        cursors = found.cursors
        return len(found.mails)

    for _ in range(ARRIVALS):
        while read():
            pass
        arriving = Timer(0.2, arrive)  # when we listen
        arriving.start()
        inbox.wait(timedelta(seconds=20))
        while not read():
            inbox.wait(timedelta(seconds=20))
        delays.append(perf_counter() - arrived[0])
        arriving.join()
    inbox.close()
    return median(delays)


def figures() -> list[Figure]:
    """Measure all of them in turn, round by round."""
    with dovecot() as server:
        maildirs = server.mailbox()
        maildirs.put([_mail(number) for number in range(MAILS)], "INBOX", AT)
        costs: dict[str, list[float]] = {"ours": [], "imaplib": [], "IMAPClient": []}

        def rate(name: str, read: Callable[[Maildirs], int]) -> Callable[[], float]:
            def once() -> float:
                began, spent = perf_counter(), thread_time()
                came = read(maildirs)
                wall = perf_counter() - began
                costs[name].append((thread_time() - spent) / MAILS * 1e6)
                if came != MAILS:
                    raise RuntimeError(f"{name}: {came} of {MAILS} mails came")
                return MAILS / wall

            return once

        by_hand(maildirs)  # Dovecot writes its index once
        seen = interleaved(
            ROUNDS,
            {
                "ours": rate("ours", ours),
                "imaplib": rate("imaplib", by_hand),
                "IMAPClient": rate("IMAPClient", by_library),
            },
        )
        delay = _delay(server.mailbox())
    mine, bare, library = seen.values()
    cpu, bare_cpu, library_cpu = (median(values) for values in costs.values())
    return [
        Figure(
            "mails a second out of a mailbox",
            f"{mine:,.0f} ({mine / bare:.2f} x)",
            f"imaplib by hand {bare:,.0f}; IMAPClient's fetch {library:,.0f}",
            "at least 0.5 x imaplib",
            mine >= 0.5 * bare,
        ),
        Figure(
            "CPU a mail, our side",
            f"{cpu:.0f} us",
            f"imaplib by hand {bare_cpu:.0f} us; IMAPClient's fetch {library_cpu:.0f} us",
            "at most 2 x imaplib",
            cpu <= 2 * bare_cpu,
        ),
        Figure(
            "from arrival in the mailbox until in hand, listening",
            f"{delay * 1000:.0f} ms",
            "Dovecot itself waits 500 ms before it tells",
            "median under 1 s",
            delay < 1,
        ),
    ]
