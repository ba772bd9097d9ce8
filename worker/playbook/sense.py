"""What a playbook says rightly and cannot mean: circles, windows that never open, idle words.

An error is what can never happen as written; a warning is what makes no difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from worker.domain.conditions import All, Compare, Condition, Name, Truth
from worker.domain.plan import Budget, Sending
from worker.domain.when import Distance, Every, FromFact, InYearOf, Moment, OnDate, Unit
from worker.playbook.expressions import Expression
from worker.playbook.names import ANSWERS, Names
from worker.playbook.schema import KINDS, SendingWords, ThenWords
from worker.playbook.shapes import Said
from worker.playbook.source import Source, Text

_IMMEDIATE = frozenset({"task", "update", "enroll", "webhook"})
_TO_PEOPLE = frozenset({"mail", "message", "survey", "alert"})
_SHORTEST = {Unit.MINUTES: 1 / 1440, Unit.HOURS: 1 / 24, Unit.DAYS: 1.0,
             Unit.BUSINESS_DAYS: 1.0, Unit.WEEKS: 7.0, Unit.MONTHS: 28.0}  # fmt: skip
_LONGEST = _SHORTEST | {Unit.BUSINESS_DAYS: 7 / 5, Unit.MONTHS: 31.0}
_CLOSURES = 16.0  # days that holidays and closures may add to business days
_SATURDAY = 5


def kind_of(step: ThenWords) -> str:
    """Give the kind of a step; empty if none (or more than one) is written."""
    kinds = [kind for kind in KINDS if getattr(step, kind) is not None]
    return kinds[0] if len(kinds) == 1 else ""


def check_circles(source: Source, waits: Mapping[str, tuple[Text, frozenset[str]]]) -> None:
    """Report each circle of steps that wait for each other, once, at its first step."""
    told: set[str] = set()
    for start in waits:
        if start in told:
            continue
        circle = _circle(start, waits)
        if circle and not told & set(circle):
            told |= set(circle)
            way = " → ".join((*circle, circle[0]))
            code = "step.itself" if len(circle) == 1 else "step.circle"
            source.report(code, waits[start][0], {"found": start, "way": way})


def awaited_facts(when: Moment | Every | Condition) -> frozenset[str]:
    """Give the facts without which *when* can never come."""
    facts: frozenset[str] = frozenset()
    match when:
        case Every():
            facts = awaited_facts(when.start)
        case FromFact() | InYearOf():
            facts = frozenset({when.fact})
        case All():
            facts = frozenset(fact for part in when.conditions for fact in awaited_facts(part))
        case Truth():
            facts = _named(when.operand)
        case Compare() if when.operator not in {"!=", "not in"}:
            facts = _named(when.left) | _named(when.right)
        case _:
            pass  # a date is known from the start; of several ways any one will do
    return facts


def check_window(source: Source, step: ThenWords, stop_on: Iterable[str]) -> None:
    """Report a deadline before the moment, a cadence without an occurrence, a step after a stop."""
    said = step.when or step.every
    if said is None or isinstance(said.value, Expression):
        return
    when = said.value.when
    start = when.start if isinstance(when, Every) else when
    if isinstance(start, FromFact) and start.fact in stop_on and _bounds(start.distances)[0] >= 0:
        source.report("step.stopped", said.node, {"fact": start.fact})
    if isinstance(when, Every):
        if when.until is not None and _is_never(when.start, when.until, when.least):
            source.report("cadence.never", said.node, {"found": said.node.text})
        return
    deadline = step.no_later_than
    if deadline is None or isinstance(deadline.value.when, Every):
        return
    if _is_never(when, deadline.value.when):
        values = {"found": deadline.node.text, "when": said.node.text}
        source.report("window.never", deadline.node, values)


def check_idle(source: Source, step: ThenWords, kind: str, sending: Sending) -> None:
    """Warn of words that make no difference on a step of this kind."""
    idle: list[tuple[str, object, Iterable[str]]] = [
        ("sending", step.sending, _IMMEDIATE),
        ("priority", step.priority, _IMMEDIATE),
        ("even_if_waiting", step.even_if_waiting, {*_IMMEDIATE, "alert"}),
        ("in_doubt", step.in_doubt, set(KINDS) - {"mail", "survey"}),
        ("try_for", step.try_for, {"task", "update", "enroll", "meeting"}),
    ]
    for said, value, kinds in idle:
        node = value.node if isinstance(value, Said | SendingWords) else None
        if node is not None and kind in kinds:
            source.report("word.idle", node, {"word": said, "kind": kind}, warning=True)
    if kind not in _TO_PEOPLE:
        return
    said_when = step.when or step.every
    if said_when is None or isinstance(said_when.value, Expression):
        return
    when = said_when.value.when
    start = when.start if isinstance(when, Every) else when
    hours = sending.hours
    if start.at and hours and not hours[0] <= start.at < hours[1]:
        values = {"found": f"{start.at:%H:%M}", "hours": f"{hours[0]:%H:%M}-{hours[1]:%H:%M}"}
        source.report("when.outside_hours", said_when.node, values, warning=True)
    if isinstance(start, OnDate) and sending.days == "business" and _is_weekend(start.day):
        values = {"found": start.day.isoformat()}
        source.report("when.weekend", said_when.node, values, warning=True)


def check_notice(source: Source, notice: Said[Distance], within: Said[Distance]) -> None:
    """Report a least notice that leaves nothing of the time in which a meeting must be."""
    if _least_apart((notice.value,), (within.value,)) >= 0:
        values = {"found": notice.node.text, "within": within.node.text}
        source.report("meeting.notice_long", notice.node, values)


def check_budgets(source: Source, budgets: Iterable[Said[Budget]]) -> None:
    """Warn of a budget that another one of the list already keeps."""
    known = list(budgets)
    for said in known:
        for other in known:
            if said is other:
                continue
            times = _days(said.value.span) / _days(other.value.span)
            if times >= 1 and other.value.count * -(-times // 1) <= said.value.count:
                values = {"found": said.node.text, "other": other.node.text}
                source.report("budget.idle", said.node, values, warning=True)
                break


def check_silence(source: Source, step: ThenWords, stop_on: frozenset[str], *, heard: bool) -> None:
    """Report a ladder that nothing starts, and warn of an expectation that nobody looks at."""
    for other in step.expect.value.others if step.expect is not None else ():
        if other.name in stop_on and step.expect is not None:
            part, values = (other.offset, len(other.name)), {"found": other.name}
            source.report("expect.stops", step.expect.node, values, part=part, warning=True)
    if step.if_silent and step.expect is None:
        source.report("ladder.no_expect", step.if_silent[0].node)
    answers = ANSWERS.get(kind_of(step), {})
    if step.expect is not None and step.expect.value.within.count == 0:
        source.report("expect.at_once", step.expect.node, {"found": step.expect.node.text})
    awaits = step.expect is not None and step.expect.value.word in answers
    if step.expect is not None and awaits and not step.if_silent and not heard:
        source.report("expect.unheard", step.expect.node, {}, warning=True)


def waits_of(
    steps: Mapping[str, ThenWords], names: Names
) -> Mapping[str, tuple[Text, frozenset[str]]]:
    """Give for each step the steps without which it never comes, with the place that says so."""
    waits: dict[str, tuple[Text, frozenset[str]]] = {}
    for name, step in steps.items():
        said = step.when or step.every
        if said is None:
            continue
        value = said.value
        when = value.condition if isinstance(value, Expression) else value.when
        brought = (names.step_of(fact) for fact in awaited_facts(when))
        waits[name] = said.node, frozenset(other.id for other in brought if other is not None)
    return waits


def _circle(start: str, waits: Mapping[str, tuple[Text, frozenset[str]]]) -> tuple[str, ...]:
    """Give the shortest way from a step back to itself."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for other in sorted(waits[way[-1]][1]):
            if other == start:
                return way
            if other in waits and other not in seen:
                seen.add(other)
                ways.append((*way, other))
    return ()


