"""A version of a playbook to its `Plan`, or to every mistake in it at once."""

from dataclasses import dataclass, replace

from worker.domain.facts import PlaybookId
from worker.domain.intents import KIND
from worker.domain.plan import Message, Plan
from worker.playbook.build import build
from worker.playbook.bundle import PLAYBOOK_FILE, Bundle
from worker.playbook.check import check_playbook, names_of, templates_of
from worker.playbook.schema import PLAYBOOK
from worker.playbook.source import Source, Table, read
from worker.playbook.workspace import Workspace
from worker.problems import Mistakes, Problem

_LATER = (Message,)  # planned by this build, and performed by a later one
_MAILS = "mails/"
NO_PAGES = "survey.no_url"  # for `check` a warning: the survey waits for an address


@dataclass(frozen=True, slots=True)
class Compiled:
    """A plan, or the reasons why there is none; warnings come with either."""

    plan: Plan | None
    problems: tuple[Problem, ...] = ()  # sorted by place

    def standing(self) -> Plan:
        """Give the plan.

        Raises:
            Mistakes: There is none, and these are the problems.
        """
        if self.plan is None:
            raise Mistakes(self.problems)
        return self.plan


def compile_playbook(bundle: Bundle, workspace: Workspace) -> Compiled:
    """Read a version's `playbook.yaml` and give its plan, or every mistake in it at once.

    The same files in the same workspace give the same plan. Templates are named and not read.
    Where the workspace `believes`, what can be read is built, whatever is told of its sense.
    """
    shown = bundle.shown(PLAYBOOK_FILE)
    if PLAYBOOK_FILE not in bundle.files:
        return Compiled(None, (Problem(shown, 0, 0, "file.missing"),))
    source, root = read(shown, bundle.files[PLAYBOOK_FILE])
    if isinstance(root, Table) and not root.entries and not source.problems:
        source.report("file.empty")
        root = None
    words = None if root is None else PLAYBOOK.read(source, root)
    if words is None:
        return Compiled(None, tuple(sorted(source.problems)))
    is_readable = all(problem.warning for problem in source.problems)
    check_playbook(words, names_of(source, words, workspace), bundle)
    problems = list(source.problems)
    is_sound = all(problem.warning for problem in problems)
    if not is_readable or not (is_sound or workspace.believes):
        return Compiled(None, tuple(sorted(problems)))
    named = {said.value for said in templates_of(words)}
    problems += _idle_templates(bundle, named)
    return Compiled(build(words, bundle.digest, workspace), tuple(sorted(problems)))


def compile_stored(bundle: Bundle, workspace: Workspace) -> Plan:
    """Give the plan of a version that was right when it was stored, whatever has changed since.

    Where the workspace no longer has what it names, the plan says so (`lacks`). What a later
    release has come to call a mistake stays as it was. One that this release cannot read at all
    has no steps.
    """
    compiled = compile_playbook(bundle, replace(workspace, attributes=None))
    if compiled.plan is not None and not _lacking(compiled):
        return compiled.plan
    believed = _believed(bundle, workspace)
    problems = _lacking(compiled, believed)
    plan = believed.plan
    if plan is None:
        name = bundle.folder.rpartition("/")[2]
        plan = Plan(PlaybookId(name), bundle.digest, name, ())
    names = {dict(problem.values).get("found") or problem.code for problem in problems}
    return replace(plan, lacks=tuple(sorted(names)))


def lacking(bundle: Bundle, workspace: Workspace) -> tuple[Problem, ...]:
    """Give why a stored version cannot be carried out here; nothing if it can.

    Attributes are not asked for: nobody may have a value so far. A step whose id has become the
    name of a role too is still that step.
    """
    compiled = compile_playbook(bundle, replace(workspace, attributes=None))
    return _lacking(compiled, _believed(bundle, workspace)) if _lacking(compiled) else ()


def _believed(bundle: Bundle, workspace: Workspace) -> Compiled:
    """Compile as where the workspace has whatever is named."""
    return compile_playbook(bundle, replace(workspace, attributes=None, believes=True))


def _lacking(compiled: Compiled, believed: Compiled | None = None) -> tuple[Problem, ...]:
    """Give what the workspace lacks: what is told of a version that is not told where *believed*.

    One that cannot be read even then lacks all of it.
    """
    own = () if believed is None or believed.plan is None else believed.problems
    return tuple(
        problem
        for problem in compiled.problems
        if problem.code == NO_PAGES
        or (not problem.warning and problem.code != "id.reserved" and problem not in own)
    )


def performed_later(plan: Plan, bundle: Bundle) -> tuple[Problem, ...]:
    """Name each step of a kind that this build plans and does not perform, as a warning."""
    content = bundle.files.get(PLAYBOOK_FILE, b"").decode("utf-8-sig", "replace")
    source = Source(bundle.shown(PLAYBOOK_FILE), content.splitlines())
    for step in plan.steps:
        rungs = [(rung.line, action) for rung in step.ladder for action in rung.actions]
        for line, action in [(step.line, step.action), *rungs]:
            if isinstance(action, _LATER):
                text = source.lines[line - 1] if 0 < line <= len(source.lines) else ""
                begin = len(text) - len(text.lstrip(" -"))
                values = {"step": step.id, "kind": KIND[type(action)]}
                place = (line, begin, len(text.rstrip()))
                source.report_at("step.later", place, values, warning=True)
    return tuple(sorted(source.problems))


def _idle_templates(bundle: Bundle, named: set[str]) -> list[Problem]:
    """Warn of mails that no step sends; a name with `_` in front is kept for including."""
    idle = []
    for path in sorted(bundle.files):
        name = path.removeprefix(_MAILS)
        if name == path or "/" in name or not name.endswith(".md") or name.startswith("_"):
            continue
        stem = name.removesuffix(".md")
        if stem not in named and stem.rpartition(".")[0] not in named:
            idle.append(Problem(bundle.shown(path), 0, 0, "template.idle", warning=True))
    return idle
