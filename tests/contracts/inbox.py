"""What every `Inbox` promises, whatever stands behind it.

A class inherits the suite and gives it a `place`: an inbox, and ways to do to its mailbox what the
world does. The folders are an inbox and one called Junk.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Thread, Timer
from time import monotonic

from tests.world import HandClock
from worker.ports import (
    Cursor,
    Fetched,
    Heard,
    Inbox,
    InboxTrouble,
    Incoming,
    Place,
    Trouble,
)

SINCE = date(2026, 4, 1)
LONG_AGO = datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
LATELY = datetime(2026, 4, 10, 9, 30, 15, tzinfo=UTC)
LARGEST = 100_000  # of the inboxes under test
LONG = timedelta(seconds=20)
MOMENT = timedelta(milliseconds=10)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An inbox under test, and the hands of the world."""

    inbox: Inbox
    clock: HandClock
    deliver: Callable[[Iterable[bytes], str, datetime], None]  # into a folder, which may be new
    renumber: Callable[[str], None]  # number a folder's mails anew
    remove: Callable[[str], None]  # delete a folder

    def arrive(self, *names: str, folder: str = "INBOX", at: datetime = LATELY) -> list[bytes]:
        """Have mails arrive, and give their octets."""
        raws = [mail(name) for name in names]
        self.deliver(raws, folder, at)
        return raws


