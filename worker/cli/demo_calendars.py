"""What people of the demonstration do in their calendars: at Google, at Microsoft, and by mail.

Each provider's hands tell who was asked to what since the last look, and do what a person does
there: answer, ask for another time, drag. `standing` is what lies in the calendars in the end, read
from them and not from us.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from typing import Protocol

from integrations.localgoogle.calendars import LocalCalendars, addresses, span_of, takes_time
from integrations.localgraph.office import Event, Office
from integrations.localgraph.office import Word as GraphWord
from integrations.localmail import LocalMail
from integrations.microsoft.event import KEY
from worker.cli.demo_invitations import Card, card_in, counter, reply
from worker.domain.meetings import Span, Word


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody was asked to a meeting, or told that it is at another time now."""

    event: str  # as everybody names it: the key of the event
    address: str
    organiser: str  # in whose calendar it is
    when: Span
    is_anew: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """An event as it lies in a calendar: who gives their time to it, and when."""

    event: str
    when: Span
    who: frozenset[str]  # addresses of those who have not declined
    is_ours: bool


class Hands(Protocol):
    """What people do in the calendars of one kind."""

    name: str  # of a sentence `demo.calendar.…`

    def invited(self) -> list[Invited]:
        """Give who was asked to what since the last look."""
        ...

    def answer(self, invited: Invited, word: Word) -> None:
        """Have somebody say yes or no."""
        ...

    def propose(self, invited: Invited, when: Span) -> None:
        """Have somebody ask for another time, as far as their calendar lets them."""
        ...

    def standing(self) -> list[Standing]:
        """Give everything that lies in these calendars, but what was called off."""
        ...

    def twice(self) -> list[str]:
        """Find people who were invited to the same event more than once."""
        ...


class DraggingHands(Hands, Protocol):
    """Hands of calendars in which a colleague has events of their own, and drags ours."""

    def take(self, address: str, when: Span, title: str) -> None:
        """Have somebody put something of their own into their calendar."""
        ...

    def drag(self, invited: Invited, when: Span) -> None:
        """Have the organiser move the event by hand."""
        ...


_AT_GOOGLE: Mapping[Word, str] = {Word.ACCEPTED: "accepted", Word.DECLINED: "declined"}
_AT_MICROSOFT: Mapping[Word, GraphWord] = {Word.ACCEPTED: "accepted", Word.DECLINED: "declined"}
_IN_MAILS: Mapping[Word, str] = {Word.ACCEPTED: "ACCEPTED", Word.DECLINED: "DECLINED"}


class GoogleHands:
    """Hands in the calendars of our own server of Google's HTTP."""

    name = "google"

    def __init__(self, calendars: LocalCalendars, staff: Iterable[str]) -> None:
        self._calendars = calendars
        self._staff = tuple(staff)
        self._taken = 0

    def invited(self) -> list[Invited]:
        """Read what Google wrote to guests."""
        fresh, self._taken = self._calendars.sent[self._taken :], len(self._calendars.sent)
        found = []
        for sent in fresh:
            if sent.notice == "cancelled" or not self._stands(sent.event):
                continue
            shelf, event = self._calendars.standing(sent.event)
            when = span_of(event, shelf.zone)
            found.append(
                Invited(sent.event, sent.address, shelf.owner, when, sent.notice == "updated")
            )
        return found

    def answer(self, invited: Invited, word: Word) -> None:
        """Click yes or no in the mail, unless the event is gone by now."""
        if self._stands(invited.event):
            self._calendars.answer(invited.event, invited.address, _AT_GOOGLE[word])

    def propose(self, invited: Invited, when: Span) -> None:
        """Decline with a word: what a guest proposes is told to nobody by Google's API."""
        if self._stands(invited.event):
            said = f"{when.start:%m/%d %H:%M}"
            self._calendars.answer(invited.event, invited.address, "declined", said)

    def take(self, address: str, when: Span, title: str) -> None:
        """Put something into a calendar."""
        self._calendars.take(address, when, title)

    def drag(self, invited: Invited, when: Span) -> None:
        """Drag an event to another time."""
        self._calendars.drag(invited.event, when)

    def standing(self) -> list[Standing]:
        """Read every calendar."""
        found = []
        for owner in self._staff:
            shelf = self._calendars.shelf_of(owner)
            for event in shelf.events.values():
                if event["status"] == "cancelled":
                    continue
                who = {one for one in addresses(event) if takes_time(event, one)} | {shelf.owner}
                is_ours = "extendedProperties" in event
                when = span_of(event, shelf.zone)
                found.append(Standing(event["id"], when, frozenset(who), is_ours))
        return found

    def twice(self) -> list[str]:
        """Look at what Google wrote."""
        asked = [
            (one.event, one.address) for one in self._calendars.sent if one.notice == "invited"
        ]
        return _doubled(asked)

    def _stands(self, event: str) -> bool:
        shelves = (self._calendars.shelf_of(owner).events for owner in self._staff)
        return any(event in events and events[event]["status"] != "cancelled" for events in shelves)


