"""What every `Mailer` promises, whatever stands behind it.

A class inherits the suite and gives it a `place`: a mailer, and a way to see what arrived. The
world behind it knows the fault addresses of `integrations.faults`.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.servers.worker import until
from worker.domain.errors import BrokenPromise
from worker.domain.intents import Key
from worker.domain.outcomes import LATE, Done, Later, Outcome, Refused, Scope
from worker.ports import Envelope, Mailer

PATIENCE = timedelta(seconds=20)
MOMENT = timedelta(milliseconds=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail in somebody's mailbox."""

    recipient: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """A mailer under test, its number of connections, and what arrived through it."""

    mailer: Mailer
    connections: int
    arrived: Callable[[], list[Arrived]]


def envelope(recipient: str, *, key: str = "", content: bytes = b"") -> Envelope:
    """Make a mail; a key is made from the recipient."""
    name = key or f"1/{recipient}/0/0/mail"
    id_ = f"<{name.replace('@', '.')}@example.jp>"
    head = f"To: {recipient}\r\nMessage-ID: {id_}\r\n".encode()
    body = head + (content or f"Subject: to {name}\r\n\r\nHello.\r\n".encode())
    return Envelope(Key(name), "saiyo@example.jp", recipient, body, id_)


def settle(mailer: Mailer, envelopes: Iterable[Envelope]) -> dict[Key, Outcome]:
    """Hand envelopes over as there is room, and wait for what becomes of all of them."""
    waiting = list(envelopes)
    missing = {one.key for one in waiting}
    found: dict[Key, Outcome] = {}
    while missing:
        group, waiting = waiting[: mailer.room], waiting[mailer.room :]
        if group:
            mailer.hand_over(group)
        news = mailer.outcomes(PATIENCE)
        assert news, f"no word about {sorted(missing)}"
        assert not news.keys() - missing, "an outcome came twice or for nobody"
        found |= news
        missing -= news.keys()
    return found


