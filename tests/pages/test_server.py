"""What strangers send to a port that stands open: too much, too slowly, in the wrong form."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.domain.stories import HOUR, after, playbook, step
from tests.pages.site import HERE, Site, site
from worker.domain.plan import Mail
from worker.pages.app import PER_ADDRESS
from worker.pages.serve import PortError, serving

pytestmark = pytest.mark.services

LETTER = playbook(step("welcome", after("offer", HOUR), Mail("welcome", "hr", unsubscribe=True)))
LAYOUT = "---\nsubject: ようこそ\n---\n\n{{ unsubscribe }}\n"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def open_site(tmp_path: Path) -> Iterator[Site]:
    """Somebody has got a mail that offers a way to stop."""
    with site(tmp_path) as opened:
        opened.world.letters["welcome"] = LAYOUT
        plan = opened.world.publish(LETTER)
        opened.world.enroll("aoi", plan, offer="2026-04-01 09:00")
        opened.world.run_until("2026-04-01 12:00")
        yield opened


def _raw(port: int, *parts: bytes) -> bytes:
    """Send bytes as they are, and give everything that comes back until the other side closes."""
    with socket.create_connection((HERE, port), timeout=20) as line:
        for part in parts:
            line.sendall(part)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    return answer


def test_ten_megabytes_are_not_read(open_site: Site) -> None:
    """What says that it is large is refused before it is taken in."""
    answer = open_site.browser.post(
        open_site.link("aoi"), content=b"choice=stop&x=" + b"a" * 10_000_000, headers=FORM
    )

    assert answer.status_code == 413
    assert "長すぎます" in answer.text
    assert open_site.facts("aoi", "person.") == []


def test_a_body_without_a_length_is_cut_off(open_site: Site) -> None:
    """Sent in pieces of unsaid number it is refused as soon as it is too large."""

    def pieces() -> Iterator[bytes]:
        yield b"choice=stop&x="
        for _ in range(100):
            yield b"a" * 1_000

    answer = open_site.browser.post(open_site.link("aoi"), content=pieces(), headers=FORM)

    assert answer.status_code == 413
    assert open_site.facts("aoi", "person.") == []


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b'{"choice": "stop"}', {"Content-Type": "application/json"}, 415),
        (b"choice=stop", {"Content-Type": "text/plain"}, 415),
        (b"choice=stop", {}, 415),
        ("&".join(f"f{n}=1" for n in range(1000)).encode(), FORM, 400),
        (b"no parts at all", {"Content-Type": "multipart/form-data; boundary=x"}, 400),
        (b"--x\r\n", {"Content-Type": "multipart/form-data"}, 400),
        (b"choice=stop%00", FORM, 400),
        (b"choice=%ff%fe", FORM, 400),
        ("choice=🙂".encode(), FORM, 400),
        (b"\x00\x01\x02", FORM, 400),
    ],
    ids=[
        *("json", "plain", "unsaid", "thousand", "no-parts", "no-boundary"),
        *("nul", "no-utf8", "emoji", "binary"),
    ],
)
def test_what_is_no_form_of_ours_changes_nothing(
    open_site: Site, content: bytes, headers: dict[str, str], status: int
) -> None:
    """Each gets a page and none a fault."""
    answer = open_site.browser.post(open_site.link("aoi"), content=content, headers=headers)

    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert open_site.facts("aoi", "person.") == []


def test_who_never_ends_the_head_of_a_request_is_sent_away(open_site: Site) -> None:
    """A connection that only drips does not hold its place for ever; others are answered."""
    head = f"GET {open_site.link('aoi')} HTTP/1.1\r\nHost: a\r\nX-Drip: ".encode()

    answer = _raw(open_site.port, head, b"a")

    assert answer == b""
    assert open_site.browser.get(open_site.link("aoi")).status_code == 200


def test_who_says_nothing_at_all_is_sent_away(open_site: Site) -> None:
    """Neither does one that sends nothing."""
    assert _raw(open_site.port) == b""


def test_who_never_ends_a_body_is_answered_and_sent_away(open_site: Site) -> None:
    """Announced and not sent: the page says so, and nothing has happened."""
    lines = (
        f"POST {open_site.link('aoi')} HTTP/1.1",
        "Host: a",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Length: 11",
    )

    answer = _raw(open_site.port, "\r\n".join(lines).encode() + b"\r\n\r\nchoice=")

    assert answer.startswith(b"HTTP/1.1 408")
    assert open_site.facts("aoi", "person.") == []


@pytest.mark.parametrize(
    "said",
    [b"\x16\x03\x01\x02\x00", b"GET /u/x HTTP/1.1\r\n\r\n", b"\r\n" * 9],
    ids=["tls", "no-host", "empty"],
)
def test_what_is_no_http_is_refused(open_site: Site, said: bytes) -> None:
    """And the next request is answered."""
    answer = _raw(open_site.port, said)

    assert answer.startswith(b"HTTP/1.1 400") or answer == b""
    assert open_site.browser.get(open_site.link("aoi")).status_code == 200


def test_one_address_cannot_try_links_without_end(open_site: Site) -> None:
    """Whoever guesses is slowed down, at each address by itself, as the proxy tells it."""
    guesses = [
        open_site.browser.get(f"/u/{number:032}", headers={"X-Forwarded-For": "203.0.113.9"})
        for number in range(PER_ADDRESS + 1)
    ]
    neighbour = open_site.browser.get(
        open_site.link("aoi"), headers={"X-Forwarded-For": "203.0.113.10"}
    )

    assert guesses[0].status_code == 404
    assert guesses[-1].status_code == 429
    assert neighbour.status_code == 200


def test_a_taken_port_is_told(open_site: Site) -> None:
    """Two servers on one port would be a mistake: the second says so at once."""

    async def nothing(*_: object) -> None:
        raise AssertionError

    with (
        pytest.raises(PortError) as told,
        serving(nothing, HERE, open_site.port, [HERE]),
    ):
        pass

    assert (told.value.host, told.value.port) == (HERE, open_site.port)


def test_a_server_that_ended_answers_nobody(tmp_path: Path) -> None:
    """It ends with whoever started it, and gives its port back."""
    with site(tmp_path) as opened:
        port = opened.port
        assert opened.browser.get("/").status_code == 404

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{HERE}:{port}/", trust_env=False)
