"""The workspace that lives through the chaos: who is written to, and how, and who meets whom."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.bench import letter
from tests.bench.workspace import COLUMNS

HR, AT_GOOGLE, AT_MICROSOFT = "saiyo@example.co.jp", "news@google.example", "news@outlook.example"
WAYS = {"smtp": "hr", "gmail": "news", "graph": "bulletin"}  # to the mailbox
STEPS = {"smtp": "by-smtp", "gmail": "by-gmail", "graph": "by-graph"}
TALK = "talk"
A_COLLEAGUE = 25  # meetings of one

SETTINGS = """\
company:
  name: 株式会社つなぐ
  timezone: Asia/Tokyo
  holidays: none
store: postgresql://postgres@{host}:{postgres}/{database}
broker: redis://{host}:{redis}/0
mailboxes:
  hr:
    address: saiyo@example.co.jp
    name: 採用担当
    smtp: {{host: {host}, port: {smtp}, tls: none}}
    imap: {{host: {host}, port: {imap}, user: hr, password: {password}, ca: keys/ca.pem}}
    limits: {{connections: 3, per_connection: 1000}}
  news:
    address: news@google.example
    google: {{account: news@google.example}}
    limits: {{per_minute: 100000, per_day: 1000000, connections: 3}}
  bulletin:
    address: news@outlook.example
    microsoft: {{account: news@outlook.example}}
    limits: {{per_minute: 100000, per_day: 1000000, connections: 3}}
google: {{service_account: keys/google.json, endpoint: "http://{host}:{google}"}}
microsoft:
  tenant: {tenant}
  client: {client}
  secret: {secret}
  authority: https://{host}:{graph}
  endpoint: https://{host}:{graph}
  ca: keys/ca.pem
calendars: {{default: google}}
meetings: {{look_every: 1 hour}}
fuse: {{least: 1000000}}
"""

STEP = """\
  - id: {step}
    when: offer
    if: person.way == "{way}"
    mail: {{template: letter, from: {mailbox}}}
    in_doubt: ask
    expect: reply within 40 business days
    if_silent:
      - task: {{text: 声をかける, owner: hr, due: 3 business days}}
"""

PLAYBOOK = """\
playbook: letter
title: ご入社までのご案内
for: person.kind == "offer_holder"
steps:
{steps}
  - id: talk
    when: offer
    if: person.meets == "yes"
    meeting:
      title: "1on1: {{{{ person.name }}}} & {{{{ mentor.name }}}}"
      with: [mentor]
      minutes: 30
      within: 20 business days
      between: 09:30-18:00
      place: オンライン
"""

PEOPLE = (*COLUMNS, "mentor", "way", "meets")
STAFF = ("id", "name", "email", "role", "department", "calendar", "hours", "per_day", "per_week")


@dataclass(frozen=True, slots=True)
class Cast:
    """How many people of which kind, and within how much of the hurried time they are due."""

    smtp: int
    gmail: int
    graph: int
    meetings: int
    since: datetime
    within: timedelta

    @property
    def people(self) -> int:
        """Count everybody."""
        return self.smtp + self.gmail + self.graph

    def way(self, number: int) -> str:
        """Say by which way somebody is written to: the ways take turns, as long as they last."""
        spread = (number * 7919) % self.people
        if spread < self.gmail:
            return "gmail"
        return "graph" if spread < self.gmail + self.graph else "smtp"

    def meets(self, number: int) -> bool:
        """Say whether somebody meets a colleague."""
        return (number * 104_729) % self.people < self.meetings

    @property
    def colleagues(self) -> list[str]:
        """Give the addresses of those who are met: every other one's calendar is at Microsoft."""
        count = max(2, -(-self.meetings // A_COLLEAGUE))
        return [
            f"mentor{number}@{'outlook' if number % 2 else 'google'}.example"
            for number in range(count)
        ]


def lay_out(home: Path, cast: Cast, settings: str) -> None:
    """Write settings, the playbook and the tables into *home*."""
    playbook = home / "playbooks" / "letter"
    (playbook / "mails").mkdir(parents=True)
    (playbook / "layouts").mkdir()
    (playbook / "layouts" / "mail.html").write_text(letter.LAYOUT, encoding="utf-8")
    steps = "".join(
        STEP.format(step=step, way=way, mailbox=WAYS[way]) for way, step in STEPS.items()
    )
    written = PLAYBOOK.format(steps=steps)
    (playbook / "playbook.yaml").write_text(written, encoding="utf-8")
    (playbook / "mails" / "letter.md").write_text(letter.markdown(), encoding="utf-8")
    (home / "tsunagu.yaml").write_text(settings, encoding="utf-8")
    _write(home / "people.csv", PEOPLE, _people(cast))
    _write(home / "staff.csv", STAFF, _staff(cast))


def _write(path: Path, heads: tuple[str, ...], rows: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as table:
        written = csv.writer(table)
        written.writerow(heads)
        written.writerows(rows)


def _people(cast: Cast) -> Iterator[list[str]]:
    mentors = len(cast.colleagues)
    place = 0
    for number in range(cast.people):
        one = letter.person(number)
        offer = cast.since + cast.within * (number / cast.people)
        meets = cast.meets(number)
        place += meets
        yield [
            one["id"],
            one["name"],
            one["email"],
            "offer_holder",
            one["department"],
            one["mentor"],
            one["join_date"],
            offer.isoformat(timespec="seconds"),
            f"m{place % mentors}",
            cast.way(number),
            "yes" if meets else "no",
        ]


def _staff(cast: Cast) -> Iterator[list[str]]:
    yield ["hana", "花田 花", "hana@example.co.jp", "hr", "人事部", "mail", "", "", ""]
    for number, address in enumerate(cast.colleagues):
        calendar = "microsoft" if number % 2 else "google"
        name = f"{letter.FAMILY[number % 10]} {letter.GIVEN[number // 10 % 10]}"
        yield [f"m{number}", name, address, "mentor", "開発部", calendar, "09:30-18:00", "8", "40"]
