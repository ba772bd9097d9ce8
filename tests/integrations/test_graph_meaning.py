"""What Graph says, and what it comes to: one table, with nothing missing."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

import integrations.localgraph
from integrations.microsoft.meaning import (
    CODES,
    IN_WORDS,
    STATUSES,
    Kind,
    outcome_of,
    problem_of_answer,
    problem_of_failure,
    quotable,
    trouble_of,
    unknown_of,
    without_change,
)
from integrations.microsoft.text import html_of, way_into, with_way_in
from integrations.microsoft.times import Unreadable, read, zone
from worker.domain.outcomes import InDoubt, Later, Refused, Scope
from worker.ports import Trouble

NOW = datetime(2026, 4, 1, tzinfo=UTC)
CERTAINLY_NOT = (Later, Refused)


def test_every_kind_of_trouble_has_its_words() -> None:
    """Nothing falls through: each kind says what came of it and who can do something."""
    assert set(IN_WORDS) == set(Kind)


def test_every_code_and_status_has_a_kind() -> None:
    """And each kind that an answer can be is one of the table's."""
    assert set(CODES.values()) | set(STATUSES.values()) <= set(IN_WORDS)


def test_every_code_that_the_stand_in_speaks_is_known_or_a_mistake_of_ours() -> None:
    """What is learnt of Graph is learnt in both places."""
    folder = Path(integrations.localgraph.__file__).parent
    spoken = {
        code
        for source in folder.glob("*.py")
        for code in re.findall(r'"(Error[A-Z]\w+)"', source.read_text(encoding="utf-8"))
    }
    mistakes = {
        "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize",
        "ErrorInvalidMergedFreeBusyInterval",
        "ErrorInvalidOperation",
        "ErrorMimeContentConversionFailed",
        "ErrorMimeContentInvalidBase64String",
        "ErrorInvalidRecipients",
        "ErrorInvalidRequest",
        "ErrorInvalidTop",
        "ErrorInvalidUrlQuery",
        "ErrorMailboxDataArrayTooBig",
        "ErrorPropertyValidationFailure",
        "ErrorTimeIntervalTooBig",
        "ErrorTooManyRecipients",
    }

    assert spoken - set(CODES) <= mistakes


@pytest.mark.parametrize("kind", list(Kind))
def test_a_question_is_never_in_doubt(kind: Kind) -> None:
    """Whoever only asked has changed nothing, however it ended."""
    problem = problem_of_answer(400, {}, now=NOW)

    assert isinstance(without_change(type(problem)(kind, "why")), CERTAINLY_NOT)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "ErrorDuplicateTransactionId", Kind.DUPLICATE),
        (409, "ErrorDuplicateTransactionId", Kind.DUPLICATE),
        (400, "ErrorInvalidRequest", Kind.MISTAKE),
        (401, "InvalidAuthenticationToken", Kind.TOKEN),
        (403, "ErrorAccessDenied", Kind.DENIED),
        (403, "NobodyKnows", Kind.DENIED),
        (404, "ErrorItemNotFound", Kind.GONE),
        (404, "ErrorInvalidUser", Kind.NO_MAILBOX),
        (404, "MailboxNotEnabledForRESTAPI", Kind.NO_MAILBOX),
        (410, "", Kind.STALE),
        (410, "syncStateNotFound", Kind.STALE),
        (400, "SyncStateNotFound", Kind.STALE),
        (412, "ErrorIrresolvableConflict", Kind.CONFLICT),
        (429, "ErrorAccessDenied", Kind.LIMITS),
        (429, "", Kind.LIMITS),
        (500, "", Kind.BROKEN),
        (502, "", Kind.BROKEN),
        (503, "", Kind.AWAY),
        (503, "ConcurrentItemSave", Kind.BROKEN),
        (504, "UnknownError", Kind.BROKEN),
        (302, "", Kind.MISTAKE),
    ],
)
def test_an_answer_means_what_its_code_says_or_its_status(
    status: int, code: str, kind: Kind
) -> None:
    """The code knows more than the status; what nobody knows goes by the status."""
    assert problem_of_answer(status, {"error": {"code": code}}, now=NOW).kind is kind


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ConnectError("refused"), Kind.AWAY),
        (httpx.ConnectTimeout("slow"), Kind.AWAY),
        (httpx.ReadTimeout("slow"), Kind.LOST),
        (httpx.ReadError("reset"), Kind.LOST),
        (httpx.WriteError("reset"), Kind.LOST),
        (httpx.RemoteProtocolError("hung up"), Kind.LOST),
        (httpx.UnsupportedProtocol("ftp"), Kind.MISTAKE),
    ],
)
def test_a_request_without_an_answer_was_not_made_or_is_in_doubt(
    failure: httpx.RequestError, kind: Kind
) -> None:
    """A line that never stood carried nothing; one that broke may have."""
    assert problem_of_failure(failure).kind is kind


