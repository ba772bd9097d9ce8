"""Every sentence has both languages, the same values, and a use."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import worker.cli
from worker.cli.phrases import SENTENCES, Phrases, names_in
from worker.cli.words.reasons import REASONS
from worker.domain.appointments import LETTER_WORD
from worker.domain.intents import KIND, State
from worker.domain.reasons import Because, Reason
from worker.domain.when import Unit
from worker.engine.versions import Change

HOME = Path(worker.cli.__file__).parent
SAYING = {"say", "tell", "Wrong", "WrongText"}


def spoken() -> tuple[set[str], tuple[str, ...]]:
    """Give every key that stands in the code, and every beginning of one that is put together."""
    whole, beginnings = set(), {"pause.", "resume."}  # named by the verb that is typed
    for path in HOME.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Constant(value=str(text)):
                    whole.add(text)
                    beginnings |= {text} if text.endswith(".") else set()
                case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
                    beginnings |= {text} if "." in text and text.isascii() else set()
                case _:
                    pass
    return whole, tuple(beginnings)


def called() -> set[str]:
    """Give every key that is said, told or raised as it is."""
    found = set()
    for path in HOME.glob("*.py"):
        if path.name == "verbs.py":  # its `say` picks one of two sentences that stand there
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            first = node.args[0]
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in SAYING and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def test_every_sentence_has_both_languages_and_the_same_values() -> None:
    """What is told in Japanese is told in English, with the same names and numbers."""
    for key, (ja, en) in SENTENCES.items():
        assert ja, key
        assert en, key
        assert names_in(ja) - {"n"} == names_in(en) - {"n"}, key


def test_every_sentence_that_is_said_is_there() -> None:
    """No verb says what nobody has written."""
    assert called() - set(SENTENCES) == set()


def test_every_sentence_is_said_somewhere() -> None:
    """No sentence is kept that nobody says."""
    whole, beginnings = spoken()

    idle = {key for key in SENTENCES if key not in whole and not key.startswith(beginnings)}

    assert idle == set()


def test_every_reason_has_a_sentence_for_whatever_values_it_has() -> None:
    """Why something waits can be said for each reason, with all of its values and with none."""
    assert set(REASONS) == set(Because)
    for because, sentences in REASONS.items():
        *_, (last_ja, last_en) = sentences
        assert names_in(last_ja) == names_in(last_en) == set()
        assert all(names_in(ja) == names_in(en) for ja, en in sentences)
        for language in ("ja", "en"):
            assert Phrases(language).reason(Reason(because))


def test_every_state_kind_and_change_has_a_word() -> None:
    """How a mail stands, what a step is, and what a new version changes, all have a word."""
    assert all(f"kind.{kind}" in SENTENCES for kind in (*KIND.values(), *LETTER_WORD))
    assert all(f"word.{word}" in SENTENCES for word in LETTER_WORD.values())
    assert all(f"diff.{change.value}" in SENTENCES for change in Change)
    for state in State:
        assert state is State.PARKED or f"why.{state.value}" in SENTENCES


def test_times_are_told_in_the_readers_zone() -> None:
    """An instant is written as the clock on the wall has it; a foreign zone is named."""
    at = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)

    assert Phrases("ja").instant(at) == "2026年4月3日(金) 10:00"
    assert Phrases("en").instant(at) == "Fri 3 Apr 2026 10:00"
    london = ZoneInfo("Europe/London")
    assert Phrases("en").instant(at, london) == "Fri 3 Apr 2026 02:00 (Europe/London)"


def test_a_reason_tells_instants_as_people_do() -> None:
    """The values of a reason are days and times, not a machine's stamps."""
    values = (("hours", "09:30-18:30"), ("until", "2026-04-06T09:30+09:00"))

    assert Phrases("ja").reason(Reason(Because.HOURS, values)) == (
        "送信は 09:30-18:30 なので 2026年4月6日(月) 09:30 になる"
    )
    assert Phrases("en").reason(Reason(Because.HOURS, values)) == (
        "mails leave at 09:30-18:30, so it goes on Mon 6 Apr 2026 09:30"
    )


def test_one_mail_is_not_one_mails() -> None:
    """A number agrees with its noun."""
    assert [Phrases("en")("people.count", n=n) for n in (0, 1, 1200)] == [
        "0 people",
        "1 person",
        "1,200 people",
    ]


def test_a_budget_is_told_in_the_readers_language() -> None:
    """「1 per 1 days」 is neither Japanese nor what anybody wrote."""
    reason = Reason(Because.AT_MOST, (("budget", "1 per 1 days"), ("until", "2026-04-07")))

    assert Phrases("ja").reason(reason).startswith("一人への連絡は 1日に1回 まで")
    assert Phrases("en").reason(reason).startswith("one person gets 1 per day at most")
    assert [Phrases("ja").budget(f"2 per 3 {unit.value}") for unit in Unit] == [
        "3分に2回", "3時間に2回", "3日に2回", "3営業日に2回", "3週間に2回", "3か月に2回",
    ]  # fmt: skip
