"""The author's words: every table of `playbook.yaml`, what may stand in it, and what it is for.

One declaration serves three readers: `check`, which reads a file by it; editors, which complete
from the JSON Schema made of it; and us, who get typed words from it. Nothing is decided here:
names are checked and the plan is made in `compile`. The file is long because the language is.
"""

import re
from dataclasses import dataclass
from datetime import time
from typing import TypeAlias

from worker.domain.facts import Value
from worker.domain.plan import Budget, Closure, Worded
from worker.domain.when import Distance, Season
from worker.playbook import timewords
from worker.playbook.expressions import Expression, looks_like_condition, read_expression
from worker.playbook.shapes import (
    AnyText,
    Choice,
    Each,
    OneOf,
    Pairs,
    Phrase,
    Said,
    Tongues,
    Whole,
    Words,
    YesNo,
    word,
    words_of,
)
from worker.playbook.slips import Slip
from worker.playbook.source import Table, Text
from worker.playbook.timewords import Awaited, Timed

KINDS = ("mail", "meeting", "survey", "message", "task", "alert", "update", "enroll", "webhook")
RUNG_KINDS = ("mail", "message", "task", "alert", "update", "enroll", "webhook")

_ID = re.compile(r"[^\W_][\w-]{0,63}")


def read_id(text: str) -> str:
    """Read the name of a step, a question or a playbook: letters, digits, `-` and `_`."""
    if _ID.fullmatch(text) is None:
        near = re.sub(r"[^\w-]+", "-", text).strip("-_")[:64]
        raise Slip("id.form", 0, len(text), {"found": text}, (), near)
    return text


def read_either(text: str) -> Timed | Expression:
    """Read a moment, a cadence or a condition: whichever the text looks like."""
    return read_expression(text) if looks_like_condition(text) else timewords.read_when(text)


def read_scale(text: str) -> tuple[int, int]:
    """Read the ends of a scale: at least two points."""
    least, most = timewords.read_range(text)
    if least == most:
        raise Slip("time.range_order", 0, len(text), {"found": text}, (), "1..5")
    return least, most


# For editors: what every right text fits, in the dialect that JSON Schema and Python share.
_DIGIT = "[0-9０-９]"
_UNIT = r"(?:business\s+day|minute|hour|day|week|month)s?"
_AMOUNT = rf"{_DIGIT}+\s*{_UNIT}"
_FACT = r"(?![0-9]+[/年月])[^\s+＋=＝<＜>＞!()'\"]+"
_CLOCK = rf"(?:[01０１]?{_DIGIT}|[2２][0-3０-３])[:：][0-5０-５]{_DIGIT}"
_AT = rf"(?:\s*\bat\s*{_CLOCK})?"
_DAY = rf"{_DIGIT}{{2}}[-－−–]{_DIGIT}{{2}}"
_MOMENT = (
    rf"(?:{_DIGIT}{{4}}[-－−–]{_DAY}{_AT}"
    rf"|{_DAY}{_AT}\s+in\s+year\s+of\s+{_FACT}{_AT}"
    rf"|{_FACT}(?:\s*[-+＋－−–]\s*{_AMOUNT})*{_AT})"
)
_CADENCE = (
    rf"(?:every\s+)?(?:{_DIGIT}+(?:\s*(?:\.\.|[~～〜])\s*{_DIGIT}+)?\s*)?{_UNIT}"
    rf"\s+from\s+{_MOMENT}(?:\s+until\s+{_MOMENT})?"
)
_CONDITION = r"""[<>=!()"'\[\]|&“「＜＞＝！（）]|\b(?:and|or|not|in)\b"""

