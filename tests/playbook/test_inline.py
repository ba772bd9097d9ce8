"""Brackets in the texts of a playbook itself: told where they are wrong or nothing fills them."""

import pytest

from tests.playbook.desk import TOP, WORKSPACE
from worker.playbook.bundle import PLAYBOOK_FILE, Bundle
from worker.playbook.compile import compile_playbook
from worker.playbook.templates.check import known_words
from worker.playbook.templates.inline import check_inline
from worker.problems import Problem, render_all

TALK = "  - id: talk\n    when: offer + 1 hour\n    meeting:\n      title: {title}\n"
REST = "      with: [mentor]\n      minutes: 30\n      within: 10 business days\n"
UNKNOWN = """\
playbooks/haru/playbook.yaml:7:24: 'mentr.name' is not known
    7 |       title: "面談: {{ mentr.name }}"
                               ^^^^^^^^^^
"""
AS_WRITTEN = """\
playbooks/haru/playbook.yaml:6:12: ここの「{{ person.name }}」は差し込まれません
    6 |     task: "{{ person.name }}さんに電話"
                   ^^^^^^^^^^^^^^^^^
書いたまま相手に届きます。差し込めるのは、メールの文面と meeting の title です。"""


def problems_of(steps: str) -> tuple[Problem, ...]:
    """Give what is wrong with the texts of a playbook of these steps."""
    bundle = Bundle({PLAYBOOK_FILE: (TOP + steps).encode()}, "playbooks/haru")
    plan = compile_playbook(bundle, WORKSPACE).standing()
    return tuple(check_inline(plan, bundle, known_words(plan, WORKSPACE)))


def test_a_word_in_a_title_that_nobody_has_is_told_at_its_place() -> None:
    """A slip in the title of a meeting is found at the desk, as one in a mail is."""
    page = render_all(problems_of(TALK.replace("{title}", '"面談: {{ mentr.name }}"') + REST), "en")

    assert page.startswith(UNKNOWN)
    assert page.endswith("did you mean 'mentor'?")


@pytest.mark.parametrize(
    "title",
    [
        '"{{ person.name }}: {{ mentor.name }}"',
        '"{{ department.name }} {{ offer | month }}"',
        "1on1",
    ],
)
def test_a_title_of_known_words_is_right(title: str) -> None:
    """People, roles, the department and facts may stand in a title."""
    assert not problems_of(TALK.replace("{title}", title) + REST)


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ('"{{ mentor.name"', "template.syntax"),
        ('"{mentor.name}"', "template.single"),
        ('"{{ meeting.day }}"', "template.unknown"),
        ('"{{ mentor.name | familly }}"', "template.filter"),
    ],
)
def test_a_title_that_cannot_be_filled_is_told(title: str, code: str) -> None:
    """What a mail may not hold no title may, nor a word of the meeting that is not there yet."""
    assert [code] == [one.code for one in problems_of(TALK.replace("{title}", title) + REST)]


def test_brackets_that_nothing_fills_are_told_at_their_place() -> None:
    """A member of staff would have been asked to call {{ person.name }}."""
    steps = '  - id: call\n    when: offer\n    task: "{{ person.name }}さんに電話"\n'

    assert render_all(problems_of(steps), "ja") == AS_WRITTEN


@pytest.mark.parametrize(
    "kind",
    [
        'alert: {to: hr, text: "{{ person.name }}"}',
        'message: {channel: line, text: "{% if mentor %}x{% endif %}"}',
        'survey: {intro: "{{ person.name }}", questions: [{id: a, ask: b, scale: 1..5}]}',
        'survey: {questions: [{id: a, ask: {ja: "{{ person.name }}", en: b}, scale: 1..5}]}',
        'survey: {questions: [{id: a, ask: b, scale: 1..5, ends: ["{{ hr.name }}", c]}]}',
        'meeting: {with: [hr], minutes: 30, within: 3 days, place: "{{ person.department }}"}',
    ],
)
def test_no_text_that_is_sent_as_written_holds_brackets(kind: str) -> None:
    """Candidates and staff never read the brackets of a template."""
    (problem,) = problems_of(f"  - id: one\n    when: offer\n    {kind}\n")

    assert (problem.code, problem.line) == ("text.as_written", 6)
    assert problem.column > 0


def test_a_reminder_in_a_ladder_is_looked_at_too() -> None:
    """A rung's alert is read by people as well."""
    steps = (
        "  - id: call\n    when: offer\n    task: 電話\n    expect: done within 3 days\n"
        '    if_silent:\n      - alert: {to: hr, text: "{{ person.name }}"}\n'
    )

    (problem,) = problems_of(steps)

    assert (problem.code, problem.line) == ("text.as_written", 9)
