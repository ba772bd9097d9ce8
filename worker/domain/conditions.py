"""What an `if:` or `for:` compiles to: a small tree, evaluated on facts, with a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from worker.domain.facts import Value
from worker.domain.reasons import Because, Reason


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out."""

    value: Value | tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """`person.department`, `facts.offer`, `pulse.ease`, `now`: looked up when evaluated."""

    path: tuple[str, ...]


Operand: TypeAlias = Literal | Name


@dataclass(frozen=True, slots=True)
class Compare:
    """`left OPERATOR right`; operator is one of == != < <= > >= in `not in`."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Truth:
    """A name by itself: a fact that has come, an attribute that is not empty."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class All:
    """`a and b and …`."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`a or b or …`."""

    conditions: tuple["Condition", ...]


Condition: TypeAlias = Compare | Truth | Not | All | AnyOf


Found: TypeAlias = Value | datetime | frozenset[str] | tuple[Value, ...]
LookUp: TypeAlias = Callable[[tuple[str, ...]], Found]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a condition holds, and the part of it that decided."""

    holds: bool
    reason: Reason

    def __bool__(self) -> bool:
        return self.holds


def evaluate(condition: Condition, look_up: LookUp) -> Verdict:
    """Say whether *condition* holds; *look_up* gives what a name stands for, None if unknown.

    Total: what cannot be compared does not hold. What is unknown equals nothing and is in
    nothing, so that `!=` and `not in` hold of it. Instants compare with dates by the day.

    >>> gentle = Compare(Name(("person", "pace")), "==", Literal("gentle"))
    >>> verdict = evaluate(Not(gentle), lambda path: "gentle")
    >>> verdict.holds, verdict.reason.value("text"), verdict.reason.value("found")
    (False, 'not (person.pace == "gentle")', 'gentle')
    """
    match condition:
        case Compare():
            left, right = _found(condition.left, look_up), _found(condition.right, look_up)
            holds = _holds(left, condition.operator, right)
            shown = left if isinstance(condition.left, Name) else right
            return _verdict(condition, shown, holds=holds)
        case Truth():
            found = _found(condition.operand, look_up)
            holds = _has_come(found, look_up) if isinstance(found, datetime) else bool(found)
            return _verdict(condition, found, holds=holds)
        case Not():
            inner = evaluate(condition.condition, look_up)
            found_text = inner.reason.value("found")
            return _verdict(condition, found_text, holds=not inner.holds)
        case All():
            return _first_that(condition.conditions, look_up, holds=False)
        case AnyOf():
            return _first_that(condition.conditions, look_up, holds=True)


def names(condition: Condition) -> frozenset[tuple[str, ...]]:
    """Give every name that *condition* looks up.

    >>> sorted(names(All((Truth(Name(("accept",))), Not(Truth(Name(("now",))))))))
    [('accept',), ('now',)]
    """
    match condition:
        case Compare():
            return _paths(condition.left, condition.right)
        case Truth():
            return _paths(condition.operand)
        case Not():
            return names(condition.condition)
        case All() | AnyOf():
            return frozenset(name for part in condition.conditions for name in names(part))


def turning_points(condition: Condition, look_up: LookUp) -> tuple[datetime, ...]:
    """Give the instants at which *condition* may change because `now` passes them.

    That is what `now` is compared with, and the days of facts that are known ahead.
    """
    match condition:
        case Compare():
            if Name(("now",)) not in (condition.left, condition.right):
                return ()
            sides = (condition.left, condition.right)
            now = look_up(("now",))
            others = [_found(side, look_up) for side in sides if side != Name(("now",))]
            return tuple(at for other in others for at in _instants(other, now))
        case Truth():
            found = _found(condition.operand, look_up)
            return (found,) if isinstance(found, datetime) else ()
        case Not():
            return turning_points(condition.condition, look_up)
        case All() | AnyOf():
            parts = condition.conditions
            return tuple(at for part in parts for at in turning_points(part, look_up))


def text_of(condition: Condition | Operand) -> str:
    """Write a condition as an author would.

    >>> text_of(Compare(Name(("pulse", "ease")), "<=", Literal(2)))
    'pulse.ease <= 2'
    """
    match condition:
        case Literal():
            return _written(condition.value)
        case Name():
            return ".".join(condition.path)
        case Compare():
            return f"{text_of(condition.left)} {condition.operator} {text_of(condition.right)}"
        case Truth():
            return text_of(condition.operand)
        case Not():
            return f"not ({text_of(condition.condition)})"
        case All() | AnyOf():
            word = " and " if isinstance(condition, All) else " or "
            return word.join(_in_brackets(part) for part in condition.conditions)


def _paths(*operands: Operand) -> frozenset[tuple[str, ...]]:
    return frozenset(operand.path for operand in operands if isinstance(operand, Name))


def _in_brackets(condition: Condition) -> str:
    text = text_of(condition)
    return f"({text})" if isinstance(condition, All | AnyOf) else text


def _written(value: Value | tuple[Value, ...]) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_written(one) for one in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _verdict(condition: Condition, found: Found, *, holds: bool) -> Verdict:
    values = (("text", text_of(condition)), ("found", _shown(found)))
    return Verdict(holds, Reason(Because.CONDITION, values))


def _shown(found: Found) -> str:
    match found:
        case None:
            return ""
        case datetime():
            return found.isoformat(timespec="minutes")
        case frozenset():
            return ", ".join(sorted(found))
        case tuple():
            return ", ".join(str(one) for one in found)
        case _:
            return str(found)


def _first_that(parts: tuple[Condition, ...], look_up: LookUp, *, holds: bool) -> Verdict:
    """Give the first part that decides: one that fails of `and`, one that holds of `or`."""
    verdict = Verdict(not holds, Reason(Because.CONDITION))
    for part in parts:
        verdict = evaluate(part, look_up)
        if verdict.holds is holds:
            break
    return verdict


def _found(operand: Operand, look_up: LookUp) -> Found:
    return operand.value if isinstance(operand, Literal) else look_up(operand.path)


def _has_come(at: datetime, look_up: LookUp) -> bool:
    now = look_up(("now",))
    return not isinstance(now, datetime) or at <= now


def _holds(left: Found, operator: str, right: Found) -> bool:
    match operator:
        case "==":
            return _equal(left, right)
        case "!=":
            return not _equal(left, right)
        case "in":
            return _contains(right, left)
        case "not in":
            return not _contains(right, left)
        case _:
            return _ordered(left, operator, right)


def _equal(left: Found, right: Found) -> bool:
    one, other = _alike(left, right)
    return type(one) is type(other) and one == other and one is not None


def _contains(whole: Found, part: Found) -> bool:
    if part is None:
        return False
    if isinstance(whole, tuple | frozenset):
        return any(_equal(one, part) for one in whole)
    return isinstance(whole, str) and isinstance(part, str) and part in whole


def _ordered(left: Found, operator: str, right: Found) -> bool:
    one, other = _alike(left, right)
    match one, other:
        case (datetime(), datetime()) | (str(), str()) | (float(), float()):
            first, second = one, other
        case _:
            return False
    match operator:
        case "<":
            return first < second  # type: ignore[operator]  # both are of one type, see above
        case "<=":
            return first <= second  # type: ignore[operator]  # as above
        case ">":
            return first > second  # type: ignore[operator]  # as above
        case _:
            return first >= second  # type: ignore[operator]  # as above


def _alike(left: Found, right: Found) -> tuple[Found, Found]:
    """Bring two values to one type: a table's text meets the number or the date it is held to."""
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left, right
    if isinstance(left, datetime):
        return _beside(left, right)
    if isinstance(right, datetime):
        moved, other = _beside(right, left)
        return other, moved
    if isinstance(left, bool) or isinstance(right, bool):
        return _flag(left), _flag(right)
    if isinstance(left, int | float) or isinstance(right, int | float):
        return _number(left), _number(right)
    return left, right


