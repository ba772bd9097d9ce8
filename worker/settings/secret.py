"""A value that is never printed, logged or written as JSON by accident."""

from dataclasses import dataclass, field

MASK = "***"


@dataclass(frozen=True, slots=True)
class Secret:
    """A password or token. Shows itself as three stars; only `reveal` gives the text.

    Equal secrets compare equal, so that settings can be compared; it is no `str`, so that
    joining or serialising it is a type error and not a leak.
    """

    _text: str = field(repr=False)

    def reveal(self) -> str:
        """Give the text itself: to the library that signs in with it, and to nobody else."""
        return self._text

    def __str__(self) -> str:
        return MASK

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __format__(self, format_spec: str) -> str:
        return format(MASK, format_spec)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> tuple[object, ...]:
        """Refuse to be pickled: a pickle is a file somebody finds."""
        raise TypeError("A secret is not written anywhere.")
