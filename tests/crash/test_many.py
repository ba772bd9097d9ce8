"""Many workers on PostgreSQL and Redis: any of them may die, and nobody notices but the log."""

from pathlib import Path
from signal import SIGTERM

import pytest

from tests.crash.many import Team, servers
from tests.crash.plug import CONNECTIONS, Plug
from worker.domain.intents import State

pytestmark = pytest.mark.services

PEOPLE = 2000
BLOWS = 24


def test_workers_that_die_and_freeze_lose_nobody_and_double_nobody(tmp_path: Path) -> None:
    """Killed, frozen, their Redis emptied: every mail came once, or is listed as doubtful."""
    with servers() as (settings, broker):
        plug = Plug(tmp_path, people=PEOPLE, in_doubt="ask", seed="many", settings=settings)
        with plug.server("--slow", "0.01") as server:
            team = Team(plug, server, broker)
            team.live(BLOWS, until_received=PEOPLE - 50)
            statuses = team.end()
            plug.live_on()

            account = plug.account(server)

    assert set(statuses) <= {0, -SIGTERM}, team.said()  # who had just begun knows no manners yet
    assert team.done["killed"] > BLOWS // 4
    doubtful = account.named(State.DOUBT)
    assert account.twice == set()
    assert len(account.wishes) == PEOPLE
    assert account.never <= doubtful
    assert account.count(State.DONE, State.DOUBT) == PEOPLE
    assert len(doubtful) <= 2 * CONNECTIONS * team.done["killed"]
    assert account.changed_on_the_way == set()
