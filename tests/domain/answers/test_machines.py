"""What no person wrote: automatic answers, bounces, delays, complaints, receipts."""

from datetime import date

import pytest

from tests.domain.answers.mails import block, mail, multipart, report
from worker.domain.answers.answer import Kind, classify
from worker.domain.answers.away import return_date

AWAY = "誠に勝手ながら、8月12日から16日まで夏季休暇をいただいております。"
EDGE = "Recipient address rejected: Access denied"  # as Exchange Online says it
WRITTEN = date(2026, 8, 10)


@pytest.mark.parametrize(
    "raw",
    [
        mail(AWAY, subject="自動応答: ご案内"),
        mail(AWAY, subject="不在: ご案内"),
        mail(AWAY, subject="【自動返信】ご案内の件"),
        mail(AWAY, subject="", Auto_Submitted="auto-replied"),
        mail(AWAY, subject="ご案内", Auto_Submitted="auto-generated; owner-email=aoi@example.jp"),
        mail(AWAY, subject="ご案内", X_Apple_Action="VACATION"),
        mail(AWAY, subject="Re: ご案内", Precedence="bulk", X_Autoreply="yes"),
        mail(
            AWAY,
            subject="ご案内",
            X_Auto_Response_Suppress="All",
            X_MS_Exchange_Inbox_Rules_Loop="aoi@example.jp",
        ),
        mail(AWAY, subject="ご案内", Precedence="bulk"),
        mail("このメールは自動送信しています。", subject="お問い合わせありがとうございます"),
        mail("I am out of the office until 16 August.", subject="Out of Office: Welcome"),
        mail("Ich bin im Urlaub.", subject="Automatische Antwort: Welcome"),
        mail("Je suis absent.", subject="Réponse automatique : Welcome"),
        mail("我正在休假。", subject="自动回复: 你好"),
        mail(f"{AWAY}\nご返信は8月17日以降となります。", subject="Re: ご案内"),
        mail("I am currently out of the office. I will reply on my return.", subject="Re: Hi"),
    ],
)
def test_an_automatic_answer_is_no_answer(raw: bytes) -> None:
    """Who is away has not answered, and has not been silent either."""
    assert classify(raw).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (AWAY, date(2026, 8, 17)),
        ("8月20日まで不在にしております。", date(2026, 8, 21)),
        ("8/12〜8/16 休業いたします。", date(2026, 8, 17)),
        ("不在にしております。8月20日から出社いたします。", date(2026, 8, 20)),
        ("休暇中です。2026年8月24日(月)より通常どおり対応いたします。", date(2026, 8, 24)),
        ("令和8年8月19日まで休暇です。", date(2026, 8, 20)),
        ("年末年始は12月29日から1月3日まで休業します。", date(2027, 1, 4)),
        ("出張のため不在です。来週月曜日から出社します。", date(2026, 8, 17)),
        ("I am on vacation until August 16th, 2026.", date(2026, 8, 17)),
        ("I am away and will return on Monday, 17 August.", date(2026, 8, 17)),
        ("Away 2026-08-11 to 2026-08-14.", date(2026, 8, 15)),
        ("Ich bin bis zum 14.08.2026 im Urlaub.", date(2026, 8, 15)),
        ("I am out of the office, back on Thursday.", date(2026, 8, 13)),
        ("現在、育児休業中です。復帰は2027年4月1日を予定しております。", date(2027, 4, 1)),
        ("不在にしております。お急ぎの方は8月11日までにお電話ください。", None),
        ("しばらく不在にしております。", None),
        ("8月20日までにご返信ください。", None),
    ],
)
def test_the_day_of_the_return(text: str, expected: date | None) -> None:
    """The clock of silence stands still until somebody is back, if they say when."""
    assert expected == return_date(text, WRITTEN)


def test_the_return_is_counted_from_the_day_the_mail_was_written() -> None:
    """A date without a year is read by the date of the mail."""
    assert classify(mail(AWAY, subject="自動応答: ご案内")).return_date == date(2026, 8, 17)


