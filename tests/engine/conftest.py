"""A world for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of its own."""
    made = World(tmp_path)
    yield made
    made.close()
