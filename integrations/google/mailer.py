"""A mailbox's way out through Gmail: a draft, and then the draft is sent.

That is the strongest promise Gmail allows. Sending a draft deletes it, so of any two that try, one
finds nothing; and where an answer is lost, the draft's thread tells at once, and without the search
that lags behind, whether the message was sent. A draft that is still there leaves a doubt, because
the request may be on its way; `integrations.google.sent` ends it later by deleting the draft.

It refuses to repeat a sending. Gmail sends to whom the headers name: a mail whose headers name
anybody but its one recipient is refused. Limits: 54 of these a minute for a project made since May
2026 (110 of 6,000 units), 2,000 a day (500 on trial), 25 MB; see docs/connecting.md.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from datetime import timedelta
from threading import Event

from integrations.google.line import GoogleSignIn
from integrations.google.mailbox import Draft, Gmail, Spend
from integrations.google.reasons import GoogleSays, Meaning, Problem, outcome_of
from integrations.outbox import CLOSED, GOODBYE, Outbox, Shelf, named_in
from worker.domain.intents import Key
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.domain.post import id_key
from worker.ports import Clock, Envelope

LARGEST = 25 * 1024 * 1024  # octets of a mail, attachments encoded

_ID = "Message-ID"


class GmailMailer:
    """A `Mailer` through Gmail, over as many connections at once; see the port."""

    def __init__(
        self,
        sign_in: GoogleSignIn,
        mailbox: str,
        clock: Clock,
        *,
        connections: int = 3,
        goodbye: timedelta = GOODBYE,
        spend: Spend | None = None,
    ) -> None:
        shelf = Shelf[Draft]()
        keeps_ids = Event()
        self._outbox = Outbox(
            lambda: _Carrier(Gmail(sign_in, mailbox, clock, spend), shelf, keeps_ids),
            clock,
            name=f"gmail {mailbox}",
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
        """Say goodbye; what Gmail was asked to send and has not answered for is in doubt."""
        self._outbox.close()


class _Carrier:
    """One thread's hands, over a connection of its own."""

    def __init__(self, gmail: Gmail, shelf: Shelf[Draft], keeps_ids: Event) -> None:
        self._gmail = gmail
        self._shelf = shelf
        self._keeps_ids = keeps_ids  # of this mailbox: Gmail was seen to keep an id of ours

    def carry(self, envelope: Envelope, may_go: Callable[[], bool]) -> Outcome:
        """Draft a mail and send the draft."""
        key, gmail = envelope.key, self._gmail
        if len(envelope.content) > LARGEST:
            return Refused("the mail is larger than the 25 MB that Gmail takes", status="5.3.4")
        if named_in(envelope.content) != [envelope.recipient.lower()]:
            return Refused("the headers do not name the one recipient, and Gmail goes by them")
        try:
            draft = self._drafted(envelope)
        except GoogleSays as said:
            return self._not_drafted(key, said.problem)
        if not may_go():
            self._shelf.keep(key, draft)
            return CLOSED
        try:
            id_ = gmail.send(draft)
        except GoogleSays as said:
            return self._not_answered(envelope, draft, said.problem)
        return _done(id_, self._observed(id_, envelope), envelope, draft)

    def close(self) -> None:
        """Take back drafts that were made and not sent: a person might send them by hand."""
        with closing(self._gmail), suppress(GoogleSays):
            while (draft := self._shelf.any()) is not None:
                self._gmail.discard(draft.id)

    def _drafted(self, envelope: Envelope) -> Draft:
        """Give the draft that is to be sent, which may be one of an earlier attempt."""
        draft = self._shelf.take(envelope.key) or self._found_draft(envelope)
        return draft or self._gmail.draft(envelope.content)

    def _found_draft(self, envelope: Envelope) -> Draft | None:
        """Find the draft of an attempt whose answer was lost, so that there is never a second."""
        if envelope.key not in self._shelf.spare:
            return None
        found = next(self._gmail.drafts(f"rfc822msgid:{envelope.message_id}"), None)
        if found is not None:
            self._shelf.spare.discard(envelope.key)
        return found

    def _not_drafted(self, key: Key, problem: Problem) -> Outcome:
        """Say what a draft that was not made means: whatever happened, nothing was sent."""
        if problem.meaning is Meaning.LOST:
            self._shelf.spare.add(key)
            return Later(problem.why, problem.wait, Scope.SERVER)
        return _of_a_mail(problem)

    def _not_answered(self, envelope: Envelope, draft: Draft, problem: Problem) -> Outcome:
        """Say what it means that a draft was not heard to be sent."""
        if problem.meaning in (Meaning.LOST, Meaning.MISSING):
            return self._asked(envelope, draft, problem)
        outcome = _of_a_mail(problem)
        if isinstance(outcome, Later):
            self._shelf.keep(envelope.key, draft)  # and this very draft is sent next time
        else:
            with suppress(GoogleSays):  # a draft too many harms nobody
                self._gmail.discard(draft.id)
        return outcome

    def _asked(self, envelope: Envelope, draft: Draft, problem: Problem) -> Outcome:
        """Look into the draft's thread: what was sent lies there as sent."""
        doubt = InDoubt(problem.why)
        if not draft.thread:
            return doubt
        try:
            messages = self._gmail.thread(draft.thread, [_ID])
        except GoogleSays:
            return doubt
        for one in messages:
            if "SENT" in one.labels:
                told = one.headers.get(_ID.lower(), "")
                return _done(one.id, told, envelope, draft)
        return doubt

    def _observed(self, id_: str, envelope: Envelope) -> str:
        """Find out under which Message-ID a mail went; Gmail is said to give its own to some.

        Once it was seen to keep one of ours, it is not asked any more.
        """
        if self._keeps_ids.is_set() or not id_:
            return ""
        try:
            told = self._gmail.message(id_, [_ID]).headers.get(_ID.lower(), "").strip()
        except GoogleSays:
            return ""
        if told == envelope.message_id:
            self._keeps_ids.set()
        return told


def _of_a_mail(problem: Problem) -> Outcome:
    """Say what became of a mail that Gmail spoke about; an address is told from the mail."""
    outcome = outcome_of(problem)
    if isinstance(outcome, Refused) and "To header" in problem.why:
        return Refused(problem.why, Scope.ADDRESS, "5.1.3")
    return outcome


def _done(id_: str, told: str, envelope: Envelope, draft: Draft) -> Done:
    """Say what Gmail calls a mail and its thread, and its Message-ID where it is not ours."""
    told = told.strip()
    observed = id_key(told) if told != envelope.message_id else ""
    return Done(id_, observed, draft.thread)
