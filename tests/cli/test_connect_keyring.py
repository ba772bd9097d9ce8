"""What seals sign-ins, in the system's keyring: the real library, and a keyring of the test's."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from integrations.localgraph.server import GraphServer
from integrations.safe import new_key
from tests.cli.desk import Desk, lay_out
from tests.servers.certificates import Certificates
from tests.world import HandClock

HR = "saiyo@example.co.jp"
OVER_SMTP = "    smtp: {host: 127.0.0.1, port: 2525, tls: none}\n"


class Wallet(KeyringBackend):
    """A keyring in memory; locked on demand."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # typed in part
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        """Give it."""
        if self.is_locked:
            raise KeyringLocked("the wallet is locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        if self.is_locked:
            raise KeyringLocked("the wallet is locked")
        self.kept[service, username] = password


@pytest.fixture
def wallet() -> Iterator[Wallet]:
    """The keyring of whoever sits here."""
    before, wallet = keyring.get_keyring(), Wallet()
    keyring.set_keyring(wallet)
    yield wallet
    keyring.set_keyring(before)


@pytest.fixture
def desk(tmp_path: Path, certificates: Certificates) -> Iterator[Desk]:
    """A workspace with a mailbox at Microsoft, where somebody types every code."""
    with GraphServer(certificates.server_context(), HandClock("2026-04-01 08:00").now) as server:
        server.graph.office.employ(HR)
        server.login.account, server.login.typed_in = HR, True
        desk = lay_out(tmp_path / "hr")
        settings = desk.root / "tsunagu.yaml"
        settings.write_text(
            settings.read_text().replace(OVER_SMTP, f"    microsoft: {{account: {HR}}}\n")
            + f"microsoft: {{user: {HR}, tenant: t, client: tsunagu-client, authority:"
            f" '{server.url}', endpoint: '{server.url}', ca: {certificates.ca_file}}}\n"
        )
        yield desk


def connect(desk: Desk, *words: str) -> str:
    """Sign in by a code; gives what was said."""
    page = desk.type("connect", "microsoft", "--device", *words)
    assert page.status == 0, page.err
    return page.out


def is_fine(desk: Desk) -> bool:
    """Say whether the doctor is let into the mailbox."""
    told = desk.type("doctor", "--json").json
    return [one["how"] for one in told if one["about"].startswith("hr <")] == ["fine"]


def test_the_key_lies_in_the_keyring_and_nowhere_else(desk: Desk, wallet: Wallet) -> None:
    """By the workspace's own name; connecting again makes no second one."""
    said = connect(desk, "--keyring")
    before = dict(wallet.kept)
    connect(desk)

    assert "キーリング" in said
    assert list(wallet.kept) == [("tsunagu", str(desk.root))]
    assert wallet.kept == before
    assert not (desk.root / ".env").exists()
    assert is_fine(desk)


def test_the_environment_comes_first(desk: Desk, wallet: Wallet) -> None:
    """A server with a key of its own does not ask whoever is signed in there."""
    (desk.root / ".env").write_text(f"TSUNAGU_KEY={new_key()}\n")
    connect(desk, "--keyring")
    wallet.is_locked = True

    assert is_fine(desk)
    assert wallet.kept == {}


def test_a_keyring_that_is_locked_is_told(desk: Desk, wallet: Wallet) -> None:
    """It is not taken for a key that was lost, and no new one is made."""
    connect(desk, "--keyring")
    wallet.is_locked = True

    page = desk.type("doctor")
    again = desk.type("connect", "microsoft", "--device")

    assert page.status == again.status == 2
    assert "the wallet is locked" in page.out
    assert "the wallet is locked" in again.err
    assert not (desk.root / ".env").exists()


def test_a_machine_without_a_keyring_keeps_the_key_beside_the_settings(desk: Desk) -> None:
    """As a server has none; who asks for it all the same is told."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call] # as above
    asked = desk.type("connect", "microsoft", "--device", "--keyring")
    said = connect(desk)
    fine = is_fine(desk)
    keyring.set_keyring(before)

    assert asked.status == 2
    assert "TSUNAGU_KEY" in said
    assert fine
