"""The mailbox of demonstrations: a real server on this machine, or a line that says what to do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped] # it ships no types

from integrations.localimap import PASSWORD, SENT, local_imap, missing

MAIL = b"From: aoi@example.jp\nSubject: hello\n\nhello\n"
AT = datetime(2031, 4, 2, 9, 30, tzinfo=UTC)


@pytest.mark.services
def test_a_mail_lies_there_as_of_the_instant_it_came() -> None:
    """Also of a year that has not come: the clock of a demonstration jumps."""
    with local_imap() as server:
        server.mailbox("hr").deliver(MAIL, AT)
        server.mailbox("hr").deliver(MAIL, AT, SENT)
        with IMAPClient("127.0.0.1", server.port, ssl=False) as client:
            client.login("hr", PASSWORD)
            folders = {flag: name for flags, _, name in client.list_folders() for flag in flags}
            client.select_folder("INBOX", readonly=True)
            (found,) = client.fetch([1], ["INTERNALDATE", "RFC822"]).values()
            sent = client.select_folder(SENT, readonly=True)

    assert found[b"INTERNALDATE"].astimezone(UTC) == AT
    assert found[b"RFC822"].replace(b"\r\n", b"\n") == MAIL
    assert folders[b"\\Sent"] == SENT
    assert sent[b"EXISTS"] == 1


@pytest.mark.services
def test_nothing_is_left_of_it() -> None:
    """Its folder and its process are gone."""
    with local_imap() as server:
        folder, port = server.folder, server.port
        assert folder.is_dir()

    assert not folder.exists()
    with pytest.raises(OSError, match="refused"):
        IMAPClient("127.0.0.1", port, ssl=False)


def test_where_it_is_not_installed_one_line_says_what_to_type(tmp_path: Path) -> None:
    """The name of the package, as the machine's own tool wants it."""
    assert missing(str(tmp_path)) == (
        "Dovecot is not installed: sudo apt-get install dovecot-imapd"
    )


def test_a_release_with_another_configuration_is_not_tried(tmp_path: Path) -> None:
    """What would not start is told before, with the release that would."""
    program = tmp_path / "dovecot"
    program.write_text("#!/bin/sh\necho '2.4.1-4 (7d8c0e5759)'\n")
    program.chmod(0o755)

    assert (
        missing(str(tmp_path)) == "Dovecot 2.4.1-4 is configured otherwise: install a release 2.3.x"
    )
