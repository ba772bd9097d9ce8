"""Whom a mail answers: one order of rules, and a human where they leave a doubt."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tests.domain.answers.mails import block, mail, multipart, report
from worker.domain.answers.answer import classify
from worker.domain.answers.authentication import Verdict
from worker.domain.answers.letter import read
from worker.domain.matching import Ask, Confidence, Match, Rule, Trust, match, trust_of
from worker.domain.matching_clues import clues_of
from worker.domain.matching_tag import tag_in, tagged
from worker.domain.post import id_key, message_id, thread_anchor

SECRET = b"a secret of this workspace"
SENT = datetime(2026, 8, 3, 1, tzinfo=UTC)
RECEIVED = SENT + timedelta(days=2)
OURS = frozenset({"saiyo@example.co.jp"})
DOMAIN = "example.co.jp"
WELCOME = message_id("7/welcome/0/0/mail", DOMAIN)
ANCHOR = thread_anchor("7/welcome/0", DOMAIN)


def ask(key: str = "7/welcome", person: str = "aoi", *, days: int = 0, is_open: bool = True) -> Ask:
    """Something we asked of somebody."""
    return Ask(key, person, (f"{person}@example.jp",), SENT + timedelta(days=days), is_open=is_open)


@dataclass
class Memory:
    """What we asked, kept in dictionaries."""

    ids: dict[str, list[Ask]] = field(default_factory=dict)
    threads: dict[str, list[Ask]] = field(default_factory=dict)
    calendars: dict[str, list[Ask]] = field(default_factory=dict)
    people: dict[str, list[Ask]] = field(default_factory=dict)

    def by_tag(self, name: str) -> list[Ask]:
        """Find by the left part of an id."""
        return [one for key, asks in self.ids.items() if key.startswith(name) for one in asks]

    def by_id(self, key: str) -> list[Ask]:
        """Find by the key of an id."""
        return self.ids.get(key, [])

    def by_thread(self, thread: str) -> list[Ask]:
        """Find by the provider's thread."""
        return self.threads.get(thread, [])

    def by_calendar(self, uid: str) -> list[Ask]:
        """Find by a calendar's UID."""
        return self.calendars.get(uid, [])

    def of_person_at(self, address: str) -> list[Ask]:
        """Find everything asked of whoever has this address."""
        return self.people.get(address, [])


def memory(*asks: Ask) -> Memory:
    """A memory that knows the first ask by all its ids, and everybody by their address."""
    first = asks[0]
    known = Memory({id_key(WELCOME): [first], id_key(ANCHOR): [first]})
    for one in asks:
        known.people.setdefault(one.addresses[0], []).append(one)
    return known


def matched(raw: bytes, known: Memory, thread: str = "") -> Match:
    """Match a mail as it comes in."""
    letter = read(raw)
    clues = clues_of(letter, classify(raw), thread)
    return match(clues, known, secrets=[SECRET], ours=OURS, received_at=RECEIVED)


def test_the_tag_in_the_address_leads_home() -> None:
    """An answer to our Reply-To is known, from whatever address and without any other header."""
    address = tagged("saiyo@example.co.jp", WELCOME, SECRET)
    raw = mail("はい", sender="mother@example.com", Delivered_To=address.upper())

    found = matched(raw, memory(ask()))

    assert (found.rule, found.confidence, found.ask) == (Rule.TAG, Confidence.CERTAIN, ask())
    assert not found.is_from_the_person


def test_a_tag_that_we_did_not_sign_is_none() -> None:
    """Nobody can make up a tag, and an old secret is still known while it is listed."""
    address = tagged("saiyo@example.co.jp", WELCOME, SECRET)
    forged = address.replace(address[30], "a" if address[30] != "a" else "b")

    assert tag_in([address], [b"new", SECRET])
    assert not tag_in([forged], [SECRET])
    assert not tag_in([address], [b"another"])


