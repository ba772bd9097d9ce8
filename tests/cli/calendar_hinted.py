"""A company whose provider tells us of calendars: its settings, and its hands."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from integrations.localgraph.server import GraphServer
from tests.cli import hinted
from tests.cli.desk import Desk, lay_out
from tests.cli.hinted import HR, PUBLIC, AtWork, GraphProvider, Post, brought_in
from tests.servers.certificates import Certificates
from tests.servers.google import GoogleWorld, service_account
from tests.world import HandClock
from worker.domain.meetings import Span
from worker.engine.journal.watches import Watched

SATO = "sato@example.co.jp"
STAFF = (SATO, "hana@example.co.jp", HR)
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


class Provider(hinted.Provider, Protocol):
    """Google or Microsoft on this machine."""

    def when(self) -> datetime:
        """Say when the meeting begins."""
        ...

    def drag(self, start: datetime) -> None:
        """Have the mentor drag the meeting."""
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
    def waiting(self) -> list[Any]:
        """Give what is on its way to us, in order."""
        return self.channels.waiting

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


class AtMicrosoft(GraphProvider):
    """Microsoft."""

    def __init__(self, server: GraphServer, clock: HandClock, ca_file: Path) -> None:
        super().__init__(server, clock, ca_file)
        for address in STAFF:
            server.graph.office.employ(address)

    def settings(self, root: Path) -> str:
        """Write what the settings need to say."""
        return f"{super().settings(root)}calendars: {{default: microsoft}}\n"

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


class Company(AtWork[Provider]):
    """A workspace at work, its pages, and its provider."""

    def seconds_later(self, seconds: int) -> None:
        """Work for some seconds more."""
        until = self.provider.clock.now() + timedelta(seconds=seconds)
        self.engine.run_until(until, self.provider.clock)

    def facts(self) -> list[str]:
        """Give what is noted of Aoi's talk."""
        return self.facts_of("talk")

    def watch(self) -> Watched:
        """Give how it stands with the mentor's calendar."""
        (found,) = self.engine.journal.meetings.watched()
        return found


@contextmanager
def calendar_hinted(name: str, root: Path, certificates: Certificates) -> Iterator[Company]:
    """Let a company work, whose mentor has a calendar at a provider of this name."""
    at_google: Callable[[GoogleWorld], Provider] = AtGoogle
    at_microsoft: Callable[[GraphServer, HandClock, Path], Provider] = AtMicrosoft
    with hinted.at_work(
        name,
        root,
        certificates,
        at_google=at_google,
        at_microsoft=at_microsoft,
        laid_out=_laid_out,
    ) as one:
        yield Company(one.desk, one.provider, one.settings, one.engine, one.browser)


def _laid_out(root: Path, provider: Provider) -> Desk:
    desk = lay_out(root)
    settings = root / "tsunagu.yaml"
    settings.write_text(settings.read_text() + provider.settings(root) + MORE)
    (root / "playbooks" / "follow" / "playbook.yaml").unlink()
    (root / "playbooks" / "meet").mkdir()
    (root / "playbooks" / "meet" / "playbook.yaml").write_text(PLAYBOOK)
    return brought_in(desk)
