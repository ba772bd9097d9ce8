"""What is long done moves out of the way, and everything that reads it still tells the truth."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.sql.schema import Table

from tests.engine.plans import LADDER, TALK, mail_step, plan_of
from tests.engine.post import Post
from tests.world import World
from worker.domain.facts import PersonId
from worker.domain.intents import State
from worker.domain.outcomes import InDoubt
from worker.engine import tables
from worker.engine.journal.intents import write_intents
from worker.engine.journal.readings import MailState
from worker.engine.retention import EVERY, Retention, RetentionRules

LONG, DAYS = timedelta(days=180), timedelta(days=1)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """A world with a mailbox."""
    made = Post(tmp_path)
    yield made
    made.world.close()


def tidy(world: World, rules: RetentionRules | None = None) -> int:
    """Put away all that may be put away now."""
    retention = Retention(world.journal.store, rules or RetentionRules(LONG, LONG))
    total = count = retention.tidy(world.now)
    while count:
        count = retention.tidy(world.now)
        total += count
    return total


def count(world: World, table: Table) -> int:
    """Count the rows of a table."""
    with world.journal.store.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def half_a_year_on(world: World) -> None:
    """Let a little more than half a year pass."""
    world.clock.turn_to(world.now + LONG + 10 * DAYS)


def test_everything_is_told_as_it_was_before_it_moved(world: World) -> None:
    """Why, the story and the mail itself: the same words, wherever the rows lie."""
    plan = world.publish(plan_of(mail_step()))
    person = world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.enroll("ren", plan, offer="2026-04-02 09:30")
    world.run_until("2026-04-02 12:00")
    before = world.wishes("aoi")
    letter = world.journal.desk.letter(before[0].key)
    half_a_year_on(world)

    moved = tidy(world)

    assert moved == 1
    assert (count(world, tables.intent), count(world, tables.letter)) == (1, 1)  # the last one
    assert (count(world, tables.intent_history), count(world, tables.letter_history)) == (1, 1)
    assert world.journal.desk.wishes(person) == before
    assert world.journal.desk.wish(before[0].key) == before[0]
    assert world.journal.desk.letter(before[0].key) == letter
    assert world.journal.own.by_key(before[0].message_id.strip("<>")) is not None


def test_nothing_is_decided_a_second_time_because_it_moved(world: World) -> None:
    """The key of a mail in the history is as taken as that of one in the way."""
    plan = world.publish(plan_of(mail_step()))
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.enroll("ren", plan, offer="2026-04-02 09:30")
    world.run_until("2026-04-02 12:00")
    with world.journal.store.read() as connection:
        row = dict(connection.execute(select(tables.intent)).mappings().first() or {})
    half_a_year_on(world)
    tidy(world)

    with world.journal.store.write() as connection:
        write_intents(connection, [{**row, "state": State.READY.value, "next_at": 0}])
    world.note("aoi", "something")
    world.run()

    assert [mail.to for mail in world.arrived] == ["aoi@mail.example", "ren@mail.example"]


def test_a_number_that_moved_is_not_given_again(world: World) -> None:
    """A link in an old mail leads to its own person, whatever was sent since."""
    plan = world.publish(plan_of(mail_step()))
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.run_until("2026-04-02 12:00")
    (old,) = world.wishes("aoi")
    half_a_year_on(world)
    tidy(world)

    world.enroll("ren", plan, offer="2026-10-20 09:00")
    world.run_until("2026-10-20 12:00")

    (new,) = world.wishes("ren")
    assert new.id > old.id


def test_a_number_is_not_given_again_after_an_erasure_either(world: World) -> None:
    """Those above it were erased: the highest that is left comes back to where numbers begin."""
    plan = world.publish(plan_of(mail_step()))
    for person, hour in (("aoi", "09:00"), ("ren", "09:10"), ("yui", "09:20")):
        world.enroll(person, plan, offer=f"2026-04-02 {hour}")
    world.run_until("2026-04-02 12:00")
    numbers = [world.wishes(person)[0].id for person in ("aoi", "ren")]
    half_a_year_on(world)
    assert tidy(world) == 2

    world.journal.people.erase(PersonId("yui"), world.now)
    world.enroll("rin", plan, offer="2026-10-20 09:00")
    world.run_until("2026-10-20 12:00")

    assert [world.wishes(person)[0].id for person in ("aoi", "ren")] == numbers
    assert world.wishes("rin")[0].id > max(numbers)


def test_what_is_young_or_under_way_stays(world: World) -> None:
    """A doubt waits for a human for as long as it takes, and yesterday's mail is not old."""
    plan = world.publish(LADDER)
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.mailers["hr"].answer = lambda _: InDoubt("the line was cut")
    world.run_until("2026-04-02 12:00")
    half_a_year_on(world)

    assert tidy(world) == 0
    assert world.states("aoi") == [State.DOUBT]


