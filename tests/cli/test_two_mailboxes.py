"""One of two mailboxes has to wait, or is refused for good: the other one's mails leave meanwhile.

The real engine, the real clients, and two mailboxes at the same provider under one sign-in.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from integrations.localgoogle.mailboxes import Box
from integrations.localgraph.server import GraphServer
from tests.cli.desk import lay_out, local
from tests.cli.mail_hinted import OVER_SMTP, AtGoogle, AtMicrosoft, Provider
from tests.servers.certificates import Certificates
from tests.servers.google import google_world
from tests.world import HandClock
from worker.cli.launch import publish_playbooks
from worker.engine.engine import Engine
from worker.engine.journal.journal import open_journal
from worker.settings.load import load_settings
from worker.wiring.engine import engine_of

pytestmark = pytest.mark.services

HR, PRESIDENT = "saiyo@example.co.jp", "tanaka@example.co.jp"
PEOPLE = [f"p{number}@example.jp" for number in range(6)]
TABLE = "ID,氏名,メール,言語,区分,内定日\n" + "".join(
    f"{one.partition('@')[0]},青井 葵,{one},ja,内定者,2026-04-01 09:00\n" for one in PEOPLE
)
PLAYBOOK = """\
playbook: two
title: 二つのメールボックス
for: person.kind == "offer_holder"
needs: [offer]
sending: {hours: 09:00-18:30, at_most: 10 per day}
steps:
  - {id: hr-first, when: offer + 1 hour, mail: {template: letter, from: hr}}
  - {id: president-first, when: offer + 1 hour, mail: {template: letter, from: president}}
  - {id: president-second, when: offer + 2 hours, mail: {template: letter, from: president}}
"""


@dataclass
class Company:
    """Two mailboxes at one provider, and who works."""

    provider: Provider
    engine: Engine
    kept: dict[str, Box] = field(default_factory=dict)

    def until(self, written: str) -> None:
        """Work until a time in Tokyo."""
        self.engine.run_until(local(written), self.provider.clock)

    def throttle(self, address: str, until: datetime, *, as_date: bool) -> None:
        """Have the provider tell whoever asks for a mailbox to come again then."""
        if isinstance(self.provider, AtGoogle):
            faults = self.provider.world.google.faults
            faults.throttled[address], faults.waits_as_date = until, as_date
        if isinstance(self.provider, AtMicrosoft):
            bad_day = self.provider.server.graph.bad_day
            bad_day.throttled[address], bad_day.waits_as_date = until, as_date

    def refuse(self, address: str, how: str) -> None:
        """Have the provider refuse a mailbox for good."""
        if isinstance(self.provider, AtGoogle):
            google = self.provider.world.google
            if how == "revoked":
                google.sign_ins.revoked.add(address)
            else:  # suspended: the person may sign in, and has no mail
                self.kept[address] = google.mailboxes.remove(address)
        if isinstance(self.provider, AtMicrosoft):
            graph = self.provider.server.graph
            if how == "revoked":
                graph.bad_day.denied.add(address)
            else:  # moved: nobody of that address is there
                graph.office.dismiss(address)

    def mend(self, address: str) -> None:
        """Have it be as before."""
        if isinstance(self.provider, AtGoogle):
            google = self.provider.world.google
            google.sign_ins.revoked.clear()
            if address in self.kept:
                google.mailboxes.put_back(self.kept[address])
        if isinstance(self.provider, AtMicrosoft):
            graph = self.provider.server.graph
            graph.bad_day.denied.clear()
            graph.office.employ(address)

    def asked(self, address: str) -> int:
        """Say how many requests there were of a mailbox."""
        if isinstance(self.provider, AtGoogle):
            return sum(one.person == address for one in self.provider.world.google.requests)
        assert isinstance(self.provider, AtMicrosoft)
        return sum(f"/users/{address}/" in one.path for one in self.provider.server.graph.seen)

    def mail_hinted(self) -> list[str]:
        """Give what HR's people were written, from which mailbox: its subject."""
        found = [raw for to, raw in self.provider.sent if to not in PEOPLE]
        read = [message_from_bytes(raw, policy=policy.default) for raw in found]
        assert {str(one["From"].addresses[0].addr_spec) for one in read} <= {PRESIDENT}
        return [str(one["Subject"]) for one in read]

    def sent(self) -> Counter[str]:
        """Say how many mails each mailbox has sent to candidates."""
        sent = [raw for to, raw in self.provider.sent if to in PEOPLE]
        found = (message_from_bytes(raw, policy=policy.default) for raw in sent)
        return Counter(str(one["From"].addresses[0].addr_spec) for one in found)

    def twice(self) -> list[tuple[str, str]]:
        """Give every mail that arrived more than once."""
        told = Counter(
            (to, str(message_from_bytes(raw, policy=policy.default)["Message-ID"]))
            for to, raw in self.provider.sent
        )
        return [one for one, count in told.items() if count > 1]


