"""What a machine can hold of the house's rules: names, promises, and documents that keep up."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from worker.cli.verbs import names
from worker.domain.intents import FACT_WORD, KIND

ROOT = Path(__file__).parents[1]
CODE = ("worker", "integrations", "tests")
TOP_LEVEL = {
    *("pyproject.toml", "worker", "integrations", "playbooks", "tests", "docker", "README.md"),
    *("README.ja.md", "Makefile", "CHANGELOG.md", "LICENSE", "docs"),
    *("requirements.lock", "requirements-bench.lock"),
}
HEAVY = {
    *("sqlalchemy", "alembic", "pydantic", "jinja2", "rich", "httpx", "dramatiq", "redis"),
    *("holidays", "css_inline", "markdown_it", "openpyxl", "email_validator", "yaml"),
    *("google", "googleapiclient", "httplib2", "requests", "cryptography"),
    *("aiosmtplib", "aiosmtpd", "structlog", "asyncio", "dataclasses", "typing"),
}

# Written in two halves, so that this file does not hold what it looks for.
PLACES = ["/wo" + "rk/", "/brief" + "/iss", "/ro" + "ot/", "/ho" + "me/"]
OF_ONE_MACHINE = re.compile(r"(?<![\w}])(?:" + "|".join(PLACES) + ")")
REGISTRIES = re.compile(
    "|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + "js", "--index" + "-url"])
)

NOQA = re.compile(r"#\s*noqa\b(?P<rest>.*)", re.IGNORECASE)
NOQA_IN_FULL = re.compile(r": [A-Z]+[0-9]+(, [A-Z]+[0-9]+)* - \S.*")
IGNORE = re.compile(r"#\s*type:\s*ignore(?P<rest>.*)")
IGNORE_IN_FULL = re.compile(r"\[[a-z-]+(, ?[a-z-]+)*\] +(# |- )\S.*")


def sources(*folders: str) -> Iterator[Path]:
    """Give every Python file below *folders*."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def documents() -> list[Path]:
    """Give what people read: both READMEs and everything in docs/."""
    return [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def written() -> Iterator[Path]:
    """Give every file that we wrote as text."""
    yield from sources(*CODE)
    yield from documents()
    for pattern in (
        "playbooks/**/*",
        "docker/*",
        ".ci/*",
        "*.toml",
        "*.lock",
        "Makefile",
        ".*.yaml",
    ):
        yield from (path for path in sorted(ROOT.glob(pattern)) if path.is_file())


def shown(path: Path) -> str:
    """Give *path* as one types it in the checkout."""
    return path.relative_to(ROOT).as_posix()


def lines(path: Path) -> list[str]:
    """Give the lines of a text; a picture has none."""
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def test_the_top_level_holds_what_readers_expect_there() -> None:
    """Who opens the folder finds the known names, and nothing that belongs one floor down."""
    ignored = [line.rstrip("/") for line in lines(ROOT / ".gitignore")]

    there = {
        path.name
        for path in ROOT.iterdir()
        if not path.name.startswith(".") and not any(fnmatch(path.name, each) for each in ignored)
    }

    assert there - TOP_LEVEL == set()


def test_nothing_speaks_of_one_machine() -> None:
    """The project names no path of somebody's machine and no package registry."""
    found = [
        f"{shown(path)}:{number}: {line.strip()[:80]}"
        for path in written()
        for number, line in enumerate(lines(path), 1)
        if OF_ONE_MACHINE.search(line) or REGISTRIES.search(line)
    ]

    assert found == []


def test_every_exception_from_a_rule_says_which_and_why() -> None:
    """A `noqa` or a `type: ignore` names its code and its reason on the same line."""
    bare = []
    for path in sources(*CODE):
        if path == Path(__file__):
            continue
        for number, line in enumerate(lines(path), 1):
            noqa, ignore = NOQA.search(line), IGNORE.search(line)
            if noqa and not NOQA_IN_FULL.fullmatch(noqa["rest"].rstrip()):
                bare.append(f"{shown(path)}:{number}: {line.strip()}")
            if ignore and not IGNORE_IN_FULL.match(ignore["rest"].strip()):
                bare.append(f"{shown(path)}:{number}: {line.strip()}")

    assert bare == []


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Give every function in a file, methods too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def is_replacing_our_code(node: ast.AST) -> bool:
    """Whether *node* imports a mocking library, or calls `monkeypatch.setattr` or its like."""
    match node:
        case ast.Import(names=imported):
            return any(name.name in ("unittest.mock", "mock") for name in imported)
        case ast.ImportFrom(module=module, names=imported):
            asked = [name.name for name in imported]
            return module in ("unittest.mock", "mock") or (module == "unittest" and "mock" in asked)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=attribute)):
            return (owner, attribute) in {("monkeypatch", "setattr"), ("mocker", "patch")}
        case _:
            return False


