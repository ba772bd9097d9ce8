"""Free time of many (https://learn.microsoft.com/graph/api/calendar-getschedule)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from integrations.localgraph import clockwork, schema
from integrations.localgraph.office import Calendar, Event, Office
from integrations.localgraph.replies import Asked, Declined, Reply, bad

_MOST = 20
_LONGEST = timedelta(days=62)
_LETTERS = {"free": "0", "workingElsewhere": "4", "tentative": "1", "busy": "2", "oof": "3"}
_STRONGEST = "04123"

# A mailbox whose owner set a zone of their own: it has no name that could be looked up
# (https://learn.microsoft.com/graph/outlook-get-free-busy-schedule).
_WORKING_HOURS = {
    "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
    "startTime": "08:00:00.0000000",
    "endTime": "17:00:00.0000000",
    "timeZone": {
        "@odata.type": "#microsoft.graph.customTimeZone",
        "bias": -540,
        "name": "Customized Time Zone",
        "standardOffset": {
            "time": "00:00:00.0000000",
            "dayOccurrence": 0,
            "dayOfWeek": "sunday",
            "month": 0,
            "year": 0,
        },
    },
}


def answered(office: Office, asked: Asked, *, errors: dict[str, str], silent: set[str]) -> Reply:
    """POST …/getSchedule; *errors* are codes by address, *silent* is who is left out."""
    try:
        given = schema.check_call("getSchedule", "calendar", asked.body)
    except schema.Misspelt as problem:
        raise Declined(bad(str(problem), "RequestBodyRead")) from None
    schedules = given.get("Schedules") or []
    if len(schedules) > _MOST:
        said = f"The number of schedules is above the allowed size = {_MOST}."
        raise Declined(bad(said, "ErrorMailboxDataArrayTooBig"))
    start, end = clockwork.read(given.get("StartTime"))[0], clockwork.read(given.get("EndTime"))[0]
    if not timedelta(0) < end - start < _LONGEST:
        raise Declined(bad("The requested time duration is too long.", "ErrorTimeIntervalTooBig"))
    minutes = given.get("AvailabilityViewInterval") or 30
    if not 5 <= minutes <= 1440:  # noqa: PLR2004 - the page's own numbers
        raise Declined(bad("The interval is not allowed.", "ErrorInvalidMergedFreeBusyInterval"))
    slot = timedelta(minutes=minutes)
    answers = [
        _one(office.calendar(one), one, start, end, slot, errors)
        for one in schedules
        if one.lower() not in silent
    ]
    return Reply(200, {"value": answers})


def _one(
    calendar: Calendar | None,
    address: str,
    start: datetime,
    end: datetime,
    slot: timedelta,
    errors: dict[str, str],
) -> dict[str, Any]:
    code = errors.get(address.lower()) or ("" if calendar else "ErrorMailRecipientNotFound")
    if code or calendar is None:
        message = f"Unable to resolve e-mail address {address} to an Active Directory object."
        return {"scheduleId": address, "error": {"message": message, "responseCode": code}}
    events = sorted(_told(calendar, start, end), key=lambda event: event.start)
    return {
        "scheduleId": address,
        "availabilityView": "".join(_letters(events, start, end, slot)),
        "scheduleItems": [
            {
                "status": event.shows_as,
                "start": clockwork.write(event.start),
                "end": clockwork.write(event.end),
                "subject": event.subject,
                "isPrivate": False,
                "isMeeting": bool(event.guests),
            }
            for event in events
        ],
        "workingHours": _WORKING_HOURS,
    }


def _told(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Event]:
    for event in calendar.events.values():
        if event.overlaps(start, end) and not event.is_cancelled:
            yield event


def _letters(events: list[Event], start: datetime, end: datetime, slot: timedelta) -> Iterator[str]:
    """Say of each slot what is strongest in it; working elsewhere looks free."""
    at = start
    while at < end:
        there = [_LETTERS[event.shows_as] for event in events if event.overlaps(at, at + slot)]
        strongest = max(there, key=_STRONGEST.index, default="0")
        yield "0" if strongest == "4" else strongest
        at += slot
