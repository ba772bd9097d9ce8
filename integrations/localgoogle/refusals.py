"""What a request is refused with, in Google's own form."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refusal(Exception):  # noqa: N818 - it is no error: a server says no
    """An answer that is no success."""

    status: int
    reason: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, object]:
        """Give it as Google writes it (doc: "Handle API errors")."""
        told = {"domain": "global", "reason": self.reason, "message": self.message}
        return {"error": {"errors": [told], "code": self.status, "message": self.message}}


def wrong(message: str, reason: str = "invalid") -> Refusal:
    """Refuse a request for what it says."""
    return Refusal(400, reason, message)


def not_found() -> Refusal:
    """Know nothing of what was asked for, or let nobody know."""
    return Refusal(404, "notFound", "Not Found")
