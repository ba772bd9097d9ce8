"""How often Graph is asked for each mail, and what becomes of mails whose answers are lost."""

import base64
import ssl
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import quote

import httpx

from integrations.microsoft.inbox import GraphInbox
from integrations.microsoft.mailer import GraphMailer
from integrations.microsoft.sending import MARK
from integrations.microsoft.sent import GraphSentFolder
from tests.bench.measure import Figure
from tests.contracts.inbox import Reader, mail
from tests.contracts.mailer import envelope, settle
from tests.integrations.outlook import OutlookWorld, outlook
from tests.servers.certificates import make_certificates
from worker.domain.outcomes import Done, InDoubt
from worker.ports import Envelope

HR = "saiyo@example.jp"
MAILS = 1_000
CONNECTIONS = 3


def figures() -> list[Figure]:
    """Send, lose answers, and read."""
    return [*_sending(), _losing(), _reading()]


@contextmanager
def _exchange() -> Iterator[tuple[OutlookWorld, ssl.SSLContext]]:
    with TemporaryDirectory() as folder:
        certificates = make_certificates(Path(folder))
        trusted = ssl.create_default_context(cafile=str(certificates.ca_file))
        with outlook(certificates) as world:
            world.employ(HR)
            yield world, trusted


def _mail(number: int, word: str = "aoi") -> Envelope:
    """Give the n-th mail, about as long as one of ours."""
    filling = b"Subject: hello\r\n\r\n" + (b"x" * 74 + b"\r\n") * 75
    recipient = f"{word}@u{number}.example.jp"
    return envelope(recipient, key=f"{number}/welcome/0/0/mail", content=filling)


def _sending() -> list[Figure]:
    with _exchange() as (world, trusted):
        mailer = GraphMailer(world.wire, HR, world.clock, connections=CONNECTIONS)
        settle(mailer, [_mail(0)])
        world.server.graph.seen.clear()
        began = perf_counter()
        outcomes = settle(mailer, [_mail(number) for number in range(1, MAILS + 1)])
        took = perf_counter() - began
        asked = len(world.server.graph.seen)
        mailer.close()
        bare = _bare(world, trusted)
    if not all(isinstance(one, Done) for one in outcomes.values()):
        raise AssertionError("a mail did not go")
    return [
        Figure(
            "requests to Graph for each mail sent",
            f"{asked / MAILS:.2f}",
            "a draft, our mark on it, its sending, and a look whether it went",
            "at most 4.1",
            asked <= 4.1 * MAILS,
        ),
        Figure(
            "time for each mail through Graph, our stand-in included",
            f"{1000 * took / MAILS:.1f} ms ({took / bare:.1f} x)",
            f"httpx alone, the same four requests: {1000 * bare / MAILS:.1f} ms",
            "at most 3 x",
            took <= 3 * bare,
        ),
    ]


def _bare(world: OutlookWorld, trusted: ssl.SSLContext) -> float:
    """Make the same requests with as many threads and nothing of ours in between."""
    world.server.login.valid["bare"] = ""
    headers = {"Authorization": "Bearer bare", "Prefer": 'IdType="ImmutableId"'}
    path = f"/v1.0/users/{HR}/messages"

    def send(numbers: range) -> None:
        with httpx.Client(base_url=world.server.url, headers=headers, verify=trusted) as client:
            for number in numbers:
                octets = base64.b64encode(_mail(number).content)
                plain = {"Content-Type": "text/plain"}
                draft = client.post(path, content=octets, headers=plain).json()
                there = f"{path}/{quote(draft['id'], safe='')}"
                marks = [{"id": MARK, "value": str(number)}]
                client.patch(there, json={"singleValueExtendedProperties": marks})
                client.post(f"{there}/send").raise_for_status()
                client.get(there, params={"$select": "isDraft"}).raise_for_status()

    shares = [range(first, MAILS, CONNECTIONS) for first in range(CONNECTIONS)]
    began = perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(send, shares))
    return perf_counter() - began


def _losing() -> Figure:
    """Lose one answer in ten, half of them before Exchange obeys."""
    with _exchange() as (world, _):
        words = {3: "lost-1", 13: "doubt"}
        mails = [_mail(number, words.get(number % 20, "aoi")) for number in range(MAILS)]
        mailer = GraphMailer(world.wire, HR, world.clock, connections=CONNECTIONS)
        outcomes = settle(mailer, mails)
        folder = GraphSentFolder(world.wire, HR)
        doubts = [one for one in mails if isinstance(outcomes[one.key], InDoubt)]
        known = [(one, folder.has(one.message_id)) for one in doubts]
        settle(mailer, [one for one, was_sent in known if was_sent is False])
        mailer.close()
        arrived = Counter(one.recipient for one in world.server.graph.mailroom.delivered)
    twice = sum(count > 1 for count in arrived.values())
    never = len({one.recipient for one in mails} - arrived.keys())
    unknown = sum(was_sent is None for _, was_sent in known)
    return Figure(
        f"{MAILS:,} mails through Graph, one answer in ten lost",
        f"twice {twice}, never {never}, left to a human {unknown}",
        f"{len(doubts)} in doubt for a quarter of an hour, the others known at once",
        "0, 0, 0",
        (twice, never, unknown) == (0, 0, 0),
    )


def _reading() -> Figure:
    with _exchange() as (world, _):
        inbox = GraphInbox(world.wire, HR, world.clock)
        reader = Reader(inbox, [])
        reader.look()
        for number in range(MAILS):
            world.server.graph.mailroom.deliver(HR, mail(f"p{number}"), at=world.clock.now())
        world.server.graph.seen.clear()
        reader.look()
        inbox.close()
        asked = len(world.server.graph.seen)
    return Figure(
        "requests to Graph for each mail received",
        f"{asked / MAILS:.2f}",
        f"one that gives it, and a page for fifty; {MAILS:,} that came together",
        "at most 1.1",
        asked <= 1.1 * MAILS and len(reader.mails) == MAILS,
    )
