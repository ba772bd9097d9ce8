"""Google Calendar as a `CalendarBook`.

We choose an event's id ourselves, so that asking again finds the first (409); Google does not
promise to notice two at the same instant, so the id is no lock on a time: that is the journal's.
A deleted event keeps its id and answers 409 too, as `cancelled`: never taken for a booking. Every
verb is at most one request that changes something. It refuses to batch: the library's batches
leave for Google's own address whatever `endpoint` says.

Requests: `book` 1, `see` 1 where the event stands in its time (else 2 or 3), `change` 2, `cancel`
1, `busy` 1 for 50 calendars and 28 days. Limits: see `integrations.google.reasons`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from integrations.google.busy import asked_windows, of_answers, of_events
from integrations.google.events import (
    Event,
    changed_event,
    declines_by_itself,
    entry_of,
    event_key_in,
    is_cancelled,
    is_ours,
    new_event,
    rfc3339,
    span_of,
    takes_time,
    was_answered_at_once,
)
from integrations.google.line import GoogleLine, GoogleSignIn, Request
from integrations.google.reasons import (
    GoogleSays,
    Meaning,
    Problem,
    kind_of,
    outcome_of,
    trouble_of,
    unknown_of,
)
from worker.domain.meetings import Busy, Entry, Invitation, Span, Unknown, Word, merged
from worker.domain.outcomes import Done, Later, Outcome, Refused, Scope
from worker.ports import BookTrouble, Changed, Clock, Seen, Trouble

# The least that is needed: events of the calendars we book in, and when people are taken.
SCOPES = (
    "https://www.googleapis.com/auth/calendar.events",
    "https://www.googleapis.com/auth/calendar.freebusy",
)

AT_ONCE = 50  # calendars in one question (`calendarExpansionMax`)
LATELY = timedelta(days=30)

_PAGE = 2500
_PAGES = 200  # half a million events: who has more has a calendar that nobody reads to its end
_SYNC = "sync:"

Answer = Mapping[str, Any]


class GoogleBook:
    """A `CalendarBook` at Google. `sign_in` may be shared by any number of books."""

    def __init__(self, sign_in: GoogleSignIn, clock: Clock) -> None:
        self._line = GoogleLine(sign_in, clock)
        self._clock = clock

    def busy(
        self, addresses: Sequence[str], within: Span, *, leaving_out: Collection[str] = ()
    ) -> Mapping[str, Busy | Unknown]:
        """Say for every address when it is taken, fifty at once.

        With *leaving_out* the calendars are read event by event, as their owners where we may;
        merged stretches of busy time would not show what to leave out.
        """
        found: dict[str, Busy | Unknown] = {}
        if leaving_out:
            for address in addresses:
                read = self._read(address, within, leaving_out)
                if read is not None:
                    found[address] = read
        left = [address for address in addresses if address not in found]
        for start in range(0, len(left), AT_ONCE):
            some = left[start : start + AT_ONCE]
            try:
                found |= self._asked(some, within)
            except GoogleSays as said:
                found |= dict.fromkeys(some, unknown_of(said.problem))
                if kind_of(said.problem) in (Trouble.LIMITS, Trouble.NETWORK):
                    found |= dict.fromkeys(left[start:], unknown_of(said.problem))
                    break
        return {address: found[address] for address in addresses}

    def book(self, invitation: Invitation) -> Outcome:
        """Make the event, or find the one that was made before."""
        whose = invitation.organiser.address
        if invitation.place == "teams":
            return Refused("Google Calendar makes no Teams meeting: place: google_meet")
        request = self._events().insert(
            calendarId=whose,
            body=new_event(invitation),
            sendUpdates="all",
            conferenceDataVersion=1,
        )
        try:
            made = self._line.ask(request, whose)
        except GoogleSays as said:
            return self._not_made(invitation, said.problem)
        return Done(str(made.get("id", invitation.event_key)))

    def see(self, invitation: Invitation, ref: str = "") -> Seen | BookTrouble:
        """Look the event up, and what else lies in its time: one request shows both."""
        id_ = ref or invitation.event_key
        whose = invitation.organiser.address
        try:
            events, zone = self._listed(whose, invitation.when)
            ours = next((one for one in events if one.get("id") == id_), None)
            if ours is None:
                ours = self._found(whose, id_)
                when = span_of(ours, zone) if ours and not is_cancelled(ours) else None
                if when is not None and when != invitation.when:
                    events, zone = self._listed(whose, when)
            entry = self._entry(ours, whose, zone) if ours else None
        except GoogleSays as said:
            return trouble_of(said.problem)
        stands = entry is not None and not entry.is_cancelled
        when = (entry.when if entry and stands else None) or invitation.when
        others = [one for one in events if one.get("id") != id_]
        return Seen(entry, _clashes(others, whose, zone, when))

    def change(self, invitation: Invitation, ref: str, *, stands: Span | None = None) -> Outcome:
        """Bring the event to what the invitation says now.

        Read and then written whole, on condition that nobody wrote in between: a patch of the
        guests would lose their answers, and costs three times as much.
        """
        whose = invitation.organiser.address
        try:
            event = self._found(whose, ref)
        except GoogleSays as said:
            return _nothing_changed(said.problem)
        if event is None or is_cancelled(event):
            return Refused("the event is gone")
        entry = entry_of(event, whose, invitation.timezone)
        if entry.revision >= invitation.revision:
            return Done(ref)
        if stands is not None and entry.when != stands:
            return Later("somebody has moved the event")
        if event.get("attendeesOmitted"):
            return Refused("Google shows only a part of the guests, and the others would be lost")
        request = self._events().update(
            calendarId=whose,
            eventId=ref,
            body=changed_event(event, invitation),
            sendUpdates="all",
            conferenceDataVersion=1,
        )
        request.headers["If-Match"] = entry.etag
        return self._write(request, whose, ref)

    def cancel(self, invitation: Invitation, ref: str, *, note: str = "") -> Outcome:  # noqa: ARG002 - Google's own notice has no room for one
        """Take the event back; `Done` where it is gone already."""
        whose = invitation.organiser.address
        request = self._events().delete(calendarId=whose, eventId=ref, sendUpdates="all")
        try:
            self._line.ask(request, whose)
        except GoogleSays as said:
            match said.problem.meaning:
                case Meaning.GONE:
                    return Done(said.problem.why)
                case Meaning.MISSING:
                    return self._is_gone(whose, ref)
                case _:
                    return outcome_of(said.problem)
        return Done(ref)

    def changes(self, organiser: str, cursor: str) -> Changed | BookTrouble:
        """Say what became of events of ours in somebody's calendar, to the end."""
        token = cursor.removeprefix(_SYNC) if cursor.startswith(_SYNC) else ""
        try:
            if token:
                try:
                    return self._changed(organiser, syncToken=token)
                except GoogleSays as said:
                    if said.problem.meaning not in (Meaning.GONE, Meaning.WRONG):
                        raise
            since = rfc3339(self._clock.now() - LATELY)
            return replace(self._changed(organiser, timeMin=since), is_anew=True)
        except GoogleSays as said:
            return trouble_of(said.problem)

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def _events(self) -> Any:  # noqa: ANN401 - made at run time from Google's document
        return self._calendar().events()

    def _calendar(self) -> Any:  # noqa: ANN401 - as above
        return self._line.service("calendar", "v3", "/calendar/v3/")

    def _write(self, request: Request, whose: str, ref: str) -> Outcome:
        try:
            self._line.ask(request, whose)
        except GoogleSays as said:
            return outcome_of(said.problem)
        return Done(ref)

    def _not_made(self, invitation: Invitation, problem: Problem) -> Outcome:
        """Say what it means that an event was not made just now."""
        match problem.meaning:
            case Meaning.MISSING:  # no event is missing before it is made: the calendar is
                return Refused(problem.why, Scope.MAILBOX)
            case Meaning.TAKEN:
                return self._made_before(invitation)
            case _:
                return outcome_of(problem)

    def _made_before(self, invitation: Invitation) -> Outcome:
        """Look at the event that has our id already."""
        try:
            event = self._found(invitation.organiser.address, invitation.event_key)
        except GoogleSays as said:
            return _nothing_changed(said.problem)
        if event is None:
            return Later("the id is in use, and yet there is no such event")
        if is_cancelled(event):
            return Refused("the event was deleted by hand, or cancelled")
        if event_key_in(event) != invitation.event_key:
            return Refused("somebody else's event has the id of ours")
        return Done(str(event["id"]))

    def _is_gone(self, whose: str, ref: str) -> Outcome:
        """Say what it means that there is nothing to cancel: unless the whole calendar is gone.

        Then the event may stand with its guests, and nobody of ours can take it back any more.
        """
        try:
            event = self._found(whose, ref)
        except GoogleSays as said:
            return _nothing_changed(said.problem)
        if event is None or is_cancelled(event):
            return Done("there is no such event")
        return Later("the event was not there, and now it is")

    def _found(self, whose: str, id_: str) -> Event | None:
        """Give one event; None where there certainly is none.

        That an event is missing and that a calendar is missing are the same answer: the calendar
        is asked about then.
        """
        try:
            return self._line.ask(self._events().get(calendarId=whose, eventId=id_), whose)
        except GoogleSays as said:
            if said.problem.meaning is Meaning.GONE:
                return None
            if said.problem.meaning is not Meaning.MISSING:
                raise
        self._line.ask(self._events().list(calendarId=whose, maxResults=1), whose)
        return None

    def _listed(self, whose: str, within: Span, **how: object) -> tuple[list[Event], str]:
        """Give the events that touch a stretch, each instance by itself, and the calendar's zone.

        As *whose*, or as whoever we are.
        """
        events: list[Event] = []
        zone = "UTC"
        for page in self._pages(
            whose,
            timeMin=rfc3339(within.start),
            timeMax=rfc3339(within.end),
            singleEvents=True,
            **how,
        ):
            events += page.get("items", ())
            zone = str(page.get("timeZone", zone))
        return events, zone

    def _pages(self, whose: str, **how: object) -> Iterator[Answer]:
        """Read a listing to its end; a short page is no end."""
        page_token = None
        for _ in range(_PAGES):
            page = self._line.ask(
                self._events().list(
                    calendarId=whose, maxResults=_PAGE, pageToken=page_token, **how
                ),
                whose,
            )
            yield page
            page_token = page.get("nextPageToken")
            if not page_token:
                return
        raise GoogleSays(Problem(Meaning.WRONG, f"a listing of more than {_PAGES} pages"))

    def _changed(self, organiser: str, **how: object) -> Changed:
        entries: list[Entry] = []
        cursor = ""
        for page in self._pages(organiser, showDeleted=True, **how):
            zone = str(page.get("timeZone", "UTC"))
            entries += [
                self._entry(event, organiser, zone)
                for event in page.get("items", ())
                if is_ours(event)
            ]
            token = page.get("nextSyncToken", "")
            cursor = f"{_SYNC}{token}" if token else ""
        return Changed(tuple(entries), cursor)

    def _entry(self, event: Event, organiser: str, zone: str) -> Entry:
        """Read an event, and find out who of the guests declined in person."""
        entry = entry_of(event, organiser, zone)
        if entry.is_cancelled:
            return entry
        at_once = entry.revision == 0 and was_answered_at_once(event)
        said = {
            guest: replace(word, is_automatic=at_once or self._declines_by_itself(guest, entry))
            if word.word is Word.DECLINED
            else word
            for guest, word in entry.said.items()
        }
        return replace(entry, said=said)

    def _declines_by_itself(self, guest: str, entry: Entry) -> bool:
        """Whether something in a colleague's calendar says no to everything in that time.

        A calendar that we may not read is a person's: a no from there is a no.
        """
        if entry.when is None or _domain(guest) != _domain(entry.organiser):
            return False
        try:
            events, zone = self._listed(guest, entry.when, eventTypes=["focusTime", "outOfOffice"])
        except GoogleSays as said:
            if kind_of(said.problem) in (Trouble.LIMITS, Trouble.NETWORK):
                raise
            return False
        return any(
            declines_by_itself(one) and _overlap(span_of(one, zone), entry.when) for one in events
        )

    def _read(
        self, address: str, within: Span, leaving_out: Collection[str]
    ) -> Busy | Unknown | None:
        """Read a calendar event by event; None where it does not show its events."""
        try:
            events, zone = self._listed(address, within)
        except GoogleSays as said:
            if kind_of(said.problem) in (Trouble.LIMITS, Trouble.NETWORK):
                return unknown_of(said.problem)
            return None
        return of_events(events, address, zone, within, leaving_out)

    def _asked(self, addresses: Sequence[str], within: Span) -> dict[str, Busy | Unknown]:
        """Ask when people are taken, window by window."""
        answers = [self._as_any(addresses, window) for window in asked_windows(within)]
        return {address: of_answers(answers, address, within) for address in addresses}

    def _as_any(self, people: Sequence[str], window: Span) -> Answer:
        """Ask as the first of *people* that we may act for; somebody who left is not asked for."""
        body = {
            "timeMin": rfc3339(window.start),
            "timeMax": rfc3339(window.end),
            "timeZone": "UTC",
            "calendarExpansionMax": AT_ONCE,
            "items": [{"id": address} for address in people],
        }
        refusal = GoogleSays(Problem(Meaning.WRONG, "nobody was asked about"))
        for person in people if self._line.is_delegated else people[:1]:
            try:
                return self._line.ask(self._calendar().freebusy().query(body=body), person)
            except GoogleSays as said:
                if kind_of(said.problem) is not Trouble.CREDENTIALS:
                    raise
                refusal = said
        raise refusal


def _nothing_changed(problem: Problem) -> Outcome:
    """Say what a look that failed means for what should have been written after it."""
    if problem.meaning in (Meaning.LOST, Meaning.AWAY):
        return Later(problem.why, problem.wait, Scope.SERVER)
    if problem.meaning is Meaning.MISSING:
        return Refused(problem.why, Scope.MAILBOX)
    return outcome_of(problem)


def _clashes(events: Sequence[Event], whose: str, zone: str, when: Span) -> tuple[Span, ...]:
    spans = [span_of(one, zone) for one in events if takes_time(one, whose)]
    return merged(span for span in spans if span is not None and _overlap(span, when))


def _overlap(one: Span | None, other: Span) -> bool:
    return one is not None and one.start < other.end and other.start < one.end


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
