"""Invitations as calendars read them, and answers as calendars write them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Component

from integrations.ics import IcsPost
from integrations.ics_reading import people_of, span_of, text_of
from integrations.mime.build import build
from integrations.mime.check import check
from tests.golden.files import Golden
from tests.integrations.mails import PLAIN
from worker.domain.errors import MailError
from worker.domain.itip import Puzzle, Reply, Unclear
from worker.domain.meetings import Guest, Invitation, MeetingId, Span, Word
from worker.ports import Address, CalendarPart

POST = IcsPost("Tsunagu.example")
AT = datetime(2026, 4, 1, 0, 30, tzinfo=UTC)
HALF = timedelta(minutes=30)
AOI = Guest("aoi@university.example", "青木 葵")
HR = Address("saiyo@tsunagu.example", "採用チーム")
WISH = Invitation(
    id=MeetingId("1/first-1on1/0"),
    organiser=Guest("mentor@tsunagu.example", "佐藤 花子"),
    guests=(AOI, Guest("ren@university.example", "蓮")),
    title="はじめての1on1「気楽に」🍵",
    when=Span(datetime(2026, 7, 6, 1, tzinfo=UTC), datetime(2026, 7, 6, 1, 30, tzinfo=UTC)),
    timezone="Asia/Tokyo",
    description="30分ほど、\n気楽にお話ししましょう。",
    place="会議室A",
)
UID = f"{WISH.event_key}@tsunagu.example"


def read(part: CalendarPart) -> tuple[Calendar, Component]:
    """Parse what was written: the calendar, and its one event."""
    calendar = Calendar.from_ical(part.content)
    assert isinstance(calendar, Calendar)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def answer(*lines: str, method: str = "REPLY", uid: str = UID) -> bytes:
    """Write an answer as a calendar does."""
    return "\r\n".join(
        (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            f"METHOD:{method}",
            "BEGIN:VEVENT",
            f"UID:{uid}",
            "SEQUENCE:1",
            "DTSTAMP:20260401T003000Z",
            *lines,
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        )
    ).encode()


WRITE = {"request": POST.request, "cancel": POST.cancel}
YES = "ATTENDEE;PARTSTAT=ACCEPTED;CN=Aoi:MAILTO:Aoi@University.example"


def test_an_invitation_asks_one_person_and_names_nobody_else() -> None:
    """The recipient is asked for an answer, we are the organiser; other guests are not shown."""
    calendar, event = read(POST.request(WISH, AOI, HR, at=AT))
    people = people_of(event)

    assert text_of(calendar, "METHOD") == "REQUEST"
    assert {"saiyo@tsunagu.example", "aoi@university.example"} == set(people)
    asked = people["aoi@university.example"]
    assert (
        asked["PARTSTAT"],
        asked["RSVP"],
        asked["ROLE"],
    ) == ("NEEDS-ACTION", "TRUE", "REQ-PARTICIPANT")
    assert text_of(event, "ORGANIZER") == "mailto:saiyo@tsunagu.example"
    assert b"ren@" not in POST.request(WISH, AOI, HR, at=AT).content
    assert tuple(text_of(event, name) for name in ("UID", "SEQUENCE", "STATUS")) == (
        UID,
        "0",
        "CONFIRMED",
    )


def test_times_are_written_in_utc() -> None:
    """Every program understands UTC; zones in calendars are understood by few."""
    content = POST.request(WISH, AOI, HR, at=AT).content

    assert b"DTSTART:20260706T010000Z\r\n" in content
    assert b"DTSTAMP:20260401T003000Z\r\n" in content
    assert b"VTIMEZONE" not in content
    assert b"TZID" not in content


def test_a_change_has_the_next_sequence_and_a_cancellation_the_one_after() -> None:
    """A calendar takes a message for newer only where its sequence or its stamp is."""
    moved = replace(WISH, revision=2)
    sequences = [
        text_of(read(part)[1], "SEQUENCE")
        for part in (
            POST.request(WISH, AOI, HR, at=AT),
            POST.request(moved, AOI, HR, at=AT + HALF),
            POST.cancel(moved, AOI, HR, at=AT + HALF),
            POST.decline_counter(moved, AOI, HR, at=AT + HALF),
        )
    ]

    assert sequences == ["0", "2", "3", "2"]


def test_a_cancellation_says_so_everywhere() -> None:
    """Method and status both say that the meeting is off, and the note says why."""
    calendar, event = read(POST.cancel(WISH, AOI, HR, at=AT, note="辞退のため\n取り消します"))

    assert (text_of(calendar, "METHOD"), text_of(event, "STATUS")) == ("CANCEL", "CANCELLED")
    assert text_of(event, "COMMENT") == "辞退のため\n取り消します"


texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=120)


@example("", "", "\\", 0, 1)
@given(texts, texts, texts, st.integers(0, 10**6), st.integers(1, 24 * 60))
def test_writing_and_reading_is_the_identity(
    title: str, place: str, name: str, start: int, minutes: int
) -> None:
    """Whatever is written comes back as it was, folded lines, quotes and emoji included."""
    begin = AT + timedelta(minutes=start)
    when = Span(begin, begin + timedelta(minutes=minutes))
    wish = replace(WISH, title=title, place=place, description=f"{title}\n{place}", when=when)
    part = POST.request(wish, Guest("aoi@university.example", name), HR, at=AT)
    _, event = read(part)

    assert " ".join(title.split()) == text_of(event, "SUMMARY")
    assert " ".join(place.split()) == text_of(event, "LOCATION")
    assert f"{title}\n{place}".strip() == text_of(event, "DESCRIPTION")
    assert when == span_of(event)
    shown = people_of(event)["aoi@university.example"].get("CN", "")
    assert " ".join(name.split()).replace('"', "'").replace("\\", "/") == shown
    assert all(len(line) <= 75 for line in part.content.split(b"\r\n"))


@pytest.mark.parametrize("evil", ["\r\nATTENDEE:mailto:evil@x", "\nSTATUS:CANCELLED", "\x00\x0b"])
def test_no_text_becomes_a_line_of_its_own(evil: str) -> None:
    """A title or a name with line ends says nothing but itself."""
    guest = Guest("aoi@university.example", f"葵{evil}")
    part = POST.request(replace(WISH, title=f"面談{evil}", place=evil), guest, HR, at=AT)
    _, event = read(part)

    assert len(people_of(event)) == 2
    assert text_of(event, "STATUS") == "CONFIRMED"
    with pytest.raises(MailError):
        POST.request(WISH, Guest(f"aoi@x.jp{evil}"), HR, at=AT)


def test_a_reply_says_who_and_how() -> None:
    """The address is compared in lower case; an organiser is not asked for."""
    found = POST.read(answer(YES, "COMMENT:楽しみです"))

    assert (
        Reply(WISH.event_key, "aoi@university.example", Word.ACCEPTED, 1, AT, "楽しみです") == found
    )


@pytest.mark.parametrize(
    ("said", "word"),
    [("DECLINED", Word.DECLINED), ("TENTATIVE", Word.TENTATIVE), ("accepted", Word.ACCEPTED)],
)
def test_no_is_told_from_maybe(said: str, word: Word) -> None:
    """Every word that people have for a meeting is known."""
    found = POST.read(answer(f"ATTENDEE;PARTSTAT={said}:mailto:aoi@university.example"))

    assert isinstance(found, Reply)
    assert word is found.word


def test_a_broken_stamp_does_not_hide_the_answer() -> None:
    """What is broken beside the answer is left out of it."""
    content = answer(YES).replace(b"DTSTAMP:20260401T003000Z", b"DTSTAMP:yesterday")

    found = POST.read(content)

    assert isinstance(found, Reply)
    assert (found.word, found.stamp) == (Word.ACCEPTED, None)


def test_google_writes_a_comment_beside_the_person() -> None:
    """Google's comment stands in a parameter; who answered for somebody stands there, too."""
    lines = (
        'ATTENDEE;PARTSTAT=DECLINED;SENT-BY="mailto:Office@x.jp"',
        ' ;X-RESPONSE-COMMENT="その日: 試験です":mailto:aoi@university.example',
    )

    found = POST.read(answer(*lines))

    assert isinstance(found, Reply)
    assert (found.comment, found.sent_by) == ("その日: 試験です", "office@x.jp")


