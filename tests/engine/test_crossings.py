"""Answers and reminders on their way at the same time: who wins, and what is written down."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.mime.check import MimeWriter
from tests.engine.post import Post
from tests.world import Seen, at
from worker.domain.facts import Fact, PersonId, PlaybookId
from worker.domain.outcomes import Done, Outcome
from worker.ports import Envelope, MailParts

AOI, PLAYBOOK = PersonId("aoi"), PlaybookId("naitei")
SILENT = "2026-04-07 10:00"  # three business days after Thursday, 10:00


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """A world with a mailbox."""
    made = Post(tmp_path)
    yield made
    made.world.close()


def just_before(post: Post) -> Seen:
    """Have somebody asked, and live until a moment before the reminder."""
    mail = post.asked()
    post.world.run_until("2026-04-07 09:59")
    return mail


def crossed(post: Post) -> list[Fact]:
    """Give what is noted of reminders that an answer crossed."""
    return list(post.world.facts("aoi").all("welcome.crossed", PLAYBOOK))


class WhileWriting:
    """Writes mails, and lets something happen when the reminder has been claimed and written."""

    def __init__(self, happens: object) -> None:
        self._write = MimeWriter()
        self._happens = happens

    def __call__(self, parts: MailParts, shape: str = "") -> bytes:
        """Write the mail; what happens, happens between the claim and the beginning."""
        content = self._write(parts, shape)
        happens, self._happens = self._happens, None
        if callable(happens):
            happens()
        return content


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("はい、伺います。", "welcome.replied"),  # the answer
        ("別の件ですが、寮について教えてください。", "person.wrote"),  # any sign of life
    ],
)
def test_a_sign_of_life_while_a_rung_is_prepared_cancels_it(
    post: Post, text: str, noted: str
) -> None:
    """The reminder is claimed and written; before it begins a mail is read: it does not go."""
    mail = just_before(post)
    is_answer = noted == "welcome.replied"

    def comes() -> None:
        headers = {} if is_answer else {"sender": "aoi.private@elsewhere.example"}
        post.comes(text, answers=mail, **headers)

    post.world.writer = WhileWriting(comes)
    post.world.restarted()
    post.listener = post.listening()
    post.world.run_until("2026-04-07 18:00")

    assert noted in post.names()
    assert post.written() == ["ようこそ"]
    assert crossed(post) == []


def test_an_answer_during_the_hand_over_has_crossed_it(post: Post) -> None:
    """The reminder had begun, and its server said yes: both are true, and that is said."""
    mail = just_before(post)

    def answer(envelope: Envelope) -> Outcome:
        if envelope.key.endswith("/1/mail"):
            post.comes("はい、伺います。", answers=mail)
        return Done("250 ok")

    post.world.mailers["hr"].answer = answer
    post.world.run_until("2026-04-07 12:00")

    assert len(post.written()) == 2
    assert [(one.occurrence, one.value) for one in crossed(post)] == [(0, 1)]


def test_an_answer_read_after_the_reminder_went_has_crossed_it(post: Post) -> None:
    """It lay in the mailbox already when the reminder left: nobody had read it so far."""
    mail = just_before(post)
    post.world.run_until("2026-04-07 10:05")

    post.comes("はい、伺います。", answers=mail, came="2026-04-07 09:58")

    assert len(post.written()) == 2
    assert [one.at for one in crossed(post)] == [at("2026-04-07 09:58")]


def test_an_answer_to_the_reminder_has_not_crossed_it(post: Post) -> None:
    """Who answers it has read it, however quickly."""
    just_before(post)
    post.world.run_until("2026-04-07 10:01")
    reminder = post.world.arrived[-1]

    post.comes("すぐにお返事します。", answers=reminder)

    assert crossed(post) == []


def test_an_answer_of_the_next_day_has_crossed_nothing(post: Post) -> None:
    """The reminder did what it is for."""
    mail = just_before(post)
    post.world.run_until("2026-04-08 09:00")

    post.comes("遅くなりました。", answers=mail)

    assert crossed(post) == []
