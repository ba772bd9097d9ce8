"""Mailboxes to facts: pull, store, say what each mail is and whom it answers, note what follows.

Two transactions stand between a mailbox and a fact. The first stores the mail with the cursor
behind it, the second says what it is and notes what follows: killed anywhere, a mail is neither
lost nor counted twice. Whatever a mail holds, it holds up no other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from worker import logs
from worker.domain.answers.answer import Answer, Kind, classify_letter
from worker.domain.answers.authentication import authentication
from worker.domain.answers.letter import Letter, read
from worker.domain.consequences import About, Consequence, consequences
from worker.domain.facts import PersonId, PlaybookId, StepId
from worker.domain.matching import Confidence, Match, Rule, match
from worker.domain.matching_clues import Clues, clues_of
from worker.domain.silence import answer as answer_of
from worker.domain.workdays import workdays
from worker.engine.journal.asks import AskBook, Sent
from worker.engine.journal.journal import Journal
from worker.engine.journal.mails import MailState, Reading, Stored
from worker.engine.render import Editions
from worker.people.addresses import address_key
from worker.ports import Clock, Heard, Inbox, InboxTrouble

_BACK = timedelta(days=30)  # how far back a mailbox is read that was never read before
_BATCH = 100
_HASTE = timedelta(seconds=2)  # clocks of servers count whole seconds, and differ
_LONGEST_TEXT = 20_000
_LOOK_EVERY = timedelta(minutes=1)  # folders that are not listened to
_AFTER_TROUBLE = timedelta(seconds=2)
_MOST_PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Ours:
    """What tells our own mail, and our own receiver, from anybody else's."""

    addresses: frozenset[str] = frozenset()  # of our mailboxes, in lower case
    receivers: tuple[str, ...] = ()  # what our own receiver calls itself (authserv-id)
    secrets: tuple[bytes, ...] = ()  # what signs the tags in our addresses


