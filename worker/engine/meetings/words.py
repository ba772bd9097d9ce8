"""What the mails beside a meeting say, in Japanese and English. Nobody is hurried for an answer.

Those to the person are templates, as a playbook's own are; those to colleagues are plain.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

_WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class Page:
    """The words of one language; every mail is a subject and a text."""

    day: Callable[[datetime], str]
    names: Callable[[Sequence[str]], str]
    invitation: tuple[str, str]
    new_time: tuple[str, str]
    reminder: tuple[str, str]
    brief: tuple[str, str]
    nudge: tuple[str, str]
    called_off: tuple[str, str]
    request: tuple[str, str]
    cancellation: tuple[str, str]
    other_times: tuple[str, str]
    help: tuple[str, str]
    help_ahead: tuple[str, str]  # no time can be held for what is promised
    help_so_far: tuple[str, str]  # no time was found, and it is looked for all the same
    offers: str  # of `other_times`, with a line for each
    no_offers: str
    bullet: str
    proposal: str  # a line of `help`
    text_failed: tuple[str, str]
    text_is_mended: str
    has_left: str
    has_left_again: str  # as often as we look for another session by ourselves
    others_stay: str  # after either
    plainly: str
    by_calendar_alone: str
    taken_back: tuple[str, str]
    handed_over: tuple[str, str]  # somebody else comes, and the time stays
    replaced: tuple[str, str]  # an event goes because of that, and another one comes
    not_then: tuple[str, str]
    a_meeting: str  # of whose person nothing may be said any more
    online: str
    no_place: str
    no_time: str
    no_when: str
    japan_time: str  # which nobody there knows as Asia/Tokyo
    said: str


def _day_ja(at: datetime) -> str:
    return f"{at.month}月{at.day}日（{_WEEKDAYS[at.weekday()]}）"


def _day_en(at: datetime) -> str:
    return f"{at:%A}, {at.day} {at:%B}"


JA = Page(
    day=_day_ja,
    names=lambda names: "、".join(f"{name}さん" for name in names),
    invitation=(
        "{{ meeting.title }}のご案内（{{ meeting.day }}）",
        """{{ person.name }} 様

{{ meeting.title }}の時間を、次のようにご用意しました。

日時: {{ meeting.when }}
場所: {{ meeting.place }}
お会いする人: {{ meeting.with }}

{% if meeting.link %}
[オンラインで参加する]({{ meeting.link }})
{% endif %}

カレンダーの招待もお届けしています。

ご都合が悪いときは、招待の「いいえ」か別の時間のご提案、\
またはこのメールへのご返信でお知らせください。
あらためて時間をご用意しますので、ご無理はなさらないでください。

{{ sender.name | default(company.name) }}
""",
    ),
    new_time=(
        "{{ meeting.title }}の新しい時間のご案内（{{ meeting.day }}）",
        """{{ person.name }} 様

{{ meeting.title }}の時間を、次のように改めました。

日時: {{ meeting.when }}
場所: {{ meeting.place }}
お会いする人: {{ meeting.with }}

{% if meeting.link %}
[オンラインで参加する]({{ meeting.link }})
{% endif %}

ご都合が悪いときは、招待の「いいえ」か別の時間のご提案、\
またはこのメールへのご返信でお知らせください。

{{ sender.name | default(company.name) }}
""",
    ),
    reminder=(
        "{{ meeting.title }}が近づきました（{{ meeting.day }}）",
        """{{ person.name }} 様

{{ meeting.title }}が近づきましたので、お知らせします。

日時: {{ meeting.when }}
場所: {{ meeting.place }}
お会いする人: {{ meeting.with }}

{% if meeting.link %}
[オンラインで参加する]({{ meeting.link }})
{% endif %}

ご返信はいりません。お会いできるのを楽しみにしています。

{{ sender.name | default(company.name) }}
""",
    ),
    brief=(
        "【面談メモ】{who}さん（{day}）",
        """{to} 様

{title}が近づきました。お会いする前にご覧ください。

日時: {when}
場所: {place}
お相手: {who}さん
{about}

このメモは社内だけのものです。ご本人には届いていません。
""",
    ),
    nudge=(
        "【ご返事のお願い】{title}（{day}）",
        """{to} 様

