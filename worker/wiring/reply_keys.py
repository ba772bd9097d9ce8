"""What signs the tags in our reply addresses: the settings' key, and one of the journal's own."""

from worker.engine.journal.journal import Journal
from worker.settings.model import Settings

_KEY = "reply.key"


def reply_keys(settings: Settings, journal: Journal) -> tuple[bytes, ...]:
    """Give the keys, the one to sign with first. The journal's is made when it is first asked for.

    Both are taken for ours, so that answers to what was sent before a key was set are known.
    """
    own = journal.marks.secret(_KEY)
    said = settings.replies.key
    return (own,) if said is None else (said.reveal().encode(), own)
