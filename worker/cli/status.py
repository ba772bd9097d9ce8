"""`tsunagu status`: how it stands, what is wrong, and what to type about it."""

import json
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

from worker.cli.disk import TOO_LITTLE, left, size_told
from worker.cli.output import Output
from worker.cli.session import Session
from worker.cli.show import json_instant, outcome_told
from worker.domain.appointments import OPEN, Appointment, Stage
from worker.domain.errors import StoreError
from worker.domain.intents import State
from worker.domain.outcomes import Scope
from worker.engine.journal.bulletins import AGENDA, INBOX, NO_WAY
from worker.engine.journal.lanes import (
    CLOCK,
    FUSE,
    JOURNAL,
    RATE,
    Closed,
    mailbox_of,
    provider_of,
)
from worker.engine.journal.overview import Overview
from worker.engine.journal.processes import Process
from worker.engine.meetings.advise import told_in
from worker.engine.meetings.walls import ahead_and_changed, changed
from worker.playbook.compile import lacking
from worker.problems import sentence
from worker.wiring.hints import can_be_told, watches_of
from worker.wiring.lock import holder

_SEVERAL = 2
_TICKING = ("up", "beat")
_LATELY = timedelta(days=2)  # so long a process that fell silent is told of
_LEFT_OUT = 5  # meetings without a time: so many are told one by one
_QUIET = timedelta(minutes=10)  # without a tick, while something is due: nobody works
_FRESH = timedelta(minutes=3)  # a look is written down once a minute

Finding: TypeAlias = tuple[str, dict[str, object]]  # a phrase and its values


def run(arguments: Namespace, session: Session) -> int:
    """Show the overview; exit 0 whatever it says, since looking is no mistake."""
    if not arguments.watch:
        _show(session, session.out)
        return 0
    from worker.cli.watch import watch  # noqa: PLC0415 - only who looks on pays for it

    session.journal  # noqa: B018 - what is wrong from the start is told, and ends it
    watch(session.out, lambda out: _show_again(session, out))
    return 0


def _show_again(session: Session, out: Output) -> None:
    """Write how it stands by now; a store that is away for a while ends no watch."""
    session.now = session.clock.now()
    try:
        _show(session, out)
    except StoreError as away:
        if session.arguments.json:
            out.json({"at": json_instant(session.now, session.zone), "trouble": str(away)})
        else:
            out.tell("store.trouble", why=str(away).rstrip("."))


def _show(session: Session, out: Output) -> None:
    """Write how it stands now."""
    overview = session.journal.overview.at(session.now)
    findings = list(_findings(overview, session))
    if session.arguments.json:
        out.json(_as_json(overview, findings, session))
        return
    _tell(overview, session, out)
    out.line()
    if not findings:
        out.tell("status.fine", style="green")
    for key, values in findings:
        out.tell(f"status.{key}", style="yellow", **values)
        out.indented(out.say(f"status.{key}.do", **values))


def findings_of(session: Session) -> list[Finding]:
    """Give what a human should look at now, the worst first."""
    return _findings(session.journal.overview.at(session.now), session)


def _tell(overview: Overview, session: Session, out: Output) -> None:
    say = out.say
    states = overview.states
    pid = at_work(session)
    elsewhere = "status.elsewhere" if _is_watched(overview, session) else "status.stopped"
    rows = [
        (say("status.worker"), say("status.running", pid=pid) if pid else say(elsewhere)),
        (say("status.people"), say("people.count", n=overview.people)),
    ]
    for playbook, count in sorted(overview.enrolled.items()):
        paused = playbook in session.journal.enrollments.paused()
        told = say("people.count", n=count) + (say("people.paused") if paused else "")
        rows.append((f"  {playbook}", told))
    rows.append((say("status.last"), _when(overview.last_tick, session)))
    rows.append((say("status.next"), _when(overview.next_wake, session)))
    rows += [
        (say("status.drafts"), str(states.get(State.DRAFT, 0))),
        (
            say("status.tasks"),
            say("status.tasks.late", n=overview.tasks, late=overview.overdue_tasks),
        ),
    ]
    arranged = Counter(one.stage for one in session.journal.meetings.standing(*OPEN))
    reserved = session.journal.meetings.standing(Stage.RESERVED)
    held = sum(one.when is not None for one in reserved)
    if arranged or held:
        told = say(
            "status.meetings.counts",
            booked=arranged[Stage.BOOKED],
            under_way=sum(arranged.values()) - arranged[Stage.BOOKED],
        )
        told += say("status.meetings.held", n=held) if held else ""
        rows.append((say("status.meetings"), told))
    suppressed = session.journal.facts.suppressed()
    if suppressed:
        told = ", ".join(
            f"{say.fact(reason) if say.knows(f'fact.{reason}') else reason} {n}"
            for reason, n in sorted(suppressed.items())
        )
        rows.append((say("status.suppressed"), told))
    out.table(("", ""), rows, head=False, whole=(0,))
    lanes = _lanes(overview, session)
    if lanes:
        out.line()
        heads = [
            say(f"status.lane.{name}")
            for name in ("name", "ready", "flight", "later", "sent", "left", "state")
        ]
        out.table(heads, lanes, right=(1, 2, 3, 4, 5), whole=(0,))
    _tell_inboxes(session, out)
    _tell_processes(session, out)


