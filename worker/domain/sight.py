"""What the words of a condition stand for, for one person in one playbook at one instant."""

from collections.abc import Mapping
from datetime import datetime

from worker.domain.conditions import Found, Verdict, evaluate, turning_points
from worker.domain.facts import Fact, Facts, Person, PlaybookId, Staff, Value
from worker.domain.plan import Plan
from worker.domain.reasons import Because, Reason
from worker.domain.track import fact_names
from worker.domain.workdays import Workdays, workdays


class Sight:
    """One person as a playbook sees them at *now*. `look_up` is what `evaluate` asks."""

    __slots__ = ("facts", "now", "person", "playbook", "workdays")

    def __init__(
        self,
        person: Person,
        facts: Facts,
        *,
        playbook: PlaybookId,
        workdays: Workdays,
        now: datetime,
    ) -> None:
        self.person = person
        self.facts = facts
        self.playbook = playbook
        self.workdays = workdays
        self.now = now

    def look_up(self, path: tuple[str, ...]) -> Found:
        """Give what a name stands for; None if nothing is known under it.

        `now`; `person.x`, an attribute; `mentor` and `mentor.name`, the first holder of a role;
        any other name is a fact's, with or without `facts.` before it: its latest value so far, or
        else its instant, which may be known ahead.
        """
        match path:
            case ("now",):
                return self._local(self.now)
            case ("person", name):
                return _attribute(self.person, name)
            case ("facts", *rest):
                return self._fact(".".join(rest))
            case (role,) if role in self.person.roles:
                return _member(self.person.roles, role, "name")
            case (role, name) if role in self.person.roles:
                return _member(self.person.roles, role, name)
            case _:
                return self._fact(".".join(path))

    def _fact(self, name: str) -> Found:
        noted = self.facts.all(name, self.playbook)
        # of equal instants always the same one, in whatever order they were noted
        answers = [fact for fact in noted if fact.value is not None and fact.at <= self.now]
        if answers:
            return max(answers, key=_by_instant).value
        dates = [fact.at for fact in noted if fact.value is None]
        return self._local(max(dates)) if dates else None

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.workdays.zone)


def belongs(plan: Plan, person: Person, facts: Facts, now: datetime) -> Verdict:
    """Say whether *plan* takes *person* in by itself: whether its `for:` holds of them."""
    if plan.audience is None:
        return Verdict(holds=False, reason=Reason(Because.CONDITION))
    days = workdays(plan.calendar, person.timezone)
    sight = Sight(person, facts, playbook=plan.playbook, workdays=days, now=now)
    return evaluate(plan.audience, sight.look_up)


def belongs_next(plan: Plan, person: Person, facts: Facts, now: datetime) -> datetime | None:
    """Say when after *now*, by time alone, `belongs` may say something else; None if never."""
    if plan.audience is None:
        return None
    names = fact_names(plan.audience)
    noted = (fact.at for name in names for fact in facts.all(name, plan.playbook))
    ahead = [at for at in noted if at > now]
    days = workdays(plan.calendar, person.timezone)
    sight = Sight(person, facts, playbook=plan.playbook, workdays=days, now=now)
    ahead += (at for at in turning_points(plan.audience, sight.look_up) if at > now)
    return min(ahead, default=None)


def _by_instant(fact: Fact) -> tuple[datetime, str]:
    return fact.at, repr(fact.value)


def _attribute(person: Person, name: str) -> Found:
    match name:
        case "id" | "name" | "email" | "locale" | "kind" | "department" | "pace" | "timezone":
            found: Found = getattr(person, name)
        case "tags":
            found = person.tags
        case _:
            found = person.attributes.get(name)
    return found


def _member(roles: Mapping[str, tuple[Staff, ...]], role: str, name: str) -> Found:
    if not roles[role]:
        return None
    member = roles[role][0]
    match name:
        case "id" | "name" | "email" | "role" | "department":
            found: Value = getattr(member, name)
        case _:
            found = member.attributes.get(name)
    return found
