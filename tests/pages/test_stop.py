"""To stop by a click: a look changes nothing, a POST does, and nobody learns of anybody else."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.domain.stories import HOUR, after, days, playbook, step
from tests.pages.site import SECRET, Site, site
from worker.domain.facts import PersonId
from worker.domain.intents import Key
from worker.domain.links import Door, Named, token
from worker.domain.plan import Mail
from worker.people.records import PersonRecord

pytestmark = pytest.mark.services

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
LETTER = playbook(
    step("welcome", after("offer", HOUR), Mail("welcome", "hr", unsubscribe=True)),
    step("again", after("offer", days(30)), Mail("reminder", "hr", unsubscribe=True)),
)
LAYOUT = "---\nsubject: ようこそ\n---\n\n{{ person.name }}さん\n\n{{ unsubscribe }}\n"


@pytest.fixture
def open_site(tmp_path: Path) -> Iterator[Site]:
    """Somebody has got a mail that offers a way to stop."""
    with site(tmp_path) as opened:
        world = opened.world
        world.letters["welcome"] = LAYOUT
        plan = world.publish(LETTER)
        world.enroll("aoi", plan, offer="2026-04-01 09:00")
        world.run_until("2026-04-01 12:00")
        yield opened


def test_a_look_at_the_page_changes_nothing(open_site: Site) -> None:
    """Mail scanners open every link: the page shows two buttons, and nobody has left."""
    page = open_site.browser.get(open_site.link("aoi"))

    assert page.status_code == 200
    assert "ご案内を停止する" in page.text
    assert "回数を減らす" in page.text
    assert open_site.facts("aoi", "person.") == []


def test_the_button_of_a_mail_program_stops_everything(open_site: Site) -> None:
    """One click (RFC 8058): answered at once and without a redirect, and nothing more goes out."""
    mail = open_site.world.arrived[0]
    header = mail.headers["List-Unsubscribe"]
    answer = open_site.browser.post(open_site.link("aoi"), data=ONE_CLICK)

    open_site.world.run_until("2026-06-01 12:00")

    assert header.startswith("<https://hr.tsunagu.example/u/")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert answer.status_code == 200
    assert open_site.facts("aoi", "person.") == [
        ("person.suppressed", "person.unsubscribed"),
        ("person.unsubscribed", "one-click"),
    ]
    assert len(open_site.world.arrived) == 1


def test_a_mail_program_may_post_its_click_in_parts(open_site: Site) -> None:
    """multipart/form-data is as good (RFC 8058 §3.2)."""
    parts = {"List-Unsubscribe": (None, "One-Click")}

    answer = open_site.browser.post(open_site.link("aoi"), files=parts)

    assert answer.status_code == 200
    assert ("person.unsubscribed", "one-click") in open_site.facts("aoi", "person.")


def test_to_stop_twice_is_to_stop_once(open_site: Site) -> None:
    """Two tabs, a double click, another mail's link: one fact, and the same kind page."""
    link = open_site.link("aoi")

    pages = [open_site.browser.post(link, data={"choice": "stop"}) for _ in range(3)]
    open_site.browser.post(link, data=ONE_CLICK)

    assert {page.status_code for page in pages} == {200}
    assert all("停止しました" in page.text for page in pages)
    assert len(open_site.facts("aoi", "person.unsubscribed")) == 1
    assert "停止しました" in open_site.browser.get(link).text


def test_who_was_taken_back_can_leave_again(open_site: Site) -> None:
    """HR has noted that they wish to hear from us after all: the page has its buttons again."""
    link, world = open_site.link("aoi"), open_site.world
    open_site.browser.post(link, data=ONE_CLICK)
    world.note("aoi", "person.suppressed", value="retracted")

    page = open_site.browser.get(link)
    open_site.browser.post(link, data={"choice": "stop"})

    assert "ご案内を停止する" in page.text
    assert ("person.suppressed", "person.unsubscribed") in open_site.facts("aoi", "person.")


