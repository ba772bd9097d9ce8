"""What a template must not do, and what its author reads when something is wrong with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.playbook.templates import AOI, FACTS, NOW, PLAYBOOK, SETTING, compiled, mistakes, words
from worker.domain.errors import MailError
from worker.domain.facts import Facts, Person, PersonId
from worker.playbook.bundle import Bundle
from worker.playbook.templates.check import check_mails, check_person
from worker.playbook.templates.mail import MissingWord, render, undefined_for
from worker.playbook.templates.names import unknown_names
from worker.problems import Problem, render_all

HEAD = "---\nsubject: 件名\n---\n"


def _only(text: str) -> Problem:
    (problem,) = mistakes(text)
    return problem


# --- words that are not known -------------------------------------------------------------------


def test_a_missing_word_is_named_and_no_mail_is_written() -> None:
    """An empty word never reaches a candidate: the mail waits, and the word is told."""
    mail = compiled("{{ mentor.name }}さんと{{ person.kana }}")

    with pytest.raises(MissingWord) as missing:
        render(mail, words(mail))

    assert missing.value.what == "person.kana"


@pytest.mark.parametrize("word", ["person.nickname", "person.unheard", "nobody", "nobody.name",
                                  "nobody.at.all", 'facts["x.sent"]', "pulse.worry"])  # fmt: skip
def test_an_empty_word_is_as_missing_as_an_unknown_one(word: str) -> None:
    """An empty cell of the list, a mentor nobody has, a fact that has not happened: all missing."""
    mail = compiled(f"{{{{ {word} }}}}")

    with pytest.raises(MissingWord):
        render(mail, words(mail))


@pytest.mark.parametrize("word", ["person.nickname", "nobody", "nobody.name", "nobody.at.all"])
def test_default_says_what_to_do_where_a_word_is_missing(word: str) -> None:
    """`default` holds for an empty word, a missing mentor, and a word of a missing mentor."""
    mail = compiled(f'{{{{ {word} | default("担当者") }}}}')

    assert render(mail, words(mail)).text == "担当者\n"


def test_a_missing_word_may_be_asked_for() -> None:
    """`{% if %}` on a missing word is simply no."""
    mail = compiled(
        "{% if nobody.name %}a{% else %}b{% endif %}{% if person.nickname %}c{% endif %}"
    )

    assert render(mail, words(mail)).text == "b\n"


def test_all_missing_words_of_a_person_are_found_at_once() -> None:
    """Three empty cells are three words, in the order met; a branch not taken asks for nothing."""
    mail = compiled(
        "{{ person.kana }}{{ manager.name }}{% if nobody %}{{ nobody.name }}{% endif %}"
        "[見る]({{ person.page }}) {{ mentor.name }}"
    )

    missing = undefined_for(mail, words(mail))

    assert missing == ("person.kana", "manager.name", "person.page")
    assert undefined_for(compiled("{{ person.name }}"), words(compiled("{{ person.name }}"))) == ()


def test_what_a_person_lacks_is_told_with_its_place() -> None:
    """`check` names the person, the word, its line and column; facts to come are no lack."""
    mail = compiled("一行目\n\n{{ person.kana }}さん、{{ consent_ends | date }}まで")

    problems = check_person(mail, AOI, FACTS, PLAYBOOK, setting=SETTING, now=NOW,
                            to_come={"consent_ends"})  # fmt: skip

    assert [(p.code, p.line, p.column, dict(p.values)["word"]) for p in problems] == [
        ("template.lacking", 6, 4, "person.kana")
    ]
    assert "山田 葵 (aoi)" in render_all(problems, "ja")


def test_a_person_whose_value_cannot_stand_in_a_mail_is_told() -> None:
    """A line break in somebody's name is found by `check`, not when the mail is due."""
    odd = Person(PersonId("x"), "葵\r\nBcc: x@example.jp", "x@example.jp")
    mail = compiled("本文", subject="{{ person.name }}さん")

    (problem,) = check_person(mail, odd, Facts(), PLAYBOOK, setting=SETTING, now=NOW, to_come=())

    assert problem.code == "template.unwritable"


