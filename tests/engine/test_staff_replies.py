"""Members of staff answer an alert or a task by a plain reply."""

from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from pathlib import Path

import pytest

from integrations.memory import MemoryInbox
from tests.engine.plans import LADDER, OFFICE_HOURS, TWO_BUSINESS_DAYS, mail_step, plan_of
from tests.engine.post import OURS, Post
from tests.world import Seen, World
from worker.domain.facts import PersonId, StepId
from worker.domain.intents import State
from worker.domain.plan import Alert, Expect, Plan, Rung, Step, Task
from worker.domain.when import FromFact
from worker.engine.journal.readings import MailState
from worker.engine.listen import Listener

MENTOR, HR = "hanako@tsunagu.example", "ichiro@tsunagu.example"
CALL = plan_of(
    Step(StepId("call"), FromFact("offer", ()), Task("電話で聞く", "hr", TWO_BUSINESS_DAYS)),
    sending=OFFICE_HOURS,
)
BOTH = plan_of(
    mail_step(
        expect=Expect("replied", TWO_BUSINESS_DAYS),
        ladder=(
            Rung((Alert(("mentor",)), Task("電話", "hr"))),
            Rung((Alert(("hr_manager",)),), TWO_BUSINESS_DAYS),
        ),
    ),
    sending=OFFICE_HOURS,
)


class Office:
    """A world whose staff answers."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.inbox = MemoryInbox(self.world.clock)
        self.listener = Listener(
            "hr",
            self.inbox,
            self.world.journal,
            self.world.engine.editions,
            clock=self.world.clock,
            ours=OURS,
        )

    def begins(self, plan: Plan = LADDER, until: str = "2026-04-09 10:00") -> Seen:
        """Have Aoi asked on a Thursday and silent; gives the last mail that reached staff."""
        self.world.enroll("aoi", self.world.publish(plan), offer="2026-04-02 09:00")
        self.world.run_until(until)
        return self.to_staff[-1]

    @property
    def to_staff(self) -> list[Seen]:
        """Give what members of staff got."""
        return [mail for mail in self.world.arrived if mail.to.endswith("@tsunagu.example")]

    def answers(
        self,
        text: str,
        told: Seen,
        *,
        sender: str = MENTOR,
        by_thread: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Have somebody answer, quoting what they were told."""
        message = EmailMessage()
        message["From"] = f"佐藤 花子 <{sender}>"
        message["To"] = "saiyo@tsunagu.example"
        message["Subject"] = f"Re: {told.subject}"
        if by_thread:  # a client that keeps the first reference alone
            message["References"] = told.headers["References"].split()[0]
        else:
            message["In-Reply-To"] = told.headers["Message-ID"]
        for name, value in (headers or {}).items():
            message[name] = value
        quoted = "\n".join(f"> {line}" for line in told.text.splitlines())
        message.set_content(f"{text}\n\n2026年4月9日(木) 10:00 採用担当 <saiyo@…>:\n\n{quoted}\n")
        self.inbox.arrive(message.as_bytes())
        assert self.listener.look() is None

    @property
    def noted(self) -> list[tuple[str, object]]:
        """Give the facts that mails brought about."""
        history = self.world.journal.facts.history(self.world.wishes("aoi")[0].person)
        return [(one.fact.name, one.fact.value) for one in history if one.source == "mail"]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """A world whose mailbox is read."""
    made = Post(tmp_path)
    yield made
    made.world.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A world whose staff answers."""
    made = Office(tmp_path)
    yield made
    made.world.close()


def test_called_her_ends_the_ladder(office: Office) -> None:
    """「電話しました」: the manager is not told, and the quoted alert is not read as an answer."""
    told = office.begins()

    office.answers("電話しました。お元気でした。", told)
    office.world.run_until("2026-05-01 18:00")

    assert office.noted == [("welcome.rung2.acknowledged", "m1")]
    assert [mail.to for mail in office.to_staff] == [MENTOR]
    assert office.world.journal.mails.counts() == {MailState.DONE: 1}
    assert office.world.journal.desk.tasks() == []


def test_tomorrow_brings_it_back_tomorrow(office: Office) -> None:
    """On a Thursday: told again on Friday at the start, and then the ladder goes on."""
    told = office.begins()

    office.answers("明日やります", told)
    office.world.run_until("2026-04-10 09:30")
    after_a_day = [(mail.to, mail.subject) for mail in office.to_staff[1:]]
    office.world.run_until("2026-05-01 18:00")

    assert office.noted == [("welcome.rung2.put_off", "2026-04-10")]
    assert after_a_day == [(MENTOR, "【本日のお願い】aoiさんについて")]
    assert [mail.to for mail in office.to_staff[2:]] == [HR]


def test_put_off_again_it_comes_back_once_more(office: Office) -> None:
    """The answer to the second mail counts like the answer to the first."""
    told = office.begins()
    office.answers("あとで", told)
    office.world.run_until("2026-04-10 10:00")

    office.answers("来週の水曜に電話します", office.to_staff[-1])
    office.world.run_until("2026-04-15 09:30")
    again = office.to_staff[-1]
    office.answers("話せました", again)
    office.world.run_until("2026-05-01 18:00")

    assert [name for name, _ in office.noted] == [
        "welcome.rung2.put_off",
        "welcome.rung2.put_off",
        "welcome.rung2.acknowledged",
    ]
    assert len(office.to_staff) == 3


def test_who_answered_meanwhile_is_not_spoken_of_again(office: Office) -> None:
    """Put off until Monday; Aoi answers on Friday: nobody is reminded of her."""
    told = office.begins()
    office.answers("月曜に電話します", told)
    office.world.run_until("2026-04-10 12:00")
    office.world.note("aoi", "welcome.replied", playbook="naitei")

    office.world.run_until("2026-05-01 18:00")

    assert office.to_staff == [told]


def test_anything_else_is_kept_and_changes_nothing(office: Office) -> None:
    """A word for the record: whole, in the person's own line of time; the ladder goes on."""
    told = office.begins()

    office.answers("先週の説明会では元気そうでした。", told)
    office.world.run_until("2026-05-01 18:00")

    assert office.noted == [("welcome.rung2.commented", "m1")]
    (kept,) = office.world.journal.mails.of_staff(office.world.wishes("aoi")[0].person)
    assert (kept.sender, kept.text) == (MENTOR, "先週の説明会では元気そうでした。")
    assert HR in [mail.to for mail in office.to_staff]


