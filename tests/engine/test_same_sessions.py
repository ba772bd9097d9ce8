"""Sessions of many, whose people decline: HR was shown who meets whom when, and so it happens."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.both_ways import Deed, both_ways
from tests.engine.test_same_mails import SINCE, both_together, day_of


def count(deeds: list[Deed], what: str) -> int:
    """Say how often something happened to anybody."""
    return sum(one.what == what for one in deeds)


@pytest.mark.parametrize("refuses", [0.2, 0.4, 0.6])
@pytest.mark.parametrize("size", [(2, 12), (2, 3), (1, 4)])
def test_who_declines_a_session_is_given_the_same_other_one_both_ways(
    size: tuple[int, int], refuses: float, tmp_path: Path
) -> None:
    """In one that is there, in a new one, or in none within the span: at the same instants."""
    story = both_together(day_of(size=size), [SINCE] * 7, refuses)

    imagined, happened = both_ways(story, tmp_path)

    assert imagined == happened
    assert count(happened, "declined") > 0
    assert count(happened, "moved") > 0


def test_who_comes_late_meets_who_has_left_both_ways(tmp_path: Path) -> None:
    """People come over two weeks while others decline: sessions fill, and new ones are made."""
    offers = [SINCE + timedelta(hours=hours) for hours in (0, 0, 0, 30, 54, 76, 150, 200)]
    story = both_together(day_of(size=(2, 3)), offers, 0.4)

    imagined, happened = both_ways(story, tmp_path)

    assert imagined == happened
    assert count(happened, "moved") > 0


def test_nobody_is_given_more_than_three_other_sessions_both_ways(tmp_path: Path) -> None:
    """All of them refuse everything: four declines each, and nothing after the last."""
    story = both_together(day_of(size=(1, 4)), [SINCE] * 3, 1)

    imagined, happened = both_ways(story, tmp_path)

    assert imagined == happened
    assert count(happened, "declined") == 12
    assert count(happened, "moved") == 9
    assert count(happened, "held") == 0


@pytest.mark.parametrize("word", ["keep", "alert"])
def test_none_is_looked_for_where_the_playbook_says_so_both_ways(word: str, tmp_path: Path) -> None:
    """They leave, and that is all."""
    story = both_together(day_of(size=(2, 12), if_declined=word), [SINCE] * 6, 0.4)

    imagined, happened = both_ways(story, tmp_path)

    assert imagined == happened
    assert count(happened, "declined") > 0
    assert count(happened, "moved") == 0
