"""What Google says, in our words."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from integrations.google.reasons import (
    BY_REASON,
    BY_STATUS,
    LONG,
    Meaning,
    described,
    kind_of,
    outcome_of,
    problem_of,
)
from integrations.localgoogle.refusals import Refusal
from tests.contracts.calendar_world import (
    DAY,
    MENTOR,
    NOW,
    Notice,
    at,
    booked,
    changed,
    invitation,
)
from tests.servers.google import GoogleWorld, google_world
from worker.domain.meetings import MeetingId, Span, Unknown
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.ports import BookTrouble, Changed, Trouble


@pytest.fixture
def world() -> Iterator[GoogleWorld]:
    """A server of the test's own."""
    with google_world() as running:
        yield running


# What each meaning comes to: the outcome of booking, its scope, and who can do something.
COMES_TO: Mapping[Meaning, tuple[type[Outcome], Scope | None, Trouble]] = {
    Meaning.PAUSE: (Later, Scope.MAILBOX, Trouble.LIMITS),
    Meaning.SPENT: (Later, Scope.MAILBOX, Trouble.LIMITS),
    Meaning.SIGN_IN: (Refused, Scope.MAILBOX, Trouble.CREDENTIALS),
    Meaning.FORBIDDEN: (Refused, Scope.MAILBOX, Trouble.MAILBOX),
    Meaning.MISSING: (Refused, Scope.MESSAGE, Trouble.MAILBOX),
    Meaning.GONE: (Refused, Scope.MESSAGE, Trouble.MAILBOX),
    Meaning.TAKEN: (Refused, Scope.MESSAGE, Trouble.MAILBOX),
    Meaning.STALE: (Later, Scope.MESSAGE, Trouble.NETWORK),
    Meaning.WRONG: (Refused, Scope.MESSAGE, Trouble.MAILBOX),
    Meaning.AWAY: (Later, Scope.SERVER, Trouble.NETWORK),
    Meaning.LOST: (InDoubt, None, Trouble.NETWORK),
}

# Reasons that Google names in "Handle API errors" (Calendar), "Resolve errors" (Gmail), RFC 6749
# 5.2 and the answers of free/busy.
NAMED = {
    *("badRequest", "authError", "dailyLimitExceeded", "userRateLimitExceeded"),
    *("rateLimitExceeded", "quotaExceeded", "forbiddenForNonOrganizer", "notFound", "duplicate"),
    *("conditionNotMet", "backendError", "fullSyncRequired", "updatedMinTooLongAgo", "deleted"),
    *("timeRangeEmpty", "required", "invalid", "domainPolicy", "failedPrecondition"),
    *("insufficientPermissions", "accessNotConfigured", "requiredAccessLevel", "invalidArgument"),
    *("forbiddenForServiceAccounts", "invalid_grant", "invalid_client", "unauthorized_client"),
    *("invalid_scope", "internalError", "concurrentLimitExceeded", "parseError"),
}


