"""The pages as an operator knows them: there while `up` runs, told where they cannot be."""

import signal
import socket
from pathlib import Path

import httpx
import pytest

from tests.servers.process import free_port
from tests.servers.worker import said, tsunagu, until, worker
from tests.test_up import workspace

pytestmark = pytest.mark.services


def _settings(port: int) -> str:
    return f"\npublic_url: http://localhost:{port}\npages: {{port: {port}}}\n"


def test_up_serves_the_pages_and_takes_them_along_when_it_ends(tmp_path: Path) -> None:
    """One command: mails and the pages behind their links; SIGTERM ends both."""
    port = free_port()
    home = workspace(tmp_path, free_port(), 0, more=_settings(port))
    with worker(home) as running:
        until(lambda: "Working" in said(home))
        answer = httpx.get(f"http://127.0.0.1:{port}/u/rehearsal", trust_env=False)

        running.send_signal(signal.SIGTERM)
        status = running.wait(20)

    assert answer.status_code == 200
    assert "リハーサル" in answer.text
    assert f"127.0.0.1:{port}" in said(home)
    assert status == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)


def test_a_port_that_is_taken_is_told_with_what_to_write(tmp_path: Path) -> None:
    """Links that lead nowhere would be a broken promise: `up` says so and does not begin."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        home = workspace(tmp_path, free_port(), 0, more=_settings(port))

        typed = tsunagu(home, "up")

    assert typed.returncode == 2
    assert f"Cannot listen at 127.0.0.1:{port}" in typed.stderr
    assert "port: 8481" in typed.stderr


def test_the_pages_can_be_served_by_themselves(tmp_path: Path) -> None:
    """`tsunagu pages` beside `up` on one store: one of them serves, the other says who."""
    port = free_port()
    home = workspace(tmp_path, free_port(), 0, more=_settings(port))
    with worker(home, verb="pages") as serving:
        until(lambda: "Serving" in said(home, "pages"))
        with worker(home) as running:
            until(lambda: "Working" in said(home))
            answer = httpx.get(f"http://127.0.0.1:{port}/u/preview", trust_env=False)
            again = tsunagu(home, "pages")
            running.send_signal(signal.SIGTERM)
            assert running.wait(20) == 0
        serving.send_signal(signal.SIGTERM)
        status = serving.wait(20)

    assert answer.status_code == 200
    assert f"another tsunagu, process {serving.pid}" in said(home)
    assert again.returncode == 2
    assert f"kill {serving.pid}" in again.stderr
    assert status == 0


def test_without_an_address_for_browsers_there_is_nothing_to_serve(tmp_path: Path) -> None:
    """`pages` says which setting is missing; `up` simply works without."""
    home = workspace(tmp_path, free_port(), 0)

    typed = tsunagu(home, "pages")

    assert typed.returncode == 2
    assert "public_url: https://" in typed.stderr


def test_the_doctor_opens_a_page_as_a_browser_would(tmp_path: Path) -> None:
    """Whether the address leads to our pages is seen from outside, and said."""
    port = free_port()
    here = f"\npublic_url: http://{socket.gethostname()}:{port}\n"
    home = workspace(
        tmp_path, free_port(), 0, more=f"{here}pages: {{port: {port}, host: 0.0.0.0}}\n"
    )
    away = tsunagu(home, "doctor")
    with worker(home, verb="pages") as serving:
        until(lambda: "Serving" in said(home, "pages"))
        there = tsunagu(home, "doctor")
        serving.send_signal(signal.SIGTERM)
        serving.wait(20)

    assert "does not lead to our pages" in away.stdout
    assert "is not https" in away.stdout
    assert f"→ 0.0.0.0:{port}" in there.stdout


def test_links_that_only_this_machine_can_open_are_not_sent(tmp_path: Path) -> None:
    """Mail that leaves the machine must not lead people to `localhost`."""
    home = workspace(tmp_path, free_port(), 0, more=_settings(free_port()))
    settings = home / "tsunagu.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("host: 127.0.0.1", "host: smtp.example.jp"), encoding="utf-8")
    playbook = next(home.glob("playbooks/*/playbook.yaml"))
    steps = playbook.read_text(encoding="utf-8")
    playbook.write_text(steps.replace("from: hr", "from: hr, unsubscribe: true"), encoding="utf-8")

    typed = tsunagu(home, "up", "--until-idle")

    assert typed.returncode == 2, typed.stdout + steps
    assert "nobody's phone can open" in typed.stderr
