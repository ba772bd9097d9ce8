"""Mailboxes to facts: pull, store, say what each mail is and whom it answers, note what follows.

Two transactions stand between a mailbox and a fact. The first stores the mail with the cursor
behind it, the second says what it is and notes what follows: killed anywhere, a mail is neither
lost nor counted twice. Whatever a mail holds, it holds up no other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from worker import logs
from worker.domain.answers.answer import DELIVERED, Answer, Kind, classify_letter
from worker.domain.answers.authentication import Verdict, authentication
from worker.domain.answers.bare import is_bare
from worker.domain.answers.cannot import told_in
from worker.domain.answers.letter import Letter, read
from worker.domain.answers.meaning import Intent
from worker.domain.cases import Case
from worker.domain.consequences import REPLIED, About, Consequence, consequences
from worker.domain.contact import CANNOT_COME, CONTACTED, WROTE, has_open_question
from worker.domain.decide import HELD, SUPPRESSED
from worker.domain.errors import StoreError
from worker.domain.facts import Fact, PersonId, PlaybookId, StepId
from worker.domain.intents import State
from worker.domain.matching import Confidence, Match, Rule, match
from worker.domain.matching_clues import Clues, clues_of
from worker.domain.questions import answer_by
from worker.domain.silence import answer as answer_of
from worker.domain.unavailable import as_cell
from worker.domain.workdays import workdays
from worker.engine.hints import Ear
from worker.engine.journal.asks import AskBook, Sent
from worker.engine.journal.journal import Journal
from worker.engine.journal.readings import (
    WAITING,
    Arrived,
    AskAddress,
    MailState,
    PutOff,
    Reading,
    Stored,
)
from worker.engine.journal.redelivery import Delivery
from worker.engine.meetings.answers import Counts, Given, MailAnswers
from worker.engine.own_post import OwnPost, is_of_an_engine
from worker.engine.questions import AnswerRules, question_of, undelivered
from worker.engine.render import Editions
from worker.engine.soft_bounces import next_delivery
from worker.engine.staff_replies import StaffReplies
from worker.people.addresses import address_key
from worker.ports import Clock, Fetched, Heard, Inbox, InboxTrouble, Place

_BACK = timedelta(days=30)  # how far back a mailbox is read that was never read before
_BATCH = 100
_HASTE = timedelta(seconds=2)  # clocks of servers count whole seconds, and differ
_LONGEST_TEXT = 20_000
_NOTHING = Consequence()
_LOOK_EVERY = timedelta(minutes=1)  # folders that are not listened to
_AFTER_TROUBLE = timedelta(seconds=2)
_MOST_PATIENCE = timedelta(minutes=5)
_FAULT = Reading(MailState.TRAY, Kind.UNSURE, "fault", Rule.NONE.value, "none")


@dataclass(frozen=True, slots=True)
class Ours:
    """What tells our own mail, and our own receiver, from anybody else's."""

    addresses: Mapping[str, str] = field(default_factory=dict)  # of our mailboxes, to their names
    receivers: tuple[str, ...] = ()  # what our own receiver calls itself (authserv-id)
    secrets: tuple[bytes, ...] = ()  # what signs the tags in our addresses


