"""What somebody answers, and what a group has answered. Pure.

Of a named survey every answer is a fact of the person: steps can wait for it. Of an anonymous one
only that they have answered is; what they said goes into a box that knows nobody.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from hashlib import sha256

from worker.domain.facts import RETRACTED, Fact, PlaybookId, StepId, Value
from worker.domain.plan import Question, Survey
from worker.domain.workdays import Workdays

ANSWERED = "answered"
LONGEST = 2_000  # letters of one text
MOST_POINTS = 11  # of a scale: 0..10
MOST_MINUTES = 3  # that a short survey takes

_SCALE, _TEXT = 10, 40  # seconds that one takes, about
_KEPT = frozenset("\n\t")
_UNSEEN = frozenset({"Cc", "Cs", "Cf", "Co"})

Answers = Mapping[str, Value]  # by the id of a question; what was not answered is not in it


class Slip(Enum):
    """Why an answer cannot be taken as it is."""

    MISSING = "missing"
    CHOICE = "choice"  # not a point of the scale
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was written into a page: the answers that stand, and what is wrong with others."""

    answers: Answers
    slips: Mapping[str, Slip]


@dataclass(frozen=True, slots=True)
class About:
    """Which survey of whom: the step, and which time of a cadence."""

    playbook: PlaybookId
    step: StepId
    occurrence: int = 0


def minutes_of(scales: int, texts: int) -> int:
    """Say how many minutes so many questions take, about.

    >>> minutes_of(3, 1), minutes_of(1, 0)
    (2, 1)
    """
    return max(1, -(-(scales * _SCALE + texts * _TEXT) // 60))


def minutes(survey: Survey) -> int:
    """Say how many minutes a survey takes, about."""
    scales = sum(question.scale is not None for question in survey.questions)
    return minutes_of(scales, len(survey.questions) - scales)


def last_day(survey: Survey, sent_at: datetime, days: Workdays) -> date:
    """Give the last day on which a survey can be answered, to its midnight."""
    return days.local(days.after(sent_at, survey.open_for)).date()


def closes_at(survey: Survey, sent_at: datetime, days: Workdays) -> datetime:
    """Say until when a survey can be answered: the midnight after its last day."""
    return days.instant(last_day(survey, sent_at, days) + timedelta(days=1))


def read_answers(survey: Survey, given: Mapping[str, str]) -> Reading:
    """Read what was written into a page; whatever else was sent is passed over."""
    answers: dict[str, Value] = {}
    slips: dict[str, Slip] = {}
    for question in survey.questions:
        text = plain_text(given.get(question.id, ""))
        if not text:
            if question.required:
                slips[question.id] = Slip.MISSING
        elif question.scale is None:
            # the one word that takes a fact back cannot be what somebody says
            answers[question.id] = text[:LONGEST] if text != RETRACTED else f"“{text}”"
            if len(text) > LONGEST:
                slips[question.id] = Slip.LONG
        elif text.isascii() and text in points(question):
            answers[question.id] = int(text)
        else:
            slips[question.id] = Slip.CHOICE
    return Reading(answers, slips)


def points(question: Question) -> tuple[str, ...]:
    """Give the points of a scale as a page has them.

    >>> points(Question("ease", "How was it?", (1, 5)))
    ('1', '2', '3', '4', '5')
    """
    if question.scale is None:
        return ()
    low, high = question.scale
    return tuple(str(point) for point in range(low, high + 1))


def plain_text(written: str) -> str:
    r"""Give a text as people meant it: lines end as lines do, and nothing unseen is in it.

    >>> plain_text("  one\r\ntwo\x00\u202e  ")
    'one\ntwo'
    """
    lines = written[: 4 * LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    kept = (sign for sign in lines if sign in _KEPT or not _is_unseen(sign))
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def _is_unseen(sign: str) -> bool:
    """Say whether it is a control, a half of a pair, or turns the direction of what follows."""
    if sign == "\u200d":  # joins emoji
        return False
    return unicodedata.category(sign) in _UNSEEN or ord(sign) & 0xFFFE == 0xFFFE  # noqa: PLR2004 - no characters


def changes(
    about: About, before: Answers, answers: Answers, at: datetime, *, is_first: bool
) -> Iterator[Fact]:
    """Give the facts that new answers make: what is said anew, and what is taken back."""
    if is_first:
        yield _fact(about, ANSWERED, at, None)
    for name, value in answers.items():
        if before.get(name) != value:
            yield _fact(about, name, at, value)
    for name in before:
        if name not in answers:
            yield _fact(about, name, at, RETRACTED)


def is_answered(about: About, at: datetime) -> Fact:
    """Give the one fact that an anonymous answer leaves: that this person has answered."""
    return _fact(about, ANSWERED, at, None)


def form_of(survey: Survey) -> str:
    """Name what is asked: versions that ask the same belong together, others do not."""
    asked = [
        [question.id, _plain(question.ask), question.scale, question.required]
        for question in survey.questions
    ]
    return sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def _plain(worded: str | Mapping[str, str]) -> object:
    return worded if isinstance(worded, str) else dict(worded)


def _fact(about: About, word: str, at: datetime, value: Value) -> Fact:
    return Fact(f"{about.step}.{word}", at, about.playbook, about.occurrence, value)
