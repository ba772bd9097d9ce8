"""The right to ask Graph, by msal. A token is never shown, logged or written down here.

An application signs in by itself with a secret or a certificate; in somebody's name it does by
`integrations.microsoft.person`. msal keeps tokens until they run out and gives errors back in
dictionaries; it asks through our own client, so that one set of certificates is trusted, no
request is repeated by a library, and everything can be counted.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from integrations.http import is_word_of_sign_in, wait_by_its_own_clock
from integrations.microsoft.meaning import (
    Kind,
    Problem,
    problem_of_failure,
    problem_of_sign_in,
    quotable,
)
from integrations.tls import trust

if TYPE_CHECKING:
    import httpx
    import msal

_TIMEOUT = timedelta(seconds=30)


class Tokens(Protocol):
    """Whoever has the right to ask."""

    def token(self) -> str | Problem:
        """Give a token that is valid now, asking for one where there is none."""
        ...

    def forget(self, token: str) -> None:
        """Use *token* no more: the other side does not take it."""
        ...


@dataclass(frozen=True, slots=True)
class Registration:
    """An application as an administrator registered it."""

    tenant: str
    client: str
    authority: str  # https://…, without the tenant
    scope: str
    is_known_authority: bool = True  # False: one of somebody's own, which nobody vouches for
    ca_file: str = ""
    answer: timedelta = _TIMEOUT  # how long the sign-in may take

    @property
    def url(self) -> str:
        """Give where this tenant signs in."""
        return f"{self.authority.rstrip('/')}/{self.tenant}"


@dataclass(frozen=True, slots=True, repr=False)
class ClientSecret:
    """A password of the application."""

    text: str

    def for_msal(self) -> str:
        """Give it as msal wants it."""
        return self.text


@dataclass(frozen=True, slots=True, repr=False)
class ClientCertificate:
    """A certificate with its key, as one PEM file or as PFX; the thumbprint is SHA-256."""

    path: Path
    passphrase: str = ""

    def for_msal(self) -> dict[str, str]:
        """Give it as msal wants it: no `thumbprint`, which would be the outdated SHA-1.

        Raises:
            OSError: The file cannot be read.
        """
        locked = {"passphrase": self.passphrase} if self.passphrase else {}
        if self.path.suffix.lower() in {".pfx", ".p12"}:
            return {"private_key_pfx_path": str(self.path), **locked}
        pem = self.path.read_text(encoding="ascii")
        return {"private_key": pem, "public_certificate": _certificate(pem), **locked}


def _certificate(pem: str) -> str:
    """Give the certificate out of a file that holds the key, too."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    _, found, rest = pem.partition(begin)
    inner, closed, _ = rest.partition(end)
    return f"{begin}{inner}{end}\n" if found and closed else ""


class AppTokens:
    """`Tokens` of an application that signs in by itself. One for a process."""

    def __init__(
        self, registration: Registration, credential: ClientSecret | ClientCertificate
    ) -> None:
        self._registration = registration
        self._credential = credential
        self._app: msal.ConfidentialClientApplication | None = None
        self._one = Lock()  # a hundred threads without a token ask for one, once

    def token(self) -> str | Problem:
        """Give a token of the application."""
        with self._one:
            return asking(self._ask)

    def forget(self, token: str) -> None:  # noqa: ARG002 - all of this application's are of one kind
        """Have the next token asked for."""
        with self._one:
            if self._app is not None:
                self._app.remove_tokens_for_client()

    def _ask(self) -> Mapping[str, object]:
        import msal  # noqa: PLC0415 - a third of a second that only callers pay

        if self._app is None:
            self._app = msal.ConfidentialClientApplication(
                self._registration.client,
                client_credential=self._credential.for_msal(),
                **told_to_msal(self._registration),
            )
        found: Mapping[str, object] = self._app.acquire_token_for_client([self._registration.scope])
        return found


def told_to_msal(registration: Registration) -> dict[str, Any]:
    """Give what every application is made with."""
    return {
        "authority": registration.url,
        "instance_discovery": None if registration.is_known_authority else False,
        "http_client": SignInClient(registration.ca_file, registration.answer),
    }


