"""Values and reasons as the journal keeps them: as text, the same text for the same value."""

import json
from functools import lru_cache

from worker.domain.reasons import Because, Reason

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def to_json(value: object) -> str:
    """Write a value as the journal keeps it: the same value gives the same text."""
    return _ENCODER.encode(value)


@lru_cache(maxsize=1024)  # those of one moment are the same for everybody
def why_json(why: tuple[Reason, ...]) -> str:
    """Write reasons as the journal keeps them."""
    return to_json([[reason.because.value, list(map(list, reason.values))] for reason in why])


def reasons_in(outcome: str) -> tuple[Reason, ...]:
    """Read the reasons that an outcome holds; none of one that is somebody's own words."""
    return why_of(outcome) if outcome.startswith("[[") else ()


def why_of(text: str) -> tuple[Reason, ...]:
    """Read what `why_json` wrote."""
    return tuple(
        Reason(Because(word), tuple((name, value) for name, value in values))
        for word, values in json.loads(text)
    )
