"""Sign-ins at rest: one file beside the journal, in which every entry is sealed.

Sealed with Fernet (AES-128 in CBC mode and HMAC-SHA256) under a key that lies elsewhere, so that a
copy of the folder signs nobody in. The file is readable by its owner alone and is replaced as a
whole: killed anywhere, the old one or the new one is there. Processes that change it take turns, so
that one renewing its sign-in loses nobody else's.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from worker.domain.errors import SettingsError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_OWNER_ONLY = 0o600


class Safe:
    """What is kept under names in the file at *path*."""

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key

    def get(self, name: str) -> str | None:
        """Give what is kept under a name; None where nothing is.

        Raises:
            SettingsError: The key is another one than it was sealed with, or is none.
        """
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - heavy; only askers pay

        sealed = self._read().get(name)
        if sealed is None:
            return None
        try:
            return self._fernet(name).decrypt(sealed.encode()).decode()
        except (InvalidToken, UnicodeError) as problem:
            raise _locked(self._path, name) from problem

    def put(self, name: str, text: str) -> None:
        """Keep something under a name, in the place of what was there."""
        sealed = self._fernet(name).encrypt(text.encode()).decode()
        with self._turn():
            self._write({**self._read(), name: sealed})

    def remove(self, name: str) -> bool:
        """Forget what is kept under a name; says whether anything was."""
        with self._turn():
            kept = self._read()
            if name not in kept:
                return False
            self._write({one: sealed for one, sealed in kept.items() if one != name})
            return True

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Be the only one who changes it; the operating system ends the turn of whoever dies."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".lock")
        held = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        finally:
            os.close(held)

    def _fernet(self, name: str) -> "Fernet":
        from cryptography.fernet import Fernet  # noqa: PLC0415 - as above

        try:
            return Fernet(self._key.encode())
        except ValueError as problem:
            raise _locked(self._path, name) from problem

    def _read(self) -> dict[str, str]:
        try:
            kept = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as problem:
            raise _unreadable(self._path) from problem
        if not isinstance(kept, dict):
            raise _unreadable(self._path)
        return {str(name): str(sealed) for name, sealed in kept.items()}

    def _write(self, kept: dict[str, str]) -> None:
        new = self._path.with_suffix(".new")
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)


def new_key() -> str:
    """Make a key: 32 random octets, as text."""
    from cryptography.fernet import Fernet  # noqa: PLC0415 - heavy; only askers pay

    return Fernet.generate_key().decode()


def _locked(path: Path, name: str) -> SettingsError:
    return SettingsError(
        f"{path} は、いまの TSUNAGU_KEY では開けません。\n"
        f"{path} cannot be opened with the TSUNAGU_KEY there is now.\n"
        f"tsunagu connect {name.partition(':')[0]}"
    )


def _unreadable(path: Path) -> SettingsError:
    return SettingsError(f"{path} が読めません。\n{path} cannot be read.\nls -l {path}")
