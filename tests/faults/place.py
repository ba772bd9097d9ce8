"""A provider on this machine, a mail server, and a workspace that is connected to both."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from integrations.faults import Cuts, Moment, never
from integrations.google.calendar import SCOPES
from integrations.localgoogle.calendars import LocalCalendars
from integrations.localgoogle.company import sign_up
from integrations.localgoogle.mailboxes import LocalMailboxes
from integrations.localgoogle.refusals import Refusal
from integrations.localgoogle.server import LocalGoogle, running
from integrations.localgraph.server import GraphServer
from integrations.localmail import LocalMailServer
from tests.cli.desk import Desk, local
from tests.faults.clock import SharedClock
from tests.faults.worker import CLOCK
from tests.servers.certificates import Certificates
from tests.servers.google import key_pair, service_account
from worker.cli.demo_calendars import DraggingHands, GoogleHands, GraphHands
from worker.cli.launch import publish_playbooks
from worker.engine.journal.journal import open_journal
from worker.settings.load import load_settings

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

SATO, HANA = "sato@example.co.jp", "hana@example.co.jp"
BEGINS = "2026-04-01 08:00"  # a Wednesday

_SETTINGS = """\
company: {{name: 株式会社つなぐ, language: ja}}
mailboxes:
  hr:
    address: saiyo@example.co.jp
    name: 採用担当
    smtp: {{host: 127.0.0.1, port: {port}, tls: none}}
    limits: {{connections: 1}}
calendars: {{default: {provider}}}
meetings: {{look_every: 2 hours}}
"""
_PLAYBOOK = """\
playbook: meet
title: はじめての1on1
for: person.kind == "offer_holder"
stop_on: [declined]
steps:
  - id: talk
    when: accept
    meeting:
      title: "1on1: {{{{ person.name }}}}"
      with: [mentor]
      minutes: 30
      within: 5 business days
      between: 10:00-18:00
      place: {place}
"""
_STAFF = f"""\
ID,氏名,メール,役割
sato,佐藤 健,{SATO},mentor
hana,花田 花,{HANA},hr
"""
_PEOPLE = """\
ID,氏名,メール,言語,区分,メンター,内定日,承諾日
aoi,青井 葵,aoi@mail.example,ja,内定者,佐藤 健,2026-03-01,2026-04-01 09:00
ben,Ben Ito,ben@mail.example,ja,内定者,佐藤 健,2026-03-01,2026-04-01 09:00
rin,林 凛,rin@mail.example,ja,内定者,佐藤 健,2026-03-01,2026-04-01 09:00
"""


class Provider(Protocol):
    """A server of a provider's HTTP, with its switches."""

    name: str
    place: str  # of meetings: the link that its calendars make

    @property
    def hands(self) -> DraggingHands:
        """Give the hands of the people there."""
        ...

    def settings(self, home: Path) -> str:
        """Write what connects a workspace, and give the lines of its settings."""
        ...

    def watch(self, cuts: Cuts) -> None:
        """Have *cuts* asked at every request from now on."""
        ...

    def revoke(self) -> None:
        """Take back our right to ask for anything."""
        ...

    def throttle(self, wait: timedelta | None) -> None:
        """Tell everybody to come back after *wait*; None: be as before."""
        ...

    def mend(self) -> None:
        """Give the right back."""
        ...

    def leave(self) -> None:
        """Be off the network: nobody is there to connect to."""
        ...

    def come_back(self) -> None:
        """Be there again."""
        ...

    def invited(self) -> list[str]:
        """Give who was told of a new event, as often as it happened."""
        ...


class AtGoogle:
    """Google's side."""

    name = "google"
    place = "google_meet"

    def __init__(self, google: LocalGoogle) -> None:
        self._google = google
        self.hands = GoogleHands(google.calendars, [SATO, HANA])

    def settings(self, home: Path) -> str:
        """Write the key file of the service account."""
        key = home / "google.json"
        key.touch(mode=0o600)
        key.write_text(json.dumps(dict(service_account(self._google))))
        endpoint = self._google.endpoint
        return f"google: {{service_account: google.json, endpoint: '{endpoint}'}}\n"

    def watch(self, cuts: Cuts) -> None:
        """Have *cuts* asked."""
        self._google.faults.cuts = cuts

    def revoke(self) -> None:
        """End the delegation: tokens are void, and there are no others."""
        self._google.sign_ins.revoked.update((SATO, HANA))

    def throttle(self, wait: timedelta | None) -> None:
        """Answer 429 to everything."""
        self._google.faults.refusal = None
        if wait is not None:
            after = {"Retry-After": str(int(wait.total_seconds()))}
            self._google.faults.refusal = Refusal(429, "rateLimitExceeded", "Slow down", after)

    def mend(self) -> None:
        """Delegate again."""
        self._google.sign_ins.revoked.clear()

    def leave(self) -> None:
        """Listen no more."""
        self._google.stop()

    def come_back(self) -> None:
        """Listen again."""
        self._google.start()

    def invited(self) -> list[str]:
        """Read what Google wrote."""
        return [one.address for one in self._google.calendars.sent if one.notice == "invited"]


