"""One HTML page of a preview: the time line, and every mail as its reader would see it.

The page needs nothing but itself: no script, no picture from elsewhere. Each mail stands in a
frame of its own that may do nothing, so that its styles and the page's do not meet.
"""

import re
from base64 import b64encode
from html import escape
from itertools import groupby
from pathlib import Path

from worker.cli.letters import Letter
from worker.cli.scenes import Scene
from worker.cli.session import Session
from worker.cli.show import person_label, zone_of
from worker.domain.plan import Plan
from worker.domain.reasons import Because
from worker.people.records import PersonRecord

_FRAME_LEAST, _FRAME_MOST = 360, 1400  # pixels of a mail's frame
_LINE = 30  # pixels of a line of text, about
_FIXED = 220  # pixels of what stands around the text
_PAGE_HEIGHT = 900
_BEHIND = "-page"  # ends the name of a page behind a mail's link
_ACROSS = 46  # letters of a line, about

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2530; --soft: #5d6b7a; --line: #dfe5ec; --card: #fff;
  --page: #f4f6f9; --mark: #1f6f5c; --warm: #8a5a00; --warm-bed: #fff4dc; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf3; --soft: #9aa8b7; --line: #333d49;
  --card: #1b222b; --page: #12171d; --mark: #6fd0b5; --warm: #f0c674; --warm-bed: #3a2f17; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.65;
  font-family: "Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic UI", Meiryo,
    system-ui, sans-serif; }
header, main { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.2rem; }
h1 { font-size: 1.5rem; line-height: 1.35; margin: 0 0 .25rem; }
header p { color: var(--soft); margin: 0 0 1rem; font-size: .92rem; }
h2 { font-size: 1rem; margin: 2rem 0 .4rem; color: var(--soft); font-weight: 600; }
ol { list-style: none; margin: 0; padding: 0; border-left: 2px solid var(--line); }
ol > li { position: relative; padding: .45rem 0 .45rem 1.25rem; }
ol > li::before { content: ""; position: absolute; left: -6px; top: 1.05rem; width: 10px;
  height: 10px; border-radius: 50%; background: var(--line); }
ol > li.mail::before { background: var(--mark); }
.when { font-variant-numeric: tabular-nums; color: var(--soft); font-size: .88rem; }
.kind { font-size: .75rem; border: 1px solid var(--line); border-radius: 99px;
  padding: .05rem .55rem; margin-left: .4rem; white-space: nowrap; color: var(--soft); }
.step { font-size: .8rem; color: var(--soft); margin-left: .4rem; overflow-wrap: anywhere; }
.what { display: block; }
.if { display: inline-block; background: var(--warm-bed); color: var(--warm); font-size: .82rem;
  border-radius: .3rem; padding: .05rem .5rem; margin-top: .15rem; }
.why { display: block; color: var(--soft); font-size: .82rem; }
details { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  margin-top: .35rem; overflow: hidden; }
summary { cursor: pointer; padding: .65rem 1rem; font-weight: 600; overflow-wrap: anywhere; }
summary:focus-visible { outline: 3px solid var(--mark); outline-offset: -3px; }
.head { margin: 0; padding: 0 1rem .6rem; font-size: .85rem; color: var(--soft);
  overflow-wrap: anywhere; }
