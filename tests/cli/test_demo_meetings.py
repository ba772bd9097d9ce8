"""How the demonstration looks at calendars, and answers invitations by mail."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from integrations.ics import IcsPost
from integrations.localmail import LocalMail
from worker.cli.demo_calendars import MailHands, Standing
from worker.cli.demo_invitations import Card, card_in, counter, reply
from worker.cli.demo_promises import double_booked, elsewhere
from worker.domain.answers.answer import Kind, classify
from worker.domain.itip import Reply
from worker.domain.meetings import Guest, Invitation, MeetingId, Span, Word
from worker.ports import Address

NOW = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)
TEN = Span(NOW + timedelta(days=1), NOW + timedelta(days=1) + HALF)
LATER = Span(TEN.start + timedelta(days=1), TEN.end + timedelta(days=1))
AOI, HR = "aoi@example.jp", "saiyo@example.co.jp"
POST = IcsPost("example.co.jp")


def invitation(method: str = "REQUEST") -> bytes:
    """Write a mail that invites Aoi, or takes it back."""
    asked = Invitation(
        MeetingId("1/talk/0"), Guest("sato@example.co.jp"), (Guest(AOI),), "1on1", TEN, "Asia/Tokyo"
    )
    make = POST.request if method == "REQUEST" else POST.cancel
    part = make(asked, Guest(AOI), Address(HR), at=NOW)
    mail = EmailMessage()
    mail.set_content("ご案内")
    mail.add_alternative(part.content, "text", "calendar", params={"method": method})
    return mail.as_bytes()


def card() -> Card:
    """Read the invitation as Aoi's program does."""
    found = card_in(message_from_bytes(invitation()), AOI)
    assert found is not None
    return found


def heard(mail: bytes) -> Reply:
    """Read an answer as we do."""
    assert classify(mail).kind is Kind.CALENDAR_RESPONSE
    for part in message_from_bytes(mail, policy=policy.default).walk():
        if part.get_content_type() == "text/calendar":
            found = POST.read(part.get_payload(decode=True))  # type: ignore[arg-type] # bytes
            assert isinstance(found, Reply)
            return found
    raise AssertionError


def test_an_invitation_is_read_from_its_mail() -> None:
    """When it is, and to whom answers go."""
    found = card()

    assert (found.address, found.organiser, found.when) == (AOI, HR, TEN)
    assert not found.is_cancelled
    taken_back = card_in(message_from_bytes(invitation("CANCEL")), AOI)
    assert taken_back is not None
    assert taken_back.is_cancelled
    assert card_in(EmailMessage(), AOI) is None


@pytest.mark.parametrize(
    ("said", "word"), [("ACCEPTED", Word.ACCEPTED), ("DECLINED", Word.DECLINED)]
)
def test_yes_and_no_are_read_by_us(said: str, word: Word) -> None:
    """Of the event, from who was asked."""
    found = heard(reply(card(), said, NOW))

    assert (found.attendee, found.word, found.event_key) == (AOI, word, card().event)


def test_another_time_is_read_by_us() -> None:
    """As a proposal."""
    assert heard(counter(card(), LATER, NOW)).proposed == LATER


def test_two_meetings_at_once_are_found() -> None:
    """Also one of ours over something of their own; not two things of their own."""
    ours = Standing("a", TEN, frozenset({AOI, HR}), is_ours=True)
    other = Standing("b", Span(TEN.start + HALF / 2, TEN.end + HALF), frozenset({AOI}), True)
    own = Standing("c", TEN, frozenset({HR}), is_ours=False)
    after = Standing("d", Span(TEN.end, TEN.end + HALF), frozenset({HR}), is_ours=True)

    assert len(double_booked([ours, other])) == 1
    assert len(double_booked([ours, own])) == 1
    assert double_booked([own, Standing("e", TEN, frozenset({HR}), is_ours=False)]) == []
    assert double_booked([ours, after]) == []


def test_an_event_that_we_do_not_know_is_found() -> None:
    """Of ours; what people have of their own is theirs."""
    assert len(elsewhere([Standing("a", TEN, frozenset({AOI}), is_ours=True)], [])) == 1
    assert elsewhere([Standing("a", TEN, frozenset({AOI}), is_ours=False)], []) == []


def test_who_declines_by_mail_is_free_again() -> None:
    """In what stands in the end; and what was taken back is not there."""
    mails = [mail_to(invitation())]
    sent: list[bytes] = []
    hands = MailHands(lambda: mails, lambda _, content: sent.append(content), lambda: NOW)

    (invited,) = hands.invited()
    before = hands.standing()
    hands.answer(invited, Word.DECLINED)
    after = hands.standing()
    mails.append(mail_to(invitation("CANCEL")))

    assert [one.who for one in before] == [{AOI}]
    assert [one.who for one in after] == [frozenset()]
    assert hands.invited() == []
    assert hands.standing() == []
    assert heard(sent[0]).word is Word.DECLINED
    assert hands.twice() == []


def mail_to(content: bytes) -> LocalMail:
    """Have a mail arrive with Aoi."""
    return LocalMail(HR, AOI, content)