def _tell_processes(session: Session, out: Output) -> None:
    """Show who works, where several may; and who fell silent without a word."""
    say = out.say
    known = [one for one in session.journal.processes.all() if _is_of_interest(one, session)]
    if len(known) < _SEVERAL and session.settings.store.path is not None:
        return
    rows = [
        (
            one.name,
            str(one.pid or "-"),
            one.release or "-",
            say.instant(one.started_at),
            say.instant(one.seen_at),
            say("status.process.lost" if one.is_lost(session.now) else "status.process.alive"),
        )
        for one in known
    ]
    if not rows:
        return
    out.line()
    names = ("name", "pid", "release", "since", "seen", "state")
    out.table([say(f"status.process.{name}") for name in names], rows, right=(1,), whole=(0,))


def _is_of_interest(one: Process, session: Session) -> bool:
    is_lately_lost = one.is_lost(session.now) and session.now - one.seen_at < _LATELY
    return one.is_alive(session.now) or is_lately_lost


def _tell_inboxes(session: Session, out: Output) -> None:
    """Show how far each mailbox is read."""
    say = out.say
    listening = session.journal.mails.listening(session.settings.mailboxes_read)
    if not listening:
        return
    rows = [
        (
            one.mailbox,
            _when(one.looked_at, session),
            str(one.behind),
            say("status.inbox.trouble", since=say.instant(one.since))
            if one.trouble
            else say("status.inbox.fine"),
        )
        for one in listening
    ]
    out.line()
    heads = [say(f"status.inbox.{name}") for name in ("name", "looked", "behind", "state")]
    out.table(heads, rows, right=(2,), whole=(0,))


def _lanes(overview: Overview, session: Session) -> list[tuple[str, ...]]:
    """Give a row for each mailbox of the settings, and for any lane that holds something."""
    say = session.out.say
    counts = {count.lane: count for count in overview.lanes}
    closed = {one.lane: one for one in overview.closed}
    lanes = {f"mail:{name}": name for name in session.settings.mailboxes}
    lanes |= {lane: mailbox_of(lane) or lane for lane in counts}
    rows: list[tuple[str, ...]] = []
    for lane, name in sorted(lanes.items()):
        count, shut = counts.get(lane), closed.get(lane)
        sent = overview.sent.get(lane, 0)
        mailbox = session.settings.mailboxes.get(name)
        limit = mailbox.limits.per_day if mailbox is not None else None
        rows.append(
            (
                name,
                str(count.ready if count else 0),
                str(count.in_flight if count else 0),
                str(count.waiting if count else 0),
                str(sent),
                "-" if limit is None else str(max(0, limit - sent)),
                _state(shut, session) if shut else say("status.lane.open"),
            )
        )
    return rows


def _state(shut: Closed, session: Session) -> str:
    """Say in a word how a lane that is not open stands."""
    say = session.out.say
    if shut.until is not None and shut.until <= session.now:
        return say("status.lane.trying")
    if shut.until is None:
        return say("status.lane.stopped")
    key = "status.lane.limited" if shut.code == RATE else "status.lane.waits"
    return say(key, until=say.instant(shut.until))


