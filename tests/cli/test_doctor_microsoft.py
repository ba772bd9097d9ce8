"""What `doctor` says of calendars at Microsoft, against the stand-in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations.localgraph.server import GraphServer
from tests.cli.desk import Desk, lay_out
from tests.servers.certificates import Certificates

STAFF = ("sato@example.co.jp", "hana@example.co.jp")


@pytest.fixture
def server(certificates: Certificates) -> Iterator[GraphServer]:
    """Microsoft on this machine, where both members of staff have calendars."""
    now = datetime(2026, 4, 1, tzinfo=UTC)
    with GraphServer(certificates.server_context(), lambda: now) as running:
        for address in STAFF:
            running.graph.office.employ(address)
        yield running


@pytest.fixture
def desk(tmp_path: Path, server: GraphServer, certificates: Certificates) -> Desk:
    """A workspace that knows the application's secret."""
    desk = lay_out(tmp_path)
    (tmp_path / ".env").write_text(f"MICROSOFT_SECRET={server.login.secret}\n")
    (tmp_path / ".env").chmod(0o600)
    addresses = f"authority: '{server.url}', endpoint: '{server.url}'"
    connect(desk, f"secret: '${{MICROSOFT_SECRET}}', {addresses}, ca: {certificates.ca_file}")
    return desk


def connect(desk: Desk, how: str) -> None:
    """Write the connection into the settings."""
    settings = desk.root / "tsunagu.yaml"
    kept = settings.read_text().partition("microsoft:")[0]
    told = f"microsoft: {{tenant: tsunagu.example, client: tsunagu-client, {how}}}"
    settings.write_text(f"{kept}{told}\ncalendars: {{default: microsoft}}\n")


def of_calendars(desk: Desk, *words: str) -> dict[str, str]:
    """Give the line about calendars."""
    lines = desk.type("doctor", "--json", *words).json
    (line,) = [one for one in lines if "Microsoft" in one["about"]]
    found: dict[str, str] = line
    return found


def test_the_doctor_says_who_we_are_and_whose_time_we_see(desk: Desk, server: GraphServer) -> None:
    """One question for all colleagues, and nothing is written anywhere."""
    line = of_calendars(desk)

    assert line["how"] == "fine"
    assert "tsunagu-client (tsunagu.example)" in line["sentence"]
    assert "2 人" in line["sentence"]
    assert [one.path.rpartition("/")[2] for one in server.graph.seen] == ["getSchedule"]


def test_the_doctor_names_whose_calendar_is_missing(desk: Desk, server: GraphServer) -> None:
    """A mentor who left: everybody else goes on."""
    server.graph.office.dismiss(STAFF[0])

    line = of_calendars(desk)

    assert line["how"] == "warning"
    assert STAFF[0] in line["sentence"]
    assert "ErrorMailRecipientNotFound" in line["sentence"]


def test_the_doctor_tells_of_a_right_that_is_missing(desk: Desk, server: GraphServer) -> None:
    """What Exchange calls it, and the page that says what an administrator types."""
    server.graph.bad_day.denied.update(STAFF)

    line = of_calendars(desk)

    assert line["how"] == "broken"
    assert "ErrorAccessDenied" in line["sentence"]
    assert "docs/connecting.md" in line["do"]


def test_the_doctor_tells_of_a_secret_that_expired(desk: Desk, server: GraphServer) -> None:
    """By the number under which Microsoft explains it, and without the secret."""
    server.login.wrong = 7000222

    line = of_calendars(desk)

    assert line["how"] == "broken"
    assert "AADSTS7000222" in line["sentence"]
    assert server.login.secret not in line["sentence"]


def test_the_doctor_asks_nobody_when_told_so(desk: Desk, server: GraphServer) -> None:
    """`--offline` reads the settings and goes no further."""
    line = of_calendars(desk, "--offline")

    assert line["how"] == "fine"
    assert server.login.asked == []


@pytest.mark.parametrize("how", ["cloud: global", "certificate: keys/gone.pem"])
def test_a_connection_without_a_key_is_told(desk: Desk, how: str) -> None:
    """Nobody can sign in with nothing, nor with a file that is not there."""
    connect(desk, how)

    line = of_calendars(desk)

    assert line["how"] == "broken"
    assert line["do"]
