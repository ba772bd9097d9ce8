"""The mail server of demonstrations: it files what it takes, and fails when asked to."""

import socket
from pathlib import Path

import pytest

from integrations.localmail import LocalMailServer
from integrations.smtp import SmtpMailer
from integrations.smtp_connect import SmtpAccount
from integrations.tls import Tls
from tests.contracts.mailer import envelope, settle
from worker.wiring.clock import SystemClock


def test_every_mail_is_a_file_only_the_owner_reads(tmp_path: Path) -> None:
    """A mail program can open the folder; others on the machine cannot."""
    maildir = tmp_path / "mails"
    with LocalMailServer(maildir=maildir) as server:
        mailer = SmtpMailer(SmtpAccount("127.0.0.1", server.port, Tls.NONE), SystemClock())
        settle(mailer, [envelope("aoi@example.jp"), envelope("ren@example.jp")])
        mailer.close()

    filed = sorted((maildir / "new").iterdir())
    assert [file.stat().st_mode & 0o777 for file in filed] == [0o600, 0o600]
    assert maildir.stat().st_mode & 0o777 == 0o700
    assert not list((maildir / "tmp").iterdir())
    told = {file.read_bytes().partition(b"\r\n")[0] for file in filed}
    assert told == {b"Delivered-To: aoi@example.jp", b"Delivered-To: ren@example.jp"}


def test_it_listens_to_this_machine_alone(tmp_path: Path) -> None:
    """On a free port of its own, which it gives back."""
    with (
        LocalMailServer(maildir=tmp_path) as server,
        socket.create_connection(("127.0.0.1", server.port)) as caller,
    ):
        assert caller.getpeername()[0] == "127.0.0.1"

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


def test_a_port_that_is_taken_is_told() -> None:
    """Nobody waits for a server that could not start."""
    with LocalMailServer() as first, pytest.raises(OSError, match="address"):
        LocalMailServer(port=first.port).__enter__()
