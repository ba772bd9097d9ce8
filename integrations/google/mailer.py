"""A mailbox's way out through Gmail: a draft, and then the draft is sent.

That is the strongest promise Gmail allows. Sending a draft deletes it, so of any two that try, one
finds nothing; and where an answer is lost, the draft's thread tells at once, and without the search
that lags behind, whether the message was sent. A draft that is still there leaves a doubt, because
the request may be on its way; `integrations.google.sent` ends it later by deleting the draft.

It refuses to repeat a sending. Gmail sends to whom the headers name: a mail whose headers name
anybody but its one recipient is refused. Limits: 54 of these a minute for a project made since May
2026 (110 of 6,000 units), 2,000 a day (500 on trial), 25 MB; see docs/connecting.md.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from datetime import timedelta
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from threading import Condition, Thread
from time import monotonic

from integrations.google.line import GoogleSignIn
from integrations.google.mailbox import Draft, Gmail
from integrations.google.reasons import GoogleSays, Meaning, Problem, outcome_of
from worker.domain.errors import BrokenPromise
from worker.domain.intents import Key
from worker.domain.matching_clues import id_key
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.ports import Clock, Envelope

LARGEST = 25 * 1024 * 1024  # octets of a mail, attachments encoded

_GOODBYE = timedelta(seconds=5)
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
        goodbye: timedelta = _GOODBYE,
    ) -> None:
        self._sign_in = sign_in
        self._mailbox = mailbox
        self._clock = clock
        self._connections = connections
        self._goodbye = goodbye
        self._changed = Condition()
        self._waiting: deque[Envelope] = deque()
        self._at_work: set[Key] = set()
        self._sending: set[Key] = set()  # from here on it may have gone
        self._results: dict[Key, Outcome] = {}
        self._drafts: dict[Key, Draft] = {}  # made, and certainly not sent
        self._spare: set[Key] = set()  # a draft may have been made that nobody knows the name of
        self._keeps_ids = False  # of this mailbox: Gmail was seen to keep a Message-ID of ours
        self._threads: list[Thread] = []
        self._closed = False
        self._bug: Exception | None = None

    @property
    def room(self) -> int:
        """Say how many envelopes may be handed over now."""
        with self._changed:
            return self._room()

    def hand_over(self, envelopes: Iterable[Envelope]) -> None:
        """Queue envelopes; returns at once."""
        group = list(envelopes)
        with self._changed:
            if len(group) > self._room():
                raise BrokenPromise(
                    f"{len(group)} envelopes were handed over where there was room for"
                    f" {self._room()}"
                )
            known = {*self._at_work, *(one.key for one in self._waiting)}
            again = [one.key for one in group if one.key in known]
            if again:
                raise BrokenPromise(f"handed over while in flight: {', '.join(again)}")
            self._waiting.extend(group)
            while len(self._threads) < min(self._connections, len(self._waiting)):
                thread = Thread(target=self._work, name=f"gmail {self._mailbox}", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify_all()

    def outcomes(self, wait: timedelta) -> Mapping[Key, Outcome]:
        """Give what became of envelopes, each once; at once if none is in flight."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._results or self._bug or not (self._waiting or self._at_work),
                wait.total_seconds(),
            )
            self._raise_bug()
            results, self._results = self._results, {}
            return results

    def close(self) -> None:
        """Say goodbye; what Gmail was asked to send and has not answered for is in doubt."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            for envelope in self._waiting:
                self._results[envelope.key] = _closed()
            self._waiting.clear()
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._at_work, self._goodbye.total_seconds())
            for key in self._at_work:
                is_sending = key in self._sending
                lost = InDoubt("Gmail had not answered when we closed")
                self._results[key] = lost if is_sending else _closed()
            self._at_work.clear()
        until = monotonic() + self._goodbye.total_seconds()
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))
        self._raise_bug()

    def _room(self) -> int:
        if self._closed:
            return 0
        busy = len(self._waiting) + len(self._at_work) + len(self._results)
        return max(0, 2 * self._connections - busy)

    def _raise_bug(self) -> None:
        if self._bug is not None:
            bug, self._bug = self._bug, None
            raise bug

    # What the threads do.

    def _work(self) -> None:
        """Send one mail after the other, over a connection of this thread's own."""
        gmail = Gmail(self._sign_in, self._mailbox, self._clock)
        with closing(gmail):
            while (envelope := self._next()) is not None:
                try:
                    outcome = self._sent(gmail, envelope)
                except Exception as bug:  # noqa: BLE001 - ours; raised where outcomes are asked for
                    outcome = self._stumbled(envelope.key, bug)
                self._settle(envelope.key, outcome)
            self._tidy(gmail)

    def _stumbled(self, key: Key, bug: Exception) -> Outcome:
        """Keep a fault of ours for whoever waits; say what it leaves of the mail."""
        with self._changed:
            self._bug = self._bug or bug
            may_have_gone = key in self._sending
        why = f"a fault of ours: {type(bug).__name__}"
        return InDoubt(why) if may_have_gone else Later(why, scope=Scope.SERVER)

    def _next(self) -> Envelope | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            envelope = self._waiting.popleft()
            self._at_work.add(envelope.key)
            return envelope

    def _settle(self, key: Key, outcome: Outcome) -> None:
        with self._changed:
            if key in self._at_work:  # else: given up when we closed
                self._at_work.discard(key)
                self._results[key] = outcome
            self._sending.discard(key)
            self._changed.notify_all()

    def _sent(self, gmail: Gmail, envelope: Envelope) -> Outcome:
        """Draft a mail and send the draft."""
        key = envelope.key
        if len(envelope.content) > LARGEST:
            return Refused("the mail is larger than the 25 MB that Gmail takes", status="5.3.4")
        if _named(envelope.content) != [envelope.recipient.lower()]:
            return Refused("the headers do not name the one recipient, and Gmail goes by them")
        draft = self._drafts.pop(key, None)
        if draft is None:
            try:
                draft = self._found_draft(gmail, envelope) or gmail.draft(envelope.content)
            except GoogleSays as said:
                return self._not_drafted(key, said.problem)
        if not self._may_send(key, draft):
            return _closed()
        try:
            id_ = gmail.send(draft)
        except GoogleSays as said:
            return self._not_answered(gmail, envelope, draft, said.problem)
        return _done(id_, self._observed(gmail, id_, envelope), envelope.message_id)

    def _found_draft(self, gmail: Gmail, envelope: Envelope) -> Draft | None:
        """Find the draft of an attempt whose answer was lost, so that there is never a second."""
        if envelope.key not in self._spare:
            return None
        found = next(gmail.drafts(f"rfc822msgid:{envelope.message_id}"), None)
        if found is not None:
            self._spare.discard(envelope.key)
        return found

    def _not_drafted(self, key: Key, problem: Problem) -> Outcome:
        """Say what a draft that was not made means: whatever happened, nothing was sent."""
        if problem.meaning is Meaning.LOST:
            self._spare.add(key)
            return Later(problem.why, problem.wait, Scope.SERVER)
        return _of_a_mail(problem)

    def _may_send(self, key: Key, draft: Draft) -> bool:
        """Say, once and for all, that a mail may have gone from here on."""
        with self._changed:
            if self._closed:
                self._drafts[key] = draft
                return False
            self._sending.add(key)
            return True

    def _not_answered(
        self, gmail: Gmail, envelope: Envelope, draft: Draft, problem: Problem
    ) -> Outcome:
        """Say what it means that a draft was not heard to be sent."""
        if problem.meaning in (Meaning.LOST, Meaning.MISSING):
            return self._asked(gmail, envelope, draft, problem)
        outcome = _of_a_mail(problem)
        if isinstance(outcome, Later):
            with self._changed:
                self._drafts[envelope.key] = draft  # and this very draft is sent next time
        else:
            with suppress(GoogleSays):  # a draft too many harms nobody
                gmail.discard(draft.id)
        return outcome

    def _asked(self, gmail: Gmail, envelope: Envelope, draft: Draft, problem: Problem) -> Outcome:
        """Look into the draft's thread: what was sent lies there as sent."""
        doubt = InDoubt(problem.why)
        if not draft.thread:
            return doubt
        try:
            messages = gmail.thread(draft.thread, [_ID])
        except GoogleSays:
            return doubt
        for one in messages:
            if "SENT" in one.labels:
                told = one.headers.get(_ID.lower(), "")
                return _done(one.id, told, envelope.message_id)
        return doubt

    def _observed(self, gmail: Gmail, id_: str, envelope: Envelope) -> str:
        """Find out under which Message-ID a mail went; Gmail is said to give its own to some.

        Once it was seen to keep one of ours, it is not asked any more.
        """
        if self._keeps_ids or not id_:
            return ""
        try:
            told = gmail.message(id_, [_ID]).headers.get(_ID.lower(), "").strip()
        except GoogleSays:
            return ""
        self._keeps_ids = told == envelope.message_id
        return told

    def _tidy(self, gmail: Gmail) -> None:
        """Take back drafts that were made and not sent: a person might send them by hand."""
        while True:
            with self._changed:
                if not self._drafts:
                    return
                _, draft = self._drafts.popitem()
            try:
                gmail.discard(draft.id)
            except GoogleSays:
                return


def _named(content: bytes) -> list[str]:
    """Give everybody whom a mail's headers name as a recipient, in lower case."""
    head = BytesHeaderParser().parsebytes(content)
    told = [str(value) for name in ("To", "Cc", "Bcc") for value in head.get_all(name, ())]
    return [address.lower() for _, address in getaddresses(told) if address]


def _of_a_mail(problem: Problem) -> Outcome:
    """Say what became of a mail that Gmail spoke about; an address is told from the mail."""
    outcome = outcome_of(problem)
    if isinstance(outcome, Refused) and "To header" in problem.why:
        return Refused(problem.why, Scope.ADDRESS, "5.1.3")
    return outcome


def _done(id_: str, told: str, ours: str) -> Done:
    """Say what Gmail calls a mail, and its Message-ID where it is not the one we gave."""
    told = told.strip()
    return Done(id_, id_key(told) if told != ours else "")


def _closed() -> Outcome:
    return Later("closed before it was sent", scope=Scope.SERVER)
