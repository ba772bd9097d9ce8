"""The worker as an operator knows it: started, refused, asked to end, ended at once."""

import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from redis import Redis

from tests.bench.workspace import Layout, lay_out
from tests.servers.process import free_port
from tests.servers.recorder import Recorder, recorder
from tests.servers.redis import redis_server
from tests.servers.worker import said, tsunagu, until, worker
from worker.broker import ENOUGH
from worker.domain.intents import State
from worker.engine.journal.journal import Journal, open_journal
from worker.wiring.lock import StoreInUse, store_lock

pytestmark = pytest.mark.services

YESTERDAY = datetime.now(UTC) - timedelta(days=1)  # noqa: TID251 - a real process has a real clock

LATER = """\
playbook: later
title: ひとこと
for: person.kind == "offer_holder"
steps:
  - id: word
    when: offer
    message: {channel: line, text: もうすぐですね}
"""


def workspace(folder: Path, port: int, people: int, *, more: str = "") -> Path:
    """Lay out a workspace whose people are all due, and import them."""
    home = folder / "hr"
    home.mkdir()
    lay_out(home, Layout(port, people, YESTERDAY, connections=3))
    if more:
        with (home / "tsunagu.yaml").open("a", encoding="utf-8") as settings:
            settings.write(more)
    if people:
        imported = tsunagu(home, "people", "import")
        assert imported.returncode == 0, imported.stderr
    return home


def journal_of(home: Path) -> Journal:
    """Open the journal of a workspace."""
    return open_journal(f"sqlite:///{home / '.tsunagu' / 'store.db'}")


def states(home: Path) -> Counter[State]:
    """Count the mails of a workspace by how they stand."""
    journal = journal_of(home)
    wishes = journal.desk.in_state(*State, most=100_000)
    journal.close()
    return Counter(wish.state for wish in wishes)


def test_everybody_who_is_due_is_written_to_once(tmp_path: Path) -> None:
    """One command sends everything that is due and ends; typed again, nothing more is sent."""
    with recorder(tmp_path) as server:
        home = workspace(tmp_path, server.port, 40)

        first = tsunagu(home, "up", "--until-idle")
        again = tsunagu(home, "up", "--until-idle")

        received = Counter(mail.recipient for mail in server.mails)
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert len(received) == 40
    assert set(received.values()) == {1}
    assert states(home) == {State.DONE: 40}


def test_a_second_worker_is_refused_with_the_number_of_the_first(tmp_path: Path) -> None:
    """Two workers on one store would be a mistake: the second says who has it, and ends with 2."""
    home = workspace(tmp_path, free_port(), 0)
    with worker(home) as first:
        until(lambda: "Working" in said(home))

        second = tsunagu(home, "up")

    assert second.returncode == 2
    assert f"process {first.pid}" in second.stderr
    assert f"kill {first.pid}" in second.stderr


def test_a_killed_worker_leaves_no_lock_behind(tmp_path: Path) -> None:
    """After a kill -9 the next worker starts at once, without anything to clean up."""
    home = workspace(tmp_path, free_port(), 0)
    with worker(home) as first:
        until(lambda: "Working" in said(home))
        first.kill()
        first.wait()

    second = tsunagu(home, "up", "--until-idle")

    assert second.returncode == 0, second.stderr


def test_asked_to_end_it_finishes_what_is_in_flight(tmp_path: Path) -> None:
    """SIGTERM: every mail the server has is known as sent, nothing is in doubt, the rest waits."""
    with recorder(tmp_path, "--slow", "0.02") as server:
        home = workspace(tmp_path, server.port, 300)
        with worker(home) as running:
            until(lambda: server.count > 10)

            running.send_signal(signal.SIGTERM)
            status = running.wait(20)

        received = server.count
    assert status == 0, said(home)
    standing = states(home)
    assert standing[State.DONE] == received
    assert 10 < received < 300
    assert set(standing) <= {State.DONE, State.READY}


def test_asked_twice_it_ends_at_once(tmp_path: Path) -> None:
    """A server that never answers cannot keep somebody who insists; the mail is then in doubt."""
    with recorder(tmp_path, "--slow", "3600") as server:
        home = workspace(tmp_path, server.port, 1)
        with worker(home) as running:
            until(lambda: server.count == 1)

            running.send_signal(signal.SIGTERM)
            with pytest.raises(TimeoutError):
                until(lambda: running.poll() is not None, patience=0.7)
            running.send_signal(signal.SIGTERM)
            status = running.wait(5)

    assert status == -signal.SIGTERM
    assert states(home) == {State.BEGUN: 1}