def test_a_word_nobody_has_is_found_before_anybody_is_enrolled() -> None:
    """A slip of the pen is pointed at in its line, with the word that was meant."""
    mail = compiled("本文\n{{ person.nmae }}と{{ mentr.name }}、{{ mentor.name }}")

    problems = list(
        unknown_names(mail.names, {"person": {"name", "kana"}, "mentor": None}, "mails/x.ja.md")
    )

    assert [(p.line, p.column, p.width, p.nearest) for p in problems] == [
        (5, 4, 11, "person.name"),
        (5, 23, 10, "mentor"),
    ]


def test_words_are_found_with_their_place_in_every_part() -> None:
    """Subject, preheader, loops, choices, links and filters: every word is known with its line."""
    mail = compiled(
        "{% for tag in person.tags %}{{ tag }}{{ loop.index }}{% endfor %}\n"
        "{% set a = company.name %}{{ a }}{% if join and mentor is defined %}{% endif %}\n"
        '[x](https://example.jp/{{ person.id }}) {{ facts["welcome.sent"] | day }}\n',
        subject="{{ sender.name }}",
        head="preheader: 前 {{ offer | date }}\n",
    )

    assert [(name.written, name.line, name.column) for name in mail.names] == [
        ("sender.name", 2, 13),
        ("offer", 3, 18),
        ("person.tags", 5, 15),
        ("company.name", 6, 12),
        ("join", 6, 40),
        ("mentor", 6, 49),
        ("person.id", 7, 27),
        ("facts.welcome.sent", 7, 44),
    ]
    assert {name.written for name in mail.names if name.guarded} == {"join", "mentor"}
    assert mail.roots == {"sender", "offer", "person", "company", "join", "mentor", "facts"}


# --- mistakes in writing ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("本文だけ", "template.front", 1, 1),
        ("---\nsubject: 件名\n本文", "template.front", 1, 1),
        ("---\npreheader: 前\n---\n本文", "template.subject", 1, 1),
        ("---\nsubject:\n---\n本文", "template.subject", 1, 1),
        ("---\nsubject: 件名\nsubjekt: 件\n---\n本文", "template.key", 3, 1),
        ("---\nsubject: 件名\nsubject: 件\n---\n本文", "template.twice", 3, 1),
        ("---\nsubject: 件名\n  続き\n---\n本文", "template.continued", 3, 1),
        (f"{HEAD}ああ{{{{ person.name }}\n", "template.syntax", 4, 5),
        (f"{HEAD}{{% if join %}}本文\n", "template.syntax", 4, 1),
        (f"{HEAD}｛｛ person.name ｝｝さん", "template.wide", 4, 1),
        (f"{HEAD}本文\n{{{{ join | dat }}}}", "template.filter", 5, 11),
        (f"{HEAD}{{% inclde 'x' %}}", "template.tag", 4, 4),
        (f"{HEAD}あ\x07い", "template.control", 4, 3),
        (f"{HEAD}あ\U000f0001", "template.control", 4, 3),
        ("---\nsubject: あ\u0000\n---\n本文", "template.control", 2, 12),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, code: str, line: int, column: int) -> None:
    """Line and column in terminal cells, and a sentence in both languages."""
    problem = _only(text)

    assert (problem.code, problem.line, problem.column) == (code, line, column)
    assert render_all([problem], "ja") != render_all([problem], "en")


def test_all_mistakes_of_a_template_are_told_at_once() -> None:
    """Three slips, three problems, in the order of their places."""
    text = (
        "---\nsubject: {{ join | dte }}\n---\n｛｛ x ｝｝\n{{ offer | daet }}\n"
        "{% macro a() %}{% endmacro %}"
    )

    assert [(p.line, p.code, p.nearest) for p in mistakes(text)][:3] == [
        (2, "template.filter", "date"),
        (4, "template.wide", ""),
        (5, "template.filter", "date"),
    ]


