"""Who there is: people and staff as HR's tables have them, and how somebody is forgotten."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from worker.domain.errors import Crossed
from worker.domain.facts import RETRACTED, Fact, Facts, PersonId
from worker.engine import tables
from worker.engine.journal.erasing import take_out
from worker.engine.journal.facts import load_facts
from worker.engine.journal.history import keep_the_highest
from worker.engine.journal.holds import lock_records
from worker.engine.journal.marks import read_mark, write_mark
from worker.engine.journal.redelivery import readdress
from worker.engine.journal.rows import (
    PERSON,
    STAFF,
    fact_row,
    person_of,
    person_row,
    staff_of,
    staff_row,
)
from worker.engine.journal.statement import Statement, listed, one_of
from worker.engine.journal.store import Store, take_turn
from worker.engine.journal.wake import BATCH, batches, wake, wake_everybody
from worker.engine.tables import stamp
from worker.people.addresses import address_key
from worker.people.records import PersonRecord, StaffRecord

_person = tables.person.c


@dataclass(frozen=True, slots=True)
class Changes:
    """What putting a table into the journal changed, or would change."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    same: int = 0


@dataclass(frozen=True, slots=True)
class Erasure:
    """What erasing somebody removed: rows by table."""

    person: PersonId
    rows: Mapping[str, int] = field(default_factory=dict)


class People:
    """The people the company keeps in touch with."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(
        self,
        records: Iterable[PersonRecord],
        now: datetime,
        *,
        source: str = "import",
        dry_run: bool = False,
        before: Mapping[PersonId, PersonRecord] | None = None,
        on_progress: Callable[[int], None] | None = None,
    ) -> Changes:
        """Make the journal say what *records* say: all of them, or none. Twice changes nothing.

        A dated fact whose date differs from the one known is corrected: the old one is
        withdrawn, and both stay on record. A fact that a record does not have is left alone.

        Args:
            records: Whom to write down.
            now: The time.
            source: Who says so.
            dry_run: Only say what would change.
            before: How those were known, by id, from whom *records* were made; nobody else was.
            on_progress: Told how many are done.

        Raises:
            Crossed: Somebody is known otherwise by now than *before* says; nothing is written.
        """
        added: list[str] = []
        changed: list[str] = []
        done = 0
        opening = self._store.read if dry_run else self._store.write
        with opening() as connection:
            if not dry_run:
                take_turn(connection, "people")
            # by id, as all who have several rows of people take them
            for batch in batches(sorted(records, key=lambda one: one.id), BATCH):
                ids = [record.id for record in batch]
                if not dry_run:
                    lock_records(connection, ids)
                known = _known(connection, ids)
                if before is not None and any(known.get(id_) != before.get(id_) for id_ in ids):
                    raise Crossed("Somebody else changed the same people.")
                news = [_News.of(record, known.get(record.id)) for record in batch]
                added += [new.record.id for new in news if new.row is not None and new.is_added]
                changed += [new.record.id for new in news if new.changes and not new.is_added]
                if not dry_run:
                    _write_news(connection, news, stamp(now), source, now)
                done += len(batch)
                if on_progress is not None:
                    on_progress(done)
        return Changes(tuple(added), tuple(changed), done - len(added) - len(changed))

    def get(self, person: PersonId) -> PersonRecord | None:
        """Give one person's record with the dated facts that stand."""
        with self._store.read() as connection:
            return next(iter(_records(connection, [person])), None)

    def find(self, word: str) -> PersonRecord | None:
        """Find somebody by id, else by address; None if nobody or several have that address."""
        with self._store.read() as connection:
            ids = connection.scalars(select(_person.id).where(_person.id == word)).all()
            if not ids:
                by_address = select(_person.id).where(
                    _person.email_key == address_key(word.strip())
                )
                ids = connection.scalars(by_address.limit(2)).all()
            if len(ids) != 1:
                return None
            return next(iter(_records(connection, [PersonId(ids[0])])), None)

    def all(self, playbook: str = "") -> list[PersonRecord]:
        """Give everybody by id, or everybody enrolled in *playbook*."""
        with self._store.read() as connection:
            return list(self._each(connection, playbook))

    def ids(self, playbook: str = "") -> list[PersonId]:
        """Give everybody's id in order, or those enrolled in *playbook*."""
        with self._store.read() as connection:
            return _ids(connection, playbook)

    def count(self) -> int:
        """Say how many there are."""
        with self._store.read() as connection:
            return connection.scalar(select(func.count()).select_from(tables.person)) or 0

    def wake(self, people: Sequence[PersonId] | None, now: datetime) -> None:
        """Have the tick look at *people* again, or at everybody."""
        with self._store.write() as connection:
            if people is None:
                wake_everybody(connection, stamp(now))
            else:
                wake(connection, people, stamp(now))

    def release_parked(self, person: PersonId, now: datetime) -> bool:
        """Decide on somebody again whom a fault of ours had parked; False if nothing was parked."""
        again = (
            update(tables.person)
            .where(_person.id == person, _person.parked.is_not(None))
            .values(parked=None, next_at=stamp(now))
        )
        with self._store.write() as connection:
            return connection.execute(again).rowcount > 0

    def erase(self, person: PersonId, now: datetime) -> Erasure | None:
        """Forget somebody: every row, here and in what the database had set aside.

        Left is only a salted digest of the address, by which `was_erased` warns before the same
        address is written to again. None if there is nobody of that id.
        """
        rows = self._store.write_again(lambda connection: _forget(connection, person, now))
        if rows is None:
            return None
        self._store.compact()
        return Erasure(person, rows)

    def was_erased(self, address: str) -> bool:
        """Say whether somebody of this address was erased."""
        with self._store.read() as connection:
            salt = read_mark(connection, _SALT)
            if salt is None:
                return False
            digest = _digest(salt, address)
            found = select(tables.erased.c.digest).where(tables.erased.c.digest == digest)
            return connection.scalar(found) is not None

    def _each(self, connection: Connection, playbook: str) -> Iterator[PersonRecord]:
        for batch in batches(_ids(connection, playbook), BATCH):
            yield from _records(connection, batch)


