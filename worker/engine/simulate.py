"""A year of many people in seconds: the same decisions under a clock that runs ahead.

Whatever is decided is done at once and goes well; what people do about it comes from a
`Behaviour`. Nothing leaves the machine, and nothing is read but what is given. Also what no
adapter performs is shown: a survey counts as sent. Meetings get a time at which their colleagues
work and have none of the meetings that were imagined before.

The facts are written as the live tick writes them: what is due, and at the same instant its
outcome, so that a simulation and the real engine agree mail by mail.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from worker.domain.cases import Case, Enrollment
from worker.domain.facts import PlaybookId
from worker.domain.intents import EnrollmentId
from worker.domain.plan import Plan
from worker.domain.tracks import tracks_of
from worker.engine.behaviour import ACCEPT, Behaviour, Subject, of_their_own
from worker.engine.life import Event, Life
from worker.engine.meetings.imagine import Times

OFFER = "offer"


def simulate(
    plans: Sequence[Plan],
    people: Iterable[Subject],
    *,
    since: datetime,
    until: datetime,
    behaviour: Behaviour | None = None,
    entering: Collection[PlaybookId] = (),
    times: Times | None = None,
) -> Iterator[Event]:
    """Give what happens from *since* to *until*, person by person, each in order of time.

    A person enters every playbook whose `for:` takes them in, those of *entering* whatever they
    say, and others by an `enroll` step. Who answers what and when is up to *behaviour* (None: as
    people do on the average). Holds no more than one person at a time.
    """
    habits = behaviour or Behaviour()
    awaits = any(ACCEPT in tracks_of(plan).listeners for plan in plans)
    wanted = [plan for plan in plans if plan.playbook in entering]
    for subject in people:
        entered = tuple(
            Enrollment(EnrollmentId(number), plan, since)
            for number, plan in enumerate(wanted, start=1)
        )
        case = Case(subject.person, subject.facts, entered)
        life = Life(case, plans, habits, times=times)
        offer = subject.facts.first(OFFER)
        begins = since if offer is None else max(since, offer.at)
        accepts = awaits and subject.facts.first(ACCEPT) is None
        life.expect(subject.coming)
        life.expect(of_their_own(habits, subject.person.id, begins, accepts=accepts))
        yield from life.run(since, until)
