"""A country changes its rules of time: `status` names the meetings at which clocks show others."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Office
from tests.cli.test_held import PLAYBOOK, STAFF
from tests.zones import write_zone, zones_in

pytestmark = pytest.mark.services
TOWN = "Test/Village"
PEOPLE = f"""ID,氏名,メール,言語,区分,メンター,内定日,timezone
aoi,青井 葵,aoi@example.jp,ja,内定者,佐藤 健,2026-04-01 09:00,{TOWN}
"""


def test_status_names_each_meeting_what_was_told_and_what_it_is_now(
    office: Office, tmp_path: Path
) -> None:
    """In Japanese and English, with what to do; and the mail to HR has gone."""
    with zones_in(tmp_path / "tzdata"):
        write_zone(tmp_path / "tzdata", TOWN, timedelta(hours=8))
        office.take_in(playbook=PLAYBOOK, people=PEOPLE, staff=STAFF)
        office.work_until("2026-04-01 10:30")
        before = office.desk.type("status").out

        write_zone(tmp_path / "tzdata", TOWN, timedelta(hours=9))
        office.work_until("2026-04-01 10:45")
        page, english = (office.desk.type("status", language=one).out for one in ("ja", "en"))

    assert TOWN not in before
    told = f"時刻の規則が変わった予定: 青井 葵 first-talk。{TOWN} の 2026-04-02 "
    (line,) = [one for one in page.splitlines() if told in one]
    assert "とお伝えしましたが、今は 2026-04-02 " in line
    assert "sato@example.co.jp のカレンダーでお伝えした時刻に動かすか" in page
    assert "the rules of time have changed: 青井 葵 first-talk was told 2026-04-02" in english
    mails = [one for one in office.server.mails if one.recipient == "hana@example.co.jp"]
    assert len(mails) == 1