def test_nobody_gets_a_robot_s_answer(office: Office) -> None:
    """Whatever a colleague writes, nothing is sent because of it then."""
    told = office.begins()
    before = len(office.world.arrived)

    for text in ("電話しました", "あとで", "なるほど"):
        office.answers(text, told)
    office.world.run()

    assert len(office.world.arrived) == before


def test_a_colleague_may_answer_for_another(office: Office) -> None:
    """HR was copied, or the mentor forwarded it: any member of staff counts."""
    told = office.begins()

    office.answers("対応済みです", told, sender=HR)

    assert office.noted == [("welcome.rung2.acknowledged", "h1")]


def test_the_thread_alone_leads_there(office: Office) -> None:
    """A client that names the thread's first id only."""
    told = office.begins()

    office.answers("done", told, by_thread=True)

    assert office.noted == [("welcome.rung2.acknowledged", "m1")]


@pytest.mark.parametrize(
    ("sender", "header"),
    [
        ("stranger@elsewhere.example", ""),
        ("aoi@mail.example", ""),
        (MENTOR, "mx.tsunagu.example; dmarc=fail"),
    ],
)
def test_a_forged_or_strange_answer_changes_nothing_and_is_shown(
    office: Office, sender: str, header: str
) -> None:
    """Not from staff, or not proven: it lies in the tray, and the ladder goes on."""
    told = office.begins()
    headers = {"Authentication-Results": header} if header else {}

    office.answers("電話しました", told, sender=sender, headers=headers)
    office.world.run_until("2026-05-01 18:00")

    assert office.noted == []
    assert [lying.state for lying in office.world.journal.mails.waiting()] == [MailState.TRAY]
    assert HR in [mail.to for mail in office.to_staff]


def test_an_absence_note_of_a_colleague_is_no_answer(office: Office) -> None:
    """The mentor's mailbox answers by itself: the ladder goes on."""
    told = office.begins()

    office.answers("不在にしております。", told, headers={"Auto-Submitted": "auto-replied"})
    office.world.run_until("2026-05-01 18:00")

    assert office.noted == []
    assert HR in [mail.to for mail in office.to_staff]


def test_the_same_answer_in_two_places_counts_once(office: Office) -> None:
    """Sent to two of our mailboxes, it is one answer."""
    told = office.begins()

    office.answers("あとで", told, headers={"Message-ID": "<one@tsunagu.example>"})
    office.answers("あとで", told, headers={"Message-ID": "<one@tsunagu.example>"})
    office.world.run_until("2026-04-10 18:00")

    assert office.noted == [("welcome.rung2.put_off", "2026-04-10")]
    assert len(office.to_staff) == 2