TEXT = AnyText()
TONGUES = Tongues()
ID = Phrase(read_id, ("welcome", "first-1on1"), r"^[^\s.,:_/-][^\s.,:/]{0,63}$")
WHEN = Phrase(
    read_either,
    (
        "offer + 1 hour",
        "join - 2 weeks at 10:00",
        "2026-08-20 at 14:00",
        "08-20 at 14:00 in year of offer",
        "every 1 month from accept until join - 2 weeks",
        "pulse.ease <= 2",
    ),
    rf"^\s*(?:{_MOMENT}|{_CADENCE})\s*$|{_CONDITION}",
)
CADENCE = Phrase(
    timewords.read_every,
    ("1 month from accept until join - 2 weeks", "2..3 months from accept until join"),
    rf"^\s*{_CADENCE}\s*$",
)
MOMENT = Phrase(timewords.read_moment, ("offer + 48 hours", "join - 1 week"), rf"^\s*{_MOMENT}\s*$")
DISTANCE = Phrase(timewords.read_distance, ("2 business days", "3 hours"), rf"^\s*{_AMOUNT}\s*$")
BEFORE = Phrase(
    timewords.read_before, ("1 business day before", "2 hours before"), rf"^\s*{_AMOUNT}\b"
)
SEASON = Phrase(timewords.read_season, ("08-01..09-30", "12-20..01-10"), r"^\s*\d\d-\d\d")
CLOSED = Phrase(timewords.read_closure, ("12-29..01-03", "2026-08-13..2026-08-15"), r"^\s*\d\d")
HOURS = Phrase(timewords.read_hours, ("09:30-18:30",), r"^\s*[0-9０-９]{1,2}[:：]")
BUDGET = Phrase(timewords.read_budget, ("1 per day", "3 per 2 weeks"), r"\bper\b")
AWAITED = Phrase(
    timewords.read_awaited,
    ("reply within 3 business days", "reply or accept within 5 business days"),
    r"^\s*\S+(\s+or\s+\S+)*\s+within\b",
)
CONDITION = Phrase(read_expression, ('person.pace != "gentle"', "pulse.ease <= 2"))
SIZE = Phrase(timewords.read_range, ("2..12",), r"^\s*\d+")
SCALE = Phrase(read_scale, ("1..5",), r"^\s*\d+")


@dataclass(frozen=True, slots=True)
class MailWords:
    """`mail:`."""

    node: Table
    template: Said[str] | None = word(
        TEXT,
        ja="文面の名前。mails/の中のファイル(welcome なら mails/welcome.md)",
        en="name of the text: a file in mails/ (welcome is mails/welcome.md)",
        example="template: welcome",
        required=True,
    )
    sender: Said[str] | None = word(
        TEXT,
        written="from",
        ja="差出人。tsunagu.yamlのmailboxesにある名前",
        en="who sends it: a mailbox of tsunagu.yaml",
        example="from: hr",
        required=True,
    )
    reply_to: Said[str] | None = word(
        TEXT,
        ja="返信を受け取るmailboxの名前(省けば差出人)",
        en="the mailbox that gets the replies (the sender if left out)",
    )
    attach: tuple[Said[str], ...] = word(
        Each(TEXT),
        many=True,
        ja="添付するファイル。名前に {{ person.id }} を含めれば一人ずつ別のファイル",
        en="files to attach; with {{ person.id }} in the name, one for each person",
    )
    unsubscribe: Said[bool] | None = word(
        YesNo(),
        ja="配信停止の方法を付ける",
        en="offer a way to stop",
    )


@dataclass(frozen=True, slots=True)
class InvitingWords:
    """`mail:` of a meeting."""

    node: Table
    template: Said[str] | None = word(
        TEXT,
        ja="文面の名前。meeting.when などを差し込める",
        en="name of the text; it may hold meeting.when and the like",
        example="template: first-1on1",
        required=True,
    )
    sender: Said[str] | None = word(
        TEXT,
        written="from",
        ja="差出人。tsunagu.yamlのmailboxesにある名前",
        en="who sends it: a mailbox of tsunagu.yaml",
        example="from: hr",
        required=True,
    )
    reply_to: Said[str] | None = word(
        TEXT,
        ja="返信を受け取るmailboxの名前(省けば差出人)",
        en="the mailbox that gets the replies (the sender if left out)",
    )


