"""The sign-in of the stand-in: OpenID discovery, tokens of applications and of people.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow,
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow and
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from threading import Event
from typing import Any

from integrations.localgraph.replies import Reply

TENANT = "11111111-2222-3333-4444-555555555555"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_OF_NOBODY = frozenset({"openid", "profile", "offline_access", "email"})


@dataclass
class Login:
    """Who may sign in, and what was given out.

    The switches: `wrong` is an AADSTS number every sign-in fails with (0: none), `is_busy` answers
    503, `lifetime` how long tokens are said to last; `refuses_consent` is a person who says no,
    `withholds` rights (as `Mail.Send`) that are not given, `account` who sits at the browser.
    """

    client: str = "tsunagu-client"
    secret: str = "s3cret"  # noqa: S105 - nobody's
    account: str = "hr@tsunagu.example"
    wrong: int = 0
    is_busy: bool = False
    page: tuple[int, str] | None = None  # what somebody in between answers for tokens: status, HTML
    slow: Event | None = None  # holds tokens back until it happens
    lifetime: int = 3599
    typed_in: bool = False  # whether somebody typed the code on the other device
    refuses_consent: bool = False
    withholds: set[str] = field(default_factory=set)
    asked: list[Mapping[str, str]] = field(default_factory=list)  # of the token endpoint
    valid: dict[str, str] = field(default_factory=dict)  # tokens, and in whose name ("" nobody's)
    rights: dict[str, frozenset[str]] = field(default_factory=dict)  # of tokens of people
    refreshing: dict[str, str] = field(default_factory=dict)  # refresh tokens, and whose
    consented: dict[str, set[str]] = field(default_factory=dict)  # rights, by account
    asked_pages: list[Mapping[str, str]] = field(default_factory=list)  # of pages for people
    roles: set[str] = field(default_factory=set)  # of the application, in the whole company
    given: int = 0
    _codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _typing: str = ""  # the rights that the code for another device stands for

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
                return self._in_between() or self._token(form)
            case "oauth2/v2.0/devicecode":
                return self._code(base, form)
            case "oauth2/v2.0/authorize":
                self.asked_pages.append(dict(form))
                return self._page(form)
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

    def _page(self, asked: Mapping[str, str]) -> Reply:
        """Have whoever sits at the browser answer; it goes on to their own machine (RFC 8252 7.3).

        Of `http://localhost`, as it is registered, any port is taken.
        """
        back, state = asked.get("redirect_uri", ""), asked.get("state", "")
        if asked.get("client_id") != self.client or not back.startswith("http://localhost:"):
            return _refused(50011, "invalid_request", "The redirect URI does not match.")
        if asked.get("code_challenge_method") != "S256" or asked.get("response_type") != "code":
            return _refused(9002325, "invalid_request", "Proof Key for Code Exchange is required.")
        if asked.get("response_mode") != "form_post":
            return _refused(50147, "invalid_request", "Here, the code comes by a form alone.")
        if self.refuses_consent:
            said = {"error": "access_denied", "error_description": "AADSTS65004: declined."}
        else:
            code = f"code-{len(self.asked_pages)}"
            self._codes[code] = asked
            self._consent(asked.get("scope", ""))
            said = {"code": code}
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">'
            for name, value in {**said, "state": state}.items()
        )
        page = (
            f'<!doctype html><form method="post" action="{escape(back)}">{fields}</form>'
            "<script>document.forms[0].submit()</script>"
        )
        return Reply(200, None, {"Content-Type": "text/html"}, raw=page.encode())

    def _consent(self, scope: str) -> None:
        given = set(scope.split()) - _OF_NOBODY
        given = {one for one in given if one.rpartition("/")[2] not in self.withholds}
        self.consented.setdefault(self.account, set()).update(given)

    def _in_between(self) -> Reply | None:
        """Let whoever stands before the sign-in hold things up, or answer instead."""
        if self.slow is not None:
            self.slow.wait()
        return None if self.page is None else Reply(self.page[0], raw=self.page[1].encode())

    def _token(self, form: Mapping[str, str]) -> Reply:  # noqa: PLR0911 - a table of grants
        if self.wrong:
            return _refused(self.wrong, "invalid_client", "It is as the number says.")
        if form.get("client_id") != self.client:
            return _refused(700016, "unauthorized_client", "Application was not found.")
        match form.get("grant_type"):
            case "client_credentials":
                return self._of_application(form)
            case "authorization_code":
                return self._by_code(form)
            case word if word == _DEVICE:
                if not self.typed_in:
                    return _refused(70016, "authorization_pending", "Nobody typed the code yet.")
                self._consent(self._typing)
                return self._in_the_name_of(self.account, self._typing)
            case "refresh_token":
                account = self.refreshing.get(form.get("refresh_token", ""))
                if account is None:
                    return _refused(50173, "invalid_grant", "The grant was revoked.")
                return self._in_the_name_of(account, form.get("scope", ""))
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

    def _by_code(self, form: Mapping[str, str]) -> Reply:
        """Give a token for a code, once, to whoever asked for it."""
        asked = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or asked["code_challenge"] != proof:
            return _refused(501481, "invalid_grant", "The Code_Verifier does not match.")
        if asked["redirect_uri"] != form.get("redirect_uri"):
            return _refused(50011, "invalid_grant", "The redirect URI does not match.")
        return self._in_the_name_of(self.account, form.get("scope", ""), asked.get("nonce", ""))

    def _in_the_name_of(self, account: str, scope: str, nonce: str = "") -> Reply:
        """Give a token of one service; never of two, and none without consent."""
        wanted = set(scope.split()) - _OF_NOBODY
        if len({one.rpartition("/")[0] for one in wanted}) != 1:
            return _refused(28000, "invalid_scope", "It contains more than one resource.")
        rights = wanted & self.consented.get(account, set())
        if not rights:
            return _refused(65001, "invalid_grant", "The user has not consented.")
        token = self._given(account, frozenset(one.rpartition("/")[2] for one in rights))
        self.rights[token["access_token"]] = frozenset(rights)
        refreshing = f"refresh-{self.given}"
        self.refreshing[refreshing] = account
        claims = {
            "aud": self.client,
            "iss": "https://login.test",
            "sub": "1",
            "oid": "1",
            "tid": TENANT,
            "preferred_username": account,
            "exp": 4102444800,
            "iat": 1,
            **({"nonce": nonce} if nonce else {}),
        }
        info = {"uid": "1", "utid": TENANT}
        return Reply(
            200,
            {
                **token,
                "refresh_token": refreshing,
                "id_token": f"{_part({'alg': 'none'})}.{_part(claims)}.x",
                "client_info": _part(info),
                "scope": " ".join(sorted(rights)),
            },
        )

    def _given(self, account: str, scp: frozenset[str] = frozenset()) -> dict[str, Any]:
        self.given += 1
        claims: dict[str, object] = {"jti": f"token-{self.given}"}
        claims |= {"roles": sorted(self.roles)} if not account else {"scp": " ".join(sorted(scp))}
        token = f"{_part({'alg': 'none'})}.{_part(claims)}.x"
        self.valid[token] = account
        return {"token_type": "Bearer", "expires_in": self.lifetime, "access_token": token}

    def _code(self, base: str, form: Mapping[str, str]) -> Reply:
        if form.get("client_id") != self.client:
            return _refused(700016, "unauthorized_client", "Application was not found.")
        self._typing = form.get("scope", "")
        if len({one.rpartition("/")[0] for one in set(self._typing.split()) - _OF_NOBODY}) != 1:
            return _refused(28000, "invalid_scope", "It contains more than one resource.")
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
