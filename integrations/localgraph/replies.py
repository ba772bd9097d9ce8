"""What is asked of the stand-in, and what it answers. Errors in the words Graph has for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str  # below the version, as it came
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: object = None
    raw: bytes = b""

    @property
    def parts(self) -> list[str]:
        """Give the parts of the path; an id may hold a slash of its own."""
        return [unquote(part) for part in self.path.strip("/").split("/")]

    @property
    def prefers(self) -> Mapping[str, str]:
        """Give what the Prefer header asks for."""
        wishes = [one.strip().partition("=") for one in self.headers.get("prefer", "").split(",")]
        return {name: value.strip('"') for name, _, value in wishes if name}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int
    body: object = None  # None: nothing
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None  # instead of a body


class Declined(Exception):  # noqa: N818 - becomes an answer before anybody sees it
    """A request that is answered with an error."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def error(
    status: int,
    code: str,
    message: str,
    *,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> Reply:
    """Give an error as Graph writes one (https://learn.microsoft.com/graph/errors)."""
    inner = {"date": "2026-04-01T00:00:00", "request-id": "00000000-0000-0000-0000-000000000000"}
    said = {"code": code, "message": message, "innerError": inner, **(more or {})}
    return Reply(status, {"error": said}, headers or {})


def no_user(address: str) -> Reply:
    """Nobody of that name, or no mailbox."""
    return error(404, "ErrorInvalidUser", f"The requested user '{address}' is invalid.")


def denied() -> Reply:
    """This application may not touch this mailbox."""
    return error(403, "ErrorAccessDenied", "Access to OData is disabled: [RAOP] : Blocked.")


def not_found() -> Reply:
    """The mailbox is there, the thing in it is not."""
    said = "The specified object was not found in the store."
    return error(404, "ErrorItemNotFound", said)


def bad(message: str, code: str = "ErrorInvalidRequest") -> Reply:
    """Refused for what it is."""
    return error(400, code, message)
