"""Whatever in a mail can lead to what it answers: addresses, ids, a thread, a calendar's UID.

Ids are compared by a key: headers are cut (Groupmax: after 64 bytes), folded and encoded on the
way, and lose their brackets, so both sides are brought into the same form.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from worker.domain.answers.answer import Answer
from worker.domain.answers.letter import Letter
from worker.domain.post import id_key

_IDS_CAP = 200
_BRACKETED = re.compile(r"<([^<>\s]{1,998})(?:>|$)")
_BARE = re.compile(r"[^\s<>,;\"]{1,500}@[^\s<>,;\"]{1,500}")
_ADDRESS = re.compile(r"\"?[^\s<>()\",:;]{1,128}\"?@[^\s<>()\",:;]{1,255}")
_SHOWN = re.compile(
    r"\"(?:[^\"\\]|\\.){0,998}\"(?!@)|\((?:[^()\\]|\\.){0,998}\)"
)  # a name, a comment
_IN_BRACKETS = re.compile(rf"<\s*({_ADDRESS.pattern})\s*>")
_QUOTED_ID = re.compile(
    r"(?im)^[ \t>]{0,8}(?:message-id|references|in-reply-to)[ \t]?:[ \t]*"
    r"(?:\n[ \t]{1,8})?(.{3,998})$"
)

_TO = (
    "to",
    "cc",
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-forwarded-to",
)
_FROM = ("from", "reply-to", "x-original-from", "x-original-sender", "sender")


@dataclass(frozen=True, slots=True)
class Clues:
    """What a mail says about what it answers, from the strongest to the weakest."""

    addressed_to: tuple[str, ...] = ()
    in_reply_to: tuple[str, ...] = ()  # keys of ids: see `id_key`
    references: tuple[str, ...] = ()  # from the last to the first
    returned: tuple[str, ...] = ()  # keys of ids inside a mail that came back
    failed: tuple[str, ...] = ()  # whom a bounce is about
    calendar_uid: str = ""
    thread: str = ""  # Gmail's threadId, Graph's conversationId
    senders: tuple[str, ...] = ()  # From first
    message_id: str = ""  # its own: a key


def clues_of(letter: Letter, answer: Answer, thread: str = "") -> Clues:
    """Gather the clues of a mail; *thread* is the provider's, where there is one."""
    is_notice = bool(answer.recipients) or answer.kind in {"complaint", "delayed"}
    is_notice = is_notice or answer.kind.startswith("bounce")
    own = _ids(letter.all("message-id"))
    return Clues(
        addressed_to=tuple(_addresses(letter, _TO)),
        in_reply_to=_ids(letter.all("in-reply-to")),
        references=tuple(reversed(_ids(letter.all("references")))),
        returned=_returned(letter) if is_notice else (),
        failed=answer.recipients,
        calendar_uid=answer.calendar.uid if answer.calendar else "",
        thread=thread,
        senders=tuple(_senders(letter)),
        message_id=own[0] if own else "",
    )


def _ids(values: Iterable[str]) -> tuple[str, ...]:
    """Find every id, with brackets or without, in order and once each."""
    keys: dict[str, None] = {}
    for value in values:
        found = _BRACKETED.findall(value[:20_000]) or _BARE.findall(value[:20_000])
        for each in found[:_IDS_CAP]:
            key = id_key(each)
            if key:
                keys.setdefault(key)
    return tuple(keys)


def _senders(letter: Letter) -> Iterator[str]:
    """Give the addresses of who wrote, in order and once each, in lower case.

    Anybody may write anybody's address into their own name: what stands beside an address in
    brackets is shown, and is none.
    """
    seen: set[str] = set()
    for name in _FROM:
        for value in letter.written(name):
            bare = _SHOWN.sub(" ", value[:20_000])
            found = _IN_BRACKETS.findall(bare) or _ADDRESS.findall(bare)
            for each in found[:_IDS_CAP]:
                address = each.lower()
                if address not in seen:
                    seen.add(address)
                    yield address


def _addresses(letter: Letter, names: Iterable[str]) -> Iterator[str]:
    """Give every address of some headers, in order and once each, in lower case."""
    seen: set[str] = set()
    for name in names:
        for value in letter.all(name):
            for each in _ADDRESS.findall(value[:20_000])[:_IDS_CAP]:
                address = each.lower()
                if address not in seen:
                    seen.add(address)
                    yield address


def _returned(letter: Letter) -> tuple[str, ...]:
    """Find the ids of the mail that came back: in its headers, or as text in the notice."""
    values = [str(value) for inner in letter.inner_headers for value in inner]
    values += [found[1] for found in _QUOTED_ID.finditer(letter.whole_text)]
    return _ids(values[:_IDS_CAP])
