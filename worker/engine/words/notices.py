"""The sentences of notices: what happened to a mail, and what is asked of who reads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

ASK_FOR_AN_ADDRESS = (
    "{name}さんに、電話などで新しいメールアドレスを聞いてください（{address} には届きません）",
    "Ask {name} for another mail address, by phone ({address} does not exist)",
)
_WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of one language. `said`: subject and opening; `to_do`: what to do."""

    dear: str
    came: str
    subject: str
    due: str
    owner: str
    new_address: str
    nobody: str
    wrote: str
    more: str
    bullet: str
    instant: Callable[[datetime], str]
    said: Mapping[str, tuple[str, str]]
    to_do: Mapping[str, str]


def _japanese(at: datetime) -> str:
    return f"{at.month}月{at.day}日（{_WEEKDAYS[at.weekday()]}）{at:%H:%M}"


def _english(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


_ANSWER_JA = (
    "{who}さんに直接お返事をお願いします。送信済みフォルダーで確認できれば、対応済みになります。\n"
    "返信が要らない場合: tsunagu inbox {number} --needs-none\n"
    "それまでは、{who}さんへの自動の連絡をすべて止めています。"
)
_ANSWER_EN = (
    "Please answer {who} yourself: once your mail is seen in the Sent folder, this is over.\n"
    "If it needs no answer: tsunagu inbox {number} --needs-none\n"
    "Until then nothing automatic goes to {who}."
)

JAPANESE = Sentences(
    dear="{staff} 様",
    came="届いた日時",
    subject="件名",
    due="お返事の期限",
    owner="担当",
    new_address="新しいアドレスとして書かれているもの",
    nobody="（決まっていません）",
    wrote="{who}さんからのメール:",
    more="> …（続きは受信箱でご覧ください）",
    bullet="・",
    instant=_japanese,
    said={
        "wish_to_decline": (
            "【至急ご確認ください】{who}さんから、辞退のご意向と思われるメールが届きました",
            (
                "{who}さんから、辞退のご意向と思われるメールが届きました。"
                "この方への自動の連絡は、すべて止めました。"
            ),
        ),
        "question": (
            "【お返事のお願い】{who}さんからご質問が届きました",
            "{who}さんからご質問が届きました。",
        ),
        "worry": (
            "【お返事のお願い】{who}さんから、不安なお気持ちのメールが届きました",
            "{who}さんから、不安なお気持ちを書かれたメールが届きました。",
        ),
        "less_contact": (
            "【ご確認のお願い】{who}さんが、連絡を減らしてほしいと書かれています",
            "{who}さんから、連絡を減らしてほしいというメールが届きました。",
        ),
        "time_answer": (
            "【お返事のお願い】{who}さんから日時の回答が届きました",
            "{who}さんから日時の回答が届きました。",
        ),
        "thanks": (
            "【ご確認のお願い】{who}さんからメールが届きました",
            "{who}さんからメールが届きました。",
        ),
        "arrived": (
            "【ご確認のお願い】{who}さんからメールが届きました",
            "{who}さんからメールが届きました。",
        ),
        "forged": (
            "【ご確認ください】{who}さんを名乗る、送信元を確認できないメールが届きました",
            (
                "{who}さんを名乗るメールが届きましたが、送信元の認証に失敗しています。"
                "このメールでは何も変更していません。"
            ),
        ),
        "overdue": (
            "【期限を過ぎています】{who}さんへのお返事",
            "{who}さんからのメールに、まだお返事がされていません。",
        ),
        "escalated": (
            "【未対応のご連絡】{who}さんへのお返事が期限を過ぎています（担当: {owner}）",
            "{who}さんからのメールに、期限を過ぎてもお返事がされていません。担当: {owner}",
        ),
        "bounce_hard": (
            "【ご確認ください】{who}さんへのメールが届きません（宛先不明）",
            "{who}さんへのメールが、宛先不明で戻りました。このアドレスには、もう送りません。",
        ),
        "bounce_soft": (
            "【ご確認ください】{who}さんへのメールが届いていません",
            "{who}さんへのメールを何日か送り直しましたが、届きませんでした。",
        ),
    },
    to_do={
        "wish_to_decline": (
            "内容をご確認ください。引き止めるお返事は控えてください。\n"
            "辞退である場合: tsunagu inbox {number} --declined（お礼だけが送られます）\n"
            "辞退ではない場合: tsunagu inbox {number} --needs-none（連絡を再開します）"
        ),
        **dict.fromkeys(
            (
                *("question", "worry", "time_answer", "thanks", "arrived"),
                *("overdue", "escalated"),
            ),
            _ANSWER_JA,
        ),
        "less_contact": (
            "ご希望どおりにするには、この方の連絡の頻度（pace）を gentle にしてください。\n"
            + _ANSWER_JA
        ),
        "forged": (
            "電話など、ほかの方法でご本人に確かめてください。\n"
            "ご本人のメールである場合: tsunagu inbox {number} --to {id}\n"
            "そうでない場合: tsunagu inbox {number} --needs-none（連絡を再開します）"
        ),
        "bounce_hard": (
            "電話などで、新しいメールアドレスを聞いてください（いまの記録: {address}）。\n"
            "記録: tsunagu inbox {number} --address 新しいアドレス（名簿の取り込みでも）\n"
            "記録すると、期限内のご連絡はもう一度送られます。"
        ),
        "bounce_soft": (
            "電話などで伝え、ほかのアドレスを聞いてください（いまの記録: {address}）。\n"
            "記録: tsunagu inbox {number} --address 新しいアドレス"
        ),
    },
)

ENGLISH = Sentences(
    dear="Dear {staff},",
    came="Came",
    subject="Subject",
    due="Answer due",
    owner="Owner",
    new_address="Given as a new address",
    nobody="(nobody yet)",
    wrote="{who} wrote:",
    more="> … (the rest is in the inbox)",
    bullet="- ",
    instant=_english,
    said={
        "wish_to_decline": (
            "Please read now: {who} seems to wish to decline",
            "{who} seems to wish to decline. Everything automatic for them is held.",
        ),
        "question": ("Please answer: a question from {who}", "{who} has a question."),
        "worry": ("Please answer: {who} is worried", "{who} wrote that something worries them."),
        "less_contact": (
            "Please check: {who} asks for less contact",
            "{who} asks for less contact.",
        ),
        "time_answer": ("Please answer: {who} sent times", "{who} sent times."),
        "thanks": ("Please check: a mail from {who}", "A mail from {who} came in."),
        "arrived": ("Please check: a mail from {who}", "A mail from {who} came in."),
        "forged": (
            "Please check: a mail that claims to be from {who}",
            "A mail that claims to be from {who} failed authentication. It has changed nothing.",
        ),
        "overdue": (
            "Overdue: an answer to {who}",
            "A mail from {who} has not been answered so far.",
        ),
        "escalated": (
            "Not answered: a mail from {who} (owner: {owner})",
            "A mail from {who} is overdue. {owner} was to answer it.",
        ),
        "bounce_hard": (
            "Please check: mail to {who} does not arrive (unknown address)",
            "A mail to {who} came back: the address is unknown. It is written to no more.",
        ),
        "bounce_soft": (
            "Please check: mail to {who} has not arrived",
            "A mail to {who} was sent again for days, and did not arrive.",
        ),
    },
    to_do={
        "wish_to_decline": (
            "Please read it. Do not try to change their mind.\n"
            "If they decline: tsunagu inbox {number} --declined (only thanks will go)\n"
            "If they do not: tsunagu inbox {number} --needs-none (it goes on)"
        ),
        **dict.fromkeys(
            (
                *("question", "worry", "time_answer", "thanks", "arrived"),
                *("overdue", "escalated"),
            ),
            _ANSWER_EN,
        ),
        "less_contact": "To do as they wish, set their pace to gentle.\n" + _ANSWER_EN,
        "forged": (
            "Please ask them by phone or another way.\n"
            "If it is theirs: tsunagu inbox {number} --to {id}\n"
            "If it is not: tsunagu inbox {number} --needs-none (it goes on)"
        ),
        "bounce_hard": (
            "Please ask them for another address, by phone (on record: {address}).\n"
            "Note it: tsunagu inbox {number} --address NEW-ADDRESS (or by an import of people)\n"
            "What is still within its time will then be sent once more."
        ),
        "bounce_soft": (
            "Please tell them by phone, and ask for another address (on record: {address}).\n"
            "Note it: tsunagu inbox {number} --address NEW-ADDRESS"
        ),
    },
)
