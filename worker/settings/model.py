"""What a workspace is set to: frozen, complete with defaults, and without a way to print a secret.

A value that `tsunagu.yaml` does not mention has its default here and nowhere else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import time, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from worker.domain.plan import Closure, Sending
from worker.domain.when import Distance, Unit
from worker.settings.secret import Secret

HERE = frozenset({"localhost", "127.0.0.1", "::1"})  # names of this machine
_ONE_BUSINESS_DAY = Distance(1, Unit.BUSINESS_DAYS)
_OFFICE_HOURS = (time(9), time(18))
_DEFAULT_STORE = Secret("sqlite:///.tsunagu/store.db")


@dataclass(frozen=True, slots=True)
class Company:
    """Whose workspace it is, and what a business day is there."""

    name: str
    timezone: str = "Asia/Tokyo"
    holidays: str = "JP"  # a country, or COUNTRY-REGION, as the library `holidays` has it; or none
    closed: tuple[Closure, ...] = ()
    language: str = "ja"  # of messages to staff; candidates have person.locale


@dataclass(frozen=True, slots=True)
class Store:
    """Where the journal lives."""

    kind: str = "sqlite"  # sqlite | postgresql
    url: Secret = _DEFAULT_STORE  # a relative path is made absolute
    path: Path | None = None  # of the file; None: no file
    shown: str = "sqlite:///.tsunagu/store.db"  # the address without its password


@dataclass(frozen=True, slots=True)
class Broker:
    """Who tells workers to look: this process itself, or Redis."""

    kind: str = "embedded"  # embedded | redis
    url: Secret | None = None
    shown: str = "embedded"


@dataclass(frozen=True, slots=True)
class Smtp:
    """How a mailbox sends by SMTP."""

    host: str
    port: int = 587
    tls: str = "starttls"  # implicit | starttls | none
    user: str = ""  # empty: no sign-in
    password: Secret | None = None
    token: Secret | None = None  # an OAuth access token: signs in by XOAUTH2 instead
    sign_in: str = ""  # google | microsoft: by XOAUTH2, with the tokens of that connection
    ca: Path | None = None  # certificates to trust beside the machine's
    timeout: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Imap:
    """How a mailbox is read by IMAP."""

    host: str
    port: int = 993
    tls: str = "implicit"  # implicit | starttls | none
    user: str = ""
    password: Secret | None = None
    token: Secret | None = None
    sign_in: str = ""
    ca: Path | None = None
    inbox: str = "INBOX"
    sent: str = ""  # empty: the folder that the server marks as \Sent
    junk: str = ""  # empty: the folder that the server marks as \Junk
    receiver: str = ""  # what our own receiver calls itself in Authentication-Results


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox at Google or Microsoft, reached through the connection of that name."""

    account: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a mailbox may do; `None` is no limit of ours."""

    per_minute: int | None = None
    per_day: int | None = None
    connections: int = 3
    per_connection: int = 100  # messages, then a new connection
    idle: timedelta = timedelta(seconds=30)  # then an unused connection is closed


# Gmail: 6,000 quota units a minute of which a mail takes 110, and 2,000 mails in 24 hours.
GMAIL = Limits(per_minute=50, per_day=2_000)
# The same 2,000 by SMTP, which has no quota units.
GMAIL_SMTP = Limits(per_day=2_000)
# Exchange Online: 30 messages a minute and 10,000 recipients in 24 hours.
EXCHANGE = Limits(per_minute=30, per_day=10_000)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A sender of the workspace."""

    id: str  # the word playbooks use: hr, president
    address: str
    name: str = ""
    smtp: Smtp | None = None
    imap: Imap | None = None
    google: Account | None = None
    microsoft: Account | None = None
    limits: Limits = Limits()
    owner: str = ""  # the role that answers what comes here; empty: the settings'
    reply_tag: str = ""  # plus | @reply.example.co.jp: where answers carry our signed tag

    @property
    def sign_ins(self) -> frozenset[str]:
        """Name the connections whose tokens its mail servers are shown."""
        servers = (self.smtp, self.imap)
        return frozenset(one.sign_in for one in servers if one is not None and one.sign_in)


@dataclass(frozen=True, slots=True)
class GooglePush:
    """How Gmail tells us of mail: a topic of Cloud Pub/Sub, and a word its pushes bear."""

    topic: str  # projects/…/topics/…
    word: Secret


