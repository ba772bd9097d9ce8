"""A compiled playbook: steps, one dataclass per step kind. Immutable, and pinned by its digest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import TypeAlias

from worker.domain.conditions import Condition
from worker.domain.facts import Digest, PlaybookId, StepId, Value
from worker.domain.when import Distance, Moment, Season, Unit, When


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to the person. The template is named, not rendered: it lies in the same version."""

    template: str
    sender: str  # a mailbox of the workspace
    reply_to: str = ""  # a mailbox of the workspace; empty: the sender
    attach: tuple[str, ...] = ()  # files of the playbook's folder; may hold {{ person.id }}
    unsubscribe: bool = False  # offers a way to stop


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of the person with the holders of some roles."""

    title: str
    participants: tuple[str, ...]  # roles
    minutes: int
    within: Distance
    between: tuple[time, time] | None = None
    place: str = ""
    if_declined: str = "reschedule"  # keep | alert
    remind: Distance | None = None  # negative: before the meeting
    together: str = ""  # an attribute of the person whose value is shared; empty: a 1on1
    size: tuple[int, int] = (1, 1)
    notice: Distance | None = None  # least, from the invitation to the meeting; None: the settings'
    mail: Mail | None = None  # to the person, beside the calendar's own; None: a built-in one


OPEN_FOR = Distance(14, Unit.DAYS)  # of a survey that does not say

# A text for readers of several languages: one for all of them, or one for each.
Worded: TypeAlias = str | Mapping[str, str]


def worded(said: Worded, language: str, otherwise: str = "ja") -> str:
    """Give a text in somebody's language, else in the company's, else as it is there.

    >>> worded({"ja": "はい", "en": "Yes"}, "en-GB"), worded("はい", "en")
    ('Yes', 'はい')
    """
    if isinstance(said, str):
        return said
    for wanted in (language.lower()[:2], otherwise):
        if wanted in said:
            return said[wanted]
    return next(iter(said.values()), "")


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a survey: a scale, or a text."""

    id: str
    ask: Worded
    scale: tuple[int, int] | None = None
    required: bool = True
    ends: tuple[Worded, Worded] | None = None  # what the ends of the scale mean


@dataclass(frozen=True, slots=True)
class Survey:
    """A short survey behind a link."""

    questions: tuple[Question, ...]
    intro: Worded = ""
    anonymous: bool = False
    template: str = ""  # of the mail that invites; empty: a built-in one
    sender: str = ""  # a mailbox of the workspace; empty: the one that alerts leave from
    title: Worded = ""  # of the page; empty: a built-in one
    open_for: Distance = OPEN_FOR


@dataclass(frozen=True, slots=True)
class Message:
    """A message on a channel other than mail; `to` is a role, or empty for the person."""

    channel: str  # slack | teams | line
    text: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A to-do for a human, with an owner and a countdown."""

    text: str
    owner: str = "hr"  # a role
    due: Distance | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """Tell members of staff, by the channels they have."""

    to: tuple[str, ...]  # roles
    text: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """Change what is known of the person."""

    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    attributes: Mapping[str, Value] = field(default_factory=dict)  # `status` is one of them
    fact: str = ""  # noted of the person, at the moment of the step


@dataclass(frozen=True, slots=True)
class Enroll:
    """Put the person into another playbook."""

    playbook: PlaybookId


@dataclass(frozen=True, slots=True)
class Webhook:
    """POST a signed JSON body to an address; our key is its Idempotency-Key."""

    url: str
    secret: str = ""  # a name in the settings' `webhooks`, never the secret itself
    body: Mapping[str, Value] = field(default_factory=dict)


Action: TypeAlias = Mail | Meeting | Survey | Message | Task | Alert | Update | Enroll | Webhook


@dataclass(frozen=True, slots=True)
class Expect:
    """What answer is awaited, and until when: silence is a fact after that."""

    answer: str  # the word of the fact that ends the wait: replied, answered, done, accepted
    within: Distance
    or_facts: tuple[str, ...] = ()  # further facts that end it: of the person, or of another step


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder of `if_silent`: some distance after the one before it."""

    actions: tuple[Action, ...]
    after: Distance | None = None  # None: at once (the first rung: when silence is known)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """`3 per 2 weeks`: at most so many messages to one person in that span, all playbooks."""

    count: int
    span: Distance


@dataclass(frozen=True, slots=True)
class Sending:
    """When messages may leave. These only ever delay, and always say why."""

    hours: tuple[time, time] | None = None
    days: str = "any"  # any | business
    at_most: tuple[Budget, ...] = ()
    grace: timedelta = timedelta(days=7)  # how late a step without a deadline may be
    react_every: timedelta = timedelta(hours=1)  # at most one automatic answer to a person in it


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which the company is closed: every year (month, day), or one span of dates."""

    every_year: Season | None = None
    once: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a business day is here."""

    timezone: str = "Asia/Tokyo"
    holidays: frozenset[date] = frozenset()
    closed: tuple[Closure, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens to one person, once (or once per occurrence of a cadence)."""

    id: StepId
    when: When
    action: Action
    line: int = 0  # in playbook.yaml, so that `why` can show it
    no_later_than: Moment | None = None
    condition: Condition | None = None
    season: Season | None = None  # only between these days of the year
    expect: Expect | None = None
    ladder: tuple[Rung, ...] = ()
    approve: str = ""  # a role: held as a draft until somebody releases it
    priority: int = 0  # the higher goes first where budgets collide
    sending: Sending | None = None  # None: the plan's
    late: str = "send"  # send | skip | escalate: what to do when the moment is long past
    in_doubt: str = "ask"  # ask | resend: what to do with a mail that may have gone
    try_for: Distance | None = None  # how long to go on trying; None: the engine's horizon
    even_if_waiting: bool = False  # goes out although the person's own mail waits for an answer


@dataclass(frozen=True, slots=True)
class Plan:
    """A version of a playbook, ready to be decided on."""

    playbook: PlaybookId
    digest: Digest
    title: str
    steps: tuple[Step, ...]
    audience: Condition | None = None  # `for:`; None: people are enrolled by hand or by `enroll`
    needs: tuple[str, ...] = ()
    stop_on: tuple[str, ...] = ()
    calendar: Calendar = Calendar()
    sending: Sending = Sending()
    lacks: tuple[str, ...] = ()  # names the workspace has no more: nothing happens without them

    def actions(self) -> Iterator[Action]:
        """Give everything that its steps and their ladders do."""
        for step in self.steps:
            yield step.action
            for rung in step.ladder:
                yield from rung.actions

    @property
    def has_links(self) -> bool:
        """Say whether its mails hold links to pages of ours."""
        return any(
            isinstance(one, Survey) or (isinstance(one, Mail) and one.unsubscribe)
            for one in self.actions()
        )
