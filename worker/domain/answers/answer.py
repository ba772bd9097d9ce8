"""The order of the questions: what one incoming mail is, by which rule, and how sure.

Costs are not equal. A person taken for a machine is chased after having answered; so where the
signs do not agree the class is `unsure`: reminders pause and a human is asked.
"""

from dataclasses import dataclass

from worker.domain.answers import bounce, machine, quoting
from worker.domain.answers.letter import Letter, read


@dataclass(frozen=True, slots=True)
class Answer:
    """What a mail is. `kind` is one of the classes of the reply tracker."""

    kind: str
    rule: str
    confidence: float
    recipients: tuple[str, ...] = ()  # whom a bounce or a delay is about
    status: str = ""  # RFC 3463
    reply_text: str = ""  # newly written text of a person


def classify(raw: bytes) -> Answer:
    """Say what *raw* is. Never raises."""
    return classify_letter(read(raw))


def classify_letter(letter: Letter) -> Answer:
    """Say what *letter* is; the first question that fits decides."""
    written = quoting.newly_written(letter.text)
    body = written.text

    feedback = machine.feedback_type(letter)
    if feedback:
        kind = "unsubscribe" if feedback == "opt-out" else "complaint"
        return Answer(kind, f"arf.{feedback}", 0.97)
    if machine.is_aggregate_report(letter):
        return Answer("other", "report.aggregate", 0.97)
    method = machine.calendar_method(letter)
    if method in {"REPLY", "COUNTER", "REFRESH"}:
        return Answer("calendar_response", f"itip.{method.lower()}", 0.98, reply_text=body)
    notice = None if method else bounce.bounce_in(letter)
    if notice is not None and notice.kind != "delivered":
        return Answer(notice.kind, notice.rule, notice.confidence, notice.recipients, notice.status)
    if notice is not None:
        return Answer("other", notice.rule, notice.confidence, notice.recipients, notice.status)
    if machine.is_receipt(letter):
        return Answer("other", "mdn", 0.97)
    if method:
        return Answer("other", f"itip.{method.lower()}", 0.95)
    automatic = machine.auto_reply_rule(letter, body or letter.text)
    if automatic:
        return Answer("auto_reply", automatic, 0.95, reply_text=body)
    if machine.asks_to_unsubscribe(letter, body):
        return Answer("unsubscribe", "unsubscribe.words", 0.9, reply_text=body)
    return _person(letter, written)


def _person(letter: Letter, written: quoting.Reply) -> Answer:
    """Say whether a person wrote: nothing else fitted, so doubt means `unsure`."""
    if _is_a_mailing(letter):
        return Answer("other", "mailing", 0.8)
    if written.text:
        return Answer("human_reply", "person", 0.9, reply_text=written.text)
    if letter.has_attachment:
        return Answer("human_reply", "person.attachment_only", 0.7)
    return Answer("unsure", "nothing_new_written", 0.3, reply_text=letter.text.strip())


def _is_a_mailing(letter: Letter) -> bool:
    """Say whether it went to many: the signs of a newsletter and none of an answer."""
    answers = letter.headers.get("in-reply-to") or letter.headers.get("references")
    bulk = letter.headers.get("list-unsubscribe") or letter.header("precedence").lower() == "bulk"
    robot = machine.is_from_no_one(letter)
    return (
        not answers
        and bool(bulk or robot)
        and not letter.header("subject").lower().startswith("re:")
    )
