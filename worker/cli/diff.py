"""`tsunagu diff PLAYBOOK`: what the playbook in the folder would mean for people who are in it.

Each person is decided on twice: in the version they are in, and as `migrate` would leave them.
Nothing is changed.
"""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from worker.cli.check import refuse_what_is_wrong
from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.cli.show import json_instant, json_reasons, person_label
from worker.domain.facts import Digest, PersonId
from worker.domain.plan import Plan
from worker.engine.versions import Awaited, Difference, differences
from worker.playbook.bundle import Bundle

_NAMED = 40  # people told of one by one


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move means for one person."""

    person: PersonId
    name: str
    version: Digest  # the one they are in
    changes: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a changed playbook means."""

    plan: Plan
    bundle: Bundle
    people: tuple[Moved, ...]  # those in another version
    same: int  # people who are in this version already
    files: tuple[tuple[str, str], ...]  # added, changed or removed; and the path


def run(arguments: Namespace, session: Session) -> int:
    """Show what would change, person by person."""
    comparison = compare(session, arguments.playbook)
    if arguments.json:
        session.out.json(as_json(comparison, session))
        return 0
    tell(comparison, session)
    if comparison.people:
        session.out.line()
        session.out.tell("diff.how", playbook=arguments.playbook)
    return 0


def compare(session: Session, word: str, only: Sequence[PersonId] | None = None) -> Comparison:
    """Decide twice on everybody in a playbook, or on those named."""
    shelf = session.library.find(word)
    staff, people = session.known
    plan = refuse_what_is_wrong(session, shelf, people, staff)
    bundle = session.library.bundle(shelf)
    enrolled = session.journal.enrollments.all(plan.playbook)
    if not enrolled:
        raise Wrong("diff.nobody", playbook=plan.playbook)
    versions = {one.person: one.digest for one in enrolled if one.digest != plan.digest}
    moving = [person for person in versions if only is None or person in only]
    moved = []
    cases = session.journal.cases.of(moving, session.library.editions.plan)
    with session.out.progress(session.out.say("diff.progress"), len(cases)) as advance:
        for number, case in enumerate(cases, 1):
            id_ = case.person.id
            changes = differences(case, plan, session.now)
            moved.append(Moved(id_, person_label(case.person), versions[id_], changes))
            advance(number)
    before = {one.version for one in moved}
    files = sorted({change for digest in before for change in _files(session, digest, bundle)})
    return Comparison(plan, bundle, tuple(moved), len(enrolled) - len(versions), tuple(files))


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


def tell(comparison: Comparison, session: Session) -> None:
    """Show a comparison to a reader."""
    out, say = session.out, session.out.say
    if not comparison.people:
        out.tell("diff.none", playbook=comparison.plan.playbook, n=comparison.same)
        return
    out.tell("diff.head", playbook=comparison.plan.playbook, n=len(comparison.people))
    for word, path in comparison.files:
        out.indented(say(f"diff.file.{word}", path=path))
    changed = [moved for moved in comparison.people if moved.changes]
    out.line()
    for moved in changed[:_NAMED]:
        out.heading(moved.name)
        for change in moved.changes:
            out.indented(_sentence(change, session))
    if len(changed) > _NAMED:
        out.tell("diff.more", n=len(changed) - _NAMED)
    unchanged = len(comparison.people) - len(changed)
    if unchanged:
        out.tell("diff.unchanged", n=unchanged)


def _sentence(change: Difference, session: Session) -> str:
    """Say what becomes of one step."""
    say = session.out.say
    return say(
        f"diff.{change.change.value}",
        step=say.step(change.step, change.occurrence, change.rung),
        before=_awaited(change.before, session),
        after=_awaited(change.after, session),
    )


def _awaited(awaited: Awaited | None, session: Session) -> str:
    """Say when a step comes, or what it waits for."""
    say = session.out.say
    if awaited is None:
        return say("none")
    if awaited.at is not None:
        return say.instant(awaited.at)
    if awaited.fact:
        return say("plan.for_fact", fact=say.fact(awaited.fact))
    return say.reasons(awaited.why[:1])


def as_json(comparison: Comparison, session: Session) -> dict[str, object]:
    """Write a comparison for a machine."""
    zone = session.zone
    return {
        "playbook": comparison.plan.playbook,
        "digest": comparison.plan.digest,
        "in_this_version": comparison.same,
        "files": [{"what": word, "path": path} for word, path in comparison.files],
        "people": [
            {
                "person": moved.person,
                "from": moved.version,
                "changes": [_change_as_json(change, session, zone) for change in moved.changes],
            }
            for moved in comparison.people
        ],
    }


def _change_as_json(change: Difference, session: Session, zone: tzinfo) -> dict[str, object]:
    return {
        "step": change.step,
        "occurrence": change.occurrence,
        "rung": change.rung,
        "change": change.change.value,
        "before": _awaited_as_json(change.before, zone),
        "after": _awaited_as_json(change.after, zone),
        "why": json_reasons(session.out.say, change.why, zone),
    }


def _awaited_as_json(awaited: Awaited | None, zone: tzinfo) -> dict[str, object] | None:
    if awaited is None:
        return None
    return {"at": json_instant(awaited.at, zone), "fact": awaited.fact}
