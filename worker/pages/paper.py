"""From what a page says to its HTML: one style, put into each page, and nothing to load."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from worker.pages.words import Phrases

_SHEETS = Path(__file__).parent / "sheets"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_SHEETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def style() -> str:
    """Give the style of every page."""
    return (_SHEETS / "style.css").read_text(encoding="utf-8")


@cache
def style_digest() -> str:
    """Name the style as a Content-Security-Policy does: nothing else may style a page."""
    return f"sha256-{b64encode(sha256(style().encode()).digest()).decode()}"


def page(sheet: str, say: Phrases, *, title: str, company: str, **words: object) -> str:
    """Write a page; every value is escaped."""
    template = _environment().get_template(f"{sheet}.html")
    # the style is ours, and holds nothing that anybody wrote
    css = Markup(style())  # noqa: S704 - see above
    return template.render(say=say, title=title, company=company, style=css, **words)


def note(say: Phrases, key: str, company: str, *lines: str, form: object = None) -> str:
    """Write a page of a few sentences, of which the first stand under *key*."""
    return page(
        "note",
        say,
        title=say(f"{key}.title"),
        company=company,
        lines=(say(f"{key}.lead", company=company), *lines),
        form=form,
    )