@dataclass(frozen=True, slots=True)
class MeetingWords:
    """`meeting:`."""

    node: Table
    title: Said[str] | None = word(
        TEXT,
        ja="予定の題名。{{ mentor.name }} などを含められる",
        en="title of the event; may hold {{ mentor.name }} and the like",
    )
    participants: tuple[Said[str], ...] = word(
        Each(TEXT, least=1),
        written="with",
        many=True,
        required=True,
        ja="同席する人の役割。本人は必ず招かれる",
        en="roles of those who take part; the person is always invited",
        example="with: [mentor]",
    )
    minutes: Said[int] | None = word(
        Whole(5, 480),
        required=True,
        ja="長さ(分)",
        en="how long, in minutes",
        example="minutes: 30",
    )
    within: Said[Distance] | None = word(
        DISTANCE,
        required=True,
        ja="この期間のうちに予定を入れる",
        en="put it within this time",
        example="within: 10 business days",
    )
    notice: Said[Distance] | None = word(
        DISTANCE,
        ja="案内から面談まで最低でも空ける長さ(省けば tsunagu.yaml の meetings: notice)",
        en="the least time from the invitation to the meeting (tsunagu.yaml's if left out)",
        example="notice: 2 business days",
    )
    between: Said[tuple[time, time]] | None = word(
        HOURS, ja="この時間帯のうちに", en="at these hours of the day"
    )
    place: Said[str] | None = word(
        TEXT,
        ja="google_meet、teams、zoom、または会議室などの名前",
        en="google_meet, teams, zoom, or any text (a room)",
    )
    if_declined: Said[str] | None = word(
        OneOf(("reschedule", "keep", "alert")),
        ja="断られたとき: 別の時間を探す・そのまま・知らせる",
        en="when it is declined: find another time, keep it, or tell somebody",
    )
    remind: Said[Distance] | None = word(
        BEFORE, ja="予定の前に一度思い出してもらう", en="remind once, so long before"
    )
    together: Said[str] | None = word(
        TEXT,
        ja="この項目が同じ人を一つの会に集める(例: department)",
        en="one meeting for all who share this value (department)",
    )
    size: Said[tuple[int, int]] | None = word(
        SIZE, ja="一つの会の人数(最少..最多)", en="people in one meeting (least..most)"
    )
    mail: InvitingWords | None = word(
        Words(InvitingWords, "mail"),
        ja="本人への案内メール。カレンダーの招待に添える(省けば決まった文面)",
        en="the mail to the person beside the calendar's invitation (built-in if left out)",
    )


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """One of `questions:`."""

    node: Table
    id: Said[str] | None = word(
        ID,
        required=True,
        ja="答えの名前。when: pulse.ease <= 2 のように使う",
        en="name of the answer, as in when: pulse.ease <= 2",
        example="id: ease",
    )
    ask: Said[Worded] | None = word(
        TONGUES,
        required=True,
        ja="質問文。言語ごとに {ja: …, en: …} とも書ける",
        en="the question; or one for each language: {ja: …, en: …}",
        example="ask: いかがでしたか",
    )
    scale: Said[tuple[int, int]] | None = word(SCALE, ja="段階(1..5)", en="a scale (1..5)")
    ends: tuple[Said[Worded], ...] = word(
        Each(TONGUES, alone=False),
        many=True,
        ja="段階の両端のことば(小さいほうから)",
        en="what the two ends of the scale mean, the lower first",
    )
    text: Said[str] | None = word(
        OneOf(("required", "optional")), ja="自由に書く欄", en="a free text"
    )


