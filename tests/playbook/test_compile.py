"""From a playbook's text to its plan: what is written is what is planned."""

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.playbook.desk import (
    FILES,
    TOP,
    WELCOME,
    WORKSPACE,
    bundle_of,
    codes,
    compiled,
    plan_of,
)
from worker.domain.conditions import Compare, Literal, Name
from worker.domain.facts import PlaybookId
from worker.domain.plan import (
    Alert,
    Budget,
    Closure,
    Enroll,
    Expect,
    Mail,
    Meeting,
    Message,
    Question,
    Rung,
    Survey,
    Task,
    Update,
    Webhook,
)
from worker.domain.when import Distance, Every, FromFact, OnceTrue, Season, Unit
from worker.playbook.bundle import Bundle
from worker.playbook.compile import compile_playbook, compile_stored, lacking, performed_later
from worker.playbook.workspace import Workspace
from worker.problems import Mistakes

THREE_DAYS = Distance(3, Unit.BUSINESS_DAYS)
KINDS = """playbook: haru
steps:
  - id: a
    when: offer
    mail:
      template: welcome
      from: president
      reply_to: hr
      attach: [guide.pdf, "letters/{{ person.id }}.pdf"]
      unsubscribe: yes
  - id: b
    when: offer
    meeting:
      title: "{{ mentor.name }}さんとの1on1"
      with: [mentor]
      minutes: 30
      within: 10 business days
      between: 10:00-18:00
      place: google_meet
      if_declined: keep
      remind: 1 business day before
      together: department
      size: 2..12
  - id: c
    when: offer
    survey:
      intro: 2分で終わります
      anonymous: no
      questions:
        - {id: ease, ask: いかがでしたか, scale: 1..5}
        - {id: worry, ask: 気になること, text: optional}
  - {id: d, when: offer, message: {channel: line, text: こんにちは}}
  - {id: e, when: offer, task: {text: 電話する, owner: mentor, due: 2 business days}}
  - {id: f, when: offer, alert: {to: [mentor, hr], text: お声がけください}}
  - id: g
    when: offer
    update: {tag: [x], untag: y, status: ok, set: {grade: 3, note: "3"}, fact: met}
  - {id: h, when: offer, enroll: talent-pool}
  - id: i
    when: offer
    webhook: {url: https://example.co.jp/h, secret: crm, body: {n: 1, ok: true}}
"""


def test_every_kind_of_step_is_planned_as_written() -> None:
    """All nine kinds keep every word their author wrote."""
    actions = [step.action for step in plan_of(KINDS).steps]

    assert actions == [
        Mail("welcome", "president", "hr", ("guide.pdf", "letters/{{ person.id }}.pdf"), True),
        Meeting(
            title="{{ mentor.name }}さんとの1on1",
            participants=("mentor",),
            minutes=30,
            within=Distance(10, Unit.BUSINESS_DAYS),
            between=(time(10), time(18)),
            place="google_meet",
            if_declined="keep",
            remind=Distance(-1, Unit.BUSINESS_DAYS),
            together="department",
            size=(2, 12),
        ),
        Survey(
            questions=(
                Question("ease", "いかがでしたか", (1, 5)),
                Question("worry", "気になること", required=False),
            ),
            intro="2分で終わります",
        ),
        Message("line", "こんにちは"),
        Task("電話する", "mentor", Distance(2, Unit.BUSINESS_DAYS)),
        Alert(("mentor", "hr"), "お声がけください"),
        Update(("x",), ("y",), {"grade": 3, "note": "3", "status": "ok"}, "met"),
        Enroll(PlaybookId("talent-pool")),
        Webhook("https://example.co.jp/h", "crm", {"n": 1, "ok": True}),
    ]