def test_single_braces_are_a_warning() -> None:
    """Who writes {person.name} as in a word processor is told, since it would be sent as it is."""
    mail = compiled("{person.name}さん、{ }や{1}はそのまま")

    (warning,) = mail.warnings
    assert (warning.code, warning.line, warning.nearest) == (
        "template.single", 4, "{{ person.name }}",
    )  # fmt: skip
    assert warning.warning


def test_a_mail_that_gmail_would_cut_is_a_warning() -> None:
    """Beyond 102 kB the end of a mail is hidden behind a link; its author is told."""
    (warning,) = compiled("長い文章です。\n\n" * 4000).warnings

    assert warning.code == "template.clipped"


# --- the sandbox --------------------------------------------------------------------------------

ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ person.__class__ }}",
    "{{ person['__class__'] }}",
    "{{ person['__cla' ~ 'ss__'] }}",
    "{{ person|attr('__class__') }}",
    "{{ self.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ joiner.__init__ }}",
    "{{ namespace.__init__ }}",
    "{{ range.__class__ }}",
    "{{ range(3).__class__ }}",
    "{{ '{0.__class__}'.format(person) }}",
    "{{ '%s' % person }}",
    "{{ person.tags.append(1) }}",
    "{{ person.name.format_map(facts) }}",
    "{{ now.__reduce__() }}",
    "{{ now.strftime('%Y') }}",
    "{{ (person.name | safe) }}",
    "{{ person.name | map('upper') }}",
    "{{ person.name | xmlattr }}",
    "{{ dict(a=1) }}",
    "{% autoescape false %}{{ person.name }}{% endautoescape %}",
    "{% include 'x' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import path %}",
    "{% extends 'x' %}",
    "{% macro a() %}{% endmacro %}",
    "{% call a() %}{% endcall %}",
    "{% filter upper %}a{% endfilter %}",
    "{% block a %}{% endblock %}",
    "{% set a %}b{% endset %}",
    "{% set ns.a = 1 %}",
    "{{ _counter }}",
    "{{ person._values }}",
    "{{ {'a': 1} }}",
    "{{ person.name[::-1] }}",
    "{{ 9 ** 9 ** 9 }}",
    "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "{% do x %}",
    "{% trans %}a{% endtrans %}",
    "{% debug %}",
]


@pytest.mark.parametrize("escape", ESCAPES)
def test_a_template_cannot_reach_out_of_its_sandbox(escape: str) -> None:
    """Known ways out of Jinja2 are refused when a template is read, or give nothing at all."""
    if mistakes(f"{HEAD}{escape}\n"):
        return
    mail = compiled(escape)

    with pytest.raises(MailError):
        render(mail, words(mail))


@pytest.mark.parametrize(
    "greedy",
    [
        "{{ 'a' * 1000000000 }}",
        "{{ [1] * 1000000000 }}",
        "{% for a in range(1000000000) %}a{% endfor %}",
        "{% for a in range(367) %}a{% endfor %}",
        "{{ range(10**9) | join }}",
        "{% for a in range(300) %}{% for b in range(300) %}"
        + "長い" * 50
        + "{% endfor %}{% endfor %}",
        "{% for a in [1] %}" * 3 + "x" + "{% endfor %}" * 3,
        "{% for a in [1] %}x{% endfor %}" * 31,
        "{% set a = 'x' %}" + "{% set a = a ~ a ~ a ~ a ~ a ~ a ~ a ~ a %}" * 12 + "{{ a }}",
        "{% set a = 'x' %}" + "{% set a = a + a + a + a + a + a + a + a %}" * 12 + "{{ a }}",
        "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a | replace('x', a) %}" * 9 + "{{ a }}",
        "{{ 1 // 0 }}",
        "{{ 'a' + 1 }}",
        "{{ 'x' | date }}",
        "{{ person.number | date }}",
    ],
)
def test_a_template_cannot_grow_without_end(greedy: str) -> None:
    """Loops, repetitions and doublings stop long before a machine does, with a plain refusal."""
    if mistakes(f"{HEAD}{greedy}\n"):
        return
    mail = compiled(greedy)

    with pytest.raises(MailError):
        render(mail, words(mail))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "  vbscript:x", "//x"]
)
def test_a_value_cannot_become_a_dangerous_link(url: str) -> None:
    """A link from a list goes to the web, to a mailbox or to a telephone, and nowhere else."""
    mail = compiled("[見る]({{ person.link }})")
    sly = Person(PersonId("x"), "x", "", attributes={"link": url})

    with pytest.raises(MailError):
        render(mail, words(mail, sly))
    assert (
        "javascript"
        not in compiled("[a](javascript:alert(1))").template.render({}).partition("href")[2]
    )


