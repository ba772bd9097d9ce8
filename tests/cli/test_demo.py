"""The demonstration: a year with people who do not exist, which checks itself."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import Desk, type_words

OF_EVERY_DEMO = {"answered", "declined", "once", "account", "budget"}
OF_MAILS = {"frozen", "staff", "read"}
OF_MEETINGS = {"free", "calendars", "invited", "briefed"}


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
    _look_at_meetings(told["meetings"])
    shown = Desk(home).type("timeline", people[0]["person"]).out
    assert "welcome" in shown
    assert "「済みました」" in shown
    assert type_words(["demo", "--keep", str(home), "--language", "en"]).status == 2


def _look_at_meetings(meetings: list[dict[str, Any]]) -> None:
    """In three kinds of calendars, with everything that people do to a meeting."""
    talks = [one for one in meetings if one["step"] in {"first-1on1", "one-on-one"}]
    days = [one for one in meetings if one["step"] == "department-day"]
    stories = {word for one in meetings for word in one["story"]}
    assert {one["calendar"] for one in talks} == {"google", "microsoft", "mail"}
    assert {one["stage"] for one in meetings} == {"over"}
    assert stories == {"booked", "accepted", "declined", "proposed", "dragged", "moved", "held"}
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
