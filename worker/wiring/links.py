"""What signs the links in mails."""

from worker.engine.journal.journal import Journal
from worker.settings.model import Settings

_KEY = "pages.key"


def link_secret(settings: Settings, journal: Journal) -> bytes:
    """Give what signs links: the workspace's own key, or one that is made once and kept."""
    key = settings.pages.key
    return key.reveal().encode() if key else journal.marks.secret(_KEY)
