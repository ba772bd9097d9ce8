"""A small disk in memory, for those who may mount one."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.process import program


def mount(options: str, disk: Path) -> None:
    """Mount one, or change one that is mounted."""
    mounting = [program("mount"), "-t", "tmpfs", "-o", options, "tmpfs", str(disk)]
    subprocess.run(mounting, check=True, capture_output=True)  # noqa: S603 - the system's own


@contextmanager
def small_disk(disk: Path, size: str) -> Iterator[Path]:
    """Have a disk of *size* at a place until the block ends; only root may."""
    disk.mkdir()
    mount(f"size={size}", disk)
    try:
        yield disk
    finally:
        subprocess.run([program("umount"), disk], check=True)  # noqa: S603 - the system's own
