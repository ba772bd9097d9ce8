"""One life with one trouble, looked at in the end: what is wrong with it, in words."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from integrations.faults import Moment
from tests.faults.life import Account, Life
from tests.faults.place import PLACES
from tests.faults.trouble import (
    Away,
    Deaf,
    Killed,
    Lost,
    LostMail,
    Revoked,
    Rival,
    Throttled,
    Trouble,
)
from tests.faults.worker import Elsewhere, Here, Worker
from tests.servers.certificates import Certificates

# What is to become of everybody, whatever happens. That somebody accepted is told at least once,
# in whichever order with what was moved; of Rin, who left, it does not matter.
STORIES = {
    "aoi": {"booked": 1, "moved": 1, "accepted": 1, "held": 1},
    "ben": {"booked": 1, "declined": 1, "moved": 1, "accepted": 1, "held": 1},
    "rin": {"booked": 1, "cancelled": 1},
}
_INVITED = {"aoi@mail.example": 1, "ben@mail.example": 1, "rin@mail.example": 1}
_IN_ANY_CASE = frozenset({"booked", "held", "cancelled"})
_EARLY = 1  # a request before a Retry-After is over: of the lane that looks for times

RIVAL = "rival"
KINDS: dict[str, Callable[[int, Moment], Trouble]] = {
    "lost": Lost,
    "deaf": Deaf,
    "away": Away,
    "revoked": Revoked,
    "throttled": Throttled,
    RIVAL: Rival,
}
IN_MAIL = "mail"
AT_A_REQUEST, AT_A_COMMIT = "killed", "killed-writing"
_BOTH = (Moment.BEFORE, Moment.AFTER)
MOMENTS = {  # of all but the rival: whoever books over what is booked already wants it so
    "lost": _BOTH,
    "deaf": _BOTH,
    "away": (Moment.BEFORE,),
    "revoked": (Moment.BEFORE,),
    "throttled": (Moment.BEFORE,),
    IN_MAIL: _BOTH,
    AT_A_REQUEST: _BOTH,
    AT_A_COMMIT: _BOTH,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Which trouble, where, and at which request, mail or commit of the life."""

    kind: str
    place: str  # google | microsoft
    at: int
    moment: Moment = Moment.BEFORE

    def __str__(self) -> str:
        return f"{self.place} {self.kind} {self.moment.value} {self.at}"


@dataclass(frozen=True, slots=True)
class Run:
    """A life that is over."""

    account: Account
    struck: bool  # its trouble came; else the life has no such moment
    told: dict[str, str]  # by `status` while the trouble lasted
    wrong: list[str]
    asked: list[str]
    commits: int
    mails: int


def run(fault: Fault, certificates: Certificates) -> Run:
    """Live through it."""
    with TemporaryDirectory(prefix="life-") as folder:
        home = Path(folder)
        with PLACES[fault.place](home, certificates) as place:
            workers: list[Here | Elsewhere] = []
            trouble = _trouble(fault, lambda: workers[-1])

            def start() -> Worker:
                workers.append(_worker(fault, home, is_first=not workers))
                return workers[-1]

            life = Life(place, start, trouble)
            life.live()
            workers[-1].close()
            account = life.account()
            struck = life.deaths > 0 if _kills(fault) else trouble.struck is not None
            return Run(
                account,
                struck,
                life.told,
                list(_wrong(fault, life, account)),
                trouble.asked,
                workers[-1].commits,
                len(place.mail.mails),
            )


def _kills(fault: Fault) -> bool:
    return fault.kind in {AT_A_REQUEST, AT_A_COMMIT}


def _trouble(fault: Fault, worker: Callable[[], Here | Elsewhere]) -> Trouble:
    def kill() -> None:
        running = worker()
        assert isinstance(running, Elsewhere)
        running.kill()

    match fault.kind:
        case word if word == AT_A_REQUEST:
            return Killed(fault.at, fault.moment, kill)
        case word if word == AT_A_COMMIT:
            return Trouble()
        case word if word == IN_MAIL:
            return LostMail(fault.at, fault.moment)
        case word:
            return KINDS[word](fault.at, fault.moment)


def _worker(fault: Fault, home: Path, *, is_first: bool) -> Here | Elsewhere:
    if not _kills(fault):
        return Here(home)
    is_deadly = fault.kind == AT_A_COMMIT and is_first
    return Elsewhere(home, at=fault.at if is_deadly else 0, moment=fault.moment)


def _wrong(fault: Fault, life: Life, account: Account) -> Iterator[str]:
    """Say what is not as it was promised."""
    yield from account.amiss
    for person, story in STORIES.items():
        told = account.stories[person]
        told = Counter({word: min(n, 1) if word == "accepted" else n for word, n in told.items()})
        if person == "rin":
            del told["accepted"], told["declined"]
        if fault.kind == RIVAL:  # who is told of two times at once answers to the second
            told = Counter({word: n for word, n in told.items() if word in _IN_ANY_CASE})
        wanted = {word: n for word, n in story.items() if word in told or fault.kind != RIVAL}
        if told != wanted:
            yield f"{person}: {dict(account.stories[person])}"
    if account.invited != _INVITED:
        yield f"invited: {dict(account.invited)}"
    doubtful = fault.kind == IN_MAIL or _kills(fault)
    if account.findings != (["doubt"] if account.doubts and doubtful else []):
        yield f"status: {account.findings}"
    if account.doubts and not doubtful:
        yield f"doubts: {account.doubts}"
    if life.trouble.lasts and life.trouble.struck and not life.told:
        yield "status said nothing while it lasted"
    if isinstance(life.trouble, Throttled) and life.trouble.refused > 1 + _EARLY:
        yield f"{life.trouble.refused - 1} requests came too early"
