"""Another time that somebody asks for by mail: taken where everybody can, else others are offered.

Only a calendar of a provider shows a proposal to an organiser who clicks; by mail it is for us to
answer (RFC 5546 §3.2.7). The meeting stays where it is until a time is agreed on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from worker.domain.appointments import Appointment, Attendee, Stage
from worker.domain.meetings import Said, Span, Word
from worker.domain.price import fits
from worker.domain.reasons import Because, Reason
from worker.domain.wave import Host
from worker.domain.workdays import Workdays
from worker.engine.journal.as_text import why_json
from worker.engine.meetings.calendars import MAIL_ONLY

_OFFERED = ("first", "second", "third")


def proposal_of(known: Appointment) -> tuple[Attendee, Span] | None:
    """Give who asks for another time by mail, and which."""
    if known.provider != MAIL_ONLY or not known.ref:
        return None
    for one in known.attendees:
        if one.said.proposed is not None:
            return one, one.said.proposed
    return None


def suits(
    one: Attendee,
    to: Span,
    hosts: Sequence[Host],
    *,
    free: Sequence[Span],
    taken: Iterable[Span],
    now: datetime,
) -> bool:
    """Say whether everybody can at the time that *one* asks for.

    Args:
        one: Who asks, and can: their own hours and classes are not held against them.
        to: When.
        hosts: The colleagues of the meeting.
        free: When the person can be met.
        taken: Their other meetings of ours.
        now: A time that has passed suits nobody.
    """
    if to.start <= now or any(span.start < to.end and to.start < span.end for span in taken):
        return False
    if one.person is None and not fits(free, to):
        return False
    return all(host.id == one.staff or fits(host.free, to) for host in hosts)


def offers(rooms: Iterable[datetime], days: Workdays) -> tuple[datetime, ...]:
    """Choose a few of the times that would suit everybody: of different days, if there are."""
    sooner = sorted(rooms)
    of_days = {days.local(at).date(): at for at in reversed(sooner)}
    chosen = sorted(of_days.values())[: len(_OFFERED)]
    others = [at for at in sooner if at not in chosen]
    return tuple(sorted((*chosen, *others[: len(_OFFERED) - len(chosen)])))


def declined(
    known: Appointment, one: Attendee, to: Span, offered: Sequence[datetime], days: Workdays
) -> Appointment:
    """Leave a meeting where it is, and keep what is offered instead of the time asked for."""
    values = [("proposed", days.text(to.start))]
    values += zip(_OFFERED, map(days.text, offered), strict=False)
    return replace(
        known,
        stage=Stage.BOOKED,
        when=known.stood,
        rounds=known.rounds + 1,
        failures=0,
        outcome=why_json((Reason(Because.NOT_THEN, tuple(values)),)),
        attendees=tuple(_heard(each) if each is one else each for each in known.attendees),
    )


def offered_in(reason: Reason) -> tuple[datetime, ...]:
    """Read the times that are offered instead."""
    texts = (reason.value(name) for name in _OFFERED)
    return tuple(datetime.fromisoformat(text) for text in texts if text)


def _heard(one: Attendee) -> Attendee:
    """Take it that a proposal is answered: when it was made is kept, or it would count again.

    Who said beside it that they cannot come has still said so.
    """
    declined = one.said.word is Word.DECLINED
    return replace(one, said=Said(Word.DECLINED if declined else Word.NOTHING, one.said.at))
