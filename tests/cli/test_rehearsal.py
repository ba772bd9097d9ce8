"""Nobody but one address is reached by a rehearsal: the guard, and the verb around it."""

import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.localmail import LocalMailServer
from integrations.memory import MemoryMailer
from tests.cli.conftest import Office
from tests.cli.desk import lay_out
from worker.domain.intents import Key
from worker.domain.outcomes import Done, Refused
from worker.engine.redirect import MARK, Redirected, violation
from worker.ports import Envelope

ME = "me@example.co.jp"
MARKED = f"{MARK}: to somebody\r\n"


def envelope(
    *, recipient: str = ME, head: str = f"To: {ME}\r\n{MARKED}", body: str = "x\r\n", key: str = "1"
) -> Envelope:
    """Write a mail by hand."""
    content = f"From: hr@example.co.jp\r\n{head}Subject: x\r\n\r\n{body}".encode()
    return Envelope(Key(key), "hr@example.co.jp", recipient, content, "<1@example.co.jp>")


def test_what_goes_to_the_one_address_goes() -> None:
    """A marked mail to the one address, in the envelope and in its headers, is handed over."""
    mailer = MemoryMailer()
    guard = Redirected(mailer, ME)

    guard.hand_over([envelope(), envelope(head=f"To: =?utf-8?q?A?= <{ME}>\r\n{MARKED}", key="2")])

    assert [type(one) for one in guard.outcomes(timedelta()).values()] == [Done, Done]
    assert len(mailer.arrived) == guard.handed_over == 2


@pytest.mark.parametrize(
    "wrong",
    [
        envelope(recipient="aoi@example.jp"),
        envelope(head=f"To: aoi@example.jp\r\n{MARKED}"),
        envelope(head=f"To: {ME}, aoi@example.jp\r\n{MARKED}"),
        envelope(head=f"To: {ME}\r\nCc: aoi@example.jp\r\n{MARKED}"),
        envelope(head=f"To: {ME}\r\nBCC: aoi@example.jp\r\n{MARKED}"),
        envelope(head=f"To: {ME}\r\nbcc:\r\n aoi@example.jp\r\n{MARKED}"),
        envelope(head=f"To: {ME}\r\nTo: aoi@example.jp\r\n{MARKED}"),
        envelope(head=f"To: {ME}\r\nResent-To: aoi@example.jp\r\n{MARKED}"),
        envelope(head=f"To: friends: {ME}, aoi@example.jp;\r\n{MARKED}"),
        envelope(head=f"To: {ME}\r\nDisposition-Notification-To: {ME}\r\n{MARKED}"),
        envelope(head=f"To: {ME}\r\n"),
        envelope(head=MARKED),
        envelope(head=f"To: {ME}\n{MARKED}"),
        envelope(head=f"To: {ME}\r\n{MARKED}\r\r\n"),
    ],
)
def test_what_would_reach_anybody_else_is_stopped(wrong: Envelope) -> None:
    """Another recipient anywhere, no mark, or a head that could be read in two ways: refused."""
    mailer = MemoryMailer()
    guard = Redirected(mailer, ME)

    guard.hand_over([wrong])

    assert isinstance(guard.outcomes(timedelta())[wrong.key], Refused)
    assert mailer.handed_over == []
    assert len(guard.violations) == 1
    assert "aoi" not in guard.violations[0]


def test_one_that_is_stopped_does_not_stop_the_others() -> None:
    """The rest of a group is handed over, and each gets its outcome once."""
    guard = Redirected(MemoryMailer(), ME)

    guard.hand_over([envelope(), envelope(recipient="aoi@example.jp", key="2")])
    outcomes = guard.outcomes(timedelta())

    assert {key: type(one) for key, one in outcomes.items()} == {"1": Done, "2": Refused}
    assert guard.outcomes(timedelta()) == {}


ADDRESSES = st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.(jp|com)", fullmatch=True)
FIELDS = st.sampled_from(["To", "Cc", "Bcc", "cc", "bCC", "Resent-To", "Resent-Cc", "Resent-Bcc"])


