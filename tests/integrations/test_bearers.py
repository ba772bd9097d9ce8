"""SMTP and IMAP with the tokens of the one connection to a provider; by the real libraries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import pytest

from integrations.bearer import Bearer
from integrations.google.line import GoogleAccount, GoogleSignIn
from integrations.google.servers import SCOPES, GoogleBearer
from integrations.imap import ImapInbox
from integrations.imap_account import ImapAccount
from integrations.microsoft.person import PersonSignIn, PersonTokens, Prompt
from integrations.microsoft.servers import IMAP_RIGHT, SMTP_RIGHT, MicrosoftBearer
from integrations.microsoft.tokens import AppTokens, ClientSecret
from integrations.sent_folder import ImapSentFolder
from integrations.tls import Tls
from tests.contracts.inbox import mail
from tests.integrations.desk import HERE, desk
from tests.integrations.outlook import outlook, registration
from tests.servers.certificates import Certificates
from tests.servers.dovecot import dovecot
from tests.servers.faulty import FaultyServer
from tests.servers.faulty_imap import FaultyImap, faulty_imap
from tests.servers.google import google_world, signed_in_user
from tests.servers.introspection import introspection
from tests.world import HandClock
from worker.domain.outcomes import Done, Later, Refused, Scope
from worker.ports import Fetched, InboxTrouble, Trouble

HR = "saiyo@example.co.jp"
RIGHTS = tuple(f"https://outlook.office.com/{right}" for right in (SMTP_RIGHT, IMAP_RIGHT))


class Provider(Protocol):
    """Who gives tokens out, and whose they are."""

    bearer: Bearer

    def whose(self, token: str) -> str:
        """Say whose a token is; empty: it is not good for mail servers (any more)."""
        ...

    def expire(self) -> None:
        """Take no token that was given out so far."""
        ...

    def withdraw(self) -> None:
        """End the sign-in."""
        ...

    def fall_silent(self) -> None:
        """Give no token now, without a word on whether we may have one."""
        ...


@dataclass
class Provided:
    """A provider by its switches."""

    bearer: Bearer
    whose: Callable[[str], str]
    expire: Callable[[], None]
    withdraw: Callable[[], None]
    fall_silent: Callable[[], None]


class Drawer:
    """Where a sign-in is kept, for a test."""

    text = ""

    def load(self) -> str:
        """Give it."""
        return self.text

    def save(self, text: str) -> None:
        """Keep it."""
        self.text = text


@contextmanager
def microsoft(certificates: Certificates) -> Iterator[Provided]:
    """A person who signed in at Microsoft, for the mail servers and nothing else."""
    with outlook(certificates) as world:
        login = world.server.login
        login.account, login.typed_in = HR, True
        sign_in = PersonSignIn(registration(world.server, certificates), Drawer())
        prompt = sign_in.prompt(RIGHTS)
        assert isinstance(prompt, Prompt)
        assert sign_in.typed(prompt, RIGHTS) == HR
        yield Provided(
            MicrosoftBearer(PersonTokens(sign_in, RIGHTS)),
            lambda token: login.valid.get(token, "") if login.rights[token] == set(RIGHTS) else "",
            login.expire,
            login.withdraw,
            lambda: setattr(login, "is_busy", True),
        )


@contextmanager
def google(_: Certificates) -> Iterator[Provided]:
    """A person who signed in at Google, with the right to the whole mailbox."""
    with google_world() as world:
        sign_ins = world.google.sign_ins
        world.google.employ(HR)
        sign_ins.refresh_tokens["given once"] = HR
        account = GoogleAccount(signed_in_user(world.google), endpoint=world.google.endpoint)

        def whose(token: str) -> str:
            known = sign_ins.whose(f"Bearer {token}")
            return known.person if known is not None and known.scopes == set(SCOPES) else ""

        yield Provided(
            GoogleBearer(GoogleSignIn(account, SCOPES), HR, world.clock),
            whose,
            sign_ins.expire_tokens,
            lambda: sign_ins.revoked.add(HR),
            world.google.stop,
        )


@pytest.fixture(params=[google, microsoft], ids=["google", "microsoft"])
def provider(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[Provider]:
    """Each in turn."""
    with request.param(certificates) as running:
        yield running


def smtp(provider: Provider) -> FaultyServer:
    """Make a server that takes the provider's tokens, and nothing else."""
    return FaultyServer(user=HR, methods="XOAUTH2", takes=provider.whose)


def test_a_mail_leaves_by_the_providers_smtp_server(provider: Provider) -> None:
    """With a token of the connection that calendars and mailboxes use, too; no password."""
    account = replace(HERE, user=HR, bearer=provider.bearer)
    with desk(smtp(provider), account=account) as at:
        outcomes = at.send("aoi@example.jp", "ren@example.jp")

    assert [type(one) for one in outcomes] == [Done, Done]
    assert at.arrived == ["aoi@example.jp", "ren@example.jp"]


def test_a_token_that_ran_out_early_is_replaced(provider: Provider) -> None:
    """Refused once, before any mail was named: put off, and gone out with the next token."""
    account = replace(HERE, user=HR, bearer=provider.bearer)
    with desk(smtp(provider), account=account) as at:
        provider.bearer.token()
        provider.expire()
        first = at.send("aoi@example.jp")
        second = at.send("aoi@example.jp")

    assert isinstance(first[0], Later)
    assert first[0].scope is Scope.SERVER
    assert isinstance(second[0], Done)
    assert at.arrived == ["aoi@example.jp"]


