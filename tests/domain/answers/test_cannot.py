"""Times at which somebody cannot come are read from plain sentences, or left to a human."""

import json
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.answers.answer import Kind, classify_letter
from worker.domain.answers.cannot import told_in
from worker.domain.answers.letter import read
from worker.domain.unavailable import Unavailable, as_cell, read_unavailable

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
SATURDAY = date(2026, 11, 28)

SURE = {
    "来週の火曜と木曜の午前は授業があります": "2026-12-01 AM; 2026-12-03 AM",
    "来週の火曜の午前と木曜の午後は予定が入っております。": "2026-12-01 AM; 2026-12-03 PM",
    "火曜は午前、木曜は午後に授業があります": "Tue AM; Thu PM",
    "火・木曜日の午後は授業が入っています": "Tue, Thu PM",
    "毎週月曜の13:00〜15:00はゼミです": "Mon 13:00-15:00",
    "火曜は授業があります。それ以外でしたら大丈夫です。": "Tue",
    "来週は試験期間なので難しいです": "2026-11-30..2026-12-06",
    "12月1日から12月5日まで試験期間のため、参加が難しいです。": "2026-12-01..2026-12-05",
    "11/30〜12/4は帰省しているため参加できません": "2026-11-30..2026-12-04",
    "12/28〜1/5は帰省しております。": "2026-12-28..2027-01-05",
    "12/1(火)と12/3(木)は終日授業です。": "2026-12-01; 2026-12-03",
    "12/1の10時から12時は用事があります": "2026-12-01 10:00-12:00",
    "12/1 午後1時〜3時は予定があります": "2026-12-01 13:00-15:00",
    "申し訳ないのですが、12/1は授業があるため、別の日にしていただけますでしょうか。": "2026-12-01",
    "明日は授業がありまして伺えません": "2026-11-29",
    "下記の日程は都合が悪いです。\n・12/1 10:00-12:00\n・12/3 終日\nよろしくお願いします。": (
        "2026-12-01 10:00-12:00; 2026-12-03"
    ),
    "期末試験：12/1〜12/5": "2026-12-01..2026-12-05",
    "exams 12/1–12/5": "2026-12-01..2026-12-05",
    "I can't make Tuesdays": "Tue",
    "Tuesdays and Thursdays don't work for me.": "Tue; Thu",
    "Every Friday afternoon I have a seminar.": "Fri PM",
    "Mornings on Mondays and Wednesdays I have lectures": "Mon AM; Wed AM",
    "I have exams from December 1st to 5th.": "2026-12-01..2026-12-05",
    "I cannot attend on 1 December.": "2026-12-01",
    "I'm out of town Dec 10-12, but otherwise free.": "2026-12-10..2026-12-12",
    "I am busy from 9am to 12pm on December 3.": "2026-12-03 09:00-12:00",
    "Unfortunately I am not available next week on Tuesday and Thursday morning.": (
        "2026-12-01 AM; 2026-12-03 AM"
    ),
    "Sorry, I can't join on 2026-12-01. Could we find another time?": "2026-12-01",
}

UNCLEAR = [
    "火曜は難しいかもしれません。",
    "火曜と木曜は都合が悪いです",  # this week's, or all of them
    "I have class on Tuesday.",
    "Thank you! I can't make it next Tuesday.",  # the coming one, or the one after
    "1限は授業があります",
    "12月は試験があるので忙しいです",
    "12/1(水)は授業です。",  # it is a Tuesday
    "13/1は授業です。",
    "2/30は授業があります",
    "11/20は授業があります",  # it has passed, and the next one is a year off
    "12/1は1時から3時まで授業があります",  # at night?
    "平日は授業があり、土日なら可能です。",
    "田中さんは来週不在です。",
    "12/5までに書類を提出するのが難しいです。",
    "来週の火曜は難しいでしょうか？",
    "火曜の夕方はバイトがあります",
    "I might not be available on December 3.",
    "I'm unavailable on December 3 unless it is online.",
    "来週の前半は試験があります",
]

