"""What a mailbox may not send today, said beforehand: `plan` gives each mail the time it leaves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, Self, TypeVar

from worker.cli.session import Session
from worker.domain.guards import Window
from worker.domain.plan import Mail, Survey
from worker.engine.journal.lanes import mail_lane
from worker.engine.journal.overview import LaneCount
from worker.engine.ledger import Limits
from worker.engine.life import Event
from worker.engine.ration import Ration
from worker.settings.model import Mailbox


class Dated(Protocol):
    """Something that will happen to one person, and when a mail of theirs may leave."""

    @property
    def event(self) -> Event:
        """What will happen."""
        ...

    @property
    def window(self) -> Window:
        """The hours and days of their mails."""
        ...

    def moved(self, event: Event) -> Self:
        """Give the same, happening otherwise."""
        ...


OneT = TypeVar("OneT", bound=Dated)


@dataclass(slots=True)
class Put:
    """What one mailbox puts off for another day."""

    mailbox: Mailbox
    ration: Ration
    waiting: int  # that are due already, and leave first
    off: list[datetime] = field(default_factory=list)  # when what it puts off leaves


def rationed(entries: Iterable[OneT], session: Session) -> tuple[list[OneT], list[Put]]:
    """Give every mail, in the order in which they are due, the time at which it will leave."""
    teller = session.settings.alert_mailbox
    puts: dict[str, Put] = {}
    found: list[OneT] = []
    for entry in entries:
        box = session.settings.mailboxes.get(_sender(entry.event, teller.id if teller else ""))
        if box is None or box.limits.per_day is None:
            found.append(entry)
            continue
        if box.id not in puts:
            puts[box.id] = _begun(box, session)
        found.append(_moved(entry, puts[box.id]))
    for box in session.settings.mailboxes.values():
        if box.id not in puts and box.limits.per_day is not None:
            puts[box.id] = _begun(box, session)
    return found, [one for one in puts.values() if one.off]


def _sender(event: Event, teller: str) -> str:
    """Name the mailbox that an event's mail leaves from; empty where there is none."""
    if event.intent is None or event.kind not in {"mail", "survey"}:
        return ""
    action = event.intent.action
    if isinstance(action, Mail):
        return action.sender
    return (action.sender or teller) if isinstance(action, Survey) else ""


def _begun(box: Mailbox, session: Session) -> Put:
    """Begin with what has left, and what is due already and waits for its turn."""
    lane, now = mail_lane(box.id), session.now
    limits = Limits(box.limits.per_minute, box.limits.per_day)
    sent = session.journal.overview.sent_from(lane, now)
    counts = {one.lane: one for one in session.journal.overview.at(now).lanes}
    known = counts.get(lane, LaneCount(lane))
    put = Put(box, Ration(limits, sent), known.ready + known.waiting)
    for _ in range(put.waiting):
        leaves = put.ration.leave(now, _at_once)
        if put.ration.puts_off(now, leaves):
            put.off.append(leaves)
    return put


def _at_once(at: datetime) -> datetime:
    return at


def _moved(entry: OneT, put: Put) -> OneT:
    event, days = entry.event, entry.window.workdays
    leaves = put.ration.leave(event.at, entry.window.allowed)
    if not put.ration.puts_off(event.at, leaves):
        return entry
    put.off.append(leaves)
    reason = put.ration.because(put.mailbox.id, days.text(leaves))
    return entry.moved(event._replace(at=leaves, why=(*event.why, reason)))


def tell_puts(puts: Sequence[Put], session: Session) -> None:
    """Say of each mailbox how many mails go on another day than they are due, and when."""
    out, say = session.out, session.out.say
    for put in puts:
        first, last = min(put.off), max(put.off)
        out.line(
            say(
                "plan.ration",
                mailbox=put.mailbox.id,
                limit=put.mailbox.limits.per_day,
                n=len(put.off),
                first=say.instant(first, session.zone),
                last=say.instant(last, session.zone),
            ),
            "yellow",
        )
