"""What `doctor` says of the DNS, of clocks, of what is left today, and of a store that is away."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integrations.localgraph.server import GraphServer
from tests.cli.desk import Desk, lay_out
from tests.servers.certificates import Certificates
from tests.servers.faulty import FaultyServer, faulty_server
from tests.servers.faulty_imap import FaultyImap, Say, faulty_imap
from tests.servers.google import google_world, service_account
from tests.servers.names import names
from tests.world import HandClock

HR = "saiyo@example.co.jp"
OVER_SMTP = "    smtp: {host: 127.0.0.1, port: 2525, tls: none}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace, with people."""
    desk = lay_out(tmp_path / "hr")
    for table in ("staff", "people"):
        assert desk.type(table, "import").status == 0
    return desk


def line(desk: Desk, about: str, *words: str) -> dict[str, str]:
    """Give the one line of the doctor's about something."""
    told = desk.type("doctor", "--json", *words).json
    (found,) = [one for one in told if one["about"] == about]
    one: dict[str, str] = found
    return one


def edit(desk: Desk, old: str, new: str) -> None:
    """Change the settings."""
    path = desk.root / "tsunagu.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_the_domain_of_each_address_is_looked_at_once(desk: Desk) -> None:
    """What is missing, with the record to write; what is there, with what it says."""
    other = "other: {address: other@Example.co.jp, smtp: {host: 127.0.0.1}}"
    edit(desk, "mailboxes:\n", f"mailboxes:\n  {other}\n")
    texts = {
        "example.co.jp": ["v=spf1 ip4:192.0.2.1 -all"],
        "s1._domainkey.example.co.jp": ["v=DKIM1; p=AAAA"],
    }
    with names(texts) as server:
        told = line(desk, "ドメイン example.co.jp", "--dns", server.place)

    assert told["how"] == "warning"
    assert told["sentence"] == "SPF はよい; DKIM の鍵がある（s1）; DMARC がありません"
    assert "_dmarc.example.co.jp" in told["do"]


def test_domains_that_nobody_can_own_are_not_asked_for(desk: Desk) -> None:
    """Nor is anybody when told so."""
    with names({}) as server:
        plain = desk.type("doctor", "--json").json
        offline = desk.type("doctor", "--json", "--offline", "--dns", server.place).json

    assert [one for one in plain + offline if one["about"].startswith("ドメイン")] == []
    assert server.asked == []


def test_a_mailbox_says_what_is_left_today(desk: Desk) -> None:
    """From the ledger that all workers share: one of two hundred has left."""
    with faulty_server(FaultyServer()) as server:
        edit(desk, "port: 2525", f"port: {server.port}")
        before = line(desk, f"hr <{HR}>")
        for instant in ("2026-04-01 08:00", "2026-04-01 10:00"):
            desk.at(instant).type("up", "--until-idle")
        after = line(desk, f"hr <{HR}>")

    assert "200 通のうち、あと 200 通" in before["sentence"]
    assert "200 通のうち、あと 199 通" in after["sentence"]


def test_a_mailbox_that_is_read_has_a_line_of_its_own(desk: Desk) -> None:
    """Sending may work where reading does not."""
    imap = FaultyImap(script={"LOGIN": [None, Say("{tag} NO [AUTHENTICATIONFAILED] no\r\n")]})
    with faulty_imap(imap):
        there = f"{{host: 127.0.0.1, port: {imap.port}, tls: none, user: hr, password: '${{P}}'}}"
        edit(desk, OVER_SMTP, f"{OVER_SMTP}    imap: {there}\n")
        (desk.root / ".env").write_text("P=a-long-word\n")
        fine, broken = line(desk, "hr の受信"), line(desk, "hr の受信")
        (desk.root / ".env").unlink()
        missing = line(desk, "hr の受信")

    assert fine["how"] == "fine"
    assert broken["how"] == "broken"
    assert "AUTHENTICATIONFAILED" in broken["sentence"]
    assert "openssl" in broken["do"]
    assert "IMAP_PASSWORD" in missing["do"]


def test_the_rights_we_have_at_google_are_named(desk: Desk) -> None:
    """And no more than these are asked for."""
    with google_world() as world:
        world.google.employ(HR)
        (desk.root / "google.json").write_text(json.dumps(dict(service_account(world.google))))
        edit(desk, OVER_SMTP, f"    google: {{account: {HR}}}\n")
        edit(
            desk,
            "mailboxes:\n",
            f"google: {{service_account: google.json, endpoint: '{world.google.endpoint}'}}\n"
            "mailboxes:\n",
        )
        told = line(desk, f"hr <{HR}>")

    assert "gmail.compose, gmail.readonly" in told["sentence"]
    assert told["how"] == "fine"


