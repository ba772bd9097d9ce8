"""Pages for machines: alive, ready, and figures that name nobody."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.engine.plans import LADDER
from tests.world import HandClock, World
from worker.engine.clock_guard import ClockGuard
from worker.engine.journal.lanes import CLOCK, Closed, close_lane
from worker.engine.journal.processes import Who
from worker.engine.journal.tally import Tally
from worker.pages.gauges import Gauges
from worker.pages.monitor import Pulse, monitor_of
from worker.pages.serve import serving
from worker.ports import Fetched, InboxTrouble, Trouble

pytestmark = pytest.mark.services


def figures(text: str) -> dict[str, float]:
    """Read Prometheus' text: the figure of each name with its labels."""
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def test_a_climbed_ladder_is_seen_in_the_figures(tmp_path: Path) -> None:
    """Sent, silent, alerted, left today; and nothing in it names a person or an address."""
    world = World(tmp_path)
    world.enroll("aoi", world.publish(LADDER), offer="2026-04-02 09:00")
    world.run_until("2026-04-10 18:00")
    gauges = Gauges(world.journal, world.clock, Tally(world.journal.store), {"hr": 200})
    with serving(monitor_of(gauges, Pulse(str)), "127.0.0.1", 0, ()) as port:
        before = figures(httpx.get(f"http://127.0.0.1:{port}/metrics").text)
        world.run_until("2026-04-30 18:00")

        answer = httpx.get(f"http://127.0.0.1:{port}/metrics")

    after = figures(answer.text)
    assert answer.headers["content-type"].startswith("text/plain")
    assert after["tsunagu_people"] == 1
    assert after['tsunagu_facts_total{word="sent"}'] > 0
    assert (
        after['tsunagu_facts_total{word="silent"}'] >= before['tsunagu_facts_total{word="silent"}']
    )
    assert after['tsunagu_left_today{lane="mail:hr"}'] == 200
    assert "aoi" not in answer.text
    assert "@" not in answer.text
    world.close()


def test_counting_on_gives_what_counting_anew_gives(tmp_path: Path) -> None:
    """Only what is new is read again, and the sums are the same."""
    world = World(tmp_path)
    world.enroll("aoi", world.publish(LADDER), offer="2026-04-02 09:00")
    going_on = Tally(world.journal.store)
    for day in range(2, 28):
        world.run_until(f"2026-04-{day:02} 18:00")
        going_on.counts()

    assert going_on.counts() == Tally(world.journal.store).counts()
    world.close()


def test_only_mailboxes_of_the_settings_lag_and_one_that_was_never_read_does(
    tmp_path: Path,
) -> None:
    """An alert that nobody can end teaches to look away; one that never comes helps nobody."""
    world = World(tmp_path)
    mails = world.journal.mails
    for mailbox in ("hr", "former"):
        mails.take_in(mailbox, Fetched((), ()), world.now)
    mails.say_trouble("new", InboxTrouble(Trouble.CREDENTIALS, "no such user"), world.now)
    world.clock.turn_to(world.now + timedelta(hours=1))
    gauges = Gauges(world.journal, world.clock, Tally(world.journal.store), {}, ["hr", "new"])
    with serving(monitor_of(gauges, Pulse(str)), "127.0.0.1", 0, ()) as port:
        told = figures(httpx.get(f"http://127.0.0.1:{port}/metrics").text)

    lagging = {name: value for name, value in told.items() if "inbox_lag" in name}
    assert lagging == {
        'tsunagu_inbox_lag_seconds{mailbox="hr"}': 3600,
        'tsunagu_inbox_lag_seconds{mailbox="new"}': 3600,
    }
    world.close()


def test_health_and_readiness_are_told_apart(tmp_path: Path) -> None:
    """A loop that stands still is restarted; a clock that is back only gets no work."""
    world = World(tmp_path)
    said = {"now": ""}
    gauges = Gauges(world.journal, world.clock, Tally(world.journal.store), {})
    with serving(monitor_of(gauges, Pulse(lambda: said["now"])), "127.0.0.1", 0, ()) as port:
        home = f"http://127.0.0.1:{port}"
        well = [httpx.get(f"{home}{path}").status_code for path in ("/healthz", "/readyz")]
        with world.journal.store.write() as connection:
            close_lane(connection, Closed(CLOCK, None, world.now, 1, CLOCK, "back"))
        unready = [httpx.get(f"{home}{path}").status_code for path in ("/healthz", "/readyz")]
        said["now"] = "the loop stands still"
        ill = httpx.get(f"{home}/healthz")

    assert (well, unready) == ([200, 200], [200, 503])
    assert (ill.status_code, ill.text) == (503, "the loop stands still\n")
    world.close()


class StillWatch:
    """A stopwatch under which no time passes."""

    def passed(self) -> timedelta:
        """Say how much has passed."""
        return timedelta()


def test_whose_clock_was_set_is_alive_and_not_ready(tmp_path: Path) -> None:
    """It is not started again, gets no work, says why, and is a figure; others are not concerned.

    Set right again, it is ready.
    """
    world = World(tmp_path)
    clock = HandClock("2026-04-01 09:00")
    guard = ClockGuard(world.journal.store, clock, StillWatch(), "host-a/work-1")
    world.journal.processes.began(Who("host-a/work-1", "work", "host-a", 7, "1.0"), world.now)
    world.journal.processes.began(Who("host-b/work-1", "work", "host-b", 8, "1.1"), world.now)
    gauges = Gauges(world.journal, world.clock, Tally(world.journal.store), {})
    one, other = Pulse(str, guard.trouble), Pulse(str)
    with (
        serving(monitor_of(gauges, one), "127.0.0.1", 0, ()) as port,
        serving(monitor_of(gauges, other), "127.0.0.1", 0, ()) as beside,
    ):
        home = f"http://127.0.0.1:{port}"
        before = httpx.get(f"{home}/readyz").status_code
        clock.turn_to(clock.now() + timedelta(hours=1))

        alive, ready = httpx.get(f"{home}/healthz"), httpx.get(f"{home}/readyz")
        neighbour = httpx.get(f"http://127.0.0.1:{beside}/readyz").status_code
        told = figures(httpx.get(f"http://127.0.0.1:{beside}/metrics").text)
        clock.turn_to(clock.now() - timedelta(hours=1))
        after = httpx.get(f"{home}/readyz").status_code
        healed = figures(httpx.get(f"{home}/metrics").text)

    wrong = 'tsunagu_clock_wrong{process="host-a/work-1"}'
    seen = (
        'tsunagu_process_seen_timestamp_seconds{process="host-b/work-1",release="1.1",verb="work"}'
    )
    assert (before, alive.status_code, ready.status_code, neighbour, after) == (
        200,
        200,
        503,
        200,
        200,
    )
    assert "3600 s ahead" in ready.text
    assert told[wrong] == 1
    assert wrong not in healed
    assert told[seen] == world.now.timestamp()
    world.close()
