"""Servers that give our mails ids of their own, and the signed tag that survives everything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.plans import LADDER
from tests.engine.post import Post
from tests.world import Seen
from worker.domain.outcomes import Done
from worker.engine.listen import Ours
from worker.engine.render import Office

KEY = b"0123456789abcdef"
OUTLOOK = "<TYCP286MB1234@TYCP286MB1234.JPNP286.PROD.OUTLOOK.COM>"
SES = "0106018f1e4b6a3c-5d1f0c11-7a20-4f57-8a3b-5a1f5e0f3f4a-000000"


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """A world with a mailbox."""
    made = Post(tmp_path)
    yield made
    made.world.close()


def under(message_id: str) -> Seen:
    """Give a mail as it is known at the recipient's."""
    return Seen("", "", "", "", {"Message-ID": message_id})


@pytest.mark.parametrize(
    ("observed", "shown"),
    [
        (OUTLOOK.lower(), OUTLOOK),
        (SES, f"<{SES}@ap-northeast-1.amazonses.com>"),
        (SES, f"<{SES}@email.amazonses.com>"),
    ],
)
def test_the_id_in_the_answer_of_the_server_is_matched(
    post: Post, observed: str, shown: str
) -> None:
    """The server said under which id the mail goes on: a reply to that id is a reply to us."""
    key = observed.strip("<>")[:62]
    post.world.mailers["hr"].answer = lambda _: Done("250 ok", key)
    post.asked()

    post.comes("はい、伺います。", answers=under(shown))

    assert "welcome.replied" in post.names()


@pytest.mark.parametrize(
    "name", ["X-Microsoft-Original-Message-ID", "X-Google-Original-Message-ID"]
)
def test_the_copy_in_the_sent_folder_tells_the_other_id(post: Post, name: str) -> None:
    """Our id stands there under another name; the mail itself is none of a human."""
    mail = post.asked()

    post.is_sent(
        "お元気ですか。",
        subject="ようこそ",
        Message_ID=OUTLOOK,
        **{name: mail.headers["Message-ID"]},
    )
    post.comes("はい、伺います。", answers=under(OUTLOOK))

    assert "welcome.replied" in post.names()
    assert post.world.facts("aoi").all("person.contacted") == ()


def test_a_stranger_cannot_give_our_mail_another_id(post: Post) -> None:
    """A mark of ours that names nothing we sent is only a header."""
    post.asked()

    post.comes("はい", X_Tsunagu_Id="a" * 26, Message_ID="<x@elsewhere.example>")
    post.comes("はい、伺います。", answers=under("<x@elsewhere.example>"))

    assert "welcome.replied" not in post.names()


class Tagged(Post):
    """A world whose mailbox can have tags in its address."""

    def __init__(self, folder: Path, form: str, *, key: bytes = KEY) -> None:
        super().__init__(folder)
        world = self.world
        world.office = Office(
            world.office.mailboxes, world.office.company, reply_tags={"hr": form}, reply_key=key
        )
        world.restarted()
        self.ours = Ours(self.ours.addresses, self.ours.receivers, (b"a newer key", KEY))
        self.listener = self.listening()


@pytest.mark.parametrize(
    ("form", "starts", "ends"),
    [
        ("plus", "saiyo+", "@tsunagu.example"),
        ("@reply.tsunagu.example", "", "@reply.tsunagu.example"),
    ],
)
def test_an_answer_finds_its_way_by_the_address_alone(
    tmp_path: Path, form: str, starts: str, ends: str
) -> None:
    """A new mail from another program, without a header of ours, to the address we asked for."""
    post = Tagged(tmp_path, form)
    mail = post.asked()
    address = mail.headers["Reply-To"].split("<")[-1].strip(">")

    post.comes("はい、伺います。", to=address)

    assert address.startswith(starts)
    assert address.endswith(ends)
    assert address == address.lower()
    assert "welcome.replied" in post.names()
    post.world.close()


def test_a_tag_of_another_key_is_none(tmp_path: Path) -> None:
    """Anybody can write to an address; only our signature makes it ours."""
    post = Tagged(tmp_path, "plus", key=b"somebody else's")
    mail = post.asked()

    post.comes("はい、伺います。", to=mail.headers["Reply-To"].split("<")[-1].strip(">"))

    assert "welcome.replied" not in post.names()
    post.world.close()


def test_no_tag_is_sent_where_nobody_said_that_it_works(post: Post) -> None:
    """A mailbox whose server knows no plus would refuse the answers."""
    assert "Reply-To" not in post.asked().headers


def test_the_playbook_of_these_tests_waits_for_an_answer() -> None:
    """Or none of them would show anything."""
    assert LADDER.steps[0].expect is not None
