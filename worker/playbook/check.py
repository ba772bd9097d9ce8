"""Every name and every combination of a playbook that was read, checked where it stands."""

from collections.abc import Iterable, Mapping

from worker.domain.plan import Sending
from worker.playbook import sense
from worker.playbook.almanac import is_known
from worker.playbook.bundle import Bundle
from worker.playbook.expressions import Expression
from worker.playbook.kinds import check_actions, check_enroll, check_repeated
from worker.playbook.names import ANSWERS, Names, StepNames
from worker.playbook.schema import (
    CalendarWords,
    PlaybookWords,
    RungWords,
    SendingWords,
    StepWords,
    ThenWords,
)
from worker.playbook.shapes import Said
from worker.playbook.source import Source, Text
from worker.playbook.timewords import Awaited, Timed
from worker.playbook.workspace import Workspace
from worker.playbook.zones import is_full_zone, nearest_zone
from worker.problems import nearest

_JAPAN = frozenset({"JA", "JPN", "JAPAN", "日本"})


def every_step(words: PlaybookWords) -> list[tuple[str, ThenWords]]:
    """Give every step, those of `then:` too, each with its id; without one, with nothing."""
    steps: list[tuple[str, ThenWords]] = []
    for step in words.steps:
        name = step.id.value if step.id else ""
        steps.append((name, step))
        steps += [(id_of(one, name, number), one) for number, one in enumerate(step.then, 1)]
    return steps


def steps_by_id(words: PlaybookWords) -> Mapping[str, ThenWords]:
    """Give every step, those of `then:` too, by its id; of equal ids the first."""
    steps: dict[str, ThenWords] = {}
    for name, step in every_step(words):
        if name:
            steps.setdefault(name, step)
    return steps


def id_of(step: ThenWords, parent: str, number: int) -> str:
    """Give the id of a step of `then:`: its own, else it is numbered."""
    return step.id.value if step.id is not None else f"{parent}.then{number}"


def rungs_of(step: ThenWords) -> tuple[ThenWords | RungWords, ...]:
    """Give the step and the rungs of its ladder: everything that does something."""
    return (step, *step.if_silent)


def names_of(source: Source, words: PlaybookWords, workspace: Workspace) -> Names:
    """Collect what the playbook itself names: its steps, its facts."""
    steps: dict[str, StepNames] = {}
    for name, step in steps_by_id(words).items():
        survey = step.survey
        asked = tuple(one.id.value for one in survey.questions if one.id) if survey else ()
        is_hidden = survey is not None and survey.anonymous is not None and survey.anonymous.value
        steps[name] = StepNames(
            name,
            sense.kind_of(step),
            expects=step.node.get("expect") is not None,
            approved=step.approve is not None,
            questions=() if is_hidden else asked,
            hidden=asked if is_hidden else (),
        )
    noted = {
        rung.update.fact.value
        for step in steps_by_id(words).values()
        for rung in rungs_of(step)
        if rung.update is not None and rung.update.fact is not None
    }
    declared = {said.value for said in (*words.facts, *words.needs)}
    return Names(source, workspace, steps, frozenset(declared | noted))


def check_playbook(words: PlaybookWords, names: Names, bundle: Bundle) -> None:
    """Report everything about a whole playbook that the shapes alone cannot know."""
    source = names.source
    _check_head(words, names)
    sending = names.workspace.sending
    if words.sending is not None:
        sense.check_budgets(source, words.sending.at_most)
        sending = sending_of(words.sending, sending)
    steps = steps_by_id(words)
    own = words.playbook.value if words.playbook else ""
    silences = _silences(steps)
    stop_on = frozenset(said.value for said in words.stop_on)
    _check_ids(names, words.steps)
    for name, step in every_step(words):
        _check_step(names, step, sending)
        for rung in rungs_of(step):
            check_actions(names, rung, bundle)
            if rung.enroll is not None and rung.enroll.playbook is not None:
                check_enroll(names, rung.enroll.playbook, own)
        sense.check_window(source, step, stop_on)
        sense.check_silence(source, step, stop_on, heard=f"{name}.silent" in silences)
    sense.check_circles(source, sense.waits_of(steps, names))


def _check_head(words: PlaybookWords, names: Names) -> None:
    for said in words.needs:
        names.check_person_fact(said.node, said.value)
    for said in words.stop_on:
        names.check_fact(said.node, said.value)
    for said in words.facts:
        if said.value in names.workspace.facts:
            names.source.report("facts.known", said.node, {"found": said.value}, warning=True)
    for listed in (words.needs, words.stop_on, words.facts):
        check_repeated(names.source, listed)
    if words.audience is not None:
        _check_condition(names, words.audience, before=True)
    if words.calendar is not None:
        _check_calendar(names.source, words.calendar)


