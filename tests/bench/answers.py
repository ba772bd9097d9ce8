"""From a mail's arrival in the mailbox until the reminder it answers is cancelled.

A Dovecot on this machine that is listened to (IDLE), the engine's own listener, and the tests' own
journal, which does not wait for the disk (some milliseconds a commit). Everybody was asked, and
their reminder is written and due: it waits for a server that said to come back later. Each answers
on the thread, one after the other.
"""

from collections.abc import Callable
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from threading import Event
from time import perf_counter

from integrations.imap import ImapInbox
from integrations.imap_account import ImapAccount
from integrations.tls import Tls
from tests.bench.measure import Figure
from tests.engine.plans import LADDER
from tests.servers.dovecot import PASSWORD, Maildirs, dovecot
from tests.world import MAILBOXES, Seen, World
from worker.cli.ears import listening
from worker.domain.intents import State
from worker.domain.outcomes import Done, Later, Outcome
from worker.engine.listen import Listener, Ours
from worker.ports import Envelope

PEOPLE = 20
_TELLS_AFTER = 0.5  # seconds: Dovecot gathers what arrives before it tells anybody
_PATIENCE = 60.0
_LOOK = 0.005
_PAUSE = Event()  # never set


def figures() -> list[Figure]:
    """Measure how long an answer takes."""
    with TemporaryDirectory() as folder, dovecot() as server:
        delays = _delays(Path(folder), server.mailbox())
    middle, slow = median(delays), quantiles(delays, n=20)[-1]
    return [
        Figure(
            "from arrival in the mailbox until the reminder is cancelled, listening",
            f"{middle * 1000:.0f} ms (p95 {slow * 1000:.0f} ms)",
            f"Dovecot itself waits {_TELLS_AFTER * 1000:.0f} ms before it tells",
            "median under 2 s",
            middle < 2,
        )
    ]


def _delays(folder: Path, maildirs: Maildirs) -> list[float]:
    world = World(folder)
    people = [f"p{number:02}" for number in range(PEOPLE)]
    asked = _asked(world, people)
    account = ImapAccount("127.0.0.1", maildirs.server.port, maildirs.user, Tls.NONE, PASSWORD)
    ours = Ours({mailbox.address: name for name, mailbox in MAILBOXES.items()})
    listener = Listener(
        "hr",
        ImapInbox(account, world.clock),
        world.journal,
        world.engine.editions,
        clock=world.clock,
        ours=ours,
    )
    maildirs.put([_answer("nobody", "<x@elsewhere.example>")], "INBOX", world.now)
    delays = []
    with listening([listener]):
        _until(lambda: bool(world.journal.mails.waiting()))  # it has read, and listens
        for person in people:
            _PAUSE.wait(0.3)  # until it listens again
            began = perf_counter()
            maildirs.put([_answer(person, asked[person])], "INBOX", world.now)
            _until(partial(_is_cancelled, world, person))
            delays.append(perf_counter() - began)
    world.close()
    return delays


def _asked(world: World, people: list[str]) -> dict[str, str]:
    """Ask everybody, and let their reminders wait; gives the ids of what they were asked."""

    def put_off(envelope: Envelope) -> Outcome:
        is_reminder = envelope.key.endswith("/1/mail")
        return Later("451 come back later") if is_reminder else Done("250 ok")

    world.mailers["hr"].answer = put_off
    plan = world.publish(LADDER)
    for person in people:
        world.enroll(person, plan, offer="2026-04-02 09:00")
    world.run_until("2026-04-02 11:00")
    sent: list[Seen] = world.arrived
    world.run_until("2026-04-07 10:00")
    return {mail.to.partition("@")[0]: mail.headers["Message-ID"] for mail in sent}


def _answer(person: str, to: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = f"{person}@mail.example", "saiyo@tsunagu.example"
    mail["Subject"], mail["In-Reply-To"] = "Re: ようこそ", to
    mail.set_content("はい、伺います。")
    return mail.as_bytes()


def _is_cancelled(world: World, person: str) -> bool:
    return any(wish.rung == 1 and wish.state is State.CANCELLED for wish in world.wishes(person))


def _until(is_true: Callable[[], bool]) -> None:
    began = perf_counter()
    while not is_true():
        if perf_counter() - began > _PATIENCE:
            raise RuntimeError("the answer was not seen within a minute")
        _PAUSE.wait(_LOOK)
