"""Answers to invitations that came by mail: matched by the event and who answers, then taken in.

An answer counts only from whom it was asked of, only if nothing shows that it is forged, and only
for the time it was given to. Whatever a program must not decide on is left to a human.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from sqlalchemy import Connection

from worker.domain.answers.authentication import Verdict
from worker.domain.answers.letter import Letter
from worker.domain.appointments import DEBOUNCE, Appointment, Attendee, Stage
from worker.domain.facts import Digest, PersonId, PlaybookId, StepId
from worker.domain.itip import Puzzle, Reply, is_current
from worker.domain.meetings import Entry, Said, Word
from worker.domain.plan import Plan
from worker.domain.unavailable import Unavailable, taken_by
from worker.domain.workdays import workdays
from worker.engine.journal.cases import load_cases
from worker.engine.journal.meetings import booked_with, open_meetings_of
from worker.engine.journal.store import Store
from worker.engine.meetings.calendars import MAIL_ONLY
from worker.engine.meetings.follow import Turn, put
from worker.engine.meetings.hear import Hearer
from worker.engine.meetings.proposals import proposal_of
from worker.ports import InvitationPost

_CALENDARS = ("text/calendar", "application/ics")
_GMAIL = ("gmail.com", "googlemail.com")
_TRIES = 5  # at a row that somebody else writes at the same moment


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

    def __init__(
        self,
        store: Store,
        hearer: Hearer,
        post: InvitationPost,
        plan_of: Callable[[Digest], Plan],
    ) -> None:
        self._plan_of = plan_of
        self._store = store
        self.hearer = hearer
        self._post = post

    def take(
        self, letter: Letter, senders: tuple[str, ...], verdict: Verdict, now: datetime
    ) -> Given | None:
        """Take in what a mail answers; None where it answers no meeting of ours."""
        reply = self._reply(letter)
        if reply is None:
            return None
        if isinstance(reply, Puzzle):
            return _unclear(self._standing(reply.event_key), senders, verdict)
        known: Appointment | None = None
        for _ in range(_TRIES):
            known = self._standing(reply.event_key)
            if known is None:
                return Given(Counts.STALE)
            given = self._counted(known, reply, senders, verdict, now)
            if given is not None:
                return given
        return _unclear(known, senders, verdict)

    def said_no(
        self,
        person: PersonId,
        playbook: PlaybookId,
        step: StepId,
        entries: tuple[Unavailable, ...],
        at: datetime,
    ) -> Callable[[Connection, datetime], None]:
        """Give what writes down that *person* cannot come to the meeting of a step, in words.

        Only where it lies in the times at which they say that they cannot come: then it is theirs
        to decline, and another time is looked for as after any no.
        """

        def write(connection: Connection, now: datetime) -> None:
            for known in open_meetings_of(connection, [person]):
                if known.playbook != playbook or known.step != step or known.stood is None:
                    continue
                plan = self._plan_of(known.digest)
                case = load_cases(connection, [person], self._plan_of).get(person)
                if known.stage is not Stage.BOOKED or case is None:
                    continue
                days = workdays(plan.calendar, case.person.timezone)
                if not taken_by(entries, days, known.stood):
                    continue
                said = Said(Word.DECLINED, at)
                heard_at = now - DEBOUNCE  # whoever writes a sentence has not misclicked
                attendees = tuple(
                    replace(one, said=said, heard_at=heard_at) if one.person == person else one
                    for one in known.attendees
                )
                put(connection, Turn(replace(known, attendees=attendees), now), now)

        return write

    def _standing(self, event_key: str) -> Appointment | None:
        with self._store.read() as connection:
            standing = booked_with(connection, MAIL_ONLY)
        return next((one for one in standing if one.event_key == event_key), None)

    def _counted(
        self,
        known: Appointment,
        reply: Reply,
        senders: tuple[str, ...],
        verdict: Verdict,
        now: datetime,
    ) -> Given | None:
        """Say whether an answer counts, and take it in; None where somebody was quicker."""
        one = _who(known, reply, senders, verdict)
        if one is None or verdict is Verdict.FAILED:
            return _unclear(known, senders, verdict)
        # Written after it came: by a clock that is wrong, and no later word would count after it.
        reply = replace(reply, stamp=min(reply.stamp or now, now))
        said = Said(reply.word, reply.stamp, reply.comment, reply.proposed)
        last = one.said.at  # it was to the invitation that stands: another one forgets it
        is_late = not is_current(reply, known.revision, sequence=known.revision, stamp=last)
        if is_late or _was_dealt_with(one, said):
            return Given(Counts.STALE, known, one.person)
        if known.stage is Stage.SEEKING:  # another time is being found already, or a wish answered
            counts = Counts.STALE if proposal_of(known) is None else Counts.UNCLEAR
            return Given(counts, known, one.person)
        entry = Entry(
            known.ref,
            known.address,
            known.stood,
            event_key=known.event_key,
            revision=known.revision,
            link=known.link,
            said={other.key: other.said for other in known.attendees} | {one.key: said},
        )
        if not self.hearer.take_in(known, entry, now):
            return None
        return Given(Counts.YES, known, one.person)

    def _reply(self, letter: Letter) -> Reply | Puzzle | None:
        for part in letter.parts:
            if part.type in _CALENDARS:
                found = self._post.read(part.text.encode())
                if found is not None:
                    return found
        return None


def _who(
    known: Appointment, reply: Reply, senders: tuple[str, ...], verdict: Verdict
) -> Attendee | None:
    """Say who answers: somebody who was invited, and nobody in the name of another.

    Who wrote the mail decides. An attendee may write an alias of theirs that we do not know; but a
    mail from an address that was not invited counts only if it names one that was, and is shown to
    come from the same mailbox (`+` and dots apart), or from a colleague's own house: an assistant.
    """
    invited = {one.key: one for one in known.attendees}
    named = invited.get(reply.attendee)
    sender = senders[0].lower() if senders else ""
    found = invited.get(sender)
    if found is None:
        same = [one for one in known.attendees if _mailbox(one.key) == _mailbox(sender)]
        found = same[0] if len(same) == 1 else None
    if found is not None:
        return found if named is None or named is found else None
    if named is None or named.staff is None or verdict is not Verdict.PASSED:
        return None
    is_of_the_house = sender.rpartition("@")[2] == named.key.rpartition("@")[2]
    return named if is_of_the_house and reply.sent_by in {"", sender} else None


def _mailbox(address: str) -> str:
    """Give what the aliases of one mailbox have in common.

    >>> _mailbox("Aoi.Aoyama+job@gmail.com") == _mailbox("aoiaoyama@googlemail.com")
    True
    >>> _mailbox("aoi.aoyama@example.jp") == _mailbox("aoiaoyama@example.jp")
    False
    """
    local, _, domain = address.lower().partition("@")
    local = local.partition("+")[0]
    if domain in _GMAIL:
        return f"{local.replace('.', '')}@{_GMAIL[0]}"
    return f"{local}@{domain}"


def _unclear(known: Appointment | None, senders: tuple[str, ...], verdict: Verdict) -> Given:
    """Leave an answer to a human; it is somebody's only where nothing shows that it is forged."""
    if known is None or not senders or verdict is Verdict.FAILED:
        return Given(Counts.UNCLEAR, known)
    theirs = [one for one in known.people if _mailbox(one.key) == _mailbox(senders[0])]
    return Given(Counts.UNCLEAR, known, theirs[0].person if len(theirs) == 1 else None)


def _was_dealt_with(one: Attendee, said: Said) -> bool:
    """Say whether this very proposal was answered already: the mail is read a second time."""
    is_answered = one.said.proposed is None and said.proposed is not None
    return is_answered and one.said.at is not None and one.said.at == said.at
