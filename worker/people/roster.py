"""Who of the staff is meant, by id, address or name; and who holds which role for a person."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from worker.domain.facts import Staff, StaffId
from worker.people.addresses import address_key
from worker.people.records import PersonRecord, StaffRecord
from worker.problems import nearest

MENTOR = "mentor"
MANAGER = "manager"
DEPARTMENT_MANAGER = "department_manager"


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
        self._by_role: dict[str, list[Staff]] = {}
        for member in self.members.values():
            if member.email:
                self._by_address[address_key(member.email)] = member.id
            self._by_name.setdefault(name_key(member.name), []).append(member.id)
            for role in roles_in(member.role):
                self._by_role.setdefault(role, []).append(member)
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
        known = [*(member.name for member in self.members.values()), *self.members]
        return Found(None, (), nearest(key, known))

    def in_role(self, role: str) -> tuple[Staff, ...]:
        """Give all who hold *role* by their own row in the table."""
        return tuple(self._by_role.get(role, ()))

    def roles(self) -> frozenset[str]:
        """Give every role that somebody holds."""
        return frozenset(self._by_role)

    def for_person(
        self, person: PersonRecord, defaults: Mapping[str, Sequence[StaffId]] | None = None
    ) -> dict[str, tuple[Staff, ...]]:
        """Resolve the roles that a person's playbooks may name.

        `mentor` and `manager` are those of the person's row, else whoever holds the role in the
        person's department; `department_manager` and every other role likewise: of the
        department first, then those who have no department, then anybody of the role, and last
        what the settings say. A role that nobody holds is not in the answer.
        """
        roles = {}
        for role in {*self._by_role, *(defaults or {}), MENTOR, MANAGER, DEPARTMENT_MANAGER}:
            holders = self._own(person, role) or self._of_department(person.department, role)
            if not holders and defaults:
                holders = self._members(defaults.get(role, ()))
            if holders:
                roles[role] = holders
        if MANAGER in roles:
            roles.setdefault(DEPARTMENT_MANAGER, roles[MANAGER])
        elif DEPARTMENT_MANAGER in roles:
            roles[MANAGER] = roles[DEPARTMENT_MANAGER]
        return roles

    def _own(self, person: PersonRecord, role: str) -> tuple[Staff, ...]:
        ids = {MENTOR: person.mentor, MANAGER: person.manager}.get(role, ())
        return self._members(ids)

    def _members(self, ids: Iterable[StaffId]) -> tuple[Staff, ...]:
        return tuple(self.members[id_] for id_ in ids if id_ in self.members)

    def _of_department(self, department: str, role: str) -> tuple[Staff, ...]:
        """A mentor belongs to a person, and is not guessed from those who could be one."""
        if role == MENTOR:
            return ()
        holders = self._by_role.get(role, [])
        same = [one for one in holders if one.department and one.department == department]
        general = [one for one in holders if not one.department]
        if role in {MANAGER, DEPARTMENT_MANAGER}:  # another department's manager is nobody's
            return tuple(same or general)
        return tuple(same or general or holders)


def name_key(name: str) -> str:
    """Forget what does not matter in a name: spaces, width, case, 様 and さん.

    >>> name_key("佐藤　花子さん") == name_key("佐藤花子")
    True
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(plain.split()).removesuffix("さん").removesuffix("様")


def roles_in(written: str) -> tuple[str, ...]:
    """Give the roles of a member of staff, whose row may name several."""
    return tuple(role for part in written.split(",") if (role := part.strip()))