class AtMicrosoft:
    """Microsoft's side."""

    name = "microsoft"
    place = "teams"

    def __init__(self, graph: GraphServer, ca_file: Path) -> None:
        self._graph = graph
        self._ca_file = ca_file
        self.hands = GraphHands(graph.graph.office)

    def settings(self, home: Path) -> str:
        """Write the application's secret."""
        env = home / ".env"
        env.touch(mode=0o600)
        env.write_text(f"GRAPH={self._graph.login.secret}\n")
        there = f"authority: '{self._graph.url}', endpoint: '{self._graph.url}'"
        who = f"tenant: t, client: {self._graph.login.client}, secret: '${{GRAPH}}'"
        return f"microsoft: {{{who}, {there}, ca: '{self._ca_file}'}}\n"

    def watch(self, cuts: Cuts) -> None:
        """Have *cuts* asked."""
        self._graph.cuts = cuts

    def revoke(self) -> None:
        """Let the client's secret expire, and void the tokens it gave."""
        self._graph.login.wrong = 7000222
        self._graph.login.expire()

    def throttle(self, wait: timedelta | None) -> None:
        """Answer 429 to everything."""
        self._graph.graph.bad_day.wait = wait

    def mend(self) -> None:
        """Take the secret again."""
        self._graph.login.wrong = 0

    def leave(self) -> None:
        """Listen no more."""
        self._graph.silence()

    def come_back(self) -> None:
        """Listen again."""
        self._graph.speak()

    def invited(self) -> list[str]:
        """Read what Exchange wrote."""
        told = self._graph.graph.office.told
        return [one.address for one in told if one.notice == "invited"]


class WatchedMail(LocalMailServer):
    """A mail server that is cut off, or has its client killed, at the end of a mail."""

    cuts: Cuts = staticmethod(never)

    async def handle_DATA(  # noqa: N802 - named and called by aiosmtpd
        self, server: "SMTP", session: "Session", envelope: "Envelope"
    ) -> str:
        """File a mail, unless the line is cut before; it may be cut before the answer, too."""
        mail = f"DATA to {', '.join(envelope.rcpt_tos)}"
        if self.cuts(mail, Moment.BEFORE):
            return self._cut(server)
        answer = await super().handle_DATA(server, session, envelope)
        return self._cut(server) if self.cuts(mail, Moment.AFTER) else answer

    @staticmethod
    def _cut(server: "SMTP") -> str:
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()
        return ""


@dataclass
class Place:
    """Everything a worker is connected to."""

    home: Path
    clock: SharedClock
    provider: Provider
    mail: WatchedMail
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = Desk(self.home)

    def type(self, *words: str) -> str:
        """Type a command now, which succeeds; gives what it says."""
        self.desk.now = self.clock.now()
        done = self.desk.type(*words)
        assert done.status == 0, done.err
        return done.out

    def tell(self, *words: str) -> Any:  # noqa: ANN401 - as the command writes it
        """Give what a command says as JSON."""
        return json.loads(self.type(*words, "--json"))


def lay_out(home: Path, port: int, *, calendars: str, place: str, more: str = "") -> Desk:
    """Have three people whose talk with Sato is due at nine, and mails leave by *port*."""
    (home / "tsunagu.yaml").write_text(_SETTINGS.format(port=port, provider=calendars) + more)
    folder = home / "playbooks" / "meet"
    folder.mkdir(parents=True)
    (folder / "playbook.yaml").write_text(_PLAYBOOK.format(place=place))
    (home / "staff.csv").write_text(_STAFF)
    (home / "people.csv").write_text(_PEOPLE)
    desk = Desk(home, now=local(BEGINS))
    for table in ("staff", "people"):
        done = desk.type(table, "import")
        assert done.status == 0, done.err
    settings = load_settings(home / "tsunagu.yaml").standing()
    journal = open_journal(settings.store.url.reveal())
    publish_playbooks(settings, journal, desk.now)
    journal.close()
    return desk


def _at(home: Path, clock: SharedClock, provider: Provider, mail: WatchedMail) -> Place:
    more = provider.settings(home)
    lay_out(home, mail.port, calendars=provider.name, place=provider.place, more=more)
    return Place(home, clock, provider, mail)


@contextmanager
def at_google(home: Path, _: Certificates) -> Iterator[Place]:
    """Give a place at Google."""
    clock = SharedClock(home / CLOCK, local(BEGINS))
    google = LocalGoogle(LocalCalendars(clock, looks_until_room=1), LocalMailboxes(clock))
    google.calendars.domains = frozenset({SATO.partition("@")[2]})
    sign_up(google, (SATO, HANA), SCOPES, key_pair())
    with running(google), WatchedMail() as mail:
        yield _at(home, clock, AtGoogle(google), mail)


@contextmanager
def at_microsoft(home: Path, certificates: Certificates) -> Iterator[Place]:
    """Give a place at Microsoft."""
    clock = SharedClock(home / CLOCK, local(BEGINS))
    with GraphServer(certificates.server_context(), clock.now) as graph, WatchedMail() as mail:
        for address in (SATO, HANA):
            graph.graph.office.employ(address)
        yield _at(home, clock, AtMicrosoft(graph, certificates.ca_file), mail)


PLACES = {"google": at_google, "microsoft": at_microsoft}
