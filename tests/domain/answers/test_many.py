"""Mails of many kinds and languages, written for these tests: what each of them is.

Not those the rules were made from: they were written first, and the rules were looked at after.
"""

from datetime import date

import pytest

from tests.domain.answers.mails import block, mail, report
from worker.domain.answers.answer import Kind, classify
from worker.domain.answers.away import new_address, return_date

ON = date(2026, 4, 2)
ANSWERS = {"In_Reply_To": "<x@example.co.jp>"}
AUTO = {"Auto_Submitted": "auto-replied"}
QUOTED = "\n\n2026年4月1日(水) 10:00 採用担当 <saiyo@example.co.jp>:\n> 自動送信メールです。\n"


@pytest.mark.parametrize(
    "raw",
    [
        mail(f"4/10は卒業式のため不在ですが、ほかの日は伺えます。{QUOTED}", **ANSWERS),
        mail("自動返信で恐縮ですが、と書くところでした。質問があります。", **ANSWERS),
        mail("出張で返信が遅くなり申し訳ございません。15日に伺います。", **ANSWERS),
        mail("休暇中のため返信が遅れました。15日に伺います。", **ANSWERS),
        mail("来週は休みをいただいていますので、再来週でお願いできますか。", **ANSWERS),
        mail("学会で不在にしておりました。遅くなりましたが、書類をお送りします。", **ANSWERS),
        mail("了解です！", sender="noreply.aoi@docomo.ne.jp", **ANSWERS),
        mail("よろしくお願いします\n\niPhoneから送信", **ANSWERS),
        mail("添付のとおりです。", X_Auto_Response_Suppress="All", Precedence="list", **ANSWERS),
        mail("配信停止ではなく、頻度を減らしていただけると助かります。", **ANSWERS),
        mail("面談は辞退させていただきます。", subject="辞退: 面談"),
        mail("I was out of office last week, sorry. Monday works.", subject="Re: Hi", **ANSWERS),
        mail("I'm currently travelling but can call on Friday. 3pm?", subject="Re: Hi", **ANSWERS),
        mail("I'm on holiday until Friday but free on Monday.", subject="Re: Hi", **ANSWERS),
        mail("Merci beaucoup, je serai présente lundi.", subject="Re: Bienvenue", **ANSWERS),
        mail("Vielen Dank, ich komme gerne. Bis Montag!", subject="AW: Willkommen", **ANSWERS),
        mail("谢谢，我周一可以参加。", subject="回复: 欢迎", **ANSWERS),
        mail("감사합니다. 월요일에 뵙겠습니다.", subject="Re: 환영합니다", **ANSWERS),
        mail("Dziękuję, będę w poniedziałek.", subject="Odp: Witamy", **ANSWERS),
        mail("Obrigado! Estarei presente na segunda-feira.", subject="RES: Olá", **ANSWERS),
        mail("Tack, jag kommer på måndag.", subject="SV: Välkommen", **ANSWERS),
        mail("Grazie mille, confermo la mia presenza.", subject="R: Benvenuto", **ANSWERS),
        mail("Спасибо, буду в понедельник.", subject="Re: Добро пожаловать", **ANSWERS),
    ],
)
def test_who_wrote_by_hand_is_a_person(raw: bytes) -> None:
    """Who has answered is not chased, whatever words they used."""
    assert classify(raw, ON).kind is Kind.HUMAN_REPLY


