"""The yardsticks: what others take the same mails for; run by `.cache/bench-venv`.

    classify_by_others.py CORPUS

Prints one line of JSON: for each path, what a check of headers says, what flufl.bounce says, and
the texts that two reply parsers leave. A mail that takes one of them longer than two seconds is
given up, as somebody with a mailbox to read would.
"""

import json
import logging
import re
import signal
import sys
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default
from functools import partial
from pathlib import Path
from types import FrameType

from email_reply_parser import EmailReplyParser
from flufl.bounce import all_failures
from mailparser_reply import EmailReplyParser as MailParserReply

PATIENCE = 2
LANGUAGES = ["en", "ja", "de", "fr", "it", "es", "nl", "pl", "sv", "da"]
MAILER = re.compile(r"mailer-daemon|postmaster|mail delivery", re.IGNORECASE)
NOTICE = re.compile(
    r"undeliver|returned mail|delivery (?:status|fail)|failure notice", re.IGNORECASE
)
STATUS = re.compile(rb"(?<![\d.])([45])\.\d{1,3}\.\d{1,3}(?![\d.])")

logging.disable(logging.CRITICAL)


def given_up(_number: int, _frame: FrameType | None) -> None:
    """End what takes too long."""
    raise TimeoutError


def patiently(ask: Callable[[], object]) -> object:
    """Ask, and give None if it takes too long or breaks."""
    signal.alarm(PATIENCE)
    try:
        return ask()
    except Exception:  # noqa: BLE001 - what a yardstick cannot read, it did not get right
        return None
    finally:
        signal.alarm(0)


def by_headers(message: Message, raw: bytes) -> str:
    """Say what the usual look at a few headers says."""
    sender, subject = str(message.get("from", "")), str(message.get("subject", ""))
    submitted = str(message.get("auto-submitted", "no")).lower()
    if (
        message.get("x-failed-recipients")
        or message.get_content_type() == "multipart/report"
        or MAILER.search(sender)
        or NOTICE.search(subject)
        or str(message.get("return-path", "")).strip() == "<>"
    ):
        found = STATUS.search(raw)
        return "bounce_soft" if found and found[1] == b"4" else "bounce_hard"
    if not submitted.startswith("no") or message.get("x-autoreply"):
        return "auto_reply"
    if str(message.get("precedence", "")).lower() in {"bulk", "list", "junk", "auto_reply"}:
        return "auto_reply"
    return "human_reply"


def by_flufl(message: Message) -> dict[str, object]:
    """Say what flufl.bounce finds: temporary and permanent failures."""
    temporary, permanent = all_failures(message)
    found = [address.decode("utf-8", "replace") for address in permanent or temporary]
    kind = "bounce_hard" if permanent else "delayed" if temporary else "human_reply"
    return {"class": kind, "recipients": found}


def plain_text(message: EmailMessage) -> str:
    """Give the text as the standard library's policy decodes it."""
    body = message.get_body(("plain", "html"))
    return str(body.get_content()) if body is not None else ""


def latest_reply(text: str) -> str:
    """Give what mail-parser-reply takes for the newest words."""
    return str(MailParserReply(languages=LANGUAGES).parse_reply(text))


def said_of(raw: bytes, *, is_body: bool, is_reply: bool) -> dict[str, object]:
    """Ask all of them about one mail."""
    message = message_from_bytes(raw)
    row = {
        "headers": patiently(partial(by_headers, message, raw)),
        "flufl": patiently(partial(by_flufl, message)),
    }
    if is_reply:
        whole = partial(plain_text, BytesParser(policy=default).parsebytes(raw))
        text = raw.decode("utf-8", "replace") if is_body else str(patiently(whole) or "")
        row["email-reply-parser"] = patiently(partial(EmailReplyParser.parse_reply, text))
        row["mail-parser-reply"] = patiently(partial(latest_reply, text))
    return row


def main() -> None:
    """Ask about every mail of the corpus."""
    signal.signal(signal.SIGALRM, given_up)
    corpus = Path(sys.argv[1])
    said = {}
    for line in (corpus / "index.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        said[entry["path"]] = said_of(
            (corpus / entry["path"]).read_bytes(),
            is_body=bool(entry.get("body_only")),
            is_reply=entry.get("reply_text") is not None,
        )
    print(json.dumps(said))  # noqa: T201 - what the benchmark reads


main()
