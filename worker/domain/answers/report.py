"""Delivery reports (RFC 3464): one block a recipient, also where the type was lost on the way."""

import re
from dataclasses import dataclass

from worker.domain.answers.charset import folded
from worker.domain.answers.failed import ADDRESS
from worker.domain.answers.letter import Letter
from worker.domain.answers.verdict import first_status

_MOST = 200
_FIELD = re.compile(
    r"^[ \t>]{0,4}(original-recipient|final-recipient|action|status|diagnostic-code)"
    r"[ \t]*:[ \t]*(.{0,1000})$",
    re.IGNORECASE | re.MULTILINE,
)
_FOLD = re.compile(r"\n[ \t]+(?=\S)")
_OPENS = frozenset({"final-recipient", "action", "original-recipient"})


@dataclass(frozen=True, slots=True)
class Failure:
    """What a report says of one recipient."""

    recipient: str
    original: str  # as we wrote it, where a forward changed it
    action: str  # failed, delayed, delivered, relayed, expanded; empty if not said
    status: str
    diagnostic: str  # folded

    @property
    def name(self) -> str:
        """Give the address we wrote to."""
        return self.original if "@" in self.original else self.recipient


def failures_in(letter: Letter) -> list[Failure]:
    """Read the blocks of a report; those of typed parts, else of the text if it has them."""
    texts = [part.text for part in letter.parts if part.type.endswith("delivery-status")]
    if not any(texts):
        whole = letter.whole_text
        if "final-recipient" not in whole.lower():
            return []
        texts = [whole]
    return [failure for text in texts for failure in _blocks(text)][:_MOST]


def _blocks(text: str) -> list[Failure]:
    """Read fields in order; a field that was already seen begins the next recipient's block."""
    found: list[Failure] = []
    block: dict[str, str] = {}
    for field in _FIELD.finditer(_FOLD.sub(" ", text)):
        name = field[1].lower()
        if name in block and name in _OPENS:
            found += _closed(block)
            block = {}
        block.setdefault(name, field[2].strip())
    return found + _closed(block)


def _closed(block: dict[str, str]) -> list[Failure]:
    final = _address(block.get("final-recipient", ""))
    original = _address(block.get("original-recipient", ""))
    if not (final or original or "action" in block):
        return []
    return [
        Failure(
            final or original,
            original,
            block.get("action", "").partition("(")[0].strip().lower(),
            first_status(block.get("status", "")),
            folded(block.get("diagnostic-code", "")),
        )
    ]


def _address(value: str) -> str:
    text = value.rpartition(";")[2].strip() or value
    found = ADDRESS.search(text.replace("<", " ").replace(">", " "))
    return found[0].rstrip(".") if found else ""
