"""The right to ask Microsoft in a person's name: they sign in once, and are not asked again.

In a browser on this machine, by a code that PKCE (RFC 7636) binds to whoever asked for it; or
elsewhere, by typing a code (RFC 8628). msal does both. What is kept renews itself with each use,
lies idle for ninety days at most, and is over when the person or an administrator takes it back
(https://learn.microsoft.com/entra/identity-platform/refresh-tokens); then it is read anew from
where it is kept, in case they have signed in again meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, urlsplit

from integrations.microsoft.meaning import Kind, Problem, problem_of_sign_in, quotable
from integrations.microsoft.tokens import Registration, answered, told_to_msal

if TYPE_CHECKING:
    import msal

# The rights of each use, the least that Graph has for it; `.Shared` where the mailbox or calendar
# is another's who has given that person access. https://learn.microsoft.com/graph/permissions-reference
MAIL = ("Mail.ReadWrite", "Mail.Send")
CALENDARS = ("Calendars.ReadWrite",)
SHARED = ".Shared"

_NOBODY = "nobody has signed in: tsunagu connect microsoft"


class Keeper(Protocol):
    """Where the sign-in of a person is kept over restarts, and kept from everybody else."""

    def load(self) -> str:
        """Give what was saved last; empty where nothing was."""
        ...

    def save(self, text: str) -> None:
        """Keep it instead of what was saved before.

        Raises:
            OSError: There is no room for it, or no right to write it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """What somebody has to open in a browser, and what is needed when it comes back."""

    address: str
    flow: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What somebody has to do on another device, and until then."""

    address: str
    code: str
    flow: dict[str, Any] = field(repr=False)


class PersonSignIn:
    """One person's sign-in at one application. Any number of threads share it."""

    def __init__(self, registration: Registration, keeper: Keeper) -> None:
        self._registration = registration
        self._keeper = keeper
        self._app: msal.PublicClientApplication | None = None
        self._cache: msal.SerializableTokenCache | None = None
        self._unkept = ""  # what could not be kept so far
        self._one = Lock()

    def page(self, scopes: Sequence[str], redirect_uri: str, user: str) -> Page | Problem:
        """Give the page on which *user* is asked for *scopes*, of one service or several."""
        with self._one:
            said = answered(
                lambda: self._opened().initiate_auth_code_flow(
                    list(scopes),
                    redirect_uri=redirect_uri,
                    login_hint=user,
                    response_mode="form_post",
                )
            )
            if isinstance(said, Problem):
                return said
            return Page(str(said["auth_uri"]), dict(said))

    def came_back(self, page: Page, came: str, scopes: Sequence[str]) -> str | Problem:
        """Sign in by what the browser brought; gives the account. *scopes* are of one service.

        *came* is the address with the fields of the form as its query.
        """
        brought = {name: values[0] for name, values in parse_qs(urlsplit(came).query).items()}
        if brought.get("state") != page.flow.get("state"):
            return Problem(Kind.SIGN_IN, "the address is not the one that this asking leads to")
        with self._one:
            return self._signed_in(
                lambda: self._opened().acquire_token_by_auth_code_flow(
                    page.flow, brought, scopes=list(scopes)
                ),
                scopes,
            )

    def prompt(self, scopes: Sequence[str]) -> Prompt | Problem:
        """Ask for a code that somebody is to type; *scopes* are of one service."""
        with self._one:
            said = answered(lambda: self._opened().initiate_device_flow(list(scopes)))
            if isinstance(said, Problem):
                return said
            if "user_code" not in said:
                return problem_of_sign_in(said)
            return Prompt(str(said["verification_uri"]), str(said["user_code"]), dict(said))

    def typed(self, prompt: Prompt, scopes: Sequence[str]) -> str | Problem:
        """Wait until the code was typed, or has run out; gives the account."""
        with self._one:
            return self._signed_in(
                lambda: self._opened().acquire_token_by_device_flow(prompt.flow), scopes
            )

    def token(self, scopes: Sequence[str]) -> str | Problem:
        """Give a token for *scopes* of one service."""
        with self._one:
            said = answered(lambda: self._silently(scopes))
            if isinstance(said, Problem):
                return said
            trouble = self._keep()
            if trouble is not None:
                return trouble
            token = said.get("access_token")
            if isinstance(token, str):
                return token
            problem = problem_of_sign_in(said)
            if problem.kind is Kind.SIGN_IN:
                self._app = None  # somebody may sign in again meanwhile: it is read anew
            return problem

    def forget(self, token: str) -> None:
        """Give *token* no more, over a restart neither: the other side does not take it."""
        with self._one:
            if self._cache is None:
                return
            kind = self._cache.CredentialType.ACCESS_TOKEN
            for entry in list(self._cache.search(kind)):
                if entry["secret"] == token:
                    self._cache.remove_at(entry)
            self._keep()  # what could not be kept is before the next token is given

    def _signed_in(
        self, ask: Callable[[], Mapping[str, object]], scopes: Sequence[str]
    ) -> str | Problem:
        """Give the account that a sign-in is of, only if every right was given."""
        said = answered(ask)
        if isinstance(said, Problem):
            return said
        if not isinstance(said.get("access_token"), str):
            return problem_of_sign_in(said)
        given = str(said.get("scope", "")).lower().split()
        missing = sorted(scope for scope in scopes if scope.lower() not in given)
        if missing:
            return Problem(Kind.SIGN_IN, quotable("not given: " + " ".join(missing)))
        claims = said.get("id_token_claims")
        account = claims.get("preferred_username", "") if isinstance(claims, Mapping) else ""
        return self._keep() or str(account)

    def _silently(self, scopes: Sequence[str]) -> Mapping[str, object]:
        app = self._opened()
        accounts = app.get_accounts()
        if not accounts:
            return {"error": _NOBODY}
        found: Mapping[str, object] | None = app.acquire_token_silent_with_error(
            list(scopes), accounts[0]
        )
        return found or {"error": _NOBODY}

    def _opened(self) -> "msal.PublicClientApplication":
        import msal  # noqa: PLC0415 - a third of a second that only callers pay

        if self._app is None:
            self._cache = msal.SerializableTokenCache()
            kept = self._keeper.load()
            if kept:
                self._cache.deserialize(kept)
            self._app = msal.PublicClientApplication(
                self._registration.client,
                token_cache=self._cache,
                **told_to_msal(self._registration),
            )
        return self._app

    def _keep(self) -> Problem | None:
        """Keep what changed; where that cannot be, it is tried again before the next is used."""
        if self._cache is not None and self._cache.has_state_changed:
            self._unkept = self._cache.serialize()
        if not self._unkept:
            return None
        try:
            self._keeper.save(self._unkept)
        except OSError as failure:
            return Problem(Kind.AWAY, quotable(f"the sign-in cannot be kept: {failure}"))
        self._unkept = ""
        return None


class PersonTokens:
    """`Tokens` of one service, in the name of the person of a sign-in."""

    def __init__(self, sign_in: PersonSignIn, scopes: Sequence[str]) -> None:
        self._sign_in = sign_in
        self._scopes = tuple(scopes)

    def token(self) -> str | Problem:
        """Give a token in that person's name."""
        return self._sign_in.token(self._scopes)

    def forget(self, token: str) -> None:
        """Have the next token asked for."""
        self._sign_in.forget(token)
