"""Where the staff of the demonstration have their calendars: servers of Google's and Graph's HTTP.

Both run on this machine, under the demonstration's clock, and are reached through the very clients
that reach the real ones.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from integrations.google.calendar import SCOPES
from integrations.google.mailbox import SCOPES as MAIL_SCOPES
from integrations.localgoogle.calendars import LocalCalendars
from integrations.localgoogle.company import key_file, new_pair, sign_up
from integrations.localgoogle.mailboxes import LocalMailboxes
from integrations.localgoogle.server import LocalGoogle, running
from integrations.localgraph.certificate import local_certificate
from integrations.localgraph.login import TENANT
from integrations.localgraph.server import GraphServer
from worker.cli.demo_calendars import DraggingHands, GoogleHands, GraphHands
from worker.cli.demo_cast import LIVES, Life
from worker.cli.play import JumpingClock
from worker.domain.meetings import Span
from worker.people.records import StaffRecord
from worker.settings.model import Google, Microsoft, Settings
from worker.settings.secret import Secret
from worker.wiring.clock import SystemClock

# Changes are told as they happen, as a provider's push does; this is for what it should miss.
_LOOK_EVERY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Company:
    """The two servers, and where they are reached."""

    google: LocalGoogle
    graph: GraphServer
    key: Path  # of the service account at Google
    ca_file: Path  # by which Graph's certificate is believed

    def settings(self, settings: Settings) -> Settings:
        """Let the workspace's calendars be these."""
        return replace(
            settings,
            google=Google(service_account=self.key, endpoint=self.google.endpoint),
            microsoft=Microsoft(
                tenant=TENANT,
                client=self.graph.login.client,
                secret=Secret(self.graph.login.secret),
                authority=self.graph.url,
                endpoint=self.graph.url,
                ca=self.ca_file,
            ),
            meetings=replace(settings.meetings, look_every=_LOOK_EVERY),
        )

    def employ(
        self, staff: Sequence[StaffRecord], since: datetime, until: datetime, zone: ZoneInfo
    ) -> Mapping[str, DraggingHands]:
        """Give everybody their calendar, with what lies in it; gives whose hands are where."""
        theirs = {one.email.lower(): one.attributes.get("calendar") for one in staff}
        at_google = [one for one, place in theirs.items() if place == "google"]
        self.google.employ(*at_google)
        self.google.calendars.domains = frozenset(one.rpartition("@")[2] for one in theirs)
        at_microsoft = [one for one, place in theirs.items() if place == "microsoft"]
        for address in at_microsoft:
            self.graph.graph.office.employ(address)
        hands: dict[str, DraggingHands] = dict.fromkeys(
            at_google, GoogleHands(self.google.calendars, at_google)
        )
        hands |= dict.fromkeys(at_microsoft, GraphHands(self.graph.graph.office))
        for record in staff:
            place = hands.get(record.email.lower())
            life = LIVES.get(record.id)
            if place is not None and life is not None:
                for when, title in _lived(life, since, until, zone):
                    place.take(record.email, when, title)
        return hands


@contextmanager
def company(clock: JumpingClock, folder: Path) -> Iterator[Company]:
    """Run both servers until the block ends; their keys lie in *folder*."""
    pair = new_pair()
    google = LocalGoogle(LocalCalendars(clock, looks_until_room=1), LocalMailboxes(clock))
    sign_up(google, (), (*SCOPES, *MAIL_SCOPES), pair)
    certificate = local_certificate(folder, SystemClock().now())
    with ExitStack() as stack:
        stack.enter_context(running(google))
        graph = stack.enter_context(GraphServer(certificate.tls, clock.now))
        key = folder / "google.json"
        key.touch(mode=0o600)
        key.write_text(json.dumps(dict(key_file(google, pair))), encoding="utf-8")
        yield Company(google, graph, key, certificate.ca_file)


def _lived(
    life: Life, since: datetime, until: datetime, zone: ZoneInfo
) -> Iterator[tuple[Span, str]]:
    """Give what lies in somebody's calendar, week after week, and when they are away."""
    first = since.astimezone(zone).date()
    monday = first - timedelta(days=first.weekday())
    for habit in life.habits:
        day = monday + timedelta(days=habit.weekday)
        while day <= until.date():
            span = Span(
                datetime.combine(day, habit.begins, zone), datetime.combine(day, habit.ends, zone)
            )
            yield span, habit.title
            day += _WEEK
    for begins, ends in life.leave:
        away = Span(
            datetime.combine(begins, time(), zone),
            datetime.combine(ends + timedelta(days=1), time(), zone),
        )
        yield away, "休暇"
