"""Time zones of our own making, as a release of tzdata installs them: one file each (RFC 9636)."""

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, reset_tzpath


def write_zone(
    folder: Path,
    name: str,
    offset: timedelta,
    *,
    changes: Sequence[tuple[datetime, timedelta]] = (),
) -> None:
    """Write the rules of one zone: its offset from UTC, and what it changes to when.

    The oldest version of the format, which says all that is needed here.
    """
    at = [int(when.timestamp()) for when, _ in changes]
    offsets = [offset, *(to for _, to in changes)]
    counts = (0, 0, 0, len(at), len(offsets), 4)
    written = struct.pack(">4sc15x6l", b"TZif", b"\0", *counts)
    written += struct.pack(f">{len(at)}l", *at)
    written += bytes(range(1, len(offsets)))
    for one in offsets:
        written += struct.pack(">l?B", int(one.total_seconds()), False, 0)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written + b"LMT\0")


@contextmanager
def zones_in(folder: Path) -> Iterator[None]:
    """Have zones looked for in *folder*, too."""
    before = TZPATH
    reset_tzpath([str(folder), *before])
    try:
        yield
    finally:
        reset_tzpath(before)
        ZoneInfo.clear_cache()
