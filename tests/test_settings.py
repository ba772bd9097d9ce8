"""What `tsunagu.yaml` may say, what is assumed where it is silent, what is told of a slip."""

import json
import pickle
from dataclasses import asdict
from datetime import date, time, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from sqlalchemy import make_url

from worker.domain.plan import Budget, Closure, Sending
from worker.domain.when import Distance, Season, Unit
from worker.problems import Problem, render, render_all
from worker.settings.load import (
    Loaded,
    SettingsMistakes,
    default_settings,
    find_workspace,
    load_settings,
)
from worker.settings.model import Company, Limits, Pages, Settings
from worker.settings.secret import Secret

# The example of docs/workspace.md, to the letter.
WHOLE = """\
# yaml-language-server: $schema=.tsunagu/settings.schema.json
company:
  name: 株式会社つなぐ
  timezone: Asia/Tokyo
  holidays: JP
  closed: [12-29..01-03, 08-13..08-15]
  language: ja

store: sqlite:///.tsunagu/store.db
broker: embedded

mailboxes:
  hr:
    address: saiyo@example.co.jp
    name: 採用担当
    smtp: {host: smtp.example.co.jp, port: 465, tls: implicit, user: saiyo, password: ${SMTP_PASSWORD}}
    imap: {host: imap.example.co.jp, user: saiyo, password: ${IMAP_PASSWORD}}
    limits: {per_minute: 30, per_day: 2000, connections: 3}
  president:
    address: tanaka@example.co.jp
    name: 田中 社長
    google: {account: tanaka@example.co.jp}

google:
  service_account: ${GOOGLE_KEY_FILE}
  endpoint: null
microsoft:
  tenant: 0f8fad5b
  client: 7c9e6679
  secret: ${MS_SECRET}
  cloud: global

calendars: {default: google}
channels:
  slack: {token: ${SLACK_TOKEN}}
  line: {token: ${LINE_TOKEN}, secret: ${LINE_SECRET}}

sending:
  hours: 09:30-18:30
  days: business
  at_most: [1 per day, 3 per 2 weeks]
webhooks:
  ats: {url: https://ats.example.co.jp/hook/, secret: ${ATS_SECRET}}
alerts: {from: president}
pressure: error
fuse: {least: 20, times: 2.5}
late_after: 2 weeks
log: json
retention: {finished: 180 days, received: 52 weeks}
public_url: https://tsunagu.example.co.jp/
pages: {host: 0.0.0.0, port: 9000, proxies: [10.0.0.0/8], key: ${PAGES_KEY}}
surveys: {least: 8}
"""  # noqa: E501 - as an author writes it
ENVIRON = {
    name: f"secret-of-{name.lower()}"
    for name in (
        *("SMTP_PASSWORD", "IMAP_PASSWORD", "MS_SECRET", "SLACK_TOKEN", "LINE_TOKEN"),
        *("LINE_SECRET", "ATS_SECRET", "DB_PASSWORD", "PAGES_KEY", "A"),
    )
} | {"GOOGLE_KEY_FILE": "keys/google.json"}
MINIMAL = "company: {name: つなぐ}\n"
SMTP = "mailboxes:\n  hr:\n    address: hr@example.jp\n    smtp: {host: localhost, tls: none}\n"


def read(folder: Path, text: str, environ: dict[str, str] | None = None) -> Loaded:
    """Read settings of that text."""
    path = folder / "tsunagu.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, ENVIRON if environ is None else environ)


def mistakes(loaded: Loaded) -> list[str]:
    """Give the codes of what is wrong, in the order of the file."""
    return [problem.code for problem in loaded.problems]