def test_done_closes_a_task(office: Office) -> None:
    """HR answers the mail of the task: it is off the list, and nobody is reminded."""
    told = office.begins(CALL, "2026-04-02 10:00")

    office.answers("済みました", told, sender=HR)
    office.world.run_until("2026-05-01 18:00")

    (task,) = office.world.journal.desk.tasks(everything=True)
    assert (task.done_by, task.done_at is not None) == ("h1", True)
    assert ("call.done", "h1") in office.noted
    assert office.to_staff == [told]


def test_later_moves_the_reminder_of_a_task(office: Office) -> None:
    """Due on Monday, put off until Wednesday: one reminder, on Wednesday."""
    told = office.begins(CALL, "2026-04-02 10:00")
    office.world.run_until("2026-04-03 10:00")

    office.answers("水曜にやります", told, sender=HR)
    office.world.run_until("2026-05-01 18:00")

    assert [mail.subject for mail in office.to_staff[1:]] == [
        "【期限を過ぎました】aoiさん: 電話で聞く"
    ]
    nudges = [wish for wish in office.world.wishes("aoi") if wish.kind == "nudge"]
    assert [wish.state for wish in nudges] == [State.CANCELLED, State.DONE]


def test_an_answer_to_the_alert_closes_the_task_of_its_rung(office: Office) -> None:
    """The mentor was alerted, HR was asked to call; the mentor has called: the ladder is left."""
    told = office.begins(BOTH, "2026-04-06 10:00")
    alert = next(mail for mail in office.to_staff if mail.to == MENTOR)

    office.answers("電話しました", alert)
    office.world.run_until("2026-05-01 18:00")

    assert told in office.to_staff
    assert office.world.journal.desk.tasks() == []
    assert {name for name, _ in office.noted} == {
        "welcome.rung1.acknowledged",
        "welcome.rung1.done",
    }
    assert len(office.to_staff) == 2


def test_what_colleagues_wrote_is_erased_with_the_person(office: Office) -> None:
    """It speaks of the candidate."""
    told = office.begins()
    office.answers("元気そうでした", told)
    person = office.world.wishes("aoi")[0].person

    office.world.journal.people.erase(person, office.world.now)

    assert office.world.journal.mails.counts() == {}


def test_an_answer_to_a_notice_ends_the_wait_of_the_mail(post: Post) -> None:
    """HR was told of Aoi's question, called her, and says so: the robots may write again."""
    mail = post.asked()
    post.comes("寮の申し込みはいつまでですか？", answers=mail)
    post.world.run()
    notice = post.world.arrived[-1]

    post.comes("電話で答えました。", answers=notice, sender=HR)

    assert notice.to == HR
    assert post.states == []
    assert {"person.answered", "person.commented"} <= post.names()


@pytest.mark.parametrize("text", ["あとで答えます", "総務に聞いています"])
def test_anything_else_leaves_the_question_open(post: Post, text: str) -> None:
    """It waits, and its clock goes on; the words are kept, and nobody's tray is filled by them."""
    mail = post.asked()
    post.comes("寮の申し込みはいつまでですか？", answers=mail)
    post.world.run()

    post.comes(text, answers=post.world.arrived[-1], sender=HR)

    assert post.states == [("human_reply", "open")]
    assert "person.answered" not in post.names()
    assert [one.text for one in post.world.journal.mails.of_staff(PersonId("aoi"))] == [text]


def test_a_stranger_s_answer_to_a_notice_ends_nothing(post: Post) -> None:
    """It is shown beside the question."""
    mail = post.asked()
    post.comes("寮の申し込みはいつまでですか？", answers=mail)
    post.world.run()

    post.comes("対応済み", answers=post.world.arrived[-1], sender="x@elsewhere.example")

    assert [state for _, state in post.states] == ["open", "tray"]


def test_odd_octets_of_a_colleague_hold_up_nobody(office: Office) -> None:
    """Zeros and halves of characters, which no database keeps: the reply counts, without them."""
    told = office.begins()
    office.inbox.arrive(
        f"From: {MENTOR}\r\nTo: saiyo@tsunagu.example\r\n"
        f"In-Reply-To: {told.headers['Message-ID']}\r\n"
        "Subject: =?utf-8?B?UmU6AA==?= =?utf-7?Q?+2AA-?=\r\n"
        "Content-Type: text/plain; charset=utf-7\r\n\r\n+AAA-done\r\n".encode()
    )

    assert office.listener.look() is None

    assert office.listener.settle() == 0
    assert [name for name, _ in office.noted] == ["welcome.rung2.acknowledged"]
