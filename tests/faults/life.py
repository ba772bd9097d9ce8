"""The life of three talks: booked, declined and moved, dragged by hand, called off, and held.

Everybody does the same in every life; what differs is the trouble that comes in between.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from functools import partial

from integrations.localmail import LocalMail
from tests.cli.desk import local
from tests.faults.place import HANA, SATO, Place
from tests.faults.trouble import Trouble
from tests.faults.worker import Died, Worker
from worker.cli.demo_calendars import Invited
from worker.cli.demo_promises import double_booked, elsewhere
from worker.domain.appointments import Stage
from worker.domain.facts import PersonId
from worker.domain.intents import State
from worker.domain.meetings import Span, Word
from worker.engine.journal.journal import Journal, open_journal
from worker.settings.load import load_settings

AOI, BEN, RIN = "aoi@mail.example", "ben@mail.example", "rin@mail.example"
ENDS = "2026-04-08 18:00"  # a week later: whatever had to wait is over

_SAYS = {AOI: (Word.ACCEPTED,), BEN: (Word.DECLINED, Word.ACCEPTED), RIN: (Word.ACCEPTED,)}
_STORY = frozenset({"booked", "accepted", "declined", "moved", "cancelled", "failed", "held"})
_ANSWER_AFTER = timedelta(minutes=20)
_DRAG_AFTER = timedelta(hours=3)
_LEAVE_AT = local("2026-04-01 16:00")  # Rin declines the offer


def _scenes() -> Iterator[datetime]:
    """Give the moments at which people look into their calendars."""
    at = local("2026-04-01 08:30")
    while at < local("2026-04-02 09:00"):
        at += timedelta(minutes=30)
        yield at
    while at < local(ENDS):
        at += timedelta(hours=6)
        yield at


@dataclass(frozen=True, slots=True)
class Account:
    """What the calendars, the mail server, the journal and the command say in the end."""

    amiss: list[str]  # where they contradict one another, or somebody has two things at once
    stories: dict[str, Counter[str]]  # the words of the talk, by person
    invited: Counter[str]  # by the provider, by address
    doubts: list[str]  # as `doubts` lists them
    findings: list[str]  # of `status`


@dataclass
class Life:
    """Lives through it."""

    place: Place
    start: Callable[[], Worker]
    trouble: Trouble
    told: dict[str, str] = field(default_factory=dict)  # by `status` while it lasted
    deaths: int = 0
    _ahead: list[tuple[datetime, Callable[[], None]]] = field(default_factory=list)
    _turns: Counter[str] = field(default_factory=Counter)
    _has_left: bool = False
    _dragged: bool = False

    def live(self) -> Worker:
        """Live to the end; gives the last worker, which still lives."""
        place, trouble = self.place, self.trouble
        trouble.come_to(place)
        worker = self.start()
        for scene in _scenes():
            worker = self._work(worker, scene)
            if trouble.is_on:
                self.told |= self._status()
            trouble.look_at_the_time()
            self._act(place.clock.now())
        return worker

    def _work(self, worker: Worker, until: datetime) -> Worker:
        while True:
            try:
                worker.live_until(until)
            except Died:
                self.deaths += 1
                worker = self.start()
            else:
                return worker

    def _status(self) -> dict[str, str]:
        return {one["what"]: one["sentence"] for one in self.place.tell("status")["findings"]}

    # What people do.

    def _act(self, now: datetime) -> None:
        due = [act for at, act in self._ahead if at <= now]
        self._ahead = [one for one in self._ahead if one[0] > now]
        for act in due:
            act()
        hands = self.place.provider.hands
        for invited in hands.invited():
            says = _SAYS.get(invited.address)
            if says is None or (invited.address == RIN and self._has_left):
                continue
            self._turns[invited.address] += 1
            word = says[min(self._turns[invited.address], len(says)) - 1]
            self._ahead.append((now + _ANSWER_AFTER, partial(hands.answer, invited, word)))
            if invited.address == AOI and not self._dragged:
                self._dragged = True
                self._ahead.append((now + _DRAG_AFTER, partial(self._drag, invited)))
        if now >= _LEAVE_AT and not self._has_left:
            self._has_left = True
            self.place.type("fact", "rin", "declined")

    def _drag(self, invited: Invited) -> None:
        """Let Sato put Aoi's talk an hour and a half before his day ends, a day later."""
        start = invited.when.start.replace(hour=7, minute=30) + timedelta(days=1)
        self.place.provider.hands.drag(invited, Span(start, start + timedelta(minutes=30)))

    # What came of it.

    def account(self) -> Account:
        """Compare what everybody has."""
        place = self.place
        settings = load_settings(place.home / "tsunagu.yaml").standing()
        journal = open_journal(settings.store.url.reveal())
        standing = place.provider.hands.standing()
        account = Account(
            [
                *double_booked(standing),
                *elsewhere(standing, journal.meetings.standing(*Stage)),
                *place.provider.hands.twice(),
                *mails_amiss(journal, place.mail.mails),
            ],
            {one: _story(journal, one) for one in ("aoi", "ben", "rin")},
            Counter(place.provider.invited()),
            [one["subject"] for one in place.tell("doubts")],
            [one["what"] for one in place.tell("status")["findings"]],
        )
        journal.close()
        return account


def _story(journal: Journal, person: str) -> Counter[str]:
    history = journal.facts.history(PersonId(person))
    words = (one.fact.name.removeprefix("talk.") for one in history)
    return Counter(word for word in words if word in _STORY)


def mails_amiss(journal: Journal, mails: Sequence[LocalMail]) -> list[str]:
    """Find mails that arrived twice, or of which journal and server do not say the same.

    A brief to a colleague of which nobody knows is sent once more; nothing else ever is. What HR is
    told of a calendar that stopped has no person, and stands among the bulletins.
    """
    arrived = Counter((_id_of(one.content), one.recipient) for one in mails)
    wishes = [
        *((one.state, one.message_id) for one in journal.desk.in_state(*State, most=10_000)),
        *((one.state, one.message_id) for one in journal.bulletins.all()),
    ]
    done = {id_ for state, id_ in wishes if state is State.DONE and id_}
    doubtful = {id_ for state, id_ in wishes if state is State.DOUBT and id_}
    there = {id_ for id_, _ in arrived}
    return [
        *(
            f"{id_} to {to} arrived {count} times"
            for (id_, to), count in arrived.items()
            if count > (2 if to in {SATO, HANA} else 1)
        ),
        *(f"{id_} never arrived" for id_ in sorted(done - there)),
        *(f"{id_} arrived, and nobody knows" for id_ in sorted(there - done - doubtful)),
    ]


def _id_of(content: bytes) -> str:
    return str(message_from_bytes(content)["Message-ID"])
