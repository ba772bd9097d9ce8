"""Google on this machine, and the hands of the calendars' contract on it.

The server itself ships (`integrations.localgoogle`), because demonstrations use it, too.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cache

from integrations.google.calendar import SCOPES, GoogleBook
from integrations.google.line import GoogleAccount, GoogleSignIn
from integrations.google.mailbox import SCOPES as MAIL_SCOPES
from integrations.localgoogle.calendars import LocalCalendars
from integrations.localgoogle.company import KeyPair, key_file, new_pair, sign_up
from integrations.localgoogle.mailboxes import LocalMailboxes
from integrations.localgoogle.refusals import Refusal
from integrations.localgoogle.server import LocalGoogle, running
from tests.contracts.calendar_world import (
    MANAGER,
    MENTOR,
    Notice,
    Told,
)
from tests.world import HandClock
from worker.domain.meetings import Invitation, Said, Span, Word

STATUS = {
    Word.NOTHING: "needsAction",
    Word.ACCEPTED: "accepted",
    Word.TENTATIVE: "tentative",
    Word.DECLINED: "declined",
}


@cache
def key_pair() -> KeyPair:
    """Give what the service account signs with; made once a run."""
    return new_pair()


def service_account(google: LocalGoogle) -> Mapping[str, str]:
    """Give what the key file of a service account holds, as Google writes it."""
    return key_file(google, key_pair())


def signed_in_user(google: LocalGoogle, refresh_token: str = "given once") -> Mapping[str, str]:  # noqa: S107 - of a server of the tests
    """Give what a person's own sign-in holds."""
    return {
        "type": "authorized_user",
        "client_id": "tsunagu",
        "client_secret": "shared",
        "refresh_token": refresh_token,
        "token_uri": google.token_uri,
    }


class GoogleWorld:
    """The hands of the contract, on a server that speaks Google's HTTP."""

    def __init__(self, google: LocalGoogle, clock: HandClock) -> None:
        self.google = google
        self.clock = clock
        self.calendars = google.calendars
        self.books: list[GoogleBook] = []
        self.book = self.another_book()

    def sign_in(self) -> GoogleSignIn:
        """Sign in for calendars, as another worker does."""
        endpoint = self.google.endpoint
        return GoogleSignIn(GoogleAccount(service_account(self.google), endpoint=endpoint), SCOPES)

    def another_book(
        self, key: Mapping[str, str] | None = None, answer: timedelta = timedelta(seconds=20)
    ) -> GoogleBook:
        """Make a book as another worker has it."""
        account = GoogleAccount(
            key or service_account(self.google), endpoint=self.google.endpoint, answer=answer
        )
        self.books.append(GoogleBook(GoogleSignIn(account, SCOPES), self.clock))
        return self.books[-1]

    def mail_sign_in(self, answer: timedelta = timedelta(seconds=20)) -> GoogleSignIn:
        """Sign in for mail, as another worker does."""
        endpoint = self.google.endpoint
        account = GoogleAccount(service_account(self.google), endpoint=endpoint, answer=answer)
        return GoogleSignIn(account, MAIL_SCOPES)

    def employ(self, address: str) -> None:
        """Give somebody an account and a calendar."""
        self.google.employ(address)

    def hide(self, address: str) -> None:
        """Let somebody leave the company."""
        self.calendars.dismiss(address)
        self.google.sign_ins.people.discard(address)

    def answer(self, invitation: Invitation, address: str, said: Said) -> None:
        """Have a person answer, minutes later; or their focus time, at once."""
        if said.is_automatic:
            self.calendars.take(
                address,
                Span(invitation.when.start - timedelta(hours=1), invitation.when.end),
                "集中時間",
                eventType="focusTime",
                focusTimeProperties={"autoDeclineMode": "declineAllConflictingInvitations"},
            )
        else:
            self.clock.turn_to(self.clock.now() + timedelta(minutes=20))
        self.calendars.answer(invitation.event_key, address, STATUS[said.word], said.comment)

    def drag(self, invitation: Invitation, when: Span) -> None:
        """Have the organiser move the event."""
        self.calendars.drag(invitation.event_key, when)

    def delete(self, invitation: Invitation) -> None:
        """Have the organiser delete the event."""
        self.calendars.delete(invitation.event_key)

    def take(self, address: str, when: Span, title: str = "歯医者") -> None:
        """Have somebody put something of their own into their calendar."""
        self.calendars.take(address, when, title)

    def meanwhile(self, invitation: Invitation, title: str) -> None:
        """Have the organiser be quicker than our next write."""
        key = invitation.event_key
        self.calendars.before_next_write(key, lambda: self.calendars.retitle(key, title))

    def lose_next_answer(self) -> None:
        """Cut the line after the next change."""
        self.google.faults.loses = 1

    def throttle(self, wait: timedelta) -> None:
        """Ask everybody to come back later."""
        self.google.faults.refusal = Refusal(
            429,
            "rateLimitExceeded",
            "Rate Limit Exceeded",
            {"Retry-After": str(int(wait.total_seconds()))},
        )

    def fall_silent(self) -> None:
        """Listen no more."""
        self.google.stop()

    def revoke(self, organiser: str) -> None:
        """Take back our right to act for somebody."""
        self.google.sign_ins.revoked.add(organiser)

    def relent(self) -> None:
        """Be as before."""
        self.google.sign_ins.revoked.clear()
        self.google.faults.refusal = None
        self.google.stop()
        self.google.start()

    def expire_cursors(self) -> None:
        """Forget every sync token."""
        self.calendars.expire_sync_tokens()

    def told(self, invitation: Invitation) -> list[Told]:
        """Give the mails about an event."""
        return [
            Told(one.address, Notice(one.notice))
            for one in self.calendars.sent
            if one.event == invitation.event_key
        ]

    def made(self, organiser: str) -> int:
        """Say how many events of ours a calendar has ever held."""
        events = self.calendars.shelf_of(organiser).events.values()
        return sum("extendedProperties" in one for one in events)

    def asked(self, *methods: str) -> int:
        """Say how many requests reached the server, of some methods or of all."""
        return sum(not methods or one.method in methods for one in self.google.requests)


@contextmanager
def google_world() -> Iterator[GoogleWorld]:
    """Run a server with a mentor and a manager."""
    clock = HandClock("2026-04-01 09:00")
    google = LocalGoogle(LocalCalendars(clock, looks_until_room=1), LocalMailboxes(clock))
    sign_up(google, (MENTOR, MANAGER), (*SCOPES, *MAIL_SCOPES), key_pair())
    with running(google):
        world = GoogleWorld(google, clock)
        yield world
        for book in world.books:
            book.close()
