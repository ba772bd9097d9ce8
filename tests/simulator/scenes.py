"""What is played: a story and its weather, by name.

A seed names a history only together with its scene, so that changing one is giving new numbers to
all its histories.
"""

from dataclasses import dataclass
from datetime import timedelta

from tests.simulator.stage import Weather
from tests.simulator.story import Story
from worker.engine.ledger import Limits

_STORM = Weather(
    kill=150,
    freeze=150,
    commit_fails=60,
    commit_unheard=60,
    nudge_lost=3,
    nudge_doubled=3,
    call_lost=15,
    answer_lost=15,
    put_off=15,
    server_away=30,
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A story and its weather."""

    says: str
    story: Story
    weather: Weather


def for_a_year(people: int) -> Scene:
    """Give a year of so many people."""
    return Scene(
        f"{people:,} people for a year, a little of everything now and then",
        Story(people=people, cohorts=max(1, people // 100), mentors=8, days=365, machines=3),
        Weather(
            kill=4000,
            freeze=4000,
            commit_fails=2000,
            commit_unheard=2000,
            nudge_lost=20,
            nudge_doubled=20,
            call_lost=400,
            answer_lost=400,
            put_off=400,
            server_away=2000,
            longest_freeze=timedelta(hours=6),
        ),
    )


SCENES: dict[str, Scene] = {
    "storm": Scene(
        "everything at once: processes die and freeze, commits fail or go unheard, nudges and"
        " answers are lost",
        Story(people=6, days=16),
        _STORM,
    ),
    "frozen": Scene(
        "processes stand still, for up to two hours, between any two lines",
        Story(people=6, days=14),
        Weather(
            freeze=50,
            put_off=4,
            call_lost=6,
            answer_lost=6,
            shortest_freeze=timedelta(minutes=2),
        ),
    ),
    "crowd": Scene(
        "eight people are written to at the same moment, by processes that stand still for long",
        Story(people=8, cohorts=1, days=8),
        Weather(freeze=40, shortest_freeze=timedelta(minutes=20)),
    ),
    "unheard": Scene(
        "one commit in six fails or goes unheard, and the mail server is often away",
        Story(people=6, days=14),
        Weather(commit_fails=12, commit_unheard=12, put_off=6, server_away=20, kill=200),
    ),
    "clocks": Scene(
        "the clocks of the machines are set wrong, by half a minute to three hours, and set right",
        Story(people=6, days=14),
        Weather(clock=300, kill=600),
    ),
    "limits": Scene(
        "ten mails a minute and sixty a day are allowed",
        Story(people=16, cohorts=2, days=10, limits=Limits(per_minute=10, per_day=60)),
        _STORM,
    ),
    "pace": Scene(
        "three mails a minute are allowed to processes that stand still for minutes",
        Story(people=12, cohorts=1, days=5, limits=Limits(per_minute=3)),
        Weather(
            freeze=25,
            shortest_freeze=timedelta(seconds=30),
            longest_freeze=timedelta(minutes=4),
        ),
    ),
    "minds": Scene(
        "HR holds, and people decline, in the minutes in which the first mail leaves",
        Story(people=9, days=8, held=50, declines=50, sudden=True),
        Weather(
            freeze=30,
            server_away=2,
            put_off=4,
            shortest_freeze=timedelta(seconds=30),
            longest_freeze=timedelta(minutes=4),
        ),
    ),
    "talks": Scene(
        "meetings, while everything goes wrong",
        Story(people=6, days=21, with_talks=True),
        _STORM,
    ),
    "years": for_a_year(400),
}
SHORT = ("storm", "frozen", "crowd", "unheard", "clocks", "limits", "pace", "minds", "talks")
