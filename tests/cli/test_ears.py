"""Mailboxes are read side by side."""

from datetime import timedelta
from pathlib import Path
from threading import Event

from integrations.memory import MemoryInbox
from tests.engine.plans import WELCOME
from tests.world import HandClock, World
from worker.cli.ears import listening
from worker.engine.journal.readings import MailState
from worker.engine.listen import Listener, Ours
from worker.ports import Heard, InboxTrouble, Trouble


class Telling(MemoryInbox):
    """An inbox that tells when everything in it was read."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.is_read = Event()

    def wait(self, timeout: timedelta) -> Heard | InboxTrouble:
        """Wait for mail, once all that was there is read."""
        self.is_read.set()
        return super().wait(timeout)


def test_a_mailbox_that_is_down_keeps_no_other_back(tmp_path: Path) -> None:
    """One cannot be signed in to; the other is read all the same, and both end when asked to."""
    world = World(tmp_path)
    down, fine = MemoryInbox(world.clock), Telling(world.clock)
    down.trouble = InboxTrouble(Trouble.CREDENTIALS, "wrong password")
    world.enroll("aoi", world.publish(WELCOME), offer="2026-04-02 09:00")
    fine.arrive(b"From: a@mail.example\r\nSubject: hello\r\n\r\nhello\r\n")
    listeners = [
        Listener(name, inbox, world.journal, world.engine.editions, clock=world.clock, ours=Ours())
        for name, inbox in (("president", down), ("hr", fine))
    ]

    with listening(listeners):
        assert fine.is_read.wait(10)

    assert world.journal.mails.counts() == {MailState.TRAY: 1}
    world.close()
