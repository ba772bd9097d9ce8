"""HR's mailbox is reached by its provider's SMTP and IMAP servers, and no password is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from integrations.localgraph.server import GraphServer
from tests.cli.desk import Desk, lay_out
from tests.servers.certificates import Certificates
from tests.servers.faulty import FaultyServer, faulty_server
from tests.servers.faulty_imap import FaultyImap, faulty_imap
from tests.world import HandClock
from worker.settings.load import load_settings

HR = "saiyo@example.co.jp"
OVER_SMTP = "    smtp: {host: 127.0.0.1, port: 2525, tls: none}\n"


@dataclass
class Office:
    """A workspace, its provider's sign-in, and its provider's mail servers."""

    desk: Desk
    graph: GraphServer
    smtp: FaultyServer
    imap: FaultyImap

    def work(self, *instants: str) -> None:
        """Let the worker look at each of these moments, until nothing is due."""
        for instant in instants:
            done = self.desk.at(instant).type("up", "--until-idle")
            assert done.status == 0, done.err

    @property
    def arrived(self) -> list[str]:
        """Give who got a mail."""
        return [one.recipient for one in self.smtp.mails]


@pytest.fixture
def office(tmp_path: Path, certificates: Certificates) -> Iterator[Office]:
    """A person who is to sign in at Microsoft; the mail servers take tokens, and nothing else."""
    clock = HandClock("2026-04-01 08:00")
    with GraphServer(certificates.server_context(), clock.now) as graph:
        login = graph.login
        login.account, login.typed_in = HR, True

        def whose(token: str) -> str:
            rights = login.rights.get(token, frozenset())
            is_theirs = any("outlook.office.com" in one for one in rights)
            return login.valid.get(token, "") if is_theirs else ""

        smtp = FaultyServer(user=HR, methods="XOAUTH2", takes=whose)
        imap = FaultyImap(takes=whose)
        with faulty_server(smtp), faulty_imap(imap):
            desk = lay_out(tmp_path / "hr")
            settings = desk.root / "tsunagu.yaml"
            there = "host: localhost, tls: none, sign_in: microsoft"
            settings.write_text(
                settings.read_text().replace(
                    OVER_SMTP,
                    f"    smtp: {{{there}, port: {smtp.port}}}\n"
                    f"    imap: {{{there}, port: {imap.port}}}\n",
                )
                + f"microsoft: {{user: {HR}, tenant: t, client: tsunagu-client,"
                f" authority: '{graph.url}', ca: {certificates.ca_file}}}\n"
            )
            for table in ("staff", "people"):
                assert desk.type(table, "import").status == 0
            yield Office(desk, graph, smtp, imap)


def test_one_sign_in_sends_and_reads(office: Office) -> None:
    """One code, for the two rights at the mail servers alone; then mails leave, each once."""
    page = office.desk.type("connect", "microsoft", "--device")
    doctor = office.desk.type("doctor")
    office.work("2026-04-01 08:00", "2026-04-01 10:00")

    (rights,) = office.graph.login.consented.values()
    assert page.out.count("ABCD-EFGH") == 1
    assert sorted(one.rpartition("/")[2] for one in rights) == [
        "IMAP.AccessAsUser.All",
        "SMTP.Send",
    ]
    assert "メールを受け取る" in doctor.out
    assert office.arrived == ["aoi@example.jp"]
    assert office.imap.said("XOAUTH2")


def test_before_anybody_connects_doctor_says_what_to_type(office: Office) -> None:
    """And what is due waits."""
    page = office.desk.type("doctor")

    assert page.status == 2
    assert "tsunagu connect microsoft" in page.out


def test_a_withdrawn_sign_in_stops_the_mailbox_until_somebody_connects_again(
    office: Office,
) -> None:
    """Told by `status`; the mail that waited leaves once, without a `release`."""
    office.desk.type("connect", "microsoft", "--device")
    office.work("2026-04-01 08:00")
    office.graph.login.withdraw()
    office.work("2026-04-01 10:00", "2026-04-01 10:30", "2026-04-01 11:00")
    status = office.desk.type("status")
    before = list(office.arrived)

    again = office.desk.type("connect", "microsoft", "--device")
    office.work("2026-04-01 11:10")

    assert before == []
    assert "tsunagu release" in status.out
    assert "hr を動かしました" in again.out
    assert office.arrived == ["aoi@example.jp"]


@pytest.mark.parametrize(
    ("provider", "connection", "host", "limits"),
    [
        ("google", "google: {user: a@b.jp}", "smtp.gmail.com", (None, 2_000)),
        ("microsoft", "microsoft: {tenant: t, client: c}", "smtp.office365.com", (30, 10_000)),
    ],
)
def test_the_providers_name_is_all_there_is_to_write(
    tmp_path: Path, provider: str, connection: str, host: str, limits: tuple[int | None, int]
) -> None:
    """Its server, encrypted; the address as the user; its limits."""
    path = tmp_path / "tsunagu.yaml"
    path.write_text(
        "company: {name: つなぐ}\n"
        f"mailboxes: {{hr: {{address: {HR}, smtp: {{sign_in: {provider}}},"
        f" imap: {{sign_in: {provider}}}}}}}\n{connection}\n"
    )

    box = load_settings(path).standing().mailboxes["hr"]

    assert box.smtp is not None
    assert box.imap is not None
    assert (box.smtp.host, box.smtp.port, box.smtp.tls, box.smtp.user) == (
        host,
        587,
        "starttls",
        HR,
    )
    assert (box.imap.port, box.imap.tls, box.imap.user) == (993, "implicit", HR)
    assert (box.limits.per_minute, box.limits.per_day) == limits
