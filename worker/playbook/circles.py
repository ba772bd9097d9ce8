"""Circles over several playbooks: one moves people into another, and that one moves them back.

Nobody enters a playbook twice, so the step that closes such a circle does nothing for whoever came
from there. No playbook shows that by itself; it is seen where all of a workspace are known.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from worker.domain.facts import PlaybookId
from worker.domain.plan import Enroll, Plan
from worker.playbook.bundle import PLAYBOOK_FILE, Bundle
from worker.playbook.source import Source
from worker.problems import Problem

_WRITTEN = r"\b(?:enroll|playbook)\s*:.*?(?<![\w-])({name})(?![\w-])"


@dataclass(frozen=True, slots=True)
class _Move:
    """A step or a rung that moves people into another playbook."""

    line: int
    into: PlaybookId


def enroll_circles(playbooks: Iterable[tuple[Plan, Bundle]]) -> tuple[Problem, ...]:
    """Warn at each step that is part of a circle over several playbooks, by place."""
    known = {plan.playbook: (tuple(_moves(plan)), bundle) for plan, bundle in playbooks}
    ways = {name: frozenset(move.into for move in moves) for name, (moves, _) in known.items()}
    problems: list[Problem] = []
    for name, (moves, bundle) in known.items():
        source = _source_of(bundle)
        for move in moves:
            back = _way(move.into, name, ways)
            if back and move.into != name:
                values = {"found": move.into, "way": " → ".join((name, *back))}
                place = _place(source, move)
                source.report_at("enroll.circle", place, values, warning=True)
        problems += source.problems
    return tuple(sorted(problems))


def _moves(plan: Plan) -> Iterator[_Move]:
    for step in plan.steps:
        rungs = [(rung.line, action) for rung in step.ladder for action in rung.actions]
        for line, action in [(step.line, step.action), *rungs]:
            if isinstance(action, Enroll):
                yield _Move(line, action.playbook)


def _way(
    start: PlaybookId, end: PlaybookId, ways: Mapping[PlaybookId, frozenset[PlaybookId]]
) -> tuple[PlaybookId, ...]:
    """Give the shortest way from one playbook to another, both named; empty if there is none."""
    open_ways: list[tuple[PlaybookId, ...]] = [(start,)]
    seen = {start}
    while open_ways:
        way = open_ways.pop(0)
        if way[-1] == end:
            return way
        for other in sorted(ways.get(way[-1], frozenset()) - seen):
            seen.add(other)
            open_ways.append((*way, other))
    return ()


def _source_of(bundle: Bundle) -> Source:
    content = bundle.files.get(PLAYBOOK_FILE, b"").decode("utf-8-sig", "replace")
    return Source(bundle.shown(PLAYBOOK_FILE), content.splitlines())


def _place(source: Source, move: _Move) -> tuple[int, int, int]:
    """Find where a step names the playbook it moves people into; else the step's own line."""
    written = re.compile(_WRITTEN.format(name=re.escape(move.into)))
    for number in range(max(move.line, 1), len(source.lines) + 1):
        if found := written.search(source.lines[number - 1]):
            return number, found.start(1), found.end(1)
    text = source.lines[move.line - 1] if 0 < move.line <= len(source.lines) else ""
    return move.line, len(text) - len(text.lstrip(" -")), len(text.rstrip())
