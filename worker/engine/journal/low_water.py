"""Below which instant nothing is due, as far as one process knows: where it need not look again.

On PostgreSQL a transaction that was forgotten keeps every row version alive that was there since it
began, so that who looks for the earliest row walks over all that was done since. Who remembers that
nothing was due a minute ago begins to look there. Once a minute it is looked at from the beginning:
what was committed long after its own instant is found then, and nothing is missed for good.
"""

PEOPLE = "people"  # the place where they wait; mails wait in their lanes
FROM_THE_BEGINNING = 0
_EVERY = 60_000_000  # a minute in the journal's numbers
_MARGIN = 60_000_000  # for clocks of other machines, and slow commits


class LowWater:
    """What is known of each place where rows wait; an instant is the journal's number."""

    def __init__(self) -> None:
        self._clean: dict[str, int] = {}
        self._whole_at: dict[str, int] = {}

    def bound(self, place: str, now: int) -> int:
        """Say from which instant on to look at *now*."""
        whole_at = self._whole_at.get(place)
        if whole_at is None or not whole_at <= now < whole_at + _EVERY:
            return FROM_THE_BEGINNING
        return max(FROM_THE_BEGINNING, self._clean.get(place, FROM_THE_BEGINNING) - _MARGIN)

    def note(self, place: str, now: int, bound: int, *, is_clean: bool) -> None:
        """Remember what a look from *bound* to *now* found: nothing, or something."""
        if is_clean:
            self._clean[place] = now
            if bound == FROM_THE_BEGINNING:
                self._whole_at[place] = now
        elif bound == FROM_THE_BEGINNING:  # until it is clean again, every look is a whole one
            self._whole_at.pop(place, None)
