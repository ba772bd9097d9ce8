"""The future of one real person: what `plan` and `preview` show."""

from tests.domain.stories import (
    HOUR,
    LADDER,
    OFFICE,
    REPLY_IN_THREE_DAYS,
    Story,
    after,
    at,
    business_days,
    days,
    local,
    mail,
    playbook,
)
from worker.engine.agenda import agenda
from worker.engine.life import Event

WELCOME = mail("welcome", after("offer", HOUR), expect=REPLY_IN_THREE_DAYS, ladder=LADDER)


def _told(events: list[Event]) -> list[str]:
    return [f"{local(event.at)} {event.kind} {event.step}" for event in events]


def test_the_agenda_is_what_will_happen() -> None:
    """What HR is shown today is what the worker does tomorrow."""
    plan = playbook(
        mail("a", after("offer", HOUR)),
        mail("b", after("a.sent", business_days(2))),
        sending=OFFICE,
    )
    story = Story.of(plan, offer="2026-04-02 09:00")

    foreseen = list(agenda(story.case, story.now, at("2026-05-01 00:00")))
    story.until("2026-05-01 00:00")

    assert [event.intent for event in foreseen] == story.told


def test_what_follows_from_silence_says_that_an_answer_changes_it() -> None:
    """Reminders are shown as "if no answer comes", and so is what hangs on the silence."""
    plan = playbook(
        WELCOME,
        mail("worried", after("welcome.silent", days(7))),
        mail("after-worried", after("worried.sent", days(1))),
        mail("news", after("offer", days(30))),
    )
    story = Story.of(plan, offer="2026-04-02 09:00").until("2026-04-03 00:00")

    events = list(agenda(story.case, story.now, at("2026-06-01 00:00")))

    given = {f"{event.kind} {event.step}": event.given for event in events}
    assert given == {
        "silent welcome": ("welcome.replied",),
        "mail welcome": ("welcome.replied",),
        "alert welcome": ("welcome.replied",),
        "task welcome": ("welcome.replied",),
        "mail worried": ("welcome.replied",),
        "mail after-worried": ("welcome.replied",),
        "mail news": (),
    }


def test_what_is_on_its_way_counts_as_arriving() -> None:
    """A mail in the queue is taken to go now: the answer to it is awaited from now."""
    story = Story.of(playbook(WELCOME, sending=OFFICE), offer="2026-04-02 09:00")
    story.comes("welcome.due", "2026-04-02 10:00")
    story.until("2026-04-02 11:00")

    events = list(agenda(story.case, story.now, at("2026-04-08 00:00")))

    assert _told(events) == ["2026-04-07 11:00 silent welcome", "2026-04-07 11:00 mail welcome"]


def test_nothing_is_assumed_to_come() -> None:
    """No acceptance is imagined, no draft is released."""
    plan = playbook(
        mail("letter", after("offer", HOUR), approve="hr"), mail("next", after("accept", HOUR))
    )
    story = Story.of(plan, offer="2026-04-02 09:00")

    events = list(agenda(story.case, story.now, at("2027-04-01 00:00")))

    assert _told(events) == ["2026-04-02 10:00 draft letter"]


def test_the_agenda_ends_where_it_is_asked_to() -> None:
    """`plan --days 14` shows fourteen days."""
    plan = playbook(*(mail(f"m{number}", after("offer", days(number))) for number in range(1, 30)))
    story = Story.of(plan, offer="2026-04-02 09:00")

    events = list(agenda(story.case, story.now, at("2026-04-16 09:00")))

    assert len(events) == 14
