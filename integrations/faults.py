"""Addresses that fail on purpose, the same in memory, in the demo and on the local mail server.

`temperror@` is put off, `permerror@` does not exist, `doubt@` arrives while its answer is lost,
`lost@` neither arrives nor is answered for, `silent@` is delivered and never answers as a person.
What follows a `+`, `-` or `.` only tells addresses apart (`permerror+aoi@example.jp`); a number
there, as in `temperror-2@`, says how often a temporary error comes before the mail is accepted.
It refuses to know what is done about a fault.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """What goes wrong for an address."""

    TEMPORARY = "temperror"  # 451 for ever, or as often as the address says
    PERMANENT = "permerror"  # 550 5.1.1
    DOUBT = "doubt"  # accepted, and the connection is cut before the answer
    LOST = "lost"  # the connection is cut after the final dot, and nothing was accepted
    SILENT = "silent"  # accepted; the person never answers


class Moment(Enum):
    """When a line is cut."""

    BEFORE = "before"  # the request was obeyed: nothing happened
    AFTER = "after"  # it was obeyed, and before it was answered


Cuts = Callable[[str, Moment], bool]  # asked at every request, by its method and path; True: cut


def never(_request: str, _moment: Moment) -> bool:
    """Cut no line."""
    return False


@dataclass(frozen=True, slots=True)
class FaultAddress:
    """A fault, and for a temporary one how often it comes; None is for ever."""

    fault: Fault
    times: int | None = None


_WORD = re.compile(
    rf"({'|'.join(fault.value for fault in Fault)})(?:[+.-](?:(\d{{1,4}})|[^@]*))?@", re.IGNORECASE
)


def fault_of(address: str) -> FaultAddress | None:
    """Read the fault an address asks for; None for everybody else.

    >>> fault_of("temperror-2@example.jp")
    FaultAddress(fault=<Fault.TEMPORARY: 'temperror'>, times=2)
    >>> fault_of("permerror+aoi@example.jp").fault
    <Fault.PERMANENT: 'permerror'>
    >>> fault_of("aoi@example.jp")
    """
    found = _WORD.match(address)
    if found is None:
        return None
    word, times = found.groups()
    return FaultAddress(Fault(word.lower()), int(times) if times else None)
