"""Whom a mail answers: which of the things we asked, by which rule, and how sure that is.

The rules stand in one order, and the first that names exactly one ask decides. A weak rule never
settles anything alone; what no rule settles is given back with suggestions, for a human to assign.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Protocol

from worker.domain.answers.authentication import Verdict
from worker.domain.matching_clues import Clues
from worker.domain.matching_tag import tag_in

_SUGGESTIONS = 5


class Rule(Enum):
    """What led to the ask, from the strongest to the weakest."""

    OWN = "own_mail"  # our own mail, looped back: answers nothing
    TAG = "address_tag"
    IN_REPLY_TO = "in_reply_to"
    REFERENCES = "references"
    RETURNED = "returned_mail"
    CALENDAR = "calendar_uid"
    THREAD = "provider_thread"  # a provider also joins what merely looks alike
    SENDER = "sender"
    NONE = "none"


class Confidence(Enum):
    """How sure a match is."""

    CERTAIN = "certain"
    PROBABLE = "probable"  # reminders stop; a human is shown it, and confirms
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Ask:
    """A mail or an invitation of ours that may be answered.

    `addresses` are those known of the person, in lower case; `key` is whatever names the ask
    where it is kept.
    """

    key: str
    person: str
    addresses: tuple[str, ...]
    sent_at: datetime
    is_open: bool = True


class Asks(Protocol):
    """What we asked, as far as matching needs to look it up. Ids are keys of `id_key`."""

    def by_tag(self, name: str) -> Sequence[Ask]:
        """Find what was sent under a Message-ID (or anchor) whose left part is *name*."""
        ...

    def by_id(self, key: str) -> Sequence[Ask]:
        """Find what is known under an id: ours, the observed one, or the thread's anchor."""
        ...

    def by_thread(self, thread: str) -> Sequence[Ask]:
        """Find what lies in a thread of the provider."""
        ...

    def by_calendar(self, uid: str) -> Sequence[Ask]:
        """Find what was invited to under a calendar's UID."""
        ...

    def of_person_at(self, address: str) -> Sequence[Ask]:
        """Find everything asked of whoever has this address, open or not."""
        ...


@dataclass(frozen=True, slots=True)
class Match:
    """What a mail answers; without an ask, `suggestions` say what it might.

    `is_from_the_person`: whether the sender's address is one known of them. An answer from
    elsewhere counts, and changes nothing important by itself.
    """

    rule: Rule
    confidence: Confidence
    ask: Ask | None = None
    suggestions: tuple[Ask, ...] = ()
    is_from_the_person: bool = False


class Trust(Enum):
    """What may follow from a mail by itself, without a human."""

    FULL = "full"
    ANSWER_ONLY = "answer_only"  # it stops reminders, and nothing that cannot be undone
    ASK = "ask"  # it pauses reminders, and a human confirms


def match(
    clues: Clues,
    asks: Asks,
    *,
    secrets: Sequence[bytes],
    ours: frozenset[str],
    received_at: datetime,
) -> Match:
    """Say what the mail with *clues* answers.

    Args:
        clues: What the mail says.
        asks: What we asked.
        secrets: What signed the tags in our addresses, the newest first.
        ours: The addresses of our own mailboxes, in lower case.
        received_at: When the mail came: it can only answer what was sent before.
    """
    if clues.message_id and asks.by_id(clues.message_id):
        return Match(Rule.OWN, Confidence.CERTAIN)
    found: list[Ask] = []
    for rule, look in _rules(clues, asks, secrets):
        candidates = _once(look())
        chosen = _the_one(candidates, clues)
        if chosen is not None:
            weak = rule is Rule.THREAD
            confidence = Confidence.PROBABLE if weak else Confidence.CERTAIN
            return Match(rule, confidence, chosen, is_from_the_person=_is_from(chosen, clues))
        found += candidates
    return _by_sender(clues, asks, found, ours, received_at)


def _rules(
    clues: Clues, asks: Asks, secrets: Sequence[bytes]
) -> Iterator[tuple[Rule, Callable[[], Sequence[Ask]]]]:
    """Give the rules that look an ask up, in their order."""
    yield Rule.TAG, partial(_tagged, clues, asks, secrets)
    for key in clues.in_reply_to:
        yield Rule.IN_REPLY_TO, partial(asks.by_id, key)
    for key in clues.references:
        yield Rule.REFERENCES, partial(asks.by_id, key)
    for key in clues.returned:
        yield Rule.RETURNED, partial(asks.by_id, key)
    if clues.calendar_uid:
        yield Rule.CALENDAR, partial(asks.by_calendar, clues.calendar_uid)
    if clues.thread:
        yield Rule.THREAD, partial(asks.by_thread, clues.thread)


def _tagged(clues: Clues, asks: Asks, secrets: Sequence[bytes]) -> Sequence[Ask]:
    name = tag_in(clues.addressed_to, secrets)
    return asks.by_tag(name) if name else ()


def _once(asks: Iterable[Ask]) -> list[Ask]:
    return list({ask.key: ask for ask in asks}.values())


def _the_one(candidates: Sequence[Ask], clues: Clues) -> Ask | None:
    """Choose among what one clue led to: the last that was sent, if all are of one person.

    An anchor or a thread leads to every mail of a run; what somebody answers there is the newest.
    """
    people = {ask.person for ask in candidates}
    if len(people) > 1:
        candidates = [ask for ask in candidates if _is_from(ask, clues)]
        if len({ask.person for ask in candidates}) != 1:
            return None
    open_ones = [ask for ask in candidates if ask.is_open] or list(candidates)
    return max(open_ones, key=lambda ask: ask.sent_at, default=None)


def _is_from(ask: Ask, clues: Clues) -> bool:
    return bool(set(ask.addresses) & set(clues.senders))


def _by_sender(
    clues: Clues, asks: Asks, found: list[Ask], ours: frozenset[str], received_at: datetime
) -> Match:
    """Match by whom it is from, or whom a bounce is about: only where one ask is open."""
    addresses = clues.failed or tuple(each for each in clues.senders if each not in ours)
    theirs = _once(ask for address in addresses for ask in asks.of_person_at(address.lower()))
    before = [ask for ask in theirs if ask.sent_at <= received_at]
    open_ones = [ask for ask in before if ask.is_open]
    if len(open_ones) == 1 and not found:
        return Match(Rule.SENDER, Confidence.PROBABLE, open_ones[0], is_from_the_person=True)
    likely = sorted(
        _once([*found, *open_ones, *before]),
        key=lambda ask: (ask.is_open, ask.sent_at),
        reverse=True,
    )
    return Match(
        Rule.NONE,
        Confidence.NONE,
        suggestions=tuple(likely[:_SUGGESTIONS]),
        is_from_the_person=bool(theirs) and not clues.failed,
    )


def trust_of(matched: Match, verdict: Verdict) -> Trust:
    """Say what may follow from a matched mail, given what our receiver found of its sender."""
    if matched.ask is None or verdict is Verdict.FAILED or not matched.is_from_the_person:
        return Trust.ASK
    if matched.confidence is not Confidence.CERTAIN:
        return Trust.ANSWER_ONLY if verdict is Verdict.PASSED else Trust.ASK
    return Trust.FULL if verdict is Verdict.PASSED else Trust.ANSWER_ONLY