@pytest.fixture
def microsoft(desk: Desk, certificates: Certificates) -> Iterator[GraphServer]:
    """Microsoft, where HR has a mailbox."""
    clock = HandClock("2026-04-01 08:00")
    with GraphServer(certificates.server_context(), clock.now) as server:
        server.graph.office.employ(HR)
        addresses = f"authority: '{server.url}', endpoint: '{server.url}'"
        told = f"{{tenant: t, client: tsunagu-client, secret: '${{S}}', {addresses}"
        edit(desk, OVER_SMTP, f"    microsoft: {{account: {HR}}}\n")
        edit(desk, "mailboxes:\n", f"microsoft: {told}, ca: {certificates.ca_file}}}\nmailboxes:\n")
        (desk.root / ".env").write_text(f"S={server.login.secret}\n")
        yield server


def test_rights_that_reach_every_mailbox_are_too_much(desk: Desk, microsoft: GraphServer) -> None:
    """Given in Entra they reach the whole company; given in Exchange they stand in no token."""
    right = line(desk, f"hr <{HR}>")
    microsoft.login.roles.update({"Mail.Send", "Mail.ReadWrite", "User.Read.All"})
    microsoft.login.expire()
    much = line(desk, f"hr <{HR}>")
    much = line(desk, f"hr <{HR}>")

    assert right["how"] == "fine"
    assert much["how"] == "warning"
    assert "Mail.ReadWrite, Mail.Send は会社のすべて" in much["sentence"]
    assert "docs/connecting.md" in much["do"]


@pytest.mark.parametrize(
    ("ahead", "how", "said"),
    [
        (timedelta(), "fine", "Microsoft の時計と合っている"),
        (timedelta(seconds=40), "warning", "遅れています"),
        (timedelta(minutes=-20), "broken", "進んでいます"),
    ],
)
def test_a_clock_that_is_wrong_is_told(
    desk: Desk, microsoft: GraphServer, ahead: timedelta, how: str, said: str
) -> None:
    """Beside the date that the provider writes over its answers."""
    microsoft.shown = lambda: datetime.now(UTC) + ahead  # noqa: TID251 - compared with the machine's own
    told = line(desk, "時計")

    assert told["how"] == how
    assert said in told["sentence"]


def test_a_clock_that_cannot_be_seen_is_told(desk: Desk, microsoft: GraphServer) -> None:
    """It may be right."""
    microsoft.silence()
    told = line(desk, "時計")
    microsoft.speak()

    assert told["how"] == "warning"
    assert "わかりません" in told["sentence"]


def test_a_store_that_is_away_says_nothing_about_playbooks(desk: Desk) -> None:
    """The database's trouble is told once, and what does not hang on it is looked at."""
    edit(desk, "company:\n", "store: postgresql://hr@127.0.0.1:1/hr\ncompany:\n")
    page = desk.type("doctor", "--json")

    by_about = {one["about"]: one for one in page.json}
    assert page.status == 2
    assert "読めません" not in page.out
    assert by_about["プレイブック"]["how"] == "warning"
    assert "記録が使えない" in by_about["プレイブック"]["sentence"]
    assert by_about["記録"]["how"] == "broken"
    assert f"hr <{HR}>" in by_about


def test_a_channel_that_is_set_up_is_told_of(desk: Desk) -> None:
    """Nothing is sent there by this release, and nobody shall wait for it."""
    edit(desk, "mailboxes:\n", "channels: {slack: {token: '${T}'}}\nmailboxes:\n")
    (desk.root / ".env").write_text("T=x\n")
    told = line(desk, "slack")

    assert told["how"] == "warning"
    assert "まだ送りません" in told["sentence"]


def test_who_is_told_that_a_mailbox_stopped_is_said_beforehand(desk: Desk) -> None:
    """With one mailbox nobody can be; with another it is said who, and from where."""
    alone = line(desk, "担当者へのお知らせ", "--offline")
    other = "president: {address: president@example.co.jp, smtp: {host: 127.0.0.1, tls: none}}"
    edit(desk, "mailboxes:\n", f"mailboxes:\n  {other}\n")

    two = line(desk, "担当者へのお知らせ", "--offline")

    assert alone["how"] == "warning"
    assert "mailboxes" in alone["do"]
    assert two["how"] == "fine"
    assert "花田 花" in two["sentence"]
    assert "president" in two["sentence"]


def test_a_webhook_is_told_of_and_not_called(desk: Desk) -> None:
    """Where it goes, and that what goes in clear can be read by everybody on the way."""
    hooks = "webhooks: {crm: {secret: '${S}', url: 'https://crm.example/in'}, "
    hooks += "old: {secret: '${S}', url: 'http://old.example/in'}, any: {secret: '${S}'}}\n"
    edit(desk, "mailboxes:\n", f"{hooks}mailboxes:\n")
    (desk.root / ".env").write_text("S=secret\n")

    told = {name: line(desk, f"Webhook {name}", "--offline") for name in ("crm", "old", "any")}

    assert [told[name]["how"] for name in ("crm", "old", "any")] == ["fine", "warning", "fine"]
    assert "crm.example" in told["crm"]["sentence"]
    assert "webhooks" in told["old"]["do"]