class Listener:
    """Reads one mailbox into the journal. Used by one thread; `stop` may come from another."""

    def __init__(
        self,
        mailbox: str,
        inbox: Inbox,
        journal: Journal,
        editions: Editions,
        *,
        clock: Clock,
        ours: Ours,
    ) -> None:
        self.mailbox = mailbox
        self._inbox = inbox
        self._journal = journal
        self._editions = editions
        self._clock = clock
        self._ours = ours
        self._asks = AskBook(journal.store, self._is_open)

    def listen(self, pause: Callable[[timedelta], bool]) -> None:
        """Read and wait, until `stop`; *pause* sleeps, and says whether somebody asked to end."""
        failures = 0
        while True:
            trouble = self.look()
            if trouble is None:
                failures = 0
                heard = self._inbox.wait(_LOOK_EVERY)
                if heard is Heard.STOPPED:
                    return
                if isinstance(heard, Heard):
                    continue
                trouble = heard
                self._journal.mails.say_trouble(self.mailbox, trouble, self._clock.now())
            failures += 1
            longest = min(_MOST_PATIENCE, _AFTER_TROUBLE * 2 ** min(failures - 1, 8))
            if pause(trouble.wait or longest):
                return

    def look(self) -> InboxTrouble | None:
        """Read everything that is there; gives what was in the way."""
        mails = self._journal.mails
        self.settle()  # what a process that died had stored and not read
        while True:
            now = self._clock.now()
            fetched = self._inbox.fetch(mails.cursors(self.mailbox), since=(now - _BACK).date())
            if isinstance(fetched, InboxTrouble):
                mails.say_trouble(self.mailbox, fetched, now)
                logs.mailbox_unreadable(mailbox=self.mailbox, why=fetched.why)
                return fetched
            mails.take_in(self.mailbox, fetched, now)
            self.settle()
            if not fetched.more:
                return None

    def stop(self) -> None:
        """End `listen` soon; safe from another thread."""
        self._inbox.stop()

    def close(self) -> None:
        """Say goodbye to the server."""
        self._inbox.close()

    def settle(self) -> int:
        """Say of everything stored what it is, and note what follows; gives how much it was."""
        count = 0
        while stored := self._journal.mails.unread(self.mailbox, _BATCH):
            for mail in stored:
                reading = self._read(mail)
                if self._journal.mails.settle(mail.id, reading, self._clock.now()):
                    logs.mail_read(mailbox=self.mailbox, kind=reading.kind, state=reading.state)
            count += len(stored)
        return count

    def _read(self, mail: Stored) -> Reading:
        """Say what a mail is; one that we stumble over goes to a human, and holds up no other."""
        try:
            return self._understood(mail)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is ours, and of one mail
            logs.bug(doing=f"mail {mail.id}", error=error)
            return Reading(MailState.TRAY, Kind.UNSURE, "fault", Rule.NONE.value, "none")

    def _understood(self, mail: Stored) -> Reading:
        letter = read(mail.raw)
        answer = classify_letter(letter, mail.received_at.date())
        clues = clues_of(letter, answer)
        sender = address_key(clues.senders[0]) if clues.senders else ""
        if sender in self._ours.addresses:
            return _reading(answer, Match(Rule.OWN, Confidence.CERTAIN), Consequence(), clues)
        if self._journal.mails.was_read(mail.id, clues.message_id, sender):
            return _reading(answer, Match(Rule.NONE, Confidence.NONE), Consequence(), clues)
        return self._followed(mail, letter, answer, clues)

    def _followed(self, mail: Stored, letter: Letter, answer: Answer, clues: Clues) -> Reading:
        """Say whom a mail answers, and what follows from it."""
        matched = match(
            clues,
            self._asks,
            secrets=self._ours.secrets,
            ours=self._ours.addresses,
            received_at=mail.received_at + _HASTE,
        )
        headers = letter.all("authentication-results")
        verdict = authentication(headers, self._ours.receivers).verdict
        sent = None if matched.ask is None else self._asks.found[matched.ask.key]
        person = sent.person if sent is not None else self._only_person(answer, clues)
        followed = consequences(
            answer,
            matched,
            verdict,
            None if sent is None else _about(sent),
            mail.received_at,
            is_known=person is not None,
        )
        return _reading(answer, matched, followed, clues, person=person, sent=sent)

    def _only_person(self, answer: Answer, clues: Clues) -> PersonId | None:
        """Give who wrote, or whom a bounce is about, if it can be but one."""
        people = self._asks.people_at(answer.recipients or clues.senders[:1])
        return people[0] if len(people) == 1 else None

    def _is_open(self, sent: Sent) -> bool:
        """Say whether what was asked still waits for its answer."""
        edition = self._editions.of(sent.digest)
        step = edition.steps.get(sent.step)
        if step is None or step.expect is None:
            return False
        facts = self._journal.facts.of(sent.person)
        days = workdays(edition.plan.calendar)
        now = self._clock.now()
        return answer_of(step, sent.at, facts, days, sent.playbook, now) is None


def _about(sent: Sent) -> About:
    return About(sent.playbook, sent.step, sent.occurrence, sent.rung, sent.email)


def _reading(
    answer: Answer,
    matched: Match,
    followed: Consequence,
    clues: Clues,
    *,
    person: PersonId | None = None,
    sent: Sent | None = None,
) -> Reading:
    if followed.is_in_tray:
        state = MailState.TRAY
    elif followed.is_open:
        state = MailState.OPEN
    else:
        state = MailState.DONE if followed.facts else MailState.IGNORED
    return Reading(
        state,
        answer.kind,
        answer.rule,
        matched.rule.value,
        matched.confidence.value,
        clues.message_id,
        address_key(clues.senders[0]) if clues.senders else "",
        tuple(address_key(each) for each in answer.recipients),
        answer.subject,
        (answer.reply_text or answer.text)[:_LONGEST_TEXT],
        answer.intent,
        person,
        PlaybookId("") if sent is None else sent.playbook,
        StepId("") if sent is None else sent.step,
        followed.facts,
    )