def _findings(overview: Overview, session: Session) -> "list[Finding]":
    """Give what a human should look at, the worst first."""
    found = list(_of_machines(session))
    for shut in overview.closed:
        found += _closed(shut, session)
    found += _untold(session)
    pid = at_work(session)
    late = overview.next_wake is not None and overview.next_wake <= session.now
    ticked = overview.last_tick
    if late and overview.people and not _is_watched(overview, session):
        found.append(("nobody", {}))
    elif pid and late and (ticked is None or session.now - ticked > _QUIET):
        found.append(("quiet", {"pid": pid}))
    states = overview.states
    for state, key in (
        (State.DOUBT, "doubt"),
        (State.REFUSED, "refused"),
        (State.PARKED, "parked_mails"),
        (State.DRAFT, "drafts_wait"),
    ):
        if states.get(state):
            found.append((key, {"n": states[state]}))
    if overview.parked:
        ids = ", ".join(str(one.person) for one in overview.parked[:5])
        found.append(
            ("parked", {"n": len(overview.parked), "ids": ids, "id": overview.parked[0].person})
        )
    found += _lacking(session)
    found += _of_mail(session)
    found += _of_meetings(session)
    if overview.overdue_tasks:
        found.append(("late_tasks", {"n": overview.overdue_tasks}))
    return found


def _of_machines(session: Session) -> Iterator[Finding]:
    """Say whether the disk is full, and which processes fell silent."""
    room = left(session)
    if room is not None and room[1] < TOO_LITTLE:
        yield "disk", {"folder": room[0], "free": size_told(room[1])}
    for one in session.journal.processes.all():
        if one.is_lost(session.now) and session.now - one.seen_at < _LATELY:
            yield "lost", {"name": one.name, "seen": session.out.say.instant(one.seen_at)}


def _lacking(session: Session) -> Iterator[Finding]:
    """Name the versions that somebody is in, and that name what the workspace has no more."""
    library, language = session.library, session.out.language
    for (playbook, digest), n in sorted(session.journal.enrollments.count().items()):
        problems = lacking(library.version(digest), library.workspace)
        if problems:
            version = session.journal.versions.get(digest)
            what = dict.fromkeys(sentence(problem, language) for problem in problems)
            serial = "" if version is None else version.serial
            yield (
                "lacking",
                {"playbook": playbook, "serial": serial, "n": n, "what": "; ".join(what)},
            )


def _of_mail(session: Session) -> Iterator[Finding]:
    """Say which mailboxes cannot be read, and how many mails wait for a human."""
    mails = session.journal.mails
    for one in mails.listening(session.settings.mailboxes_read):
        if one.trouble:
            since = session.out.say.instant(one.since)
            told = _told_of(f"{INBOX}{one.mailbox}", session)
            yield "unread", {"name": one.mailbox, "since": since, "why": one.why, "told": told}
    yield from _no_hints(session)
    owners = {one.id: one.name for one in session.journal.staff.all()}
    if late := mails.overdue(session.now):
        named = dict.fromkeys(owners.get(one.owner, session.out.say("none")) for one in late)
        yield "late_mails", {"n": len(late), "owners": ", ".join(named)}
    waiting = mails.waiting()
    lost = [one for one in waiting if one.person is not None and one.owner not in owners]
    if lost:
        yield "no_owner", {"n": len(lost), "role": session.settings.replies.owner}
    if waiting:
        yield "mails", {"n": len(waiting)}


def _no_hints(session: Session) -> Iterator[Finding]:
    """Say of which mailboxes nobody tells us, who was to: they are read all the same."""
    watched = {one.address: one for one in session.journal.meetings.watched() if one.trouble}
    for mailbox in session.settings.mailboxes.values():
        lacking = [name for name in watches_of(mailbox, session.settings) if name in watched]
        if lacking:
            yield "no_hints", {"name": mailbox.id, "why": watched[lacking[0]].why}


def _of_meetings(session: Session) -> Iterator[Finding]:
    """Say which calendars are closed to us, and which meetings find no time."""
    for one in session.journal.meetings.agendas():
        if one.trouble:
            told = _told_of(f"{AGENDA}{one.address.lower()}", session)
            yield "calendar", {"address": one.address, "why": one.why, "told": told}
    watched = session.journal.meetings.watched()
    unwatched = [one for one in watched if one.trouble and provider_of(one.lane) is not None]
    if unwatched and can_be_told(session.settings):
        yield "unwatched", {"n": len(unwatched), "why": unwatched[0].why}
    yield from _of_clocks(session)
    waiting = [
        one
        for one in session.journal.meetings.standing(
            Stage.SEEKING, Stage.BOOKING, Stage.CHANGING, Stage.CANCELLING
        )
        if one.outcome or one.failures
    ]
    left = [one for one in waiting if told_in(one.outcome).why]
    yield from (_left_out(one, session) for one in left[:_LEFT_OUT])
    promised = session.journal.meetings.standing(Stage.RESERVED)
    lacking = [one for one in promised if told_in(one.outcome).why]
    yield from (_not_held(one, session) for one in lacking[:_LEFT_OUT])
    others = [one for one in waiting if one not in left[:_LEFT_OUT]]
    if others:
        why = next((outcome_told(session.out.say, one.outcome) for one in others), "")
        yield "no_time", {"n": len(others), "why": why or session.out.say("status.no_time.room")}


