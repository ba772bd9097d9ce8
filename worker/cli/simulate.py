"""`tsunagu simulate PLAYBOOK`: a year in seconds, as a page; nothing leaves the machine."""

from argparse import Namespace
from statistics import median

from worker.cli.cast import BEHAVIOURS, Cast, cast_of
from worker.cli.check import refuse_what_is_wrong
from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.cli.tally import SPANS, StepCount, Tally
from worker.domain.plan import Plan
from worker.engine.simulate import simulate
from worker.wiring.engine import imagined_times

_BARS = " ▁▂▃▄▅▆▇█"
_WORST = 5
_WIDE = 18  # cells of the bar of a month: with five kinds in Japanese it fits 80


def run(arguments: Namespace, session: Session) -> int:
    """Run the year and show what it came to."""
    shelf = session.library.find(arguments.playbook)
    plan = refuse_what_is_wrong(session, shelf)
    cast = cast_of(arguments, session, shelf, plan)
    tally = Tally(session.zone)
    say = session.out.say
    with session.out.progress(say("simulate.progress"), len(cast.records)) as advance:
        events = simulate(
            cast.plans,
            cast.subjects(),
            since=cast.since,
            until=cast.until,
            behaviour=BEHAVIOURS[arguments.behaviour],
            entering=() if plan.audience is not None else (plan.playbook,),
            times=imagined_times(session.settings),
        )
        before = 0
        for event in events:
            tally.add(event)
            if tally.people - before >= _EVERY:
                before = tally.people
                advance(before)
        tally.done()
    if not tally.enrolled and plan.audience is not None:
        raise Wrong("simulate.nobody", playbook=plan.playbook)
    if arguments.json:
        session.out.json(_as_json(plan, cast, tally, session))
    else:
        _tell(plan, cast, tally, session)
    return 0


_EVERY = 50  # people, between two looks at the bar


def _tell(plan: Plan, cast: Cast, tally: Tally, session: Session) -> None:
    out, say = session.out, session.out.say
    out.heading(plan.title or str(plan.playbook))
    out.tell(
        "simulate.span",
        n=len(cast.records),
        since=say.day(cast.since.astimezone(session.zone).date()),
        until=say.day(cast.until.astimezone(session.zone).date()),
    )
    for key in ("declined", "accept"):
        if tally.facts.get(key):
            out.tell(f"simulate.{key}", n=tally.facts[key])
    months = _months(tally)
    out.line()
    out.heading(say("simulate.by_step"))
    heads = [say(f"simulate.{name}") for name in ("step", "kind", "count", "people")]
    heads.append(_month_heads(months))
    rows = []
    for count in _ordered(plan, tally):
        if not count.kind:
            continue
        label = say.step(count.step, rung=count.rung)
        if count.playbook != plan.playbook:
            label = f"{count.playbook}/{label}"
        if count.rung:
            label = f"  {label}"
        bar = _bars([count.by_month.get(month, 0) for month in months])
        rows.append(
            (label, say(f"kind.{count.kind}"), f"{count.count:,}", f"{count.people:,}", bar)
        )
    out.table(heads, rows, right=(2, 3), whole=(1, 2, 3, 4))
    _tell_found(plan, tally, session)
    _tell_months(tally, months, session)
    _tell_burden(tally, session)


def _tell_found(plan: Plan, tally: Tally, session: Session) -> None:
    """Show what was asked, who answered, and how far the ladders were climbed."""
    out, say = session.out, session.out.say
    asked = {str(step.id): step for step in plan.steps if step.expect is not None}
    rows = []
    for count in _ordered(plan, tally):
        step = asked.get(count.step)
        if step is None or step.expect is None or count.rung or count.playbook != plan.playbook:
            continue
        climbed = [
            str(
                max(
                    (
                        other.people
                        for other in tally.steps.values()
                        if other.step == count.step and other.rung == rung
                    ),
                    default=0,
                )
            )
            for rung in range(1, len(step.ladder) + 1)
        ]
        rows.append(
            (
                count.step,
                f"{count.count:,}",
                f"{count.found.get(step.expect.answer, 0):,}",
                f"{count.found.get('silent', 0):,}",
                " → ".join(climbed),
            )
        )
    if rows:
        out.line()
        out.heading(say("simulate.by_ladder"))
        heads = [
            say(f"simulate.{name}") for name in ("step", "asked", "answered", "silent", "climbed")
        ]
        out.table(heads, rows, right=(1, 2, 3), whole=(1, 2, 3))
    left = [
        (count, word)
        for count in _ordered(plan, tally)
        for word in ("skipped", "missed")
        if count.found.get(word)
    ]
    if left:
        out.line()
        out.heading(say("simulate.left_out"))
        for count, word in left:
            out.indented(say(f"simulate.left.{word}", step=count.step, n=count.found[word]))


