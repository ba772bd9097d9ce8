"""What people write is theirs, whatever mailer they wrote it with."""

from pathlib import Path

import pytest

from tests.domain.answers.mails import mail, multipart
from worker.domain.answers.answer import Kind, classify
from worker.domain.answers.meaning import Intent
from worker.domain.answers.quoting import newly_written

WROTE = (
    "お世話になっております。青井です。\n下記の日程で参加できます。\n- 11/24 10:00\n- 11/25 14:00"
)
# The layouts in which mailers answer here, one a file; in each, the same words are new.
LAYOUTS = {path.stem: path for path in sorted((Path(__file__).parent / "layouts").glob("*.txt"))}


def test_there_are_sixteen_layouts() -> None:
    """None of the layouts was lost on the way."""
    assert len(LAYOUTS) == 16


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_new_words_are_found_in_every_layout(layout: str) -> None:
    """HR reads what the person wrote, dates and all, and nothing of our own mail or a signature."""
    answer = classify(mail(LAYOUTS[layout].read_text(encoding="utf-8")))

    assert answer.kind is Kind.HUMAN_REPLY
    assert answer.reply_text == WROTE


def test_the_whole_text_is_kept_beside_the_new_words() -> None:
    """Nothing is deleted: what was left out can be looked up."""
    answer = classify(mail(LAYOUTS["gmail"].read_text(encoding="utf-8")))

    assert "ご都合のよい日をお知らせください。" in answer.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("はい", Intent.THANKS),
        ("ありがとうございます。よろしくお願いいたします。", Intent.THANKS),
        ("誠に勝手ながら、内定を辞退させていただきたく存じます。", Intent.WISH_TO_DECLINE),
        ("他社に入社することを決めました。", Intent.WISH_TO_DECLINE),
        (
            "第一志望の企業から内定をいただき、そちらへ進むことにいたしました。",
            Intent.WISH_TO_DECLINE,
        ),
        ("残念ながら今回は見送らせていただきます。", Intent.WISH_TO_DECLINE),
        ("進学することにしましたので、入社できなくなりました。", Intent.WISH_TO_DECLINE),
        ("申し訳ありませんが、入社できません。", Intent.WISH_TO_DECLINE),
        ("家庭の事情で入社することができません。", Intent.WISH_TO_DECLINE),
        ("入社できそうにありません。", Intent.WISH_TO_DECLINE),
        ("御社には入社しないことにしました。", Intent.WISH_TO_DECLINE),
        ("せっかくの内定ですが、お受けできません。", Intent.WISH_TO_DECLINE),
        ("内定をお受けいたしかねます。", Intent.WISH_TO_DECLINE),
        ("もう少し早く入社できませんか。", Intent.QUESTION),
        ("単位を落とすと入社できないのでしょうか。", Intent.QUESTION),
        ("入社できない場合はいつまでに連絡すればよいですか。", Intent.QUESTION),
        ("入社できないか不安です。", Intent.WORRY),
        ("入社前の研修には参加できません。", Intent.NONE),
        ("入社日までに証明書を提出できません。", Intent.NONE),
        ("I will be joining another company.", Intent.WISH_TO_DECLINE),
        ("すみません、辞退します。", Intent.WISH_TO_DECLINE),
        ("よく考えた結果、辞退することにしました。", Intent.WISH_TO_DECLINE),
        ("家族と話し、辞退しようと思います。", Intent.WISH_TO_DECLINE),
        ("I'm sorry, I won’t be joining.", Intent.WISH_TO_DECLINE),
        ("他の企業は辞退します。よろしくお願いいたします。", Intent.NONE),
        ("辞退はしません。よろしくお願いいたします。", Intent.NONE),
        ("辞退することは考えておりません。", Intent.NONE),
        ("内定を辞退した場合、提出書類はどうなりますか。", Intent.QUESTION),
        ("辞退するつもりはございません。楽しみにしております。", Intent.THANKS),
        ("他社の内定は辞退しました。入社を楽しみにしています。", Intent.THANKS),
        ("正直なところ、ついていけるか不安です。", Intent.WORRY),
        ("服装はスーツがよいでしょうか。", Intent.QUESTION),
        ("11月24日(火) 10:00でお願いします。", Intent.TIME_ANSWER),
        ("しばらく連絡を控えていただけますか。", Intent.LESS_CONTACT),
        ("I have decided to withdraw my application.", Intent.WISH_TO_DECLINE),
        ("I am a bit worried about the start.", Intent.WORRY),
        ("Tuesday at 10:00 works for me.", Intent.TIME_ANSWER),
        ("Fewer e-mails, please.", Intent.LESS_CONTACT),
        ("同封しました。", Intent.NONE),
        ("質問があれば、またご連絡します。", Intent.NONE),
        ("不明点がございましたら、改めてご相談させていただきます。", Intent.NONE),
        ("ありがとうございます。何か質問がありましたらご連絡いたします。", Intent.THANKS),
        ("もし不明な点が出てきましたら質問させていただきます。", Intent.NONE),
        ("今のところ質問はございません。ありがとうございます。", Intent.THANKS),
        ("特に不安な点はありません。楽しみにしています。", Intent.THANKS),
        ("If I have any concerns, I will let you know. Thanks!", Intent.THANKS),
        ("No questions for now.", Intent.NONE),
        ("質問があります。", Intent.QUESTION),
        ("質問があれば、どなたに連絡すればよいでしょうか。", Intent.QUESTION),
        ("不安なことがあれば相談してもいいですか。", Intent.QUESTION),
        ("質問はありませんが、少し不安です。", Intent.WORRY),
        ("If I have any questions, whom should I ask?", Intent.QUESTION),
    ],
)
def test_what_a_reply_asks_for(text: str, expected: Intent) -> None:
    """HR sees at once whether somebody asks, worries, gives a time, or wishes to decline."""
    answer = classify(mail(text))

    assert (Kind.HUMAN_REPLY, expected) == (answer.kind, answer.intent)


