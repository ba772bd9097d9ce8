"""Notices that a mail did not arrive, was delayed, or arrived: whom they are about, how final.

RFC 3464 reports first (also where the type was lost and only the text is left), then the forms of
mailers that do not write one, by their phrases.
"""

import re
from dataclasses import dataclass

from worker.domain.answers.charset import folded
from worker.domain.answers.failed import ADDRESS, SENDER, named_in, names_somebody_first
from worker.domain.answers.letter import Letter
from worker.domain.answers.report import Failure, failures_in
from worker.domain.answers.verdict import (
    Verdict,
    has_code,
    speaks_of_an_address,
    status_in,
    verdict,
)
from worker.domain.answers.words import bounces
from worker.domain.answers.words.patterns import any_of

HARD, SOFT, DELAYED, DELIVERED = "bounce_hard", "bounce_soft", "delayed", "delivered"

_CAP = 20_000
_OPENING = 4_000  # characters in which a notice says what it is
_ENOUGH = 3  # of the signs below
_ARRIVED = frozenset({"delivered", "relayed", "expanded", "delivery"})
_SUBJECT = any_of(*bounces.SUBJECTS)
_SENTENCE = any_of(*bounces.SENTENCES)
_DELAY = any_of(*bounces.DELAYS)
_GAVE_UP = any_of(*bounces.GAVE_UP)
_LATE_SUBJECT = re.compile(r"delay|warning|遅延|遅れ|verzöger|retard|retras|ritard|задерж")
_FAILED_SUBJECT = re.compile(r"fail(?:ed|ure)|undeliver|不能|失敗|エラー")
_WARNING = re.compile(r"warning message only|delayed")
_ORIGINAL = re.compile(
    rf"^[ \t>]{{0,4}}(?:{'|'.join(bounces.ORIGINAL_BEGINS)})[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_NOTIFICATION = re.compile(r'\{\s{0,9}"(?:notificationType|eventType)"\s{0,3}:\s{0,3}"Bounce"')
_NOTIFIED = re.compile(rf'"emailAddress"\s{{0,3}}:\s{{0,3}}"({ADDRESS.pattern})"')
_FOR_GOOD = re.compile(r'"bounceType"\s{0,3}:\s{0,3}"Permanent"')


@dataclass(frozen=True, slots=True)
class Bounce:
    """A notice about delivery; `kind` is bounce_hard, bounce_soft, delayed or delivered."""

    kind: str
    rule: str
    recipients: tuple[str, ...]
    status: str
    confidence: float
    reason: str = ""


def bounce_in(letter: Letter) -> Bounce | None:
    """Say what notice of delivery *letter* is; None if it is none."""
    told = _NOTIFICATION.search(letter.text[:2_000])
    if told:
        return _of_notification(letter.text[told.start() :])
    failures = failures_in(letter)
    return _of_report(letter, failures) if failures else _of_phrases(letter)


def _of_notification(text: str) -> Bounce:
    """Read Amazon SES's notice, which comes as JSON (its guide: "notification contents")."""
    people = _NOTIFIED.findall(text[:_CAP])  # its lines are often wrapped, and it no longer parses
    final = _FOR_GOOD.search(text[:_CAP]) is not None
    status = status_in(text)
    found = verdict(status, folded(text[:_CAP]), "")
    kind = HARD if final and (found.is_hard or not status) else SOFT
    return Bounce(kind, "ses.notification", tuple(people), status, 0.97, found.reason)


def is_from_a_mailer(letter: Letter) -> bool:
    """Say whether the sender is a mail system by its name or an empty return path."""
    if SENDER.search(letter.sender):
        return True
    paths = letter.all("return-path")
    return bool(paths) and paths[0].strip() in {"<>", "< >", "<MAILER-DAEMON>"}


def _of_report(letter: Letter, failures: list[Failure]) -> Bounce:
    """Read a report: one failed recipient makes it a bounce, a delayed one a delay."""
    late = [each for each in failures if each.action == "delayed"]
    failed = [each for each in failures if each.action not in _ARRIVED | {"delayed"}]
    if not failed and late:
        given_up = _GAVE_UP.search(letter.subject) and not _DELAY.search(_notice(letter)[1])
        if given_up:
            return Bounce(SOFT, "rfc3464.expired", _names(late), late[0].status, 0.8, "temporary")
        return Bounce(DELAYED, "rfc3464.delayed", _names(late), late[0].status, 0.98)
    if not failed:
        return Bounce(DELIVERED, "rfc3464.delivered", _names(failures), failures[0].status, 0.98)
    shown, notice = _notice(letter)
    recipients = _names(failed) or named_in(shown, letter)
    status = failed[0].status
    if not status or status.endswith(".0.0"):
        status = status_in(failed[0].diagnostic) or status or status_in(notice)
    told = next((each.diagnostic for each in failed if each.diagnostic), "")
    found = verdict(status, told, notice)
    return Bounce(_kind(found), "rfc3464.failed", recipients, status, 0.97, found.reason)


def _kind(found: Verdict) -> str:
    return HARD if found.is_hard else SOFT


def _names(failures: list[Failure]) -> tuple[str, ...]:
    names = {each.name.lower(): each.name for each in reversed(failures) if each.name}
    return tuple(reversed(names.values()))


def _notice(letter: Letter) -> tuple[str, str]:
    """Give what the mail system itself says, before the returned mail begins: shown, and folded."""
    pieces: list[str] = []
    for part in letter.parts:
        if part.type in {"message/rfc822", "text/rfc822-headers"} or part.is_attachment:
            break
        if part.type == "text/plain" or (part.type == "text/html" and not pieces):
            pieces.append(part.shown)
    text = ("\n".join(pieces) or letter.text)[:_CAP]
    begins = _ORIGINAL.search(text, 40)
    shown = text[: begins.start()] if begins else text
    return shown, folded(shown)


def _of_phrases(letter: Letter) -> Bounce | None:
    """Weigh the signs of a notice: who sends it, its subject, its words, what lies in it."""
    subject = letter.subject
    by_name, from_mailer = bool(SENDER.search(letter.sender)), is_from_a_mailer(letter)
    by_header = letter.header("x-failed-recipients")
    about = bool(_SUBJECT.search(subject))
    is_report = letter.message.get_content_type() == "multipart/report"
    if not (by_name or from_mailer or by_header or about or is_report):
        return None
    if not by_name and subject.startswith(("re:", "返信:")):
        return None
    shown, notice = _notice(letter)
    opening = notice[:_OPENING]
    returned = any(part.type in {"message/rfc822", "text/rfc822-headers"} for part in letter.parts)
    says = bool(_SENTENCE.search(opening)) or speaks_of_an_address(opening)
    signs = (
        2 * by_name
        + (from_mailer and not by_name)
        + 2 * about
        + 3 * bool(by_header)
        + 2 * is_report
        + returned
        + names_somebody_first(shown)
        + says
        + has_code(notice)
    )
    if signs < (_ENOUGH if from_mailer or by_header else _ENOUGH + 1):
        return None
    recipients = tuple(ADDRESS.findall(by_header)) or named_in(shown, letter)
    status = status_in(notice)
    if _is_late(subject, notice):
        return Bounce(DELAYED, "phrases.delayed", recipients, status, 0.85)
    found = verdict(status, "", f"{notice}\n{subject}")
    return Bounce(_kind(found), "phrases.failed", recipients, status, 0.9, found.reason)


def _is_late(subject: str, notice: str) -> bool:
    """Say whether the notice says that it is still being tried, and not that it was given up."""
    tried = _DELAY.search(notice)
    if tried and _WARNING.search(notice[:2_000]):
        return True
    if not tried and not _LATE_SUBJECT.search(subject):
        return False
    return not (
        speaks_of_an_address(notice) or _GAVE_UP.search(notice) or _FAILED_SUBJECT.search(subject)
    )
