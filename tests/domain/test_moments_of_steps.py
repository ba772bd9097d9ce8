"""When steps come: deadlines, hours, zones, seasons, cadences, late imports, conditions."""

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from tests.domain.stories import (
    AOI,
    HOUR,
    OFFICE,
    OFFICE_HOURS,
    Story,
    after,
    at,
    business_days,
    days,
    fact_is,
    local,
    mail,
    person_is,
    playbook,
    step,
)
from worker.domain.conditions import All, AnyOf, Compare, Literal, Name, Not, Truth
from worker.domain.plan import Calendar, Sending, Task
from worker.domain.reasons import Because
from worker.domain.when import Distance, Every, InYearOf, OnceTrue, OnDate, Season, Unit

MONTHLY = Distance(1, Unit.MONTHS)


# Deadlines


def test_a_deadline_wins_over_the_business_day() -> None:
    """The president's word comes within 48 hours, on a Saturday if it must, and says so."""
    plan = playbook(
        mail(
            "welcome", after("offer", HOUR), no_later_than=after("offer", Distance(48, Unit.HOURS))
        ),
        sending=OFFICE,
    )
    story = Story.of(plan, offer="2026-04-03 19:00")  # a Friday evening

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-04 09:30 welcome"]
    assert story.reasons("welcome") == [
        Because.DUE,
        Because.HOURS,
        Because.DAYS,
        Because.DEADLINE_WON,
    ]
    assert story.told[0].why[-1].value("relaxed") == "days"


def test_a_deadline_wins_over_the_hours_too() -> None:
    """Where even Saturday morning is too late, it goes in the evening, at its own moment."""
    plan = playbook(
        mail(
            "welcome", after("offer", HOUR), no_later_than=after("offer", Distance(10, Unit.HOURS))
        ),
        sending=OFFICE,
    )
    story = Story.of(plan, offer="2026-04-03 19:00")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-03 20:00 welcome"]
    assert story.told[0].why[-1].value("relaxed") == "hours"


def test_after_its_deadline_nothing_is_sent() -> None:
    """Who is imported after the deadline gets no late welcome."""
    plan = playbook(
        mail("welcome", after("offer", HOUR), no_later_than=after("offer", days(2))), sending=OFFICE
    )
    story = Story.of(plan, offer="2026-04-03 09:00", since="2026-04-06 12:00")

    story.until("2026-04-30 00:00")

    assert story.went == []
    missed = story.noted("welcome.missed")
    assert missed is not None
    assert missed.value == Because.TOO_LATE.value


def test_a_missed_step_can_tell_hr() -> None:
    """`late: escalate`: HR hears of it in the next working hour, and the step stays missed."""
    plan = playbook(
        mail(
            "welcome",
            after("offer", HOUR),
            no_later_than=after("offer", days(1)),
            late="escalate",
        ),
        sending=OFFICE,
    )
    story = Story.of(plan, offer="2026-04-03 09:00", since="2026-04-05 12:00")  # a Sunday

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-06 09:30 welcome"]
    assert [intent.key for intent in story.told] == ["1/welcome/0/0/alert"]
    assert story.noted("welcome.missed") is not None


# Zones and daylight saving


def test_the_person_s_own_zone_counts() -> None:
    """Ten o'clock is ten o'clock where she lives."""
    berlin = replace(AOI, timezone="Europe/Berlin")
    plan = playbook(mail("hello", after("offer", days(1), clock="10:00")), sending=OFFICE)
    story = Story.of(plan, offer="2026-03-27 12:00", person=berlin)
    story.zone = ZoneInfo("Europe/Berlin")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-03-30 09:30 hello"]  # the 28th is a Saturday


def test_a_skipped_hour_moves_to_the_end_of_the_gap() -> None:
    """At 02:30 on the night the clocks go forward it is 03:00 already."""
    berlin = ZoneInfo("Europe/Berlin")
    plan = playbook(
        mail("night", after("offer", days(1), clock="02:30")),
        calendar=Calendar(timezone="Europe/Berlin"),
    )
    story = Story.of(plan, offer="2026-03-28 20:00")
    story.zone = berlin

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-03-29 03:00 night"]


