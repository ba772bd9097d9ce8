"""The twins pass the contracts of their ports, and obey their switches."""

import pytest

from integrations.memory import Call, MemoryCaller, MemoryMailer, MemorySentFolder
from tests.contracts.caller import CallerContract, Heard, Line
from tests.contracts.mailer import MOMENT, Arrived, MailerContract, Place, envelope, settle
from worker.domain.intents import Key
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.wiring.clock import SystemClock

SHARED = "a shared word"


class TestMemoryMailer(MailerContract):
    """The twin of every mailer."""

    @pytest.fixture
    def place(self) -> Place:
        """A mailer with two connections, and its list."""
        mailer = MemoryMailer(connections=2, clock=SystemClock())
        return Place(
            mailer, 2, lambda: [Arrived(one.recipient, one.content) for one in mailer.arrived]
        )


class TestMemoryCaller(CallerContract):
    """The twin of every caller."""

    @pytest.fixture
    def line(self) -> Line:
        """A caller whose switch answers by address."""
        answers: dict[str, Outcome] = {
            "good": Done("200"),
            "busy": Later("429"),
            "gone": Refused("410"),
            "cut": InDoubt("no answer"),
            "nobody": Later("no connection"),
        }

        def answer(call: Call) -> Outcome:
            return answers[call.url]

        caller = MemoryCaller(answer=answer)
        return Line(
            caller,
            {name: name for name in answers},
            lambda: [Heard(one.key, one.body) for one in caller.calls if one.url != "nobody"],
        )


def test_every_attempt_is_kept_in_order() -> None:
    """A test can ask what was handed over, and what of it arrived."""
    mailer = MemoryMailer(connections=2)

    settle(mailer, [envelope("permerror@example.jp"), envelope("aoi@example.jp")])

    handed_over = [one.recipient for one in mailer.handed_over]
    assert handed_over == ["permerror@example.jp", "aoi@example.jp"]
    assert [one.recipient for one in mailer.arrived] == ["aoi@example.jp"]


def test_a_person_who_never_answers_gets_the_mail_all_the_same() -> None:
    """`silent@` is about the person; the mail arrives."""
    mailer = MemoryMailer()
    mail = envelope("silent@example.jp")

    assert isinstance(settle(mailer, [mail])[mail.key], Done)


def test_without_a_server_everything_waits() -> None:
    """While `down` says why, nothing is sent, and the delay is the server's fault."""
    mailer = MemoryMailer()
    mailer.down = "no route"
    mail = envelope("aoi@example.jp")

    assert Later("no route", scope=Scope.SERVER) == settle(mailer, [mail])[mail.key]
    assert mailer.arrived == []


def test_a_silent_server_leaves_a_mail_in_doubt_when_we_close() -> None:
    """An answer of None holds the outcome back until the mailer is closed."""
    mailer = MemoryMailer(answer=lambda _: None)
    mail = envelope("aoi@example.jp")
    mailer.hand_over([mail])

    assert dict(mailer.outcomes(MOMENT)) == {}
    mailer.close()

    assert isinstance(mailer.outcomes(MOMENT)[mail.key], InDoubt)


def test_the_sent_folder_knows_what_arrived_unless_it_is_blind() -> None:
    """A mail in doubt is found if it arrived, is missing if not, and sometimes nobody can tell."""
    mailer = MemoryMailer()
    folder = MemorySentFolder(mailer)
    arrives, is_lost = envelope("doubt@example.jp"), envelope("lost@example.jp")
    settle(mailer, [arrives, is_lost])

    assert folder.has(arrives.message_id) is True
    assert folder.has(is_lost.message_id) is False
    folder.blind = True
    assert folder.has(arrives.message_id) is None


def test_a_caller_keeps_its_calls_and_answers_as_told() -> None:
    """A playbook's webhook can be watched, and made to fail."""
    caller = MemoryCaller()
    first = caller.call("https://example.jp/hook", key=Key("1"), secret=SHARED, body={"a": 1})
    caller.answer = lambda call: Later(f"busy: {call.url}")

    second = caller.call("https://example.jp/hook", key=Key("2"), secret=SHARED, body={})

    assert isinstance(first, Done)
    assert Later("busy: https://example.jp/hook") == second
    assert [call.key for call in caller.calls] == ["1", "2"]
