"""`tsunagu demo`: a year of the reference playbook on this machine, with people who do not exist.

Real are: the workspace, the texts, the engine, its journal, every mail and every meeting, which go
to servers on this machine by the protocols and the clients that reach real ones, and every answer,
which is read back from there. Imagined are the people and the time. At the end it looks whether
what it promises was kept, and does not pass in silence over what was not. Where no IMAP server is
installed it says so, and notes the answers as facts.
"""

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from zoneinfo import ZoneInfo

from integrations.localimap import missing
from worker.cli import demo_people
from worker.cli.demo_calendars import DraggingHands, Hands, MailHands
from worker.cli.demo_cast import ACCEPTS_AFTER
from worker.cli.demo_guests import Guests
from worker.cli.demo_places import PROVIDERS, Place, by_mail_servers
from worker.cli.demo_post import Box, keep
from worker.cli.demo_promises import Year, promises
from worker.cli.demo_stage import Desk, Expected, Stage
from worker.cli.demo_summary import as_json, tell
from worker.cli.init import make_workspace
from worker.cli.mistakes import Wrong
from worker.cli.output import Output
from worker.cli.phrases import Phrases
from worker.cli.play import JumpingClock, Play
from worker.cli.session import Session
from worker.cli.show import words_of_staff
from worker.domain.errors import BrokenPromise
from worker.domain.facts import PersonId, PlaybookId
from worker.domain.workdays import Workdays, workdays
from worker.engine.behaviour import Behaviour
from worker.engine.engine import Engine
from worker.engine.enroll import publish
from worker.engine.journal.journal import Journal, open_journal
from worker.people.reading import read_staff
from worker.people.records import PersonRecord, StaffRecord
from worker.playbook.bundle import read_bundle
from worker.settings.model import Settings
from worker.wiring.engine import engine_of
from worker.wiring.inboxes import listeners_of