@pytest.mark.parametrize(
    "raw",
    [
        mail(
            "4/13(月)まで不在のため、返信は13日以降になります。",
            subject="【自動返信】不在のお知らせ",
        ),
        mail("戻りは4月7日です。お急ぎの場合は携帯電話まで。", Auto_Submitted="auto-generated"),
        mail("ただいま留守にしております。", subject="不在通知", X_Autorespond="x"),
        mail("新しいアドレスは aoi.new@example.jp です。", subject="変更(自動送信)", **AUTO),
        mail("休暇中です。4/10に戻ります。", X_Apple_Action="vacation"),
        mail("3/20から4/10まで不在です。", subject="", Auto_Submitted="auto-generated"),
        mail("海外出張中のため、返信が遅れます。", Auto_Submitted="auto-replied (vacation)"),
        mail(
            "期間中のお問い合わせには5月7日以降順次対応いたします。",
            subject="休業のお知らせ Re: 入社前のご案内",
            **ANSWERS,
        ),
        mail(
            "担当者よりご連絡いたします。\n※このメールは自動送信されています。",
            subject="お問い合わせありがとうございます【青空大学キャリアセンター】",
            sender="career@aozora.example.ac.jp",
        ),
        mail("Ich bin bis 10.04.2026 nicht im Büro.", subject="Abwesenheitsnotiz: Willkommen"),
        mail("Je suis absent jusqu'au 10 avril.", subject="Réponse automatique : Bienvenue"),
        mail("我正在休假，4月10日回来。", subject="自动回复: 欢迎"),
        mail("부재중입니다. 4월 10일에 복귀합니다.", subject="자동 회신: 환영합니다"),
        mail("Sono fuori ufficio fino al 10 aprile.", subject="Risposta automatica: Ciao"),
        mail("Estoy fuera de la oficina.", subject="Respuesta automática: Bienvenido"),
        mail("Jag är på semester till 10 april.", subject="Autosvar: Välkommen"),
        mail("Ik ben afwezig tot 10 april.", subject="Automatisch antwoord: Welkom"),
        mail("Estou de férias até 10 de abril.", subject="Resposta automática: Olá"),
        mail("Я в отпуске до 10 апреля.", subject="Автоматический ответ: Привет"),
        mail("Ben 10 Nisan'a kadar izindeyim.", subject="Otomatik yanıt: Merhaba"),
        mail("Olen lomalla.", subject="Automaattinen vastaus: Tervetuloa"),
        mail("Sunt în concediu.", subject="Răspuns automat: Bine ai venit"),
        mail("Olen puhkusel.", subject="Automaatvastus: Tere"),
        mail("On annual leave until 10 April. If urgent please call Bob.", **AUTO),
        mail(
            "I will be out of the office starting 11/04/2026 and will not return until 22/04/2026."
            "\n\nI will respond to your message when I return.",
            subject="Re: Hi",
        ),
        mail("I no longer work here.", subject="Automatic reply: Welcome", **AUTO),
    ],
)
def test_what_a_machine_answered_is_no_answer(raw: bytes) -> None:
    """Who is silent is not taken for somebody who has answered."""
    assert classify(raw, ON).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("現在休暇をいただいております。4月7日(火)までお休みをいただきます。", date(2026, 4, 8)),
        ("4/13(月)まで不在のため、返信は遅くなります。", date(2026, 4, 14)),
        ("Out of the office until 3 April; I will answer on Monday, 6 April.", date(2026, 4, 6)),
        ("I am away and can only respond from Tuesday, 7 April.", date(2026, 4, 7)),
    ],
)
def test_the_day_somebody_is_back(text: str, back: date) -> None:
    """The day on which they answer counts before the day until which they are away."""
    assert return_date(text, ON) == back


@pytest.mark.parametrize(
    "text",
    [
        "配信停止をお願いします。",
        "今後メールは送らないでください。",
        "Please remove me from your mailing list.",
        "unsubscribe",
    ],
)
def test_who_asks_to_be_taken_off(text: str) -> None:
    """A few plain words."""
    assert classify(mail(text, **ANSWERS)).kind is Kind.UNSUBSCRIBE


def test_a_way_to_stop_in_a_newsletter_is_no_wish_to() -> None:
    """The words stand in every newsletter, beside a link."""
    raw = mail(
        "今週の新着求人です。配信停止はこちら https://navi.example/u",
        subject="【ナビ】新着求人のお知らせ",
        sender="news@navi.example",
        List_Id="<news.navi.example>",
        Precedence="bulk",
    )

    assert classify(raw).kind is Kind.OTHER


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("アドレスを aoi.new@example.jp に変更しましたので、お願いします。", "aoi.new@example.jp"),
        ("今後はこちらのアドレスにお願いします: aoi.new@example.jp", "aoi.new@example.jp"),
        ("予定を変更しました。連絡は aoi@example.jp まで。", ""),
    ],
)
def test_where_somebody_wants_to_be_written_to(text: str, address: str) -> None:
    """Only where they say that it has changed."""
    assert new_address(text) == address


