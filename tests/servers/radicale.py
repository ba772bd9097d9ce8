"""A CalDAV server of a test's own: Radicale, with a calendar for whoever is given one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.servers.process import free_port, program, running

_CONFIG = """
[server]
hosts = 127.0.0.1:{port}
[auth]
{auth}
[rights]
type = owner_only
[storage]
filesystem_folder = {folder}/collections
[logging]
level = warning
"""


@dataclass(frozen=True, slots=True)
class Radicale:
    """A running server."""

    port: int
    folder: Path

    def url(self, address: str) -> str:
        """Give the address of somebody's calendar."""
        return f"http://127.0.0.1:{self.port}/{address}/calendar/"

    def make(self, address: str) -> None:
        """Give somebody a calendar."""
        answer = httpx.request("MKCALENDAR", self.url(address), auth=(address, "secret"))
        answer.raise_for_status()

    def remove(self, address: str) -> None:
        """Take somebody's calendar away."""
        httpx.delete(self.url(address), auth=(address, "secret")).raise_for_status()

    def get(self, address: str, name: str) -> httpx.Response:
        """Read an object, as its owner does."""
        return httpx.get(self.url(address) + name, auth=(address, "secret"))

    def put(self, address: str, name: str, content: bytes) -> None:
        """Write an object, as its owner's program does."""
        headers = {"Content-Type": "text/calendar"}
        auth = (address, "secret")
        url = self.url(address) + name
        httpx.put(url, content=content, headers=headers, auth=auth).raise_for_status()

    def delete(self, address: str, name: str) -> None:
        """Delete an object, as its owner does."""
        httpx.delete(self.url(address) + name, auth=(address, "secret"))

    def forget_tokens(self) -> None:
        """Lose what is needed to say what has changed since."""
        for cache in self.folder.rglob(".Radicale.cache"):
            shutil.rmtree(cache)


@contextmanager
def radicale(folder: Path, *users: str) -> Iterator[Radicale]:
    """Run a server until the block ends; for *users* alone, whose password is "secret"."""
    port = free_port()
    config = folder / "config"
    auth = "type = none"
    if users:
        passwords = folder / "users"
        passwords.write_text("".join(f"{user}:secret\n" for user in users), encoding="utf-8")
        auth = f"type = htpasswd\nhtpasswd_filename = {passwords}\nhtpasswd_encryption = plain"
    written = _CONFIG.format(port=port, folder=folder, auth=auth)
    config.write_text(written, encoding="utf-8")
    command = [program("radicale"), "--config", str(config)]
    with running(command, port=port, folder=folder):
        yield Radicale(port, folder)