def test_short_forms_say_the_same_as_long_ones() -> None:
    """A task's text, an alert's roles, a playbook's name and an address may stand alone."""
    short = TOP + (
        "  - {id: a, when: offer, task: 電話する}\n"
        "  - {id: b, when: offer, alert: [mentor, hr]}\n"
        "  - {id: c, when: offer, webhook: https://example.co.jp/h}\n"
    )

    assert [step.action for step in plan_of(short).steps] == [
        Task("電話する"),
        Alert(("mentor", "hr")),
        Webhook("https://example.co.jp/h"),
    ]


def test_a_step_keeps_all_its_guards() -> None:
    """Deadline, season, condition, approval, order and lateness come with the step."""
    text = TOP + WELCOME + (
        "    no_later_than: offer + 48 hours\n"
        "    only: 12-20..01-10\n"
        '    if: person.pace != "gentle"\n'
        "    approve: hr_manager\n"
        "    priority: -5\n"
        "    late: escalate\n"
        "    in_doubt: resend\n"
        "    try_for: 2 days\n"
        "    even_if_waiting: on\n"
        "    sending: {hours: 08:00-20:00}\n"
    )  # fmt: skip

    step = plan_of(text).steps[0]

    assert step.no_later_than == FromFact("offer", (Distance(48, Unit.HOURS),))
    assert step.season == Season((12, 20), (1, 10))
    assert step.condition == Compare(Name(("person", "pace")), "!=", Literal("gentle"))
    assert (step.approve, step.priority, step.late, step.in_doubt) == (
        "hr_manager",
        -5,
        "escalate",
        "resend",
    )
    assert (step.try_for, step.even_if_waiting) == (Distance(2, Unit.DAYS), True)
    assert step.sending is not None
    assert step.sending.hours == (time(8), time(20))
    assert step.sending.days == WORKSPACE.sending.days  # what is not said falls back
    assert step.line == 4


def test_further_facts_may_end_the_wait() -> None:
    """Who accepts without a word has answered; a fact that is named twice counts once."""
    text = f"{TOP}{WELCOME}    expect: reply or accept or accept within 3 business days\n"

    step = plan_of(text).steps[0]

    assert step.expect == Expect("replied", THREE_DAYS, ("accept",))


def test_the_ladder_has_a_rung_for_each_entry_and_several_deeds_on_one() -> None:
    """Silence is followed rung by rung; one rung may alert somebody and leave a to-do."""
    text = TOP + WELCOME + (
        "    expect: reply within 3 business days\n"
        "    if_silent:\n"
        "      - mail: {template: welcome-reminder, from: hr}\n"
        "      - after: 2 business days\n"
        "        alert: hr_manager\n"
        "        task: 電話で様子を聞く\n"
    )  # fmt: skip

    step = plan_of(text).steps[0]

    assert step.expect == Expect("replied", THREE_DAYS)
    assert step.ladder == (
        Rung((Mail("welcome-reminder", "hr"),), None, 9),
        Rung(
            (Task("電話で様子を聞く"), Alert(("hr_manager",))),
            Distance(2, Unit.BUSINESS_DAYS),
            10,
        ),
    )


def test_what_follows_from_a_step_becomes_steps_of_its_own() -> None:
    """`then` may wait for a condition, a moment, or for nothing but the step itself."""
    text = KINDS.replace("        - {id: worry, ask: 気になること, text: optional}\n", (
        "        - {id: worry, ask: 気になること, text: optional}\n"
        "    then:\n"
        "      - {when: c.ease <= 2, alert: hr}\n"
        "      - {id: thanks, when: c.answered + 1 day, mail: {template: welcome, from: hr}}\n"
        "      - {task: 確かめる}\n"
    ))  # fmt: skip

    plan = plan_of(text)

    further = {step.id: step.when for step in plan.steps if step.id.startswith(("c.", "thanks"))}
    assert further == {
        "c.then1": OnceTrue(Compare(Name(("c", "ease")), "<=", Literal(2))),
        "thanks": FromFact("c.answered", (Distance(1, Unit.DAYS),)),
        "c.then3": FromFact("c.sent"),
    }


