"""The safe that a desktop keeps for its owner: GNOME's or KDE's wallet, macOS's or Windows' own.

By the library `keyring`, where it is installed. A server has none, and neither has a process that
nobody is signed in for: then it answers that there is nothing, and the environment holds the key.
"""

from typing import TYPE_CHECKING

from worker.domain.errors import SettingsError

if TYPE_CHECKING:
    from types import ModuleType

_SERVICE = "tsunagu"


class SystemKeyring:
    """What one user's keyring holds for us, by name."""

    def get(self, name: str) -> str:
        """Give what is kept under a name; empty where nothing is, or there is no keyring.

        Raises:
            SettingsError: There is one, and it is locked or does not answer.
        """
        keyring = _library()
        if keyring is None:
            return ""
        from keyring.errors import KeyringError, NoKeyringError  # noqa: PLC0415 - see `_library`

        try:
            return keyring.get_password(_SERVICE, name) or ""
        except NoKeyringError:
            return ""
        except KeyringError as problem:
            raise _locked(problem) from problem

    def put(self, name: str, text: str) -> None:
        """Keep something under a name.

        Raises:
            SettingsError: There is no keyring, or it takes nothing.
        """
        keyring = _library()
        if keyring is None:
            raise SettingsError(
                "システムのキーリングを使うには keyring が要ります。\n"
                "The system's keyring needs the library keyring.\n"
                "pip install 'tsunagu[keyring]'"
            )
        from keyring.errors import KeyringError  # noqa: PLC0415 - see `_library`

        try:
            keyring.set_password(_SERVICE, name, text)
        except KeyringError as problem:
            raise _locked(problem) from problem


def _library() -> "ModuleType | None":
    try:
        import keyring  # noqa: PLC0415 - an extra, and heavy
    except ImportError:
        return None
    return keyring


def _locked(problem: Exception) -> SettingsError:
    said = " ".join(str(problem).split())[:200] or type(problem).__name__
    return SettingsError(
        f"システムのキーリングが使えません（{said}）。\n"
        f"The system's keyring cannot be used ({said}).\n"
        "TSUNAGU_KEY=… tsunagu doctor"
    )
