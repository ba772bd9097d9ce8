"""`tsunagu connect google`: a person allows us to act for them, in a browser that is a test's."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO, TextIOBase
from pathlib import Path
from stat import S_IMODE
from threading import Thread

import httpx
import pytest

from integrations.google.calendar import SCOPES as CALENDAR_SCOPES
from integrations.google.mailbox import SCOPES as MAIL_SCOPES
from tests.cli.desk import Desk, Typed, lay_out
from tests.servers.google import GoogleWorld, google_world
from worker.cli import connect
from worker.cli.mistakes import Wrong
from worker.cli.play import JumpingClock
from worker.cli.session import Session

HR = "saiyo@example.co.jp"
OVER_SMTP = "    smtp: {host: 127.0.0.1, port: 2525, tls: none}\n"


@pytest.fixture
def world() -> Iterator[GoogleWorld]:
    """Google on this machine, where HR has an account, and knows the application."""
    with google_world() as running:
        running.google.employ(HR, "sato@example.co.jp", "hana@example.co.jp")
        running.calendars.domains = frozenset({"example.co.jp"})
        running.google.sign_ins.clients["tsunagu"] = "shared"
        yield running


@pytest.fixture
def desk(tmp_path: Path, world: GoogleWorld) -> Desk:
    """A workspace that uses HR's mailbox and calendars, and has not connected yet."""
    desk = lay_out(tmp_path / "hr")
    settings = desk.root / "tsunagu.yaml"
    settings.write_text(
        settings.read_text().replace(OVER_SMTP, f"    google: {{account: {HR}}}\n")
        + f"google: {{user: {HR}, client: tsunagu, client_secret: shared,"
        f" endpoint: '{world.google.endpoint}'}}\n" + "calendars: {default: google}\n"
    )
    for table in ("staff", "people"):
        assert desk.type(table, "import").status == 0
    return desk


def visit(url: str) -> None:
    """Open a page as a browser does, and follow where it leads."""
    browser = httpx.get(url, follow_redirects=True)
    assert "閉じて" in browser.text


def in_a_browser(desk: Desk) -> str:
    """Type `tsunagu connect google`, with a browser at hand; gives what was written."""
    arguments = Namespace(
        workspace=str(desk.root),
        json=False,
        provider="google",
        paste=False,
        device=False,
        keyring=False,
        forget=False,
    )
    out = StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        session = Session(arguments, "ja", JumpingClock(desk.now))
        browsers: list[Thread] = []

        def open_page(url: str) -> None:
            browsers.append(Thread(target=visit, args=(url,)))
            browsers[-1].start()

        try:
            connect.run(arguments, session, open_page=open_page)
        finally:
            for browser in browsers:
                browser.join()
            session.close()
    return out.getvalue()


class Elsewhere(TextIOBase):
    """Somebody at another computer: opens the address that was written, and types what came."""

    def __init__(self, typed: str = "") -> None:
        self._typed = typed

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override] # noqa: ARG002 - as its parent has it
        """Give the address of the page that could not be opened there."""
        if self._typed:
            return self._typed
        shown = sys.stdout
        assert isinstance(shown, StringIO)
        (url,) = [word for word in shown.getvalue().split() if word.startswith("http")]
        return f"{httpx.get(url).headers['location']}\n"


@contextmanager
def typing(keys: TextIOBase) -> Iterator[None]:
    """Let somebody else sit at the keyboard."""
    before, sys.stdin = sys.stdin, keys
    try:
        yield
    finally:
        sys.stdin = before


def paste(desk: Desk, keys: TextIOBase) -> Typed:
    """Type `tsunagu connect google --paste`."""
    with typing(keys):
        return desk.type("connect", "google", "--paste")


def test_a_person_connects_and_everything_works(desk: Desk, world: GoogleWorld) -> None:
    """One page in the browser; then the doctor is content, and mails leave from the mailbox."""
    said = in_a_browser(desk)

    doctor = desk.type("doctor")
    world.clock.turn_to(desk.at("2026-04-01 08:00").now)
    for instant in ("2026-04-01 08:00", "2026-04-01 10:00"):
        assert desk.at(instant).type("up", "--until-idle").status == 0

    assert f"{HR} とつながりました" in said
    assert f"Gmail {HR} はメールを受け取る" in doctor.out
    assert f"{HR} は 2 人の空き時間がわかる" in doctor.out
    assert [one.recipient for one in world.google.mailboxes.arrived] == ["aoi@example.jp"]
    assert {one.person for one in world.google.requests} == {HR}


def test_what_is_kept_signs_nobody_in_without_its_key(desk: Desk, world: GoogleWorld) -> None:
    """The sign-in is sealed, the key lies in `.env`, and both are their owner's alone."""
    in_a_browser(desk)

    kept, key = desk.root / ".tsunagu" / "sign-ins.json", desk.root / ".env"
    (refresh_token,) = world.google.sign_ins.refresh_tokens

    assert refresh_token not in kept.read_text()
    assert [S_IMODE(path.stat().st_mode) for path in (kept, key)] == [0o600, 0o600]
    key.unlink()
    page = desk.type("doctor")
    assert page.status == 2
    assert "tsunagu connect google" in page.out