_PLAYBOOK = PlaybookId("naitei-follow")
_ZONE = ZoneInfo("Asia/Tokyo")
_HABITS = Behaviour(  # of everybody, where no mailbox can be read
    answers=0.7,
    latest=timedelta(days=8),
    accepts=0.95,
    declines=0.12,
    seed="demo",
)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the year takes place in."""

    engine: Engine
    clock: JumpingClock
    people: list[PersonRecord]
    staff: list[StaffRecord]
    until: datetime
    hands: Mapping[str, DraggingHands]  # in calendars, by the address of a colleague


@dataclass(frozen=True, slots=True)
class _Lived:
    """What the cast did, where it could write mails."""

    manners: Mapping[PersonId, str] = field(default_factory=dict)
    written: Mapping[str, Expected] = field(default_factory=dict)
    guests: Guests | None = None


def run(arguments: Namespace, session: Session) -> int:
    """Live through the year, show it, and check the promises."""
    out = Output(Phrases(session.out.language, _ZONE))
    began = monotonic()
    lacks = _lacks(arguments)
    since, until = demo_people.span(_ZONE)
    clock = JumpingClock(since)
    with ExitStack() as stack:
        folder = stack.enter_context(_folder(arguments.keep))
        make_workspace(folder, out.language)
        place = stack.enter_context(_place(arguments.provider, folder, clock, reads=not lacks))
        journal = stack.enter_context(_journal(place.settings))
        if not arguments.json:
            out.tell("demo.begins", n=demo_people.COUNT)
            place.tell(out)
            if lacks:
                out.tell("demo.lacks", missing=lacks, style="yellow")
        scene = _set(place, journal, clock, until)
        lived = _live(scene, place, out)
        plan = scene.engine.editions.plan(journal.enrollments.all(_PLAYBOOK)[0].digest)
        arrived = place.post.arrived
        year = Year(
            journal,
            plan,
            tuple(scene.people),
            tuple(scene.staff),
            tuple(arrived),
            ZoneInfo(place.settings.company.timezone),
            monotonic() - began,
            place.name,
            lacks,
            lived.manners,
            lived.written,
            lived.guests,
        )
        kept = promises(year)
        if arguments.keep:
            keep(arrived, folder / "mails")
        if arguments.json:
            out.json(as_json(year, kept))
        else:
            tell(year, kept, out)
            if arguments.keep:
                out.tell("demo.kept", folder=folder, person=year.people[0].id)
    broken = [name for name, wrong in kept.items() if wrong]
    if broken:
        raise BrokenPromise("; ".join(f"{name}: {kept[name][0]}" for name in broken))
    return 0


def _lacks(arguments: Namespace) -> str:
    """Say what keeps it from reading answers as mails; empty: nothing."""
    if arguments.provider:
        return ""
    return "--no-imap" if arguments.no_imap else missing()


@contextmanager
def _place(provider: str, folder: Path, clock: JumpingClock, *, reads: bool) -> Iterator[Place]:
    """Start the servers that the year takes place on."""
    if provider:
        with PROVIDERS[provider](folder, clock) as place:
            yield place
    else:
        with by_mail_servers(folder, clock, reads=reads) as place:
            yield place


@contextmanager
def _folder(kept: str) -> Iterator[Path]:
    """Give the folder of the workspace: one to keep, or one that is gone afterwards."""
    if kept and Path(kept).exists():
        raise Wrong("demo.there", folder=kept)
    with nullcontext(kept) if kept else TemporaryDirectory(prefix="tsunagu-demo-") as name:
        yield Path(name)


@contextmanager
def _journal(settings: Settings) -> Iterator[Journal]:
    journal = open_journal(settings.store.url.reveal(), is_lasting=False)
    try:
        yield journal
    finally:
        journal.close()


def _set(place: Place, journal: Journal, clock: JumpingClock, until: datetime) -> _Scene:
    """Set the scene: the playbook published, staff and people known, the engine at rest."""
    settings = place.settings
    since, zone = clock.now(), ZoneInfo(settings.company.timezone)
    folder = settings.playbooks / _PLAYBOOK
    staff = list(read_staff(folder / "staff.csv").standing())
    hands: Mapping[str, DraggingHands] = {}
    if place.firm is not None:
        staff = [_with_calendar(record, place.calendars) for record in staff]
        hands = place.firm.employ(staff, since, until, zone)
    people = demo_people.cast(zone, staff)
    journal.staff.put(staff, since)
    engine = engine_of(settings, journal, clock, tell=words_of_staff(settings).reasons)
    publish(journal, _PLAYBOOK, read_bundle(folder, f"playbooks/{_PLAYBOOK}"), since)
    engine.read_versions()
    journal.people.put(people, since)
    return _Scene(engine, clock, people, staff, until, hands)


def _with_calendar(record: StaffRecord, calendars: Mapping[str, str]) -> StaffRecord:
    """Say in somebody's row where their calendar is, as the table's own column does."""
    there = calendars.get(record.id, "mail")
    return replace(record, attributes={**record.attributes, "calendar": there})


def _live(scene: _Scene, place: Place, out: Output) -> _Lived:
    """Let the year go by."""
    since, until = scene.clock.now(), scene.until
    with ExitStack() as stack:
        stack.enter_context(closing(scene.engine.performer))
        advance = stack.enter_context(out.progress(out.say("demo.progress"), 1000))

        def on_turn(now: datetime) -> None:
            advance(round(1000 * ((now - since) / (until - since))))

        if not place.name:
            _noted(scene, on_turn)
            return _Lived()
        desks = [
            Desk(_box(place.settings, listener.mailbox), stack.enter_context(closing(listener)))
            for listener in listeners_of(place.settings, scene.engine)
        ]
        return _written(scene, place, desks, on_turn)


def _box(settings: Settings, id_: str) -> Box:
    return Box(id_, settings.mailboxes[id_].address, settings.mailboxes[id_].name)


def _written(
    scene: _Scene, place: Place, desks: list[Desk], on_turn: Callable[[datetime], None]
) -> _Lived:
    """Let the cast write mails, which the engine reads."""
    bundle = scene.engine.audience.current[_PLAYBOOK]
    calendar = scene.engine.editions.plan(bundle).calendar
    days = workdays(calendar, place.settings.company.timezone)
    stage = Stage(scene.engine, scene.clock, place.post, desks, scene.people, scene.staff, days)
    for person in scene.people:
        if stage.manner(person.id).accepts:
            at = person.facts["offer"] + ACCEPTS_AFTER
            stage.expect(at, partial(stage.note, person.id, "accept"))
    guests = _guests(scene, place, stage, days)
    stage.watch(guests.react)
    stage.run(scene.until, on_turn)
    manners = {person.id: stage.manner(person.id).name for person in scene.people}
    return _Lived(manners, stage.written, guests)


def _guests(scene: _Scene, place: Place, stage: Stage, days: Workdays) -> Guests:
    """Let people deal with invitations, in the calendars and in mails."""
    by_mail = MailHands(lambda: place.post.arrived, stage.answer_invitation, scene.clock.now)
    hands: list[Hands] = [*dict.fromkeys(scene.hands.values()), by_mail]
    return Guests(
        scene.engine,
        scene.people,
        scene.staff,
        hands=hands,
        dragging=scene.hands,
        days=days,
        expect=stage.expect,
    )


def _noted(scene: _Scene, on_turn: Callable[[datetime], None]) -> None:
    """Note what people would have written, where there is no mailbox to read it from."""
    play = Play(scene.engine, scene.clock, _HABITS)
    for person in scene.people:
        begins = person.facts["offer"]
        play.expect_of_their_own(person.id, begins, accepts="accept" not in person.facts)
    play.run(scene.until, on_turn=on_turn)