def test_a_tag_may_be_the_whole_address() -> None:
    """Where `+` is refused, a domain of its own takes every tag."""
    address = tagged("@reply.example.co.jp", WELCOME, SECRET)

    assert WELCOME.startswith(f"<{tag_in([address], [SECRET])}@")


def test_a_tag_needs_room_and_a_mail_of_ours() -> None:
    """An address that is too long for a tag, or a foreign id, is a mistake that is told."""
    with pytest.raises(ValueError, match="leaves no room"):
        tagged(f"{'x' * 40}@example.co.jp", WELCOME, SECRET)
    with pytest.raises(ValueError, match="not a Message-ID of ours"):
        tagged("saiyo@example.co.jp", "<CAF+1@mail.gmail.com>", SECRET)


LONG = f"<{'A' * 70}@tycpr01mb1234.jpnprd01.prod.outlook.com>"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("In_Reply_To", WELCOME),
        ("In_Reply_To", WELCOME.strip("<>")),
        ("In_Reply_To", f"Your message of Monday {WELCOME}"),
        ("In_Reply_To", f"=?utf-8?Q?{WELCOME.replace('@', '=40')}?="),
        ("References", f"{ANCHOR}\r\n {WELCOME}"),
        ("References", f"<other@x>,{ANCHOR},<another@y>"),
        ("References", LONG[:64]),
        ("In_Reply_To", WELCOME.upper()),
    ],
)
def test_ids_are_known_in_every_shape(header: str, value: str) -> None:
    """Folded, cut, encoded, without brackets or among others: the id leads to what we asked."""
    known = memory(ask())
    known.ids[id_key(LONG)] = [ask()]  # a provider put its own id in the place of ours

    found = matched(mail("はい", **{header: value}), known)

    assert (found.ask, found.confidence) == (ask(), Confidence.CERTAIN)
    assert found.rule in {Rule.IN_REPLY_TO, Rule.REFERENCES}


def test_the_anchor_leads_to_the_newest_open_ask_of_the_run() -> None:
    """Who answers somewhere in the thread answers what was asked last."""
    old, new, done = ask("1"), ask("2", days=1), ask("3", days=2, is_open=False)
    known = memory(old)
    known.ids[id_key(ANCHOR)] = [old, new, done]

    assert matched(mail("はい", References=ANCHOR), known).ask == new


def test_our_own_mail_answers_nothing() -> None:
    """A copy of our own mail that comes back to us is known as ours."""
    raw = mail("ご案内", sender="saiyo@example.co.jp").replace(
        b"<answer@example.jp>", WELCOME.encode()
    )

    assert matched(raw, memory(ask())).rule is Rule.OWN


def test_a_thread_alone_is_only_probable() -> None:
    """Gmail joins what merely looks alike, so its thread is shown to a human."""
    known = Memory(threads={"t1": [ask()]})

    found = matched(mail("はい"), known, thread="t1")

    assert (found.rule, found.confidence) == (Rule.THREAD, Confidence.PROBABLE)


def test_what_is_certain_goes_before_the_thread() -> None:
    """A mail that came back shows which of those in its thread it was."""
    raw = report(
        "届きませんでした。",
        block("aoi@example.jp", "failed", "5.1.1", "550 User unknown"),
        returned=f"Subject: x\nMessage-ID: {WELCOME}\n",
    )
    known = memory(ask())
    known.threads["t1"] = [ask("9/welcome", days=1)]

    found = matched(raw, known, thread="t1")

    assert (found.rule, found.ask, found.confidence) == (
        Rule.RETURNED,
        ask(),
        Confidence.CERTAIN,
    )


def test_a_thread_of_several_people_is_taken_by_the_sender() -> None:
    """Of two people in one thread, the one who writes is meant."""
    known = Memory(threads={"t1": [ask(), ask("9/welcome", "ren")]})

    assert matched(mail("はい"), known, thread="t1").ask == ask()