@dataclass(frozen=True, slots=True)
class SurveyWords:
    """`survey:`."""

    node: Table
    questions: tuple[QuestionWords, ...] = word(
        Each(
            Words(QuestionWords, "questions", choices=(Choice(("scale", "text"), "survey.kind"),)),
            alone=False,
            least=1,
        ),
        many=True,
        required=True,
        ja="質問(二、三分で答えられる数)",
        en="the questions: as many as two minutes allow",
        example="questions: [{id: ease, ask: いかがでしたか, scale: 1..5}]",
    )
    title: Said[Worded] | None = word(TONGUES, ja="ページの見出し", en="the heading of the page")
    intro: Said[Worded] | None = word(
        TONGUES, ja="はじめのひとこと", en="a word before the questions"
    )
    anonymous: Said[bool] | None = word(
        YesNo(), ja="誰の答えか分からないようにする", en="keep nothing that leads to the person"
    )
    template: Said[str] | None = word(
        TEXT,
        ja="案内メールの文面の名前(省けば決まった文面)",
        en="name of the mail that invites (a built-in one if left out)",
    )
    sender: Said[str] | None = word(
        TEXT,
        written="from",
        ja="案内メールの差出人(省けば社員への知らせと同じ)",
        en="the mailbox that invites (the one that alerts leave from if left out)",
    )
    open_for: Said[Distance] | None = word(
        DISTANCE,
        ja="送ってからこの間だけ答えられる(省けば14日)",
        en="how long it can be answered, from the mail on (14 days if left out)",
    )


@dataclass(frozen=True, slots=True)
class MessageWords:
    """`message:`."""

    node: Table
    channel: Said[str] | None = word(
        OneOf(("slack", "teams", "line")),
        required=True,
        ja="どこに送るか",
        en="where it goes",
        example="channel: line",
    )
    text: Said[str] | None = word(
        TEXT, required=True, ja="文面", en="what it says", example="text: 明日の準備はいかがですか"
    )
    to: Said[str] | None = word(
        TEXT, ja="受け取る役割(省けば本人)", en="the role that gets it (the person if left out)"
    )


@dataclass(frozen=True, slots=True)
class TaskWords:
    """`task:`, or its text alone."""

    node: Table
    text: Said[str] | None = word(
        TEXT, required=True, ja="すること", en="what to do", example="text: 電話で様子を聞く"
    )
    owner: Said[str] | None = word(
        TEXT, ja="する人の役割(省けばhr)", en="the role that does it (hr if left out)"
    )
    due: Said[Distance] | None = word(DISTANCE, ja="期限", en="until when")


@dataclass(frozen=True, slots=True)
class AlertWords:
    """`alert:`, or its roles alone."""

    node: Table
    to: tuple[Said[str], ...] = word(
        Each(TEXT, least=1),
        many=True,
        required=True,
        ja="知らせる相手の役割",
        en="the roles that are told",
        example="to: hr",
    )
    text: Said[str] | None = word(TEXT, ja="添えることば", en="what they are told")


@dataclass(frozen=True, slots=True)
class UpdateWords:
    """`update:`."""

    node: Table
    tag: tuple[Said[str], ...] = word(Each(TEXT), many=True, ja="付けるタグ", en="tags to put on")
    untag: tuple[Said[str], ...] = word(Each(TEXT), many=True, ja="外すタグ", en="tags to take off")
    status: Said[str] | None = word(TEXT, ja="新しい状態", en="the new status")
    attributes: tuple[tuple[Text, Value], ...] = word(
        Pairs(), written="set", many=True, ja="書き換える項目と値", en="attributes and their values"
    )
    fact: Said[str] | None = word(
        ID, ja="記録する事実の名前", en="a fact that is noted of the person"
    )


@dataclass(frozen=True, slots=True)
class EnrollWords:
    """`enroll:`, or the playbook's name alone."""

    node: Table
    playbook: Said[str] | None = word(
        TEXT,
        required=True,
        ja="移る先のプレイブック",
        en="the playbook to enter",
        example="playbook: talent-pool",
    )