def test_a_bounce_names_whom_it_is_about() -> None:
    """A report tells the address, the status, and that it is for good."""
    raw = report("失敗", block("aoi@example.jp", "failed", "5.1.1", "550 5.1.1 User unknown"))

    answer = classify(raw)

    assert (
        answer.kind,
        answer.recipients,
        answer.status,
    ) == (Kind.BOUNCE_HARD, ("aoi@example.jp",), "5.1.1")


@pytest.mark.parametrize(
    ("status", "said", "kind", "reason"),
    [
        ("5.2.2", "552 5.2.2 Mailbox full", Kind.BOUNCE_SOFT, "full"),
        ("5.1.1", "552 5.1.1 sorry, mailbox is over quota", Kind.BOUNCE_SOFT, "full"),
        ("5.7.1", "550 5.7.1 rejected due to spam policy", Kind.BOUNCE_SOFT, "policy"),
        ("5.1.8", "553 5.1.8 Sender address rejected", Kind.BOUNCE_SOFT, "sender"),
        ("4.4.1", "421 4.4.1 Connection timed out", Kind.BOUNCE_SOFT, "temporary"),
        ("5.4.4", "Host or domain name not found", Kind.BOUNCE_HARD, "unknown_host"),
        (
            "5.4.1",
            "550 5.4.1 Recipient address rejected: Access denied",
            Kind.BOUNCE_HARD,
            "unknown_address",
        ),
        ("5.3.4", "552 5.3.4 Message size exceeds limit", Kind.BOUNCE_SOFT, "too_big"),
        ("5.2.1", "550 5.2.1 The account is disabled", Kind.BOUNCE_SOFT, "disabled"),
        ("5.0.0", "550 宛先アドレスが存在しません", Kind.BOUNCE_HARD, "unknown_address"),
    ],
)
def test_for_good_or_for_now(status: str, said: str, kind: Kind, reason: str) -> None:
    """Only an address that is none is given up; what speaks of us or may pass is not."""
    answer = classify(report("failed", block("aoi@example.jp", "failed", status, said)))

    assert (kind, reason) == (answer.kind, answer.reason)


def test_delayed_is_not_bounced() -> None:
    """A server that still tries has not given up."""
    raw = report("まだ配信を試みています。", block("aoi@example.jp", "delayed", "4.4.1"))

    assert classify(raw).kind is Kind.DELAYED


def test_delivered_is_no_bounce() -> None:
    """A report of success is nothing HR has to act on."""
    raw = report("配信しました。", block("aoi@example.jp", "delivered", "2.0.0"), subject="Success")

    assert classify(raw).kind is Kind.OTHER


def test_of_two_recipients_the_failed_one_is_named() -> None:
    """What is delayed for one and failed for another is a bounce of the other."""
    raw = report(
        "一部の宛先に届きませんでした。",
        block("late@example.jp", "delayed", "4.4.1"),
        block("gone@example.jp", "failed", "5.1.1", "550 5.1.1 user unknown"),
    )

    assert classify(raw).recipients == ("gone@example.jp",)


def test_a_bounce_of_au_is_read_without_any_report() -> None:
    """The carrier au speaks two languages and no standard; the address and the reason are found."""
    raw = mail(
        "次のあて先へのメッセージはエラーのため送信できませんでした。\n\n"
        "送信先メールアドレスが見つかりませんでした。\nメールアドレスをご確認の上、再送信してください。\n\n"
        "Each of the following recipients was rejected by a remote\nmail server.\n\n"
        "    Recipient: <aoi@ezweb.ne.jp>\n    >>> RCPT TO:<aoi@ezweb.ne.jp>\n"
        "    <<< 550 <aoi@ezweb.ne.jp>: User unknown\n",
        subject="Mail System Error - Returned Mail",
        sender="Postmaster@ezweb.ne.jp",
    )

    answer = classify(raw)

    assert (answer.kind, answer.recipients) == (Kind.BOUNCE_HARD, ("aoi@ezweb.ne.jp",))