class Listener:
    """Reads one mailbox into the journal. Used by one thread; `stop` may come from another."""

    def __init__(  # noqa: PLR0913 - what wiring joins here, by name
        self,
        mailbox: str,
        inbox: Inbox,
        journal: Journal,
        editions: Editions,
        *,
        clock: Clock,
        ours: Ours,
        rules: AnswerRules | None = None,
        answers: MailAnswers | None = None,
        ear: Ear | None = None,
    ) -> None:
        self.mailbox = mailbox
        self._ear = ear
        self._answers = answers
        self._inbox = inbox
        self._journal = journal
        self._editions = editions
        self._clock = clock
        self._ours = ours
        self._rules = rules or AnswerRules()
        self._left_out: frozenset[str] = frozenset()
        self._asks = AskBook(journal.store, self._is_open)
        self._post = OwnPost(journal, self._asks, lambda sender: ours.addresses.get(sender, ""))
        self._staff = StaffReplies(journal.store, editions)

    def listen(self, pause: Callable[[timedelta], bool]) -> None:
        """Read and wait, until `stop`; *pause* sleeps, and says whether somebody asked to end."""
        failures = 0
        while True:
            trouble = self.look()
            if trouble is None:
                if self._ear is not None:
                    self._ear.tend(is_mended=failures > 0)
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
        if self._ear is not None:
            self._ear.begin()
        self.settle()  # what a process that died had stored and not read
        while True:
            now = self._clock.now()
            fetched = self._inbox.fetch(mails.cursors(self.mailbox), since=(now - _BACK).date())
            if isinstance(fetched, InboxTrouble):
                mails.say_trouble(self.mailbox, fetched, now)
                logs.mailbox_unreadable(mailbox=self.mailbox, why=fetched.why)
                return fetched
            mails.take_in(self.mailbox, _by_our_clock(fetched, now), now)
            self._tell_left_out(fetched)
            self.settle()
            if not fetched.more:
                return None

    def _tell_left_out(self, fetched: Fetched) -> None:
        """Tell of folders beside the inbox that cannot be read: once, until that changes."""
        left_out = frozenset(trouble.why for trouble in fetched.left_out)
        if fetched.more:
            return
        for why in sorted(left_out - self._left_out):
            logs.mailbox_unreadable(mailbox=self.mailbox, why=why)
        self._left_out = left_out

    def stop(self) -> None:
        """End `listen` soon; safe from another thread."""
        self._inbox.stop()

    def close(self) -> None:
        """Say goodbye to the server."""
        self._inbox.close()
        if self._ear is not None:
            self._ear.close()

    def fetch(self) -> InboxTrouble | None:
        """Store everything that is there, and read none of it; gives what was in the way."""
        mails = self._journal.mails
        while True:
            now = self._clock.now()
            fetched = self._inbox.fetch(mails.cursors(self.mailbox), since=(now - _BACK).date())
            if isinstance(fetched, InboxTrouble):
                return fetched
            mails.take_in(self.mailbox, fetched, now)
            if not fetched.more:
                return None

    def settle(self, *, until: datetime | None = None) -> int:
        """Say of everything stored what it is, and note what follows; gives how much it was.

        With *until* of what had come by then, where lost time is lived through again.
        """
        count = 0
        while stored := self._journal.mails.unread(self.mailbox, _BATCH, until=until):
            for mail in stored:
                self._settle(mail)
            count += len(stored)
        return count

    def _settle(self, mail: Stored) -> None:
        """Note what a mail is; one that we stumble over goes to a human, and holds up no other."""
        try:
            self._note(mail, self._understood(mail))
        except StoreError:  # nothing is wrong with the mail: it is read when the journal is back
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is ours, and of one mail
            logs.bug(doing=f"mail {mail.id}", error=error)
            self._note(mail, _FAULT)

    def _note(self, mail: Stored, reading: Reading) -> None:
        if self._journal.mails.settle(mail.id, reading, self._clock.now()):
            logs.mail_read(mailbox=self.mailbox, kind=reading.kind, state=reading.state)

    def _understood(self, mail: Stored) -> Reading:
        letter = read(mail.raw)
        answer = classify_letter(letter, mail.received_at.date())
        clues = clues_of(letter, answer, mail.thread)
        own = self._post.automatic(letter, clues)
        if own is not None:
            return _ours(answer, clues, own.person)
        if is_of_an_engine(letter, clues):
            return _ours(answer, clues, None)
        headers = letter.all("authentication-results")
        verdict = authentication(headers, self._ours.receivers).verdict
        if answer.kind is Kind.CALENDAR_RESPONSE and self._answers is not None:
            given = self._answers.take(letter, clues.senders, verdict, mail.received_at)
            if given is not None:
                reading = _of_a_meeting(given, answer, clues, mail.received_at)
                told = _cannot_come(mail, answer, letter)
                if told is not None and given.counts is Counts.YES and given.person is not None:
                    reading = replace(reading, facts=(*reading.facts, told))
                return self._minded(mail, reading, self._case_of(given.person))
        sender = address_key(clues.senders[0]) if clues.senders else ""
        if not self._journal.mails.was_read(mail.id, clues.message_id, sender):
            by_hand = self._staff.reading(mail, answer, clues, verdict) or self._post.answer(
                mail, letter, answer, clues, verdict
            )
            if by_hand is not None:
                return by_hand
            if mail.place is not Place.SENT and sender not in self._ours.addresses:
                return self._followed(mail, letter, answer, clues, verdict)
        rule = Rule.OWN if sender in self._ours.addresses else Rule.NONE
        return _reading(answer, Match(rule, Confidence.NONE), Consequence(), clues)

    def _followed(
        self, mail: Stored, letter: Letter, answer: Answer, clues: Clues, verdict: Verdict
    ) -> Reading:
        """Say whom a mail answers, and what follows from it."""
        matched = match(
            clues,
            self._asks,
            secrets=self._ours.secrets,
            ours=frozenset(self._ours.addresses),
            received_at=mail.received_at + _HASTE,
        )
        delivery = self._delivery(clues)
        if delivery is not None and answer.kind is not Kind.BOUNCE_HARD:
            return self._of_a_delivery(mail, _reading(answer, matched, _NOTHING, clues), delivery)
        sent = None if matched.ask is None else self._asks.found[matched.ask.key]
        if sent is None and self._is_from_before(mail):
            return _reading(answer, matched, Consequence(), clues)
        person = sent.person if sent is not None else self._only_person(answer, clues)
        if person is None and _is_junk(mail, letter):
            return _reading(answer, matched, _NOTHING, clues)
        case = self._case_of(person)
        followed = consequences(
            answer,
            matched,
            verdict,
            None if sent is None else _about(sent),
            mail.received_at,
            is_known=person is not None,
            is_bare=case is not None and _is_bare(letter, answer, case),
        )
        reading = _reading(answer, matched, followed, clues, person=person, sent=sent)
        if sent is not None:
            reading = replace(reading, ends_ladder=self._ends_ladder(sent))
            reading = self._with_times(mail, reading, answer, letter, sent)
        if answer.kind is Kind.BOUNCE_HARD:
            return self._of_no_address(mail, reading, case, delivery)
        if answer.kind is Kind.AUTO_REPLY and reading.facts and answer.new_address:
            # nobody waits for an answer, but HR may want to take the address over
            return self._undelivered(mail, replace(reading, state=MailState.TRAY), is_told=False)
        return self._minded(mail, reading, case)

    def _with_times(
        self, mail: Stored, reading: Reading, answer: Answer, letter: Letter, sent: Sent
    ) -> Reading:
        """Note when somebody says that they cannot come; a meeting that lies there has their no.

        Only of a mail that counts as their answer. A human reads it all the same.
        """
        if answer.kind is not Kind.HUMAN_REPLY or answer.intent is Intent.WISH_TO_DECLINE:
            return reading
        if all(fact.name != f"{sent.step}.{REPLIED}" for fact in reading.facts):
            return reading
        told = _cannot_come(mail, answer, letter)
        if told is None:
            return reading
        also = None
        if self._answers is not None and reading.confidence == Confidence.CERTAIN.value:
            entries = told_in(answer.reply_text, _written_on(mail, letter)).entries
            also = self._answers.said_no(
                sent.person, sent.playbook, sent.step, entries, mail.received_at
            )
        return replace(reading, facts=(*reading.facts, told), also=also)

    def _delivery(self, clues: Clues) -> Delivery | None:
        """Find the mail of ours that a notice of a server is about, by what lies in it."""
        for key in clues.returned:
            own = self._journal.own.by_key(key)
            if own is not None:
                return self._journal.deliveries.of(own.intent)
        return None

    def _of_a_delivery(self, mail: Stored, reading: Reading, delivery: Delivery) -> Reading:
        """Say what follows from a notice on a mail of ours that says nothing of the address."""
        reading = replace(
            reading, person=delivery.person, playbook=delivery.playbook, step=delivery.step
        )
        if reading.rule == DELIVERED:
            return replace(reading, state=MailState.DONE, deed=Arrived(delivery))
        if reading.kind != Kind.BOUNCE_SOFT or delivery.state is not State.DONE:
            return reading  # a delay is no bounce; and what goes again needs no second reason
        if self._journal.facts.of(delivery.person).all(
            f"{delivery.step}.{REPLIED}", delivery.playbook
        ):
            return reading
        next_at = next_delivery(delivery, self._editions, mail.received_at)
        reading = replace(
            reading,
            state=MailState.DONE if next_at is not None else MailState.TRAY,
            deed=PutOff(delivery, next_at, reading.reason),
        )
        return reading if next_at is not None else self._undelivered(mail, reading)

    def _of_no_address(
        self, mail: Stored, reading: Reading, case: Case | None, delivery: Delivery | None
    ) -> Reading:
        """Say what follows from an address that is none: somebody asks for another."""
        is_certain = any(fact.name == SUPPRESSED for fact in reading.facts)
        if delivery is None or not is_certain or case is None:
            return self._undelivered(mail, reading, is_told=False)
        due_at = answer_by(mail.received_at, self._rules.within, self._rules.window)
        owner = self._rules.owners.get(self.mailbox, self._rules.owner)
        text = self._rules.text_of_asking(case.person.name, case.person.email)
        reading = replace(reading, deed=AskAddress(delivery, text, owner, due_at))
        return self._undelivered(mail, reading)

    def _undelivered(self, mail: Stored, reading: Reading, *, is_told: bool = True) -> Reading:
        """Give what never arrived its owner, who is told once."""
        case = None if reading.person is None else self._case(reading.person)
        person = None if case is None else case.person
        now = self._clock.now()
        asked = undelivered(
            self._rules, self.mailbox, person, mail.received_at, now if is_told else None
        )
        return replace(reading, question=asked)

    def _minded(self, mail: Stored, reading: Reading, case: Case | None) -> Reading:
        """Give a mail that waits for a human its owner and its clock."""
        if reading.state not in WAITING:
            return reading
        if case is None:
            return reading  # nobody knows whose it is: it asks of who looks into the tray
        now = self._clock.now()
        if seen := _answered_already(mail, reading, case):
            return replace(reading, state=MailState.DONE, answered_at=seen.at, ended=CONTACTED)
        asked = question_of(
            self._rules,
            self.mailbox,
            case.person,
            intent=reading.intent,
            is_held=any(fact.name == HELD for fact in reading.facts),
            received_at=mail.received_at,
            now=now,
        )
        return replace(reading, question=asked)

    def _case_of(self, person: PersonId | None) -> Case | None:
        return None if person is None else self._case(person)

    def _case(self, person: PersonId) -> Case | None:
        return next(iter(self._journal.cases.of([person], self._editions.plan)), None)

    def _is_from_before(self, mail: Stored) -> bool:
        """Say whether a mail is older than everything we did: it asks nothing of us.

        A mailbox is read from some weeks back, and holds what was dealt with long ago.
        """
        began = self._journal.enrollments.began_at()
        return began is None or mail.received_at < began

    def _only_person(self, answer: Answer, clues: Clues) -> PersonId | None:
        """Give who wrote, or whom a bounce is about, if it can be but one."""
        people = self._asks.people_at(answer.recipients or clues.senders[:1])
        return people[0] if len(people) == 1 else None

    def _ends_ladder(self, sent: Sent) -> bool:
        """Say whether a reply is what its step waits for."""
        step = self._editions.of(sent.digest).steps.get(sent.step)
        return step is not None and step.expect is not None and step.expect.answer == REPLIED

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


