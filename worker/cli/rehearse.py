"""`tsunagu rehearse PLAYBOOK --redirect-to ADDRESS`: the real thing, and nobody is written to.

The real engine, the real servers and the real texts, with a memory of its own that is thrown away
afterwards. Every message goes to one address, marked; a guard looks at each one right before it
leaves (`engine.redirect`). Web addresses are not called, people's answers are imagined.
"""

from argparse import Namespace
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic

from worker.cli.cast import BEHAVIOURS, Cast, cast_of, one_of
from worker.cli.check import refuse_what_is_wrong
from worker.cli.mistakes import Wrong
from worker.cli.play import JumpingClock, Play
from worker.cli.session import Session
from worker.cli.show import at_least, outcome_told
from worker.domain.errors import BrokenPromise
from worker.domain.intents import State
from worker.domain.plan import Plan
from worker.engine.enroll import publish
from worker.engine.journal.journal import Journal, open_journal
from worker.people.addresses import Unusable, read_address
from worker.settings.model import Settings
from worker.wiring.rehearsal import Stage

_A_MINUTE = 60.0


def run(arguments: Namespace, session: Session) -> int:
    """Live through the playbook and say what was handed over."""
    address = _address(arguments.redirect_to)
    at_least("--at-most", arguments.at_most, 1)
    shelf = session.library.find(arguments.playbook)
    plan = session.library.plan(shelf)
    cast = _chosen(cast_of(arguments, session, shelf, plan), arguments.person)
    refuse_what_is_wrong(session, shelf, cast.records, cast.staff)
    settings = session.whole_settings
    with _own_journal() as journal:
        clock = JumpingClock(cast.since)
        pace = Pace(settings)
        journal.staff.put(cast.staff, cast.since)
        stage = Stage(
            settings,
            journal,
            clock,
            redirect_to=address,
            word=session.now.isoformat(),
            on_hand_over=pace.wait_for_room,
        )
        for other in cast.plans:
            publish(journal, other.playbook, session.library.version(other.digest), cast.since)
        journal.people.put(cast.records, cast.since)
        if plan.audience is None:
            ids = [record.id for record in cast.records]
            journal.enrollments.enroll(ids, plan.playbook, plan.digest, cast.since, cast.since)
        stage.engine.read_versions()
        play = Play(stage.engine, clock, BEHAVIOURS[arguments.behaviour])
        for record in cast.records:
            begins = max(cast.since, record.facts.get("offer", cast.since))
            play.expect_of_their_own(record.id, begins, accepts="accept" not in record.facts)
        with closing(stage.engine.performer):
            _live(play, stage, cast, session, most=arguments.at_most)
        return _told(stage, journal, plan, address, session, most=arguments.at_most)


class Pace:
    """Keeps to what each mailbox may send in a minute of real time, however the clock jumps."""

    def __init__(self, settings: Settings) -> None:
        self._limits = {id_: box.limits.per_minute for id_, box in settings.mailboxes.items()}
        self._sent: dict[str, deque[float]] = {}
        self._never = Event()

    def wait_for_room(self, mailbox: str, count: int) -> None:
        """Wait until *count* more messages may leave from a mailbox."""
        limit = self._limits.get(mailbox)
        if limit is None:
            return
        sent = self._sent.setdefault(mailbox, deque())
        for _ in range(count):
            while len(sent) >= limit:
                left = _A_MINUTE - (monotonic() - sent[0])
                if left > 0:
                    self._never.wait(left)
                sent.popleft()
            sent.append(monotonic())


@contextmanager
def _own_journal() -> Iterator[Journal]:
    """Open a memory that nothing else knows, and throw it away at the end."""
    with TemporaryDirectory(prefix="tsunagu-rehearsal-") as folder:
        journal = open_journal(f"sqlite:///{Path(folder) / 'store.db'}")
        try:
            yield journal
        finally:
            journal.close()


def _live(play: Play, stage: Stage, cast: Cast, session: Session, *, most: int) -> None:
    """Let the time pass; stop at the first sign that a server does not take our mail."""
    span = max(cast.until - cast.since, timedelta(seconds=1))
    say = session.out.say
    with session.out.progress(say("rehearse.progress"), 1000) as advance:
        play.run(
            cast.until,
            on_turn=lambda now: advance(round(1000 * ((now - cast.since) / span))),
            stops=lambda: stage.handed_over >= most or bool(play.stopped_lanes()),
        )
    if stage.violations:
        raise BrokenPromise(
            "A rehearsal would have written to somebody else, and its guard stopped "
            f"{len(stage.violations)}: {stage.violations[0]}"
        )
    for closed in play.stopped_lanes():
        raise Wrong("rehearse.stopped", lane=closed.lane.removeprefix("mail:"), why=closed.why)


def _told(
    stage: Stage, journal: Journal, plan: Plan, address: str, session: Session, *, most: int
) -> int:
    """Say what was handed over, from which mailbox, and what did not go."""
    out = session.out
    overview = journal.overview.at(stage.engine.clock.now())
    trouble = [
        (wish, outcome_told(out.say, wish.outcome))
        for wish in journal.desk.in_state(State.DOUBT, State.REFUSED, State.PARKED, most=100_000)
    ]
    by_mailbox = {name: guard.handed_over for name, guard in sorted(stage.guards.items())}
    if session.arguments.json:
        out.json(
            {
                "playbook": plan.playbook,
                "redirected_to": address,
                "handed_over": stage.handed_over,
                "by_mailbox": by_mailbox,
                "web_addresses_not_called": len(stage.calls.calls),
                "meetings_in_no_calendar": len(stage.calendars.entries()),
                "tasks": overview.tasks,
                "stopped_early": stage.handed_over >= most,
                "trouble": [
                    {"step": wish.step, "person": wish.person, "said": told}
                    for wish, told in trouble
                ],
            }
        )
        return 0
    out.tell("rehearse.done", n=stage.handed_over, address=address, style="bold")
    for name, count in by_mailbox.items():
        out.indented(out.say("rehearse.from", mailbox=name, n=count))
    if stage.calls.calls:
        out.indented(out.say("rehearse.calls", n=len(stage.calls.calls)))
    if stage.calendars.entries():
        out.indented(out.say("rehearse.meetings", n=len(stage.calendars.entries())))
    if stage.handed_over >= most:
        out.tell("rehearse.enough", most=most, style="yellow")
    for wish, count in Counter((wish.step, told) for wish, told in trouble).items():
        out.tell("rehearse.trouble", step=wish[0], why=wish[1], n=count, style="yellow")
    out.tell("rehearse.safe", style="green")
    return 0


def _chosen(cast: Cast, words: list[str]) -> Cast:
    """Keep the people who were named, or everybody."""
    if not words:
        return cast
    records = tuple(one_of(cast, word) for word in words)
    return Cast(cast.plans, records, cast.staff, cast.since, cast.until)


def _address(written: str) -> str:
    """Read the one address, or refuse it."""
    read = read_address(written)
    if isinstance(read, Unusable):
        raise Wrong("rehearse.address", address=written)
    return read.address
