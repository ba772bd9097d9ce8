"""Playbooks of one name in two folders: of a copied folder whose first line was left as it was.

The name is what people are enrolled in, so only one of the two would ever take newcomers.
"""

from collections.abc import Iterable, Iterator

from worker.domain.facts import PlaybookId
from worker.domain.plan import Plan
from worker.playbook.bundle import PLAYBOOK_FILE, Bundle
from worker.playbook.source import Source
from worker.problems import Problem

_WORD = "playbook:"


def namesakes(playbooks: Iterable[tuple[Plan, Bundle]]) -> Iterator[Problem]:
    """Give a mistake for each playbook whose name another folder has, by place."""
    by_name: dict[PlaybookId, list[Bundle]] = {}
    for plan, bundle in playbooks:
        by_name.setdefault(plan.playbook, []).append(bundle)
    for name, bundles in by_name.items():
        for bundle in bundles:
            others = [other.shown(PLAYBOOK_FILE) for other in bundles if other is not bundle]
            if others:
                yield _problem(name, bundle, others[0])


def _problem(name: PlaybookId, bundle: Bundle, other: str) -> Problem:
    content = bundle.files.get(PLAYBOOK_FILE, b"").decode("utf-8-sig", "replace")
    source = Source(bundle.shown(PLAYBOOK_FILE), content.splitlines())
    lines = enumerate(source.lines, 1)
    number, line = next(((n, one) for n, one in lines if one.startswith(_WORD)), (1, ""))
    begin = line.find(name, len(_WORD))
    folder = bundle.folder.rpartition("/")[2]
    near = folder if folder != name else ""
    values = {"found": name, "other": other}
    place = (number, begin, begin + len(name)) if begin >= 0 else (number, 0, len(line))
    source.report_at("playbook.twice", place, values, nearest=near)
    return source.problems[0]
