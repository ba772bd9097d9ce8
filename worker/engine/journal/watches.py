"""What providers tell us of: hints, which only bring the next reading forward."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from worker.engine import tables
from worker.engine.journal.statement import Statement, listed, one_of, written
from worker.engine.journal.store import take_turn
from worker.engine.tables import moment_or_none, stamp, stamp_or_none
from worker.ports import Watch

_watch = tables.watch.c
_agenda = tables.agenda.c


class Watched(NamedTuple):
    """How it stands with the watch over one organiser's calendar, or over a folder of mail."""

    address: str  # of the organiser, or a name for the folder
    lane: str
    fence: int
    id: str = ""  # empty: there is none so far
    resource: str = ""
    expires_at: datetime | None = None
    trouble: str = ""  # the words of ports.Trouble; empty: none
    why: str = ""
    told: int = 0  # how often it was heard of

    @property
    def standing(self) -> Watch | None:
        """Give the watch as its provider knows it."""
        if not self.id or self.expires_at is None:
            return None
        return Watch(self.id, self.resource, self.expires_at)


_ROW = (
    _watch.address,
    _watch.lane,
    _watch.fence,
    _watch.id,
    _watch.resource,
    _watch.expires_at,
    _watch.trouble,
    _watch.why,
    _watch.told,
)
_ALL = Statement(select(*_ROW).order_by(_watch.address_key))
_NAMED = Statement(select(*_ROW).where(_watch.id == bindparam("the_id")))
_OF = Statement(select(*_ROW).where(_watch.address_key == bindparam("the_address")))
_WANTED = Statement(
    select(_agenda.address)
    .outerjoin(tables.watch, _watch.address_key == _agenda.address_key)
    .where(
        _agenda.lane == bindparam("the_lane"),
        _agenda.next_at.is_not(None),
        _watch.next_at.is_(None) | (_watch.next_at <= bindparam("now")),
    )
    .order_by(_agenda.address_key)
    .limit(1)
)
_AMONG = Statement(
    select(_watch.address_key, _watch.next_at).where(one_of(_watch.address_key, "keys"))
)
_OPEN = Statement(insert(tables.watch).values(written(tables.watch)))
_CLAIM = Statement(
    update(tables.watch)
    .where(_watch.address_key == bindparam("the_address"))
    .values(next_at=bindparam("lease"), lane=bindparam("the_lane"), fence=_watch.fence + 1)
)
_WRITE = Statement(
    update(tables.watch)
    .where(_watch.address_key == bindparam("the_address"), _watch.fence == bindparam("the_fence"))
    .values(
        id=bindparam("new_id"),
        resource=bindparam("new_resource"),
        expires_at=bindparam("new_expires_at"),
        next_at=bindparam("new_next_at"),
        trouble=bindparam("new_trouble"),
        why=bindparam("new_why"),
    )
)
_RENEW = Statement(
    update(tables.watch)
    .where(_watch.address_key == bindparam("the_address"), _watch.next_at > bindparam("now"))
    .values(next_at=bindparam("now"))
)
_COUNT = Statement(
    update(tables.watch)
    .where(_watch.address_key == bindparam("the_address"))
    .values(told=_watch.told + 1)
)
_COUNTED = Statement(
    select(func.coalesce(func.sum(_watch.told), 0)).where(one_of(_watch.address_key, "keys"))
)
_soon = case(
    (_agenda.looked_at > bindparam("lately"), _agenda.looked_at + bindparam("apart")),
    else_=bindparam("now"),
)
_HINT = Statement(
    update(tables.agenda)
    .where(_agenda.address_key == bindparam("the_address"), _agenda.next_at > _soon)
    .values(next_at=_soon)
)


def claim_watch(
    connection: Connection,
    lane: str,
    *,
    now: int,
    lease: int,
    among: Collection[str] | None = None,
) -> Watched | None:
    """Claim a watch that is to be begun or prolonged, until *lease*.

    It is one of *among*, else of a calendar that is read. Its fence is a new one: what is asked for
    now has a name that nothing was asked for before.
    """
    take_turn(connection, f"watches {lane}")
    if among is None:
        rows = _WANTED.rows(connection, {"the_lane": lane, "now": now})
        due = [row[0] for row in rows]
    else:
        keys = listed(one.lower() for one in among)
        known = dict(_AMONG.rows(connection, {"keys": keys}))
        due = [one for one in among if known.get(one.lower(), now) <= now]
    if not due:
        return None
    address = due[0]
    key = {"the_address": address.lower()}
    if not _CLAIM.run(connection, {**key, "the_lane": lane, "lease": lease}):
        new = {"address_key": address.lower(), "address": address, "lane": lane, "fence": 1}
        rest = {"id": "", "resource": "", "expires_at": None, "trouble": "", "why": ""}
        _OPEN.run(connection, {**new, **rest, "next_at": lease, "told": 0})
    return _watched(_OF.rows(connection, key)[0])


def write_watch(
    connection: Connection,
    known: Watched,
    watch: Watch | None,
    *,
    next_at: datetime,
    trouble: tuple[str, str] = ("", ""),
) -> bool:
    """Write down how a claimed watch stands; False if somebody else has it by now."""
    values = {
        "the_address": known.address.lower(),
        "the_fence": known.fence,
        "new_id": "" if watch is None else watch.id,
        "new_resource": "" if watch is None else watch.resource,
        "new_expires_at": stamp_or_none(None if watch is None else watch.expires_at),
        "new_next_at": stamp(next_at),
        "new_trouble": trouble[0],
        "new_why": trouble[1],
    }
    return bool(_WRITE.run(connection, values))


def watches_named(connection: Connection, id_: str) -> list[Watched]:
    """Give the watches that their provider calls so: at Gmail they are called by the mailbox."""
    rows = _NAMED.rows(connection, {"the_id": id_}) if id_ else []
    return [_watched(row) for row in rows]


def watches(connection: Connection) -> list[Watched]:
    """Give every watch there is."""
    return [_watched(row) for row in _ALL.rows(connection, {})]


def prolong_soon(connection: Connection, address: str, now: int) -> None:
    """Have a watch prolonged, or begun anew, when its lane is next looked at."""
    _RENEW.run(connection, {"the_address": address.lower(), "now": now})


def count_hint(connection: Connection, address: str) -> None:
    """Note that a provider has told us of something once more."""
    _COUNT.run(connection, {"the_address": address.lower()})


def hints_of(connection: Connection, addresses: Collection[str]) -> int:
    """Say how often providers have told us of *addresses*, all together."""
    keys = listed(one.lower() for one in addresses)
    return int(_COUNTED.rows(connection, {"keys": keys})[0][0])


def read_soon(connection: Connection, address: str, now: datetime, apart: timedelta) -> bool:
    """Have a calendar that is read now and then read now; True where that is sooner than planned.

    Two readings are *apart* at least: a busy calendar is not asked for with every change of it.
    """
    values = {
        "the_address": address.lower(),
        "now": stamp(now),
        "lately": stamp(now - apart),
        "apart": apart // timedelta(microseconds=1),
    }
    return bool(_HINT.run(connection, values))


def _watched(row: Sequence[Any]) -> Watched:
    address, lane, fence, id_, resource, expires_at, trouble, why, told = row
    until = moment_or_none(expires_at)
    return Watched(address, lane, fence, id_, resource, until, trouble, why, told)
