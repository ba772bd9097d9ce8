"""A backup is restored where mails and calendars are at Google or Microsoft: both are asked."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from integrations.localgraph.server import GraphServer
from tests.cli.calendar_hinted import PLAYBOOK, AtGoogle, AtMicrosoft
from tests.cli.desk import Desk, lay_out
from tests.cli.hinted import HR
from tests.cli.test_reconcile import back_up, restore
from tests.servers.certificates import Certificates
from tests.servers.google import google_world
from tests.world import HandClock

pytestmark = pytest.mark.services

AOI = "aoi@example.jp"
OVER_SMTP = "    smtp: {host: 127.0.0.1, port: 2525, tls: none}\n"
MORE = """\
  - id: thanks
    when: talk.booked + 1 hour
    mail: {template: thanks, from: hr}
"""
THANKS = (
    "---\nsubject: 1on1の時間が決まりました\n---\n\n{{ person.name }}さん、楽しみにしています。\n"
)
BEFORE = "2026-04-01 08:00"
WEEK = (
    "2026-04-01 10:00",
    "2026-04-02 10:00",
    "2026-04-02 10:20",
    "2026-04-02 12:00",
    "2026-04-03 11:00",
    "2026-04-06 10:00",
)


@dataclass
class Company:
    """A workspace, and a provider that has its mails and its calendars."""

    desk: Desk
    clock: HandClock
    provider: "AtGoogle | AtMicrosoft"

    def work(self, *instants: str) -> None:
        """Let the worker look at each of these moments, until nothing is due."""
        for instant in instants:
            self.clock.turn_to(self.desk.at(instant).now)
            done = self.desk.type("up", "--until-idle")
            assert done.status == 0, done.err

    def mails(self) -> Counter[str]:
        """Count what left by mail, by whom it was to."""
        if isinstance(self.provider, AtGoogle):
            arrived = self.provider.world.google.mailboxes.arrived
            return Counter(one.recipient for one in arrived)
        return Counter(one.recipient for one in self.provider.server.graph.mailroom.delivered)

    def events(self) -> int:
        """Count the events that were ever made."""
        if isinstance(self.provider, AtGoogle):
            return self.provider.world.asked("calendar.events.insert")
        return len(self.provider.server.graph.office.made)

    def invited(self) -> int:
        """Count how often the provider has invited Aoi."""
        if isinstance(self.provider, AtGoogle):
            sent = self.provider.world.calendars.sent
            return sum((one.address, one.notice) == (AOI, "invited") for one in sent)
        return sum(one.address == AOI for one in self.provider.server.graph.office.told)


def company(folder: Path, provider: AtGoogle | AtMicrosoft) -> Company:
    """Lay a workspace out: a meeting, and a mail when it has its time."""
    desk = lay_out(folder)
    settings = desk.root / "tsunagu.yaml"
    mailbox = f"    {provider.name}: {{account: {HR}}}\n"
    said = settings.read_text().replace(OVER_SMTP, mailbox)
    settings.write_text(said + provider.settings(desk.root))
    (desk.root / "playbooks" / "follow" / "playbook.yaml").unlink()
    playbook = desk.root / "playbooks" / "meet"
    (playbook / "mails").mkdir(parents=True)
    (playbook / "playbook.yaml").write_text(PLAYBOOK + MORE, encoding="utf-8")
    (playbook / "mails" / "thanks.md").write_text(THANKS, encoding="utf-8")
    for table in ("staff", "people"):
        assert desk.type(table, "import").status == 0
    return Company(desk, provider.clock, provider)


@pytest.fixture(params=["google", "microsoft"])
def there(
    request: pytest.FixtureRequest, tmp_path: Path, certificates: Certificates
) -> Iterator[Company]:
    """A company at either of them."""
    if request.param == "google":
        with google_world() as world:
            yield company(tmp_path / "hr", AtGoogle(world))
        return
    clock = HandClock(BEFORE)
    with GraphServer(certificates.server_context(), clock.now) as server:
        provider = AtMicrosoft(server, clock, certificates.ca_file)
        yield company(tmp_path / "hr", provider)


def test_mails_and_meetings_of_a_lost_week_are_found_and_not_made_again(there: Company) -> None:
    """Back up, arrange a meeting and write, restore, reconcile: one event, one mail, as before."""
    there.work(BEFORE)
    backup = back_up(there.desk)
    there.work(*WEEK)
    before = there.mails()

    restore(there.desk, backup)
    there.work("2026-04-06 11:00")
    held = there.desk.type("status")
    there.clock.turn_to(there.desk.at("2026-04-06 11:30").now)
    done = there.desk.type("reconcile", "--yes", "--json")
    there.work("2026-04-06 12:00", "2026-04-07 10:00", "2026-04-08 10:00")

    assert before[AOI] > 0
    assert "tsunagu reconcile" in held.out
    assert (done.json["found"], done.json["booked"]) == (before.total(), 1)
    assert (there.events(), there.invited()) == (1, 1)
    assert there.mails() == before
    assert there.desk.type("doubts", "--json").json == []
