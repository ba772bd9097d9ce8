"""The figures of the journal as Prometheus reads them: what is due, late, in doubt, left today.

They are worked out when somebody asks, from the journal alone, so that any process of many gives
the same. Nothing in them names a person.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from worker.domain.intents import State
from worker.engine.journal.journal import Journal
from worker.engine.journal.lanes import CLOCK, RATE, is_closed, mail_lane
from worker.engine.journal.overview import Overview
from worker.engine.journal.tally import Tally
from worker.ports import Clock

_LATELY = timedelta(days=2)
_WAITS_FOR_A_HUMAN = (State.DRAFT, State.DOUBT, State.REFUSED, State.PARKED)


@dataclass(frozen=True, slots=True, eq=False)  # a registry tells them apart, and compares none
class Gauges:
    """Collects the figures of one journal; Prometheus' own registry asks it."""

    journal: Journal
    clock: Clock
    tally: Tally
    per_day: Mapping[str, int]  # mailboxes that have such a limit
    read: Collection[str] = ()  # mailboxes: one that left the settings lags behind for ever

    def collect(self) -> Iterable[Metric]:
        """Give every figure as it is now."""
        now = self.clock.now()
        overview = self.journal.overview.at(now)
        yield from _people(overview)
        yield from _lanes(overview, now)
        yield from _humans(self.journal, overview)
        yield from self._limits(overview)
        yield from self._inboxes(now)
        yield from _processes(self.journal, now)
        yield _clocks(overview)
        facts = CounterMetricFamily(
            "tsunagu_facts",
            "What has happened so far, by the last word of its name.",
            labels=["word"],
        )
        for word, count in sorted(self.tally.counts().items()):
            facts.add_metric([word], count)
        yield facts

    def _limits(self, overview: Overview) -> Iterable[Metric]:
        left = GaugeMetricFamily(
            "tsunagu_left_today",
            "Messages a mailbox may still send within 24 hours.",
            labels=["lane"],
        )
        for mailbox, limit in sorted(self.per_day.items()):
            lane = mail_lane(mailbox)
            left.add_metric([lane], max(0, limit - overview.sent.get(lane, 0)))
        yield left

    def _inboxes(self, now: datetime) -> Iterable[Metric]:
        lag = GaugeMetricFamily(
            "tsunagu_inbox_lag_seconds",
            "Since when a mailbox was last read to its end.",
            labels=["mailbox"],
        )
        behind = GaugeMetricFamily(
            "tsunagu_inbox_behind", "Mails that wait to be read, at most.", labels=["mailbox"]
        )
        for one in self.journal.mails.listening(self.read):
            behind.add_metric([one.mailbox], one.behind)
            last = one.looked_at or one.since  # never yet: since it is known that it cannot be read
            lag.add_metric([one.mailbox], (now - last).total_seconds())
        yield from (lag, behind)


def _processes(journal: Journal, now: datetime) -> Iterable[Metric]:
    alive = GaugeMetricFamily(
        "tsunagu_alive", "Processes that gave a sign of late.", labels=["verb"]
    )
    known = journal.processes.all()
    for verb in ("up", "beat", "work", "listen"):
        alive.add_metric([verb], sum(one.verb == verb and one.is_alive(now) for one in known))
    yield alive
    seen = GaugeMetricFamily(
        "tsunagu_process_seen_timestamp_seconds",
        "When a process last gave a sign; those that said goodbye are not among them.",
        labels=["process", "verb", "release"],
    )
    for one in known:
        if one.ended_at is None and now - one.seen_at < _LATELY:
            seen.add_metric([one.name, one.verb, one.release], one.seen_at.timestamp())
    yield seen
    lost = sum(one.is_lost(now) and now - one.seen_at < _LATELY for one in known)
    yield GaugeMetricFamily("tsunagu_lost", "Processes that fell silent without a word.", lost)


def _clocks(overview: Overview) -> Metric:
    wrong = GaugeMetricFamily(
        "tsunagu_clock_wrong",
        "1 for a process that does not trust its clock, and sends nothing.",
        labels=["process"],
    )
    for one in overview.closed:
        if one.code == CLOCK:
            wrong.add_metric([one.lane.partition(":")[2] or "any"], 1)
    return wrong


def _people(overview: Overview) -> Iterable[Metric]:
    yield GaugeMetricFamily("tsunagu_people", "People who are known.", overview.people)
    enrolled = GaugeMetricFamily(
        "tsunagu_enrolled", "People in each playbook.", labels=["playbook"]
    )
    for playbook, count in sorted(overview.enrolled.items()):
        enrolled.add_metric([playbook], count)
    yield enrolled
    yield GaugeMetricFamily(
        "tsunagu_people_to_look_at", "People whose moment has come.", overview.to_look_at
    )


def _lanes(overview: Overview, now: datetime) -> Iterable[Metric]:
    names = ("due", "in_flight", "later")
    lanes = {
        name: GaugeMetricFamily(f"tsunagu_{name}", f"Messages of a lane: {name}.", labels=["lane"])
        for name in names
    }
    late = GaugeMetricFamily(
        "tsunagu_late_seconds", "How long the oldest of what is due has waited.", labels=["lane"]
    )
    for lane in overview.lanes:
        for name, count in zip(names, (lane.ready, lane.in_flight, lane.waiting), strict=True):
            lanes[name].add_metric([lane.lane], count)
        waited = 0.0 if lane.oldest is None else (now - lane.oldest).total_seconds()
        late.add_metric([lane.lane], max(0.0, waited))
    yield from lanes.values()
    yield late
    closed = GaugeMetricFamily(
        "tsunagu_closed",
        "1 where a lane is closed; `human`: until a human says so.",
        labels=["lane", "code", "until"],
    )
    for one in overview.closed:
        if is_closed(one, now) and one.code != RATE:
            closed.add_metric([one.lane, one.code, "human" if one.until is None else "time"], 1)
    yield closed


def _humans(journal: Journal, overview: Overview) -> Iterable[Metric]:
    waits = GaugeMetricFamily(
        "tsunagu_waits_for_human",
        "Messages that wait for a human: draft, doubt, refused, parked.",
        labels=["state"],
    )
    for state in _WAITS_FOR_A_HUMAN:
        waits.add_metric([state.value], overview.states.get(state, 0))
    yield waits
    yield GaugeMetricFamily(
        "tsunagu_parked_people",
        "People a fault of ours keeps from being decided on.",
        len(overview.parked),
    )
    yield GaugeMetricFamily("tsunagu_tasks", "Open tasks of humans.", overview.tasks)
    yield GaugeMetricFamily("tsunagu_tasks_late", "Of them overdue.", overview.overdue_tasks)
    yield GaugeMetricFamily(
        "tsunagu_mails_waiting",
        "Received mails that wait for a human.",
        len(journal.mails.waiting()),
    )
    if overview.last_tick is not None:
        yield GaugeMetricFamily(
            "tsunagu_last_tick_timestamp_seconds",
            "When anybody last looked at the time.",
            overview.last_tick.timestamp(),
        )