def test_every_is_when_with_a_cadence() -> None:
    """`every: 1 month from …` and `when: every 1 month from …` are one thing."""
    rule = "1 month from accept until join"
    one = TOP + f"  - {{id: a, every: {rule}, task: x}}\n"
    other = TOP + f"  - {{id: a, when: every {rule}, task: x}}\n"

    assert plan_of(one).steps[0].when == plan_of(other).steps[0].when
    assert isinstance(plan_of(one).steps[0].when, Every)


def test_calendar_and_sending_fall_back_on_the_workspace_word_by_word() -> None:
    """What a playbook does not say is as the company has it."""
    own = (
        "playbook: haru\n"
        "calendar: {timezone: Europe/Berlin, closed: [12-29..01-03]}\n"
        "sending: {at_most: [1 per day, 3 per 2 weeks]}\n"
        "steps:\n" + WELCOME
    )

    plan, plain = plan_of(own), plan_of("playbook: haru\nsteps:\n" + WELCOME)

    assert plan.calendar.timezone == "Europe/Berlin"
    assert plan.calendar.holidays == WORKSPACE.calendar.holidays
    assert plan.calendar.closed == (Closure(Season((12, 29), (1, 3))),)
    assert plan.sending.days == "business"
    assert plan.sending.at_most == (
        Budget(1, Distance(1, Unit.DAYS)),
        Budget(3, Distance(2, Unit.WEEKS)),
    )
    assert (plain.calendar, plain.sending) == (WORKSPACE.calendar, WORKSPACE.sending)


def test_no_holidays_are_no_holidays_and_not_norway() -> None:
    """`holidays: no` means none; Norway is written NO."""
    text = "playbook: haru\ncalendar: {holidays: %s}\nsteps:\n" + WELCOME

    assert plan_of(text % "no").calendar.holidays == frozenset()
    assert date(2026, 5, 17) in plan_of(text % "NO").calendar.holidays


def test_a_fact_that_hr_notes_may_be_declared() -> None:
    """`facts:` and `needs:` name what steps may wait for, besides the usual facts."""
    step = "steps:\n  - {id: a, when: visited + 1 day, task: お礼を書く}\n"

    assert codes("playbook: haru\n" + step) == ["fact.unknown"]
    assert codes("playbook: haru\nfacts: [visited]\n" + step) == []
    assert codes("playbook: haru\nneeds: [visited]\n" + step) == []


def test_a_fact_that_a_step_notes_may_be_waited_for() -> None:
    """`update: {fact: met}` brings about a fact of the person."""
    text = TOP + (
        "  - {id: a, when: offer, update: {fact: met}}\n"
        "  - {id: b, when: met + 1 day, task: x}\n"
    )  # fmt: skip

    assert codes(text) == []


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("{id: b, when: a.answered, task: x}", "fact.word"),
        ("{id: b, when: a.approved, task: x}", "fact.no_approve"),
        ("{id: b, when: offer, if: facts.a.done, task: x}", "fact.word"),
        ("{id: b, when: offer, if: mentor.nmae, task: x}", "staff.unknown"),
        ("{id: b, when: offer, if: person.mentor, task: x}", "person.role"),
        ("{id: b, when: b.opened, task: x}", "step.itself"),
        ("{id: b, when: a.sent, no_later_than: a.sent - 1 day, task: x}", "window.never"),
        ("{id: b, when: 2026-08-20, no_later_than: 2026-08-19, task: x}", "window.never"),
        ("{id: b, when: 08-20 in year of offer, no_later_than: 08-19 in year of offer, task: x}",
         "window.never"),
        ("{id: b, when: offer + 3 business days, no_later_than: offer + 1 day, task: x}",
         "window.never"),
        ("{id: b, when: offer + 5 business days, no_later_than: offer + 3 business days, task: x}",
         "window.never"),
        (("{id: b, when: offer, meeting: {title: x, with: [mentor], minutes: 30,"
         " within: 2 business days, notice: 2 business days}}"), "meeting.notice_long"),
        (("{id: b, when: offer, meeting: {title: x, with: [mentor], minutes: 30,"
         " within: 2 days, notice: 3 business days}}"), "meeting.notice_long"),
        ("{id: b, every: 1 year from offer, task: x}", "time.unit"),
        ("{id: b, when: offer, enroll: haru}", "enroll.itself"),
        ("{id: b, when: offer, update: {status: x}, untag: y}", "word.elsewhere"),
    ],
)  # fmt: skip
def test_what_can_never_happen_is_told(step: str, code: str) -> None:
    """A step that would wait for ever in silence is a mistake of the file."""
    assert codes(TOP + WELCOME.replace("welcome\n", "a\n", 1) + f"  - {step}\n") == [code]


