"""What an `if:` or `for:` compiles to: a small tree, evaluated on facts, with a reason."""

from dataclasses import dataclass
from typing import TypeAlias

from worker.domain.facts import Value


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
    """A name by itself: a fact that is known, an attribute that is not empty."""

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
