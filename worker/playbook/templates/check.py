"""What `check` says of a version's mails: everything that can be known before a person is.

And, for each person: the words their own mail would lack, so that an empty word is found at a desk
and not in a candidate's inbox.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from worker.domain.errors import MailError
from worker.domain.facts import Facts, Person, PlaybookId
from worker.domain.plan import Mail, Meeting, Plan, Survey, Update
from worker.domain.when import Every, FromFact, InYearOf
from worker.playbook.bundle import Bundle
from worker.playbook.pressure import Rule
from worker.playbook.templates.layout import layout_of
from worker.playbook.templates.mail import (
    CompiledMail,
    compile_template,
    undefined_for,
)
from worker.playbook.templates.names import unknown_names
from worker.playbook.templates.pressing import pressure_in_template
from worker.playbook.templates.words import Setting, Words, words_of
from worker.playbook.workspace import PERSON_FIELDS, Workspace
from worker.problems import Mistakes, Problem

_STAFF_FIELDS = frozenset({"id", "name", "email", "role", "department"})
_SURVEY = "survey"
_A_SURVEY: Mapping[str, object] = {
    "link": "https://example.jp/",
    "minutes": 2,
    "title": "…",
    "intro": "…",
    "anonymous": False,
}
_SURVEY_FIELDS = frozenset({*_A_SURVEY, "until"})
_MEETING = "meeting"
_A_MEETING: Mapping[str, object] = {
    "title": "…",
    "when": "…",
    "day": "…",
    "time": "…",
    "minutes": 30,
    "place": "…",
    "with": "…",
    "is_moved": False,
}
_MEETING_FIELDS = frozenset({*_A_MEETING, "link"})  # not every meeting has a link
_COMPANY_FIELDS = frozenset({"name", "timezone", "language"})


def known_words(plan: Plan, workspace: Workspace) -> dict[str, Collection[str] | None]:
    """Give every word a template of this plan may use, each with what may follow it.

    None stands where anything may: an attribute of staff is whatever `staff.csv` has.
    """
    attributes = workspace.attributes
    known: dict[str, Collection[str] | None] = dict.fromkeys(_named(plan, workspace))
    known |= dict.fromkeys(workspace.roles)
    known["person"] = None if attributes is None else PERSON_FIELDS | attributes
    known["company"] = _COMPANY_FIELDS
    known["sender"] = frozenset({"name", "address"})
    known["department"] = frozenset({"name"})
    known |= dict.fromkeys(("facts", "now", "today", "unsubscribe"))
    if _asks(plan) and all(step.id != _SURVEY for step in plan.steps):
        known[_SURVEY] = _SURVEY_FIELDS
    known.setdefault(_MEETING, _MEETING_FIELDS)
    return known


def outside_meetings(
    plan: Plan,
    bundle: Bundle,
    mails: Mapping[str, CompiledMail],
    known: Mapping[str, Collection[str] | None],
) -> Iterator[Problem]:
    """Give a problem for each word of a meeting in a text that is not its invitation alone."""
    if known.get(_MEETING) is not _MEETING_FIELDS:
        return  # a step, a fact or a role of that name, which every mail knows
    invited = _invited(plan)
    others = {one.template for one in plan.actions() if isinstance(one, Mail | Survey)}
    for path, compiled in sorted(mails.items()):
        named = {path.removeprefix("mails/").removesuffix(".md")}
        named |= {name.rpartition(".")[0] for name in named}
        if named & invited and not named & others:
            continue
        shown = bundle.shown(path)
        for name in compiled.names:
            if name.path[0] == _MEETING:
                yield Problem(
                    shown, name.line, name.column, "template.outside", (("word", name.written),),
                    source=name.source, width=name.width,
                )  # fmt: skip


def _invited(plan: Plan) -> frozenset[str]:
    """Name the texts that invite to meetings."""
    meetings = (step.action for step in plan.steps if isinstance(step.action, Meeting))
    return frozenset(one.mail.template for one in meetings if one.mail is not None)


def _facts_of(plan: Plan) -> Iterator[str]:
    """Name the facts that steps count from, wait for or note themselves."""
    for step in plan.steps:
        if isinstance(step.action, Update) and step.action.fact:
            yield step.action.fact
        moments = [step.when, step.no_later_than]
        if isinstance(step.when, Every):
            moments += [step.when.start, step.when.until]
        yield from (one.fact for one in moments if isinstance(one, FromFact | InYearOf))


def words_to_come(plan: Plan, workspace: Workspace) -> frozenset[str]:
    """Give the words that are not known of everybody today, and no lack: facts, steps, a time."""
    return _named(plan, workspace) | {_MEETING}


def _named(plan: Plan, workspace: Workspace) -> frozenset[str]:
    """Give the words that name facts and steps."""
    facts = {*workspace.facts, *plan.needs, *plan.stop_on, *_facts_of(plan)}
    steps = {step.id.partition(".")[0] for step in plan.steps}
    asked = {_SURVEY} if _asks(plan) else set()
    return frozenset({fact.partition(".")[0] for fact in facts} | steps | asked) - {"person"}


def _asks(plan: Plan) -> bool:
    return any(isinstance(step.action, Survey) for step in plan.steps)


def check_mails(
    bundle: Bundle,
    known: Mapping[str, Collection[str] | None],
    *,
    layouts: Mapping[str, bytes] | None = None,
    rules: Sequence[Rule] = (),
    strict: bool = False,
    language: str = "ja",
) -> tuple[dict[str, CompiledMail], tuple[Problem, ...]]:
    """Compile every mail of a version; give those that stand, and the problems of all.

    Args:
        bundle: The version.
        known: What templates may name, as `known_words` gives it.
        layouts: The workspace's own layout files.
        rules: Of pressure on candidates; none: not looked for.
        strict: Findings of pressure are mistakes and not warnings.
        language: Of a template whose name does not say one.
    """
    standing: dict[str, CompiledMail] = {}
    problems: list[Problem] = []
    layout = layout_of(bundle.files, layouts)
    if "content" not in layout.html:
        problems.append(Problem(bundle.shown(layout.html_path), 0, 0, "template.no_content"))
    for path in sorted(bundle.files):
        if not path.startswith("mails/") or not path.endswith(".md"):
            continue
        shown = bundle.shown(path)
        try:
            text = bundle.files[path].decode("utf-8-sig")
        except UnicodeDecodeError:
            problems.append(Problem(shown, 0, 0, "file.encoding", (("found", "?"),)))
            continue
        try:
            compiled = compile_template(text, path, layout, language=language, shown=shown)
        except Mistakes as mistakes:
            problems += mistakes.problems
            continue
        standing[path] = compiled
        problems += compiled.warnings
        if not compiled.source.body.text.strip():
            problems.append(Problem(shown, 0, 0, "template.empty"))
        problems += unknown_names(compiled.names, known, shown)
        problems += _pictures(bundle, compiled, shown)
        problems += pressure_in_template(text, shown, rules, strict=strict)
    return standing, tuple(sorted(dict.fromkeys(problems)))


def check_person(
    compiled: CompiledMail,
    person: Person,
    facts: Facts,
    playbook: PlaybookId,
    *,
    setting: Setting,
    now: datetime,
    to_come: Collection[str],
) -> tuple[Problem, ...]:
    """Say what this person's mail would lack, or why it could not be written.

    *to_come* are facts that may well happen later, as `words_to_come` gives them; what is not known
    of them today is not held against anybody.
    """
    words = words_of(person, facts, playbook, setting=setting, now=now, names=compiled.roots)
    for name in compiled.names:
        if name.path[0] in to_come or name.path[0] == "facts":
            _foresee(words, name.path, now)
    label = f"{person.name} ({person.id})" if person.name else str(person.id)
    try:
        missing = undefined_for(compiled, words)
    except MailError as error:
        why = (("person", label), ("why", str(error)))
        return (Problem(compiled.source.path, 0, 0, "template.unwritable", why),)
    return tuple(_lacking(compiled, label, word) for word in missing)


def _foresee(words: dict[str, object], path: tuple[str, ...], now: datetime) -> None:
    """Act as if a fact that may come later had come."""
    first, *rest = path
    if not rest:
        words.setdefault(first, now)
        return
    known = words.get(first)
    inside = known.values if isinstance(known, Words) else {}
    foreseen: object = now
    if len(rest) == 1 and first == _SURVEY:
        foreseen = _A_SURVEY.get(rest[0], now)
    elif path == (_MEETING, "link"):
        return  # a text that counts on it would not be sent where there is none
    elif len(rest) == 1 and first == _MEETING:
        foreseen = _A_MEETING.get(rest[0], now)
    words[first] = Words(first, {".".join(rest): foreseen, **inside})


def _lacking(compiled: CompiledMail, label: str, word: str) -> Problem:
    values = (("person", label), ("word", word))
    for name in compiled.names:
        if name.written == word and not name.guarded:
            return Problem(
                compiled.source.path, name.line, name.column, "template.lacking", values,
                source=name.source, width=name.width,
            )  # fmt: skip
    return Problem(compiled.source.path, 0, 0, "template.lacking", values)


def _pictures(bundle: Bundle, compiled: CompiledMail, shown: str) -> Iterator[Problem]:
    for _, path in compiled.images:
        if path not in bundle.files and f"mails/{path}" not in bundle.files:
            line = next((n for n, text in enumerate(compiled.source.lines, 1) if path in text), 0)
            source = compiled.source.lines[line - 1] if line else ""
            yield Problem(shown, line, 1, "template.picture", (("file", path),), source=source)
