"""A world for every test."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World
from worker import logs


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of its own."""
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Give what is logged."""
    stream = io.StringIO()
    logs.begin(form="json", key=b"k", stream=stream)
    yield stream
    logs.end()
