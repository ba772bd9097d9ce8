"""What every `Caller` promises, whoever is called.

A class inherits the suite and gives it a `line`: a caller, and a way to make the other side answer
as it should and to see what came.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from worker.domain.intents import Key
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.ports import Caller

KEY = Key("12/welcome/0/0/webhook")
SHARED = "a shared word"


@dataclass(frozen=True, slots=True)
class Heard:
    """One call as the other side heard it."""

    key: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """A caller under test, addresses that answer as their names say, and what was heard there.

    The addresses: `good`, `busy` (later), `gone` (never), `cut` (heard, and hung up without a
    word) and `nobody` (where no one listens).
    """

    caller: Caller
    addresses: Mapping[str, str]
    heard: Callable[[], list[Heard]]

    def call(self, address: str) -> Outcome:
        """Call one of the addresses with something in Japanese."""
        return self.caller.call(
            self.addresses[address], key=KEY, secret=SHARED, body={"名前": "葵", "n": [1, None]}
        )


class CallerContract:
    """Inherit this, and give a fixture `line`."""

    def test_what_is_told_arrives_once_under_its_key(self, line: Line) -> None:
        """Body and key are heard as they were given."""
        outcome = line.call("good")

        assert isinstance(outcome, Done)
        assert line.heard() == [Heard(KEY, {"名前": "葵", "n": [1, None]})]

    def test_a_busy_receiver_is_later(self, line: Line) -> None:
        """It says so itself, so nothing happened; it was asked once."""
        outcome = line.call("busy")

        assert isinstance(outcome, Later)
        assert len(line.heard()) == 1

    def test_a_refusal_is_for_good(self, line: Line) -> None:
        """An address that is gone does not come back by asking."""
        assert isinstance(line.call("gone"), Refused)

    def test_a_lost_answer_is_in_doubt_and_never_asked_again(self, line: Line) -> None:
        """The receiver read all of it and hung up: exactly one call was made."""
        outcome = line.call("cut")

        assert isinstance(outcome, InDoubt)
        assert len(line.heard()) == 1

    def test_nobody_there_is_later(self, line: Line) -> None:
        """What was never said certainly did not happen."""
        outcome = line.call("nobody")

        assert isinstance(outcome, Later)
        assert line.heard() == []

    def test_trouble_with_one_address_is_no_trouble_of_others(self, line: Line) -> None:
        """Receivers do not know each other, so nothing but this call waits."""
        for address in ("busy", "gone", "nobody"):
            outcome = line.call(address)

            assert isinstance(outcome, Later | Refused)
            assert outcome.scope is Scope.MESSAGE
