"""The sentences of mails to staff, Japanese and English: one table a language.

What a colleague might say to a candidate stands here too. It must not press anybody: the tests hold
every sentence against the rules that `check` holds a playbook's mails against.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Situation(Enum):
    """Why a member of staff is written to."""

    SILENT = "silent"  # the person was asked and has not answered
    UNDONE = "undone"  # a task that is awaited was not done in time
    LATE = "late"  # a step could not go in time
    ABOUT = "about"  # a step that tells staff
    TASK = "task"  # something to do
    OVERDUE = "overdue"  # the same, and its time is over
    AGAIN = "again"  # the day has come until which somebody put it off


@dataclass(frozen=True, slots=True)
class Told:
    """How a situation is told: what the subject and the first line say, and what might be said."""

    subject: str
    opening: str
    to_do: str = ""
    sentence: str = ""  # a colleague may say it as it is


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language's sentences."""

    greeting: str
    who: str
    told: Mapping[Situation, Told]
    headings: Mapping[str, str]
    moment: str
    day: str
    weekdays: tuple[str, ...]
    quoted: str
    at_and_words: str
    from_us: str
    from_them: str
    from_staff: str
    nothing_heard: str
    contact: str
    might_say: str
    task: str
    task_due: str
    question: str
    question_of: str  # whose it is to answer, and until when
    phases: Mapping[str, str]
    between: str
    in_brackets: str
    answers: tuple[str, ...]
    history: str
    foot: str


JAPANESE = Tongue(
    greeting="{staff} 様",
    who="{name}さん",
    told={
        Situation.SILENT: Told(
            "【ご対応のお願い】{who}からお返事がありません",
            "{who}{about}から、次のご連絡へのお返事をまだいただいていません。",
            "電話など、負担にならない方法で一度ご様子をうかがってください。",
            "{who}、こんにちは。お返事を急いでいただくものではありませんので、ご安心ください。"
            "お変わりないかと思い、ご連絡しました。気になることがあれば、どんなことでもお聞かせください。",
        ),
        Situation.UNDONE: Told(
            "【ご確認ください】{who}についての依頼が済んでいません",
            "{who}{about}についてお願いしていた次のことが、まだ済んでいません。",
            "進み具合を確かめ、必要なら手を貸してください。",
            "{who}、こんにちは。準備のことで分かりにくいところや、困っていることはありませんか。"
            "お手伝いできることがあれば、いつでもお知らせください。",
        ),
        Situation.LATE: Told(
            "【ご確認ください】{who}への「{step}」が予定どおりに送れませんでした",
            "{who}{about}への「{step}」は、予定の時期を過ぎたため送っていません。",
            "必要であれば、直接ご連絡をお願いいたします。",
            "{who}、こんにちは。ご連絡が遅くなり、失礼いたしました。"
            "お伝えしたいことがあり、ご連絡しました。ご都合のよいときにご覧ください。",
        ),
        Situation.ABOUT: Told(
            "【ご対応のお願い】{who}について",
            "{who}{about}について、お知らせします。",
            "ご様子をうかがい、必要な対応をお願いいたします。",
            "{who}、こんにちは。その後いかがお過ごしでしょうか。"
            "気になることがあれば、どんなことでもお聞かせください。",
        ),
        Situation.TASK: Told(
            "【お願い】{who}: {task}",
            "{who}{about}について、次のことをお願いいたします。",
        ),
        Situation.OVERDUE: Told(
            "【期限を過ぎました】{who}: {task}",
            "{who}{about}についてのお願いが、期限を過ぎました。",
        ),
        Situation.AGAIN: Told(
            "【本日のお願い】{who}について",
            "{who}{about}について、後日にするとのお返事をいただいていました。今日がその日です。",
            "ご様子をうかがい、必要な対応をお願いいたします。",
            "{who}、こんにちは。その後いかがお過ごしでしょうか。お返事は、落ち着いてからでかまいません。",
        ),
    },
    headings={
        "to_do": "お願いしたいこと",
        "asked": "お送りしたもの",
        "contact": "最後のやり取り",
        "open": "残っていること",
        "answer": "このメールに返信してください（ご本人には届きません）",
    },
    moment="{at.month}月{at.day}日（{weekday}）{at:%H:%M}",
    day="{at.month}月{at.day}日",
    weekdays=tuple("月火水木金土日"),
    quoted="「{words}」",
    at_and_words="{words}（{at}）",
    from_us="こちらから: {said}",
    from_them="ご本人から: {said}",
    from_staff="{staff}さんの返信: {said}",
    nothing_heard="ご本人から: まだありません",
    contact="ご連絡先: {address}",
    might_say="言い方の例: {words}",
    task="{words}（担当: {owner}）",
    task_due="{words}（担当: {owner}、期限 {at}）",
    question="ご本人のメールが、人の返事を待っています: {said}",
    question_of="ご本人のメールが、返事を待っています（担当: {owner}、{at} まで）: {said}",
    phases={
        "declined": "{day}に辞退",
        "joined": "入社済み",
        "rejected": "不採用",
        "accept": "{day}に承諾",
        "offer": "{day}に内定",
        "join": "{day}に入社予定",
        "offer_holder": "内定者",
    },
    between="、",
    in_brackets="（{words}）",
    answers=(
        "済んだら「電話しました」「対応済み」",
        "後にするなら「あとで」「明日やります」「来週」（その日にもう一度お知らせします）",
        "そのほかの言葉は、記録として残ります",
    ),
    history="これまでの経緯: tsunagu timeline {person}",
    foot="このお知らせは、「{title}」から自動でお送りしています。",
)

