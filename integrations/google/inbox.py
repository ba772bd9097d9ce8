"""A mailbox's way in through Gmail: its inbox, what it took for spam, and what was sent from it.

What is there at first is listed, and given from the oldest on; from then on the history says what
came. Where Gmail has forgotten that part of its history (404), everything since a day is given
anew, so that nothing is lost: a message's id is its `uid`, and who keeps mails knows what was there
already. It is asked for news every `poll`, for two quota units, and whenever somebody says that
there may be some. It refuses to change anything, no label either.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from threading import Event
from time import monotonic
from typing import Any

from integrations.google.cursor import Label, begun, earliest, history_of, is_first_part, read_to
from integrations.google.line import GoogleSignIn
from integrations.google.mailbox import Gmail, Spend
from integrations.google.reasons import GoogleSays, Meaning, kind_of
from integrations.patience import no_news, told_within
from integrations.renewals import counted
from worker.ports import Clock, Cursor, Fetched, Heard, InboxTrouble, Incoming, Place

INBOX = Label("INBOX", "INBOX")
SPAM = Label("SPAM", "SPAM")
SENT = Label("SENT", "SENT")

_NEWEST = 500  # messages that are listed by their label, without the search, which lags behind


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read of one mail, and how often a mailbox is asked for news."""

    largest: int = 4 * 1024 * 1024  # octets
    poll: timedelta = timedelta(seconds=20)


DEFAULT_LIMITS = Limits()


