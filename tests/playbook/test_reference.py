"""The reference of the language is right: what it shows compiles, and it leaves nothing out."""

import re
from pathlib import Path

import pytest

from tests.playbook.desk import WORKSPACE
from worker.domain.when import Unit
from worker.playbook.bundle import Bundle
from worker.playbook.compile import Compiled, compile_playbook
from worker.playbook.names import ALWAYS, ANSWERS, FACT_WORDS, PACES, STAFF_FIELDS
from worker.playbook.schema import (
    KINDS,
    AlertWords,
    CalendarWords,
    MailWords,
    MeetingWords,
    PlaybookWords,
    SendingWords,
    StepWords,
    SurveyWords,
    TaskWords,
    UpdateWords,
    WebhookWords,
)
from worker.playbook.shapes import words_of
from worker.playbook.workspace import PERSON_FIELDS, STANDARD_FACTS, STANDARD_ROLES
from worker.problems import render_all

REFERENCE = (Path(__file__).parents[2] / "docs" / "playbook.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", REFERENCE, re.DOTALL)
TABLES = (
    *(PlaybookWords, CalendarWords, SendingWords, StepWords, MailWords, MeetingWords),
    *(SurveyWords, TaskWords, AlertWords, UpdateWords, WebhookWords),
)


def _compiled(block: str) -> Compiled:
    whole = block if block.startswith("playbook:") else f"playbook: shown\n{block}"
    named = re.findall(r"template: ([\w-]+)", whole)
    attached = re.findall(r"attach: \[([\w.]+)", whole)
    files = {f"mails/{name}.md": b"" for name in named} | dict.fromkeys(attached, b"")
    return compile_playbook(Bundle({"playbook.yaml": whole.encode(), **files}), WORKSPACE)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n", 1)[0][:30])
def test_every_example_of_the_reference_compiles(block: str) -> None:
    """Whoever copies an example has a playbook without a mistake and without a warning."""
    told = _compiled(block)

    assert told.problems == (), render_all(told.problems, "en")


def test_every_word_of_the_language_is_in_the_reference() -> None:
    """Words, kinds, facts, answers, units, names of people and staff: none is left out."""
    words = {said for table in TABLES for said in words_of(table)}
    facts = {said for kind in FACT_WORDS.values() for said in (*kind, *ALWAYS, "approved")}
    answers = {said for kind in ANSWERS.values() for said in kind}
    units = {unit.value for unit in Unit}
    names = {*PERSON_FIELDS, *STAFF_FIELDS, *PACES, *STANDARD_ROLES, *KINDS}
    dated = {fact for fact in STANDARD_FACTS if not fact.startswith("person.")}

    everything = words | facts | answers | units | names | dated
    missing = {said for said in everything if not re.search(rf"\b{said}\b", REFERENCE)}

    assert missing == set()
