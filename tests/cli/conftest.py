"""Desks for the tests of the command: one before anything, one with people, one under way."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from integrations.localmail import LocalMailServer
from tests.cli.desk import Desk, lay_out, type_words


@dataclass
class Office:
    """A desk whose workspace sends to a mail server on this machine."""

    desk: Desk
    server: LocalMailServer

    def work_until(self, *instants: str) -> None:
        """Let the worker look at each of these moments, until nothing is due."""
        for instant in instants:
            done = self.desk.at(instant).type("up", "--until-idle")
            assert done.status == 0, done.err

    def take_in(self, *, playbook: str, people: str, staff: str) -> None:
        """Lay a playbook `talk` and two tables into the workspace, and import the tables."""
        folder = self.desk.root / "playbooks" / "talk"
        folder.mkdir()
        (folder / "playbook.yaml").write_text(playbook, encoding="utf-8")
        for table, words in (("staff", staff), ("people", people)):
            (self.desk.root / f"{table}.csv").write_text(words, encoding="utf-8")
            done = self.desk.type(table, "import")
            assert done.status == 0, done.err


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace as somebody wrote it; nothing is imported."""
    return lay_out(tmp_path / "hr")


@pytest.fixture
def staffed(desk: Desk) -> Desk:
    """A workspace whose staff and people are imported; no worker has run."""
    for table in ("staff", "people"):
        done = desk.type(table, "import")
        assert done.status == 0, done.err
    return desk


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A workspace with people, and a mail server that takes what it sends."""
    with LocalMailServer() as server:
        yield opened(tmp_path / "hr", server)


def opened(root: Path, server: LocalMailServer) -> Office:
    """Lay out a workspace that sends to *server*, and import its people."""
    desk = lay_out(root, port=server.port)
    for table in ("staff", "people"):
        done = desk.type(table, "import")
        assert done.status == 0, done.err
    return Office(desk, server)


@pytest.fixture
def shipped(tmp_path: Path) -> Desk:
    """A workspace as `tsunagu init` makes it."""
    made = type_words(["init", str(tmp_path / "hr"), "--language", "ja"])
    assert made.status == 0, made.err
    return Desk(tmp_path / "hr")