def _of_clocks(session: Session) -> Iterator[Finding]:
    """Name the meetings at which clocks show another time than people were told."""
    standing = session.journal.meetings.standing(Stage.BOOKED, Stage.CHANGING)
    found = ahead_and_changed(standing, session.now)
    for one in found[:_LEFT_OUT]:
        told, now = changed(one)[0]
        yield (
            "clocks",
            {
                "who": _who(one, session),
                "zone": told.zone,
                "told": told.shows.replace("T", " "),
                "now": now.shows.replace("T", " "),
                "address": one.address,
            },
        )
    if len(found) > _LEFT_OUT:
        yield "more_clocks", {"n": len(found) - _LEFT_OUT}


def _who(known: Appointment, session: Session) -> str:
    """Name the first person of a meeting, how many others there are, and its step."""
    say = session.out.say
    first = next(iter(known.people))
    more = say("plan.more", n=len(known.people) - 1) if len(known.people) > 1 else ""
    return f"{first.name}{more} {say.step(known.step, known.occurrence)}"


def _left_out(known: Appointment, session: Session) -> Finding:
    """Say of a meeting for which there is no room why, and what would help."""
    say, told = session.out.say, told_in(known.outcome)
    first = next(iter(known.people))
    return "left_out", {
        "who": _who(known, session),
        "why": say.reasons(told.why),
        "help": say.reasons(told.help) or say("status.left_out.no_help"),
        "person": str(first.person),
        "step": str(known.step),
    }


def _not_held(known: Appointment, session: Session) -> Finding:
    """Say of a promise for which no time can be held by when one is wanted, and what would help."""
    _, values = _left_out(known, session)
    return "not_held", {**values, "when": session.out.say.instant(known.due_at)}


def _closed(shut: Closed, session: Session) -> "list[Finding]":
    """Say what a closed lane, a blown fuse or a wrong clock means."""
    say = session.out.say
    if shut.lane == FUSE:
        why = _numbers(shut.why)
        values: dict[str, object] = {
            "due": why.get("due", "?"),
            "allowed": why.get("allowed", "?"),
            "foreseen": why.get("foreseen") or 0,
        }
        return [("fuse", values)]
    if shut.code == CLOCK:
        return [_clock(shut, session)]
    if shut.lane == JOURNAL:
        why = _numbers(shut.why)
        return [("journal", {"since": say.worded(str(why.get("since", "?")))})]
    return [] if shut.code == RATE else [_of_a_way(shut, session)]


def _of_a_way(shut: Closed, session: Session) -> Finding:
    """Say what a way out that is shut means: it stands still, is tried, or waits."""
    say = session.out.say
    name = mailbox_of(shut.lane) or shut.lane
    values = {"lane": name, "why": shut.why, "since": say.instant(shut.since)}
    if shut.until is None:
        return "lane_stopped", {**values, "told": _told_of(shut.lane, session)}
    if shut.until <= session.now and shut.code == Scope.MAILBOX.value:
        return "lane_tried", {"lane": name}
    return "lane_waits", {**values, "until": say.instant(shut.until), "n": shut.failures}


def _told_of(about: str, session: Session) -> str:
    """Say when HR was told that a way stopped; empty while nobody was."""
    for one in session.journal.bulletins.stopped():
        if one.about == about and one.state is State.DONE and one.settled_at is not None:
            return session.out.say("status.told", at=session.out.say.instant(one.settled_at))
    return ""


def _untold(session: Session) -> Iterator[Finding]:
    """Name the stops of which nobody could be told by mail."""
    names = [
        one.about.partition(":")[2]
        for one in session.journal.bulletins.stopped()
        if one.state in (State.DOUBT, State.REFUSED) or one.outcome == NO_WAY
    ]
    if names:
        yield "untold", {"names": ", ".join(names)}


