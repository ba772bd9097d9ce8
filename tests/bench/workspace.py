"""A workspace with people who are all due at once, as an officer's would be after an import.

Used by the benchmarks and by the tests that kill the worker.
"""

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.bench import letter

SETTINGS = """\
company:
  name: 株式会社つなぐ
  timezone: Asia/Tokyo
  holidays: JP
mailboxes:
  hr:
    address: saiyo@example.co.jp
    name: 採用担当
    smtp: {{host: 127.0.0.1, port: {port}, tls: none}}
    limits: {{connections: {connections}, per_connection: 10000}}
fuse: {{least: 1000000}}
"""

PLAYBOOK = """\
playbook: letter
title: ご入社までのご案内
for: person.kind == "offer_holder"
steps:
  - id: letter
    when: {when}
    mail: {{template: letter, from: hr}}
    in_doubt: {in_doubt}
"""

COLUMNS = ("id", "name", "email", "kind", "department", "supporter", "welcome_day", "offer")


@dataclass(frozen=True, slots=True)
class Layout:
    """What a workspace is laid out with."""

    port: int  # of the mail server on this machine
    people: int
    offer: datetime  # the first person's; aware
    a_second: int = 0  # so many people's offers fall into each second; 0: all into the first
    in_doubt: str = "ask"
    when: str = "offer"
    connections: int = 10


def lay_out(folder: Path, layout: Layout) -> None:
    """Write settings, the playbook and the table of people."""
    playbook = folder / "playbooks" / "letter"
    (playbook / "mails").mkdir(parents=True)
    (playbook / "layouts").mkdir()
    (playbook / "layouts" / "mail.html").write_text(letter.LAYOUT, encoding="utf-8")
    settings = SETTINGS.format(port=layout.port, connections=layout.connections)
    (folder / "tsunagu.yaml").write_text(settings, encoding="utf-8")
    written = PLAYBOOK.format(when=layout.when, in_doubt=layout.in_doubt)
    (playbook / "playbook.yaml").write_text(written, encoding="utf-8")
    (playbook / "mails" / "letter.md").write_text(letter.markdown(), encoding="utf-8")
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as table:
        rows = csv.writer(table)
        rows.writerow(COLUMNS)
        rows.writerows(_row(number, layout) for number in range(layout.people))


def _row(number: int, layout: Layout) -> list[str]:
    """Write one person's row."""
    person = letter.person(number)
    later = timedelta(seconds=number // layout.a_second if layout.a_second else 0)
    return [
        person["id"],
        person["name"],
        person["email"],
        "offer_holder",
        person["department"],
        person["mentor"],
        person["join_date"],
        (layout.offer + later).isoformat(timespec="seconds"),
    ]
