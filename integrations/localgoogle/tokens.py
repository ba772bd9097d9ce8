"""Google's sign-in: an assertion signed by a service account, or a refresh token, for a token.

RFC 7523 and 6749; what Google refuses with is in "Using OAuth 2.0 for server to server
applications", "Error codes".
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Lock
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Token:
    """Whom a token speaks for, and what it may do."""

    person: str
    scopes: frozenset[str]
    is_service_account: bool = False  # itself, and no person of the company


@dataclass
class SignIns:
    """Who may sign in. `revoked` may not any more, and their tokens are void.

    `service_accounts` holds a public key in PEM by the account's address; `delegated` the rights
    that an administrator has given to all of them; `refresh_tokens` the person of each.
    """

    people: set[str] = field(default_factory=set)
    service_accounts: dict[str, bytes] = field(default_factory=dict)
    delegated: set[str] = field(default_factory=set)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    clients: dict[str, str] = field(default_factory=dict)  # secrets of OAuth clients
    refuses_consent: bool = False  # whoever is asked says no
    withholds: set[str] = field(default_factory=set)  # rights whose box is or was left unticked
    signs_in_as: str = ""  # another person than was hinted at sits at the browser
    given: int = 0  # how many tokens were given out
    page: tuple[int, str] | None = None  # what somebody in between answers instead: status, HTML
    slow: Event | None = None  # holds answers back until it happens

    def __post_init__(self) -> None:
        self._lock = Lock()
        self._tokens: dict[str, Token] = {}
        self._numbers = count(1)
        self._codes: dict[str, Mapping[str, str]] = {}

    def whose(self, authorization: str) -> Token | None:
        """Say whose token a request carries; None where it carries none that holds."""
        with self._lock:
            token = self._tokens.get(authorization.removeprefix("Bearer "))
        return None if token is None or token.person in self.revoked else token

    def expire_tokens(self) -> None:
        """Let every token run out before its time."""
        with self._lock:
            self._tokens.clear()

    def standing(self) -> tuple[Token, ...]:
        """Give the tokens that hold."""
        with self._lock:
            return tuple(self._tokens.values())

    def consent(self, asked: Mapping[str, str]) -> str:
        """Have the person who is asked answer; gives where their browser goes on to.

        Only to an address on their own machine (RFC 8252 7.3), and to who knows the verifier.
        """
        back, state = asked.get("redirect_uri", ""), asked.get("state", "")
        is_known = asked.get("client_id", "") in self.clients
        if not is_known or not back.startswith("http://127.0.0.1:"):
            return ""
        person = asked.get("login_hint", "").lower()
        if self.refuses_consent or person not in self.people or "code_challenge" not in asked:
            return f"{back}/?{urlencode({'error': 'access_denied', 'state': state})}"
        with self._lock:
            code = f"code-{next(self._numbers)}"
            self._codes[code] = asked
        return f"{back}/?{urlencode({'code': code, 'state': state})}"

    def exchange(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer a request for a token."""
        match form.get("grant_type"):
            case "urn:ietf:params:oauth:grant-type:jwt-bearer":
                return self._by_assertion(form.get("assertion", ""))
            case "authorization_code":
                return self._by_code(form)
            case "refresh_token":
                return self._by_refresh_token(form)
            case _:
                return _no(400, "unsupported_grant_type", "Invalid grant_type")

    def _by_assertion(self, assertion: str) -> tuple[int, dict[str, Any]]:
        claims = self._believed(assertion)
        if claims is None:
            return _no(400, "invalid_grant", "Invalid JWT Signature.")
        scopes = frozenset(str(claims.get("scope", "")).split())
        person = str(claims.get("sub", "")).lower()
        if not scopes:
            return _no(400, "invalid_scope", "Empty or missing scope not allowed.")
        if not person:
            return self._given(Token(str(claims["iss"]), scopes, is_service_account=True))
        if not scopes <= self.delegated:
            said = "Client is unauthorized to retrieve access tokens using this method"
            return _no(401, "unauthorized_client", said)
        if person not in self.people or person in self.revoked:
            return _no(400, "invalid_grant", "Invalid email or User ID")
        return self._given(Token(person, scopes))

    def _by_code(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Give a sign-in for a code, once, to whoever asked for it."""
        with self._lock:
            asked = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or asked["code_challenge"] != proof:
            return _no(400, "invalid_grant", "Malformed auth code.")
        if self.clients.get(form.get("client_id", "")) != form.get("client_secret"):
            return _no(401, "invalid_client", "Unauthorized")
        if asked["redirect_uri"] != form.get("redirect_uri"):
            return _no(400, "redirect_uri_mismatch", "Bad Request")
        person = self.signs_in_as or asked["login_hint"].lower()
        scopes = frozenset(asked["scope"].split()) - self.withholds
        refresh_token = f"refresh-{form['code']}"
        self.refresh_tokens[refresh_token] = person
        claims = json.dumps({"email": person, "email_verified": True}).encode()
        id_token = f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.none"
        status, told = self._given(Token(person, scopes))
        return status, {**told, "refresh_token": refresh_token, "id_token": id_token}

    def _by_refresh_token(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        person = self.refresh_tokens.get(form.get("refresh_token", ""))
        if person is None or person in self.revoked:
            return _no(400, "invalid_grant", "Token has been expired or revoked.")
        scopes = frozenset(form.get("scope", "").split()) - self.withholds
        return self._given(Token(person, scopes))

    def _given(self, token: Token) -> tuple[int, dict[str, Any]]:
        with self._lock:
            text = f"local-{next(self._numbers)}"
            self._tokens[text] = token
            self.given += 1
        told = {"access_token": text, "expires_in": 3599, "token_type": "Bearer"}
        return 200, {**told, "scope": " ".join(sorted(token.scopes))}

    def _believed(self, assertion: str) -> dict[str, Any] | None:
        """Read an assertion whose signature is that of the account it names."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - heavy; see below
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415 - only this server pays

        signed, _, signature = assertion.rpartition(".")
        try:
            head, claims = (json.loads(_decoded(part)) for part in signed.split("."))
            public = load_pem_public_key(self.service_accounts[claims["iss"]])
            if head["alg"] != "RS256" or not isinstance(public, RSAPublicKey):
                return None
            public.verify(_decoded(signature), signed.encode(), PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError, KeyError, TypeError):
            return None
        found: dict[str, Any] = claims
        return found if {"aud", "exp", "iat"} <= found.keys() else None


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _no(status: int, error: str, description: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": error, "error_description": description}
