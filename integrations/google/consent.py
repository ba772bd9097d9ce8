"""Asks a person to let us act for them at Google: the address to open, and what comes back.

OAuth 2.0 for an application on somebody's own machine (RFC 8252): the browser comes back to an
address on this machine, PKCE (RFC 7636) binds what it brings to who asked. Google has no way of
typing a code on another device for these rights; there, the address that the browser could not
open is pasted.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from integrations.google.reasons import GoogleSays, Meaning, Problem, described
from integrations.tls import trust

WHO = ("openid", "https://www.googleapis.com/auth/userinfo.email")

_AUTH = "https://accounts.google.com/o/oauth2/v2/auth"
_TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
_SECONDS = 30.0
_OK = 200


@dataclass(frozen=True, slots=True)
class Client:
    """What Google calls this application: an OAuth client of the type "Desktop"."""

    id: str
    secret: str = field(repr=False)
    endpoint: str = ""  # another base address; empty: Google's own
    ca_file: str = ""

    @property
    def auth_uri(self) -> str:
        """Give where people are asked."""
        return f"{self.endpoint.rstrip('/')}/auth" if self.endpoint else _AUTH

    @property
    def token_uri(self) -> str:
        """Give where tokens are to be had."""
        return f"{self.endpoint.rstrip('/')}/token" if self.endpoint else _TOKEN


class Consent:
    """One asking of one person. Every method raises `GoogleSays` where the answer is no."""

    def __init__(
        self, client: Client, scopes: Sequence[str], person: str, redirect_uri: str
    ) -> None:
        self._client = client
        self._scopes = tuple(scopes)
        self._person = person.lower()
        self._redirect_uri = redirect_uri
        self._state = token_urlsafe(24)
        self._verifier = token_urlsafe(48)

    @property
    def url(self) -> str:
        """Give the address that the person opens."""
        digest = hashlib.sha256(self._verifier.encode()).digest()
        told = {
            "client_id": self._client.id,
            "redirect_uri": self._redirect_uri,
            "response_type": "code",
            "scope": " ".join((*WHO, *self._scopes)),
            "state": self._state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",  # else a second time brings no refresh token
            "login_hint": self._person,
        }
        return f"{self._client.auth_uri}?{urlencode(told)}"

    def code_in(self, address: str) -> str:
        """Read the code out of the address that the browser came back to."""
        told = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        if told.get("state") != self._state:
            raise _no("the address is not the one that this asking leads to")
        if "error" in told:
            raise _no(described("not allowed:", told["error"]))
        if not told.get("code"):
            raise _no("the address holds no code")
        return told["code"]

    def exchange(self, code: str) -> Mapping[str, str]:
        """Give the sign-in that a code stands for; only if it is whole, and of who was asked."""
        told = self._asked(
            {
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": self._verifier,
                "redirect_uri": self._redirect_uri,
                "client_id": self._client.id,
                "client_secret": self._client.secret,
            }
        )
        missing = set(self._scopes) - set(str(told.get("scope", "")).split())
        if missing:
            raise _no(described("not every right was given:", *sorted(missing)))
        whose = _email_in(str(told.get("id_token", "")))
        if whose != self._person:
            raise _no("somebody else signed in than the settings name")
        if not told.get("refresh_token"):
            raise _no("Google gave no refresh token")
        return {
            "type": "authorized_user",
            "client_id": self._client.id,
            "client_secret": self._client.secret,
            "refresh_token": str(told["refresh_token"]),
            "token_uri": self._client.token_uri,
        }

    def _asked(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        import httpx  # noqa: PLC0415 - heavy; only askers pay

        try:
            answer = httpx.post(
                self._client.token_uri,
                data=dict(form),
                verify=trust(self._client.ca_file),
                timeout=_SECONDS,
            )
            told = answer.json()
        except (httpx.HTTPError, ValueError) as problem:
            why = described("signing in:", type(problem).__name__, str(problem))
            raise GoogleSays(Problem(Meaning.AWAY, why)) from problem
        if answer.status_code != _OK or not isinstance(told, dict):
            error = told.get("error", "") if isinstance(told, dict) else ""
            raise _no(described("signing in:", f"HTTP {answer.status_code}", str(error)))
        return told


def _email_in(id_token: str) -> str:
    """Read whose an ID token is: it came from Google itself, so its signature proves no more."""
    parts = id_token.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return str(claims["email"]).lower()
    except (IndexError, ValueError, KeyError, TypeError):
        return ""


def _no(why: str) -> GoogleSays:
    return GoogleSays(Problem(Meaning.SIGN_IN, why))
