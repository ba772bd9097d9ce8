"""Providers are asked to tell us when something changes, and what they tell is taken as a hint.

A hint has a calendar or a mailbox read now that would have been read some time later: reading it is
what tells us anything. So a hint that is lost, late, doubled, out of order or forged changes
nothing but that moment, and a provider that tells us nothing is as good as one never asked.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from worker import logs
from worker.engine.journal.journal import Journal
from worker.engine.journal.lanes import (
    calendar_lane,
    inbox_lane,
    is_closed,
    is_held,
    provider_of,
    read_lane,
)
from worker.engine.journal.watches import (
    Watched,
    claim_watch,
    count_hint,
    hints_of,
    prolong_soon,
    read_soon,
    watches,
    watches_named,
    write_watch,
)
from worker.engine.tables import stamp
from worker.ports import (
    BookTrouble,
    Clock,
    Hint,
    HintSource,
    Trouble,
    Watch,
    WatchWish,
)

APART = timedelta(seconds=5)  # between two readings of one place that hints ask for
MARGIN = timedelta(hours=12)  # before its end a watch is renewed, or with a third of it left
DAILY = timedelta(days=1)  # so often that of a mailbox is renewed, as Gmail advises

_SECRET = "meetings.hints"  # noqa: S105 - the name of one
_LEASE = timedelta(minutes=5)
_LONGEST_NAME = 200
_AT_ONCE = 20  # watches, in one look at a lane: meetings wait behind them
_SOON, _LATER = timedelta(minutes=15), timedelta(hours=3)  # until it is tried again


@dataclass(frozen=True, slots=True)
class Hints:
    """Where providers can reach us, and the way to ask them to."""

    address: str  # https://…; the provider's name comes behind it
    of: Callable[[str], HintSource | None]  # of calendars, by provider; called once for each
    words: Mapping[str, str] = field(default_factory=dict, repr=False)  # that hints of some bear


@dataclass(frozen=True, slots=True)
class MailHints:
    """The way to be told of mail in one mailbox."""

    provider: str  # gmail | microsoft
    source: HintSource
    places: tuple[str, ...]  # what is watched there: each has a watch of its own


class Watcher:
    """Keeps a watch over every calendar that is read now and then, and over folders of mail."""

    def __init__(self, journal: Journal, hints: Hints | None, *, clock: Clock) -> None:
        """Begin with nobody asked. Names and words are made of a secret of *journal*."""
        self._store = journal.store
        self._hints = hints
        self._secret = cache(lambda: journal.marks.secret(_SECRET))
        self._clock = clock
        self._known: dict[str, HintSource | None] = {}

    def perform(self, lane: str, is_stopping: Callable[[], bool]) -> None:
        """Begin or renew the watches of calendars of *lane* that are due."""
        source = self._connected(provider_of(lane) or "")
        if source is not None:
            self._keep(lane, source, is_stopping)

    def tend(self, mailbox: str, mail: MailHints) -> None:
        """Begin or renew the watches of a mailbox that are due."""
        places = _rows_of(mailbox, mail)
        self._keep(inbox_lane(mail.provider), mail.source, _never, places)

    def hasten(self, mailbox: str, mail: MailHints, *, only_failed: bool) -> None:
        """Have the watches of a mailbox asked for at once, or those of them that failed."""
        rows = _rows_of(mailbox, mail)
        with self._store.write() as connection:
            for one in watches(connection):
                if one.address in rows and (one.trouble or not only_failed):
                    prolong_soon(connection, one.address, stamp(self._clock.now()))

    def heard(self, mailbox: str, mail: MailHints) -> int:
        """Say how often we have been told of a mailbox so far."""
        with self._store.read() as connection:
            return hints_of(connection, _rows_of(mailbox, mail))

    def take(self, provider: str, hints: Iterable[Hint]) -> int:
        """Have read what *hints* are about; says of how many one bears our word."""
        now, taken = self._clock.now(), 0
        for hint in hints:
            if not _is_name(hint.watch):
                continue
            with self._store.read() as connection:
                named = watches_named(connection, hint.watch)
            # others were replaced lately, or are nobody's
            ours = [one for one in named if one.lane in _lanes_of(provider)]
            said = hint.word.encode(errors="replace")
            for known in ours:
                if not hmac.compare_digest(self._word(known).encode(), said):
                    logs.hint_refused(provider=provider)
                    break
                self._note(known, hint, now)
                taken += 1
        return taken

    def close(self) -> None:
        """Say goodbye to every provider."""
        for one in self._known.values():
            if one is not None:
                one.close()
        self._known.clear()

    def _note(self, known: Watched, hint: Hint, now: datetime) -> None:
        with self._store.write() as connection:
            count_hint(connection, known.address)
            if provider_of(known.lane) is not None:
                read_soon(connection, known.address, now, APART)
            if hint.is_ending:
                prolong_soon(connection, known.address, stamp(now))

    def _connected(self, provider: str) -> HintSource | None:
        if self._hints is None:
            return None
        if provider not in self._known:  # one lane, one provider, one thread
            self._known[provider] = self._hints.of(provider)
        return self._known[provider]

    def _keep(
        self,
        lane: str,
        source: HintSource,
        is_stopping: Callable[[], bool],
        places: Mapping[str, str] | None = None,
    ) -> None:
        """Ask for what is due: *places*, by the name of their rows, or the calendars of *lane*."""
        if self._hints is None:
            return
        address = f"{self._hints.address}/{lane.partition(':')[2]}"
        for _ in range(_AT_ONCE):
            now = self._clock.now()
            if is_stopping() or self._is_closed(lane, now):
                return
            with self._store.write() as connection:
                known = claim_watch(
                    connection, lane, now=stamp(now), lease=stamp(now + _LEASE), among=places
                )
            if known is None:
                return
            what = known.address if places is None else places[known.address]
            if not self._watch(source, what, address, known, now):
                return

    def _is_closed(self, lane: str, now: datetime) -> bool:
        with self._store.read() as connection:
            return is_closed(read_lane(connection, lane), now) or is_held(connection, now)

    def _watch(
        self, source: HintSource, what: str, address: str, known: Watched, now: datetime
    ) -> bool:
        """Ask for one watch; False where the provider has no ear for more just now."""
        before = known.standing
        wish = WatchWish(self._name(known), self._word(known), address)
        told = source.watch(what, wish, before)
        if isinstance(told, BookTrouble):
            return self._refused(known, told, now)
        next_at = _renewed_at(told, now)
        if provider_of(known.lane) is None:
            next_at = min(next_at, now + DAILY)
        with self._store.write() as connection:
            is_ours = write_watch(connection, known, told, next_at=next_at)
        if is_ours and before is not None and before.id != told.id:
            source.end(what, before)  # where it cannot be ended it ends by itself, unheard
        return True

    def _refused(self, known: Watched, trouble: BookTrouble, now: datetime) -> bool:
        """Leave it to be read now and then; the log has a line where that is news."""
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
        given = {} if self._hints is None else self._hints.words
        agreed = given.get(known.lane.partition(":")[2])
        return agreed or self._derived("word", known.lane, known.address.lower())

    def _derived(self, *parts: str) -> str:
        text = "\n".join(parts)
        return hmac.new(self._secret(), text.encode(), sha256).hexdigest()


class Ear:
    """What one mailbox's provider tells us of it, for the thread that reads it.

    *mail* is None where nobody tells us anything: then there never is news.
    """

    def __init__(
        self, mailbox: str, watcher: Watcher, mail: MailHints | None, clock: Clock
    ) -> None:
        self._mailbox = mailbox
        self._watcher = watcher
        self._mail = mail
        self._clock = clock
        self._heard = 0
        self._read_at: datetime | None = None
        self._has_asked = False

    def begin(self) -> None:
        """Note what was told so far: the mailbox is read now. What is told meanwhile is news."""
        if self._mail is not None:
            self._heard = self._watcher.heard(self._mailbox, self._mail)
            self._read_at = self._clock.now()

    def has_news(self) -> bool:
        """Say whether we were told of something since; two readings are `APART` at least."""
        if self._mail is None:
            return False
        if self._read_at is not None and self._clock.now() - self._read_at < APART:
            return False
        return self._watcher.heard(self._mailbox, self._mail) != self._heard

    def tend(self, *, is_mended: bool = False) -> None:
        """Have us told on; *is_mended*: the mailbox could not be read until now.

        Whoever begins asks anew: another address or topic may stand in the settings by now.
        """
        if self._mail is not None:
            if is_mended or not self._has_asked:
                self._watcher.hasten(self._mailbox, self._mail, only_failed=self._has_asked)
                self._has_asked = True
            self._watcher.tend(self._mailbox, self._mail)

    def close(self) -> None:
        """Say goodbye to the provider."""
        if self._mail is not None:
            self._mail.source.close()


def rows_of(mailbox: str, places: Iterable[str]) -> dict[str, str]:
    """Name the watches of a mailbox, by what each is of.

    >>> rows_of("hr", ["inbox"])
    {'hr/inbox': 'inbox'}
    """
    return {f"{mailbox}/{one}": one for one in places}


def _rows_of(mailbox: str, mail: MailHints) -> dict[str, str]:
    return rows_of(mailbox, mail.places)


def _lanes_of(provider: str) -> tuple[str, str]:
    return calendar_lane(provider), inbox_lane(provider)


def _never() -> bool:
    return False


def _is_name(said: str) -> bool:
    """Whether a text from outside can be the name of a watch at all."""
    return 0 < len(said) <= _LONGEST_NAME and said.isascii() and said.isprintable()


def _renewed_at(watch: Watch, now: datetime) -> datetime:
    return watch.expires_at - min(MARGIN, max(watch.expires_at - now, timedelta()) / 3)
