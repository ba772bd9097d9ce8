"""`tsunagu diff PLAYBOOK`: what the playbook in the folder would mean for people who are in it.

For each person two futures are compared: the one of the version they are in, and the one after a
move to the version in the folder, as `migrate` would make it. Nothing is changed.
"""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from worker.cli.check import refuse_what_is_wrong
from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.cli.show import json_instant, person_label, step_label
from worker.domain.cases import Case, Enrollment
from worker.domain.facts import Digest, PersonId
from worker.domain.intents import FACT_WORD, fact_name
from worker.domain.plan import Plan
from worker.engine.agenda import agenda
from worker.engine.life import Event
from worker.playbook.bundle import Bundle

_AHEAD = timedelta(days=500)
_NAMED = 40  # people told of one by one
_ACTIONS = frozenset(
    {"mail", "meeting", "survey", "message", "task", "alert", "update", "enroll", "webhook"}
)


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one step of one person: `before` or `after` is None where it is not there."""

    step: str
    occurrence: int
    rung: int
    kind: str
    before: datetime | None
    after: datetime | None
    skipped: bool = False  # new, and its moment has passed


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move means for one person."""

    person: PersonId
    name: str
    version: Digest
    changes: tuple[Change, ...]
    twice: tuple[str, ...]  # what would come a second time: never anything


@dataclass(frozen=True, slots=True)
class Difference:
    """What a changed playbook means."""

    plan: Plan
    bundle: Bundle
    people: tuple[Moved, ...]
    same: int  # people who are in this version already
    files: tuple[tuple[str, str], ...]  # changed, added, removed; and the path


def run(arguments: Namespace, session: Session) -> int:
    """Show what would change, person by person."""
    difference = difference_of(session, arguments.playbook)
    if arguments.json:
        session.out.json(as_json(difference, session))
        return 0
    tell(difference, session)
    if difference.people:
        session.out.line()
        session.out.tell("diff.how", playbook=arguments.playbook)
    return 0


def difference_of(
    session: Session, word: str, only: Sequence[PersonId] | None = None
) -> Difference:
    """Compare both futures of everybody in a playbook, or of those named."""
    shelf = session.library.find(word)
    plan = refuse_what_is_wrong(session, shelf)
    bundle = session.library.bundle(shelf)
    enrolled = session.journal.enrollments.all(plan.playbook)
    if not enrolled:
        raise Wrong("diff.nobody", playbook=plan.playbook)
    moving = [
        one.person
        for one in enrolled
        if one.digest != plan.digest and (only is None or one.person in only)
    ]
    moved = []
    cases = session.journal.cases.of(moving, session.library.editions.plan)
    with session.out.progress(session.out.say("diff.progress"), len(cases)) as advance:
        for number, case in enumerate(cases, 1):
            moved.append(_moved(case, plan, session.now))
            advance(number)
    before = {one.version for one in moved}
    files = sorted({change for digest in before for change in _files(session, digest, bundle)})
    return Difference(plan, bundle, tuple(moved), len(enrolled) - len(moving), tuple(files))


def _moved(case: Case, plan: Plan, now: datetime) -> Moved:
    """Live through both futures of one person, and compare them."""
    old = next(one for one in case.enrollments if one.plan.playbook == plan.playbook)
    new = Enrollment(
        old.id,
        plan,
        old.since,
        moved_at=now,
        steps_before=frozenset(step.id for step in old.plan.steps),
        paused=old.paused,
    )
    others = tuple(new if one.id == old.id else one for one in case.enrollments)
    before = _future(case, plan, now)
    after = _future(replace(case, enrollments=others), plan, now)
    changes = [
        Change(*key, before.get(key), after.get(key))
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    ]
    changes += _skipped(case, replace(case, enrollments=others), plan, now)
    changes.sort(key=lambda one: (one.after or one.before or now, one.step))
    twice = tuple(_twice(case, after, plan))
    return Moved(case.person.id, person_label(case.person), old.plan.digest, tuple(changes), twice)


_Key = tuple[str, int, int, str]


def _future(case: Case, plan: Plan, now: datetime) -> dict[_Key, datetime]:
    """Give when each action of the playbook would happen, if nobody answers."""
    return {_key(event): event.at for event in _events(case, plan, now) if event.kind in _ACTIONS}


