"""A person, their facts and a way to render one template, for the tests of templates."""

from datetime import UTC, datetime
from textwrap import dedent
from zoneinfo import ZoneInfo

from worker.domain.facts import Fact, Facts, Person, PersonId, PlaybookId, Staff, StaffId
from worker.playbook.templates.layout import Layout
from worker.playbook.templates.mail import CompiledMail, RenderedMail, compile_template, render
from worker.playbook.templates.words import Setting, words_of
from worker.problems import Mistakes, Problem

BARE = Layout("<html><head></head><body>{{ content }}</body></html>", "{{ content }}")
NOW = datetime(2026, 8, 20, 1, 0, tzinfo=UTC)
SATO = Staff(StaffId("sato"), "佐藤 健", "sato@example.jp", attributes={"hello": "こんにちは"})
AOI = Person(
    PersonId("aoi"),
    "山田 葵",
    "aoi@example.jp",
    department="開発部",
    tags=frozenset({"図書館", "テニス"}),
    attributes={"link": "https://example.jp/s/1?a=1&b=2", "nickname": "", "number": 3},
    roles={"mentor": (SATO,)},
)
PLAYBOOK = PlaybookId("naitei-follow")
FACTS = Facts(
    [
        Fact("offer", datetime(2026, 5, 11, 5, 0, tzinfo=UTC)),
        Fact("join", datetime(2027, 3, 31, 15, 0, tzinfo=UTC)),
        Fact("welcome.sent", datetime(2026, 5, 11, 6, 0, tzinfo=UTC), PLAYBOOK),
        Fact("pulse.ease", datetime(2026, 6, 1, 6, 0, tzinfo=UTC), PLAYBOOK, value=4),
    ]
)
SETTING = Setting(
    {"name": "株式会社つなぐ"}, {"name": "田中", "address": "tanaka@example.co.jp"},
    ZoneInfo("Asia/Tokyo"),
)  # fmt: skip


def compiled(body: str, *, subject: str = "件名", path: str = "mails/x.ja.md", head: str = "",
             layout: Layout = BARE) -> CompiledMail:  # fmt: skip
    """Compile a body beneath a front matter."""
    text = f"---\nsubject: {subject}\n{head}---\n{dedent(body)}"
    return compile_template(text, path, layout)


def words(mail: CompiledMail, person: Person = AOI) -> dict[str, object]:
    """Give the words of a person's mail."""
    return words_of(person, FACTS, PLAYBOOK, setting=SETTING, now=NOW, names=mail.roots)


def rendered(body: str, *, subject: str = "件名", path: str = "mails/x.ja.md", head: str = "",
             person: Person = AOI, layout: Layout = BARE) -> RenderedMail:  # fmt: skip
    """Compile a body and render it for a person."""
    mail = compiled(body, subject=subject, path=path, head=head, layout=layout)
    return render(mail, words(mail, person))


def html(body: str, person: Person = AOI) -> str:
    """Render a body and give what stands between the tags of the HTML body."""
    page = rendered(body, person=person).html
    return page.partition("<body>")[2].partition("</body>")[0].strip()


def mistakes(text: str, path: str = "mails/x.ja.md") -> tuple[Problem, ...]:
    """Give the problems of a template that cannot be used."""
    try:
        compile_template(text, path, BARE)
    except Mistakes as found:
        return found.problems
    return ()
