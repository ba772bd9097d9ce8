"""How much room the disk of the journal has left."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.cli.session import Session

TOO_LITTLE = 50_000_000  # bytes: a busy day's mails


def left(session: "Session") -> tuple[Path, int] | None:
    """Give where the journal lies and how many bytes are free there; None: on another machine."""
    store = session.settings.store.path
    if store is None:
        return None
    folder = next(path for path in (store.parent, *store.parent.parents) if path.is_dir())
    return folder, shutil.disk_usage(folder).free


def size_told(count: int) -> str:
    """Write a size as people do.

    >>> size_told(1_500_000_000), size_told(20_000)
    ('1.5 GB', '20 kB')
    """
    for size, unit in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")):
        if count >= size:
            return f"{count / size:.1f} {unit}".replace(".0 ", " ")
    return f"{count} B"
