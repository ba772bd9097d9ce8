"""Who is in which version of which playbook, since when, and how they came there."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from worker.domain.facts import Digest, Fact, PersonId, PlaybookId, StepId
from worker.domain.intents import EnrollmentId
from worker.engine import tables
from worker.engine.journal.as_text import to_json
from worker.engine.journal.facts import note
from worker.engine.journal.marks import read_mark, write_mark
from worker.engine.journal.store import Store, take_turn
from worker.engine.journal.wake import batches, wake
from worker.engine.tables import moment, moment_or_none, stamp

PAUSED = "playbook.paused"
RESUMED = "playbook.resumed"

_BATCH = 200
_enrollment = tables.enrollment.c
_move = tables.enrollment_move.c
ENROLLMENT = (
    _enrollment.id,
    _enrollment.person_id,
    _enrollment.playbook,
    _enrollment.digest,
    _enrollment.since,
    _enrollment.moved_at,
    _enrollment.steps_before,
    _enrollment.paused,
)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One enrollment as it is on record; `domain.cases.Enrollment` has its plan instead."""

    id: EnrollmentId
    person: PersonId
    playbook: PlaybookId
    digest: Digest
    since: datetime
    moved_at: datetime | None
    steps_before: frozenset[StepId]
    paused: bool


class Enrollments:
    """Every enrollment. One person is in one playbook at most once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def enroll(
        self,
        people: Iterable[PersonId],
        playbook: PlaybookId,
        digest: Digest,
        since: datetime,
        now: datetime,
    ) -> list[PersonId]:
        """Put *people* into a version; gives those who were not in the playbook so far."""
        with self._store.write() as connection:
            new: list[PersonId] = []
            for batch in batches(people, _BATCH):
                wanted = [(person, playbook, digest) for person in batch]
                new += (one[0] for one in enroll(connection, wanted, stamp(since)))
            wake(connection, new, stamp(now))
            return new

    def all(self, playbook: str = "", person: str = "") -> list[Enrolled]:
        """Give enrollments by id: of one *playbook*, of one *person*, or all."""
        query = select(*ENROLLMENT).order_by(_enrollment.id)
        if playbook:
            query = query.where(_enrollment.playbook == playbook)
        if person:
            query = query.where(_enrollment.person_id == person)
        with self._store.read() as connection:
            return [enrolled_of(row) for row in connection.execute(query)]

    def began_at(self) -> datetime | None:
        """Say since when anybody is in a playbook; None if nobody ever was."""
        with self._store.read() as connection:
            return moment_or_none(connection.scalar(select(func.min(_enrollment.since))))

    def count(self) -> dict[tuple[PlaybookId, Digest], int]:
        """Say how many are in each version."""
        query = select(_enrollment.playbook, _enrollment.digest, func.count()).group_by(
            _enrollment.playbook, _enrollment.digest
        )
        with self._store.read() as connection:
            rows = connection.execute(query)
            return {(PlaybookId(row[0]), Digest(row[1])): row[2] for row in rows}

    def move(
        self,
        people: Sequence[PersonId],
        playbook: PlaybookId,
        to: Digest,
        steps_before: Mapping[Digest, frozenset[StepId]],
        now: datetime,
    ) -> int:
        """Move *people* to another version, in a way that `undo` takes back; says how many.

        Args:
            people: Who is moved, from whatever version each is in.
            playbook: Of which playbook.
            to: The version they come to.
            steps_before: The steps of each version they come from.
            now: The instant of the move.
        """
        moved = 0
        with self._store.write() as connection:
            for batch in batches(people, _BATCH):
                moved += _move_batch(connection, batch, playbook, to, steps_before, stamp(now))
        return moved

    def undo(self, playbook: PlaybookId, now: datetime) -> int:
        """Take back the last `move` of *playbook*; says how many went back."""
        last = (
            select(func.max(_move.at))
            .join(tables.enrollment, _enrollment.id == _move.enrollment_id)
            .where(_enrollment.playbook == playbook, _move.undone_at.is_(None))
        )
        with self._store.write() as connection:
            at = connection.scalar(last)
            if at is None:
                return 0
            return _undo(connection, playbook, at, stamp(now))

    def pause(self, playbook: PlaybookId, now: datetime, *, person: str = "", by: str = "") -> int:
        """Pause *playbook* for *person*, or for everybody in it now or later; says how many."""
        return self._set_paused(playbook, now, person=person, by=by, paused=True)

    def resume(self, playbook: PlaybookId, now: datetime, *, person: str = "", by: str = "") -> int:
        """Let *playbook* go on for *person*, or for everybody; says how many were paused."""
        return self._set_paused(playbook, now, person=person, by=by, paused=False)

    def paused(self) -> frozenset[PlaybookId]:
        """Give the playbooks that are paused for everybody."""
        with self._store.read() as connection:
            return _paused(connection)

    def _set_paused(
        self, playbook: PlaybookId, now: datetime, *, person: str, by: str, paused: bool
    ) -> int:
        concerned = and_(_enrollment.playbook == playbook, _enrollment.paused.is_(not paused))
        if person:
            concerned = and_(concerned, _enrollment.person_id == person)
        if not person:
            self._say_of_newcomers(playbook, paused=paused)
        with self._store.write() as connection:
            people = list(connection.scalars(select(_enrollment.person_id).where(concerned)))
            connection.execute(update(tables.enrollment).where(concerned).values(paused=paused))
            fact = Fact(PAUSED if paused else RESUMED, now, playbook, value=by or None)
            note(connection, [(PersonId(id_), fact) for id_ in people], stamp(now), "human")
            wake(connection, people, stamp(now))
            return len(people)

    def _say_of_newcomers(self, playbook: PlaybookId, *, paused: bool) -> None:
        """Say it of whoever comes in from now on; who was on the way in is there when this ends.

        In a transaction of its own: while it has the turn it waits for nobody's row, for whom a
        tick decides on may be coming in just now.
        """
        with self._store.write() as connection:
            take_turn(connection, _TURN)
            standing = _paused(connection)
            changed = standing | {playbook} if paused else standing - {playbook}
            write_mark(connection, _PAUSED_MARK, to_json(sorted(changed)))


_TURN = "enrollments"
_PAUSED_MARK = "paused"


def _paused(connection: Connection) -> frozenset[PlaybookId]:
    return frozenset(
        PlaybookId(id_) for id_ in json.loads(read_mark(connection, _PAUSED_MARK) or "[]")
    )


def enroll(
    connection: Connection, wanted: Sequence[tuple[PersonId, PlaybookId, Digest]], since: int
) -> list[tuple[PersonId, PlaybookId, EnrollmentId, bool]]:
    """Enroll within a transaction of others; gives those who were not in that playbook so far.

    Each with the number of the enrollment, and whether the playbook is paused for everybody.
    """
    take_turn(connection, _TURN)
    people = sorted({person for person, _, _ in wanted})
    known = select(_enrollment.person_id, _enrollment.playbook)
    rows = connection.execute(known.where(_enrollment.person_id.in_(people)))
    seen: set[tuple[str, str]] = {(row[0], row[1]) for row in rows}
    paused = _paused(connection)
    new: list[dict[str, Any]] = []
    for person, playbook, digest in wanted:
        if (person, playbook) in seen:
            continue
        seen.add((person, playbook))
        new.append(
            {
                "person_id": person,
                "playbook": playbook,
                "digest": digest,
                "since": since,
                "paused": playbook in paused,
            }
        )
    if not new:
        return []
    ids = connection.scalars(
        insert(tables.enrollment).returning(_enrollment.id, sort_by_parameter_order=True), new
    )
    return [
        (row["person_id"], row["playbook"], EnrollmentId(id_), row["paused"])
        for row, id_ in zip(new, ids, strict=True)
    ]


def enrolled_of(row: Sequence[Any]) -> Enrolled:
    """Read a row of the columns `ENROLLMENT`."""
    id_, person, playbook, digest, since, moved_at, steps_before, paused = row
    return Enrolled(
        EnrollmentId(id_),
        PersonId(person),
        PlaybookId(playbook),
        Digest(digest),
        moment(since),
        moment_or_none(moved_at),
        steps_of(steps_before),
        bool(paused),
    )


def steps_of(text: str | None) -> frozenset[StepId]:
    """Read the steps of the version before the last move."""
    return frozenset(map(StepId, json.loads(text))) if text else frozenset()


def _move_batch(
    connection: Connection,
    people: Sequence[PersonId],
    playbook: PlaybookId,
    to: Digest,
    steps_before: Mapping[Digest, frozenset[StepId]],
    now: int,
) -> int:
    concerned = and_(
        _enrollment.person_id.in_(people),
        _enrollment.playbook == playbook,
        _enrollment.digest != to,
    )
    rows = connection.execute(select(*ENROLLMENT).where(concerned)).all()
    for row in rows:
        connection.execute(
            insert(tables.enrollment_move).values(
                enrollment_id=row.id,
                at=now,
                from_digest=row.digest,
                from_moved_at=row.moved_at,
                from_steps_before=row.steps_before,
                to_digest=to,
            )
        )
        before = to_json(sorted(steps_before[Digest(row.digest)]))
        moving = update(tables.enrollment).where(_enrollment.id == row.id)
        connection.execute(moving.values(digest=to, moved_at=now, steps_before=before))
    wake(connection, [row.person_id for row in rows], now)
    return len(rows)


def _undo(connection: Connection, playbook: PlaybookId, at: int, now: int) -> int:
    query = (
        select(_move.id, _move.enrollment_id, _enrollment.person_id, *tables.enrollment_move.c)
        .join(tables.enrollment, _enrollment.id == _move.enrollment_id)
        .where(_enrollment.playbook == playbook, _move.at == at, _move.undone_at.is_(None))
    )
    rows = connection.execute(query).all()
    for row in rows:
        back = update(tables.enrollment).where(_enrollment.id == row.enrollment_id)
        connection.execute(
            back.values(
                digest=row.from_digest,
                moved_at=row.from_moved_at,
                steps_before=row.from_steps_before,
            )
        )
        undone = update(tables.enrollment_move).where(_move.id == row.id)
        connection.execute(undone.values(undone_at=now))
    wake(connection, [row.person_id for row in rows], now)
    return len(rows)
