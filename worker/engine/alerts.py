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
from worker.engine.alert_page import Screen, Section, as_html, as_text
from worker.engine.alert_words import Situation, Tongue, tongue
from worker.engine.journal.briefing import Briefing, Spoken
from worker.engine.on_record import OnRecord, cut
from worker.engine.render import Office, redirected
from worker.ports import Address, MailParts

_SUBJECT = 40  # characters of a task in a subject
_GETS_IN_TOUCH = frozenset({Situation.SILENT, Situation.AGAIN})


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
        self._record = OnRecord(case, known, self._say, errand.plan, office.timezone, now)

    def screen(self) -> Screen:
        say, errand = self._say, self._errand
        told, about = say.told[errand.situation], self._record.about()
        words = {
            "who": say.who.format(name=self._case.person.name),
            "about": say.in_brackets.format(words=say.between.join(about)) if about else "",
            "step": errand.subject_before or errand.step.id,
            "task": cut(errand.task.text, _SUBJECT) if errand.task else "",
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
        might_say = say.might_say.format(words=self._record.quoted(sentence)) if sentence else ""
        yield Section(say.headings["to_do"], tuple(lines), might_say)
        if asked := self._asked():
            yield Section(say.headings["asked"], (asked,))
        yield Section(say.headings["contact"], tuple(self._record.contact()))
        if still_open := tuple(self._record.still_open(task)):
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
        return self._record.said(Spoken(sent.at, errand.subject_before or own))
