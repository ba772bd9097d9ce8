"""What every `HighWater` promises, whatever stands behind it.

A class inherits the suite and gives it `mark`: a way to the same marks, opened anew each time, for
the journal that is named.
"""

from collections.abc import Callable

from worker.ports import HighWater

Mark = Callable[[str], HighWater]


class HighWaterContract:
    """The suite."""

    def test_what_was_begun_is_known_after_a_restart(self, mark: Mark) -> None:
        """Each process has a count of its own, and the highest is kept."""
        one = mark("ours")
        one.rise("here/up-1", 1)
        one.rise("here/up-1", 12)
        one.rise("there/work-2", 3)

        assert mark("ours").read() == {"here/up-1": 12, "there/work-2": 3}

    def test_a_journal_made_anew_has_no_marks(self, mark: Mark) -> None:
        """Somebody who begins afresh in the same place has lost nothing."""
        mark("ours").rise("here/up-1", 7)

        assert mark("another").read() == {}
