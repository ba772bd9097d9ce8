"""Who holds which role for whom, worked out once for all who share the same answer."""

import json
from collections.abc import Iterable, Mapping

from worker.domain.facts import Staff
from worker.people.records import StaffRecord

# Held by colleagues of the person's own department, or by nobody.
_OF_THE_DEPARTMENT = frozenset({"department_manager", "young_members"})
_PERSONAL = frozenset({"mentor", "manager"})


class Directory:
    """The members of staff, asked for by role."""

    def __init__(self, staff: Iterable[StaffRecord]) -> None:
        records = list(staff)
        self._by_id = {record.id: record.as_staff() for record in records}
        self._by_role: dict[str, list[Staff]] = {}
        for record in records:
            for role in record.role:
                self._by_role.setdefault(role, []).append(self._by_id[record.id])
        self._known: dict[tuple[str, str, str], Mapping[str, tuple[Staff, ...]]] = {}

    def roles_of(
        self, department: str, mentor: str, manager: str
    ) -> Mapping[str, tuple[Staff, ...]]:
        """Give every role that somebody holds for a person of this row (JSON lists of ids)."""
        same = (department, mentor, manager)
        known = self._known.get(same)
        if known is None:
            self._known[same] = known = self._resolve(
                department, json.loads(mentor), json.loads(manager)
            )
        return known

    def _resolve(
        self, department: str, mentor: Iterable[str], manager: Iterable[str]
    ) -> Mapping[str, tuple[Staff, ...]]:
        roles: dict[str, tuple[Staff, ...]] = {}
        for role, holders in self._by_role.items():
            near = tuple(one for one in holders if one.department == department)
            if role in _OF_THE_DEPARTMENT:
                roles[role] = near
            elif role not in _PERSONAL:
                roles[role] = near or tuple(holders)
        roles["mentor"] = self._named(mentor)
        roles["manager"] = self._named(manager) or roles.get("department_manager", ())
        return {role: holders for role, holders in roles.items() if holders}

    def _named(self, ids: Iterable[str]) -> tuple[Staff, ...]:
        by_id: Mapping[str, Staff] = {str(id_): one for id_, one in self._by_id.items()}
        return tuple(by_id[id_] for id_ in ids if id_ in by_id)
