"""The most memory a worker ever holds while everybody is due at once."""

from tests.bench.mails import ours
from tests.bench.measure import MB, Figure

PEOPLE = 100_000
MOST = 200 * MB


def figures() -> list[Figure]:
    """Send to everybody of a crowd."""
    done = ours(people=PEOPLE)
    return [
        Figure(
            f"peak memory, {PEOPLE:,} due at once",
            f"{done.peak / MB:.0f} MB ({PEOPLE / done.said['wall']:,.0f} mails a second)",
            "-",
            f"at most {MOST // MB} MB",
            done.peak <= MOST,
        )
    ]
