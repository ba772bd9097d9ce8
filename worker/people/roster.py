"""Who of the staff is meant, by id, address or name."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from worker.domain.facts import StaffId
from worker.people.addresses import address_key
from worker.people.records import StaffRecord
from worker.problems import nearest


@dataclass(frozen=True, slots=True)
class Found:
    """The one who is meant; or how many might be, and whose name is near."""

    id: StaffId | None
    several: tuple[StaffId, ...] = ()
    nearest: str = ""


class Roster:
    """The staff, to be looked up in."""

    def __init__(self, staff: Iterable[StaffRecord]) -> None:
        self.members = {record.id: record.as_staff() for record in staff}
        self._ids = {name_key(id_): id_ for id_ in self.members}
        self._by_address: dict[str, StaffId] = {}
        self._by_name: dict[str, list[StaffId]] = {}
        for member in self.members.values():
            if member.email:
                self._by_address[address_key(member.email)] = member.id
            self._by_name.setdefault(name_key(member.name), []).append(member.id)
        self._seen: dict[str, Found] = {}

    def __bool__(self) -> bool:
        return bool(self.members)

    def find(self, written: str) -> Found:
        """Say who is meant by an id, an address or a name, in this order.

        >>> hanako = StaffRecord(StaffId("s1"), "佐藤 花子", "hanako@example.jp")
        >>> [Roster([hanako]).find(word).id for word in ("s1", "佐藤花子", "Hanako@example.jp")]
        ['s1', 's1', 's1']
        """
        found = self._seen.get(written)
        if found is None:
            found = self._seen[written] = self._find(written)
        return found

    def _find(self, written: str) -> Found:
        if written in self.members:
            return Found(StaffId(written))
        key = name_key(written)
        named = self._by_name.get(key, [])
        by_address = self._by_address.get(address_key(written)) if "@" in written else None
        if len(named) > 1:
            return Found(None, tuple(named))
        if found := by_address or next(iter(named), None) or self._ids.get(key):
            return Found(found)
        known = {name_key(member.name): member.name for member in self.members.values()}
        near = nearest(key, [*known, *self._ids])
        return Found(None, (), known.get(near) or str(self._ids.get(near, "")))


def name_key(name: str) -> str:
    """Forget what does not matter in a name: spaces, width, case, 様 and さん.

    >>> name_key("佐藤　花子さん") == name_key("佐藤花子")
    True
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(plain.split()).removesuffix("さん").removesuffix("様")
