"""A company whose provider tells us of calendars: its settings, its hands, and the way to us.

One process works and another one serves the pages, as `tsunagu work` and `tsunagu pages` do. What
the provider posts to our https address goes through here, as through the web server in front.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import httpx

from integrations.localgraph.server import GraphServer
from tests.cli.desk import Desk, lay_out
from tests.pages.site import HERE
from tests.servers.certificates import Certificates
from tests.servers.google import GoogleWorld, google_world, service_account
from tests.world import HandClock
from worker.cli.front import front_of
from worker.cli.launch import publish_playbooks
from worker.domain.meetings import Span
from worker.engine.engine import Engine
from worker.engine.journal.journal import open_journal
from worker.engine.journal.watches import Watched
from worker.pages.app import app_of
from worker.pages.serve import serving
from worker.settings.load import load_settings
from worker.wiring.engine import engine_of

SATO, HR = "sato@example.co.jp", "saiyo@example.co.jp"
STAFF = (SATO, "hana@example.co.jp", HR)
PUBLIC = "https://hr.tsunagu.example"
HALF_AN_HOUR = timedelta(minutes=30)
MORE = f"public_url: {PUBLIC}\nmeetings: {{look_every: 6 hours}}\n"
PLAYBOOK = """\
playbook: meet
title: はじめての1on1
for: person.id == "aoi"
needs: [offer]
steps:
  - id: talk
    when: offer + 1 day at 10:00
    meeting:
      title: "1on1: {{ person.name }} & {{ mentor.name }}"
      with: [mentor]
      minutes: 30
      within: 5 business days
      between: 10:00-18:00
"""

Post = Callable[[str, Mapping[str, str], bytes], int]


class Provider(Protocol):
    """Google or Microsoft on this machine."""

    name: str
    clock: HandClock

    def settings(self, root: Path) -> str:
        """Write what the settings need to say."""
        ...

    def when(self) -> datetime:
        """Say when the meeting begins."""
        ...

    def drag(self, start: datetime) -> None:
        """Have the mentor drag the meeting."""
        ...

    @property
    def waiting(self) -> list[object]:
        """Give what is on its way to us, in order."""
        ...

    def deliver(self, post: Post) -> None:
        """Let it arrive."""
        ...

    def readings(self) -> int:
        """Say how often the calendar was read for changes."""
        ...

    def standing(self) -> int:
        """Say how many watches there are."""
        ...


class AtGoogle:
    """Google."""

    name = "google"

    def __init__(self, world: GoogleWorld) -> None:
        self.world = world
        self.clock = world.clock
        self.channels = world.google.calendar_methods.channels
        world.google.employ(*STAFF)
        world.calendars.domains = frozenset({"example.co.jp"})

    def settings(self, root: Path) -> str:
        """Write what the settings need to say."""
        (root / "google.json").write_text(json.dumps(dict(service_account(self.world.google))))
        endpoint = self.world.google.endpoint
        return (
            f"google: {{service_account: google.json, endpoint: '{endpoint}'}}\n"
            "calendars: {default: google}\n"
        )

    def _event(self) -> Mapping[str, Mapping[str, str]]:
        events = self.world.calendars.shelf_of(SATO).events.values()
        return next(one for one in events if "extendedProperties" in one)

    def when(self) -> datetime:
        """Say when the meeting begins."""
        return datetime.fromisoformat(self._event()["start"]["dateTime"])

    def drag(self, start: datetime) -> None:
        """Have the mentor drag the meeting."""
        self.world.calendars.drag(str(self._event()["id"]), Span(start, start + HALF_AN_HOUR))

    @property
    def waiting(self) -> list[object]:
        """Give what is on its way to us, in order."""
        return self.channels.waiting  # type: ignore[return-value] # a test moves them about

    def deliver(self, post: Post) -> None:
        """Let it arrive."""
        self.channels.deliver(lambda address, headers: post(address, headers, b""))

    def readings(self) -> int:
        """Say how often the calendar was read for changes."""
        asked = self.world.google.requests
        return sum("syncToken" in one.query or "showDeleted" in one.query for one in asked)

    def standing(self) -> int:
        """Say how many watches there are."""
        return len(self.channels.open)


class AtMicrosoft:
    """Microsoft."""

    name = "microsoft"

    def __init__(self, server: GraphServer, clock: HandClock, ca_file: Path) -> None:
        self.clock = clock
        self.server = server
        self._ca_file = ca_file
        self.subscriptions = server.graph.subscriptions
        for address in STAFF:
            server.graph.office.employ(address)

    def settings(self, root: Path) -> str:
        """Write what the settings need to say."""
        (root / ".env").write_text(f"S={self.server.login.secret}\n")
        (root / ".env").chmod(0o600)
        url = self.server.url
        told = f"tenant: t, client: tsunagu-client, secret: '${{S}}', authority: '{url}'"
        return (
            f"microsoft: {{{told}, endpoint: '{url}', ca: {self._ca_file}}}\n"
            "calendars: {default: microsoft}\n"
        )

    def when(self) -> datetime:
        """Say when the meeting begins."""
        (event,) = self.server.graph.office.made
        original = self.server.graph.office.original(event.uid)
        assert original is not None
        return original.start

    def drag(self, start: datetime) -> None:
        """Have the mentor drag the meeting."""
        (event,) = self.server.graph.office.made
        self.server.graph.office.move(event.uid, start, start + HALF_AN_HOUR)

    @property
    def waiting(self) -> list[object]:
        """Give what is on its way to us, in order."""
        return self.subscriptions.waiting  # type: ignore[return-value] # a test moves them about

    def deliver(self, post: Post) -> None:
        """Let it arrive."""
        told = {"Content-Type": "application/json"}
        self.subscriptions.deliver(lambda address, body: post(address, told, body))

    def readings(self) -> int:
        """Say how often the calendar was read for changes."""
        return sum(one.path.endswith("/delta") for one in self.server.graph.seen)

    def standing(self) -> int:
        """Say how many watches there are."""
        now = self.clock.now()
        return sum(one.until > now for one in self.subscriptions.standing.values())


@dataclass
class Company:
    """A workspace at work, its pages, and its provider."""

    desk: Desk
    provider: Provider
    engine: Engine
    browser: httpx.Client
    answers: list[int] = field(default_factory=list)

    def until(self, written: str) -> None:
        """Work until a time in Tokyo."""
        self.engine.run_until(self.desk.at(written).now, self.provider.clock)

    def seconds_later(self, seconds: int) -> None:
        """Work for some seconds more."""
        until = self.provider.clock.now() + timedelta(seconds=seconds)
        self.engine.run_until(until, self.provider.clock)

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

    def facts(self) -> list[str]:
        """Give what is noted of Aoi's talk."""
        found = self.desk.type("timeline", "aoi", "--json").json["facts"]
        return [one["name"] for one in found if one["name"].startswith("talk.")]

    def watch(self) -> Watched:
        """Give how it stands with the mentor's calendar."""
        (found,) = self.engine.journal.meetings.watched()
        return found