class GraphHands:
    """Hands in the calendars of our own server of Graph's HTTP."""

    name = "microsoft"

    def __init__(self, office: Office) -> None:
        self._office = office
        self._taken = 0

    def invited(self) -> list[Invited]:
        """Read what Exchange wrote to guests."""
        fresh, self._taken = self._office.told[self._taken :], len(self._office.told)
        found = []
        for told in fresh:
            event = self._office.original(told.uid)
            if told.notice != "cancelled" and event is not None:
                when = Span(event.start, event.end)
                is_anew = told.notice == "updated"
                found.append(Invited(_key(event), told.address, event.owner, when, is_anew))
        return found

    def answer(self, invited: Invited, word: Word) -> None:
        """Click yes or no in the mail, unless the event is gone by now."""
        event = self._office.find(KEY, invited.event)
        if event is not None:
            self._office.answer(event.uid, invited.address, _AT_MICROSOFT[word])

    def propose(self, invited: Invited, when: Span) -> None:
        """Propose another time in Outlook, tentatively."""
        event = self._office.find(KEY, invited.event)
        if event is not None:
            self._office.answer(
                event.uid, invited.address, "tentativelyAccepted", proposed=(when.start, when.end)
            )

    def take(self, address: str, when: Span, title: str) -> None:
        """Put something into a calendar."""
        self._office.take(address, when.start, when.end, subject=title)

    def drag(self, invited: Invited, when: Span) -> None:
        """Drag an event to another time."""
        event = self._office.find(KEY, invited.event)
        if event is not None:
            self._office.move(event.uid, when.start, when.end)

    def standing(self) -> list[Standing]:
        """Read every calendar."""
        return [
            Standing(
                _key(event) or event.uid,
                Span(event.start, event.end),
                frozenset(
                    {one.address.lower() for one in event.guests if one.word != "declined"}
                    | {event.owner}
                ),
                bool(_key(event)),
            )
            for calendar in self._office.calendars.values()
            for event in calendar.events.values()
            if not event.is_copy and not event.is_cancelled
        ]

    def twice(self) -> list[str]:
        """Look at what Exchange wrote."""
        told = [(one.uid, one.address) for one in self._office.told if one.notice == "invited"]
        return _doubled(told)


class MailHands:
    """Hands of those who are invited by mail: their programs answer by mail.

    *arrived* is what has reached anybody so far, *send* has somebody write to us.
    """

    name = "mail"

    def __init__(
        self,
        arrived: Callable[[], list[LocalMail]],
        send: Callable[[Card, bytes], None],
        now: Callable[[], datetime],
    ) -> None:
        self._arrived = arrived
        self._send = send
        self._now = now
        self._taken = 0
        self._cards: dict[tuple[str, str], Card] = {}  # the last of each event and guest
        self._asked: list[tuple[str, str, int]] = []
        self._declined: set[tuple[str, str, int]] = set()

    def invited(self) -> list[Invited]:
        """Read the invitations among what arrived."""
        mails = self._arrived()
        found = []
        for mail in mails[self._taken :]:
            card = card_in(message_from_bytes(mail.content), mail.recipient)
            if card is None:
                continue
            is_anew = (card.event, card.address) in self._cards
            self._cards[card.event, card.address] = card
            if not card.is_cancelled:
                self._asked.append((card.event, card.address, card.sequence))
                found.append(Invited(card.event, card.address, card.organiser, card.when, is_anew))
        self._taken = len(mails)
        return found

    def answer(self, invited: Invited, word: Word) -> None:
        """Press a button of the mail."""
        card = self._cards[invited.event, invited.address]
        if card.is_cancelled or card.when != invited.when:
            return
        if word is Word.DECLINED:
            self._declined.add((card.event, card.address, card.sequence))
        self._send(card, reply(card, _IN_MAILS[word], self._now()))

    def propose(self, invited: Invited, when: Span) -> None:
        """Propose another time (COUNTER)."""
        card = self._cards[invited.event, invited.address]
        if not card.is_cancelled and card.when == invited.when:
            self._send(card, counter(card, when, self._now()))

    def standing(self) -> list[Standing]:
        """Give what stands in the calendars of those who were invited."""
        events: dict[str, list[Card]] = {}
        for card in self._cards.values():
            if not card.is_cancelled:
                events.setdefault(card.event, []).append(card)
        return [
            Standing(
                event,
                when,
                frozenset(
                    card.address
                    for card in cards
                    if card.when == when
                    and (card.event, card.address, card.sequence) not in self._declined
                ),
                is_ours=True,
            )
            for event, cards in events.items()
            for when in {card.when for card in cards}
        ]

    def twice(self) -> list[str]:
        """Find the same time told to the same person twice."""
        return _doubled(self._asked)


def _doubled(asked: Iterable[tuple[str | int, ...]]) -> list[str]:
    seen: set[tuple[str | int, ...]] = set()
    found = []
    for one in asked:
        if one in seen:
            found.append(" ".join(map(str, one)))
        seen.add(one)
    return found


def _key(event: Event) -> str:
    return next((value for name, value in event.properties if name == KEY), "")
