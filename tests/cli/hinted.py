"""A company at work, its pages, and the way by which a provider tells us of something.

One process works and another one serves the pages, as `tsunagu work` and `tsunagu pages` do. What
the provider posts to our https address goes through here, as through the web server in front.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import httpx

from integrations.localgraph.server import GraphServer
from tests.cli.desk import Desk
from tests.pages.site import HERE
from tests.servers.certificates import Certificates
from tests.servers.google import GoogleWorld, google_world
from tests.world import HandClock
from worker.cli.front import front_of
from worker.cli.launch import publish_playbooks
from worker.engine.engine import Engine
from worker.engine.journal.journal import open_journal
from worker.pages.app import app_of
from worker.pages.serve import serving
from worker.settings.load import load_settings
from worker.settings.model import Settings
from worker.wiring.engine import engine_of

HR = "saiyo@example.co.jp"
PUBLIC = "https://hr.tsunagu.example"

Post = Callable[[str, Mapping[str, str], bytes], int]


class Provider(Protocol):
    """Google or Microsoft on this machine, and what it tells us of."""

    name: str
    clock: HandClock

    def settings(self, root: Path) -> str:
        """Write what the settings need to say."""
        ...

    @property
    def waiting(self) -> list[Any]:
        """Give what is on its way to us, in order; a test moves it about."""
        ...

    def deliver(self, post: Post) -> None:
        """Let everything arrive that is on its way to us."""
        ...

    def readings(self) -> int:
        """Say how often we asked what came."""
        ...

    def standing(self) -> int:
        """Say how many watches there are."""
        ...


class GraphProvider:
    """Microsoft: its settings, and its subscriptions."""

    name = "microsoft"

    def __init__(self, server: GraphServer, clock: HandClock, ca_file: Path) -> None:
        self.clock = clock
        self.server = server
        self._ca_file = ca_file
        self.subscriptions = server.graph.subscriptions

    def settings(self, root: Path) -> str:
        """Write what the settings need to say."""
        (root / ".env").write_text(f"S={self.server.login.secret}\n")
        (root / ".env").chmod(0o600)
        url = self.server.url
        told = f"tenant: t, client: tsunagu-client, secret: '${{S}}', authority: '{url}'"
        return f"microsoft: {{{told}, endpoint: '{url}', ca: {self._ca_file}}}\n"

    @property
    def waiting(self) -> list[Any]:
        """Give what is on its way to us, in order."""
        return self.subscriptions.waiting

    def deliver(self, post: Post) -> None:
        """Let it arrive."""
        told = {"Content-Type": "application/json"}
        self.subscriptions.deliver(lambda address, body: post(address, told, body))

    def readings(self) -> int:
        """Say how often we asked what came."""
        return sum(one.path.endswith("/delta") for one in self.server.graph.seen)

    def standing(self) -> int:
        """Say how many watches there are."""
        now = self.clock.now()
        return sum(one.until > now for one in self.subscriptions.standing.values())


P = TypeVar("P", bound=Provider)


@dataclass
class AtWork(Generic[P]):
    """A workspace at work, its pages, and its provider."""

    desk: Desk
    provider: P
    settings: Settings
    engine: Engine
    browser: httpx.Client
    answers: list[int] = field(default_factory=list, kw_only=True)

    def until(self, written: str) -> None:
        """Work until a time in Tokyo."""
        self.engine.run_until(self.desk.at(written).now, self.provider.clock)

    def arrive(self) -> None:
        """Let everything arrive that is on its way to us."""
        self.provider.deliver(self.post)

    def post(self, address: str, headers: Mapping[str, str], body: bytes) -> int:
        """Bring a request to the pages, as the web server in front does."""
        assert address.startswith(PUBLIC)
        path = address.removeprefix(PUBLIC)
        told = self.browser.post(path, headers=dict(headers), content=body)
        self.answers.append(told.status_code)
        return told.status_code

    def facts_of(self, step: str) -> list[str]:
        """Give what is noted of a step of Aoi's."""
        found = self.desk.type("timeline", "aoi", "--json").json["facts"]
        return [one["name"] for one in found if one["name"].startswith(f"{step}.")]


@contextmanager
def at_work(
    name: str,
    root: Path,
    certificates: Certificates,
    *,
    at_google: Callable[[GoogleWorld], P],
    at_microsoft: Callable[[GraphServer, HandClock, Path], P],
    laid_out: Callable[[Path, P], Desk],
) -> Iterator[AtWork[P]]:
    """Let a company work whose provider has this name."""
    with ExitStack() as stack:
        server: GraphServer | None = None
        if name == "google":
            provider = at_google(stack.enter_context(google_world()))
        else:
            clock = HandClock("2026-04-01 08:00")
            server = stack.enter_context(GraphServer(certificates.server_context(), clock.now))
            provider = at_microsoft(server, clock, certificates.ca_file)
        desk = laid_out(root, provider)
        provider.clock.turn_to(desk.now)
        settings = load_settings(root / "tsunagu.yaml").standing()
        journals = [open_journal(settings.store.url.reveal()) for _ in range(2)]
        publish_playbooks(settings, journals[0], desk.now)
        working, at_pages = (engine_of(settings, one, provider.clock) for one in journals)
        for one in (working, at_pages):
            stack.callback(one.journal.close)
            stack.callback(one.performer.close)
        app = app_of(front_of(settings, at_pages))
        port = stack.enter_context(serving(app, HERE, 0, [HERE]))
        url = f"http://{HERE}:{port}"
        browser = stack.enter_context(httpx.Client(base_url=url, trust_env=False))
        if server is not None:

            def reach(address: str, word: str) -> str:
                path = address.removeprefix(PUBLIC)
                return browser.post(path, params={"validationToken": word}).text

            server.graph.subscriptions.reach = reach
        yield AtWork(desk, provider, settings, working, browser)


def brought_in(desk: Desk) -> Desk:
    """Have staff and people be known."""
    for table in ("staff", "people"):
        done = desk.type(table, "import")
        assert done.status == 0, done.err
    return desk