def test_a_bounce_of_docomo_is_read() -> None:
    """The carrier docomo refuses in English; the address stands in its own line."""
    raw = mail(
        "This is the mail system at host mail.example.co.jp.\n\n"
        "<aoi..a@docomo.ne.jp>: host mfsmax.docomo.ne.jp[203.0.113.1] said: 550\n"
        "    Unknown user aoi..a@docomo.ne.jp (in reply to RCPT TO command)\n",
        subject="Undelivered Mail Returned to Sender",
        sender="MAILER-DAEMON@mail.example.co.jp (Mail Delivery System)",
    )

    answer = classify(raw)

    assert (answer.kind, answer.recipients) == (Kind.BOUNCE_HARD, ("aoi..a@docomo.ne.jp",))


def test_what_docomo_refuses_after_the_data_may_pass() -> None:
    """A filter that says "unknown user" only after the text refused the text, not the address."""
    raw = report(
        "<aoi@docomo.ne.jp>: host mfsmax.docomo.ne.jp said: 550 Unknown user"
        " (in reply to end of DATA command)",
        block("aoi@docomo.ne.jp", "failed", "5.0.0", "550 Unknown user aoi@docomo.ne.jp"),
    )

    assert (classify(raw).kind, classify(raw).reason) == (Kind.BOUNCE_SOFT, "filtered")


def test_exchange_says_it_in_japanese() -> None:
    """The notice of Exchange Online in Japanese is a bounce like any other."""
    raw = mail(
        "次の受信者またはグループへの配信に失敗しました。\n\n青井葵 (aoi@example.jp)\n\n"
        "入力された電子メール アドレスが見つかりませんでした。"
        "受信者の電子メール アドレスを確認してください。\n\n"
        "リモート サーバーから '550 5.1.10 RESOLVER.ADR.RecipientNotFound' が返されました\n",
        subject="配信不能: 内定おめでとうございます",
        sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae@example.co.jp>",
    )

    answer = classify(raw)

    assert (
        answer.kind,
        answer.recipients,
        answer.status,
    ) == (Kind.BOUNCE_HARD, ("aoi@example.jp",), "5.1.10")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (
            multipart(
                ("text/plain", "This is a complaint."),
                ("message/feedback-report", "Feedback-Type: abuse\nVersion: 1\n"),
                kind="report; report-type=feedback-report",
            ),
            Kind.COMPLAINT,
        ),
        (
            multipart(
                ("text/plain", "opt out"),
                ("message/feedback-report", "Feedback-Type: opt-out\nVersion: 1\n"),
                kind="report; report-type=feedback-report",
            ),
            Kind.UNSUBSCRIBE,
        ),
        (
            multipart(
                ("text/plain", "開封されました。"),
                ("message/disposition-notification", "Disposition: manual-action; displayed\n"),
                kind="report; report-type=disposition-notification",
                subject="開封済み: ご案内",
            ),
            Kind.OTHER,
        ),
        (
            mail("", subject="Report Domain: example.co.jp Submitter: google.com Report-ID: 1"),
            Kind.OTHER,
        ),
    ],
)
def test_reports_are_told_apart(raw: bytes, expected: Kind) -> None:
    """A complaint, a wish to be left alone, a receipt and a statistic are four things."""
    assert expected is classify(raw).kind


def test_a_notice_by_amazon_is_read_though_its_lines_are_wrapped() -> None:
    """SES writes JSON into a mail; the address and the verdict are found."""
    raw = mail(
        '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":\n'
        '[{"emailAddress":"aoi@example.jp","status":"5.1.1","diagnosticCode":"550 5.1.1 user\n'
        'unknown"}]}}',
        subject="AWS Notification Message",
        sender="no-reply@sns.amazonaws.com",
    )

    answer = classify(raw)

    assert (answer.kind, answer.recipients) == (Kind.BOUNCE_HARD, ("aoi@example.jp",))
