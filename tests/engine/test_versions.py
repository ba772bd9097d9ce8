"""What a changed playbook means for one running person."""

from dataclasses import replace

from tests.domain.stories import (
    HOUR,
    LADDER,
    OFFICE,
    REPLY_IN_THREE_DAYS,
    Story,
    after,
    at,
    days,
    local,
    mail,
    playbook,
)
from worker.domain.plan import Mail, Plan
from worker.domain.reasons import Because
from worker.engine.versions import Change, Difference, differences, moved

SENT = mail("sent", after("offer", HOUR))
MAY = mail("may", after("offer", days(30)))
AUTUMN = mail("autumn", after("offer", days(180)))


def _compare(old: Plan, new: Plan, now: str = "2026-09-01 09:00") -> list[Difference]:
    story = Story.of(old, offer="2026-04-02 09:00").until(now)
    return list(differences(story.case, new, story.now))


def _changes(found: list[Difference]) -> list[tuple[str, Change]]:
    return [(one.step, one.change) for one in found]


def test_the_same_playbook_changes_nothing() -> None:
    """Lines that moved in the file are no difference."""
    old = playbook(SENT, AUTUMN)
    new = playbook(replace(SENT, line=7), replace(AUTUMN, line=19))

    assert _compare(old, new) == []


def test_a_step_that_moves_shows_both_moments() -> None:
    """From the end of September to the middle of October."""
    found = _compare(playbook(AUTUMN), playbook(replace(AUTUMN, when=after("offer", days(200)))))

    (one,) = found
    assert one.change is Change.MOVED
    assert one.before is not None
    assert one.after is not None
    assert (local(one.before.at), local(one.after.at)) == ("2026-09-29 09:00", "2026-10-19 09:00")


def test_a_new_step_comes_if_its_moment_is_ahead_and_is_skipped_if_it_is_past() -> None:
    """Nobody is sent in September what was written for May."""
    found = _compare(playbook(SENT), playbook(SENT, MAY, AUTUMN))

    assert _changes(found) == [("may", Change.SKIPPED), ("autumn", Change.NEW)]
    assert found[0].why[-1].because is Because.NEW_IN_VERSION


def test_a_step_that_is_gone_will_not_come() -> None:
    """What would have come is shown with its moment; what has happened is not mentioned."""
    found = _compare(playbook(SENT, AUTUMN), playbook())

    assert _changes(found) == [("autumn", Change.REMOVED)]
    assert found[0].before is not None
    assert local(found[0].before.at) == "2026-09-29 09:00"


def test_what_happened_never_happens_again() -> None:
    """A step that was sent and now stands in October is named, and does not come."""
    found = _compare(playbook(SENT), playbook(replace(SENT, when=after("offer", days(200)))))

    assert _changes(found) == [("sent", Change.HAPPENED)]
    assert found[0].why[0].because is Because.ALREADY


def test_another_text_at_the_same_moment_is_altered() -> None:
    """The same day, another template."""
    found = _compare(playbook(AUTUMN), playbook(replace(AUTUMN, action=Mail("other", "hr"))))

    assert _changes(found) == [("autumn", Change.ALTERED)]


def test_a_step_that_now_waits_for_another_fact_is_moved() -> None:
    """From a date to an acceptance that nobody has given."""
    found = _compare(playbook(AUTUMN), playbook(replace(AUTUMN, when=after("accept", HOUR))))

    assert _changes(found) == [("autumn", Change.MOVED)]
    assert found[0].after is not None
    assert (found[0].after.at, found[0].after.fact) == (None, "accept")


def test_a_ladder_under_way_is_compared_too() -> None:
    """Who is waiting for an answer is reminded at another moment, or not at all."""
    asks = mail("asks", after("offer", HOUR), expect=REPLY_IN_THREE_DAYS, ladder=LADDER)
    patient = replace(asks, expect=replace(REPLY_IN_THREE_DAYS, within=days(10)))
    silent = replace(asks, expect=None, ladder=())

    later = _compare(playbook(asks), playbook(patient), "2026-04-03 09:00")
    never = _compare(playbook(asks), playbook(silent), "2026-04-03 09:00")

    assert [(one.step, one.change, one.rung) for one in later] == [
        ("asks", Change.HAPPENED, 0),
        ("asks", Change.MOVED, 1),
    ]
    assert [(one.step, one.change, one.rung) for one in never] == [
        ("asks", Change.HAPPENED, 0),
        ("asks", Change.REMOVED, 1),
    ]


def test_who_has_come_to_the_end_is_not_concerned() -> None:
    """Nothing changes for somebody who declined, whatever the new version says."""
    story = Story.of(playbook(AUTUMN), offer="2026-04-02 09:00", declined="2026-05-01 00:00")
    story.until("2026-06-01 00:00")

    assert differences(story.case, playbook(MAY, AUTUMN), story.now) == ()


def test_a_hold_is_looked_through() -> None:
    """Also for somebody who is held, HR sees what would change."""
    story = Story.of(playbook(AUTUMN), offer="2026-04-02 09:00", person__held="2026-05-01 00:00")
    story.until("2026-06-01 00:00")
    other = playbook(replace(AUTUMN, when=after("offer", days(200))))

    assert _changes(list(differences(story.case, other, story.now))) == [("autumn", Change.MOVED)]


def test_another_playbook_is_no_difference() -> None:
    """A person who is not in the playbook is not concerned."""
    story = Story.of(playbook(AUTUMN), offer="2026-04-02 09:00")

    assert differences(story.case, playbook(MAY, name="pool"), story.now) == ()


def test_what_is_shown_is_what_happens_after_the_move() -> None:
    """The difference is decided as the worker decides."""
    old = playbook(SENT, AUTUMN, sending=OFFICE)
    new = playbook(SENT, MAY, replace(AUTUMN, when=after("offer", days(200))), sending=OFFICE)
    story = Story.of(old, offer="2026-04-02 09:00").until("2026-09-01 09:00")
    found = differences(story.case, new, story.now)

    story.enrollments = (moved(story.enrollments[0], new, at("2026-09-01 09:00")),)
    story.until("2027-01-01 00:00")

    foreseen = [local(one.after.at) for one in found if one.after is not None]
    assert foreseen == ["2026-10-19 09:30"]
    assert story.went == ["2026-04-02 10:00 sent", "2026-10-19 09:30 autumn"]
