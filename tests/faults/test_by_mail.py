"""Where everybody is invited by mail, and the line is cut after the final dot of one of the mails.

SMTP knows no key: a mail may have gone, and nobody can tell. It is listed, and never sent blindly.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from integrations.faults import Moment
from integrations.localmail import LocalMail
from tests.cli.desk import Desk, local
from tests.faults.clock import SharedClock
from tests.faults.life import mails_amiss
from tests.faults.place import BEGINS, WatchedMail, lay_out
from tests.faults.worker import CLOCK, Here
from worker.engine.journal.journal import open_journal
from worker.settings.load import load_settings

pytestmark = pytest.mark.services

RIN = "rin@mail.example"


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of three talks in the end."""

    mails: tuple[LocalMail, ...]
    amiss: list[str]
    doubts: list[str]  # subjects, as `doubts` lists them
    status: str

    def methods(self, to: str) -> list[str]:
        """Give what was done to somebody's calendar: REQUEST, CANCEL."""
        return [_method(one) for one in self.mails if one.recipient == to and _method(one)]


def _method(mail: LocalMail) -> str:
    for part in message_from_bytes(mail.content).walk():
        if part.get_content_type() == "text/calendar":
            return str(part.get_param("method"))
    return ""


@contextmanager
def _office() -> Iterator[tuple[Desk, SharedClock, WatchedMail]]:
    with TemporaryDirectory(prefix="by-mail-") as folder, WatchedMail() as mail:
        home = Path(folder)
        clock = SharedClock(home / CLOCK, local(BEGINS))
        yield lay_out(home, mail.port, calendars="mail", place="room"), clock, mail


@cache
def lived(at: int = 0, moment: Moment = Moment.BEFORE) -> Lived:
    """Live until all talks are over, with the line cut at Rin's *at*-th mail; she leaves."""
    ended: list[str] = []

    def cuts(request: str, now: Moment) -> bool:
        if not request.endswith(RIN):
            return False
        if now is Moment.BEFORE:
            ended.append(request)
        return len(ended) == at and now is moment

    with _office() as (desk, clock, mail):
        mail.cuts = cuts
        worker = Here(desk.root)
        worker.live_until(local("2026-04-01 15:00"))
        assert desk.at("2026-04-01 15:00").type("fact", "rin", "declined").status == 0
        worker.live_until(local("2026-04-08 18:00"))
        worker.close()
        desk.now = clock.now()
        journal = open_journal(
            load_settings(desk.root / "tsunagu.yaml").standing().store.url.reveal()
        )
        amiss = mails_amiss(journal, mail.mails)
        journal.close()
        doubts = [one["subject"] for one in desk.type("doubts", "--json").json]
        return Lived(tuple(mail.mails), amiss, doubts, desk.type("status").out)


def test_everybody_is_invited_once_and_rin_is_told_that_it_is_off() -> None:
    """Without any trouble: one request each, and one cancellation."""
    whole = lived()

    assert whole.amiss == []
    assert whole.doubts == []
    assert whole.methods("aoi@mail.example") == ["REQUEST"]
    assert whole.methods(RIN) == ["REQUEST", "CANCEL"]


@pytest.mark.parametrize("moment", Moment, ids=["before", "after"])
@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_of_which_nobody_knows_is_listed_and_sent_to_nobody_twice(
    method: str, moment: Moment
) -> None:
    """The server had it, or had it not: a human is told, in `status` and `doubts`."""
    hers = [one for one in lived().mails if one.recipient == RIN]
    number = next(number for number, one in enumerate(hers, 1) if _method(one) == method)

    cut = lived(number, moment)

    assert cut.amiss == []
    assert len(cut.doubts) == 1
    assert "tsunagu doubts" in cut.status
    expected = ["REQUEST", "CANCEL"]
    if moment is Moment.BEFORE:
        expected.remove(method)
    assert cut.methods(RIN) == expected
