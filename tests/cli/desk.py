"""Somebody at a desk who types commands: in this process, at an instant of the test's choice."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from worker.cli.main import main
from worker.cli.play import JumpingClock

TOKYO = ZoneInfo("Asia/Tokyo")

SETTINGS = """\
company:
  name: 株式会社つなぐ
  language: {language}
mailboxes:
  hr:
    address: saiyo@example.co.jp
    name: 採用担当
    smtp: {{host: 127.0.0.1, port: {port}, tls: none}}
    limits: {{per_day: 200}}
"""

PLAYBOOK = """\
playbook: follow
title: 内定者フォロー
for: person.kind == "offer_holder"
needs: [offer]
stop_on: [declined]

sending:
  hours: 09:30-18:30
  days: business
  at_most: 1 per day

steps:
  - id: welcome
    when: offer + 1 hour
    mail: {template: welcome, from: hr}
    expect: reply within 3 business days
    if_silent:
      - mail: {template: welcome-again, from: hr}
      - after: 2 business days
        task: {text: 電話で様子を聞く, owner: hr, due: 3 business days}

  - id: mentor-hello
    when: accept + 2 business days at 10:00
    mail: {template: mentor, from: hr}

  - id: letter
    when: offer + 10 business days at 10:00
    approve: hr
    mail: {template: letter, from: hr}
"""

MAILS = {
    "welcome": (
        ("内定おめでとうございます", "{{ person.name }}さん\n\nよろしくお願いします。"),
        ("Welcome", "Dear {{ person.name }},\n\nWe are glad."),
    ),
    "welcome-again": (
        ("お変わりありませんか", "{{ person.name }}さん、お元気ですか。"),
        ("How are you?", "Dear {{ person.name }}, how are you?"),
    ),
    "mentor": (
        ("メンターのご紹介", "{{ mentor.name }}がご案内します。"),
        ("Your mentor", "{{ mentor.name }} is your mentor."),
    ),
    "letter": (
        ("お手紙", "{{ person.name }}さんへ。"),
        ("A letter", "Dear {{ person.name }}."),
    ),
}

PEOPLE = """\
ID,氏名,メール,言語,区分,メンター,内定日,承諾日
aoi,青井 葵,aoi@example.jp,ja,内定者,佐藤 健,2026-04-01 09:00,2026-04-08
ben,Ben Ito,ben@example.jp,en,内定者,佐藤 健,2026-04-03 17:45,
rin,林 凛,rin@example.jp,ja,内定者,佐藤 健,2026-04-02 10:00,
"""

STAFF = """\
ID,氏名,メール,役割
sato,佐藤 健,sato@example.co.jp,mentor
hana,花田 花,hana@example.co.jp,hr
"""


def local(text: str) -> datetime:
    """Give the instant of a time in Tokyo."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO).astimezone(UTC)


MORNING = local("2026-04-01 08:00")


@dataclass(frozen=True)
class Typed:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command wrote
        """Give what it wrote as JSON."""
        return json.loads(self.out)


@dataclass
class Desk:
    """A workspace, a language, and what the clock on the wall shows."""

    root: Path
    language: str = "ja"
    now: datetime = MORNING

    def type(self, *words: str, language: str = "") -> Typed:
        """Type a command for this workspace."""
        said = ["--workspace", str(self.root), "--language", language or self.language]
        return type_words([*words, *said], self.now)

    def at(self, text: str) -> "Desk":
        """Let time pass until then."""
        self.now = local(text)
        return self


def type_words(words: list[str], now: datetime | None = None) -> Typed:
    """Type a command, wherever one is."""
    out, err = StringIO(), StringIO()
    clock = None if now is None else JumpingClock(now)
    with redirect_stdout(out), redirect_stderr(err), columns(100):
        status = main(words, clock=clock)
    return Typed(status, out.getvalue(), err.getvalue())


@contextmanager
def columns(count: int) -> Iterator[None]:
    """Say how wide the terminal is."""
    before = os.environ.get("COLUMNS")  # noqa: TID251 - of this very process
    os.environ["COLUMNS"] = str(count)  # noqa: TID251 - as above
    try:
        yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]  # noqa: TID251 - as above
        else:
            os.environ["COLUMNS"] = before  # noqa: TID251 - as above


def lay_out(root: Path, *, language: str = "ja", port: int = 2525) -> Desk:
    """Lay out a small workspace: one playbook, three people, two members of staff."""
    mails = root / "playbooks" / "follow" / "mails"
    mails.mkdir(parents=True)
    (root / "tsunagu.yaml").write_text(SETTINGS.format(language=language, port=port))
    (root / "playbooks" / "follow" / "playbook.yaml").write_text(PLAYBOOK)
    for name, languages in MAILS.items():
        for word, (subject, body) in zip(("ja", "en"), languages, strict=True):
            page = f"---\nsubject: {subject}\n---\n{body}\n"
            (mails / f"{name}.{word}.md").write_text(page)
    (root / "people.csv").write_text(PEOPLE)
    (root / "staff.csv").write_text(STAFF)
    return Desk(root, language)


def without_places(text: str, root: Path) -> str:
    """Give a page without what differs from run to run: paths, ports, digests, durations."""
    text = text.replace(str(root), "HR")
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    return re.sub(r'"[0-9a-f]{64}"', '"DIGEST"', text)
