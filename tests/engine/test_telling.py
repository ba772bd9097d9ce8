"""What the log hears: every outcome once, without a line for each mail that went well."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.engine.plans import WELCOME
from tests.world import World
from worker import logs
from worker.domain.conditions import Compare, Literal, Name
from worker.domain.outcomes import Done, Later, Refused, Scope
from worker.engine.journal.lanes import mail_lane
from worker.engine.settle import Answered
from worker.engine.telling import tell
from worker.engine.work import Work

WORK = Work(
    *(1, "1/welcome/0/0/mail", "aoi", 1, "naitei", "d1", "welcome", 0, 0, "mail", "", "mail:hr"),
    *(1, 0, 0, 0, None, None, None, None),
    resent=False,
)


@pytest.fixture
def read_by_people() -> Iterator[io.StringIO]:
    """Give what is logged for a person."""
    stream = io.StringIO()
    logs.begin(form="console", key=b"k", stream=stream)
    yield stream
    logs.end()


def lines(written: io.StringIO, event: str) -> list[dict[str, Any]]:
    """Give the lines of one event."""
    found = [json.loads(line) for line in written.getvalue().splitlines()]
    return [line for line in found if line["event"] == event]


def test_mails_that_went_are_told_together(world: World, read_by_people: io.StringIO) -> None:
    """Sixty people are written to: a few lines name all sixty intents."""
    plan = world.publish(WELCOME)
    world.crowd([f"p{number}" for number in range(60)], plan, offer="2026-04-01 08:00")

    world.run()

    told = [line for line in read_by_people.getvalue().splitlines() if " event=done " in line]
    keys = {word for line in told for word in line.replace('"', " ").split() if "/welcome/" in word}
    assert len(world.arrived) == 60
    assert len({key.removeprefix("keys=") for key in keys}) == 60
    assert len(told) < 30
    assert "mail.example" not in read_by_people.getvalue()


def test_a_machine_is_told_of_each_mail(world: World, written: io.StringIO) -> None:
    """Sixty people are written to: sixty lines, each with its key and no address."""
    plan = world.publish(WELCOME)
    world.crowd([f"p{number}" for number in range(60)], plan, offer="2026-04-01 08:00")

    world.run()

    told = lines(written, "handed_over")
    assert len({line["key"] for line in told}) == len(told) == 60
    assert {(line["lane"], line["outcome"], line["attempt"]) for line in told} == {
        ("mail:hr", "done", 1)
    }
    assert "mail.example" not in written.getvalue()


def test_a_server_that_is_away_is_told_once(world: World, written: io.StringIO) -> None:
    """Ten mails cannot leave: one line says which mailbox waits and why."""
    plan = world.publish(WELCOME)
    world.crowd([f"p{number}" for number in range(10)], plan, offer="2026-04-01 08:00")
    world.mailers["hr"].down = "connection refused"

    world.run()

    told = lines(written, "lane_backed_off")
    assert {line["lane"] for line in told} == {mail_lane("hr")}
    assert "connection refused" in told[0]["why"]
    assert len(told) < 10


def test_each_that_did_not_go_has_its_line(written: io.StringIO) -> None:
    """A bad address is told with its reason; a mailbox that may not send is an error."""
    outcomes = (
        Refused("550 no such user", Scope.ADDRESS, "5.1.1"),
        Later("451 slow down", scope=Scope.SERVER),
        Refused("535 bad password", Scope.MAILBOX),
        Done(),
    )

    tell("mail:hr", [Answered(WORK, outcome) for outcome in outcomes])

    told = [line for line in lines(written, "handed_over") if line["outcome"] != "done"]
    assert [line["why"] for line in told] == ["550 no such user"]
    assert [line["level"] for line in lines(written, "lane_stopped")] == ["error"]
    assert lines(written, "lane_backed_off") == []


def test_who_enters_a_playbook_is_counted(world: World, written: io.StringIO) -> None:
    """Three people are taken in by themselves: one line says how many, and into which version."""
    everybody = Compare(Name(("person", "kind")), "==", Literal("offer_holder"))
    plan = world.publish(replace(WELCOME, audience=everybody))
    for name in ("aoi", "ren", "rin"):
        world.person(name, offer="2026-04-01 08:00")

    world.run()

    told = [
        (line["playbook"], line["digest"], line["people"]) for line in lines(written, "enrolled")
    ]
    assert told == [(plan.playbook, plan.digest, 3)]


def test_addresses_keep_their_hash_from_start_to_start(world: World) -> None:
    """The key of the log's hashes is made once and kept in the journal."""
    first = world.journal.marks.secret("log.key")
    world.reopen()

    assert world.journal.marks.secret("log.key") == first
    assert len(first) == 32
