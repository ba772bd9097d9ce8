"""The demonstration: a year with people who do not exist, which checks itself."""

from pathlib import Path

import pytest

from tests.cli.desk import Desk, type_words


@pytest.mark.services
def test_the_year_keeps_its_promises(tmp_path: Path) -> None:
    """People answer, decline and stay silent; nobody is reminded after answering, nothing twice."""
    home = tmp_path / "kept"

    told = type_words(["demo", "--language", "ja", "--keep", str(home), "--json"]).json

    assert all(told["promises"].values())
    assert set(told["promises"]) == {"answered", "declined", "once", "account", "budget"}
    ends = {person["end"] for person in told["people"]}
    assert {"declined", "joined"} <= ends
    assert sum(person["reminders"] for person in told["people"]) > 0
    assert sum(person["answers"] for person in told["people"]) > 20
    assert sum(person["refused"] > 0 for person in told["people"]) == 1
    assert len(list((home / "mails" / "new").iterdir())) == told["arrived"]
    assert "welcome" in Desk(home).type("timeline", told["people"][0]["person"]).out
    assert type_words(["demo", "--keep", str(home), "--language", "en"]).status == 2
