"""Who enters which version of which playbook, and who is moved.

A playbook has one current version: the one that newcomers enter. Publishing another changes
nothing for anybody who is in already; that is `migrate`'s business and a human's decision.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from worker import logs
from worker.domain.cases import Case, Enrollment
from worker.domain.facts import Digest, PersonId, PlaybookId
from worker.domain.plan import Plan
from worker.domain.sight import belongs, belongs_next
from worker.engine.journal.as_text import to_json
from worker.engine.journal.enrollments import enroll
from worker.engine.journal.journal import Journal
from worker.engine.journal.marks import read_mark, write_mark
from worker.engine.journal.store import take_turn
from worker.engine.journal.versions import Version
from worker.engine.journal.wake import wake_everybody
from worker.engine.render import Editions
from worker.engine.tables import stamp
from worker.playbook.bundle import Bundle

_CURRENT = "current"


class Audience:
    """The current version of every playbook, and whom each takes in by itself.

    Give the tick one of these and people are enrolled in the very transaction that decides on
    them: after an import, after any fact, without a separate round.
    """

    def __init__(self, current: Mapping[PlaybookId, Digest] | None = None) -> None:
        self.current: Mapping[PlaybookId, Digest] = current or {}

    def admit(
        self,
        connection: Connection,
        cases: dict[str, Case],
        plan_of: Callable[[Digest], Plan],
        now: datetime,
    ) -> dict[str, Case]:
        """Enroll those of *cases* whom a playbook takes in; gives the cases as they are then."""
        plans = [plan_of(digest) for digest in self.current.values()]
        plans = [plan for plan in plans if plan.audience is not None]
        wanted = [
            (case.person.id, plan.playbook, plan.digest)
            for case in cases.values()
            for plan in plans
            if _is_new(case, plan.playbook) and belongs(plan, case.person, case.facts, now)
        ]
        if not wanted:
            return cases
        digests = {(person, playbook): digest for person, playbook, digest in wanted}
        for person, playbook, enrollment_id, paused in enroll(connection, wanted, stamp(now)):
            plan = plan_of(digests[person, playbook])
            entered = Enrollment(enrollment_id, plan, now, paused=paused)
            case = cases[person]
            cases[person] = replace(case, enrollments=(*case.enrollments, entered))
        for (playbook, digest), n in Counter((two, three) for _, two, three in wanted).items():
            logs.enrolled(playbook=playbook, digest=digest, people=n)
        return cases

    def looks_again(
        self, case: Case, plan_of: Callable[[Digest], Plan], now: datetime
    ) -> datetime | None:
        """Say when, by time alone, a playbook may take somebody in whom it does not take in now."""
        ahead = [
            at
            for plan in map(plan_of, self.current.values())
            if plan.audience is not None
            and _is_new(case, plan.playbook)
            and (at := belongs_next(plan, case.person, case.facts, now)) is not None
        ]
        return min(ahead, default=None)


def _is_new(case: Case, playbook: PlaybookId) -> bool:
    return all(enrollment.plan.playbook != playbook for enrollment in case.enrollments)


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing a playbook did."""

    version: Version
    is_new: bool  # newcomers enter another version from now on
    earlier: Digest | None  # the version they entered before


def publish(journal: Journal, playbook: PlaybookId, bundle: Bundle, now: datetime) -> Published:
    """Make *bundle* the current version of *playbook*; twice changes nothing.

    Everybody is looked at once more if it is a new one: it may take in people it did not before.
    """
    version = journal.versions.add(playbook, bundle, now)
    with journal.store.write() as connection:
        take_turn(connection, _CURRENT)
        known = json.loads(read_mark(connection, _CURRENT) or "{}")
        earlier = known.get(playbook)
        if earlier == version.digest:
            return Published(version, is_new=False, earlier=version.digest)
        write_mark(connection, _CURRENT, to_json({**known, playbook: version.digest}))
        wake_everybody(connection, stamp(now))
    return Published(version, is_new=True, earlier=None if earlier is None else Digest(earlier))


def withdraw(journal: Journal, playbook: PlaybookId) -> bool:
    """Let nobody enter *playbook* any more; who is in it stays. False if nobody could anyway."""
    with journal.store.write() as connection:
        take_turn(connection, _CURRENT)
        known = json.loads(read_mark(connection, _CURRENT) or "{}")
        if known.pop(playbook, None) is None:
            return False
        write_mark(connection, _CURRENT, to_json(known))
        return True


def current(journal: Journal) -> dict[PlaybookId, Digest]:
    """Give the version of each playbook that newcomers enter."""
    return {
        PlaybookId(playbook): Digest(digest)
        for playbook, digest in json.loads(journal.marks.get(_CURRENT) or "{}").items()
    }


def migrate(
    journal: Journal, editions: Editions, playbook: PlaybookId, to: Digest, now: datetime
) -> list[PersonId]:
    """Move everybody in *playbook* to the version *to*; gives who was moved.

    What was sent under a step's id is not sent again. `journal.enrollments.undo` takes it back.
    """
    there = journal.enrollments.all(playbook)
    moving = [one for one in there if one.digest != to]
    steps_before = {
        digest: frozenset(step.id for step in editions.plan(digest).steps)
        for digest in {one.digest for one in moving}
    }
    people = [one.person for one in moving]
    journal.enrollments.move(people, playbook, to, steps_before, now)
    return people