@dataclass(frozen=True, slots=True)
class Google:
    """The one connection to Google that all mailboxes and calendars use."""

    service_account: Path | None = None  # the key file of domain-wide delegation
    user: str = ""  # or the account of `tsunagu connect google`
    token: Secret | None = None  # of that account: client_id, client_secret, refresh_token as JSON
    client: str = ""  # the OAuth client that `tsunagu connect google` asks as
    client_secret: Secret | None = None
    endpoint: str = ""  # another base address; empty: Google's own
    push: GooglePush | None = None  # None: Gmail is asked for news and tells of none


@dataclass(frozen=True, slots=True)
class Microsoft:
    """The one connection to Microsoft 365."""

    tenant: str
    client: str
    user: str = ""  # the account of `tsunagu connect microsoft`, where no application signs in
    secret: Secret | None = None
    certificate: Path | None = None  # with its key: PEM or PFX
    passphrase: Secret | None = None  # of the certificate's key
    cloud: str = "global"  # global | us-gov | us-dod | china
    authority: str = ""  # empty: what the cloud says
    endpoint: str = ""
    ca: Path | None = None  # certificates to trust beside the machine's; else the environment's

    @property
    def is_person(self) -> bool:
        """Say whether a person signs in, and no application by itself."""
        return bool(self.user) and self.secret is None and self.certificate is None


@dataclass(frozen=True, slots=True)
class Slack:
    """A Slack workspace."""

    token: Secret


@dataclass(frozen=True, slots=True)
class Line:
    """A LINE official account."""

    token: Secret
    secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class Teams:
    """A Teams channel's incoming address."""

    url: Secret


@dataclass(frozen=True, slots=True)
class Channels:
    """Ways to reach people and staff other than mail."""

    slack: Slack | None = None
    line: Line | None = None
    teams: Teams | None = None


@dataclass(frozen=True, slots=True)
class CalDav:
    """A server whose calendars are read as one user; the password goes nowhere else."""

    url: str  # what the addresses of its calendars begin with
    user: str
    password: Secret

    @property
    def is_safe(self) -> bool:
        """Say whether nobody on the way can read the password."""
        where = urlsplit(self.url)
        return where.scheme == "https" or (where.hostname or "") in HERE

    def leads_to(self, address: str) -> bool:
        """Say whether a calendar is there: the same server, and in this folder or below.

        >>> office = CalDav("https://dav.example.jp/cal", "tsunagu", Secret("x"))
        >>> office.leads_to("https://dav.example.jp/cal/sato/work/")
        True
        >>> office.leads_to("https://dav.example.jp.evil.example/cal/sato/")
        False
        >>> office.leads_to("https://dav.example.jp/calendars-of-others/")
        False
        >>> office.leads_to("https://dav.example.jp/cal/../admin/")
        False
        """
        own, other = urlsplit(self.url), urlsplit(address)
        if (own.scheme, own.netloc.lower()) != (other.scheme, other.netloc.lower()):
            return False
        folder = own.path.rstrip("/") + "/"
        parts = other.path.lower().replace("%2e", ".").split("/")
        return f"{other.path}/".startswith(folder) and ".." not in parts


@dataclass(frozen=True, slots=True)
class Webhook:
    """Somebody's web address that playbooks call by its name."""

    secret: Secret
    url: str = ""  # empty: each step says it


@dataclass(frozen=True, slots=True)
class Replies:
    """How what people write is answered: by whom, by when, and who is told if nobody does."""

    owner: str = "hr"  # a role; a mailbox may have another
    within: Distance = _ONE_BUSINESS_DAY
    then: str = "hr_manager"  # a role
    hours: tuple[time, time] = _OFFICE_HOURS  # in which somebody is there to answer
    react_every: timedelta = timedelta(hours=1)  # at most one automatic answer to a person in it
    key: Secret | None = None  # signs the tags in reply addresses; None: one of the journal's own


