"""The play: our processes on machines of their own, the servers, people who answer, and the monkey.

It ends when everything has happened, is over, and nobody has anything left to do. Then the accounts
are compared. The same seed deals the same blows; what they hit is the machine's business.
"""

import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic

from tests.bench.measure import CACHE
from tests.chaos import accounts
from tests.chaos.accounts import Account
from tests.chaos.hurry import HurriedClock
from tests.chaos.members import Member, ours
from tests.chaos.monkey import EVERYBODY, Blow, Monkey, plan
from tests.chaos.network import Place, has_namespaces, machines
from tests.chaos.people import People
from tests.chaos.script import WAYS, Cast, lay_out
from tests.chaos.servers import Servers, servers
from worker.domain.appointments import Stage
from worker.domain.intents import State
from worker.engine.journal.journal import Journal, open_journal
from worker.engine.journal.lanes import mail_lane

VERBS = {"beat": "beat", "work-1": "work", "work-2": "work", "listen": "listen"}
TURN = 0.1  # seconds between two looks of the director
A_LOOK = 2.0  # seconds between two looks at whether all is calm
STAYS = 2  # so many looks in a row


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a play is."""

    smtp: int
    gmail: int
    graph: int
    meetings: int
    pace: float  # how much faster than the machine's the clock is
    preparing: float  # seconds until the first is due
    seconds: float  # of blows
    gap: float  # seconds between two of them
    patience: float  # seconds until all has to be calm


@dataclass(frozen=True, slots=True)
class Ending:
    """How a play ended."""

    accounts: tuple[Account, ...]
    dealt: tuple[tuple[float, Blow], ...]
    done: Counter[str]
    statuses: dict[str, list[int]]  # with which somebody ended by themselves
    starts: dict[str, int]
    without_redis: tuple[int, float]  # mails that went out while Redis was away, and seconds of it
    took: float
    calm_after: float
    has_namespaces: bool
    said: dict[str, str]
    stories: tuple[str, ...]  # of those with whom something went wrong

    @property
    def holds(self) -> bool:
        """Whether every account is right, and everybody ended as asked."""
        return all(one.holds for one in self.accounts) and not any(self.bugs())

    def bugs(self) -> list[str]:
        """Give the lines in which somebody told of a fault of ours."""
        return [
            f"{name}: {line}"
            for name, text in self.said.items()
            for line in text.splitlines()
            if "Traceback" in line or "event=bug" in line
        ]


@dataclass(frozen=True, slots=True)
class Troupe:
    """Everybody who takes part."""

    members: dict[str, Member]
    house: Servers
    journal: Journal
    cast: Cast
    clock: HurriedClock


def play(folder: Path, scale: Scale, seed: str, cards: Sequence[Blow]) -> Ending:
    """Let it happen; *folder* is empty."""
    since = datetime.now(UTC)  # noqa: TID251 - of a real play
    clock = HurriedClock(since, scale.pace)
    cast = Cast(
        scale.smtp,
        scale.gmail,
        scale.graph,
        scale.meetings,
        clock.now() + timedelta(seconds=scale.preparing * scale.pace),
        timedelta(seconds=0.9 * scale.seconds * scale.pace),
    )
    with ExitStack() as stack:
        room = stack.enter_context(machines(len(EVERYBODY)))
        house = stack.enter_context(servers(folder, room.addresses, cast, clock))
        places = room.open(folder, house.ports)
        members = _members(folder, places, house, cast, since, scale.pace)
        journal = open_journal(house.database.url, is_asked=True)
        stack.callback(journal.close)
        troupe = Troupe(members, house, journal, cast, clock)
        return _acted(stack, troupe, scale, seed, cards)


def _members(
    folder: Path,
    places: Sequence[Place],
    house: Servers,
    cast: Cast,
    since: datetime,
    pace: float,
) -> dict[str, Member]:
    """Give every process a machine with a workspace of its own; the first imports everybody."""
    members = {}
    for (name, verb), place in zip(VERBS.items(), places, strict=True):
        home = folder / name
        home.mkdir()
        lay_out(home, cast, house.settings(place.address))
        house.write_keys(home, place.address)
        command = ours(since.isoformat(), pace, verb)
        members[name] = Member(name, home, place, partial(list, command))
    first = members["beat"]
    for words in (["upgrade"], ["staff", "import"], ["people", "import"]):
        typed = ours(since.isoformat(), pace, *words)
        done = subprocess.run(  # noqa: S603 - the command of this project
            first.place.within(typed),
            cwd=first.home,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{words}: {done.stdout}{done.stderr}")
    return members


def _acted(
    stack: ExitStack, troupe: Troupe, scale: Scale, seed: str, cards: Sequence[Blow]
) -> Ending:
    """Let them act, and give the accounts when all is calm."""
    members, house, journal = troupe.members, troupe.house, troupe.journal
    cast, clock = troupe.cast, troupe.clock
    for member in members.values():
        stack.callback(member.kill)
        member.start()
    began = monotonic()
    people = People(house, cast, clock, seed)
    until_due = (cast.since - clock.now()).total_seconds() / scale.pace
    Event().wait(max(0.0, until_due))
    monkey = Monkey(house, members, plan(seed, scale.seconds, scale.gap, cards))
    away = Away(house)
    looks = [*(member.tend for member in members.values()), away.look, people.read]
    direct(lambda: monkey.is_over and monkey.now > scale.seconds, monkey, looks)
    over = monotonic()
    calm = Calm(journal, people, clock)
    direct(calm.has_come, monkey, looks, patience=scale.patience)
    calm_after = monotonic() - over
    statuses = {name: [*member.statuses] for name, member in members.items()}
    for name, member in members.items():
        status = member.end()
        statuses[name] += [] if status is None else [status]
    found = [*accounts.mails(journal, house, cast), *accounts.meetings(journal, house, cast)]
    found.append(accounts.answers(journal, people.written))
    return Ending(
        tuple(found),
        tuple(monkey.dealt),
        monkey.done,
        statuses,
        {name: member.starts for name, member in members.items()},
        (away.mails, away.seconds),
        monotonic() - began,
        calm_after,
        has_namespaces(),
        {name: member.said() for name, member in members.items()},
        tuple(accounts.stories(journal, found)),
    )


class Away:
    """Counts the mails that went out while Redis did not answer."""

    def __init__(self, house: Servers) -> None:
        self.mails = 0
        self.seconds = 0.0
        self._house = house
        self._since: tuple[float, int] | None = None

    def look(self) -> None:
        """Look whether it answers."""
        is_away = "Redis" in self._house.out
        if is_away and self._since is None:
            self._since = monotonic(), self._house.recorder.count
        elif not is_away and self._since is not None:
            began, before = self._since
            self.mails += self._house.recorder.count - before
            self.seconds += monotonic() - began
            self._since = None


class Calm:
    """Looks whether anybody has anything left to do."""

    def __init__(self, journal: Journal, people: People, clock: HurriedClock) -> None:
        self._journal = journal
        self._people = people
        self._clock = clock
        # Its folders are read, and nothing that was sent is laid into one: nobody there can tell,
        # however often it is asked.
        self._by_smtp = mail_lane(WAYS["smtp"])
        self._looked_at = 0.0
        self._calm = 0

    def has_come(self) -> bool:
        """Say whether nothing was left to do at the last looks."""
        if monotonic() < self._looked_at + A_LOOK:
            return False
        self._looked_at = monotonic()
        desk = self._journal.desk
        moving = desk.in_state(State.READY, State.CLAIMED, State.BEGUN, most=5)
        doubts = [
            one
            for one in desk.in_state(State.DOUBT, most=100_000)
            if one.next_at and one.lane != self._by_smtp
        ]
        seeking = self._journal.meetings.standing(
            Stage.SEEKING, Stage.BOOKING, Stage.CHANGING, Stage.CANCELLING
        )
        due = self._journal.overview.next_wake(self._clock.now())
        is_late = due is not None and due <= self._clock.now()
        is_calm = not (moving or doubts or seeking or is_late)
        is_calm = is_calm and not accounts.answers(self._journal, self._people.written).lost
        self._calm = self._calm + 1 if is_calm else 0
        return self._calm >= STAYS


def direct(
    is_over: Callable[[], bool],
    monkey: Monkey,
    looks: Sequence[Callable[[], None]],
    *,
    patience: float = float("inf"),
) -> None:
    """Let everybody act in turn, until it is over or patience ends."""
    until = monotonic() + patience
    pause = Event()
    while not is_over() and monotonic() < until:
        monkey.act()
        for look in looks:
            look()
        pause.wait(TURN)


def keep(page: str, ending: Ending, name: str) -> None:
    """Write the report and what everybody said where they can be looked at."""
    logs = CACHE / name
    logs.mkdir(parents=True, exist_ok=True)
    (CACHE / f"{name}.md").write_text(page, encoding="utf-8")
    for member, said in ending.said.items():
        (logs / f"{member}.log").write_text(said, encoding="utf-8")


def report(ending: Ending, scale: Scale, seed: str, beside: str) -> str:
    """Write what happened, and the accounts."""
    network = "network namespaces" if ending.has_namespaces else "doors that are stopped"
    what = f"{scale.smtp + scale.gmail + scale.graph:,} mails, {scale.meetings:,} invitations"
    how = f"machines are {network}, the clock hurries {scale.pace:g} times"
    when = f"{len(ending.dealt)} blows in {scale.seconds:g} s"
    calm = f"all calm {ending.calm_after:.0f} s after the last; {ending.took:.0f} s in all"
    away, mails = f"{ending.without_redis[1]:.0f} s in all", ending.without_redis[0]
    lines = [
        f"# Chaos, seed `{seed}`",
        "",
        f"{what}; {how}. {when}, {calm}.",
        "",
        f"Again: `make chaos SEED={seed}`",
        "",
        accounts.HEAD,
        *(one.row() for one in ending.accounts),
        "",
        f"While Redis was away ({away}) {mails:,} mails went out by SMTP.",
        "",
        beside,
        "",
        "| what happened | times |",
        "|---|---|",
        *(f"| {what} | {times} |" for what, times in sorted(ending.done.items())),
        "",
        "Starts: " + ", ".join(f"{name} {count}" for name, count in ending.starts.items()) + ".",
        "Ended by themselves with: "
        + ", ".join(f"{name} {statuses}" for name, statuses in ending.statuses.items())
        + ".",
        "",
        "| s | blow |",
        "|---|---|",
        *(f"| {at:.1f} | {blow} |" for at, blow in ending.dealt),
    ]
    wrong = [
        f"- {one.name}: {said}"
        for one in ending.accounts
        for said in [*sorted(one.lost), *sorted(one.doubled), *one.unsettled]
    ]
    wrong += [f"- {line}" for line in (*ending.stories, *ending.bugs())]
    if wrong:
        lines += ["", "## What is wrong", "", *wrong[:200]]
    return "\n".join(lines) + "\n"


def seconds_of(text: str) -> str:
    """Give a seed from the clock, where nobody named one."""
    return text or datetime.now(UTC).strftime("%Y%m%d%H%M%S")  # noqa: TID251 - of a real play
