"""Every verb of the command: its name, what it does, its arguments, and the module that does it.

A table, read on every call; the modules named in it are imported only when their verb is chosen.
"""

from argparse import SUPPRESS
from collections.abc import Callable

from worker.cli.parser import LANGUAGES, Parser


class Verb:
    """One verb: `ja` and `en` say in one line what it does."""

    __slots__ = ("arguments", "en", "is_bare", "ja", "module", "name")

    def __init__(
        self,
        name: str,
        module: str,
        arguments: Callable[[Parser], None],
        *,
        ja: str,
        en: str,
        is_bare: bool = False,
    ) -> None:
        self.is_bare = is_bare  # needs no workspace and no clock, and does not pay for them
        self.name = name
        self.module = module
        self.arguments = arguments
        self.ja = ja
        self.en = en


def add_common(parser: Parser, *, reading: bool) -> None:
    """Add the options that every verb has; `--json` where something is read."""
    say = parser.pick
    if reading:
        parser.add_argument(
            "--json", action="store_true", help=say("JSON で出力する", "write JSON")
        )
    else:
        parser.set_defaults(json=False)
    parser.add_argument(
        "--workspace",
        metavar="DIR",
        default=None,
        help=say(
            "ワークスペースのフォルダ（なければ、今いる場所から上へ tsunagu.yaml を探す）",
            "the workspace's folder (else tsunagu.yaml is looked for from here upwards)",
        ),
    )
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        default=None,
        help=say("表示の言語", "the language of what is shown"),
    )
    parser.add_argument(
        "-h", "--help", action="store_true", default=SUPPRESS, help=say("この説明", "this page")
    )


