"""Somebody follows the link at the foot of a mail: they hear nothing more from us, or less.

Looking at the page changes nothing; saying so does, once, however often it is said.
"""

from dataclasses import dataclass

from worker.domain.contact import GENTLE, PACE, UNSUBSCRIBED
from worker.domain.decide import SUPPRESSED
from worker.domain.facts import Fact, Facts
from worker.domain.links import Door
from worker.engine.journal.facts import load_facts, note
from worker.engine.journal.links import linked
from worker.engine.journal.store import Store
from worker.engine.tables import stamp
from worker.ports import Clock

ONE_CLICK = "one-click"  # the button of a mail program (RFC 8058)
PAGE = "page"  # the button of our own page
_SOURCE = "page"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands before the page, as far as the page needs to know."""

    locale: str
    has_left: bool  # nothing is sent to them any more
    is_gentle: bool  # they asked for less already


class Leaving:
    """What people say by the link to stop. Safe from several threads and processes."""

    def __init__(self, store: Store, secret: bytes, clock: Clock) -> None:
        self._store = store
        self._secret = secret
        self._clock = clock

    def see(self, token: str) -> Visitor | None:
        """Say who has this link; None if nobody has."""
        with self._store.read() as connection:
            found = linked(connection, Door.STOP, token, self._secret)
            if found is None:
                return None
            facts = Facts(load_facts(connection, [found.person]).get(found.person, ()))
        wished = facts.last(PACE)
        is_gentle = wished is not None and wished.value == GENTLE
        return Visitor(found.locale, _has_left(facts), is_gentle)

    def stop(self, token: str, how: str) -> bool:
        """Send this person nothing more, of any playbook; False if nobody has this link."""
        at = self._clock.now()
        left = (Fact(UNSUBSCRIBED, at, value=how), Fact(SUPPRESSED, at, value=UNSUBSCRIBED))
        return self._note(token, left)

    def less(self, token: str) -> bool:
        """Write to this person more rarely; False if nobody has this link."""
        return self._note(token, (Fact(PACE, self._clock.now(), value=GENTLE),))

    def _note(self, token: str, said: tuple[Fact, ...]) -> bool:
        """Note what is not known yet."""
        with self._store.write() as connection:
            found = linked(connection, Door.STOP, token, self._secret)
            if found is None:
                return False
            facts = Facts(load_facts(connection, [found.person]).get(found.person, ()))
            new = [fact for fact in said if not _is_known(fact, facts)]
            noted = [(found.person, fact) for fact in new]
            note(connection, noted, stamp(self._clock.now()), _SOURCE)
        return True


def _has_left(facts: Facts) -> bool:
    """Say whether somebody has left, and nobody has taken them back at their own wish."""
    is_out = any(fact.value == UNSUBSCRIBED for fact in facts.all(SUPPRESSED))
    return is_out and bool(facts.all(UNSUBSCRIBED))


def _is_known(fact: Fact, facts: Facts) -> bool:
    """Say whether it stands already; by which way somebody left does not matter."""
    if fact.name == UNSUBSCRIBED:
        return bool(facts.all(UNSUBSCRIBED))
    known = facts.all(fact.name)
    if fact.name == PACE:
        known = known[-1:]
    return any(one.value == fact.value for one in known)