def test_the_whole_example_is_understood(tmp_path: Path) -> None:
    """Every word of the documented example has its meaning."""
    loaded = read(tmp_path, WHOLE)
    settings = loaded.standing()

    assert loaded.problems == ()
    assert settings.company.closed == (
        Closure(every_year=Season((12, 29), (1, 3))),
        Closure(every_year=Season((8, 13), (8, 15))),
    )
    assert settings.store.path == tmp_path / ".tsunagu" / "store.db"
    hr, president = settings.mailboxes["hr"], settings.mailboxes["president"]
    assert hr.smtp is not None
    assert hr.smtp.password == Secret("secret-of-smtp_password")
    assert (hr.smtp.port, hr.smtp.tls) == (465, "implicit")
    assert hr.imap is not None
    assert hr.imap.port == 993
    assert hr.limits == Limits(per_minute=30, per_day=2000, connections=3)
    assert president.google is not None
    assert president.google.account == "tanaka@example.co.jp"
    assert settings.google is not None
    assert settings.google.service_account == tmp_path / "keys" / "google.json"
    assert settings.sending == Sending(
        hours=(time(9, 30), time(18, 30)),
        days="business",
        at_most=(Budget(1, Distance(1, Unit.DAYS)), Budget(3, Distance(2, Unit.WEEKS))),
    )
    assert settings.webhooks["ats"].url == "https://ats.example.co.jp/hook"
    assert settings.alert_mailbox == president
    assert settings.pressure == "error"
    assert (settings.fuse.least, settings.fuse.times) == (20, 2.5)
    assert settings.late_after == timedelta(weeks=2)
    assert settings.log == "json"
    kept = settings.retention
    assert (kept.finished, kept.received) == (timedelta(days=180), timedelta(weeks=52))
    assert settings.public_url == "https://tsunagu.example.co.jp"
    assert settings.pages == Pages(
        "0.0.0.0",  # noqa: S104 - as an operator may wish
        9000,
        Secret("secret-of-pages_key"),
        ("10.0.0.0/8",),
    )
    assert settings.surveys.least == 8


def test_a_company_s_name_is_enough(tmp_path: Path) -> None:
    """Whoever writes no more than the name has a workspace of one machine in Japan."""
    settings = read(tmp_path, MINIMAL, {}).standing()

    assert settings.company == Company("つなぐ", "Asia/Tokyo", "JP", (), "ja")
    assert settings.store.kind == "sqlite"
    assert settings.store.url.reveal() == f"sqlite:///{tmp_path}/.tsunagu/store.db"
    assert settings.broker.kind == "embedded"
    assert settings.alert_mailbox is None
    assert settings.late_after == timedelta(days=7)
    defaults = default_settings(tmp_path, "つなぐ")
    assert (defaults.sending, defaults.fuse) == (settings.sending, settings.fuse)


def test_closed_days_may_be_of_one_year(tmp_path: Path) -> None:
    """The day of a move is closed once, New Year every year."""
    settings = read(tmp_path, "company: {name: A, closed: [2026-10-01, 12-31]}", {}).standing()

    assert settings.company.closed == (
        Closure(once=(date(2026, 10, 1), date(2026, 10, 1))),
        Closure(every_year=Season((12, 31), (12, 31))),
    )


def test_no_command_can_print_a_secret(tmp_path: Path) -> None:
    """Whatever shows, formats or stores the settings, secrets are three stars."""
    settings = read(tmp_path, WHOLE).standing()
    shown = [repr(settings), str(settings), f"{settings}", f"{settings!r}"]
    shown += [json.dumps(asdict(settings), default=str)]

    hidden = [value for name, value in ENVIRON.items() if name != "GOOGLE_KEY_FILE"]
    assert not [text for text in shown for value in hidden if value in text]
    assert set(settings.secrets()) > set(hidden) - {"secret-of-db_password", "secret-of-a"}