def _init(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument("folder", metavar="DIR", help=say("つくるフォルダ", "the folder to make"))
    parser.add_argument(
        "--company", metavar="NAME", default="", help=say("会社名", "the company's name")
    )
    parser.add_argument(
        "--address",
        metavar="ADDRESS",
        default="",
        help=say("採用担当のメールアドレス", "the mail address of HR"),
    )


def _check(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "playbooks",
        metavar="PLAYBOOK",
        nargs="*",
        help=say(
            "プレイブックの名前かフォルダ（なければ全部）", "names or folders (else all of them)"
        ),
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help=say("注意も誤りとして扱う", "warnings count as mistakes"),
    )


def _schema(parser: Parser) -> None:
    parser.add_argument(
        "what",
        choices=("playbook", "settings"),
        nargs="?",
        default="playbook",
        help=parser.pick("playbook か settings", "playbook or settings"),
    )


def _people_import(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        default="",
        help=say(".csv か .xlsx（なければ people.csv）", ".csv or .xlsx (else people.csv)"),
    )
    _dry_run(parser)


def _staff_import(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        default="",
        help=say(".csv か .xlsx（なければ staff.csv）", ".csv or .xlsx (else staff.csv)"),
    )
    _dry_run(parser)


def _staff_remove(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument("staff", metavar="ID", help=say("社員番号", "the id of who has left"))


def _dry_run(parser: Parser) -> None:
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help=parser.pick("何が変わるかを見るだけ", "only show what would change"),
    )


def _people_list(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "--playbook", metavar="PLAYBOOK", default="", help=say("参加者だけ", "only who is in it")
    )


def _nothing(_: Parser) -> None:
    return


def _classify(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help=say(
            "メールのファイル（- は標準入力）", "files that hold a mail each (-: standard input)"
        ),
    )


def _person(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "person", metavar="PERSON", help=say("人の ID かメールアドレス", "an id or an address")
    )


def _people_export(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "person",
        metavar="PERSON",
        nargs="?",
        default="",
        help=say("一人のすべての記録（なければ全員の表）", "all of one person (else the table)"),
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        default="",
        help=say("書き出すファイル（なければ画面へ）", "the file to write (else it is shown)"),
    )


def _erase(parser: Parser) -> None:
    say = parser.pick
    _person(parser)
    parser.add_argument(
        "--yes", action="store_true", help=say("確認をせずに消す", "erase without asking")
    )


def _fact(parser: Parser) -> None:
    say = parser.pick
    _person(parser)
    parser.add_argument(
        "name",
        metavar="NAME",
        help=say(
            "事実: accept, declined, welcome.replied など",
            "the fact: accept, declined, welcome.replied, …",
        ),
    )
    parser.add_argument(
        "when",
        metavar="WHEN",
        nargs="?",
        default="",
        help=say(
            "日付か日時: 2026-04-01、2026/4/1 10:00（なければ今）",
            "a date or an instant: 2026-04-01, 2026-04-01 10:00 (else now)",
        ),
    )
    parser.add_argument("--value", metavar="TEXT", default="", help=say("値", "its value"))
    parser.add_argument(
        "--playbook",
        metavar="PLAYBOOK",
        default="",
        help=say("どのプレイブックのステップか", "the playbook whose step it is of"),
    )
    parser.add_argument("--retract", action="store_true", help=say("取り消す", "withdraw it"))


def _plan(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "--days", metavar="N", type=int, default=14, help=say("何日先まで（14）", "so far (14)")
    )
    parser.add_argument(
        "--person", metavar="PERSON", default="", help=say("この人だけ", "this person only")
    )


def _playbook(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "playbook",
        metavar="PLAYBOOK",
        help=say("プレイブックの名前かフォルダ", "a playbook's name or folder"),
    )


def _behaviour(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "--behaviour",
        choices=("mixed", "answers", "silent"),
        default="mixed",
        help=say(
            "人々のふるまい: mixed（答える人・黙る人・辞退する人）、answers（みな答える）、"
            "silent（みな黙る）",
            "what people do: mixed (some answer, some are silent, some decline), answers, silent",
        ),
    )


def _span(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "--from",
        dest="since",
        metavar="DATE",
        default="",
        help=say("始まりの日", "the first day"),
    )
    parser.add_argument(
        "--until", metavar="DATE", default="", help=say("終わりの日", "the last day")
    )


def _preview(parser: Parser) -> None:
    say = parser.pick
    _playbook(parser)
    parser.add_argument(
        "--person",
        metavar="ID",
        default="",
        help=say("誰の（なければ最初の人）", "whose (else the first person's)"),
    )
    parser.add_argument(
        "--people",
        metavar="FILE",
        default="",
        help=say("人の表（なければ取り込んだ人）", "a table of people (else those imported)"),
    )
    _behaviour(parser)
    _span(parser)
    parser.add_argument(
        "--out",
        metavar="DIR",
        default="",
        help=say(
            "メールごとの .eml と .html、全体の index.html を書き出す",
            "write each mail as .eml and .html, and one index.html of it all",
        ),
    )


def _simulate(parser: Parser) -> None:
    say = parser.pick
    _playbook(parser)
    parser.add_argument(
        "--people",
        metavar="FILE",
        default="",
        help=say(
            "人の表、または人数（1000 なら見本の人を 1000 人に増やす）",
            "a table of people, or a number (1000 makes the examples into 1000)",
        ),
    )
    _span(parser)
    _behaviour(parser)


def _rehearse(parser: Parser) -> None:
    say = parser.pick
    _playbook(parser)
    parser.add_argument(
        "--redirect-to",
        metavar="ADDRESS",
        required=True,
        help=say("すべてのメールの届け先", "where every message goes"),
    )
    parser.add_argument(
        "--person",
        metavar="ID",
        action="append",
        default=[],
        help=say("この人だけ（何度でも）", "this person only (may be repeated)"),
    )
    parser.add_argument(
        "--people", metavar="FILE", default="", help=say("人の表", "a table of people")
    )
    _behaviour(parser)
    _span(parser)
    parser.add_argument(
        "--at-most",
        metavar="N",
        type=int,
        default=200,
        help=say("これより多くは送らない（200）", "send no more than this (200)"),
    )


def _status(parser: Parser) -> None:
    parser.add_argument(
        "--watch",
        action="store_true",
        help=parser.pick("Ctrl+C まで、見せ続ける", "go on showing it, until Ctrl+C"),
    )


def _why(parser: Parser) -> None:
    say = parser.pick
    _person(parser)
    parser.add_argument(
        "step",
        metavar="STEP",
        nargs="?",
        default="",
        help=say("ステップ（なければ全部）", "the step (else every one)"),
    )
    parser.add_argument(
        "--playbook", metavar="PLAYBOOK", default="", help=say("この中だけ", "of this one only")
    )


def _approve(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "person",
        metavar="PERSON",
        nargs="?",
        default="",
        help=say("誰の（なければ待っているものの一覧）", "whose (else a list of what waits)"),
    )
    parser.add_argument(
        "step", metavar="STEP", nargs="?", default="", help=say("ステップ", "the step")
    )
    parser.add_argument(
        "--all", action="store_true", help=say("待っているもの全部", "all that waits")
    )
    parser.add_argument(
        "--show", action="store_true", help=say("文面を見る", "show the text of it")
    )
    parser.add_argument(
        "--reject", action="store_true", help=say("送らないことにする", "never send it")
    )


def _hold(parser: Parser) -> None:
    _person(parser)
    parser.add_argument(
        "--because", metavar="TEXT", default="", help=parser.pick("理由", "the reason")
    )


def _release(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "person",
        metavar="PERSON",
        nargs="?",
        default="",
        help=say("人の ID かメールアドレス", "an id or an address"),
    )
    parser.add_argument(
        "--fuse",
        action="store_true",
        help=say(
            "一度に多すぎて止まった送信を、よしとして進める",
            "let go what was held because it was too much at once",
        ),
    )
    parser.add_argument(
        "--clock",
        action="store_true",
        help=say("時計は今が正しいとする", "the clock is right as it is now"),
    )
    parser.add_argument(
        "--lane",
        metavar="MAILBOX",
        default="",
        help=say("止まったメールボックスを動かす", "start a stopped mailbox again"),
    )


def _pause(parser: Parser) -> None:
    say = parser.pick
    _playbook(parser)
    parser.add_argument(
        "--person", metavar="PERSON", default="", help=say("この人だけ", "for this person only")
    )


def _upgrade(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "--from",
        dest="source",
        metavar="FILE",
        default="",
        help=say(
            "この SQLite のファイルにある記録を、設定の store へ移す",
            "move the journal of this SQLite file into the `store` of the settings",
        ),
    )


def _reconcile(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "--since",
        metavar="WHEN",
        default="",
        help=say(
            "この時刻のバックアップから戻した（気づけなかったとき）",
            "the backup that was restored is of this moment (where it was not noticed)",
        ),
    )
    parser.add_argument("--yes", action="store_true", help=say("確かめない", "do not ask"))


def _inbox(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "number",
        metavar="NUMBER",
        type=int,
        nargs="?",
        default=None,
        help=say("メールの番号（なければ一覧）", "a mail's number (else all are listed)"),
    )
    parser.add_argument(
        "--to",
        metavar="PERSON",
        default="",
        help=say("この人のメールである", "it is this person's"),
    )
    parser.add_argument(
        "--step",
        metavar="STEP",
        default="",
        help=say("このステップへの返事である", "it answers this step"),
    )
    parser.add_argument(
        "--answered", action="store_true", help=say("返事をした", "somebody has answered it")
    )
    parser.add_argument(
        "--needs-none",
        action="store_true",
        help=say("返事は要らない", "it needs no answer"),
    )
    parser.add_argument(
        "--declined", action="store_true", help=say("辞退である", "the person declines")
    )
    parser.add_argument(
        "--address",
        metavar="ADDRESS",
        nargs="?",
        const="",
        default=None,
        help=say(
            "新しいアドレス（書かなければメールにあるもの）",
            "another address of theirs (else the one told in the mail)",
        ),
    )
    parser.add_argument(
        "--all", action="store_true", help=say("最近のものをすべて", "the latest, over or not")
    )


def _tasks(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "--done",
        metavar="NUMBER",
        type=int,
        action="append",
        default=[],
        help=say("済んだもの", "this one is done"),
    )
    parser.add_argument(
        "--all", action="store_true", help=say("済んだものも", "those done as well")
    )


def _doubts(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "--sent",
        metavar="NUMBER",
        type=int,
        action="append",
        default=[],
        help=say("届いていた", "it did arrive"),
    )
    parser.add_argument(
        "--resend",
        metavar="NUMBER",
        type=int,
        action="append",
        default=[],
        help=say("届いていない。もう一度送る", "it did not: send it again"),
    )


def _migrate(parser: Parser) -> None:
    say = parser.pick
    _playbook(parser)
    parser.add_argument(
        "--person",
        metavar="PERSON",
        action="append",
        default=[],
        help=say("この人だけ（何度でも）", "this person only (may be repeated)"),
    )
    parser.add_argument(
        "--undo", action="store_true", help=say("直前の移行を元に戻す", "take the last move back")
    )
    parser.add_argument(
        "--yes", action="store_true", help=say("確認をせずに移す", "move without asking")
    )


def _survey(parser: Parser) -> None:
    say = parser.pick
    _playbook(parser)
    parser.add_argument(
        "step", metavar="STEP", help=say("アンケートのステップ", "the step that asks")
    )
    parser.add_argument(
        "--by-department",
        action="store_true",
        help=say("部署ごとにも（少ない部署はまとめる）", "by department, too; small ones together"),
    )


def _doctor(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "--offline",
        action="store_true",
        help=say("外に何も聞かない", "ask nobody outside"),
    )
    parser.add_argument(
        "--dns",
        metavar="HOST[:PORT]",
        default="",
        help=say(
            "SPF・DKIM・DMARC をこの DNS サーバーに聞く",
            "ask this DNS server for SPF, DKIM and DMARC",
        ),
    )


def _connect(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "provider", choices=("google", "microsoft"), help=say("つなぐ相手", "with whom")
    )
    elsewhere = parser.add_mutually_exclusive_group()
    elsewhere.add_argument(
        "--device",
        action="store_true",
        help=say(
            "別の端末でコードを入れる（Microsoft だけ）",
            "type a code on another device (Microsoft alone)",
        ),
    )
    elsewhere.add_argument(
        "--paste",
        action="store_true",
        help=say(
            "別のコンピューターで開き、戻り先のアドレスを貼り付ける（Google だけ）",
            "open the page elsewhere, and paste the address it comes back to (Google alone)",
        ),
    )
    parser.add_argument(
        "--keyring",
        action="store_true",
        help=say(
            "封じる鍵を .env ではなく、システムのキーリングに置く",
            "put what seals it into the system's keyring instead of .env",
        ),
    )
    parser.add_argument(
        "--forget", action="store_true", help=say("サインインを消す", "forget the sign-in")
    )


def _demo(parser: Parser) -> None:
    say = parser.pick
    parser.add_argument(
        "--keep",
        metavar="DIR",
        default="",
        help=say("ワークスペースとメールを残すフォルダ", "keep the workspace and the mails here"),
    )
    parser.add_argument(
        "--provider",
        choices=["google", "microsoft"],
        default="",
        help=say(
            "メールも予定表も Google か Microsoft で(このマシンのサーバーで)",
            "mail and calendars at Google or Microsoft, on servers of this machine",
        ),
    )
    parser.add_argument(
        "--no-imap",
        action="store_true",
        help=say(
            "返事をメールとして読まず、記録として入れる（IMAP サーバーを使わない）",
            "note answers instead of reading mails: no IMAP server is started",
        ),
    )


def _by_itself(_: Parser) -> None:
    """Leave the arguments to the verb's own module: it adds them when it is chosen."""


# Verbs by what one does with them, in the order in which one meets them.
GROUPS: tuple[tuple[str, str, tuple[Verb, ...]], ...] = (
    (
        "始める",
        "To begin",
        (
            Verb(
                "init",
                "init",
                _init,
                ja="すぐ動くワークスペースをつくる",
                en="make a workspace that runs at once",
            ),
            Verb(
                "check",
                "check",
                _check,
                ja="設定・プレイブック・文面・人の誤りをすべて示す",
                en="show every mistake in settings, playbooks, templates and people",
            ),
            Verb(
                "schema",
                "schema",
                _schema,
                ja="エディタのための JSON Schema",
                en="JSON Schema for editors",
            ),
            Verb(
                "doctor",
                "doctor",
                _doctor,
                ja="何が使えて、何が足りないか",
                en="say what works and what is missing",
            ),
            Verb(
                "connect",
                "connect",
                _connect,
                ja="Google か Microsoft にサインインして、メールと予定表を使えるようにする",
                en="sign in to Google or Microsoft, to use mailboxes and calendars there",
            ),
            Verb(
                "upgrade",
                "upgrade",
                _upgrade,
                ja="記録を新しい版に合わせる、または別のデータベースへ移す",
                en="bring the journal up to this release, or into another database",
            ),
            Verb(
                "reconcile",
                "reconcile",
                _reconcile,
                ja="バックアップから戻した後、何が済んでいるかを尋ねてから再開する",
                en="after a restored backup, ask what was done before anything is done again",
            ),
            Verb(
                "demo",
                "demo",
                _demo,
                ja="架空の人々との一年を、このマシンだけで",
                en="a year with people who do not exist, on this machine alone",
            ),
        ),
    ),
    (
        "送る前に見る",
        "To see before anything is sent",
        (
            Verb(
                "preview",
                "preview",
                _preview,
                ja="一人に届くすべてのメールと日程",
                en="every mail of one person, on a time line",
            ),
            Verb(
                "simulate",
                "simulate",
                _simulate,
                ja="一年を数秒で。外には何も出ない",
                en="a year in seconds; nothing leaves the machine",
            ),
            Verb(
                "rehearse",
                "rehearse",
                _rehearse,
                ja="本物のサーバーで通し稽古。すべて一つの宛先へ",
                en="the real servers, every message to one address",
            ),
            Verb(
                "plan",
                "plan",
                _plan,
                ja="これから誰に何が起こり、何が何を待つか",
                en="what will happen to whom next, and what waits for what",
            ),
            Verb(
                "classify",
                "classify",
                _classify,
                ja="届いたメールが何か: 返信、不達、自動応答、予定の返事",
                en="what received mails are: answers, bounces, automatic replies",
                is_bare=True,
            ),
        ),
    ),
    (
        "動かす",
        "To run",
        (
            Verb(
                "up",
                "run",
                _by_itself,
                ja="ワーカー。一つのプロセスですべて",
                en="the worker: everything in one process",
            ),
            Verb(
                "beat",
                "run",
                _by_itself,
                ja="時を見る係だけを動かす（多数のマシン向け）",
                en="only what watches the time, for many machines",
            ),
            Verb(
                "work",
                "run",
                _by_itself,
                ja="送る係だけを動かす（多数のマシン向け）",
                en="only what sends, for many machines",
            ),
            Verb(
                "listen",
                "run",
                _by_itself,
                ja="届くメールを読む係だけを動かす",
                en="only what reads incoming mail",
            ),
            Verb(
                "pages",
                "front",
                _nothing,
                ja="メールのリンクの先のページだけを動かす",
                en="only the pages behind the links in mails",
            ),
            Verb(
                "survey",
                "survey",
                _survey,
                ja="アンケートの集計（一人ひとりの答えは見せない）",
                en="what a group has answered to a survey",
            ),
            Verb("status", "status", _status, ja="今どうなっているか", en="how it stands"),
            Verb(
                "coverage",
                "coverage",
                _nothing,
                ja="だれとどれだけ会っていないか",
                en="who has had no talk for how long",
            ),
            Verb(
                "timeline",
                "timeline",
                _person,
                ja="ある人に起きたことのすべて",
                en="what happened to somebody",
            ),
            Verb(
                "why",
                "why",
                _why,
                ja="なぜ起きたか、なぜ起きなかったか",
                en="why something happened or did not",
            ),
        ),
    ),
    (
        "人と事実",
        "People and facts",
        (
            Verb(
                "people import",
                "people",
                _people_import,
                ja="人の表を取り込む",
                en="read a table of people",
            ),
            Verb("people list", "people", _people_list, ja="登録されている人", en="who is known"),
            Verb("people show", "people", _person, ja="一人の記録", en="one person's record"),
            Verb(
                "people export",
                "people",
                _people_export,
                ja="記録を書き出す",
                en="write records out",
            ),
            Verb(
                "people erase",
                "erase",
                _erase,
                ja="一人のすべてを消す",
                en="erase everything about a person",
            ),
            Verb(
                "staff import",
                "staff",
                _staff_import,
                ja="社員の表を取り込む",
                en="read a table of staff",
            ),
            Verb(
                "staff remove",
                "staff",
                _staff_remove,
                ja="退職した社員を外し、面談をほかの人に引き継ぐ",
                en="take out who has left; others hold their meetings",
            ),
            Verb("staff list", "staff", _nothing, ja="登録されている社員", en="the staff known"),
            Verb(
                "fact",
                "fact",
                _fact,
                ja="事実を記す: 承諾、辞退、返信など",
                en="note a fact: accept, declined, a reply",
            ),
        ),
    ),
    (
        "人が決める",
        "What a human decides",
        (
            Verb(
                "approve",
                "approve",
                _approve,
                ja="下書きを見て、送ってよいとする",
                en="look at drafts and let them go",
            ),
            Verb(
                "hold",
                "hold",
                _hold,
                ja="ある人への送信をすべて止める",
                en="hold everything for a person",
            ),
            Verb(
                "release",
                "hold",
                _release,
                ja="止めたものを再び動かす",
                en="let go again what is held",
            ),
            Verb("pause", "pause", _pause, ja="プレイブックを休ませる", en="pause a playbook"),
            Verb(
                "resume",
                "pause",
                _pause,
                ja="休ませたプレイブックを再開する",
                en="go on with a paused playbook",
            ),
            Verb("inbox", "inbox", _inbox, ja="人が見るメール", en="mails that wait for a human"),
            Verb("tasks", "tasks", _tasks, ja="人がすること", en="what humans have to do"),
            Verb(
                "doubts",
                "doubts",
                _doubts,
                ja="届いたかどうか分からないメール",
                en="mails that may or may not have gone",
            ),
            Verb(
                "diff",
                "diff",
                _playbook,
                ja="変更したプレイブックが、進行中の人に何を意味するか",
                en="what a changed playbook means for running people",
            ),
            Verb(
                "migrate",
                "migrate",
                _migrate,
                ja="進行中の人を新しい版へ移す（--undo で戻す）",
                en="move running people to the new version (--undo takes it back)",
            ),
        ),
    ),
)

# Verbs that change something and show no more than that: they have no `--json`.
WRITING = frozenset({"init", "up", "beat", "work", "listen", "pages"})


def find(name: str) -> Verb | None:
    """Look a verb up by its name, `people import` with its two words."""
    for _, _, verbs in GROUPS:
        for verb in verbs:
            if verb.name == name:
                return verb
    return None


def names() -> list[str]:
    """Give every verb's name, in the order of the help page."""
    return [verb.name for _, _, verbs in GROUPS for verb in verbs]
