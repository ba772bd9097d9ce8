"""When somebody is taken, from what Google answers. Pure, and never free by omission."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from integrations.google.events import Event, instant, span_of, takes_time
from integrations.google.reasons import BY_REASON, Meaning, described
from worker.domain.meetings import Busy, Span, Unknown, merged

WINDOW = timedelta(days=28)  # no limit is written down; longer than about three months is refused


def asked_windows(within: Span) -> Iterator[Span]:
    """Cut a stretch into the windows that are asked about one by one.

    >>> from datetime import UTC, datetime
    >>> begun = datetime(2026, 4, 1, tzinfo=UTC)
    >>> [(one.end - one.start).days for one in asked_windows(Span(begun, begun + 2.5 * WINDOW))]
    [28, 28, 14]
    """
    start = within.start
    while start < within.end:
        end = min(start + WINDOW, within.end)
        yield Span(start, end)
        start = end


def of_answers(answers: Sequence[Mapping[str, Any]], address: str, within: Span) -> Busy | Unknown:
    """Read one calendar out of answers of `freeBusy`.

    Its errors stand inside a success. A calendar with errors, and one that is not answered for, is
    unknown, even where some busy time is told.
    """
    spans: list[Span] = []
    for answer in answers:
        told = answer.get("calendars", {})
        calendar = told.get(address) or told.get(address.lower())
        if not isinstance(calendar, Mapping) or (
            "busy" not in calendar and "errors" not in calendar
        ):
            return Unknown("Google answered for others, and not for this calendar")
        if calendar.get("errors"):
            return _of_errors(calendar["errors"])
        for one in calendar["busy"]:
            start, end = instant(one.get("start")), instant(one.get("end"))
            if start is None or end is None:
                return Unknown("Google told of busy time whose beginning or end cannot be read")
            spans.append(Span(start, end))
    return Busy(_inside(spans, within))


def of_events(
    events: Sequence[Event], whose: str, zone: str, within: Span, leaving_out: Collection[str]
) -> Busy | Unknown:
    """Work out from a calendar's events when its owner is taken."""
    spans: list[Span] = []
    for event in events:
        if not takes_time(event, whose) or event.get("id") in leaving_out:
            continue
        span = span_of(event, zone)
        if span is None:
            return Unknown("an event's beginning or end cannot be read")
        spans.append(span)
    return Busy(_inside(spans, within))


def _inside(spans: Sequence[Span], within: Span) -> tuple[Span, ...]:
    return merged(
        Span(max(span.start, within.start), min(span.end, within.end))
        for span in spans
        if span.start < within.end and within.start < span.end
    )


def _of_errors(errors: Sequence[Mapping[str, Any]]) -> Unknown:
    reasons = [str(one.get("reason", "")) for one in errors]
    is_permanent = any(
        BY_REASON.get(reason) in (Meaning.MISSING, Meaning.FORBIDDEN, Meaning.SIGN_IN)
        for reason in reasons
    )
    return Unknown(described("free/busy:", *reasons), is_permanent)
