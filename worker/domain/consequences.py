"""What follows from one incoming mail: facts, and whether a human has to look.

Pure. A mail that nobody can vouch for changes nothing by itself: it holds everything for the
person, and a human is asked.
"""

from dataclasses import dataclass
from datetime import datetime

from worker.domain.answers.answer import Answer, Kind
from worker.domain.answers.authentication import Verdict
from worker.domain.answers.meaning import Intent
from worker.domain.cases import FAILED
from worker.domain.contact import AWAY, BOUNCED, COMPLAINED, UNSUBSCRIBED, WROTE
from worker.domain.decide import HELD, SUPPRESSED
from worker.domain.declined import DECLINES
from worker.domain.facts import Fact, PlaybookId, StepId
from worker.domain.intents import fact_name
from worker.domain.matching import Confidence, Match, Rule, Trust, trust_of

REPLIED = "replied"
FORGED = "authentication failed"  # why somebody is held
BARE = "needs no answer"  # why a mail waits for nobody: it says thanks and nothing else

_OF_NOBODY = {Kind.OTHER, Kind.DELAYED, Kind.BOUNCE_SOFT}


@dataclass(frozen=True, slots=True)
class About:
    """What a mail answers: a step of somebody, at one of its occurrences and rungs."""

    playbook: PlaybookId
    step: StepId
    occurrence: int = 0
    rung: int = 0
    email: str = ""  # where the person is written to


@dataclass(frozen=True, slots=True)
class Consequence:
    """What is to be noted, and what a human has to do."""

    facts: tuple[Fact, ...] = ()
    is_in_tray: bool = False  # a human says whose it is, or whether it may count
    is_open: bool = False  # a human has to answer it
    ended: str = ""  # why nobody need answer it, although it is somebody's


def consequences(
    answer: Answer,
    matched: Match,
    verdict: Verdict,
    about: About | None,
    at: datetime,
    *,
    is_known: bool = False,
    is_bare: bool = False,
) -> Consequence:
    """Say what follows from a mail that came at *at*.

    Args:
        answer: What it is.
        matched: Whom it answers.
        verdict: What our own receiver found of its sender.
        about: The step it answers; None where no ask was found.
        at: When it came.
        is_known: Without an ask, whether exactly one person has the sender's address.
        is_bare: Whether it says thanks, or "understood", and nothing else at all.
    """
    if matched.rule is Rule.OWN or answer.kind in _OF_NOBODY:
        return Consequence()
    if about is None:
        return _unmatched(answer, verdict, at, is_known=is_known)
    if verdict is Verdict.FAILED and not _proves_itself(answer, matched):
        return _unproven(answer, at)
    if is_bare and answer.kind is Kind.HUMAN_REPLY:
        return _bare(matched, verdict, about, at)
    return _matched(answer, matched, verdict, about, at)


def _proves_itself(answer: Answer, matched: Match) -> bool:
    """Say whether a notice shows our own mail: nobody else could, whatever its sender is worth.

    Notices of servers seldom pass authentication.
    """
    return answer.kind is Kind.BOUNCE_HARD and matched.rule is Rule.RETURNED


def _unproven(answer: Answer, at: datetime) -> Consequence:
    """Say what follows from what failed authentication: a person's mail holds everything.

    An absence that nobody can vouch for is none, and a notice of a server is only shown.
    """
    match answer.kind:
        case Kind.AUTO_REPLY:
            return Consequence()
        case Kind.BOUNCE_HARD:
            return Consequence(is_in_tray=True)
        case _:
            return Consequence((Fact(HELD, at, value=FORGED),), is_in_tray=True)


def _bare(matched: Match, verdict: Verdict, about: About, at: datetime) -> Consequence:
    """Say what follows from a bare thanks: it is the answer, and needs none.

    Where it is not certain what it answers, or whose it is, a human looks as always.
    """
    if trust_of(matched, verdict) is Trust.ASK or matched.confidence is not Confidence.CERTAIN:
        return Consequence((Fact(WROTE, at),), is_in_tray=True)
    return Consequence((_replied(about, at),), ended=BARE)


