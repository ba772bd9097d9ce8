"""HR's mailbox is at Gmail: the same command, the same mails, against a server of Google's HTTP."""

import json
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.cli.desk import Desk, lay_out
from tests.servers.google import GoogleWorld, google_world, service_account
from worker.settings.load import load_settings

HR = "saiyo@example.co.jp"
OVER_SMTP = "    smtp: {host: 127.0.0.1, port: 2525, tls: none}\n"


@pytest.fixture
def world() -> Iterator[GoogleWorld]:
    """Google on this machine, where HR has a mailbox."""
    with google_world() as running:
        running.google.employ(HR)
        yield running


@pytest.fixture
def desk(tmp_path: Path, world: GoogleWorld) -> Desk:
    """A workspace with people, that sends through Gmail."""
    desk = lay_out(tmp_path / "hr")
    (desk.root / "google.json").write_text(json.dumps(dict(service_account(world.google))))
    settings = desk.root / "tsunagu.yaml"
    settings.write_text(
        settings.read_text().replace(OVER_SMTP, f"    google: {{account: {HR}}}\n")
        + f"google: {{service_account: google.json, endpoint: '{world.google.endpoint}'}}\n"
    )
    for table in ("staff", "people"):
        assert desk.type(table, "import").status == 0
    return desk


def work(desk: Desk, world: GoogleWorld, *instants: str) -> None:
    """Let the worker look at each of these moments, until nothing is due."""
    for instant in instants:
        world.clock.turn_to(desk.at(instant).now)
        done = desk.type("up", "--until-idle")
        assert done.status == 0, done.err


def sent_to(world: GoogleWorld) -> list[str]:
    """Give who found a mail in their mailbox."""
    return [one.recipient for one in world.google.mailboxes.arrived]


def test_mails_leave_from_the_real_mailbox_of_hr(desk: Desk, world: GoogleWorld) -> None:
    """Each once, and HR finds them among what it has sent."""
    work(desk, world, "2026-04-01 08:00", "2026-04-01 10:00")

    assert sent_to(world) == ["aoi@example.jp"]
    box = world.google.mailboxes.box(HR)
    assert box is not None
    (message,) = box.messages.values()
    assert message.labels == frozenset({"SENT"})
    subject = message_from_bytes(message.raw, policy=policy.default)["Subject"]
    assert subject == "内定おめでとうございます"


def test_an_answer_in_gmail_stops_the_reminder(desk: Desk, world: GoogleWorld) -> None:
    """Aoi writes back; a week later nobody asks her again."""
    work(desk, world, "2026-04-01 08:00", "2026-04-01 10:00")
    (mail,) = world.google.mailboxes.arrived
    told = message_from_bytes(mail.content, policy=policy.default)
    answer = (
        f"From: aoi@example.jp\r\nTo: {HR}\r\nSubject: Re: {told['Subject']}\r\n"
        f"Message-ID: <reply@example.jp>\r\nIn-Reply-To: {told['Message-ID']}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nありがとうございます。\r\n"
    )
    world.clock.turn_to(desk.at("2026-04-02 09:00").now)
    world.google.mailboxes.receive(HR, answer.encode())

    work(desk, world, "2026-04-02 12:00", "2026-04-06 10:00", "2026-04-08 10:00")

    assert sent_to(world).count("aoi@example.jp") == 1


def test_a_lost_answer_of_gmail_is_no_second_mail(desk: Desk, world: GoogleWorld) -> None:
    """Gmail had not obeyed: a quarter of an hour later that is certain, and it goes out, once."""
    world.google.mailboxes.receive(HR, b"Subject: something else\r\n\r\nx")
    work(desk, world, "2026-04-01 08:00")
    world.google.faults.drops = 2  # the draft, and then its sending

    work(desk, world, "2026-04-01 10:00", "2026-04-01 10:10")
    between = sent_to(world)
    work(desk, world, "2026-04-01 10:40", "2026-04-01 11:30")

    assert between == []
    assert sent_to(world) == ["aoi@example.jp"]
    box = world.google.mailboxes.box(HR)
    assert box is not None
    assert box.drafts == {}


def test_a_right_that_was_taken_back_stops_the_mailbox_until_it_is_mended(
    desk: Desk, world: GoogleWorld
) -> None:
    """Told in the status with what Google calls it; afterwards everything goes on, once."""
    work(desk, world, "2026-04-01 08:00")
    world.revoke(HR)
    work(desk, world, "2026-04-01 10:00")
    stopped = desk.type("status")
    world.google.sign_ins.revoked.clear()

    released = desk.type("release", "--lane", "mail:hr")
    work(desk, world, "2026-04-01 11:00")

    assert "invalid_grant" in stopped.out
    assert released.status == 0, released.err
    assert sent_to(world) == ["aoi@example.jp"]


def test_the_doctor_signs_in_to_gmail(desk: Desk, world: GoogleWorld) -> None:
    """One line: who we are, and whether mail could leave."""
    fine = desk.type("doctor")
    world.google.sign_ins.delegated.clear()
    broken = desk.type("doctor")
    told = desk.type("doctor", "--json").json

    assert f"Gmail {HR} はメールを受け取る" in fine.out
    assert broken.status == 2
    (line,) = [one for one in told if one["about"].startswith("hr <")]
    assert "unauthorized_client" in line["sentence"]
    assert "docs/connecting.md" in line["do"]


def test_gmails_own_limits_hold_where_none_are_written(desk: Desk) -> None:
    """Fifty a minute and two thousand a day, or what the settings say."""
    told = desk.type("doctor", "--offline", "--json").json

    settings = load_settings(desk.root / "tsunagu.yaml", needs_secrets=False).standing()

    limits = settings.mailboxes["hr"].limits
    assert (limits.per_minute, limits.per_day) == (50, 200)
    assert [one["how"] for one in told if one["about"].startswith("hr <")] == ["fine"]
