"""How long somebody waits for the command: `--help`, `check` of a long or a monstrous playbook."""

import sys
import tempfile
from collections.abc import Callable
from compileall import compile_dir
from pathlib import Path

from tests.bench.measure import ROOT, Figure, interleaved, run

ROUNDS = 11
TSUNAGU = ROOT / ".venv" / "bin" / "tsunagu"
LINES = 2_000

# What a bare script does with the same file: read it fast, hold it to strict models. No places,
# no expressions, no templates, no plan.
BARE = """\
import sys
from typing import Any
import yaml
from pydantic import BaseModel, ConfigDict

class Step(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)
    id: str
    when: str | dict[str, Any]

class Playbook(BaseModel):
    model_config = ConfigDict(extra="allow")
    playbook: str
    steps: list[Step]

with open(sys.argv[1], encoding="utf-8") as source:
    Playbook.model_validate(yaml.load(source, Loader=yaml.CSafeLoader))
"""


def figures() -> list[Figure]:
    """Measure all three, of compiled sources: what is installed comes so, and the yardsticks do."""
    for package in ("worker", "integrations"):
        compile_dir(ROOT / package, quiet=1)
    return [_help(), _check(), _monsters()]


def _milliseconds(*command: str | Path, cwd: Path = ROOT, refused: bool = False) -> float:
    return 1000 * run(command, cwd=cwd, expected=1 if refused else 0).wall


def _help() -> Figure:
    seen = interleaved(
        ROUNDS,
        {
            "python3 -c pass": lambda: _milliseconds(sys.executable, "-c", "pass"),
            "tsunagu --help": lambda: _milliseconds(TSUNAGU, "--help"),
        },
        tell=False,
    )
    ours, bare = seen["tsunagu --help"], seen["python3 -c pass"]
    return Figure(
        "`tsunagu --help`",
        f"{ours:.0f} ms ({ours / bare:.1f} x)",
        f"`python3 -c pass` {bare:.0f} ms",
        "at most 4 x",
        ours <= 4 * bare,
    )


def _check() -> Figure:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run([TSUNAGU, "init", folder / "hr"])
        playbook = folder / "hr" / "playbooks" / "long"
        write_long_playbook(playbook)
        script = folder / "bare.py"
        script.write_text(BARE, encoding="utf-8")
        source = playbook / "playbook.yaml"
        seen = interleaved(
            ROUNDS,
            {
                "bare": lambda: _milliseconds(sys.executable, script, source),
                "check": lambda: _milliseconds(TSUNAGU, "check", "long", cwd=folder / "hr"),
            },
            tell=False,
        )
    ours, bare = seen["check"], seen["bare"]
    return Figure(
        f"`tsunagu check` of {LINES:,} lines",
        f"{ours:.0f} ms ({ours / bare:.1f} x)",
        f"CSafeLoader and pydantic in a bare script {bare:.0f} ms",
        "at most 3 x",
        ours <= 3 * bare,
    )


MONSTERS: dict[str, Callable[[], bytes]] = {
    "10 MB": lambda: b"a: " + b"x" * 10_000_000,
    "100 levels deep": lambda: b"a: " + b"[" * 100 + b"]" * 100,
    "900,000 brackets": lambda: b"[" * 900_000,
    "450,000 items": lambda: b"[" + b"a," * 450_000 + b"]",
    "150,000 repeated keys": lambda: b"a: b\n" * 150_000,
}


def _monsters() -> Figure:
    """Time the refusal of files that no person wrote, the whole command each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run([TSUNAGU, "init", folder / "hr"])
        playbook = folder / "hr" / "playbooks" / "monster"
        playbook.mkdir()
        slowest = ("", 0.0)
        for what, content in MONSTERS.items():
            (playbook / "playbook.yaml").write_bytes(content())
            taken = _milliseconds(TSUNAGU, "check", "monster", cwd=folder / "hr", refused=True)
            slowest = max(slowest, (what, taken), key=lambda seen: seen[1])
    bare = _milliseconds(sys.executable, "-c", "pass")
    return Figure(
        "`tsunagu check` of a monstrous file, the slowest of five",
        f"{slowest[1]:.0f} ms ({slowest[0]})",
        f"`python3 -c pass` {bare:.0f} ms",
        "refused in under a second",
        slowest[1] < 1000,
    )


def write_long_playbook(folder: Path) -> None:
    """Write a playbook of *LINES* lines: tasks and mails, with conditions and ladders."""
    (folder / "mails").mkdir(parents=True)
    (folder / "mails" / "news.md").write_text(
        "---\nsubject: お知らせ\n---\n\n{{ person.name }}さん、こんにちは。\n", encoding="utf-8"
    )
    lines = [
        "playbook: long",
        "title: 長いプレイブック",
        "for: person.kind == 'offer_holder'",
        "steps:",
    ]
    number = 0
    while len(lines) < LINES:
        number += 1
        lines += [
            f"  - id: step-{number}",
            f"    when: offer + {number} business days at 10:00",
            "    if: person.department == '開発部'",
            "    mail: {template: news, from: hr}",
            "    expect: reply within 5 business days",
            "    if_silent:",
            "      - mail: {template: news, from: hr}",
            "      - after: 2 business days",
            "        task: 電話で様子を聞く",
        ]
    folder.joinpath("playbook.yaml").write_text("\n".join(lines[:LINES]) + "\n", encoding="utf-8")
