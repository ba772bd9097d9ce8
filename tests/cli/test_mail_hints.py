"""What a provider tells us of mail: read within seconds, and nothing but a hint."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from tests.cli.mail_hinted import AtMicrosoft, Company, ear_of, mail_hinted, seldom_asking
from tests.servers.certificates import Certificates
from worker.cli.ears import listening
from worker.engine.hints import APART

pytestmark = pytest.mark.services

SENT = "2026-04-01 10:30"
A_MINUTE, A_DAY, A_WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(days=7)
LONG = 30.0  # seconds that something real may take


@pytest.fixture(params=["google", "microsoft"])
def company(
    request: pytest.FixtureRequest, tmp_path: Path, certificates: Certificates
) -> Iterator[Company]:
    """HR has written to Aoi, and the mailbox is watched; nothing is on its way."""
    with mail_hinted(request.param, tmp_path / "hr", certificates) as running:
        yield watched(running)


def watched(company: Company) -> Company:
    """Write to Aoi, and have the mailbox watched."""
    company.until(SENT)
    assert company.read() is None
    company.arrive()
    company.later()
    company.read()
    company.later()
    company.answers.clear()
    return company


def test_an_answer_is_known_as_soon_as_the_provider_tells(company: Company) -> None:
    """Another process hears of it than the one that reads: the journal has it."""
    company.answer()
    untold = company.ear.has_news()

    company.arrive()
    is_told = company.ear.has_news()
    company.read()

    assert (untold, is_told) == (False, True)
    assert set(company.answers) == {202}
    assert company.facts().count("welcome.replied") == 1


def test_an_answer_in_junk_is_told_of_too(company: Company) -> None:
    """By itself that folder is looked at once a minute."""
    company.answer(in_junk=True)
    company.arrive()

    assert company.ear.has_news()
    company.read()
    assert company.facts().count("welcome.replied") == 1


def test_who_waits_is_woken_by_a_hint(company: Company) -> None:
    """The mailbox is asked once an hour here, and the answer is read at once."""
    ear = ear_of(company.settings, company.engine)
    listener = seldom_asking(company, ear)
    company.answer()
    with listening([listener]):
        for _ in range(int(LONG * 10)):
            if company.facts().count("welcome.replied"):
                break
            Event().wait(0.1)
        company.later()
        company.answer("もう一つお伺いします。")
        company.arrive()
        company.later()
        for _ in range(int(LONG * 10)):
            if len(company.engine.journal.mails.lately()) > 1:
                break
            Event().wait(0.1)

    assert len(company.engine.journal.mails.lately()) == 2


def test_hints_that_are_doubled_and_out_of_order_are_one_reading(company: Company) -> None:
    """However often and whenever they come; each mail counts once."""
    company.answer()
    company.answer("追伸です。", in_junk=True)
    company.provider.waiting[:] = [*reversed(company.provider.waiting)] * 3

    company.arrive()
    company.read()
    at_once = company.ear.has_news()
    before = company.provider.readings()
    company.later()

    assert not at_once
    assert not company.ear.has_news()
    assert company.provider.readings() == before
    assert company.facts().count("welcome.replied") == 1
    assert len(company.engine.journal.mails.lately()) == 2


def test_a_hint_that_comes_late_has_nothing_read_twice(company: Company) -> None:
    """What it is about was read meanwhile: it is one question more, and no mail."""
    company.answer()
    late = [*company.provider.waiting]
    company.provider.waiting.clear()
    company.read()
    before = company.facts()
    company.later(A_DAY)

    company.provider.waiting[:] = late
    company.arrive()
    company.read()

    assert before.count("welcome.replied") == 1
    assert company.facts() == before
    assert len(company.engine.journal.mails.lately()) == 1


def test_a_hint_that_is_lost_changes_nothing_but_the_moment(company: Company) -> None:
    """The next reading finds what nobody told us of."""
    company.answer()
    company.provider.waiting.clear()
    is_told = company.ear.has_news()

    company.read()

    assert not is_told
    assert company.facts().count("welcome.replied") == 1


def test_a_hint_that_comes_while_we_read_is_not_lost(company: Company) -> None:
    """The provider's answer may have been on its way already when the mail came."""
    company.ear.begin()
    company.listener.look()
    company.answer()
    company.arrive()
    company.later()

    assert company.ear.has_news()


def test_a_busy_mailbox_is_not_read_with_every_mail(company: Company) -> None:
    """Two readings that hints ask for are some seconds apart."""
    company.read()
    company.answer()
    company.arrive()
    at_once = company.ear.has_news()
    company.later()

    assert not at_once
    assert company.ear.has_news()
    assert timedelta(seconds=5) == APART


def test_a_forged_hint_is_nobodys(company: Company) -> None:
    """Whoever knows the name and not the word has nothing read, and is told nothing."""
    company.provider.forge()
    company.arrive()

    assert set(company.answers) == {202}
    assert not company.ear.has_news()