@given(st.lists(st.tuples(FIELDS, st.lists(ADDRESSES, min_size=1, max_size=3)), max_size=4))
def test_no_header_names_anybody_else(fields: list[tuple[str, list[str]]]) -> None:
    """Whatever recipient fields a mail has, it passes only if all of them name the one address."""
    head = "".join(f"{name}: {', '.join(found)}\r\n" for name, found in fields)
    written = envelope(head=f"To: {ME}\r\n{head}{MARKED}")

    passes = violation(written, ME) == ""

    message = message_from_bytes(written.content, policy=policy.default)
    names = ("To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc")
    seen = {
        address.addr_spec
        for name in names
        for field in message.get_all(name, [])
        for address in field.addresses
    }
    assert not passes or seen == {ME}


class Careless:
    """A mailer that adds a recipient by itself would be beyond any guard: ours never does."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    @property
    def room(self) -> int:
        """Always some."""
        return 10

    def hand_over(self, envelopes: Iterable[Envelope]) -> None:
        """Take what is given, no more."""
        self.taken += envelopes

    def outcomes(self, wait: timedelta) -> Mapping[Key, Done]:  # noqa: ARG002 - as the port has it
        """Nothing is known."""
        return {}

    def meanwhile(self) -> AbstractContextManager[None]:
        """There is nothing to go on with."""
        return nullcontext()

    def close(self) -> None:
        """There is nothing to close."""


def test_what_is_handed_over_is_told_right_before() -> None:
    """Whoever paces a rehearsal hears of each group before it leaves."""
    told: list[tuple[int, int]] = []
    mailer = Careless()
    guard = Redirected(mailer, ME, on_hand_over=lambda n: told.append((n, len(mailer.taken))))

    guard.hand_over([envelope(), envelope(key="2")])
    guard.close()

    assert told == [(2, 0)]
    assert guard.room == 10


@pytest.mark.services
def test_a_rehearsal_reaches_one_address_only(office: Office) -> None:
    """Real servers, the year in seconds, every mail to one address, marked; the store untouched."""
    typed = office.desk.type("rehearse", "follow", "--redirect-to", ME)

    assert typed.status == 0
    assert "ほかの誰にも、一通も送っていません" in typed.out
    assert {mail.recipient for mail in office.server.mails} == {ME}
    assert len(office.server.mails) >= 9
    for mail in office.server.mails:
        message = message_from_bytes(mail.content, policy=policy.default)
        assert "[リハーサル]" in message["Subject"]
        assert message[MARK]
    assert office.desk.type("timeline", "aoi", "--json").json["facts"][-1]["source"] == "import"


@pytest.mark.services
def test_two_rehearsals_are_two_sets_of_mails(office: Office) -> None:
    """No mail of a second rehearsal has the name of one of the first, which would hide it."""
    for instant in ("2026-04-01 08:00", "2026-04-01 08:01"):
        office.desk.at(instant).type("rehearse", "follow", "--redirect-to", ME, "--person", "aoi")

    names = [
        re.search(rb"Message-ID: (<[^>]+>)", mail.content)[1]  # type: ignore[index]  # it is there
        for mail in office.server.mails
    ]
    assert len(set(names)) == len(names) > 0


@pytest.mark.services
def test_a_rehearsal_stops_at_a_number(office: Office) -> None:
    """`--at-most` keeps a rehearsal from filling a mailbox."""
    told = office.desk.type(
        "rehearse", "follow", "--redirect-to", ME, "--at-most", "2", "--json"
    ).json

    assert told["stopped_early"]
    assert 2 <= len(office.server.mails) <= 6


def test_a_rehearsal_to_no_address_does_not_begin(tmp_path: Path) -> None:
    """What is no address is refused before anything is opened."""
    desk = lay_out(tmp_path / "hr")

    typed = desk.type("rehearse", "follow", "--redirect-to", "me")

    assert typed.status == 2
    assert "「me」はメールアドレスとして読めません" in typed.err


@pytest.mark.services
def test_a_rehearsal_without_a_server_says_so(tmp_path: Path) -> None:
    """A server that does not answer ends the rehearsal with the way out."""
    with LocalMailServer() as server:
        port = server.port
    desk = lay_out(tmp_path / "hr", port=port)

    typed = desk.type("rehearse", "follow", "--redirect-to", ME)

    assert typed.status == 2
    assert "tsunagu doctor" in typed.err
