"""Whole results kept as files: read in review, compared by tests, rewritten by `make golden`."""

from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).parent


@dataclass(frozen=True)
class Golden:
    """The golden files; with `--golden` they are written anew instead of compared."""

    rewrite: bool

    def agrees(self, name: str, actual: bytes) -> bool:
        """Say whether *actual* is what the file *name* holds, byte by byte."""
        path = HOME / name
        if self.rewrite:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(actual)
        return path.exists() and path.read_bytes() == actual