iframe { display: block; width: 100%; border: 0; border-top: 1px solid var(--line);
  background: #fff; }
details details { margin: .75rem 1rem 1rem; }
details details summary { font-weight: 400; font-size: .88rem; }
pre { margin: 0; padding: .75rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere;
  font: .85rem/1.7 ui-monospace, "Noto Sans Mono CJK JP", monospace; }
a { color: var(--mark); }
footer { max-width: 60rem; margin: 2.5rem auto; padding: 0 1.25rem; color: var(--soft);
  font-size: .8rem; overflow-wrap: anywhere; }
"""


def write_page(
    folder: Path, record: PersonRecord, plan: Plan, scenes: list[Scene], session: Session
) -> Path:
    """Write every mail as `.eml` and `.html`, and the page that shows them all; gives its path."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names: list[str] = []
    zone = zone_of(record, session.zone)
    number = 0
    for scene in scenes:
        if scene.invitation:
            start = scene.event.at.astimezone(zone).date().isoformat()
            step = f"{_plain(scene.event.step)}-{scene.event.occurrence}"
            (folder / f"{start}-{step}.ics").write_bytes(scene.invitation)
        if scene.letter is None:
            names.append("")
            continue
        number += 1
        day = scene.event.at.astimezone(zone).date().isoformat()
        rung = f"-{scene.event.rung}" if scene.event.rung else ""
        name = f"{number:02}-{day}-{_plain(scene.event.step)}{rung}"
        names.append(name)
        (folder / f"{name}.eml").write_bytes(scene.letter.content)
        page = shown_html(scene.letter)
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
        if scene.page:
            (folder / f"{name}{_BEHIND}.html").write_text(scene.page, encoding="utf-8")
    index = folder / "index.html"
    index.write_text(_page(record, plan, scenes, names, session), encoding="utf-8")
    return index


def shown_html(letter: Letter) -> str:
    """Give a mail's HTML with its pictures inside, so that it needs no mail program."""
    html = letter.parts.html
    for attachment in letter.parts.attachments:
        if attachment.content_id:
            data = b64encode(attachment.content).decode("ascii")
            html = html.replace(
                f"cid:{attachment.content_id}", f"data:{attachment.media_type};base64,{data}"
            )
    return html


def _page(
    record: PersonRecord,
    plan: Plan,
    scenes: list[Scene],
    names: list[str],
    session: Session,
) -> str:
    say = session.out.say
    zone = zone_of(record, session.zone)
    title = f"{plan.title or plan.playbook} — {person_label(record)}"
    parts = [
        "<!doctype html>",
        f'<html lang="{say.language}">',
        '<head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="robots" content="noindex">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style></head><body>",
        f"<header><h1>{escape(title)}</h1>",
    ]
    if scenes:
        since, until = (
            say.day(scene.event.at.astimezone(zone).date()) for scene in (scenes[0], scenes[-1])
        )
        parts.append(f"<p>{escape(say('preview.page', since=since, until=until))}</p>")
    parts.append("</header><main>")
    together = zip(scenes, names, strict=True)
    for month, group in groupby(
        together, key=lambda one: say.month(one[0].event.at.astimezone(zone).date())
    ):
        parts.append(f"<h2>{escape(month)}</h2><ol>")
        parts += [_item(scene, name, record, session) for scene, name in group]
        parts.append("</ol>")
    count = sum(bool(name) for name in names)
    parts.append(
        f"</main><footer>{escape(say('preview.mails', n=count))} · "
        f"{escape(str(plan.playbook))} {escape(plan.digest[:12])}</footer></body></html>"
    )
    return "\n".join(parts) + "\n"


def _item(scene: Scene, name: str, record: PersonRecord, session: Session) -> str:
    say, event = session.out.say, scene.event
    zone = zone_of(record, session.zone)
    at = event.at.astimezone(zone)
    label = say.step(event.step, event.occurrence, event.rung)
    parts = [
        f'<li class="{"mail" if scene.letter else "other"}">',
        f'<time class="when" datetime="{at.isoformat()}">',
        f"{escape(say.short_day(at.date()))} {at:%H:%M}</time>",
        f'<span class="kind">{escape(say("kind." + event.kind))}</span>',
        f'<span class="step">{escape(label)}</span>',
    ]
    if scene.condition:
        parts.append(f'<div><span class="if">{escape(scene.condition)}</span></div>')
    if scene.letter is None or scene.invitation:
        parts.append(f'<span class="what">{escape(scene.what)}</span>')
    if scene.letter is not None:
        parts.append(_letter(scene.letter, name, session))
        if scene.page:
            parts.append(_behind(scene.page, name, session))
    delays = [reason for reason in event.why if reason.because is not Because.DUE]
    if delays and event.intent is not None:
        parts.append(f'<span class="why">{escape(say.reasons(delays, zone))}</span>')
    parts.append("</li>")
    return "".join(parts)


def _letter(letter: Letter, name: str, session: Session) -> str:
    say, parts = session.out.say, letter.parts
    files = "".join(
        f" · {escape(say('preview.attached', name=one.name))}"
        for one in parts.attachments
        if not one.content_id
    )
    sender = f"{parts.sender.name} <{parts.sender.address}>"
    to = f"{parts.to.name} <{parts.to.address}>"
    frame = escape(shown_html(letter), quote=True)
    opened = " open" if name.startswith("01-") else ""
    return (
        f"<details{opened}><summary>{escape(parts.subject)}</summary>"
        f'<p class="head">{escape(say("preview.from"))}: {escape(sender)}<br>'
        f"{escape(say('preview.to'))}: {escape(to)}{files}</p>"
        f'<iframe sandbox="" loading="lazy" height="{_height(parts.text)}" '
        f'title="{escape(parts.subject, quote=True)}" srcdoc="{frame}"></iframe>'
        f"<details><summary>{escape(say('preview.text_part'))}</summary>"
        f"<pre>{escape(parts.text)}</pre></details>"
        f'<p class="head">{escape(say("preview.files"))}: '
        f'<a href="{escape(name)}.eml">{escape(name)}.eml</a> · '
        f'<a href="{escape(name)}.html">{escape(name)}.html</a></p></details>'
    )


def _behind(page: str, name: str, session: Session) -> str:
    """Show the page behind the link of a mail: as it is, but for its buttons."""
    say, file = session.out.say, f"{name}{_BEHIND}.html"
    title = escape(say("preview.survey_page"), quote=True)
    frame = escape(page, quote=True)
    return (
        f"<details><summary>{title}</summary>"
        f'<iframe sandbox="" loading="lazy" height="{_PAGE_HEIGHT}" title="{title}" '
        f'srcdoc="{frame}"></iframe>'
        f'<p class="head">{escape(say("preview.files"))}: '
        f'<a href="{escape(file)}">{escape(file)}</a></p></details>'
    )


def _height(text: str) -> int:
    """Guess how tall a mail is, so that its frame needs no script to fit it."""
    lines = sum(1 + len(line) // _ACROSS for line in text.splitlines())
    return max(_FRAME_LEAST, min(_FRAME_MOST, _FIXED + lines * _LINE))


def _plain(word: str) -> str:
    """Give a step's id as part of a file's name."""
    return re.sub(r"[^\w.-]", "_", word)
