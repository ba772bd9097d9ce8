"""The pages behind the links in mails, beside `up` or by themselves: `tsunagu pages`."""

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from worker import logs
from worker.cli.beat import LONGEST, Ending
from worker.cli.mistakes import Wrong
from worker.domain.errors import StoreError
from worker.engine.engine import Engine
from worker.engine.leaving import Leaving
from worker.engine.surveys import Surveys
from worker.pages.app import Front, app_of
from worker.pages.hints import Hinting
from worker.pages.serve import PortError, serving
from worker.settings.model import Settings
from worker.wiring.engine import engine_of
from worker.wiring.hints import hint_readers
from worker.wiring.links import link_secret
from worker.wiring.lock import StoreInUse, store_lock

if TYPE_CHECKING:
    from worker.cli.session import Session

_LOG_KEY = "log.key"
_HOUR = 3600.0  # seconds
_GOODBYE = 10.0  # seconds for a thread to end


def run(_: Namespace, session: "Session") -> int:
    """Serve the pages until somebody asks to end."""
    settings = session.whole_settings
    if not settings.public_url:
        raise Wrong("pages.no_url")
    with ExitStack() as stack:
        ending = stack.enter_context(Ending())
        try:
            stack.enter_context(_alone(settings.store.path))
        except StoreInUse as used:
            raise Wrong("pages.in_use", pid=used.pid) from used
        engine = engine_of(settings, session.journal, session.clock)
        stack.callback(engine.performer.close)
        key = session.journal.marks.secret(_LOG_KEY)
        logs.begin(form=settings.log, secrets=settings.secrets(), key=key)
        stack.enter_context(_served(settings, engine))
        session.out.mention("pages.began", pid=os.getpid(), **_place(settings))
        while not ending.wait(LONGEST):
            pass
    session.out.mention("up.ended")
    return 0


@contextmanager
def pages_beside(session: "Session", engine: Engine) -> Iterator[None]:
    """Serve the pages beside the work of `up`, unless a `tsunagu pages` does."""
    settings = session.whole_settings
    if not settings.public_url:
        yield
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(_alone(settings.store.path))
        except StoreInUse as used:
            session.out.mention("pages.elsewhere", pid=used.pid)
        else:
            stack.enter_context(_served(settings, engine))
            session.out.mention("pages.beside", **_place(settings))
        yield


@contextmanager
def _served(settings: Settings, engine: Engine) -> Iterator[None]:
    pages = settings.pages
    front = front_of(settings, engine)
    try:
        with (
            serving(app_of(front), pages.host, pages.port, pages.proxies) as port,
            _tidied(front.surveys),
        ):
            logs.pages_served(host=pages.host, port=port)
            yield
    except PortError as taken:
        raise Wrong("pages.busy", host=taken.host, port=taken.port, why=taken.why) from taken


@contextmanager
def _tidied(surveys: Surveys) -> Iterator[None]:
    """Forget half-filled pages of surveys that have closed, now and every hour."""
    ending = Event()
    thread = Thread(target=_tidy, args=(surveys, ending), name="tidy", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join(_GOODBYE)


def _tidy(surveys: Surveys, ending: Event) -> None:
    while True:
        try:
            surveys.tidy()
        except StoreError as trouble:
            logs.store_unusable(doing="tidy", why=str(trouble))
        if ending.wait(_HOUR):
            return


def front_of(settings: Settings, engine: Engine) -> Front:
    """Join what the pages are served from."""
    secret = link_secret(settings, engine.journal)
    return Front(
        company=settings.company.name,
        language=settings.company.language,
        leaving=Leaving(engine.journal.store, secret, engine.clock),
        surveys=Surveys(
            engine.journal.store,
            engine.editions,
            secret,
            engine.clock,
            least=settings.surveys.least,
        ),
        hinting=_hinting(settings, engine),
    )


def _hinting(settings: Settings, engine: Engine) -> Hinting | None:
    """Join what providers tell us with who has that read of which they tell."""
    readers = hint_readers(settings)
    return Hinting(readers, engine.watcher.take) if readers else None


@contextmanager
def _alone(store: Path | None) -> Iterator[None]:
    """Hold the right to serve the pages of a store in a file; a shared database has many."""
    if store is None:
        yield
        return
    with store_lock(store.with_name(f"{store.name}.pages")):
        yield


def _place(settings: Settings) -> dict[str, object]:
    pages = settings.pages
    return {"url": settings.public_url, "host": pages.host, "port": pages.port}
