"""A solver that something comes before: what it has found is a moment too late."""

from collections.abc import Callable

from integrations.seating import ExactSolver
from worker.domain.wave import Seating, Wave


class Interrupted(ExactSolver):
    """A solver while which works something happens, once."""

    happens: Callable[[], None] | None = None

    def seat(self, wave: Wave) -> Seating:
        """Seat a wave, a moment too late."""
        happens, self.happens = self.happens, None
        if happens is not None:
            happens()
        return super().seat(wave)