def test_a_token_that_is_never_taken_is_a_matter_for_a_human(provider: Provider) -> None:
    """The second one is not taken either: SMTP may be switched off for that mailbox."""
    account = replace(HERE, user=HR, bearer=provider.bearer)
    server = FaultyServer(user=HR, methods="XOAUTH2", takes=lambda _: "")
    with desk(server, account=account) as at:
        first = at.send("aoi@example.jp")
        second = at.send("aoi@example.jp")

    assert isinstance(first[0], Later)
    assert isinstance(second[0], Refused)
    assert second[0].scope is Scope.MAILBOX
    assert at.arrived == []


def test_a_sign_in_that_was_withdrawn_stops_the_mailbox(provider: Provider) -> None:
    """No token is to be had, so nothing is asked of the server, and a human is told."""
    account = replace(HERE, user=HR, bearer=provider.bearer)
    provider.bearer.refused(provider.bearer.token())
    provider.withdraw()
    with desk(smtp(provider), account=account) as at:
        [outcome] = at.send("aoi@example.jp")

    assert isinstance(outcome, Refused)
    assert outcome.scope is Scope.MAILBOX
    assert at.said("AUTH") == []


@contextmanager
def reading(server: FaultyImap, bearer: Bearer) -> Iterator[Callable[[], Fetched | InboxTrouble]]:
    """Read a server's inbox."""
    with faulty_imap(server):
        account = ImapAccount("127.0.0.1", server.port, HR, Tls.NONE, bearer=bearer)
        inbox = ImapInbox(account, HandClock("2026-04-12 09:00"))
        try:
            yield lambda: inbox.fetch((), since=date(2026, 4, 1))
        finally:
            inbox.close()


def test_mail_is_read_by_the_providers_imap_server(provider: Provider) -> None:
    """A token that ran out is replaced at the next look."""
    server = FaultyImap(mails={1: mail("one")}, takes=provider.whose)
    provider.bearer.token()
    provider.expire()
    with reading(server, provider.bearer) as look:
        first, second = look(), look()

    assert isinstance(first, InboxTrouble)
    assert first.kind is Trouble.NETWORK
    assert isinstance(second, Fetched)
    assert [one.raw for one in second.mails] == [mail("one")]


def test_a_sign_in_that_was_withdrawn_is_told_by_who_reads(provider: Provider) -> None:
    """It is the sign-in that is wrong, and not the network."""
    provider.bearer.refused(provider.bearer.token())
    provider.withdraw()
    with reading(FaultyImap(takes=provider.whose), provider.bearer) as look:
        told = look()

    assert isinstance(told, InboxTrouble)
    assert told.kind is Trouble.CREDENTIALS


def test_a_provider_that_is_away_stops_no_mailbox(provider: Provider) -> None:
    """No token now is no refusal: nothing is asked of the server, and it is tried again."""
    account = replace(HERE, user=HR, bearer=provider.bearer)
    provider.bearer.refused(provider.bearer.token())
    provider.fall_silent()
    with desk(smtp(provider), account=account) as at:
        [away] = at.send("aoi@example.jp")

    assert isinstance(away, Later)
    assert away.scope is Scope.SERVER
    assert at.said("AUTH") == []


def test_a_provider_that_is_away_is_no_matter_of_whose_mail_is_read(provider: Provider) -> None:
    """It is the network, and not the sign-in: HR is not told that a permission was withdrawn."""
    server = FaultyImap(mails={1: mail("one")}, takes=provider.whose)
    provider.bearer.refused(provider.bearer.token())
    provider.fall_silent()
    with reading(server, provider.bearer) as look:
        away = look()

    assert isinstance(away, InboxTrouble)
    assert away.kind is Trouble.NETWORK


def test_an_application_asks_for_tokens_of_the_mail_servers(certificates: Certificates) -> None:
    """Those of Graph are taken by no mail server."""
    with outlook(certificates) as world:
        registered = replace(
            registration(world.server, certificates),
            scope="https://outlook.office365.com/.default",
        )
        bearer = MicrosoftBearer(AppTokens(registered, ClientSecret(world.server.login.secret)))

        token = bearer.token()

        (asked,) = world.server.login.asked
    assert token
    assert asked["scope"] == "https://outlook.office365.com/.default"


@pytest.mark.services
def test_dovecot_lets_us_in_by_a_token(provider: Provider) -> None:
    """A real server that asks the provider whose a token is; also who looks for a mail in doubt."""
    with introspection(provider.whose) as asked, dovecot(tokens_at=asked.url) as server:
        box = server.mailbox()
        asked.known_as[HR] = box.user
        box.put([mail("one")], "INBOX", HandClock("2026-04-10 09:00").now())
        account = ImapAccount("127.0.0.1", server.port, box.user, Tls.NONE, bearer=provider.bearer)
        first = look(account)
        provider.expire()
        second, third = look(account), look(account)
        provider.expire()
        sent = ImapSentFolder(account, folder="INBOX")
        found = [sent.has("<one@example.jp>"), sent.has("<one@example.jp>")]

    assert isinstance(first, Fetched)
    assert isinstance(second, InboxTrouble)
    assert isinstance(third, Fetched)
    assert [one.raw for one in third.mails] == [one.raw for one in first.mails] == [mail("one")]
    assert found == [None, True]


def look(account: ImapAccount) -> Fetched | InboxTrouble:
    """Connect, read, and say goodbye."""
    inbox = ImapInbox(account, HandClock("2026-04-12 09:00"))
    try:
        return inbox.fetch((), since=date(2026, 4, 1))
    finally:
        inbox.close()
