"""What the other side may say, and what becomes of it."""

import io
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from tests.engine.plans import WELCOME, mail_step, plan_of
from tests.world import World, at
from worker.domain.intents import State
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.domain.plan import Plan
from worker.domain.when import Distance, Unit
from worker.engine.ledger import Limits
from worker.ports import Envelope


def due(world: World, *people: str, plan: Plan = WELCOME) -> Plan:
    """Have people whose welcome is due."""
    published = world.publish(plan)
    for person in people:
        world.enroll(person, published, offer="2026-04-01 07:00")
    return published


def test_a_temporary_error_is_tried_again_with_the_very_same_bytes(world: World) -> None:
    """Greylisted twice, accepted the third time: one mail, one id, three attempts."""
    due(world, "temperror-2")

    world.run_until("2026-04-02 09:00")

    attempts = world.mailers["hr"].handed_over
    assert len(attempts) == 3
    assert len({one.content for one in attempts}) == 1
    assert world.states("temperror-2") == [State.DONE]


def test_nobody_waits_for_somebody_else_s_retries(world: World) -> None:
    """One address is put off for ever; the other person has the mail at once."""
    due(world, "temperror", "aoi")

    world.run()

    assert [mail.to for mail in world.arrived] == ["aoi@mail.example"]


def test_after_three_days_it_is_given_up_and_shown(world: World) -> None:
    """A mailbox that is full for ever: refused in the end, a fact, and nobody is asked again."""
    plan = due(world, "temperror")

    world.run_until("2026-04-08 09:00")

    wish = world.wishes("temperror")[0]
    failed = world.facts("temperror").first("welcome.failed", plan.playbook)
    assert wish.state is State.REFUSED
    assert "451" in wish.outcome
    assert failed is not None
    assert timedelta(days=2) < failed.at - at("2026-04-01 09:00") <= timedelta(days=3, hours=6)
    assert world.journal.overview.next_wake(world.now) is None


def test_a_step_may_say_for_how_long_it_is_tried(world: World) -> None:
    """`try_for: 2 hours`."""
    due(world, "temperror", plan=plan_of(mail_step(try_for=Distance(2, Unit.HOURS))))

    world.run_until("2026-04-01 12:00")

    assert world.states("temperror") == [State.REFUSED]


def test_an_address_that_does_not_exist_is_never_written_to_again(world: World) -> None:
    """550 5.1.1: shown, and every later step leaves this person alone."""
    later = mail_step("later")
    plan = due(world, "permerror", plan=plan_of(mail_step(), later))

    world.run_until("2026-04-05 09:00")

    facts = world.facts("permerror")
    suppressed = facts.first("person.suppressed")
    assert suppressed is not None
    assert suppressed.value == "5.1.1"
    assert facts.first("welcome.failed", plan.playbook) is not None
    assert len(world.mailers["hr"].handed_over) <= 2
    assert world.arrived == []


def test_a_server_that_is_away_costs_no_attempt_and_stops_only_its_mailbox(world: World) -> None:
    """The lane closes for a while and says why; when the server is back all goes out, once."""
    president = plan_of(mail_step(), name="president")
    due(world, "aoi", "ren")
    world.mailers["hr"].down = "connection refused"
    world.run()
    closed = world.journal.lanes.all()
    attempts = [wish.attempts for person in ("aoi", "ren") for wish in world.wishes(person)]
    world.mailers["hr"].down = ""

    world.run_until("2026-04-01 11:00")

    assert [(one.lane, one.code, one.why) for one in closed] == [
        ("mail:hr", "server", "connection refused")
    ]
    assert attempts == [0, 0]
    assert len(world.arrived) == 2
    assert world.journal.lanes.all() == []
    assert president.playbook == "president"


def test_what_one_machine_found_shut_is_left_alone_by_the_others(world: World) -> None:
    """Another machine reaches the server, and all the same waits; then one mail is tried first."""
    due(world, "aoi", "ren")
    world.mailers["hr"].down = "connection refused"
    world.run()
    world.restarted()  # on another machine: it has the journal, and nothing else
    untouched = len(world.mailers["hr"].handed_over)

    world.run()
    waited = len(world.mailers["hr"].handed_over)
    world.run_until("2026-04-01 11:00")

    assert (untouched, waited) == (0, 0)
    assert len(world.arrived) == 2
    assert world.journal.lanes.all() == []


def test_a_mail_that_is_handed_over_says_until_when_it_may_leave(world: World) -> None:
    """A quarter of an hour: after that it is taken for lost, and another may be sending it."""
    due(world, "aoi")

    world.run()

    [handed] = world.mailers["hr"].handed_over
    assert handed.until == world.now + timedelta(minutes=15)


def test_a_server_that_stays_away_is_asked_more_and_more_rarely(world: World) -> None:
    """A night without a server is some thirty questions, each with one mail, not thousands."""
    due(world, "aoi", "ren")
    world.mailers["hr"].down = "connection refused"

    world.run_until("2026-04-02 09:00")

    assert 10 < len(world.mailers["hr"].handed_over) < 200


