"""`tsunagu connect microsoft`: a person allows us to act for them, here or on another device."""

import re
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from stat import S_IMODE
from threading import Thread

import httpx
import pytest

from integrations.localgraph.server import GraphServer
from integrations.tls import trust
from tests.cli.desk import Desk, Typed, lay_out
from tests.servers.certificates import Certificates
from tests.world import HandClock
from worker.cli import connect
from worker.cli.mistakes import Wrong
from worker.cli.play import JumpingClock
from worker.cli.session import Session

HR = "saiyo@example.co.jp"
SHARED = "naitei@example.co.jp"
GRAPH = "https://graph.microsoft.com/"
OVER_SMTP = "    smtp: {host: 127.0.0.1, port: 2525, tls: none}\n"


@dataclass
class Office:
    """A workspace that has not connected yet, and Microsoft."""

    desk: Desk
    server: GraphServer
    clock: HandClock
    certificates: Certificates

    @property
    def arrived(self) -> list[str]:
        """Give who found a mail in their mailbox."""
        return [one.recipient for one in self.server.graph.mailroom.delivered]

    def work(self, *instants: str) -> None:
        """Let the worker look at each of these moments, until nothing is due."""
        for instant in instants:
            self.clock.turn_to(self.desk.at(instant).now)
            done = self.desk.type("up", "--until-idle")
            assert done.status == 0, done.err

    def device(self) -> Typed:
        """Type `tsunagu connect microsoft --device`, and the code elsewhere."""
        self.server.login.typed_in = True
        return self.desk.type("connect", "microsoft", "--device")

    def visit(self, url: str) -> None:
        """Open a page as a browser does, and send its form on to this machine."""
        shown = httpx.get(url, verify=trust(str(self.certificates.ca_file))).text
        action = re.findall(r'action="([^"]*)"', shown)
        form = dict(re.findall(r'name="([^"]*)" value="([^"]*)"', shown))
        assert "閉じて" in httpx.post(action[0], data=form).text

    def browser(self) -> str:
        """Type `tsunagu connect microsoft` with a browser at hand; gives what was written."""
        arguments = Namespace(
            workspace=str(self.desk.root),
            json=False,
            provider="microsoft",
            paste=False,
            device=False,
            keyring=False,
            forget=False,
        )
        out = StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            session = Session(arguments, "ja", JumpingClock(self.desk.now))
            browsers: list[Thread] = []

            def open_page(url: str) -> None:
                browsers.append(Thread(target=self.visit, args=(url,)))
                browsers[-1].start()

            try:
                connect.run(arguments, session, open_page=open_page)
            finally:
                for browser in browsers:
                    browser.join()
                session.close()
        return out.getvalue()


@pytest.fixture
def office(tmp_path: Path, certificates: Certificates) -> Iterator[Office]:
    """A workspace with people, HR's mailbox at Microsoft and another one by SMTP."""
    clock = HandClock("2026-04-01 08:00")
    with GraphServer(certificates.server_context(), clock.now) as server:
        for address in (HR, SHARED):
            server.graph.office.employ(address)
        server.login.account = HR
        desk = lay_out(tmp_path / "hr")
        addresses = f"authority: '{server.url}', endpoint: '{server.url}'"
        told = f"{{user: {HR}, tenant: t, client: tsunagu-client, {addresses}"
        settings = desk.root / "tsunagu.yaml"
        settings.write_text(
            settings.read_text().replace(OVER_SMTP, f"    microsoft: {{account: {HR}}}\n")
            + f"microsoft: {told}, ca: {certificates.ca_file}}}\n"
        )
        for table in ("staff", "people"):
            assert desk.type(table, "import").status == 0
        yield Office(desk, server, clock, certificates)


def edit(desk: Desk, change: Callable[[str], str]) -> None:
    """Have somebody change the settings."""
    path = desk.root / "tsunagu.yaml"
    path.write_text(change(path.read_text()))


def test_a_person_connects_in_a_browser_and_mails_leave(office: Office) -> None:
    """One page; then the doctor is content, and mails leave from the mailbox, each once."""
    said = office.browser()

    doctor = office.desk.type("doctor")
    office.work("2026-04-01 08:00", "2026-04-01 10:00")

    assert f"{HR} とつながりました" in said
    assert f"Microsoft 365 {HR} はメールを受け取る" in doctor.out
    assert office.arrived == ["aoi@example.jp"]


def test_a_person_connects_on_another_device(office: Office) -> None:
    """Where this machine has no browser: an address and a code, and the same comes of it."""
    page = office.device()

    assert page.status == 0, page.err
    assert f"{office.server.url}/device" in page.out
    assert "ABCD-EFGH" in page.out
    assert office.desk.type("doctor").status == 0


def test_no_more_is_asked_for_than_is_used(office: Office) -> None:
    """A mailbox, and no calendar; that of a colleague only where one is named."""
    office.browser()
    edit(office.desk, lambda text: text.replace(f"account: {HR}", f"account: {SHARED}"))
    office.browser()
    edit(
        office.desk,
        lambda text: (
            text.replace(f"    microsoft: {{account: {SHARED}}}\n", OVER_SMTP)
            + "calendars: {default: microsoft}\nmeetings: {organiser: hr}\n"
        ),
    )
    office.browser()

    asked = [
        sorted(one.removeprefix(GRAPH) for one in page["scope"].split() if one.startswith(GRAPH))
        for page in office.server.login.asked_pages
    ]
    assert asked == [
        ["Mail.ReadWrite", "Mail.Send"],
        ["Mail.ReadWrite", "Mail.ReadWrite.Shared", "Mail.Send", "Mail.Send.Shared"],
        ["Calendars.ReadWrite"],
    ]


