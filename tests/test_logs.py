"""What the log tells, and what it must never tell."""

import inspect
import io
import json
import logging
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints

import pytest

from worker import logs
from worker.domain.errors import BrokenPromise
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope

ADDRESSES = (
    "aoi.sato+1@example.co.jp",
    '"taro."@docomo.ne.jp',
    "葵@例え.jp",
    "ａｏｉ＠ｅｘａｍｐｌｅ.jp",
    "aoi%40example.jp",
)
SECRET = "hunter2-correct-horse"  # noqa: S105 - the bait of these tests
NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
EVENTS = [
    function
    for name, function in inspect.getmembers(logs, inspect.isfunction)
    if function.__module__ == "worker.logs" and not name.startswith("_")
    if name not in {"begin", "end", "has_begun", "tells_each", "without_addresses"}
]


@pytest.fixture(params=logs.FORMS)
def stream(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """A log that has begun, in either form."""
    written = io.StringIO()
    logs.begin(form=request.param, key=b"k", secrets=[SECRET, "ab"], stream=written)
    yield written
    logs.end()


@pytest.fixture
def json_log() -> Iterator[io.StringIO]:
    """A log of JSON lines that has begun."""
    written = io.StringIO()
    logs.begin(form="json", key=b"k", secrets=[SECRET], stream=written)
    yield written
    logs.end()


def _bait(kind: object, text: str) -> list[Any]:
    """Give values for an argument of that type, with *text* in them wherever text can be."""
    if kind is str:
        return [text, f"550 5.1.1 <{text}>: user unknown", f"key={text}"]
    if kind is int:
        return [3]
    if kind is datetime:
        return [NOW]
    if kind is timedelta:
        return [timedelta(seconds=1.5)]
    if kind is BaseException:
        return [BrokenPromise(f"could not write to {text}")]
    if kind == Outcome:
        return [
            Done(text),
            Later(f"451 try {text} again", scope=Scope.SERVER),
            Refused(f"550 {text} unknown", Scope.ADDRESS, "5.1.1"),
            InDoubt(f"cut off after {text}"),
        ]
    raise AssertionError(kind)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
@pytest.mark.parametrize("text", [*ADDRESSES, SECRET])
def test_no_event_lets_an_address_or_a_secret_out(
    event: Callable[..., None], text: str, stream: io.StringIO
) -> None:
    """Whatever is handed to the log, neither addresses nor passwords can be read in it."""
    kinds = get_type_hints(event)
    kinds.pop("return")
    baits = {name: _bait(kind, text) for name, kind in kinds.items()}
    times = max(len(values) for values in baits.values())

    for round_ in range(times):
        event(**{name: values[round_ % len(values)] for name, values in baits.items()})

    written = stream.getvalue()
    local, _, domain = text.replace("%40", "@").replace("＠", "@").partition("@")
    assert len(written.splitlines()) == times
    assert text not in written
    assert local.strip('"') not in written
    assert not domain or domain not in written


def test_every_event_has_one_line_and_its_name(json_log: io.StringIO) -> None:
    """A line is one JSON object with when, how grave, and what happened."""
    logs.handed_over(
        key="7/welcome/0/0/mail",
        kind="mail",
        lane="mail:hr",
        outcome=Later("451 4.7.1 greylisted", scope=Scope.ADDRESS),
        attempt=1,
    )

    line = json.loads(json_log.getvalue())
    assert line.pop("at").endswith("Z")
    assert line == {
        "level": "info",
        "event": "handed_over",
        "key": "7/welcome/0/0/mail",
        "kind": "mail",
        "lane": "mail:hr",
        "outcome": "later",
        "why": "451 4.7.1 greylisted",
        "scope": "address",
        "attempt": 1,
    }


def test_one_address_has_one_hash(json_log: io.StringIO) -> None:
    """Two lines about one person can be put together without knowing who it is."""
    logs.store_unusable(doing="people", why="Aoi@Example.jp")
    logs.in_doubt(key="k", lane="mail:hr", why="cut off after <aoi@example.jp>")

    first, second = map(json.loads, json_log.getvalue().splitlines())
    assert first["why"].startswith("addr:")
    assert first["why"] in second["why"]


def test_another_key_gives_another_hash() -> None:
    """Without the key nobody can try addresses against a log."""
    hashes = {logs.Scrubber(key, ()).scrubbed("aoi@example.jp") for key in (b"a", b"b")}

    assert len(hashes) == 2


def test_a_log_that_takes_no_line_ends_nothing_and_says_so_later() -> None:
    """A full pipe stands for a full disk: when there is room again, a line says what is missing."""
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    with os.fdopen(reads, "rb", 0) as reader, os.fdopen(writes, "w", encoding="utf-8") as log:
        logs.begin(form="json", key=b"k", stream=log)
        for _ in range(2_000):
            logs.pages_served(host="a" * 40, port=1)
        before = reader.read(1_000_000)
        logs.pages_served(host="b", port=2)
        after = reader.read(1_000_000)
        logs.end()

    lines = [line for line in after.decode().splitlines()[-3:] if line]
    missing, served = map(json.loads, lines[-2:])
    assert b'"event": "pages_served"' in before
    assert (missing["level"], missing["event"]) == ("warning", "lines_missing")
    assert 0 < missing["count"] < 2_000
    assert (served["host"], served["port"]) == ("b", 2)


def _break_a_promise() -> None:
    raise BrokenPromise("a promise")


def test_a_bug_is_told_with_its_traceback(json_log: io.StringIO) -> None:
    """A fault of ours can be mended from the log alone."""
    with pytest.raises(BrokenPromise) as raised:
        _break_a_promise()

    logs.bug(doing="tick", error=raised.value)

    line = json.loads(json_log.getvalue())
    assert line["error"] == "BrokenPromise"
    assert "_break_a_promise" in line["traceback"]


def test_a_short_secret_does_not_eat_other_words(stream: io.StringIO) -> None:
    """A password of two letters is masked where it stands, and not inside of words."""
    logs.lane_stopped(lane="mail:about", why="535 refused: ab")

    assert "mail:about" in stream.getvalue()
    assert "refused: ***" in stream.getvalue()


def test_nothing_is_written_before_the_log_begins(capsys: pytest.CaptureFixture[str]) -> None:
    """A verb that only reads leaves the terminal to its own answer."""
    logs.lane_stopped(lane="mail:hr", why="535")

    assert capsys.readouterr() == ("", "")


def test_what_a_library_warns_of_is_a_line_of_ours(json_log: io.StringIO) -> None:
    """In our form, and without what it must not tell; its tracebacks, too."""
    said = logging.getLogger("some.library")
    why = ConnectionError(f"{SECRET} of aoi@example.jp was refused")
    said.error("%s is away", "aoi@example.jp", exc_info=why)
    said.info("and this is nothing to be told")

    (line,) = map(json.loads, json_log.getvalue().splitlines())
    assert (line["level"], line["event"], line["name"]) == ("warning", "library", "some.library")
    assert "ConnectionError" in line["said"]
    assert "aoi" not in line["said"]
    assert SECRET not in line["said"]


def test_where_a_worker_works_can_be_read(json_log: io.StringIO) -> None:
    """Only the password is masked: which database it is must be seen."""
    logs.started(version="1", store="postgresql://hr:***@db/hr", broker="redis://db/0", pid=7)

    line = json.loads(json_log.getvalue())
    assert (line["store"], line["broker"]) == ("postgresql://hr:***@db/hr", "redis://db/0")


def test_a_line_stays_one_line(stream: io.StringIO) -> None:
    """A server's answer of several lines cannot forge a second event."""
    logs.lane_stopped(lane="mail:hr", why='550-first\r\n{"event":"started"}\nlast')

    assert len(stream.getvalue().splitlines()) == 1