@pytest.mark.parametrize(
    "step",
    [
        "{id: b, when: offer + 3 business days, no_later_than: offer + 5 days, task: x}",
        "{id: b, when: offer + 1 hour at 10:00, no_later_than: offer + 1 day, task: x}",
        "{id: b, when: join - 1 month, no_later_than: join - 28 days, task: x}",
        "{id: b, when: a.silent, task: x}",
        "{id: b, when: offer, if: mentor and facts.accept and a.replied, task: x}",
        "{id: b, when: offer, if: 'now >= 2026-04-01', task: x}",
        "{id: b, when: joined - 1 week, task: x}",
        "{id: b, when: not a.replied or b.opened, task: x}",
    ],
)
def test_what_may_well_happen_is_left_alone(step: str) -> None:
    """Where dates decide, nothing is told: a mistake is only what no date can heal."""
    first = WELCOME.replace("welcome\n", "a\n", 1) + "    expect: reply within 3 days\n"
    text = "playbook: haru\nstop_on: [joined]\nsteps:\n" + first + f"  - {step}\n"

    assert codes(text) == []


def test_without_any_people_an_unknown_attribute_is_only_doubted() -> None:
    """Before the first import nobody knows the columns: what looks like a slip is a warning."""
    nobody = Workspace(mailboxes=frozenset({"hr"}), attributes=None)
    text = TOP + WELCOME + '    if: person.%s == "x"\n'

    def told(name: str) -> list[tuple[str, bool]]:
        problems = compile_playbook(bundle_of(text % name), nobody).problems
        return [(one.code, one.warning) for one in problems if one.code != "template.idle"]

    assert told("club") == []
    assert told("departmnt") == [("person.unlike", True)]


def test_a_plan_is_pinned_by_everything_in_its_folder() -> None:
    """The digest changes with any file of the version, and with nothing else."""
    one = bundle_of(TOP + WELCOME)
    other = Bundle({**one.files, "mails/welcome.md": b"changed"})
    moved = Bundle(one.files, "somewhere/else")

    assert one.digest == moved.digest != other.digest
    assert compile_playbook(one, WORKSPACE).standing().digest == one.digest


def test_mistakes_are_raised_where_a_plan_is_needed() -> None:
    """Whoever needs a plan gets it, or all mistakes at once."""
    with pytest.raises(Mistakes) as raised:
        plan_of(TOP + "  - {id: a, when: ofer, alert: mentr}\n")

    assert [problem.code for problem in raised.value.problems] == ["fact.unknown", "role.unknown"]


def test_mails_that_no_step_sends_are_named() -> None:
    """A forgotten text is a warning; one that begins with `_` is kept for including."""
    files = {"playbook.yaml": (TOP + WELCOME).encode(), **FILES}
    files |= {"mails/old.ja.md": b"", "mails/_footer.md": b""}
    del files["mails/welcome-reminder.ja.md"], files["mails/welcome-reminder.en.md"]

    told = compile_playbook(Bundle(files, "p"), WORKSPACE)

    assert told.plan is not None
    assert [problem.path for problem in told.problems] == ["p/mails/old.ja.md"]


def test_what_this_build_does_not_perform_is_named_with_its_line() -> None:
    """Meetings and messages are planned, and said plainly to come later."""
    bundle = bundle_of(KINDS)
    plan = compile_playbook(bundle, WORKSPACE).standing()

    told = performed_later(plan, bundle)

    assert [(dict(one.values)["step"], one.line) for one in told] == [("d", 32)]
    assert all(one.warning and one.source for one in told)


