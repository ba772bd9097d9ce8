"""Webhooks: signed, told once, never repeated; by a real HTTP server."""

import hashlib
import hmac
import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from subprocess import run

import httpx
import pytest

from integrations.http import outcome_of_failure, outcome_of_status, wait_of
from integrations.webhook import WebhookCaller
from tests.contracts.caller import KEY, SHARED, CallerContract, Heard, Line
from tests.servers.certificates import Certificates
from tests.servers.hook import Hook, hook_server
from tests.servers.process import free_port
from worker.domain.intents import Key
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope

NOW = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)
HASTY = timedelta(milliseconds=100)


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        """Give the one instant it knows."""
        return NOW


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Somebody's web address."""
    with hook_server(Hook()) as running:
        yield running


@pytest.fixture
def caller() -> Iterator[WebhookCaller]:
    """A caller that waits a while."""
    made = WebhookCaller(Noon())
    yield made
    made.close()


class TestWebhookCaller(CallerContract):
    """Over HTTP."""

    @pytest.fixture
    def line(self, hook: Hook, caller: WebhookCaller) -> Iterator[Line]:
        """Three servers' worth of addresses."""
        with hook_server(Hook(reads_and_hangs_up=True)) as cutting:
            addresses = {
                "good": hook.url("/200"),
                "busy": hook.url("/429"),
                "gone": hook.url("/410"),
                "cut": cutting.url(),
                "nobody": f"http://127.0.0.1:{free_port()}/",
            }
            yield Line(
                caller,
                addresses,
                lambda: [
                    Heard(one.headers["idempotency-key"], json.loads(one.body))
                    for one in hook.posted + cutting.posted
                ],
            )


def call(caller: WebhookCaller, url: str) -> Outcome:
    """Call with an empty body."""
    return caller.call(url, key=KEY, secret=SHARED, body={})


def test_the_signature_is_over_the_instant_and_the_very_body(
    hook: Hook, caller: WebhookCaller
) -> None:
    """A receiver that knows the secret computes the same; one that does not cannot."""
    body = {"person": "葵", "on": date(2026, 4, 1), "at": NOW}
    caller.call(hook.url(), key=KEY, secret=SHARED, body=body)

    [posted] = hook.posted
    seconds, proof = (part.partition("=")[2] for part in signature_of(posted.headers).split(","))
    told = f"{seconds}.".encode() + posted.body
    assert proof == hmac.new(SHARED.encode(), told, hashlib.sha256).hexdigest()
    assert int(seconds) == NOW.timestamp()
    assert json.loads(posted.body) == {
        "person": "葵",
        "on": "2026-04-01",
        "at": "2026-04-01T09:30:00+00:00",
    }
    assert posted.headers["content-type"] == "application/json; charset=utf-8"
    assert SHARED not in str(posted.headers)


def signature_of(headers: object) -> str:
    """Give the header a receiver checks."""
    assert isinstance(headers, dict)
    return str(headers["tsunagu-signature"])


def test_a_key_with_japanese_in_it_is_still_a_header(hook: Hook, caller: WebhookCaller) -> None:
    """Headers are ASCII; the key is percent-encoded where it is not."""
    caller.call(hook.url(), key=Key("12/歓迎/0/0/webhook"), secret=SHARED, body={})

    expected = "12/%E6%AD%93%E8%BF%8E/0/0/webhook"
    assert hook.posted[0].headers["idempotency-key"] == expected


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(hook: Hook, caller: WebhookCaller, status: int) -> None:
    """What was signed for one address is told to no other."""
    hook.answer_headers["Location"] = hook.url("/200")

    outcome = call(caller, hook.url(f"/{status}"))

    assert isinstance(outcome, Refused)
    assert len(hook.posted) == 1


def test_a_busy_receiver_is_waited_for_as_long_as_it_asks(
    hook: Hook, caller: WebhookCaller
) -> None:
    """In seconds, or as a date by our own clock."""
    hook.answer_headers["Retry-After"] = "90"
    first = call(caller, hook.url("/503"))
    hook.answer_headers["Retry-After"] = "Wed, 01 Apr 2026 09:40:00 GMT"
    second = call(caller, hook.url("/429"))

    assert isinstance(first, Later)
    assert isinstance(second, Later)
    assert (first.wait, second.wait) == (timedelta(seconds=90), timedelta(minutes=10))


def test_silence_is_in_doubt() -> None:
    """The body was heard, the answer never came: nobody can tell."""
    with hook_server(Hook(is_silent=True)) as hook:
        caller = WebhookCaller(Noon(), answer=HASTY)
        outcome = call(caller, hook.url())
        caller.close()
        hook.ended.set()

    assert isinstance(outcome, InDoubt)
    assert len(hook.posted) == 1


