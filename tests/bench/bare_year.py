"""The yardstick of `simulate`: a bare loop that computes the same due moments, and nothing else.

    python -m tests.bench.bare_year PLAYBOOK PEOPLE

For each person every step's moment and deadline, every turn of a cadence, every wait for an answer
and every rung, by the very functions that decisions use. No facts, guards, conditions or tally.
"""

import csv
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count, takewhile
from pathlib import Path

from worker.domain.moments import on_grid, resolve
from worker.domain.plan import Calendar, Plan, Step
from worker.domain.when import Every, Moment, OnceTrue
from worker.domain.workdays import Workdays, workdays
from worker.playbook.almanac import holidays_of
from worker.playbook.bundle import read_bundle
from worker.playbook.compile import compile_playbook
from worker.playbook.workspace import Workspace

SPREAD = 45  # days over which the people's facts are shifted, as `simulate` does


def plan_of(folder: Path) -> Plan:
    """Compile the playbook."""
    calendar = Calendar(holidays=holidays_of("JP"))
    workspace = Workspace(mailboxes=frozenset({"hr", "president"}), calendar=calendar)
    return compile_playbook(read_bundle(folder), workspace).standing()


def known_of(folder: Path) -> list[dict[str, datetime]]:
    """Give the dated facts of each example person."""
    with (folder / "people.csv").open(encoding="utf-8-sig") as table:
        return [
            {
                name: datetime.fromisoformat(row[name]).replace(tzinfo=UTC)
                for name in ("offer", "accept", "join")
                if row.get(name)
            }
            for row in csv.DictReader(table)
        ]


def turns_of(step: Step, facts: Mapping[str, datetime], days: Workdays) -> list[datetime]:
    """Compute when one step is due for one person: once, or at every turn of its cadence."""
    match step.when:
        case OnceTrue():
            return [facts["offer"]]
        case Every():
            start, end = at(step.when.start, facts, days), facts["join"]
            turns = (on_grid(step.when, start, number, days) for number in count(1))
            return list(takewhile(lambda turn: turn <= end, turns))
        case moment:
            return [at(moment, facts, days)]


def at(moment: Moment, facts: Mapping[str, datetime], days: Workdays) -> datetime:
    """Resolve a moment; a fact that nobody has counts from the offer."""
    return resolve(moment, facts.get(getattr(moment, "fact", ""), facts["offer"]), days)


def moments_of(step: Step, facts: Mapping[str, datetime], days: Workdays) -> int:
    """Compute every moment of one step for one person; says how many there were."""
    turns = turns_of(step, facts, days)
    computed = len(turns)
    for turn in turns:
        if step.no_later_than is not None:
            at(step.no_later_than, facts, days)
            computed += 1
        if step.expect is not None:
            silent = days.after(turn, step.expect.within)
            for rung in step.ladder:
                silent = silent if rung.after is None else days.after(silent, rung.after)
            computed += 1 + len(step.ladder)
    return computed


def main() -> None:
    """Compute the moments of everybody."""
    folder, people = Path(sys.argv[1]), int(sys.argv[2])
    plan, examples = plan_of(folder), known_of(folder)
    days = workdays(plan.calendar)
    computed = 0
    for number in range(people):
        shift = timedelta(days=number % SPREAD)
        known = examples[number % len(examples)]
        facts = {name: at if name == "join" else at + shift for name, at in known.items()}
        facts.setdefault("join", facts["offer"] + timedelta(days=300))
        computed += sum(moments_of(step, facts, days) for step in plan.steps)
    sys.stdout.write(f'{{"moments": {computed}}}\n')


if __name__ == "__main__":
    main()
