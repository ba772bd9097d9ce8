"""What a member of staff is told: who, what was asked and when, the last contact, what to do.

In the company's language, short, as text alone, and without anything a candidate wrote.
"""

from dataclasses import dataclass
from datetime import datetime

from worker.domain.cases import Case
from worker.domain.facts import Fact, PlaybookId, Staff
from worker.domain.plan import Alert, Calendar, Step, Task
from worker.domain.post import message_id, thread_anchor
from worker.domain.workdays import Workdays, workdays
from worker.engine.render import Office, redirected
from worker.ports import Address, MailParts

_WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class AlertErrand:
    """Which alert to whom."""

    key: str  # of the intent: one for each member of staff
    thread: str
    playbook: PlaybookId
    title: str  # of the playbook
    step: Step
    action: Alert
    occurrence: int
    rung: int
    subject_before: str = ""  # of the mail that was not answered, as it was sent


def alert_parts(
    errand: AlertErrand, case: Case, staff: Staff, office: Office, now: datetime
) -> MailParts:
    """Write one alert to one member of staff."""
    sender = office.address(office.alerts_from)
    domain = office.domain(office.alerts_from)
    days = workdays(Calendar(timezone=office.timezone))
    write = _in_japanese if office.language == "ja" else _in_english
    subject, text = write(errand, case, staff, _Known.of(errand, case, days, now))
    parts = MailParts(
        sender=sender,
        to=Address(staff.email, staff.name),
        subject=subject,
        text=text,
        html="",
        sent_at=now,
        message_id=message_id(errand.key, domain),
        references=(thread_anchor(f"{errand.thread}/alert", domain),),
    )
    return redirected(parts, office)


@dataclass(frozen=True, slots=True)
class _Known:
    """The dates an alert names, by the company's wall clock."""

    asked: datetime | None
    last_contact: datetime | None
    late: bool  # the step's own time passed before it could go
    task: str

    @classmethod
    def of(cls, errand: AlertErrand, case: Case, days: Workdays, now: datetime) -> "_Known":
        sent = _asked(errand, case)
        contacts = [at for at in case.facts.contacts if at <= now]
        task = next(
            (
                action.text
                for rung in errand.step.ladder[errand.rung - 1 : errand.rung]
                for action in rung.actions
                if isinstance(action, Task)
            ),
            "",
        )
        return cls(
            asked=None if sent is None else days.local(sent.at),
            last_contact=days.local(contacts[-1]) if contacts else None,
            late=errand.rung == 0 and not isinstance(errand.step.action, Alert),
            task=task if errand.rung else "",
        )


def _asked(errand: AlertErrand, case: Case) -> Fact | None:
    if not errand.rung:
        return None
    name = f"{errand.step.id}.sent"
    return case.facts.first(name, errand.playbook, occurrence=errand.occurrence)


def _in_japanese(errand: AlertErrand, case: Case, staff: Staff, known: _Known) -> tuple[str, str]:
    who = f"{case.person.name}さん"
    place = f"（{case.person.department}）" if case.person.department else ""
    what = f"「{errand.subject_before or errand.step.id}」"
    if known.late:
        subject = f"【ご確認ください】{who}への「{errand.step.id}」が予定どおりに送れませんでした"
        opening = f"{who}{place}への「{errand.step.id}」は、予定の時期を過ぎたため送っていません。"
        to_do = "必要であれば、直接ご連絡をお願いいたします。"
    elif errand.rung:
        subject = f"【ご対応のお願い】{who}からお返事がありません"
        opening = f"{who}{place}から、次のご連絡へのお返事をまだいただいていません。"
        to_do = "電話など、負担にならない方法で一度ご様子をうかがってください。"
    else:
        subject = f"【ご対応のお願い】{who}について"
        opening = f"{who}{place}について、お知らせします。"
        to_do = "ご様子をうかがい、必要な対応をお願いいたします。"
    lines = [f"{staff.name} 様", "", opening, ""]
    if known.asked is not None:
        lines.append(f"・お送りしたもの: {what}（{_japanese(known.asked)}）")
    if known.last_contact is not None:
        lines.append(f"・最後にご連絡した日時: {_japanese(known.last_contact)}")
    lines.append(f"・メールアドレス: {case.person.email}")
    lines.append(f"・お願いしたいこと: {errand.action.text or known.task or to_do}")
    lines += ["", f"このお知らせは、「{errand.title}」から自動でお送りしています。"]
    return subject, "\n".join(lines) + "\n"


def _in_english(errand: AlertErrand, case: Case, staff: Staff, known: _Known) -> tuple[str, str]:
    who = case.person.name
    place = f" ({case.person.department})" if case.person.department else ""
    what = f'"{errand.subject_before or errand.step.id}"'
    if known.late:
        subject = f'Please check: "{errand.step.id}" could not go to {who} in time'
        opening = f'"{errand.step.id}" was not sent to {who}{place}: its time had passed.'
        to_do = "Get in touch yourself if it is still needed."
    elif errand.rung:
        subject = f"Please get in touch: no answer from {who}"
        opening = f"{who}{place} has not answered this message yet."
        to_do = "Ask how they are, by phone or whatever is easy for them."
    else:
        subject = f"Please get in touch with {who}"
        opening = f"This is about {who}{place}."
        to_do = "Ask how they are, and do what is needed."
    lines = [f"Dear {staff.name},", "", opening, ""]
    if known.asked is not None:
        lines.append(f"- Sent: {what} ({known.asked:%Y-%m-%d %H:%M})")
    if known.last_contact is not None:
        lines.append(f"- Last contact: {known.last_contact:%Y-%m-%d %H:%M}")
    lines.append(f"- Address: {case.person.email}")
    lines.append(f"- What to do: {errand.action.text or known.task or to_do}")
    lines += ["", f'Sent by the playbook "{errand.title}".']
    return subject, "\n".join(lines) + "\n"


def _japanese(at: datetime) -> str:
    return f"{at.month}月{at.day}日（{_WEEKDAYS[at.weekday()]}）{at:%H:%M}"
