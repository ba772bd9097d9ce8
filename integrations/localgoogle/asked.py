"""One request, read and found well-formed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.localgoogle.tokens import Token


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, the values of the path and the query, and the body."""

    token: Token
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    if_match: str = ""