def test_a_meeting_and_a_task_keep_what_they_point_at(world: World) -> None:
    """Nothing that is looked up from elsewhere is moved away from under it."""
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run_until("2026-04-02 12:00")
    half_a_year_on(world)

    tidy(world)

    with world.journal.store.read() as connection:
        kinds = set(connection.scalars(select(tables.intent.c.kind)))
        guests = set(connection.scalars(select(tables.meeting_guest.c.intent_id)))
        known = set(connection.scalars(select(tables.intent.c.id)))
    assert "meeting" in kinds
    assert guests - {None} <= known


def test_a_late_answer_finds_the_question_it_answers(post: Post) -> None:
    """Half a year later somebody answers the very mail: it is theirs, and a human sees it."""
    mail = post.asked()
    post.asked("ren")
    half_a_year_on(post.world)
    assert tidy(post.world) == 1

    post.comes("遅くなりました。参加します。\n", answers=mail)

    (waiting,) = post.world.journal.mails.waiting()
    assert (waiting.person, waiting.step) == (PersonId("aoi"), "welcome")


def test_raw_mails_go_and_what_was_read_in_them_stays(post: Post) -> None:
    """The bytes go after their time; the text that somebody wrote is told as before."""
    mail = post.asked()
    post.comes("はい\n", answers=mail)
    (before,) = post.world.journal.mails.lately()
    half_a_year_on(post.world)

    stripped = tidy(post.world, RetentionRules(received=LONG))

    assert stripped == 1
    assert post.world.journal.mails.raw(before.id) == b""
    assert post.world.journal.mails.lately() == [before]


def test_a_mail_that_waits_for_a_human_is_kept_whole(post: Post) -> None:
    """However old it is: somebody has still to read it."""
    mail = post.asked()
    post.comes("質問があります。寮はありますか。\n", answers=mail)
    half_a_year_on(post.world)

    assert tidy(post.world, RetentionRules(received=LONG)) == 0
    assert [one.state for one in post.world.journal.mails.waiting()] == [MailState.OPEN]


def test_who_is_erased_is_erased_from_the_history_too(world: World) -> None:
    """No row of either place names them, nor the mail that was sent to them."""
    plan = world.publish(plan_of(mail_step()))
    person = world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.enroll("ren", plan, offer="2026-04-02 09:30")
    world.run_until("2026-04-02 12:00")
    half_a_year_on(world)
    tidy(world)

    erased = world.journal.people.erase(person, world.now)

    assert erased is not None
    assert (erased.rows["intent_history"], erased.rows["letter_history"]) == (1, 1)
    assert count(world, tables.intent_history) == count(world, tables.letter_history) == 0


def test_a_great_many_move_a_little_at_a_time(world: World) -> None:
    """One transaction moves one batch, and a pass that is done is not begun again at once."""
    world.enroll("aoi", world.publish(plan_of(mail_step())), offer="2026-04-02 09:00")
    world.run_until("2026-04-02 12:00")
    with world.journal.store.write() as connection:
        row = dict(connection.execute(select(tables.intent)).mappings().one())
        many = [{**row, "id": 1000 + i, "key": f"old/{i}"} for i in range(1_200)]
        connection.execute(insert(tables.intent), many)
    half_a_year_on(world)
    retention = Retention(world.journal.store, RetentionRules(finished=LONG))

    steps = [retention.tidy(world.now) for _ in range(6)]
    world.clock.turn_to(world.now + EVERY)
    again = retention.tidy(world.now)

    assert steps == [500, 500, 200, 0, 0, 0]
    assert again == 0
    assert count(world, tables.intent_history) == 1_200


def test_without_a_word_in_the_settings_nothing_moves(world: World) -> None:
    """Nothing is put away by itself."""
    world.enroll("aoi", world.publish(plan_of(mail_step())), offer="2026-04-02 09:00")
    world.run_until("2026-04-02 12:00")
    half_a_year_on(world)

    assert world.engine.retention.tidy(world.now) == 0
    assert count(world, tables.intent) == 1
