"""`tsunagu upgrade`: bring the journal up to this release, or from a file into the set database."""

from argparse import Namespace
from contextlib import ExitStack, closing
from pathlib import Path

from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.engine.journal.moving import count_all, move
from worker.engine.journal.store import Store
from worker.engine.migrations.run import migrate
from worker.wiring.lock import store_lock


def run(arguments: Namespace, session: Session) -> int:
    """Upgrade, and say what was done."""
    settings = session.settings
    with ExitStack() as stack:
        if settings.store.path is not None:
            stack.enter_context(store_lock(settings.store.path))
        store = stack.enter_context(closing(Store(settings.store.url.reveal())))
        if arguments.source:
            return _move(settings.root / Path(arguments.source), store, session)
        did = migrate(store)
    if session.arguments.json:
        session.out.json({"did": did, "store": settings.store.shown})
    else:
        session.out.tell("upgrade.done" if did else "upgrade.nothing", store=settings.store.shown)
    return 0


def _move(path: Path, new: Store, session: Session) -> int:
    """Bring the journal of a file into the database of the settings."""
    out, shown = session.out, session.settings.store.shown
    if not path.is_file():
        raise Wrong("upgrade.no_file", path=path)
    if new.path is not None and new.path.resolve() == path.resolve():
        raise Wrong("upgrade.same", path=path)
    with store_lock(path), closing(Store(f"sqlite:///{path}")) as old:
        migrate(old)
        with out.progress(out.say("upgrade.moving"), count_all(old)) as advance:
            moved = move(old, new, shown=shown, on_progress=advance)
    if session.arguments.json:
        out.json({"rows": dict(moved.rows), "total": moved.total, "store": shown})
    else:
        out.tell("upgrade.moved", n=moved.total, store=shown, path=path)
    return 0
