"""Compile a template once, render it for many: subject, text and HTML in one go.

    compiled = compile_template(text, "mails/welcome.ja.md", layout)
    mail = render(compiled, words_of(person, facts, …, names=compiled.roots))

All work on Markdown, layout and style sheets is done when a template is compiled. What is left
for each person is one Jinja template that was translated to Python, values escaped in HTML.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from html import escape

import css_inline
from jinja2.environment import Template
from jinja2.exceptions import SecurityError, TemplateRuntimeError, UndefinedError

from worker.domain.errors import MailError
from worker.playbook.templates.frame import Frames, words_shown
from worker.playbook.templates.layout import Layout
from worker.playbook.templates.markdown import write
from worker.playbook.templates.marks import Marks, in_html, literal, out_of_html
from worker.playbook.templates.names import Name, names_in
from worker.playbook.templates.sandbox import SIZE, environment, joined
from worker.playbook.templates.source import Segment, Source, Text, read, segments
from worker.playbook.templates.words import Words
from worker.problems import Mistakes, Problem

CLIPPED = 102_000  # bytes: where Gmail cuts the HTML of a mail

_BETWEEN = "\U0010fffe"  # no character; values that hold it are refused
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PARTS = 4
_FILLER = "https://example.jp/"  # stands for any word that is missing, also in a link
_GAPS = re.compile("\n{3,}")
_KEPT_STYLE = re.compile(r'<style data-css-inline="ignore">.*?</style>', re.DOTALL)
_SET_ASIDE = re.compile(r"<!--style(\d+)-->")
_SLOTS = frozenset({"content", "subject", "preheader", "language"})
_LANGUAGE = re.compile(r"\.([a-z]{2})(?:-[A-Za-z]+)?\.md$")


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """One person's mail, before it becomes bytes."""

    subject: str
    text: str
    html: str
    preheader: str


@dataclass(frozen=True, slots=True)
class CompiledMail:
    """A template, ready to be rendered; one per text, language and layout."""

    path: str
    language: str
    names: tuple[Name, ...]  # every word it uses, with its place
    roots: frozenset[str]  # the first of each: what `words_of` must provide
    images: tuple[tuple[str, str], ...]  # content id and file of each picture in the text
    template: Template
    loops: bool
    source: Source
    warnings: tuple[Problem, ...] = ()
    frames: Frames | None = None  # of a template that chooses nothing by the person


class MissingWord(MailError):  # noqa: N818 - the word of the house
    """A word of a template is not known of this person; `what` is the word."""


def language_of(path: str, default: str = "ja") -> str:
    """Give the language a template's name says: `welcome.en.md` is English.

    >>> language_of("mails/welcome.en.md"), language_of("mails/welcome.md")
    ('en', 'ja')
    """
    found = _LANGUAGE.search(path)
    return found[1] if found else default


