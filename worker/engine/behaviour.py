"""What imagined people do in a simulation: who answers after how long, who stays silent.

Nothing here is chance: a share is derived from the person and the question, so that the same
simulation gives the same year, and a changed playbook changes only what it changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from worker.domain.cases import APPROVED
from worker.domain.facts import Fact, Facts, Person, PersonId, Value
from worker.domain.intents import Intent
from worker.domain.plan import Meeting, Question, Survey

ACCEPT = "accept"
DECLINED = "declined"
_OF_A_HASH = 1 << 64
_GOOD_HOURS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a group of people behaves; shares are between 0 and 1.

    `soonest` and `latest` bound how long an answer takes: half of them come within the geometric
    mean of the two.
    """

    answers: float = 0.75  # of what expects an answer
    soonest: timedelta = _GOOD_HOURS
    latest: timedelta = timedelta(days=6)
    accepts: float = 0.95  # of those whose acceptance is not known
    accepts_within: timedelta = timedelta(days=30)
    declines: float = 0.04  # of all people, some day of their time
    declines_within: timedelta = timedelta(days=240)
    refuses_meetings: float = 0.1
    releases_after: timedelta | None = timedelta(hours=4)  # a draft; None: nobody does
    seed: str = ""  # another word gives another group of people


NOBODY_ANSWERS = Behaviour(
    answers=0, accepts=0, declines=0, refuses_meetings=0, releases_after=None
)
EVERYBODY_ANSWERS = Behaviour(answers=1, latest=timedelta(days=1), accepts=1, declines=0)


def share(*parts: str) -> float:
    """Give a number in [0, 1) that is always the same for the same words.

    >>> share("aoi", "declines") == share("aoi", "declines") != share("ren", "declines")
    True
    """
    digest = blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / _OF_A_HASH


def of_their_own(
    behaviour: Behaviour, person: PersonId, since: datetime, *, accepts: bool
) -> Iterator[Fact]:
    """Give what a person does without being asked; *accepts* where that is still to come."""
    who = (behaviour.seed, person)
    declines = share(*who, "declines") < behaviour.declines
    if declines:
        yield Fact(DECLINED, since + behaviour.declines_within * share(*who, "declines at"))
    if accepts and share(*who, "accepts") < behaviour.accepts:
        yield Fact(ACCEPT, since + behaviour.accepts_within * share(*who, "accepts at"))


def release(behaviour: Behaviour, intent: Intent, at: datetime) -> Iterator[Fact]:
    """Give when somebody releases a draft that was written at *at*."""
    if behaviour.releases_after is not None:
        yield _fact(intent, APPROVED, at + behaviour.releases_after)


def answers(behaviour: Behaviour, intent: Intent, at: datetime) -> Iterator[Fact]:
    """Give what a person does about what reached them at *at*."""
    step, action = intent.step, intent.action
    if intent.rung or (step.expect is None and not isinstance(action, Meeting | Survey)):
        return
    who = (behaviour.seed, intent.person, intent.playbook, step.id, str(intent.occurrence))
    answered_at = at + _delay(behaviour, share(*who, "after"))
    is_answered = share(*who, "answers") < behaviour.answers
    if isinstance(action, Meeting):
        return  # `meets` says what they do
    if isinstance(action, Survey) and is_answered:
        yield _fact(intent, "answered", answered_at)
        for question in action.questions:
            yield _fact(intent, question.id, answered_at, _answer_to(question, who))
    if step.expect is not None and is_answered and not isinstance(action, Survey):
        yield _fact(intent, step.expect.answer, answered_at)


def meets(
    behaviour: Behaviour, intent: Intent, at: datetime, round_: int
) -> tuple[datetime, bool] | None:
    """Say when a person answers an invitation that reached them at *at*, and whether they come.

    None: they say nothing. *round_* counts the times that did not suit them before.
    """
    step = intent.step
    who = (behaviour.seed, intent.person, intent.playbook, step.id, str(intent.occurrence))
    again = str(round_)
    answered_at = at + _delay(behaviour, share(*who, "after", again))
    if share(*who, "refuses", again) < behaviour.refuses_meetings:
        return answered_at, False
    return (answered_at, True) if share(*who, "answers", again) < behaviour.answers else None


def _answer_to(question: Question, who: tuple[str, ...]) -> Value:
    if question.scale is None:
        return "特にありません"
    low, high = question.scale
    return low + int((high - low + 1) * share(*who, question.id) ** 0.5)  # most are content


def _delay(behaviour: Behaviour, part: float) -> timedelta:
    """Spread answers evenly over the orders of magnitude between the soonest and the latest."""
    seconds = behaviour.soonest.total_seconds()
    ratio = max(1.0, behaviour.latest.total_seconds() / max(1.0, seconds))
    return timedelta(seconds=round(seconds * ratio**part))


def _fact(intent: Intent, word: str, at: datetime, value: Value = None) -> Fact:
    return Fact(
        f"{intent.step.id}.{word}",
        at,
        playbook=intent.playbook,
        occurrence=intent.occurrence,
        value=value,
    )


@dataclass(frozen=True, slots=True)
class Subject:
    """One person of a simulation, with what is known of them from the start.

    `coming` are facts that come to be known at their instants, beside what they do by habit.
    """

    person: Person
    facts: Facts
    coming: tuple[Fact, ...] = ()
