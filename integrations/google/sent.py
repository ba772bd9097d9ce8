"""Finds out whether a mail in doubt was sent through Gmail, and sees to it that the answer stays.

A draft that is still there is deleted: who succeeds in that knows that it was not sent and never
will be. Where there is neither a sent message nor a draft, the search is believed only if it finds
a mail of ours that was sent before, under the Message-ID we gave it: its index lags behind by
minutes, and Gmail is said to give some mails ids of its own.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from integrations.google.line import GoogleSignIn
from integrations.google.mailbox import Draft, Gmail, Spend
from integrations.google.reasons import GoogleSays, Meaning
from worker.domain.observed import MARK, name_of
from worker.ports import Clock

_ID, _ORIGINAL = "message-id", "x-google-original-message-id"
_HEADERS = (_ID, _ORIGINAL, MARK)
_LATEST = 20  # messages, and drafts, that are looked at one by one


class GmailSentFolder:
    """A `SentFolder` at Gmail; asked a quarter of an hour after the doubt, it can mostly tell."""

    def __init__(
        self, sign_in: GoogleSignIn, mailbox: str, clock: Clock, spend: Spend | None = None
    ) -> None:
        self._gmail = Gmail(sign_in, mailbox, clock, spend)

    def has(self, message_id: str) -> bool | None:
        """Say whether a mail was sent; None where that cannot be told."""
        try:
            return self._has(message_id)
        except GoogleSays:
            return None
        finally:
            self._gmail.close()

    def _has(self, message_id: str) -> bool | None:
        gmail = self._gmail
        if any(gmail.search(f"rfc822msgid:{message_id}", "SENT", most=1)):
            return True
        for draft in self._drafts(message_id):
            if self._is(draft.message, message_id):
                return self._taken_back(draft.id)
        is_proven = False
        for id_ in islice(gmail.search("", "SENT", most=_LATEST), _LATEST):
            headers = gmail.message(id_, _HEADERS).headers
            if _names(headers, message_id):
                return True
            is_proven = is_proven or self._is_found(headers)
        return False if is_proven else None

    def _drafts(self, message_id: str) -> Iterator[Draft]:
        """Give the drafts that may be the one: as the search finds it, then the latest."""
        yield from self._gmail.drafts(f"rfc822msgid:{message_id}")
        yield from islice(self._gmail.drafts(), _LATEST)

    def _is(self, id_: str, message_id: str) -> bool:
        """Whether a draft is the one; one that has gone meanwhile is none."""
        try:
            return _names(self._gmail.message(id_, _HEADERS).headers, message_id)
        except GoogleSays as said:
            if said.problem.meaning is Meaning.MISSING:
                return False
            raise

    def _taken_back(self, draft: str) -> bool | None:
        """Delete a draft: whoever is first decides."""
        try:
            self._gmail.discard(draft)
        except GoogleSays as said:
            if said.problem.meaning is Meaning.MISSING:
                return None  # it was sent this very moment, or a person deleted it
            raise
        return False

    def _is_found(self, headers: Mapping[str, str]) -> bool:
        """Whether the search finds a mail of ours under the id that we gave it."""
        mark, id_ = headers.get(MARK.lower(), "").strip(), headers.get(_ID, "").strip()
        if not mark or not id_.startswith(f"<{mark}@"):
            return False
        return any(self._gmail.search(f"rfc822msgid:{id_}", "SENT", most=1))


def _names(headers: Mapping[str, str], message_id: str) -> bool:
    """Whether a mail carries an id of ours under any of the names it may stand under."""
    ids = {headers.get(_ID, "").strip(), headers.get(_ORIGINAL, "").strip()}
    return message_id in ids or headers.get(MARK.lower(), "").strip() == name_of(message_id)
