"""From words that have been checked to a `Plan`. Nothing is reported here: all of it was before."""

from collections.abc import Iterator
from typing import TypeVar

from worker.domain.errors import BrokenPromise
from worker.domain.facts import Digest, PlaybookId, StepId, Value
from worker.domain.intents import FACT_WORD
from worker.domain.plan import (
    OPEN_FOR,
    Action,
    Alert,
    Calendar,
    Enroll,
    Expect,
    Mail,
    Meeting,
    Message,
    Plan,
    Question,
    Rung,
    Sending,
    Step,
    Survey,
    Task,
    Update,
    Webhook,
)
from worker.domain.when import Every, FromFact, Moment, OnceTrue, When
from worker.playbook.almanac import holidays_of
from worker.playbook.check import id_of, sending_of
from worker.playbook.expressions import Expression
from worker.playbook.names import ANSWERS
from worker.playbook.schema import (
    CalendarWords,
    InvitingWords,
    MailWords,
    MeetingWords,
    PlaybookWords,
    QuestionWords,
    RungWords,
    StepWords,
    SurveyWords,
    ThenWords,
    UpdateWords,
)
from worker.playbook.sense import kind_of
from worker.playbook.shapes import Said
from worker.playbook.timewords import Awaited, Timed
from worker.playbook.workspace import Workspace

T = TypeVar("T")
D = TypeVar("D")


def build(words: PlaybookWords, digest: Digest, workspace: Workspace) -> Plan:
    """Give the plan of a playbook without mistakes."""
    name = _given(words.playbook)
    sending = workspace.sending
    if words.sending is not None:
        sending = sending_of(words.sending, sending)
    return Plan(
        playbook=PlaybookId(name),
        digest=digest,
        title=_or(words.title, name),
        steps=tuple(step for said in words.steps for step in _steps(said, sending)),
        audience=words.audience.value.condition if words.audience else None,
        needs=_all(words.needs),
        stop_on=_all(words.stop_on),
        calendar=_calendar(words.calendar, workspace),
        sending=sending,
    )


def _calendar(words: CalendarWords | None, workspace: Workspace) -> Calendar:
    company = workspace.calendar
    if words is None:
        return company
    return Calendar(
        timezone=_or(words.timezone, company.timezone),
        holidays=holidays_of(words.holidays.value) if words.holidays else company.holidays,
        closed=tuple(said.value for said in words.closed) or company.closed,
    )


def _steps(words: StepWords, sending: Sending) -> Iterator[Step]:
    """Give a step, and behind it those of its `then:`."""
    step = _step(words, _given(words.id), _when(words), sending)
    yield step
    for number, further in enumerate(words.then, 1):
        done = FromFact(f"{step.id}.{FACT_WORD[type(step.action)]}")
        yield _step(further, id_of(further, step.id, number), _when(further) or done, sending)


def _step(words: ThenWords, name: str, when: When | None, sending: Sending) -> Step:
    kind = kind_of(words)
    if when is None:
        raise BrokenPromise(f"step {name} was checked and has no moment")
    return Step(
        id=StepId(name),
        when=when,
        action=next(_actions(words)),
        line=words.node.line,
        no_later_than=_deadline(words.no_later_than),
        condition=words.condition.value.condition if words.condition else None,
        season=words.only.value if words.only else None,
        expect=_expect(words.expect, kind),
        ladder=tuple(_rung(rung) for rung in words.if_silent),
        approve=_or(words.approve, ""),
        priority=_or(words.priority, 0),
        sending=sending_of(words.sending, sending) if words.sending else None,
        late=_or(words.late, "send"),
        in_doubt=_or(words.in_doubt, "ask"),
        try_for=_or(words.try_for, None),
        even_if_waiting=_is(words.even_if_waiting),
    )


def _expect(said: Said[Awaited] | None, kind: str) -> Expect | None:
    if said is None:
        return None
    awaited = said.value
    others = tuple(dict.fromkeys(named.name for named in awaited.others))
    return Expect(ANSWERS[kind][awaited.word], awaited.within, others)