class StaffBook:
    """The members of staff."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(
        self, records: Iterable[StaffRecord], now: datetime, *, dry_run: bool = False
    ) -> Changes:
        """Make the journal say what *records* say; who is not among them stays.

        Everybody is looked at again, since a role may now be somebody else's.
        """
        rows = {record.id: staff_row(record) for record in records}
        opening = self._store.read if dry_run else self._store.write
        with opening() as connection:
            if not dry_run:
                take_turn(connection, "people")
            known = {member.id: staff_row(member) for member in all_staff(connection)}
            added = tuple(id_ for id_ in rows if id_ not in known)
            changed = tuple(id_ for id_, row in rows.items() if known.get(id_, row) != row)
            if (added or changed) and not dry_run:
                gone = tables.staff.c.id.in_([*added, *changed])
                connection.execute(delete(tables.staff).where(gone))
                connection.execute(insert(tables.staff), [rows[id_] for id_ in (*added, *changed)])
                wake_everybody(connection, stamp(now))
        return Changes(added, changed, len(rows) - len(added) - len(changed))

    def remove(self, staff: str, now: datetime) -> bool:
        """Take somebody who has left out of the staff; False if there is nobody of that id.

        Everybody is looked at again: what was arranged with them is arranged with others.
        """
        with self._store.write() as connection:
            take_turn(connection, "people")
            gone = connection.execute(delete(tables.staff).where(tables.staff.c.id == staff))
            if not gone.rowcount:
                return False
            wake_everybody(connection, stamp(now))
            return True

    def all(self) -> list[StaffRecord]:
        """Give every member of staff by id."""
        with self._store.read() as connection:
            return all_staff(connection)


_ZONES = Statement(select(_person.timezone).where(one_of(_person.id, "people")))


def zones_of(connection: Connection, people: Sequence[str]) -> set[str]:
    """Name the zones of people who have one of their own."""
    rows = _ZONES.rows(connection, {"people": listed(people)})
    return {row[0] for row in rows if row[0]}


_STAFF = Statement(select(*STAFF).order_by(tables.staff.c.id))


def all_staff(connection: Connection) -> list[StaffRecord]:
    """Read every member of staff by id."""
    return [staff_of(row) for row in staff_rows(connection)]


def staff_rows(connection: Connection) -> list[tuple[Any, ...]]:
    """Read the bare rows of every member of staff by id."""
    return _STAFF.rows(connection, {})


@dataclass(frozen=True, slots=True)
class _News:
    """What one record says that the journal does not know."""

    record: PersonRecord
    row: dict[str, object] | None  # to be written; None: as it is known
    is_added: bool
    facts: tuple[tuple[str, datetime], ...]  # new, or of another date than known
    outdated: frozenset[str]  # names of facts that are corrected
    is_readdressed: bool = False  # known under another address so far

    @property
    def changes(self) -> bool:
        """Say whether there is anything to write."""
        return self.row is not None or bool(self.facts)

    @classmethod
    def of(cls, record: PersonRecord, known: PersonRecord | None) -> "_News":
        """Compare *record* with what is *known*."""
        row = person_row(record)
        if known is None:
            return cls(record, row, True, tuple(record.facts.items()), frozenset())  # noqa: FBT003 - a dataclass' field
        facts = tuple(
            (name, at) for name, at in record.facts.items() if known.facts.get(name) != at
        )
        outdated = frozenset(name for name, _ in facts if name in known.facts)
        known_row = person_row(known)
        moved = bool(record.email) and row["email_key"] != known_row["email_key"]
        return cls(record, None if row == known_row else row, False, facts, outdated, moved)  # noqa: FBT003 - as above


def _write_news(
    connection: Connection, news: Sequence[_News], now: int, source: str, noted: datetime
) -> None:
    added = [new.row for new in news if new.row is not None and new.is_added]
    if added:
        connection.execute(insert(tables.person), [{**row, "next_at": now} for row in added])
    changed = [new.row for new in news if new.row is not None and not new.is_added]
    if changed:
        connection.execute(_UPDATE, [{**row, "the_id": row["id"]} for row in changed])
    facts = []
    for new in news:
        for name, at in new.facts:
            if name in new.outdated:
                withdrawn = Fact(name, noted, value=RETRACTED)
                facts.append(fact_row(new.record.id, withdrawn, now, source))
            facts.append(fact_row(new.record.id, Fact(name, at), now, source))
    if facts:
        connection.execute(insert(tables.fact), facts)
    wake(connection, [new.record.id for new in news if new.changes and not new.is_added], now)
    readdress(connection, [new.record.id for new in news if new.is_readdressed], noted)


_UPDATE = (
    update(tables.person)
    .where(_person.id == bindparam("the_id"))
    .values({column.name: bindparam(column.name) for column in (*PERSON[1:], _person.email_key)})
)


def _known(connection: Connection, ids: Sequence[PersonId]) -> dict[PersonId, PersonRecord]:
    return {record.id: record for record in _records(connection, ids)}


def _records(connection: Connection, ids: Sequence[PersonId]) -> list[PersonRecord]:
    """Read records of at most a batch, by id, with the dated facts that stand."""
    facts = load_facts(connection, ids)
    rows = connection.execute(select(*PERSON).where(_person.id.in_(ids)).order_by(_person.id))
    return [person_of(row, _dated(facts.get(row[0], ()))) for row in rows]


def _dated(facts: Iterable[Fact]) -> dict[str, datetime]:
    """Give the plain dated facts of the person: what a column of a table can say."""
    return {
        fact.name: fact.at
        for fact in Facts(fact for fact in facts if not fact.playbook)
        if fact.value is None and not fact.occurrence and "." not in fact.name
    }


def _ids(connection: Connection, playbook: str) -> list[PersonId]:
    ids = select(_person.id)
    if playbook:
        enrolled = tables.enrollment.c
        ids = ids.where(
            _person.id.in_(select(enrolled.person_id).where(enrolled.playbook == playbook))
        )
    return [PersonId(id_) for id_ in connection.scalars(ids.order_by(_person.id))]


_SALT = "erased.salt"


def _forget(connection: Connection, person: PersonId, now: datetime) -> dict[str, int] | None:
    address = connection.scalar(select(_person.email).where(_person.id == person))
    if address is None:
        return None
    rows = _erase(connection, person, address)
    if address:
        _remember_erased(connection, address, stamp(now))
    return rows


def _erase(connection: Connection, person: PersonId, address: str) -> dict[str, int]:
    """Delete every row of *person*, the rows that point to others first."""
    intents = select(tables.intent.c.id).where(tables.intent.c.person_id == person)
    enrollments = select(tables.enrollment.c.id).where(tables.enrollment.c.person_id == person)
    move, letter, mail = tables.enrollment_move, tables.letter, tables.mail
    draft = tables.survey_draft
    rows = take_out(connection, person)
    old, old_letter = tables.intent_history, tables.letter_history
    of_old = select(old.c.id).where(old.c.person_id == person)
    for table, belongs in (
        (mail, _their_mail(person, address)),
        (tables.task, tables.task.c.person_id == person),
        (letter, letter.c.intent_id.in_(intents)),
        (draft, draft.c.intent_id.in_(intents)),
        (tables.intent, tables.intent.c.person_id == person),
        (old_letter, old_letter.c.intent_id.in_(of_old)),
        (old, old.c.person_id == person),
        (move, move.c.enrollment_id.in_(enrollments)),
        (tables.enrollment, tables.enrollment.c.person_id == person),
        (tables.fact, tables.fact.c.person_id == person),
        (tables.person, _person.id == person),
    ):
        rows[table.name] = connection.execute(delete(table).where(belongs)).rowcount
    keep_the_highest(connection)
    told = tables.lane.c.why
    if address:  # a server's answer may quote the address
        connection.execute(
            update(tables.lane)
            .where(func.lower(told).contains(address_key(address), autoescape=True))
            .values(why="")
        )
    return rows


def _their_mail(person: PersonId, address: str) -> ColumnElement[bool]:
    """Say which mails that came in are somebody's, or about them: assigned or not."""
    mail = tables.mail.c
    if not address:
        return mail.person_id == person
    key = address_key(address)
    return or_(
        mail.person_id == person,
        mail.sender == key,
        func.lower(mail.failed).contains(key, autoescape=True),
        func.lower(mail.text).contains(key, autoescape=True),
    )


def _remember_erased(connection: Connection, address: str, now: int) -> None:
    salt = read_mark(connection, _SALT)
    if salt is None:
        salt = secrets.token_hex(16)
        write_mark(connection, _SALT, salt)
    digest = _digest(salt, address)
    connection.execute(delete(tables.erased).where(tables.erased.c.digest == digest))
    connection.execute(insert(tables.erased).values(digest=digest, at=now))


def _digest(salt: str, address: str) -> str:
    return sha256(f"{salt}{address_key(address)}".encode()).hexdigest()