def test_a_step_that_is_not_performed_keeps_it_from_starting(tmp_path: Path) -> None:
    """Nothing is skipped in silence: the steps are named with file and line, and nobody starts."""
    home = workspace(tmp_path, free_port(), 3)
    later = home / "playbooks" / "later"
    later.mkdir()
    (later / "playbook.yaml").write_text(LATER, encoding="utf-8")

    refused = tsunagu(home, "up", "--until-idle")

    assert refused.returncode == 1
    assert "playbooks/later/playbook.yaml:5:" in refused.stderr
    assert states(home) == {}


def test_a_workspace_without_playbooks_has_nothing_to_do(tmp_path: Path) -> None:
    """The operator is told what is missing instead of watching a worker that never works."""
    home = workspace(tmp_path, free_port(), 0)
    (home / "playbooks" / "letter").rename(tmp_path / "elsewhere")

    refused = tsunagu(home, "up")

    assert refused.returncode == 2
    assert "no playbook" in refused.stderr


def test_the_same_work_is_done_through_redis(tmp_path: Path) -> None:
    """One setting, and nudges go through Redis: the same mails, once each."""
    with recorder(tmp_path) as server, redis_server(tmp_path) as url:
        home = workspace(tmp_path, server.port, 30, more=f"broker: {url}\n")

        done = tsunagu(home, "up", "--until-idle")

        received = Counter(mail.recipient for mail in server.mails)
    assert done.returncode == 0, done.stderr
    assert (len(received), set(received.values())) == (30, {1})


def test_without_its_redis_it_does_the_work_itself(tmp_path: Path) -> None:
    """Redis is never needed to go on: who cannot nudge looks at the lane himself."""
    with recorder(tmp_path) as server:
        nobody = f"redis://127.0.0.1:{free_port()}/0"
        home = workspace(tmp_path, server.port, 30, more=f"broker: {nobody}\n")

        done = tsunagu(home, "up", "--until-idle")

        received = Counter(mail.recipient for mail in server.mails)
    assert done.returncode == 0, done.stderr
    assert (len(received), set(received.values())) == (30, {1})


def test_two_halves_in_two_processes_do_the_same(tmp_path: Path) -> None:
    """`beat` watches the time and `work` sends; together they are `up`."""
    with recorder(tmp_path) as server, redis_server(tmp_path) as url:
        home = workspace(tmp_path, server.port, 30, more=f"broker: {url}\n")
        with worker(home, verb="work") as works, worker(home, verb="beat") as beats:
            until(lambda: server.count == 30)
            until(lambda: states(home) == {State.DONE: 30})
            for half in (works, beats):
                half.send_signal(signal.SIGTERM)
            ended = [half.wait(20) for half in (works, beats)]

        received = Counter(mail.recipient for mail in server.mails)
    assert ended == [0, 0]
    assert set(received.values()) == {1}


def has_more(server: Recorder, than: int) -> bool:
    """Say whether the server has more mails."""
    return server.count > than


def test_a_slow_worker_lets_nothing_pile_up(tmp_path: Path) -> None:
    """A server that takes a mail in half a second: what waits, waits in the journal.

    Redis holds some nudges, the worker what its connections are worth, and nobody holds more than
    before when it has gone on for a while.
    """
    with recorder(tmp_path, "--slow", "0.5") as server, redis_server(tmp_path) as url:
        home = workspace(tmp_path, server.port, 300, more=f"broker: {url}\n")
        redis, waiting, begun = Redis.from_url(url), [], []
        with worker(home, "--threads", "1", verb="work"), worker(home, verb="beat"):
            until(lambda: server.count > 3, patience=90)
            for mails in range(10, 40, 5):
                until(partial(has_more, server, mails))
                waiting.append(redis.llen("dramatiq:lanes"))
                begun.append(states(home)[State.BEGUN])

    assert max(waiting) <= ENOUGH
    assert max(begun) <= 2 * 3
    redis.close()


def test_half_a_worker_needs_redis(tmp_path: Path) -> None:
    """`beat` alone would nudge nobody: it says which setting is missing."""
    home = workspace(tmp_path, free_port(), 0)

    refused = tsunagu(home, "beat")

    assert refused.returncode == 2
    assert "broker: redis://" in refused.stderr


def test_halves_share_a_store_and_a_whole_worker_does_not(tmp_path: Path) -> None:
    """Any number of halves may hold a store at the same time; a whole worker wants it alone."""
    store = tmp_path / "store.db"

    with (
        store_lock(store, shared=True),
        store_lock(store, shared=True),
        pytest.raises(StoreInUse),
        store_lock(store),
    ):
        pass

    with store_lock(store):
        assert (tmp_path / "store.db.lock").stat().st_mode & 0o077 == 0
