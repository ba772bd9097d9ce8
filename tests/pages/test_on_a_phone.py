"""The pages in a real browser as wide as a phone, its scripts off: seen, touched, filled in."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.domain.stories import HOUR, after, playbook, step
from tests.pages.site import Site, site
from tests.servers.browser import PHONE, Browser, phone
from worker.domain.plan import Mail, Question, Survey

pytestmark = pytest.mark.services

LONG = "お忙しいところ恐れ入りますが、先日の面談について、どのように感じられたかをお聞かせください"
PULSE = Survey(
    (
        Question("ease", LONG, (1, 5), ends=("とても話しにくかった", "とても話しやすかった")),
        Question("nps", "友人にすすめたいですか", (0, 10), ends=("いいえ", "はい")),
        Question("worry", "気になっていること", required=False),
    ),
    intro="先日はありがとうございました。",
    sender="hr",
)
PLAYBOOK = playbook(
    step("pulse", after("offer", HOUR), PULSE),
    step("letter", after("offer", HOUR), Mail("welcome", "hr", unsubscribe=True)),
)
LETTER = "---\nsubject: お便り\n---\n\n{{ unsubscribe }}\n"
# what is too small to touch, and what stands out of the page on its right
TOUCHED = "[...document.querySelectorAll('button, .scale label, a.button')]"
SMALL = f"{TOUCHED}.filter(it => it.getBoundingClientRect().height < 44).length"
WIDE = "document.documentElement.scrollWidth"
COLOURS = """[...document.querySelectorAll('h1, p, legend, button, .scale span')].map(it => {
  const colour = one => getComputedStyle(one).backgroundColor;
  let behind = it;
  while (colour(behind) === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
  return [getComputedStyle(it).color, colour(behind)];
})"""

EDGES = """[...document.querySelectorAll('.scale span, textarea')].map(
  it => getComputedStyle(it).borderTopColor)"""


@pytest.fixture
def open_site(tmp_path: Path) -> Iterator[Site]:
    """Somebody was invited to a survey, and got a mail that offers a way to stop."""
    with site(tmp_path) as opened:
        world = opened.world
        world.letters["welcome"] = LETTER
        world.enroll("aoi", world.publish(PLAYBOOK), offer="2026-04-01 09:00")
        world.run_until("2026-04-01 12:00")
        yield opened


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A phone."""
    with phone() as held:
        yield held


def _url(opened: Site, door: str) -> str:
    links = [
        found
        for mail in opened.world.arrived
        for found in re.findall(rf"/{door}/[a-z2-7]{{32}}", mail.text)
    ]
    return f"http://127.0.0.1:{opened.port}{links[0]}"


def _light(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(first: str, second: str) -> float:
    low, high = sorted((_light(first), _light(second)))
    return (high + 0.05) / (low + 0.05)


def test_a_survey_is_answered_with_a_thumb(open_site: Site, browser: Browser) -> None:
    """Three touches and a few words; the page thanks, and the answers are there."""
    browser.open(_url(open_site, "s"))
    browser.tap(".n5 label:nth-child(4)")
    browser.tap(".n11 label:nth-child(11)")
    browser.tap("textarea")
    browser.type("通勤のこと")
    browser.tap("button[value=send]", leads_on=True)

    assert browser.look("document.querySelector('h1').innerText") == "ありがとうございました"
    known = dict(open_site.facts("aoi", "pulse."))
    assert (known["pulse.ease"], known["pulse.nps"]) == (4, 10)
    assert known["pulse.worry"] == "通勤のこと"
    assert browser.noticed == []


def test_what_is_missing_is_found_and_mended(open_site: Site, browser: Browser) -> None:
    """The first touch of “send” tells what is left; what was written is still there."""
    browser.open(_url(open_site, "s"))
    browser.tap("textarea")
    browser.type("席のこと")
    browser.tap("button[value=send]", leads_on=True)
    missing = browser.look("document.querySelectorAll('.warm li').length")
    written = browser.look("document.querySelector('textarea').value")
    browser.tap(".n5 label:nth-child(1)")
    browser.tap(".n11 label:nth-child(1)")
    browser.tap("button[value=send]", leads_on=True)

    assert (missing, written) == (2, "席のこと")
    assert browser.look("document.querySelector('h1').innerText") == "ありがとうございました"
    assert dict(open_site.facts("aoi", "pulse."))["pulse.ease"] == 1


def test_a_half_filled_page_is_there_on_another_phone(open_site: Site, browser: Browser) -> None:
    """Saved on the train, finished at home."""
    browser.open(_url(open_site, "s"))
    browser.tap(".n5 label:nth-child(2)")
    browser.tap("button[value=keep]", leads_on=True)
    with phone() as other:
        other.open(_url(open_site, "s"))
        chosen = other.look("document.querySelector('input:checked').value")

    assert browser.look("document.querySelector('.good') !== null") is True
    assert chosen == "2"


def test_one_touch_stops_and_the_other_asks_for_less(open_site: Site, browser: Browser) -> None:
    """Two buttons that say what they do, and a page that says that it is done."""
    browser.open(_url(open_site, "u"))
    browser.tap("button[value=less]", leads_on=True)
    less = browser.look("document.querySelector('h1').innerText")
    browser.open(_url(open_site, "u"))
    browser.tap("button[value=stop]", leads_on=True)

    assert less == "回数を減らします"
    assert browser.look("document.querySelector('h1').innerText") == "停止しました"
    assert ("person.unsubscribed", "page") in open_site.facts("aoi", "person.")


@pytest.mark.parametrize("door", ["s", "u"])
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_a_page_fits_a_phone_by_day_and_by_night(
    open_site: Site, browser: Browser, door: str, is_dark: bool, tmp_path: Path
) -> None:
    """Nothing to scroll sideways, nothing too small to touch, nothing too pale to read."""
    if is_dark:
        browser.dark()
    browser.open(_url(open_site, door))
    browser.picture(tmp_path / "page.png")

    assert browser.look(WIDE) <= PHONE[0]
    assert browser.look(SMALL) == 0
    colours = browser.look(COLOURS)
    assert len(colours) >= 4
    for ink, paper in colours:
        assert _contrast(ink, paper) >= 4.5, (ink, paper)
    assert (tmp_path / "page.png").stat().st_size > 10_000


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_where_to_touch_and_to_write_is_seen(
    open_site: Site, browser: Browser, is_dark: bool
) -> None:
    """The edge of a number and of a field stands out from the page (WCAG 2.2, 1.4.11: 3:1)."""
    if is_dark:
        browser.dark()
    browser.open(_url(open_site, "s"))

    edges = browser.look(EDGES)
    paper = browser.look("getComputedStyle(document.body).backgroundColor")
    assert len(edges) == 17
    assert min(_contrast(edge, paper) for edge in edges) >= 3


def test_a_page_loads_nothing_but_itself(open_site: Site, browser: Browser) -> None:
    """No picture, no script, no font from elsewhere; the browser complains of nothing."""
    url = _url(open_site, "s")
    browser.open(url)

    fetched = [one for one in browser.fetched if not one.endswith("/favicon.ico")]
    assert fetched == [url]
    assert browser.noticed == []
    assert browser.look("document.cookie") == ""


def test_long_words_do_not_break_a_page(open_site: Site, browser: Browser) -> None:
    """A question without a space, as wide as ten phones, stays within one."""
    survey = replace(PULSE, intro="W" * 400, title="あ" * 120)
    world = open_site.world
    world.enroll(
        "ren", world.publish(playbook(step("long", after("offer", HOUR), survey), name="long")),
        offer="2026-04-01 12:00",
    )  # fmt: skip
    world.run_until("2026-04-01 14:00")

    browser.open(f"http://127.0.0.1:{open_site.port}{open_site.link('ren')}")

    assert browser.look(WIDE) <= PHONE[0]
