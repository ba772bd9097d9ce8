"""The parts of the settings: the file of secrets beside them, and the schema editors read."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.test_settings import MINIMAL, WHOLE, read
from worker.people.headings import FACTS, PEOPLE, STAFF
from worker.settings.environment import language_of, read_dotenv
from worker.settings.load import load_settings
from worker.settings.schema import json_schema
from worker.settings.shape import SETTINGS, Group, Kind, Named

DOCS = Path(__file__).parents[1] / "docs"
PARTS_OF_A_NAME = {"family_name", "given_name", "family_kana", "given_kana"}
SCHEMA = Draft202012Validator(json_schema())


def data(text: str) -> Any:  # noqa: ANN401 - what YAML holds is anything
    """Give what an editor sees of a file: `${NAME}` is a text to it."""
    return yaml.safe_load(re.sub(r"\$\{\w+\}", '"\\g<0>"', text))


def words(kind: Kind) -> set[str]:
    """Give every word that may stand in the settings."""
    if isinstance(kind, Named):
        return words(kind.item)
    if not isinstance(kind, Group):
        return set()
    return set(kind.words).union(*(words(word.kind) for word in kind.words.values()))


def test_the_schema_is_one_and_takes_the_whole_example() -> None:
    """An editor finds nothing wrong in the documented example."""
    Draft202012Validator.check_schema(json_schema("en"))

    assert [error.message for error in SCHEMA.iter_errors(data(WHOLE))] == []
    assert [error.message for error in SCHEMA.iter_errors(data(MINIMAL))] == []


@pytest.mark.parametrize(
    "text",
    [
        "company: {nmae: A}",
        "company: {name: A, language: fr}",
        "company: {timezone: Asia/Tokyo}",
        "compny: {name: A}",
        "company: {name: A}\nmailboxes: {hr: {address: 採用}}",
        "company: {name: A}\nmailboxes: {hr: {address: a@b.jp, smtp: {host: h, port: 99999}}}",
        "company: {name: A}\nsending: {at_most: 3 pro week}",
        "company: {name: A}\nlate_after: 1 month",
        "company: {name: A}\npublic_url: www.example.jp",
    ],
)
def test_the_schema_and_the_reader_refuse_the_same_slips(tmp_path: Path, text: str) -> None:
    """What `check` calls a mistake an editor underlines."""
    assert read(tmp_path, text, {}).settings is None
    assert list(SCHEMA.iter_errors(data(text)))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_schema_describes_every_word(language: str) -> None:
    """An editor shows a sentence beside each word, in the language asked for."""
    written = json.dumps(json_schema(language), ensure_ascii=False)

    assert all(f'"{word}":' in written for word in words(SETTINGS))
    assert ("会社の名前" in written) == (language == "ja")


@pytest.mark.parametrize("page", ["workspace.md", "workspace.ja.md"])
def test_every_word_is_documented(page: str) -> None:
    """The page of the workspace names every setting, and every column of the tables."""
    written = (DOCS / page).read_text(encoding="utf-8")
    known = {*words(SETTINGS), *PEOPLE, *FACTS, *STAFF} - PARTS_OF_A_NAME - {"withdrawn"}

    assert sorted(word for word in known if f"`{word}" not in written) == []


@pytest.mark.parametrize("page", ["workspace.md", "workspace.ja.md"])
def test_the_documented_settings_can_be_used(page: str, tmp_path: Path) -> None:
    """Whoever copies the example has settings without a mistake, in an editor too."""
    (example,) = re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)

    assert read(tmp_path, example).problems == ()
    assert [error.message for error in SCHEMA.iter_errors(yaml.safe_load(example))] == []


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=value", "value"),
        ("export NAME=value", "value"),
        ("NAME = value # remark", "value"),
        ("NAME=a#b", "a#b"),
        ('NAME="a # b" # remark', "a # b"),
        (r'NAME="a\"b\\c\nd$e\x"', 'a"b\\c\nd$e\\x'),
        (r"NAME='a\nb'", r"a\nb"),
        ("NAME=", ""),
        ("NAME=''", ""),
        ("NAME=日本語", "日本語"),
        ("\ufeffNAME=value", "value"),
        ("NAME=value\r", "value"),
        ("NAME=first\nNAME=second", "second"),
        ("# NAME=no\n\n  NAME=yes", "yes"),
    ],
)
def test_a_line_of_the_env_file(tmp_path: Path, line: str, value: str) -> None:
    """Quotes, remarks, `export` and a BOM are read as shells and editors write them."""
    path = tmp_path / ".env"
    path.write_text(line, encoding="utf-8", newline="")

    assert read_dotenv(path) == ({"NAME": value}, ())


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_whom_the_environment_trusts_is_trusted_at_microsoft(tmp_path: Path, name: str) -> None:
    """A company's own authority is named once, for every program; the settings know better."""
    path = tmp_path / "tsunagu.yaml"
    words = "company: {name: つなぐ}\nmicrosoft: {tenant: t, client: c, secret: '${S}'"
    path.write_text(words + "}\n")
    environ = {"S": "s3cret", name: "/etc/own.pem"}
    named = load_settings(path, environ).standing().microsoft
    path.write_text(words + ", ca: mine.pem}\n")
    said = load_settings(path, environ).standing().microsoft

    assert named is not None
    assert named.ca == Path("/etc/own.pem")
    assert said is not None
    assert said.ca == tmp_path / "mine.pem"


def test_no_env_file_is_no_mistake(tmp_path: Path) -> None:
    """Who has all in the environment needs no file; one that is a folder is a mistake."""
    folder = tmp_path / "folder.env"
    folder.mkdir()

    assert read_dotenv(tmp_path / ".env") == ({}, ())
    assert [problem.code for problem in read_dotenv(folder)[1]] == ["file.unreadable"]


def test_an_env_file_in_another_encoding_is_a_mistake(tmp_path: Path) -> None:
    """A `.env` in Shift_JIS is refused and not read wrongly."""
    path = tmp_path / ".env"
    path.write_bytes("NAME=日本語".encode("cp932"))

    assert [problem.code for problem in read_dotenv(path)[1]] == ["file.encoding"]


@pytest.mark.parametrize(
    ("environ", "asked", "language"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "", "ja"),
        ({"LANG": "en_US.UTF-8"}, "", "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "en_US.UTF-8"}, "", "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "", "ja"),
        ({"LANG": "C.UTF-8"}, "", "ja"),
        ({}, "", "ja"),
        ({"LANG": "ja_JP.UTF-8"}, "en", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_terminal_s(
    environ: dict[str, str], asked: str, language: str
) -> None:
    """`--language` wins, then the terminal; a terminal without one speaks the company's."""
    assert language == language_of(environ, asked, "ja")
