"""`tsunagu preview PLAYBOOK --person ID`: one person's year, with every mail as it would arrive.

Two futures laid over each other: one in which the person never answers, so that every reminder is
seen, and one in which they always do, so that what follows an answer is seen too. Both are marked.
"""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from itertools import groupby
from pathlib import Path

from worker.cli.cast import BEHAVIOURS, Cast, cast_of, one_of
from worker.cli.check import refuse_what_is_wrong
from worker.cli.letters import Letter, LetterWriter
from worker.cli.page import write_page
from worker.cli.scenes import Scene
from worker.cli.session import Session
from worker.cli.show import (
    json_instant,
    json_reasons,
    person_label,
    zone_of,
)
from worker.cli.subjects import subjects_of
from worker.domain.cases import Case, Enrollment
from worker.domain.intents import EnrollmentId
from worker.domain.meetings import Span
from worker.domain.plan import Alert, Mail, Meeting, Message, Plan, Survey, Task, worded
from worker.domain.reasons import Because
from worker.domain.surveys import last_day, minutes
from worker.domain.workdays import workdays
from worker.engine.behaviour import Behaviour, Subject, of_their_own
from worker.engine.life import Event, Life
from worker.engine.meetings.imagine import Times
from worker.engine.meetings.lay import cohort_of
from worker.engine.simulate import live_together
from worker.people.records import PersonRecord
from worker.wiring.engine import imagined_times

_ACTIONS = frozenset(
    {"mail", "meeting", "survey", "message", "task", "alert", "update", "enroll", "webhook"}
)
_OTHERS = frozenset({"missed", "skipped", "failed"})


def run(arguments: Namespace, session: Session) -> int:
    """Show the time line and every mail, or write them as files."""
    shelf = session.library.find(arguments.playbook)
    plan = session.library.plan(shelf)
    cast = cast_of(arguments, session, shelf, plan)
    record = one_of(cast, arguments.person)
    refuse_what_is_wrong(session, shelf, [record], cast.staff)
    scenes = list(_scenes(cast, plan, record, arguments.behaviour, session))
    zone = zone_of(record, session.zone)
    index = None
    if arguments.out:
        index = write_page(Path(arguments.out), record, plan, scenes, session)
    if arguments.json:
        session.out.json(_as_json(record, plan, scenes, session))
        return 0
    out, say = session.out, session.out.say
    out.heading(f"{plan.title or plan.playbook} — {person_label(record)}")
    if not scenes:
        out.tell("preview.nothing", playbook=plan.playbook)
        return 0
    for day, of_day in groupby(scenes, key=lambda scene: scene.event.at.astimezone(zone).date()):
        out.line()
        out.heading(say.day(day))
        for scene in of_day:
            _tell_scene(scene, session, zone)
    if index is not None:
        out.line()
        out.tell("preview.written", n=sum(scene.letter is not None for scene in scenes), path=index)
        return 0
    for scene in scenes:
        if scene.letter is not None:
            out.line()
            _tell_letter(scene, scene.letter, session, zone)
    return 0


def _scenes(
    cast: Cast, plan: Plan, record: PersonRecord, behaviour: str, session: Session
) -> Iterator[Scene]:
    subjects = list(subjects_of(cast.records, cast.staff))
    shown = next(one for one in subjects if one.person.id == record.id)
    company = _company(cast.plans, shown, subjects)
    if behaviour != "mixed":
        found = _lived(cast, plan, company, BEHAVIOURS[behaviour], session)
        yield from (replace(scene, condition="") for scene, _ in found)
        return
    silent = list(_lived(cast, plan, company, BEHAVIOURS["silent"], session))
    seen = {key for _, key in silent}
    answering = [
        (replace(scene, condition=session.out.say("preview.if_answered")), key)
        for scene, key in _lived(cast, plan, company, BEHAVIOURS["answers"], session)
        if key not in seen and scene.event.kind in _ACTIONS
    ]
    both = [scene for scene, _ in (*silent, *answering)]
    yield from sorted(both, key=lambda scene: scene.event.at)


def _company(plans: Sequence[Plan], shown: Subject, subjects: list[Subject]) -> list[Subject]:
    """Give the person to show, first, and who would share a meeting of many with them.

    Where too few would for a session, it is taken that others come: it is the mails that are shown.
    """
    found = {shown.person.id: shown}
    for step in (step for plan in plans for step in plan.steps):
        action = step.action
        if not isinstance(action, Meeting) or not action.together:
            continue
        cohort = cohort_of(action, shown.person)
        sharing = [one for one in subjects if cohort_of(action, one.person) == cohort]
        if len(sharing) >= action.size[0]:
            found |= {one.person.id: one for one in sharing}
    return list(found.values())


