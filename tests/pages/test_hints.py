"""The address that providers call: it learns where to look, and everybody else learns nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import httpx
import pytest

from integrations.google.hints import read_google
from integrations.microsoft.hints import read_microsoft
from tests.pages.site import HERE, PATIENCE, Site, site
from worker.pages.app import Front, app_of
from worker.pages.hints import PER_WATCH, Hinting
from worker.pages.serve import serving
from worker.ports import Hint

pytestmark = pytest.mark.services

NEWS = {
    "X-Goog-Channel-ID": "a-channel",
    "X-Goog-Channel-Token": "a word",
    "X-Goog-Resource-State": "exists",
}


@dataclass
class Doors:
    """The pages, and what was taken in."""

    browser: httpx.Client
    taken: list[tuple[str, Sequence[Hint]]] = field(default_factory=list)

    def take(self, provider: str, hints: Sequence[Hint]) -> int:
        """Note what came."""
        self.taken.append((provider, hints))
        return len(hints)


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A world with pages; what providers tell is joined to them here."""
    with site(tmp_path_factory.mktemp("site")) as opened:
        yield opened


@pytest.fixture
def doors(world: Site) -> Iterator[Doors]:
    """Pages that Google and Microsoft may call."""
    doors = Doors(httpx.Client(trust_env=False))
    readers = {"google": read_google, "microsoft": read_microsoft}
    front = Front(
        "株式会社つなぐ",
        "ja",
        world.front.leaving,
        world.front.surveys,
        PATIENCE,
        Hinting(readers, doors.take, PATIENCE),
    )
    with serving(app_of(front), HERE, 0, [HERE], patience=PATIENCE) as port, doors.browser:
        doors.browser.base_url = httpx.URL(f"http://{HERE}:{port}")
        yield doors


def test_google_tells_by_headers_alone(doors: Doors) -> None:
    """Taken at once, with nothing to read in the answer."""
    answer = doors.browser.post("/hints/google", headers=NEWS)

    assert (answer.status_code, answer.content) == (202, b"")
    assert doors.taken == [("google", [Hint("a-channel", "a word")])]


def test_that_a_channel_is_open_is_no_news(doors: Doors) -> None:
    """Google says so first."""
    opened = {**NEWS, "X-Goog-Resource-State": "sync"}

    answer = doors.browser.post("/hints/google", headers=opened)

    assert answer.status_code == 202
    assert doors.taken == []


@pytest.mark.parametrize("path", ["/hints/microsoft", "/hints/microsoft/life"])
def test_microsoft_hears_its_own_word_as_plain_text(doors: Doors, path: str) -> None:
    """Decoded, and harmless in a browser, whatever somebody asks us to repeat."""
    word = "Validation: <script>alert(1)</script> 100%"

    answer = doors.browser.post(path, params={"validationToken": word})

    assert (answer.status_code, answer.text) == (200, word)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_microsoft_tells_of_several_at_once(doors: Doors) -> None:
    """Each by its own name and word."""
    value = [{"subscriptionId": one, "clientState": "w"} for one in ("a", "b")]

    answer = doors.browser.post("/hints/microsoft", json={"value": value})

    assert answer.status_code == 202
    assert doors.taken == [("microsoft", [Hint("a", "w"), Hint("b", "w")])]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b'{"value": [[]]}', b"[" * 60_000])
def test_what_cannot_be_read_is_answered_like_everything_else(doors: Doors, content: bytes) -> None:
    """Nobody learns what we could read, and nothing breaks."""
    answer = doors.browser.post("/hints/microsoft", content=content)

    assert answer.status_code == 202
    assert doors.taken == []


def test_nobody_else_has_an_address(doors: Doors) -> None:
    """A page that is not there, as every other that is not; a look is no hint."""
    unknown = doors.browser.post("/hints/elsewhere", headers=NEWS)
    look = doors.browser.get("/hints/google")

    assert (unknown.status_code, look.status_code) == (404, 405)
    assert doors.taken == []


def test_a_flood_is_not_read(doors: Doors) -> None:
    """Of a body what is too much is refused, of hints about one calendar what is too often."""
    large = doors.browser.post("/hints/microsoft", content=b"x" * 70_000)
    answers = {
        doors.browser.post("/hints/google", headers=NEWS).status_code for _ in range(PER_WATCH + 5)
    }

    assert large.status_code == 413
    assert answers == {202}
    assert len(doors.taken) == PER_WATCH


def test_who_guesses_at_the_word_uses_up_nobodys_hints(doors: Doors) -> None:
    """A mailbox at Gmail is called by its address, which everybody knows."""
    forged = {**NEWS, "X-Goog-Channel-Token": "guessed"}
    for _ in range(PER_WATCH + 5):
        doors.browser.post("/hints/google", headers=forged)

    doors.browser.post("/hints/google", headers=NEWS)

    assert doors.taken[-1] == ("google", [Hint("a-channel", "a word")])


def test_pages_of_a_company_without_calendars_take_no_hints(world: Site) -> None:
    """There is nobody to tell."""
    assert world.browser.post("/hints/google", headers=NEWS).status_code == 404
