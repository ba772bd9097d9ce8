"""A value that is never printed, logged or written as JSON by accident."""

MASK = "***"


class Secret:
    """A password or token. Shows itself as three stars; only `reveal` gives the text.

    Equal secrets compare equal, so that settings can be compared. It is no `str` and no
    dataclass, so that joining, serialising or `asdict` meet three stars or a type error.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, _: object) -> "Secret":
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """Refuse to be pickled: a pickle is a file somebody finds."""
        raise TypeError("A secret is not written anywhere.")