def test_a_key_that_is_there_already_is_used(desk: Desk) -> None:
    """Connecting again makes no second key, and leaves the rest of `.env` alone."""
    (desk.root / ".env").write_text("OTHER=1")
    in_a_browser(desk)
    before = (desk.root / ".env").read_text()

    again = in_a_browser(desk)

    assert before.startswith("OTHER=1\nTSUNAGU_KEY=")
    assert before == (desk.root / ".env").read_text()
    assert "TSUNAGU_KEY" not in again


def test_where_there_is_no_browser_the_address_is_pasted(desk: Desk) -> None:
    """Google knows no code to type on another device for these rights."""
    page = paste(desk, Elsewhere())

    assert page.status == 0, page.err
    told = desk.type("doctor", "--json").json
    assert {one["how"] for one in told if "Google" in one["about"]} == {"fine"}


def test_an_address_of_somebody_elses_asking_is_refused(desk: Desk) -> None:
    """A link that was sent to us signs nobody in."""
    page = paste(desk, Elsewhere("http://127.0.0.1:1/?code=stolen&state=another\n"))

    assert page.status == 2
    assert not (desk.root / ".tsunagu" / "sign-ins.json").exists()


def test_a_no_is_a_no(desk: Desk, world: GoogleWorld) -> None:
    """Whoever does not allow it is told so, and nothing is kept."""
    world.google.sign_ins.refuses_consent = True

    with pytest.raises(Wrong) as refused:
        in_a_browser(desk)

    assert "access_denied" in str(refused.value.values["why"])
    assert not (desk.root / ".tsunagu" / "sign-ins.json").exists()


def test_a_right_that_was_not_ticked_is_named(desk: Desk, world: GoogleWorld) -> None:
    """Google lets people leave boxes empty: without all of them nothing would work, and why."""
    world.google.sign_ins.withholds.add(MAIL_SCOPES[1])

    with pytest.raises(Wrong) as refused:
        in_a_browser(desk)

    assert MAIL_SCOPES[1] in str(refused.value.values["why"])


def test_the_doctor_names_a_right_that_a_sign_in_lacks(desk: Desk, world: GoogleWorld) -> None:
    """It was given before the mailbox was in the settings: mails would leave and none be read."""
    in_a_browser(desk)
    world.google.sign_ins.withholds.add(MAIL_SCOPES[1])

    told = desk.type("doctor", "--json")

    (line,) = [one for one in told.json if one["about"].startswith("hr <")]
    assert line["how"] == "broken"
    assert "gmail.readonly" in line["sentence"]
    assert line["do"] == "tsunagu connect google"


def test_somebody_else_is_not_taken_for_hr(desk: Desk, world: GoogleWorld) -> None:
    """The browser was signed in as another person."""
    world.google.sign_ins.signs_in_as = "sato@example.co.jp"

    with pytest.raises(Wrong) as refused:
        in_a_browser(desk)

    assert "somebody else" in str(refused.value.values["why"])


def test_no_more_is_asked_for_than_is_used(desk: Desk, world: GoogleWorld) -> None:
    """Without a mailbox at Google nobody is asked to let mail be read."""
    settings = desk.root / "tsunagu.yaml"
    settings.write_text(settings.read_text().replace(f"    google: {{account: {HR}}}\n", OVER_SMTP))

    in_a_browser(desk)

    (token,) = world.google.sign_ins.standing()
    assert token.scopes >= set(CALENDAR_SCOPES)
    assert not token.scopes & set(MAIL_SCOPES)


def test_a_sign_in_can_be_forgotten(desk: Desk) -> None:
    """Once; and told where Google's own permission is taken back."""
    in_a_browser(desk)

    first = desk.type("connect", "google", "--forget")
    second = desk.type("connect", "google", "--forget")

    assert "消しました" in first.out
    assert "ありません" in second.out
    assert desk.type("doctor").status == 2


@pytest.mark.parametrize(
    ("google", "told"),
    [
        ("{service_account: keys/google.json}", "connect.nobody.google"),
        (f"{{service_account: keys/google.json, user: {HR}}}", "connect.robot.google"),
        (f"{{user: {HR}}}", "connect.no_client"),
    ],
)
def test_what_is_missing_is_said_before_anybody_is_asked(
    desk: Desk, google: str, told: str
) -> None:
    """Each with what to write into the settings."""
    settings = desk.root / "tsunagu.yaml"
    settings.write_text(settings.read_text().partition("google: {user")[0] + f"google: {google}\n")

    page = desk.type("connect", "google")
    with pytest.raises(Wrong) as wrong:
        in_a_browser(desk)

    assert page.status == 2
    assert "tsunagu.yaml" in page.err
    assert wrong.value.key == told
