"""A bare thanks needs no answer: what is passed over, and what never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.answers.bare import is_bare

NAMES = ("田中 葵", "Aoi Tanaka")


@pytest.mark.parametrize(
    "text",
    [
        "はい",
        "はい。\n",
        "はい、承知しました！",
        "了解です",
        "かしこまりました。何卒よろしくお願い申し上げます。",
        "ありがとうございます！",
        "わかりました😊 楽しみにしています！",
        "メールを拝見しました。ありがとうございます。",
        "鈴木様\n\nお世話になっております。田中です。\n承知いたしました。\n\n田中 葵",
        "お忙しい中ご連絡いただき、誠にありがとうございます。確認いたしました。",
        (
            "株式会社つなぐ\n採用担当 鈴木様\n\nお世話になっております。\n青空大学の田中葵です。\n"
            "この度はご連絡いただき、ありがとうございます。\n内容を確認いたしました。\n"
            "当日はどうぞよろしくお願いいたします。"
        ),
        "Yes",
        "OK!",
        "Thank you very much for your email.",
        "Got it, thanks!",
        "Sounds good. See you then.",
        "Hi Suzuki-san,\n\nThank you for the update. Noted.\n\nBest regards,\nAoi Tanaka",
        "Thanks, looking forward to it!",
        "承知いたしました。質問があれば、またご連絡します。",
        "ありがとうございます。今のところ質問はございません。",
        "Thank you! If I have any questions, I'll let you know.",
        "Thanks, I will get in touch if I have any questions.",
    ],
)
def test_thanks_alone_need_no_answer(text: str) -> None:
    """HR would read it, smile, and do nothing."""
    assert is_bare(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "田中です。",
        "よろしくお願いします。",
        "いいえ",
        "はい、参加します。",
        "はい、無理です",
        "はい、後ほど送ります。",
        "欠席です",
        "不安です",
        "質問があれば、またご連絡します。",
        "承知しました。またご連絡します。",
        "承知しました。質問があれば、どなたに聞けばよいですか",
        "ありがとうございます。質問はありませんが、無理です。",
        "承知しました。ただ、その日は授業があります。",
        "承知しました?",
        "ありがとうございます。質問があります。",
        "ありがとうございます。15日でお願いします",
        "ありがとうございます。ですが辞退します",
        "無理です。ありがとうございます。",
        "確認いたします。",
        "No thanks",
        "Yes, but I will be late.",
        "OK but not on Monday",
        "Thanks for the offer.",
        "Thanks! Could you send me the address",
        "I look forward to hearing from you. Thanks!",
        "Thanks " * 100,
    ],
)
def test_anything_else_waits_for_a_human(text: str) -> None:
    """A word too many, a condition, a date, a no: somebody reads it."""
    assert not is_bare(text, NAMES)


def test_a_name_is_a_signature_only_of_who_wrote() -> None:
    """Another name in the same place may say anything: `無理です` has the form of one."""
    assert not is_bare("無理です。承知しました。", NAMES)
    assert is_bare("田中です。承知しました。", NAMES)


@given(st.text(max_size=600), st.lists(st.text(max_size=20), max_size=3))
def test_no_text_breaks_the_rule(text: str, names: list[str]) -> None:
    """Whatever somebody writes, and whatever their name is."""
    assert is_bare(text, names) in {True, False}


@pytest.mark.parametrize("piece", ["ご", "お忙しい中", "thanks ", "はい", "大学の", "〜", "a" * 20])
def test_a_hostile_text_costs_no_second(piece: str) -> None:
    """The longest text that is looked at, of the same piece again and again."""
    assert not is_bare((piece * 400)[:399] + "x", NAMES)
