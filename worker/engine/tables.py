"""The tables of the journal, as SQLAlchemy Core sees them: the same on SQLite and PostgreSQL.

Instants are whole microseconds since 1970 UTC (`stamp`, `moment`): they compare, index and add up
alike in every database, and no driver has an opinion on their zone. What is looked at as a whole
(reasons, attributes) is JSON text; what is searched for is a column.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts rows by itself only in a column that is exactly INTEGER PRIMARY KEY.
_Serial = BigInteger().with_variant(Integer, "sqlite")

person = Table(
    "person",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("email", String, nullable=False),
    Column("email_key", String, nullable=False),  # as addresses are compared
    Column("kana", String, nullable=False),
    Column("locale", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("department", String, nullable=False),
    Column("mentor", Text, nullable=False),  # JSON: ids of staff
    Column("manager", Text, nullable=False),  # JSON: ids of staff
    Column("pace", String, nullable=False),
    Column("timezone", String, nullable=False),
    Column("tags", Text, nullable=False),  # JSON, sorted
    Column("attributes", Text, nullable=False),  # JSON, sorted
    Column("next_at", BigInteger),  # when the tick must look again; NULL: never by time alone
    Column("parked", Text),  # the fault of ours that keeps this person from being decided on
)
Index("ix_person_email_key", person.c.email_key)
Index(
    "ix_person_next",
    person.c.next_at,
    person.c.id,
    sqlite_where=person.c.next_at.is_not(None),
    postgresql_where=person.c.next_at.is_not(None),
)
Index(
    "ix_person_parked",
    person.c.id,
    sqlite_where=person.c.parked.is_not(None),
    postgresql_where=person.c.parked.is_not(None),
)

erased = Table(
    "erased",
    metadata,
    Column("digest", String, primary_key=True),  # of the address, salted: no way back to it
    Column("at", BigInteger, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("email", String, nullable=False),
    Column("email_key", String, nullable=False),
    Column("role", Text, nullable=False),  # JSON: one or several
    Column("department", String, nullable=False),
    Column("attributes", Text, nullable=False),
)

fact = Table(
    "fact",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("person_id", String, ForeignKey("person.id"), nullable=False),
    Column("playbook", String, nullable=False),
    Column("name", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("value", Text),  # JSON
    Column("contact", Boolean, nullable=False),
    Column("noted_at", BigInteger, nullable=False),
    Column("source", String, nullable=False),  # who noted it, or what: import, human, tick, …
)
Index("ix_fact_person", fact.c.person_id, fact.c.id)
Index(
    "ix_fact_suppressed",
    fact.c.id,
    sqlite_where=fact.c.name == literal_column("'person.suppressed'"),
    postgresql_where=fact.c.name == literal_column("'person.suppressed'"),
)

version = Table(
    "version",
    metadata,
    Column("digest", String, primary_key=True),
    Column("playbook", String, nullable=False),
    Column("noted_at", BigInteger, nullable=False),
    Column("serial", Integer, nullable=False),  # 1, 2, … of its playbook: what a human calls it
    Column("bundle", LargeBinary, nullable=False),
)
Index("ix_version_playbook", version.c.playbook)

enrollment = Table(
    "enrollment",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("person_id", String, ForeignKey("person.id"), nullable=False),
    Column("playbook", String, nullable=False),
    Column("digest", String, ForeignKey("version.digest"), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("moved_at", BigInteger),
    Column("steps_before", Text),  # JSON: the steps of the version before the last move
    Column("paused", Boolean, nullable=False),
    UniqueConstraint("person_id", "playbook"),
)
Index("ix_enrollment_playbook", enrollment.c.playbook, enrollment.c.digest)

enrollment_move = Table(
    "enrollment_move",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("enrollment_id", BigInteger, ForeignKey("enrollment.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("from_digest", String, nullable=False),
    Column("from_moved_at", BigInteger),
    Column("from_steps_before", Text),
    Column("to_digest", String, nullable=False),
    Column("undone_at", BigInteger),
)
Index("ix_enrollment_move_enrollment", enrollment_move.c.enrollment_id)

intent = Table(
    "intent",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False),
    Column("person_id", String, ForeignKey("person.id"), nullable=False),
    Column("enrollment_id", BigInteger, ForeignKey("enrollment.id"), nullable=False),
    Column("playbook", String, nullable=False),
    Column("digest", String, nullable=False),  # the version it was decided by
    Column("step", String, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("kind", String, nullable=False),  # mail, alert, task, …
    Column("recipient", String, nullable=False),  # staff id of an alert; else empty: the person
    Column("lane", String, nullable=False),  # mail:hr, webhook, local
    Column("state", String, nullable=False),  # the words of domain.intents.State
    Column("next_at", BigInteger),  # when a worker must look again; NULL: finished, or a human's
    Column("fence", Integer, nullable=False),  # of the claim that may write
    Column("attempts", Integer, nullable=False),
    Column("crashes", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("deadline", BigInteger),
    Column("first_tried_at", BigInteger),
    Column("settled_at", BigInteger),
    Column("outcome", Text),  # what the other side said last, or why it was cancelled
    Column(
        "resent", Boolean, nullable=False
    ),  # handed over again after a doubt, by policy or human
    Column("why", Text, nullable=False),  # JSON: the reasons of the decision
    Column("line", Integer, nullable=False),  # of the step in playbook.yaml
    UniqueConstraint("key"),
)
Index(
    "ix_intent_next",
    intent.c.lane,
    intent.c.next_at,
    intent.c.id,
    sqlite_where=intent.c.next_at.is_not(None),
    postgresql_where=intent.c.next_at.is_not(None),
)
Index("ix_intent_person", intent.c.person_id)
# Written out and not bound: SQLite takes a partial index only where it can prove the condition.
waits_for_a_human = intent.c.state.in_(
    [literal_column(f"'{state}'") for state in ("draft", "doubt", "refused", "parked")]
)
Index(
    "ix_intent_shown",
    intent.c.state,
    intent.c.id,
    sqlite_where=waits_for_a_human,
    postgresql_where=waits_for_a_human,
)

letter = Table(
    "letter",
    metadata,
    Column("intent_id", BigInteger, ForeignKey("intent.id"), primary_key=True, autoincrement=False),
    Column("sender", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("thread", String, nullable=False, server_default=""),  # key of the thread's anchor
    Column("observed", String, nullable=False, server_default=""),  # key a server put in its place
    Column("conversation", String, nullable=False, server_default=""),  # the provider's thread
)
is_in_a_conversation = letter.c.conversation != literal_column("''")
Index(
    "ix_letter_conversation",
    letter.c.conversation,
    sqlite_where=is_in_a_conversation,
    postgresql_where=is_in_a_conversation,
)
Index("ix_letter_message_id", letter.c.message_id)
Index("ix_letter_observed", letter.c.observed)
Index("ix_letter_thread", letter.c.thread)

task = Table(
    "task",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("intent_id", BigInteger, ForeignKey("intent.id"), nullable=False),
    Column("person_id", String, ForeignKey("person.id"), nullable=False),
    Column("playbook", String, nullable=False),
    Column("step", String, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("owner", String, nullable=False),  # a role
    Column("opened_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("done_at", BigInteger),
    Column("done_by", String),
    UniqueConstraint("intent_id"),
)
Index("ix_task_person", task.c.person_id)
Index(
    "ix_task_open",
    task.c.due_at,
    task.c.id,
    sqlite_where=task.c.done_at.is_(None),
    postgresql_where=task.c.done_at.is_(None),
)

ledger = Table(
    "ledger",
    metadata,
    Column("lane", String, primary_key=True),
    Column("span", String, primary_key=True),  # second, minute, hour: how long a bucket is
    Column("bucket", BigInteger, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
)

lane = Table(
    "lane",
    metadata,
    Column("lane", String, primary_key=True),  # a lane of intents, or `fuse`, or `clock`
    Column("until", BigInteger),  # NULL: until a human says so
    Column("since", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),  # in a row: how far to back off
    Column("code", String, nullable=False),  # rate, server, mailbox, fuse, clock
    Column("why", Text, nullable=False),  # in the other side's words
)

forecast = Table(
    "forecast",
    metadata,
    Column("made_at", BigInteger, primary_key=True, autoincrement=False),
    Column("people", Integer, nullable=False),
)

mark = Table(
    "mark",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

mail = Table(  # what came in
    "mail",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("mailbox", String, nullable=False),
    Column("folder", String, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("fetched_at", BigInteger, nullable=False),
    Column("is_whole", Boolean, nullable=False),
    Column("digest", String, nullable=False),  # of the bytes: a folder may be numbered anew
    Column("raw", LargeBinary, nullable=False),
    Column("state", String, nullable=False),  # the words of journal.mails.MailState
    Column("kind", String, nullable=False),  # the words of domain.answers.Kind; empty: not read
    Column("rule", String, nullable=False),  # which rule said so
    Column("match_rule", String, nullable=False),
    Column("confidence", String, nullable=False),
    Column("message_key", String, nullable=False),  # its own id, as ids are compared
    Column("sender", String, nullable=False),
    Column("failed", Text, nullable=False),  # JSON: whom a bounce is about
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),  # what was newly written
    Column("intent", String, nullable=False),  # what HR would do: question, thanks, …
    Column("person_id", String, ForeignKey("person.id")),
    Column("playbook", String, nullable=False),
    Column("step", String, nullable=False),
    Column("place", String, nullable=False, server_default="inbox"),  # the words of ports.Place
    Column("owner", String, nullable=False, server_default=""),  # who answers it: a member of staff
    Column("due_at", BigInteger),  # by when
    Column("address", String, nullable=False, server_default=""),  # a new one that it tells
    Column("ended", String, nullable=False, server_default=""),  # what ended the wait for a human
    Column("conversation", String, nullable=False, server_default=""),  # the provider's thread
    UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
)
Index("ix_mail_state", mail.c.state, mail.c.mailbox, mail.c.id)
Index("ix_mail_person", mail.c.person_id)
Index("ix_mail_digest", mail.c.digest)
Index("ix_mail_message_key", mail.c.message_key)

process = Table(  # who works on this journal, or did
    "process",
    metadata,
    Column("name", String, primary_key=True),  # host/verb-number: the same after a restart
    Column("verb", String, nullable=False),
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("release", String, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),  # NULL: it has not said goodbye
    Column("begun", BigInteger, nullable=False),  # groups it began to hand over
)

cursor = Table(  # how far a folder was read
    "cursor",
    metadata,
    Column("mailbox", String, primary_key=True),
    Column("folder", String, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("since", String),  # a day
    Column("until", BigInteger, nullable=False),
    Column("renewals", Integer, nullable=False),
    Column("renewed_at", BigInteger),
    Column("link", Text, nullable=False, server_default=""),  # how a provider goes on
)

inbox = Table(  # how reading a mailbox goes
    "inbox",
    metadata,
    Column("mailbox", String, primary_key=True),
    Column("looked_at", BigInteger),  # when it was last read to its end
    Column("behind", Integer, nullable=False),
    Column("trouble", String, nullable=False),  # the words of ports.Trouble; empty: none
    Column("why", Text, nullable=False),
    Column("since", BigInteger, nullable=False),  # of the trouble, or of its end
)

survey_draft = Table(  # half-filled answers of a named survey: they go with its end
    "survey_draft",
    metadata,
    Column("intent_id", BigInteger, ForeignKey("intent.id"), primary_key=True, autoincrement=False),
    Column("answers", Text, nullable=False),  # JSON
    Column("closes_at", BigInteger, nullable=False),
)
Index("ix_survey_draft_closes_at", survey_draft.c.closes_at)

# What an anonymous survey was answered: one row for all, each question's answers sorted by
# themselves, so that neither an order nor a row nor a time leads to anybody.
survey_box = Table(
    "survey_box",
    metadata,
    Column("playbook", String, primary_key=True),
    Column("step", String, primary_key=True),
    Column("occurrence", Integer, primary_key=True, autoincrement=False),
    Column("form", String, primary_key=True),  # what was asked: domain.surveys.form_of
    Column("count", Integer, nullable=False),
    Column("answers", Text, nullable=False),  # JSON: question → sorted answers
    Column("shown_count", Integer, nullable=False),
    Column("shown", Text, nullable=False),  # JSON: as many of them as may be shown
)

meeting = Table(  # how each meeting stands; the words are in domain.appointments
    "meeting",
    metadata,
    Column("id", String, primary_key=True),
    Column("playbook", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("step", String, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("cohort", String, nullable=False),
    Column("lane", String, nullable=False),  # where somebody must look next
    Column("state", String, nullable=False),
    Column("next_at", BigInteger),
    Column("fence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),  # to reach the calendar: it may have been reached
    Column("failures", Integer, nullable=False),  # in a row
    Column("organiser", String, nullable=False),  # id of staff; empty: HR's own mailbox
    Column("address", String, nullable=False),
    Column("address_key", String, nullable=False),
    Column("organiser_name", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("place", Text, nullable=False),
    Column("timezone", String, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("seek_until", BigInteger, nullable=False),
    Column("starts_at", BigInteger),  # as we want it
    Column("ends_at", BigInteger),
    Column("stood_from", BigInteger),  # as its calendar last said
    Column("stood_until", BigInteger),
    Column("booked_at", BigInteger),
    Column("held_since", BigInteger),  # before its step was due
    Column("incarnation", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("told", Integer, nullable=False, server_default="0"),  # how often it was given a time
    Column("ref", String, nullable=False),
    Column("link", Text, nullable=False),
    Column("rounds", Integer, nullable=False),
    Column(
        "tried", Text, nullable=False
    ),  # JSON: starts that did not suit; [start] where somebody said so
    Column("outcome", Text, nullable=False),  # what the other side said last, or why it waits
    Column("nudged_at", BigInteger),
    Column("briefed_at", BigInteger),
    Column("walls", Text, nullable=False, server_default="[]"),  # JSON: what was told, by zone
)
Index(
    "ix_meeting_next",
    meeting.c.lane,
    meeting.c.next_at,
    meeting.c.id,
    sqlite_where=meeting.c.next_at.is_not(None),
    postgresql_where=meeting.c.next_at.is_not(None),
)
Index("ix_meeting_address", meeting.c.address_key, meeting.c.ends_at)
Index("ix_meeting_state", meeting.c.state, meeting.c.starts_at)

meeting_guest = Table(
    "meeting_guest",
    metadata,
    Column("meeting_id", String, ForeignKey("meeting.id"), primary_key=True),
    Column("address_key", String, primary_key=True),
    Column("address", String, nullable=False),
    Column("name", String, nullable=False),
    Column("person_id", String, ForeignKey("person.id")),
    Column("staff_id", String),
    Column("enrollment_id", BigInteger, ForeignKey("enrollment.id")),
    Column("intent_id", BigInteger, ForeignKey("intent.id")),
    Column("word", String, nullable=False),  # the words of domain.meetings.Word
    Column("said_at", BigInteger),
    Column("heard_at", BigInteger),
    Column("comment", Text, nullable=False),
    Column("proposed_from", BigInteger),
    Column("proposed_until", BigInteger),
    Column("is_automatic", Boolean, nullable=False),
    Column("is_new", Boolean, nullable=False, server_default=false()),  # to be told of it
)
Index("ix_meeting_guest_person", meeting_guest.c.person_id)
Index("ix_meeting_guest_staff", meeting_guest.c.staff_id)

hold = Table(  # whose time is taken by which meeting of ours; nobody's overlap
    "hold",
    metadata,
    Column("who", String, primary_key=True),  # person/ID or staff/ID
    Column("starts_at", BigInteger, primary_key=True, autoincrement=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("meeting_id", String, nullable=False),
    Column("expires_at", BigInteger),  # of a time held beforehand; NULL: the meeting is wanted now
)
Index("ix_hold_meeting", hold.c.meeting_id)

agenda = Table(  # how far the calendar of an organiser was read
    "agenda",
    metadata,
    Column("address_key", String, primary_key=True),
    Column("address", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("cursor", Text, nullable=False),
    Column("next_at", BigInteger),  # NULL: nothing of ours is in it
    Column("fence", Integer, nullable=False),
    Column("looked_at", BigInteger),
    Column("trouble", String, nullable=False),  # the words of ports.Trouble; empty: none
    Column("why", Text, nullable=False),
)
Index(
    "ix_agenda_next",
    agenda.c.lane,
    agenda.c.next_at,
    sqlite_where=agenda.c.next_at.is_not(None),
    postgresql_where=agenda.c.next_at.is_not(None),
)

watch = Table(  # whose calendar, and which folder of mail, its provider tells us of
    "watch",
    metadata,
    Column("address_key", String, primary_key=True),
    Column("address", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("fence", Integer, nullable=False),  # also how often it was begun: names come of it
    Column("id", String, nullable=False),  # as its provider calls it; empty: there is none so far
    Column("resource", String, nullable=False),
    Column("expires_at", BigInteger),
    Column("next_at", BigInteger, nullable=False),  # when it is begun, or prolonged
    Column("trouble", String, nullable=False),  # the words of ports.Trouble; empty: none
    Column("why", Text, nullable=False),
    Column("told", Integer, nullable=False, server_default="0"),  # how often it was heard of
)
Index("ix_watch_id", watch.c.id)

bulletin = Table(  # what HR is told that concerns no candidate: a way stopped, or goes on again
    "bulletin",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False),
    Column("about", String, nullable=False),  # mail:hr, inbox:hr, agenda:suzuki@example.co.jp
    Column("word", String, nullable=False),  # the words of journal.bulletins.Word
    Column("since", BigInteger, nullable=False),  # when it stopped
    Column("ended_at", BigInteger),  # NULL: it has not been mended
    Column("trouble", String, nullable=False),  # the words of ports.Trouble
    Column("why", Text, nullable=False),  # in the other side's words
    Column("state", String, nullable=False),  # of the mail: the words of domain.intents.State
    Column("next_at", BigInteger),  # when somebody must look again; NULL: finished
    Column("due_at", BigInteger, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("resent", Boolean, nullable=False),
    Column("settled_at", BigInteger),
    Column("outcome", Text, nullable=False),
    Column("lane", String, nullable=False),  # by which it goes, or went; empty: by none so far
    Column("sender", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("content", LargeBinary),  # NULL: not written, or over
    UniqueConstraint("key"),
)
Index(
    "ix_bulletin_next",
    bulletin.c.next_at,
    sqlite_where=bulletin.c.next_at.is_not(None),
    postgresql_where=bulletin.c.next_at.is_not(None),
)


def _like(table: Table, name: str) -> Table:
    """Give a table with the columns of another one, that counts nothing and points nowhere."""
    columns = (
        Column(
            one.name,
            one.type,
            primary_key=one.primary_key,
            autoincrement=False if one.primary_key else "auto",
            nullable=one.nullable,
            server_default=None if one.server_default is None else "",
        )
        for one in table.columns
    )
    return Table(name, metadata, *columns)


# What is long done lies here and not in the way. A column that `intent` or `letter` gets, these get
# in the same migration.
intent_history = _like(intent, "intent_history")
Index("uq_intent_history_key", intent_history.c.key, unique=True)
Index("ix_intent_history_person", intent_history.c.person_id)
Index("ix_intent_history_step", intent_history.c.playbook, intent_history.c.step)
letter_history = _like(letter, "letter_history")
Index("ix_letter_history_message_id", letter_history.c.message_id)
Index("ix_letter_history_observed", letter_history.c.observed)
Index("ix_letter_history_thread", letter_history.c.thread)
Index(
    "ix_letter_history_conversation",
    letter_history.c.conversation,
    sqlite_where=letter_history.c.conversation != literal_column("''"),
    postgresql_where=letter_history.c.conversation != literal_column("''"),
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def stamp(at: datetime) -> int:
    """Turn an aware instant into the journal's number.

    >>> stamp(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    return (at - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=4096)  # whoever is due together shares most instants
def moment(number: int) -> datetime:
    """Turn the journal's number back into an aware UTC instant.

    >>> moment(1000000)
    datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=datetime.timezone.utc)
    """
    return _EPOCH + timedelta(microseconds=number)


def stamp_or_none(at: datetime | None) -> int | None:
    """Turn an instant that may be missing into the journal's number."""
    return None if at is None else stamp(at)


def moment_or_none(number: int | None) -> datetime | None:
    """Turn a number that may be missing back into an instant."""
    return None if number is None else moment(number)
