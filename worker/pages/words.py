"""What the pages say, in Japanese and in English: short, kind, and nothing that presses."""

from collections.abc import Mapping
from datetime import date

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

WORDS: Mapping[str, tuple[str, str]] = {
    # to stop
    "stop.title": ("ご案内の停止", "Stop these mails"),
    "stop.lead": (
        "{company}からの自動のご案内を止めることができます。",
        "You can stop the automatic mails from {company} here.",
    ),
    "stop.calm": (
        "止めても、選考や内定、これまでのやり取りには何の影響もありません。",
        "Stopping changes nothing about your application, your offer or anything agreed.",
    ),
    "stop.stop": ("ご案内を停止する", "Stop the mails"),
    "stop.or": (
        "「多すぎる」と感じたときは、回数を減らすだけにもできます。",
        "If it is only too much, we can also write less often.",
    ),
    "stop.less": ("回数を減らす", "Write to me less often"),
    "stop.gentle": ("回数を減らすご希望は、うかがっています。", "We already write less often."),
    "stopped.title": ("停止しました", "Stopped"),
    "stopped.lead": (
        "{company}からの自動のご案内は、今後お送りしません。",
        "{company} will send you no more automatic mails.",
    ),
    "stopped.undo": (
        "間違えて押したときや、再開したいときは、これまでのメールにそのままご返信ください。",
        "If this was a mistake, simply reply to any of our mails.",
    ),
    "less.title": ("回数を減らします", "Less from now on"),
    "less.lead": (
        "これからは、間をあけてご連絡します。大切なお知らせだけは、お送りすることがあります。",
        "From now on we write less often. What really matters may still reach you.",
    ),
    # surveys
    "survey.time": ("約{minutes}分・{until}まで", "About {minutes} min., open until {until}"),
    "survey.named": (
        "お答えは、お名前とともに{company}の担当者に届きます。",
        "Your answers reach the people in charge at {company}, with your name.",
    ),
    "survey.anonymous": (
        (
            "匿名です。どなたのお答えか分かる形では残しません。"
            "{least}人以上の答えがそろうまで、結果は誰にも見えません。"
        ),
        (
            "This is anonymous: nothing is kept that leads to you, "
            "and nobody sees anything before {least} people have answered."
        ),
    ),
    "survey.optional": ("(任意)", "(optional)"),
    "survey.send": ("送信する", "Send"),
    "survey.correct": ("直して送信する", "Send the corrected answers"),
    "survey.keep": ("保存して、あとで続ける", "Save, and go on later"),
    "survey.kept": (
        "ここまでのお答えを保存しました。{until}までに、同じリンクから続けられます。",
        "Saved so far. You can go on from the same link until {until}.",
    ),
    "survey.missing": (
        "もう少しです。次の質問をご確認ください。",
        "Almost there: please look at these questions.",
    ),
    "survey.slip.missing": ("お答えをお願いします。", "Please answer this one."),
    "survey.slip.choice": ("もう一度お選びください。", "Please choose once more."),
    "survey.slip.long": (
        "{most}文字までにしてください(いまは{count}文字です)。",
        "Please keep to {most} characters (there are {count} now).",
    ),
    "survey.again": (
        "送信したあとも、{until}までは直せます。",
        "You can still change your answers until {until}.",
    ),
    "survey.once": (
        "匿名のため、途中での保存や、送信したあとの変更はできません。お名前は書かないでください。",
        (
            "Being anonymous, it can neither be saved halfway nor changed later. "
            "Please write no names."
        ),
    ),
    "thanks.title": ("ありがとうございました", "Thank you"),
    "thanks.lead": ("お答えを受け取りました。", "We have got your answers."),
    "thanks.until": (
        "{until}までは、同じリンクから直せます。",
        "You can change them from the same link until {until}.",
    ),
    "thanks.talk": (
        "お話ししたいことがあれば、メールにそのままご返信ください。",
        "If there is anything you would like to talk about, simply reply to the mail.",
    ),
    "thanks.correct": ("答えを直す", "Change my answers"),
    "closed.title": ("このアンケートは終了しました", "This survey has ended"),
    "closed.lead": (
        "{until}で締め切りました。開いてくださって、ありがとうございます。",
        "It was open until {until}. Thank you for looking in.",
    ),
    "closed.talk": (
        "お伝えになりたいことは、メールにそのままご返信ください。いつでも読みます。",
        "If there is something to tell us, simply reply to the mail at any time.",
    ),
    # for everybody
    "unknown.title": ("このリンクは使えません", "This link does not work"),
    "unknown.lead": (
        "リンクの一部が欠けているか、もう使われていないリンクです。",
        "A part of the link may be missing, or it is no longer in use.",
    ),
    "unknown.do": (
        "メールのリンクをもう一度開くか、メールにそのままご返信ください。",
        "Open the link in the mail once more, or simply reply to the mail.",
    ),
    "preview.title": ("これは見本のリンクです", "A link of a preview"),
    "preview.lead": (
        "本番のメールでは、受け取った人だけのリンクがここに入ります。",
        "In the real mail, a link for its reader alone stands here.",
    ),
    "rehearsal.title": ("これはリハーサルのリンクです", "A link of a rehearsal"),
    "rehearsal.lead": (
        "リハーサルのメールのリンクは、どなたの記録も変えません。",
        "Links in the mails of a rehearsal change nobody's record.",
    ),
    "often.title": ("少しお待ちください", "One moment, please"),
    "often.lead": (
        "短い間に何度も開かれたため、お休みしています。1分ほどしてから、もう一度お試しください。",
        "This page was opened very often. Please try again in about a minute.",
    ),
    "large.title": ("長すぎます", "Too long"),
    "large.lead": (
        "送られた内容が大きすぎるため、受け取れませんでした。",
        "What was sent is too large to be taken.",
    ),
    "form.title": ("受け取れませんでした", "This could not be read"),
    "form.lead": (
        "ページをもう一度開いて、お試しください。",
        "Please open the page once more and try again.",
    ),
    "trouble.title": ("ただいま受け付けられません", "Not just now"),
    "trouble.lead": (
        "こちらの都合で、いまは記録できませんでした。少し時間をおいて、もう一度お試しください。",
        "Nothing could be saved just now, through no fault of yours. Please try again in a while.",
    ),
    "missing.title": ("ページが見つかりません", "Nothing here"),
    "missing.lead": ("この場所にページはありません。", "There is no page at this address."),
}


class Phrases:
    """The words of one page, in one language."""

    def __init__(self, language: str) -> None:
        self.language = "ja" if language.lower().startswith("ja") else "en"
        self._place = 0 if self.language == "ja" else 1

    def __call__(self, key: str, **values: object) -> str:
        """Give a sentence with its values."""
        return WORDS[key][self._place].format(**values)

    def day(self, at: date) -> str:
        """Write a day as people do: `11月28日(土)`, `Sat 28 Nov`."""
        if self.language == "ja":
            return f"{at.month}月{at.day}日({'月火水木金土日'[at.weekday()]})"
        return f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]}"


def language_of(accepted: str, fallback: str) -> str:
    """Give the language of somebody we do not know, by what their browser says.

    >>> language_of("fr-FR, en;q=0.8, ja;q=0.5", "ja"), language_of("", "ja")
    ('en', 'ja')
    """
    for wanted in accepted.lower().split(","):
        tag = wanted.partition(";")[0].strip()[:2]
        if tag in {"ja", "en"}:
            return tag
    return fallback
