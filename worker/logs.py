"""What the worker tells its log: one function per event, and no other way to write a line.

Until `begin` is called nothing is written. Addresses are written as keyed hashes, wherever in a
value they stand, so that two lines about one address can be put together and nobody can be found
from a log. Secrets are masked. Bodies, subjects and names have no argument to come in by. What
libraries warn of becomes lines of ours, for they know neither our form nor what must not be read.
"""

import hmac
import logging
import re
import secrets as randomness
import sys
import traceback
from collections.abc import Callable, Iterable, MutableMapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TextIO, cast

from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused

FORMS = ("json", "console")
_MASK = "***"
_ADDRESS = re.compile(  # and not `postgresql://tsunagu:***@db`, whose password is masked already
    r"""(?:"[^"\n]{1,64}"|[^\s<>"'(),;:\[\]{}=|/?&]+)(?<!:\*{3})(?:@|＠|%40)[^\s<>"'(),;:\[\]{}=|/?&]+"""
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")  # no second line, no escapes
_LONGEST, _TRACEBACK = 2_000, 20_000  # characters of one value
_SHORT = 4  # a secret below that is masked only where it stands alone


def begin(
    *,
    form: str = "console",
    key: bytes | None = None,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Start writing: `json` is a JSON object a line, `console` is key=value.

    Args:
        form: One of `FORMS`.
        key: Of the addresses' hashes; None makes one that this process alone knows.
        secrets: Texts that must never be written, should one turn up in an answer or a fault.
        stream: Where to; None is standard error. Should it take no line, because its disk is full
            or nobody reads, the worker goes on, and a line says so as soon as one is taken.
    """
    import structlog  # noqa: PLC0415 - heavy, and no verb that only reads needs it

    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if form == "json"
        else structlog.processors.LogfmtRenderer(
            key_order=["at", "level", "event"], bool_as_flag=False
        )
    )
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")

    def told(missing: int) -> str:
        line = {"level": "warning", "event": "lines_missing", "count": missing}
        return str(renderer(None, "warning", stamp(None, "warning", line)))

    lasting = cast("TextIO", _Lasting(stream or sys.stderr, told))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            stamp,
            Scrubber(key if key is not None else randomness.token_bytes(32), secrets),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        logger_factory=structlog.WriteLoggerFactory(lasting),
        cache_logger_on_first_use=False,
    )
    logging.getLogger().addHandler(_LIBRARIES)  # again is once


def end() -> None:
    """Write nothing more."""
    import structlog  # noqa: PLC0415 - as above

    structlog.reset_defaults()
    logging.getLogger().removeHandler(_LIBRARIES)


def has_begun() -> bool:
    """Say whether anything is written: whoever has much to tell may ask before."""
    structlog = sys.modules.get("structlog")
    return structlog is not None and structlog.is_configured()


def tells_each() -> bool:
    """Say whether a machine reads along: then each intent has a line of its own."""
    structlog = sys.modules.get("structlog")
    if structlog is None or not structlog.is_configured():
        return False
    return isinstance(structlog.get_config()["processors"][-1], structlog.processors.JSONRenderer)


class _Libraries(logging.Handler):
    """Hears what libraries warn of, which Python would write to standard error as it is."""

    def emit(self, record: logging.LogRecord) -> None:
        """Have it told; a record that cannot be read ends no thread of its library."""
        try:
            library(name=record.name, said=self.format(record))
        except Exception:  # noqa: BLE001 - as all handlers do
            self.handleError(record)


_LIBRARIES = _Libraries(logging.WARNING)


class _Lasting:
    """A stream whose faults reach nobody: work is not given up because it cannot be told."""

    def __init__(self, stream: TextIO, told: Callable[[int], str]) -> None:
        self._stream = stream
        self._told = told
        self._missing = 0

    def write(self, line: str) -> None:
        """Write one line at once, after what tells of those that may be missing before it."""
        try:
            if self._missing:
                self._stream.flush()  # the stream still holds some of them: they go first
                line = f"\n{self._told(self._missing)}\n{line}"  # one may have been torn
            self._stream.write(line)
            self._stream.flush()
        except OSError:
            self._missing += 1
        else:
            self._missing = 0

    def flush(self) -> None:
        """Do nothing: no line waits."""


class Scrubber:
    """Takes addresses and secrets out of everything a line holds."""

    def __init__(self, key: bytes, secrets: Iterable[str]) -> None:
        self._key = key
        known = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(_secret_pattern, known))) if known else None

    def __call__(
        self, _: object, __: str, line: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Scrub one line, as structlog asks its processors."""
        for name, value in line.items():
            if isinstance(value, str) and name not in {"at", "level", "event"}:
                longest = _TRACEBACK if name == "traceback" else _LONGEST
                line[name] = _CONTROL.sub(_escaped, self.scrubbed(value)[:longest])
        return line

    def scrubbed(self, text: str) -> str:
        """Give *text* with secrets masked and addresses hashed."""
        if self._secrets is not None:
            text = self._secrets.sub(_MASK, text)
        if "@" in text or "＠" in text or "%40" in text:
            text = _ADDRESS.sub(self._hashed, text)
        return text

    def _hashed(self, found: re.Match[str]) -> str:
        address = found[0].replace("＠", "@").replace("%40", "@").rstrip(".").casefold()
        return "addr:" + hmac.new(self._key, address.encode(), sha256).hexdigest()[:12]


def _secret_pattern(secret: str) -> str:
    escaped = re.escape(secret)
    return rf"(?<!\w){escaped}(?!\w)" if len(secret) < _SHORT else escaped


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def without_addresses(text: str) -> str:
    """Give *text* with every address left out, for a text that outlives whoever is named in it.

    >>> without_addresses("550 5.7.1 <aoi@mail.example> is not accepted")
    '550 5.7.1 <…@…> is not accepted'
    """
    return _ADDRESS.sub("…@…", text)


def started(*, version: str, store: str, broker: str, pid: int) -> None:
    """A worker began; *store* and *broker* as the settings show them."""
    _say("info", "started", version=version, store=store, broker=broker, pid=pid)


def stopped(*, signal: str) -> None:
    """The worker ended; without a *signal* because nothing was left to do."""
    _say("info", "stopped", signal=signal or "none")


def tick(*, now: datetime, people: int, intents: int, notes: int, took: timedelta) -> None:
    """A tick that decided on somebody; one that found nothing due writes no line."""
    _say(
        "info",
        "tick",
        now=now.isoformat(),
        people=people,
        intents=intents,
        notes=notes,
        ms=_ms(took),
    )


def looked(*, lane: str, handed_over: int, settled: int, took: timedelta) -> None:
    """A look at a lane that did something; one that found nothing writes no line."""
    _say("info", "looked", lane=lane, handed_over=handed_over, settled=settled, ms=_ms(took))


def store_unusable(*, doing: str, why: str) -> None:
    """The journal could not be read or written just now; it is tried again."""
    _say("error", "store_unusable", doing=doing, why=why)


def clock_back(*, now: datetime) -> None:
    """The clock shows an earlier time than before: nothing is done until it has caught up."""
    _say("warning", "clock_back", now=now.isoformat())


def clock_wrong(*, off: timedelta, by: str) -> None:
    """The clock was set while we ran, or the database's says otherwise: nothing is begun."""
    _say("error", "clock_wrong", seconds=round(off.total_seconds()), by=by)


def clock_right(*, now: datetime) -> None:
    """The clock is right again, or a human said so: sending goes on."""
    _say("info", "clock_right", now=now.isoformat())


def rewound(*, since: datetime, until: datetime) -> None:
    """The journal knows of less than was begun: what may have gone since is asked first."""
    _say("error", "rewound", since=since.isoformat(), until=until.isoformat())


def mark_unwritten(*, where: str, why: str) -> None:
    """What was begun could not be marked outside the journal; mails go on."""
    _say("warning", "mark_unwritten", where=where, why=why)


def put_away(*, rows: int) -> None:
    """What is long done was moved into the history, or the raw bytes of old mails went."""
    _say("info", "put_away", rows=rows)


def done(*, lane: str, count: int, keys: str) -> None:
    """Intents went well: one line for those that are recorded together."""
    _say("info", "done", lane=lane, count=count, keys=keys)


def handed_over(*, key: str, kind: str, lane: str, outcome: Outcome, attempt: int) -> None:
    """An intent was tried: the one line about it; of those that went well only for a machine."""
    word, why, scope = _told(outcome)
    _say(
        "info" if isinstance(outcome, Done | Later) else "warning",
        "handed_over",
        key=key,
        kind=kind,
        lane=lane,
        outcome=word,
        attempt=attempt,
        **({"why": why, "scope": scope} if why else {}),
    )


def in_doubt(*, key: str, lane: str, why: str) -> None:
    """A mail may have gone: it is asked about or shown, and not sent again."""
    _say("warning", "in_doubt", key=key, lane=lane, why=why)


def parked(*, key: str, lane: str, why: str) -> None:
    """It is not tried any more: a human must look at it."""
    _say("error", "parked", key=key, lane=lane, why=why)


def lane_backed_off(*, lane: str, why: str) -> None:
    """The other side cannot be reached or is busy; nothing of this lane is tried for a while."""
    _say("warning", "lane_backed_off", lane=lane, why=why)


def lane_stopped(*, lane: str, why: str) -> None:
    """A fault of our account: the lane stands until a human has looked."""
    _say("error", "lane_stopped", lane=lane, why=why)


def fuse_blown(*, people: int) -> None:
    """A tick would have written to many times more people than was foreseen: these are held."""
    _say("error", "fuse_blown", people=people)


def enrolled(*, playbook: str, digest: str, people: int) -> None:
    """So many people entered a version of a playbook."""
    _say("info", "enrolled", playbook=playbook, digest=digest, people=people)


def mail_read(*, mailbox: str, kind: str, state: str) -> None:
    """A mail came in: what it was taken for, and how it stands."""
    _say("info", "mail_read", mailbox=mailbox, kind=kind, state=state)


def mailbox_unreadable(*, mailbox: str, why: str) -> None:
    """A mailbox cannot be read now; nothing is lost, and it is tried again."""
    _say("warning", "mailbox_unreadable", mailbox=mailbox, why=why)


def pages_served(*, host: str, port: int) -> None:
    """The pages behind the links in mails can be opened from now on."""
    _say("info", "pages_served", host=host, port=port)


def meeting_overlaps(*, meeting: str) -> None:
    """Somebody moved a meeting by hand onto another one of ours."""
    _say("warning", "meeting_overlaps", meeting=meeting)


def invited_plainly(*, step: str, template: str, why: str) -> None:
    """The playbook's own text lacks a word for somebody: they got the built-in invitation."""
    _say("warning", "invited_plainly", step=step, template=template, why=why)


def watch_refused(*, lane: str, trouble: str, why: str) -> None:
    """A provider will not tell us of changes in a calendar, and did until now or was not asked."""
    _say("warning", "watch_refused", lane=lane, trouble=trouble, why=why)


def hint_refused(*, provider: str) -> None:
    """Somebody who knows the name of a watch does not know the word that goes with it."""
    _say("warning", "hint_refused", provider=provider)


def bug(*, doing: str, error: BaseException) -> None:
    """A fault of ours, with its traceback. The values of variables are not written."""
    told = "".join(traceback.format_exception(error))
    _say("error", "bug", doing=doing, error=type(error).__name__, traceback=told)


def library(*, name: str, said: str) -> None:
    """A library warns of something: dramatiq, for one, of a Redis that does not answer."""
    _say("warning", "library", name=name, said=said)


def _say(level: str, event: str, **values: object) -> None:
    if has_begun():
        getattr(sys.modules["structlog"].get_logger(), level)(event, **values)


def _told(outcome: Outcome) -> tuple[str, str, str]:
    """Give the word of an outcome, why, and whom it concerns."""
    match outcome:
        case Done():
            return "done", "", ""
        case Later(why=why, scope=scope):
            return "later", why, scope.value
        case Refused(why=why, scope=scope):
            return "refused", why, scope.value
        case InDoubt(why=why):
            return "in_doubt", why, ""


def _ms(took: timedelta) -> float:
    return round(took.total_seconds() * 1000, 1)
