"""What calendars answer: who, how, and in what words."""

import pytest

from tests.domain.answers.mails import mail, multipart
from worker.domain.answers.answer import Answer, Kind, classify
from worker.domain.answers.meaning import Intent


def itip(*lines: str, method: str = "REPLY") -> str:
    """Write an answer of a calendar."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT", "UID:meet-1@x")
    return "\n".join((*head, *lines, "END:VEVENT", "END:VCALENDAR"))


def answered(*lines: str, method: str = "REPLY", subject: str = "承諾: 面談") -> Answer:
    """Give what such an answer is taken for."""
    content = f"text/calendar; method={method}; charset=utf-8"
    return classify(
        multipart(("text/plain", ""), (content, itip(*lines, method=method)), subject=subject)
    )


def test_an_acceptance_names_the_meeting_and_the_person() -> None:
    """The UID leads to the invitation, the attendee to the person."""
    answer = answered("ATTENDEE;PARTSTAT=ACCEPTED;CN=Aoi:mailto:aoi@example.jp")

    assert answer.kind is Kind.CALENDAR_RESPONSE
    assert answer.calendar is not None
    assert (answer.calendar.uid, answer.calendar.attendee) == ("meet-1@x", "aoi@example.jp")
    assert answer.calendar.partstat == "ACCEPTED"


def test_a_declined_meeting_with_a_comment_is_read_as_a_text() -> None:
    """Who declines and says why is read like a mail, folded lines and all."""
    answer = answered(
        "SEQUENCE:2",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:aoi@example.jp",
        "COMMENT:申し訳ございません。\\n内定を辞退させて",
        " いただきたく存じます。",
    )

    assert answer.calendar is not None
    assert (answer.calendar.partstat, answer.calendar.sequence) == ("DECLINED", 2)
    assert answer.reply_text == "申し訳ございません。\n内定を辞退させていただきたく存じます。"
    assert answer.intent is Intent.WISH_TO_DECLINE


def test_google_writes_the_comment_elsewhere() -> None:
    """Google's comment stands in a parameter of the attendee."""
    answer = answered(
        'ATTENDEE;PARTSTAT=TENTATIVE;X-RESPONSE-COMMENT="まだ: 未定です":mailto:aoi@example.jp'
    )

    assert answer.reply_text == "まだ: 未定です"


def test_another_time_is_proposed() -> None:
    """A counter-proposal says which time would do."""
    answer = answered(
        "DTSTART:20261124T010000Z", method="COUNTER", subject="新しい日時の提案: 面談"
    )

    assert answer.calendar is not None
    assert (answer.calendar.method, answer.calendar.starts) == ("COUNTER", "20261124T010000Z")


def test_a_file_of_any_type_may_hold_the_answer() -> None:
    """Some mailers send the calendar as an attachment of no particular type."""
    content = 'application/octet-stream; name="invite.ics"\nContent-Disposition: attachment'
    text = itip("ATTENDEE;PARTSTAT=ACCEPTED:mailto:aoi@example.jp")

    assert classify(multipart(("text/plain", ""), (content, text))).kind is Kind.CALENDAR_RESPONSE


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH", "ADD"])
def test_an_invitation_is_no_answer(method: str) -> None:
    """Who invites us has not answered us."""
    assert answered("DTSTART:20261124T010000Z", method=method).kind is Kind.OTHER


def test_a_subject_alone_is_a_persons_word() -> None:
    """A person may write 「辞退」 as a subject; without a calendar it is their own mail."""
    answer = classify(mail("内定を辞退いたします。", subject="辞退: 内定の件"))

    assert (answer.kind, answer.intent) == (Kind.HUMAN_REPLY, Intent.WISH_TO_DECLINE)
