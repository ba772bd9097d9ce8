"""What `doctor` says of calendars, against a server that speaks Google's HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import Desk, lay_out
from tests.servers.google import GoogleWorld, google_world, service_account, signed_in_user


@pytest.fixture
def world() -> Iterator[GoogleWorld]:
    """Google on this machine, where both members of staff have calendars."""
    with google_world() as running:
        running.google.employ("sato@example.co.jp", "hana@example.co.jp")
        running.calendars.domains = frozenset({"example.co.jp"})
        yield running


@pytest.fixture
def desk(tmp_path: Path, world: GoogleWorld) -> Desk:
    """A workspace with a key for that server."""
    desk = lay_out(tmp_path)
    (tmp_path / "google.json").write_text(json.dumps(dict(service_account(world.google))))
    connect(desk, f"{{service_account: google.json, endpoint: '{world.google.endpoint}'}}")
    return desk


def connect(desk: Desk, google: str) -> None:
    """Write the connection into the settings."""
    settings = desk.root / "tsunagu.yaml"
    kept = settings.read_text().partition("google:")[0]
    settings.write_text(f"{kept}google: {google}\ncalendars: {{default: google}}\n")


def of_calendars(desk: Desk, *words: str) -> dict[str, str]:
    """Give the line about calendars."""
    (line,) = [
        one for one in desk.type("doctor", "--json", *words).json if "Google" in one["about"]
    ]
    found: dict[str, str] = line
    return found


def test_the_doctor_says_who_we_are_and_whose_time_we_see(desk: Desk, world: GoogleWorld) -> None:
    """One question for all colleagues, and nothing is written anywhere."""
    line = of_calendars(desk)

    assert line["how"] == "fine"
    assert "tsunagu@project.iam.gserviceaccount.example" in line["sentence"]
    assert "2 人" in line["sentence"]
    assert "権限: calendar.events, calendar.freebusy" in line["sentence"]
    assert [one.method for one in world.google.requests] == ["calendar.freebusy.query"]


def test_the_doctor_names_whose_calendar_is_missing(desk: Desk, world: GoogleWorld) -> None:
    """A mentor who left: everybody else goes on."""
    world.hide("sato@example.co.jp")

    line = of_calendars(desk)

    assert line["how"] == "warning"
    assert "sato@example.co.jp" in line["sentence"]
    assert "notFound" in line["sentence"]


def test_the_doctor_tells_of_a_delegation_that_is_missing(desk: Desk, world: GoogleWorld) -> None:
    """What Google calls it, and the page that says what an administrator clicks."""
    world.google.sign_ins.delegated.clear()

    line = of_calendars(desk)

    assert line["how"] == "broken"
    assert "unauthorized_client" in line["sentence"]
    assert "docs/connecting.md" in line["do"]


def test_the_doctor_asks_nobody_when_told_so(desk: Desk, world: GoogleWorld) -> None:
    """`--offline` reads the key and goes no further."""
    line = of_calendars(desk, "--offline")

    assert line["how"] == "fine"
    assert world.asked() == 0


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"type": "service_account"}'])
def test_a_file_that_is_no_key_is_told_by_its_name(desk: Desk, content: str) -> None:
    """And what to type to look at it."""
    (desk.root / "google.json").write_text(content)

    line = of_calendars(desk)

    assert line["how"] == "broken"
    assert line["do"] == f"ls -l {desk.root / 'google.json'}"


def test_a_person_who_signed_in_is_named(desk: Desk, world: GoogleWorld) -> None:
    """Without a service account HR's own sign-in is used; it stands in the environment."""
    world.google.sign_ins.refresh_tokens["given once"] = "hana@example.co.jp"
    told = json.dumps(dict(signed_in_user(world.google)))
    (desk.root / ".env").write_text(f"GOOGLE_TOKEN='{told}'\n")
    (desk.root / ".env").chmod(0o600)
    connect(
        desk,
        f"{{user: hana@example.co.jp, token: '${{GOOGLE_TOKEN}}',"
        f" endpoint: '{world.google.endpoint}'}}",
    )

    line = of_calendars(desk)

    assert line["how"] == "fine"
    assert "hana@example.co.jp" in line["sentence"]
    assert {one.person for one in world.google.requests} == {"hana@example.co.jp"}


@pytest.mark.parametrize("google", ["{}", "{user: hana@example.co.jp, token: '{}'}"])
def test_a_connection_without_a_key_is_told(desk: Desk, google: str) -> None:
    """Nobody can sign in with nothing, or with half of it."""
    connect(desk, google)

    page = desk.type("doctor", language="en")

    assert page.status == 2
    assert "google" in page.out.lower()


def test_staff_without_calendars_there_are_told(desk: Desk) -> None:
    """A connection that nobody uses is worth a word."""
    (desk.root / "staff.csv").write_text(
        "ID,氏名,メール,役割,カレンダー\nsato,佐藤 健,sato@example.co.jp,mentor,mail\n"
    )

    assert of_calendars(desk)["how"] == "warning"
