"""The real pages on a real port, over a whole engine in memory, and somebody with a browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.world import World
from worker.domain.links import Links
from worker.engine.journal.store import Store
from worker.engine.leaving import Leaving
from worker.engine.surveys import Surveys
from worker.pages.app import Front, app_of
from worker.pages.serve import serving

PUBLIC = "https://hr.tsunagu.example"
SECRET = b"what signs the links of this test"
HERE = "127.0.0.1"
PATIENCE = 0.5  # seconds for a request: whoever is slower is sent away
_LINK = re.compile(rf"{PUBLIC}/\S+?(?=[\s>)]|$)")


@dataclass
class Site:
    """A world whose mails lead to pages that can be opened."""

    world: World
    port: int
    browser: httpx.Client
    front: Front

    def link(self, id_: str, number: int = 0) -> str:
        """Give the path of a link in the last mail to somebody."""
        mail = [one for one in self.world.arrived if one.to.startswith(f"{id_}@")][-1]
        links: list[str] = _LINK.findall(mail.text)
        return urlsplit(links[number]).path

    def facts(self, id_: str, start: str) -> list[tuple[str, object]]:
        """Give what is known of somebody under names that begin with *start*."""
        return [
            (fact.name, fact.value) for fact in self.world.facts(id_) if fact.name.startswith(start)
        ]


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Open the pages of a new world, whose database gives up soon where another has it locked."""
    world = World(folder, store=Store(f"sqlite:///{folder / 'store.db'}", busy_timeout_ms=50))
    world.office = replace(world.office, links=Links(PUBLIC, SECRET))
    world.restarted()
    store = world.journal.store
    surveys = Surveys(store, world.engine.editions, SECRET, world.clock, least=3)
    front = Front("株式会社つなぐ", "ja", Leaving(store, SECRET, world.clock), surveys, PATIENCE)
    try:
        with (
            serving(app_of(front), "127.0.0.1", 0, [HERE], patience=PATIENCE) as port,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as browser,
        ):
            yield Site(world, port, browser, front)
    finally:
        world.close()
