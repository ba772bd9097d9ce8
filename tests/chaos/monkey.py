"""What happens to whom and when: thrown by dice of a number, so that it can happen again.

Blows come off a deck that is shuffled, dealt to its end and shuffled again: in a run that is long
enough everything has happened, to everybody.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from time import monotonic

from tests.chaos.members import Member
from tests.chaos.servers import Servers
from tests.crash.plug import die


@dataclass(frozen=True, slots=True)
class Blow:
    """One thing that happens: what, to whom, and for how long."""

    what: str
    whom: str = ""
    lasting: float = 0.0  # seconds

    def __str__(self) -> str:
        """Say it as the report does."""
        told = f"{self.whom} {self.what}" if self.whom else self.what
        return f"{told} for {self.lasting:g} s" if self.lasting else told


Deed = Callable[[], None]
WORKERS = ("work-1", "work-2")
EVERYBODY = ("beat", *WORKERS, "listen")


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long things last, in seconds."""

    short: float = 1.5
    past_the_claim: float = 14.0  # longer than a claim's lease
    past_the_doubt: float = 66.0  # so long that what was begun has been looked up and sent anew
    outage: float = 6.0
    cut: float = 15.0
    full: float = 4.0


def deck(lasting: Lasting) -> list[Blow]:
    """Give everything that happens once before anything happens twice."""
    blows = [Blow("killed", one) for one in EVERYBODY]
    blows += [Blow("killed", one) for one in WORKERS] * 2
    blows += [Blow("frozen", one, lasting.short) for one in EVERYBODY]
    blows += [
        Blow("frozen", "work-1", lasting.past_the_claim),
        Blow("frozen", "work-2", lasting.past_the_claim),
        Blow("frozen", "beat", lasting.past_the_claim),
        Blow("cut off", "work-1", lasting.cut),
        Blow("cut off", "work-2", lasting.cut),
        Blow("cut off", "listen", lasting.outage),
        Blow("flushed", "Redis"),
        Blow("frozen", "Redis", lasting.outage),
        Blow("killed", "Redis", lasting.outage),
        Blow("restarted at once", "PostgreSQL"),
        Blow("killed", "SMTP", lasting.short),
        Blow("killed", "SMTP", lasting.outage),
        Blow("silent", "Google", lasting.outage),
        Blow("silent", "Microsoft", lasting.outage),
        Blow("losing 3 answers", "Google"),
        Blow("losing 3 answers", "Microsoft"),
        Blow("disk full", "PostgreSQL", lasting.full),
    ]
    if lasting.past_the_doubt:
        blows.append(Blow("frozen", "work-2", lasting.past_the_doubt))
    return blows


def plan(seed: str, seconds: float, gap: float, cards: Sequence[Blow]) -> list[tuple[float, Blow]]:
    """Say when what happens: blows come *gap* seconds apart on average, the first at once."""
    dealt: list[tuple[float, Blow]] = []
    at, left = 0.0, list[Blow]()
    while True:
        number = len(dealt)
        at += gap * (0.3 + 1.4 * die(f"{seed}/{number}/gap", 1000) / 1000)
        if at > seconds:
            return dealt
        if not left:
            thrown = [die(f"{seed}/{number}/card/{place}", 1 << 40) for place in range(len(cards))]
            left = [card for _, card in sorted(zip(thrown, cards, strict=True), key=_first)]
        dealt.append((at, left.pop()))


def _first(pair: tuple[int, Blow]) -> int:
    return pair[0]


class Monkey:
    """Deals blows when their time has come, and ends what lasts."""

    def __init__(
        self, servers: Servers, members: Mapping[str, Member], blows: Sequence[tuple[float, Blow]]
    ) -> None:
        self.done: Counter[str] = Counter()
        self.dealt: list[tuple[float, Blow]] = []
        self._servers = servers
        self._members = members
        self._deeds = _deeds(servers)
        self._ahead = list(blows)
        self._ends: list[tuple[float, int, Blow]] = []
        self._began = monotonic()
        self._held: Counter[tuple[str, str]] = Counter()  # what lasts: to be ended once

    @property
    def now(self) -> float:
        """Give the seconds since it began."""
        return monotonic() - self._began

    @property
    def is_over(self) -> bool:
        """Whether everything has happened, and is over."""
        return not self._ahead and not self._ends

    def act(self) -> None:
        """Do what is due."""
        while self._ends and self._ends[0][0] <= self.now:
            self._end(heappop(self._ends)[2])
        while self._ahead and self._ahead[0][0] <= self.now:
            _, blow = self._ahead.pop(0)
            self._deal(blow)

    def _deal(self, blow: Blow) -> None:
        if blow.whom in self._servers.out and blow.whom not in self._members:
            return  # it is down already
        if blow.whom in EVERYBODY and blow.whom not in self._members:
            return  # of whom there is none in this play
        if blow.what == "disk full" and self._servers.database.disk is None:
            return  # this user may not have a small disk
        self.done[f"{blow.whom} {blow.what}"] += 1
        self.dealt.append((self.now, blow))
        if blow.whom in self._members:
            self._to_a_member(self._members[blow.whom], blow)
        else:
            if blow.lasting:
                self._servers.out.add(blow.whom)
            self._deeds[blow.whom, blow.what][0]()
        if blow.lasting:
            self._held[blow.whom, blow.what] += 1
            heappush(self._ends, (self.now + blow.lasting, len(self.dealt), blow))

    def _to_a_member(self, member: Member, blow: Blow) -> None:
        match blow.what:
            case "killed":
                member.kill()
            case "frozen":
                member.freeze()
            case "cut off":
                member.place.cut()
            case _:
                raise ValueError(blow)

    def _end(self, blow: Blow) -> None:
        self._held[blow.whom, blow.what] -= 1
        if self._held[blow.whom, blow.what]:
            return  # it happened once more meanwhile, and lasts longer
        member = self._members.get(blow.whom)
        if member is not None:
            if blow.what == "frozen":
                member.thaw()
            else:
                member.place.mend()
            return
        self._servers.out.discard(blow.whom)
        self._deeds[blow.whom, blow.what][1]()


def _deeds(servers: Servers) -> Mapping[tuple[str, str], tuple[Deed, Deed]]:
    """Say what is done to a server, and what ends it where it lasts."""
    return {
        ("Redis", "flushed"): (servers.forget, _nothing),
        ("Redis", "frozen"): (servers.redis.freeze, servers.redis.thaw),
        ("Redis", "killed"): (servers.redis.kill, servers.redis.start),
        ("SMTP", "killed"): (servers.smtp.kill, servers.smtp.start),
        ("PostgreSQL", "restarted at once"): (servers.database.restart, _nothing),
        ("PostgreSQL", "disk full"): (servers.database.fill, servers.database.empty),
        ("Google", "silent"): (servers.google.stop, servers.google.start),
        ("Google", "losing 3 answers"): (servers.lose_at_google, _nothing),
        ("Microsoft", "silent"): (servers.graph.silence, servers.graph.speak),
        ("Microsoft", "losing 3 answers"): (servers.lose_at_microsoft, _nothing),
    }


def _nothing() -> None:
    """Let it be: it does not last."""