def test_a_trusted_receiver_is_told_and_a_stranger_is_not(certificates: Certificates) -> None:
    """Nothing is said to a server whose certificate nobody vouches for."""
    with hook_server(Hook(), certificates.server_context()) as hook:
        trusting = WebhookCaller(Noon(), ca_file=str(certificates.ca_file))
        doubting = WebhookCaller(Noon())
        told, not_told = call(trusting, hook.url()), call(doubting, hook.url())
        trusting.close()
        doubting.close()

    assert isinstance(told, Done)
    assert isinstance(not_told, Later)
    assert len(hook.posted) == 1


@pytest.mark.parametrize(
    "url",
    ["", "example.jp/hook", "ftp://example.jp/", "http://", "http://a\nb/", "https://example..jp/"],
)
def test_what_is_no_web_address_is_refused(caller: WebhookCaller, url: str) -> None:
    """A mistake in a playbook is told, and is no fault of the machine."""
    assert isinstance(call(caller, url), Refused)


STATUSES: list[tuple[int, type[Outcome], Scope | None]] = [
    (200, Done, None),
    (201, Done, None),
    (202, Done, None),
    (204, Done, None),
    (302, Refused, Scope.MESSAGE),
    (400, Refused, Scope.MESSAGE),
    (401, Refused, Scope.MAILBOX),
    (403, Refused, Scope.MAILBOX),
    (404, Refused, Scope.MESSAGE),
    (407, Refused, Scope.MAILBOX),
    (408, Later, Scope.SERVER),
    (409, Later, Scope.MESSAGE),
    (410, Refused, Scope.MESSAGE),
    (413, Refused, Scope.MESSAGE),
    (421, Later, Scope.SERVER),
    (422, Refused, Scope.MESSAGE),
    (425, Later, Scope.SERVER),
    (429, Later, Scope.MAILBOX),
    (500, InDoubt, None),
    (501, Refused, Scope.MESSAGE),
    (502, InDoubt, None),
    (503, Later, Scope.SERVER),
    (504, InDoubt, None),
    (505, Refused, Scope.MESSAGE),
    (511, Later, Scope.SERVER),
    (599, InDoubt, None),
]


@pytest.mark.parametrize(("status", "verdict", "scope"), STATUSES)
def test_a_status_means(status: int, verdict: type[Outcome], scope: Scope | None) -> None:
    """It happened, it did not, it never will, or nobody can tell."""
    outcome = outcome_of_status(status, now=NOW)

    assert isinstance(outcome, verdict)
    assert getattr(outcome, "scope", None) is scope


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("0", timedelta(0)),
        (" 120 ", timedelta(minutes=2)),
        ("99999999999999999999", timedelta(days=1)),
        ("Wed, 01 Apr 2026 09:31:00 GMT", timedelta(minutes=1)),
        ("Wed, 01 Apr 2026 09:00:00 GMT", timedelta(0)),
        ("Thu, 01 Apr 2027 09:00:00 GMT", timedelta(days=1)),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("１２０", None),
        ("Wed, 01 Apr 2026 09:31:00", None),
        ("Wed, 99 Foo 2026", None),
        ("Wed, 01 Apr 99999999999999 09:31:00 GMT", None),
        ("Wed, 01 Apr 2026 99999999999999999999:31:00 GMT", None),
    ],
)
def test_retry_after_is_read_or_ignored(header: str, wait: timedelta | None) -> None:
    """Seconds, dates, nonsense, and never longer than a day."""
    assert wait_of(header, NOW) == wait


def test_no_failure_of_the_library_is_without_a_meaning() -> None:
    """Every exception httpx can give a request without an answer has its outcome."""
    later = {httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError}
    refused = {httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL}
    doubtful = {
        httpx.ReadTimeout,
        httpx.WriteTimeout,
        httpx.ReadError,
        httpx.WriteError,
        httpx.CloseError,
        httpx.RemoteProtocolError,
        httpx.DecodingError,
        httpx.TooManyRedirects,
    }

    known = later | refused | doubtful
    assert set(leaves(httpx.RequestError)) <= known
    for kinds, verdict in ((later, Later), (refused, Refused), (doubtful, InDoubt)):
        for kind in kinds:
            assert isinstance(outcome_of_failure(kind("why")), verdict)


def leaves(kind: type[httpx.RequestError]) -> Iterator[type[httpx.RequestError]]:
    """Give every exception below *kind* that has none below itself."""
    below = kind.__subclasses__()
    if not below:
        yield kind
    for each in below:
        yield from leaves(each)


def test_httpx_is_loaded_by_the_first_call_alone() -> None:
    """Who calls nobody does not wait for it."""
    told = "import sys, integrations.webhook; sys.exit('httpx' in sys.modules)"

    assert run([sys.executable, "-c", told], check=False).returncode == 0  # noqa: S603 - our own words