def test_outlook_proposes_another_time_in_its_own_zone() -> None:
    """`Tokyo Standard Time` is a zone, also where no definition comes with it."""
    found = POST.read(
        answer(
            "ATTENDEE;PARTSTAT=TENTATIVE:mailto:aoi@university.example",
            "DTSTART;TZID=Tokyo Standard Time:20260707T140000",
            "DTEND;TZID=Tokyo Standard Time:20260707T143000",
            "X-MS-OLK-ORIGINALSTART;TZID=Tokyo Standard Time:20260706T100000",
            method="COUNTER",
        )
    )

    assert isinstance(found, Reply)
    assert (
        Span(datetime(2026, 7, 7, 5, tzinfo=UTC), datetime(2026, 7, 7, 5, 30, tzinfo=UTC))
        == found.proposed
    )


@pytest.mark.parametrize(
    ("why", "lines", "method"),
    [
        (
            Unclear.NO_ZONE,
            (
                YES,
                "DTSTART;TZID=Customized Time Zone:20260707T140000",
                "DTEND;TZID=Customized Time Zone:20260707T143000",
            ),
            "COUNTER",
        ),
        (Unclear.NO_TIME, (YES, "DTSTART;VALUE=DATE:20260707"), "COUNTER"),
        (Unclear.NO_TIME, (YES, "DTSTART:20260707T140000Z"), "COUNTER"),
        (
            Unclear.NO_TIME,
            (YES, "DTSTART:20260707T140000Z", "DTSTART:20260708T140000Z", "DURATION:PT30M"),
            "COUNTER",
        ),
        (Unclear.NO_TIME, (YES, "DTSTART:20260707T140000Z", "DTEND:20260701T1400Z"), "COUNTER"),
        (Unclear.SEVERAL_PEOPLE, (YES, "ATTENDEE;PARTSTAT=DECLINED:mailto:ren@x.jp"), "REPLY"),
        (Unclear.NO_PERSON, (), "REPLY"),
        (Unclear.NO_WORD, ("ATTENDEE;PARTSTAT=DELEGATED:mailto:aoi@x.jp",), "REPLY"),
        (Unclear.NO_WORD, ("ATTENDEE:mailto:aoi@x.jp",), "REPLY"),
        (Unclear.ONE_OF_A_SERIES, (YES, "RECURRENCE-ID:20260707T140000Z"), "REPLY"),
        (
            Unclear.SEVERAL_EVENTS,
            (YES, "END:VEVENT", "BEGIN:VEVENT", f"UID:{UID}", YES),
            "REPLY",
        ),
    ],
)
def test_what_cannot_be_told_is_for_a_human(
    why: Unclear, lines: tuple[str, ...], method: str
) -> None:
    """A program decides on nothing that it would have to guess."""
    found = POST.read(answer(*lines, method=method))

    assert isinstance(found, Puzzle)
    assert (WISH.event_key, why) == (found.event_key, found.why)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        answer(YES, uid="12345@google.com"),
        answer(YES, uid=f"{WISH.event_key}@elsewhere.example"),
        answer(YES, method="REQUEST"),
        answer(YES, method="PUBLISH"),
    ],
)
def test_what_is_no_answer_to_us_is_none(content: bytes) -> None:
    """Invitations of others, and answers to others, are not ours to read."""
    assert POST.read(content) is None


