"""The order of the questions: what one incoming mail is, by which rule, and how sure.

Costs are not equal. A person taken for a machine is chased after having answered; so where the
signs do not agree the class is `unsure`: reminders pause and a human is asked.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from worker.domain.answers import automatic, away, bounce, complaint
from worker.domain.answers.calendar import CalendarAnswer, calendar_in
from worker.domain.answers.letter import Letter, read
from worker.domain.answers.meaning import Intent, intent_of

DELIVERED = "rfc3464.delivered"  # the rule of a report that says that a mail did arrive


class Kind(StrEnum):
    """What a mail can be."""

    HUMAN_REPLY = "human_reply"
    AUTO_REPLY = "auto_reply"
    BOUNCE_HARD = "bounce_hard"
    BOUNCE_SOFT = "bounce_soft"
    DELAYED = "delayed"
    CALENDAR_RESPONSE = "calendar_response"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    OTHER = "other"
    UNSURE = "unsure"  # reminders pause, a human is asked; never counted as an answer

    @property
    def is_of_a_person(self) -> bool:
        """Say whether somebody wrote or clicked: a sign of life that stops reminders."""
        return self in {Kind.HUMAN_REPLY, Kind.CALENDAR_RESPONSE, Kind.UNSUBSCRIBE}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a mail is, by which rule, and what it says as far as it was asked."""

    kind: Kind
    rule: str
    confidence: float
    recipients: tuple[str, ...] = ()  # whom a bounce or a delay is about
    status: str = ""  # RFC 3463
    reason: str = ""  # why a mail did not arrive: full, unknown_user, policy, …
    subject: str = ""
    reply_text: str = ""  # what was newly written, without quotes and signature
    text: str = ""  # all of it, as it was read
    return_date: date | None = None  # of an automatic answer: the day somebody is back
    new_address: str = ""  # where somebody asks to be written to from now on
    intent: Intent = Intent.NONE
    calendar: CalendarAnswer | None = None


def classify(raw: bytes, received_on: date | None = None) -> Answer:
    """Say what the mail *raw* is. Never raises.

    Args:
        raw: The mail as it was received.
        received_on: The day it came, for dates without a year where the mail itself has no date.
    """
    return classify_letter(read(raw), received_on)


def classify_letter(letter: Letter, received_on: date | None = None) -> Answer:
    """Say what *letter* is; the first question that fits decides."""
    answer = _of_a_machine(letter) or _of_a_person(letter)
    written_on = letter.written_on or received_on
    text = answer.reply_text or letter.text
    answer = replace(answer, subject=letter.header("subject"), text=letter.text)
    match answer.kind:
        case Kind.AUTO_REPLY:
            back = away.return_date(f"{answer.subject}\n{text}", written_on)
            return replace(answer, return_date=back, new_address=away.new_address(text))
        case Kind.HUMAN_REPLY | Kind.UNSURE:
            return replace(answer, intent=intent_of(text), new_address=away.new_address(text))
        case Kind.CALENDAR_RESPONSE:
            return replace(answer, intent=intent_of(answer.reply_text))
        case _:
            return answer


def _of_a_machine(letter: Letter) -> Answer | None:
    """Say what no person wrote: reports first, then the calendar, then automatic answers."""
    told = complaint.complaint_in(letter)
    if told:
        kind = Kind.UNSUBSCRIBE if told == "opt-out" else Kind.COMPLAINT
        return Answer(kind, f"arf.{told}", 0.97)
    if complaint.is_aggregate_report(letter):
        return Answer(Kind.OTHER, "report.aggregate", 0.97)
    calendar = calendar_in(letter)
    if calendar is not None:
        return _of_a_calendar(calendar)
    notice = bounce.bounce_in(letter)
    if notice is not None:
        return Answer(
            Kind(notice.kind) if notice.kind != bounce.DELIVERED else Kind.OTHER,
            notice.rule,
            notice.confidence,
            recipients=notice.recipients,
            status=notice.status,
            reason=notice.reason,
        )
    if complaint.is_receipt(letter):
        return Answer(Kind.OTHER, "mdn", 0.97)
    written = letter.newly_written.text
    rule = automatic.auto_reply_rule(letter, written or letter.text)
    return Answer(Kind.AUTO_REPLY, rule, 0.95, reply_text=written) if rule else None


def _of_a_calendar(calendar: CalendarAnswer) -> Answer:
    """Say what a calendar sent. Only what somebody added to it by hand is their text."""
    rule = f"itip.{calendar.method.lower()}"
    if not calendar.is_answer:
        return Answer(Kind.OTHER, rule, 0.95, calendar=calendar)
    return Answer(
        Kind.CALENDAR_RESPONSE, rule, 0.98, reply_text=calendar.comment, calendar=calendar
    )


def _of_a_person(letter: Letter) -> Answer:
    """Say whether a person wrote: nothing else fitted, so doubt means `unsure`."""
    written = letter.newly_written
    if automatic.asks_to_unsubscribe(letter, written.text):
        return Answer(Kind.UNSUBSCRIBE, "unsubscribe.words", 0.9, reply_text=written.text)
    mailing = automatic.mailing_rule(letter, written)
    if mailing:
        return Answer(Kind.OTHER, mailing, 0.8, reply_text=written.text)
    if written.text:
        return Answer(Kind.HUMAN_REPLY, "person", 0.9, reply_text=written.text)
    if letter.has_attachment:
        return Answer(Kind.HUMAN_REPLY, "person.attachment_only", 0.7)
    if written.said_by_device:  # "Sent from my iPhone" and not a word more: somebody pressed send
        return Answer(Kind.HUMAN_REPLY, "person.empty", 0.6)
    return Answer(Kind.UNSURE, "nothing_new_written", 0.3, reply_text=letter.text.strip())