@pytest.fixture(params=["google", "microsoft"])
def company(
    request: pytest.FixtureRequest, tmp_path: Path, certificates: Certificates
) -> Iterator[Company]:
    """Each provider in turn."""
    with ExitStack() as stack:
        provider: Provider
        if request.param == "google":
            world = stack.enter_context(google_world())
            world.google.employ(PRESIDENT)
            provider = AtGoogle(world)
        else:
            clock = HandClock("2026-04-01 08:00")
            server = stack.enter_context(GraphServer(certificates.server_context(), clock.now))
            server.graph.office.employ(PRESIDENT)
            provider = AtMicrosoft(server, clock, certificates.ca_file)
        engine = _at_work(tmp_path / "hr", provider)
        stack.callback(engine.journal.close)
        stack.callback(engine.performer.close)
        yield Company(provider, engine)


def _at_work(root: Path, provider: Provider) -> Engine:
    desk = lay_out(root)
    way = f"    {provider.name}: {{account: {HR}}}\n"
    another = f"  president: {{address: {PRESIDENT}, {provider.name}: {{account: {PRESIDENT}}}}}\n"
    settings = root / "tsunagu.yaml"
    told = settings.read_text().replace(OVER_SMTP, way)
    settings.write_text(told + another + provider.settings(root))
    (root / "playbooks" / "follow" / "playbook.yaml").write_text(PLAYBOOK)
    (root / "people.csv").write_text(TABLE)
    for table in ("staff", "people"):
        done = desk.type(table, "import")
        assert done.status == 0, done.err
    provider.clock.turn_to(desk.now)
    read = load_settings(settings).standing()
    journal = open_journal(read.store.url.reveal())
    publish_playbooks(read, journal, desk.now)
    return engine_of(read, journal, provider.clock)


@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_a_throttled_mailbox_never_stalls_another(company: Company, *, as_date: bool) -> None:
    """Three hours for HR's: nothing of it is asked meanwhile, then each mail leaves once."""
    until = local("2026-04-01 13:00")
    company.until("2026-04-01 09:55")
    company.throttle(HR, until, as_date=as_date)

    company.until("2026-04-01 10:01")
    at_ten, asked = company.sent(), company.asked(HR)
    company.until("2026-04-01 11:01")
    at_eleven = company.sent()
    company.until("2026-04-01 12:59")
    before, asked_meanwhile = company.sent(), company.asked(HR) - asked
    company.until("2026-04-01 13:01")

    assert at_ten == {PRESIDENT: 6}
    assert at_eleven == {PRESIDENT: 12}
    assert before == {PRESIDENT: 12}
    assert asked > 0
    assert asked_meanwhile == 0
    assert company.sent() == {PRESIDENT: 12, HR: 6}
    assert company.twice() == []


@pytest.mark.parametrize("how", ["revoked", "gone"])
def test_a_refused_mailbox_stops_alone_and_is_told_once(company: Company, how: str) -> None:
    """Revoked; suspended at Google, moved away at Microsoft. Mended, it goes on where it stopped.

    Its mails of ten o'clock leave when a human has mended it and said so, each once.
    """
    company.until("2026-04-01 09:55")
    company.refuse(HR, how)

    company.until("2026-04-01 14:00")
    stopped, told = company.sent(), company.mail_hinted()
    company.mend(HR)
    company.engine.journal.lanes.release("mail:hr", company.provider.clock.now())
    company.until("2026-04-01 14:30")

    assert stopped == {PRESIDENT: 12}
    assert len(told) == 1
    assert company.sent() == {PRESIDENT: 12, HR: 6}
    assert company.mail_hinted()[:1] == told
    assert len(company.mail_hinted()) == 2
    assert company.twice() == []
