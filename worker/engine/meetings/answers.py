"""Answers to invitations that came by mail: matched by the event and who answers, then taken in.

An answer counts only from an address that was invited, only if nothing shows that it is forged, and
only for the time it was given to. Whatever a program must not decide on is left to a human.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from worker.domain.answers.authentication import Verdict
from worker.domain.answers.letter import Letter
from worker.domain.appointments import Appointment, Attendee
from worker.domain.facts import PersonId
from worker.domain.itip import Puzzle, Reply, is_current
from worker.domain.meetings import Entry, Said, Word
from worker.engine.journal.meetings import booked_with
from worker.engine.journal.store import Store
from worker.engine.meetings.calendars import MAIL_ONLY
from worker.engine.meetings.hear import Hearer
from worker.ports import InvitationPost

_CALENDARS = ("text/calendar", "application/ics")


class Counts(Enum):
    """What became of an answer."""

    YES = "yes"
    STALE = "stale"  # of an earlier time, or of a meeting that is over
    UNCLEAR = "unclear"  # a human looks


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, and whose it is."""

    counts: Counts
    known: Appointment | None = None
    person: PersonId | None = None


class MailAnswers:
    """Takes in answers that came by mail."""

    def __init__(self, store: Store, hearer: Hearer, post: InvitationPost) -> None:
        self._store = store
        self._hearer = hearer
        self._post = post

    def take(
        self, letter: Letter, senders: tuple[str, ...], verdict: Verdict, now: datetime
    ) -> Given | None:
        """Take in what a mail answers; None where it answers no meeting of ours."""
        reply = self._reply(letter)
        if reply is None:
            return None
        with self._store.read() as connection:
            standing = {one.event_key: one for one in booked_with(connection, MAIL_ONLY)}
        known = standing.get(reply.event_key)
        if isinstance(reply, Puzzle):
            return Given(Counts.UNCLEAR, known)
        if known is None:
            return Given(Counts.STALE)
        one = _who(known, reply, senders)
        if one is None or verdict is Verdict.FAILED:
            return Given(Counts.UNCLEAR, known)
        before = one.said.at if one.said.word is not Word.NOTHING else None
        if not is_current(reply, known.revision, stamp=before):
            return Given(Counts.STALE, known, one.person)
        said = Said(reply.word, reply.stamp or now, reply.comment, reply.proposed)
        entry = Entry(
            known.ref,
            known.address,
            known.stood,
            event_key=known.event_key,
            revision=known.revision,
            link=known.link,
            said={other.key: other.said for other in known.attendees} | {one.key: said},
        )
        self._hearer.take_in(known, entry, now)
        return Given(Counts.YES, known, one.person)

    def _reply(self, letter: Letter) -> Reply | Puzzle | None:
        for part in letter.parts:
            if part.type in _CALENDARS:
                found = self._post.read(part.text.encode())
                if found is not None:
                    return found
        return None


def _who(known: Appointment, reply: Reply, senders: tuple[str, ...]) -> Attendee | None:
    """Say who answers: both the attendee and the sender must be the same one who was invited.

    An attendee may write another alias of theirs; the address that the mail comes from decides.
    """
    by_sender = {one.key: one for one in known.attendees}
    sender = senders[0].lower() if senders else ""
    found = by_sender.get(sender)
    named = by_sender.get(reply.attendee)
    if found is None or (named is not None and named is not found):
        return None
    return replace(found)
