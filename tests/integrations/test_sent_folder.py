"""A mail in doubt is looked up in the Sent folder of a real IMAP server."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from integrations.imap_account import ImapAccount
from integrations.sent_folder import ImapSentFolder
from integrations.tls import Tls
from tests.servers.certificates import Certificates
from tests.servers.dovecot import PASSWORD, Dovecot, Maildirs
from tests.servers.process import free_port

pytestmark = pytest.mark.services

OURS = "<kq3x7y2m5n@example.jp>"
ANOTHER = "<another-one@example.jp>"
THEN = datetime(2026, 4, 1, 9, tzinfo=UTC)


def mail(message_id: str) -> bytes:
    """Make a mail as a server files it."""
    return f"Subject: a\r\nMessage-ID: {message_id}\r\n\r\nHello.\r\n".encode()


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Maildirs:
    """Somebody's mailbox."""
    return dovecot.mailbox()


@pytest.fixture
def account(mailbox: Maildirs, certificates: Certificates) -> ImapAccount:
    """The way to it, encrypted from the first byte."""
    return ImapAccount(
        "localhost",
        mailbox.server.tls_port,
        mailbox.user,
        Tls.IMPLICIT,
        PASSWORD,
        ca_file=str(certificates.ca_file),
    )


@pytest.mark.parametrize(
    "name", ["Sent", "Sent Items", "送信済みアイテム", "送信済みメール", "Copies of sent mails"]
)
def test_a_mail_that_was_sent_is_found(mailbox: Maildirs, account: ImapAccount, name: str) -> None:
    """Under the name the server marks as Sent, or under one that is usual."""
    mailbox.put([mail(ANOTHER), mail(OURS)], name, THEN)

    assert ImapSentFolder(account).has(OURS) is True


def test_the_marked_folder_wins_over_a_usual_name(mailbox: Maildirs, account: ImapAccount) -> None:
    """Many mailboxes have an old `Sent` that no program files into any more."""
    mailbox.put([mail(ANOTHER)], "Sent", THEN)
    mailbox.put([mail(OURS)], "Copies of sent mails", THEN)

    assert ImapSentFolder(account).has(OURS) is True


def test_a_folder_of_the_settings_wins_over_all(mailbox: Maildirs, account: ImapAccount) -> None:
    """Also one with quotation marks in its name, or a name in Japanese."""
    mailbox.put([mail(ANOTHER)], "Sent", THEN)
    for name in ('our "own" copies', "採用/送信控え & 写し"):
        mailbox.put([mail(OURS)], name, THEN)

        assert ImapSentFolder(account, folder=name).has(OURS) is True


def test_absence_proves_something_only_where_the_server_files_by_itself(
    mailbox: Maildirs, account: ImapAccount
) -> None:
    """Gmail and Exchange file what they are given; elsewhere nobody can tell."""
    mailbox.put([mail(ANOTHER)], "Sent", THEN)

    assert ImapSentFolder(account).has(OURS) is None
    assert ImapSentFolder(account, files_by_itself=True).has(OURS) is False


def test_without_a_sent_folder_nobody_can_tell(account: ImapAccount) -> None:
    """The mailbox has an inbox and nothing else."""
    assert ImapSentFolder(account, files_by_itself=True).has(OURS) is None
    assert ImapSentFolder(account, folder="none", files_by_itself=True).has(OURS) is None


def test_looking_changes_nothing(mailbox: Maildirs, account: ImapAccount) -> None:
    """The folder is opened to read: what was new stays new."""
    mailbox.put([mail(OURS)], "Sent", THEN)

    ImapSentFolder(account).has(OURS)

    assert not [file for file in mailbox.maildir("Sent").rglob("*.test:2,*S*") if file.is_file()]


def test_starttls_is_as_good(mailbox: Maildirs, account: ImapAccount) -> None:
    """On the port without encryption, encrypted before the password is said."""
    mailbox.put([mail(OURS)], "Sent", THEN)
    upgraded = replace(account, port=mailbox.server.port, tls=Tls.STARTTLS)

    assert ImapSentFolder(upgraded).has(OURS) is True


def test_trouble_is_no_answer(account: ImapAccount) -> None:
    """A wrong password, nobody there, a certificate of a stranger: it cannot be told."""
    wrong = replace(account, password="wrong")  # noqa: S106 - that is the point
    nobody = replace(account, port=free_port())
    stranger = replace(account, ca_file="")

    assert ImapSentFolder(wrong).has(OURS) is None
    assert ImapSentFolder(replace(account, password="合言葉")).has(OURS) is None  # noqa: S106 - no ASCII
    assert ImapSentFolder(nobody).has(OURS) is None
    assert ImapSentFolder(stranger).has(OURS) is None


@pytest.mark.parametrize(
    "message_id", ["", "kq3@example.jp", '<a"b@example.jp> OR ALL', "<a@b>\r\nA1 LOGOUT", "<葵@b>"]
)
def test_what_is_no_message_id_is_not_asked_for(account: ImapAccount, message_id: str) -> None:
    """No command is changed by what stands in its place."""
    assert ImapSentFolder(account, files_by_itself=True).has(message_id) is None
