"""Whatever breaks: one event for a meeting, one invitation for a person, and all of it is told.

The real engine, through the libraries that reach Google and Microsoft, against servers of their
HTTP. `make crash` tries every request, every commit and every mail; here are the ones that matter.
"""

from functools import cache

import pytest

from integrations.faults import Moment
from tests.faults.place import PLACES
from tests.faults.runs import AT_A_COMMIT, AT_A_REQUEST, IN_MAIL, RIVAL, Fault, run
from tests.servers.certificates import Certificates

pytestmark = pytest.mark.services

# What is asked for in the life of a talk, by how its first request begins and ends.
DEEDS = {
    "google": {
        "free-busy": ("POST", "/freeBusy"),
        "create": ("POST", "/events"),
        "read-back": ("GET", "/events"),
        "change": ("PUT", ""),
        "take-back": ("DELETE", ""),
    },
    "microsoft": {
        "free-busy": ("POST", "/getSchedule"),
        "create": ("POST", "/events"),
        "read-back": ("GET", "/calendarView"),
        "change": ("PATCH", ""),
        "take-back": ("POST", "/cancel"),
    },
}
BEFORE, AFTER = Moment.BEFORE, Moment.AFTER
AT_REQUESTS = [
    *(("lost", deed, AFTER) for deed in DEEDS["google"]),
    ("lost", "create", BEFORE),
    ("deaf", "change", AFTER),
    ("away", "create", BEFORE),
    ("away", "read-back", BEFORE),
    ("revoked", "create", BEFORE),
    ("throttled", "create", BEFORE),
    (RIVAL, "create", BEFORE),
    (AT_A_REQUEST, "create", BEFORE),
    (AT_A_REQUEST, "create", AFTER),
    (AT_A_REQUEST, "change", AFTER),
    (AT_A_REQUEST, "take-back", AFTER),
]
WRITTEN = 3  # moments at which something is written, spread over a life


@cache
def undisturbed(place: str, certificates: Certificates) -> tuple[tuple[str, ...], int]:
    """Give what is asked for in a life without trouble, and how often something is written."""
    whole = run(Fault("lost", place, 0), certificates)
    assert whole.wrong == []
    return tuple(whole.asked), whole.commits


def first(place: str, deed: str, certificates: Certificates) -> int:
    """Give the number of the request that does something for the first time."""
    begins, ends = DEEDS[place][deed]
    asked, _ = undisturbed(place, certificates)
    return next(
        number
        for number, one in enumerate(asked, 1)
        if one.startswith(f"{begins} ") and one.endswith(ends)
    )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("kind", "deed", "moment"), AT_REQUESTS, ids=[f"{k}-{d}-{m.value}" for k, d, m in AT_REQUESTS]
)
def test_whatever_breaks_at_a_request_every_talk_is_there_once(
    place: str, kind: str, deed: str, moment: Moment, certificates: Certificates
) -> None:
    """Lost answers, an hour without anybody, rights taken back, patience asked for, a kill -9.

    Also a colleague who takes the same time by hand, in that very moment: they win.
    """
    number = first(place, deed, certificates)

    lived = run(Fault(kind, place, number, moment), certificates)

    assert lived.struck
    assert lived.wrong == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("part", range(WRITTEN))
def test_whoever_is_killed_while_writing_asks_for_the_same_again(
    place: str, part: int, certificates: Certificates
) -> None:
    """A kill -9 right before something is written down: what was asked for is found again."""
    _, commits = undisturbed(place, certificates)

    lived = run(Fault(AT_A_COMMIT, place, 3 + part * commits // 2 // WRITTEN), certificates)

    assert lived.struck
    assert lived.wrong == []


@pytest.mark.parametrize("moment", [BEFORE, AFTER], ids=["before", "after"])
def test_a_mail_beside_an_invitation_of_which_nobody_knows(
    moment: Moment, certificates: Certificates
) -> None:
    """The line is cut after the final dot: it is in doubt, listed, and sent to nobody twice."""
    lived = run(Fault(IN_MAIL, "google", 1, moment), certificates)

    assert lived.struck
    assert lived.wrong == []
    assert len(lived.account.doubts) == 1
    assert lived.account.findings == ["doubt"]
