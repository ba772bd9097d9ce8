"""A mail in a real browser as wide as a phone."""

from pathlib import Path

import pytest

from tests.playbook.templates import compiled
from tests.servers.browser import PHONE, phone
from worker.playbook.templates.layout import shipped
from worker.playbook.templates.mail import render

pytestmark = pytest.mark.services

HEIGHTS = "[...document.querySelectorAll('a')].map(it => it.getBoundingClientRect().height)"
WIDE = "document.documentElement.scrollWidth"
BODY = "本文\n\n[日程を選ぶ](https://example.jp/s/1)\n"


def test_the_button_and_the_link_to_stop_are_hit_by_a_thumb(tmp_path: Path) -> None:
    """Both are 44 pixels high at least, small as the letters at the foot may be."""
    mail = render(compiled(BODY, layout=shipped()), {"unsubscribe": "https://example.jp/u/1"})
    page = tmp_path / "mail.html"
    page.write_text(mail.html, encoding="utf-8")

    with phone() as browser:
        browser.open(page.as_uri())
        heights, width = browser.look(HEIGHTS), browser.look(WIDE)

    assert len(heights) == 2
    assert min(heights) >= 44
    assert width <= PHONE[0]