def test_a_limit_a_refusal_and_a_lost_answer_are_three_things() -> None:
    """Wait as long as told; call a human; ask what became of it."""
    limit = problem_of_answer(429, {}, retry_after="120", now=NOW)
    denial = problem_of_answer(403, {"error": {"code": "ErrorAccessDenied"}}, now=NOW)
    broken = problem_of_answer(504, {}, now=NOW)

    assert outcome_of(limit) == Later(limit.why, timedelta(seconds=120), Scope.MAILBOX)
    assert outcome_of(denial) == Refused(denial.why, Scope.MAILBOX, "ErrorAccessDenied")
    assert outcome_of(broken) == InDoubt(broken.why)
    kinds = [trouble_of(one).kind for one in (limit, denial, broken)]
    assert kinds == [Trouble.LIMITS, Trouble.CREDENTIALS, Trouble.NETWORK]
    assert [unknown_of(one).is_permanent for one in (limit, denial, broken)] == [False, True, False]


def test_an_answer_that_is_no_json_of_graphs_is_told_by_its_status() -> None:
    """A proxy's page, a list, a number: none of them breaks us."""
    for body in ({}, {"error": "no"}, {"error": None}, {"error": ["x"]}):
        assert problem_of_answer(503, body, now=NOW).kind is Kind.AWAY


def test_no_address_is_kept_of_what_was_said() -> None:
    """A log is no list of candidates."""
    said = quotable("The user 'aoi+x@university.example' (<ren@university.example>) is\r\ninvalid.")

    assert "university" not in said
    assert "\n" not in said
    assert len(quotable("x" * 5000)) == 300


NEWER = (
    '<html><body><div>30分ほど</div><div class="me-email-text" lang="ja">'
    '<a class="me-email-headline" href="https://teams.microsoft.com/meet/1?p=2">Join</a></div>'
    "</body></html>"
)
OLDER = (
    "<html><body><p>30分ほど</p>\n<br>\n<div style='x'><span>" + "_" * 80 + "</span></div><div>"
    '<a href="https://teams.microsoft.com/l/meetup-join/1">Join</a></div></body></html>'
)
UNKNOWN = (
    '<html><body>30分ほど<a href="https://teams.microsoft.com/l/meetup-join/1">x</a></body></html>'
)


@pytest.mark.parametrize("body", [NEWER, OLDER, UNKNOWN])
def test_the_way_into_a_meeting_is_kept_whatever_it_looks_like(body: str) -> None:
    """A text that is there twice is better than a link that is dead."""
    written = with_way_in("新しい本文", body)

    assert written.startswith(html_of("新しい本文"))
    assert re.search(r"https://teams[^\"]+", written)
    assert written.count("<div") == written.count("</div")
    assert ("30分ほど" in written) is (body is UNKNOWN)


def test_a_body_without_an_online_meeting_is_replaced_whole() -> None:
    """Nothing of the old text stays, a row of underscores of our own neither."""
    assert way_into("<html><body><div>" + "_" * 40 + "<br>x</div></body></html>") == ""
    assert with_way_in("b", "<html><body><div>a</div></body></html>") == "<div>b</div>"


@pytest.mark.parametrize("name", ["Customized Time Zone", "tzone://Microsoft/Custom", "", "../x"])
def test_a_zone_of_somebodys_own_cannot_be_looked_up(name: str) -> None:
    """It is told and not guessed: a guess is an hour wrong."""
    with pytest.raises(Unreadable):
        zone(name)


@pytest.mark.parametrize("said", [None, [], {}, {"dateTime": "soon", "timeZone": "UTC"}, "2026"])
def test_a_time_that_is_none_is_told(said: object) -> None:
    """Whatever comes instead of a time is no exception of Python's."""
    with pytest.raises(Unreadable):
        read(said)
