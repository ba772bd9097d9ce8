"""What a playbook may name outside its own folder: mailboxes, roles, other playbooks, facts.

The settings and the people's records know these; they hand them over as plain names, so that the
language needs neither.
"""

from dataclasses import dataclass, field

from worker.domain.plan import Calendar, Sending

# Known of a person without any step: from the record, from HR, or from the mailbox.
STANDARD_FACTS = frozenset(
    {
        "offer",
        "accept",
        "join",
        "declined",
        "withdrawn",
        "joined",
        "opted_out",
        "rejected",
        "consented",
        "person.held",
        "person.released",
        "person.away",
        "person.bounced",
        "person.complained",
        "person.unsubscribed",
        "person.suppressed",
        "person.wrote",
        "person.pace",
        "person.unavailable",
    }
)

# What every person's record has. Anything else of `person.` is an attribute of the workspace.
PERSON_FIELDS = frozenset(
    {"id", "name", "email", "locale", "kind", "department", "pace", "timezone", "tags", "kana"}
)

STANDARD_ROLES = frozenset({"mentor", "manager", "department_manager", "hr", "hr_manager"})


@dataclass(frozen=True, slots=True)
class Workspace:
    """The names a playbook may use, and what it falls back on. Hashable, and cheap to compare."""

    mailboxes: frozenset[str] = frozenset()
    roles: frozenset[str] = STANDARD_ROLES
    playbooks: frozenset[str] = frozenset()
    webhooks: frozenset[str] = frozenset()  # names of signing secrets
    facts: frozenset[str] = STANDARD_FACTS
    attributes: frozenset[str] | None = None  # of people; None: nobody has been imported so far
    calendar: Calendar = field(default_factory=Calendar)
    sending: Sending = field(default_factory=Sending)
    holidays: str = "JP"  # the country whose holidays `calendar` holds
    calendars: frozenset[tuple[str, str]] = frozenset()  # role; google, microsoft, mail, an address
    largest: frozenset[tuple[str, int]] = frozenset()  # mailbox, and the octets that it takes
    pages: bool = True  # people's browsers reach us: surveys can be answered
    believes: bool = False  # every name: of a version that was right when it was stored
