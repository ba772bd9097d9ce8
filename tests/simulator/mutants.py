"""The protections, each switched off by a small patch of the real code, and played until it shows.

    python -m tests.simulator.mutants [NAME …]

A mutant is the shipped source with a few words changed before it is imported, in a process of its
own: nothing in the worker knows of it. A patch that does not fit the source any more is an error,
so that no protection is taken for tested because its words have moved.
"""

import importlib
import importlib.abc
import importlib.util
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
SEEDS = 30  # within so many seeds each mutant is found
PRELOADED = (
    *("aiosmtplib", "alembic.command", "css_inline", "dramatiq", "holidays", "icalendar"),
    *("imapclient", "jinja2.sandbox", "markdown_it", "psycopg", "pydantic"),
    *("sqlalchemy.dialects.sqlite", "tenacity", "yaml"),
)


@dataclass(frozen=True, slots=True)
class Patch:
    """Some words of one file, and what stands there instead."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A protection that is gone."""

    name: str
    says: str  # what is lost, in words
    patches: tuple[Patch, ...]
    scene: str = "storm"
    first: int = 0  # the seed to begin with: one that shows it


_INTENTS = "worker/engine/journal/intents.py"
_ALLOWANCE = "worker/engine/allowance.py"
_CLAIM = "worker/engine/claim.py"
_PERFORM = "worker/engine/perform.py"
_SETTLE = "worker/engine/settle.py"
_SWEEP = "worker/engine/sweep.py"
_TICK = "worker/engine/tick.py"

_READ_LETTERS = "worker/engine/sheet.py"
_SMTP = "integrations/smtp.py"

