"""What `connect` joins: the settings, the asking at Google, and the safe that keeps sign-ins."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from integrations.google.calendar import SCOPES as CALENDAR_SCOPES
from integrations.google.consent import Client, Consent
from integrations.google.door import Door
from integrations.google.mailbox import SCOPES as MAIL_SCOPES
from integrations.google.reasons import GoogleSays
from integrations.safe import Safe, new_key
from worker.settings.load import DOTENV, SEAL
from worker.settings.model import Settings

_OWNER_ONLY = 0o600


class Asking:
    """One person is asked in a browser."""

    def __init__(self, consent: Consent, door: Door) -> None:
        self._consent = consent
        self._door = door

    @property
    def url(self) -> str:
        """Give the address to open."""
        return self._consent.url

    def wait(self, seconds: float) -> str:
        """Give the address that the browser came back to; empty if it did not in time."""
        return self._door.wait(seconds)

    def answered(self, came: str) -> tuple[Mapping[str, str] | None, str]:
        """Give the sign-in that an address stands for, or why there is none."""
        try:
            return self._consent.exchange(self._consent.code_in(came)), ""
        except GoogleSays as said:
            return None, said.problem.why


@contextmanager
def asking(settings: Settings, *, sentence: str) -> Iterator[Asking]:
    """Open the door, and ask for as much as these settings use."""
    google = settings.google
    secret = google.client_secret.reveal() if google and google.client_secret else ""
    client = Client(google.client, secret, google.endpoint) if google else Client("", "")
    with Door(sentence) as door:
        person = google.user if google else ""
        yield Asking(Consent(client, scopes_of(settings), person, door.address), door)


def scopes_of(settings: Settings) -> tuple[str, ...]:
    """Say which rights are needed: for mail, for calendars; all where nothing is said so far."""
    mail = MAIL_SCOPES if any(one.google for one in settings.mailboxes.values()) else ()
    calendars = CALENDAR_SCOPES if settings.calendars == "google" else ()
    return (*calendars, *mail) or (*CALENDAR_SCOPES, *MAIL_SCOPES)


def kept_sign_ins(settings: Settings, seal: str) -> Safe:
    """Give the safe of a workspace."""
    return Safe(settings.root / ".tsunagu" / "sign-ins.json", seal)


def seal_of(settings: Settings, *, makes_one: bool = True) -> tuple[str, bool]:
    """Give what sign-ins are sealed with, and whether it was made just now.

    A new one is written into `.env`, where it can be moved away from.
    """
    if settings.seal is not None:
        return settings.seal.reveal(), False
    if not makes_one:
        return "", False
    key = new_key()
    _append(settings.root / DOTENV, f"{SEAL}={key}\n")
    return key, True


def _append(path: Path, line: str) -> None:
    before = path.read_text("utf-8") if path.exists() else ""
    gap = "" if not before or before.endswith("\n") else "\n"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _OWNER_ONLY)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(f"{gap}{line}")
