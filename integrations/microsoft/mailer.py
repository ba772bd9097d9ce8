"""A mailbox's way out through Graph: a draft, our mark on it, and then the draft is sent.

`sendMail` knows no key and leaves nothing that could be asked; a draft has a name, and is none any
more once it was sent. 202 says that it was taken, and no more
(https://learn.microsoft.com/graph/outlook-things-to-know-about-send-mail): it is looked at until it
is no draft. Where an answer was lost it is looked at, too, and never sent again by us: a draft may
be waiting to be sent. `integrations.microsoft.sent` ends such a doubt later, by taking the draft
back.

Exchange sends as the mailbox, whatever From says, and to whom the headers name: a mail whose
headers name anybody but its one recipient is refused. Limits: 30 mails a minute and 10,000
recipients a day for a mailbox; 4 MB a request, which is 3 MB of mail. Of a larger one the files are
attached to the draft one by one; a draft that has not all of them is never sent, and taken back.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import timedelta
from threading import Event

from integrations.microsoft.files import Cut, File, cut
from integrations.microsoft.meaning import Kind, Problem, outcome_of, without_change
from integrations.microsoft.sending import Lying, Outgoing
from integrations.microsoft.wire import GraphWire
from integrations.outbox import CLOSED, GOODBYE, Outbox, Shelf, named_in
from worker.domain.intents import Key
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.domain.post import id_key
from worker.ports import Clock, Envelope

LARGEST = 35_000_000  # octets of a mail, attachments encoded: what Exchange allows of itself
AT_ONCE = 3 * 1024 * 1024  # of a mail in one request; base64 makes 4 MB of it

# How long we look whether what was taken was sent, and how often.
LOOKS = tuple(timedelta(seconds=seconds) for seconds in (0, 1, 2, 4, 8))

_MAY_HAVE_GONE = frozenset({Kind.LOST, Kind.BROKEN, Kind.GONE})

# What a file that cannot be attached means: of its own mail alone, for drafts are made here. A
# session that ran out, or an answer that was lost, is begun anew; what is forbidden stays so.
_OF_A_FILE = {
    Kind.LOST: Kind.CONFLICT,
    Kind.BROKEN: Kind.CONFLICT,
    Kind.GONE: Kind.CONFLICT,
    Kind.TOKEN: Kind.CONFLICT,
    Kind.STALE: Kind.CONFLICT,
    Kind.DENIED: Kind.MISTAKE,
    Kind.NO_MAILBOX: Kind.MISTAKE,
}


class GraphMailer:
    """A `Mailer` through Graph, several mails at once; see the port."""

    def __init__(
        self,
        wire: GraphWire,
        mailbox: str,
        clock: Clock,
        *,
        connections: int = 3,
        goodbye: timedelta = GOODBYE,
        looks: tuple[timedelta, ...] = LOOKS,
    ) -> None:
        self._wire = wire
        self._closing = Event()
        shelf = Shelf[Lying]()
        outgoing = Outgoing(wire, mailbox)
        self._outbox = Outbox(
            lambda: _Carrier(outgoing, shelf, looks, self._closing),
            clock,
            name=f"graph {mailbox}",
            connections=connections,
            goodbye=goodbye,
        )

    @property
    def room(self) -> int:
        """Say how many envelopes may be handed over now."""
        return self._outbox.room

    def hand_over(self, envelopes: Iterable[Envelope]) -> None:
        """Queue envelopes; returns at once."""
        self._outbox.hand_over(envelopes)

    def outcomes(self, wait: timedelta) -> Mapping[Key, Outcome]:
        """Give what became of envelopes, each once; at once if none is in flight."""
        return self._outbox.outcomes(wait)

    def meanwhile(self) -> AbstractContextManager[None]:
        """Go on while the caller does something else: threads of our own do."""
        return nullcontext()

    def close(self) -> None:
        """Say goodbye; what Exchange took and did not show as sent is in doubt."""
        self._closing.set()
        self._outbox.close()
        self._wire.close()


class _Carrier:
    """One thread's hands."""

    def __init__(
        self, outgoing: Outgoing, shelf: Shelf[Lying], looks: tuple[timedelta, ...], closing: Event
    ) -> None:
        self._outgoing = outgoing
        self._shelf = shelf
        self._looks = looks
        self._closing = closing

    def carry(self, envelope: Envelope, may_go: Callable[[], bool]) -> Outcome:
        """Draft a mail, mark the draft, send it, and look until it was sent."""
        pieces = _pieces(envelope)
        if isinstance(pieces, Refused):
            return pieces
        draft = self._drafted(envelope, pieces)
        if isinstance(draft, Problem):
            return without_change(draft)
        if not may_go():
            self._shelf.keep(envelope.key, draft)
            return CLOSED
        problem = self._outgoing.send(draft.id)
        if problem is None:
            return self._watched(envelope, draft)
        if problem.kind in _MAY_HAVE_GONE:
            return self._seen(envelope, draft) or InDoubt(problem.why)
        return self._not_sent(envelope, draft, problem)

    def close(self) -> None:
        """Take back drafts that were made and not sent: a person might send them by hand."""
        while (draft := self._shelf.any()) is not None:
            if self._outgoing.discard(draft.id) is not None:
                return

    def _drafted(self, envelope: Envelope, pieces: Cut) -> Lying | Problem:
        """Give the draft that is to be sent: whatever goes wrong here, nothing was sent."""
        draft = self._shelf.take(envelope.key) or self._spare(envelope, pieces)
        if draft is None:
            draft = self._outgoing.draft(pieces.rest)
            if isinstance(draft, Lying) and pieces.files:
                draft = self._with_files(envelope, draft, pieces.files)
        if isinstance(draft, Problem):
            if draft.kind in {Kind.LOST, Kind.BROKEN}:
                self._shelf.spare.add(envelope.key)
            return draft
        problem = self._outgoing.mark(draft.id, envelope.message_id)
        if problem is None:
            return draft
        if problem.kind is not Kind.GONE:
            self._shelf.keep(envelope.key, draft)
        return problem

    def _with_files(
        self, envelope: Envelope, draft: Lying, files: Sequence[File]
    ) -> Lying | Problem:
        """Attach files to a draft, and see that it has them all; else take it back."""
        problem: Problem | None = None
        for file in files:
            problem = self._outgoing.attach(draft.id, file)
            if problem is not None:
                break
        if problem is None:
            there = self._outgoing.attached(draft.id)
            if isinstance(there, Problem):
                problem = there
            elif Counter(file.name for file in files) - Counter(there):
                problem = Problem(Kind.CONFLICT, "the draft has not the files that it was given")
        if problem is None:
            return draft
        if self._outgoing.discard(draft.id) is not None:
            self._shelf.spare.add(envelope.key)
        return replace(problem, kind=_OF_A_FILE.get(problem.kind, problem.kind))

    def _spare(self, envelope: Envelope, pieces: Cut) -> Lying | Problem | None:
        """Find the draft of an attempt whose answer was lost, so that there is never a second.

        One that may lack files is taken back, and never sent.
        """
        if envelope.key not in self._shelf.spare:
            return None
        found = self._outgoing.find(envelope.message_id)
        if isinstance(found, Problem):
            return found
        drafts = [one for one in found if one.is_draft]
        if pieces.files:
            for one in drafts:
                problem = self._outgoing.discard(one.id)
                if problem is not None:
                    return problem
            drafts = []
        self._shelf.spare.discard(envelope.key)
        return next(iter(drafts), None)

    def _watched(self, envelope: Envelope, draft: Lying) -> Outcome:
        """Look at what was taken until it is no draft; for ever it is not looked at."""
        for pause in self._looks:
            self._closing.wait(pause.total_seconds())
            outcome = self._seen(envelope, draft)
            if outcome is not None:
                return outcome
        return InDoubt("Exchange took the mail and still shows it as a draft")

    def _seen(self, envelope: Envelope, draft: Lying) -> Outcome | None:
        """Say that a mail was sent; None where that is not to be seen (yet)."""
        now = self._outgoing.look(draft.id)
        if isinstance(now, Problem):
            if now.kind is not Kind.GONE:
                return None
            found = self._outgoing.find(envelope.message_id)
            sent = [] if isinstance(found, Problem) else [one for one in found if not one.is_draft]
            return _done(sent[0], envelope) if sent else None
        return None if now.is_draft else _done(now, envelope)

    def _not_sent(self, envelope: Envelope, draft: Lying, problem: Problem) -> Outcome:
        outcome = outcome_of(problem)
        if isinstance(outcome, Later):
            self._shelf.keep(envelope.key, draft)  # and this very draft is sent next time
            return outcome
        self._outgoing.discard(draft.id)  # a draft too many harms nobody
        if problem.code == "ErrorInvalidRecipients":
            return Refused(problem.why, Scope.ADDRESS, "5.1.1")
        return outcome


def _pieces(envelope: Envelope) -> Cut | Refused:
    """Cut what one request cannot hold; or say what stands against it before anybody is asked."""
    if len(envelope.content) > LARGEST:
        return Refused("the mail is larger than the 35 MB that Exchange takes", status="5.3.4")
    if named_in(envelope.content) != [envelope.recipient.lower()]:
        return Refused("the headers do not name the one recipient, and Exchange goes by them")
    pieces = cut(envelope.content, AT_ONCE)
    if pieces is None:
        return Refused("what is no file of the mail is larger than 3 MB by itself", status="5.3.4")
    return pieces


def _done(sent: Lying, envelope: Envelope) -> Done:
    """Say what Exchange calls a mail and its thread, and its Message-ID where it is not ours."""
    told = sent.message_id.strip()
    observed = id_key(told) if told and told != envelope.message_id else ""
    return Done(sent.id, observed, sent.conversation)
