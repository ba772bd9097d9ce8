"""The sign-in of the stand-in: OpenID discovery, tokens of applications, codes for other devices.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow and
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.localgraph.replies import Reply

TENANT = "11111111-2222-3333-4444-555555555555"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass
class Login:
    """Who may sign in, and what was given out.

    The switches: `wrong` is an AADSTS number every sign-in fails with (0: none), `is_busy` answers
    503, `lifetime` how long tokens are said to last.
    """

    client: str = "tsunagu-client"
    secret: str = "s3cret"  # noqa: S105 - nobody's
    account: str = "hr@tsunagu.example"
    wrong: int = 0
    is_busy: bool = False
    lifetime: int = 3599
    typed_in: bool = False  # whether somebody typed the code on the other device
    asked: list[Mapping[str, str]] = field(default_factory=list)  # of the token endpoint
    valid: dict[str, str] = field(default_factory=dict)  # tokens, and in whose name ("" nobody's)
    refreshing: set[str] = field(default_factory=set)
    given: int = 0

    def expire(self) -> None:
        """Take no token that was given out so far."""
        self.valid.clear()

    def withdraw(self) -> None:
        """End every sign-in in somebody's name."""
        self.valid.clear()
        self.refreshing.clear()

    def answer(self, base: str, path: str, form: Mapping[str, str]) -> Reply | None:
        """Answer what is asked of the sign-in; None for what is not its own."""
        tenant, _, rest = path.strip("/").partition("/")
        if self.is_busy:
            return Reply(503, {"error": "temporarily_unavailable"})
        match rest:
            case "v2.0/.well-known/openid-configuration":
                return self._configuration(base, tenant)
            case "oauth2/v2.0/token":
                self.asked.append(dict(form))
                return self._token(form)
            case "oauth2/v2.0/devicecode":
                return self._code(base, form)
            case _:
                return None

    def _configuration(self, base: str, tenant: str) -> Reply:
        if tenant in {"", "nobody"}:
            return _refused(90002, "invalid_tenant", f"Tenant '{tenant}' not found.")
        there = f"{base}/{TENANT}"
        return Reply(
            200,
            {
                "issuer": f"{there}/v2.0",
                "authorization_endpoint": f"{there}/oauth2/v2.0/authorize",
                "token_endpoint": f"{there}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{there}/oauth2/v2.0/devicecode",
                "jwks_uri": f"{there}/discovery/v2.0/keys",
            },
        )

    def _token(self, form: Mapping[str, str]) -> Reply:  # noqa: PLR0911 - a table of grants
        if self.wrong:
            return _refused(self.wrong, "invalid_client", "It is as the number says.")
        if form.get("client_id") != self.client:
            return _refused(700016, "unauthorized_client", "Application was not found.")
        match form.get("grant_type"):
            case "client_credentials":
                return self._of_application(form)
            case word if word == _DEVICE:
                if not self.typed_in:
                    return _refused(70016, "authorization_pending", "Nobody typed the code yet.")
                return self._in_somebodys_name()
            case "refresh_token":
                if form.get("refresh_token") not in self.refreshing:
                    return _refused(50173, "invalid_grant", "The grant was revoked.")
                return self._in_somebodys_name()
            case other:
                return _refused(70003, "unsupported_grant_type", f"No grant '{other}'.")

    def _of_application(self, form: Mapping[str, str]) -> Reply:
        if not str(form.get("scope", "")).endswith("/.default"):
            return _refused(70011, "invalid_scope", "The scope is not valid.")
        assertion = form.get("client_assertion")
        if assertion is not None:
            thumb = _header(assertion).get("x5t#S256")
            if form.get("client_assertion_type") != _ASSERTION or not thumb:
                return _refused(700027, "invalid_client", "No thumbprint by SHA-256.")
        elif form.get("client_secret") != self.secret:
            return _refused(7000215, "invalid_client", "Invalid client secret provided.")
        return Reply(200, self._given(""))

    def _in_somebodys_name(self) -> Reply:
        token = self._given(self.account)
        refreshing = f"refresh-{self.given}"
        self.refreshing.add(refreshing)
        claims = {
            "aud": self.client,
            "iss": "https://login.test",
            "sub": "1",
            "oid": "1",
            "tid": TENANT,
            "preferred_username": self.account,
            "exp": 4102444800,
            "iat": 1,
        }
        info = {"uid": "1", "utid": TENANT}
        return Reply(
            200,
            {
                **token,
                "refresh_token": refreshing,
                "id_token": f"{_part({'alg': 'none'})}.{_part(claims)}.x",
                "client_info": _part(info),
                "scope": "https://graph.microsoft.com/.default",
            },
        )

    def _given(self, account: str) -> dict[str, Any]:
        self.given += 1
        token = f"token-{self.given}"
        self.valid[token] = account
        return {"token_type": "Bearer", "expires_in": self.lifetime, "access_token": token}

    def _code(self, base: str, form: Mapping[str, str]) -> Reply:
        if form.get("client_id") != self.client:
            return _refused(700016, "unauthorized_client", "Application was not found.")
        return Reply(
            200,
            {
                "user_code": "ABCD-EFGH",
                "device_code": "device-1",
                "verification_uri": f"{base}/device",
                "expires_in": 900,
                "interval": 1,
                "message": f"Open {base}/device and enter the code ABCD-EFGH.",
            },
        )


def _refused(number: int, word: str, said: str) -> Reply:
    description = f"AADSTS{number}: {said}\r\nTrace ID: 0\r\nCorrelation ID: 0"
    body = {"error": word, "error_description": description, "error_codes": [number]}
    return Reply(401 if word == "invalid_client" else 400, body)


def _header(assertion: str) -> dict[str, Any]:
    part = assertion.partition(".")[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _part(said: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
