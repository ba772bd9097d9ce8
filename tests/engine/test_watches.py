"""What the journal knows of watches, and how a hint brings the next reading forward."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.world import World
from worker.engine import tables
from worker.engine.journal.agendas import claim_agenda, watch_agenda, write_agenda
from worker.engine.journal.lanes import calendar_lane, inbox_lane
from worker.engine.journal.watches import (
    claim_watch,
    count_hint,
    hints_of,
    prolong_soon,
    read_soon,
    watches,
    watches_named,
    write_watch,
)
from worker.engine.tables import moment_or_none, stamp
from worker.ports import Watch

SATO, LANE = "Sato@tsunagu.example", calendar_lane("google")
APART, SIX_HOURS, WEEK = timedelta(seconds=5), timedelta(hours=6), timedelta(days=7)
LEASE = timedelta(minutes=5)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Sato's calendar was read just now, and is read again in six hours."""
    opened = World(tmp_path)
    with opened.journal.store.write() as connection:
        watch_agenda(connection, SATO, LANE, stamp(opened.now + SIX_HOURS))
    yield opened
    opened.close()


def next_reading(world: World) -> timedelta | None:
    """Say how long it is until the calendar is read."""
    with world.journal.store.read() as connection:
        at = moment_or_none(connection.execute(select(tables.agenda.c.next_at)).scalar())
    return None if at is None else at - world.now


def test_a_calendar_that_is_read_is_watched_by_one_who_asks(world: World) -> None:
    """Until they have asked, nobody else does; each time it is another name that is asked for."""
    now, lease = stamp(world.now), stamp(world.now + LEASE)
    with world.journal.store.write() as connection:
        first = claim_watch(connection, LANE, now=now, lease=lease)
        others = claim_watch(connection, LANE, now=now, lease=lease)
        elsewhere = claim_watch(connection, calendar_lane("microsoft"), now=now, lease=lease)
        again = claim_watch(connection, LANE, now=lease, lease=lease + 1)

    assert first is not None
    assert first.standing is None
    assert (others, elsewhere) == (None, None)
    assert again is not None
    assert again.fence == first.fence + 1


def test_a_calendar_that_nobody_reads_is_not_watched(world: World) -> None:
    """Nothing of ours is in it: what it held goes by without us."""
    with world.journal.store.write() as connection:
        agenda = claim_agenda(connection, LANE, now=stamp(world.now + SIX_HOURS), lease=0)
        assert agenda is not None
        write_agenda(connection, agenda, "cursor", next_at=None, now=world.now)
        claimed = claim_watch(connection, LANE, now=stamp(world.now), lease=stamp(world.now))
        is_woken = read_soon(connection, SATO, world.now, APART)

    assert claimed is None
    assert not is_woken


def test_who_was_overtaken_writes_no_watch(world: World) -> None:
    """Their lease was over, and somebody else has asked meanwhile."""
    now = stamp(world.now)
    mine, theirs = (Watch(one, "r", world.now + WEEK) for one in ("mine", "theirs"))
    with world.journal.store.write() as connection:
        slow = claim_watch(connection, LANE, now=now, lease=now)
        quick = claim_watch(connection, LANE, now=now, lease=now)
        assert slow is not None
        assert quick is not None
        written = [
            write_watch(connection, quick, theirs, next_at=world.now + WEEK),
            write_watch(connection, slow, mine, next_at=world.now + WEEK),
        ]
        [found] = watches_named(connection, "theirs")
        unknown = [watches_named(connection, one) for one in ("mine", "")]

    assert written == [True, False]
    assert found.standing == theirs
    assert unknown == [[], []]


def test_a_watch_that_ends_is_asked_for_again_soon(world: World) -> None:
    """Its provider said so; until then it was to stand for a week."""
    now = stamp(world.now)
    with world.journal.store.write() as connection:
        known = claim_watch(connection, LANE, now=now, lease=now)
        assert known is not None
        write_watch(connection, known, None, next_at=world.now + WEEK, trouble=("limits", "why"))
        before = claim_watch(connection, LANE, now=now, lease=now)
        prolong_soon(connection, SATO, now)
        after = claim_watch(connection, LANE, now=now, lease=now)
        (one,) = watches(connection)

    assert before is None
    assert after is not None
    assert (one.trouble, one.why) == ("limits", "why")


def test_a_hint_has_a_calendar_read_now(world: World) -> None:
    """Whatever case the address is written in; a second hint changes nothing."""
    with world.journal.store.write() as connection:
        woken = [read_soon(connection, SATO.lower(), world.now, APART) for _ in range(2)]

    assert woken == [True, False]
    assert next_reading(world) == timedelta()


def test_a_busy_calendar_is_not_read_with_every_change(world: World) -> None:
    """Two readings that hints ask for are some seconds apart."""
    with world.journal.store.write() as connection:
        agenda = claim_agenda(connection, LANE, now=stamp(world.now + SIX_HOURS), lease=0)
        assert agenda is not None
        at = world.now - timedelta(seconds=2)
        write_agenda(connection, agenda, "cursor", next_at=world.now + SIX_HOURS, now=at)
        read_soon(connection, SATO, world.now, APART)

    assert next_reading(world) == timedelta(seconds=3)


def test_a_hint_that_comes_while_a_calendar_is_read_is_not_lost(world: World) -> None:
    """The answer may have been on its way already when the event was dragged."""
    lease = world.now + SIX_HOURS + LEASE
    with world.journal.store.write() as connection:
        agenda = claim_agenda(
            connection, LANE, now=stamp(world.now + SIX_HOURS), lease=stamp(lease)
        )
        assert agenda is not None
        read_soon(connection, SATO, world.now, APART)
        later = world.now + 2 * SIX_HOURS
        write_agenda(connection, agenda, "next", next_at=later, now=world.now, lease=lease)
        cursor = connection.execute(select(tables.agenda.c.cursor)).scalar()

    assert next_reading(world) == timedelta()
    assert cursor == "next"


MAILBOX = inbox_lane("gmail")
FOLDERS = ("hr/inbox", "hr/junkemail")


def test_folders_of_a_mailbox_are_watched_by_one_who_asks(world: World) -> None:
    """Each once, whatever calendars there are; and anew when their time has come."""
    now, lease = stamp(world.now), stamp(world.now + LEASE)
    with world.journal.store.write() as connection:
        claimed = [
            claim_watch(connection, MAILBOX, now=now, lease=lease, among=FOLDERS) for _ in range(3)
        ]
        calendar = claim_watch(connection, LANE, now=now, lease=lease)
        again = claim_watch(connection, MAILBOX, now=lease, lease=lease + 1, among=FOLDERS)

    assert [one and one.address for one in claimed] == [*FOLDERS, None]
    assert calendar is not None
    assert calendar.address == SATO
    assert again is not None
    assert (again.address, again.fence) == (FOLDERS[0], 2)


def test_hints_are_counted_by_mailbox(world: World) -> None:
    """So that whoever reads it in another process knows that there was one more."""
    now, lease = stamp(world.now), stamp(world.now + LEASE)
    with world.journal.store.write() as connection:
        none = hints_of(connection, FOLDERS)
        for _ in FOLDERS:
            claim_watch(connection, MAILBOX, now=now, lease=lease, among=FOLDERS)
        for address in (*FOLDERS, "HR/inbox", "president/inbox"):
            count_hint(connection, address)

        assert none == 0
        assert hints_of(connection, FOLDERS) == 3
        assert hints_of(connection, FOLDERS[:1]) == 2
        assert [one.told for one in watches(connection)] == [2, 1]
