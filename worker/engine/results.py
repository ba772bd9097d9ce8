"""What a group has answered to a survey, time by time: figures of groups, and of nobody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from worker.domain.facts import Digest, Fact, Facts, PlaybookId, StepId
from worker.domain.figures import Box, Figure, columns, figures, grouped
from worker.domain.intents import KIND, State
from worker.domain.plan import Survey
from worker.domain.surveys import ANSWERED, Answers, form_of
from worker.engine import tables
from worker.engine.journal.answers import boxes
from worker.engine.journal.history import of_both
from worker.engine.journal.rows import FACT, fact_of
from worker.engine.journal.store import Store
from worker.engine.render import Editions

_intent, _fact, _person = tables.intent.c, tables.fact.c, tables.person.c
_WENT_OUT = tuple(state.value for state in (State.BEGUN, State.DONE, State.DOUBT))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of those who answered: `name` is what they share, empty of the rest."""

    name: str
    answered: int
    figures: tuple[Figure, ...]  # none: they are too few


@dataclass(frozen=True, slots=True)
class Round:
    """One time of a survey, as one version of the questions asked it."""

    survey: Survey
    occurrence: int
    asked: int
    answered: int
    counted: int  # answers that the figures are of; fewer than answered while a group fills
    figures: tuple[Figure, ...]  # none: they are too few
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """Somebody who was asked."""

    person: str
    occurrence: int
    survey: Survey
    group: str


class Results:
    """Reads what surveys have been answered."""

    def __init__(self, store: Store, editions: Editions, *, least: int) -> None:
        self._store = store
        self._editions = editions
        self._least = least

    def of(self, playbook: PlaybookId, step: StepId, *, by_department: bool = False) -> list[Round]:
        """Give every round of a survey, in the order of the times it was asked."""
        with self._store.read() as connection:
            people = self._asked(connection, playbook, step)
            answers = _answers(connection, playbook, step)
            found = boxes(connection, playbook, step)
        rounds: dict[tuple[int, str], list[_Asked]] = {}
        for one in people:
            rounds.setdefault((one.occurrence, form_of(one.survey)), []).append(one)
        told = []
        for key, asked in sorted(rounds.items(), key=lambda item: item[0]):
            if asked[0].survey.anonymous:
                told.append(self._of_nobody(asked, found.get(key, Box())))
            else:
                told.append(self._of_people(asked, answers, by_department=by_department))
        return told

    def _of_nobody(self, asked: Sequence[_Asked], box: Box) -> Round:
        """Give the figures of an anonymous round: of what may be shown by now."""
        survey = asked[0].survey
        shown = figures(survey, box.shown, box.shown_count, self._least)
        counted = box.shown_count if shown else 0
        return Round(survey, asked[0].occurrence, len(asked), box.count, counted, shown)

    def _of_people(
        self,
        asked: Sequence[_Asked],
        answers: Mapping[tuple[str, int], Answers],
        *,
        by_department: bool,
    ) -> Round:
        survey, least = asked[0].survey, self._least
        groups: dict[str, list[Answers]] = {}
        for one in asked:
            sheet = answers.get((one.person, one.occurrence))
            if sheet is not None:
                groups.setdefault(one.group, []).append(sheet)
        sheets = [sheet for group in groups.values() for sheet in group]
        shown = figures(survey, columns(sheets), len(sheets), least)
        parts = tuple(
            Part(
                group.name,
                len(group.sheets),
                figures(survey, columns(group.sheets), len(group.sheets), least),
            )
            for group in grouped({name: tuple(found) for name, found in groups.items()}, least)
            if by_department
        )
        counted = len(sheets) if shown else 0
        return Round(survey, asked[0].occurrence, len(asked), len(sheets), counted, shown, parts)

    def _asked(self, connection: Connection, playbook: PlaybookId, step: StepId) -> list[_Asked]:
        query = (
            select(_intent.person_id, _intent.occurrence, _intent.digest, _person.department)
            .join(tables.person, _person.id == _intent.person_id)
            .where(
                _intent.playbook == playbook,
                _intent.step == step,
                _intent.rung == 0,
                _intent.kind == KIND[Survey],
                _intent.state.in_(_WENT_OUT),
            )
        )
        asked = []
        for person, occurrence, digest, department in of_both(connection, query):
            known = self._editions.of(Digest(digest)).steps.get(step)
            if known is not None and isinstance(known.action, Survey):
                asked.append(_Asked(person, occurrence, known.action, department))
        return asked


def _answers(
    connection: Connection, playbook: PlaybookId, step: StepId
) -> dict[tuple[str, int], Answers]:
    """Read what everybody has answered, by person and time; of a correction the last word."""
    lead = f"{step}."
    query = select(*FACT).where(
        _fact.playbook == playbook, _fact.name.startswith(lead, autoescape=True)
    )
    noted: dict[str, list[Fact]] = {}
    for row in connection.execute(query.order_by(_fact.id)):
        noted.setdefault(row[0], []).append(fact_of(row))
    found: dict[tuple[str, int], Answers] = {}
    for person, facts in noted.items():
        for occurrence, sheet in _sheets(Facts(facts), lead):
            found[person, occurrence] = sheet
    return found


def _sheets(facts: Facts, lead: str) -> Iterable[tuple[int, Answers]]:
    standing = list(facts)
    for occurrence in {fact.occurrence for fact in standing if fact.name == f"{lead}{ANSWERED}"}:
        yield (
            occurrence,
            {
                fact.name.removeprefix(lead): fact.value
                for fact in standing
                if fact.occurrence == occurrence and fact.value is not None
            },
        )
