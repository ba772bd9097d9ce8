"""What is attached must fit through the mailbox it leaves from."""

from dataclasses import replace

import pytest

from tests.playbook.desk import FILES, TOP, WORKSPACE
from worker.playbook.bundle import PLAYBOOK_FILE, Bundle
from worker.playbook.compile import compile_playbook
from worker.problems import Problem

MB = 1024 * 1024
BOUNDED = replace(WORKSPACE, largest=frozenset({("hr", 3 * MB)}))


def problems(attach: str, files: dict[str, int], *, sender: str = "hr") -> list[Problem]:
    """Compile a playbook that attaches files of so many octets."""
    step = "  - id: welcome\n    when: offer + 1 hour\n"
    mail = f"    mail: {{template: welcome, from: {sender}, attach: {attach}}}\n"
    text = (TOP + step + mail).encode()
    held = {name: b"x" * octets for name, octets in files.items()}
    bundle = Bundle({PLAYBOOK_FILE: text, **FILES, **held}, "playbooks/haru")
    found = compile_playbook(bundle, BOUNDED).problems
    return [one for one in found if not one.warning]


@pytest.mark.parametrize(
    ("attach", "files"),
    [
        ("[big.pdf]", {"big.pdf": 5 * MB // 2}),
        ("[a.pdf, b.pdf]", {"a.pdf": 5 * MB // 4, "b.pdf": 5 * MB // 4}),
        ("['of/{{ person.id }}.pdf']", {"of/aoi.pdf": 9, "of/ben.pdf": 5 * MB // 2}),
    ],
)
def test_what_does_not_fit_through_is_told_before_anybody_waits_for_it(
    attach: str, files: dict[str, int]
) -> None:
    """One file, several together, or the largest of those that each person has their own of."""
    (problem,) = problems(attach, files)

    assert problem.code == "attach.too_large"
    assert dict(problem.values) == {"found": "3.4 MB", "most": "3.0 MB"}
    assert problem.line == 6


@pytest.mark.parametrize(
    ("sender", "octets"),
    [("hr", 2 * MB), ("president", 20 * MB)],
)
def test_what_fits_is_no_problem(sender: str, octets: int) -> None:
    """Two megabytes become less than three; of a server of one's own nobody knows."""
    assert problems("[big.pdf]", {"big.pdf": octets}, sender=sender) == []
