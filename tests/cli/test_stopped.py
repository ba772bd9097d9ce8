"""A mailbox that stopped: what `status` and `doctor` say of it, and of who was told."""

from datetime import timedelta

import pytest

from tests.cli.desk import MORNING, Desk
from worker.domain.intents import State
from worker.engine.journal.bulletins import (
    NO_WAY,
    Bulletin,
    Written,
    begin_bulletin,
    move_bulletin,
    note_stop,
)
from worker.engine.journal.journal import Journal, open_journal
from worker.engine.journal.lanes import Closed, close_lane


@pytest.fixture
def journal(staffed: Desk) -> Journal:
    """A journal in which HR's mailbox was refused for good an hour ago."""
    opened = open_journal(f"sqlite:///{staffed.root}/.tsunagu/store.db")
    since = MORNING - timedelta(hours=1)
    with opened.store.write() as connection:
        close_lane(connection, Closed("mail:hr", None, since, 1, "mailbox", "535 5.7.8 no"))
        note_stop(connection, "mail:hr", "mailbox", "535 5.7.8 no", since, since=since)
    return opened


def only(journal: Journal) -> Bulletin:
    """Give the one stop there is."""
    (one,) = journal.bulletins.stopped()
    return one


@pytest.mark.parametrize(
    ("language", "words"),
    [("ja", "メールで知らせられません"), ("en", "Nobody can be told by mail")],
)
def test_that_nobody_can_be_told_is_said_plainly(
    staffed: Desk, journal: Journal, language: str, words: str
) -> None:
    """No other mailbox works: `status` and `doctor` say so, and what to do."""
    with journal.store.write() as connection:
        move_bulletin(
            connection, only(journal), State.READY, next_at=MORNING, now=MORNING, outcome=NO_WAY
        )

    status = staffed.type("status", language=language)
    doctor = staffed.type("doctor", "--offline", language=language)

    assert words in status.out
    assert words in doctor.out
    assert "tsunagu release --lane hr" in status.out
    journal.close()


def test_when_hr_was_told_stands_beside_the_stop(staffed: Desk, journal: Journal) -> None:
    """Whoever looks sees that somebody knows of it."""
    at = MORNING - timedelta(minutes=30)
    mail = Written("mail:president", "p@example.co.jp", "hana@example.co.jp", "<x@y>", b"x")
    with journal.store.write() as connection:
        begun = begin_bulletin(connection, only(journal), mail, now=at, lease=MORNING)
        move_bulletin(connection, begun, State.DONE, next_at=None, now=at, outcome="250 ok")

    told = staffed.type("status", language="en")
    as_json = staffed.type("status", "--json").json

    assert "HR was told" in told.out
    assert [(one["about"], one["told"]) for one in as_json["stopped"]] == [("mail:hr", True)]
    assert "untold" not in {one["what"] for one in as_json["findings"]}
    journal.close()


def test_a_released_mailbox_is_one_that_is_tried(staffed: Desk, journal: Journal) -> None:
    """It has not shown yet that it goes on; that is no stop any more, and nothing to mend."""
    journal.close()

    released = staffed.type("release", "--lane", "hr")
    status = staffed.type("status", "--json").json

    assert released.status == 0
    assert [one["what"] for one in status["findings"] if one["what"].startswith("lane")] == [
        "lane_tried"
    ]