def test_a_secret_is_written_nowhere() -> None:
    """A secret is no text: it cannot be joined, serialised or pickled."""
    secret = Secret("hunter2")

    assert f"{secret} {secret!r} {secret:>5}" == "*** Secret(***)   ***"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://hr:${DB_PASSWORD}@db.example/hr", "postgresql://hr:***@db.example/hr"),
        ("postgres://db.example/hr", "postgres://db.example/hr"),
    ],
)
def test_a_database_s_password_is_not_shown(tmp_path: Path, url: str, shown: str) -> None:
    """The address of the database can be told without its password."""
    store = read(tmp_path, f"{MINIMAL}store: {url}\n").standing().store

    assert (store.kind, store.shown) == ("postgresql", shown)
    assert store.url.reveal().startswith("postgresql+psycopg://")
    assert "secret-of" not in repr(store)


def test_a_password_inside_an_address_is_a_warning(tmp_path: Path) -> None:
    """The database's password belongs into the environment as any other."""
    loaded = read(tmp_path, f"{MINIMAL}store: postgresql://hr:hunter2@db/hr\n")

    assert mistakes(loaded) == ["settings.secret"]
    assert loaded.settings is not None
    assert "hunter2" not in render_all(loaded.problems, "ja")


def test_a_secret_written_out_is_a_warning_that_does_not_repeat_it(tmp_path: Path) -> None:
    """A password in the file is told of, and neither the page nor its line shows it."""
    text = WHOLE.replace("${SMTP_PASSWORD}", "hunter2").replace("${SLACK_TOKEN}", "'xoxb-1 2'")
    loaded = read(tmp_path, text)
    page = render_all(loaded.problems, "ja") + render_all(loaded.problems, "en")

    assert mistakes(loaded) == ["settings.secret", "settings.secret"]
    assert loaded.settings is not None
    assert "hunter2" not in page
    assert "xoxb" not in page
    assert "password: *******}" in page


@pytest.mark.parametrize(
    "text",
    [
        "mailboxes: {hr: {address: a@b.jp, smtp: {host: h, password: hunter2, prot: 25}}}",
        "mailboxes: {hr: {address: a@b.jp, smtp: {host: h, password: hunter2, port: x}}}",
        'mailboxes: {hr: {adress: a@b.jp, smtp: {host: h, "password": "hunter2"}}}',
        "mailboxes: {hr: {smtp: {password: hunter2",
        "mailboxes: {hr: {smtp: {password: [hunter2], token: {a: hunter2}}}}",
        "stroe: postgresql://hr:hunter2@db/hr",
        "store: postgersql://hr:hunter2@db/hr",
        "store: mysql://hr:hunter2@db/hr",
        "broker: rabbit://hr:hunter2@mq/",
        "channels: {line: {token: hunter2, sekret: b}}",
        "webhooks: {ats: {secret: hunter2, url: ftp://x}}",
    ],
)
def test_no_mistake_repeats_a_secret_of_its_line(tmp_path: Path, text: str) -> None:
    """A slip beside a password is shown without the password."""
    loaded = read(tmp_path, f"{MINIMAL}{text}\n")

    assert loaded.settings is None
    assert "hunter2" not in render_all(loaded.problems, "ja")
    assert "hunter2" not in json.dumps([problem.values for problem in loaded.problems])


