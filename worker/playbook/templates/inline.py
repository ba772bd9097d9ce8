"""What stands between `{{ }}` in a playbook's own texts, where no mail's check looks.

The title of a meeting is filled for each person; every other text goes out as it is written, so
brackets in it would be read by a candidate.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from worker.domain.plan import Action, Alert, Meeting, Message, Plan, Survey, Task, Worded
from worker.playbook.bundle import PLAYBOOK_FILE, Bundle
from worker.playbook.templates.names import names_in, unknown_names
from worker.playbook.templates.source import Source, Text, segments
from worker.problems import Problem, cells

_NOT_IN_TITLES = frozenset({"meeting", "survey", "unsubscribe"})
_BRACKETS = re.compile(r"\{\{[^\n]*?(?:\}\}|$)|\{%[^\n]*?(?:%\}|$)", re.MULTILINE)


def check_inline(
    plan: Plan, bundle: Bundle, known: Mapping[str, Collection[str] | None]
) -> Iterator[Problem]:
    """Give the mistakes of titles, and every other text of the playbook that holds brackets.

    Args:
        plan: Of the version.
        bundle: The version.
        known: What templates may name, as `known_words` gives it.
    """
    path = bundle.shown(PLAYBOOK_FILE)
    lines = bundle.files[PLAYBOOK_FILE].decode("utf-8-sig", "replace").splitlines()
    steps = {str(step.id) for step in plan.steps}
    left_out = _NOT_IN_TITLES - steps
    titles = {word: inside for word, inside in known.items() if word not in left_out}
    for step in plan.steps:
        actions = [(step.line, step.action)]
        actions += [(rung.line, one) for rung in step.ladder for one in rung.actions]
        for line, action in actions:
            if isinstance(action, Meeting) and "{" in action.title:
                for problem in _of_title(action.title, path, titles):
                    yield _moved(problem, action.title, lines, line)
            for text in _as_written(action):
                if (found := _BRACKETS.search(text)) is not None:
                    yield _moved(_as_it_stands(found[0], path), found[0], lines, line)


def _as_it_stands(found: str, path: str) -> Problem:
    values = (("found", found),)
    return Problem(path, 0, 1, "text.as_written", values, width=cells(found))


def _of_title(
    title: str, path: str, known: Mapping[str, Collection[str] | None]
) -> Iterator[Problem]:
    problems: list[Problem] = []
    nothing = Text("", 1, 0)
    source = Source(path, (title,), Text(title, 1, 0), nothing, nothing)
    names = names_in(source, source.subject, segments(source, source.subject, problems), problems)
    yield from problems
    yield from unknown_names(names, known, path)


def _as_written(action: Action) -> Iterator[str]:
    """Give the texts of an action that people read and nobody fills."""
    match action:
        case Task() | Alert() | Message():
            yield action.text
        case Meeting():
            yield action.place
        case Survey():
            yield from (*_said(action.title), *_said(action.intro))
            for question in action.questions:
                yield from _said(question.ask)
                for end in question.ends or ():
                    yield from _said(end)
        case _:
            pass


def _said(worded: Worded) -> Iterator[str]:
    yield from (worded,) if isinstance(worded, str) else worded.values()


def _moved(problem: Problem, text: str, lines: list[str], first: int) -> Problem:
    """Put a problem of *text* where the file has it, from the line *first* on.

    A text that is written over several lines, or with escapes, is told by the line of its step.
    """
    for number, line in enumerate(lines[first - 1 :], first):
        at = line.find(text)
        if at >= 0:
            column = cells(line[:at]) + problem.column
            return replace(problem, line=number, column=column, source=line)
    return replace(problem, line=first, column=0, source="")