def test_nothing_of_ours_is_replaced_in_a_test() -> None:
    """What is tested is what runs: twins with switches, no mocks and no patched attributes."""
    found = [
        f"{shown(path)}:{getattr(node, 'lineno', 0)}"
        for path in sources(*CODE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if is_replacing_our_code(node)
    ]

    assert found == []


def test_every_test_says_what_is_true_and_looks() -> None:
    """A test has a sentence, expects something, and cannot be left out."""
    wanting = []
    for path in sources("tests"):
        for function in functions(path):
            if not function.name.startswith("test_") or path == Path(__file__):
                continue
            text = ast.unparse(function)
            if ast.get_docstring(function) is None:
                wanting.append(f"{shown(path)}: {function.name} has no sentence")
            if not re.search(r"\bassert\b|raises\(|warns\(|assert_|check_|run_state_machine", text):
                wanting.append(f"{shown(path)}: {function.name} expects nothing")
            if re.search(r"mark\.(skip|xfail)|pytest\.(skip|xfail)|importorskip", text):
                wanting.append(f"{shown(path)}: {function.name} can be left out")

    assert wanting == []


def test_a_package_begins_with_its_reason_and_nothing_else() -> None:
    """An `__init__.py` holds a docstring: what is in a package is found by its name."""
    crowded = []
    for path in sources("worker", "integrations"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        if path.name == "__init__.py" and not (len(body) == 1 and isinstance(body[0], ast.Expr)):
            crowded.append(shown(path))

    assert crowded == []


def test_nothing_is_half_done() -> None:
    """No stub and no note to ourselves is shipped."""
    half = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|NotImplemented" + "Error")
    found = [
        f"{shown(path)}:{number}: {line.strip()[:80]}"
        for path in sources("worker", "integrations")
        for number, line in enumerate(lines(path), 1)
        if half.search(line)
    ]

    assert found == []


def test_asking_for_help_imports_next_to_nothing() -> None:
    """`tsunagu --help` answers as fast as Python starts: what is heavy waits until it is used."""
    script = "import sys, worker.cli.main; print(*sys.modules)"

    done = subprocess.run(  # noqa: S603 - this very Python, and a script of ours
        [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {script}"],
        check=True,
        capture_output=True,
        text=True,
    )

    assert {name.partition(".")[0] for name in done.stdout.split()} & HEAVY == set()


def test_looking_for_mistakes_does_not_load_what_reads_the_journal() -> None:
    """`tsunagu check` opens no journal; who types wrongly is told before a database is loaded."""
    script = "import sys, worker.cli.check; print(*sys.modules)"

    done = subprocess.run(  # noqa: S603 - this very Python, and a script of ours
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {script}"],
        check=True,
        capture_output=True,
        text=True,
    )

    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded & {"sqlalchemy", "alembic", "dramatiq", "redis", "httpx", "ortools"} == set()


def test_the_machine_that_checks_runs_what_we_run() -> None:
    """`.ci/run` calls `make test`, and every command of the Makefile says what it does."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    explained = dict(re.findall(r"^([a-z]+):.*?## (.+)$", makefile, re.MULTILINE))

    assert {"demo", "test", "check", "fix", "golden", "bench"} <= set(explained)
    assert "exec make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text() -> str:
    """All documents as one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in documents())


def test_every_verb_is_told_of(text: str) -> None:
    """Each command stands in the README or the docs as one types it."""
    untold = [name for name in names() if f"tsunagu {name}" not in text and f"`{name}`" not in text]

    assert untold == []


def test_every_step_kind_is_told_of(text: str) -> None:
    """Each of the nine kinds stands in the language reference."""
    assert [kind for kind in KIND.values() if f"`{kind}`" not in text] == []


def test_every_word_of_a_fact_is_told_of(text: str) -> None:
    """Each word that a step leaves behind as a fact is in the docs."""
    assert sorted(word for word in set(FACT_WORD.values()) if f".{word}`" not in text) == []


def test_both_first_pages_begin_with_the_two_commands() -> None:
    """Both READMEs name the command that shows everything and the one that tests it."""
    for name in ("README.md", "README.ja.md"):
        readme = (ROOT / name).read_text(encoding="utf-8")
        assert "make demo" in readme
        assert "make test" in readme


def test_every_picture_is_shown_and_says_what_it_shows() -> None:
    """To who cannot see it, too; and none lies about that no page shows."""
    pages = [page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").glob("*.md"))]
    shown = dict(re.findall(r"!\[([^\]]+)\]\(pictures/([\w-]+\.svg)\)", "\n".join(pages)))

    drawn = {picture.name for picture in (ROOT / "docs" / "pictures").iterdir()}
    assert set(shown.values()) == drawn
    assert all(len(said.split()) > 5 for said in shown)


def test_every_test_that_a_page_names_is_there() -> None:
    """`docs/testing.md` says which test holds what: one that was renamed holds nothing there."""
    said = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/testing.md").read_text("utf-8")))
    there = {
        name
        for path in sources("tests")
        for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))
    }

    assert len(said) > 50
    assert said - there == set()
