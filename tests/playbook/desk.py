"""The workspace that the playbooks of these tests are written for, and a way to compile one."""

from collections.abc import Callable

from worker.domain.plan import Calendar, Plan, Sending
from worker.playbook.almanac import holidays_of
from worker.playbook.bundle import PLAYBOOK_FILE, Bundle
from worker.playbook.compile import Compiled, compile_playbook
from worker.playbook.slips import Slip
from worker.playbook.workspace import STANDARD_ROLES, Workspace

WORKSPACE = Workspace(
    mailboxes=frozenset({"hr", "president"}),
    roles=STANDARD_ROLES | {"young_members"},
    playbooks=frozenset({"naitei-follow", "talent-pool", "career-relay"}),
    webhooks=frozenset({"crm"}),
    attributes=frozenset({"graduation_year", "university"}),
    calendar=Calendar(holidays=holidays_of("JP")),
    calendars=frozenset({("mentor", "google"), ("manager", "microsoft"), ("hr", "mail")}),
    sending=Sending(days="business"),
)
FILES = {
    "mails/welcome.md": b"",
    "mails/welcome-reminder.ja.md": b"",
    "mails/welcome-reminder.en.md": b"",
    "guide.pdf": b"",
}
TOP = "playbook: haru\nneeds: [offer, join]\nsteps:\n"
WELCOME = "  - id: welcome\n    when: offer + 1 hour\n    mail: {template: welcome, from: hr}\n"


def bundle_of(text: str | bytes, name: str = "haru") -> Bundle:
    """Put *text* into a playbook's folder beside two mails and an attachment."""
    content = text.encode() if isinstance(text, str) else text
    return Bundle({PLAYBOOK_FILE: content, **FILES}, f"playbooks/{name}")


def compiled(text: str | bytes, workspace: Workspace = WORKSPACE) -> Compiled:
    """Compile *text* as a whole playbook."""
    return compile_playbook(bundle_of(text), workspace)


def plan_of(text: str, workspace: Workspace = WORKSPACE) -> Plan:
    """Give the plan of a playbook that has no mistakes; warnings about idle mails are usual."""
    return compiled(text, workspace).standing()


def slip_of(read: Callable[[str], object], text: str) -> Slip | None:
    """Give the slip that *read* finds in *text*, if it finds one."""
    try:
        read(text)
    except Slip as slip:
        return slip
    return None


def codes(text: str | bytes, *, warnings: bool = False) -> list[str]:
    """Give the codes of the mistakes in a playbook, in the order of their places."""
    return [
        problem.code
        for problem in compiled(text).problems
        if problem.code != "template.idle" and (warnings or not problem.warning)
    ]
