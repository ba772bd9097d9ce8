"""What others left behind: claims of the dead, and mails that may have gone.

CLAIMED is certainly not handed over and is simply due again. BEGUN may have gone: it is in doubt,
looked up in the sent folder where there is one, else sent once more if its step says so, else
shown to a human. Nothing that may have happened is repeated blindly.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from worker import logs
from worker.domain.appointments import LETTER_WORD
from worker.domain.cases import DOUBTFUL
from worker.domain.facts import Digest, StepId
from worker.domain.intents import KIND, STAFF_MAIL, State
from worker.domain.plan import Alert
from worker.engine.journal.desk import WORD_OF_KIND
from worker.engine.journal.facts import write_facts
from worker.engine.journal.intents import Settled, expired, frozen, sweep
from worker.engine.journal.lanes import mailbox_of
from worker.engine.journal.notices import NOTICE
from worker.engine.journal.rewound import SAID, read_rewound
from worker.engine.journal.store import Store
from worker.engine.journal.wake import wake
from worker.engine.render import Editions
from worker.engine.settle import PROBE_AFTER, RESEND_AFTER, fact_about, trouble
from worker.engine.tables import moment, stamp
from worker.engine.work import Work
from worker.ports import SentFolder

# Workers are killed for many reasons that are none of the mail they had in hand: by updates, by a
# machine that is short of memory. One that kills its worker does so every time.
MOST_CRASHES = 5
FOUND = "found in the sent folder"
ASKED_FOR = timedelta(days=1)  # a provider that is away for longer leaves it to a human

_A_MOMENT = timedelta(seconds=1)
_RESEND = "resend"
_LEFT = "the worker ended while this was on its way"
_PARKED = f"a worker ended over this {MOST_CRASHES} times"


class Sweeper:
    """Looks after intents that nobody holds any more."""

    def __init__(
        self,
        store: Store,
        editions: Editions,
        *,
        sent_folder_of: Callable[[str], SentFolder | None] | None = None,
    ) -> None:
        self._store = store
        self._editions = editions
        self._sent_folder_of = sent_folder_of or (lambda _: None)

    def sweep(self, lane: str, now: datetime, *, everything: bool = False) -> int:
        """Look after a lane; says how many intents were moved on.

        Args:
            lane: Which.
            now: The instant.
            everything: Also leases that have not run out: for the start of a worker that knows
                itself to be the only one.
        """
        with self._store.read() as connection:
            found = expired(connection, lane, stamp(now), everything=everything)
        moved = 0
        for state, work in found:
            match state:
                case State.CLAIMED:
                    moved += self._claimed(work, now)
                case State.BEGUN:
                    moved += self._begun(work, now)
                case _:
                    moved += self._doubt(lane, work, now)
        return moved

    def _claimed(self, work: Work, now: datetime) -> bool:
        """Have it tried again, unless it has ended one worker too many.

        One whose bytes are frozen has ended nobody: from there on nothing looks at what it says.
        """
        is_frozen = self._message_id(work) is not None
        if not is_frozen and work.crashes + 1 >= MOST_CRASHES:
            settled = Settled(work.id, work.fence, State.PARKED, None, stamp(now), _PARKED)
        else:
            settled = Settled(work.id, work.fence, State.READY, stamp(now), None, work.outcome)
        with self._store.write() as connection:
            is_ours = sweep(
                connection, State.CLAIMED, settled, crashed=not is_frozen, resent=work.resent
            )
        if is_ours and settled.state is State.PARKED:
            logs.parked(key=work.key, lane=work.lane, why=_PARKED)
        return is_ours

    def _begun(self, work: Work, now: datetime) -> bool:
        """Say that it is in doubt."""
        look_at = stamp(now + PROBE_AFTER)
        settled = Settled(work.id, work.fence, State.DOUBT, look_at, stamp(now), _LEFT)
        with self._store.write() as connection:
            if not sweep(connection, State.BEGUN, settled, crashed=True, resent=work.resent):
                return False
            write_facts(connection, trouble(work, DOUBTFUL, stamp(now), _LEFT))
            wake(connection, [work.person], stamp(now))
        logs.in_doubt(key=work.key, lane=work.lane, why=_LEFT)
        return True

    def _doubt(self, lane: str, work: Work, now: datetime) -> bool:
        """Ask where it can be asked; else do what its step says, once; else leave it to a human."""
        since = now if work.settled_at is None else moment(work.settled_at)
        ask = self._question(lane, work)
        known = None if ask is None else ask()
        if known is True:
            return self._gone(work, since, now)
        if known is False or self._may_be_resent(work, since, now):
            ready_at = max(now, self._until(work))
            settled = Settled(work.id, work.fence, State.READY, stamp(ready_at), None, work.outcome)
            resent = True
        else:
            looks = []
            if self._resends(work) and not work.resent:
                looks.append(since + RESEND_AFTER)
            if ask is not None:
                looks += self._asked_again(max(since, self._until(work)), now)
            next_at = stamp(min(looks)) if looks else None
            settled = Settled(
                work.id, work.fence, State.DOUBT, next_at, work.settled_at, work.outcome
            )
            resent = work.resent
        with self._store.write() as connection:
            return sweep(connection, State.DOUBT, settled, crashed=False, resent=resent)

    @staticmethod
    def _asked_again(since: datetime, now: datetime) -> Iterator[datetime]:
        """Say when to ask again who could not say: soon at first, then ever more seldom."""
        at = max(now, since) + max(PROBE_AFTER, now - since)
        if at <= since + ASKED_FOR:
            yield at

    def _until(self, work: Work) -> datetime:
        """Say from when what has certainly not gone may go: not before lost time is over."""
        if work.outcome != SAID:
            return moment(work.due_at)
        with self._store.read() as connection:
            rewound = read_rewound(connection)
        return moment(work.due_at) if rewound is None else rewound.until + _A_MOMENT

    def _gone(self, work: Work, since: datetime, now: datetime) -> bool:
        at = stamp(since)
        settled = Settled(work.id, work.fence, State.DONE, None, at, FOUND)
        with self._store.write() as connection:
            if not sweep(connection, State.DOUBT, settled, crashed=False, resent=work.resent):
                return False
            fact = fact_about(work, WORD_OF_KIND[work.kind], at, work.recipient or None)
            write_facts(connection, [fact])
            wake(connection, [work.person], stamp(now))
            return True

    def _question(self, lane: str, work: Work) -> Callable[[], bool | None] | None:
        """Give the way to ask whether a mail has gone; None where nobody can be asked."""
        folder = self._sent_folder_of(mailbox_of(lane) or "")
        message_id = None if folder is None else self._message_id(work)
        return None if folder is None or message_id is None else partial(folder.has, message_id)

    def _message_id(self, work: Work) -> str | None:
        """Give the Message-ID of a mail whose bytes are frozen."""
        with self._store.read() as connection:
            letter = frozen(connection, [work.id]).get(work.id)
        return None if letter is None else letter[3]

    def _resends(self, work: Work) -> bool:
        """Say whether it is sent once more: by its step's word, and always if it is an alert.

        An alert that comes twice costs a colleague a glance; one that is lost costs a candidate.
        """
        if work.outcome == SAID:  # it is one of very many, and not a mail or two
            return False
        to_staff = work.kind in LETTER_WORD and work.recipient
        if to_staff or work.kind in {KIND[Alert], NOTICE, *STAFF_MAIL}:
            return True
        step = self._editions.of(Digest(work.digest)).steps.get(StepId(work.step))
        return step is not None and step.in_doubt == _RESEND

    def _may_be_resent(self, work: Work, since: datetime, now: datetime) -> bool:
        return not work.resent and self._resends(work) and now >= since + RESEND_AFTER
