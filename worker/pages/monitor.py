"""Pages for machines: is this process alive, can it work, and the figures of the journal.

Served on a port of their own that no stranger reaches; nothing here names a person.
"""

from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from worker.domain.errors import StoreError
from worker.engine.journal.lanes import CLOCK, JOURNAL
from worker.pages.gauges import Gauges

_UNWELL = 503
_HOLDS_ALL = (CLOCK, JOURNAL)


@dataclass(frozen=True, slots=True)
class Pulse:
    """What a process says of itself; an empty text says that all is well."""

    is_alive: Callable[[], str]
    is_trusted: Callable[[], str] = str  # its clock


def monitor_of(gauges: Gauges, pulse: Pulse) -> ASGIApp:
    """Give `/healthz`, `/readyz` and `/metrics` as an ASGI application."""
    pages = _Machine(gauges, pulse)
    routes = [
        Route("/healthz", pages.health),
        Route("/readyz", pages.ready),
        Route("/metrics", pages.metrics),
    ]
    return Starlette(routes=routes)


class _Machine:
    def __init__(self, gauges: Gauges, pulse: Pulse) -> None:
        self._gauges = gauges
        self._pulse = pulse
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(gauges)

    async def health(self, _: Request) -> Response:
        """Say whether this process goes on; whoever supervises it starts it again if not."""
        return _said(self._pulse.is_alive())

    async def ready(self, _: Request) -> Response:
        """Say whether work would be done now: the journal answers; it and the clock are trusted."""
        return _said(self._pulse.is_alive() or await run_in_threadpool(self._trouble))

    async def metrics(self, _: Request) -> Response:
        """Give the figures in Prometheus' text format."""
        try:
            text = await run_in_threadpool(generate_latest, self._registry)
        except StoreError as error:
            return PlainTextResponse(f"{error}\n", _UNWELL)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    def _trouble(self) -> str:
        try:
            closed = self._gauges.journal.lanes.all()
            holding = (f"{one.lane}: {one.why}" for one in closed if one.lane in _HOLDS_ALL)
            return next(holding, "") or self._pulse.is_trusted()
        except StoreError as error:
            return str(error)


def _said(trouble: str) -> Response:
    return PlainTextResponse(f"{trouble or 'ok'}\n", _UNWELL if trouble else 200)
