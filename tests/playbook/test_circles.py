"""Playbooks that move people to and fro: seen where all of a workspace are known."""

import pytest

from tests.playbook.desk import bundle_of, plan_of
from worker.domain.plan import Plan
from worker.playbook.bundle import Bundle
from worker.playbook.circles import enroll_circles
from worker.problems import render_all

POOL = """\
playbook: talent-pool
steps:
  - {id: thanks, when: declined + 1 day, task: お礼}
  - {id: onward, when: consented, enroll: career-relay}
"""
RELAY = """\
playbook: career-relay
steps:
  - id: call
    when: rejected
    task: 電話
    expect: done within 3 days
    if_silent:
      - after: 2 days
        enroll:
          playbook: talent-pool
"""
ALONE = """\
playbook: naitei-follow
steps:
  - {id: pool, when: declined, enroll: talent-pool}
"""


def compiled(text: str, name: str) -> tuple[Plan, Bundle]:
    """Give a playbook's plan with its files."""
    return plan_of(text), bundle_of(text, name)


def test_a_circle_is_told_at_each_of_its_steps() -> None:
    """Both steps that move people to and fro are shown, with the way round."""
    page = render_all(
        enroll_circles([compiled(POOL, "talent-pool"), compiled(RELAY, "career-relay")]), "en"
    )

    assert page.splitlines() == [
        (
            "playbooks/career-relay/playbook.yaml:10:21: warning: "
            "this leads back: career-relay → talent-pool → career-relay"
        ),
        "   10 |           playbook: talent-pool",
        "                            ^^^^^^^^^^^",
        (
            "nobody enters a playbook twice: it does nothing for those who came from there;"
            " leave one of these steps out, or keep it if both ways are meant"
        ),
        "",
        (
            "playbooks/talent-pool/playbook.yaml:4:43: warning: "
            "this leads back: talent-pool → career-relay → talent-pool"
        ),
        "    4 |   - {id: onward, when: consented, enroll: career-relay}",
        "                                                  ^^^^^^^^^^^^",
        (
            "nobody enters a playbook twice: it does nothing for those who came from there;"
            " leave one of these steps out, or keep it if both ways are meant"
        ),
    ]


@pytest.mark.parametrize("texts", [(POOL, ALONE), (RELAY, ALONE), (ALONE,), (POOL,)])
def test_a_way_that_does_not_come_back_is_no_circle(texts: tuple[str, ...]) -> None:
    """To move people on, or into a playbook that nobody knows here, is as it should be."""
    playbooks = [compiled(text, text.split()[1]) for text in texts]

    assert enroll_circles(playbooks) == ()


def test_a_playbook_outside_the_circle_is_left_alone() -> None:
    """Who only leads into a circle is no part of it."""
    names = {
        problem.path.split("/")[1]
        for problem in enroll_circles(
            compiled(text, text.split()[1]) for text in (ALONE, POOL, RELAY)
        )
    }

    assert names == {"talent-pool", "career-relay"}
