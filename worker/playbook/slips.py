"""What a reader of one short text found wrong in it, before anybody knows where the text stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Full-width letters, digits and signs of a Japanese keyboard, each for the plain one it means.
# One character for one, so that every column stays where it was.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord("　"): " ",
    ord("\xa0"): " ",
    ord("−"): "-",
    ord("–"): "-",
    ord("〜"): "~",
}


@dataclass(slots=True)
class Slip(Exception):  # noqa: N818 - a slip of the pen, caught where its place is known
    """A mistake in a text: the stretch of it that is meant, and what was expected there."""

    code: str
    offset: int
    length: int
    values: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[str, ...] = ()
    nearest: str = ""


def plain(text: str) -> str:
    """Give *text* with full-width signs made plain; no character changes its place."""
    return text if text.isascii() else text.translate(_PLAIN)