MUTANTS = (
    Mutant(
        "fence-of-a-beginning",
        "whoever was frozen begins what another worker has by now",
        (
            Patch(
                _INTENTS,
                """        _intent.fence == bindparam("the_fence"),
        _intent.state == _literal(State.CLAIMED),
        _intent.next_at > bindparam("now"),
""",
                """        bindparam("the_fence") == bindparam("the_fence"),
        _intent.state == _literal(State.CLAIMED),
        _intent.next_at > bindparam("now"),
""",
            ),
        ),
        "frozen",
        first=4,
    ),
    Mutant(
        "fence-of-an-outcome",
        "whoever was frozen writes down what becomes of another worker's attempt",
        (
            Patch(
                _INTENTS,
                """    _settle.where(
        _intent.fence == bindparam("the_fence"),
""",
                """    _settle.where(
        bindparam("the_fence") == bindparam("the_fence"),
""",
            ),
        ),
        "frozen",
        first=7,
    ),
    Mutant(
        "fence-of-bytes",
        "whoever was frozen freezes bytes, and takes back wishes, that another worker has by now",
        (
            Patch(
                _CLAIM,
                "ours = still_claimed(connection, works)",
                "ours = {work.id for work in works}",
            ),
        ),
        "frozen",
        first=4,
    ),
    Mutant(
        "lease",
        "a claim takes what somebody else holds",
        (
            Patch(
                _INTENTS,
                """            _intent.next_at <= bindparam("now"),
            _intent.state == _literal(State.READY),
            _intent.crashes""",
                """            bindparam("now") == bindparam("now"),
            _intent.state.in_(_literals(("ready", "claimed", "begun"))),
            _intent.crashes""",
            ),
        ),
    ),
    Mutant(
        "key",
        "a wish is written anew each time it is decided, and nothing says that it was",
        (
            Patch(
                _TICK,
                """                    batch.facts.append(fact_row(person, fact, batch.now, "tick"))
            for note""",
                """                    pass
            for note""",
            ),
            Patch(_TICK, '"key": intent.key,', '"key": f"{intent.key}/{batch.now}",'),
        ),
    ),
    Mutant(
        "nudge-again",
        "a nudge is taken for a truth: what it was about is not said again",
        (
            Patch(
                _TICK,
                "due = frozenset(lanes) | sight.due_lanes(now) | self._unfinished()",
                "due = frozenset(lanes)",
            ),
        ),
    ),
    Mutant(
        "sent-is-sent",
        "a mail is written down as sent before it is sent",
        (
            Patch(
                _PERFORM,
                "            mailer.hand_over([one.envelope for one in begun])\n",
                """            done = [Answered(one.work, Done()) for one in begun]
            with self._store.write() as connection:
                self._recorder.record(connection, lane, done, asked_at)
            mailer.hand_over([one.envelope for one in begun])
""",
            ),
            Patch(_PERFORM, "import Later, Outcome", "import Done, Later, Outcome"),
        ),
    ),
    Mutant(
        "written-before-tried",
        "a mail is handed over, and then it is written down that it begins",
        (
            Patch(
                _PERFORM,
                "            begun = self._turn(lane, window, group)\n",
                """            mailer.hand_over([one.envelope for one in group])
            begun = self._turn(lane, window, group)
""",
            ),
            Patch(
                _PERFORM,
                "            mailer.hand_over([one.envelope for one in begun])\n",
                "            pass\n",
            ),
        ),
    ),
    Mutant(
        "look-again",
        "what was decided is sent, whatever has come to be known since",
        (Patch(_CLAIM, "return sheet.follow(work, verdict)", "return True"),),
        "minds",
    ),
    Mutant(
        "look-again-at-the-beginning",
        "what came to be known while a mail was being written changes nothing",
        (
            Patch(
                _PERFORM,
                "fresh = [one for one in group if number[one.work.person] == one.facts]",
                "fresh = list(group)",
            ),
            Patch(
                _PERFORM,
                "stale = [one for one in group if number[one.work.person] != one.facts]",
                "stale: list[Prepared] = []",
            ),
        ),
        "minds",
        first=1,
    ),
    Mutant(
        "a-moment-ago",
        "what was noted between the look at the clock and the look at the facts is of the future",
        (
            Patch(
                _CLAIM,
                "return newest if now < newest <= now + CLAIM_LEASE else now",
                "return now",
            ),
        ),
        "minds",
        first=86,
    ),
    Mutant(
        "doubt",
        "a mail whose answer was lost is tried again",
        (
            Patch(
                _SETTLE,
                "Settled(work.id, work.fence, State.DOUBT, look_at, at, outcome.why)",
                "Settled(work.id, work.fence, State.READY, look_at, None, outcome.why)",
            ),
        ),
    ),
    Mutant(
        "doubt-of-the-dead",
        "a mail over which a worker died is tried again",
        (
            Patch(
                _SWEEP,
                "State.DOUBT, look_at, stamp(now), _LEFT)",
                "State.READY, look_at, None, _LEFT)",
            ),
        ),
    ),
    Mutant(
        "settle-time",
        "a sent folder is asked at once, and lags behind",
        (
            Patch(
                _SETTLE,
                "PROBE_AFTER = timedelta(minutes=15)",
                "PROBE_AFTER = timedelta(seconds=1)",
            ),
        ),
        first=4,
    ),
    Mutant(
        "claimed-anew",
        "what lay in a frozen process until its lease was over leaves beside what it claimed anew",
        (
            Patch(
                _PERFORM,
                "begun += (_until(one, until) for one in claimed if one.work.id in ids)",
                "begun += (_until(one, until) for one in fresh if one.work.id in ids)",
            ),
        ),
        "crowd",
        first=95,
    ),
    Mutant(
        "hesitation",
        "whoever stood still between writing down that a mail begins and handing it over hands it"
        " over",
        (Patch(_PERFORM, "HESITATION = timedelta(minutes=5)", "HESITATION = timedelta(days=5)"),),
        "frozen",
        first=2,
    ),
    Mutant(
        "wait-for-a-connection",
        "a mail that lay in a frozen process is begun hours later",
        (Patch(_SMTP, "wait: timedelta = timedelta(minutes=5)", "wait: timedelta = timedelta(9)"),),
        "crowd",
        first=93,
    ),
    Mutant(
        "doubt-is-kept",
        "what may have gone is called off, as if it had not",
        (Patch(_READ_LETTERS, "if state is State.CANCELLED and work.resent:", "if False:"),),
        first=29,
    ),
    Mutant(
        "claims-of-the-dead",
        "nobody looks after what a dead worker had claimed",
        (Patch(_SWEEP, "moved += self._claimed(work, now)", "moved += 0"),),
        first=1,
    ),
    Mutant(
        "limit",
        "what has left is not counted",
        (
            Patch(
                _ALLOWANCE,
                "ledger.take(connection, lane, count, now)\n\n    def answered",
                "pass\n\n    def answered",
            ),
        ),
        "limits",
    ),
    Mutant(
        "limit-at-the-beginning",
        "what a limit allowed when it was claimed is handed over, however long after",
        (Patch(_PERFORM, "fresh, over = fresh[:room], fresh[room:]", "over: list[Prepared] = []"),),
        "limits",
    ),
    Mutant(
        "limit-in-flight",
        "what stood still between its beginning and the server counts as of its beginning",
        (
            Patch(_ALLOWANCE, "ledger.take_back(connection, lane, begun)", "pass"),
            Patch(_ALLOWANCE, "ledger.take(connection, lane, len(begun) - untried, now)", "pass"),
        ),
        "pace",
        first=1,
    ),
    Mutant(
        "limit-of-what-flies",
        "what was begun more than a minute ago and has not left is taken for gone long since",
        (Patch(_ALLOWANCE, "now, most, flying=flying)", "now, most, flying=0)"),),
        "pace",
        first=15,
    ),
    Mutant(
        "clock",
        "a clock is believed, however it is set",
        (
            Patch(
                "worker/engine/clock_guard.py",
                "return shown if abs(shown - expected) <= known.tolerance else expected",
                "return shown",
            ),
            Patch(
                "worker/engine/clock_guard.py",
                "return self._is_wrong or abs(self._off()) > self._known.tolerance",
                "return False",
            ),
        ),
        "clocks",
        first=4,
    ),
)


