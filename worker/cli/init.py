"""`tsunagu init DIR`: a workspace that runs at once, with the shipped playbooks to begin from."""

import json
import os
from argparse import Namespace
from pathlib import Path
from shutil import copytree, ignore_patterns

from worker.cli import layout
from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.playbook.json_schema import json_schema as playbook_schema
from worker.settings.schema import json_schema as settings_schema
from worker.wiring.shipped import shipped_playbooks

_OWNER_ONLY = 0o600
_OWNER_ONLY_FOLDER = 0o700
_FIRST = "naitei-follow"
_EXCEL = "utf-8-sig"  # with a mark at its head, Excel reads it as what it is


def run(arguments: Namespace, session: Session) -> int:
    """Lay out a workspace and say what to type next."""
    folder = Path(arguments.folder)
    out = session.out
    _refuse_what_is_there(folder)
    make_workspace(folder, out.language, company=arguments.company, address=arguments.address)
    out.tell("init.done", folder=folder)
    out.line()
    out.tell("init.next", style="bold")
    steps = ("cd", "check", "simulate", "preview", "import", "up")
    typed = [out.say(f"init.{step}", folder=folder, playbook=_FIRST) for step in steps]
    meant = ["", *(out.say(f"init.{step}.why") for step in steps[1:])]
    out.table(("", ""), zip(typed, meant, strict=True), whole=(0,), head=False)
    return 0


def make_workspace(folder: Path, language: str, *, company: str = "", address: str = "") -> None:
    """Write every file of a new workspace; what is secret only its owner can read."""
    ja = language == "ja"
    address = address or "saiyo@example.co.jp"
    settings = (layout.SETTINGS_JA if ja else layout.SETTINGS_EN).format(
        company=_quoted(company or ("株式会社つなぐ" if ja else "Tsunagu Inc.")),
        address=_quoted(address),
        host=_quoted(f"smtp.{address.rpartition('@')[2]}"),
        user=_quoted(address),
    )
    folder.mkdir(parents=True, exist_ok=True)
    hidden = folder / ".tsunagu"
    hidden.mkdir(mode=_OWNER_ONLY_FOLDER, exist_ok=True)
    copytree(
        shipped_playbooks(),
        folder / "playbooks",
        ignore=ignore_patterns("__pycache__", ".*"),
        dirs_exist_ok=True,
    )
    write_schemas(hidden, language)
    _write(folder / ".gitignore", layout.GITIGNORE)
    _write_secret(folder / ".env", layout.DOTENV_JA if ja else layout.DOTENV_EN)
    _write(folder / ".env.example", layout.DOTENV_JA if ja else layout.DOTENV_EN)
    _write_examples(folder, ja=ja)
    _write(folder / "tsunagu.yaml", settings)  # last: only a whole workspace is one


def write_schemas(hidden: Path, language: str) -> None:
    """Write what editors complete from."""
    for name, schema in (
        ("playbook", playbook_schema(language)),
        ("settings", settings_schema(language)),
    ):
        text = json.dumps(schema, ensure_ascii=False, indent=2)
        _write(hidden / f"{name}.schema.json", text + "\n")


def _refuse_what_is_there(folder: Path) -> None:
    """Never write over somebody's work."""
    other = f"{folder}-2" if folder.name else folder / "my-hr"  # `.` has no name
    if folder.exists() and not folder.is_dir():
        raise Wrong("init.file", folder=folder, other=other)
    for name in ("tsunagu.yaml", "playbooks", "people.csv", "staff.csv", ".env"):
        if (folder / name).exists():
            raise Wrong("init.there", folder=folder, file=name, other=other)
    if not (shipped_playbooks() / _FIRST).is_dir():
        raise Wrong("init.unshipped", folder=shipped_playbooks())


def _write_examples(folder: Path, *, ja: bool) -> None:
    """Lay out tables of people and staff to be written over: those of the first playbook."""
    first = folder / "playbooks" / _FIRST
    for name, otherwise in (
        ("people", ""),
        ("staff", layout.STAFF_JA if ja else layout.STAFF_EN),
    ):
        shipped = [first / f"{name}.{'ja' if ja else 'en'}.csv", first / f"{name}.csv"]
        found = next((path for path in shipped if path.is_file()), None)
        text = found.read_text(encoding=_EXCEL) if found else otherwise
        if text:
            (folder / f"{name}.csv").write_text(text, encoding=_EXCEL, newline="\r\n")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _write_secret(path: Path, text: str) -> None:
    """Write a file that nobody but its owner can read, at no time."""
    held = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(held, "w", encoding="utf-8") as file:
        file.write(text)


def _quoted(text: str) -> str:
    """Write *text* as YAML reads it back, with quotes only where they are needed.

    >>> _quoted("saiyo@example.co.jp"), _quoted("A: B")
    ('saiyo@example.co.jp', '"A: B"')
    """
    plain = all(character.isalnum() or character in "@.-_ ・ー&" for character in text)
    return text if plain and text.strip() == text and text else json.dumps(text, ensure_ascii=False)