def test_an_hour_that_comes_twice_is_the_first() -> None:
    """Where the clocks go back, the mail leaves once, the first time."""
    plan = playbook(
        mail("night", after("offer", days(1), clock="02:30")),
        calendar=Calendar(timezone="Europe/Berlin"),
    )
    story = Story.of(plan, offer="2026-10-24 20:00")

    story.until("2026-11-30 00:00")

    assert [intent.due_at for intent in story.told] == [at("2026-10-25 09:30")]  # 00:30 UTC


# Seasons, dates


def test_a_season_holds_a_step_until_it_begins() -> None:
    """What belongs to winter waits for winter, at its own hour."""
    plan = playbook(
        mail("ready", after("offer", days(10), clock="10:00"), season=Season((11, 1), (3, 31)))
    )
    story = Story.of(plan, offer="2026-05-01 09:00")

    assert local(story.waits("ready").until) == "2026-11-01 10:00"
    assert story.reasons("ready") == [Because.DUE, Because.SEASON]

    story.until("2027-01-01 00:00")

    assert story.went == ["2026-11-01 10:00 ready"]


def test_a_day_in_the_year_of_the_offer() -> None:
    """The department's day is the twentieth of August of the year of the offer."""
    plan = playbook(mail("day", InYearOf(8, 20, "offer", time(14))))
    story = Story.of(plan, offer="2026-05-01 09:00")

    story.until("2027-09-01 00:00")

    assert story.went == ["2026-08-20 14:00 day"]


def test_a_date_is_known_from_the_start() -> None:
    """A step on a fixed date needs no fact."""
    plan = playbook(mail("day", OnDate(date(2026, 8, 20))), sending=OFFICE)
    story = Story.of(plan, offer="2026-05-01 09:00")

    story.until("2026-09-01 00:00")

    assert story.went == ["2026-08-20 09:30 day"]


def test_a_fact_in_the_future_is_counted_back_from() -> None:
    """Two weeks before joining is known as soon as the day of joining is."""
    plan = playbook(mail("ready", after("join", Distance(-2, Unit.WEEKS), clock="10:00")))
    story = Story.of(plan, offer="2026-05-01 09:00", join="2027-04-01 00:00")

    story.until("2027-04-01 00:00")

    assert story.went == ["2027-03-18 10:00 ready"]


# Cadence


def test_a_cadence_runs_until_two_weeks_before_joining() -> None:
    """Monthly from the first talk, never after two weeks before the first day."""
    talk = Every(MONTHLY, after("talk.held"), after("join", Distance(-2, Unit.WEEKS)))
    plan = playbook(mail("letter", talk))
    story = Story.of(plan, offer="2026-05-01 09:00", join="2026-09-15 00:00")
    story.comes("talk.held", "2026-05-31 15:00")

    story.until("2026-12-01 00:00")

    assert story.went == [
        "2026-06-30 15:00 letter#1",
        "2026-07-31 15:00 letter#2",
        "2026-08-31 15:00 letter#3",
    ]
    assert story.decide().waiting == ()


def test_a_gentle_pace_writes_at_every_other_point_of_the_grid() -> None:
    """Who wants less contact hears every two months where others hear monthly."""
    plan = playbook(mail("letter", Every(MONTHLY, after("offer"))))
    story = Story.of(plan, offer="2026-05-01 09:00", person=replace(AOI, pace="gentle"))

    story.until("2026-10-01 00:00")

    assert story.went == ["2026-07-01 09:00 letter#2", "2026-09-01 09:00 letter#4"]


def test_a_range_counts_from_the_occurrence_before() -> None:
    """Every two to three months: two after the last one, three for who wants less contact."""
    cadence = Every(Distance(2, Unit.MONTHS), after("offer"), greatest=Distance(3, Unit.MONTHS))
    plan = playbook(mail("letter", cadence), sending=OFFICE)

    standard = Story.of(plan, offer="2026-01-31 10:00").until("2026-09-01 00:00")
    gentle = Story.of(plan, offer="2026-01-31 10:00", person=replace(AOI, pace="gentle"))

    assert standard.went == [
        "2026-03-31 10:00 letter#1",
        "2026-06-01 09:30 letter#2",  # the 31st of May is a Sunday
        "2026-08-03 09:30 letter#3",  # counted from the first of June: a Saturday
    ]
    assert gentle.until("2026-09-01 00:00").went == [
        "2026-04-30 10:00 letter#1",
        "2026-07-30 10:00 letter#2",
    ]