@dataclass(frozen=True, slots=True)
class WebhookWords:
    """`webhook:`, or its address alone."""

    node: Table
    url: Said[str] | None = word(
        TEXT,
        required=True,
        ja="知らせる先のアドレス",
        en="the address that is told",
        example="url: https://example.co.jp/hook",
    )
    secret: Said[str] | None = word(
        TEXT,
        ja="署名の鍵の名前(tsunagu.yamlのwebhooks)。鍵そのものは書かない",
        en="name of the signing secret in tsunagu.yaml; never the secret itself",
    )
    body: tuple[tuple[Text, Value], ...] = word(
        Pairs(), many=True, ja="送る内容", en="what is sent"
    )


@dataclass(frozen=True, slots=True)
class SendingWords:
    """`sending:`."""

    node: Table
    hours: Said[tuple[time, time]] | None = word(
        HOURS, ja="送ってよい時間帯", en="hours of the day at which messages may leave"
    )
    days: Said[str] | None = word(
        OneOf(("business", "any")), ja="営業日だけか、毎日か", en="business days only, or any day"
    )
    at_most: tuple[Said[Budget], ...] = word(
        Each(BUDGET),
        many=True,
        ja="一人に送る上限。すべてのプレイブックを合わせて数える",
        en="at most so many to one person, over all playbooks together",
    )


@dataclass(frozen=True, slots=True)
class CalendarWords:
    """`calendar:`."""

    node: Table
    timezone: Said[str] | None = word(TEXT, ja="タイムゾーン(Asia/Tokyo)", en="an IANA zone")
    holidays: Said[str] | None = word(
        TEXT, ja="祝日の国(JP)。noneなら祝日なし", en="country of the holidays, or none"
    )
    closed: tuple[Said[Closure], ...] = word(
        Each(CLOSED), many=True, ja="会社の休み", en="days on which the company is closed"
    )


_TASK = Words(TaskWords, "task", short="text")
_ALERT = Words(AlertWords, "alert", short="to")
_ENROLL = Words(EnrollWords, "enroll", short="playbook")
_WEBHOOK = Words(WebhookWords, "webhook", short="url")
_CHANGES = Choice(("tag", "untag", "status", "set", "fact"), "update.nothing", single=False)
_UPDATE = Words(UpdateWords, "update", choices=(_CHANGES,))
_STEP_WORDS = (
    *("id", "when", "every", "only", "no_later_than", "if", "expect", "if_silent", "then"),
    *("approve", "priority", "late", "in_doubt", "try_for", "even_if_waiting", "sending"),
    *("needs", "stop_on", "steps"),
)
_UP = dict.fromkeys(_STEP_WORDS, "steps") | dict.fromkeys(("needs", "stop_on"), "playbook.yaml")
_MAIL = Words(MailWords, "mail", homes=_UP)
_MEETING = Words(MeetingWords, "meeting", homes=_UP)
_SURVEY = Words(SurveyWords, "survey", homes=_UP)
_MESSAGE = Words(MessageWords, "message", homes=_UP)


@dataclass(frozen=True, slots=True)
class RungWords:
    """One rung of `if_silent:`."""

    node: Table
    after: Said[Distance] | None = word(
        DISTANCE,
        ja="前の段からの間(省けばすぐ)",
        en="so long after the rung before it (at once if left out)",
    )
    mail: MailWords | None = word(_MAIL, ja="メール(同じスレッドに続く)", en="a mail in the thread")
    message: MessageWords | None = word(_MESSAGE, ja="メッセージ", en="a message")
    task: TaskWords | None = word(_TASK, ja="人への頼みごと", en="a to-do for a human")
    alert: AlertWords | None = word(_ALERT, ja="担当者に知らせる", en="tell members of staff")
    update: UpdateWords | None = word(_UPDATE, ja="記録を書き換える", en="change the record")
    enroll: EnrollWords | None = word(_ENROLL, ja="別のプレイブックへ", en="into another playbook")
    webhook: WebhookWords | None = word(_WEBHOOK, ja="外へ知らせる", en="tell another system")


