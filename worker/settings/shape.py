"""The words `tsunagu.yaml` may hold, said once: the reader and the JSON Schema both walk this."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from worker.settings import values

_TEXT: Mapping[str, object] = MappingProxyType({"type": "string", "minLength": 1})


@dataclass(frozen=True, slots=True)
class Scalar:
    """One text and what it means."""

    read: Callable[[str], object]
    schema: Mapping[str, object] = field(default_factory=lambda: _TEXT)
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Several:
    """A list of texts; a single one may stand without brackets."""

    item: Scalar


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a group: what may be said about it, and what an editor shows beside it."""

    kind: "Kind"
    ja: str
    en: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A table of known words."""

    words: Mapping[str, Word]
    short: str = ""  # the word that is meant where a text stands instead of the table


@dataclass(frozen=True, slots=True)
class Named:
    """A table whose words the author chooses."""

    item: "Kind"


Kind: TypeAlias = Scalar | Several | Group | Named


def _text(text: str) -> str:
    return text


def _choice(*choices: str) -> Scalar:
    return Scalar(partial(values.choice, choices=choices), {"enum": list(choices)})


def _number(least: int, most: int) -> Scalar:
    schema = {"type": "integer", "minimum": least, "maximum": most}
    return Scalar(partial(values.number, least=least, most=most), schema)


def _pattern(pattern: str, *examples: str) -> dict[str, object]:
    return {"type": "string", "pattern": pattern, "examples": list(examples)}


TEXT = Scalar(_text)
SECRET = Scalar(_text, {**_TEXT, "examples": ["${NAME}"]}, secret=True)
PORT = _number(1, 65535)
HOST = Scalar(values.host, {**_TEXT, "examples": ["smtp.example.co.jp"]})
ADDRESS = Scalar(values.address, {"type": "string", "pattern": r"@|\$\{"})
WEB = Scalar(values.web, _pattern(r"^https?://|\$\{", "https://example.co.jp"))
TOPIC = Scalar(values.topic, _pattern(r"^projects/.+/topics/|\$\{", "projects/hr/topics/mail"))
ENTRANCE = Scalar(values.entrance, WEB.schema)
TLS = _choice("implicit", "starttls", "none")
SPAN = Scalar(values.span, _pattern(r"^\S+ +(second|minute|hour|day|week)s?$", "7 days"))
AGE = Scalar(values.age, _pattern(r"^\S+ +(day|week)s?$", "180 days"))
HOURS = Scalar(values.hours, _pattern(r"^\S{3,} *[-~〜～–−] *\S{3,}$", "09:30-18:30"))
BUDGET = Scalar(
    values.budget,
    _pattern(r"^\S+ +per +\S+", "1 per day", "3 per 2 weeks"),
)
CLOSED = Scalar(
    values.closure,
    _pattern(r"^\S+( *(\.\.|~|〜|～) *\S+)?$", "12-29..01-03", "2026-10-01"),
)

_SIGN_IN = {
    "user": Word(TEXT, "サインインの名前", "the name to sign in with"),
    "password": Word(SECRET, "パスワード。${NAME} と書きます", "the password, written as ${NAME}"),
    "token": Word(
        SECRET,
        "OAuth のアクセストークン (XOAUTH2)",
        "an OAuth access token: signs in by XOAUTH2",
    ),
    "sign_in": Word(
        _choice("google", "microsoft"),
        "google か microsoft の接続のサインインを使う (XOAUTH2)。host と user は省ける",
        "by XOAUTH2, as the connection of that name; host and user may be left out",
    ),
    "ca": Word(TEXT, "信頼する証明書のファイル", "a file of certificates to trust as well"),
}

SMTP = Group(
    {
        "host": Word(HOST, "送信サーバー", "the server"),
        "port": Word(
            PORT,
            "ポート。省くと tls に応じて 587・465・25",
            "the port; 587, 465 or 25 by what tls says",
        ),
        "tls": Word(
            TLS,
            "暗号化: starttls(省略時)・implicit(ポート465)・none",
            "starttls (default), implicit (port 465) or none",
        ),
        **_SIGN_IN,
        "timeout": Word(SPAN, "返事を待つ長さ", "how long to wait for an answer"),
    }
)

IMAP = Group(
    {
        "host": Word(HOST, "受信サーバー", "the server"),
        "port": Word(PORT, "ポート(省くと 993)", "the port; 993 if not said"),
        "tls": Word(
            TLS, "暗号化: implicit(省略時)・starttls・none", "implicit (default), starttls or none"
        ),
        **_SIGN_IN,
        "inbox": Word(TEXT, "受信箱のフォルダー名", "the folder of incoming mail"),
        "sent": Word(TEXT, "送信済みのフォルダー名", "the folder of sent mail"),
        "junk": Word(TEXT, "迷惑メールのフォルダー名", "the folder of junk mail"),
        "receiver": Word(
            TEXT,
            "受信サーバーが Authentication-Results に書く自分の名前",
            "what the receiving server calls itself in Authentication-Results",
        ),
    }
)

LIMITS = Group(
    {
        "per_minute": Word(_number(1, 100_000), "1分に何通まで", "mails a minute at most"),
        "per_day": Word(_number(1, 10_000_000), "1日に何通まで", "mails a day at most"),
        "connections": Word(_number(1, 100), "同時につなぐ数", "connections at a time"),
        "per_connection": Word(
            _number(1, 10_000), "一つの接続で何通まで", "mails before a connection is renewed"
        ),
        "idle": Word(SPAN, "使わない接続を閉じるまで", "then an unused connection is closed"),
    }
)

_ACCOUNT = Group(
    {"account": Word(ADDRESS, "そのアカウント", "the account", needed=True)}, short="account"
)

MAILBOX = Group(
    {
        "address": Word(ADDRESS, "差出人アドレス", "the address mails come from", needed=True),
        "name": Word(TEXT, "差出人の名前", "the name mails come from"),
        "smtp": Word(SMTP, "SMTP で送る", "send by SMTP"),
        "imap": Word(IMAP, "IMAP で読む", "read by IMAP"),
        "google": Word(_ACCOUNT, "Google のメールボックス", "a mailbox at Google"),
        "microsoft": Word(_ACCOUNT, "Microsoft 365 のメールボックス", "a mailbox at Microsoft 365"),
        "limits": Word(LIMITS, "送信の上限", "what it may send"),
        "owner": Word(TEXT, "届いたメールに答える役割", "the role that answers what comes here"),
        "reply_tag": Word(
            Scalar(values.reply_tag, _pattern(r"^(plus|@.+\..+)$", "plus", "@reply.example.co.jp")),
            "返信先に付ける印: plus(saiyo+印@…)か、すべて届くドメイン",
            "the tag in the address of answers: plus, or a domain all of whose addresses are ours",
        ),
    }
)

COMPANY = Group(
    {
        "name": Word(TEXT, "会社の名前", "the company's name", needed=True),
        "timezone": Word(
            Scalar(values.zone, {**_TEXT, "examples": ["Asia/Tokyo"]}),
            "タイムゾーン(省くと Asia/Tokyo)",
            "an IANA time zone; Asia/Tokyo if not said",
        ),
        "holidays": Word(
            Scalar(values.country, {**_TEXT, "examples": ["JP", "US-CA", "none"]}),
            "祝日の国(JP、US-CA、none)",
            "the country of the holidays (JP, US-CA, none)",
        ),
        "closed": Word(
            Several(CLOSED),
            "休業日。毎年の期間か、年のある日付",
            "days the company is closed: each year, or dates with a year",
        ),
        "language": Word(
            _choice("ja", "en"), "社員向けの言葉", "the language of messages to staff"
        ),
    }
)

GOOGLE_PUSH = Group(
    {
        "topic": Word(
            TOPIC, "Cloud Pub/Sub のトピック (projects/…/topics/…)", "the topic", needed=True
        ),
        "word": Word(
            SECRET,
            "プッシュ先のアドレスに付ける合言葉",
            "what the address that is pushed to ends in",
            needed=True,
        ),
    }
)

GOOGLE = Group(
    {
        "service_account": Word(TEXT, "サービスアカウントの鍵ファイル", "the key file"),
        "user": Word(
            ADDRESS, "connect google でつないだ人", "who signed in by `tsunagu connect google`"
        ),
        "client": Word(
            TEXT, "connect google に使う OAuth クライアントの ID", "the OAuth client of `connect`"
        ),
        "client_secret": Word(SECRET, "そのクライアントの秘密", "that client's secret"),
        "token": Word(
            SECRET,
            "その人のサインイン(client_id、client_secret、refresh_token を持つ JSON)",
            "that person's sign-in: JSON with client_id, client_secret and refresh_token",
        ),
        "endpoint": Word(WEB, "別の接続先", "another base address"),
        "push": Word(
            GOOGLE_PUSH,
            "届いたことを Gmail にすぐ知らせてもらう (Cloud Pub/Sub)",
            "be told of mail at Gmail at once, by Cloud Pub/Sub",
        ),
    }
)

MICROSOFT = Group(
    {
        "tenant": Word(TEXT, "テナント", "the tenant", needed=True),
        "client": Word(TEXT, "アプリケーション ID", "the application's id", needed=True),
        "user": Word(
            ADDRESS,
            "connect microsoft でつないだ人",
            "who signed in by `tsunagu connect microsoft`",
        ),
        "secret": Word(SECRET, "クライアントシークレット", "the client's secret"),
        "certificate": Word(
            TEXT, "証明書と鍵のファイル(PEM、PFX)", "or a certificate with its key (PEM, PFX)"
        ),
        "passphrase": Word(SECRET, "証明書の鍵のパスフレーズ", "the passphrase of that key"),
        "cloud": Word(_choice("global", "us-gov", "us-dod", "china"), "クラウド", "the cloud"),
        "authority": Word(WEB, "サインインの接続先", "another sign-in address"),
        "endpoint": Word(WEB, "API の接続先", "another base address"),
        "ca": Word(TEXT, "信頼する証明書のファイル", "certificates to trust beside the machine's"),
    }
)

CALDAV = Group(
    {
        "url": Word(
            WEB,
            "この住所から始まる予定表を読む",
            "calendars whose addresses begin so are read there",
            needed=True,
        ),
        "user": Word(TEXT, "サインインの名前", "the name to sign in with", needed=True),
        "password": Word(
            SECRET,
            "パスワード。${NAME} と書きます",
            "the password, written as ${NAME}",
            needed=True,
        ),
    }
)

CHANNELS = Group(
    {
        "slack": Word(
            Group({"token": Word(SECRET, "トークン", "the token", needed=True)}), "Slack", "Slack"
        ),
        "line": Word(
            Group(
                {
                    "token": Word(SECRET, "トークン", "the token", needed=True),
                    "secret": Word(SECRET, "チャネルシークレット", "the channel's secret"),
                }
            ),
            "LINE",
            "LINE",
        ),
        "teams": Word(
            Group({"url": Word(SECRET, "受信アドレス", "the incoming address", needed=True)}),
            "Teams",
            "Teams",
        ),
    }
)

SENDING = Group(
    {
        "hours": Word(HOURS, "送ってよい時間帯", "the hours in which mails may leave"),
        "days": Word(
            _choice("any", "business"), "毎日か、営業日だけか", "any day, or business days only"
        ),
        "at_most": Word(
            Several(BUDGET),
            "一人に送る上限(すべてのプレイブックの合計)",
            "at most so many to one person, over all playbooks",
        ),
    }
)

WEBHOOK = Group(
    {
        "secret": Word(SECRET, "署名の鍵", "the secret that signs", needed=True),
        "url": Word(WEB, "宛先", "the address"),
    }
)

MEETINGS = Group(
    {
        "organiser": Word(
            _choice("staff", "hr"),
            "だれのカレンダーに入れるか: staff(同席する最初の社員。省略時)・hr",
            "in whose calendar: staff (the first colleague, the default) or hr",
        ),
        "notice": Word(SPAN, "案内から面談まで最低どれだけ空けるか", "the least notice"),
        "grid": Word(_number(5, 60), "開始時刻の刻み(分)", "minutes between possible starts"),
        "buffer": Word(SPAN, "面談と面談の間", "between two meetings of one colleague"),
        "hours": Word(HOURS, "社員の勤務時間(名簿にないとき)", "working hours of staff"),
        "lunch": Word(HOURS, "昼休み", "lunch"),
        "look_every": Word(SPAN, "カレンダーを見る間隔", "how often calendars are read"),
        "hold_ahead": Word(
            SPAN,
            "no_later_than のある面談の時間を、どれだけ前から押さえるか",
            "how long before it is due the time of a meeting with no_later_than is held",
        ),
    }
)

FUSE = Group(
    {
        "least": Word(_number(1, 1_000_000), "この人数までは止めない", "so many are never held"),
        "times": Word(
            Scalar(values.decimal, {"type": "number", "exclusiveMinimum": 0}),
            "予定の何倍で止めるか",
            "hold beyond so many times what was foreseen",
        ),
    }
)

RETENTION = Group(
    {
        "finished": Word(
            AGE,
            "済んだ送信を履歴へ移すまで",
            "then what is settled moves into the history",
        ),
        "received": Word(
            AGE,
            "届いたメールの原文を消すまで",
            "then the raw bytes of received mails go",
        ),
    }
)

PAGES = Group(
    {
        "host": Word(HOST, "待ち受けるアドレス(省くと 127.0.0.1)", "where to listen; 127.0.0.1"),
        "port": Word(PORT, "ポート(省くと 8480)", "the port; 8480 if not said"),
        "key": Word(SECRET, "リンクに署名する鍵", "what signs the links"),
        "proxies": Word(
            Several(Scalar(values.network, {**_TEXT, "examples": ["10.0.0.0/8"]})),
            "手前に立つプロキシのアドレス",
            "addresses of the proxies that stand before it",
        ),
    }
)

SURVEYS = Group(
    {
        "least": Word(
            _number(3, 1_000),
            "この人数の答えがそろうまで集計を見せない(3以上。省くと 5)",
            "no figure is shown before so many answers (3 or more; 5 if not said)",
        ),
    }
)

REPLIES = Group(
    {
        "owner": Word(TEXT, "返事をする役割(省くと hr)", "the role that answers; hr if not said"),
        "within": Word(
            Scalar(values.distance, _pattern(r"^\S+ +\S+", "1 business day", "4 hours")),
            "いつまでに返事をするか(省くと 1 business day)",
            "by when; 1 business day if not said",
        ),
        "then": Word(
            TEXT,
            "それでも返事がないとき知らせる役割(省くと hr_manager)",
            "the role that is told when nobody has; hr_manager if not said",
        ),
        "hours": Word(
            HOURS, "返事をする時間帯(省くと 09:00-18:00)", "office hours; 09:00-18:00 if not said"
        ),
        "react_every": Word(
            SPAN,
            "一人への自動の返事の間隔(省くと 1 hour)",
            "at most one automatic answer to one person in that time; 1 hour if not said",
        ),
        "key": Word(
            SECRET,
            "返信先の印に署名する鍵。省くと自動で作って記録に置く",
            "what signs the tags in reply addresses; made and kept in the journal if not said",
        ),
    }
)

SETTINGS = Group(
    {
        "company": Word(COMPANY, "会社", "the company", needed=True),
        "store": Word(TEXT, "記録の置き場所(sqlite: か postgresql:)", "where the journal lives"),
        "broker": Word(TEXT, "embedded か redis://…", "embedded, or redis://…"),
        "mailboxes": Word(Named(MAILBOX), "差出人のメールボックス", "the senders"),
        "google": Word(GOOGLE, "Google への接続", "the connection to Google"),
        "microsoft": Word(MICROSOFT, "Microsoft 365 への接続", "the connection to Microsoft 365"),
        "calendars": Word(
            Group(
                {
                    "default": Word(
                        _choice("google", "microsoft", "mail"), "標準の予定表", "the usual one"
                    ),
                    "caldav": Word(
                        Named(CALDAV),
                        "名前を付けた CalDAV サーバー",
                        "CalDAV servers, by names of your own",
                    ),
                }
            ),
            "予定表",
            "calendars",
        ),
        "meetings": Word(MEETINGS, "面談の時間の探し方", "how times for meetings are found"),
        "channels": Word(CHANNELS, "メール以外の連絡先", "ways other than mail"),
        "sending": Word(
            SENDING,
            "プレイブックに sending がないときの決まり",
            "what a playbook without `sending` does",
        ),
        "webhooks": Word(Named(WEBHOOK), "名前を付けた Webhook", "web addresses by name"),
        "alerts": Word(
            Group({"from": Word(TEXT, "送るメールボックス", "the mailbox they leave from")}),
            "社員への知らせ",
            "messages to staff",
        ),
        "pressure": Word(
            _choice("warn", "error"),
            "オワハラの指摘を注意にするか誤りにするか",
            "whether pressure on candidates is a warning or an error",
        ),
        "fuse": Word(FUSE, "一度に多すぎる送信を止める目安", "when too much at once is held"),
        "late_after": Word(
            SPAN,
            "期限のない手順の遅れをどこまで待つか",
            "the grace of a step that has no deadline",
        ),
        "replies": Word(REPLIES, "届いたメールへの返事", "how what people write is answered"),
        "public_url": Word(
            ENTRANCE, "候補者のブラウザーから見た入り口", "where people's browsers reach us"
        ),
        "log": Word(
            _choice("console", "json"), "ワーカーのログの形", "how the worker's log is written"
        ),
        "retention": Word(
            RETENTION, "済んだものを置いておく長さ", "how long what is over stays where it was"
        ),
        "pages": Word(PAGES, "メールのリンクの先のページ", "the pages behind the links in mails"),
        "surveys": Word(SURVEYS, "アンケート", "surveys"),
    }
)
