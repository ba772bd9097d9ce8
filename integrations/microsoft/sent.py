"""Finds out whether a mail in doubt was sent through Graph, and sees to it that the answer stays.

A draft that is still there is taken back: who succeeds in that knows that it was not sent and never
will be. Where nothing bears the mail's name, that is believed only if the search finds another mail
of the sent items by its name.
"""

from integrations.microsoft.meaning import Problem
from integrations.microsoft.sending import Outgoing
from integrations.microsoft.wire import GraphWire


class GraphSentFolder:
    """A `SentFolder` at Microsoft; a quarter of an hour after a doubt it mostly knows."""

    def __init__(self, wire: GraphWire, mailbox: str) -> None:
        self._wire = wire
        self._outgoing = Outgoing(wire, mailbox)

    def has(self, message_id: str) -> bool | None:
        """Say whether a mail was sent; None where that cannot be told."""
        try:
            return self._has(message_id)
        finally:
            self._wire.close()

    def _has(self, message_id: str) -> bool | None:
        found = self._outgoing.find(message_id)
        if isinstance(found, Problem):
            return None
        if any(not one.is_draft for one in found):
            return True
        if found:
            taken_back = [self._outgoing.discard(one.id) is None for one in found]
            return False if all(taken_back) else None
        return False if self._finds_others() else None

    def _finds_others(self) -> bool:
        """Whether the search finds a mail that certainly lies there."""
        sent = self._outgoing.newest_sent()
        named = [] if isinstance(sent, Problem) else [one for one in sent if one.message_id]
        if not named:
            return False
        found = self._outgoing.find(named[0].message_id)
        return not isinstance(found, Problem) and any(one.id == named[0].id for one in found)