def test_a_refused_address_shows_that_the_server_is_back(world: World) -> None:
    """The first mail after the outage goes nowhere, but the server has spoken: the rest goes."""
    due(world, "permerror", "ren")
    world.mailers["hr"].down = "connection refused"
    world.run()
    world.mailers["hr"].down = ""

    world.run_until("2026-04-01 09:10")

    assert world.states("permerror") == [State.REFUSED]
    assert [mail.to for mail in world.arrived] == ["ren@mail.example"]
    assert world.journal.lanes.all() == []


def test_our_own_refused_password_stops_the_mailbox_until_a_human_says_so(world: World) -> None:
    """Trying again would lock the account; `release` after the password was corrected."""
    due(world, "aoi")
    wrong: Outcome = Refused("535 5.7.8 authentication failed", Scope.MAILBOX)
    world.mailers["hr"].answer = lambda _: wrong
    world.run_until("2026-04-03 09:00")
    tried = len(world.mailers["hr"].handed_over)
    closed = world.journal.lanes.all()
    world.mailers["hr"].answer = None

    world.journal.lanes.release("mail:hr", world.now)
    world.run()

    assert tried <= 6
    assert [(one.code, one.until) for one in closed] == [("mailbox", None)]
    assert [one.to for one in world.arrived if not one.key.startswith("bulletin/")] == [
        "aoi@mail.example"
    ]


def test_what_may_have_gone_is_shown_and_not_repeated(world: World) -> None:
    """The connection broke after the final dot: in doubt, a fact, and a human decides."""
    plan = due(world, "doubt")

    world.run_until("2026-04-09 09:00")

    assert len(world.arrived) == 1
    assert world.states("doubt") == [State.DOUBT]
    assert world.facts("doubt").first("welcome.doubtful", plan.playbook) is not None
    assert world.facts("doubt").first("welcome.sent", plan.playbook) is None


def test_a_human_may_say_that_it_went(world: World) -> None:
    """The fact dates from the moment of the doubt, so that clocks run from there."""
    plan = due(world, "doubt")
    world.run_until("2026-04-02 09:00")

    world.journal.desk.mark_sent(world.wishes("doubt")[0].key, world.now, by="suzuki")
    world.run()

    sent = world.facts("doubt").first("welcome.sent", plan.playbook)
    assert sent is not None
    assert sent.at == at("2026-04-01 09:00")
    assert world.states("doubt") == [State.DONE]


def test_a_human_may_have_it_sent_again(world: World) -> None:
    """It did not go: the same bytes once more."""
    due(world, "lost")
    world.run_until("2026-04-02 09:00")
    world.mailers["hr"].answer = lambda _: Done("250 2.0.0 ok")

    world.journal.desk.send_again(world.wishes("lost")[0].key, world.now)
    world.run()

    attempts = world.mailers["hr"].handed_over
    assert len(attempts) == 2
    assert attempts[0].content == attempts[1].content
    assert world.states("lost") == [State.DONE]


def test_the_sent_folder_tells_what_went_and_what_did_not(tmp_path: Path) -> None:
    """Looked up after a quarter of an hour: the one is done, the other goes out again."""
    world = World(tmp_path, blind=False)
    due(world, "doubt", "lost")
    world.run_until("2026-04-01 09:14")
    before = [world.states("doubt"), world.states("lost")]
    world.mailers["hr"].answer = lambda _: Done("250 2.0.0 ok")

    world.run_until("2026-04-01 09:30")

    assert before == [[State.DOUBT], [State.DOUBT]]
    assert [world.states("doubt"), world.states("lost")] == [[State.DONE], [State.DONE]]
    assert sorted(mail.to for mail in world.arrived) == ["doubt@mail.example", "lost@mail.example"]
    world.close()


def test_a_sent_folder_that_cannot_be_read_just_then_is_asked_again(world: World) -> None:
    """Its provider was away for hours: the one is done, the other goes out once more."""
    due(world, "doubt", "lost")
    world.run_until("2026-04-01 12:40")
    before = [world.states("doubt"), world.states("lost")]
    world.mailers["hr"].answer = lambda _: Done("250 2.0.0 ok")
    world.blind = False

    world.run_until("2026-04-01 18:00")

    assert before == [[State.DOUBT], [State.DOUBT]]
    assert [world.states("doubt"), world.states("lost")] == [[State.DONE], [State.DONE]]
    assert sorted(mail.to for mail in world.arrived) == ["doubt@mail.example", "lost@mail.example"]


def test_after_a_day_nobody_is_asked_any_more(world: World) -> None:
    """It is shown from the beginning, and a human's from then on."""
    due(world, "doubt")
    world.run_until("2026-04-02 09:30")

    world.blind = False
    world.run_until("2026-04-09 09:00")

    (wish,) = world.wishes("doubt")
    assert (wish.state, wish.next_at) == (State.DOUBT, None)