def _lived(
    cast: Cast, plan: Plan, company: list[Subject], behaviour: Behaviour, session: Session
) -> Iterator[tuple[Scene, tuple[object, ...]]]:
    """Live through one future; give what is shown of it, each with what names it."""
    writer = LetterWriter.of(session)
    times = imagined_times(session.settings)
    shown, *others = [_life(cast, plan, one, behaviour, times) for one in company]
    events = (
        (
            event
            for _, life, event in live_together([shown, *others], times, cast.since, cast.until)
            if life is shown
        )
        if others
        else shown.run(cast.since, cast.until)
    )
    subjects: dict[tuple[object, ...], str] = {}
    for event in events:
        if event.kind not in _ACTIONS | _OTHERS:
            continue
        key = (event.playbook, event.step, event.occurrence, event.rung, event.kind)
        yield _scene(event, shown.case, writer, subjects, session), key


def _life(cast: Cast, plan: Plan, subject: Subject, behaviour: Behaviour, times: Times) -> Life:
    entered: tuple[Enrollment, ...] = ()
    if plan.audience is None:
        entered = (Enrollment(EnrollmentId(1), plan, cast.since),)
    life = Life(
        Case(subject.person, subject.facts, entered),
        cast.plans,
        behaviour,
        times=times,
        marks_assumptions=True,
    )
    offer = subject.facts.first("offer")
    begins = cast.since if offer is None else max(cast.since, offer.at)
    accepts = subject.facts.first("accept") is None
    life.expect(of_their_own(behaviour, subject.person.id, begins, accepts=accepts))
    return life


def _scene(
    event: Event,
    case: Case,
    writer: LetterWriter,
    subjects: dict[tuple[object, ...], str],
    session: Session,
) -> Scene:
    say, intent = session.out.say, event.intent
    answers = ", ".join(say.fact(name) for name in dict.fromkeys(event.given))
    condition = say("plan.given", facts=answers) if answers else ""
    if intent is None or not isinstance(intent.action, Mail | Survey):
        letter, invitation = _invited(event, case, writer)
        what = _in_words(event, zone_of(case.person, session.zone), session)
        if intent is not None and isinstance(intent.action, Meeting) and intent.action.title:
            digest = next(
                one.plan.digest for one in case.enrollments if one.id == intent.enrollment
            )
            title = writer.title(case, digest, intent.action, event.at)
            what = what.replace(intent.action.title, title)
        return Scene(event, condition, what, letter, invitation=invitation)
    thread = (event.playbook, event.step, event.occurrence)
    letter = writer.write(
        case,
        next(one.plan.digest for one in case.enrollments if one.id == intent.enrollment),
        intent.step,
        intent.action,
        enrollment=intent.enrollment,
        occurrence=event.occurrence,
        rung=event.rung,
        now=event.at,
        subject_before=subjects.get(thread, ""),
    )
    subjects.setdefault(thread, letter.parts.subject)
    page = ""
    if isinstance(intent.action, Survey):
        plan = next(one.plan for one in case.enrollments if one.id == intent.enrollment)
        page = _page_of(intent.action, plan, case, event, session)
    return Scene(event, condition, letter.parts.subject, letter, page=page)


def _invited(event: Event, case: Case, writer: LetterWriter) -> tuple[Letter | None, bytes]:
    """Write the mail beside a meeting, and what a calendar gets; nothing of what has no time."""
    intent = event.intent
    if intent is None or not isinstance(intent.action, Meeting) or not event.value:
        return None, b""
    digest = next(one.plan.digest for one in case.enrollments if one.id == intent.enrollment)
    start = datetime.fromisoformat(str(event.value))
    when = Span(start, start + timedelta(minutes=intent.action.minutes))
    letter = writer.beside(case, digest, intent.step, intent.action, when, event.at)
    return letter, writer.invite(case, digest, intent.step, intent.action, when, event.at)


def _page_of(survey: Survey, plan: Plan, case: Case, event: Event, session: Session) -> str:
    """Write the page behind the link of a survey's mail, as the person would see it."""
    from worker.pages.survey import shown  # noqa: PLC0415 - not every playbook has a survey

    settings, person = session.settings, case.person
    days = workdays(plan.calendar, person.timezone)
    until = last_day(survey, event.at, days)
    locale = person.locale or settings.company.language
    return shown(survey, settings.company.name, locale, until, settings.surveys.least)


