"""The line to Google: signs in as somebody, asks once, and says what was answered.

`google-api-python-client` knows the methods and their parameters and writes the requests; they
travel over a transport of ours. Its own (httplib2) sends a POST a second time where the connection
is closed without an answer, and nobody would know; this one never does. The one thing asked twice
is what was refused because a token had run out in between: refused, so certainly not done.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from integrations.google.reasons import GoogleSays, Meaning, Problem, described, problem_of, wait_in
from integrations.http import is_word_of_sign_in, wait_by_its_own_clock, wait_of
from integrations.tls import trust
from worker.domain.errors import SettingsError
from worker.ports import Clock

if TYPE_CHECKING:
    import httpx
    from google.auth.credentials import Credentials

_UNAUTHORIZED = 401


class Request(Protocol):
    """A request of google-api-python-client, ready to be made."""

    headers: dict[str, str]

    def execute(self, http: object, num_retries: int) -> Any:  # noqa: ANN401 - as JSON comes
        """Make it over *http*."""
        ...


@dataclass(frozen=True, slots=True)
class GoogleAccount:
    """How we sign in to Google, and where it stands.

    `key` is what the key file of a service account holds (`type: service_account`), which acts for
    whomever it is asked to by domain-wide delegation; or a person's own sign-in (`type:
    authorized_user`), which acts for that person whomever it is asked to act for.
    """

    key: Mapping[str, str] = field(repr=False)
    endpoint: str = ""  # another base address; empty: Google's own
    ca_file: str = ""  # certificates to trust beside the machine's
    connect: timedelta = timedelta(seconds=10)
    answer: timedelta = timedelta(seconds=60)

    @property
    def is_delegated(self) -> bool:
        """Whether it acts for others."""
        return self.key.get("type") == "service_account"


class GoogleSignIn:
    """Keeps the tokens of an account, one a person; any number of threads share it.

    With *reread* the account is read anew once it is refused: somebody may have connected again.
    """

    def __init__(
        self,
        account: GoogleAccount,
        scopes: Sequence[str],
        *,
        reread: Callable[[], GoogleAccount] | None = None,
    ) -> None:
        self.account = account
        self._scopes = tuple(scopes)
        self._reread = reread
        self._is_refused = False
        self.one = Lock()  # held by who has a token made
        self._lock = Lock()
        self._known: dict[str, Any] = {}  # by person; the account's own under no name

    def credentials(self, person: str) -> "Credentials":
        """Give what signs requests as *person*.

        Raises:
            GoogleSays: The key holds nothing that anybody could sign in with.
        """
        whose = person.lower() if self.account.is_delegated else ""
        with self._lock:
            if self._is_refused:
                self._read_anew()
            if "" not in self._known:
                self._known[""] = self._read_key()
            if whose not in self._known:  # reading a key takes a tenth of a second: once is enough
                self._known[whose] = self._known[""].with_subject(whose)
            found: Credentials = self._known[whose]
            return found

    def rights(self, person: str) -> tuple[str, ...]:
        """Name the rights that *person*'s token was given; those asked for where Google is mute."""
        given = getattr(self.credentials(person), "granted_scopes", None)
        return tuple(given or self._scopes)

    def refused(self) -> None:
        """Note that Google does not let this account in as it is."""
        with self._lock:
            self._is_refused = True

    def _read_anew(self) -> None:
        self._known.clear()
        if self._reread is not None:
            try:
                self.account = self._reread()
            except SettingsError as problem:
                why = described("signing in:", str(problem).splitlines()[1])
                raise GoogleSays(Problem(Meaning.SIGN_IN, why)) from problem
        self._is_refused = False

    def _read_key(self) -> Any:  # noqa: ANN401 - credentials, typed in part
        from google.oauth2 import credentials, service_account  # noqa: PLC0415 - only askers pay

        key = dict(self.account.key)
        try:
            if self.account.is_delegated:
                return service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call] # typed in part
                    key, scopes=self._scopes
                )
            return credentials.Credentials(  # type: ignore[no-untyped-call] # typed in part
                token=None,
                refresh_token=key["refresh_token"],
                token_uri=key["token_uri"],
                client_id=key["client_id"],
                client_secret=key.get("client_secret", ""),
                scopes=self._scopes,
            )
        except (ValueError, KeyError) as problem:
            why = described("the key cannot be used:", type(problem).__name__, str(problem))
            raise GoogleSays(Problem(Meaning.SIGN_IN, why)) from problem


class GoogleLine:
    """One connection to Google. Used by one thread at a time."""

    def __init__(self, sign_in: GoogleSignIn, clock: Clock) -> None:
        self._sign_in = sign_in
        self._clock = clock
        self._client: httpx.Client | None = None
        self._services: dict[str, Any] = {}

    @property
    def is_delegated(self) -> bool:
        """Whether requests can be made as anybody of the company."""
        return self._sign_in.account.is_delegated

    def service(self, name: str, version: str, path: str) -> Any:  # noqa: ANN401 - made at run time from Google's document
        """Give the methods of an API. The document that describes them lies in the library."""
        if name not in self._services:
            from googleapiclient.discovery import build  # noqa: PLC0415 - only askers pay

            # It writes what it was refused to standard error; we tell it in our own words.
            logging.getLogger("googleapiclient.http").setLevel(logging.ERROR)
            endpoint = self._sign_in.account.endpoint.rstrip("/")
            options = {"api_endpoint": f"{endpoint}{path}"} if endpoint else {}
            self._services[name] = build(
                name, version, http=_NoHttp(), client_options=options, static_discovery=True
            )
        return self._services[name]

    def ask(self, request: Request, person: str) -> Mapping[str, Any]:
        """Make a request as *person*, once.

        Raises:
            GoogleSays: It came to anything but a success.
        """
        import httpx  # noqa: PLC0415 - only askers pay
        from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - as above
        from googleapiclient.errors import HttpError  # noqa: PLC0415 - as above

        try:
            signed = _SignedHttp(self._open_client(), self._sign_in.credentials(person))
            answer = request.execute(http=signed, num_retries=0)
        except HttpError as said:
            now = self._clock.now()
            wait = wait_of(said.resp.get("retry-after", ""), now) or wait_in(said.content, now)
            raise GoogleSays(problem_of(int(said.resp.status), said.content, wait)) from said
        except GoogleAuthError as problem:
            raise self._no_sign_in(problem) from problem
        except httpx.HTTPError as problem:
            raise GoogleSays(_of_the_network(problem)) from problem
        except ValueError as problem:  # a 2xx whose body is no JSON: cut short on its way
            raise GoogleSays(
                Problem(Meaning.LOST, described("an answer that is no JSON:", str(problem)))
            ) from problem
        told = answer if isinstance(answer, Mapping) else {}
        # An error is one whatever its status says; and where nothing is answered, nothing comes.
        if "error" in told or (answer and not told):
            why = described("a success that is none:", str(told.get("error", "")))
            raise GoogleSays(Problem(Meaning.LOST, why))
        return told

    def token(self, person: str) -> str:
        """Give an access token of *person*'s, for who asks by another way than HTTP.

        Raises:
            GoogleSays: There is none.
        """
        from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - as above

        try:
            with self._sign_in.one:  # of many threads one asks for a new one
                credentials = self._sign_in.credentials(person)
                return _SignedHttp(self._open_client(), credentials).token()
        except GoogleAuthError as problem:
            raise self._no_sign_in(problem) from problem
        finally:
            self.close()  # a token lasts for an hour

    def forget(self, person: str, token: str) -> None:
        """Give *token* no more: who was shown it does not take it."""
        with self._sign_in.one:
            credentials = self._sign_in.credentials(person)
            if credentials.token == token:
                credentials.token = None

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _no_sign_in(self, problem: Exception) -> GoogleSays:
        told = _of_signing_in(problem)
        if told.meaning is Meaning.SIGN_IN:
            self._sign_in.refused()
        return GoogleSays(told)

    def _open_client(self) -> "httpx.Client":
        if self._client is None:
            import httpx  # noqa: PLC0415 - only askers pay

            account = self._sign_in.account
            answer = account.answer.total_seconds()
            self._client = httpx.Client(
                verify=trust(account.ca_file),
                timeout=httpx.Timeout(answer, connect=account.connect.total_seconds()),
                follow_redirects=False,
            )
        return self._client


class _NoHttp:
    """Stands where the library wants a transport before there is anybody to sign in as."""

    def request(self, uri: str, *_: object, **__: object) -> None:
        """Refuse: a request goes out as somebody, or not at all."""
        raise AssertionError(f"{uri} was asked for as nobody")


class _SignedHttp:
    """A transport as google-api-python-client wants one: signs, sends once, never repeats."""

    def __init__(self, client: "httpx.Client", credentials: "Credentials") -> None:
        self._client = client
        self._credentials = credentials

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Mapping[str, Any], bytes]:
        """Make one request, and give its head and its body."""
        from httplib2 import Response  # noqa: PLC0415 - only askers pay; a dict of headers

        had_token = bool(self._credentials.valid)
        answer = self._send(uri, method, body, headers or {})
        if answer.status_code == _UNAUTHORIZED and had_token:
            self._credentials.refresh(self._fetch)  # type: ignore[no-untyped-call] # typed in part
            answer = self._send(uri, method, body, headers or {})
        head = Response({**answer.headers, "status": str(answer.status_code)})
        head.reason = answer.reason_phrase
        return head, answer.content

    def token(self) -> str:
        """Give the token itself, a new one where there is none that is valid."""
        if not self._credentials.valid:
            self._credentials.refresh(self._fetch)  # type: ignore[no-untyped-call] # typed in part
        return str(self._credentials.token)

    def _send(
        self, uri: str, method: str, body: str | bytes | None, headers: Mapping[str, str]
    ) -> "httpx.Response":
        signed = {name: value for name, value in headers.items() if name != "accept-encoding"}
        self._credentials.before_request(self._fetch, method, uri, signed)  # type: ignore[no-untyped-call] # typed in part
        return self._client.request(method, uri, content=body, headers=signed)

    def _fetch(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_: object,
    ) -> "_TokenAnswer":
        """Fetch a token, as google-auth wants it done.

        What is not the sign-in's own word, a gateway's page or half an answer, is no answer: it
        would be taken for a refusal otherwise, or for a token.
        """
        import httpx  # noqa: PLC0415 - only askers pay
        from google.auth.exceptions import TransportError  # noqa: PLC0415 - as above

        waits = self._client.timeout if timeout is None else httpx.Timeout(timeout)
        try:
            answer = self._client.request(method, url, content=body, headers=headers, timeout=waits)
        except httpx.HTTPError as problem:
            raise TransportError(f"{type(problem).__name__}: {problem}") from problem  # type: ignore[no-untyped-call] # typed in part
        if not is_word_of_sign_in(answer.status_code, answer.content, "error", "access_token"):
            wait = wait_by_its_own_clock(answer.headers)
            raise TransportError(f"HTTP {answer.status_code}", wait)  # type: ignore[no-untyped-call] # as above
        return _TokenAnswer(answer.status_code, dict(answer.headers), answer.content)


@dataclass(frozen=True, slots=True)
class _TokenAnswer:
    """An answer as google-auth wants it."""

    status: int
    headers: Mapping[str, str]
    data: bytes


def _of_signing_in(problem: Exception) -> Problem:
    """Say what not being signed in means; no request of ours was made then."""
    from google.auth.exceptions import RefreshError  # noqa: PLC0415 - only who fails pays

    words = [str(one) for one in problem.args if isinstance(one, str)]
    why = described("signing in:", *(words or [type(problem).__name__]))
    is_refused = isinstance(problem, RefreshError) and not problem.retryable
    wait = next((one for one in problem.args if isinstance(one, timedelta)), None)
    return Problem(Meaning.SIGN_IN if is_refused else Meaning.AWAY, why, wait)


def _of_the_network(problem: "httpx.HTTPError") -> Problem:
    """Tell what certainly did not leave us from what may have arrived."""
    import httpx  # noqa: PLC0415 - only who fails pays

    never_left = (
        httpx.ConnectError,
        httpx.ConnectTimeout,
        httpx.PoolTimeout,
        httpx.ProxyError,
        httpx.UnsupportedProtocol,
        httpx.LocalProtocolError,
    )
    meaning = Meaning.AWAY if isinstance(problem, never_left) else Meaning.LOST
    return Problem(meaning, described(type(problem).__name__, str(problem)))
