"""The plug is pulled while mails leave: nobody is written to twice, and nobody is forgotten."""

from pathlib import Path

import pytest

from tests.crash.plug import CONNECTIONS, LISTED, Plug
from worker.domain.intents import State

pytestmark = pytest.mark.services

PEOPLE = 400
KILLS = 25
SPREAD = 20
SLOW = ("--slow", "0.01")


def test_kill_9_loses_nobody_and_writes_to_nobody_twice(tmp_path: Path) -> None:
    """Killed at 25 moments: every mail arrived or is listed as doubtful, none came twice."""
    plug = Plug(tmp_path, people=PEOPLE, in_doubt="ask", seed="ask")
    with plug.server(*SLOW) as server:
        plug.kill_worker(server, KILLS, spread=SPREAD)
        plug.finish()

        account = plug.account(server)

    doubtful = account.named(*LISTED)
    assert plug.kills > KILLS // 2
    assert account.twice == set()
    assert len(account.wishes) == PEOPLE
    assert account.never <= doubtful
    assert account.count(State.DONE, *LISTED) == PEOPLE
    assert account.named(State.DONE) == set(account.received) - doubtful
    assert len(doubtful) <= 2 * CONNECTIONS * plug.kills
    assert account.changed_on_the_way == set()


def test_kill_9_and_the_policy_to_send_again(tmp_path: Path) -> None:
    """Where a step says `resend`, everybody has the mail; twice only who was in doubt."""
    plug = Plug(tmp_path, people=PEOPLE, in_doubt="resend", seed="resend")
    with plug.server(*SLOW) as server:
        plug.kill_worker(server, KILLS // 2, spread=2 * SPREAD)
        plug.finish()
        doubtful = plug.account(server).named(State.DOUBT)
        plug.live_on()

        account = plug.account(server)

    assert account.never == set()
    assert account.twice <= doubtful
    assert account.count(State.DONE) == PEOPLE
    assert account.changed_on_the_way == set()


def test_a_mail_server_that_is_killed(tmp_path: Path) -> None:
    """The server dies under the worker, again and again: what it had answered for is known."""
    plug = Plug(tmp_path, people=PEOPLE, in_doubt="ask", seed="server")
    plug.kill_server_while_working(8, spread=SPREAD)
    with plug.server() as server:
        plug.live_on()

        account = plug.account(server)

    doubtful = account.named(State.DOUBT)
    assert account.twice == set()
    assert account.never <= doubtful
    assert account.count(State.DONE) + account.count(State.DOUBT) == PEOPLE
    assert len(doubtful) <= CONNECTIONS * plug.kills


def test_a_connection_cut_after_the_final_dot(tmp_path: Path) -> None:
    """The server hangs up instead of answering: each such mail is in doubt, and sent only once."""
    plug = Plug(tmp_path, people=PEOPLE, in_doubt="ask", seed="cut")
    with plug.server("--cut", "1/9") as server:
        plug.finish()
        plug.live_on()

        account = plug.account(server)

    doubtful = account.named(State.DOUBT)
    assert account.twice == set()
    assert account.never < doubtful
    assert account.count(State.DONE) + account.count(State.DOUBT) == PEOPLE
    assert PEOPLE // 20 < len(doubtful) < PEOPLE // 5