@pytest.mark.parametrize(
    "raw",
    [
        mail("伺います。", X_Auto_Response_Suppress="All", In_Reply_To="<a@example.co.jp>"),
        mail("伺います。", Precedence="list"),
        mail("自動返信で恐縮ですが、というメールを受け取りました。日程は問題ありません。"),
        mail("よろしくお願いします。", subject="Re: 自動応答について"),
        mail("面談の件です。", subject="休暇のため面談日程の変更のお願い"),
        mail("Yes.", subject="Re: Automation engineer"),
        mail("確認しました。\n\n> 受付しました", subject="Re: 【自動返信】エントリー受付"),
        mail("先週は不在にしており、ご返信が遅れました。8月20日でお願いいたします。"),
        mail("出張のため返信が遅くなりました。ぜひ参加いたします。"),
        mail(
            "配信エラーで戻ってきたため、別のアドレスから失礼します。", subject="配信エラーについて"
        ),
        mail("I was out of the office last week, sorry for the late reply. Yes, I accept."),
    ],
)
def test_a_person_is_not_taken_for_a_machine(raw: bytes) -> None:
    """A header or a word that machines use as well does not make a machine of a person."""
    assert classify(raw).kind is Kind.HUMAN_REPLY


def test_an_empty_mail_with_a_file_is_an_answer() -> None:
    """Somebody who sends the form back without a word has answered."""
    raw = multipart(
        ("text/plain", ""),
        ('application/pdf; name="form.pdf"\nContent-Disposition: attachment', "JVBERi0="),
    )

    assert classify(raw).rule == "person.attachment_only"


def test_outlooks_own_format_is_an_answer_that_is_not_read() -> None:
    """A mail that holds but a winmail.dat is of a person; what it says lies in the file."""
    raw = mail("eJ8+IgAA", content='application/ms-tnef; name="winmail.dat"')

    answer = classify(raw)

    assert answer.kind in {Kind.HUMAN_REPLY, Kind.UNSURE}
    assert answer.reply_text == ""


def test_an_empty_mail_is_asked_about() -> None:
    """Nothing written and nothing attached: reminders pause, and a human looks."""
    assert classify(mail("")).kind is Kind.UNSURE


def test_a_phone_that_says_only_its_own_line_is_an_answer() -> None:
    """Somebody pressed send; what they meant to say is missing."""
    answer = classify(mail("iPhoneから送信\n"))

    assert (answer.kind, answer.reply_text) == (Kind.HUMAN_REPLY, "")


def test_html_alone_is_read_without_what_the_mailer_quotes() -> None:
    """Gmail marks the earlier mail in its HTML, and that is believed."""
    html = (
        "<div dir=ltr>参加します。<br>よろしく&amp;お願いします。</div><br>"
        '<div class="gmail_quote"><div class="gmail_attr">2026年11月20日(金) 10:00 採用担当:</div>'
        "<blockquote>内定おめでとうございます。</blockquote></div>"
    )

    answer = classify(mail(html, content="text/html; charset=utf-8"))

    assert answer.reply_text == "参加します。\nよろしく&お願いします。"


def test_flowed_text_is_joined_again() -> None:
    """Apple and Thunderbird break lines softly; with delsp no space is left in Japanese."""
    raw = mail(
        "参加を希望いたし \nます。", content="text/plain; charset=utf-8; format=flowed; delsp=yes"
    )

    assert classify(raw).reply_text == "参加を希望いたします。"


def test_answers_between_the_quoted_lines_are_kept() -> None:
    """Who answers point by point has all their answers read."""
    raw = mail(
        "> 日程はいかがですか。\n11/24が良いです。\n> 場所はご存じですか。\nはい、存じています。"
    )

    assert classify(raw).reply_text == "11/24が良いです。\nはい、存じています。"


def test_a_first_line_above_the_attribution_is_the_persons_own() -> None:
    """A line that merely stands above "On …, somebody wrote" is not drawn into it."""
    text = "I will come on time\nOn 16 Aug 2026 05:13, HR <hr@example.co.jp>\nwrote:\n> Hello"

    assert newly_written(text).text == "I will come on time"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("配信停止を希望します。", "Re: ご案内"),
        ("", "メルマガ解除"),
        ("Please remove me from this list.", "Re: News"),
        ("unsubscribe", ""),
    ],
)
def test_who_asks_to_be_taken_off_is_understood(text: str, subject: str) -> None:
    """A few plain words are enough to be left in peace."""
    assert classify(mail(text, subject=subject)).kind is Kind.UNSUBSCRIBE


def test_a_newsletter_answers_nobody() -> None:
    """What went to many is no answer, though it lies in the same mailbox."""
    raw = mail("今週のお知らせ", subject="週刊ニュース", List_Unsubscribe="<https://example.com/u>")

    assert classify(raw).kind is Kind.OTHER


def test_a_new_address_is_read() -> None:
    """Who writes that their address has changed is reached there from now on."""
    raw = mail("メールアドレスを変更しました。\n新しいアドレス: aoi.new@example.com\n以上です。")

    assert classify(raw).new_address == "aoi.new@example.com"