次の予定への参加のお返事をまだいただいていません。
カレンダーで「はい」か「いいえ」をお選びください。
「いいえ」のときは、別の時間を自動でお探しします。

{title}（{who}さん）
日時: {when}
場所: {place}
""",
    ),
    called_off=(
        "予定の取りやめについて",
        """{{ person.name }} 様

お約束していた今後の予定は、すべて取りやめといたしました。
カレンダーからも順に消えますので、何もしていただく必要はありません。
これまでお時間をいただき、ありがとうございました。

{{ sender.name | default(company.name) }}
""",
    ),
    request=(
        "【予定のお知らせ】{title}（{day}）",
        """{to} 様

次の予定が入りました。カレンダーにお入れください。

{title}（{who}さん）
日時: {when}
場所: {place}

ご都合が悪いときは、人事までお知らせください。
""",
    ),
    cancellation=(
        "【取りやめ】{title}（{day}）",
        """{to} 様

次の予定は取りやめになりました。カレンダーから消していただいて構いません。

{title}
日時: {when}

{sender}
""",
    ),
    other_times=(
        "{title}の時間について（{day}）",
        """{to} 様

別の時間のご提案をありがとうございます。
{asked} は全員の都合が合わず、{title}は今のところ次のままです。

日時: {when}
場所: {place}

{offers}

{sender}
""",
    ),
    offers="""次の時間でしたら全員が伺えます。

{}

ご希望の時間を、招待の「別の時間の提案」かこのメールへのご返信でお知らせください。""",
    no_offers="ほかの時間は担当者からご相談します。このメールへのご返信でもお知らせください。",
    bullet="- ",
    help=(
        "【ご確認ください】{who}さんの「{title}」",
        """{to} 様

{who}さんとの「{title}」（ステップ {step}）は、自動では決められませんでした。

理由: {why}
{proposal}予定していた日時: {when}

日程をご本人と直接ご相談ください。
""",
    ),
    help_ahead=(
        "【お早めに】{due}にご案内する{who}さんの面談に、空きがありません",
        """{to} 様

{who}さんの面談（ステップ {step}）は、{due}にご案内する約束です。押さえられる時間がまだありません。

理由: {why}
{proposal}
このあとも毎日一度、空きを探します。その日までに空けば、お手数はかかりません。
""",
    ),
    help_so_far=(
        "【まだ決まりません】{who}さんの「{title}」",
        """{to} 様

{who}さんとの「{title}」（ステップ {step}）に、空きがまだ見つかりません。

理由: {why}
{proposal}予定していた日時: {when}

{until}まで、三時間ごとに空きを探し、見つかればご本人にご案内します。それまでに空けば、お手数はかかりません。
見つからないまま終わるときは、あらためてお知らせします。
""",
    ),
    proposal="こうすると決まります: {}\n",
    text_failed=(
        "【ご確認ください】{who}さんへの「{title}」のご案内の文面",
        """{to} 様

{who}さんへの「{title}」（ステップ {step}）のご案内の文面 mails/{template} は、\
言葉が足りず送れませんでした。

理由: {why}
{instead}

日時: {when}

文面か、足りない情報をお直しください。tsunagu check で確かめられます。
""",
    ),
    text_is_mended="（今はもう足りています）",
    has_left="この回には来られないとのことです",
    has_left_again="別の回を三度ご用意しましたが、どれもご都合が合いませんでした",
    others_stay="。ほかの方の予定はそのままです",
    plainly="代わりに、決まった文面でご案内しました。",
    by_calendar_alone="ご案内のメールは送っていません。カレンダーの招待だけが届いています。",
    taken_back=(
        "【取りやめ】{{ meeting.title }}（{{ meeting.day }}）",
        """{{ person.name }} 様

次の予定は取りやめになりました。カレンダーから消していただいて構いません。

{{ meeting.title }}
日時: {{ meeting.when }}

{{ sender.name | default(company.name) }}
""",
    ),
    handed_over=(
        "{{ meeting.title }}でお会いする人が変わりました（{{ meeting.day }}）",
        """{{ person.name }} 様

お会いする人が{{ meeting.with }}に変わりました。時間はそのままです。

