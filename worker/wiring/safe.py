"""The safe of a workspace, in which sign-ins are kept, and what seals it."""

import os
from pathlib import Path

from integrations.safe import Safe, new_key
from integrations.system_keyring import SystemKeyring
from worker.settings.load import DOTENV, SEAL
from worker.settings.model import Settings

_OWNER_ONLY = 0o600


def kept_sign_ins(settings: Settings, seal: str) -> Safe:
    """Give the safe of a workspace."""
    return Safe(settings.root / ".tsunagu" / "sign-ins.json", seal)


def seal_of(settings: Settings) -> str:
    """Give what sign-ins are sealed with: by the environment, else the system's keyring.

    Raises:
        SettingsError: The keyring is locked.
    """
    if settings.seal is not None:
        return settings.seal.reveal()
    return SystemKeyring().get(_name_in_keyring(settings))


def made_seal(settings: Settings, *, into_keyring: bool = False) -> tuple[str, str]:
    """Give what sign-ins are sealed with, and where it was put if there was none.

    A new one is written into `.env`, where it can be moved away from, or into the keyring.

    Raises:
        SettingsError: The keyring is locked, or there is none to put it into.
    """
    known = seal_of(settings)
    if known:
        return known, ""
    key = new_key()
    if into_keyring:
        SystemKeyring().put(_name_in_keyring(settings), key)
        return key, "keyring"
    _append(settings.root / DOTENV, f"{SEAL}={key}\n")
    return key, str(settings.root / DOTENV)


def _name_in_keyring(settings: Settings) -> str:
    """Name a workspace: another one has another key."""
    return str(settings.root)


def _append(path: Path, line: str) -> None:
    before = path.read_text("utf-8") if path.exists() else ""
    gap = "" if not before or before.endswith("\n") else "\n"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _OWNER_ONLY)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(f"{gap}{line}")
