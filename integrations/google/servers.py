"""Tokens for Gmail's SMTP and IMAP servers, of the same sign-in as the API's.

They take one right alone, and it is the whole mailbox
(https://developers.google.com/gmail/imap/xoauth2-protocol).
"""

from integrations.bearer import NoToken, Refusals
from integrations.google.line import GoogleLine, GoogleSignIn
from integrations.google.reasons import GoogleSays, Meaning
from worker.ports import Clock

SCOPES = ("https://mail.google.com/",)


class GoogleBearer:
    """A `Bearer` for one person's mailbox."""

    def __init__(self, sign_in: GoogleSignIn, person: str, clock: Clock) -> None:
        self._line = GoogleLine(sign_in, clock)
        self._person = person
        self._refusals = Refusals()

    def token(self) -> str:
        """Give a token that is valid now."""
        try:
            return self._line.token(self._person)
        except GoogleSays as said:
            if said.problem.meaning is Meaning.SIGN_IN:
                raise NoToken(said.problem.why) from said
            raise OSError(said.problem.why) from said

    def accepted(self) -> None:
        """Hear that a server took a token."""
        self._refusals.clear()

    def refused(self, token: str) -> bool:
        """Have another made; where that is not taken either, a human must act."""
        self._line.forget(self._person, token)
        return self._refusals.is_first(token)