@pytest.mark.parametrize(
    ("notice", "recipient"),
    [
        (
            (
                "Delivery has failed to these recipients:\n\n\t* [aoi@example.jp]: 550 full\n\n"
                "Original message details:\n\n\t* From: a@example.jp\n\t* To: b@example.org\n"
            ),
            "aoi@example.jp",
        ),
        (
            (
                "Your message did not reach some recipients.\n\n  To: saiyo@example.co.jp\n\n"
                "The following recipient could not be reached:\n\n  aoi@example.jp on 4/29/26\n"
                "     Recipient Not Found\n"
            ),
            "aoi@example.jp",
        ),
        (
            "---The following addresses had delivery errors---\n\naoi@example.jp [User unknown]\n",
            "aoi@example.jp",
        ),
    ],
)
def test_whom_a_notice_without_a_report_is_about(notice: str, recipient: str) -> None:
    """Not ourselves, and not whoever stands in a copy of what was sent."""
    raw = mail(
        notice,
        subject="Undeliverable: hello",
        sender="Mail Delivery System <MAILER-DAEMON@example.jp>",
    )

    assert classify(raw).recipients == (recipient,)


def test_a_notice_that_names_the_date_is_read_on() -> None:
    """The date of what was sent is no copy of it: what went wrong stands below."""
    raw = mail(
        "We had trouble delivering your message.\n\nSubject: 'hello'\nDate: 'Thu, 2 Apr 2026'\n\n"
        "SMTP Server <mx.example.jp> rejected <aoi@example.jp>: [550 5.1.1 User unknown]\n",
        subject="There was an error sending your mail",
        sender="mailer-daemon@example.jp",
    )

    answer = classify(raw)

    assert (answer.kind, answer.status) == (Kind.BOUNCE_HARD, "5.1.1")


def test_a_report_of_two_languages_is_read_by_its_fields() -> None:
    """The text may say what it likes; the fields are the same everywhere."""
    raw = report("配信できませんでした。", block("aoi@example.jp", "failed", "5.1.10"))

    assert classify(raw).kind is Kind.BOUNCE_HARD


@pytest.mark.parametrize(
    "line",
    [
        "On Wed, 1 Apr 2026 at 10:00, HR <hr@example.jp> wrote:",
        "HR <hr@example.jp> writes:",
        "Am Mi., 1. Apr. 2026 um 10:00 Uhr schrieb HR <hr@example.jp>:",
        "Le mer. 1 avr. 2026 à 10:00, HR <hr@example.jp> a écrit :",
        "El mié, 1 abr 2026 a las 10:00, HR (<hr@example.jp>) escribió:",
        "Il giorno mer 1 apr 2026 alle ore 10:00 HR <hr@example.jp> ha scritto:",
        "Em qua., 1 de abr. de 2026 às 10:00, HR <hr@example.jp> escreveu:",
        "Op wo 1 apr. 2026 om 10:00 schreef HR <hr@example.jp>:",
        "W dniu śr., 1 kwi 2026 o 10:00 HR <hr@example.jp> napisał(a):",
        "ср, 1 апр. 2026 г. в 10:00, HR <hr@example.jp>:",
        "ke 1. huhtik. 2026 klo 10.00 HR (hr@example.jp) kirjoitti:",
        "HR <hr@example.jp> 于2026年4月1日周三 10:00写道：",
        "2026년 4월 1일 (수) 오전 10:00, HR <hr@example.jp>님이 작성:",
        "\u202bבתאריך יום ד׳, 1 באפר׳ 2026 ב-10:00 מאת \u202aHR\u202c <\u202ahr@example.jp\u202c>:",
        "2026年4月1日(水) 10:00 採用担当 <hr@example.jp>:",
        "令和8年4月1日 10:00 採用担当:",
        "4/1 10:00、採用担当 のメール:",
        "From: HR <hr@example.jp>\nSent: Wednesday\nTo: Aoi\nSubject: Welcome\n",
        "Von: HR\nGesendet: Mittwoch\nAn: Aoi\nBetreff: Willkommen\n",
        "De : HR\nEnvoyé : mercredi\nÀ : Aoi\nObjet : Bienvenue\n",
        "От: HR\nОтправлено: среда\nКому: Aoi\nТема: Привет\n",
        "发件人: HR\n发送时间: 2026年4月1日\n收件人: Aoi\n主题: 你好\n",
        "差出人: HR\n送信日時: 2026年4月1日\n宛先: Aoi\n件名: ご案内\n",
    ],
)
def test_new_words_end_where_the_old_mail_begins(line: str) -> None:
    """How mail programs of the world say whose words follow."""
    raw = mail(
        f"ありがとうございます。伺います。\n\n{line}\n\n> old words\n> and more\n", **ANSWERS
    )

    assert classify(raw).reply_text == "ありがとうございます。伺います。"
