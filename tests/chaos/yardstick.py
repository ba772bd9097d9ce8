"""The tutorial design in the same play: the same machines, servers, seed and blows.

It sends mails by SMTP alone. It is treated more gently than ours: its Redis writes every command to
its disk before it answers, whoever is killed goes with all of their processes, and nothing is
asked of its beat and its listener, because it has none.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from tests.bench.measure import ROOT
from tests.chaos.drama import Scale, direct
from tests.chaos.hurry import HurriedClock
from tests.chaos.members import Member
from tests.chaos.monkey import EVERYBODY, WORKERS, Blow, Monkey, plan
from tests.chaos.network import machines
from tests.chaos.script import Cast
from tests.chaos.servers import Servers, servers

DRAMATIQ = Path(sys.executable).with_name("dramatiq")
QUIET = 60.0  # seconds in which nothing arrives any more: longer than its first four retries
SECONDS = 0.9  # of the blows' time: within which mails are due


@dataclass(frozen=True, slots=True)
class Fell:
    """What became of the tutorial's mails."""

    mails: int
    arrived: int
    lost: int
    doubled: int
    dealt: int

    def __str__(self) -> str:
        """Say it as the report does."""
        return (
            "The tutorial design (dramatiq, Retries, a delay and a row for each mail) under the"
            f" same blows, as far as they concern it ({self.dealt}): of {self.mails:,} mails"
            f" {self.arrived:,} arrived, {self.lost:,} had not when nothing had come for"
            f" {QUIET:g} s, {self.doubled:,} came twice."
        )


def tutorial(folder: Path, scale: Scale, seed: str, cards: Sequence[Blow]) -> Fell:
    """Let the same happen to the tutorial; *folder* is empty."""
    count = scale.smtp + scale.gmail + scale.graph
    now = datetime.now(UTC)  # noqa: TID251 - of a real play
    cast = Cast(count, 0, 0, 0, now, timedelta())
    with ExitStack() as stack:
        room = stack.enter_context(machines(len(EVERYBODY)))
        house = stack.enter_context(
            servers(folder, room.addresses, cast, HurriedClock(now, 1.0), is_kept=True)
        )
        places = dict(zip(EVERYBODY, room.open(folder, house.ports), strict=True))
        members = {}
        for name in WORKERS:
            home = folder / name
            home.mkdir()
            (home / "tutorial.json").write_text(_said(house, places[name].address))
            members[name] = Member(name, home, places[name], _command)
            stack.callback(members[name].kill)
        _send(members[WORKERS[0]], count, SECONDS * scale.seconds)
        for member in members.values():
            member.start()
        monkey = Monkey(house, members, plan(seed, scale.seconds, scale.gap, cards))
        looks = [member.tend for member in members.values()]
        direct(lambda: monkey.is_over and monkey.now > scale.seconds, monkey, looks)
        quiet = _Quiet(house)
        direct(quiet.has_come, monkey, looks, patience=scale.patience)
        received = Counter(one.message_id for one in house.recorder.mails)
    doubled = sum(times > 1 for times in received.values())
    return Fell(count, len(received), count - len(received), doubled, len(monkey.dealt))


class _Quiet:
    """Looks whether mails still arrive."""

    def __init__(self, house: Servers) -> None:
        self._house = house
        self._count = -1
        self._since = monotonic()

    def has_come(self) -> bool:
        """Say whether none has arrived for long."""
        count = self._house.recorder.count
        if count != self._count:
            self._count, self._since = count, monotonic()
        return monotonic() > self._since + QUIET


def _said(house: Servers, host: str) -> str:
    postgres, broker, smtp, *_ = house.ports
    return json.dumps(
        {
            "store": f"postgresql+psycopg://postgres@{host}:{postgres}/{house.database.name}",
            "redis": f"redis://{host}:{broker}/0",
            "smtp_host": host,
            "smtp_port": smtp,
        }
    )


def _command() -> list[str]:
    return [str(DRAMATIQ), "tests.chaos.tutorial", "--processes", "1", "--threads", "8"]


def _send(member: Member, count: int, seconds: float) -> None:
    typed = [sys.executable, "-m", "tests.chaos.tutorial", str(count), str(seconds)]
    subprocess.run(  # noqa: S603 - of the tests themselves
        member.place.within(typed),
        cwd=member.home,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
