"""YAML read to the letter: what authors write stays what it is, and traps are told."""

from collections.abc import Callable

import pytest

from worker.playbook.source import Series, Table, Text, read


def _codes(content: str | bytes) -> list[str]:
    source, _ = read("p.yaml", content.encode() if isinstance(content, str) else content)
    return [problem.code for problem in source.problems]


def _texts(content: str) -> dict[str, str]:
    _, root = read("p.yaml", content.encode())
    assert isinstance(root, Table)
    return {key.text: value.text for key, value in root.entries if isinstance(value, Text)}


def test_values_stay_as_written() -> None:
    """10:00 is not 600, no is not false, 012 is not ten, a date is not a date object."""
    written = "a: 10:00\nb: no\nc: 012\nd: 2026-04-01\ne: 1e3\nf: ~\ng: 0x1F\nh: 1_000\n"

    expected = {
        "a": "10:00", "b": "no", "c": "012", "d": "2026-04-01",
        "e": "1e3", "f": "~", "g": "0x1F", "h": "1_000",
    }  # fmt: skip

    assert _texts(written) == expected


def test_every_node_knows_its_place() -> None:
    """Lines count from one and columns in characters, also behind Japanese keys."""
    _, root = read("p.yaml", "題: 春\nsteps:\n  - id: welcome\n".encode())

    assert isinstance(root, Table)
    steps = root.get("steps")
    assert isinstance(steps, Series)
    step = steps.items[0]
    assert isinstance(step, Table)
    identity = step.get("id")
    assert isinstance(identity, Text)
    assert (identity.line, identity.column, identity.end) == (3, 8, 15)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_change_nothing(ends: str) -> None:
    """Files of Windows editors read like all others, and keep their lines."""
    content = "a: 1\nb: 2\na: 3\n".replace("\n", ends).encode("utf-8-sig")

    source, _ = read("p.yaml", content)

    assert [(problem.code, problem.line) for problem in source.problems] == [("yaml.repeated", 3)]


def test_a_repeated_word_is_told_with_the_line_of_the_first() -> None:
    """Of two equal words none wins in silence."""
    source, _ = read("p.yaml", b"when: a\nid: b\nwhen: c\n")

    assert source.problems[0].values == (("found", "when"), ("first", "1"))


def test_an_empty_file_is_an_empty_table() -> None:
    """Nothing, or comments alone, is no mistake of YAML."""
    assert read("p.yaml", b"")[1] == read("p.yaml", b"# only a comment\n")[1] == Table((), 1, 0)


def test_japanese_paragraphs_may_begin_with_a_full_width_space() -> None:
    """Inside a block of text, full-width spaces and colons are the author's own."""
    assert _codes("text: |\n  　お世話になっております。\n  mail：これは本文です。\n") == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("a: &x [1]\nb: *x\n", "yaml.anchor"),
        ("a: {<<: {b: 1}}\n", "yaml.merge"),
        ("a: !!python/object:os.system x\n", "yaml.tag"),
        ("{a: b}: c\n", "yaml.key"),
        ("a: b\n---\nc: d\n", "yaml.documents"),
        ("steps：\n  - a\nb: c\n", "yaml.wide_colon"),
        ("a: b\n－ c\n", "yaml.wide_dash"),
        ("a: {b: 1　c: 2}\n", "yaml.no_comma"),
        ("a: % b\n", "yaml.reserved"),
        ("-id: a\n b: c\n", "yaml.no_space"),
        ("%FOO\n", "yaml.unreadable"),
    ],
)
def test_what_lets_a_file_mean_something_else_is_refused(content: str, code: str) -> None:
    """Anchors, tags and signs of another keyboard are told instead of being guessed at."""
    assert code in _codes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: b"a: " + b"x" * 10_000_000, "file.large"),
        (lambda: b"a: " + b"[" * 100 + b"]" * 100, "file.deep"),
        (lambda: b"[" * 900_000, "file.deep"),
        (lambda: b"\n".join(b" " * depth + b"a:" for depth in range(500)), "file.deep"),
        (lambda: b"- " * 400_000, "file.deep"),
        (lambda: b"[" + b"a," * 450_000 + b"]", "file.long"),
        (lambda: b'a: "' + b"x\n" * 400_000, "yaml.unclosed"),
        (lambda: b"".join(b"a: b\n" for _ in range(150_000)), "file.long"),
    ],
)
def test_a_monstrous_file_is_refused(content: Callable[[], bytes], code: str) -> None:
    """A file no person wrote is refused by name, before it costs memory."""
    assert code in _codes(content())


def test_the_billion_laughs_are_not_told() -> None:
    """Anchors that double and double again are never followed."""
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]

    codes = set(_codes("\n".join(lines)))

    assert codes == {"yaml.anchor", "yaml.alias"}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("title: 春".encode("cp932"), "Shift_JIS (CP932)"),
        ("title: 春".encode("utf-16"), "UTF-16"),
        (b"title: \x81 ", "?"),
    ],
)
def test_another_encoding_is_named(content: bytes, found: str) -> None:
    """A file saved by an old Excel or Notepad is told to be saved again, not shown as garbage."""
    source, root = read("p.yaml", content)

    assert root is None
    assert [problem.code for problem in source.problems] == ["file.encoding"]
    assert dict(source.problems[0].values)["found"] == found


def test_hundreds_of_mistakes_end_with_a_word() -> None:
    """After two hundred the page stops and says so."""
    codes = _codes("".join(f"a{n}: 1\na{n}: 2\n" for n in range(1000)))

    assert len(codes) == 201
    assert codes[-1] == "file.many"