def compile_template(
    text: str, path: str, layout: Layout, *, language: str = "", shown: str = ""
) -> CompiledMail:
    """Compile the template *text* of the file *path*.

    Args:
        text: Front matter and Markdown, as the file holds them.
        path: Of the file in its playbook's folder.
        layout: The page around it.
        language: Of a template whose name does not say one; `ja` otherwise.
        shown: What problems call the file; empty: *path*.

    Raises:
        Mistakes: Everything that is wrong with the template, at once.
    """
    spoken = language_of(path, language or "ja")
    source = read(text, shown or path)
    problems: list[Problem] = []
    pieces = [
        (part, segments(source, part, problems))
        for part in (source.subject, source.preheader, source.body)
    ]
    names = [name for part, cut in pieces for name in names_in(source, part, cut, problems)]
    if any(not problem.warning for problem in problems):
        raise Mistakes(problems)
    subject, preheader, body = (cut for _, cut in pieces)
    marks = Marks()
    written = write(marks.marked(body), marks, spoken)
    page = _page(layout, written.html, subject, preheader, marks)
    frame = _frame(layout, written.text, subject, preheader, marks)
    whole = _BETWEEN.join(
        (
            f'{{% set language = "{spoken}" %}}{{% set preheader = {bool(preheader)} %}}'
            + marks.restored(literal(marks.marked(subject))),
            marks.restored(literal(marks.marked(preheader))),
            marks.restored(frame),
            "{% autoescape true %}" + marks.restored(literal(page)) + "{% endautoescape %}",
        )
    )
    size = len(page.encode())
    if size > CLIPPED:
        values = (("size", str(size // 1000)),)
        problems.append(Problem(source.path, 0, 0, "template.clipped", values, warning=True))
    template = environment(spoken).from_string(whole)
    return CompiledMail(
        path,
        spoken,
        tuple(names),
        frozenset({name.path[0] for name in names}) | _roots_of(layout),
        written.images,
        template,
        "{% for" in whole,
        source,
        tuple(problems),
        _frames(template, whole, path),
    )


def render(compiled: CompiledMail, words: Mapping[str, object]) -> RenderedMail:
    """Write one person's mail.

    Raises:
        MailError: A word is missing (`what` names it), or a value must not stand in a mail.
    """
    parts = None if compiled.frames is None else compiled.frames.fill(words)
    if parts is None or sum(map(len, parts)) > SIZE:
        parts = _parts(compiled.template, words, compiled.path, loops=compiled.loops)
    subject, preheader, text, html = parts
    if found := _FORBIDDEN.search(subject):
        raise MailError("subject", f"a value holds the control character U+{ord(found[0]):04X}")
    return RenderedMail(subject.strip(), text, html, preheader.strip())


def _parts(
    template: Template, words: Mapping[str, object], path: str, *, loops: bool = False
) -> list[str]:
    """Have Jinja write the parts of one mail: subject, preheader, text, HTML."""
    try:
        pieces = template.root_render_func(template.new_context(dict(words)))
        whole = joined(pieces) if loops else "".join(pieces)
    except UndefinedError as error:
        raise MissingWord(_missing(error), "is not known of this person") from error
    except (SecurityError, TemplateRuntimeError, ArithmeticError, TypeError, ValueError) as error:
        raise MailError(path, str(error)) from error
    parts = whole.split(_BETWEEN)
    if len(parts) != _PARTS or len(whole) > SIZE:
        raise MailError(path, "a value holds a character that is none, or is too long")
    if "\n\n\n" in parts[2]:
        parts[2] = _GAPS.sub("\n\n", parts[2])
    parts[2] = parts[2].strip("\n") + "\n"
    return parts


def _frames(template: Template, whole: str, path: str) -> Frames | None:
    """Give the frames of a template, if it only shows what is known of a person."""
    shown = words_shown(template.environment.parse(whole))
    return None if shown is None else Frames(shown, partial(_parts, template, path=path))


def undefined_for(compiled: CompiledMail, words: Mapping[str, object]) -> tuple[str, ...]:
    """Name every word this person's mail would lack, in the order it would be met.

    The mail is tried again with each missing word filled in, so that all are found at once and
    nothing is reported of a branch that this person's mail does not take.

    Raises:
        MailError: The mail cannot be written for another reason than a missing word.
    """
    filled = dict(words)
    missing: list[str] = []
    while True:
        try:
            render(compiled, filled)
        except MissingWord as error:
            if error.what in missing:
                raise
            missing.append(error.what)
            _fill(filled, error.what)
        except MailError:
            if missing:  # what was filled in is no date, no address: the rest shows next time
                return tuple(missing)
            raise
        else:
            return tuple(missing)


def _fill(words: dict[str, object], written: str) -> None:
    first, _, rest = written.partition(".")
    known = words.get(first)
    inside = known.values if isinstance(known, Words) else {}
    words[first] = Words(first, {**inside, rest or "name": _FILLER})


def _missing(error: UndefinedError) -> str:
    """Give the word out of Jinja's sentence: 'mentor.name' is undefined."""
    found = re.match(r"'([^']+)' is undefined", error.message or "")
    return found[1] if found else "a word"


@lru_cache(maxsize=64)
def _roots_of(layout: Layout) -> frozenset[str]:
    """Name the words a layout uses."""
    problems: list[Problem] = []
    roots = {
        name.path[0]
        for source in _layout_sources(layout)
        for name in names_in(source, source.body, segments(source, source.body, problems), problems)
    }
    if problems:
        raise Mistakes(problems)
    return frozenset(roots - _SLOTS)


def _layout_sources(layout: Layout) -> tuple[Source, Source]:
    nothing = Text("", 1, 0)
    return (
        Source(layout.html_path, tuple(layout.html.split("\n")), nothing, nothing,
               Text(layout.html, 1, 0)),
        Source(layout.text_path, tuple(layout.text.split("\n")), nothing, nothing,
               Text(layout.text, 1, 0)),
    )  # fmt: skip


def _page(
    layout: Layout, content: str, subject: Sequence[Segment], preheader: Sequence[Segment],
    marks: Marks,
) -> str:  # fmt: skip
    """Put the content into the HTML layout, and its style sheet into the elements."""
    source, _ = _layout_sources(layout)
    slots = {
        "content": lambda: content,
        "subject": lambda: escape(marks.marked(subject)),
        "preheader": lambda: escape(marks.marked(preheader)),
    }
    marked = _filled(source, slots, marks)
    kept: list[str] = []
    marked = _KEPT_STYLE.sub(lambda found: _set_aside(found[0], kept), marked)
    inlined = css_inline.inline(in_html(marked), load_remote_stylesheets=False)
    return out_of_html(_SET_ASIDE.sub(lambda found: kept[int(found[1])], inlined))


def _set_aside(style: str, kept: list[str]) -> str:
    kept.append(style.replace(' data-css-inline="ignore"', ""))
    return f"<!--style{len(kept) - 1}-->"


def _frame(
    layout: Layout, content: str, subject: Sequence[Segment], preheader: Sequence[Segment],
    marks: Marks,
) -> str:  # fmt: skip
    """Put the content into the text layout."""
    _, source = _layout_sources(layout)
    slots = {
        "content": lambda: content,
        "subject": lambda: marks.marked(subject),
        "preheader": lambda: marks.marked(preheader),
    }
    return _filled(source, slots, marks)


def _filled(source: Source, slots: Mapping[str, Callable[[], str]], marks: Marks) -> str:
    """Mark a layout's expressions and fill its slots."""
    filled = []
    for segment in segments(source, source.body, []):
        words = segment.words
        if segment.kind == "value" and len(words) == 1 and words[0].text in slots:
            filled.append(slots[words[0].text]())
        else:
            filled.append(marks.marked([segment]))
    return "".join(filled)