def _events(case: Case, plan: Plan, now: datetime) -> Iterator[Event]:
    for event in agenda(case, now, now + _AHEAD):
        if event.playbook == plan.playbook:
            yield event


def _key(event: Event) -> _Key:
    return (event.step, event.occurrence, event.rung, event.kind)


def _skipped(before: Case, after: Case, plan: Plan, now: datetime) -> Iterator[Change]:
    """Give the steps that a move would leave out, because their moment has passed."""
    known = {event.step for event in _events(before, plan, now) if event.kind == "skipped"}
    for event in _events(after, plan, now):
        if event.kind == "skipped" and event.at <= now and event.step not in known:
            yield Change(event.step, event.occurrence, 0, "skipped", None, None, skipped=True)


def _twice(case: Case, after: dict[_Key, datetime], plan: Plan) -> Iterator[str]:
    """Look whether anything would happen that has happened already."""
    actions = {str(step.id): type(step.action) for step in plan.steps}
    for step, occurrence, rung, kind in after:
        action = actions.get(step)
        if action is None or rung or kind not in _ACTIONS:
            continue
        name = fact_name(next(s.id for s in plan.steps if s.id == step), 0, FACT_WORD[action])
        if case.facts.first(name, plan.playbook, occurrence=occurrence) is not None:
            yield f"{step}/{occurrence}"


def _files(session: Session, digest: Digest, new: Bundle) -> Iterator[tuple[str, str]]:
    """Name the files that differ between a version and the one in the folder."""
    old = session.library.version(digest)
    for path in {*old.files, *new.files}:
        if path not in old.files:
            yield ("added", path)
        elif path not in new.files:
            yield ("removed", path)
        elif old.files[path] != new.files[path]:
            yield ("changed", path)


def tell(difference: Difference, session: Session) -> None:
    """Show a difference to a reader."""
    out, say = session.out, session.out.say
    if not difference.people:
        out.tell("diff.none", playbook=difference.plan.playbook, n=difference.same)
        return
    out.tell("diff.head", playbook=difference.plan.playbook, n=len(difference.people))
    for word, path in difference.files:
        out.indented(say(f"diff.file.{word}", path=path))
    changed = [moved for moved in difference.people if moved.changes]
    out.line()
    for moved in changed[:_NAMED]:
        out.heading(moved.name)
        for change in moved.changes:
            out.indented(_sentence(change, session))
    if len(changed) > _NAMED:
        out.tell("diff.more", n=len(changed) - _NAMED)
    unchanged = len(difference.people) - len(changed)
    if unchanged:
        out.tell("diff.unchanged", n=unchanged)
    twice = sum(len(moved.twice) for moved in difference.people)
    out.tell("diff.twice", n=twice, style="green" if not twice else "bold red")


def _sentence(change: Change, session: Session) -> str:
    """Say what becomes of one step."""
    say = session.out.say
    label = step_label(say, change.step, change.occurrence, change.rung)
    if change.skipped:
        return say("diff.skipped", step=label)
    what = f"{label} ({say('kind.' + change.kind)})"
    if change.before is None:
        return say("diff.added", step=what, after=_instant(change.after, session))
    if change.after is None:
        return say("diff.removed", step=what, before=_instant(change.before, session))
    return say(
        "diff.moved",
        step=what,
        before=_instant(change.before, session),
        after=_instant(change.after, session),
    )


def _instant(at: datetime | None, session: Session) -> str:
    return "" if at is None else session.out.say.instant(at)


def as_json(difference: Difference, session: Session) -> dict[str, object]:
    """Write a difference for a machine."""
    zone = session.zone
    return {
        "playbook": difference.plan.playbook,
        "digest": difference.plan.digest,
        "in_this_version": difference.same,
        "files": [{"what": word, "path": path} for word, path in difference.files],
        "people": [
            {
                "person": moved.person,
                "from": moved.version,
                "twice": list(moved.twice),
                "changes": [
                    {
                        "step": change.step,
                        "occurrence": change.occurrence,
                        "rung": change.rung,
                        "kind": change.kind,
                        "before": json_instant(change.before, zone),
                        "after": json_instant(change.after, zone),
                        "skipped": change.skipped,
                    }
                    for change in moved.changes
                ],
            }
            for moved in difference.people
        ],
    }