@dataclass(frozen=True, slots=True)
class Fuse:
    """When one tick would write to too many: more than `least`, and `times` what was foreseen."""

    least: int = 50
    times: float = 3.0


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is over stays where it was; None: for ever."""

    finished: timedelta | None = None  # mails and calls that are settled: then into the history
    received: timedelta | None = None  # the raw bytes of received mails: then they go


@dataclass(frozen=True, slots=True)
class Pages:
    """Where the pages behind the links in mails are served, behind `public_url`."""

    host: str = "127.0.0.1"  # a proxy on this machine stands before it
    port: int = 8480
    key: Secret | None = None  # signs the links; None: made once and kept in the journal
    proxies: tuple[str, ...] = ("127.0.0.1",)  # who may say whose request it passes on


@dataclass(frozen=True, slots=True)
class Surveys:
    """What holds for every survey."""

    least: int = 5  # answers, before any figure of a group is shown


@dataclass(frozen=True, slots=True)
class Meetings:
    """How times for meetings are found, and in whose calendar they are."""

    organiser: str = "staff"  # staff: the first colleague of the meeting | hr: HR's own mailbox
    notice: timedelta = timedelta(hours=24)  # the least between an invitation and its meeting
    grid: int = 30  # minutes: meetings begin at multiples of it
    buffer: timedelta = timedelta()  # between two of our meetings of one member of staff
    hours: tuple[time, time] = (time(9, 30), time(18, 0))  # of staff whose row does not say
    lunch: tuple[time, time] = (time(12), time(13))
    look_every: timedelta = timedelta(minutes=5)  # at what became of meetings
    hold_ahead: timedelta = timedelta(days=14)  # times of promised meetings, before they are due


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a workspace is set to."""

    root: Path  # the workspace's folder, absolute
    company: Company
    path: Path | None = None  # of tsunagu.yaml; None: settings that no file holds
    store: Store = Store()
    broker: Broker = Broker()
    mailboxes: Mapping[str, Mailbox] = field(default_factory=dict)
    google: Google | None = None
    microsoft: Microsoft | None = None
    calendars: str = "mail"  # google | microsoft | mail; a member of staff may differ
    caldav: Mapping[str, CalDav] = field(default_factory=dict)  # servers of colleagues' calendars
    meetings: Meetings = Meetings()
    channels: Channels = Channels()
    sending: Sending = field(default_factory=Sending)  # what a playbook without `sending` does
    webhooks: Mapping[str, Webhook] = field(default_factory=dict)
    alerts_from: str = ""  # the mailbox of messages to staff; empty: `hr`, else the first
    pressure: str = "warn"  # warn | error
    fuse: Fuse = Fuse()
    late_after: timedelta = timedelta(days=7)  # grace of a step that has no deadline
    replies: Replies = Replies()
    retention: Retention = Retention()
    log: str = "console"  # console | json: how the worker's log is written
    seal: Secret | None = None  # of sign-ins at rest; TSUNAGU_KEY of the environment or of `.env`
    public_url: str = ""  # where people's browsers reach us, without a slash at the end
    pages: Pages = Pages()
    surveys: Surveys = Surveys()

    @property
    def alert_mailbox(self) -> Mailbox | None:
        """Give the mailbox that messages to staff leave from; None where there is no mailbox."""
        named = self.mailboxes.get(self.alerts_from) or self.mailboxes.get("hr")
        return named or next(iter(self.mailboxes.values()), None)

    @property
    def mailboxes_read(self) -> frozenset[str]:
        """Name the mailboxes there is a way in to; others may have been read once."""
        return frozenset(
            name
            for name, one in self.mailboxes.items()
            if one.imap is not None
            or (one.google is not None and self.google is not None)
            or (one.microsoft is not None and self.microsoft is not None)
        )

    @property
    def is_only_here(self) -> bool:
        """Say whether `public_url` leads to this machine alone: nobody's phone gets there."""
        return (urlsplit(self.public_url).hostname or "") in HERE

    @property
    def playbooks(self) -> Path:
        """Give the folder whose folders are playbooks."""
        return self.root / "playbooks"

    def secrets(self) -> tuple[str, ...]:
        """Give every secret's text, for the log to mask should one turn up in a message."""
        found = {secret.reveal() for secret in _secrets(self) if secret}
        found -= {self.store.shown, self.broker.shown}  # addresses without a password
        return tuple(sorted(found, key=len, reverse=True))


def _secrets(value: object) -> Iterator[Secret]:
    """Walk through settings and give the secrets in them."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _secrets(inner)
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from _secrets(getattr(value, part.name))
