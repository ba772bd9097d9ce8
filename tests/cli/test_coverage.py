"""Who has had no talk for how long, on one page."""

import pytest

from tests.cli.conftest import Office
from tests.cli.desk import Desk


@pytest.mark.services
def test_everybody_in_a_playbook_is_there_the_longest_without_a_talk_first(office: Office) -> None:
    """Whom nobody has met yet waits since the acceptance, or the offer; who declined is gone."""
    office.work_until("2026-04-03 18:00")
    declined = office.desk.at("2026-04-20 12:00").type("fact", "rin", "declined")
    assert declined.status == 0, declined.err

    rows = office.desk.type("coverage", "--json").json
    page = office.desk.type("coverage", language="en")

    assert [(row["id"], row["days"]) for row in rows] == [("ben", 16), ("aoi", 12)]
    assert [row["talks"] for row in rows] == [0, 0]
    assert all(row["last"] is None and row["ahead"] is None for row in rows)
    assert page.out.index("ben") < page.out.index("aoi")


def test_where_nobody_is_in_a_playbook_it_says_so(staffed: Desk) -> None:
    """An empty page explains itself."""
    typed = staffed.type("coverage")

    assert typed.status == 0
    assert "プレイブックに入っている人はいません" in typed.out
