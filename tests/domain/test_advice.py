"""Why there is no time for a meeting, and what would help: it does help, and is the cheapest."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from integrations.seating import ExactSolver
from tests.contracts.solver import FIRST, HALF, waves
from worker.cli.phrases import Phrases
from worker.domain.advice import Advice, explain
from worker.domain.facts import StaffId
from worker.domain.meetings import MeetingId, Span, merged
from worker.domain.price import fits
from worker.domain.reasons import Because, Reason
from worker.domain.slots import without
from worker.domain.wave import Host, Seat, Seeker, Wave

MENTOR = StaffId("s1")
NAMES = {MENTOR: "佐藤花"}
STARTS = tuple(FIRST + timedelta(days=day) + n * HALF for day in range(7) for n in range(18))
WEEK = Span(FIRST, FIRST + timedelta(days=7))
MEETING = MeetingId("m")


def slot(number: int, count: int = 1, day: int = 0) -> Span:
    """Give one or several half hours of a day, from 09:00."""
    start = FIRST + timedelta(days=day) + number * HALF
    return Span(start, start + count * HALF)


def wave(host: Host, *free: Span, until: Span = WEEK) -> Wave:
    """Give a wave of one person who wants half an hour with their mentor."""
    seeker = Seeker(MEETING, ((MENTOR,),), free or (WEEK,), Span(FIRST, until.end), HALF)
    return Wave((seeker,), (host,), STARTS)


def advice(asked: Wave, placed: Mapping[MeetingId, Seat] | None = None) -> Advice:
    """Say why the person has no time."""
    return explain(asked, placed or {}, MEETING, NAMES)


def said(reason: Reason | None, language: str = "ja") -> str:
    """Say it as HR reads it."""
    assert reason is not None
    return Phrases(language).reason(reason)


def test_a_meeting_of_others_may_move_a_little() -> None:
    """One meeting is in the way, and could begin half an hour later."""
    host = Host(MENTOR, (slot(15),), busy=(slot(14),))

    found = advice(wave(host, slot(14), until=slot(18)))

    assert Because.NO_COMMON_TIME is found.why.because
    assert said(found.help) == "佐藤花 の 2026年7月6日(月) 16:00 の会議を 30 分遅らせる"
    assert (
        said(found.help, "en")
        == "move the meeting of 佐藤花 on Mon 6 Jul 2026 16:00 by 30 minutes, to later"
    )  # fmt: skip


def test_a_few_days_more_may_be_enough() -> None:
    """The mentor is free only after the window ends."""
    host = Host(MENTOR, (slot(2, day=3),))

    found = advice(wave(host, until=slot(17)))

    assert said(found.help) == "within を 3 日延ばす"
    assert said(found.help, "en") == "make within 3 days longer"


def test_one_day_is_not_one_days() -> None:
    """A single day is told as one."""
    host = Host(MENTOR, (slot(2, day=1),))

    assert said(advice(wave(host, until=slot(17))).help, "en") == "make within 1 day longer"


def test_a_limit_may_be_raised() -> None:
    """They share time on the last day, and the mentor holds as many meetings as they may."""
    host = Host(MENTOR, (slot(2, 4),), per_day=3, booked=(slot(10).start,) * 3)

    found = advice(wave(host, until=slot(18)))

    assert Because.LIMIT_REACHED is found.why.because
    assert said(found.help) == "佐藤花 の一日の上限を 3 件から 4 件にする"


def test_another_meeting_of_ours_is_never_moved() -> None:
    """The only common time was given to somebody else: one more colleague would help."""
    host = Host(MENTOR, (slot(2),))
    asked = wave(host, until=slot(18))

    found = advice(asked, {MeetingId("other"): Seat((MENTOR,), slot(2))})

    assert Because.ALL_TAKEN is found.why.because
    assert Because.HELP_COLLEAGUE is (found.help.because if found.help else None)


def test_somebody_without_any_time_is_asked() -> None:
    """The person is away until the window ends, and nothing is known of later."""
    found = advice(wave(Host(MENTOR, (WEEK,)), slot(0, day=9), until=slot(18)))

    assert Because.PERSON_TAKEN is found.why.because
    assert Because.HELP_ASK is (found.help.because if found.help else None)


def test_a_calendar_that_cannot_be_read_is_named() -> None:
    """Nobody is called busy whose calendar is unknown."""
    found = advice(wave(Host(MENTOR, (), is_unknown=True)))

    assert said(found.why) == "佐藤花 の予定が分からない"
    assert said(found.help) == "佐藤花 の予定を見られるようにする"


def test_where_nobody_holds_the_role_it_is_said() -> None:
    """A meeting with nobody has no time."""
    nobody = Seeker(MEETING, (), (WEEK,), WEEK, HALF)

    found = advice(Wave((nobody,), (), STARTS))

    assert Because.NO_HOST is found.why.because


@given(waves())
@settings(max_examples=150, deadline=None)
def test_what_is_proposed_does_help(asked: Wave) -> None:
    """Whoever follows the advice can place one more person, and nobody else has to move."""
    seating = ExactSolver().seat(asked)
    assume(seating.left_out)
    meeting = seating.left_out[0]

    found = explain(asked, seating.placed, meeting)

    assert found.help is not None
    better = followed(asked, meeting, found.help)
    if better is not None:
        assert len(ExactSolver().seat(better).placed) > len(seating.placed)


def followed(asked: Wave, meeting: MeetingId, help_: Reason) -> Wave | None:
    """Give the wave after the advice was followed; None for what only people can do."""
    (seeker,) = (one for one in asked.seekers if one.id == meeting)
    match help_.because:
        case Because.HELP_LONGER:
            end = seeker.window.end + timedelta(days=int(help_.value("days")))
            later = replace(seeker, window=Span(seeker.window.start, end))
            return replace(asked, seekers=tuple(later if s is seeker else s for s in asked.seekers))
        case Because.HELP_PER_DAY | Because.HELP_PER_WEEK:
            field = "per_day" if help_.because is Because.HELP_PER_DAY else "per_week"
            more = {field: int(help_.value("more"))}
            return with_host(asked, help_.value("host"), more)
        case _:
            return None


def with_host(asked: Wave, name: str, changes: dict[str, int]) -> Wave:
    """Give the wave with the limits of one host changed."""

    def changed(host: Host) -> Host:
        per_day = changes.get("per_day", host.per_day)
        return replace(host, per_day=per_day, per_week=changes.get("per_week", host.per_week))

    hosts = tuple(changed(host) if host.id == name else host for host in asked.hosts)
    return replace(asked, hosts=hosts)


blocks = st.lists(st.tuples(st.integers(0, 15), st.integers(1, 3)), min_size=1, max_size=4)


@given(blocks, st.integers(0, 17))
def test_a_meeting_that_moves_has_a_place_to_go(taken: list[tuple[int, int]], wanted: int) -> None:
    """A meeting of others is only moved into time that is free, and then there is room."""
    day = slot(0, 18)
    busy = merged(slot(first, count) for first, count in taken)
    host = Host(MENTOR, without([day], busy), busy=busy)
    asked = wave(host, slot(wanted), until=day)
    if ExactSolver().seat(asked).placed:
        return

    found = advice(asked).help

    assert found is not None
    if found.because in {Because.HELP_MOVE_LATER, Because.HELP_MOVE_EARLIER}:
        sign = 1 if found.because is Because.HELP_MOVE_LATER else -1
        shift = sign * timedelta(minutes=int(found.value("minutes")))
        at = datetime.fromisoformat(found.value("at"))
        (old,) = (one for one in busy if one.start == at)
        new = Span(old.start + shift, old.end + shift)
        assert fits(merged((*host.free, old)), new)
        moved = replace(host, free=without(merged((*host.free, old)), (new,)))
        assert ExactSolver().seat(wave(moved, slot(wanted), until=day)).placed
