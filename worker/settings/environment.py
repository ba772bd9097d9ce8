"""The environment and the `.env` file beside the settings. The only reader of either.

What the process was given wins over the file, so that a machine can differ from the folder.
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from worker.problems import Problem

_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=[ \t]*(?P<rest>.*)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "$": "$"}
_LARGEST = 100_000  # bytes


def the_environment() -> dict[str, str]:
    """Give what the process was started with."""
    return dict(os.environ)


def certificates_of(environ: Mapping[str, str]) -> Path | None:
    """Give the file of certificates that is to be trusted beside the machine's.

    >>> certificates_of({"REQUESTS_CA_BUNDLE": "/etc/own.pem"}), certificates_of({})
    (PosixPath('/etc/own.pem'), None)
    """
    named = environ.get("REQUESTS_CA_BUNDLE") or environ.get("SSL_CERT_FILE")
    return Path(named) if named else None


def read_dotenv(path: Path) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Read a `.env` file: `NAME=value`, `export NAME="a # b"`, `# comment`; no file is no values.

    A problem names the line and never shows it: it may hold a secret.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}, ()
    except OSError as error:
        why = (("why", error.strerror or type(error).__name__),)
        return {}, (Problem(path.name, 0, 0, "file.unreadable", why),)
    try:
        text = content[:_LARGEST].decode("utf-8-sig")
    except UnicodeDecodeError:
        return {}, (Problem(path.name, 0, 0, "file.encoding", (("found", "?"),)),)
    return _read(path.name, text)


def read_files(
    names: Iterable[str], known: Mapping[str, str]
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Read for each of *names* that is not known the file that `NAME_FILE` names, if it does.

    That is how containers hand secrets over. A line end at the end of the file is not a part of it.
    """
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for name in sorted(names):
        path = known.get(f"{name}_FILE")
        if name in known or not path:
            continue
        try:
            values[name] = Path(path).read_bytes()[:_LARGEST].decode().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            problems.append(Problem(path, 0, 0, "file.unreadable", (("why", why),)))
    return values, tuple(problems)


def _read(name: str, text: str) -> tuple[dict[str, str], tuple[Problem, ...]]:
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        value = None if found is None else _value(found["rest"])
        if found is None or value is None:
            code = "env.line" if found is None else "env.quote"
            problems.append(Problem(name, number, 1, code))
            continue
        values[found["name"]] = value
    return values, tuple(problems)


def _value(rest: str) -> str | None:
    r"""Read what stands after the `=`; None where a quote is left open.

    >>> _value('"a # b" # why'), _value("'it''s'"), _value("plain # comment"), _value('"open')
    ('a # b', None, 'plain', None)
    """
    if rest[:1] == "'":
        text, closed, after = rest[1:].partition("'")
        return text if closed and _is_comment(after) else None
    if rest[:1] == '"':
        return _double_quoted(rest[1:])
    return re.split(r"\s#", rest, maxsplit=1)[0].strip() if not rest.startswith("#") else ""


def _double_quoted(rest: str) -> str | None:
    text: list[str] = []
    characters = iter(enumerate(rest))
    for place, character in characters:
        if character == '"':
            return "".join(text) if _is_comment(rest[place + 1 :]) else None
        if character == "\\":
            _, escaped = next(characters, (0, ""))
            text.append(_ESCAPES.get(escaped, "\\" + escaped))
        else:
            text.append(character)
    return None


def _is_comment(after: str) -> bool:
    return not after.strip() or after.lstrip().startswith("#")


def language_of(environ: Mapping[str, str], asked: str = "", otherwise: str = "ja") -> str:
    """Say which language to speak: as *asked*, else the terminal's, else *otherwise*.

    >>> language_of({"LANG": "ja_JP.UTF-8"}), language_of({"LANG": "de_DE.UTF-8"})
    ('ja', 'en')
    >>> language_of({"LANG": "C.UTF-8"}, otherwise="ja"), language_of({}, asked="en")
    ('ja', 'en')
    """
    if asked in {"ja", "en"}:
        return asked
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        tongue = re.split(r"[_.@]", environ.get(name, ""), maxsplit=1)[0].lower()
        if tongue in {"c", "posix"}:
            return otherwise
        if tongue:
            return "ja" if tongue == "ja" else "en"
    return otherwise
