"""What the operator typed or set cannot be done; said by a phrase, in the reader's language."""

from worker.domain.errors import SettingsError


class Wrong(SettingsError):  # noqa: N818 - reads as what it is where it is raised
    """A mistake of the operator: `key` and `values` of a phrase, and `more` phrases below it."""

    def __init__(self, key: str, *more: "Wrong", **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values
        self.more = more