def _by_our_clock(fetched: Fetched, now: datetime) -> Fetched:
    """Have no mail come later than it is read: a server's clock may be ahead of ours.

    Whatever answers it would come before it, and it would wait for ever.
    """
    if all(one.received_at is None or one.received_at <= now for one in fetched.mails):
        return fetched
    mails = (replace(one, received_at=min(one.received_at or now, now)) for one in fetched.mails)
    return replace(fetched, mails=tuple(mails))


def _answered_already(mail: Stored, reading: Reading, case: Case) -> Fact | None:
    """Find what somebody of ours wrote to them since: read first, where mailboxes were away.

    Not where everything is held because of it: that wants a word of its own.
    """
    if any(fact.name == HELD for fact in reading.facts) or has_open_question(case.facts):
        return None
    last = case.facts.last(CONTACTED)
    return last if last is not None and last.at > mail.received_at else None


def _is_junk(mail: Stored, letter: Letter) -> bool:
    """Say whether the receiving server takes a mail for junk: from nobody we know it asks nothing.

    What answers us, or is from somebody we know, is looked at wherever it lies.
    """
    if mail.place is Place.JUNK:
        return True
    flag, status = letter.header("x-spam-flag"), letter.header("x-spam-status")
    return flag.strip().lower() == "yes" or status.strip().lower().startswith("yes")


