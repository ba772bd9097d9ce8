"""What playbooks may name here: mailboxes, roles, other playbooks, as plain names."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from integrations.google.mailer import LARGEST as BY_GMAIL
from integrations.microsoft.mailer import AT_ONCE as BY_GRAPH_AT_ONCE
from integrations.microsoft.mailer import LARGEST as BY_GRAPH
from worker.people.records import PersonRecord, StaffRecord
from worker.playbook.bundle import PLAYBOOK_FILE
from worker.playbook.workspace import STANDARD_ROLES, Workspace
from worker.settings.model import Settings
from worker.wiring.calendar import calendar_of


def workspace_of(
    settings: Settings,
    *,
    staff: Iterable[StaffRecord] = (),
    people: Iterable[PersonRecord] | None = None,
) -> Workspace:
    """Give the names that playbooks of this workspace may use.

    Args:
        settings: What the workspace is set to.
        staff: Whose roles may be named.
        people: Whose attributes may be named; None where nobody has been asked for them.
    """
    staff = list(staff)
    held = frozenset(role for record in staff for role in record.role)
    return Workspace(
        mailboxes=frozenset(settings.mailboxes),
        roles=STANDARD_ROLES | held,
        playbooks=frozenset(path.name for path in playbook_folders(settings.playbooks)),
        webhooks=frozenset(settings.webhooks),
        attributes=None if people is None else _attributes(people),
        calendar=calendar_of(settings.company),
        sending=replace(
            settings.sending,
            grace=settings.late_after,
            react_every=settings.replies.react_every,
        ),
        holidays=settings.company.holidays,
        calendars=frozenset(_calendars(settings, staff, STANDARD_ROLES | held)),
        largest=frozenset(_largest(settings)),
        pages=bool(settings.public_url),
    )


# https://learn.microsoft.com/graph/api/attachment-createuploadsession: not in these clouds
_WITHOUT_SESSIONS = frozenset({"us-gov", "us-dod"})


def _largest(settings: Settings) -> Iterator[tuple[str, int]]:
    """Say how large a mail may be where a provider's own interface takes it."""
    for id_, mailbox in settings.mailboxes.items():
        if mailbox.microsoft is not None:
            cloud = "" if settings.microsoft is None else settings.microsoft.cloud
            yield id_, BY_GRAPH_AT_ONCE if cloud in _WITHOUT_SESSIONS else BY_GRAPH
        elif mailbox.google is not None:
            yield id_, BY_GMAIL


def _calendars(
    settings: Settings, staff: Sequence[StaffRecord], roles: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Say at which providers those have their calendars who would organise, by role.

    Of a role that nobody holds by itself (each person's own mentor) it is the usual one.
    """
    for role in roles:
        theirs = [one for one in staff if role in one.role]
        if settings.meetings.organiser == "hr" or not theirs:
            yield role, settings.calendars
        for one in theirs if settings.meetings.organiser != "hr" else ():
            yield role, str(one.attributes.get("calendar") or settings.calendars)


def playbook_folders(folder: Path) -> list[Path]:
    """Give the folders below *folder* that are playbooks, by name."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if (path / PLAYBOOK_FILE).is_file())


def layouts_of(root: Path) -> dict[str, bytes]:
    """Read the company's own layout of mails, by path, where the workspace at *root* has one."""
    folder = root / "layouts"
    if not folder.is_dir():
        return {}
    return {
        f"layouts/{path.name}": path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file()
    }


def _attributes(people: Iterable[PersonRecord]) -> frozenset[str]:
    return frozenset(name for record in people for name in record.attributes)
