"""When a mail that a server took and gave back goes again: hours, then longer, then not at all."""

from datetime import datetime, timedelta

from worker.domain.facts import Digest
from worker.domain.guards import Window
from worker.domain.workdays import workdays
from worker.engine.journal.redelivery import Delivery
from worker.engine.render import Editions
from worker.engine.retry import gives_up_at

_FIRST = timedelta(hours=4)  # a full mailbox is not emptied within minutes
_LONGEST = timedelta(hours=24)


def next_delivery(delivery: Delivery, editions: Editions, now: datetime) -> datetime | None:
    """Say when to hand a mail over again; None where its step's time for trying is over.

    The wait doubles each time. How long it is tried is said by the step (`try_for`,
    `no_later_than`), else by the engine's horizon.
    """
    edition = editions.of(Digest(delivery.digest))
    step, days = edition.steps.get(delivery.step), workdays(edition.plan.calendar)
    sending = (step.sending if step is not None else None) or edition.plan.sending
    wait = min(_FIRST * 2 ** min(delivery.times, 8), _LONGEST)
    next_at = Window(sending, days).opens(now + wait)
    until = gives_up_at(step, delivery.first_tried_at or now, delivery.deadline, days)
    return next_at if next_at < until else None
