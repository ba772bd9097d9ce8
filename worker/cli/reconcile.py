"""`tsunagu reconcile`: after a restored backup, ask what was done before anything is done again.

Mailboxes are read first, then the lost time is lived through once more with the providers' memory
in the place of the ways out. What people typed in that time is lost as well, and nobody but them
can be asked: that is said before anything else.
"""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from worker.cli.mistakes import Wrong
from worker.cli.play import JumpingClock
from worker.cli.session import Session
from worker.cli.show import json_instant, words_of_staff
from worker.engine.journal.rewound import Rewound, trust
from worker.engine.reconcile import Reconciled, begin, fetch, is_held, relive, rewound_of
from worker.wiring.engine import engine_of
from worker.wiring.inboxes import listeners_of
from worker.wiring.lock import StoreInUse, store_lock
from worker.wiring.processes import look_back_now


def run(arguments: Namespace, session: Session) -> int:
    """Ask, live through it, and let the worker go on."""
    with _alone(session):
        rewound = _rewound(arguments, session)
        if rewound is None:
            if arguments.json:
                session.out.json({"held": False})
            else:
                session.out.tell("reconcile.nothing")
            return 0
        _be_sure(arguments, session, rewound)
        told = _relive(session, rewound)
        trust(session.journal.store)
    _tell(arguments, session, rewound, told)
    return 0


def _rewound(arguments: Namespace, session: Session) -> Rewound | None:
    """Say which time is lost: as it was noticed, or as somebody says."""
    journal, now = session.journal, session.now
    if arguments.since:
        since = session.instant(arguments.since)
        if since >= now:
            raise Wrong("reconcile.future", at=session.out.say.instant(since))
        return begin(journal, now, since=since)
    look_back_now(session.whole_settings, journal, now)
    if not is_held(journal):
        return None
    return rewound_of(journal)


def _be_sure(arguments: Namespace, session: Session, rewound: Rewound) -> None:
    """Have somebody say that what people typed in lost time is typed again."""
    out = session.out
    if arguments.yes:
        return
    if not arguments.json:
        out.tell(
            "reconcile.typed",
            since=out.say.instant(rewound.since),
            until=out.say.instant(rewound.until),
        )
    answer = out.confirm(out.say("sure"))
    if answer is None:
        raise Wrong("yes.needed")
    if not answer:
        raise Wrong("reconcile.waits")


def _relive(session: Session, rewound: Rewound) -> Reconciled:
    settings, journal = session.whole_settings, session.journal
    clock = JumpingClock(rewound.since)
    engine = engine_of(
        settings,
        journal,
        clock,
        tell=words_of_staff(settings).reasons,
        relived_at=session.clock,
    )
    listeners = listeners_of(settings, engine, clock=session.clock)
    try:
        troubles = fetch(listeners)
        if troubles:
            name, trouble = next(iter(sorted(troubles.items())))
            raise Wrong("reconcile.unread", mailbox=name, why=trouble.why)
        return relive(engine, clock, rewound, listeners)
    finally:
        for listener in listeners:
            listener.close()
        engine.performer.close()


def _tell(arguments: Namespace, session: Session, rewound: Rewound, told: Reconciled) -> None:
    out, zone = session.out, session.zone
    if arguments.json:
        out.json(
            {
                "held": True,
                "since": json_instant(rewound.since, zone),
                "until": json_instant(rewound.until, zone),
                "found": told.found,
                "booked": told.booked,
                "to_ask": told.to_ask,
                "doubts": told.doubts,
                "to_do": told.to_do,
            }
        )
        return
    counts = {"found": told.found, "booked": told.booked, "to_ask": told.to_ask}
    for key, n in (counts | {"doubts": told.doubts, "to_do": told.to_do}).items():
        if n:
            out.tell(f"reconcile.{key}", n=n)
    out.tell("reconcile.done", style="bold")


@contextmanager
def _alone(session: Session) -> Iterator[None]:
    """Hold the store, if it is a file; where others share it, they are held by what is written."""
    path = session.settings.store.path
    with ExitStack() as stack:
        if path is not None:
            try:
                stack.enter_context(store_lock(path))
            except StoreInUse as used:
                raise Wrong("reconcile.in_use", pid=used.pid) from used
        yield