def rights_in(token: str) -> frozenset[str]:
    """Name the rights that a token of Microsoft's speaks of, to show them to a person.

    Nothing is decided by it: what an application was given in Exchange itself stands in no token
    (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
    """
    parts = token.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError):
        return frozenset()
    roles = claims.get("roles", []) if isinstance(claims, dict) else []
    said = str(claims.get("scp", "")).split() if isinstance(claims, dict) else []
    return frozenset(said) | frozenset(str(role) for role in roles if isinstance(roles, list))


def asking(ask: Callable[[], Mapping[str, object]]) -> str | Problem:
    """Give the token out of msal's answer."""
    said = answered(ask)
    if isinstance(said, Problem):
        return said
    token = said.get("access_token")
    if isinstance(token, str):
        return token
    return problem_of_sign_in(said) if "error" in said else Problem(Kind.AWAY, "sign-in: no token")


def answered(ask: Callable[[], Mapping[str, object]]) -> Mapping[str, object] | Problem:
    """Give msal's answer; whatever it raises on the way is a problem."""
    import httpx  # noqa: PLC0415 - as above
    from msal.exceptions import MsalServiceError  # noqa: PLC0415 - as above

    try:
        return ask()
    except _NoWord as failure:
        return Problem(Kind.AWAY, f"sign-in: {failure}", wait=failure.wait)
    except httpx.RequestError as failure:
        return _away(problem_of_failure(failure))
    except (MsalServiceError, RuntimeError) as failure:  # the sign-in answered with a 5xx
        return Problem(Kind.AWAY, quotable(f"sign-in: {failure}"))
    except (ValueError, OSError) as failure:  # no such tenant; a key that cannot be read
        return Problem(Kind.SIGN_IN, quotable(f"sign-in: {type(failure).__name__}: {failure}"))


def _away(problem: Problem) -> Problem:
    """Nothing that a sign-in does or fails to do changes a calendar."""
    return Problem(Kind.AWAY, f"sign-in: {problem.why}")


class SignInClient:
    """What msal asks through (its `HttpClient`): httpx, with our certificates and time-outs.

    A token lasts an hour, so that no connection is kept.
    """

    def __init__(self, ca_file: str = "", answer: timedelta = _TIMEOUT) -> None:
        self._ca_file = ca_file
        self._answer = answer

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str | bytes] | str | None = None,
        headers: Mapping[str, str | None] | None = None,
        **_: object,
    ) -> "httpx.Response":
        """POST a form, once."""
        form = None
        if isinstance(data, Mapping):  # an assertion comes as bytes, which httpx would show as such
            form = {n: v.decode() if isinstance(v, bytes) else v for n, v in data.items()}
        content = data if isinstance(data, str) else None
        with self._open() as client:
            return _word_of(
                client.post(url, params=params, data=form, content=content, headers=_said(headers))
            )

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str | None] | None = None,
        **_: object,
    ) -> "httpx.Response":
        """GET, once."""
        with self._open() as client:
            return _word_of(client.get(url, params=params, headers=_said(headers)))

    def close(self) -> None:
        """Nothing is kept open."""

    def _open(self) -> "httpx.Client":
        import httpx  # noqa: PLC0415 - as above

        return httpx.Client(verify=trust(self._ca_file), timeout=self._answer.total_seconds())


class _NoWord(Exception):  # noqa: N818 - it is what happened, and passes
    """What answered was not the sign-in, or said no more than that it is busy."""

    def __init__(self, status: int, wait: timedelta | None) -> None:
        super().__init__(f"HTTP {status}")
        self.wait = wait


def _word_of(answer: "httpx.Response") -> "httpx.Response":
    """Give an answer that is the sign-in's own word.

    msal would take a gateway's page for a refusal, or stumble over it, and keep a busy minute as
    the answer to whatever is asked in the minute after it.

    Raises:
        _NoWord: It is none.
    """
    if not is_word_of_sign_in(answer.status_code, answer.content):
        raise _NoWord(answer.status_code, wait_by_its_own_clock(answer.headers))
    return answer


def _said(headers: Mapping[str, str | None] | None) -> dict[str, str]:
    """Leave out what msal says nothing for."""
    return {name: value for name, value in (headers or {}).items() if value is not None}
