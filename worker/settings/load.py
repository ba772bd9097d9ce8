"""The way in: find the workspace, read `tsunagu.yaml`, and give settings or say what is wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from worker.domain.errors import SettingsError
from worker.playbook import source as yaml_source
from worker.problems import Problem, cells, render_all
from worker.settings import model
from worker.settings.build import Builder
from worker.settings.environment import (
    certificates_of,
    read_dotenv,
    read_files,
    the_environment,
)
from worker.settings.reader import PASSWORD_IN_URL, Reader
from worker.settings.secret import Secret

FILE = "tsunagu.yaml"
DOTENV = ".env"
SEAL = "TSUNAGU_KEY"

# What looks like a secret on a line that could not be read: its line is shown without it.
_SECRET_WORD = re.compile(
    r"(?P<word>[\"']?(?:password|passwd|pass|token|secret|url|key)[\"']?\s*[:：]\s*)"
    r"(?P<value>\"[^\"]*\"?|'[^']*'?|(?!\$\{)[^\s,}#][^,}#]*)",
    re.IGNORECASE,
)
# In a table of one line, YAML's own braces end at those of `${NAME}`, which HR writes without
# quotes all the same. So they stand aside while YAML is read, character for character.
_VARIABLE = re.compile(r"\$\{([^{}\r\n'\",]*)\}")
_ASIDE = str.maketrans({"\ue000": "{", "\ue001": "}"})


class SettingsMistakes(SettingsError):  # noqa: N818 - beside `Mistakes`, the author's
    """The settings cannot be used; every problem of them, at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("")
        self.problems = problems

    def __str__(self) -> str:
        return render_all(self.problems, "en")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, or the reasons why there are none; warnings come with either."""

    settings: model.Settings | None
    problems: tuple[Problem, ...] = ()  # sorted by place

    def standing(self) -> model.Settings:
        """Give the settings.

        Raises:
            SettingsMistakes: There are none, and these are the problems.
        """
        if self.settings is None:
            raise SettingsMistakes(self.problems)
        return self.settings


def find_workspace(start: Path, named: Path | None = None) -> Path:
    """Give the path of `tsunagu.yaml`: in *named* (a folder or the file), else here or above.

    Raises:
        SettingsMistakes: There is none.
    """
    if named is not None:
        path = named if named.name == FILE or named.suffix in {".yaml", ".yml"} else named / FILE
        if not path.is_file():
            raise SettingsMistakes((Problem(str(path), 0, 0, "settings.none_there"),))
        return path.resolve()
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder / FILE
    raise SettingsMistakes((Problem(str(start), 0, 0, "settings.none_here"),))


def load_settings(
    path: Path, environ: Mapping[str, str] | None = None, *, needs_secrets: bool = True
) -> Loaded:
    """Read the settings at *path*, with the `.env` beside them.

    Args:
        path: Of `tsunagu.yaml`.
        environ: What `${NAME}` may stand for, before `.env`; None is the process' own.
        needs_secrets: Whether a secret that the environment lacks is a mistake. A verb that
            sends nothing gets by without, and is given a warning.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        code = "settings.none_there" if isinstance(error, FileNotFoundError) else "file.unreadable"
        why = (("why", error.strerror or type(error).__name__),)
        return Loaded(None, (Problem(str(path), 0, 0, code, why),))
    beside, problems = read_dotenv(path.parent / DOTENV)
    known = {**beside, **(environ if environ is not None else the_environment())}
    kept, unreadable = read_files(_named_in(content) | {SEAL}, known)
    problems += unreadable
    known.update(kept)
    loaded = _read(path, content, known, needs_secrets=needs_secrets)
    settings = None if problems else loaded.settings
    return Loaded(settings, tuple(sorted((*loaded.problems, *problems))))


def _read(path: Path, content: bytes, environ: Mapping[str, str], *, needs_secrets: bool) -> Loaded:
    source, root = yaml_source.read(path.name, _aside(content))
    written: list[str] = []
    settings = None
    if root is not None:
        reader = Reader(source, environ, needs_secrets=needs_secrets)
        said = reader.settings(root)
        written = reader.written
        if said is not None:
            built = Builder(source, root, path.parent.resolve(), path.resolve()).settings(said)
            if all(problem.warning for problem in source.problems):
                settings = _sealing(_trusting(built, environ), environ)
    return Loaded(settings, tuple(sorted(_without_secrets(p, written) for p in source.problems)))


def _named_in(content: bytes) -> set[str]:
    """Give the names of every `${NAME}` in the settings."""
    return set(_VARIABLE.findall(content.decode(errors="replace")))


def _trusting(settings: model.Settings, environ: Mapping[str, str]) -> model.Settings:
    """Give the settings with what the environment wants trusted where they do not say."""
    if settings.microsoft is None or settings.microsoft.ca is not None:
        return settings
    return replace(settings, microsoft=replace(settings.microsoft, ca=certificates_of(environ)))


def _sealing(settings: model.Settings, environ: Mapping[str, str]) -> model.Settings:
    """Give the settings with what the environment has sign-ins sealed by."""
    seal = environ.get(SEAL, "")
    return replace(settings, seal=Secret(seal) if seal else None)


def _aside(content: bytes) -> bytes:
    """Put the braces of `${NAME}` aside; a text that is not UTF-8 is left to be refused."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return content
    return _VARIABLE.sub("$\ue000\\1\ue001", text).encode()


def _without_secrets(problem: Problem, written: list[str]) -> Problem:
    """Mask what is secret in the line that a problem shows, without moving the caret."""
    line = problem.source.translate(_ASIDE)
    line = PASSWORD_IN_URL.sub(_starred, _SECRET_WORD.sub(_starred, line))
    values = tuple((name, value.translate(_ASIDE)) for name, value in problem.values)
    for secret in written:
        line = line.replace(secret, _stars(secret))
        values = tuple((name, value.replace(secret, "***")) for name, value in values)
    return replace(problem, source=line, values=values)


def _starred(found: re.Match[str]) -> str:
    return found["word"] + _stars(found["value"])


def _stars(text: str) -> str:
    return "*" * cells(text)


def default_settings(root: Path, company: str) -> model.Settings:
    """Give the settings of a workspace that says nothing but the company's name."""
    return model.Settings(root=root.resolve(), company=model.Company(company))