@pytest.mark.parametrize(
    ("text", "code", "nearest"),
    [
        ("mailboxs: {}", "settings.unknown", "mailboxes"),
        ("company: {nmae: A}", "settings.unknown", "name"),
        ("company: {timezone: Asia/Tokyo}", "settings.needed", ""),
        ("company: {name: }", "settings.needed", ""),
        ("company: つなぐ", "settings.table", ""),
        ("company: {name: A, timezone: JST}", "settings.zone", "Asia/Tokyo"),
        ("company: {name: A, timezone: Asia/Tokio}", "settings.zone", "Asia/Tokyo"),
        ("company: {name: A, holidays: Japan}", "settings.country", ""),
        ("company: {name: A, holidays: jp}", "settings.country", "JP"),
        ("company: {name: A, holidays: US-XX}", "settings.country", ""),
        ("company: {name: A, closed: [13-01]}", "time.no_such_day", ""),
        ("company: {name: A, closed: {a: b}}", "settings.list", ""),
        ("company: {name: A, language: 日本語}", "settings.choice", ""),
        ("company: {name: [A]}", "settings.text", ""),
        ("store: mysql://db/hr", "settings.store", ""),
        ("store: 'sqlite://:memory:'", "settings.store", ""),
        ("broker: rediss", "settings.broker", "redis"),
        ("mailboxes: {hr: {smtp: {host: h}}}", "settings.needed", ""),
        ("mailboxes: {hr: {address: 採用}}", "settings.address", ""),
        ("mailboxes: {hr: {address: a@b.jp}}", "settings.no_way", ""),
        (
            "google: {}\nmailboxes: {hr: {address: a@b.jp, smtp: {host: h}, google: a@b.jp}}",
            "settings.ways",
            "",
        ),
        ("mailboxes: {hr: {address: a@b.jp, google: a@b.jp}}", "settings.connection", ""),
        (
            "mailboxes: {hr: {address: a@b.jp, smtp: {host: 'smtp://h'}}}",
            "settings.host",
            "",
        ),
        ("mailboxes: {hr: {address: a@b.jp, smtp: {host: h, port: 0}}}", "settings.number", ""),
        ("mailboxes: {hr: {address: a@b.jp, smtp: {host: h, tls: ssl}}}", "settings.choice", ""),
        (
            "mailboxes: {hr: {address: a@b.jp, smtp: {host: h, port: 465, tls: starttls}}}",
            "settings.tls_port",
            "",
        ),
        (
            "mailboxes: {hr: {address: a@b.jp, smtp: {host: h, password: '${SMTP_PASSWORD}'}}}",
            "settings.no_user",
            "",
        ),
        (
            "mailboxes: {h: {address: a@b.jp, smtp: {host: h, tls: none, user: u, token: '${A}'}}}",
            "settings.clear_text",
            "",
        ),
        ("mailboxes: {hr: {address: a@b.jp, smtp: {port: 25}}}", "settings.needed", ""),
        ("google: {push: {topic: mail, word: '${SMTP_PASSWORD}'}}", "settings.topic", ""),
        ("google: {push: {topic: projects/hr/topics/mail}}", "settings.needed", ""),
        (
            "google: {push: {topic: projects/hr/topics/mail, word: '${A}'}}",
            "settings.word_short",
            "",
        ),
        ("mailboxes: {hr: {address: a@b.jp, smtp: {sign_in: google}}}", "settings.connection", ""),
        (
            (
                "google: {}\nmailboxes: {hr: {address: a@b.jp, smtp: {sign_in: google,"
                " password: '${SMTP_PASSWORD}'}}}"
            ),
            "settings.two_sign_ins",
            "",
        ),
        (
            "google: {}\nmailboxes: {hr: {address: a@b.jp, smtp: {sign_in: google, tls: none}}}",
            "settings.clear_text",
            "",
        ),
        ("'h r': {}\nmailboxes: {'h r': {address: a@b.jp}}", "settings.unknown", ""),
        ("webhooks: {'h r': {secret: x}}", "settings.name", ""),
        ("calendars: {default: outlook}", "settings.choice", ""),
        ("calendars: {default: google}", "settings.connection", ""),
        ("sending: {hours: 9-18}", "time.hours", "09:00-18:00"),
        ("sending: {hours: 18:30-09:30}", "time.hours_order", "09:30-18:30"),
        ("sending: {at_most: 3 pro week}", "time.word", ""),
        ("sending: {days: weekdays}", "settings.choice", ""),
        ("fuse: {times: 0}", "settings.decimal", ""),
        ("late_after: 1 month", "settings.span", ""),
        ("retention: {finished: 7 days}", "settings.age", ""),
        ("late_after: 7 dasy", "time.unit", "days"),
        ("public_url: www.example.jp", "settings.web", ""),
        ("public_url: https://example.jp/?a=b", "settings.web", ""),
        ("public_url: https://採用.jp", "settings.web", ""),
        ("pages: {port: 0}", "settings.number", ""),
        ("pages: {proxies: [10.0.0.0/33]}", "settings.network", ""),
        ("pages: {prot: 8480}", "settings.unknown", "port"),
        ("pages: {key: '${A}'}", "settings.key_short", ""),
        ("surveys: {least: 2}", "settings.number", ""),
        ("pressure: warning", "settings.choice", ""),
        ("alerts: {from: rh}\n" + SMTP, "settings.mailbox", "hr"),
        ("google: {service_account: '${GOOGLE_KEYFILE}'}", "settings.variable", "GOOGLE_KEY_FILE"),
        ("google: {service_account: '${GOOGLE KEY}'}", "settings.variable_name", ""),
        ("google: {service_account: '${GOOGLE'}", "settings.variable_open", ""),
        ("company: {name: A}\ncompany: {name: B}", "yaml.repeated", ""),
    ],
)
def test_a_slip_is_told_with_its_place_and_the_nearest_word(
    tmp_path: Path, text: str, code: str, nearest: str
) -> None:
    """Each mistake has a line, a caret and a sentence in Japanese and in English."""
    whole = text if "company" in text else f"{text}\n{MINIMAL}"
    loaded = read(tmp_path, whole)

    told = [problem for problem in loaded.problems if problem.code == code]
    assert loaded.settings is None
    assert told
    assert nearest in ("", told[0].nearest)
    assert told[0].line
    for language in ("ja", "en"):
        assert render(told[0], language).startswith(f"tsunagu.yaml:{told[0].line}:")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Five slips are five places of one answer, in the order of the file."""
    loaded = read(
        tmp_path,
        "company:\n  name: つなぐ\n  timezone: Asia/Tokio\n  langage: ja\n"
        "mailboxes:\n  hr:\n    adress: a@b.jp\n    smtp: {host: h, port: abc}\n"
        "pressure: loud\n",
    )

    assert [(problem.line, problem.code) for problem in loaded.problems] == [
        (3, "settings.zone"),
        (4, "settings.unknown"),
        (7, "settings.unknown"),
        (8, "settings.number"),
        (9, "settings.choice"),
    ]


def test_the_page_an_author_sees(tmp_path: Path) -> None:
    """The place, the line with a caret in terminal cells, and the word that was meant."""
    loaded = read(tmp_path, "company: {name: 株式会社つなぐ, timezone: Asia/Tokio}\n")

    assert render_all(loaded.problems, "ja") == (
        "tsunagu.yaml:1:43: 「Asia/Tokio」というタイムゾーンはありません\n"
        "    1 | company: {name: 株式会社つなぐ, timezone: Asia/Tokio}\n"
        "                                                  ^^^^^^^^^^\n"
        "「Asia/Tokyo」ではありませんか。"
    )


def test_a_missing_secret_does_not_keep_anybody_from_simulating(tmp_path: Path) -> None:
    """On a machine without passwords what sends nothing still works, with a warning."""
    path = tmp_path / "tsunagu.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    environ = {"GOOGLE_KEY_FILE": "key.json"}

    refused = load_settings(path, environ)
    allowed = load_settings(path, environ, needs_secrets=False)

    assert refused.settings is None
    assert set(mistakes(refused)) == {"settings.variable"}
    assert allowed.settings is not None
    assert len(allowed.problems) == 8
    assert allowed.settings.mailboxes["hr"].smtp is not None


def test_the_environment_wins_over_the_file_beside(tmp_path: Path) -> None:
    """What the machine says is stronger than what the folder says."""
    (tmp_path / ".env").write_text("NAME=folder\nZONE='Asia/Seoul' # by hand\n", encoding="utf-8")

    settings = read(
        tmp_path, "company: {name: ${NAME}, timezone: ${ZONE}}", {"NAME": "machine"}
    ).standing()

    assert settings.company.name == "machine"
    assert settings.company.timezone == "Asia/Seoul"


def test_a_broken_env_file_is_told_without_its_line(tmp_path: Path) -> None:
    """A line of `.env` that cannot be read may hold a secret, and is not shown."""
    (tmp_path / ".env").write_text('PASSWORD hunter2\nA="open hunter2\n', encoding="utf-8")

    loaded = read(tmp_path, MINIMAL, {})

    assert loaded.settings is None
    assert [(problem.path, problem.line, problem.code) for problem in loaded.problems] == [
        (".env", 1, "env.line"),
        (".env", 2, "env.quote"),
    ]
    assert "hunter2" not in render_all(loaded.problems, "ja")


def test_settings_without_a_file_say_how_to_make_one(tmp_path: Path) -> None:
    """Somebody in the wrong folder reads what to type."""
    with pytest.raises(SettingsMistakes) as here:
        find_workspace(tmp_path)
    with pytest.raises(SettingsMistakes) as there:
        find_workspace(tmp_path, tmp_path / "elsewhere")

    assert "tsunagu init my-hr" in str(here.value)
    assert "tsunagu init my-hr" in str(there.value)
    assert here.value.exit_status == 2
    assert mistakes(load_settings(tmp_path / "tsunagu.yaml", {})) == ["settings.none_there"]


def test_a_workspace_is_found_from_any_folder_inside_it(tmp_path: Path) -> None:
    """Whoever stands in playbooks/naitei-follow/mails is in the workspace."""
    path = tmp_path / "tsunagu.yaml"
    path.write_text(MINIMAL, encoding="utf-8")
    inside = tmp_path / "playbooks" / "naitei-follow" / "mails"
    inside.mkdir(parents=True)

    assert path == find_workspace(inside)
    assert path == find_workspace(Path("/"), tmp_path)
    assert path == find_workspace(Path("/"), path)


@pytest.mark.parametrize("content", [b"\xff\xfec\x00", "会社".encode("cp932"), b"- a\n", b"x"])
def test_a_file_that_is_no_table_is_a_mistake(tmp_path: Path, content: bytes) -> None:
    """Another encoding, a list or a word alone is told as what it is."""
    path = tmp_path / "tsunagu.yaml"
    path.write_bytes(content)

    loaded = load_settings(path, {})

    assert loaded.settings is None
    assert loaded.problems
    assert render_all(loaded.problems, "ja")


def test_an_empty_file_lacks_the_company(tmp_path: Path) -> None:
    """Nothing at all is one mistake: the company is missing."""
    assert mistakes(read(tmp_path, "")) == ["settings.needed"]


def test_every_secret_is_found_for_the_log(tmp_path: Path) -> None:
    """The log is told every secret it must mask, the longest first."""
    settings: Settings = read(tmp_path, f"{WHOLE.replace('embedded', 'redis://:pw@h')}").standing()

    assert "redis://:pw@h" in settings.secrets()
    assert list(settings.secrets()) == sorted(settings.secrets(), key=len, reverse=True)


@pytest.mark.parametrize("password", ["p@ss/w:r#d%41?", "plain", "日本語 と空白"])
def test_a_password_of_the_environment_may_hold_any_sign(tmp_path: Path, password: str) -> None:
    """Whoever makes one need not know how addresses are written; and none of it is shown."""
    said = "store: postgresql://hr:${PW}@db/hr?host=${HOST}\nbroker: redis://:${PW}@db/0\n"
    environ = {"PW": password, "HOST": "db1:5432"}

    settings: Settings = read(tmp_path, MINIMAL + said, environ).standing()

    url = make_url(settings.store.url.reveal())
    assert (url.username, url.password, url.host) == ("hr", password, "db")
    assert url.query["host"] == "db1:5432"
    assert settings.store.shown == "postgresql://hr:***@db/hr"
    assert settings.broker.url is not None
    assert unquote(urlsplit(settings.broker.url.reveal()).password or "") == password
    assert settings.broker.shown == "redis://:***@db/0"


def test_an_address_without_a_password_is_no_secret(tmp_path: Path) -> None:
    """The log may say which Redis it is."""
    settings: Settings = read(tmp_path, f"{WHOLE.replace('embedded', 'redis://db/0')}").standing()

    assert settings.broker.shown == "redis://db/0"
    assert "redis://db/0" not in settings.secrets()


def test_a_problem_without_a_line_has_a_page() -> None:
    """A file that is not there has a sentence and a next step, in both languages."""
    problem = Problem("tsunagu.yaml", 0, 0, "settings.none_there")

    assert render(problem, "ja") != render(problem, "en")


@pytest.mark.parametrize(
    ("url", "told", "is_only_here"),
    [
        ("https://hr.example.jp", False, False),
        ("http://hr.example.jp", True, False),
        ("http://localhost:8480", False, True),
        ("http://[::1]:8480/hr", False, True),
    ],
)
def test_links_without_https_are_told(
    tmp_path: Path, url: str, told: bool, is_only_here: bool
) -> None:
    """What people answer must not be read on the way; on this machine alone there is no way."""
    loaded = read(tmp_path, f"public_url: {url}\n{MINIMAL}")

    settings = loaded.standing()
    assert [one.code for one in loaded.problems] == ["settings.plain_url"] * told
    assert settings.is_only_here is is_only_here


@pytest.mark.parametrize(("url", "told"), [("https://hr.example.jp", []), ("", ["push_unheard"])])
def test_pushes_that_nobody_can_hear_are_told(tmp_path: Path, url: str, told: list[str]) -> None:
    """Gmail's topic pushes to https alone; a mailbox is read all the same."""
    push = "google: {push: {topic: projects/hr/topics/mail, word: '${SMTP_PASSWORD}'}}"
    where = f"public_url: {url}\n" if url else ""
    loaded = read(tmp_path, f"{where}{push}\n{MINIMAL}")

    settings = loaded.standing()
    assert [one.code for one in loaded.problems] == [f"settings.{one}" for one in told]
    assert settings.google is not None
    assert settings.google.push is not None
    assert settings.google.push.topic == "projects/hr/topics/mail"


