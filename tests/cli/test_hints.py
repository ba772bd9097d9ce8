"""What a provider tells us of a calendar: read within seconds, and nothing but a hint."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from integrations.localgoogle.channels import Notification
from integrations.localgoogle.refusals import Refusal
from tests.cli.calendar_hinted import AtGoogle, AtMicrosoft, Company, calendar_hinted
from tests.cli.hinted import PUBLIC
from tests.servers.certificates import Certificates
from worker.engine.hints import APART

pytestmark = pytest.mark.services

DUE = "2026-04-02 10:30"
THREE_HOURS = timedelta(hours=3)
FEW = 10  # seconds; the calendar is read every six hours


@pytest.fixture(params=["google", "microsoft"])
def company(
    request: pytest.FixtureRequest, tmp_path: Path, certificates: Certificates
) -> Iterator[Company]:
    """Aoi has a talk with her mentor, whose calendar is watched."""
    with calendar_hinted(request.param, tmp_path / "hr", certificates) as running:
        running.until(DUE)
        assert "talk.booked" in running.facts()
        running.arrive()
        running.seconds_later(FEW)
        running.answers.clear()
        yield running


def drag(company: Company) -> None:
    """Have the mentor drag the meeting three hours on."""
    company.provider.drag(company.provider.when() + THREE_HOURS)


def test_a_meeting_the_mentor_drags_is_known_within_seconds(company: Company) -> None:
    """Another process hears of it than the one that reads: the journal has it."""
    drag(company)
    company.seconds_later(FEW)
    untold = company.facts()

    company.arrive()
    company.seconds_later(FEW)

    assert "talk.moved" not in untold
    assert company.facts().count("talk.moved") == 1
    assert set(company.answers) == {202}


def test_a_hint_that_is_lost_changes_nothing_but_the_moment(company: Company) -> None:
    """The next reading finds what nobody told us of."""
    drag(company)
    company.provider.waiting.clear()
    company.seconds_later(FEW)
    before = company.facts()

    company.until("2026-04-02 17:00")

    assert "talk.moved" not in before
    assert company.facts().count("talk.moved") == 1


def test_hints_that_are_doubled_and_out_of_order_are_one_reading(company: Company) -> None:
    """However often and whenever they come."""
    drag(company)
    company.provider.waiting[:] = [*reversed(company.provider.waiting)] * 3
    before = company.provider.readings()

    company.arrive()
    company.seconds_later(int(APART.total_seconds()) - 1)

    assert company.facts().count("talk.moved") == 1
    assert company.provider.readings() == before + 1


def test_a_forged_hint_is_nobodys(company: Company) -> None:
    """Whoever knows the name and not the word has nothing read, and is told nothing."""
    before = company.provider.readings()
    watch, provider = company.watch(), company.provider
    said = {"watch": watch.id, "word": "guessed"}
    if isinstance(provider, AtGoogle):
        headers = {
            "X-Goog-Channel-ID": said["watch"],
            "X-Goog-Channel-Token": said["word"],
            "X-Goog-Resource-State": "exists",
        }
        provider.channels.waiting = [Notification(f"{PUBLIC}/hints/google", headers)]
    if isinstance(provider, AtMicrosoft):
        told = {**provider.subscriptions.notification(watch.id), "clientState": said["word"]}
        provider.subscriptions.waiting = [(f"{PUBLIC}/hints/microsoft", told)]

    company.arrive()
    company.seconds_later(FEW)

    assert company.answers == [202]
    assert provider.readings() == before


def test_a_watch_is_renewed_before_it_ends(company: Company) -> None:
    """A meeting weeks ahead would otherwise be unwatched from the second week on."""
    provider = company.provider
    provider.drag(provider.when() + timedelta(days=21))
    first = company.watch().expires_at
    assert first is not None

    company.engine.run_until(first - timedelta(days=1), provider.clock)
    unchanged = company.watch().expires_at
    company.engine.run_until(first - timedelta(hours=3), provider.clock)
    second = company.watch().expires_at
    provider.waiting.clear()
    drag(company)
    company.arrive()
    company.seconds_later(FEW)

    assert unchanged == first
    assert second is not None
    assert second > first + timedelta(days=6)
    assert provider.standing() == 1
    assert company.facts().count("talk.moved") == 2


def test_a_provider_that_will_not_tell_is_read_as_before(company: Company) -> None:
    """`status` says it once, with what to look at; what is moved is found out about all the same.

    Somebody has closed the web server in front, or does not let the provider call it.
    """
    provider = company.provider
    provider.drag(provider.when() + timedelta(days=21))
    first = company.watch().expires_at
    assert first is not None
    before = company.desk.type("status").out

    if isinstance(provider, AtGoogle):
        said = "Unauthorized WebHook callback channel"
        provider.channels.refusal = Refusal(401, "push.webhookUrlUnauthorized", said)
    if isinstance(provider, AtMicrosoft):
        provider.subscriptions.standing.clear()
        provider.subscriptions.reach = lambda _address, _word: "<html>closed</html>"
    company.engine.run_until(first + timedelta(hours=1), provider.clock)
    drag(company)
    company.engine.run_until(first + timedelta(hours=8), provider.clock)
    company.desk.now = provider.clock.now()

    assert "知らせを受け取れません" not in before
    assert company.desk.type("status").out.count("知らせを受け取れません") == 1
    assert company.facts().count("talk.moved") == 2


def test_a_subscription_that_was_removed_is_begun_anew(
    tmp_path: Path, certificates: Certificates
) -> None:
    """Microsoft says that it did so; the calendar is read at once, too."""
    with calendar_hinted("microsoft", tmp_path / "hr", certificates) as company:
        provider = company.provider
        assert isinstance(provider, AtMicrosoft)
        company.until(DUE)
        company.seconds_later(FEW)
        provider.waiting.clear()
        before = company.watch()

        provider.subscriptions.lives(before.id, "subscriptionRemoved")
        del provider.subscriptions.standing[before.id]
        company.arrive()
        company.seconds_later(FEW)

        assert company.watch().id != before.id
        assert provider.standing() == 1


def test_both_channels_of_an_overlap_are_one_reading(
    tmp_path: Path, certificates: Certificates
) -> None:
    """Google's old channel could not be stopped: what it still tells is nobody's."""
    with calendar_hinted("google", tmp_path / "hr", certificates) as company:
        provider = company.provider
        assert isinstance(provider, AtGoogle)
        company.until(DUE)
        provider.drag(provider.when() + timedelta(days=21))
        first = company.watch().expires_at
        assert first is not None
        company.engine.run_until(first - timedelta(hours=3), provider.clock)
        old, new = provider.channels.known.values()
        provider.channels.known[old.id] = replace(old, until=first)
        provider.waiting.clear()
        readings = provider.readings()

        drag(company)
        told = len(provider.waiting)
        company.arrive()
        company.seconds_later(int(APART.total_seconds()) - 1)

        assert (told, provider.readings()) == (2, readings + 1)
        assert new.id == company.watch().id
        assert company.facts().count("talk.moved") == 2


def test_a_hint_of_strange_signs_is_nobodys(company: Company) -> None:
    """Half a sign, a zero, far too long: nothing breaks, and nothing is read."""
    before = company.provider.readings()
    strange = ["\\ud800", "\\u0000", "x" * 5_000, "", company.watch().id]
    told = ",".join(f'{{"subscriptionId": "{one}", "clientState": "\\ud800"}}' for one in strange)

    answer = company.browser.post("/hints/microsoft", content=f'{{"value": [{told}]}}'.encode())
    company.seconds_later(FEW)

    assert answer.status_code == (202 if company.provider.name == "microsoft" else 404)
    assert company.provider.readings() == before