def _replied(about: About, at: datetime) -> Fact:
    name = f"{about.step}.{REPLIED}"
    return Fact(name, at, playbook=about.playbook, occurrence=about.occurrence)


def _matched(
    answer: Answer, matched: Match, verdict: Verdict, about: About, at: datetime
) -> Consequence:
    """Say what follows from a mail that answers something of ours."""
    match answer.kind:
        case Kind.BOUNCE_HARD:
            return _bounced(answer, matched, about, at)
        case Kind.AUTO_REPLY:
            back = answer.return_date
            value = None if back is None else back.isoformat()
            return Consequence((Fact(AWAY, at, value=value),))
        case Kind.COMPLAINT:
            return _leaves(COMPLAINED, matched, at)
        case Kind.UNSURE:
            return Consequence((Fact(WROTE, at),), is_in_tray=True)
        case _:
            return _written(answer, matched, verdict, about, at)


def _written(
    answer: Answer, matched: Match, verdict: Verdict, about: About, at: datetime
) -> Consequence:
    """Say what follows from what somebody wrote by hand."""
    if trust_of(matched, verdict) is Trust.ASK:
        return Consequence((Fact(WROTE, at),), is_in_tray=True)
    replied = _replied(about, at)
    if answer.kind is Kind.UNSUBSCRIBE:
        return Consequence((replied, *_leaves(UNSUBSCRIBED, matched, at).facts))
    if answer.kind is Kind.CALENDAR_RESPONSE and not answer.reply_text:
        return Consequence((replied,))
    facts: tuple[Fact, ...] = (replied, Fact(WROTE, at))
    if answer.intent is Intent.WISH_TO_DECLINE:
        facts = (*facts, Fact(HELD, at, value=DECLINES))
    return Consequence(facts, is_open=True)


def _bounced(answer: Answer, matched: Match, about: About, at: datetime) -> Consequence:
    """Say what follows from an address that is none: a question that never arrived is no silence.

    Only a notice that shows our own mail may put an address out of use, and only one that is
    still the person's.
    """
    reason = answer.reason or answer.status or None
    failed = Fact(
        fact_name(about.step, about.rung, FAILED),
        at,
        playbook=about.playbook,
        occurrence=about.occurrence,
        value=reason,
    )
    facts: tuple[Fact, ...] = (Fact(BOUNCED, at, value=reason), failed)
    recipients = {each.lower() for each in answer.recipients}
    is_current = not recipients or about.email.lower() in recipients
    if matched.confidence is Confidence.CERTAIN and is_current:
        facts = (*facts, Fact(SUPPRESSED, at, value=reason))
    return Consequence(facts, is_in_tray=True)


def _leaves(word: str, matched: Match, at: datetime) -> Consequence:
    """Say what follows from a complaint or a wish to be taken off: no mail, for good.

    Where nothing of ours lies in it, anybody may have sent it: everything is held, and a human
    says whether it is true.
    """
    if matched.confidence is Confidence.CERTAIN or word == UNSUBSCRIBED:
        return Consequence((Fact(word, at), Fact(SUPPRESSED, at, value=word)))
    return Consequence((Fact(HELD, at, value=word),), is_in_tray=True)


def _unmatched(answer: Answer, verdict: Verdict, at: datetime, *, is_known: bool) -> Consequence:
    """Say what follows where nothing says what is answered: it is kept, and a human assigns it."""
    if answer.kind is Kind.AUTO_REPLY:
        return Consequence()
    is_written = answer.kind.is_of_a_person or answer.kind is Kind.UNSURE
    if not is_known or not is_written:
        return Consequence(is_in_tray=True)
    if verdict is Verdict.FAILED:
        return Consequence((Fact(HELD, at, value=FORGED),), is_in_tray=True)
    return Consequence((Fact(WROTE, at),), is_in_tray=True)
