"""Versions of playbooks as they were, by the digest that enrollments pin."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from worker.domain.errors import BrokenPromise
from worker.domain.facts import Digest, PlaybookId
from worker.engine import tables
from worker.engine.journal.store import Store, take_turn
from worker.engine.tables import moment, stamp
from worker.playbook.bundle import Bundle

_version = tables.version.c


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a playbook: `serial` 1, 2, … is what a human calls it."""

    digest: Digest
    playbook: PlaybookId
    noted_at: datetime
    serial: int


class Versions:
    """Every version anybody is or was enrolled in. Never changed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, playbook: PlaybookId, bundle: Bundle, now: datetime) -> Version:
        """Keep *bundle* as a version of *playbook*; one that is known already stays as it is."""
        digest = bundle.digest
        known = self.get(digest)
        if known is not None:
            return known
        with self._store.write() as connection:
            take_turn(connection, "versions")
            found = _get(connection, digest)
            if found is not None:
                return found
            last = select(func.max(_version.serial)).where(_version.playbook == playbook)
            serial = (connection.scalar(last) or 0) + 1
            connection.execute(
                insert(tables.version).values(
                    digest=digest,
                    playbook=playbook,
                    noted_at=stamp(now),
                    serial=serial,
                    bundle=bundle.to_bytes(),
                )
            )
        return Version(digest, playbook, now, serial)

    def get(self, digest: Digest) -> Version | None:
        """Give what is known of a version."""
        with self._store.read() as connection:
            return _get(connection, digest)

    def bundle(self, digest: Digest) -> Bundle:
        """Give the files of a version.

        Raises:
            BrokenPromise: There is no such version, although versions are never removed.
        """
        query = select(_version.bundle).where(_version.digest == digest)
        with self._store.read() as connection:
            stored = connection.scalar(query)
        if stored is None:
            raise BrokenPromise(f"The journal holds no version {digest!r}.")
        return Bundle.from_bytes(stored)

    def all(self, playbook: str = "") -> list[Version]:
        """Give every version, of one *playbook* or of all, in the order they came."""
        query = select(
            _version.digest, _version.playbook, _version.noted_at, _version.serial
        ).order_by(_version.playbook, _version.serial)
        if playbook:
            query = query.where(_version.playbook == playbook)
        with self._store.read() as connection:
            return [_version_of(row) for row in connection.execute(query)]


def _get(connection: Connection, digest: Digest) -> Version | None:
    query = select(_version.digest, _version.playbook, _version.noted_at, _version.serial)
    row = connection.execute(query.where(_version.digest == digest)).first()
    return None if row is None else _version_of(row)


def _version_of(row: tuple[str, str, int, int]) -> Version:
    digest, playbook, noted_at, serial = row
    return Version(Digest(digest), PlaybookId(playbook), moment(noted_at), serial)
