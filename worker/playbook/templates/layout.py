"""The page around every mail: HR's own `layouts/mail.html`, or ours.

A layout is HTML with `{{ content }}`, and if it likes `{{ subject }}`, `{{ preheader }}`,
`{{ language }}` and the words a mail may use. Its `<style>` is written into the elements once,
when a template is compiled; what stands in `@media` stays a style sheet for those who read it.
A `layouts/mail.txt` beside it does the same for the text part.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HTML = "layouts/mail.html"
TEXT = "layouts/mail.txt"


@dataclass(frozen=True, slots=True)
class Layout:
    """The frame of both parts, and what problems call its files."""

    html: str
    text: str
    html_path: str = HTML
    text_path: str = TEXT


def layout_of(
    playbook: Mapping[str, bytes], workspace: Mapping[str, bytes] | None = None
) -> Layout:
    """Choose the layout: the playbook folder's own, else the workspace's, else the shipped one."""
    ours = shipped()
    chosen = {HTML: ours.html, TEXT: ours.text}
    for files in (workspace or {}, playbook):
        for path in chosen:
            if path in files:
                chosen[path] = files[path].decode("utf-8-sig")
    return Layout(chosen[HTML], chosen[TEXT])


@cache
def shipped() -> Layout:
    """Give the layout that comes with the program."""
    home = Path(__file__).parent
    return Layout(
        (home / "mail.html").read_text(encoding="utf-8"),
        (home / "mail.txt").read_text(encoding="utf-8"),
    )
