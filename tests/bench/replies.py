"""What received mails are taken for, on real ones, beside what others take them for.

The mails lie beside the checkout and not in it: they are other people's. Where they do not lie
there, it is said, and nothing is measured.
"""

import json
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import default
from hashlib import sha1
from pathlib import Path
from time import process_time
from unicodedata import normalize

from tests.bench.measure import BENCH_PYTHON, ROOT, Figure, interleaved
from tests.domain.answers.hostile import HOSTILE
from worker.domain.answers.answer import classify_letter
from worker.domain.answers.letter import read
from worker.domain.matching_clues import clues_of

CORPUS = ROOT.parent / "shared" / "corpus"
PEERS = Path(__file__).parent / "peers" / "classify_by_others.py"
ROUNDS = 3
_NOTICES = ("bounce_hard", "bounce_soft", "delayed")


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail of the corpus, and what it is."""

    path: str
    raw: bytes = field(repr=False)
    expect: tuple[str, ...]
    addresses: frozenset[str]  # each of which is right
    texts: tuple[str, ...]
    strict: str
    is_body: bool

    @property
    def is_of_a_person(self) -> bool:
        """Say whether a person wrote it."""
        return self.expect[0] == "human_reply"

    @property
    def is_held_back(self) -> bool:
        """Say whether it belongs to the half that was looked at last."""
        return bool(int(sha1(self.path.encode(), usedforsecurity=False).hexdigest(), 16) % 2)


@dataclass(frozen=True, slots=True)
class Guess:
    """What somebody takes a mail for."""

    kind: str = ""
    addresses: frozenset[str] = frozenset()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    right: int
    of: int

    def __str__(self) -> str:
        """Show it as a percentage and as it is."""
        return f"{100 * self.value:.1f} % ({self.right}/{self.of})"

    @property
    def value(self) -> float:
        """Give it as a number from 0 to 1."""
        return self.right / self.of if self.of else 0.0


Guesses = Mapping[str, Guess]


def figures() -> list[Figure]:
    """Measure all of them, if the corpus lies beside the checkout."""
    if not (CORPUS / "index.jsonl").exists():
        return [
            Figure(
                "received mails", f"not measured: no corpus at {CORPUS.name}", "", "", kept=True
            ),
            _of_hostile(),
        ]
    entries = corpus()
    ours = {each.path: _ours(each.raw) for each in entries}
    headers, flufl, first, second = _others()
    return [
        *_of_classes(entries, ours, headers, flufl),
        _of_recipients(entries, ours, flufl),
        _of_texts(entries, ours, {"mail-parser-reply": first, "email-reply-parser": second}),
        _of_cost(entries),
        _of_hostile(),
    ]


def _of_hostile() -> Figure:
    """Time the mails that were written to be slow to read: the slowest of them counts."""
    slowest = ("", 0.0)
    for name, write in HOSTILE.items():
        raw = write()
        began = process_time()
        letter = read(raw)
        clues_of(letter, classify_letter(letter))
        slowest = max(slowest, (name, process_time() - began), key=lambda seen: seen[1])
    return Figure(
        "CPU of the worst mail in the world",
        f"{1000 * slowest[1]:.0f} ms ({slowest[0]})",
        f"slowest of {len(HOSTILE)} hostile mails",
        "under a second",
        slowest[1] < 1,
    )


def corpus() -> list[Entry]:
    """Read the corpus and its index."""
    lines = (CORPUS / "index.jsonl").read_text(encoding="utf-8").splitlines()
    return [_entry(json.loads(line)) for line in lines]


def _entry(row: Mapping[str, object]) -> Entry:
    wanted = row["expect"]
    texts = [row.get("reply_text"), *_many(row.get("reply_accept"))]
    addresses = [row.get("recipient"), *_many(row.get("recipients"))]
    addresses += _many(row.get("recipient_accept"))
    path = str(row["path"])
    return Entry(
        path,
        (CORPUS / path).read_bytes(),
        tuple(map(str, wanted)) if isinstance(wanted, list) else (str(wanted),),
        frozenset(str(each).lower() for each in addresses if each),
        tuple(_plain(str(each)) for each in texts if each is not None),
        str(row.get("strict") or ""),
        bool(row.get("body_only")),
    )


def _many(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", normalize("NFC", text).replace("\xa0", " ")).strip()


def _ours(raw: bytes) -> Guess:
    answer = classify_letter(read(raw))
    addresses = frozenset(each.lower() for each in answer.recipients)
    return Guess(answer.kind.value, addresses, _plain(answer.reply_text))


def _others() -> tuple[Guesses, Guesses, Guesses, Guesses]:
    """Ask the yardsticks, in their own environment."""
    done = subprocess.run(  # noqa: S603 - a command of the benchmark itself
        [BENCH_PYTHON, PEERS, CORPUS], check=True, capture_output=True, cwd=ROOT
    )
    said = json.loads(done.stdout)
    headers = {path: Guess(str(row["headers"])) for path, row in said.items()}
    flufl = {path: _flufl(row["flufl"]) for path, row in said.items()}
    first, second = (
        {path: Guess(text=_plain(str(row.get(name) or ""))) for path, row in said.items()}
        for name in ("mail-parser-reply", "email-reply-parser")
    )
    return headers, flufl, first, second


def _flufl(said: Mapping[str, object] | None) -> Guess:
    if said is None:
        return Guess("human_reply")
    return Guess(
        str(said["class"]), frozenset(str(each).lower() for each in _many(said["recipients"]))
    )


def _share(entries: Sequence[Entry], is_right: Callable[[Entry], bool]) -> Share:
    return Share(sum(map(is_right, entries)), len(entries))


def _of_classes(
    entries: Sequence[Entry], ours: Guesses, headers: Guesses, flufl: Guesses
) -> list[Figure]:
    """Count the classes of mails with a header: what is right, and the costly mistakes."""
    mails = [each for each in entries if not each.is_body]
    held = [each for each in mails if each.is_held_back]
    people = [each for each in entries if each.is_of_a_person]
    machines = [each for each in mails if "human_reply" not in each.expect]
    judged = [each for each in mails if each.strict]

    def right(guesses: Guesses, among: Sequence[Entry]) -> Share:
        return _share(among, lambda each: guesses[each.path].kind in each.expect)

    def as_machines(guesses: Guesses) -> Share:
        return _share(
            people,
            lambda each: guesses[each.path].kind not in {*each.expect, "human_reply", "unsure"},
        )

    def as_people(guesses: Guesses) -> Share:
        return _share(machines, lambda each: guesses[each.path].kind == "human_reply")

    def agreed(guesses: Guesses) -> Share:
        return _share(judged, lambda each: guesses[each.path].kind == each.strict)

    def beside(count: Callable[[Guesses], Share]) -> str:
        return f"headers {count(headers)}, flufl.bounce {count(flufl)}"

    share, persons, robots = right(ours, mails), as_machines(ours), as_people(ours)
    return [
        Figure(
            "class of a mail right (one half, by hash)",
            f"{share} ({100 * right(ours, held).value:.1f} %)",
            beside(lambda guesses: right(guesses, mails)),
            "at least 98 %",
            share.value >= 0.98,
        ),
        Figure(
            "people taken for machines",
            str(persons),
            beside(as_machines),
            "at most 0.5 %",
            persons.value <= 0.005,
        ),
        Figure(
            "machines taken for people",
            str(robots),
            beside(as_people),
            "at most 1 %",
            robots.value <= 0.01,
        ),
        Figure(
            "hard or soft as the sources judge", str(agreed(ours)), beside(agreed), "", kept=True
        ),
    ]


def _of_recipients(entries: Sequence[Entry], ours: Guesses, flufl: Guesses) -> Figure:
    """Count notices whose failed recipient is found."""
    notices = [each for each in entries if each.addresses and each.expect[0] in _NOTICES]

    def right(guesses: Guesses) -> Share:
        return _share(notices, lambda each: bool(guesses[each.path].addresses & each.addresses))

    share = right(ours)
    return Figure(
        "failed recipient of a bounce right",
        str(share),
        f"flufl.bounce {right(flufl)}",
        "at least 97 %",
        share.value >= 0.97,
    )


def _of_texts(entries: Sequence[Entry], ours: Guesses, others: Mapping[str, Guesses]) -> Figure:
    """Count replies of which exactly the new words are left, white space aside."""
    replies = [each for each in entries if each.texts]

    def right(guesses: Guesses) -> Share:
        return _share(replies, lambda each: guesses[each.path].text in each.texts)

    share = right(ours)
    return Figure(
        "new words of a reply exact",
        str(share),
        ", ".join(f"{name} {right(guesses)}" for name, guesses in others.items()),
        "at least 90 %",
        share.value >= 0.9,
    )


def _of_cost(entries: Sequence[Entry]) -> Figure:
    """Time reading, classifying and finding what leads to the ask, against parsing alone."""
    raws = [each.raw for each in entries if not each.is_body]
    parser = BytesParser(policy=default)

    def whole(raw: bytes) -> None:
        letter = read(raw)
        clues_of(letter, classify_letter(letter))

    def timed(take: Callable[[bytes], object]) -> Callable[[], float]:
        def run() -> float:
            began = process_time()
            for raw in raws:
                take(raw)
            return 1000 * (process_time() - began) / len(raws)

        return run

    seen = interleaved(
        ROUNDS, {"ours": timed(whole), "policy.default": timed(parser.parsebytes)}, tell=False
    )
    ours, parsing = seen["ours"], seen["policy.default"]
    return Figure(
        "CPU to read, classify and match a mail",
        f"{ours:.2f} ms ({ours / parsing:.2f} x)",
        f"the standard library's default policy, parsing alone {parsing:.2f} ms",
        "at most 1 x",
        ours <= parsing,
    )