def test_a_bounce_leads_to_the_mail_that_came_back() -> None:
    """The returned headers hold our id, wherever the notice came from."""
    raw = report(
        "届きませんでした。",
        block("forwarded@example.com", "failed", "5.1.1", "550 User unknown"),
        returned=f"Subject: x\nMessage-ID: {WELCOME}\n",
    )

    found = matched(raw, memory(ask()))

    assert (found.rule, found.ask) == (Rule.RETURNED, ask())


def test_a_bounce_without_our_id_is_found_by_the_address() -> None:
    """Au returns no id; the failed address is that of one open ask."""
    raw = report("失敗", block("aoi@example.jp", "failed", "5.1.1", "550 User unknown"))

    found = matched(raw, memory(ask()))

    assert (found.rule, found.confidence) == (Rule.SENDER, Confidence.PROBABLE)


def test_a_calendar_answer_is_found_by_its_meeting() -> None:
    """The UID of the invitation comes back with the answer."""
    known = Memory(calendars={"meet-1@x": [ask("7/call")]})
    text = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:meet-1@x\nEND:VEVENT\nEND:VCALENDAR"
    raw = multipart(("text/calendar; method=REPLY", text))

    assert matched(raw, known).rule is Rule.CALENDAR


def test_a_new_mail_of_somebody_with_one_open_ask_answers_it() -> None:
    """Who writes anew instead of answering is understood, if there is but one thing to answer."""
    found = matched(mail("遅くなりました。参加します。", subject="参加の件"), memory(ask()))

    assert (found.rule, found.confidence, found.ask) == (Rule.SENDER, Confidence.PROBABLE, ask())


def test_two_open_asks_are_left_to_a_human() -> None:
    """Where it could be either, HR is shown both, the newest first."""
    known = memory(ask("1"), ask("2", days=1))

    found = matched(mail("はい", subject="件名なし"), known)

    assert (found.ask, found.confidence) == (None, Confidence.NONE)
    assert [one.key for one in found.suggestions] == ["2", "1"]


def test_nobody_answers_what_was_asked_later() -> None:
    """A mail that came before we wrote is no answer to it."""
    assert matched(mail("はい"), memory(ask(days=3))).ask is None


def test_a_stranger_is_shown_without_suggestions() -> None:
    """What matches nothing is kept, and is not guessed at."""
    found = matched(mail("はい", sender="stranger@example.net"), memory(ask()))

    assert (found.rule, found.suggestions) == (Rule.NONE, ())


@pytest.mark.parametrize(
    ("found", "verdict", "expected"),
    [
        (
            Match(Rule.TAG, Confidence.CERTAIN, ask(), (), is_from_the_person=True),
            Verdict.PASSED,
            Trust.FULL,
        ),
        (
            Match(Rule.TAG, Confidence.CERTAIN, ask(), (), is_from_the_person=True),
            Verdict.UNKNOWN,
            Trust.ANSWER_ONLY,
        ),
        (
            Match(Rule.IN_REPLY_TO, Confidence.CERTAIN, ask(), (), is_from_the_person=True),
            Verdict.FAILED,
            Trust.ASK,
        ),
        (Match(Rule.TAG, Confidence.CERTAIN, ask()), Verdict.PASSED, Trust.ASK),
        (
            Match(Rule.SENDER, Confidence.PROBABLE, ask(), (), is_from_the_person=True),
            Verdict.UNKNOWN,
            Trust.ASK,
        ),
        (
            Match(Rule.SENDER, Confidence.PROBABLE, ask(), (), is_from_the_person=True),
            Verdict.PASSED,
            Trust.ANSWER_ONLY,
        ),
        (Match(Rule.NONE, Confidence.NONE), Verdict.PASSED, Trust.ASK),
    ],
)
def test_what_may_follow_by_itself(found: Match, verdict: Verdict, expected: Trust) -> None:
    """A forged or doubtful mail pauses and asks; it changes nothing by itself."""
    assert trust_of(found, verdict) is expected
