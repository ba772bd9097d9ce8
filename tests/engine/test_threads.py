"""Answers that nothing but the provider's own thread leads to what they answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.post import Post
from worker.domain.outcomes import Done

OF_HR = "mx.tsunagu.example; dmarc=pass"
SHE_WRITES = "aoi@mail.example"
ELSEWHERE = "aoi@work.example"


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """A world whose provider names a thread for what it sends: one for each person."""
    made = Post(tmp_path)
    made.world.mailers["hr"].answer = lambda one: Done("m1", thread=f"of {one.recipient}")
    yield made
    made.world.close()


def rules(post: Post) -> list[str]:
    """Give by what each mail that waits was matched."""
    return [one.match_rule for one in post.world.journal.mails.waiting()]


def test_an_answer_without_any_header_of_ours_stops_the_reminder(post: Post) -> None:
    """Some programs answer without References; the provider still knows what was answered."""
    post.asked()

    post.comes("はい、伺います。", thread=f"of {SHE_WRITES}", Authentication_Results=OF_HR)
    post.world.run_until("2026-04-20 11:00")

    assert rules(post) == ["provider_thread"]
    assert "welcome.replied" in post.names()
    assert len(post.written()) == 1


def test_an_answer_from_elsewhere_in_the_thread_pauses_and_asks(post: Post) -> None:
    """A provider joins what merely looks alike: from another address it is shown to a human."""
    post.asked()

    post.comes(
        "はい、伺います。",
        sender=ELSEWHERE,
        thread=f"of {SHE_WRITES}",
        Authentication_Results=OF_HR,
    )
    post.world.run_until("2026-04-20 11:00")

    assert post.states == [("human_reply", "tray")]
    assert "welcome.replied" not in post.names()
    assert len(post.written()) == 1


def test_an_unknown_thread_leads_to_nobody(post: Post) -> None:
    """Neither does none at all: what an SMTP server sends lies in no thread."""
    post.asked()

    post.comes("こんにちは。", sender=ELSEWHERE, thread="of somebody else")
    post.comes("こんばんは。", sender=ELSEWHERE)

    assert rules(post) == ["none", "none"]


def test_the_copy_in_the_sent_folder_tells_the_thread(post: Post) -> None:
    """Of a mail whose answer was lost, or that left by SMTP, the copy says where it lies."""
    post.world.mailers["hr"].answer = lambda _: Done("250 ok")
    mail = post.asked()

    post.is_sent("ようこそ", thread="t-77", Message_ID=mail.headers["Message-ID"])
    post.comes("はい、伺います。", thread="t-77", Authentication_Results=OF_HR)

    assert rules(post) == ["provider_thread"]
