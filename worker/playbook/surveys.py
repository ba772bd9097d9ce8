"""What a survey asks, checked: names, scales, how long it takes, and that nobody is pressed."""

from collections.abc import Sequence

from worker.domain.surveys import MOST_MINUTES, MOST_POINTS, minutes_of
from worker.playbook.names import ALWAYS, FACT_WORDS, Names
from worker.playbook.schema import QuestionWords, RungWords, SurveyWords
from worker.playbook.source import Source, Text


def check_survey(names: Names, survey: SurveyWords) -> None:
    """Check everything about a survey but its mail."""
    source = names.source
    if survey.sender is not None:
        names.check_mailbox(survey.sender.node, survey.sender.value)
    if not names.workspace.pages and not names.workspace.believes:
        source.report("survey.no_url", survey.node, {"found": "public_url"}, warning=True)
    if survey.open_for is not None and survey.open_for.value.count <= 0:
        source.report("survey.never_open", survey.open_for.node)
    first: dict[str, Text] = {}
    for question in survey.questions:
        _check_question(names, question, first)
    scales = sum(question.scale is not None for question in survey.questions)
    minutes = minutes_of(scales, len(survey.questions) - scales)
    if minutes > MOST_MINUTES and survey.questions:
        values = {"minutes": str(minutes), "most": str(MOST_MINUTES)}
        source.report("survey.long", survey.questions[0].node, values, warning=True)


def check_reminders(source: Source, ladder: Sequence[RungWords]) -> None:
    """Allow one reminder of a survey: who does not answer it has answered."""
    reminders = [
        one.node
        for rung in ladder
        for one in (rung.mail, rung.message)
        if one is not None and getattr(one, "to", None) is None
    ]
    for node in reminders[1:]:
        source.report("survey.reminders", node)


def _check_question(names: Names, question: QuestionWords, first: dict[str, Text]) -> None:
    source = names.source
    if question.id is not None:
        name, node = question.id.value, question.id.node
        if name in FACT_WORDS["survey"] or name in {*ALWAYS, "approved"}:
            source.report("question.reserved", node, {"found": name})
        elif name in first:
            values = {"found": name, "first": str(first[name].line)}
            source.report("id.repeated", node, values)
        first.setdefault(name, node)
    scale, ends = question.scale, question.ends
    if scale is not None and scale.value[1] - scale.value[0] >= MOST_POINTS:
        values = {"found": scale.node.text, "most": str(MOST_POINTS)}
        source.report("survey.scale_long", scale.node, values)
    if ends and (scale is None or len(ends) != 2):  # noqa: PLR2004 - a scale has two ends
        source.report("survey.ends", ends[0].node)
