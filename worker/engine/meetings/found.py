"""Find the events of meetings that were booked in a time of which the journal knows nothing.

An event is named by its meeting, so that whoever might organise it can be asked for it. What is
found stays as it is: its time, its organiser and its colleagues. What cannot be asked, because it
went by mail alone, is for a human to say.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

from worker.domain.appointments import Appointment, Attendee
from worker.domain.facts import Staff, StaffId
from worker.domain.meetings import Entry, Span
from worker.engine.journal.lanes import MEETINGS
from worker.engine.meetings.calendars import MAIL_ONLY, Books
from worker.engine.meetings.invitation import invitation_of
from worker.ports import BookTrouble, CalendarBook

_INCARNATIONS = 4  # of one meeting, each deleted by hand before the next

Organiser = tuple[StaffId | None, str, str, str]  # who, address, name, provider


class Untold(Enum):
    """Why no event was found."""

    NONE = "none"  # certainly there is none
    LATER = "later"  # a provider could not be asked just now
    NEVER = "never"  # it would have gone by mail: nobody can be asked


@dataclass(frozen=True, slots=True)
class Standing:
    """A meeting that stands in a calendar, as it does."""

    known: Appointment
    when: Span
    team: tuple[Staff, ...]
    entry: Entry


class Finder:
    """Looks meetings up at everybody who might organise them."""

    def __init__(
        self, books: Books, language: str, organiser_of: Callable[[Sequence[Staff]], Organiser]
    ) -> None:
        self._books = books
        self._language = language
        self._organiser_of = organiser_of

    def find(self, known: Appointment, teams: Iterable[Sequence[Staff]]) -> Standing | Untold:
        """Give the event of *known*, or why there is none to give."""
        asked: dict[str, list[Sequence[Staff]]] = {}
        organisers: dict[str, Organiser] = {}
        for team in teams:
            organiser = self._organiser_of(team)
            organisers[organiser[1].lower()] = organiser
            asked.setdefault(organiser[1].lower(), []).append(team)
        untold = Untold.NONE
        for address, theirs in sorted(asked.items()):
            found = self._at(known, organisers[address], theirs)
            if isinstance(found, Standing):
                return found
            if found is not Untold.NONE and untold is not Untold.LATER:
                untold = found
        return untold

    def _at(
        self, known: Appointment, organiser: Organiser, teams: list[Sequence[Staff]]
    ) -> Standing | Untold:
        who, address, name, provider = organiser
        book = None if provider == MAIL_ONLY else self._books.of(MEETINGS, provider)
        if book is None:
            return Untold.NEVER
        when = Span(known.due_at, known.due_at + timedelta(minutes=known.minutes))
        wanted = replace(
            known,
            organiser=who,
            address=address,
            organiser_name=name,
            provider=provider,
            when=when,
        )
        found = self._standing(book, wanted)
        if found is None:
            return Untold.NONE
        if isinstance(found, BookTrouble):
            return Untold.LATER
        wanted, entry = found
        if entry.when is None:
            return Untold.NONE
        # as one that was asked for before: it is looked up, and never made a second time
        adopted = replace(known, incarnation=wanted.incarnation, attempts=max(known.attempts, 1))
        return Standing(adopted, entry.when, _team(teams, entry), entry)

    def _standing(
        self, book: CalendarBook, wanted: Appointment
    ) -> tuple[Appointment, Entry] | BookTrouble | None:
        """Look for the event, and for those after it where it was deleted by hand."""
        for _ in range(_INCARNATIONS):
            seen = book.see(invitation_of(wanted, self._language))
            if isinstance(seen, BookTrouble):
                return seen
            if seen.entry is None:
                return None
            if not seen.entry.is_cancelled:
                return wanted, seen.entry
            wanted = replace(wanted, incarnation=wanted.incarnation + 1)
        return None


def is_in(entry: Entry, one: Attendee) -> bool:
    """Say whether somebody is invited to an event."""
    return one.key in entry.said


def _team(teams: Sequence[Sequence[Staff]], entry: Entry) -> tuple[Staff, ...]:
    """Give those of one organiser's possible teams who are invited."""
    invited = {*entry.said, entry.organiser.lower()}
    best = max(teams, key=lambda team: sum(one.email.lower() in invited for one in team))
    return tuple(best)
