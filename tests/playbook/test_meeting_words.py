"""What a text may say of a meeting, and what its author reads where there is none."""

import pytest

from tests.playbook.desk import TOP, WORKSPACE
from tests.playbook.templates import AOI, FACTS, NOW, PLAYBOOK, SETTING
from worker.domain.plan import Mail, Meeting
from worker.playbook.bundle import PLAYBOOK_FILE, Bundle
from worker.playbook.compile import compile_playbook
from worker.playbook.templates.check import (
    check_mails,
    check_person,
    known_words,
    outside_meetings,
    words_to_come,
)
from worker.problems import render_all

TALK = (
    "  - id: talk\n    when: offer + 1 hour\n    meeting:\n      with: [mentor]\n"
    "      minutes: 30\n      within: 10 business days\n"
    "      mail: {template: talk, from: president, reply_to: hr}\n"
)
HELLO = "  - id: hello\n    when: offer + 1 hour\n    mail: {template: hello, from: hr}\n"
BOTH = "  - id: hello\n    when: offer + 1 hour\n    mail: {template: talk, from: hr}\n"
PLACE = """    4 | {{ meeting.when }}
           ^^^^^^^^^^^^
"""
OUTSIDE_JA = (
    "playbooks/haru/mails/hello.md:4:4: "
    "「meeting.when」は、面談の案内(meeting の mail)の文面でだけ使えます\n"
    f"{PLACE}この文面を meeting の mail: に書くか、この項目を消してください"
)
OUTSIDE_EN = (
    "playbooks/haru/mails/hello.md:4:4: "
    "'meeting.when' is known only in the text that invites to a meeting\n"
    f"{PLACE}name this text in the mail: of a meeting, or take the word out"
)
WORDS = ("title", "when", "day", "time", "minutes", "place", "with", "is_moved")


def bundle_of(steps: str, **mails: str) -> Bundle:
    """Put steps and the bodies of their mails into a playbook's folder."""
    files = {
        f"mails/{name}.md": f"---\nsubject: 件名\n---\n{text}\n" for name, text in mails.items()
    }
    written = {PLAYBOOK_FILE: TOP + steps, **files}
    return Bundle({path: text.encode() for path, text in written.items()}, "playbooks/haru")


def page_of(bundle: Bundle, language: str = "en") -> str:
    """Give what `check` says of the mails."""
    plan = compile_playbook(bundle, WORKSPACE).standing()
    known = known_words(plan, WORKSPACE)
    mails, problems = check_mails(bundle, known)
    return render_all((*problems, *outside_meetings(plan, bundle, mails, known)), language)


def test_a_meeting_has_a_mail_of_its_own() -> None:
    """Its text, its sender and who gets the replies, as a mail step has them."""
    step = compile_playbook(bundle_of(TALK, talk="x"), WORKSPACE).standing().steps[0]

    assert isinstance(step.action, Meeting)
    assert step.action.mail == Mail("talk", "president", "hr")


def test_its_text_may_use_every_word_of_a_meeting() -> None:
    """All of them are known, and nobody lacks one before there is a time."""
    text = " ".join(f"{{{{ meeting.{word} }}}}" for word in WORDS)
    bundle = bundle_of(TALK, talk=text + "{% if meeting.link %}{{ meeting.link }}{% endif %}")
    plan = compile_playbook(bundle, WORKSPACE).standing()
    mails, _ = check_mails(bundle, known_words(plan, WORKSPACE))

    problems = check_person(
        mails["mails/talk.md"], AOI, FACTS, PLAYBOOK, setting=SETTING, now=NOW,
        to_come=words_to_come(plan, WORKSPACE),
    )  # fmt: skip

    assert page_of(bundle) == ""
    assert problems == ()


def test_a_link_that_is_counted_on_is_told() -> None:
    """A meeting in a room has none: the mail would not be sent, and its author learns it before."""
    bundle = bundle_of(TALK, talk="{{ meeting.link }}")
    plan = compile_playbook(bundle, WORKSPACE).standing()
    mails, _ = check_mails(bundle, known_words(plan, WORKSPACE))

    (problem,) = check_person(
        mails["mails/talk.md"], AOI, FACTS, PLAYBOOK, setting=SETTING, now=NOW,
        to_come=words_to_come(plan, WORKSPACE),
    )  # fmt: skip

    assert problem.code == "template.lacking"
    assert dict(problem.values)["word"] == "meeting.link"


def test_a_word_that_no_meeting_has_is_told_with_the_nearest() -> None:
    """Line, column, what may be written, and the word that was meant."""
    page = page_of(bundle_of(TALK, talk="場所は{{ meeting.plase }}です"), "ja")

    assert page.startswith(
        "playbooks/haru/mails/talk.md:4:10: 「meeting.plase」という項目はありません"
    )
    assert page.endswith("「meeting.place」ではありませんか。")


@pytest.mark.parametrize(("language", "page"), [("ja", OUTSIDE_JA), ("en", OUTSIDE_EN)])
@pytest.mark.parametrize("steps", [HELLO, TALK + HELLO])
def test_a_word_of_a_meeting_in_another_mail_is_told(steps: str, language: str, page: str) -> None:
    """It would hold that mail up for everybody, whether the playbook has a meeting or not."""
    bundle = bundle_of(steps, talk="x", hello="{{ meeting.when }}")

    assert page_of(bundle, language).strip() == page


def test_a_text_that_another_step_sends_too_is_no_invitation() -> None:
    """There would be no time in it when that step sends it."""
    page = page_of(bundle_of(TALK + BOTH, talk="{{ meeting.when }}"))

    assert "'meeting.when' is known only in the text that invites to a meeting" in page


def test_a_step_named_meeting_keeps_its_facts() -> None:
    """Its id was there first: `meeting.sent` is the fact of that step, in every mail."""
    steps = HELLO.replace("id: hello", "id: meeting")

    assert page_of(bundle_of(steps, hello="{{ meeting.sent | day }}")) == ""
