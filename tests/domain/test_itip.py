"""Whether an answer to an invitation still counts."""

from datetime import UTC, datetime, timedelta

import pytest

from worker.domain.itip import Reply, is_current
from worker.domain.meetings import Word

AT = datetime(2026, 4, 1, tzinfo=UTC)
LATER, EARLIER = AT + timedelta(minutes=1), AT - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("answer", "known", "counts"),
    [
        ((1, AT), (-1, None), True),  # the first
        ((0, LATER), (-1, None), False),  # to the time before the meeting was moved
        ((1, LATER), (1, AT), True),
        ((1, AT), (1, AT), True),  # both within a second
        ((1, EARLIER), (1, AT), False),  # was overtaken on its way
        ((2, EARLIER), (1, AT), True),  # a calendar that raised the sequence by itself
        ((1, LATER), (2, AT), False),  # a lower sequence, written later: stale
        ((1, None), (1, AT), True),  # a calendar without a clock
    ],
)
def test_the_answer_that_was_written_last_counts(
    answer: tuple[int, datetime | None], known: tuple[int, datetime | None], counts: bool
) -> None:
    """Answers are ordered by the invitation they answer, then by when they were written."""
    reply = Reply("key", "aoi@example.jp", Word.ACCEPTED, *answer)

    assert counts is is_current(reply, 1, sequence=known[0], stamp=known[1])
