"""The safe of a workspace, in which sign-ins are kept, and what seals it."""

import os
from pathlib import Path

from integrations.safe import Safe, new_key
from worker.settings.load import DOTENV, SEAL
from worker.settings.model import Settings

_OWNER_ONLY = 0o600


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
