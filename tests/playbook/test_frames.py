"""The short way of writing a mail gives what the long way gives, word for word."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.errors import MailError
from worker.playbook.templates.layout import Layout, shipped
from worker.playbook.templates.mail import (
    CompiledMail,
    MissingWord,
    RenderedMail,
    compile_template,
    render,
)
from worker.playbook.templates.words import Words

PLAIN = """\
---
subject: 100%歓迎、{{ person.name }}さん
preheader: "{{ person.department }}より"
---

{{ person.name }}さん、こんにちは。

{{ mentor.name }}

[{{ person.department }}](https://example.jp/) の **{{ mentor.name }}** が 50% 引きでご案内します。
"""
NAMES = ("name", "department")
_values = st.one_of(
    st.text(max_size=12),
    st.text(alphabet=" %<>&'\"\n\r{}\U000f0000\U0010fffe\u2028葵s", max_size=8),
    st.none(),
    st.integers(),
)


def _compiled(layout: Layout | None = None) -> CompiledMail:
    return compile_template(PLAIN, "mails/hello.ja.md", layout or shipped())


def _written(compiled: CompiledMail, words: dict[str, object]) -> RenderedMail | tuple[type, str]:
    """Give the mail, or what was said instead of it."""
    try:
        return render(compiled, words)
    except MailError as error:
        return type(error), str(error)


@given(name=_values, department=_values, mentor=_values, company=st.sampled_from(["つなぐ", "<&>"]))
def test_a_plain_mail_is_the_same_by_both_ways(
    name: object, department: object, mentor: object, company: str
) -> None:
    """Whatever a person's words hold, nobody can tell by which way their mail was written."""
    words: dict[str, object] = {
        "person": Words("person", {"name": name, "department": department}),
        "mentor": Words("mentor", {"name": mentor}),
        "company": Words("company", {"name": company}),
    }
    assert _written(SHORT, words) == _written(LONG, words)


SHORT = _compiled()
LONG = replace(SHORT, frames=None)


def test_a_plain_template_has_frames() -> None:
    """A template that only shows words goes the short way."""
    assert SHORT.frames is not None


@pytest.mark.parametrize(
    "body",
    [
        "{% if person.kind == 'intern' %}インターンの{% endif %}{{ person.name }}さん",
        "{{ person.name | upper }} {{ person.name }}",
        "{{ join | date }}",
        "{{ person }}",
        "{% for tag in person.tags %}{{ tag }}{% endfor %}",
        "{{ person['name'] }}",
        "{% set name = person.name %}{{ name }}",
        "{% with one = person.name %}{{ one }}{% endwith %}",
    ],
)
def test_a_template_that_chooses_has_none(body: str) -> None:
    """A template that asks, repeats or changes a word is written by Jinja for every mail."""
    text = f"---\nsubject: ご案内\n---\n\n{body}\n"
    assert compile_template(text, "mails/hello.ja.md", shipped()).frames is None


def test_a_company_of_another_name_is_another_frame() -> None:
    """What is kept of one setting is not shown in another."""
    person = {
        "person": Words("person", dict.fromkeys(NAMES, "葵")),
        "mentor": Words("m", {"name": "蓮"}),
    }
    for company in ("甲", "乙", "甲"):
        mail = render(SHORT, {**person, "company": Words("company", {"name": company})})
        assert company in mail.text


def test_a_missing_word_is_named() -> None:
    """A word that is not known of a person is told by its name, as ever."""
    words = {"person": Words("person", {"name": "葵", "department": ""})}
    with pytest.raises(MissingWord, match=r"person\.department"):
        render(SHORT, words)
