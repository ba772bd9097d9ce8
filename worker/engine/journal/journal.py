"""The journal as everybody else sees it: one object, its parts by what they hold.

people, staff         who there is
facts                 what is known of them
enrollments, versions who is in which version of which playbook
cases                 all of it, as a decision reads it
desk                  what waits for a human
overview, lanes       how it stands, and what is closed
mails, own            what came in, and what of it is our own
deliveries            what was handed over and may come back
meetings              what is arranged, and how calendars are read
marks                 what the engine remembers of itself
processes             who works on it
"""

from dataclasses import dataclass

from worker.domain.errors import StoreError
from worker.engine.journal.bulletins import Bulletins
from worker.engine.journal.cases import Cases
from worker.engine.journal.desk import Desk
from worker.engine.journal.enrollments import Enrollments
from worker.engine.journal.facts import FactBook
from worker.engine.journal.lanes import Lanes
from worker.engine.journal.mails import Mails
from worker.engine.journal.marks import Marks, give_name
from worker.engine.journal.meeting_book import MeetingBook
from worker.engine.journal.moving import refuse_if_left
from worker.engine.journal.overview import Overviews
from worker.engine.journal.own import OwnMails
from worker.engine.journal.people import People, StaffBook
from worker.engine.journal.processes import Processes
from worker.engine.journal.redelivery import Deliveries
from worker.engine.journal.store import Store
from worker.engine.journal.versions import Versions
from worker.engine.migrations.run import migrate


@dataclass(frozen=True, slots=True)
class Journal:
    """The one memory. Every method of its parts is one transaction; safe between threads."""

    store: Store
    people: People
    staff: StaffBook
    facts: FactBook
    enrollments: Enrollments
    versions: Versions
    cases: Cases
    desk: Desk
    overview: Overviews
    lanes: Lanes
    bulletins: Bulletins
    mails: Mails
    own: OwnMails
    deliveries: Deliveries
    meetings: MeetingBook
    marks: Marks
    processes: Processes

    def close(self) -> None:
        """Give the database back."""
        self.store.close()


def open_journal(url: str, *, is_asked: bool = False, is_lasting: bool = True) -> Journal:
    """Open the journal at *url*, made or brought up to this release first.

    Args:
        url: `sqlite:///path/to/store.db`, or `postgresql://…`.
        is_asked: Somebody typed `upgrade`: tables that others share are changed, too.
        is_lasting: See `Store`.

    Raises:
        StoreError: It cannot be opened, a newer release has written it, or it was moved away.
    """
    store = Store(url, is_lasting=is_lasting)
    try:
        migrate(store, is_asked=is_asked)
        refuse_if_left(store)
        give_name(store)
    except StoreError:
        store.close()
        raise
    return journal_on(store)


def journal_on(store: Store) -> Journal:
    """Give the journal of a store whose tables are there."""
    return Journal(
        store=store,
        people=People(store),
        staff=StaffBook(store),
        facts=FactBook(store),
        enrollments=Enrollments(store),
        versions=Versions(store),
        cases=Cases(store),
        desk=Desk(store),
        overview=Overviews(store),
        lanes=Lanes(store),
        bulletins=Bulletins(store),
        mails=Mails(store),
        own=OwnMails(store),
        deliveries=Deliveries(store),
        meetings=MeetingBook(store),
        marks=Marks(store),
        processes=Processes(store),
    )
