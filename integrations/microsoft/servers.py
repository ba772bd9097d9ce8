"""Tokens for Exchange's SMTP and IMAP servers, of the same sign-in as Graph's.

https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
"""

from integrations.bearer import NoToken, Refusals
from integrations.microsoft.meaning import Kind, Problem
from integrations.microsoft.tokens import Tokens

SMTP_RIGHT = "SMTP.Send"
IMAP_RIGHT = "IMAP.AccessAsUser.All"


class MicrosoftBearer:
    """A `Bearer` before an application's or a person's tokens for the mail servers."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._refusals = Refusals()

    def token(self) -> str:
        """Give a token that is valid now."""
        said = self._tokens.token()
        if not isinstance(said, Problem):
            return said
        if said.kind is Kind.SIGN_IN:
            raise NoToken(said.why)
        raise OSError(said.why)

    def accepted(self) -> None:
        """Hear that a server took a token."""
        self._refusals.clear()

    def refused(self, token: str) -> bool:
        """Have another made; where that is not taken either, a human must act."""
        self._tokens.forget(token)
        return self._refusals.is_first(token)