def _is_bare(letter: Letter, answer: Answer, case: Case) -> bool:
    """Say whether a mail says thanks and nothing else, and brings nothing."""
    if answer.kind is not Kind.HUMAN_REPLY or letter.has_attachment or answer.new_address:
        return False
    if answer.intent not in {Intent.THANKS, Intent.NONE} or not answer.reply_text.strip():
        return False
    kana = case.person.attributes.get("kana", "")
    shown = letter.header("from").partition("<")[0].strip(' "')
    return is_bare(answer.reply_text, (case.person.name, str(kana), shown))


def _ours(answer: Answer, clues: Clues, person: PersonId | None) -> Reading:
    own = Match(Rule.OWN, Confidence.CERTAIN)
    return replace(
        _reading(answer, own, Consequence(), clues, person=person), text="", is_ours=True
    )


def _of_a_meeting(given: Given, answer: Answer, clues: Clues, at: datetime) -> Reading:
    """Say how a mail stands that answers an invitation.

    Whatever somebody wrote beside yes and no is read by a human, too.
    """
    is_read = given.counts is Counts.UNCLEAR or bool(answer.reply_text.strip())
    wrote = (Fact(WROTE, at),) if is_read and given.person is not None else ()
    matched = Match(Rule.CALENDAR, Confidence.CERTAIN if given.known else Confidence.NONE)
    followed = Consequence(wrote, is_in_tray=is_read)
    reading = _reading(answer, matched, followed, clues, person=given.person)
    if not is_read:
        state = MailState.DONE if given.counts is Counts.YES else MailState.IGNORED
        reading = replace(reading, state=state)
    if given.known is None:
        return reading
    return replace(reading, playbook=given.known.playbook, step=given.known.step)


def _written_on(mail: Stored, letter: Letter) -> date:
    return letter.written_on or mail.received_at.date()


def _cannot_come(mail: Stored, answer: Answer, letter: Letter) -> Fact | None:
    """Give the times at which its writer cannot come, where a mail says so beyond doubt."""
    entries = told_in(answer.reply_text, _written_on(mail, letter)).entries
    return Fact(CANNOT_COME, mail.received_at, value=as_cell(entries)) if entries else None


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
        address=answer.new_address,
        ended=followed.ended,
        reason=answer.reason or answer.status,
        answers=(*clues.in_reply_to, *clues.references),
    )
