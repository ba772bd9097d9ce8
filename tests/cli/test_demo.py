"""The demonstration: a year with people who do not exist, which checks itself."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import Desk, type_words
from tests.servers.process import program

ROOT = Path(__file__).parents[2]
OF_EVERY_DEMO = {"answered", "declined", "bounced", "once", "account", "budget"}
OF_MAILS = {"frozen", "staff", "read"}
OF_MEETINGS = {"free", "calendars", "invited", "briefed", "ahead"}


@pytest.mark.services
def test_the_year_keeps_its_promises(tmp_path: Path) -> None:
    """They write mails, are away, bounce, decline, stay silent; staff answers by plain replies."""
    home = tmp_path / "kept"

    told = type_words(["demo", "--language", "ja", "--keep", str(home), "--json"]).json

    people = told["people"]
    assert told["missing"] == ""
    assert {name for name, kept in told["promises"].items() if not kept} == set()
    assert set(told["promises"]) == OF_EVERY_DEMO | OF_MAILS | OF_MEETINGS
    assert {person["end"] for person in people} >= {"declined", "joined"}
    assert sum(person["reminders"] for person in people) > 3
    assert sum(person["answers"] for person in people) > 20
    assert told["read"] > 300
    assert all(not one["answers"] and one["told"] for one in people if one["manner"] == "silent")
    assert any(len(person["told"]) > 1 for person in people)  # a second colleague was told
    assert all(person["end"] == "declined" for person in people if person["manner"] == "declines")
    assert {one["refused"] > 0 for one in people if one["manner"] == "bounces"} == {True}
    assert not any(one["reminders"] for one in people if one["manner"] in {"away", "elsewhere"})
    assert len(list((home / "mails" / "new").iterdir())) == told["arrived"]
    _look_at_meetings(told["meetings"], {"google", "microsoft", "mail"})
    shown = Desk(home).type("timeline", people[0]["person"]).out
    assert "welcome" in shown
    assert "「済みました」" in shown
    assert type_words(["demo", "--keep", str(home), "--language", "en"]).status == 2


@pytest.mark.services
@pytest.mark.parametrize("provider", ["google", "microsoft"])
def test_the_year_at_one_provider_keeps_the_same_promises(provider: str, tmp_path: Path) -> None:
    """Mail and calendars by its HTTP alone; what arrived is kept to be looked at."""
    home = tmp_path / "kept"

    told = type_words(["demo", "--provider", provider, "--json", "--keep", str(home)]).json

    assert {name for name, kept in told["promises"].items() if not kept} == set()
    assert set(told["promises"]) == OF_EVERY_DEMO | OF_MAILS | OF_MEETINGS
    assert told["provider"] == provider
    assert told["read"] > 300
    assert {person["end"] for person in told["people"]} >= {"declined", "joined"}
    _look_at_meetings(told["meetings"], {provider})
    assert len(list((home / "mails" / "new").iterdir())) == told["arrived"] > 700


def test_make_passes_the_words_of_the_demo_on() -> None:
    """As typed: make takes what follows `--` for goals of its own."""
    told = subprocess.run(  # noqa: S603 - a command of the tests
        [program("make"), "-n", "demo", "--", "--provider", "google", "--language", "en"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "tsunagu demo --provider google --language en" in told
    assert "packages.py" not in told


def _look_at_meetings(meetings: list[dict[str, Any]], calendars: set[str]) -> None:
    """In all these calendars, with everything that people do to a meeting."""
    talks = [one for one in meetings if one["step"] in {"first-1on1", "one-on-one"}]
    days = [one for one in meetings if one["step"] == "department-day"]
    stories = {word for one in meetings for word in one["story"]}
    assert {one["calendar"] for one in talks} == calendars
    assert {one["stage"] for one in meetings} == {"over"}
    words = {"booked", "accepted", "declined", "proposed", "dragged", "moved", "held"}
    assert stories == {"reserved", *words}
    assert any(one["story"][:2] == ["reserved", "booked"] for one in talks)
    assert len(talks) > 40
    assert any(len(one["people"]) > 2 for one in days)
    assert any("dragged" in one["story"] for one in days)


@pytest.mark.services
def test_without_a_mailbox_it_says_so_and_shows_the_rest() -> None:
    """Answers are noted; what only mails can show is not claimed."""
    told = type_words(["demo", "--language", "en", "--no-imap"])

    assert told.status == 0, told.err
    assert "Answers were noted, and not read as mails. --no-imap" in told.out
    assert "nobody was reminded after answering" in told.out
    assert "read by IMAP" not in told.out
