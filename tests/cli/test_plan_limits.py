"""`tsunagu plan` says beforehand what a mailbox may not send today, and when it goes."""

from pathlib import Path

from tests.cli.desk import PEOPLE, Desk, lay_out
from tests.servers.faulty import FaultyServer, faulty_server


def limit(desk: Desk, old: str, new: str) -> None:
    """Change a word of the settings."""
    settings = desk.root / "tsunagu.yaml"
    settings.write_text(settings.read_text().replace(old, new))


def crowded(root: Path, *, per_day: int) -> Desk:
    """Lay out a workspace in which three people get their welcome in one hour."""
    desk = lay_out(root)
    limit(desk, "per_day: 200", f"per_day: {per_day}")
    people = PEOPLE.replace("2026-04-03 17:45", "2026-04-01 09:05")
    (desk.root / "people.csv").write_text(people.replace("2026-04-02 10:00", "2026-04-01 09:10"))
    for table in ("staff", "people"):
        assert desk.type(table, "import").status == 0
    return desk


def welcomes(desk: Desk) -> dict[str, str]:
    """Give when each is planned to be welcomed."""
    events = desk.type("plan", "--days", "7", "--json").json["events"]
    return {
        one["person"]: one["at"] for one in events if one["step"] == "welcome" and not one["rung"]
    }


def test_what_does_not_fit_into_a_day_is_planned_for_the_next(tmp_path: Path) -> None:
    """Two may leave on a day: the third is told for tomorrow, with why."""
    desk = crowded(tmp_path / "hr", per_day=2)

    page = desk.type("plan", "--days", "7").out
    english = desk.type("plan", "--days", "7", language="en").out

    assert welcomes(desk) == {
        "aoi": "2026-04-01T10:00:00+09:00",
        "ben": "2026-04-01T10:05:00+09:00",
        "rin": "2026-04-02T10:01:00+09:00",
    }
    assert "hr から一日に送れるのは 2 通なので 2026年4月2日(木) 10:01 になる" in page
    assert "hr から一日に送れるのは 2 通。" in page
    assert "hr may send 2 mails a day" in english


def test_what_is_due_and_waits_for_its_turn_is_told(tmp_path: Path) -> None:
    """The cap was reached in the middle of a day: how many wait, and until when."""
    desk = crowded(tmp_path / "hr", per_day=200)
    with faulty_server(FaultyServer()) as server:
        limit(desk, "port: 2525", f"port: {server.port}")
        for instant in ("2026-04-01 08:00", "2026-04-01 10:00"):
            desk.at(instant).type("up", "--until-idle")
    desk.at("2026-04-01 10:30").type("up", "--until-idle")  # its server is away
    limit(desk, "per_day: 200", "per_day: 1")

    page = desk.type("plan", "--days", "3").out

    assert [one.recipient for one in server.mails] == ["aoi@example.jp"]
    assert "2 通は 2026年4月2日(木) 10:01 から 2026年4月3日(金) 10:02 までに送ります" in page


def test_a_limit_that_is_not_reached_changes_nothing(tmp_path: Path) -> None:
    """Not a word of it."""
    desk = crowded(tmp_path / "hr", per_day=200)

    page = desk.type("plan", "--days", "7")

    assert "一日に送れる" not in page.out
    assert page.status == 0