class TestReasons:
    """What Google says, in our words."""

    def test_every_reason_that_google_names_is_in_the_table(self) -> None:
        """Nothing that is written down surprises us."""
        assert NAMED - BY_REASON.keys() == set()

    def test_every_meaning_is_reached_by_a_reason_or_a_status(self) -> None:
        """No word of the table is dead, and each has its row here."""
        assert set(Meaning) == COMES_TO.keys()
        assert set(BY_REASON.values()) | set(BY_STATUS.values()) == set(Meaning)

    @pytest.mark.parametrize("reason", sorted(BY_REASON))
    def test_a_reason_counts_more_than_its_status(self, reason: str) -> None:
        """Whatever status it comes with, and with every detail of its meaning."""
        content = b'{"error": {"errors": [{"reason": "%s"}]}}' % reason.encode()
        kind, scope, trouble = COMES_TO[BY_REASON[reason]]

        problem = problem_of(418, content, None)
        outcome = outcome_of(problem)

        assert isinstance(outcome, kind)
        assert getattr(outcome, "scope", None) is scope
        assert kind_of(problem) is trouble
        assert reason in problem.why

    @pytest.mark.parametrize(
        ("status", "meaning"), [*BY_STATUS.items(), (302, Meaning.WRONG), (502, Meaning.LOST)]
    )
    def test_a_reason_nobody_knows_goes_by_its_status(self, status: int, meaning: Meaning) -> None:
        """And it stands in the text, so that a surprise can be seen."""
        problem = problem_of(status, b'{"error": {"errors": [{"reason": "brandNew"}]}}', None)

        assert problem.meaning is meaning
        assert "brandNew" in problem.why

    @pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"error": 7}', b'{"error": {}}'])
    def test_an_answer_that_is_none_goes_by_its_status(self, content: bytes) -> None:
        """A proxy's page says nothing about a calendar."""
        assert problem_of(503, content, None).meaning is Meaning.LOST

    @pytest.mark.parametrize(
        ("refusal", "wait"),
        [
            (Refusal(403, "rateLimitExceeded", "Rate Limit Exceeded"), None),
            (Refusal(403, "quotaExceeded", "Calendar usage limits exceeded."), LONG),
            (
                Refusal(429, "rateLimitExceeded", "", {"Retry-After": "120"}),
                timedelta(seconds=120),
            ),
            (
                Refusal(
                    429,
                    "userRateLimitExceeded",
                    "",
                    {"Retry-After": format_datetime(NOW + timedelta(minutes=5), usegmt=True)},
                ),
                timedelta(minutes=5),
            ),
        ],
    )
    def test_three_limits_are_three_waits(
        self, world: GoogleWorld, refusal: Refusal, wait: timedelta | None
    ) -> None:
        """A busy minute is over soon, a spent allowance is not, and what is asked for is obeyed."""
        world.google.faults.refusal = refusal

        outcome = world.book.book(invitation())
        looked = world.book.changes(MENTOR, "")

        assert isinstance(outcome, Later)
        assert (outcome.wait, outcome.scope) == (wait, Scope.MAILBOX)
        assert isinstance(looked, BookTrouble)
        assert (looked.kind, looked.wait) == (Trouble.LIMITS, wait)

    def test_an_error_that_comes_as_a_success_tells_nothing(self, world: GoogleWorld) -> None:
        """Nobody is free by it, and no event of ours is gone."""
        ref = booked(world, invitation())
        cursor = changed(world, "").cursor
        world.google.faults.refusal = Refusal(200, "backendError", "Backend Error")

        looked = [
            world.book.see(invitation(), ref),
            world.book.changes(MENTOR, cursor),
            *world.book.busy([MENTOR], DAY).values(),
            *world.book.busy([MENTOR], DAY, leaving_out=["another"]).values(),
        ]
        changing = [world.book.cancel(invitation(), ref), world.book.book(invitation())]

        assert [type(one) for one in looked] == [BookTrouble, BookTrouble, Unknown, Unknown]
        assert [type(one) for one in changing] == [InDoubt, InDoubt]

    def test_a_server_that_stumbled_leaves_a_doubt(self, world: GoogleWorld) -> None:
        """A 500 says nothing about whether the event is there; asking again is harmless."""
        world.google.faults.refusal = Refusal(500, "backendError", "Backend Error")

        outcome = world.book.book(invitation())
        world.relent()

        assert isinstance(outcome, InDoubt)
        assert isinstance(world.book.book(invitation()), Done)

    def test_a_look_that_failed_changed_nothing(self, world: GoogleWorld) -> None:
        """A change that could not even look is no doubt: it is tried later."""
        wish = invitation()
        ref = booked(world, wish)
        world.google.faults.refusal = Refusal(500, "backendError", "Backend Error")

        outcome = world.book.change(replace(wish, title="?", revision=1), ref)

        assert isinstance(outcome, Later)
        assert outcome.scope is Scope.SERVER

    def test_what_is_said_names_nobody(self) -> None:
        """Addresses in Google's sentences are left out."""
        assert described("HTTP 400", "Invalid attendee: <aoi@example.jp>.") == (
            "HTTP 400 Invalid attendee: <…>."
        )

    def test_an_expired_cursor_in_the_middle_of_a_change_sends_nothing(
        self, world: GoogleWorld
    ) -> None:
        """Everything is read anew while a meeting is being moved: one update a guest, no more."""
        wish = replace(invitation(), id=MeetingId("9/first-1on1/0"))
        ref = booked(world, wish)
        cursor = changed(world, "").cursor
        later = replace(wish, when=Span(at(30), at(31)), revision=1)
        world.lose_next_answer()
        world.book.change(later, ref)
        world.expire_cursors()

        news = world.book.changes(MENTOR, cursor)
        again = world.book.change(later, ref)

        assert isinstance(news, Changed)
        assert [(one.when, one.revision) for one in news.entries] == [(later.when, 1)]
        assert again == Done(ref)
        assert [one.notice for one in world.told(wish)].count(Notice.UPDATED) == 2
