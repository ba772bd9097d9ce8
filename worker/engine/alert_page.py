"""One screen for a member of staff, as text and as HTML; the same words in both."""

from dataclasses import dataclass
from html import escape

_STYLE = """
body { margin: 0; padding: 0; background-color: #f4f3f0; }
@media only screen and (max-width: 480px) { .sheet { padding: 20px 16px !important; } }
@media (prefers-color-scheme: dark) {
  body, .page { background-color: #17181a !important; }
  .sheet { background-color: #212225 !important; }
  .sheet p, .sheet h2, .sheet li { color: #e6e4df !important; }
  .sheet .say { background-color: #2b3a33 !important; }
  .sheet .foot { color: #a09f9b !important; }
}
"""
_FONT = (
    "font-family: -apple-system, BlinkMacSystemFont, 'Hiragino Sans', 'Noto Sans JP', 'Yu Gothic',"
    " Meiryo, 'Segoe UI', Roboto, sans-serif"
)
_WORDS = f"{_FONT}; font-size: 15px; line-height: 1.6; color: #26272b"
_PARAGRAPH = f"margin: 0 0 12px; {_WORDS}; overflow-wrap: anywhere"
_HEADING = f"margin: 18px 0 4px; {_FONT}; font-size: 13px; line-height: 1.4; color: #5d5e63"
_ITEM = f"margin: 0 0 4px; {_WORDS}; overflow-wrap: anywhere"
_SAY = (
    f"margin: 6px 0 0; padding: 8px 12px; background-color: #eef4f0; border-radius: 4px; {_WORDS}"
)
_FOOT = f"margin: 18px 0 0; {_FONT}; font-size: 12px; line-height: 1.6; color: #6b6c70"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and a few lines; `say` is a sentence that may be said as it is."""

    heading: str
    lines: tuple[str, ...]
    say: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything one mail to staff says."""

    language: str
    subject: str
    greeting: str
    opening: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...]


def as_text(screen: Screen) -> str:
    """Write it as plain text."""
    is_japanese = screen.language == "ja"
    mark, point = ("■ ", "・") if is_japanese else ("", "- ")
    pieces = [screen.greeting, "", screen.opening]
    for section in screen.sections:
        heading = f"{mark}{section.heading}" if is_japanese else f"{section.heading}:"
        pieces += ["", heading, *(f"{point}{line}" for line in section.lines)]
        if section.say:
            pieces.append(f"{point}{section.say}")
    return "\n".join([*pieces, "", *screen.foot]) + "\n"


def as_html(screen: Screen) -> str:
    """Write it as HTML: one column, no picture, nothing loaded from anywhere."""
    body = [_block("p", _PARAGRAPH, screen.greeting), _block("p", _PARAGRAPH, screen.opening)]
    for section in screen.sections:
        body.append(_block("h2", _HEADING, section.heading))
        items = "".join(_block("li", _ITEM, line) for line in section.lines)
        if items:
            body.append(f'<ul style="margin: 0; padding: 0 0 0 20px">{items}</ul>')
        if section.say:
            body.append(_block("p", _SAY, section.say, "say"))
    foot = "<br>".join(map(escape, screen.foot))
    body.append(f'<p class="foot" style="{_FOOT}">{foot}</p>')
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(screen.language)}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(screen.subject)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        '<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" '
        'border="0" bgcolor="#f4f3f0"><tr><td align="center" style="padding: 12px">\n'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
        'style="max-width: 600px"><tr><td class="sheet" bgcolor="#ffffff" align="left" '
        'style="padding: 24px 28px; background-color: #ffffff; border-radius: 6px">\n'
        + "\n".join(body)
        + "\n</td></tr></table>\n</td></tr></table>\n</body>\n</html>\n"
    )


def _block(tag: str, style: str, words: str, name: str = "") -> str:
    named = f' class="{name}"' if name else ""
    return f'<{tag}{named} style="{style}">{escape(words)}</{tag}>'
