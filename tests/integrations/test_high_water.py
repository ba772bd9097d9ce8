"""Marks of what was begun: in files beside the journal, and in a real Redis."""

from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest

from integrations.high_water import FileMark
from integrations.high_water_redis import RedisMark
from tests.contracts.high_water import HighWaterContract, Mark
from tests.servers.cutting import failing_network
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

    def test_who_was_not_heard_leaves_redis_alone_for_a_while(self, url: str) -> None:
        """Mails wait behind the mark: not every group of them asks a Redis that is away."""
        port = int(url.rpartition(":")[2].partition("/")[0])
        with failing_network(port, cuts=repeat(0)) as network:
            mark = RedisMark(f"redis://127.0.0.1:{network.port}/0", "ours")

            for count in range(1, 6):
                mark.rise("here/up-1", count)

            assert network.connections == 1
