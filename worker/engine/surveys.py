"""Surveys as their pages are opened and answered: found by a link, read, written down as facts.

A link gives the right to answer one survey of one person, until it closes. An anonymous survey
keeps who has answered and what was answered apart; nothing that is stored joins the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from sqlalchemy import Connection

from worker.domain.facts import Fact, Facts, Value
from worker.domain.links import Door
from worker.domain.plan import Survey
from worker.domain.surveys import (
    ANSWERED,
    About,
    Answers,
    Reading,
    Slip,
    changes,
    closes_at,
    form_of,
    is_answered,
    last_day,
    read_answers,
)
from worker.domain.workdays import workdays
from worker.engine.journal.answers import (
    drop_into_box,
    forget_draft,
    forget_drafts,
    lock,
    read_draft,
    write_draft,
)
from worker.engine.journal.facts import load_facts, note
from worker.engine.journal.links import Linked, linked
from worker.engine.journal.store import Store
from worker.engine.render import Editions
from worker.engine.tables import moment, stamp
from worker.ports import Clock

_SOURCE = "survey"


class Standing(Enum):
    """How a survey stands for whoever opens its page."""

    OPEN = "open"
    ANSWERED = "answered"  # a named one can be corrected, an anonymous one not
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A survey as one person's page shows it."""

    survey: Survey
    standing: Standing
    locale: str
    last_day: date  # on which it can be answered, by the clock of the person
    given: Mapping[str, str] = field(default_factory=dict)  # answers so far, as a page writes them
    is_draft: bool = False  # of which the person has sent nothing yet


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a page that was sent; *sheet* is how the survey stands afterwards."""

    sheet: Sheet
    slips: Mapping[str, Slip] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """A survey that somebody's link has led to, and what is known of it."""

    linked: Linked
    survey: Survey
    facts: Facts
    closes_at: datetime
    last_day: date  # before it, by the clock of the person

    @property
    def about(self) -> About:
        return About(self.linked.playbook, self.linked.step, self.linked.occurrence)

    @property
    def has_answered(self) -> bool:
        return bool(_last(self.facts, self.about, ANSWERED))

    @property
    def answers(self) -> dict[str, Value]:
        """Give what the person has said so far, by what stands of it."""
        found = {
            question.id: _last(self.facts, self.about, question.id)
            for question in self.survey.questions
        }
        return {name: fact.value for name, fact in found.items() if fact is not None}


class Surveys:
    """Every survey behind a link. Safe from several threads and processes."""

    def __init__(
        self, store: Store, editions: Editions, secret: bytes, clock: Clock, *, least: int
    ) -> None:
        """Join what surveys need.

        Args:
            store: The journal's database.
            editions: The versions of playbooks: a survey asks what its own version asks.
            secret: What signs links.
            clock: The time.
            least: Answers before anything of an anonymous survey is shown.
        """
        self._store = store
        self._editions = editions
        self._secret = secret
        self._clock = clock
        self.least = least

    def see(self, token: str) -> Sheet | None:
        """Give the survey as its page shows it; None if nobody has this link."""
        with self._store.read() as connection:
            found = self._find(connection, token)
            if found is None:
                return None
            draft = read_draft(connection, found.linked.number)
        return self._sheet(found, draft)

    def keep(self, token: str, given: Mapping[str, str]) -> Taken | None:
        """Keep a half-filled page until it is sent, or until the survey closes.

        Nothing is kept of an anonymous one: it would lead to the person.
        """
        with self._store.write() as connection:
            found = self._find(connection, token)
            if found is None:
                return None
            lock(connection, found.linked.number)  # two tabs: one after the other
            found = self._find(connection, token) or found
            forget_drafts(connection, stamp(self._clock.now()))
            reading = read_answers(found.survey, given)
            if self._standing(found) is not Standing.CLOSED and not found.survey.anonymous:
                self._write_draft(connection, found, reading)
            draft = read_draft(connection, found.linked.number)
        wrong = {name: slip for name, slip in reading.slips.items() if slip is not Slip.MISSING}
        return Taken(self._sheet(found, draft), wrong)

    def answer(self, token: str, given: Mapping[str, str]) -> Taken | None:
        """Take answers: once for all of an anonymous survey, else until it closes.

        What cannot be taken is said; what can is kept meanwhile, unless it would lead to anybody.
        """
        with self._store.write() as connection:
            found = self._find(connection, token)
            if found is None:
                return None
            lock(connection, found.linked.number)  # two tabs: one after the other
            found = self._find(connection, token) or found
            reading = read_answers(found.survey, given)
            standing = self._standing(found)
            if standing is Standing.CLOSED or (found.survey.anonymous and found.has_answered):
                return Taken(self._sheet(found, None))
            if reading.slips:
                if not found.survey.anonymous:
                    self._write_draft(connection, found, reading)
                return Taken(self._sheet(found, reading.answers), reading.slips)
            self._take(connection, found, reading.answers)
            found = self._find(connection, token) or found
        return Taken(self._sheet(found, None))

    def tidy(self) -> int:
        """Forget half-filled pages of surveys that have closed; says how many."""
        with self._store.write() as connection:
            return forget_drafts(connection, stamp(self._clock.now()))

    def _take(self, connection: Connection, found: _Found, answers: Answers) -> None:
        """Write answers down."""
        now, about = self._clock.now(), found.about
        facts: tuple[Fact, ...]
        if found.survey.anonymous:
            drop_into_box(connection, about, form_of(found.survey), answers, self.least)
            facts = (is_answered(about, now),)
        else:
            is_first = not found.has_answered
            facts = tuple(changes(about, found.answers, answers, now, is_first=is_first))
            forget_draft(connection, found.linked.number)
        person = found.linked.person
        note(connection, [(person, fact) for fact in facts], stamp(now), _SOURCE)

    def _write_draft(self, connection: Connection, found: _Found, reading: Reading) -> None:
        number, until = found.linked.number, stamp(found.closes_at)
        write_draft(connection, number, reading.answers, until)

    def _find(self, connection: Connection, token: str) -> _Found | None:
        """Find the survey that a link is for, as its own version asks it."""
        link = linked(connection, Door.SURVEY, token, self._secret)
        if link is None:
            return None
        edition = self._editions.of(link.digest)
        step = edition.steps.get(link.step)
        if step is None or not isinstance(step.action, Survey):
            return None
        facts = Facts(load_facts(connection, [link.person]).get(link.person, ()))
        days, sent_at = workdays(edition.plan.calendar, link.timezone), moment(link.sent_at)
        until = closes_at(step.action, sent_at, days)
        return _Found(link, step.action, facts, until, last_day(step.action, sent_at, days))

    def _standing(self, found: _Found) -> Standing:
        if self._clock.now() >= found.closes_at:
            return Standing.CLOSED
        return Standing.ANSWERED if found.has_answered else Standing.OPEN

    def _sheet(self, found: _Found, draft: Answers | None) -> Sheet:
        standing = self._standing(found)
        answers = {} if found.survey.anonymous else found.answers
        if draft is not None and standing is not Standing.CLOSED:
            answers = dict(draft)
        return Sheet(
            found.survey,
            standing,
            found.linked.locale,
            found.last_day,
            {name: str(value) for name, value in answers.items()},
            is_draft=draft is not None,
        )


def _last(facts: Facts, about: About, word: str) -> Fact | None:
    """Give what stands under a name of this survey and this time of it."""
    named = facts.all(f"{about.step}.{word}", about.playbook)
    return next((fact for fact in reversed(named) if fact.occurrence == about.occurrence), None)