def test_who_could_not_be_reached_anyway_has_still_left(open_site: Site) -> None:
    """A dead address puts somebody out of reach for another reason; leaving is noted beside it."""
    open_site.world.note("aoi", "person.suppressed", value="5.1.1")

    open_site.browser.post(open_site.link("aoi"), data=ONE_CLICK)

    assert open_site.facts("aoi", "person.suppressed") == [
        ("person.suppressed", "5.1.1"),
        ("person.suppressed", "person.unsubscribed"),
    ]


def test_who_only_wants_less_is_written_to_more_rarely(open_site: Site) -> None:
    """The second button: from then on the person counts as gentle, whatever the table says."""
    page = open_site.browser.post(open_site.link("aoi"), data={"choice": "less"})

    world = open_site.world
    cases = world.journal.cases.of([PersonId("aoi")], world.engine.editions.plan)
    assert "回数を減らします" in page.text
    assert cases[0].person.pace == "gentle"
    assert open_site.facts("aoi", "person.") == [("person.pace", "gentle")]
    assert "うかがっています" in open_site.browser.get(open_site.link("aoi")).text


@pytest.mark.parametrize(
    "body",
    [{}, {"choice": "nothing"}, {"choice": "STOP"}, {"list-unsubscribe": "x"}],
    ids=["empty", "unknown", "shouted", "small"],
)
def test_a_post_that_says_nothing_stops_nothing(open_site: Site, body: dict[str, str]) -> None:
    """The page is shown again, with its two buttons."""
    page = open_site.browser.post(
        open_site.link("aoi"),
        data=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert page.status_code == 400
    assert "ご案内を停止する" in page.text
    assert open_site.facts("aoi", "person.") == []


def _tampered(link: str) -> list[str]:
    home, _, known = link.rpartition("/")
    other = token(Door.SURVEY, Named(1, PersonId("aoi"), Key("1/welcome/0/0/mail")), SECRET)
    last = "a" if known[-1] != "a" else "b"
    return [
        f"{home}/{known[:-1]}{last}",
        f"{home}/{'b' + known[1:]}",
        f"{home}/{known[:-1]}",
        f"{home}/{known}a",
        f"{home}/{'a' * 32}",
        f"{home}/{'7' * 32}",
        f"{home}/{other}",
        f"{home}/%00%00",
        f"{home}/{'あ' * 32}",
        f"{home}/x{'y' * 5000}",
    ]


@pytest.mark.parametrize("place", range(10))
def test_a_forged_link_gets_a_kind_page_and_moves_nobody(open_site: Site, place: int) -> None:
    """Changed by a letter, cut short, made up, or of another door: nothing happens."""
    forged = _tampered(open_site.link("aoi"))[place]

    looked = open_site.browser.get(forged)
    posted = open_site.browser.post(forged, data=ONE_CLICK)

    assert (looked.status_code, posted.status_code) == (404, 404)
    assert "このリンクは使えません" in looked.text
    assert open_site.facts("aoi", "person.") == []


def test_the_link_of_somebody_erased_is_like_one_that_never_was(open_site: Site) -> None:
    """After erasing, the page does not tell whether there was anybody."""
    link = open_site.link("aoi")
    made_up = f"/u/{'a' * 32}"
    open_site.world.journal.people.erase(PersonId("aoi"), open_site.world.now)

    assert open_site.browser.get(link).text == open_site.browser.get(made_up).text
    assert open_site.browser.post(link, data=ONE_CLICK).status_code == 404


def test_who_comes_after_somebody_erased_is_not_taken_for_them(open_site: Site) -> None:
    """A number in the journal may be given out again: an old link still leads to nobody."""
    link, world = open_site.link("aoi"), open_site.world
    world.journal.people.erase(PersonId("aoi"), world.now)
    plan = world.engine.editions.plan(next(iter(world.plans)))
    world.enroll("ren", plan, offer="2026-04-01 12:00")
    world.run_until("2026-04-01 15:00")

    answer = open_site.browser.post(link, data=ONE_CLICK)

    assert len(world.wishes("ren")) == 1
    assert answer.status_code == 404
    assert open_site.facts("ren", "person.") == []


def test_the_page_speaks_the_language_of_the_person(open_site: Site) -> None:
    """A person's own language; for an unknown link, what the browser asks for."""
    world = open_site.world
    record = world.journal.people.get(PersonId("aoi"))
    assert isinstance(record, PersonRecord)
    world.journal.people.put([replace(record, locale="en")], world.now)

    known = open_site.browser.get(open_site.link("aoi"), headers={"Accept-Language": "ja"})
    unknown = open_site.browser.get("/u/x", headers={"Accept-Language": "en-GB,en;q=0.9"})

    assert "Stop the mails" in known.text
    assert '<html lang="en">' in known.text
    assert "This link does not work" in unknown.text


def test_nothing_about_a_page_follows_anybody(open_site: Site) -> None:
    """No cookie, no script, nothing to load, no referrer, not to be found by search engines."""
    page = open_site.browser.get(open_site.link("aoi"))

    assert "set-cookie" not in page.headers
    assert "<script" not in page.text
    assert "src=" not in page.text
    assert "http" not in page.text.partition("<body>")[2]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in page.headers["x-robots-tag"]
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha")
    assert open_site.browser.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_one_link_opened_again_and_again_has_to_wait(open_site: Site) -> None:
    """Beyond thirty times a minute the page asks for patience, and says for how long."""
    link = open_site.link("aoi")

    answers = [open_site.browser.get(link) for _ in range(32)]

    assert [one.status_code for one in answers[:30]] == [200] * 30
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60


def test_links_of_a_preview_and_a_rehearsal_say_so(open_site: Site) -> None:
    """Nobody is left wondering why a link of a rehearsal changes nothing."""
    rehearsal = open_site.browser.get("/u/rehearsal")
    preview = open_site.browser.get("/u/preview")
    posted = open_site.browser.post("/u/rehearsal", data=ONE_CLICK)

    assert "リハーサルのリンク" in rehearsal.text
    assert "見本のリンク" in preview.text
    assert "リハーサルのリンク" in posted.text


def test_http_alone_promises_no_one_click(open_site: Site) -> None:
    """RFC 8058 wants https: without it mail programs get the mail address, people the page."""
    world = open_site.world
    assert world.office.links is not None
    world.office = replace(world.office, links=replace(world.office.links, url="http://hr.example"))
    world.restarted()
    plan = world.engine.editions.plan(next(iter(world.plans)))
    world.enroll("ren", plan, offer="2026-04-01 12:00")
    world.run_until("2026-04-01 15:00")

    mail = world.arrived[-1]

    assert mail.headers["List-Unsubscribe"].startswith("<mailto:")
    assert "List-Unsubscribe-Post" not in mail.headers
    assert "http://hr.example/u/" in mail.text


def test_a_database_that_is_locked_is_told_kindly(open_site: Site) -> None:
    """Nothing is pretended: the page says that it could not be saved; a moment later it can."""
    link = open_site.link("aoi")
    locking = sqlite3.connect(open_site.world.url.removeprefix("sqlite:///"), isolation_level=None)
    locking.execute("BEGIN EXCLUSIVE")

    answer = open_site.browser.post(link, data=ONE_CLICK)
    locking.execute("ROLLBACK")
    locking.close()
    again = open_site.browser.post(link, data=ONE_CLICK)

    assert answer.status_code == 503
    assert "ただいま受け付けられません" in answer.text
    assert again.status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(open_site: Site, method: str) -> None:
    """Only to look and to say."""
    answer = open_site.browser.request(method, open_site.link("aoi"))

    assert answer.status_code == 405
    assert isinstance(answer, httpx.Response)
    assert open_site.facts("aoi", "person.") == []