def sending_of(words: SendingWords, fallback: Sending) -> Sending:
    """Give the rules of sending as written, falling back on others word by word."""
    return Sending(
        words.hours.value if words.hours else fallback.hours,
        words.days.value if words.days else fallback.days,
        tuple(said.value for said in words.at_most) or fallback.at_most,
        fallback.grace,
        fallback.react_every,
    )


def templates_of(words: PlaybookWords) -> Iterable[Said[str]]:
    """Give every template that is named, with the place that names it."""
    for step in steps_by_id(words).values():
        for rung in rungs_of(step):
            if rung.mail is not None and rung.mail.template is not None:
                yield rung.mail.template
        if step.meeting is not None and step.meeting.mail is not None:
            inviting = step.meeting.mail.template
            if inviting is not None:
                yield inviting
        if step.survey is not None and step.survey.template is not None:
            yield step.survey.template


def _check_ids(names: Names, steps: Iterable[StepWords]) -> None:
    first: dict[str, Text] = {}
    every = [one for step in steps for one in (step, *step.then)]
    for step in every:
        if step.id is None:
            continue
        names.check_id(step.id.node, step.id.value)
        if step.id.value in first:
            values = {"found": step.id.value, "first": str(first[step.id.value].line)}
            names.source.report("id.repeated", step.id.node, values)
        first.setdefault(step.id.value, step.id.node)


def _check_step(names: Names, step: ThenWords, sending: Sending) -> None:
    source, kind = names.source, sense.kind_of(step)
    _check_moments(names, step)
    if step.condition is not None:
        _check_condition(names, step.condition)
    if step.approve is not None:
        names.check_role(step.approve.node, step.approve.value)
    if step.sending is not None:
        sense.check_budgets(source, step.sending.at_most)
        sending = sending_of(step.sending, sending)
    if kind:
        _check_expect(source, step, kind)
        sense.check_idle(source, step, kind, sending)
    if step.expect is not None:
        _check_or(names, step.expect)


def _check_moments(names: Names, step: ThenWords) -> None:
    if step.when is not None and isinstance(step.when.value, Expression):
        _check_condition(names, Said(step.when.value, step.when.node))
    elif step.when is not None and isinstance(step.when.value, Timed):
        _check_facts(names, Said(step.when.value, step.when.node))
    for timed in (step.every, step.no_later_than):
        if timed is not None:
            _check_facts(names, timed)


def _check_facts(names: Names, said: Said[Timed]) -> None:
    for named in said.value.facts:
        names.check_fact(said.node, named.name, (named.offset, len(named.name)))


def _check_condition(names: Names, said: Said[Expression], *, before: bool = False) -> None:
    for mention in said.value.mentions:
        names.check_mention(said.node, mention, before=before)


def _check_expect(source: Source, step: ThenWords, kind: str) -> None:
    if step.expect is None:
        return
    answers = ANSWERS.get(kind, {})
    word = step.expect.value.word
    values = {"found": word, "kind": kind}
    if not answers:
        source.report("expect.kind", step.expect.node, values, expected=tuple(ANSWERS))
    elif word not in answers:
        near = nearest(word, answers) or (next(iter(answers)) if len(answers) == 1 else "")
        part = (step.expect.node.text.find(word), len(word))
        expected = tuple(answers)
        source.report(
            "expect.word", step.expect.node, values, expected=expected, nearest=near, part=part
        )


def _check_or(names: Names, said: Said[Awaited]) -> None:
    """Check the facts that are as good as the answer."""
    seen = {said.value.word}
    for other in said.value.others:
        part = (other.offset, len(other.name))
        if other.name in seen:
            values = {"found": other.name}
            names.source.report("expect.repeated", said.node, values, part=part, warning=True)
        else:
            names.check_fact(said.node, other.name, part)
        seen.add(other.name)


def _check_calendar(source: Source, calendar: CalendarWords) -> None:
    if calendar.timezone is not None and not is_full_zone(calendar.timezone.value):
        zone = calendar.timezone
        values = {"found": zone.value}
        source.report("calendar.zone", zone.node, values, nearest=nearest_zone(zone.value))
    if calendar.holidays is not None and not is_known(calendar.holidays.value):
        country = calendar.holidays
        near = "JP" if country.value.upper() in _JAPAN else ""
        source.report("calendar.country", country.node, {"found": country.value}, nearest=near)


def _silences(steps: Mapping[str, ThenWords]) -> frozenset[str]:
    """Give the silences that some step waits for or asks about."""
    heard: set[str] = set()
    for step in steps.values():
        for said in (step.when, step.every, step.condition):
            if said is None:
                continue
            if isinstance(said.value, Expression):
                heard |= {mention.written.removeprefix("facts.") for mention in said.value.mentions}
            else:
                heard |= {named.name for named in said.value.facts}
    return frozenset(heard)
