"""The methods of Calendar API v3 that are needed here, with Google's rules.

Each takes who asks, the values of the path and the query, and the body, and gives the answer's
body or raises a `Refusal`.
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from integrations.localgoogle.asked import Asked
from integrations.localgoogle.calendars import (
    Event,
    LocalCalendars,
    Shelf,
    addresses,
    domain_of,
    made_room,
    occurrences,
    span_of,
    takes_time,
)
from integrations.localgoogle.channels import Channels
from integrations.localgoogle.refusals import Refusal, not_found, wrong
from worker.domain.meetings import Span, merged

AT_ONCE = 50
LONGEST = timedelta(days=90)

_ID_SIGNS = frozenset("0123456789abcdefghijklmnopqrstuv")
_ID_LENGTHS = range(5, 1025)
_NOT_WITH_SYNC_TOKEN = (
    *("iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty"),
    *("timeMin", "timeMax", "updatedMin"),
)
_ANSWERS = ("needsAction", "declined", "tentative", "accepted")
_READ_ONLY = (
    *("kind", "etag", "id", "htmlLink", "created", "updated", "creator", "organizer"),
    *("iCalUID", "sequence", "hangoutLink", "eventType", "attendeesOmitted"),
)


class CalendarMethods:
    """What can be asked of the calendars."""

    def __init__(self, calendars: LocalCalendars) -> None:
        self._calendars = calendars
        self.at_once = AT_ONCE  # calendars in one question
        self.page_size = 2500  # short pages are allowed at any time (doc)
        self.trouble_with: dict[str, str] = {}  # an error of free/busy by address
        self.omits_attendees = False
        self.channels = Channels(calendars.clock)
        calendars.changed = self.channels.changed
        self._pages: dict[str, tuple[str, list[Event], int]] = {}

    def by_id(self) -> Mapping[str, Callable[[Asked], Mapping[str, Any] | None]]:
        """Give every method by its name in the discovery document."""
        return {
            "calendar.events.insert": self.insert,
            "calendar.events.get": self.get,
            "calendar.events.update": self.update,
            "calendar.events.delete": self.delete,
            "calendar.events.list": self.listing,
            "calendar.events.watch": self.watch,
            "calendar.channels.stop": self.channels.stop,
            "calendar.freebusy.query": self.free_busy,
        }

    def watch(self, asked: Asked) -> Mapping[str, Any]:
        """Open a channel for a calendar, to whoever may read what is in it."""
        return self.channels.begin(asked, self._shelf(asked, "reader").owner)

    def insert(self, asked: Asked) -> Event:
        """Make an event: once for each id (doc), with mails only where asked for (doc)."""
        shelf = self._writable(asked)
        body = deepcopy(dict(asked.body))
        self._check_event(body, asked)
        id_ = body.get("id", "")
        if id_ and (len(id_) not in _ID_LENGTHS or not set(id_) <= _ID_SIGNS):
            raise wrong("Invalid resource id value.")
        if id_ in shelf.events:  # a cancelled one, too (assumed)
            raise Refusal(409, "duplicate", "The requested identifier already exists.")
        self._room(body, {}, asked)
        event = self._calendars.keep(shelf, self._calendars.completed(body, shelf.owner))
        self._calendars.tell(event["id"], self._mailed(asked, addresses(event)), "invited")
        return event

    def get(self, asked: Asked) -> Event:
        """Show an event, a deleted one of the organiser's too (doc: Event.status)."""
        shelf = self._shelf(asked, "reader")
        event = next(
            (
                one
                for one, _ in self._calendars.seen(shelf.owner)
                if one["id"] == asked.path["eventId"]
            ),
            None,
        )
        if event is None:
            raise not_found()
        return self._shown(event, asked)

    def update(self, asked: Asked) -> Event:
        """Write an event whole: what is not said is gone, but for what nobody may write (doc)."""
        shelf = self._writable(asked)
        id_ = asked.path["eventId"]
        self._calendars.meanwhile(id_)
        before = shelf.events.get(id_)
        if before is None:
            raise not_found()
        _unless_stale(asked, before)
        body = deepcopy(dict(asked.body))
        self._check_event(body, asked)
        for name in _READ_ONLY:
            body.pop(name, None)
            if name in before:
                body[name] = before[name]
        if asked.query.get("conferenceDataVersion", 0) == 0 and "conferenceData" in before:
            body["conferenceData"] = before["conferenceData"]
        self._room(body, before, asked)
        if "conferenceData" not in body:
            body.pop("hangoutLink", None)
        body.setdefault("status", "confirmed")
        body["sequence"] = before["sequence"] + (before["start"] != body["start"])
        event = self._calendars.keep(shelf, body)
        old, new = addresses(before), addresses(event)
        for whom, notice in (
            ([one for one in new if one in old], "updated"),
            ([one for one in new if one not in old], "invited"),
            ([one for one in old if one not in new], "cancelled"),
        ):
            self._calendars.tell(id_, self._mailed(asked, whom), notice)
        return event

    def delete(self, asked: Asked) -> None:
        """Take an event back; what is deleted already is gone (assumed: 410)."""
        shelf = self._writable(asked)
        id_ = asked.path["eventId"]
        self._calendars.meanwhile(id_)
        event = shelf.events.get(id_)
        if event is None:
            raise not_found()
        if event["status"] == "cancelled":
            raise Refusal(410, "deleted", "Resource has been deleted")
        _unless_stale(asked, event)
        self._calendars.cancel(shelf, event, told_to=self._mailed(asked, addresses(event)))

    def listing(self, asked: Asked) -> Mapping[str, Any]:
        """List events, page by page, or what changed since a sync token (doc: "Synchronize")."""
        shelf, role = self._calendars.shelf_for(self._calendar_id(asked), asked.token.person)
        if shelf is None or not role:
            raise not_found()
        query = asked.query
        page_token = query.get("pageToken")
        if page_token is None:
            found = self._selected(shelf, asked)
            number = self._calendars.number
        elif page_token in self._pages:
            _, found, number = self._pages.pop(page_token)
        else:
            raise wrong("Invalid page token value.")
        most = min(query.get("maxResults", 250), self.page_size)
        going, rest = found[:most], found[most:]
        told: dict[str, Any] = {
            "kind": "calendar#events",
            "accessRole": role,
            "timeZone": shelf.zone,
            "items": [self._listed(one, role, asked) for one in going],
        }
        if rest:
            token = f"page-{len(self._pages)}-{number}-{len(rest)}"
            self._pages[token] = (shelf.owner, rest, number)
            return {**told, "nextPageToken": token}
        return {**told, "nextSyncToken": f"{shelf.generation}.{number}.{_sameness(query)}"}

    def free_busy(self, asked: Asked) -> Mapping[str, Any]:
        """Say when people are taken; errors stand inside the answer (doc)."""
        body = asked.body
        if "timeMin" not in body or "timeMax" not in body:
            raise wrong("Missing time range", "required")
        within = Span(*(datetime.fromisoformat(body[end]) for end in ("timeMin", "timeMax")))
        if within.start >= within.end:
            raise wrong("The specified time range is empty.", "timeRangeEmpty")
        if within.end - within.start > LONGEST:  # assumed
            raise wrong("The requested time range is too long.", "timeRangeTooLong")
        if body.get("calendarExpansionMax", AT_ONCE) > AT_ONCE:
            raise wrong("calendarExpansionMax is at most 50", "invalid")
        most = min(body.get("calendarExpansionMax", AT_ONCE), self.at_once)
        calendars: dict[str, Any] = {}
        for place, item in enumerate(body.get("items", ())):
            calendars[item["id"]] = (
                {"errors": [_told("tooManyCalendarsRequested")], "busy": []}
                if place >= most
                else self._busy(item["id"], asked.token.person, within)
            )
        told = {"kind": "calendar#freeBusy", "timeMin": body["timeMin"], "timeMax": body["timeMax"]}
        return {**told, "calendars": calendars}

    def _busy(self, address: str, reader: str, within: Span) -> Mapping[str, Any]:
        if address in self.trouble_with:
            return {"errors": [_told(self.trouble_with[address])], "busy": []}
        shelf, role = self._calendars.shelf_for(address, reader)
        if shelf is None or not role:
            return {"errors": [_told("notFound")], "busy": []}
        spans = [
            span_of(one, shelf.zone)
            for event, _ in self._calendars.seen(shelf.owner)
            if takes_time(event, shelf.owner)
            for one in occurrences(event, shelf.zone)
        ]
        inside = merged(
            Span(max(span.start, within.start), min(span.end, within.end))
            for span in spans
            if span.start < within.end and within.start < span.end
        )
        return {"busy": [{"start": _utc(span.start), "end": _utc(span.end)} for span in inside]}

    def _selected(self, shelf: Shelf, asked: Asked) -> list[Event]:
        """Give the events that a listing asks for."""
        query = asked.query
        after = -1
        shows_deleted = bool(query.get("showDeleted", False))
        if (token := query.get("syncToken")) is not None:
            after = self._after(shelf, token, query)
            shows_deleted = True
        if query.get("orderBy") == "startTime" and not query.get("singleEvents"):
            raise wrong("The requested ordering is not available for the particular query.")
        found: list[Event] = []
        for event, number in self._calendars.seen(shelf.owner):
            if number <= after or (event["status"] == "cancelled" and not shows_deleted):
                continue
            each = occurrences(event, shelf.zone) if query.get("singleEvents") else [event]
            found += [one for one in each if _is_wanted(one, shelf.zone, query)]
        return found

    def _after(self, shelf: Shelf, token: str, query: Mapping[str, Any]) -> int:
        """Read a sync token: of this calendar's present generation, and for the same question."""
        if forbidden := [name for name in _NOT_WITH_SYNC_TOKEN if name in query]:
            raise wrong(f"Sync token cannot be used with {forbidden[0]}", "badRequest")
        generation, _, rest = token.partition(".")
        number, _, sameness = rest.partition(".")
        if not (generation.isdigit() and number.isdigit()):
            raise wrong("Invalid sync token value.")
        if int(generation) != shelf.generation:
            said = "Sync token is no longer valid, a full sync is required."
            raise Refusal(410, "fullSyncRequired", said)
        if sameness != _sameness(query):  # doc: undefined behaviour; here: told at once
            raise wrong("Sync token was given out for other parameters.")
        return int(number)

    def _listed(self, event: Event, role: str, asked: Asked) -> Event:
        if event["status"] == "cancelled":  # doc: only the id is guaranteed
            return {"kind": event["kind"], "id": event["id"], "status": "cancelled"}
        if role == "freeBusyReader":  # assumed: when, and nothing of what
            shown = ("kind", "id", "status", "start", "end", "transparency", "recurringEventId")
            return {name: event[name] for name in shown if name in event} | {
                "visibility": "private"
            }
        return self._shown(event, asked)

    def _shown(self, event: Event, asked: Asked) -> Event:
        if event["status"] == "confirmed" and "recurringEventId" not in event:
            event = self._calendars.with_room(event)
        most = asked.query.get("maxAttendees", len(event.get("attendees", ())))
        if self.omits_attendees or len(event.get("attendees", ())) > most:
            own = [one for one in event["attendees"] if one.get("self")]
            return {**event, "attendees": own, "attendeesOmitted": True}
        return event

    def _calendar_id(self, asked: Asked) -> str:
        id_ = asked.path["calendarId"]
        return asked.token.person if id_ == "primary" else id_

    def _shelf(self, asked: Asked, least: str) -> Shelf:
        shelf, role = self._calendars.shelf_for(self._calendar_id(asked), asked.token.person)
        if shelf is None or not role:
            raise not_found()
        if role == "freeBusyReader" and least != "freeBusyReader":
            raise not_found()
        return shelf

    def _writable(self, asked: Asked) -> Shelf:
        shelf, role = self._calendars.shelf_for(self._calendar_id(asked), asked.token.person)
        if shelf is None or not role:
            raise not_found()
        if role not in ("owner", "writer"):
            raise Refusal(403, "requiredAccessLevel", "You need to have writer access.")
        return shelf

    def _check_event(self, body: Mapping[str, Any], asked: Asked) -> None:
        """Refuse what no event may be."""
        for end in ("start", "end"):
            if not {"date", "dateTime"} & set(body.get(end, {})):
                raise wrong(f"Missing {end} time.", "required")
        if datetime.fromisoformat(_text(body["start"])) > datetime.fromisoformat(
            _text(body["end"])
        ):
            raise wrong("The specified time range is empty.", "timeRangeEmpty")
        for one in body.get("attendees", ()):
            if "@" not in one.get("email", ""):
                raise wrong("Invalid attendee email.")
            if one.get("responseStatus", "needsAction") not in _ANSWERS:
                raise wrong("Invalid attendee response status.")
        if body.get("attendeesOmitted"):
            raise wrong("An event whose attendees are omitted would lose them.")  # ours: a guard
        if body.get("attendees") and asked.token.is_service_account:
            said = "Service accounts cannot invite attendees without Domain-Wide Delegation."
            raise Refusal(403, "forbiddenForServiceAccounts", said)

    def _room(self, body: Event, before: Event, asked: Asked) -> None:
        """Begin to make a room; the same request again makes none (doc: requestId)."""
        request = body.get("conferenceData", {}).get("createRequest")
        if asked.query.get("conferenceDataVersion", 0) == 0:
            body.pop("conferenceData", None)
            if "conferenceData" in before:
                body["conferenceData"] = before["conferenceData"]
            return
        if request is None or "status" in request:
            return
        known = before.get("conferenceData", {}).get("createRequest", {})
        if known.get("requestId") == request["requestId"]:
            body["conferenceData"] = before["conferenceData"]
        elif self._calendars.looks_until_room or self._calendars.rooms_fail:
            waiting = {**request, "status": {"statusCode": "pending"}}
            body["conferenceData"] = {"createRequest": waiting}
        else:
            body |= made_room(request)

    def _mailed(self, asked: Asked, whom: list[str]) -> list[str]:
        """Give who of *whom* is sent a mail."""
        match asked.query.get("sendUpdates", "none"):
            case "all":
                return whom
            case "externalOnly":
                return [one for one in whom if domain_of(one) not in self._calendars.domains]
            case _:
                return []


