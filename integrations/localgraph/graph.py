"""What is answered to what: the paths of Graph that the stand-in has, and its bad days."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl, unquote

from integrations.localgraph import events, lists, messages, schedule
from integrations.localgraph.events import Manners
from integrations.localgraph.lists import Place
from integrations.localgraph.login import Login
from integrations.localgraph.mailroom import Mailroom, Message
from integrations.localgraph.office import Calendar, Office
from integrations.localgraph.replies import (
    Asked,
    Declined,
    Reply,
    bad,
    denied,
    error,
    no_user,
    not_found,
)
from integrations.localgraph.subscriptions import Subscriptions
from integrations.localgraph.uploads import PLACE, Uploads

_AT_ONCE = 4  # https://learn.microsoft.com/graph/throttling-limits
_ACTIONS = frozenset({"accept", "decline", "tentativelyAccept"})
_VERSION = "/v1.0"
_MOST_IN_BATCH = 20
_GRAPH = "https://graph.microsoft.com/"


@dataclass(frozen=True, slots=True)
class Seen:
    """One request, as it is remembered."""

    method: str
    path: str
    status: int
    body: object = None


@dataclass
class BadDay:
    """What goes wrong: switches.

    `wait` answers 429 to everything, `throttled` to what is asked of a mailbox until a moment;
    `waits_as_date` writes it as a date. `status` answers everything with it, `instead` with a 200
    and a body of that media type that is not Graph's own. `errors` are codes by address in the
    answers about free time, `silent` is who is left out of them. `before_change` is called once,
    before a PATCH is looked at.
    """

    wait: timedelta | None = None
    throttled: dict[str, datetime] = field(default_factory=dict)  # by mailbox
    waits_as_date: bool = False
    status: int = 0
    code: str = "UnknownError"
    instead: tuple[str, bytes] | None = None
    errors: dict[str, str] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    before_change: Callable[[], None] | None = None
    generation: int = 0  # of cursors: those of another are forgotten
    generations: Counter[tuple[str, str]] = field(default_factory=Counter)  # of single folders


class Graph:
    """The stand-in without its sockets: one request in, one answer out."""

    def __init__(self, now: Callable[[], datetime], login: Login) -> None:
        self.office = Office(now)
        self.mailroom = Mailroom(self.office)
        self.subscriptions = Subscriptions(now)
        self.uploads = Uploads(self.mailroom, now)
        self.office.changed = self.subscriptions.changed
        self.mailroom.arrived = self.subscriptions.arrived
        self.login = login
        self.manners = Manners()
        self.bad_day = BadDay()
        self.shared: set[tuple[str, str]] = set()  # whose mailbox, and who may use it
        self.seen: list[Seen] = []
        self.most_at_once = 0
        self._inside: Counter[str] = Counter()

    def answer(self, base: str, asked: Asked, working: Callable[[], object]) -> Reply:
        """Answer one request; *working* is what takes time while a place is held."""
        mailbox = _mailbox_of(asked.parts)
        with self.office.lock:
            self._inside[mailbox] += 1
            inside = self._inside[mailbox]
            self.most_at_once = max(self.most_at_once, inside)
        try:
            working()
            with self.office.lock:
                reply = self._guarded(base, asked, mailbox, inside)
                self.seen.append(Seen(asked.method, asked.path, reply.status, asked.body))
                return reply
        finally:
            with self.office.lock:
                self._inside[mailbox] -= 1

    def taken(self, asked: Asked) -> Reply:
        """Answer a stretch of a file: no token is shown, and none may be."""
        with self.office.lock:
            try:
                reply = self.uploads.put(unquote(asked.path.removeprefix(PLACE)), asked)
            except Declined as problem:
                reply = problem.reply
            self.seen.append(Seen(asked.method, PLACE, reply.status))
            return reply

    def _guarded(self, base: str, asked: Asked, mailbox: str, inside: int) -> Reply:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        rights = self.login.rights.get(token)
        is_ours = rights is None or all(one.startswith(_GRAPH) for one in rights)
        if token not in self.login.valid or not is_ours:
            said = "Lifetime validation failed, the token is expired."
            return error(401, "InvalidAuthenticationToken", said)
        if inside > _AT_ONCE:
            said = "Application is over its MailboxConcurrency limit."
            return error(429, "ApplicationThrottled", said, headers={"Retry-After": "1"})
        now = self.office.now()
        wait = self.bad_day.wait or self.bad_day.throttled.get(mailbox, now) - now
        if wait > timedelta():
            return self._too_much(wait)
        if (reply := self._of_a_bad_day()) is not None:
            return reply
        try:
            return self._routed(base, asked, self.login.valid[token], rights)
        except Declined as problem:
            return problem.reply

    def _of_a_bad_day(self) -> Reply | None:
        day = self.bad_day
        if day.instead is not None:
            media, raw = day.instead
            return Reply(200, headers={"Content-Type": media}, raw=raw)
        return error(day.status, day.code, "It is not our day.") if day.status else None

    def _too_much(self, wait: timedelta) -> Reply:
        until = self.office.now() + wait
        seconds = str(int(wait.total_seconds()))
        text = format_datetime(until, usegmt=True) if self.bad_day.waits_as_date else seconds
        said = "Application is over its limit of requests."
        return error(429, "ApplicationThrottled", said, headers={"Retry-After": text})

    def _routed(
        self, base: str, asked: Asked, account: str, rights: frozenset[str] | None
    ) -> Reply:
        parts = asked.parts
        if (asked.method, parts) == ("POST", ["$batch"]):
            return self._batch(base, asked, account, rights)
        if parts[0] == "subscriptions":
            return self._subscribed(asked, account)
        if parts[0] == "me" and account:
            parts = ["users", account, *parts[1:]]
        if parts[0] != "users" or len(parts) < 3:  # noqa: PLR2004 - users, whose, what
            return error(400, "BadRequest", f"Resource not found for the segment '{parts[0]}'.")
        calendar = self._calendar(parts[1], account)
        if rights is not None:
            self._check_right(calendar, account, asked, parts[2:], rights)
        if parts[2:3] == ["calendar"] and parts[3:4] in (["events"], ["calendarView"]):
            parts = [*parts[:2], *parts[3:]]
        return self._in_mailbox(calendar, asked, Place(f"{base}{_VERSION}", asked.path), parts[2:])

    def _subscribed(self, asked: Asked, account: str) -> Reply:
        """Answer what is asked of subscriptions; nobody is told of what they may not read."""
        said = asked.body.get("resource") if isinstance(asked.body, dict) else None
        known = self.subscriptions.standing.get("".join(asked.parts[1:2]))
        resource = said if asked.method == "POST" else known.resource if known else None
        if asked.method != "DELETE" and isinstance(resource, str):
            whose = unquote(resource.removeprefix("users/").partition("/")[0])
            is_anothers = bool(account) and whose.lower() != account.lower()
            try:
                self._calendar(whose, account)
            except Declined:
                is_anothers = True
            if is_anothers:  # doc: a person's own alone; as Exchange says it (assumed: of nobody)
                told = "Operation: Create; Exception: [Status Code: Forbidden; Reason: denied]"
                return error(403, "ExtensionError", told)
        return self.subscriptions.answer(asked, asked.parts[1:])

    def _check_right(
        self,
        calendar: Calendar,
        account: str,
        asked: Asked,
        parts: list[str],
        rights: frozenset[str],
    ) -> None:
        """Decline what a person did not consent to; a mailbox of another's asks for `.Shared`."""
        if parts[0] in {"messages", "mailFolders"}:
            is_sending = asked.method == "POST" and parts[-1:] == ["send"]
            needed = "Mail.Send" if is_sending else "Mail.ReadWrite"
        else:
            needed = "Calendars.ReadWrite"
        is_free_busy = parts[-1] == "getSchedule"
        if calendar.address != account.lower() and not is_free_busy:
            needed += ".Shared"
        if f"{_GRAPH}{needed}" not in rights:
            raise Declined(denied())

    def _batch(self, base: str, asked: Asked, account: str, rights: frozenset[str] | None) -> Reply:
        """Answer up to twenty questions (https://learn.microsoft.com/graph/json-batching)."""
        requests = asked.body.get("requests", []) if isinstance(asked.body, dict) else []
        if not 1 <= len(requests) <= _MOST_IN_BATCH:
            raise Declined(bad("The number of requests is not between 1 and 20.", "BadRequest"))
        responses = []
        for one in requests:
            if one["method"] != "GET":
                raise Declined(bad("Only questions are taken in a batch here.", "BadRequest"))
            path, _, query = str(one["url"]).partition("?")
            headers = {str(name).lower(): value for name, value in one.get("headers", {}).items()}
            inner = Asked(one["method"], path, dict(parse_qsl(query)), headers, one.get("body"))
            try:
                reply = self._routed(base, inner, account, rights)
            except Declined as problem:
                reply = problem.reply
            body, told = reply.body, dict(reply.headers)
            responses.append(
                {"id": one["id"], "status": reply.status, "headers": told, "body": body}
            )
        return Reply(200, {"responses": responses})

    def _in_mailbox(  # noqa: PLR0911 - a table: one path, one answer
        self, calendar: Calendar, asked: Asked, place: Place, parts: list[str]
    ) -> Reply:
        match (asked.method, parts):
            case ("GET", ["calendar"]):
                return self._properties(calendar)
            case ("POST", ["calendar", "getSchedule"]):
                day = self.bad_day
                return schedule.answered(self.office, asked, errors=day.errors, silent=day.silent)
            case ("GET", ["calendarView"]):
                return lists.view(calendar, asked, place)
            case ("GET", ["calendarView", "delta"]):
                generation = self.bad_day.generation
                return lists.changes(self.office, calendar, asked, place, generation=generation)
            case ("GET", ["events"]):
                return lists.all_events(calendar, asked, place)
            case ("POST", ["events"]):
                return events.make(self.office, calendar, asked, self.manners)
            case (_, ["messages" | "mailFolders", *_]):
                return self._mail(calendar.address, asked, place, parts)
            case (_, ["events", id_, *rest]):
                return self._event(calendar, asked, id_, rest)
            case _:
                return error(400, "BadRequest", "Resource not found for the segment.")

    def _mail(  # noqa: PLR0911 - a table: one path, one answer
        self, owner: str, asked: Asked, place: Place, parts: list[str]
    ) -> Reply:
        box = self.mailroom.box(owner)
        match (asked.method, parts):
            case ("GET", ["messages"]):
                return messages.all_messages(box, asked, place)
            case ("POST", ["messages"]):
                return messages.make(self.mailroom, owner, asked)
            case (_, ["messages", id_, *rest]):
                return self._message(base_of(place), messages.found(box, id_), asked, rest)
            case ("GET", ["mailFolders", name]):
                return Reply(200, messages.folder(box, messages.folder_of(box, name)))
            case ("GET", ["mailFolders", name, "messages"]):
                folder = messages.folder_of(box, name)
                return messages.all_messages(box, asked, place, folder=folder)
            case ("GET", ["mailFolders", name, "messages", "delta"]):
                folder = messages.folder_of(box, name)
                generation = self.bad_day.generation + self.bad_day.generations[owner, folder]
                room = self.mailroom
                return messages.changes(room, box, folder, asked, place, generation=generation)
            case _:
                return error(400, "BadRequest", "Resource not found for the segment.")

    def _message(  # noqa: PLR0911 - as above
        self, base: str, message: Message, asked: Asked, rest: list[str]
    ) -> Reply:
        room = self.mailroom
        match (asked.method, rest):
            case ("GET", []):
                now = room.looked_at(message)
                shown = messages.found(room.box(now.owner), now.id)
                return Reply(200, messages.rendered(shown, select=asked.query.get("$select", "")))
            case ("GET", ["$value"]) if message.id in room.habits.unwritable:
                return error(500, "ErrorMimeContentConversionFailed", "The conversion failed.")
            case ("GET", ["$value"]):
                return Reply(200, None, raw=message.whole)
            case ("PATCH", []):
                return messages.change(room, message, asked)
            case ("DELETE", []):
                room.discard(message)
                return Reply(204)
            case ("POST", ["send"]):
                return messages.send(room, message, asked)
            case ("GET", ["attachments"]):
                return self.uploads.listed(message, asked)
            case ("POST", ["attachments"]):
                return self.uploads.attach(message, asked)
            case ("POST", ["attachments", "createUploadSession"]):
                return self.uploads.begin(base, message, asked)
            case _:
                return not_found()

    def _event(self, calendar: Calendar, asked: Asked, id_: str, rest: list[str]) -> Reply:
        match (asked.method, rest):
            case ("GET", []):
                expand = asked.query.get("$expand", "")
                event = events.found(calendar, id_, with_bin=True)
                return Reply(200, events.rendered(event, with_properties=expand))
            case ("PATCH", []):
                self._meanwhile()
                return events.change(self.office, events.found(calendar, id_), asked, self.manners)
            case ("DELETE", []):
                return events.delete(self.office, events.found(calendar, id_))
            case ("POST", ["cancel"]):
                return events.cancel(self.office, events.found(calendar, id_), asked)
            case ("POST", [action]) if action in _ACTIONS:
                return events.respond(self.office, events.found(calendar, id_), action, asked)
            case _:
                return not_found()

    def _meanwhile(self) -> None:
        before, self.bad_day.before_change = self.bad_day.before_change, None
        if before is not None:
            before()

    def _calendar(self, address: str, account: str) -> Calendar:
        calendar = self.office.calendar(address)
        if calendar is None:
            raise Declined(no_user(address))
        is_somebody_elses = (
            account
            and calendar.address != account.lower()
            and (calendar.address, account.lower()) not in self.shared
        )
        if calendar.address in self.bad_day.denied or is_somebody_elses:
            raise Declined(denied())
        return calendar

    def _properties(self, calendar: Calendar) -> Reply:
        return Reply(
            200,
            {
                "id": "calendar",
                "name": "予定表",
                "owner": {"address": calendar.address, "name": calendar.address},
                "allowedOnlineMeetingProviders": list(calendar.online),
                "defaultOnlineMeetingProvider": next(iter(calendar.online), "unknown"),
            },
        )


def base_of(place: Place) -> str:
    """Give the address of the stand-in."""
    return place.base.removesuffix(_VERSION)


def _mailbox_of(parts: list[str]) -> str:
    return parts[1].lower() if parts[0] == "users" and len(parts) > 1 else ""


def unreadable() -> Reply:
    """A body that is no JSON."""
    return bad("Unable to read JSON request payload.", "BadRequest")