def test_a_cadence_that_fell_behind_sends_only_the_latest() -> None:
    """After a month without power nobody gets four letters at once."""
    plan = playbook(mail("letter", Every(Distance(1, Unit.WEEKS), after("offer"))))
    story = Story.of(plan, offer="2026-04-01 09:00").until("2026-04-09 00:00")
    story.now = at("2026-05-08 12:00")

    story.until("2026-05-14 00:00")

    assert story.went == [
        "2026-04-08 09:00 letter#1",
        "2026-05-08 12:00 letter#5",
        "2026-05-13 09:00 letter#6",
    ]


# Late imports and downtime


def test_who_is_imported_in_september_does_not_get_may_s_mails() -> None:
    """What lies more than a week before the enrollment is missed; what is nearer goes."""
    plan = playbook(
        mail("may", after("offer", days(3))),
        mail("last-week", after("offer", days(120))),
        mail("cadence", Every(MONTHLY, after("offer"))),
        sending=OFFICE,
    )
    story = Story.of(plan, offer="2026-05-01 10:00", since="2026-09-02 12:00")

    story.until("2026-10-10 00:00")

    assert story.went == [
        "2026-09-02 12:00 last-week",
        "2026-09-02 12:00 cadence#4",
        "2026-10-01 10:00 cadence#5",
    ]
    assert story.noted("may.missed") is not None


def test_a_company_may_grant_late_steps_more_time() -> None:
    """`late_after: 9 weeks`: a mail of July still goes to somebody imported in September."""
    patient = replace(OFFICE, grace=timedelta(weeks=9))
    plan = playbook(mail("july", after("offer", days(80))), sending=patient)
    story = Story.of(plan, offer="2026-05-01 10:00", since="2026-09-02 12:00")

    story.until("2026-10-10 00:00")

    assert story.went == ["2026-09-02 12:00 july"]


def test_after_downtime_hours_count_from_now() -> None:
    """A worker that comes back on Saturday night waits for Monday morning."""
    plan = playbook(mail("hello", after("offer", HOUR)), sending=OFFICE)
    story = Story.of(plan, offer="2026-04-03 10:00")
    story.now = at("2026-04-04 23:00")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-06 09:30 hello"]


def test_a_tick_some_seconds_late_keeps_the_instant() -> None:
    """What was due at ten is due at ten, though the worker looked at ten and four seconds."""
    plan = playbook(mail("hello", after("offer", HOUR)))
    story = Story.of(plan, offer="2026-04-03 09:00")
    story.now = at("2026-04-03 10:00:04")

    decision = story.decide()

    assert [intent.due_at for intent in decision.intents] == [at("2026-04-03 10:00")]


def test_late_skip_misses_what_is_a_week_late() -> None:
    """`late: skip`: after ten days without power, the congratulation stays unsent."""
    plan = playbook(
        mail("congratulation", after("offer", HOUR), late="skip"),
        mail("papers", after("offer", HOUR)),
    )
    story = Story.of(plan, offer="2026-04-03 09:00")
    story.now = at("2026-04-14 09:00")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-14 09:00 papers"]
    assert story.noted("congratulation.missed") is not None


def test_a_closure_does_not_make_a_step_late() -> None:
    """What waited for the end of a closure was not late: its day was the first one after."""
    closed = Calendar(holidays=frozenset(date(2026, 4, day) for day in range(6, 18)))
    plan = playbook(
        mail("hello", after("offer", HOUR), late="skip"), sending=OFFICE, calendar=closed
    )
    story = Story.of(plan, offer="2026-04-04 09:00")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-20 09:30 hello"]


# Conditions


def test_a_condition_is_asked_when_the_step_is_due() -> None:
    """A condition that does not hold skips the step for good, with the reason."""
    plan = playbook(
        mail("often", after("offer", HOUR), condition=person_is("pace", "!=", "gentle")),
        mail("next", after("often.skipped", days(1))),
    )
    story = Story.of(plan, offer="2026-04-03 09:00", person=replace(AOI, pace="gentle"))

    decision = story.until("2026-04-03 09:59").decide()
    story.until("2026-04-30 00:00")

    assert decision.notes == ()
    assert story.went == ["2026-04-04 10:00 next"]
    skipped = story.noted("often.skipped")
    assert skipped is not None
    assert (skipped.at, skipped.value) == (at("2026-04-03 10:00"), "condition")