class _Patched(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the files of a mutant with their patches."""

    def __init__(self, patches: Sequence[Patch]) -> None:
        self._sources: dict[str, tuple[Path, str]] = {}
        for patch in patches:
            path = ROOT / patch.path
            name = patch.path.removesuffix(".py").replace("/", ".")
            _, source = self._sources.get(name, (path, path.read_text(encoding="utf-8")))
            if source.count(patch.before) != 1:
                raise ValueError(f"{patch.path}: the words of the patch are not there once")
            self._sources[name] = path, source.replace(patch.before, patch.after)

    def find_spec(
        self, name: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Say that we load the patched modules."""
        del path, target
        if name not in self._sources:
            return None
        return importlib.util.spec_from_loader(name, self, origin=str(self._sources[name][0]))

    def exec_module(self, module: ModuleType) -> None:
        """Run a patched source."""
        path, source = self._sources[module.__name__]
        exec(compile(source, str(path), "exec"), module.__dict__)  # noqa: S102 - our own source, with the words above


def found(mutant: Mutant, seeds: int = SEEDS) -> tuple[int, str]:
    """Play a mutant until it shows, in a process of its own; how many seeds that took, and what.

    Nothing that is not shown within *seeds*: an empty text.
    """
    hears, tells = os.pipe()
    child = os.fork()
    if not child:
        os.close(hears)
        os._exit(_live(mutant, seeds, tells))
    os.close(tells)
    with os.fdopen(hears, encoding="utf-8") as heard:
        told = heard.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError(f"{mutant.name}: the mutant did not live: {told}")
    played, _, what = told.partition(" ")
    return int(played), what


def _live(mutant: Mutant, seeds: int, tells: int) -> int:
    """Be the mutant, and say what came of it."""
    sys.meta_path.insert(0, _Patched(mutant.patches))
    with os.fdopen(tells, "w", encoding="utf-8") as told:
        try:
            from tests.simulator.shrink import run  # noqa: PLC0415 - not before the patches

            for number in range(seeds):
                seed = mutant.first + number
                played = run(mutant.scene, f"{seed}")
                if played.found:
                    told.write(f"{number + 1} {played.found}")
                    return 0
            told.write(f"{seeds} ")
        except BaseException as fault:  # noqa: BLE001 - told to whoever waits for us
            told.write(f"{type(fault).__name__}: {fault}")
            return 1
    return 0


def main(names: Sequence[str]) -> int:
    """Play the mutants, and say which of them nobody noticed."""
    for module in PRELOADED:  # once, and not in every mutant anew
        importlib.import_module(module)
    survivors = 0
    for mutant in MUTANTS:
        if names and mutant.name not in names:
            continue
        seeds, what = found(mutant)
        survivors += not what
        said = what[:160] or "NOT FOUND"
        sys.stdout.write(f"{mutant.name}: {mutant.says}\n    seeds {seeds}: {said}\n")
        sys.stdout.flush()
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