@contextmanager
def hinted(name: str, root: Path, certificates: Certificates) -> Iterator[Company]:
    """Let a company work, whose mentor has a calendar at a provider of this name."""
    with ExitStack() as stack:
        provider: Provider
        if name == "google":
            provider = AtGoogle(stack.enter_context(google_world()))
        else:
            clock = HandClock("2026-04-01 08:00")
            server = stack.enter_context(GraphServer(certificates.server_context(), clock.now))
            provider = AtMicrosoft(server, clock, certificates.ca_file)
        desk = _laid_out(root, provider)
        provider.clock.turn_to(desk.now)
        settings = load_settings(root / "tsunagu.yaml").standing()
        journals = [open_journal(settings.store.url.reveal()) for _ in range(2)]
        publish_playbooks(settings, journals[0], desk.now)
        at_work, at_pages = (engine_of(settings, one, provider.clock) for one in journals)
        for one in (at_work, at_pages):
            stack.callback(one.journal.close)
            stack.callback(one.performer.close)
        app = app_of(front_of(settings, at_pages))
        port = stack.enter_context(serving(app, HERE, 0, [HERE]))
        url = f"http://{HERE}:{port}"
        browser = stack.enter_context(httpx.Client(base_url=url, trust_env=False))
        if isinstance(provider, AtMicrosoft):

            def reach(address: str, word: str) -> str:
                path = address.removeprefix(PUBLIC)
                return browser.post(path, params={"validationToken": word}).text

            provider.subscriptions.reach = reach
        yield Company(desk, provider, at_work, browser)


def _laid_out(root: Path, provider: Provider) -> Desk:
    desk = lay_out(root)
    settings = root / "tsunagu.yaml"
    settings.write_text(settings.read_text() + provider.settings(root) + MORE)
    (root / "playbooks" / "follow" / "playbook.yaml").unlink()
    (root / "playbooks" / "meet").mkdir()
    (root / "playbooks" / "meet" / "playbook.yaml").write_text(PLAYBOOK)
    for table in ("staff", "people"):
        done = desk.type(table, "import")
        assert done.status == 0, done.err
    return desk