def mail(name: str, *, octets: int = 0) -> bytes:
    """Make a mail that can be told from others."""
    filling = (b"x" * 74 + b"\r\n") * (octets // 76)
    return f"Message-ID: <{name}@example.jp>\r\nSubject: {name}\r\n\r\n".encode() + filling


@dataclass
class Reader:
    """Reads an inbox as the engine does: what is in `mails` and `cursors` is written down."""

    inbox: Inbox
    mails: list[Incoming]
    cursors: tuple[Cursor, ...] = ()
    most: int = 500
    renewed: tuple[str, ...] = ()
    losses: list[str] = field(default_factory=list)

    def look(self, *, tries: int = 200) -> Fetched | InboxTrouble:
        """Fetch until there is no more; give what the last fetch said.

        A lost connection is tried again, other trouble ends it.
        """
        for _ in range(tries):
            found = self.inbox.fetch(self.cursors, since=SINCE, most=self.most)
            if isinstance(found, InboxTrouble):
                if found.kind is Trouble.NETWORK:
                    self.losses.append(found.why)
                    continue
                return found
            self.mails += found.mails
            self.cursors = found.cursors
            self.renewed += found.renewed
            if not found.more:
                return found
        raise AssertionError(f"there was still more after {tries} fetches")

    @property
    def raws(self) -> list[bytes]:
        """The octets of all mails so far."""
        return [one.raw for one in self.mails]


def read(mailbox: Mailbox) -> Reader:
    """Read all there is now."""
    reader = Reader(mailbox.inbox, [])
    found = reader.look()
    assert isinstance(found, Fetched), found
    return reader


class InboxContract:
    """Inherit this, and give a fixture `mailbox`."""

    def test_a_mail_is_given_as_its_very_octets(self, mailbox: Mailbox) -> None:
        """What lies in the mailbox is what we read, when it arrived, and how large it is."""
        [raw] = mailbox.arrive("aoi")

        [one] = read(mailbox).mails

        assert (raw, len(raw), True) == (one.raw, one.size, one.is_whole)
        assert (one.received_at, one.folder, one.place) == (LATELY, "INBOX", Place.INBOX)

    def test_what_was_read_is_not_given_again(self, mailbox: Mailbox) -> None:
        """Nobody's answer is counted twice; what came since is given, and nothing else."""
        first = mailbox.arrive("one", "two")
        reader = read(mailbox)
        second = mailbox.arrive("three")

        reader.look()
        reader.look()

        assert first + second == reader.raws

    def test_an_empty_mailbox_gives_nothing(self, mailbox: Mailbox) -> None:
        """Also the first mail into an empty mailbox is seen."""
        reader = read(mailbox)
        assert reader.mails == []

        raws = mailbox.arrive("aoi")
        reader.look()

        assert raws == reader.raws

    def test_the_same_cursors_give_the_same_mails(self, mailbox: Mailbox) -> None:
        """If we die before mails are written down, they are given again."""
        mailbox.arrive("one", "two", "three")

        first = mailbox.inbox.fetch((), since=SINCE, most=2)
        again = mailbox.inbox.fetch((), since=SINCE, most=2)

        assert isinstance(first, Fetched)
        assert isinstance(again, Fetched)
        assert len(first.mails) == 2
        assert first.mails == again.mails

    def test_no_more_are_given_than_were_asked_for(self, mailbox: Mailbox) -> None:
        """A full mailbox comes in portions, in order, each mail once, and says what is behind."""
        raws = mailbox.arrive(*(f"p{n}" for n in range(23)))
        first = mailbox.inbox.fetch((), since=SINCE, most=5)
        reader = Reader(mailbox.inbox, [], most=5)

        reader.look()

        assert isinstance(first, Fetched)
        assert (len(first.mails), first.behind, first.more) == (5, 18, True)
        assert raws == reader.raws

    def test_portions_of_two_folders_are_not_mixed_up(self, mailbox: Mailbox) -> None:
        """Numbers are the same in both; what is said to lie in a folder lies there."""
        inbox = mailbox.arrive(*(f"p{n}" for n in range(7)))
        junk = mailbox.arrive(*(f"junk{n}" for n in range(7)), folder="Junk")
        reader = Reader(mailbox.inbox, [], most=2)

        reader.look()

        assert inbox + junk == reader.raws
        assert [one.folder for one in reader.mails] == ["INBOX"] * 7 + ["Junk"] * 7

    def test_the_first_time_reads_from_a_day_on(self, mailbox: Mailbox) -> None:
        """Years of old mail stay where they are; that day and everything later is read."""
        mailbox.arrive("old", at=LONG_AGO)
        on_the_day = datetime(2026, 4, 1, 0, 5, tzinfo=UTC)
        raws = mailbox.arrive("first", at=on_the_day) + mailbox.arrive("second")

        assert raws == read(mailbox).raws

    def test_later_on_a_mail_may_be_dated_as_it_likes(self, mailbox: Mailbox) -> None:
        """An old mail that somebody moves into the folder today is new to us."""
        reader = read(mailbox)

        raws = mailbox.arrive("moved", at=LONG_AGO)
        reader.look()

        assert raws == reader.raws

    def test_junk_is_read_too(self, mailbox: Mailbox) -> None:
        """An answer that was taken for junk is an answer."""
        inbox, junk = mailbox.arrive("aoi"), mailbox.arrive("ren", folder="Junk")
        reader = read(mailbox)
        later = mailbox.arrive("mio", folder="Junk")

        reader.look()

        assert inbox + junk + later == reader.raws
        assert [one.place for one in reader.mails] == [Place.INBOX, Place.JUNK, Place.JUNK]

    def test_a_large_mail_is_read_as_far_as_there_is_room(self, mailbox: Mailbox) -> None:
        """Its beginning says who wrote what; the rest, thirty megabytes of film, stays there."""
        small, large, last = mail("small"), mail("large", octets=3 * LARGEST), mail("last")
        mailbox.deliver([small, large, last], "INBOX", LATELY)

        mails = read(mailbox).mails

        assert [small, large[:LARGEST], last] == [one.raw for one in mails]
        assert [one.is_whole for one in mails] == [True, False, True]
        assert len(large) == mails[1].size

    def test_a_folder_numbered_anew_is_read_from_a_day_on(self, mailbox: Mailbox) -> None:
        """What was given before comes again, and is said to; the older mails do not."""
        mailbox.arrive("old", at=LONG_AGO)
        before = mailbox.arrive("one", "two")
        reader = read(mailbox)

        mailbox.renumber("INBOX")
        new = mailbox.arrive("three")
        reader.look()

        assert before + before + new == reader.raws
        assert reader.renewed == ("INBOX",)
        assert len({(one.uidvalidity, one.uid) for one in reader.mails}) == 5

    def test_a_folder_numbered_anew_for_ever_is_left_alone(self, mailbox: Mailbox) -> None:
        """A server that has lost its wits is not asked for everything again and again."""
        mailbox.arrive("aoi")
        reader = read(mailbox)

        found: Fetched | InboxTrouble = Fetched((), ())
        for _ in range(6):
            mailbox.renumber("INBOX")
            found = reader.look()

        assert isinstance(found, InboxTrouble)
        assert (Trouble.MAILBOX, timedelta(hours=1)) == (found.kind, found.wait)
        mailbox.clock.turn_to(mailbox.clock.now() + timedelta(hours=2))
        assert isinstance(reader.look(), Fetched)

    def test_junk_that_is_numbered_anew_for_ever_does_not_hold_the_inbox(
        self, mailbox: Mailbox
    ) -> None:
        """Answers are read while somebody mends the other folder, which is named."""
        mailbox.arrive("spam", folder="Junk")
        reader = read(mailbox)
        for _ in range(6):
            mailbox.renumber("Junk")
            reader.look()

        mailbox.renumber("Junk")
        [raw] = mailbox.arrive("aoi")
        found = reader.look()

        assert isinstance(found, Fetched)
        assert raw == reader.raws[-1]
        assert [each.kind for each in found.left_out] == [Trouble.MAILBOX]

    def test_a_deleted_folder_is_forgotten_by_nobody(self, mailbox: Mailbox) -> None:
        """While it is gone the inbox is read; when it is back, what lies in it is."""
        mailbox.arrive("spam", folder="Junk")
        reader = read(mailbox)

        mailbox.remove("Junk")
        meanwhile = mailbox.arrive("aoi")
        reader.look()
        back = mailbox.arrive("ren", folder="Junk")
        reader.look()

        assert meanwhile + back == reader.raws[1:]

    def test_there_may_be_news_where_nobody_looked(self, mailbox: Mailbox) -> None:
        """Before the first look there is no waiting: something may lie there already."""
        assert mailbox.inbox.wait(LONG) is Heard.NEWS

    def test_waiting_without_news_ends(self, mailbox: Mailbox) -> None:
        """After the time that was given, and the inbox is as good as before."""
        reader = read(mailbox)

        assert mailbox.inbox.wait(MOMENT) is Heard.NOTHING
        raws = mailbox.arrive("aoi")
        reader.look()
        assert raws == reader.raws

    def test_a_mail_ends_the_waiting(self, mailbox: Mailbox) -> None:
        """Within a second of its arrival we go and fetch it."""
        reader = read(mailbox)
        came_at: list[float] = []

        def come() -> None:
            came_at.append(monotonic())
            mailbox.arrive("aoi")

        soon = Timer(0.1, come)
        soon.start()
        heard = mailbox.inbox.wait(LONG)
        reader.look()
        seconds = monotonic() - came_at[0]
        soon.join()

        assert heard is Heard.NEWS
        assert [mail("aoi")] == reader.raws
        assert seconds < 1

    def test_a_mail_between_looking_and_waiting_is_not_overlooked(self, mailbox: Mailbox) -> None:
        """What comes when nobody listens ends the waiting at once."""
        reader = read(mailbox)
        mailbox.arrive("aoi")

        assert mailbox.inbox.wait(LONG) is Heard.NEWS
        reader.look()
        assert [mail("aoi")] == reader.raws

    def test_stopping_ends_the_waiting(self, mailbox: Mailbox) -> None:
        """Who shuts down does not wait for nine minutes."""
        reader = read(mailbox)
        heard: list[Heard | InboxTrouble] = []
        waiting = Thread(target=lambda: heard.append(mailbox.inbox.wait(LONG)))
        waiting.start()

        began = monotonic()
        mailbox.inbox.stop()
        waiting.join()

        assert heard == [Heard.STOPPED]
        assert monotonic() - began < 1
        assert mailbox.inbox.wait(LONG) is Heard.STOPPED
        assert reader.look() == Fetched((), reader.cursors)

    def test_closing_twice_is_no_mistake(self, mailbox: Mailbox) -> None:
        """Also before anything was read."""
        mailbox.inbox.close()
        mailbox.inbox.close()

        assert mailbox.inbox.wait(LONG) is Heard.STOPPED
