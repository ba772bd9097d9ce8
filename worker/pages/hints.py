"""What providers tell us: one address for each, which learns nothing but "look there".

Who knows the word that was agreed on has a calendar or a mailbox read a little sooner. Whoever does
not gets the same answer and changes nothing; a provider is never asked to come again for our sake.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from worker.pages.forms import PATIENCE, read_body
from worker.pages.rate import Rate
from worker.ports import Echo, Hint, Knock, ReadHints

PER_WATCH = (
    60  # hints a minute of one calendar or mailbox; what lies beyond is told by the next reading
)

_TAKEN = 202


@dataclass(frozen=True, slots=True)
class Hinting:
    """Who reads what comes in, by provider, and who is told of it."""

    readers: Mapping[str, ReadHints]
    take: Callable[[str, Sequence[Hint]], int]
    patience: float = PATIENCE  # seconds for what somebody posts


class HintPage:
    """`/hints/PROVIDER`, and `/hints/PROVIDER/life`, which some want to tell of themselves."""

    def __init__(self, hinting: Hinting | None) -> None:
        self._hinting = hinting
        self._watches = Rate(PER_WATCH)

    async def answer(self, request: Request) -> Response:
        """Give the echo that is asked for, or take a hint; either at once."""
        provider = request.path_params["provider"]
        read = None if self._hinting is None else self._hinting.readers.get(provider)
        if self._hinting is None or read is None:
            raise HTTPException(404)
        body = await read_body(request, self._hinting.patience)
        found = read(Knock(dict(request.query_params), dict(request.headers), body))
        if isinstance(found, Echo):
            return PlainTextResponse(found.text)
        # by the word, too: whoever guesses at it uses up nobody's hints
        hints = [
            one for one in found if not self._watches.wait(f"{one.watch[:64]} {one.word[:64]}")
        ]
        if hints:
            await run_in_threadpool(self._hinting.take, provider, hints)
        return Response(status_code=_TAKEN)
