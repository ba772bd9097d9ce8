"""Dice of one number: the same number gives the same throws, in every process and for ever."""

from datetime import timedelta
from hashlib import blake2b
from typing import TypeVar

_T = TypeVar("_T")
_WIDTH = 4  # bytes of one throw


class Dice:
    """Throws one after the other, all of them settled by *seed*."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._blocks = 0
        self._pool = b""
        self._at = 0

    def throw(self, sides: int) -> int:
        """Throw a die of so many sides: 0 to *sides* - 1."""
        if self._at >= len(self._pool):
            number = self._blocks.to_bytes(8, "big")
            self._pool = blake2b(self._seed + number).digest()
            self._blocks += 1
            self._at = 0
        face = int.from_bytes(self._pool[self._at : self._at + _WIDTH], "big")
        self._at += _WIDTH
        return face % sides

    def happens(self, one_in: int) -> bool:
        """Say whether something happens that happens once in so many times; 0: never."""
        return one_in > 0 and self.throw(one_in) == 0

    def pick(self, things: "list[_T] | tuple[_T, ...]") -> _T:
        """Pick one."""
        return things[self.throw(len(things))]

    def between(self, least: timedelta, most: timedelta) -> timedelta:
        """Pick a span; short ones as often as long ones of the same order of magnitude."""
        low, high = least.total_seconds(), most.total_seconds()
        part = self.throw(1_000_000) / 1_000_000
        return timedelta(milliseconds=round(1000 * low * (high / low) ** part))