def _tell_months(tally: Tally, months: list[tuple[int, int]], session: Session) -> None:
    out, say = session.out, session.out.say
    out.line()
    out.heading(say("simulate.by_month"))
    kinds = [
        kind
        for kind in ("mail", "survey", "message", "meeting", "task", "alert")
        if any(tally.by_month[month].get(kind) for month in months)
    ]
    most = max((tally.by_month[month].get("mail", 0) for month in months), default=0)
    rows = []
    for year, month in months:
        counts = tally.by_month[year, month]
        length = round(_WIDE * counts.get("mail", 0) / most) if most else 0
        rows.append(
            (
                say.month_of(year, month),
                *(f"{counts.get(kind, 0):,}" for kind in kinds),
                "█" * length,
            )
        )
    heads = [say("simulate.month"), *(say(f"kind.{kind}") for kind in kinds), ""]
    out.table(heads, rows, right=range(1, len(kinds) + 1), whole=range(len(kinds) + 1))


def _tell_burden(tally: Tally, session: Session) -> None:
    """Show how much one person gets: in the middle, and at worst."""
    out, say = session.out, session.out.say
    if not tally.burdens:
        return
    totals = [burden.total for burden in tally.burdens]
    out.line()
    out.heading(say("simulate.burden"))
    out.indented(say("simulate.middle", middle=f"{median(totals):g}", most=max(totals)))
    for name in SPANS:
        worst = max(burden.most[name] for burden in tally.burdens)
        out.indented(say(f"simulate.most.{name}", n=worst))
    heaviest = sorted(tally.burdens, key=lambda burden: (-burden.total, burden.person))[:_WORST]
    shown = ", ".join(f"{burden.person} {burden.total}" for burden in heaviest)
    out.indented(say("simulate.heaviest", people=shown))


def _ordered(plan: Plan, tally: Tally) -> list[StepCount]:
    """Give the counts in the order of the playbook."""
    place = {str(step.id): number for number, step in enumerate(plan.steps)}
    return sorted(
        tally.steps.values(),
        key=lambda one: (
            one.playbook != plan.playbook,
            one.playbook,
            place.get(one.step, len(place)),
            one.rung,
            one.kind,
        ),
    )


def _months(tally: Tally) -> list[tuple[int, int]]:
    """Give every month from the first to the last in which something happened."""
    if not tally.by_month:
        return []
    (year, month), last = min(tally.by_month), max(tally.by_month)
    months = []
    while (year, month) <= last:
        months.append((year, month))
        tally.by_month.setdefault((year, month), type(tally.facts)())
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - months
    return months


def _month_heads(months: list[tuple[int, int]]) -> str:
    """Write the months as single digits over the bars: the last of the month's number."""
    return "".join(str(month % 10) for _, month in months)


def _bars(counts: list[int]) -> str:
    """Draw counts as one cell each, the largest full."""
    most = max(counts, default=0)
    if not most:
        return ""
    top = len(_BARS) - 1
    return "".join(_BARS[-(-count * top // most)] for count in counts)


def _as_json(plan: Plan, cast: Cast, tally: Tally, session: Session) -> dict[str, object]:
    zone = session.zone
    return {
        "playbook": plan.playbook,
        "digest": plan.digest,
        "people": len(cast.records),
        "since": cast.since.astimezone(zone).isoformat(),
        "until": cast.until.astimezone(zone).isoformat(),
        "enrolled": dict(tally.enrolled),
        "facts": dict(tally.facts),
        "steps": [
            {
                "playbook": count.playbook,
                "step": count.step,
                "rung": count.rung,
                "kind": count.kind,
                "count": count.count,
                "people": count.people,
                "by_month": {
                    f"{year}-{month:02}": n for (year, month), n in sorted(count.by_month.items())
                },
                "found": dict(sorted(count.found.items())),
            }
            for count in _ordered(plan, tally)
        ],
        "by_month": {
            f"{year}-{month:02}": dict(sorted(counts.items()))
            for (year, month), counts in sorted(tally.by_month.items())
        },
        "by_person": [
            {
                "person": burden.person,
                "messages": burden.total,
                "most_in_a_day": burden.most["day"],
                "most_in_two_weeks": burden.most["fortnight"],
                "most_in_30_days": burden.most["month"],
                "tasks": burden.tasks,
                "ended_by": burden.end,
            }
            for burden in tally.burdens
        ],
    }
