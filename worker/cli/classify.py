"""`tsunagu classify`: what a received mail is, one line a file; nothing is kept or changed."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from worker.cli.parser import cells
from worker.cli.words.replies import BACK, HEAD, INTENTS, KINDS, UNREADABLE
from worker.domain.answers.answer import Answer, Kind, classify
from worker.domain.answers.letter import SIZE_CAP

_UNREADABLE = 2  # exit status: a mistake of the operator
_OUR_FAULT = 70
_EXCERPT = 60  # cells of a text in the table
_STANDARD_INPUT = "-"
_WITH_TEXT = frozenset(
    {Kind.HUMAN_REPLY, Kind.AUTO_REPLY, Kind.UNSURE, Kind.UNSUBSCRIBE, Kind.CALENDAR_RESPONSE}
)


def run(arguments: Namespace, language: str) -> int:
    """Say of each file what it is; a file that cannot be read is `unsure`, and ends with 2."""
    status = 0
    rows: list[tuple[str, Answer, str]] = []
    for path in arguments.files:
        answer, error = _classified(path)
        if error:
            status = max(status, _OUR_FAULT if answer.rule == "fault" else _UNREADABLE)
        if arguments.json:
            _write(json.dumps(_row(path, answer, error), ensure_ascii=not _speaks_utf8()))
        else:
            rows.append((path, answer, error))
    if rows:
        _table([_cells(*row, ja=language == "ja") for row in rows], ja=language == "ja")
    return status


def _classified(path: str) -> tuple[Answer, str]:
    """Read one file as far as is looked at, and say what it is, or why it cannot be read."""
    try:
        if path == _STANDARD_INPUT:
            raw = sys.stdin.buffer.read()
        else:
            with Path(path).open("rb") as file:
                raw = file.read(SIZE_CAP)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = getattr(error, "strerror", None) or str(error)
        return Answer(Kind.UNSURE, "unreadable", 0.0), why
    try:
        return classify(raw), ""
    except Exception as fault:  # noqa: BLE001 - one mail must not hide the others; it is told in its line
        return Answer(Kind.UNSURE, "fault", 0.0), f"{type(fault).__name__}: {fault}"


def _row(path: str, answer: Answer, error: str) -> dict[str, object]:
    """Give the line of one mail; a key is always there, and null where there is nothing to say."""
    row: dict[str, object] = {
        "path": path,
        "class": answer.kind.value,
        "confidence": answer.confidence,
        "rule": answer.rule,
        "recipient": answer.recipients[0] if answer.recipients else None,
        "recipients": list(answer.recipients),
        "status": answer.status or None,
        "reason": answer.reason or None,
        "subject": answer.subject,
        "reply_text": answer.reply_text if answer.kind in _WITH_TEXT else None,
        "return_date": answer.return_date.isoformat() if answer.return_date else None,
        "new_address": answer.new_address or None,
        "intent": answer.intent.value or None,
        "calendar": asdict(answer.calendar) if answer.calendar else None,
    }
    return {**row, "error": error} if error else row


def _cells(path: str, answer: Answer, error: str, *, ja: bool) -> tuple[str, str, str, str]:
    """Give the cells of one mail in the table."""
    pick = 0 if ja else 1
    says = [" ".join(answer.recipients), answer.status, answer.reason]
    if answer.intent:
        says.append(INTENTS[answer.intent][pick])
    if answer.calendar:
        says.append(answer.calendar.partstat)
    if answer.return_date:
        says.append(BACK[pick].format(day=answer.return_date.isoformat()))
    if answer.kind in _WITH_TEXT:
        says.append(_excerpt(answer.reply_text))
    if error:
        says = [UNREADABLE[pick].format(why=error)]
    return path, KINDS[answer.kind][pick], answer.rule, "  ".join(filter(None, says))


def _excerpt(text: str) -> str:
    """Give the first words of a text, on one line."""
    line = " ".join(text[: 4 * _EXCERPT].split())
    if cells(line) <= _EXCERPT:
        return line
    while cells(line) > _EXCERPT - 1:
        line = line[:-1]
    return line + "…"


def _table(rows: list[tuple[str, str, str, str]], *, ja: bool) -> None:
    head = tuple(title[0 if ja else 1] for title in HEAD)
    lines: list[tuple[str, ...]] = [head, *rows]
    widths = [max(cells(line[column]) for line in lines) for column in range(len(head) - 1)]
    for line in lines:
        _write("  ".join(_padded(line, widths)).rstrip())


def _padded(line: tuple[str, ...], widths: list[int]) -> Iterable[str]:
    for text, width in zip(line, [*widths, 0], strict=True):
        yield text + " " * max(0, width - cells(text))


def _speaks_utf8() -> bool:
    return (sys.stdout.encoding or "utf-8").lower().replace("-", "") == "utf8"


def _write(line: str) -> None:
    """Write a line; what standard output cannot write (half a character) is a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding))
