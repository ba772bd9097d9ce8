"""Conditions: read as one says them aloud, and nothing to escape from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.playbook.desk import slip_of
from worker.domain.conditions import All, AnyOf, Compare, Condition, Literal, Name, Not, Truth
from worker.playbook.expressions import looks_like_condition, read_expression
from worker.playbook.slips import Slip

KIND = Compare(Name(("person", "kind")), "==", Literal("offer_holder"))
REPLIED = Truth(Name(("welcome", "replied")))
ACCEPTED = Truth(Name(("facts", "accept")))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ('person.kind == "offer_holder"', KIND),
        ("person.kind == 'offer_holder'", KIND),
        ('person.kind ＝＝ "offer_holder"', KIND),
        ("pulse.ease <= 2", Compare(Name(("pulse", "ease")), "<=", Literal(2))),
        ("person.gpa > 3.5", Compare(Name(("person", "gpa")), ">", Literal(3.5))),
        ("welcome.replied", REPLIED),
        ("not welcome.replied", Not(REPLIED)),
        ("facts.accept and welcome.replied", All((ACCEPTED, REPLIED))),
        (
            "facts.accept or welcome.replied and not facts.accept",
            AnyOf((ACCEPTED, All((REPLIED, Not(ACCEPTED))))),
        ),
        ("(facts.accept or welcome.replied) and facts.accept",
         All((AnyOf((ACCEPTED, REPLIED)), ACCEPTED))),
        ('"要フォロー" in person.tags',
         Compare(Literal("要フォロー"), "in", Name(("person", "tags")))),
        ('person.department not in ["営業", "開発"]',
         Compare(Name(("person", "department")), "not in", Literal(("営業", "開発")))),
        ("facts.offer >= 2026-04-01",
         Compare(Name(("facts", "offer")), ">=", Literal("2026-04-01"))),
        ("first-1on1.held", Truth(Name(("first-1on1", "held")))),
        ("person.remote == true", Compare(Name(("person", "remote")), "==", Literal(value=True))),
        ("not person.kind == 'x'", Not(Compare(Name(("person", "kind")), "==", Literal("x")))),
    ],
)  # fmt: skip
def test_a_condition_means_what_it_says_aloud(text: str, meaning: Condition) -> None:
    """Names, values, comparisons, and, or, not, in: with the usual order of binding."""
    assert read_expression(text).condition == meaning


def test_a_text_keeps_its_full_width_letters() -> None:
    """What is compared is what was written, only the signs around it are made plain."""
    condition = read_expression("person.name ＝＝ ＂ＡＢ＂").condition

    assert condition == Compare(Name(("person", "name")), "==", Literal("ＡＢ"))


@pytest.mark.parametrize(
    ("text", "found", "meant"),
    [
        ('person.kind = "x"', "=", "=="),
        ("a.b && c.d", "&&", "and"),
        ("a.b || c.d", "||", "or"),
        ("!a.b", "!", "not"),
        ("a.b AND c.d", "AND", "and"),
        ("person.kind == “x”", "“x”", '"x"'),
        ("person.kind == 「x」", "「x」", '"x"'),
        ('a.b in ("x", "y")', '("x", "y")', '["x", "y"]'),
        ('a.b in "x"', '"x"', '["x"]'),
        ('a.b == ["x"]', "==", "in"),
        ("1 < a.b < 5", "1 < a.b < 5", "1 < a.b and a.b < 5"),
    ],
)
def test_signs_of_other_languages_are_told_with_ours(text: str, found: str, meant: str) -> None:
    """Whoever knows Excel or another language is told the sign that is used here."""
    with pytest.raises(Slip) as raised:
        read_expression(text)

    slip = raised.value
    assert text[slip.offset : slip.offset + slip.length] == found
    assert slip.nearest == meant


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('id')",
        "person.__class__.__mro__[1]",
        "().__class__",
        "open('/etc/passwd')",
        "[x for x in person.tags]",
        "lambda: 1",
        "person.tags[0]",
        "1 + 1 == 2",
        "f'{person.name}'",
        "person.name; now",
    ],
)
def test_there_is_nothing_to_escape_from(text: str) -> None:
    """Calls, subscripts, arithmetic and lambdas are not part of the language."""
    with pytest.raises(Slip):
        read_expression(text)


@pytest.mark.parametrize("text", ["", "true", "1 == 1", "a.b ==", "a.b and", "(a.b", "[a.b] == 1"])
def test_an_unfinished_or_empty_condition_is_a_slip(text: str) -> None:
    """A condition that says nothing about anybody is a mistake, not a yes."""
    with pytest.raises(Slip):
        read_expression(text)


def test_deep_brackets_are_refused() -> None:
    """No condition makes the reader run out of room."""
    with pytest.raises(Slip):
        read_expression("(" * 5000 + "a.b" + ")" * 5000)


def test_every_name_is_handed_back_with_its_place() -> None:
    """An unknown name can be told at its own column, with the texts it is compared with."""
    mentions = read_expression('person.pace != "gentle" and welcome.replied').mentions

    assert [(one.written, one.offset) for one in mentions] == [
        ("person.pace", 0),
        ("welcome.replied", 28),
    ]
    assert mentions[0].against == (("gentle", 15, 8),)


@pytest.mark.parametrize(
    ("text", "is_condition"),
    [
        ("pulse.ease <= 2", True),
        ('"x" in person.tags', True),
        ("not welcome.replied", True),
        ("offer + 1 hour", False),
        ("08-20 at 14:00 in year of offer", False),
        ("welcome.replied", False),
        ("every 1 month from accept", False),
    ],
)
def test_a_condition_is_told_from_a_moment(text: str, is_condition: bool) -> None:
    """Where `when` takes either, signs of comparison decide."""
    assert looks_like_condition(text) is is_condition


TOKENS = st.sampled_from(
    [
        *("person.kind", "a.b", "==", "<", "in", "not", "and", "or", "(", ")", "[", "]", ","),
        *('"x"', "1", "2026-04-01", "“", "」", "now", "=", "!", "true", "'"),
    ]
)


@given(st.lists(TOKENS, max_size=12).map(" ".join) | st.text(max_size=40))
def test_no_text_makes_the_parser_stumble(text: str) -> None:
    """Whatever is written, there is a condition or one slip within the text."""
    slip = slip_of(read_expression, text)

    if slip is not None:
        assert 0 <= slip.offset <= len(text)
        assert slip.offset + slip.length <= max(1, len(text))
