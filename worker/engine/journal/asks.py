"""What we asked, as an answer finds it: by Message-ID, by anchor or thread, by address.

A mail and its reminders are one ask: who answers either answers the question.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from worker.domain.appointments import LETTER_WORD
from worker.domain.facts import Digest, PersonId, PlaybookId, StepId
from worker.domain.intents import BY_MAIL, State
from worker.domain.matching import Ask
from worker.domain.observed import keys_of
from worker.engine import tables
from worker.engine.journal.history import of_both
from worker.engine.journal.store import Store
from worker.engine.tables import moment
from worker.people.addresses import address_key

_intent, _letter, _person = tables.intent.c, tables.letter.c, tables.person.c
_WENT_OUT = or_(  # also what a server gave back, and that goes again
    _intent.state.in_([state.value for state in (State.BEGUN, State.DONE, State.DOUBT)]),
    _intent.attempts > 0,
)
_TO_THE_PERSON = or_(  # beside a meeting some mails go to colleagues, whom they name
    _intent.kind.in_(sorted(BY_MAIL)),
    and_(_intent.kind.in_(sorted(LETTER_WORD)), _intent.recipient == ""),
)
_MOST = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that went out to a person, and what it belongs to."""

    person: PersonId
    email: str
    playbook: PlaybookId
    digest: Digest
    step: StepId
    occurrence: int
    rung: int
    at: datetime
    ask: str  # the same for a mail and its reminders


class AskBook:
    """Looks up what was sent. `is_open` says whether a step's question still waits."""

    def __init__(self, store: Store, is_open: Callable[[Sent], bool]) -> None:
        self._store = store
        self._is_open = is_open
        self.found: dict[str, Sent] = {}  # by the key of their ask

    def by_tag(self, name: str) -> Sequence[Ask]:
        """Find what was sent under a Message-ID whose left part is *name*."""
        return self._asks(_letter.message_id.between(f"<{name}@", f"<{name}A"))

    def by_id(self, key: str) -> Sequence[Ask]:
        """Find what is known under an id: a mail's own, the observed one, or the anchor."""
        observed = _letter.observed.in_(keys_of(key))
        return self._asks(or_(_letter.message_id == f"<{key}>", _letter.thread == key, observed))

    def by_thread(self, thread: str) -> Sequence[Ask]:
        """Find what lies in a thread of the provider; those of two mailboxes are never alike."""
        return self._asks(and_(_letter.conversation == thread, tables.is_in_a_conversation))

    def by_calendar(self, uid: str) -> Sequence[Ask]:  # noqa: ARG002 - no invitation is a mail
        """Find what was invited to: what answers an invitation goes to its meeting instead."""
        return ()

    def of_person_at(self, address: str) -> Sequence[Ask]:
        """Find everything asked of whoever has this address."""
        return self._asks(_person.email_key == address_key(address))

    def people_at(self, addresses: Sequence[str]) -> list[PersonId]:
        """Give who has one of *addresses*, asked anything or not."""
        keys = [address_key(address) for address in addresses]
        query = select(_person.id).where(_person.email_key.in_(keys)).order_by(_person.id)
        with self._store.read() as connection:
            return [PersonId(id_) for id_ in connection.scalars(query)]

    def _asks(self, where: ColumnElement[bool]) -> list[Ask]:
        query = (
            select(
                _person.id,
                _person.email,
                _intent.playbook,
                _intent.digest,
                _intent.step,
                _intent.occurrence,
                _intent.rung,
                _intent.due_at,
                _intent.enrollment_id,
            )
            .select_from(tables.letter)
            .join(tables.intent, _intent.id == _letter.intent_id)
            .join(tables.person, _person.id == _intent.person_id)
            .where(where, _TO_THE_PERSON, _WENT_OUT)
            .order_by(_intent.id.desc())  # of one ask the first mail is kept
            .limit(_MOST)
        )
        with self._store.read() as connection:
            sent = [_sent(row) for row in of_both(connection, query)]
        asks = []
        for one in sent:
            self.found[one.ask] = one
            addresses = tuple(dict.fromkeys((one.email.lower(), address_key(one.email))))
            is_open = self._is_open(one)
            asks.append(Ask(one.ask, one.person, addresses, one.at, is_open))
        return asks


def _sent(row: Any) -> Sent:  # noqa: ANN401 - a row
    person, email, playbook, digest, step, occurrence, rung, due, enrollment = row
    return Sent(
        PersonId(person),
        email,
        PlaybookId(playbook),
        Digest(digest),
        StepId(step),
        occurrence,
        rung,
        moment(due),
        f"{enrollment}/{step}/{occurrence}",
    )
