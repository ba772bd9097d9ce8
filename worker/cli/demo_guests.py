"""The people of the demonstration and their meetings: they accept, decline, propose, and drag.

Whoever is asked to a meeting does what their row in `demo_cast` says, in the calendar where they
were asked; the provider then tells the engine that something has changed, as its push would.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from worker.cli.demo_calendars import DraggingHands, Hands, Invited, Standing
from worker.cli.demo_cast import DRAGS, GUESTS, STAFF_ANSWERS_AFTER, GuestManner
from worker.domain.meetings import Span, Word
from worker.domain.workdays import Workdays
from worker.engine.engine import Engine
from worker.people.records import PersonRecord, StaffRecord

_DAYS = 15  # business days in which somebody looks for a time of their own
_DRAGGED_AFTER = timedelta(hours=5)
_TWO = 2


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did by hand to a meeting."""

    event: str
    word: str  # proposed | dragged
    at: datetime


class Guests:
    """Lets people deal with their invitations."""

    def __init__(
        self,
        engine: Engine,
        people: Sequence[PersonRecord],
        staff: Sequence[StaffRecord],
        *,
        hands: Sequence[Hands],
        dragging: Mapping[str, DraggingHands],
        days: Workdays,
        expect: Callable[[datetime, Callable[[], None]], None],
    ) -> None:
        self._engine = engine
        self._clock = engine.clock
        self._hands = hands
        self._dragging = dragging  # by the address of a colleague
        self._manners = {
            person.email.lower(): GUESTS[number % len(GUESTS)]
            for number, person in enumerate(people)
        }
        self._drags = {
            record.email.lower(): DRAGS[record.id] for record in staff if record.id in DRAGS
        }
        self._days = days
        self._expect = expect
        self._turns: Counter[str] = Counter()
        self._dragged: Counter[str] = Counter()
        self.deeds: list[Deed] = []

    def react(self) -> None:
        """Let everybody see what they were asked to since the last look."""
        now = self._clock.now()
        for hands in self._hands:
            for invited in hands.invited():
                self._asked(hands, invited, now)

    def standing(self) -> list[Standing]:
        """Give what lies in all calendars."""
        return [one for hands in self._hands for one in hands.standing()]

    def twice(self) -> list[str]:
        """Find people who were invited to the same event more than once."""
        return [one for hands in self._hands for one in hands.twice()]

    def _asked(self, hands: Hands, invited: Invited, now: datetime) -> None:
        manner = self._manners.get(invited.address.lower())
        if manner is None:  # a colleague who was asked: comes
            self._expect(
                now + STAFF_ANSWERS_AFTER, partial(self._answer, hands, invited, Word.ACCEPTED)
            )
            return
        self._organised(invited, now)
        word = self._word(manner, invited)
        match word:
            case "accepts":
                deed = partial(self._answer, hands, invited, Word.ACCEPTED)
            case "declines":
                deed = partial(self._answer, hands, invited, Word.DECLINED)
            case "proposes":
                deed = partial(self._propose, hands, invited)
            case _:
                return
        self._expect(now + manner.after, deed)

    def _word(self, manner: GuestManner, invited: Invited) -> str:
        """Choose what somebody says: the words in turn, the last of them from then on."""
        self._turns[invited.address] += 1
        return manner.says[min(self._turns[invited.address], len(manner.says)) - 1]

    def _answer(self, hands: Hands, invited: Invited, word: Word) -> None:
        hands.answer(invited, word)
        self._hear(invited)

    def _propose(self, hands: Hands, invited: Invited) -> None:
        """Ask for another time, where two meet; nobody moves a meeting of many for themselves."""
        own = self._event(invited)
        if own is not None and len(own.who) > _TWO:
            self._answer(hands, invited, Word.ACCEPTED)
            return
        to = self._free(invited)
        if to is not None:
            hands.propose(invited, to)
            self._did(invited, "proposed")

    # Colleagues who drag.

    def _organised(self, invited: Invited, now: datetime) -> None:
        """Let an organiser who does so think better of the time, once."""
        organiser = invited.organiser.lower()
        hands = self._dragging.get(organiser)
        if hands is not None and self._dragged[organiser] < self._drags.get(organiser, 0):
            self._dragged[organiser] += 1
            self._expect(now + _DRAGGED_AFTER, partial(self._drag, hands, invited))

    def _drag(self, hands: DraggingHands, invited: Invited) -> None:
        to = self._free(invited)
        if to is not None:
            hands.drag(invited, to)
            self._did(invited, "dragged")

    def _free(self, invited: Invited) -> Span | None:
        """Find the next business day on which everybody is free at the same hour."""
        standing, own = self.standing(), self._event(invited)
        if own is None or own.when.start <= self._clock.now():
            return None
        taken = [one.when for one in standing if one.who & own.who and one.event != own.event]
        return next(
            (
                span
                for span in self._later(own.when)
                if all(one.end <= span.start or span.end <= one.start for one in taken)
            ),
            None,
        )

    def _event(self, invited: Invited) -> Standing | None:
        return next((one for one in self.standing() if one.event == invited.event), None)

    def _later(self, when: Span) -> Iterator[Span]:
        start = self._days.local(when.start)
        for count in range(1, _DAYS):
            day = self._days.business_day(start.date(), count)
            begins = self._days.instant(day, start.time())
            yield Span(begins, begins + (when.end - when.start))

    def _did(self, invited: Invited, word: str) -> None:
        self.deeds.append(Deed(invited.event, word, self._clock.now()))
        self._hear(invited)

    def _hear(self, invited: Invited) -> None:
        """Have the provider tell that something has changed in a calendar."""
        if self._engine.meetings is not None:
            self._engine.meetings.hear(invited.organiser, self._clock.now())
