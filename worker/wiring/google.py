"""From the settings to the one account that mailboxes and calendars at Google are reached with."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from integrations.google.line import GoogleAccount, GoogleSignIn
from worker.domain.errors import SettingsError
from worker.settings.model import Google, Settings
from worker.wiring.safe import kept_sign_ins, seal_of

_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address


def google_account(settings: Settings) -> GoogleAccount:
    """Read who we are at Google; nobody is asked.

    Raises:
        SettingsError: There is no key, or what is there is none.
    """
    google = settings.google or Google()
    if google.service_account is not None:
        return GoogleAccount(_key_in(google.service_account), endpoint=google.endpoint)
    if google.token is not None:
        return GoogleAccount(_key_of(google), endpoint=google.endpoint)
    kept = _kept(settings, google.user) if google.user else None
    if kept is not None:
        return GoogleAccount(kept, endpoint=google.endpoint)
    raise SettingsError(
        "Google へのサインインがありません(service_account も、つないだ人も)。\n"
        "Nobody can sign in to Google: there is no service_account, and nobody has connected.\n"
        "tsunagu connect google"
    )


def google_sign_in(settings: Settings, scopes: Sequence[str]) -> GoogleSignIn:
    """Give what all connections share that need these rights."""
    return GoogleSignIn(google_account(settings), scopes, reread=lambda: google_account(settings))


def google_name(google: Google) -> str:
    """Say who we are at Google, as a person reads it."""
    if google.service_account is None:
        return google.user
    return _key_in(google.service_account).get("client_email", "?")


def _key_in(path: Path) -> Mapping[str, str]:
    wrong = SettingsError(
        f"{path} はサービスアカウントの鍵ファイルではありません。\n"
        f"{path} is no key file of a service account.\n"
        f"ls -l {path}"
    )
    try:
        key = json.loads(path.read_bytes())
    except (OSError, ValueError) as problem:
        raise wrong from problem
    if not _holds(key, "client_email", "private_key", "token_uri"):
        raise wrong
    return {**key, "type": "service_account"}


def _kept(settings: Settings, user: str) -> Mapping[str, str] | None:
    """Give the sign-in that `tsunagu connect google` kept for somebody; None where it did not."""
    told = kept_sign_ins(settings, seal_of(settings)).get(f"google:{user}")
    if told is None:
        return None
    key: Mapping[str, str] = json.loads(told)
    return key


def _key_of(google: Google) -> Mapping[str, str]:
    wrong = SettingsError(
        "google.token は、client_id、client_secret、refresh_token を持つ JSON ではありません。\n"
        "google.token is no JSON that holds client_id, client_secret and refresh_token.\n"
        "tsunagu doctor"
    )
    try:
        key = json.loads(google.token.reveal() if google.token else "")
    except ValueError as problem:
        raise wrong from problem
    if not _holds(key, "client_id", "client_secret", "refresh_token"):
        raise wrong
    at = f"{google.endpoint.rstrip('/')}/token" if google.endpoint else _TOKEN_URI
    return {"token_uri": at, **key, "type": "authorized_user"}


def _holds(key: object, *names: str) -> bool:
    return isinstance(key, dict) and all(isinstance(key.get(name), str) for name in names)
