"""Who we are at Google."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from integrations.google.calendar import SCOPES, GoogleBook
from integrations.google.line import GoogleAccount, GoogleSignIn
from tests.contracts.calendar_world import (
    DAY,
    MANAGER,
    MENTOR,
    booked,
    invitation,
)
from tests.servers.google import GoogleWorld, google_world, service_account, signed_in_user
from worker.domain.meetings import Busy
from worker.domain.outcomes import Done, Refused, Scope
from worker.ports import BookTrouble, Trouble


@pytest.fixture
def world() -> Iterator[GoogleWorld]:
    """A server of the test's own."""
    with google_world() as running:
        yield running


class TestSigningIn:
    """Who we are."""

    def test_a_token_that_runs_out_early_is_fetched_anew(self, world: GoogleWorld) -> None:
        """Refused is not done: asked once more with a new token, and nobody notices."""
        booked(world, invitation())
        world.google.sign_ins.expire_tokens()

        ref = booked(world, invitation("another"))

        assert ref == invitation("another").event_key
        assert world.google.sign_ins.given == 2

    def test_rights_that_an_administrator_did_not_give_are_a_humans_business(
        self, world: GoogleWorld
    ) -> None:
        """Delegation without the calendar: refused for the whole connection, with the word."""
        world.google.sign_ins.delegated.clear()

        outcome = world.book.book(invitation())
        looked = world.book.see(invitation())

        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MAILBOX
        assert "unauthorized_client" in outcome.why
        assert isinstance(looked, BookTrouble)
        assert looked.kind is Trouble.CREDENTIALS

    def test_a_key_that_is_none_is_a_humans_business(self, world: GoogleWorld) -> None:
        """Half a file: said so, without what stood in it."""
        broken = {**service_account(world.google), "private_key": "secret nonsense"}

        outcome = world.another_book(broken).book(invitation())

        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MAILBOX
        assert "nonsense" not in outcome.why

    def test_a_person_who_signed_in_books_in_calendars_shared_with_them(
        self, world: GoogleWorld
    ) -> None:
        """Without delegation HR acts as themselves, where a colleague lets them."""
        world.google.employ("hr@tsunagu.example")
        world.google.sign_ins.refresh_tokens["given once"] = "hr@tsunagu.example"
        book = world.another_book(signed_in_user(world.google))

        before = book.book(invitation())
        world.calendars.share(MENTOR, "hr@tsunagu.example")
        after = book.book(invitation())
        found = book.busy([MENTOR, MANAGER], DAY, leaving_out=[invitation().event_key])

        assert isinstance(before, Refused)
        assert before.scope is Scope.MAILBOX
        assert after == Done(invitation().event_key)
        assert found == {MENTOR: Busy(), MANAGER: Busy()}
        assert {one.person for one in world.google.requests} == {"hr@tsunagu.example"}

    def test_a_sign_in_that_ran_out_is_told(self, world: GoogleWorld) -> None:
        """An app in testing loses its sign-ins after seven days."""
        book = world.another_book(signed_in_user(world.google))

        outcome = book.book(invitation())

        assert isinstance(outcome, Refused)
        assert "invalid_grant" in outcome.why
        assert outcome.scope is Scope.MAILBOX

    def test_who_connects_again_is_let_in_without_a_restart(self, world: GoogleWorld) -> None:
        """A refused sign-in is read anew; one that is still refused is said to be, each time."""
        world.google.employ("hr@tsunagu.example")
        world.calendars.share(MENTOR, "hr@tsunagu.example")
        account = GoogleAccount(signed_in_user(world.google), endpoint=world.google.endpoint)
        kept = [account]
        book = GoogleBook(GoogleSignIn(account, SCOPES, reread=lambda: kept[-1]), world.clock)

        before = [book.book(invitation()), book.book(invitation())]
        world.google.sign_ins.refresh_tokens["given anew"] = "hr@tsunagu.example"
        kept.append(replace(account, key={**account.key, "refresh_token": "given anew"}))
        after = book.book(invitation())
        book.close()

        assert [type(one) for one in before] == [Refused, Refused]
        assert after == Done(invitation().event_key)

    def test_no_secret_is_shown(self, world: GoogleWorld) -> None:
        """An account printed by mistake tells nothing."""
        assert "PRIVATE" not in repr(world.book.__dict__["_line"].__dict__["_sign_in"].account)