def test_a_secret_may_lie_in_a_file_that_the_environment_names(tmp_path: Path) -> None:
    """`PASSWORD_FILE` of a container stands for `PASSWORD`; what is given outright wins."""
    path = tmp_path / "tsunagu.yaml"
    path.write_text("company: {name: つなぐ}\nstore: postgresql://hr:${DBWORD}@db/x\n", "utf-8")
    (tmp_path / "word").write_text("s3cret\n", "utf-8")
    there = {"DBWORD_FILE": str(tmp_path / "word")}

    by_file = load_settings(path, there).standing()
    outright = load_settings(path, {**there, "DBWORD": "other"}).standing()
    missing = load_settings(path, {"DBWORD_FILE": str(tmp_path / "none")})

    assert ":s3cret@" in by_file.store.url.reveal()
    assert ":other@" in outright.store.url.reveal()
    assert "file.unreadable" in [problem.code for problem in missing.problems]


def test_what_seals_sign_ins_may_come_as_a_file(tmp_path: Path) -> None:
    """As containers hand secrets over; the variable itself comes first."""
    (tmp_path / "seal").write_text("from-a-file\n")
    environ = {"TSUNAGU_KEY_FILE": str(tmp_path / "seal")}

    by_file = read(tmp_path, MINIMAL, environ).standing().seal
    by_name = read(tmp_path, MINIMAL, {**environ, "TSUNAGU_KEY": "by-name"}).standing().seal

    assert by_file == Secret("from-a-file")
    assert by_name == Secret("by-name")