def _beside(at: datetime, other: Found) -> tuple[Found, Found]:
    """Give an instant as the other side, a date or a local time, can be compared with it."""
    if not isinstance(other, str):
        return at, other
    try:
        parsed = datetime.fromisoformat(other)
    except ValueError:
        return at, other
    local = at.replace(tzinfo=None, fold=0)
    if _is_date(other):
        local = datetime.combine(local, time())
    return local, parsed.replace(tzinfo=None)


def _is_date(text: str) -> bool:
    return len(text) <= len("2026-04-01")


def _flag(value: Found) -> Found:
    words = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
    return words.get(value.strip().lower(), value) if isinstance(value, str) else value


def _number(value: Found) -> Found:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return float(value) if isinstance(value, int | float) else value


def _instants(other: Found, now: Found) -> tuple[datetime, ...]:
    """Give when `now` meets *other*; a date is met when the day begins, and left when it ends."""
    if isinstance(other, datetime):
        return (other,)
    if not isinstance(other, str) or not isinstance(now, datetime):
        return ()
    try:
        begins = datetime.fromisoformat(other).replace(tzinfo=now.tzinfo)
    except ValueError:
        return ()
    if not _is_date(other) or begins.date() == date.max:  # 9999-12-31: "for ever" has no day after
        return (begins,)
    return (begins, begins + timedelta(days=1))
