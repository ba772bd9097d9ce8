"""A year of many people in seconds: the same decisions under a clock that runs ahead.

Whatever is decided is done at once and goes well; what people do about it comes from a
`Behaviour`. Nothing leaves the machine, and nothing is read but what is given. Also what no
adapter performs is shown: a survey counts as sent. Meetings get a time at which their colleagues
work and have none of the meetings that were imagined before.

The facts are written as the live tick writes them: what is due, and at the same instant its
outcome, so that a simulation and the real engine agree mail by mail. Those who share a meeting of
many are seated together, in the sessions that the engine would make where nobody has other plans.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from heapq import heappop, heappush

from worker.domain.cases import Case, Enrollment
from worker.domain.facts import PlaybookId
from worker.domain.intents import EnrollmentId
from worker.domain.plan import Meeting, Plan
from worker.domain.tracks import tracks_of
from worker.engine.behaviour import ACCEPT, Behaviour, Subject, of_their_own
from worker.engine.life import Event, Life
from worker.engine.meetings.imagine import Company, Times

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
    people do on the average). Holds no more than one person at a time; where a playbook has a
    meeting of many, all of them live together, and are held.
    """
    habits = behaviour or Behaviour()
    awaits = any(ACCEPT in tracks_of(plan).listeners for plan in plans)
    wanted = [plan for plan in plans if plan.playbook in entering]
    lives = (
        _life(subject, plans, habits, wanted, since, awaits=awaits, times=times)
        for subject in people
    )
    if times is None or not any(map(has_meeting_of_many, plans)):
        for life in lives:
            yield from life.run(since, until)
        return
    together = list(lives)
    told: list[list[Event]] = [[] for _ in together]
    for number, _, event in live_together(together, times, since, until):
        told[number].append(event)
    for events in told:
        yield from events


def has_meeting_of_many(plan: Plan) -> bool:
    """Say whether a playbook has a meeting that many share."""
    return any(isinstance(one.action, Meeting) and one.action.together for one in plan.steps)


def live_together(
    lives: Sequence[Life], times: Times, since: datetime, until: datetime
) -> Iterator[tuple[int, Life, Event]]:
    """Live through several futures at once, in order of time; gives whose each event is.

    Whoever asks for a seat at an instant is given it when all others have lived up to there.
    """
    times.company = company = Company(times)
    numbers = {life.case.person.id: number for number, life in enumerate(lives)}
    ahead = [(since, number, number) for number in range(len(lives))]
    last = list(range(len(lives)))  # of each life, what of `ahead` holds: it may have been woken
    count = len(lives)
    while ahead:
        now, order, number = heappop(ahead)
        if now > until:
            return
        if last[number] != order:
            continue
        life = lives[number]
        for event in life.at(now):
            yield number, life, event
        woken = [(now, numbers[one]) for one in company.woken]
        company.woken.clear()
        for at, one in (*woken, (life.next_at, number)):
            if at is not None:
                count += 1
                last[one] = count
                heappush(ahead, (at, count, one))


def _life(
    subject: Subject,
    plans: Sequence[Plan],
    habits: Behaviour,
    wanted: Sequence[Plan],
    since: datetime,
    *,
    awaits: bool,
    times: Times | None,
) -> Life:
    entered = tuple(
        Enrollment(EnrollmentId(number), plan, since) for number, plan in enumerate(wanted, start=1)
    )
    life = Life(Case(subject.person, subject.facts, entered), plans, habits, times=times)
    offer = subject.facts.first(OFFER)
    begins = since if offer is None else max(since, offer.at)
    accepts = awaits and subject.facts.first(ACCEPT) is None
    life.expect(subject.coming)
    life.expect(of_their_own(habits, subject.person.id, begins, accepts=accepts))
    return life
