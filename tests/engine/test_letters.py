"""Whole mails through the real engine, read again by another hand: what a recipient finds."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from tests.playbook.desk import WORKSPACE
from tests.world import World, at
from worker.domain.facts import PersonId, PlaybookId
from worker.domain.intents import State
from worker.engine.enroll import publish
from worker.people.records import PersonRecord
from worker.playbook.bundle import PLAYBOOK_FILE, Bundle
from worker.playbook.compile import compile_playbook

PLAYBOOK = """\
playbook: haru
needs: [offer]
sending: {days: any}
steps:
  - id: welcome
    when: offer + 1 hour
    mail:
      template: welcome
      from: president
      reply_to: hr
      attach: [guide.pdf%s]
      unsubscribe: true
    expect: reply within 1 day
    if_silent:
      - mail: {template: again, from: president}
"""
PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4"
    b"\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
WELCOME = "---\nsubject: 葵さんへ\n---\nようこそ。\n\n![席の写真](desk.png)\n"
FILES = {
    "mails/welcome.ja.md": WELCOME.encode(),
    "mails/welcome.en.md": b"---\nsubject: Welcome\n---\nHello {{ person.name }}.\n",
    "mails/again.ja.md": "---\nsubject: その後\n---\nお元気ですか。\n".encode(),
    "mails/again.en.md": b"---\nsubject: How are you?\n---\nHow are you?\n",
    "desk.png": PICTURE,
    "guide.pdf": b"%PDF-1.4 guide",
}


def enroll(world: World, *people: PersonRecord, attach: str = "", **files: bytes) -> None:
    """Let people enter the playbook of this file, which is compiled from its text."""
    own = {f"files/{name}.pdf": content for name, content in files.items()}
    bundle = Bundle({PLAYBOOK_FILE: (PLAYBOOK % attach).encode(), **FILES, **own}, "playbooks/haru")
    plan = compile_playbook(bundle, WORKSPACE).standing()
    world.plans[bundle.digest] = plan
    publish(world.journal, PlaybookId("haru"), bundle, world.now)
    world.engine.read_versions()
    world.journal.people.put(people, world.now)
    ids = [one.id for one in people]
    world.journal.enrollments.enroll(ids, plan.playbook, bundle.digest, world.now, world.now)


def person(id_: str, locale: str = "ja") -> PersonRecord:
    """Give somebody who was made an offer this morning."""
    facts = {"offer": at("2026-04-01 08:00")}
    return PersonRecord(PersonId(id_), id_, f"{id_}@mail.example", locale=locale, facts=facts)


def inbox(world: World, id_: str) -> list[EmailMessage]:
    """Read what arrived for somebody, with the standard library."""
    letters = [world.journal.desk.letter(wish.key) for wish in world.wishes(id_)]
    return [
        message_from_bytes(letter.content, policy=policy.default)
        for letter in letters
        if letter is not None
    ]


def text_of(message: EmailMessage) -> str:
    """Give what a program without HTML shows."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_file_of_the_folder_and_one_s_own_file_go_along(world: World) -> None:
    """Everybody gets the guide; each gets their own sheet and nobody else's."""
    own = ', "files/{{ person.id }}.pdf"'
    enroll(world, person("aoi"), person("ren"), attach=own, aoi=b"%PDF aoi", ren=b"%PDF ren")

    world.run()

    for id_ in ("aoi", "ren"):
        (message,) = inbox(world, id_)
        files = {
            str(part.get_filename()): (part.get_content_type(), part.get_content())
            for part in message.iter_attachments()
        }
        assert files == {
            "guide.pdf": ("application/pdf", b"%PDF-1.4 guide"),
            f"{id_}.pdf": ("application/pdf", f"%PDF {id_}".encode()),
        }


def test_who_lacks_a_file_of_their_own_is_shown_and_holds_up_nobody(world: World) -> None:
    """Ren's sheet is not there: Ren's mail is refused with its name, Aoi's goes."""
    own = ', "files/{{ person.id }}.pdf"'
    enroll(world, person("ren"), person("aoi"), attach=own, aoi=b"%PDF aoi")

    world.run()

    assert world.states("aoi") == [State.DONE]
    assert world.states("ren") == [State.REFUSED]
    assert "files/ren.pdf" in world.wishes("ren")[0].outcome
    assert [mail.to for mail in world.arrived] == ["aoi@mail.example"]


def test_a_picture_of_the_text_is_shown_in_its_place(world: World) -> None:
    """The HTML part names it by `cid:`, and it lies beside that part, not among the files."""
    enroll(world, person("aoi"))

    world.run()

    (message,) = inbox(world, "aoi")
    html = message.get_body(("html",))
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert html is not None
    assert [part.get_content() for part in pictures] == [PICTURE]
    assert [part.get_content_disposition() for part in pictures] == ["inline"]
    assert f"cid:{pictures[0]['Content-ID'].strip('<>')}" in html.get_content()
    assert "desk.png" not in [part.get_filename() for part in message.iter_attachments()]


@pytest.mark.parametrize(
    ("locale", "subject", "text"),
    [
        ("ja", "葵さんへ", "ようこそ。"),
        ("en", "Welcome", "Hello aoi."),
        ("ko", "葵さんへ", "ようこそ。"),
    ],
)
def test_everybody_reads_their_language(world: World, locale: str, subject: str, text: str) -> None:
    """Japanese, English, and the company's language where there is none of the person's."""
    enroll(world, person("aoi", locale))

    world.run()

    (message,) = inbox(world, "aoi")
    assert (message["Subject"], text in text_of(message)) == (subject, True)


def test_a_reminder_stands_in_the_thread_of_what_it_reminds_of(world: World) -> None:
    """`Re:` and the subject as it was sent; the ids that mail programs make threads of."""
    enroll(world, person("aoi"))

    world.run_until("2026-04-03 09:00")

    first, again = inbox(world, "aoi")
    assert again["Subject"] == "Re: 葵さんへ"
    assert again["In-Reply-To"] == first["Message-ID"]
    assert again["References"].split() == [first["References"], first["Message-ID"]]
    assert again["Message-ID"] != first["Message-ID"]


def test_answers_go_to_the_desk_and_machines_are_asked_not_to_answer(world: World) -> None:
    """From the president, answered to HR; said to be automatic, as RFC 3834 asks."""
    enroll(world, person("aoi"))

    world.run()

    (message,) = inbox(world, "aoi")
    assert message["From"].addresses[0].addr_spec == "tanaka@tsunagu.example"
    assert message["Reply-To"].addresses[0].addr_spec == "saiyo@tsunagu.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "OOF" in message["X-Auto-Response-Suppress"]


def test_the_way_to_stop_is_a_mail_to_whoever_reads_the_answers(world: World) -> None:
    """In the header and at the foot; one click is not promised, for nothing takes it."""
    enroll(world, person("aoi"))

    world.run_until("2026-04-03 09:00")

    first, again = inbox(world, "aoi")
    stop = "mailto:saiyo@tsunagu.example?subject=unsubscribe"
    html = first.get_body(("html",))
    assert first["List-Unsubscribe"] == f"<{stop}>"
    assert first["List-Unsubscribe-Post"] is None
    assert stop in text_of(first)
    assert html is not None
    assert f'href="{stop}"' in html.get_content()
    assert (again["List-Unsubscribe"], "unsubscribe" in text_of(again)) == (None, False)