{{ meeting.title }}
日時: {{ meeting.when }}
場所: {{ meeting.place }}

{% if meeting.link %}
[オンラインで参加する]({{ meeting.link }})
{% endif %}

{% if meeting.is_replaced %}
カレンダーに前の予定の取りやめの知らせが出ることがありますが、新しい招待に入れ替わるだけです。
{% endif %}

ご都合が悪いときは、招待の「いいえ」か別の時間のご提案、\
またはこのメールへのご返信でお知らせください。

{{ sender.name | default(company.name) }}
""",
    ),
    replaced=(
        "{{ meeting.title }}のご案内が新しくなります（{{ meeting.day }}）",
        """{{ person.name }} 様

お会いする人が変わるため、次の予定はいったんカレンダーから消えます。
お会いする約束はそのままで、新しいご案内をあらためてお送りします。何もしていただく必要はありません。

{{ meeting.title }}
日時: {{ meeting.when }}

{{ sender.name | default(company.name) }}
""",
    ),
    not_then=(
        "{{ meeting.title }}の時間について（{{ meeting.day }}）",
        """{{ person.name }} 様

別の時間のご提案をありがとうございます。
{{ meeting.asked }} は全員の都合が合わず、{{ meeting.title }}は今のところ次のままです。

日時: {{ meeting.when }}
場所: {{ meeting.place }}

{{ meeting.offers }}

{{ sender.name | default(company.name) }}
""",
    ),
    a_meeting="面談",
    online="オンライン",
    no_place="追ってお知らせします",
    no_time="期間のうちに、全員の空いている時間がありませんでした",
    no_when="未定",
    japan_time="日本時間",
    said="{} → {}",
)

EN = Page(
    day=_day_en,
    names=", ".join,
    invitation=(
        "{{ meeting.title }}: {{ meeting.day }}",
        """Dear {{ person.name }},

we have set aside a time for {{ meeting.title }}:

When: {{ meeting.when }}
Where: {{ meeting.place }}
With: {{ meeting.with }}

{% if meeting.link %}
[Join online]({{ meeting.link }})
{% endif %}

The calendar's own invitation comes with it.

If the time does not suit you, decline it there, propose another, or just answer this mail: \
we will find a new time, and it is no trouble.

{{ sender.name | default(company.name) }}
""",
    ),
    new_time=(
        "{{ meeting.title }}, a new time: {{ meeting.day }}",
        """Dear {{ person.name }},

{{ meeting.title }} has a new time:

When: {{ meeting.when }}
Where: {{ meeting.place }}
With: {{ meeting.with }}

{% if meeting.link %}
[Join online]({{ meeting.link }})
{% endif %}

If it does not suit you, decline it in your calendar, propose another time, or answer this mail.

{{ sender.name | default(company.name) }}
""",
    ),
    reminder=(
        "{{ meeting.title }} is near: {{ meeting.day }}",
        """Dear {{ person.name }},

{{ meeting.title }} is near:

When: {{ meeting.when }}
Where: {{ meeting.place }}
With: {{ meeting.with }}

{% if meeting.link %}
[Join online]({{ meeting.link }})
{% endif %}

There is nothing to answer. We look forward to seeing you.

{{ sender.name | default(company.name) }}
""",
    ),
    brief=(
        "Before you meet {who} ({day})",
        """Dear {to},

{title} is near. A short note before you meet:

When: {when}
Where: {place}
Whom: {who}
{about}

This note is for colleagues only; it has not been sent to {who}.
""",
    ),
    nudge=(
        "Please answer: {title} ({day})",
        """Dear {to},

you have not answered this invitation yet. Please accept or decline it in your calendar;
if you decline, another time is found by itself.

{title} ({who})
When: {when}
Where: {place}
""",
    ),
    called_off=(
        "Your appointments are called off",
        """Dear {{ person.name }},

all appointments that we had made with you are called off.
They will disappear from your calendar; there is nothing you need to do.
Thank you for your time.

{{ sender.name | default(company.name) }}
""",
    ),
    request=(
        "For your calendar: {title} ({day})",
        """Dear {to},

this meeting has been arranged. Please put it into your calendar.

{title} ({who})
When: {when}
Where: {place}