def _when(words: ThenWords) -> When | None:
    said = words.when or words.every
    if said is None:
        return None
    value = said.value
    return OnceTrue(value.condition) if isinstance(value, Expression) else value.when


def _deadline(said: Said[Timed] | None) -> Moment | None:
    when = said.value.when if said else None
    return None if isinstance(when, Every) else when


def _rung(words: RungWords) -> Rung:
    return Rung(tuple(_actions(words)), _or(words.after, None), words.node.line)


def _actions(words: ThenWords | RungWords) -> Iterator[Action]:
    """Give what a step or a rung does, in the order of the language's kinds."""
    if words.mail is not None:
        yield _mail(words.mail)
    if isinstance(words, ThenWords) and words.meeting is not None:
        yield _meeting(words.meeting)
    if isinstance(words, ThenWords) and words.survey is not None:
        yield _survey(words.survey)
    if words.message is not None:
        message = words.message
        yield Message(_given(message.channel), _given(message.text), _or(message.to, ""))
    if words.task is not None:
        task = words.task
        yield Task(_given(task.text), _or(task.owner, "hr"), _or(task.due, None))
    if words.alert is not None:
        yield Alert(_all(words.alert.to), _or(words.alert.text, ""))
    if words.update is not None:
        yield _update(words.update)
    if words.enroll is not None:
        yield Enroll(PlaybookId(_given(words.enroll.playbook)))
    if words.webhook is not None:
        hook = words.webhook
        yield Webhook(_given(hook.url), _or(hook.secret, ""), {k.text: v for k, v in hook.body})


def _mail(words: MailWords) -> Mail:
    return Mail(
        template=_given(words.template),
        sender=_given(words.sender),
        reply_to=_or(words.reply_to, ""),
        attach=_all(words.attach),
        unsubscribe=_is(words.unsubscribe),
    )


def _meeting(words: MeetingWords) -> Meeting:
    return Meeting(
        title=_or(words.title, ""),
        participants=_all(words.participants),
        minutes=_given(words.minutes),
        within=_given(words.within),
        between=_or(words.between, None),
        notice=_or(words.notice, None),
        place=_or(words.place, ""),
        if_declined=_or(words.if_declined, "reschedule"),
        remind=_or(words.remind, None),
        together=_or(words.together, ""),
        size=_or(words.size, (1, 1)),
        mail=None if words.mail is None else _inviting(words.mail),
    )


def _inviting(words: InvitingWords) -> Mail:
    return Mail(_given(words.template), _given(words.sender), _or(words.reply_to, ""))


def _survey(words: SurveyWords) -> Survey:
    return Survey(
        questions=tuple(_question(question) for question in words.questions),
        intro=_or(words.intro, ""),
        anonymous=_is(words.anonymous),
        template=_or(words.template, ""),
        sender=_or(words.sender, ""),
        title=_or(words.title, ""),
        open_for=_or(words.open_for, OPEN_FOR),
    )


def _question(words: QuestionWords) -> Question:
    return Question(
        id=_given(words.id),
        ask=_given(words.ask),
        scale=_or(words.scale, None),
        required=words.text is None or words.text.value == "required",
        ends=(words.ends[0].value, words.ends[1].value) if words.ends else None,
    )


def _update(words: UpdateWords) -> Update:
    attributes: dict[str, Value] = {key.text: value for key, value in words.attributes}
    if words.status is not None:
        attributes["status"] = words.status.value
    return Update(_all(words.tag), _all(words.untag), attributes, _or(words.fact, ""))


def _given(said: Said[T] | None) -> T:
    if said is None:
        raise BrokenPromise("a playbook without mistakes lacks a word it must have")
    return said.value


def _or(said: Said[T] | None, fallback: D) -> T | D:
    return fallback if said is None else said.value


def _is(said: Said[bool] | None) -> bool:
    return said is not None and said.value


def _all(said: tuple[Said[T], ...]) -> tuple[T, ...]:
    return tuple(one.value for one in said)
