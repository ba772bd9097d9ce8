"""What a calendar part says: the method of iTIP (RFC 5546), who answers, how, and in what words.

Read by hand under caps: a reply is a dozen lines, and whoever sends it is a stranger.
"""

import re
from dataclasses import dataclass

from worker.domain.answers.letter import Letter, Part

_CAP = 64_000
_LINES_CAP = 2_000
_TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar", "text/x-icalendar"})
_NAMES = (".ics", ".vcs")
_FOLD = re.compile(r"\r?\n[ \t]")
_PROPERTY = re.compile(
    r"(?P<name>[A-Za-z0-9-]{1,60})(?P<params>(?:;[^:;\"]{0,300}(?:\"[^\"]{0,300}\")?){0,20}):"
)
_PARTSTAT = re.compile(r"partstat=\"?([a-z-]{1,30})", re.IGNORECASE)
_COMMENT_PARAM = re.compile(
    r"x-response-comment=(?:\"([^\"]{0,2000})\"|([^;:\"]{0,2000}))", re.IGNORECASE
)
_ANSWERS = frozenset({"REPLY", "COUNTER", "REFRESH"})


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """A calendar's answer to an invitation, as far as it was said; empty where it was not."""

    method: str  # REPLY, COUNTER, REFRESH, or what an invitation says: REQUEST, CANCEL, …
    uid: str = ""
    attendee: str = ""
    partstat: str = ""  # ACCEPTED, DECLINED, TENTATIVE, DELEGATED, …
    comment: str = ""
    sequence: int = 0
    starts: str = ""  # as written, of a COUNTER: the time that is proposed instead

    @property
    def is_answer(self) -> bool:
        """Say whether somebody answers, and does not invite."""
        return self.method in _ANSWERS


def calendar_in(letter: Letter) -> CalendarAnswer | None:
    """Give what the first calendar part says; None where there is none with a method."""
    for part in letter.parts:
        if part.type in _TYPES or part.filename.lower().endswith(_NAMES):
            found = _read(part)
            if found is not None:
                return found
    return None


def _read(part: Part) -> CalendarAnswer | None:
    """Read one part: the first value of each property counts, and of the first event only."""
    first: dict[str, str] = {}
    attendees: list[tuple[str, str]] = []
    for line in _FOLD.sub("", part.text[:_CAP]).splitlines()[:_LINES_CAP]:
        found = _PROPERTY.match(line)
        if not found:
            continue
        name, params, value = found["name"].upper(), found["params"], line[found.end() :]
        if name == "ATTENDEE":
            attendees.append((params, value))
        elif name == "BEGIN":
            first.setdefault(f"BEGIN:{value.strip().upper()}", "")
        elif "BEGIN:VEVENT" in first or name == "METHOD":
            first.setdefault(name, value.strip())
    method = (first.get("METHOD") or part.params.get("method", "")).upper()
    if not method:
        return None
    params, attendee = _answering(attendees)
    said = _PARTSTAT.search(params)
    return CalendarAnswer(
        method=method,
        uid=first.get("UID", ""),
        attendee=_address(attendee),
        partstat=said[1].upper() if said else "",
        comment=_unescaped(first.get("COMMENT", "")) or _comment(params),
        sequence=_number(first.get("SEQUENCE", "")),
        starts=first.get("DTSTART", ""),
    )


def _answering(attendees: list[tuple[str, str]]) -> tuple[str, str]:
    """Find who answers: in a reply there is one; of several, the one who has decided."""
    for params, value in attendees:
        said = _PARTSTAT.search(params)
        if said and said[1].upper() != "NEEDS-ACTION":
            return params, value
    return attendees[0] if attendees else ("", "")


def _address(value: str) -> str:
    address = value.strip()
    return address[7:] if address.lower().startswith("mailto:") else address


def _comment(params: str) -> str:
    """Read Google's place for a comment: a parameter of ATTENDEE."""
    found = _COMMENT_PARAM.search(params)
    return _unescaped(found[1] or found[2] or "") if found else ""


def _unescaped(value: str) -> str:
    """Undo the escapes of RFC 5545 §3.3.11."""
    return re.sub(
        r"\\([nN,;\\])", lambda found: "\n" if found[1] in "nN" else str(found[1]), value
    ).strip()


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0  # noqa: PLR2004 - sane
