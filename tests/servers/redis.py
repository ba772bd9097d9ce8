"""A Redis of a test's own, which keeps nothing on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.process import free_port, program, running


@contextmanager
def redis_server(folder: Path, port: int | None = None) -> Iterator[str]:
    """Run a Redis until the block ends; give the url for the setting `broker`."""
    chosen = port or free_port()
    command = [program("redis-server"), "--port", str(chosen), "--bind", "127.0.0.1"]
    with running([*command, "--save", "", "--appendonly", "no"], port=chosen, folder=folder):
        yield f"redis://127.0.0.1:{chosen}/0"
