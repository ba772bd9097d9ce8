"""A time that is held for a promise is shown before anybody is told, or why there is none."""

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
    when: offer + 1 hour
    no_later_than: offer + 48 hours
    meeting:
      title: "1on1"
      with: [mentor]
      minutes: 30
      within: 3 business days
"""
STAFF = """ID,氏名,メール,役割
sato,佐藤 健,sato@example.co.jp,mentor
hana,花田 花,hana@example.co.jp,hr
"""
PEOPLE = """ID,氏名,メール,言語,区分,メンター,内定日,unavailable
aoi,青井 葵,aoi@example.jp,ja,内定者,佐藤 健,2026-04-08 09:00,
rin,林 凛,rin@example.jp,ja,内定者,佐藤 健,2026-04-08 09:00,
ben,Ben Ito,ben@example.jp,en,内定者,佐藤 健,2026-04-08 09:00,2026-04-01..2026-04-14
"""


@pytest.fixture
def promised(office: Office) -> Office:
    """Give an office in which three people have an offer ahead of them, and one is away then."""
    office.take_in(playbook=PLAYBOOK, people=PEOPLE, staff=STAFF)
    office.work_until("2026-04-01 10:00")
    return office


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_is_held_and_what_cannot_be_is_said_beforehand(
    promised: Office, golden: Golden, language: str
) -> None:
    """One has a time a week before the offer; for the other it is said what would help."""
    pages = [
        promised.desk.type(*words, language=language)
        for words in (
            ("why", "aoi", "first-talk"),
            ("why", "ben", "first-talk"),
            ("plan", "--days", "8"),
            ("status",),
            ("coverage",),
        )
    ]

    assert [page.status for page in pages] == [0, 0, 0, 0, 0]
    whole = "\n".join(page.out for page in pages)
    assert golden.agrees(f"cli/held.{language}.txt", whole.encode())


def test_a_program_reads_what_is_held(promised: Office) -> None:
    """When, since when and with whom; and of the other why not."""
    type_ = promised.desk.type
    (aoi,) = type_("why", "aoi", "first-talk", "--json").json
    (ben,) = [one for one in type_("why", "ben", "first-talk", "--json").json if not one["kind"]]
    (event,) = [
        one
        for one in type_("plan", "--person", "aoi", "--days", "8", "--json").json["events"]
        if one["step"] == "first-talk"
    ]

    assert aoi["held"] == event["held"]
    assert aoi["held"] == {
        "from": "2026-04-09T10:00:00+09:00",
        "until": "2026-04-09T10:30:00+09:00",
        "since": "2026-04-01T10:00:00+09:00",
        "staff": ["sato"],
    }
    assert ben["held"] is None
    assert [one["because"] for one in ben["no_time"]] == ["person_taken"]
    assert type_("status", "--json").json["meetings"] == {"reserved": 3}
    held = {one["id"]: one["held"] for one in type_("coverage", "--json").json}
    assert (held["aoi"], held["ben"]) == ("2026-04-09T10:00:00+09:00", None)


def test_hr_hears_by_mail_that_nothing_can_be_held(promised: Office) -> None:
    """A week ahead, with what would help, and when the invitation is due."""
    (text,) = [
        part.get_content().replace("\r\n", "\n")
        for mail in promised.server.mails
        if mail.recipient == "hana@example.co.jp"
        for part in message_from_bytes(mail.content, policy=default).walk()
        if part.get_content_type() == "text/plain"
    ]

    assert "Ben Itoさんの面談（ステップ first-talk）は、4月8日（水）にご案内する約束です。" in text
    assert "こうすると決まります:" in text
