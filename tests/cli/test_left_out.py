"""A meeting without a time: `why`, `plan` and `status` say what is in the way, and what helps."""

from email import message_from_bytes
from email.policy import default

import pytest

from tests.cli.conftest import Office
from tests.golden.files import Golden

pytestmark = pytest.mark.services
PLAYBOOK = """playbook: talk
title: 面談
for: person.kind == "offer_holder"
needs: [offer]
steps:
  - id: first-talk
    when: offer
    meeting:
      title: "1on1"
      with: [mentor]
      minutes: 30
      within: 2 business days
"""
STAFF = """ID,氏名,メール,役割,per_day
sato,佐藤 健,sato@example.co.jp,mentor,1
hana,花田 花,hana@example.co.jp,hr,
"""
PEOPLE = """ID,氏名,メール,言語,区分,メンター,内定日,unavailable
aoi,青井 葵,aoi@example.jp,ja,内定者,佐藤 健,2026-04-01 09:00,2026-04-01..2026-04-06
ben,Ben Ito,ben@example.jp,en,内定者,佐藤 健,2026-04-01 09:00,
rin,林 凛,rin@example.jp,ja,内定者,佐藤 健,2026-04-01 09:00,
"""


@pytest.fixture
def left_out(office: Office) -> Office:
    """Give an office whose mentor holds one talk a day, and had one day for three people."""
    office.take_in(playbook=PLAYBOOK, people=PEOPLE, staff=STAFF)
    office.work_until("2026-04-01 09:30", "2026-04-01 10:00")
    return office


@pytest.mark.parametrize("language", ["ja", "en"])
def test_why_plan_and_status_say_what_would_help(
    left_out: Office, golden: Golden, language: str
) -> None:
    """One is in class all the week, of the others one has the mentor's only talk of that day."""
    pages = [
        left_out.desk.type(*words, language=language)
        for words in (
            ("why", "aoi", "first-talk"),
            ("why", "ben", "first-talk"),
            ("plan", "--days", "1"),
            ("status",),
        )
    ]

    assert [page.status for page in pages] == [0, 0, 0, 0]
    whole = "\n".join(page.out for page in pages)
    assert golden.agrees(f"cli/left_out.{language}.txt", whole.encode())


def test_a_program_reads_the_same(left_out: Office) -> None:
    """Codes and values, each with its sentence."""
    (account,) = [
        one
        for one in left_out.desk.type("why", "aoi", "first-talk", "--json").json
        if one["kind"] == "meeting"
    ]
    (left,) = [
        one
        for one in left_out.desk.type("plan", "--person", "aoi", "--json").json["no_time"]
        if one["step"] == "first-talk"
    ]

    assert [one["because"] for one in account["no_time"]] == ["person_taken"]
    assert [one["because"] for one in account["help"]] == ["help_ask"]
    assert left["why"] == account["no_time"]
    assert left["help"] == account["help"]


def test_hr_gets_it_by_mail_in_their_language(left_out: Office) -> None:
    """The very sentences, not their codes."""
    texts = [
        part.get_content()
        for mail in left_out.server.mails
        if mail.recipient == "hana@example.co.jp"
        for part in message_from_bytes(mail.content, policy=default).walk()
        if part.get_content_type() == "text/plain"
    ]

    aoi, ben = (text.replace("\r\n", "\n") for text in texts)
    assert "までに本人の空きがない\nこうすると決まります: 本人に都合のよい時間を尋ねる" in aoi
    assert "上限に達している\nこうすると決まります: within を 1 営業日延ばす" in ben
