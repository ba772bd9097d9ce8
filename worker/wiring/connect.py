"""What `connect` joins: the settings, the asking at a provider, and what is kept of the answer."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from integrations.door import Door
from integrations.google.calendar import SCOPES as CALENDAR_SCOPES
from integrations.google.consent import Client, Consent
from integrations.google.mailbox import SCOPES as MAIL_SCOPES
from integrations.google.reasons import GoogleSays
from integrations.google.servers import SCOPES as SERVER_SCOPES
from integrations.microsoft.meaning import Problem
from integrations.microsoft.person import Page, PersonSignIn, Prompt
from worker.engine.journal.lanes import calendar_lane, mail_lane
from worker.settings.model import Settings
from worker.wiring.microsoft import microsoft_of, registration_of, rights_of


@dataclass(frozen=True, slots=True)
class SignIn:
    """What is to be kept of a sign-in; or why there is none."""

    text: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """One person is asked in a browser; or `why` they could not even be asked."""

    url: str
    wait: Callable[[float], str]  # at most so many seconds for the address it came back to
    answered: Callable[[str], SignIn]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """What somebody types on another device; or `why` there is nothing to type."""

    address: str
    code: str
    typed: Callable[[], str]  # waits until it was, and says why nothing came of it
    why: str = ""


@contextmanager
def asking(provider: str, settings: Settings, *, sentence: str) -> Iterator[Asking]:
    """Open the door, and ask for as much as these settings use."""
    with Door(sentence) as door:
        yield ASKINGS[provider](settings, door)


def scopes_of(settings: Settings) -> tuple[str, ...]:
    """Say which rights are needed at Google: all where nothing is said so far."""
    boxes = settings.mailboxes.values()
    mail = MAIL_SCOPES if any(one.google for one in boxes) else ()
    calendars = CALENDAR_SCOPES if settings.calendars == "google" else ()
    servers = SERVER_SCOPES if any("google" in one.sign_ins for one in boxes) else ()
    return (*calendars, *mail, *servers) or (*CALENDAR_SCOPES, *MAIL_SCOPES)


def lanes_of(provider: str, settings: Settings) -> list[str]:
    """Name the ways out that a sign-in opens: they may have been shut for want of it."""
    boxes = settings.mailboxes.items()
    return [
        *(
            mail_lane(id_)
            for id_, one in boxes
            if getattr(one, provider) or provider in one.sign_ins
        ),
        calendar_lane(provider),
    ]


def _google(settings: Settings, door: Door) -> Asking:
    google = settings.google
    secret = google.client_secret.reveal() if google and google.client_secret else ""
    client = Client(google.client, secret, google.endpoint) if google else Client("", "")
    consent = Consent(client, scopes_of(settings), google.user if google else "", door.address)

    def answered(came: str) -> SignIn:
        try:
            return SignIn(json.dumps(dict(consent.exchange(consent.code_in(came)))))
        except GoogleSays as said:
            return SignIn(why=said.problem.why)

    return Asking(consent.url, door.wait, answered)


def _microsoft(settings: Settings, door: Door) -> Asking:
    connecting = Connecting(settings)
    page = connecting.page(door.by_name)
    if isinstance(page, Problem):
        return Asking("", door.wait, lambda _: SignIn(), page.why)
    return Asking(page.address, door.wait, lambda came: connecting.came_back(page, came))


class Connecting:
    """One person signs in at Microsoft; nothing is kept before all of it was right."""

    def __init__(self, settings: Settings) -> None:
        self._user = microsoft_of(settings).user
        self._rights = rights_of(settings)
        self._kept = _Loose()
        self._sign_in = PersonSignIn(registration_of(microsoft_of(settings)), self._kept)

    def page(self, redirect_uri: str) -> Page | Problem:
        """Give the page that asks for the rights of every service at once."""
        scopes = [scope for some in self._rights.values() for scope in some]
        return self._sign_in.page(scopes, redirect_uri, self._user)

    def came_back(self, page: Page, address: str) -> SignIn:
        """Give what is to be kept, by what the browser brought."""
        return self._right(self._sign_in.came_back(page, address, self._first))

    def codes(self) -> Iterator[Code]:
        """Ask for a code for each service: one code stands for the rights of one."""
        for scopes in self._rights.values():
            prompt = self._sign_in.prompt(scopes)
            if isinstance(prompt, Problem):
                yield Code("", "", str, prompt.why)
                return
            yield Code(prompt.address, prompt.code, self._typing(prompt, scopes))

    def sign_in(self) -> SignIn:
        """Give what is to be kept when every code was typed."""
        return SignIn(self._kept.text)

    @property
    def _first(self) -> Sequence[str]:
        return next(iter(self._rights.values()))

    def _typing(self, prompt: Prompt, scopes: Sequence[str]) -> Callable[[], str]:
        return lambda: self._right(self._sign_in.typed(prompt, scopes)).why

    def _right(self, account: str | Problem) -> SignIn:
        if isinstance(account, Problem):
            return SignIn(why=account.why)
        if account.lower() != self._user.lower():
            return SignIn(why=f"{account} signed in, and the settings name {self._user}")
        return SignIn(self._kept.text)


class _Loose:
    """A keeper for as long as somebody signs in."""

    def __init__(self) -> None:
        self.text = ""

    def load(self) -> str:
        """Give what was saved last."""
        return self.text

    def save(self, text: str) -> None:
        """Keep it."""
        self.text = text


ASKINGS: Mapping[str, Callable[[Settings, Door], Asking]] = {
    "google": _google,
    "microsoft": _microsoft,
}
