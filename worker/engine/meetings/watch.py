"""Providers are asked to tell us when a calendar changes, and what they tell is taken as a hint.

A hint has the calendar read now that would have been read some minutes later: reading it is what
tells us anything. So a hint that is lost, late, doubled, out of order or forged changes nothing but
that moment, and a provider that tells us nothing is as good as one that was never asked.
"""

import hmac
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from worker import logs
from worker.engine.journal.lanes import calendar_lane, is_closed, is_held, provider_of, read_lane
from worker.engine.journal.store import Store
from worker.engine.journal.watches import (
    Watched,
    claim_watch,
    prolong_soon,
    read_soon,
    watch_named,
    write_watch,
)
from worker.engine.meetings.calendars import Hints
from worker.engine.tables import stamp
from worker.ports import (
    BookTrouble,
    CalendarHints,
    Clock,
    Hint,
    Trouble,
    Watch,
    WatchWish,
)

APART = timedelta(seconds=5)  # between two readings of one calendar that hints ask for
MARGIN = timedelta(hours=12)  # before its end a watch is renewed, or with a third of it left

_LEASE = timedelta(minutes=5)
_LONGEST_NAME = 200
_AT_ONCE = 20  # watches, in one look at a lane: meetings wait behind them
_SOON, _LATER = timedelta(minutes=15), timedelta(hours=3)  # until it is tried again


class Watcher:
    """Keeps a watch over every calendar that is read now and then."""

    def __init__(
        self, store: Store, hints: Hints | None, secret: Callable[[], bytes], *, clock: Clock
    ) -> None:
        """Begin with nobody asked. *secret* makes names and words that nobody can guess."""
        self._store = store
        self._hints = hints
        self._secret = secret
        self._clock = clock
        self._known: dict[str, CalendarHints | None] = {}

    def perform(self, lane: str, is_stopping: Callable[[], bool]) -> None:
        """Begin or renew the watches of *lane* that are due."""
        provider = provider_of(lane) or ""
        ours = self._connected(provider)
        if ours is None or self._hints is None:
            return
        address = f"{self._hints.address}/{provider}"
        for _ in range(_AT_ONCE):
            now = self._clock.now()
            if is_stopping() or self._is_closed(lane, now):
                return
            with self._store.write() as connection:
                lease = stamp(now + _LEASE)
                known = claim_watch(connection, lane, now=stamp(now), lease=lease)
            if known is None or not self._watch(ours, address, known, now):
                return

    def take(self, provider: str, hints: Iterable[Hint], now: datetime) -> int:
        """Have the calendars read that *hints* are about; says of how many one bears our word."""
        taken = 0
        for hint in hints:
            if not _is_name(hint.watch):
                continue
            with self._store.read() as connection:
                known = watch_named(connection, hint.watch)
            if known is None or known.lane != calendar_lane(provider):
                continue  # one that was replaced lately, or nobody's
            said = hint.word.encode(errors="replace")
            if not hmac.compare_digest(self._word(known).encode(), said):
                logs.hint_refused(provider=provider)
                continue
            taken += 1
            with self._store.write() as connection:
                read_soon(connection, known.address, now, APART)
                if hint.is_ending:
                    prolong_soon(connection, known.address, stamp(now))
        return taken

    def close(self) -> None:
        """Say goodbye to every provider."""
        for one in self._known.values():
            if one is not None:
                one.close()
        self._known.clear()

    def _connected(self, provider: str) -> CalendarHints | None:
        if self._hints is None:
            return None
        if provider not in self._known:  # one lane, one provider, one thread
            self._known[provider] = self._hints.of(provider)
        return self._known[provider]

    def _is_closed(self, lane: str, now: datetime) -> bool:
        with self._store.read() as connection:
            return is_closed(read_lane(connection, lane), now) or is_held(connection, now)

    def _watch(self, ours: CalendarHints, address: str, known: Watched, now: datetime) -> bool:
        """Ask for one watch; False where the provider has no ear for more just now."""
        before = known.standing
        wish = WatchWish(self._name(known), self._word(known), address)
        told = ours.watch(known.address, wish, before)
        if isinstance(told, BookTrouble):
            return self._refused(known, told, now)
        with self._store.write() as connection:
            is_ours = write_watch(connection, known, told, next_at=_renewed_at(told, now))
        if is_ours and before is not None and before.id != told.id:
            ours.end(known.address, before)  # where it cannot be ended it ends by itself, unheard
        return True

    def _refused(self, known: Watched, trouble: BookTrouble, now: datetime) -> bool:
        """Leave the calendar to be read now and then; the log has a line where that is news."""
        passes = trouble.kind in (Trouble.NETWORK, Trouble.LIMITS)
        wait = trouble.wait or (_SOON if passes else _LATER)
        told = (trouble.kind.value, trouble.why)
        with self._store.write() as connection:
            write_watch(connection, known, known.standing, next_at=now + wait, trouble=told)
        if known.trouble != trouble.kind.value:
            logs.watch_refused(lane=known.lane, trouble=trouble.kind.value, why=trouble.why)
        return not passes

    def _name(self, known: Watched) -> str:
        """Name what is asked for: another name each time, the same for whoever asks again."""
        return self._derived("name", known.lane, known.address.lower(), str(known.fence))

    def _word(self, known: Watched) -> str:
        return self._derived("word", known.lane, known.address.lower())

    def _derived(self, *parts: str) -> str:
        text = "\n".join(parts)
        return hmac.new(self._secret(), text.encode(), sha256).hexdigest()


def _is_name(said: str) -> bool:
    """Whether a text from outside can be the name of a watch at all."""
    return 0 < len(said) <= _LONGEST_NAME and said.isascii() and said.isprintable()


def _renewed_at(watch: Watch, now: datetime) -> datetime:
    return watch.expires_at - min(MARGIN, max(watch.expires_at - now, timedelta()) / 3)