ENGLISH = Tongue(
    greeting="Dear {staff},",
    who="{name}",
    told={
        Situation.SILENT: Told(
            "Please get in touch: no answer from {who}",
            "{who}{about} has not answered this message yet.",
            "Ask how they are, by phone or whatever is easy for them.",
            "Hello {who}, there is no hurry at all about an answer. I just wanted to hear how you "
            "are. If anything is on your mind, please tell me.",
        ),
        Situation.UNDONE: Told(
            "Please check: something for {who} is not done",
            "What was to be done about {who}{about} is not done yet.",
            "See how far it is, and help if that is needed.",
            "Hello {who}, is anything about the preparations unclear or in your way? I am glad to "
            "help whenever you like.",
        ),
        Situation.LATE: Told(
            'Please check: "{step}" could not go to {who} in time',
            '"{step}" was not sent to {who}{about}: its time had passed.',
            "Get in touch yourself if it is still needed.",
            "Hello {who}, I am sorry to write to you late. There is something we would like to "
            "tell you; please read it whenever it suits you.",
        ),
        Situation.ABOUT: Told(
            "Please get in touch with {who}",
            "This is about {who}{about}.",
            "Ask how they are, and do what is needed.",
            "Hello {who}, how have you been? If anything is on your mind, please tell me.",
        ),
        Situation.TASK: Told(
            "To do for {who}: {task}", "Please do the following for {who}{about}."
        ),
        Situation.OVERDUE: Told(
            "Overdue for {who}: {task}", "What you were asked to do for {who}{about} is overdue."
        ),
        Situation.AGAIN: Told(
            "Today: {who}",
            "You wrote that you would see to {who}{about} later. Today is the day.",
            "Ask how they are, and do what is needed.",
            "Hello {who}, how have you been? Please answer whenever it suits you.",
        ),
    },
    headings={
        "to_do": "What to do",
        "asked": "What was sent",
        "contact": "Last contact",
        "open": "Still open",
        "answer": "Just answer this mail (it does not reach the candidate)",
    },
    moment="{at:%Y-%m-%d} {weekday} {at:%H:%M}",
    day="{at:%Y-%m-%d}",
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    quoted='"{words}"',
    at_and_words="{words} ({at})",
    from_us="From us: {said}",
    from_them="From them: {said}",
    from_staff="Answer of {staff}: {said}",
    nothing_heard="From them: nothing so far",
    contact="Address: {address}",
    might_say="You might say: {words}",
    task="{words} (owner: {owner})",
    task_due="{words} (owner: {owner}, due {at})",
    question="A mail of theirs waits for a human answer: {said}",
    question_of="A mail of theirs waits for {owner} to answer, until {at}: {said}",
    phases={
        "declined": "declined {day}",
        "joined": "has joined",
        "rejected": "not chosen",
        "accept": "accepted {day}",
        "offer": "offer {day}",
        "join": "joins {day}",
        "offer_holder": "offer holder",
    },
    between=", ",
    in_brackets=" ({words})",
    answers=(
        'when it is done: "done", "called her"',
        'for later: "later", "tomorrow", "next week" (you will hear of it again on that day)',
        "anything else is kept with the record",
    ),
    history="Everything so far: tsunagu timeline {person}",
    foot='Sent by the playbook "{title}".',
)


def tongue(language: str) -> Tongue:
    """Give the sentences of a language."""
    return JAPANESE if language == "ja" else ENGLISH
