"""What we wrote ourselves: our automatic mails coming back, and what people of the company answer.

A human's answer is seen where it lies: in the Sent folder of a mailbox of ours, or as a copy in
its inbox. It ends the wait of what it answers and counts as a contact. A mail of the engine does
neither, wherever it is found.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import getaddresses

from worker.domain.answers.answer import Answer, Kind
from worker.domain.answers.authentication import Verdict
from worker.domain.answers.letter import Letter
from worker.domain.consequences import REPLIED
from worker.domain.contact import CONTACTED
from worker.domain.decide import HELD
from worker.domain.facts import Fact, PersonId
from worker.domain.matching import Rule
from worker.domain.matching_clues import Clues
from worker.domain.observed import MARK, ORIGINAL_IDS
from worker.domain.post import id_key
from worker.engine.journal.asks import AskBook
from worker.engine.journal.journal import Journal
from worker.engine.journal.own import OwnMail
from worker.engine.journal.readings import ANSWER, MailState, Reading, Stored
from worker.engine.journal.tray import Lying
from worker.people.addresses import address_key
from worker.ports import Place

_BY_HAND = frozenset({Kind.HUMAN_REPLY, Kind.UNSURE, Kind.UNSUBSCRIBE, Kind.CALENDAR_RESPONSE})


class OwnPost:
    """Tells what is ours from what is not. *ours* are the mailboxes' addresses, by their names."""

    def __init__(self, journal: Journal, asks: AskBook, ours: Callable[[str], str]) -> None:
        self._journal = journal
        self._asks = asks
        self._name_of = ours

    def automatic(self, letter: Letter, clues: Clues) -> OwnMail | None:
        """Find the mail of the engine that this is; and remember its id and its thread."""
        own = self._journal.own
        found = own.by_key(clues.message_id)
        if found is not None:
            if clues.thread:
                own.observe(found.intent, "", clues.thread)
            return found
        found = own.by_name(letter.header(MARK.lower()).strip().lower())
        for name in ORIGINAL_IDS:
            found = found or own.by_key(id_key(letter.header(name)))
        if found is not None and clues.message_id:
            own.observe(found.intent, clues.message_id, clues.thread)
        return found

    def writer(self, sender: str) -> str:
        """Name who of the company has this address: a member of staff, a mailbox, or nobody."""
        if not sender:
            return ""
        for member in self._journal.staff.all():
            if address_key(member.email) == sender:
                return member.id
        return self._name_of(sender)

    def answer(
        self, mail: Stored, letter: Letter, answer: Answer, clues: Clues, verdict: Verdict
    ) -> Reading | None:
        """Say what somebody of the company wrote to a person we write to; None if it is no such.

        Without a word against the sender: whoever forges a colleague's address must not be able
        to end the wait of a candidate.
        """
        sender = address_key(clues.senders[0]) if clues.senders else ""
        writer = self.writer(sender)
        is_sent = mail.place is Place.SENT
        if not (writer or is_sent) or answer.kind not in _BY_HAND or verdict is Verdict.FAILED:
            return None
        people = self._asks.people_at(_addressed(letter))
        if len(people) != 1:
            return None
        person = people[0]
        closes = self._answered(person, clues, mail.received_at)
        contacted = Fact(CONTACTED, mail.received_at, value=writer or None, contact=True)
        return Reading(
            MailState.DONE,
            ANSWER,
            "by_hand",
            Rule.OWN.value,
            "certain",
            clues.message_id,
            sender,
            subject=answer.subject,
            person=person,
            facts=(contacted, *_counted(closes, self._journal, person)),
            closes=tuple(one.id for one in closes),
            answered_at=mail.received_at if closes else None,
        )

    def _answered(self, person: PersonId, clues: Clues, at: datetime) -> list[Lying]:
        """Say which of the person's mails it answers: by the thread, else the only one."""
        waiting = [one for one in self._journal.mails.waiting(person) if one.received_at <= at]
        named = {*clues.in_reply_to, *clues.references}
        in_thread = [one for one in waiting if one.message_key in named]
        if in_thread:
            return in_thread
        asked = {
            (found.playbook, found.step)
            for key in named
            for ask in self._asks.by_id(key)
            if ask.person == person
            for found in (self._asks.found[ask.key],)
        }
        in_thread = [one for one in waiting if one.step and (one.playbook, one.step) in asked]
        if in_thread:
            return in_thread
        return waiting if len(waiting) == 1 else []


def is_of_an_engine(letter: Letter, clues: Clues) -> bool:
    """Say whether no human wrote a mail: it is named as an engine names its own.

    One that this journal does not know: of a rehearsal, or of a time that the journal has lost.
    """
    name = letter.header(MARK.lower()).strip().lower()
    ids = (clues.message_id, *(id_key(letter.header(one)) for one in ORIGINAL_IDS))
    return bool(name) and any(id_.partition("@")[0] == name for id_ in ids)


def _addressed(letter: Letter) -> Sequence[str]:
    """Give whom a mail is to; a copy to somebody is no word to them."""
    return addresses_in(letter.all("to"))


def addresses_in(values: Sequence[str]) -> list[str]:
    """Give the addresses in headers."""
    return [address for _, address in getaddresses(list(values)[:20]) if "@" in address]


def _counted(closes: Sequence[Lying], journal: Journal, person: PersonId) -> list[Fact]:
    """Let a mail that waited to be confirmed count as an answer: a human has answered it.

    But for one that failed authentication, or that holds everything: there a human's word is
    needed, and not only their answer.
    """
    held = {fact.at for fact in journal.facts.of(person).all(HELD)}
    return [
        Fact(f"{one.step}.{REPLIED}", one.received_at, playbook=one.playbook)
        for one in closes
        if one.state is MailState.TRAY
        and one.step
        and one.kind in _BY_HAND
        and one.received_at not in held
    ]