def _in_words(event: Event, zone: tzinfo, session: Session) -> str:
    """Say what happens that is no mail, by the clock that the time line goes by."""
    say = session.out.say
    if event.intent is None:
        return say.reasons(event.why[-1:], zone)
    match event.intent.action:
        case Task() as task:
            return say("preview.task", text=task.text, owner=say.role(task.owner))
        case Alert() as alert:
            roles = ", ".join(map(say.role, alert.to))
            told = say("preview.alert", roles=roles)
            return f"{told}: {alert.text}" if alert.text else told
        case Meeting() as meeting:
            roles = ", ".join(map(say.role, meeting.participants))
            key = "preview.meeting.at" if event.value else "preview.meeting"
            start = str(event.value or "")
            when = say.instant(datetime.fromisoformat(start), zone) if start else ""
            return say(key, title=meeting.title, minutes=meeting.minutes, roles=roles, when=when)
        case Message() as message:
            return message.text
        case _:
            return ""


def _tell_scene(scene: Scene, session: Session, zone: tzinfo) -> None:
    """Write one thing of the time line: when and what, and below it the words."""
    out, say, event = session.out, session.out.say, scene.event
    label = say.step(event.step, event.occurrence, event.rung)
    kind = say(f"kind.{event.kind}")
    condition = f"  [{scene.condition}]" if scene.condition else ""
    out.indented(f"{say.clock(event.at, zone)}  {kind}  {label}{condition}")
    if scene.what:
        out.indented(scene.what, 9, "" if scene.letter is None else "bold")
    for delay in _delays(scene, session, zone):
        out.indented(delay, 9, "dim")


def _delays(scene: Scene, session: Session, zone: tzinfo) -> list[str]:
    """Say what delayed it, if anything did."""
    delays = [reason for reason in scene.event.why if reason.because is not Because.DUE]
    if not delays or scene.event.intent is None:
        return []
    return [session.out.say.reasons(delays, zone)]


def _tell_letter(scene: Scene, letter: Letter, session: Session, zone: tzinfo) -> None:
    out, say, parts = session.out, session.out.say, letter.parts
    out.line("─" * min(out.width, 72), "dim")
    out.heading(parts.subject)
    out.line(f"{say.instant(scene.event.at, zone)}  {parts.sender.name} <{parts.sender.address}>")
    if scene.condition:
        out.line(scene.condition, "yellow")
    out.line()
    out.line(parts.text.rstrip())
    for attachment in parts.attachments:
        out.line(say("preview.attached", name=attachment.name), "dim")
    survey = scene.event.intent.action if scene.event.intent is not None else None
    if isinstance(survey, Survey):
        out.line()
        out.line(say("preview.survey", n=len(survey.questions), minutes=minutes(survey)), "bold")
        for number, question in enumerate(survey.questions, 1):
            scale = "" if question.scale is None else f"  {question.scale[0]}..{question.scale[1]}"
            out.indented(f"{number}. {worded(question.ask, say.language)}{scale}")


def _as_json(
    record: PersonRecord, plan: Plan, scenes: list[Scene], session: Session
) -> dict[str, object]:
    zone = zone_of(record, session.zone)
    return {
        "person": record.id,
        "playbook": plan.playbook,
        "digest": plan.digest,
        "timezone": str(zone),
        "events": [_scene_as_json(scene, session, zone) for scene in scenes],
    }


def _scene_as_json(scene: Scene, session: Session, zone: tzinfo) -> dict[str, object]:
    event = scene.event
    told: dict[str, object] = {
        "at": json_instant(event.at, zone),
        "playbook": event.playbook,
        "step": event.step,
        "occurrence": event.occurrence,
        "rung": event.rung,
        "kind": event.kind,
        "if_not": list(dict.fromkeys(event.given)),
        "condition": scene.condition,
        "content": scene.what,
        "why": json_reasons(session.out.say, event.why, zone),
    }
    if scene.letter is not None:
        parts = scene.letter.parts
        told["mail"] = {
            "from": {"name": parts.sender.name, "address": parts.sender.address},
            "to": {"name": parts.to.name, "address": parts.to.address},
            "reply_to": parts.reply_to.address if parts.reply_to else "",
            "subject": parts.subject,
            "text": parts.text,
            "html": parts.html,
            "attachments": [attachment.name for attachment in parts.attachments],
        }
    return told
