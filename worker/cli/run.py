"""`tsunagu up`, `beat`, `work` and `listen`: the worker in one process, or its parts in many.

`up` is all of it. `listen` only reads mailboxes. `beat` only watches the time and sends the names
of lanes through Redis; `work` only looks at lanes. Each may be killed at any moment: what it was
doing stands in the journal.
"""

import gc
import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from importlib.metadata import version
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from worker import logs
from worker.actors import Crew
from worker.broker import EMBEDDED
from worker.cli.beat import LONGEST, Beat, Ending
from worker.cli.ears import alone_at, listening, look_once
from worker.cli.launch import publish_playbooks
from worker.cli.mistakes import Wrong
from worker.cli.monitor import Heart, Pulse, monitored
from worker.cli.show import words_of_staff
from worker.domain.errors import StoreError
from worker.engine.begun import begin
from worker.engine.clock_guard import ClockGuard
from worker.engine.engine import Engine
from worker.engine.journal.lanes import CLOCK, FUSE, JOURNAL
from worker.engine.journal.processes import Who
from worker.wiring.engine import engine_of
from worker.wiring.inboxes import listeners_of
from worker.wiring.lock import StoreInUse, store_lock
from worker.wiring.others_clocks import ahead_of
from worker.wiring.processes import marks_of, marks_of_another, this_process

if TYPE_CHECKING:
    from worker.cli.parser import Parser
    from worker.cli.session import Session

THREADS = 4
_ONE_PROCESS = "up"
_BEAT = "beat"
_ONLY_WORK = "work"
_LOG_KEY = "log.key"  # of the addresses' hashes: the same from one start to the next
_LISTEN = "listen"
_OF_THE_ENGINE = {CLOCK: "up.clock", FUSE: "up.fuse", JOURNAL: "up.journal"}


def add_arguments(verb: str, parser: "Parser") -> None:
    """Say what `up`, `beat`, `work` and `listen` take."""
    parser.add_argument(
        "--monitor",
        metavar="[HOST:]PORT",
        default="",
        help=parser.pick(
            "監視用のページ（/healthz、/readyz、/metrics）を開く場所",
            "where to serve pages for machines: /healthz, /readyz, /metrics",
        ),
    )
    if verb == _LISTEN:
        parser.add_argument(
            "--once",
            action="store_true",
            help=parser.pick(
                "届いているものを読んだら終了する", "end when all that is there is read"
            ),
        )
        return
    if verb == _ONE_PROCESS:
        parser.add_argument(
            "--until-idle",
            action="store_true",
            help=parser.pick(
                "今することがすべて終わったら終了する",
                "end when nothing is due and nothing is in flight",
            ),
        )
    if verb != _BEAT:
        parser.add_argument(
            "--threads",
            metavar="N",
            type=int,
            default=THREADS,
            help=parser.pick(
                f"同時に動かすメールボックスなどの数({THREADS})",
                f"how many lanes are worked at the same time ({THREADS})",
            ),
        )


def run(arguments: Namespace, session: "Session") -> int:
    """Work until somebody asks to end."""
    verb, settings = arguments.verb, session.whole_settings
    if verb == _LISTEN:
        return _only_listen(arguments, session)
    broker = settings.broker.url.reveal() if settings.broker.url else EMBEDDED
    if verb != _ONE_PROCESS and broker == EMBEDDED:
        raise Wrong("up.needs_redis", verb=verb)
    alone = _alone(session, shared=verb != _ONE_PROCESS)
    with (
        alone,
        Ending() as ending,
        this_process(settings, verb) as who,
        _engine(session, who) as (engine, pulse),
    ):
        ending.tell(engine.performer.stop)
        with ExitStack() as stack:
            if verb == _ONE_PROCESS and not arguments.until_idle:
                stack.enter_context(_pages(session, engine))
            _say_hello(session, engine, verb)
            heart = stack.enter_context(monitored(session, arguments.monitor, engine.guard))
            heart.also(pulse.beat)
            spare_the_collector()
            stack.enter_context(_ears(arguments, session, engine))
            _work(arguments, engine, ending, broker, heart)
        logs.stopped(signal=ending.heard)
        _say_how_it_stands(session, asked=bool(ending.heard))
    return 0


def _only_listen(arguments: Namespace, session: "Session") -> int:
    """Read mailboxes until somebody asks to end."""
    settings = session.whole_settings
    path = settings.store.path
    with ExitStack() as stack:
        ending = stack.enter_context(Ending())
        try:
            stack.enter_context(alone_at(path))
        except StoreInUse as used:
            raise Wrong("listen.in_use", pid=used.pid) from used
        who = stack.enter_context(this_process(settings, _LISTEN))
        engine, pulse = stack.enter_context(_engine(session, who))
        listeners = listeners_of(settings, engine)
        if not listeners:
            raise Wrong("listen.nothing")
        if arguments.once:
            look_once(listeners)
            session.out.mention("listen.looked", n=len(session.journal.mails.waiting()))
            return 0
        heart = stack.enter_context(monitored(session, arguments.monitor, engine.guard))
        heart.also(pulse.beat)
        session.out.mention("listen.began", pid=os.getpid(), n=len(listeners))
        with listening(listeners):
            while not ending.wait(LONGEST):
                heart.beat()
    session.out.mention("up.ended")
    return 0


@contextmanager
def _ears(arguments: Namespace, session: "Session", engine: Engine) -> Iterator[None]:
    """Read mailboxes beside the work of `up`, unless a `tsunagu listen` does."""
    settings = session.whole_settings
    listeners = listeners_of(settings, engine) if arguments.verb == _ONE_PROCESS else []
    if not listeners:
        yield
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(alone_at(settings.store.path))
        except StoreInUse as used:
            session.out.mention("listen.elsewhere", pid=used.pid)
        else:
            if arguments.until_idle:
                look_once(listeners)
            else:
                stack.enter_context(listening(listeners))
        yield


