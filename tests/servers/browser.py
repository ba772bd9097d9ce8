"""Debian's Chromium, asked over a pipe: the phone that a page is looked at with.

It speaks the DevTools protocol, a JSON object and a zero byte at a time, so that nothing is needed
but the browser itself. Scripts of a page are off: what works here works without them.
"""

import json
import os
import subprocess
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers.process import PATIENCE, program

PHONE = (390, 844)
_LOADED = "Page.loadEventFired"


@dataclass
class Browser:
    """One tab. `noticed` is what it complained of, `fetched` what it asked servers for."""

    reading: int
    writing: int
    session: str = ""
    noticed: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    _count: int = 0
    _rest: bytes = b""
    _loads: int = 0

    def ask(self, method: str, **parameters: object) -> Any:  # noqa: ANN401 - whatever it answers
        """Say one thing and give what comes back."""
        self._count += 1
        said: dict[str, object] = {"id": self._count, "method": method, "params": parameters}
        if self.session:
            said["sessionId"] = self.session
        os.write(self.writing, json.dumps(said).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == self._count:
                if "error" in heard:
                    raise RuntimeError(f"{method}: {heard['error']}")
                return heard["result"]

    def open(self, url: str) -> None:
        """Open a page and wait until it is there."""
        before = self._loads
        self.ask("Page.navigate", url=url)
        self._wait(before)

    def look(self, expression: str) -> Any:  # noqa: ANN401 - whatever it is
        """Give a value of the page."""
        told = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"])
        return told["result"].get("value")

    def tap(self, selector: str, *, leads_on: bool = False) -> None:
        """Touch the middle of something, scrolled to first; *leads_on*: to another page."""
        before = self._loads
        place = self.look(
            f"(() => {{ const it = document.querySelector({json.dumps(selector)});"
            "it.scrollIntoView({block: 'center', behavior: 'instant'});"
            "const box = it.getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.ask(
                "Input.dispatchMouseEvent",
                type=kind,
                x=place[0],
                y=place[1],
                button="left",
                clickCount=1,
            )
        if leads_on:
            self._wait(before)

    def type(self, text: str) -> None:
        """Write where the cursor stands."""
        self.ask("Input.insertText", text=text)

    def dark(self) -> None:
        """See pages as at night."""
        feature = {"name": "prefers-color-scheme", "value": "dark"}
        self.ask("Emulation.setEmulatedMedia", features=[feature])

    def picture(self, path: Path) -> None:
        """Keep what is seen, from the top of the page to its end."""
        told = self.ask("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(b64decode(told["data"]))

    def _wait(self, before: int) -> None:
        while self._loads == before:
            self._hear()

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self.reading, 1 << 16)
            if not more:
                raise RuntimeError("the browser has ended")
            self._rest += more
        one, _, self._rest = self._rest.partition(b"\0")
        heard: dict[str, Any] = json.loads(one)
        self._note(heard.get("method", ""), heard.get("params", {}))
        return heard

    def _note(self, method: str, told: dict[str, Any]) -> None:
        if method == _LOADED:
            self._loads += 1
        elif method == "Log.entryAdded":
            self.noticed.append(told["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.fetched.append(told["request"]["url"])


@contextmanager
def phone(size: tuple[int, int] = PHONE) -> Iterator[Browser]:
    """Hold a browser with a screen of *size*, on which no script of any page runs."""
    to_it, writing = os.pipe()
    reading, from_it = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        command = [
            *("/bin/bash", "-c", f'exec "$@" 3<&{to_it} 4>&{from_it}', "bash", program("chromium")),
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
            *("--no-first-run", "--disable-dev-shm-usage", f"--user-data-dir={home}"),
            "--remote-debugging-pipe",
        ]
        child = subprocess.Popen(  # noqa: S603 - Debian's own browser
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(to_it, from_it),
        )
        os.close(to_it)
        os.close(from_it)
        try:
            yield _tab(Browser(reading, writing), size)
        finally:
            os.close(writing)  # it ends when nobody speaks to it any more
            child.terminate()
            child.wait(PATIENCE)
            os.close(reading)


def _tab(browser: Browser, size: tuple[int, int]) -> Browser:
    target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
    attached = browser.ask("Target.attachToTarget", targetId=target, flatten=True)
    browser.session = attached["sessionId"]
    for part in ("Page", "Log", "Network", "Runtime"):
        browser.ask(f"{part}.enable")
    width, height = size
    browser.ask(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=height,
        deviceScaleFactor=2,
        mobile=width < 500,
    )
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    return browser