def _unless_stale(asked: Asked, event: Event) -> None:
    if asked.if_match not in ("", "*", event["etag"]):
        raise Refusal(412, "conditionNotMet", "Precondition Failed")


def _is_wanted(event: Event, zone: str, query: Mapping[str, Any]) -> bool:
    kinds = query.get("eventTypes")
    if kinds and event["eventType"] not in kinds:
        return False
    for asked in query.get("privateExtendedProperty", ()):
        name, _, value = asked.partition("=")
        if event.get("extendedProperties", {}).get("private", {}).get(name) != value:
            return False
    span = span_of(event, zone)
    if "timeMin" in query and span.end <= datetime.fromisoformat(query["timeMin"]):
        return False
    return not ("timeMax" in query and span.start >= datetime.fromisoformat(query["timeMax"]))


def _sameness(query: Mapping[str, Any]) -> str:
    """Say by what a question is told from another, as far as sync tokens are concerned."""
    told = {
        name: value
        for name, value in query.items()
        if name not in ("syncToken", "pageToken", "maxResults", "alt", *_NOT_WITH_SYNC_TOKEN)
    }
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:8]


def _told(reason: str) -> Mapping[str, str]:
    return {"domain": "global", "reason": reason}


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _text(moment: Mapping[str, str]) -> str:
    return moment.get("dateTime") or moment["date"]
