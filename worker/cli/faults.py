"""What went wrong becomes a sentence and an exit status; the traceback becomes a log.

Mistakes of an author or of the operator say what to do. A fault of ours is one sentence and the
place of the log, which only its owner can read and which holds no address.
"""

import errno
import os
import re
import sys
import tempfile
import traceback
from hashlib import sha256
from pathlib import Path

from worker.cli.mistakes import Wrong
from worker.cli.phrases import Phrases
from worker.domain.errors import BrokenPromise, SettingsError, StoreError, TsunaguError
from worker.problems import Mistakes, render_all
from worker.settings.load import SettingsMistakes, find_workspace, load_settings
from worker.wiring.clock import SystemClock
from worker.wiring.lock import StoreInUse

_OURS = 70
_OPERATOR = 2
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+(?<!:\*{3})@[^\s<>\"'(),;:]+\.[A-Za-z]{2,}")
_FULL = (errno.ENOSPC, errno.EDQUOT)


def tell(fault: BaseException, typed: list[str], language: str) -> int:
    """Write what *fault* means to standard error and give the exit status."""
    say = Phrases(language or _language_of_the_workspace(typed))
    status, text = _meaning(fault, typed, say)
    print(text, file=sys.stderr)
    return status


def _meaning(  # noqa: PLR0911 - a row for each kind of fault
    fault: BaseException, typed: list[str], say: Phrases
) -> tuple[int, str]:
    """Say whose mistake it is, and what to do."""
    match fault:
        case Mistakes() | SettingsMistakes():
            return fault.exit_status, render_all(fault.problems, say.language)
        case Wrong():
            told = [say(each.key, **each.values) for each in (fault, *fault.more)]
            return fault.exit_status, "\n".join(told)
        case StoreInUse():
            return fault.exit_status, say("store.in_use", store=fault.store, pid=fault.pid)
        case StoreError():
            return fault.exit_status, _store(str(fault), say)
        case BrokenPromise():
            promise = say("fault.promise", what=_without_addresses(str(fault)))
            return _OURS, f"{promise}\n{_ours(fault, typed, say)}"
        case TsunaguError():
            return fault.exit_status, str(fault)
        case OSError() if fault.errno is not None:
            return _OPERATOR, _machine(fault, say)
        case _:
            return _OURS, _ours(fault, typed, say)


def _store(text: str, say: Phrases) -> str:
    """Say what is wrong with the store, from what the database said."""
    if "\n" in text:  # ours, and it says itself what to type
        return text
    low = text.lower()
    if "disk is full" in low or "no space" in low:
        return say("store.full")
    if "readonly" in low or "read-only" in low or "permission" in low:
        return say("store.readonly")
    if "locked" in low:
        return say("store.locked")
    if "malformed" in low or "not a database" in low:
        return say("store.damaged", why=text.rpartition(": ")[2])
    return say("store.trouble", why=_without_addresses(text.rstrip(".")))


def _machine(fault: OSError, say: Phrases) -> str:
    """Say what the machine refused, and where."""
    if isinstance(fault, FileNotFoundError) and fault.filename is None:
        return say("folder.gone")
    path = str(fault.filename) if fault.filename is not None else "-"
    if fault.errno in _FULL:
        return say("disk.full", path=path, folder=str(Path(path).parent))
    if fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return say("no.rights", path=path)
    return say("file.trouble", path=path, why=fault.strerror or type(fault).__name__)


def _ours(fault: BaseException, typed: list[str], say: Phrases) -> str:
    """Write the traceback where its owner alone finds it, and say where that is."""
    log = _log_path(typed)
    now = SystemClock().now().isoformat(timespec="seconds")
    told = "".join(traceback.format_exception(fault))
    command = " ".join(typed)
    entry = _without_addresses(f"{now} tsunagu {command}\n{told}\n")
    try:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        with os.fdopen(os.open(log, flags, 0o600), "a") as file:
            file.write(entry)
    except OSError:
        return say("fault.unlogged", what=type(fault).__name__, log=log)
    return say("fault", log=log)


def _log_path(typed: list[str]) -> Path:
    """Give the log of the workspace, or one of this user's where there is no workspace."""
    settings = _settings_path(typed)
    if settings is not None:
        return settings.parent / ".tsunagu" / "faults.log"
    return Path(tempfile.gettempdir()) / f"tsunagu-{os.getuid()}" / "faults.log"


def _language_of_the_workspace(typed: list[str]) -> str:
    """Give the company's language, where nobody asked for one and the terminal says none."""
    path = _settings_path(typed)
    if path is None:
        return "en"
    settings = load_settings(path, needs_secrets=False).settings
    return settings.company.language if settings is not None else "en"


def _settings_path(typed: list[str]) -> Path | None:
    """Give where `tsunagu.yaml` lies; None if there is none."""
    named = None
    for index, word in enumerate(typed):
        if word.startswith("--workspace="):
            named = Path(word.partition("=")[2])
        elif word == "--workspace" and index + 1 < len(typed):
            named = Path(typed[index + 1])
    try:
        return find_workspace(Path.cwd(), named)
    except (SettingsError, OSError):
        return None


def _without_addresses(text: str) -> str:
    """Replace each address by a short hash of it: the same address stays recognisable."""
    return _ADDRESS.sub(
        lambda found: f"<{sha256(found[0].lower().encode()).hexdigest()[:10]}>", text
    )