def test_large_and_broken_answers_hold_up_nothing() -> None:
    """Ten megabytes, ten thousand alarms and half a calendar are put aside at once."""
    alarms = ("BEGIN:VALARM", "TRIGGER:-PT5M", "REPEAT:10000", "DURATION:PT1S", "END:VALARM")
    cases = (
        (b"BEGIN:VCALENDAR\r\n" + b"X-A:" + b"a" * 10_000_000, Unclear.TOO_LARGE),
        (answer(YES, *alarms * 100), Unclear.UNREADABLE),
        (answer(YES)[:-40], Unclear.UNREADABLE),
    )

    for content, why in cases:
        assert Puzzle("", why) == POST.read(content)


@given(st.binary(max_size=300) | st.text(max_size=200).map(answer))
def test_no_bytes_make_it_stumble(content: bytes) -> None:
    """Whatever comes is an answer, a puzzle, or nothing."""
    assert isinstance(POST.read(content), Reply | Puzzle | None)


@pytest.mark.parametrize("method", ["request", "cancel"])
def test_a_mail_carries_the_invitation_where_programs_look_for_it(
    method: str, golden: Golden
) -> None:
    """The calendar is the last of the alternatives, and the same bytes are attached as a file."""
    part = WRITE[method](WISH, AOI, HR, at=AT)
    mail = replace(
        PLAIN,
        sender=HR,
        to=Address(AOI.address, AOI.name),
        subject="1on1のご案内",
        text="7月6日(月) 10:00 にお会いしましょう。",
        html="<p>7月6日(月) 10:00 にお会いしましょう。</p>",
        sent_at=AT,
        message_id="<meeting.1@tsunagu.example>",
        calendar=part,
    )
    content = build(mail)

    check(content, mail)
    message = message_from_bytes(content, policy=policy.default)
    alternative, attached = message.iter_parts()
    plain, html, calendar = alternative.iter_parts()
    assert [one.get_content_type() for one in (plain, html, calendar)] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert part.method == calendar.get_param("method")
    assert calendar.get_content_charset() == "utf-8"
    assert calendar["Content-Disposition"] is None
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert attached.get_content_type() == "application/ics"
    assert part.content == attached.get_payload(decode=True)
    assert part.content == calendar.get_payload(decode=True)
    assert golden.agrees(f"invitations/{method}.eml", content)
    assert golden.agrees(f"invitations/{method}.ics", part.content)


def test_a_mail_never_says_another_method_than_its_object() -> None:
    """Outlook shows no buttons where the two differ."""
    part = POST.request(WISH, AOI, HR, at=AT)

    with pytest.raises(MailError, match="calendar"):
        build(replace(PLAIN, calendar=CalendarPart("CANCEL", part.content)))