_RUNG = Words(
    RungWords,
    "if_silent",
    choices=(Choice(RUNG_KINDS, "rung.nothing", single=False),),
    homes=dict.fromkeys(_STEP_WORDS, "steps"),
    refused=dict.fromkeys(("meeting", "survey"), "rung.step"),
)


@dataclass(frozen=True, slots=True)
class ThenWords:
    """What every step has; also one of `then:`, where the id and the moment may be left out."""

    node: Table
    id: Said[str] | None = word(
        ID, ja="ステップの名前(省けば 親.then1)", en="name of the step (PARENT.then1 if left out)"
    )
    when: Said[Timed | Expression] | None = word(
        WHEN,
        ja="いつ。事実からの隔たり・日付・くり返し・条件",
        en="the moment: a distance from a fact, a date, a cadence, or a condition",
    )
    every: Said[Timed] | None = word(
        CADENCE, ja="くり返し(いつから、いつまで)", en="a cadence: from when until when"
    )
    no_later_than: Said[Timed] | None = word(
        MOMENT, ja="これより遅くは送らない", en="never later than this"
    )
    only: Said[Season] | None = word(
        SEASON, ja="一年のうちこの時期だけ", en="only between these days of the year"
    )
    condition: Said[Expression] | None = word(
        CONDITION, written="if", ja="この条件を満たす人にだけ", en="only where this holds"
    )
    mail: MailWords | None = word(_MAIL, ja="本人へのメール", en="a mail to the person")
    meeting: MeetingWords | None = word(_MEETING, ja="面談・会", en="a meeting")
    survey: SurveyWords | None = word(_SURVEY, ja="アンケート", en="a short survey")
    message: MessageWords | None = word(
        _MESSAGE, ja="Slack・Teams・LINEのメッセージ", en="a message on Slack, Teams or LINE"
    )
    task: TaskWords | None = word(_TASK, ja="人への頼みごと", en="a to-do for a human")
    alert: AlertWords | None = word(_ALERT, ja="担当者に知らせる", en="tell members of staff")
    update: UpdateWords | None = word(_UPDATE, ja="記録を書き換える", en="change the record")
    enroll: EnrollWords | None = word(
        _ENROLL, ja="別のプレイブックへ移す", en="into another playbook"
    )
    webhook: WebhookWords | None = word(_WEBHOOK, ja="外のシステムへ知らせる", en="tell a system")
    expect: Said[Awaited] | None = word(
        AWAITED,
        ja="待つ返事と期限。or の後の事実も返事とみなす",
        en="the answer that is awaited (or facts that are as good), and until when",
    )
    if_silent: tuple[RungWords, ...] = word(
        Each(_RUNG),
        many=True,
        ja="返事がないときの段取り。返事が来ればその場で終わる",
        en="what follows silence, rung by rung; it ends when the answer comes",
    )
    approve: Said[str] | None = word(
        TEXT,
        ja="この役割の人が確かめるまで下書きのまま",
        en="kept as a draft until somebody with this role releases it",
    )
    priority: Said[int] | None = word(
        Whole(-100, 100),
        ja="上限に重なったときの順(大きいほど先)",
        en="which goes first where budgets collide (the higher)",
    )
    late: Said[str] | None = word(
        OneOf(("send", "skip", "escalate")),
        ja="時期を過ぎていたら: 送る・やめる・担当者に知らせる",
        en="when its moment is long past: send, skip, or tell a human",
    )
    in_doubt: Said[str] | None = word(
        OneOf(("ask", "resend")),
        ja="届いたか分からないとき: 人に聞く・もう一度送る",
        en="when it may have gone: ask a human, or send it again",
    )
    try_for: Said[Distance] | None = word(
        DISTANCE, ja="送れないとき試し続ける長さ", en="how long to go on trying"
    )
    even_if_waiting: Said[bool] | None = word(
        YesNo(),
        ja="本人のメールが返事待ちでも送る",
        en="send it although the person's own mail waits for an answer",
    )
    sending: SendingWords | None = word(
        Words(SendingWords, "sending"),
        ja="このステップだけの送信の決まり",
        en="rules of sending for this step alone",
    )


