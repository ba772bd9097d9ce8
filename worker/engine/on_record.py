"""What is on record of a person, in words for staff: where they stand, what was said, what is open.

The same for an alert and for the brief before a meeting. The person never sees it.
"""

from collections.abc import Iterator
from datetime import datetime

from worker.domain.cases import Case
from worker.domain.plan import Plan, Task
from worker.domain.workdays import workdays
from worker.engine.alert_words import Tongue
from worker.engine.journal.briefing import Briefing, Spoken
from worker.people.addresses import address_key

_QUOTED = 140  # characters of somebody's words
_PHASES = ("declined", "joined", "rejected", "accept", "offer")  # the first that holds is told


class OnRecord:
    """Says what is on record, a line for each."""

    def __init__(
        self, case: Case, known: Briefing, say: Tongue, plan: Plan, timezone: str, now: datetime
    ) -> None:
        self._case = case
        self._known = known
        self._say = say
        self._now = now
        self._days = workdays(plan.calendar, timezone)

    def about(self) -> tuple[str, ...]:
        """Say where the person stands: department, and what happened last."""
        say, facts, person = self._say, self._case.facts, self._case.person
        words = [person.department] if person.department else []
        at = {name: fact.at for name in (*_PHASES, "join") if (fact := facts.last(name))}
        phase = next((name for name in _PHASES if name in at and at[name] <= self._now), "")
        if phase:
            words.append(say.phases[phase].format(day=self._day(at[phase])))
        elif person.kind in say.phases:
            words.append(say.phases[person.kind])
        if "join" in at and at["join"] > self._now and phase not in {"declined", "rejected"}:
            words.append(say.phases["join"].format(day=self._day(at["join"])))
        return tuple(words)

    def contact(self) -> Iterator[str]:
        """Say when both sides were last heard of, the person in their own words."""
        say, known = self._say, self._known
        if known.sent is not None:
            yield say.from_us.format(said=self.said(known.sent))
        heard = known.heard
        yield say.nothing_heard if heard is None else say.from_them.format(said=self.said(heard))
        if known.noted is not None:
            by = self._name_of(known.noted.by)
            yield say.from_staff.format(staff=by, said=self.said(known.noted))

    def still_open(self, own: Task | None = None) -> Iterator[str]:
        """Say what is owed to the person: tasks but for *own*, and answers to what they wrote."""
        say = self._say
        for task in self._known.tasks:
            if own is not None and task.words == own.text:
                continue
            holders = self._case.person.roles.get(task.owner, ())
            owner = say.between.join(one.name for one in holders) or task.owner
            form = say.task if task.due_at is None else say.task_due
            at = "" if task.due_at is None else self._day(task.due_at)
            yield form.format(words=task.words, owner=owner, at=at)
        for mail in self._known.questions:
            said = self.said(Spoken(mail.at or self._now, mail.words))
            due = "" if mail.due_at is None else self._moment(mail.due_at)
            owner = self._named(mail.owner)
            form = say.question_of if owner and due else say.question
            yield form.format(said=said, owner=owner, at=due)

    def _named(self, id_: str) -> str:
        """Name a member of staff who holds a role for the person."""
        holders = (one for role in self._case.person.roles.values() for one in role)
        return next((one.name for one in holders if one.id == id_), "")

    def _name_of(self, address: str) -> str:
        for holders in self._case.person.roles.values():
            for one in holders:
                if one.email and address_key(one.email) == address:
                    return one.name
        return address

    def said(self, spoken: Spoken) -> str:
        """Give what was said, and when."""
        quoted = self.quoted(cut(spoken.words, _QUOTED))
        return self._say.at_and_words.format(words=quoted, at=self._moment(spoken.at))

    def quoted(self, words: str) -> str:
        """Give somebody's words as such."""
        return self._say.quoted.format(words=words)

    def _moment(self, at: datetime) -> str:
        local = self._days.local(at)
        return self._say.moment.format(at=local, weekday=self._say.weekdays[local.weekday()])

    def _day(self, at: datetime) -> str:
        return self._say.day.format(at=self._days.local(at))


def cut(words: str, most: int) -> str:
    """Give words on one line, and no more of them than fit."""
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