class GmailInbox:
    """An `Inbox` at Gmail; see the port for its promises."""

    def __init__(  # noqa: PLR0913 - what wiring joins here, by name
        self,
        sign_in: GoogleSignIn,
        mailbox: str,
        clock: Clock,
        *,
        limits: Limits = DEFAULT_LIMITS,
        junk: Label = SPAM,
        reads_sent: bool = False,
        spend: Spend | None = None,
        may_have_news: Callable[[], bool] = no_news,
    ) -> None:
        self._gmail = Gmail(sign_in, mailbox, clock, spend)
        self._may_have_news = may_have_news
        self._clock = clock
        self._limits = limits
        self._labels = {INBOX: Place.INBOX, junk: Place.JUNK}
        if reads_sent:
            self._labels[SENT] = Place.SENT
        self._stopped = Event()
        self._listed: dict[tuple[str, int], list[int]] = {}  # of first parts, by label and history
        self._heard_to = 0  # how far the inbox's history was read when it was looked at last
        self._has_looked = False

    # The port.

    def fetch(
        self, cursors: Iterable[Cursor], *, since: date, most: int = 500
    ) -> Fetched | InboxTrouble:
        """Give at most *most* mails that lie behind *cursors*.

        A step of the history is never cut: where one brings more than *most*, all of it comes.
        """
        known = {cursor.folder: cursor for cursor in cursors}
        if self._stopped.is_set():
            return Fetched((), tuple(known.values()))
        try:
            return self._round(known, since, most)
        except GoogleSays as said:
            self._has_looked = False
            return InboxTrouble(kind_of(said.problem), said.problem.why, said.problem.wait)

    def wait(self, timeout: timedelta) -> Heard | InboxTrouble:
        """Ask now and then whether something came, for at most *timeout*."""
        until = monotonic() + timeout.total_seconds()
        while not self._stopped.is_set():
            heard = self._asked()
            if heard is not None:
                return heard
            left = until - monotonic()
            if left <= 0:
                return Heard.NOTHING
            pause = min(left, self._limits.poll.total_seconds())
            if told_within(pause, self._stopped, self._may_have_news):
                return Heard.NEWS
        return Heard.STOPPED

    def stop(self) -> None:
        """End a `wait` or `fetch` of another thread soon, and every later one at once."""
        self._stopped.set()

    def close(self) -> None:
        """Say goodbye."""
        self._stopped.set()
        self._gmail.close()

    # Reading.

    def _asked(self) -> Heard | InboxTrouble | None:
        """Ask once whether something came into the inbox; None: nothing did."""
        if not self._has_looked:
            return Heard.NEWS
        try:
            page = self._gmail.history(self._heard_to, INBOX.id)
        except GoogleSays as said:
            if said.problem.meaning is Meaning.MISSING:
                return Heard.NEWS  # forgotten: reading finds out what to do
            return InboxTrouble(kind_of(said.problem), said.problem.why, said.problem.wait)
        return Heard.NEWS if page.get("history") else None

    def _round(self, known: dict[str, Cursor], since: date, most: int) -> Fetched | InboxTrouble:
        """Look at label by label until one has something to give."""
        renewals: list[str] = []
        left_out: list[InboxTrouble] = []
        for label, place in self._labels.items():
            before = known.get(label.name)
            ahead = self._look(label, before, since, most)
            if isinstance(ahead, InboxTrouble):
                if place is Place.INBOX:
                    return ahead
                left_out.append(ahead)
                continue
            if before is not None and ahead.cursor.renewals != before.renewals:
                renewals.append(label.name)
            if ahead.ids:
                mails = self._pulled(ahead, label, place, since)
                if self._stopped.is_set():
                    return Fetched((), tuple(known.values()))
                known[label.name] = ahead.cursor
                told = (tuple(renewals), tuple(left_out))
                return Fetched(mails, tuple(known.values()), True, ahead.behind, *told)  # noqa: FBT003 - more
            known[label.name] = ahead.cursor
        self._heard_to = history_of(known[INBOX.name])
        self._has_looked = True
        return Fetched((), tuple(known.values()), renewed=tuple(renewals), left_out=tuple(left_out))

    def _look(
        self, label: Label, cursor: Cursor | None, since: date, most: int
    ) -> "_Ahead | InboxTrouble":
        """Say which messages lie behind a cursor, beginning where there is none."""
        if cursor is None:
            cursor = self._begun(label, since)
        if is_first_part(cursor):
            ids = [one for one in self._first_part(label, cursor) if one > cursor.uid]
            going, rest = ids[:most], ids[most:]
            if going:
                reached = going[-1] if rest else cursor.until
                return _Ahead(going, replace(cursor, uid=reached), len(rest), is_first=True)
            cursor = replace(cursor, uid=cursor.until)
        try:
            return self._since(label, cursor, most)
        except GoogleSays as said:
            if said.problem.meaning is not Meaning.MISSING:
                raise
        again = self._renewed(label, cursor, since)
        return again if isinstance(again, InboxTrouble) else self._look(label, again, since, most)

    def _begun(self, label: Label, since: date) -> Cursor:
        """Begin to read a label: first where the history stands, then what is there."""
        history = self._gmail.now()
        ids = self._there(label, since)
        self._listed[label.id, history] = ids
        return begun(label, history, max(ids, default=0), since)

    def _renewed(self, label: Label, cursor: Cursor, since: date) -> Cursor | InboxTrouble:
        """Begin anew, unless that happens again and again."""
        fresh = self._begun(label, since)
        why = f"Gmail forgets the history of {label.name}"
        return counted(cursor, fresh, why, self._clock.now())

    def _first_part(self, label: Label, cursor: Cursor) -> list[int]:
        """Give what was there when reading began, the oldest first."""
        known = self._listed.get((label.id, cursor.uidvalidity))
        if known is None:
            known = self._there(label, cursor.since or self._clock.now().date())
            self._listed[label.id, cursor.uidvalidity] = known
        return [one for one in known if one < cursor.until]

    def _there(self, label: Label, since: date) -> list[int]:
        """List the messages that came since a day.

        The search finds what is older than a few minutes; what is newer lies before it in the
        plain listing, which is looked through until something is found that is known or too old.
        """
        second = earliest(since)
        found = set(self._gmail.search(f"after:{second}", label.id))
        for id_ in islice(self._gmail.search("", label.id, most=_NEWEST), _NEWEST):
            if id_ in found:
                break
            at = self._gmail.message(id_, ["Date"]).at
            if at is not None and at.timestamp() < second:
                break
            found.add(id_)
        return sorted(int(id_, 16) for id_ in found)

    def _since(self, label: Label, cursor: Cursor, most: int) -> "_Ahead":
        """Read what the history says came under a label, step by step."""
        page = self._gmail.history(history_of(cursor), label.id)
        ids: list[int] = []
        reached = history_of(cursor)
        steps = list(page.get("history", ()))
        for number, step in enumerate(steps):
            ids += [one for one in _came(step, label.id) if one not in ids]
            reached = int(step["id"])
            if len(ids) >= most:
                rest = {one for later in steps[number + 1 :] for one in _came(later, label.id)}
                return _Ahead(ids, read_to(cursor, reached), len(rest - set(ids)))
        if not page.get("nextPageToken"):
            reached = int(page.get("historyId", reached))
        elif not ids:  # a page of things that are no mails for us: the next one may hold some
            return self._since(label, read_to(cursor, reached), most)
        return _Ahead(ids, read_to(cursor, reached), 0)

    def _pulled(
        self, ahead: "_Ahead", label: Label, place: Place, since: date
    ) -> tuple[Incoming, ...]:
        """Fetch messages; one that is gone already is none."""
        mails: list[Incoming] = []
        for number in ahead.ids:
            if self._stopped.is_set():
                break
            try:
                told = self._gmail.message(f"{number:x}")
            except GoogleSays as said:
                if said.problem.meaning is Meaning.MISSING:
                    continue
                raise
            is_old = told.at is not None and told.at.timestamp() < earliest(since)
            if ahead.is_first and is_old:
                continue
            raw, size = told.raw[: self._limits.largest], len(told.raw)
            mails.append(
                Incoming(
                    label.name,
                    place,
                    ahead.cursor.uidvalidity,
                    number,
                    raw,
                    size,
                    told.at,
                    len(raw) == size,
                    told.thread,
                )
            )
        return tuple(mails)


@dataclass(frozen=True, slots=True)
class _Ahead:
    """Messages that lie behind a cursor, and the cursor behind them."""

    ids: list[int]
    cursor: Cursor
    behind: int
    is_first: bool = False


def _came(step: Mapping[str, Any], label: str) -> Iterator[int]:
    """Give the messages that came under a label in one step of the history."""
    for one in step.get("messagesAdded", ()):
        yield int(str(one["message"]["id"]), 16)
    for one in step.get("labelsAdded", ()):
        if label in one.get("labelIds", ()):
            yield int(str(one["message"]["id"]), 16)
