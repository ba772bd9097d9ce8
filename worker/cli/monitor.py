"""`--monitor`: pages for machines beside a worker: alive, ready, and the figures of the journal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from worker import logs
from worker.cli.mistakes import Wrong
from worker.domain.errors import StoreError
from worker.engine.journal.processes import PULSE_EVERY

if TYPE_CHECKING:
    from worker.cli.session import Session
    from worker.engine.clock_guard import ClockGuard
    from worker.engine.journal.processes import Processes, Who
    from worker.ports import Clock

_STANDSTILL = timedelta(seconds=90)  # of a loop that turns every second; a slow import may hold it
_HIGHEST_PORT = 65_535
_HOME = "127.0.0.1"


class Heart:
    """Knows when the main loop of this process last turned."""

    def __init__(self) -> None:
        self._beat_at = monotonic()
        self._others: list[Callable[[], None]] = []

    def also(self, told: Callable[[], None]) -> None:
        """Have *told* whenever the loop turns."""
        self._others.append(told)

    def beat(self) -> None:
        """Say that the loop has turned."""
        self._beat_at = monotonic()
        for told in self._others:
            told()

    def trouble(self) -> str:
        """Say what is wrong; empty if nothing is."""
        still = timedelta(seconds=monotonic() - self._beat_at)
        return "" if still < _STANDSTILL else f"the loop stands still for {still}"


class Pulse:
    """Tells the journal now and then that this process goes on."""

    def __init__(self, processes: "Processes", who: "Who", clock: "Clock") -> None:
        self._processes = processes
        self._who = who
        self._clock = clock
        self._every = PULSE_EVERY.total_seconds()
        self._told_at = monotonic()

    def beat(self) -> None:
        """Say so, if it is time to."""
        if monotonic() - self._told_at < self._every:
            return
        self._told_at = monotonic()
        try:
            self._processes.seen(self._who, self._clock.now())
        except StoreError as trouble:  # the loop says so, too, and goes on
            logs.store_unusable(doing="pulse", why=str(trouble))

    def end(self) -> None:
        """Say goodbye; a journal that is away hears of it by the silence."""
        try:
            self._processes.ended(self._who, self._clock.now())
        except StoreError as trouble:
            logs.store_unusable(doing="goodbye", why=str(trouble))


@contextmanager
def monitored(session: "Session", where: str, guard: "ClockGuard | None") -> Iterator[Heart]:
    """Serve the pages for machines at *where* (`[HOST:]PORT`; empty: nowhere) until the end.

    *guard* watches the clock of this process, where anybody does.

    Raises:
        Wrong: There is no such place, or somebody listens there already.
    """
    heart = Heart()
    if not where:
        yield heart
        return
    host, port = _place(where)
    from worker.engine.journal.tally import Tally  # noqa: PLC0415 - only who is monitored
    from worker.pages.gauges import Gauges  # noqa: PLC0415 - as above
    from worker.pages.monitor import Pulse, monitor_of  # noqa: PLC0415 - as above
    from worker.pages.serve import PortError, serving  # noqa: PLC0415 - as above

    journal = session.journal
    settings = session.whole_settings
    per_day = {
        name: mailbox.limits.per_day
        for name, mailbox in settings.mailboxes.items()
        if mailbox.limits.per_day is not None
    }
    gauges = Gauges(journal, session.clock, Tally(journal.store), per_day, settings.mailboxes_read)
    pulse = Pulse(heart.trouble) if guard is None else Pulse(heart.trouble, guard.trouble)
    try:
        with serving(monitor_of(gauges, pulse), host, port, ()) as served:
            session.out.mention("monitor.began", host=host, port=served)
            yield heart
    except PortError as taken:
        raise Wrong("monitor.busy", host=taken.host, port=taken.port, why=taken.why) from taken


def _place(where: str) -> tuple[str, int]:
    host, _, port = where.rpartition(":")
    if not port.isdecimal() or int(port) > _HIGHEST_PORT:
        raise Wrong("monitor.where", where=where)
    return host.strip("[]") or _HOME, int(port)
