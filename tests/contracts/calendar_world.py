"""The world in which every `CalendarBook` is tried: a book, and hands of people and the network.

The clock shows `NOW`; `MENTOR`, `MANAGER` and whoever else is employed have calendars at the
provider, the guests `AOI` and `REN` have none there.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from worker.domain.meetings import (
    Busy,
    Entry,
    Guest,
    Invitation,
    MeetingId,
    Said,
    Span,
    Word,
)
from worker.domain.outcomes import Done
from worker.ports import CalendarBook, Changed, Seen

NOW = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
MENTOR = "mentor@tsunagu.example"
MANAGER = "manager@tsunagu.example"
AOI = "aoi@university.example"
REN = "ren@university.example"
WAIT = timedelta(seconds=120)
MOST = timedelta(days=62)


class Notice(StrEnum):
    """What a provider told a guest of."""

    INVITED = "invited"
    UPDATED = "updated"
    CANCELLED = "cancelled"


class Told(NamedTuple):
    """One message of the provider to one guest."""

    address: str
    notice: Notice


class World(Protocol):
    """What people and the network do. A hand that names an invitation means its event."""

    @property
    def book(self) -> CalendarBook:
        """Give the book under test."""
        ...

    def employ(self, address: str) -> None:
        """Give somebody a calendar."""
        ...

    def hide(self, address: str) -> None:
        """Take somebody's calendar away, or the right to see it."""
        ...

    def answer(
        self,
        invitation: Invitation,
        address: str,
        said: Said,
    ) -> None:
        """Have a guest answer; where `is_automatic`, their calendar does it, at once."""
        ...

    def drag(self, invitation: Invitation, when: Span) -> None:
        """Have the organiser move the event by hand."""
        ...

    def delete(self, invitation: Invitation) -> None:
        """Have the organiser delete the event by hand."""
        ...

    def take(self, address: str, when: Span, title: str = "歯医者") -> None:
        """Have somebody put something else into their calendar."""
        ...

    def meanwhile(self, invitation: Invitation, title: str) -> None:
        """Have the organiser write another title, just before our next change is written."""
        ...

    def lose_next_answer(self) -> None:
        """Cut the line at the next request that changes something, after it was obeyed."""
        ...

    def throttle(self, wait: timedelta) -> None:
        """Answer everything with "too much, come back after *wait*", until `relent`."""
        ...

    def fall_silent(self) -> None:
        """Let nobody reach the provider, until `relent`."""
        ...

    def revoke(self, organiser: str) -> None:
        """Take away our right to somebody's calendar, until `relent`."""
        ...

    def relent(self) -> None:
        """End what the three above began."""
        ...

    def expire_cursors(self) -> None:
        """Forget every cursor given out."""
        ...

    def told(self, invitation: Invitation) -> list[Told]:
        """Give what guests were told about the event, in order."""
        ...

    def made(self, organiser: str) -> int:
        """Say how many events were ever made in a calendar by us."""
        ...


def at(hours: float) -> datetime:
    """Give the instant so many hours from `NOW`."""
    return NOW + timedelta(hours=hours)


def invitation(name: str = "1/first-1on1/0") -> Invitation:
    """Make an invitation of a candidate by their mentor, tomorrow at ten in Tokyo."""
    return Invitation(
        id=MeetingId(name),
        organiser=Guest(MENTOR, "佐藤 花子"),
        guests=(Guest(AOI, "青木 葵"), Guest(MANAGER, "鈴木 一郎", is_optional=True)),
        title="はじめての1on1",
        when=Span(at(25), at(25.5)),
        timezone="Asia/Tokyo",
        description="30分ほど、\n気楽にお話ししましょう。",
        place="会議室A",
    )


def booked(world: World, wish: Invitation) -> str:
    """Book, and give the event's `ref`."""
    outcome = world.book.book(wish)
    assert isinstance(outcome, Done), outcome
    assert outcome.receipt
    return outcome.receipt


def seen(world: World, wish: Invitation, ref: str = "") -> Seen:
    """Look an event up."""
    found = world.book.see(wish, ref)
    assert isinstance(found, Seen), found
    return found


def entry(world: World, wish: Invitation, ref: str = "") -> Entry:
    """Look an event up that is there."""
    found = seen(world, wish, ref).entry
    assert found is not None
    return found


def busy(world: World, address: str, within: Span, **leaving_out: tuple[str, ...]) -> Busy:
    """Ask when one person is taken."""
    found = world.book.busy([address], within, **leaving_out)[address]
    assert isinstance(found, Busy), found
    return found


def changed(world: World, cursor: str, organiser: str = MENTOR) -> Changed:
    """Read what changed to its end, as one."""
    entries: dict[str, Entry] = {}
    is_anew = False
    while True:
        news = world.book.changes(organiser, cursor)
        assert isinstance(news, Changed), news
        entries |= {one.ref: one for one in news.entries}
        is_anew, cursor = is_anew or news.is_anew, news.cursor
        if not news.more:
            return Changed(tuple(entries.values()), cursor, is_anew)


def words(found: Entry) -> Mapping[str, Word]:
    """Give what guests said, without those who said nothing."""
    return {
        address: said.word for address, said in found.said.items() if said.word is not Word.NOTHING
    }


DAY = Span(at(0), at(48))