@pytest.mark.parametrize("sign", ["\r", "\n", "\0", "\x0b", "\x85", "\u2028", "\u2029"])
def test_a_value_cannot_break_the_subject(sign: str) -> None:
    """A line break in somebody's name is refused in a subject, whatever kind of line break."""
    mail = compiled("本文", subject="{{ person.name }}さんへ")
    sly = Person(PersonId("x"), f"葵{sign}Bcc: x@example.jp", "")

    with pytest.raises(MailError) as refusal:
        render(mail, words(mail, sly))

    assert refusal.value.what == "subject"


@given(st.text(max_size=200))
def test_no_value_changes_what_a_mail_is_made_of(value: str) -> None:
    """Whatever a cell holds: it stands in the mail as text, or the mail is refused."""
    mail = compiled(
        "前{{ person.name }}後\n\n[見る](https://example.jp/{{ person.name }})", subject="件名"
    )
    person = Person(PersonId("x"), value, "")

    try:
        rendered = render(mail, words(mail, person))
    except MailError:
        return
    assert value in rendered.text
    assert rendered.html.count("<a ") == 1
    assert rendered.html.count("<p>") == 1


@given(st.text(max_size=300))
def test_reading_a_template_either_works_or_says_what_is_wrong(text: str) -> None:
    """Whatever somebody saves as a template, they get a mail or problems with a place."""
    for problem in mistakes(HEAD + text):
        assert problem.line >= 0
        assert render_all([problem], "ja")


@given(
    st.lists(
        st.sampled_from(
            [*"<&あ　)\n-", "{% if a %}", "{% endif %}", "{% for b in c %}", "{% endfor %}",
             "{% else %}", "{% raw %}", "{% endraw %}", "{#", "#}", "{{", "}}", "{{ x }}", "- ",
             "1. ", "> ", "**", "[", "](", "\n\n", "| a |\n|---|\n", "```", "![", "https://x.jp/"]
        ),
        max_size=25,
    )
)  # fmt: skip
def test_any_mixture_of_markdown_and_blocks_is_read_or_refused(pieces: list[str]) -> None:
    """Blocks across lists, quotes and tables: a mail, or a problem, and never a fault of ours."""
    text = HEAD + "".join(pieces)

    if not mistakes(text):
        mail = compiled("".join(pieces))
        try:
            rendered = render(mail, {"a": True, "c": ("1", "2"), "x": "値"})
        except MailError:
            return
        assert rendered.subject == "件名"


def test_instants_without_a_meaning_are_refused() -> None:
    """A text that is no date is not shown as one."""
    mail = compiled("{{ person.name | date }}")

    with pytest.raises(MailError):
        render(mail, words(mail))


def test_a_single_brace_hides_no_bracket_that_cannot_be_read() -> None:
    """What would be sent as it stands is a warning; beside it the mistake is told all the same."""
    problems = mistakes(f"{HEAD}{{person.name}}さん {{{{ }}}}\n")

    assert [(problem.code, problem.warning) for problem in problems] == [
        ("template.single", True),
        ("template.syntax", False),
    ]


@pytest.mark.parametrize("body", ["", "\n\n", "  \n"])
def test_a_mail_without_a_body_is_told(body: str) -> None:
    """Nobody gets an empty mail because its author has saved the subject alone."""
    bundle = Bundle({"mails/x.ja.md": f"{HEAD}{body}".encode()}, "playbooks/haru")

    _, problems = check_mails(bundle, {})

    assert [problem.code for problem in problems] == ["template.empty"]
