"""Signing in at Microsoft as an application, with a secret or a certificate; by the real msal."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.microsoft.meaning import PASSING_SIGN_INS, SIGN_INS, Kind, Problem
from integrations.microsoft.tokens import (
    AppTokens,
    ClientCertificate,
    ClientSecret,
    Registration,
)
from tests.contracts.calendar_world import (
    MENTOR,
    invitation,
)
from tests.integrations.outlook import OutlookWorld, outlook, registration
from tests.servers.certificates import Certificates
from tests.servers.process import program
from worker.domain.outcomes import Done, Later, Refused, Scope


@pytest.fixture
def world(certificates: Certificates) -> Iterator[OutlookWorld]:
    """A company."""
    with outlook(certificates) as running:
        yield running


@pytest.fixture
def registered(world: OutlookWorld, certificates: Certificates) -> Registration:
    """The application as the company's administrator registered it."""
    return registration(world.server, certificates)


def problem_of(tokens: AppTokens) -> Problem:
    """Ask for a token that is not given."""
    said = tokens.token()
    assert isinstance(said, Problem)
    return said


def test_one_token_serves_many_calls(world: OutlookWorld) -> None:
    """The sign-in is asked once, however often calendars are."""
    for _ in range(3):
        world.book.changes(MENTOR, "")

    assert len(world.server.login.asked) == 1


@pytest.mark.parametrize("form", ["pem", "pfx"])
def test_a_certificate_signs_in_with_its_sha_256(
    registered: Registration, tmp_path: Path, form: str
) -> None:
    """One file with certificate and key, in either form; never the outdated thumbprint."""
    pem, pfx = tmp_path / "tsunagu.pem", tmp_path / "tsunagu.pfx"
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=t",
        "-keyout",
        pem,
        "-out",
        pfx,
    )
    pem.write_text(pem.read_text() + pfx.read_text())
    openssl("pkcs12", "-export", "-passout", "pass:", "-in", pem, "-out", pfx)
    tokens = AppTokens(registered, ClientCertificate(tmp_path / f"tsunagu.{form}"))

    token = tokens.token()

    assert isinstance(token, str), token


def openssl(*words: str | Path) -> None:
    """Run openssl."""
    subprocess.run([program("openssl"), *words], check=True, capture_output=True)  # noqa: S603 - the test's own


@pytest.mark.parametrize("number", sorted(SIGN_INS))
def test_a_sign_in_that_fails_is_told_to_a_human_by_its_number(
    world: OutlookWorld, number: int
) -> None:
    """Only an administrator can mend it, so the whole mailbox stops; the secret is not shown."""
    world.server.login.wrong = number

    outcome = world.book.book(invitation())

    assert isinstance(outcome, Refused)
    assert outcome.scope is Scope.MAILBOX
    assert f"AADSTS{number}" in outcome.why
    assert SIGN_INS[number] in outcome.why
    assert world.server.login.secret not in outcome.why


@pytest.mark.parametrize("number", sorted(PASSING_SIGN_INS))
def test_a_sign_in_that_is_busy_is_asked_later(world: OutlookWorld, number: int) -> None:
    """Nobody is called for what passes by itself."""
    world.server.login.wrong = number

    outcome = world.book.book(invitation())

    assert isinstance(outcome, Later)
    assert outcome.scope is Scope.SERVER


def test_a_sign_in_that_is_away_is_asked_later(world: OutlookWorld) -> None:
    """A 503 of the sign-in says nothing about us."""
    world.server.login.is_busy = True

    outcome = world.book.book(invitation())

    assert isinstance(outcome, Later)
    assert outcome.scope is Scope.SERVER


def test_a_tenant_that_does_not_exist_is_told(registered: Registration) -> None:
    """A typing mistake in the settings is no network trouble."""
    problem = problem_of(AppTokens(replace(registered, tenant="nobody"), ClientSecret("s3cret")))

    assert problem.kind is Kind.SIGN_IN


def test_a_certificate_that_cannot_be_read_is_told(
    registered: Registration, tmp_path: Path
) -> None:
    """The file's name is said, and nothing is raised."""
    problem = problem_of(AppTokens(registered, ClientCertificate(tmp_path / "gone.pem")))

    assert problem.kind is Kind.SIGN_IN
    assert "gone.pem" in problem.why


def test_a_sign_in_without_encryption_is_refused(registered: Registration) -> None:
    """No secret ever leaves in the clear."""
    plain = replace(registered, authority="http://localhost:1")

    problem = problem_of(AppTokens(plain, ClientSecret("s3cret")))

    assert problem.kind is Kind.SIGN_IN


def test_whom_nobody_vouches_for_is_told_nothing(registered: Registration) -> None:
    """A certificate by an authority that is not trusted ends it before a word is said."""
    problem = problem_of(AppTokens(replace(registered, ca_file=""), ClientSecret("s3cret")))

    assert problem.kind is Kind.AWAY
    assert "certificate" in problem.why.lower()


def test_a_question_whose_token_ran_out_is_asked_again_with_another(world: OutlookWorld) -> None:
    """Reading changes nothing, so nobody has to notice."""
    cursor = world.book.changes(MENTOR, "")
    world.server.login.expire()

    again = world.book.changes(MENTOR, "")

    assert type(again) is type(cursor)
    assert len(world.server.login.asked) == 2


def test_a_booking_whose_token_ran_out_is_not_repeated_by_us(world: OutlookWorld) -> None:
    """It is put off, and the caller asks again: two requests, one event."""
    world.book.changes(MENTOR, "")
    world.server.login.expire()

    first, second = world.book.book(invitation()), world.book.book(invitation())

    assert isinstance(first, Later)
    assert first.scope is Scope.SERVER
    assert isinstance(second, Done)
    assert len(world.asked("POST", "/events")) == 2
    assert world.made(MENTOR) == 1


def test_a_token_that_is_never_taken_is_told_to_a_human(world: OutlookWorld) -> None:
    """Asking for ever new ones would help nobody."""
    outcomes = []
    for _ in range(3):
        world.server.graph.bad_day.status = 401
        world.server.graph.bad_day.code = "InvalidAuthenticationToken"
        outcomes.append(world.book.book(invitation()))

    assert isinstance(outcomes[0], Later)
    for outcome in outcomes[1:]:
        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MAILBOX


def test_credentials_do_not_show_themselves(tmp_path: Path) -> None:
    """What holds a secret can be printed by accident."""
    assert "s3cret" not in repr(ClientSecret("s3cret"))
    assert "s3cret" not in repr(ClientCertificate(tmp_path, passphrase="s3cret"))  # noqa: S106 - nobody's


def test_who_does_not_ask_microsoft_does_not_pay_for_it() -> None:
    """Neither msal nor httpx is loaded before the first call."""
    seen = (
        "import integrations.microsoft.calendar, integrations.microsoft.person, sys;"
        "print(sorted({'msal', 'httpx', 'requests', 'icalendar'} & set(sys.modules)))"
    )

    said = subprocess.run([sys.executable, "-c", seen], check=True, capture_output=True, text=True)  # noqa: S603 - the test's own

    assert said.stdout.strip() == "[]"