NOTHING = [
    "ありがとうございます。12/1に伺います。",
    "12/1の15:00でお願いいたします。",
    "来週の火曜の午前でしたら空いております。",
    "I can't wait to see you on 12/1!",
    "試験の結果は12/1に出ます。",
    "先週は試験で返信できませんでした。",
    "Tuesday works for me, thank you.",
    "I was out of town last week, sorry for the late reply on 11/26.",
    "その日は授業があり参加できません。",  # names no time
    "配属はいつ決まりますか。",
    "電話は 03-1234-5678 です。",
    "",
]


def plain(written: str) -> tuple[Unavailable, ...]:
    """Read a cell in which a half-day is written as AM or PM."""
    told = read_unavailable(written.replace("AM", "00:00-12:00").replace("PM", "12:00-24:00"))
    assert isinstance(told, tuple)
    return told


@pytest.mark.parametrize("text", SURE)
def test_a_plain_sentence_is_understood(text: str) -> None:
    """Day by day, and hour by hour; what is beside it does not matter."""
    told = told_in(text, SATURDAY)

    assert told.unclear == ()
    assert _spread(told.entries) == _spread(plain(SURE[text]))


def _spread(entries: tuple[Unavailable, ...]) -> set[tuple[object, ...]]:
    """Give entries with one day of the week each."""
    return {
        (day, one.hours, one.first, one.last) for one in entries for day in (one.weekdays or {None})
    }


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_would_have_to_be_guessed_is_left_to_a_human(text: str) -> None:
    """The sentence is shown to them; nothing is taken from it."""
    told = told_in(text, SATURDAY)

    assert told.entries == ()
    assert len(told.unclear) == 1


@pytest.mark.parametrize("text", NOTHING)
def test_what_says_nothing_of_it_is_left_alone(text: str) -> None:
    """Times at which they can come, what is over, and what names no time."""
    told = told_in(text, SATURDAY)

    assert (told.entries, told.unclear) == ((), ())


def test_who_says_when_they_can_as_well_is_read_by_a_human() -> None:
    """One sentence may take something back of the other."""
    told = told_in("12/1は授業があります。12/1の15:00からは空いています。", SATURDAY)

    assert told.entries == ()
    assert told.unclear == ("12/1は授業があります",)


ENTRIES = st.builds(
    Unavailable,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.sampled_from([None, (time(0), time(12)), (time(12), time(0)), (time(9, 30), time(10))]),
) | st.dates(date(2026, 1, 1), date(2027, 12, 31)).flatmap(
    lambda first: st.builds(
        Unavailable,
        st.frozensets(st.integers(0, 6)),
        st.sampled_from([None, (time(9), time(18, 15))]),
        st.just(first),
        st.dates(first, date(2028, 1, 1)),
    )
)


@given(st.lists(ENTRIES, min_size=1, max_size=5))
def test_what_is_written_as_a_cell_is_read_back(entries: list[Unavailable]) -> None:
    """Facts hold such a cell, and a human may type one."""
    assert read_unavailable(as_cell(entries)) == tuple(entries)


@given(
    st.text(
        alphabet="来週火曜木月日0123456789/:-〜～。、はのと午前後授業がありますcan't mkeTuesdays\n"
    )
)
def test_any_text_is_read_without_a_fault(text: str) -> None:
    """And what is beyond doubt can be written down."""
    told = told_in(text, SATURDAY)

    assert read_unavailable(as_cell(told.entries)) == told.entries


def test_no_ordinary_answer_is_taken_for_one() -> None:
    """Of the real mails that lie beside the checkout, where they do; of our own, always."""
    index = CORPUS / "index.jsonl"
    found, looked_at = [], 0
    rows = index.read_text(encoding="utf-8").splitlines() if index.exists() else []
    for path in (json.loads(row)["path"] for row in rows):
        letter = read((CORPUS / path).read_bytes())
        answer = classify_letter(letter)
        if answer.kind is Kind.HUMAN_REPLY:
            looked_at += 1
            told = told_in(answer.reply_text, letter.written_on or SATURDAY)
            found += [(path, *told.said, *told.unclear)] if told.said or told.unclear else []
    print(f"{looked_at} real answers were read")  # noqa: T201 - pytest shows it with -rP

    assert found == []