def _named(operand: object) -> frozenset[str]:
    """Give the fact an operand names: `facts.offer`, or `pulse.ease`, known with `pulse`'s."""
    if not isinstance(operand, Name) or operand.path[0] in {"person", "now"}:
        return frozenset()
    path = operand.path[1:] if operand.path[0] == "facts" else operand.path
    return frozenset({".".join(path)})


def _is_never(first: Moment, last: Moment, gap: Distance | None = None) -> bool:
    """Say whether *first* (and a gap) certainly lies behind *last*."""
    gaps = () if gap is None else (gap,)
    if isinstance(first, OnDate) and isinstance(last, OnDate):
        days = (last.day - first.day).days
        if gap is None and days == 0 and first.at and last.at:
            return last.at < first.at
        return days < _bounds(gaps)[0]
    if isinstance(first, FromFact) and isinstance(last, FromFact) and first.fact == last.fact:
        leeway = sum(1 for moment in (first, last) if moment.at)  # less than a day each way
        apart = _least_apart((*first.distances, *gaps), last.distances)
        return apart > 0 and apart >= leeway
    if isinstance(first, InYearOf) and isinstance(last, InYearOf) and first.fact == last.fact:
        return (first.month, first.day) > (last.month, last.day)
    return False


def _least_apart(one: Sequence[Distance], other: Sequence[Distance]) -> float:
    """Give the days by which *one* is certainly longer than *other*, from the same moment on.

    Where all are of one unit, what holidays and closures may add is added to both.
    """
    if len({distance.unit for distance in (*one, *other)}) == 1:
        count = sum(each.count for each in one) - sum(each.count for each in other)
        if count >= 0:
            return count * _SHORTEST[(*one, *other)[0].unit]
    return _bounds(one)[0] - _bounds(other)[1]


def _bounds(distances: Iterable[Distance]) -> tuple[float, float]:
    """Give the fewest and the most days that *distances* may come to."""
    least = most = 0.0
    for distance in distances:
        short = distance.count * _SHORTEST[distance.unit]
        long = distance.count * _LONGEST[distance.unit]
        if distance.unit is Unit.BUSINESS_DAYS:
            long += _CLOSURES if distance.count > 0 else -_CLOSURES
        least += min(short, long)
        most += max(short, long)
    return least, most


def _days(span: Distance) -> float:
    return span.count * _LONGEST[span.unit]


def _is_weekend(day: date) -> bool:
    return day.weekday() >= _SATURDAY