def _clock(shut: Closed, session: Session) -> Finding:
    """Say that the clock is back before the last tick; or whose is wrong, and what says so."""
    why, say = _numbers(shut.why), session.out.say
    if shut.lane == CLOCK:
        return "clock", {"was": say.worded(str(why.get("was", "?")))}
    seconds = int(str(why.get("seconds", 0)))
    return "clock_wrong", {
        "process": shut.lane.partition(":")[2],
        "how": say("status.clock.ahead" if seconds > 0 else "status.clock.behind", n=abs(seconds)),
        "by": say(f"status.clock.by.{why.get('by', 'stopwatch')}"),
    }


def _numbers(text: str) -> dict[str, object]:
    """Read what a guard of the engine wrote down about why it stopped."""
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _when(at: datetime | None, session: Session) -> str:
    return session.out.say.instant(at) if at is not None else session.out.say("none")


def at_work(session: Session) -> str:
    """Give the process, or the processes, that watch the time of this store; empty if none does."""
    path = session.settings.store.path
    if path is not None:
        return holder(path)
    alive = [one for one in session.journal.processes.all() if one.is_alive(session.now)]
    return ", ".join(one.name for one in alive if one.verb in _TICKING)


def _is_watched(overview: Overview, session: Session) -> bool:
    """Say whether anybody watches the time: a file has a lock, a database of many the last look.

    That look is nobody's any more where whoever watched has said goodbye since.
    """
    if session.settings.store.path is not None or at_work(session):
        return bool(at_work(session))
    ticked = overview.last_tick
    if ticked is None or session.now - ticked >= _FRESH:
        return False
    known = session.journal.processes.all()
    return not any(
        one.verb in _TICKING and one.ended_at is not None and one.ended_at >= ticked
        for one in known
    )


def _as_json(overview: Overview, findings: "list[Finding]", session: Session) -> dict[str, object]:
    zone = session.zone
    say = session.out.say
    return {
        "at": json_instant(session.now, zone),
        "worker": at_work(session),
        "is_watched": _is_watched(overview, session),
        "processes": [
            {
                "name": one.name,
                "verb": one.verb,
                "host": one.host,
                "pid": one.pid,
                "release": one.release,
                "started_at": json_instant(one.started_at, zone),
                "seen_at": json_instant(one.seen_at, zone),
                "alive": one.is_alive(session.now),
            }
            for one in session.journal.processes.all()
        ],
        "people": overview.people,
        "enrolled": dict(sorted(overview.enrolled.items())),
        "paused": sorted(session.journal.enrollments.paused()),
        "last_tick": json_instant(overview.last_tick, zone),
        "next_wake": json_instant(overview.next_wake, zone),
        "to_look_at": overview.to_look_at,
        "states": {state.value: overview.states.get(state, 0) for state in State},
        "tasks": overview.tasks,
        "overdue_tasks": overview.overdue_tasks,
        "suppressed": dict(sorted(session.journal.facts.suppressed().items())),
        "lanes": [
            {
                "lane": count.lane,
                "ready": count.ready,
                "in_flight": count.in_flight,
                "later": count.waiting,
                "oldest": json_instant(count.oldest, zone),
            }
            for count in overview.lanes
        ],
        "sent_24h": dict(sorted(overview.sent.items())),
        "closed": [
            {
                "lane": one.lane,
                "code": one.code,
                "since": json_instant(one.since, zone),
                "until": json_instant(one.until, zone),
                "failures": one.failures,
                "why": one.why,
            }
            for one in overview.closed
        ],
        "inboxes": [
            {
                "mailbox": one.mailbox,
                "looked_at": json_instant(one.looked_at, zone),
                "behind": one.behind,
                "trouble": one.trouble,
                "why": one.why,
            }
            for one in session.journal.mails.listening(session.settings.mailboxes_read)
        ],
        "stopped": [
            {
                "about": one.about,
                "since": json_instant(one.since, zone),
                "told": one.state is State.DONE,
                "outcome": one.outcome,
            }
            for one in session.journal.bulletins.stopped()
        ],
        "meetings": dict(
            sorted(
                Counter(
                    one.stage.value
                    for one in session.journal.meetings.standing(Stage.RESERVED, *OPEN)
                ).items()
            )
        ),
        "parked": [str(one.person) for one in overview.parked],
        "findings": [
            {
                "what": key,
                "sentence": say(f"status.{key}", **values),
                "do": say(f"status.{key}.do", **values),
            }
            for key, values in findings
        ],
    }