def test_mails_leave_from_a_mailbox_that_a_person_shares(office: Office) -> None:
    """HR's address is often nobody's own: whoever may use it signs in."""
    edit(office.desk, lambda text: text.replace(f"account: {HR}", f"account: {SHARED}"))
    office.server.graph.shared.add((SHARED, HR))
    office.browser()

    office.work("2026-04-01 08:00", "2026-04-01 10:00")

    (message,) = office.server.graph.mailroom.box(SHARED).messages.values()
    assert office.arrived == ["aoi@example.jp"]
    assert message.folder == "sentitems"


def test_what_is_kept_is_sealed(office: Office) -> None:
    """No token can be read in the file, and both files are their owner's alone."""
    office.browser()

    kept, key = office.desk.root / ".tsunagu" / "sign-ins.json", office.desk.root / ".env"

    assert [one for one in office.server.login.refreshing if one in kept.read_text()] == []
    assert [S_IMODE(path.stat().st_mode) for path in (kept, key)] == [0o600, 0o600]
    key.unlink()
    page = office.desk.type("doctor")
    assert page.status == 2
    assert "tsunagu connect" in page.out


def test_a_right_taken_back_stops_that_mailbox_until_somebody_connects_again(
    office: Office,
) -> None:
    """It is told, nothing is lost, and the mail that waited leaves once, without a `release`."""
    office.device()
    office.work("2026-04-01 08:00")
    office.server.login.withdraw()
    office.work("2026-04-01 10:00", "2026-04-01 10:30", "2026-04-01 11:00")
    status = office.desk.type("status")
    before = list(office.arrived)
    asked = len(office.server.login.asked)
    office.work("2026-04-01 11:05")
    still = len(office.server.login.asked)

    again = office.device()
    office.work("2026-04-01 11:10")

    assert before == []
    assert "sign in anew" in status.out
    assert "hr を動かしました" in again.out
    assert office.arrived == ["aoi@example.jp"]
    assert still - asked <= 1  # the mailbox is looked into, and nothing is tried to be sent


def test_somebody_else_is_not_taken_for_hr(office: Office) -> None:
    """The browser was signed in as another person: who, is said; nothing is kept."""
    office.server.login.account = "sato@example.co.jp"

    with pytest.raises(Wrong) as refused:
        office.browser()

    assert "sato@example.co.jp" in str(refused.value.values["why"])
    assert not (office.desk.root / ".tsunagu" / "sign-ins.json").exists()


def test_a_no_is_a_no(office: Office) -> None:
    """Whoever does not allow it is told so, and nothing is kept."""
    office.server.login.refuses_consent = True

    with pytest.raises(Wrong) as refused:
        office.browser()

    assert "access_denied" in str(refused.value.values["why"])
    assert not (office.desk.root / ".tsunagu" / "sign-ins.json").exists()


def test_microsoft_that_is_away_is_told(office: Office) -> None:
    """Before any page is opened."""
    office.server.silence()

    page = office.desk.type("connect", "microsoft", "--device")
    office.server.speak()

    assert page.status == 2
    assert "つながりませんでした" in page.err


def test_a_sign_in_can_be_forgotten(office: Office) -> None:
    """Once; and told where Microsoft's own permission is taken back."""
    office.device()

    first = office.desk.type("connect", "microsoft", "--forget")
    second = office.desk.type("connect", "microsoft", "--forget")

    assert "myapps.microsoft.com" in first.out
    assert "ありません" in second.out
    assert "tsunagu connect microsoft" in office.desk.type("doctor").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("microsoft", "--paste"), "tsunagu connect microsoft --device"),
        (("google", "--device"), "tsunagu connect google --paste"),
    ],
)
def test_each_provider_has_its_own_way_elsewhere(
    office: Office, words: tuple[str, str], told: str
) -> None:
    """Google gives these rights for no typed code; Microsoft asks nobody to paste an address."""
    google = f"google: {{user: {HR}, client: c, client_secret: s}}\n"
    edit(office.desk, lambda text: text + google)

    page = office.desk.type("connect", *words)

    assert page.status == 2
    assert told in page.err


@pytest.mark.parametrize(
    ("microsoft", "told"),
    [
        ("", "user: saiyo@example.co.jp"),
        ("microsoft: {tenant: t, client: c}\n", "user: saiyo@example.co.jp"),
        (f"microsoft: {{tenant: t, client: c, user: {HR}, secret: '${{S}}'}}\n", "secret"),
    ],
)
def test_what_is_missing_is_said_before_anybody_is_asked(
    office: Office, microsoft: str, told: str
) -> None:
    """Each with what to write into the settings."""
    (office.desk.root / ".env").write_text("S=1\n")
    edit(
        office.desk,
        lambda text: (
            text.partition("microsoft: {user")[0].replace(
                f"    microsoft: {{account: {HR}}}\n", OVER_SMTP
            )
            + microsoft
        ),
    )

    page = office.desk.type("connect", "microsoft")

    assert page.status == 2
    assert told in page.err
