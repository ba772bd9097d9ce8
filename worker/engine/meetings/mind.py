"""What the time asks about meetings: a decline has stood, a colleague is silent, a talk is over."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from worker.domain.appointments import (
    ROUNDS,
    Appointment,
    Attendee,
    Stage,
    Todo,
    due,
    stands,
)
from worker.domain.facts import Digest
from worker.domain.intents import State
from worker.domain.meetings import Said, Word
from worker.engine.journal.facts import load_facts
from worker.engine.journal.holds import take
from worker.engine.journal.lanes import MEETINGS, is_held
from worker.engine.journal.meetings import claim_meetings, has_meeting_due
from worker.engine.journal.store import Store
from worker.engine.meetings.follow import (
    Turn,
    action_of,
    both_times,
    called_off,
    changing,
    look_again,
    of_everybody,
    put,
    same_people,
    seeking,
    times_of,
)
from worker.engine.meetings.leave import ASKED, left
from worker.engine.meetings.letters import Letters
from worker.engine.meetings.promises import in_the_way, lock_all, set_aside
from worker.engine.meetings.proposals import proposal_of
from worker.engine.render import Edition, Editions
from worker.engine.tables import stamp
from worker.ports import Clock

_LEASE = timedelta(minutes=5)
_BATCH = 50
_TOO_OFTEN = "three new times did not suit either"


class Minder:
    """Looks after meetings that are booked, when the time asks for it."""

    def __init__(
        self,
        store: Store,
        editions: Editions,
        letters: Letters,
        *,
        clock: Clock,
        relives: bool = False,
    ) -> None:
        self._relives = relives
        self._store = store
        self._editions = editions
        self._letters = letters
        self._clock = clock

    def perform(self, is_stopping: Callable[[], bool]) -> tuple[int, list[Appointment]]:
        """Do what is due; says how much, and gives the claimed meetings that want a time."""
        count = 0
        seekers: list[Appointment] = []
        while not is_stopping():
            now = self._clock.now()
            with self._store.read() as connection:
                if not has_meeting_due(connection, MEETINGS, stamp(now)):
                    break
                if is_held(connection, now, relives=self._relives):
                    break
            with self._store.write() as connection:
                lease = stamp(now + _LEASE)
                claimed = claim_meetings(connection, MEETINGS, _BATCH, now=stamp(now), lease=lease)
            for known in claimed:
                if known.stage in {Stage.SEEKING, Stage.RESERVED}:
                    seekers.append(known)
                else:
                    self._mind(known, now)
                    count += 1
        return count, seekers

    def _mind(self, known: Appointment, now: datetime) -> None:
        if known.stage is not Stage.BOOKED:
            self._put(Turn(known, None), now)
            return
        edition = self._editions.of(Digest(known.digest))
        todos = due(known, times_of(known, edition), now)
        match todos[:1]:
            case (Todo.OVER,):
                self._put(_over(known, now), now)
            case _ if self._lacks_somebody(known):
                self._put(Turn(changing(replace(known, when=known.stood)), now), now)
            case (Todo.BUSY,):
                self._put(seeking(known, now, "a calendar says that the time is not free"), now)
            case (Todo.PROPOSED,):
                self._proposed(known, edition, now)
            case (Todo.DECLINED,):
                self._put(self._declined(known, edition, now), now)
            case _:
                self._put(self._reminded(known, edition, todos, now), now)

    @staticmethod
    def _lacks_somebody(known: Appointment) -> bool:
        """Say whether somebody who came late is not in the event: it could not be changed then."""
        return any(one.is_new for one in known.people)

    def _reminded(
        self, known: Appointment, edition: Edition, todos: Sequence[Todo], now: datetime
    ) -> Turn:
        """Remind colleagues to answer, and tell those who meet whom they meet."""
        letters: tuple[dict[str, object], ...] = ()
        after = known
        if Todo.NUDGE in todos:
            after = replace(after, nudged_at=now)
            letters += self._letters.nudges(known, now)
        if Todo.BRIEF in todos:
            after = replace(after, briefed_at=now)
            letters += self._letters.briefs(known, now)
            if action_of(known, edition).remind is not None:
                letters += self._letters.reminders(known, now)
        return Turn(after, look_again(after, edition, now), letters=letters)

    def _put(self, turn: Turn, now: datetime) -> Appointment | None:
        with self._store.write() as connection:
            return put(connection, turn, now)

    def _declined(self, known: Appointment, edition: Edition, now: datetime) -> Turn:
        """Do about a decline that has stood what the playbook says."""
        who = [one for one in known.attendees if one.said.word is Word.DECLINED]
        guests = [one for one in who if one.person is not None and stands(one, now)]
        if known.cohort and guests:
            return self._left(known, guests, edition, now)
        facts = tuple(
            told
            for one in who
            if one.person is not None
            for told in of_everybody((one,), "declined", now)
        )
        by_staff = all(one.staff is not None for one in who)
        wanted = "reschedule" if by_staff else action_of(known, edition).if_declined
        settled = replace(known, attendees=tuple(map(_dealt_with, known.attendees)))
        match wanted:
            case "reschedule" if known.rounds < ROUNDS:
                again = replace(known, rounds=known.rounds + 1)
                turn = seeking(again, now, ASKED, is_said=True)
                return replace(turn, facts=facts)
            case "reschedule":
                off = called_off(known, now, _TOO_OFTEN)
                return self._letters.asking_for_help(replace(off, facts=facts), now)
            case "keep":
                return Turn(settled, look_again(settled, edition, now), facts=facts)
            case _:
                told = replace(settled, outcome=ASKED)
                turn = Turn(told, look_again(told, edition, now), facts=facts)
                return self._letters.asking_for_help(turn, now)

    def _left(
        self, known: Appointment, who: Sequence[Attendee], edition: Edition, now: datetime
    ) -> Turn:
        """Let people who cannot come go out of a meeting of many; the others keep it."""
        with self._store.read() as connection:
            facts = load_facts(connection, [str(one.person) for one in who])
        return left(known, who, action_of(known, edition), facts, self._letters, now)

    def _proposed(self, known: Appointment, edition: Edition, now: datetime) -> None:
        """Take a time that somebody proposed, if nobody has another meeting of ours then.

        Whether everybody is free is asked before the calendar is changed; who is not sends the
        meeting back to seeking.
        """
        asking = [one for one in known.attendees if one.said.proposed is not None]
        if known.cohort and len(known.people) > 1 and _are_guests(asking):
            turn = self._left(known, asking, edition, now)  # one of many moves nobody else
            letters = (*turn.letters, *self._letters.left_out(known, asking, now))
            self._put(replace(turn, letters=letters), now)
            return
        to = next((one.said.proposed for one in asking), None)
        if proposal_of(known) is not None and known.rounds < ROUNDS:
            self._put(Turn(replace(known, stage=Stage.SEEKING, failures=0, outcome=""), now), now)
            return  # calendars are asked, and who asked for it is answered
        heard = tuple(_without_proposal(one) for one in known.attendees)
        fresh = replace(known, attendees=heard, rounds=known.rounds + 1)
        if known.rounds >= ROUNDS:
            off = called_off(replace(known, attendees=heard), now, _TOO_OFTEN)
            self._put(self._letters.asking_for_help(off, now), now)
            return
        if to is None or known.stood is None or to.start <= now:
            self._put(seeking(fresh, now, ASKED), now)
            return
        whos = same_people(known.attendees)
        taken = changing(replace(fresh, when=to, outcome=""))
        with self._store.read() as connection:
            aside = in_the_way(connection, whos, to, now)
        with self._store.write() as connection:
            lock_all(connection, (known, *aside))
            set_aside(connection, aside, now)
            spans = both_times(known.stood, to)
            if take(connection, known.id, whos, spans, now=now, expires_at=None):
                put(connection, Turn(taken, now), now)
            else:
                put(connection, seeking(fresh, now, "the time that was proposed is taken"), now)


def _are_guests(who: Sequence[Attendee]) -> bool:
    """Say whether all of *who* are people, and none of them a colleague."""
    return all(one.person is not None for one in who)


def _over(known: Appointment, now: datetime) -> Turn:
    """Note that a meeting took place: for everybody who did not say that they would not come."""
    end = now if known.stood is None else known.stood.end
    came = [one for one in known.people if one.said.word is not Word.DECLINED]
    return Turn(
        replace(known, stage=Stage.OVER),
        None,
        facts=of_everybody(came, "held", end),
        wishes=State.DONE,
    )


def _dealt_with(one: Attendee) -> Attendee:
    return replace(one, heard_at=None)


def _without_proposal(one: Attendee) -> Attendee:
    return replace(one, said=replace(one.said, proposed=None, word=Said().word))