def test_a_low_answer_triggers_once() -> None:
    """A step on an answer is due with that answer, and only once, whatever is answered later."""
    plan = playbook(
        step("care", OnceTrue(fact_is("pulse.ease", "<=", 2)), Task("声をかける")),
    )
    story = Story.of(plan, offer="2026-04-03 09:00")
    story.comes("pulse.ease", "2026-04-10 21:00", value=4)
    story.comes("pulse.ease", "2026-05-10 21:00", value=2)
    story.comes("pulse.ease", "2026-06-10 21:00", value=1)

    story.until("2026-07-30 00:00")

    assert story.went == ["2026-05-10 21:00 care"]
    assert story.told[0].why[0].value("fact") == "pulse.ease"


def test_a_condition_on_the_time_wakes_by_itself() -> None:
    """`now >= 2026-08-01` becomes true at midnight, without any fact."""
    summer = Compare(Name(("now",)), ">=", Literal("2026-08-01"))
    plan = playbook(
        mail("summer", OnceTrue(All((summer, Not(Truth(Name(("facts", "accept"))))))), sending=None)
    )
    story = Story.of(plan, offer="2026-04-03 09:00")

    assert local(story.waits("summer").until) == "2026-08-01 00:00"

    story.until("2026-12-30 00:00")

    assert story.went == ["2026-08-01 00:00 summer"]


def test_a_condition_on_the_record_holds_from_the_enrollment() -> None:
    """A tag that is there already makes the step due at once."""
    close_call = Compare(Literal("close-call"), "in", Name(("person", "tags")))
    plan = playbook(mail("letter", OnceTrue(AnyOf((close_call,)))))
    tagged = replace(AOI, tags=frozenset({"close-call"}))

    went = Story.of(plan, offer="2026-04-03 09:00", person=tagged).until("2026-05-01 00:00").went
    others = Story.of(plan, offer="2026-04-03 09:00").until("2026-05-01 00:00")

    assert went == ["2026-04-03 09:00 letter"]
    assert others.went == []
    assert others.reasons("letter") == [Because.NOT_YET_TRUE]


# Order of the day


def test_business_days_are_counted_at_the_same_hour() -> None:
    """Two business days after Thursday 17:00 is Monday 17:00."""
    plan = playbook(mail("hello", after("offer", business_days(2))))
    story = Story.of(plan, offer="2026-04-02 17:00")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-06 17:00 hello"]


def test_business_hours_alone_do_not_mind_the_weekend() -> None:
    """`hours` without `days` holds a mail until morning, also on a Saturday."""
    plan = playbook(mail("hello", after("offer", HOUR)), sending=Sending(OFFICE_HOURS))
    story = Story.of(plan, offer="2026-04-03 22:00")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-04 09:30 hello"]


def test_an_overdue_step_does_not_depend_on_when_somebody_looks() -> None:
    """What is imported late waits for its season, and goes as soon as that begins."""
    plan = playbook(
        mail(
            "winter",
            after("offer", HOUR),
            no_later_than=after("offer", days(300)),
            season=Season((9, 1), (3, 31)),
        )
    )
    story = Story.of(plan, offer="2026-03-20 09:00", since="2026-06-01 15:00")

    assert local(story.waits("winter").until) == "2026-09-01 00:00"
    assert story.until("2026-12-01 00:00").went == ["2026-09-01 00:00 winter"]


def test_a_late_step_that_waits_for_its_season_goes_as_it_begins() -> None:
    """Whoever looked last, and when, makes no difference: the season's first day has come."""
    late = mail(
        "letter",
        OnDate(date(2026, 1, 1)),
        season=Season((9, 1), (2, 28)),
        no_later_than=after("join"),
    )
    looked_at_noon = Story.of(
        playbook(late), since="2026-03-20 12:00", offer="2026-03-01 09:00", join="2026-12-31 00:00"
    )

    looked_at_noon.until("2026-12-31 00:00")

    assert looked_at_noon.went == ["2026-09-01 00:00 letter"]


def test_an_acceptance_that_is_dated_ahead_counts_from_its_day() -> None:
    """A fact by itself is true once its day has come, also where it was known before."""
    plan = playbook(mail("thanks", OnceTrue(Truth(Name(("facts", "accept"))))))
    story = Story.of(plan, offer="2026-04-03 09:00", accept="2026-05-10 12:00")

    assert local(story.waits("thanks").until) == "2026-05-10 12:00"
    assert story.until("2026-06-01 00:00").went == ["2026-05-10 12:00 thanks"]
