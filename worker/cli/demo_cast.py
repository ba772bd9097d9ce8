"""How the people of the demonstration behave: one row each, of candidates and of staff.

To have somebody do something else, change a row or write one. What a row means is
`demo_stage`'s business; of meetings, `demo_guests`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a candidate behaves towards what asks them something."""

    name: str  # of a sentence `demo.manner.…`
    says: tuple[str, ...] = ()  # in turn, the last again; nothing: silent
    client: str = "gmail"  # one of demo_mails.CLIENTS
    after: timedelta = 5 * _HOUR
    english: tuple[str, ...] = ()  # the same of those who are written to in English
    only_reminded: bool = False  # answers a reminder, and not the first mail
    only_called: bool = False  # answers when a colleague has seen to them
    elsewhere: bool = False  # writes from another address
    away: int = 0  # days of an absence that their mailbox tells of first
    bounces: bool = False  # their mailbox is no more
    declines_with: int = 0  # which of the mails that ask is answered by the last of `says`
    accepts: bool = True  # HR notes it some weeks later


_QUESTION = "寮の申し込みは、いつまでにすればよいでしょうか。"
_DECLINES = "大変申し訳ありませんが、内定を辞退させていただきたく、ご連絡いたしました。"
_ELSEWHERE = "検討の結果、他社に入社することを決めました。辞退させてください。"
_THANKS = "ご連絡ありがとうございます。\n入社を楽しみにしています。質問があれば、またご連絡します。"
_HELLO = "Thank you very much for the mail. I look forward to joining you and will write again."

MANNERS: tuple[Manner, ...] = (  # of person after person, round and round
    Manner("question", (_QUESTION, _THANKS), "outlook", 26 * _HOUR),
    Manner("silent", accepts=False),
    Manner("away", ("返信が遅くなりました。今日戻りました。", _THANKS), "outlook", away=12),
    Manner("elsewhere", ("別のアドレスから失礼します。内容、拝見しました。",), elsewhere=True),
    Manner("reminded", ("お返事が遅くなり、すみません。", _THANKS), "iphone", only_reminded=True),
    Manner("declines", (_THANKS, _DECLINES), "outlook", declines_with=2),
    Manner("below", ("ご案内ありがとうございます。参加します。",), "below"),
    Manner("called", ("お電話をいただき、ありがとうございました。元気です。",), only_called=True),
    Manner("declines", (_ELSEWHERE,), after=30 * _HOUR, declines_with=1, accepts=False),
    Manner("thread", (_THANKS,), english=(_HELLO,)),
    Manner("yes", ("はい",), "iphone", 2 * _HOUR, english=("Yes",)),
    Manner("bounces", bounces=True, accepts=False),
    Manner("silent", accepts=False),
)


@dataclass(frozen=True, slots=True)
class StaffManner:
    """What a member of staff answers, in turn, by what they were told."""

    alert: tuple[str, ...]
    again: tuple[str, ...] = ("電話しました。元気そうでした。",)  # told again on the day named
    task: tuple[str, ...] = ("済みました",)
    overdue: tuple[str, ...] = ("遅くなりました。対応済みです。",)
    client: str = "gmail"
    after: timedelta = 3 * _HOUR
    forgets: int = 0  # every so many tasks one is answered only when it is overdue


STAFF: Mapping[str, StaffManner] = {  # by id; of everybody else `STAFF[""]` is true
    "": StaffManner(("対応済みです。",), task=("完了しました。",), after=26 * _HOUR),
    "sato": StaffManner(
        (
            "電話しました。お元気でした。",
            "明日やります",
            "説明会では元気そうでした。",
        ),
        client="gmail",
        forgets=5,
    ),
    "ito": StaffManner(
        ("あとで", "来週の火曜に電話します", "話せました。"), client="iphone", after=5 * _HOUR
    ),
    "kimura": StaffManner(
        ("電話しましたが、つながりませんでした。", "called her"), client="below", forgets=7
    ),
    "nakano": StaffManner(
        ("承知しました。", "電話しました。"), task=("済", "対応済みです", "done"), client="outlook"
    ),
    "ono": StaffManner(("私から連絡しました。",), client="outlook", after=20 * _HOUR),
}

# What HR writes by hand to a mail that waits for a human.
BY_HAND = "ご連絡ありがとうございます。気になることがあれば、いつでもご連絡ください。"
BY_HAND_TO_DECLINE = "お気持ち、承りました。これからのご活躍を、心よりお祈りしています。"
HR_ANSWERS_AFTER = 5 * _HOUR
ACCEPTS_AFTER = 24 * _DAY


@dataclass(frozen=True, slots=True)
class GuestManner:
    """What a candidate does with invitations: in turn, the last of it from then on."""

    says: tuple[str, ...] = ("accepts",)  # accepts | declines | proposes (if two meet) | nothing
    after: timedelta = 3 * _HOUR


GUESTS: tuple[GuestManner, ...] = (  # of person after person, round and round
    GuestManner(),
    GuestManner(("declines", "accepts"), 6 * _HOUR),
    GuestManner(("nothing",)),
    GuestManner(("proposes", "accepts"), 8 * _HOUR),
    GuestManner(("accepts", "accepts", "declines", "accepts")),
    GuestManner(after=11 * _HOUR),
    GuestManner(("proposes", "accepts", "proposes", "accepts")),
)
STAFF_ANSWERS_AFTER = 2 * _HOUR

# Who has a calendar where, and of whom it is known by mail alone.
CALENDARS: Mapping[str, str] = {
    "sato": "google",
    "kato": "google",
    "ito": "microsoft",
    "mori": "microsoft",
    "kimura": "mail",
}
DRAGS: Mapping[str, int] = {"mori": 1, "sato": 1}  # meetings that somebody drags to another time


@dataclass(frozen=True, slots=True)
class Habit:
    """Something in a colleague's calendar that is theirs, week after week."""

    weekday: int  # 0: Monday
    begins: time
    ends: time
    title: str


@dataclass(frozen=True, slots=True)
class Life:
    """What else a colleague has to do."""

    habits: tuple[Habit, ...] = ()
    leave: tuple[tuple[date, date], ...] = ()  # first and last day


LIVES: Mapping[str, Life] = {
    "sato": Life(
        (Habit(0, time(10), time(11), "開発定例"), Habit(3, time(13, 30), time(16), "レビュー")),
        ((date(2026, 8, 3), date(2026, 8, 7)),),
    ),
    "ito": Life(
        (Habit(1, time(9, 30), time(12), "営業会議"), Habit(4, time(15), time(17), "客先")),
        ((date(2026, 9, 24), date(2026, 9, 30)),),
    ),
    "kato": Life((Habit(0, time(13), time(15), "部門会議"), Habit(2, time(14), time(17), "面談"))),
    "mori": Life((Habit(0, time(13), time(14), "営業会議"), Habit(4, time(13), time(18), "外出"))),
}
