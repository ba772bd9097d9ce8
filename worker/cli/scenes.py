"""What stands on the time line of a preview."""

from dataclasses import dataclass

from worker.cli.letters import Letter
from worker.engine.life import Event


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing on the time line; `letter` where it is a mail."""

    event: Event
    condition: str  # empty: it happens in any case
    what: str  # in words, of what is no mail
    letter: Letter | None = None
    invitation: bytes = b""  # of a meeting: what a calendar would get
    page: str = ""  # of a survey: the HTML behind the link in its mail
