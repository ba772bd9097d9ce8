"""Which names a playbook may use: facts of the person and of its steps, roles, attributes.

A name that nothing brings about would make a step wait for ever in silence, so every name is
checked where it stands, and the nearest right one is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from worker.playbook.expressions import Mention
from worker.playbook.source import Source, Text
from worker.playbook.workspace import PERSON_FIELDS, Workspace
from worker.problems import nearest

# What a step of each kind can bring about, apart from going wrong.
FACT_WORDS: Mapping[str, tuple[str, ...]] = {
    "mail": ("sent", "replied", "silent"),
    "meeting": (
        *("booked", "accepted", "tentative", "declined", "moved", "cancelled", "held"),
        "silent",
    ),
    "survey": ("sent", "answered", "silent"),
    "message": ("sent", "replied", "silent"),
    "task": ("opened", "done", "silent"),
    "alert": ("alerted",),
    "update": ("updated",),
    "enroll": ("enrolled",),
    "webhook": ("called",),
}
ALWAYS = ("failed", "skipped", "missed")

# The word of the fact that ends a wait, by the author's word for it, for each kind.
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "mail": {"reply": "replied"},
    "message": {"reply": "replied"},
    "survey": {"answer": "answered"},
    "meeting": {"accept": "accepted"},
    "task": {"done": "done"},
}

ONLINE = {"google_meet": "google", "teams": "microsoft"}  # place → whose calendar makes the link
STAFF_FIELDS = frozenset({"id", "name", "email", "role", "department"})
PACES = ("gentle", "standard", "active")
KINDS_OF_PEOPLE = ("offer_holder", "declined", "rejected")
LOCALES = ("ja", "en", "zh", "ko", "vi")
_RESERVED = frozenset(
    {"person", "facts", "now", "and", "or", "not", "in", "at", "from", "until", "every"}
    | {"true", "false"}
)
_SHOWN_FACTS = 8


@dataclass(frozen=True, slots=True)
class StepNames:
    """One step, as far as other steps may name it."""

    id: str
    kind: str  # empty: it could not be told, so anything is believed
    expects: bool = False
    approved: bool = False
    questions: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()  # questions of an anonymous survey: no fact of anybody

    @property
    def words(self) -> tuple[str, ...]:
        """Give the words of the facts this step can bring about."""
        own = FACT_WORDS.get(self.kind, ())
        return (
            *(said for said in own if said != "silent" or self.expects),
            *self.questions,
            *(("approved",) if self.approved else ()),
            *ALWAYS,
        )


@dataclass(frozen=True, slots=True)
class Names:
    """All names of one playbook in its workspace. Checks one at a time, where it stands."""

    source: Source
    workspace: Workspace
    steps: Mapping[str, StepNames]
    declared: frozenset[str] = field(default_factory=frozenset)  # `facts:` and `needs:`

    def is_person_fact(self, name: str) -> bool:
        """Say whether *name* is known of a person without any step."""
        return name in self.workspace.facts or name in self.declared

    def step_of(self, fact: str) -> StepNames | None:
        """Give the step that brings *fact* about."""
        return self.steps.get(fact.rpartition(".")[0])

    def check_fact(self, node: Text, name: str, part: tuple[int, int] | None = None) -> None:
        """Check the name of a fact that something waits for."""
        if self.is_person_fact(name):
            return
        step = self.step_of(name)
        if step is None and self.workspace.believes:
            return
        if step is None:
            self._unknown_fact(node, name, part)
            return
        said = name.rpartition(".")[2]
        if not step.kind or said in step.words:
            return
        values = {"found": name, "step": step.id, "kind": step.kind, "word": said}
        if said == "silent" and said in FACT_WORDS[step.kind]:
            self.source.report("fact.no_expect", node, values, part=part)
        elif said == "approved":
            self.source.report("fact.no_approve", node, values, part=part)
        elif said in step.hidden:
            self.source.report("fact.anonymous", node, values, part=part)
        else:
            near = nearest(said, step.words)
            self.source.report(
                "fact.word",
                node,
                values,
                expected=tuple(f"{step.id}.{one}" for one in step.words),
                nearest=f"{step.id}.{near}" if near else "",
                part=part,
            )

    def check_person_fact(self, node: Text, name: str) -> None:
        """Check the name of a fact that a person's record must hold."""
        if name not in self.workspace.facts and "." in name:
            self.source.report("fact.of_person", node, {"found": name})

    def check_mention(self, node: Text, mention: Mention, *, before: bool = False) -> None:
        """Check one name of a condition; *before*: nothing of this playbook has happened yet."""
        part = (mention.offset, mention.length)
        first, *rest = mention.path
        written = mention.written
        if written == "now":
            return
        if first == "person":
            self._check_person(node, mention, part)
        elif first == "facts" and rest:
            self.check_fact(node, ".".join(rest), (mention.offset + 6, mention.length - 6))
        elif first in self.workspace.roles and first not in self.steps:
            self._check_staff(node, mention, part)
        elif self.is_person_fact(written):
            return
        elif self.step_of(written) is not None:
            if before:
                self.source.report("for.step", node, {"found": written}, part=part)
            else:
                self.check_fact(node, written, part)
        elif self.workspace.believes:
            return
        elif not rest and not mention.against:
            self._check_bare(node, mention, part)
        else:
            self._unknown_name(node, written, part)

    def check_secret(self, node: Text, name: str) -> None:
        """Check the name of a signing secret; what is written instead of one is not shown."""
        known = tuple(sorted(self.workspace.webhooks))
        if name not in known and not self.workspace.believes:
            near = nearest(name, known)
            self.source.report("webhook.secret", node, {}, expected=known, nearest=near)
            if not near:
                self.source.hide()

    def check_role(self, node: Text, name: str) -> None:
        """Check the name of a role of staff."""
        known = sorted(self.workspace.roles)
        if name not in known and not self.workspace.believes:
            self._unknown("role.unknown", node, name, known)

    def check_place(self, node: Text, place: str, role: str) -> None:
        """Warn where a link is wanted that the organiser's calendar cannot make."""
        if place not in ONLINE or self.workspace.believes:
            return
        theirs = {where for whose, where in self.workspace.calendars if whose == role}
        for instead, provider in ONLINE.items():
            if instead != place and provider in theirs:
                values = {"found": place, "role": role, "instead": instead}
                values["other"] = provider.capitalize()
                self.source.report("meeting.place", node, values, warning=True)
        if theirs - set(ONLINE.values()):  # invited by mail; an address can only be read
            values = {"found": place, "role": role, "provider": ONLINE[place]}
            self.source.report("meeting.no_link", node, values, warning=True)

    def check_mailbox(self, node: Text, name: str) -> None:
        """Check the name of a mailbox."""
        known = sorted(self.workspace.mailboxes)
        if name not in known and not self.workspace.believes:
            self._unknown("mailbox.unknown", node, name, known)

    def largest(self, mailbox: str) -> int | None:
        """Say how many octets a mail of *mailbox* may have; None where nobody knows."""
        return None if self.workspace.believes else dict(self.workspace.largest).get(mailbox)

    def check_attribute(self, node: Text, name: str) -> None:
        """Check the name of something that every person has a value of."""
        known = PERSON_FIELDS | (self.workspace.attributes or frozenset())
        if name not in known and self.workspace.attributes is not None:
            self._unknown("person.unknown", node, name, sorted(known))
        elif name not in known and (near := nearest(name, sorted(PERSON_FIELDS))):
            values = {"found": name}
            self.source.report("person.unlike", node, values, nearest=near, warning=True)

    def check_id(self, node: Text, name: str) -> None:
        """Check that the id of a step can be told from every other name."""
        if name in _RESERVED or (name in self.workspace.roles and not self.workspace.believes):
            self.source.report("id.reserved", node, {"found": name, "other": f"{name}-step"})

    def _unknown(
        self,
        code: str,
        node: Text,
        name: str,
        known: Iterable[str],
        part: tuple[int, int] | None = None,
    ) -> None:
        choices = tuple(known)
        near = nearest(name, choices)
        self.source.report(code, node, {"found": name}, expected=choices, nearest=near, part=part)

    def _unknown_fact(self, node: Text, name: str, part: tuple[int, int] | None) -> None:
        told = sorted(
            fact for fact in self.workspace.facts | self.declared if not fact.startswith("person.")
        )
        brought = [f"{step.id}.{one}" for step in self.steps.values() for one in step.words]
        near = nearest(name, [*told, *brought])
        home, _, said = name.rpartition(".")
        if not near and home and (step := nearest(home, self.steps)):
            near = f"{step}.{said}"
        expected = tuple(brought[:_SHOWN_FACTS] if home and brought else told)
        self.source.report(
            "fact.unknown", node, {"found": name}, expected=expected, nearest=near, part=part
        )

    def _unknown_name(self, node: Text, name: str, part: tuple[int, int]) -> None:
        """A name of which not even the first word is known."""
        home, _, said = name.partition(".")
        homes = ("person", "facts", "now", *self.steps, *sorted(self.workspace.roles))
        whole = [f"{step.id}.{one}" for step in self.steps.values() for one in step.words]
        near = nearest(name, [*whole, *sorted(self.workspace.facts)])
        if not near and (first := nearest(home, homes)):
            near = f"{first}.{said}" if said else first
        if not near and name in PERSON_FIELDS | (self.workspace.attributes or frozenset()):
            near = f"person.{name}"
        self.source.report(
            "name.unknown",
            node,
            {"found": name},
            expected=homes,
            nearest=near,
            part=part,
        )

    def _check_person(self, node: Text, mention: Mention, part: tuple[int, int]) -> None:
        name = ".".join(mention.path[1:])
        custom = self.workspace.attributes
        known = PERSON_FIELDS | (custom or frozenset())
        values = {"found": mention.written}
        if name in self.workspace.roles:
            self.source.report("person.role", node, values, nearest=name, part=part)
        elif name not in known and (custom is not None or not name or "." in name):
            expected = tuple(f"person.{one}" for one in sorted(known))
            near = nearest(mention.written, expected)
            self.source.report(
                "person.unknown", node, values, expected=expected, nearest=near, part=part
            )
        elif name not in known and (near := nearest(name, sorted(PERSON_FIELDS))):
            self.source.report(
                "person.unlike", node, values, nearest=f"person.{near}", part=part, warning=True
            )
        choices = {"pace": PACES, "kind": KINDS_OF_PEOPLE}.get(name, ())
        for said, offset, length in mention.against if choices else ():
            if said not in choices:
                near = nearest(said, choices)
                self.source.report(
                    "person.value",
                    node,
                    {"found": said, "name": mention.written},
                    expected=choices,
                    nearest=f'"{near}"' if near else "",
                    part=(offset, length),
                )

    def _check_staff(self, node: Text, mention: Mention, part: tuple[int, int]) -> None:
        name = ".".join(mention.path[1:])
        if name and name not in STAFF_FIELDS:
            expected = tuple(f"{mention.path[0]}.{one}" for one in sorted(STAFF_FIELDS))
            near = nearest(mention.written, expected)
            values = {"found": mention.written}
            self.source.report(
                "staff.unknown", node, values, expected=expected, nearest=near, part=part
            )

    def _check_bare(self, node: Text, mention: Mention, part: tuple[int, int]) -> None:
        """A single unknown word: most often a text without its quotes."""
        name = mention.written
        before = node.text[: mention.offset].rstrip()
        if before.endswith(("==", "!=", "in", "[", ",")):
            near = f'"{name}"'
            self.source.report("if.unquoted", node, {"found": name}, nearest=near, part=part)
        else:
            self._unknown_name(node, name, part)