class MailerContract:
    """Inherit this, and give a fixture `place`."""

    def test_a_mail_arrives_as_its_very_bytes_once(self, place: Place) -> None:
        """What was frozen is what arrives, dots at the start of lines included."""
        content = b"Subject: dots\r\n\r\n.first\r\n..second\r\n\r\n.\r\nabc\r\n.\r\n"
        mail = envelope("aoi@example.jp", content=content)

        outcome = settle(place.mailer, [mail])[mail.key]

        assert isinstance(outcome, Done)
        assert outcome.receipt
        assert mail.content.endswith(content)
        assert [Arrived("aoi@example.jp", mail.content)] == place.arrived()

    def test_an_outcome_is_given_once(self, place: Place) -> None:
        """Nobody counts a mail twice: the second question has an empty answer."""
        settle(place.mailer, [envelope("aoi@example.jp")])

        assert dict(place.mailer.outcomes(MOMENT)) == {}

    def test_waiting_for_nothing_returns_at_once(self, place: Place) -> None:
        """With nothing in flight there is nothing to wait for."""
        assert dict(place.mailer.outcomes(timedelta(days=1))) == {}

    def test_there_is_room_for_two_mails_a_connection(self, place: Place) -> None:
        """After a crash at most this many mails are in doubt."""
        assert 2 * place.connections == place.mailer.room

    def test_room_shrinks_by_what_is_in_flight_and_comes_back(self, place: Place) -> None:
        """A mail takes its room until its outcome was given."""
        before = place.mailer.room

        place.mailer.hand_over([envelope("aoi@example.jp")])
        while not place.mailer.outcomes(PATIENCE):
            pass

        assert before == place.mailer.room

    def test_what_is_in_flight_goes_on_while_the_caller_is_away(self, place: Place) -> None:
        """No server waits for a journal; what arrived meanwhile takes its room until it is told."""
        mail, before = envelope("aoi@example.jp"), place.mailer.room
        place.mailer.hand_over([mail])

        with place.mailer.meanwhile():
            until(lambda: bool(place.arrived()))
        room = place.mailer.room

        outcomes = dict(place.mailer.outcomes(PATIENCE))
        assert (before - 1, before) == (room, place.mailer.room)
        assert [(mail.key, Done)] == [(key, type(one)) for key, one in outcomes.items()]

    def test_being_away_with_nothing_in_flight_changes_nothing(self, place: Place) -> None:
        """Also before the first mail, and after the last."""
        with place.mailer.meanwhile():
            room = place.mailer.room
        settle(place.mailer, [envelope("aoi@example.jp")])
        with place.mailer.meanwhile():
            assert place.mailer.room == room

        assert dict(place.mailer.outcomes(MOMENT)) == {}

    def test_more_than_there_is_room_for_is_not_accepted(self, place: Place) -> None:
        """A caller that overfills has a fault of ours; none of the group is handed over."""
        group = [envelope(f"p{n}@example.jp") for n in range(place.mailer.room + 1)]

        with pytest.raises(BrokenPromise):
            place.mailer.hand_over(group)

        place.mailer.close()
        assert place.arrived() == []

    def test_many_mails_arrive_each_once(self, place: Place) -> None:
        """A hundred mails share the connections, and none is lost or doubled."""
        mails = [envelope(f"p{n}@example.jp") for n in range(100)]

        outcomes = settle(place.mailer, mails)

        assert {"Done"} == {type(outcome).__name__ for outcome in outcomes.values()}
        assert Counter(Arrived(one.recipient, one.content) for one in mails) == Counter(
            place.arrived()
        )

    def test_a_mail_whose_time_to_leave_is_over_stays(self, place: Place) -> None:
        """A worker that stood still for too long has been given up: another may be sending it."""
        late = replace(envelope("aoi@example.jp"), until=LONG_AGO)
        mail = envelope("ren@example.jp")

        outcomes = settle(place.mailer, [late, mail])

        assert outcomes[late.key] == LATE
        assert isinstance(outcomes[mail.key], Done)
        assert [one.recipient for one in place.arrived()] == ["ren@example.jp"]

    def test_a_long_mail_arrives_whole(self, place: Place) -> None:
        """A mail with an attachment is no different."""
        content = b"Subject: long\r\n\r\n" + (b"A" * 76 + b"\r\n") * 10_000
        mail = envelope("aoi@example.jp", content=content)

        assert isinstance(settle(place.mailer, [mail])[mail.key], Done)
        assert [mail.content] == [one.content for one in place.arrived()]

    def test_a_bad_address_is_refused_and_holds_nobody_else(self, place: Place) -> None:
        """Between two good mails, one to an address that does not exist stands alone."""
        good, bad, also_good = map(
            envelope, ["aoi@example.jp", "permerror@example.jp", "ren@example.jp"]
        )

        outcomes = settle(place.mailer, [good, bad, also_good])

        assert isinstance(outcomes[good.key], Done)
        assert isinstance(outcomes[also_good.key], Done)
        refused = outcomes[bad.key]
        assert isinstance(refused, Refused)
        assert (refused.scope, refused.status) == (Scope.ADDRESS, "5.1.1")
        assert {"aoi@example.jp", "ren@example.jp"} == {one.recipient for one in place.arrived()}

    def test_a_temporary_error_is_later_and_goes_on_the_next_try(self, place: Place) -> None:
        """The same bytes, handed over again by the caller, arrive once."""
        mail = envelope("temperror-1@example.jp")

        first = settle(place.mailer, [mail])[mail.key]
        second = settle(place.mailer, [mail])[mail.key]

        assert isinstance(first, Later)
        assert Scope.MESSAGE is first.scope
        assert isinstance(second, Done)
        assert len(place.arrived()) == 1

    def test_a_lost_answer_is_in_doubt_whether_or_not_the_mail_arrived(self, place: Place) -> None:
        """Nobody here can tell the two apart, and nobody pretends to."""
        arrives, is_lost = envelope("doubt@example.jp"), envelope("lost@example.jp")

        outcomes = settle(place.mailer, [arrives]) | settle(place.mailer, [is_lost])

        assert {"InDoubt"} == {type(outcome).__name__ for outcome in outcomes.values()}
        assert [one.recipient for one in place.arrived()] == ["doubt@example.jp"]

    def test_after_trouble_the_next_mail_goes(self, place: Place) -> None:
        """A lost connection is replaced; nobody has to start anything anew."""
        settle(place.mailer, [envelope("lost@example.jp"), envelope("permerror@example.jp")])

        mail = envelope("aoi@example.jp")
        assert isinstance(settle(place.mailer, [mail])[mail.key], Done)

    def test_no_outcome_names_the_recipient(self, place: Place) -> None:
        """What is kept and logged about a failure says nothing of whose address it was."""
        outcomes = settle(
            place.mailer,
            [envelope(f"{word}+aoi@example.jp") for word in ("permerror", "temperror", "lost")],
        )

        for outcome in outcomes.values():
            told = outcome.receipt if isinstance(outcome, Done) else outcome.why
            assert "aoi@" not in told

    def test_closing_leaves_nothing_without_an_outcome(self, place: Place) -> None:
        """What was in flight when we closed is done, in doubt, or was certainly not sent."""
        mails = [envelope(f"p{n}@example.jp") for n in range(place.mailer.room)]
        place.mailer.hand_over(mails)

        place.mailer.close()
        outcomes = place.mailer.outcomes(MOMENT)

        assert {one.key for one in mails} == outcomes.keys()
        sent = {one.recipient for one in place.arrived()}
        for one in mails:
            certainly_not = isinstance(outcomes[one.key], Later)
            assert not (certainly_not and one.recipient in sent)

    def test_a_closed_mailer_takes_nothing(self, place: Place) -> None:
        """Closing twice is no mistake; handing over afterwards is."""
        place.mailer.close()
        place.mailer.close()

        assert place.mailer.room == 0
        with pytest.raises(BrokenPromise):
            place.mailer.hand_over([envelope("aoi@example.jp")])