@contextmanager
def _pages(session: "Session", engine: Engine) -> Iterator[None]:
    """Serve the pages behind the links in mails, where `public_url` says that there are any."""
    if not session.whole_settings.public_url:
        yield
        return
    from worker.cli.front import pages_beside  # noqa: PLC0415 - a web server; not everybody needs one

    with pages_beside(session, engine):
        yield


def _say_hello(session: "Session", engine: Engine, verb: str) -> None:
    """Take up the playbooks and what a dead worker left, and say so."""
    settings, journal = session.whole_settings, session.journal
    playbooks = publish_playbooks(settings, journal, session.clock.now())
    if not playbooks and not journal.enrollments.count():
        raise Wrong("up.no_playbook", folder=settings.playbooks)
    engine.read_versions()
    logs.started(
        version=version("tsunagu"),
        store=settings.store.shown,
        broker=settings.broker.shown,
        pid=os.getpid(),
    )
    session.out.mention("up.began", pid=os.getpid(), playbooks=playbooks)
    # The lock of a file says that no other worker is alive; a database of many cannot.
    if verb == _ONE_PROCESS and settings.store.path is not None and (left := engine.recover()):
        session.out.mention("up.recovered", n=left)
    if any(closed.lane == JOURNAL for closed in journal.lanes.all()):
        session.out.mention("up.journal", style="yellow")


def _work(arguments: Namespace, engine: Engine, ending: Ending, broker: str, heart: Heart) -> None:
    """Watch the time, look at lanes, or both, until somebody asks to end."""
    verb, hands = arguments.verb, Hands(engine)
    with _crew(broker, hands, threads=0 if verb == _BEAT else arguments.threads) as crew:
        if verb == _ONLY_WORK:
            while not ending.wait(LONGEST):
                heart.beat()
            return
        beat = Beat(
            engine,
            look=crew.nudge,
            is_resting=lambda: crew.has_nothing_waiting and hands.rest,
            turned=heart.beat,
        )
        beat.run(ending, until_idle=verb == _ONE_PROCESS and arguments.until_idle)


def spare_the_collector() -> None:
    """Have Python's collector pass by what was loaded to stay, and look less often at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


class Hands:
    """Looks at lanes, and keeps every fault from whoever asked it to: the journal has the work."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._busy = 0
        self._counting = Lock()

    @property
    def rest(self) -> bool:
        """Whether nobody is looking at a lane."""
        return self._busy == 0

    def look(self, lane: str) -> None:
        """Do what is due in *lane*; safe from several threads."""
        with self._counting:
            self._busy += 1
        began = monotonic()
        try:
            done = self._engine.performer.perform(lane)
            if done.handed_over or done.settled:
                took = timedelta(seconds=monotonic() - began)
                logs.looked(
                    lane=lane, handed_over=done.handed_over, settled=done.settled, took=took
                )
        except StoreError as trouble:
            logs.store_unusable(doing=lane, why=str(trouble))
        except Exception as error:  # noqa: BLE001 - a fault in one lane ends neither it nor others
            logs.bug(doing=lane, error=error)
        finally:
            with self._counting:
                self._busy -= 1


@contextmanager
def _alone(session: "Session", *, shared: bool) -> Iterator[None]:
    """Hold the store, if it is a file; a database of many machines minds its own locks."""
    path = session.settings.store.path
    if path is None:
        yield
        return
    try:
        with store_lock(path, shared=shared):
            yield
    except StoreInUse as used:
        raise Wrong("up.in_use", store=used.store, pid=used.pid) from used


@contextmanager
def _engine(session: "Session", who: Who) -> Iterator[tuple[Engine, Pulse]]:
    """Give an engine; at the end its servers are told goodbye and its journal is closed."""
    settings, journal, clock = session.whole_settings, session.journal, session.clock
    if (elsewhere := marks_of_another(settings, journal)) is not None:
        raise Wrong("up.other_journal", store=settings.store.shown, folder=elsewhere)
    key = journal.marks.secret(_LOG_KEY)
    logs.begin(form=settings.log, secrets=settings.secrets(), key=key)
    tell = words_of_staff(settings).reasons
    begun = begin(journal.store, who, marks_of(settings, journal), clock.now())
    guard = None
    if session.stopwatch is not None:
        guard = ClockGuard(
            journal.store,
            clock,
            session.stopwatch,
            who.name,
            ahead_of_others=lambda: ahead_of(settings),
        )
    engine = engine_of(settings, journal, clock, tell=tell, begun=begun, guard=guard)
    pulse = Pulse(journal.processes, who, clock)
    try:
        yield engine, pulse
    finally:
        engine.performer.close()
        pulse.end()
        journal.close()


@contextmanager
def _crew(broker: str, hands: Hands, *, threads: int) -> Iterator[Crew]:
    """Give a crew; at the end what is in flight is finished and the rest is left."""
    crew = Crew(broker, hands.look, threads=threads)
    crew.start()
    try:
        yield crew
    finally:
        crew.stop()


def _say_how_it_stands(session: "Session", *, asked: bool) -> None:
    """Say why it ended, and what keeps anything from going on."""
    out = session.out
    out.mention("up.ended" if asked else "up.idle")
    for closed in session.journal.overview.at(session.clock.now()).closed:
        if closed.lane in _OF_THE_ENGINE:
            out.mention(_OF_THE_ENGINE[closed.lane])
        elif closed.code == CLOCK:
            out.mention("up.clock_wrong", process=closed.lane.partition(":")[2])
        else:
            out.mention("up.closed", lane=closed.lane, why=closed.why or closed.code)