def test_a_watch_is_renewed_every_day(company: Company) -> None:
    """Long before it ends, so that a provider that forgot it is found out; not with every look."""
    first = [one.expires_at for one in company.watches()]
    before = company.provider.asked()
    for _ in range(60):
        company.later(A_MINUTE)
        company.read()
    between = company.provider.asked()

    company.later(A_DAY)
    company.read()
    company.provider.waiting.clear()
    company.answer()
    company.arrive()
    company.later()

    assert between == before
    second = [one.expires_at for one in company.watches()]
    assert all(new > old + A_DAY - A_MINUTE for old, new in zip(first, second, strict=True))  # type: ignore[operator] # all stand
    assert company.provider.standing() == len(first)
    assert company.ear.has_news()


def test_who_begins_asks_anew(company: Company) -> None:
    """The address or the topic may be another one since; once, and not with every look."""
    before = company.provider.asked()

    another = ear_of(company.settings, company.engine)
    for _ in range(3):
        another.tend()
    another.close()

    assert company.provider.asked() - before == len(company.watches())


def test_a_watch_that_ended_while_we_were_down_is_begun_anew(company: Company) -> None:
    """Eight days without us: what came meanwhile is read, and from now on we are told again."""
    company.answer()
    company.provider.waiting.clear()
    company.later(A_WEEK + A_DAY)
    ended = company.provider.standing()

    company.read()
    company.provider.waiting.clear()
    company.answer("もう一つお伺いします。")
    company.arrive()
    company.later()

    assert ended == 0
    assert company.facts().count("welcome.replied") == 1
    assert company.provider.standing() == len(company.watches())
    assert company.ear.has_news()


def test_a_mailbox_that_stopped_is_read_no_sooner_for_a_hint(company: Company) -> None:
    """Our right was taken back: what is told meanwhile is kept, and read once it is mended."""
    company.provider.revoke()
    company.answer()
    company.arrive()
    stopped = company.read()
    company.later(A_DAY)
    still = company.read()
    untold = company.facts()
    asked = company.provider.asked()

    company.provider.mend()
    company.ear.tend(is_mended=True)
    mended = company.read()

    assert stopped is not None
    assert still is not None
    assert "welcome.replied" not in untold
    assert mended is None
    assert company.provider.asked() > asked
    assert company.facts().count("welcome.replied") == 1


def test_a_watch_that_failed_is_tried_again_as_soon_as_the_mailbox_is_mended(
    company: Company,
) -> None:
    """It is not left alone for hours because somebody had to sign in anew."""
    company.later(A_DAY)
    company.provider.revoke()
    company.ear.tend()
    failed = {one.trouble for one in company.watches()}

    company.provider.mend()
    company.ear.tend()
    untried = {one.trouble for one in company.watches()}
    company.ear.tend(is_mended=True)

    assert failed == untried
    assert "" not in failed
    assert {one.trouble for one in company.watches()} == {""}


def test_a_provider_that_will_not_tell_is_asked_for_news_as_before(company: Company) -> None:
    """`status` and `doctor` say so once each, with what to look at; no mail is missed."""
    before = company.desk.type("status").out
    company.provider.refuse()
    company.later(A_DAY)
    company.read()
    company.answer()
    company.read()
    company.desk.now = company.provider.clock.now()

    assert "知らせを受け取れません" not in before
    assert company.desk.type("status").out.count("知らせを受け取れません") == 1
    assert company.desk.type("doctor", "--offline").out.count("知らせを受け取れません") == 1
    assert company.facts().count("welcome.replied") == 1


def test_the_doctor_says_who_tells_us_of_mail(company: Company) -> None:
    """And whether anything ever came: a subscription of Pub/Sub may push to nobody."""
    company.desk.now = company.provider.clock.now()

    assert (
        company.desk.type("doctor", "--offline").out.count("届いたことを、すぐに知らせてもらう")
        == 1
    )


@pytest.mark.parametrize("name", ["google", "microsoft"])
def test_without_an_address_nobody_is_asked(
    tmp_path: Path, certificates: Certificates, name: str
) -> None:
    """`public_url` is not https, or there is none: mail is read as ever, and nobody says a word."""
    with mail_hinted(name, tmp_path / "hr", certificates, "fuse: {}\n") as running:
        running.until(SENT)
        running.read()
        running.answer()
        running.read()

        assert running.provider.asked() == 0
        assert running.watches() == []
        assert running.facts().count("welcome.replied") == 1
        assert "知らせ" not in running.desk.type("status").out


def test_a_subscription_that_was_removed_is_begun_anew(
    tmp_path: Path, certificates: Certificates
) -> None:
    """Microsoft says that it did so, or that it wants to be asked again; or that it lost some."""
    with mail_hinted("microsoft", tmp_path / "hr", certificates) as company:
        watched(company)
        provider = company.provider
        assert isinstance(provider, AtMicrosoft)
        first, second = company.watches()

        provider.subscriptions.lives(first.id, "subscriptionRemoved")
        provider.subscriptions.lives(second.id, "reauthorizationRequired")
        del provider.subscriptions.standing[first.id]
        company.arrive()
        is_told = company.ear.has_news()
        asked = provider.asked()
        company.read()
        names = {one.id for one in company.watches()}
        provider.subscriptions.lives(second.id, "missed")
        company.arrive()
        company.later()

        assert is_told
        assert provider.asked() - asked == 4  # the first: prolonged and ended in vain, begun anew
        assert first.id not in names
        assert second.id in names
        assert provider.standing() == 2
        assert company.ear.has_news()
