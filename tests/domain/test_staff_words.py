"""What members of staff write back to an alert, in their own words."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worker.domain.plan import Calendar
from worker.domain.staff_days import LONGEST
from worker.domain.staff_words import Said, StaffWord, staff_word
from worker.domain.workdays import workdays

DAYS = workdays(Calendar())  # Saturdays and Sundays off
TODAY = date(2026, 6, 10)  # a Wednesday

DONE = """\
電話しました
電話しました。
対応済み
対応済みです。
済
済みです
完了
完了しました。
連絡しました
連絡済みです
お電話しました。元気そうでした。
本人に電話しました。お元気で、特に問題ありませんでした。
ご本人と話しました
ご本人とお話ししました。迷っていることはないそうです。
話せました。来週の面談を楽しみにしているそうです。
電話で話せました!
直接会いました
昨日会って話を聞きました
LINEしました
メールしておきました
先ほど返信しました。
フォロー済み
やりました
やっておきました
終わりました
伝えました
声をかけました
お声がけしました
対応いたしました。
対応させていただきました。
面談を実施しました。
電話に出てくれました。
連絡がつきました
連絡が取れました。体調を崩していたそうです。
無事つながりました
お疲れ様です。佐藤です。電話しました。よろしくお願いします。
今日返事が来ました
もう済んでいます
準備できています
書類を受け取りました
already handled by Suzuki
Sent her an email
本人から折り返しがあり、話せました
ご連絡いたしました。お願いいたします。
対応不要です
対応不要です。昨日ランチで会っています。
書類は受領しました
席とパソコンを準備しました
架電済み
TEL済
done
Done.
DONE!
Done, thanks!
called her
Called her.
I called her this morning. She is fine.
I've called him and he is not worried at all.
I spoke to her
spoke with Aoi today
Talked to her yesterday, no problems.
Just emailed her
I met her for lunch.
Reached her.
got hold of her
Got in touch.
Taken care of.
This has been taken care of
Handled
sorted
Finished
Completed on my side.
I already followed up with him
No action needed
I did it
""".splitlines()
NOT_DONE = """\
電話しましたか?
対応済みですか
電話した方がいいですか?
電話したいと思います。
電話したら知らせます
対応した場合は連絡します
まだ電話していません
まだ対応できていません
まだです
未対応です
電話しましたが、つながりませんでした。
電話したけど出ませんでした
電話しましたが留守でした
二度連絡しましたが、返事がありません。
連絡がつきません
担当ではありません
人違いです
連絡するなと言われました
済んでいません
完了していません
終わっていません
まだ済んでない
対応しません
Please ask Suzuki
先週の説明会では元気そうでした。
面談では楽しそうでした
電話しないでください
対応しなくていいですか
辞退するそうです。
連絡先が分かりません
これは何のメールですか
Done?
Did you call her?
not done
I haven't called her yet
I couldn't reach her
I called but there was no answer
Tried to call, got voicemail
Called, she did not pick up
Left a message
She can't be reached
once I have called her I will tell you
wrong person
Why did I get this?
葵さんは元気です
お知らせありがとうございます。
よろしくお願いします。
Thanks
Thank you for letting me know.
""".splitlines()
LATER = {
    "あとで": "2026-06-11",
    "あとで電話します": "2026-06-11",
    "後ほど対応します。": "2026-06-11",
    "今日中にやります": "2026-06-11",
    "明日やります": "2026-06-11",
    "明日、電話してみます。": "2026-06-11",
    "また明日": "2026-06-11",
    "あさって会うので、その時に聞きます": "2026-06-12",
    "来週": "2026-06-15",
    "来週やります": "2026-06-15",
    "来週水曜に電話します": "2026-06-17",
    "来週の火曜日に対応します": "2026-06-16",
    "再来週対応します": "2026-06-22",
    "金曜に電話します": "2026-06-12",
    "月曜日に面談します": "2026-06-15",
    "週明けに連絡します": "2026-06-15",
    "今週中に対応します": "2026-06-12",
    "3日後に電話します": "2026-06-15",  # a Saturday
    "三営業日後に電話します": "2026-06-15",
    "6月18日に会います": "2026-06-18",
    "6/18に電話します": "2026-06-18",
    "18日に電話します": "2026-06-18",
    "月末に対応します": "2026-06-30",
    "来月対応します": "2026-07-01",
    "少し待ってください": "2026-06-11",
    "時間をください": "2026-06-11",
    "対応中です": "2026-06-11",
    "対応します": "2026-06-11",
    "私から連絡します。": "2026-06-11",
    "承知しました": "2026-06-11",
    "了解です": "2026-06-11",
    "わかりました": "2026-06-11",
    "はい": "2026-06-11",
    "内容を確認しました。": "2026-06-11",
    "お任せください": "2026-06-11",
    "お疲れさまです。明日電話します。よろしくお願いします。": "2026-06-11",
    "電話しましたが出ませんでした。明日またかけます。": "2026-06-11",
    "まだできていないので、金曜に対応します": "2026-06-12",
    "電話しました。来週もう一度話します。": "2026-06-15",
    "電話しました、また来週話します": "2026-06-15",
    "2026/06/19に対応します": "2026-06-19",
    "later": "2026-06-11",
    "Later today": "2026-06-11",
    "tomorrow": "2026-06-11",
    "I'll call her tomorrow": "2026-06-11",
    "I'll do it the day after tomorrow.": "2026-06-12",
    "next week": "2026-06-15",
    "I will call her next week": "2026-06-15",
    "Next Tuesday": "2026-06-16",
    "I'll call on Friday": "2026-06-12",
    "will call in three days": "2026-06-15",
    "I'll do it in two weeks": "2026-06-24",
    "in 2 business days I'll call": "2026-06-12",
    "I'll talk to her on June 18": "2026-06-18",
    "I'll see her on 18 June": "2026-06-18",
    "sure": "2026-06-11",
    "will handle": "2026-06-11",
    "on it": "2026-06-11",
    "Got it.": "2026-06-11",
    "OK": "2026-06-11",
    "ok, will do": "2026-06-11",
    "I'll get it done by Friday": "2026-06-12",
    "busy today, tomorrow": "2026-06-11",
    "Couldn't reach her, I'll try again tomorrow": "2026-06-11",
    "来年の4月1日に対応します": "2026-07-13",  # nobody is put off for so long
}


@pytest.mark.parametrize(
    "text", [*DONE, "Hi,\nI phoned her.\nBest regards", "佐藤です。\n\n対応済みです。\n"]
)
def test_it_is_taken_care_of(text: str) -> None:
    """Somebody says so, briefly or with a story."""
    assert staff_word(text, TODAY, DAYS) == StaffWord(Said.DONE)


@pytest.mark.parametrize("text", NOT_DONE)
def test_it_is_not_taken_care_of(text: str) -> None:
    """A question, an attempt, a wish, a courtesy: nothing is closed by it."""
    assert staff_word(text, TODAY, DAYS).said is not Said.DONE


@pytest.mark.parametrize(("text", "until"), LATER.items())
def test_somebody_has_it_in_hand_until_a_day(text: str, until: str) -> None:
    """The day named, or the next business day."""
    expected = StaffWord(Said.LATER, date.fromisoformat(until))

    assert staff_word(text, TODAY, DAYS) == expected


def test_on_a_friday_later_means_monday() -> None:
    """Business days: nobody is asked on a Saturday."""
    friday = date(2026, 6, 12)

    assert staff_word("明日やります", friday, DAYS).until == date(2026, 6, 15)
    assert staff_word("あとで", friday, DAYS).until == date(2026, 6, 15)


WORDS = st.sampled_from(
    [
        *DONE,
        *NOT_DONE,
        *LATER,
        "13月45日",
        "0/0",
        "99日",
        "9999-99-99",
        "２９日",
        "。",
        "\n",
        "、",
        "?",
    ]
)


@given(
    st.one_of(st.text(), st.lists(WORDS).map("".join)), st.dates(date(2000, 1, 1), date(2050, 1, 1))
)
@example("0月0日にやります", TODAY)
@example("2月30日にやります", TODAY)
@example("31日にやります", date(2026, 6, 30))
def test_whatever_is_written_is_understood_somehow(text: str, today: date) -> None:
    """Nothing raises; what is put off comes after today, on a business day, in about a month."""
    word = staff_word(text, today, DAYS)

    assert (word.until is not None) == (word.said is Said.LATER)
    if word.until is not None:
        assert today < word.until <= today + LONGEST * 1.2
        assert DAYS.is_business(word.until)
