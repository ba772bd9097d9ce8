"""All files of one version of a playbook, and the digest that names it.

A version is pinned by what its files hold, not by their names on somebody's disk or by a number
that a human must remember to raise.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from worker.domain.facts import Digest
from worker.problems import Mistakes, Problem

PLAYBOOK_FILE = "playbook.yaml"
_LARGEST_FILE = 10_000_000  # bytes; a mail larger than that is refused nearly everywhere
_LARGEST_BUNDLE = 50_000_000
_LEFT_OUT = frozenset({"Thumbs.db", "desktop.ini", "__pycache__"})
# Example records beside a shipped playbook: no words of it, so a changed row is no new version.
_TABLES = frozenset({"people.csv", "people.xlsx", "staff.csv", "staff.xlsx"})


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of a playbook's folder by their path inside it (`mails/welcome.md`)."""

    files: Mapping[str, bytes]
    folder: str = field(default="", compare=False)  # as the author calls it; only for problems

    @property
    def digest(self) -> Digest:
        """Name this version: the same files give the same digest on every machine."""
        total = sha256()
        for path, content in sorted(self.files.items()):
            name = path.encode()
            total.update(b"%d %d\n" % (len(name), len(content)) + name + content)
        return Digest(total.hexdigest())

    def text(self, path: str) -> bytes:
        """Give the content of one file of the bundle."""
        return self.files[path]

    def shown(self, path: str) -> str:
        """Give *path* as the author knows it: with the folder in front."""
        return f"{self.folder}/{path}" if self.folder else path

    def to_bytes(self) -> bytes:
        """Write the bundle for storage; `from_bytes` gives an equal one."""
        files = {path: b64encode(content).decode() for path, content in sorted(self.files.items())}
        return json.dumps({"folder": self.folder, "files": files}, ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Bundle":
        """Read what `to_bytes` wrote."""
        held = json.loads(stored)
        files = {path: b64decode(content) for path, content in held["files"].items()}
        return cls(files, held["folder"])


def read_bundle(folder: Path, shown: str = "") -> Bundle:
    """Read all files of a playbook's folder; hidden files and editors' leavings stay out.

    Links are not followed out of the folder. *shown* is what problems call the folder.

    Raises:
        Mistakes: There is no `playbook.yaml`, or a file is too large to belong to a playbook.
    """
    name = shown or folder.as_posix()
    problems: list[Problem] = []
    files: dict[str, bytes] = {}
    total = 0
    home = folder.resolve()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if _is_left_out(inside) or not path.is_file():
            continue
        written = inside.as_posix()
        if not path.resolve().is_relative_to(home):
            problems.append(Problem(f"{name}/{written}", 0, 0, "bundle.link"))
            continue
        size = path.stat().st_size
        total += size
        if size > _LARGEST_FILE or total > _LARGEST_BUNDLE:
            found = (("size", f"{size / 1_000_000:.1f}"),)
            problems.append(Problem(f"{name}/{written}", 0, 0, "bundle.large", found))
            continue
        files[written] = path.read_bytes()
    if PLAYBOOK_FILE not in files and not problems:
        problems.append(Problem(f"{name}/{PLAYBOOK_FILE}", 0, 0, "file.missing"))
    if problems:
        raise Mistakes(problems)
    return Bundle(files, name)


def _is_left_out(inside: Path) -> bool:
    return inside.as_posix() in _TABLES or any(
        part.startswith((".", "~$")) or part.endswith(("~", ".swp", ".tmp")) or part in _LEFT_OUT
        for part in inside.parts
    )
