"""Who has had no talk for how long, on one page."""

from tests.cli.desk import Desk


def test_everybody_in_a_playbook_is_there_the_longest_without_a_talk_first(staffed: Desk) -> None:
    """Whom nobody has met yet waits since the acceptance, or the offer."""
    staffed.type("enroll", "naitei-follow", "--all")

    rows = staffed.type("coverage", "--json").json

    assert [row["talks"] for row in rows] == [0] * len(rows)
    assert [row["days"] for row in rows] == sorted((row["days"] for row in rows), reverse=True)
    assert all(row["last"] is None and row["ahead"] is None for row in rows)


def test_where_nobody_is_in_a_playbook_it_says_so(staffed: Desk) -> None:
    """An empty page explains itself."""
    typed = staffed.type("coverage")

    assert typed.status == 0
    assert "プレイブックに入っている人はいません" in typed.out
