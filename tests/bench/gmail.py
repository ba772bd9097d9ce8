"""How often Gmail is asked for each mail, and what becomes of mails whose answers are lost."""

import base64
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import perf_counter

import httpx

from integrations.google.inbox import GmailInbox
from integrations.google.mailbox import SCOPES
from integrations.google.mailer import GmailMailer
from integrations.google.sent import GmailSentFolder
from tests.bench.measure import Figure
from tests.contracts.inbox import Reader, mail
from tests.contracts.mailer import envelope, settle
from tests.servers.google import GoogleWorld, google_world
from worker.domain.outcomes import Done, InDoubt
from worker.ports import Envelope

HR = "saiyo@example.jp"
MAILS = 1_000
CONNECTIONS = 3


def figures() -> list[Figure]:
    """Send, lose answers, and read."""
    return [*_sending(), _losing(), _reading()]


def _mail(number: int, word: str = "aoi") -> Envelope:
    """Give the n-th mail, about as long as one of ours."""
    filling = b"Subject: hello\r\n\r\n" + (b"x" * 74 + b"\r\n") * 75
    recipient = f"{word}@u{number}.example.jp"
    return envelope(recipient, key=f"{number}/welcome/0/0/mail", content=filling)


def _mailer(world: GoogleWorld) -> GmailMailer:
    return GmailMailer(world.mail_sign_in(), HR, world.clock, connections=CONNECTIONS)


def _sending() -> list[Figure]:
    with google_world() as world:
        world.google.employ(HR)
        mailer = _mailer(world)
        settle(mailer, [_mail(0)])
        world.google.requests.clear()
        began = perf_counter()
        outcomes = settle(mailer, [_mail(number) for number in range(1, MAILS + 1)])
        took = perf_counter() - began
        asked, units = world.asked(), world.google.units
        mailer.close()
        bare = _bare(world)
    if not all(isinstance(one, Done) for one in outcomes.values()):
        raise AssertionError("a mail did not go")
    return [
        Figure(
            "requests to Gmail for each mail sent",
            f"{asked / MAILS:.2f}",
            f"a draft and its sending; {units / MAILS:.0f} quota units of 6,000 a minute",
            "at most 2.1",
            asked <= 2.1 * MAILS,
        ),
        Figure(
            "time for each mail through Gmail, our server included",
            f"{1000 * took / MAILS:.1f} ms ({took / bare:.1f} x)",
            f"httpx alone, the same two requests: {1000 * bare / MAILS:.1f} ms",
            "at most 3 x",
            took <= 3 * bare,
        ),
    ]


def _bare(world: GoogleWorld) -> float:
    """Make the same requests with as many threads and nothing of ours in between."""
    world.google.sign_ins.refresh_tokens["bare"] = HR
    form = {"grant_type": "refresh_token", "refresh_token": "bare", "scope": " ".join(SCOPES)}
    token = httpx.post(world.google.token_uri, data=form).json()["access_token"]
    drafts = f"{world.google.endpoint}/gmail/v1/users/me/drafts"

    def send(numbers: range) -> None:
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as client:
            for number in numbers:
                raw = base64.urlsafe_b64encode(_mail(number).content).decode()
                draft = client.post(drafts, json={"message": {"raw": raw}}).json()
                client.post(f"{drafts}/send", json={"id": draft["id"]}).raise_for_status()

    shares = [range(first, MAILS, CONNECTIONS) for first in range(CONNECTIONS)]
    began = perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(send, shares))
    return perf_counter() - began


def _losing() -> Figure:
    """Lose one answer in ten, half of them before Gmail obeys."""
    with google_world() as world:
        world.google.employ(HR)
        world.google.mailboxes.index_lag = timedelta(minutes=3)
        words = {3: "lost-1", 13: "doubt-1"}
        mails = [_mail(number, words.get(number % 20, "aoi")) for number in range(MAILS)]
        mailer = _mailer(world)
        outcomes = settle(mailer, mails)
        world.clock.turn_to(world.clock.now() + timedelta(minutes=15))
        folder = GmailSentFolder(world.mail_sign_in(), HR, world.clock)
        doubts = [one for one in mails if isinstance(outcomes[one.key], InDoubt)]
        known = [(one, folder.has(one.message_id)) for one in doubts]
        settle(mailer, [one for one, was_sent in known if was_sent is False])
        mailer.close()
        arrived = Counter(one.recipient for one in world.google.mailboxes.arrived)
    twice = sum(count > 1 for count in arrived.values())
    never = len({one.recipient for one in mails} - arrived.keys())
    unknown = sum(was_sent is None for _, was_sent in known)
    return Figure(
        f"{MAILS:,} mails through Gmail, one answer in ten lost",
        f"twice {twice}, never {never}, left to a human {unknown}",
        f"{len(doubts)} in doubt for a quarter of an hour, the others known at once",
        "0, 0, 0",
        (twice, never, unknown) == (0, 0, 0),
    )


def _reading() -> Figure:
    with google_world() as world:
        world.google.employ(HR)
        inbox = GmailInbox(world.mail_sign_in(), HR, world.clock)
        reader = Reader(inbox, [])
        reader.look()
        for number in range(MAILS):
            world.google.mailboxes.receive(HR, mail(f"p{number}"), at=world.clock.now())
        world.google.requests.clear()
        reader.look()
        inbox.close()
        asked = world.asked()
    return Figure(
        "requests to Gmail for each mail received",
        f"{asked / MAILS:.2f}",
        f"one that gives it; {MAILS:,} that came together",
        "at most 1.1",
        asked <= 1.1 * MAILS and len(reader.mails) == MAILS,
    )