def test_a_step_may_say_that_a_doubt_is_sent_again_once(world: World) -> None:
    """`in_doubt: resend`: after three quarters of an hour, the same bytes, and never a third."""
    due(world, "lost", plan=plan_of(mail_step(in_doubt="resend")))

    world.run_until("2026-04-09 09:00")

    attempts = world.mailers["hr"].handed_over
    assert len(attempts) == 2
    assert len({one.content for one in attempts}) == 1
    assert world.states("lost") == [State.DOUBT]


def test_a_word_that_is_missing_holds_up_only_its_person(world: World) -> None:
    """A mail that cannot be written is refused with the word; the others have theirs."""
    letter = "---\nsubject: ようこそ\n---\n\n{{ person.birthday }}のお祝い\n"
    world.letters["welcome"] = letter
    due(world, "aoi")

    world.run()

    wish = world.wishes("aoi")[0]
    assert wish.state is State.REFUSED
    assert "person.birthday" in wish.outcome or "birthday" in wish.outcome


def test_a_bug_of_ours_parks_one_mail_with_its_text(world: World, written: io.StringIO) -> None:
    """Whatever goes wrong in writing one mail is shown; the next mail is written."""
    writer = world.writer

    class Broken:
        def __call__(self, parts: object, shape: str = "") -> bytes:
            """Write all mails but one."""
            if "aoi" in repr(parts):
                raise RuntimeError("a bug of ours")
            return writer(parts, shape)  # type: ignore[arg-type]  # handed on as it came

    world.writer = Broken()
    world.restarted()
    due(world, "aoi", "ren")

    world.run()

    assert world.states("aoi") == [State.PARKED]
    assert "a bug of ours" in world.wishes("aoi")[0].outcome
    assert '"event": "bug"' in written.getvalue()
    assert world.wishes("aoi")[0].key in written.getvalue()
    assert world.states("ren") == [State.DONE]


def test_thirty_a_minute_are_thirty_a_minute(tmp_path: Path) -> None:
    """In no sixty seconds more than the mailbox's limit, also over a restart."""
    world = World(tmp_path, limits=Limits(per_minute=30))
    people = [f"p{number:03}" for number in range(100)]
    world.crowd(people, world.publish(WELCOME), offer="2026-04-01 07:00")
    at_once = []
    for minute in range(5):
        world.run_until(f"2026-04-01 09:{minute:02}")
        world.run()
        world.restarted()
        at_once.append(len(world.arrived))

    assert at_once[0] == 30
    assert all(later - earlier <= 30 for earlier, later in pairwise(at_once))
    assert at_once[-1] == 100
    world.close()


def test_the_day_s_limit_is_a_rolling_day(tmp_path: Path) -> None:
    """Two a day: the third leaves when the first is a day old."""
    world = World(tmp_path, limits=Limits(per_day=2))
    due(world, "aoi", "ren", "mei")

    world.run_until("2026-04-02 08:55")
    on_the_first_day = len(world.arrived)
    world.run_until("2026-04-02 09:05")

    assert on_the_first_day == 2
    assert len(world.arrived) == 3
    assert world.journal.lanes.all() == []
    world.close()


def test_what_did_not_leave_does_not_count_against_the_limit(tmp_path: Path) -> None:
    """A server that is away uses up nothing of the day's limit."""
    world = World(tmp_path, limits=Limits(per_day=2))
    due(world, "aoi", "ren")
    world.mailers["hr"].down = "connection refused"
    world.run_until("2026-04-01 12:00")
    world.mailers["hr"].down = ""

    world.run_until("2026-04-01 14:00")

    assert len(world.arrived) == 2
    world.close()


def test_an_answer_that_comes_late_is_still_recorded(world: World) -> None:
    """Its worker stood still for hours, and another one had put it among the doubts meanwhile."""
    due(world, "aoi")
    meanwhile: list[State] = []

    def answer(_: Envelope) -> Outcome:
        world.clock.turn_to(at("2026-04-01 12:00"))
        neighbour.run_until_idle()
        meanwhile.extend(world.states("aoi"))
        return Done("250 at last")

    neighbour = world.restarted()
    world.restarted()
    world.mailers["hr"].answer = answer
    world.run()
    world.run_until("2026-04-02 12:00")

    assert meanwhile == [State.DOUBT]
    assert world.states("aoi") == [State.DONE]
    assert len(world.arrived) == 1


def test_what_a_human_says_of_a_doubt_is_recorded(world: World) -> None:
    """Somebody looked into the sent folder."""
    due(world, "aoi")
    answers: list[Outcome] = [Later("try again")]

    def answer(_: Envelope) -> Outcome:
        return answers[0]

    world.mailers["hr"].answer = answer
    world.run()
    waiting = world.states("aoi")
    answers[0] = InDoubt("cut off")
    world.run_until("2026-04-01 12:00")
    doubted = world.states("aoi")
    world.journal.desk.mark_sent(world.wishes("aoi")[0].key, world.now)

    assert waiting == [State.READY]
    assert doubted == [State.DOUBT]
    assert world.states("aoi") == [State.DONE]