def test_a_folder_without_a_playbook_is_told() -> None:
    """Without playbook.yaml there is nothing to read."""
    told = compile_playbook(Bundle({}, "playbooks/x"), WORKSPACE)

    assert [(one.code, one.path) for one in told.problems] == [
        ("file.missing", "playbooks/x/playbook.yaml")
    ]


LINES = st.sampled_from(KINDS.splitlines()) | st.text(max_size=20)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=30).map("\n".join))
def test_no_file_makes_the_compiler_stumble(text: str) -> None:
    """Whatever is in the file, there is a plan or at least one problem."""
    told = compiled(text.encode("utf-8", "surrogatepass"))

    assert (told.plan is None) == any(not problem.warning for problem in told.problems)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(KINDS)), st.integers(1, 12))
def test_no_piece_cut_out_makes_the_compiler_stumble(at: int, length: int) -> None:
    """A playbook with a piece missing is a plan or a page of problems, never a crash."""
    left = KINDS[:at] + KINDS[at + length :]
    told = compiled(left)

    assert compile_stored(bundle_of(left), WORKSPACE).steps or told.plan is None
    assert (told.plan is None) == any(not problem.warning for problem in told.problems)


NAMES = TOP + (
    "  - id: welcome\n"
    "    when: offer + 1 hour\n"
    '    if: young_members.department == "本社" and person.university == "東大"\n'
    "    mail: {template: welcome, from: president}\n"
    "  - {id: tell, when: offer, alert: young_members}\n"
    "  - {id: hook, when: offer, webhook: {url: https://x.example/, secret: crm}}\n"
    "  - {id: pool, when: declined, enroll: talent-pool}\n"
)


def test_a_stored_version_is_read_whatever_has_left_the_workspace() -> None:
    """The plan says what it lacks, and has all its steps; a list's column is not asked for."""
    bundle = bundle_of(NAMES)
    poorer = Workspace(mailboxes=frozenset({"hr"}), attributes=frozenset())

    plan, known = compile_stored(bundle, poorer), plan_of(NAMES)

    assert set(plan.lacks) == {
        "president",
        "young_members",
        "young_members.department",
        "talent-pool",
        "webhook.secret",
    }
    assert plan.steps == known.steps
    assert compile_stored(bundle, WORKSPACE) == known


def test_a_stored_version_that_cannot_be_read_at_all_has_no_steps() -> None:
    """A release that no longer reads an old file does not fall over it."""
    plan = compile_stored(bundle_of(TOP + "  - {id: a, when: someday}\n"), WORKSPACE)

    assert (plan.playbook, plan.steps, bool(plan.lacks)) == ("haru", (), True)


def test_what_a_later_release_calls_a_mistake_stops_nobody_who_is_under_way() -> None:
    """`check` refuses it from now on; a version that was published is carried out as it was."""
    step = (
        "  - {id: ask, when: offer, mail: {template: a, from: hr}, expect: reply within 0 days}\n"
    )
    bundle = bundle_of(TOP + step)
    poorer = replace(WORKSPACE, mailboxes=frozenset())

    assert compiled(TOP + step).plan is None
    assert compile_stored(bundle, WORKSPACE).lacks == ()
    assert [step.id for step in compile_stored(bundle, WORKSPACE).steps] == ["ask"]
    assert compile_stored(bundle, poorer).lacks == ("hr",)
    assert lacking(bundle, WORKSPACE) == ()
    assert [problem.code for problem in lacking(bundle, poorer)] == ["mailbox.unknown"]


def test_a_new_role_with_the_name_of_a_step_stops_nobody() -> None:
    """Somebody becomes 'welcome' in the staff's table: a version that was right stays right."""
    workspace = replace(WORKSPACE, roles=WORKSPACE.roles | {"welcome"})

    assert compile_stored(bundle_of(TOP + WELCOME), workspace).lacks == ()
