"""What a member of staff is told, on one screen.

Who, what was asked and when, the last contact, what is still open, what might be said, and how to
answer; in the company's language. Everything comes from the journal; the candidate never sees it.
An address stands in it only where staff is asked to get in touch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from worker.domain.cases import Case
from worker.domain.facts import Staff
from worker.domain.intents import FACT_WORD, KIND, NUDGE, TASK_MAIL, fact_name
from worker.domain.observed import MARK, name_of
from worker.domain.plan import Alert, Plan, Step, Task
from worker.domain.post import message_id, thread_anchor
from worker.domain.workdays import workdays
from worker.engine.alert_page import Screen, Section, as_html, as_text
from worker.engine.alert_words import Situation, Tongue, tongue
from worker.engine.journal.briefing import Briefing, Spoken
from worker.engine.render import Office, redirected
from worker.people.addresses import address_key
from worker.ports import Address, MailParts

_QUOTED = 140  # characters of somebody's words
_SUBJECT = 40  # characters of a task in a subject
_GETS_IN_TOUCH = frozenset({Situation.SILENT, Situation.AGAIN})
_PHASES = ("declined", "joined", "rejected", "accept", "offer")  # the first that holds is told


@dataclass(frozen=True, slots=True)
class AlertErrand:
    """Which mail to whom: what names an intent, with its step."""

    key: str  # of the intent: one for each member of staff
    thread: str
    plan: Plan
    step: Step
    kind: str  # an alert, or one of STAFF_MAIL
    occurrence: int
    rung: int
    subject_before: str = ""  # of the mail that was not answered, as it was sent

    @property
    def situation(self) -> Situation:
        """Say why staff is written to."""
        if self.kind == TASK_MAIL:
            return Situation.TASK
        if self.kind == NUDGE:
            return Situation.OVERDUE if self.task is not None else Situation.AGAIN
        if self.rung:
            of_staff = self.step.expect is not None and self.step.expect.answer == "done"
            return Situation.UNDONE if of_staff else Situation.SILENT
        return Situation.ABOUT if isinstance(self.step.action, Alert) else Situation.LATE

    @property
    def actions(self) -> tuple[object, ...]:
        """Give what the step, or its rung, does."""
        return self.step.ladder[self.rung - 1].actions if self.rung else (self.step.action,)

    @property
    def alert(self) -> Alert | None:
        """Give the alert of the step or rung, if it has one."""
        return next((one for one in self.actions if isinstance(one, Alert)), None)

    @property
    def task(self) -> Task | None:
        """Give the task of the step or rung, if it has one."""
        return next((one for one in self.actions if isinstance(one, Task)), None)


def alert_parts(
    errand: AlertErrand,
    case: Case,
    staff: Staff,
    office: Office,
    now: datetime,
    known: Briefing | None = None,
) -> MailParts:
    """Write one mail to one member of staff."""
    domain = office.domain(office.alerts_from)
    screen = _Writer(errand, case, staff, office, now, known or Briefing()).screen()
    own_id = message_id(errand.key, domain)
    parts = MailParts(
        sender=office.address(office.alerts_from),
        to=Address(staff.email, staff.name),
        subject=screen.subject,
        text=as_text(screen),
        html=as_html(screen),
        sent_at=now,
        message_id=own_id,
        references=(thread_anchor(f"{errand.thread}/alert", domain),),
        marks=((MARK, name_of(own_id)),),
    )
    return redirected(parts, office)


class _Writer:
    """Puts one screen together."""

    def __init__(
        self,
        errand: AlertErrand,
        case: Case,
        staff: Staff,
        office: Office,
        now: datetime,
        known: Briefing,
    ) -> None:
        self._errand = errand
        self._case = case
        self._staff = staff
        self._language = office.language
        self._say: Tongue = tongue(office.language)
        self._now = now
        self._known = known
        self._days = workdays(errand.plan.calendar, office.timezone)

    def screen(self) -> Screen:
        say, errand = self._say, self._errand
        told = say.told[errand.situation]
        words = {
            "who": say.who.format(name=self._case.person.name),
            "about": self._about(),
            "step": errand.subject_before or errand.step.id,
            "task": _cut(errand.task.text, _SUBJECT) if errand.task else "",
        }
        foot = [say.foot.format(title=errand.plan.title)]
        if "hr" in self._staff.role:
            foot.insert(0, say.history.format(person=self._case.person.id))
        return Screen(
            self._language,
            told.subject.format_map(words),
            say.greeting.format(staff=self._staff.name),
            told.opening.format_map(words),
            tuple(self._sections(told.to_do)),
            tuple(foot),
        )

    def _sections(self, to_do: str) -> Iterator[Section]:
        say, errand = self._say, self._errand
        alert, task = errand.alert, errand.task
        lines = [line for line in (alert.text if alert else "", task.text if task else "") if line]
        lines = lines or [to_do]
        if self._is_to_get_in_touch:
            lines.append(say.contact.format(address=self._case.person.email))
        sentence = self._sentence()
        might_say = say.might_say.format(words=self._quoted(sentence)) if sentence else ""
        yield Section(say.headings["to_do"], tuple(lines), might_say)
        if asked := self._asked():
            yield Section(say.headings["asked"], (asked,))
        yield Section(say.headings["contact"], tuple(self._contact()))
        if still_open := tuple(self._open()):
            yield Section(say.headings["open"], still_open)
        yield Section(say.headings["answer"], say.answers)

    def _sentence(self) -> str:
        """Give what might be said to the person, in the language they are written to."""
        theirs = tongue(self._case.person.locale)
        who = theirs.who.format(name=self._case.person.name)
        return theirs.told[self._errand.situation].sentence.format(who=who)

    @property
    def _is_to_get_in_touch(self) -> bool:
        """Whether the member of staff needs the person's address."""
        errand = self._errand
        return errand.situation in _GETS_IN_TOUCH or (
            errand.kind != KIND[Alert] and errand.rung > 0
        )

    def _about(self) -> str:
        """Say where the person stands: department, and what happened last."""
        say, facts, person = self._say, self._case.facts, self._case.person
        words = [person.department] if person.department else []
        at = {name: fact.at for name in (*_PHASES, "join") if (fact := facts.last(name))}
        phase = next((name for name in _PHASES if name in at and at[name] <= self._now), "")
        if phase:
            words.append(say.phases[phase].format(day=self._day(at[phase])))
        elif person.kind in say.phases:
            words.append(say.phases[person.kind])
        if "join" in at and at["join"] > self._now and phase not in {"declined", "rejected"}:
            words.append(say.phases["join"].format(day=self._day(at["join"])))
        return say.in_brackets.format(words=say.between.join(words)) if words else ""

    def _asked(self) -> str:
        """Say which mail was not answered, and when it went."""
        errand = self._errand
        if not errand.rung:
            return ""
        name = fact_name(errand.step.id, 0, FACT_WORD[type(errand.step.action)])
        facts, playbook = self._case.facts, errand.plan.playbook
        sent = facts.first(name, playbook, occurrence=errand.occurrence)
        if sent is None:
            return ""
        action = errand.step.action
        own = action.text if isinstance(action, Task) else errand.step.id
        return self._said(Spoken(sent.at, errand.subject_before or own))

    def _contact(self) -> Iterator[str]:
        """Say when both sides were last heard of, the person in their own words."""
        say, known = self._say, self._known
        if known.sent is not None:
            yield say.from_us.format(said=self._said(known.sent))
        heard = known.heard
        yield say.nothing_heard if heard is None else say.from_them.format(said=self._said(heard))
        if known.noted is not None:
            by = self._name_of(known.noted.by)
            yield say.from_staff.format(staff=by, said=self._said(known.noted))

    def _open(self) -> Iterator[str]:
        """Say what is owed to the person: tasks, and answers to what they wrote."""
        say, own = self._say, self._errand.task
        for task in self._known.tasks:
            if own is not None and task.words == own.text:
                continue
            holders = self._case.person.roles.get(task.owner, ())
            owner = say.between.join(one.name for one in holders) or task.owner
            form = say.task if task.due_at is None else say.task_due
            at = "" if task.due_at is None else self._day(task.due_at)
            yield form.format(words=task.words, owner=owner, at=at)
        for mail in self._known.questions:
            said = self._said(Spoken(mail.at or self._now, mail.words))
            due = "" if mail.due_at is None else self._moment(mail.due_at)
            owner = self._named(mail.owner)
            form = say.question_of if owner and due else say.question
            yield form.format(said=said, owner=owner, at=due)

    def _named(self, id_: str) -> str:
        """Name a member of staff who holds a role for the person."""
        holders = (one for role in self._case.person.roles.values() for one in role)
        return next((one.name for one in holders if one.id == id_), "")

    def _name_of(self, address: str) -> str:
        for holders in self._case.person.roles.values():
            for one in holders:
                if one.email and address_key(one.email) == address:
                    return one.name
        return address

    def _said(self, spoken: Spoken) -> str:
        quoted = self._quoted(_cut(spoken.words, _QUOTED))
        return self._say.at_and_words.format(words=quoted, at=self._moment(spoken.at))

    def _quoted(self, words: str) -> str:
        return self._say.quoted.format(words=words)

    def _moment(self, at: datetime) -> str:
        local = self._days.local(at)
        return self._say.moment.format(at=local, weekday=self._say.weekdays[local.weekday()])

    def _day(self, at: datetime) -> str:
        return self._say.day.format(at=self._days.local(at))


def _cut(words: str, most: int) -> str:
    """Give words on one line, and no more of them than fit."""
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
