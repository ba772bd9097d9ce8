"""Marks of what was begun: in files beside the journal, and in a real Redis."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.high_water import FileMark
from integrations.high_water_redis import RedisMark
from tests.contracts.high_water import HighWaterContract, Mark
from tests.servers.redis import redis_server
from worker import logs


class TestFileMark(HighWaterContract):
    @pytest.fixture
    def mark(self, tmp_path: Path) -> Mark:
        """Open the files of one folder."""
        return lambda journal: FileMark(tmp_path / "begun", journal)

    def test_a_torn_file_tells_of_nothing(self, tmp_path: Path, mark: Mark) -> None:
        """Half a line is no count: others are read all the same."""
        mark("ours").rise("here/up-1", 7)
        (tmp_path / "begun" / "here.up-2.mark").write_bytes(b"ours here/up-2 \xff")
        (tmp_path / "begun" / "here.up-3.mark").write_text("ours")

        assert mark("ours").read() == {"here/up-1": 7}

    def test_a_folder_that_cannot_be_written_to_stops_no_mail(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """It is said once in the log, and mails go on."""
        (tmp_path / "begun").write_text("a file lies here")
        mark = FileMark(tmp_path / "begun", "ours")
        logs.begin()

        mark.rise("here/up-1", 1)
        mark.rise("here/up-1", 2)
        logs.end()

        assert capsys.readouterr().err.count("event=mark_unwritten") == 1
        assert mark.read() == {}


@pytest.mark.services
class TestRedisMark(HighWaterContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> Iterator[str]:
        """Give the address of a Redis of our own."""
        with redis_server(tmp_path) as running:
            yield running

    @pytest.fixture
    def mark(self, url: str) -> Mark:
        """Open the hash of one journal."""
        return lambda journal: RedisMark(url, journal)

    def test_a_redis_that_is_away_stops_no_mail(self, capsys: pytest.CaptureFixture[str]) -> None:
        """It is said once until it is back; nothing is known, and nothing is held up."""
        mark = RedisMark("redis://127.0.0.1:1/0", "ours")
        logs.begin()

        mark.rise("here/up-1", 1)
        mark.rise("here/up-1", 2)
        logs.end()

        assert capsys.readouterr().err.count("event=mark_unwritten") == 1
        assert mark.read() == {}
