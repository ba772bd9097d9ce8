"""Gmail tells us that something came: a topic of Cloud Pub/Sub, and what it pushes to us.

https://developers.google.com/workspace/gmail/api/guides/push. A watch has no name of its own: there
is one of a mailbox, which asking again prolongs, for seven days at most. A notification says whose
mailbox it is about, and how far its history went when it was written; as they may be late, doubled
and out of order, that number is not even read: our own cursor says from where.
"""

import binascii
import json
from base64 import b64decode

from integrations.google.inbox import INBOX, SPAM
from integrations.google.line import GoogleSignIn
from integrations.google.mailbox import Gmail, Spend
from integrations.google.reasons import GoogleSays, trouble_of
from worker.ports import BookTrouble, Clock, Hint, Knock, Trouble, Watch, WatchWish

WORD = "word"  # of the address that the subscription pushes to: …/hints/gmail?word=…
_LABELS = (INBOX.id, SPAM.id)


class GmailHints:
    """`HintSource` of one mailbox at Gmail; *topic* is `projects/…/topics/…`.

    To whom the topic pushes, and with which word, its owner has said to Pub/Sub: what is wished for
    in that matter reaches nobody.
    """

    def __init__(
        self,
        sign_in: GoogleSignIn,
        mailbox: str,
        clock: Clock,
        *,
        topic: str,
        spend: Spend | None = None,
    ) -> None:
        self._gmail = Gmail(sign_in, mailbox, clock, spend)
        self._topic = topic

    def watch(
        self,
        what: str,  # noqa: ARG002 - one watch has both folders
        wish: WatchWish,  # noqa: ARG002 - as above
        known: Watch | None = None,
    ) -> Watch | BookTrouble:
        """Have the topic told, or told on; a mailbox tells one topic of ours and no second."""
        try:
            if known is not None and known.resource != self._topic:
                self._gmail.unwatch()
            name = self._gmail.address()
            until = self._gmail.watch(self._topic, _LABELS)
        except GoogleSays as said:
            return trouble_of(said.problem)
        if not name or until is None:
            return BookTrouble(Trouble.MAILBOX, "a watch without a mailbox or an end")
        return Watch(name.lower(), self._topic, until)

    def end(self, what: str, known: Watch) -> BookTrouble | None:  # noqa: ARG002 - there is one
        """Have nobody told any more."""
        try:
            self._gmail.unwatch()
        except GoogleSays as said:
            return trouble_of(said.problem)
        return None

    def close(self) -> None:
        """Close the connections."""
        self._gmail.close()


def read_gmail(knock: Knock) -> tuple[Hint, ...]:
    """Read what Pub/Sub pushes: https://cloud.google.com/pubsub/docs/push.

    >>> body = b'{"message": {"data": "eyJlbWFpbEFkZHJlc3MiOiAiYUBiLmMifQ=="}}'
    >>> [one.watch for one in read_gmail(Knock({"word": "w"}, {}, body))]
    ['a@b.c']
    """
    told = _object(knock.body).get("message")
    data = told.get("data") if isinstance(told, dict) else None
    try:
        written = b64decode(data, altchars=b"-_") if isinstance(data, str) else b""
    except (binascii.Error, ValueError):
        return ()
    whose = _object(written).get("emailAddress")
    if not isinstance(whose, str) or not whose:
        return ()
    return (Hint(whose.lower(), knock.query.get(WORD, "")),)


def _object(text: bytes) -> dict[str, object]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