_STEP_HOMES = (
    dict.fromkeys(words_of(MailWords), "mail")
    | {said: "meeting" for said in words_of(MeetingWords) if said not in {"title", "mail"}}
    | {"questions": "survey", "intro": "survey", "anonymous": "survey", "ask": "questions"}
    | {"channel": "message", "owner": "task", "due": "task", "after": "if_silent"}
    | {"tag": "update", "untag": "update", "status": "update", "set": "update"}
    | {"hours": "sending", "days": "sending", "at_most": "sending", "url": "webhook"}
    | dict.fromkeys(("needs", "stop_on", "for", "calendar", "facts"), "playbook.yaml")
)
_ONE_KIND = Choice(KINDS, "step.kind")
_THEN = Words(ThenWords, "then", choices=(_ONE_KIND,), homes=_STEP_HOMES)


@dataclass(frozen=True, slots=True)
class StepWords(ThenWords):
    """One of `steps:`."""

    id: Said[str] | None = word(
        ID,
        required=True,
        ja="ステップの名前。事実の名前のもとになる(welcome なら welcome.sent)",
        en="name of the step; its facts begin with it (welcome.sent)",
        example="id: welcome",
    )
    then: tuple[ThenWords, ...] = word(
        Each(_THEN),
        many=True,
        ja="このステップに続くこと",
        en="what follows from this step",
    )


AnyStep: TypeAlias = StepWords | ThenWords

_STEP = Words(
    StepWords,
    "steps",
    choices=(Choice(("when", "every"), "step.when"), _ONE_KIND),
    homes=_STEP_HOMES,
)


@dataclass(frozen=True, slots=True)
class PlaybookWords:
    """A whole `playbook.yaml`."""

    node: Table
    playbook: Said[str] | None = word(
        ID,
        required=True,
        ja="プレイブックの名前。進行中の人はこの名前と版に結び付く",
        en="its name: running people are bound to it and to its version",
        example="playbook: naitei-follow",
    )
    title: Said[str] | None = word(TEXT, ja="読む人のための題名", en="a title for readers")
    audience: Said[Expression] | None = word(
        CONDITION,
        written="for",
        ja="この条件を満たす人は自動で始まる",
        en="who is enrolled by itself",
    )
    needs: tuple[Said[str], ...] = word(
        Each(TEXT),
        many=True,
        ja="全員に必要な事実。欠けている人は取り込みのときに知らせる",
        en="facts that each person must have; a missing one is told at import",
    )
    facts: tuple[Said[str], ...] = word(
        Each(ID),
        many=True,
        ja="このプレイブックが使う、ほかの事実の名前",
        en="other facts of a person that this playbook names",
    )
    stop_on: tuple[Said[str], ...] = word(
        Each(TEXT),
        many=True,
        ja="このどれかが起きたら、もう何も送らない",
        en="nothing more is sent after any of these facts",
    )
    calendar: CalendarWords | None = word(
        Words(CalendarWords, "calendar"), ja="営業日の決まり", en="what a business day is"
    )
    sending: SendingWords | None = word(
        Words(SendingWords, "sending"), ja="送信の決まり", en="when messages may leave"
    )
    steps: tuple[StepWords, ...] = word(
        Each(_STEP, alone=False, least=1),
        many=True,
        required=True,
        ja="することを、順に",
        en="what happens",
        example="steps: [{id: welcome, when: offer + 1 hour, task: …}]",
    )


PLAYBOOK = Words(
    PlaybookWords,
    "playbook.yaml",
    homes=dict.fromkeys(("timezone", "holidays", "closed"), "calendar")
    | dict.fromkeys(("hours", "days", "at_most"), "sending")
    | dict.fromkeys((*KINDS, *_STEP_WORDS[:16]), "steps"),
)