Tell HR if the time does not suit you.
""",
    ),
    cancellation=(
        "Called off: {title} ({day})",
        """Dear {to},

this meeting is called off; you may remove it from your calendar.

{title}
When: {when}

{sender}
""",
    ),
    other_times=(
        "{title}: about the time ({day})",
        """Dear {to},

thank you for proposing another time. {asked} does not suit everybody, so {title} stays as it is
for now:

When: {when}
Where: {place}

{offers}

{sender}
""",
    ),
    offers="""These times would suit everybody:

{}

Propose one of them in your calendar, or answer this mail.""",
    no_offers="A colleague will find another time with you; you may just answer this mail, too.",
    bullet="- ",
    help=(
        'Please see to "{title}" with {who}',
        """Dear {to},

"{title}" with {who} (step {step}) could not be settled by itself.

Why: {why}
{proposal}Time it was to be at: {when}

Please agree on a time directly.
""",
    ),
    help_ahead=(
        "No room yet for the talk with {who}, to be announced on {due}",
        """Dear {to},

the invitation of {who} (step {step}) is to go out on {due}, and no time can be held for it so far.

Why: {why}
{proposal}
We look for one every day. Where there is room by then, nothing need be done.
""",
    ),
    help_so_far=(
        'No time so far for "{title}" with {who}',
        """Dear {to},

no time has been found so far for "{title}" with {who} (step {step}).

Why: {why}
{proposal}Time it was to be at: {when}

We look every three hours until {until}, and invite them as soon as there is one: where there is \
room by then, nothing need be done.
If none has been found at the end, we shall write to you again.
""",
    ),
    proposal="What would help: {}\n",
    text_failed=(
        'Please look at the text that invites {who} to "{title}"',
        """Dear {to},

mails/{template}, which invites {who} to "{title}" (step {step}), lacks a word for them and could \
not be sent.

Why: {why}
{instead}

When: {when}

Please mend the text, or what is missing; tsunagu check tells whether it is whole.
""",
    ),
    text_is_mended="(it lacks nothing any more)",
    has_left="they cannot come to this session",
    has_left_again="three other sessions did not suit them either",
    others_stay="; it stays as it is for the others",
    plainly="They were invited with the built-in text instead.",
    by_calendar_alone="No mail of ours went to them: they have the calendar's invitation alone.",
    taken_back=(
        "Called off: {{ meeting.title }} ({{ meeting.day }})",
        """Dear {{ person.name }},

this meeting is called off; you may remove it from your calendar.

{{ meeting.title }}
When: {{ meeting.when }}

{{ sender.name | default(company.name) }}
""",
    ),
    handed_over=(
        "{{ meeting.title }}: somebody else will meet you ({{ meeting.day }})",
        """Dear {{ person.name }},

you will meet {{ meeting.with }} instead; the time stays as it is.

{{ meeting.title }}
When: {{ meeting.when }}
Where: {{ meeting.place }}

{% if meeting.link %}
[Join online]({{ meeting.link }})
{% endif %}

{% if meeting.is_replaced %}
Your calendar may say that the earlier event is called off: the new invitation takes its place.
{% endif %}

If it does not suit you, decline it in your calendar, propose another time, or answer this mail.

{{ sender.name | default(company.name) }}
""",
    ),
    replaced=(
        "{{ meeting.title }}: a new invitation follows ({{ meeting.day }})",
        """Dear {{ person.name }},

somebody else will meet you, so this event leaves your calendar for a moment. You will still be met:
a new invitation follows, and there is nothing you need to do.

{{ meeting.title }}
When: {{ meeting.when }}

{{ sender.name | default(company.name) }}
""",
    ),
    not_then=(
        "{{ meeting.title }}: about the time ({{ meeting.day }})",
        """Dear {{ person.name }},

thank you for proposing another time. {{ meeting.asked }} does not suit everybody, so \
{{ meeting.title }} stays as it is for now:

When: {{ meeting.when }}
Where: {{ meeting.place }}

{{ meeting.offers }}

{{ sender.name | default(company.name) }}
""",
    ),
    a_meeting="a meeting",
    online="online",
    no_place="to be announced",
    no_time="there was no time within the span at which everybody is free",
    no_when="not settled",
    japan_time="Japan time",
    said="{} → {}",
)
