"""HR's mailbox is at Microsoft 365: the same command, the same mails, against the stand-in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from integrations.localgraph.mailroom import Mailroom
from integrations.localgraph.server import GraphServer
from tests.cli.desk import Desk, lay_out
from tests.servers.certificates import Certificates
from tests.world import HandClock
from worker.settings.load import load_settings

HR = "saiyo@example.co.jp"
OVER_SMTP = "    smtp: {host: 127.0.0.1, port: 2525, tls: none}\n"


@dataclass
class Office:
    """A workspace that sends through Microsoft, and Microsoft."""

    desk: Desk
    server: GraphServer
    clock: HandClock

    @property
    def room(self) -> Mailroom:
        """Give the mail there."""
        return self.server.graph.mailroom

    def work(self, *instants: str) -> None:
        """Let the worker look at each of these moments, until nothing is due."""
        for instant in instants:
            self.turn_to(self.desk.at(instant).now)
            done = self.desk.type("up", "--until-idle")
            assert done.status == 0, done.err

    def turn_to(self, now: datetime) -> None:
        """Let time pass at Microsoft."""
        self.clock.turn_to(now)

    @property
    def arrived(self) -> list[str]:
        """Give who found a mail in their mailbox."""
        return [one.recipient for one in self.room.delivered]


@pytest.fixture
def office(tmp_path: Path, certificates: Certificates) -> Iterator[Office]:
    """A workspace with people, and a mailbox of HR's."""
    clock = HandClock("2026-04-01 08:00")
    with GraphServer(certificates.server_context(), clock.now) as server:
        server.graph.office.employ(HR)
        desk = lay_out(tmp_path / "hr")
        addresses = f"authority: '{server.url}', endpoint: '{server.url}'"
        told = f"{{tenant: t, client: tsunagu-client, secret: '${{S}}', {addresses}"
        settings = desk.root / "tsunagu.yaml"
        settings.write_text(
            settings.read_text().replace(OVER_SMTP, f"    microsoft: {{account: {HR}}}\n")
            + f"microsoft: {told}, ca: {certificates.ca_file}}}\n"
        )
        (desk.root / ".env").write_text(f"S={server.login.secret}\n")
        (desk.root / ".env").chmod(0o600)
        for table in ("staff", "people"):
            assert desk.type(table, "import").status == 0
        yield Office(desk, server, clock)


def test_mails_leave_from_the_real_mailbox_of_hr(office: Office) -> None:
    """Each once, and HR finds them among what it has sent."""
    office.work("2026-04-01 08:00", "2026-04-01 10:00")

    assert office.arrived == ["aoi@example.jp"]
    (message,) = office.room.box(HR).messages.values()
    assert message.folder == "sentitems"
    subject = message_from_bytes(message.raw, policy=policy.default)["Subject"]
    assert subject == "内定おめでとうございます"


def test_an_answer_at_microsoft_stops_the_reminder(office: Office) -> None:
    """Aoi writes back, into the junk folder even; a week later nobody asks her again."""
    office.work("2026-04-01 08:00", "2026-04-01 10:00")
    (mail,) = office.room.delivered
    told = message_from_bytes(mail.raw, policy=policy.default)
    answer = (
        f"From: aoi@example.jp\r\nTo: {HR}\r\nSubject: Re: {told['Subject']}\r\n"
        f"Message-ID: <reply@example.jp>\r\nIn-Reply-To: {told['Message-ID']}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nありがとうございます。\r\n"
    )
    office.turn_to(office.desk.at("2026-04-02 09:00").now)
    office.room.deliver(HR, answer.encode(), folder="junkemail")

    office.work("2026-04-02 12:00", "2026-04-06 10:00", "2026-04-08 10:00")

    assert office.arrived.count("aoi@example.jp") == 1


def test_a_lost_answer_of_microsoft_is_no_second_mail(office: Office) -> None:
    """Nothing was sent: a quarter of an hour later that is certain, and it goes out, once."""
    office.work("2026-04-01 08:00")
    lost = iter([504])
    office.server.before = lambda _, path: next(lost, 0) if path.endswith("/send") else 0

    office.work("2026-04-01 10:00", "2026-04-01 10:10")
    between = list(office.arrived)
    office.work("2026-04-01 10:40", "2026-04-01 11:30")

    assert between == []
    assert office.arrived == ["aoi@example.jp"]
    assert {one.folder for one in office.room.box(HR).messages.values()} == {"sentitems"}


def test_the_doctor_signs_in_to_microsoft(office: Office) -> None:
    """One line: who we are, and whether mail could leave."""
    fine = office.desk.type("doctor")
    office.server.graph.bad_day.denied.add(HR)
    broken = office.desk.type("doctor")
    told = office.desk.type("doctor", "--json").json

    assert f"Microsoft 365 {HR} はメールを受け取る" in fine.out
    assert broken.status == 2
    (line,) = [one for one in told if one["about"].startswith("hr <")]
    assert "ErrorAccessDenied" in line["sentence"]
    assert "docs/connecting.md" in line["do"]


def test_exchanges_own_limits_hold_where_none_are_written(office: Office) -> None:
    """Thirty a minute and ten thousand a day, or what the settings say."""
    told = office.desk.type("doctor", "--offline", "--json").json

    path = office.desk.root / "tsunagu.yaml"
    limits = load_settings(path, needs_secrets=False).standing().mailboxes["hr"].limits

    assert (limits.per_minute, limits.per_day) == (30, 200)
    assert [one["how"] for one in told if one["about"].startswith("hr <")] == ["fine"]
