"""The table of replies, line by line: what a mail server says, and whom it concerns."""

from datetime import timedelta

import pytest

from integrations.replies import TABLE, Phase, outcome_of_reply, quotable, row_of
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope

MESSAGE, ADDRESS, MAILBOX, SERVER = Scope.MESSAGE, Scope.ADDRESS, Scope.MAILBOX, Scope.SERVER
MAIL, RCPT, DATA, BODY, AUTH = Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.BODY, Phase.AUTH
LATER, REFUSED = Later, Refused

ROWS = [
    # The server or the connection.
    (Phase.GREETING, 421, "4.3.2 too busy", LATER, SERVER),
    (MAIL, 421, "4.7.0 try again later", LATER, SERVER),
    (RCPT, 421, "closing", LATER, SERVER),
    (BODY, 421, "4.3.0 shutting down", LATER, SERVER),
    (Phase.GREETING, 554, "5.7.1 no service for you", LATER, SERVER),
    (Phase.GREETING, 450, "4.7.1 come back", LATER, SERVER),
    (Phase.EHLO, 550, "bad name", LATER, SERVER),
    # Our concurrency and our rate.
    (AUTH, 432, "4.3.2 Concurrent connections limit exceeded", LATER, MAILBOX),
    (MAIL, 432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", LATER, MAILBOX),
    (AUTH, 454, "4.7.0 Too many login attempts, please try again later", LATER, MAILBOX),
    (RCPT, 450, "4.2.1 Peak SMTP relay limit exceeded for customer", LATER, MAILBOX),
    # Greylisting.
    (RCPT, 450, "4.2.0 <a@example.jp>: Recipient address rejected: Greylisted", LATER, MESSAGE),
    (RCPT, 451, "4.7.1 Greylisting in action, please come back later", LATER, MESSAGE),
    (RCPT, 450, "graylisted", LATER, MESSAGE),
    (BODY, 451, "4.7.1 try again", LATER, MESSAGE),
    # Several recipients: we never have more than one.
    (RCPT, 452, "4.5.3 Too many recipients", LATER, MESSAGE),
    (RCPT, 552, "too many recipients", LATER, MESSAGE),
    # Full mailboxes are soft, whatever the first digit says.
    (RCPT, 452, "4.2.2 mailbox full", LATER, MESSAGE),
    (RCPT, 552, "5.2.2 mailbox full", LATER, MESSAGE),
    (BODY, 554, "5.2.2 mailbox is over quota", LATER, MESSAGE),
    (RCPT, 550, "The mailbox is full", LATER, MESSAGE),
    (RCPT, 552, "Requested mail action aborted: exceeded storage allocation", LATER, MESSAGE),
    (RCPT, 452, "4.3.1 Insufficient system storage", LATER, MESSAGE),
    # Our credentials and the policy of signing in.
    (AUTH, 535, "5.7.8 Username and Password not accepted", REFUSED, MAILBOX),
    (AUTH, 535, "5.7.139 Authentication unsuccessful, basic is disabled", REFUSED, MAILBOX),
    (AUTH, 534, "5.7.9 Application-specific password required", REFUSED, MAILBOX),
    (AUTH, 504, "5.7.4 Unrecognized authentication type", REFUSED, MAILBOX),
    (AUTH, 451, "4.3.0 backend down", LATER, SERVER),
    (MAIL, 530, "5.7.0 Authentication Required", REFUSED, MAILBOX),
    (MAIL, 550, "5.7.30 Basic authentication is not supported", REFUSED, MAILBOX),
    (MAIL, 503, "5.5.1 AUTH first", REFUSED, MAILBOX),
    # Our quota: the mailbox waits until the window opens.
    (RCPT, 550, "5.4.5 Daily SMTP relay limit exceeded for user", LATER, MAILBOX),
    (BODY, 550, "5.4.5 Daily user sending quota exceeded", LATER, MAILBOX),
    (BODY, 554, "5.2.0 SubmissionQuotaExceededException", LATER, MAILBOX),
    (BODY, 550, "5.1.90 daily limit for message recipients", LATER, MAILBOX),
    (BODY, 550, "5.7.232 tenant external recipient rate limit", LATER, MAILBOX),
    # Policy, reputation, DMARC: not a bad address.
    (RCPT, 550, "5.7.1 Relaying denied", REFUSED, MAILBOX),
    (BODY, 550, "5.7.26 Unauthenticated mail from example.jp", REFUSED, MAILBOX),
    (BODY, 550, "5.7.515 Access denied, sending domain", REFUSED, MAILBOX),
    (BODY, 554, "5.7.1 message looks like spam", REFUSED, MAILBOX),
    (RCPT, 550, "blocked using a blacklist", REFUSED, MAILBOX),
    (MAIL, 553, "5.7.1 Sender address rejected: not owned by user", REFUSED, MAILBOX),
    (MAIL, 550, "5.1.8 Sender address rejected: domain not found", REFUSED, MAILBOX),
    (MAIL, 550, "no", REFUSED, MAILBOX),
    # The address.
    (RCPT, 550, "5.1.1 User unknown", REFUSED, ADDRESS),
    (RCPT, 550, "5.1.2 Host unknown", REFUSED, ADDRESS),
    (RCPT, 553, "5.1.3 Bad recipient address syntax", REFUSED, ADDRESS),
    (RCPT, 551, "5.1.6 moved", REFUSED, ADDRESS),
    (BODY, 550, "5.1.10 RecipientNotFound", REFUSED, ADDRESS),
    (RCPT, 550, "5.2.1 mailbox disabled", REFUSED, ADDRESS),
    (RCPT, 550, "no such user here", REFUSED, ADDRESS),
    (RCPT, 501, "syntax", REFUSED, ADDRESS),
    (RCPT, 553, "mailbox name not allowed", REFUSED, ADDRESS),
    # This message.
    (MAIL, 552, "5.3.4 Message size exceeds fixed maximum message size", REFUSED, MESSAGE),
    (BODY, 552, "5.3.4 too big", REFUSED, MESSAGE),
    (BODY, 552, "message too large", REFUSED, MESSAGE),
    (MAIL, 552, "no", REFUSED, MESSAGE),
    (BODY, 554, "5.6.0 malformed", REFUSED, MESSAGE),
    (BODY, 554, "transaction failed", REFUSED, MESSAGE),
    (DATA, 554, "no valid recipients", REFUSED, MESSAGE),
    # Everything else that is not final.
    (RCPT, 451, "4.3.0 local error", LATER, MESSAGE),
    (BODY, 452, "try again", LATER, MESSAGE),
    (MAIL, 503, "5.5.1 nested MAIL command", LATER, MESSAGE),
]


@pytest.mark.parametrize(("phase", "code", "text", "verdict", "scope"), ROWS)
def test_a_reply_means(
    phase: Phase, code: int, text: str, verdict: type[Later | Refused], scope: Scope
) -> None:
    """Later or never, and whether it is the message, the address, our mailbox or the server."""
    outcome = outcome_of_reply(phase, code, text)

    assert isinstance(outcome, verdict)
    assert isinstance(outcome, Later | Refused)
    assert outcome.scope is scope
    assert str(code) in outcome.why


def test_every_line_of_the_table_is_reached() -> None:
    """No line stands behind another that says the same of more."""
    reached = {
        id(row_of(phase, code, text, text.partition(" ")[0] if text[:1].isdigit() else ""))
        for phase, code, text, _, _ in ROWS
    }

    assert [row.name for row in TABLE if id(row) not in reached] == []


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("4.7.1 Greylisted, try again in 300 seconds", timedelta(minutes=5)),
        ("4.7.1 please retry after 00:07:30", timedelta(minutes=7, seconds=30)),
        ("4.2.0 Greylisted for 5 minutes", timedelta(minutes=5)),
        ("4.7.1 Greylisted", timedelta(minutes=10)),
        ("4.3.0 local error", None),
        ("4.3.0 wait 99999 hours", timedelta(days=1)),
    ],
)
def test_a_server_is_waited_for_as_long_as_it_asks(text: str, wait: timedelta | None) -> None:
    """What the reply asks for wins, then what the table advises, then our own back-off."""
    outcome = outcome_of_reply(Phase.RCPT, 451, text)

    assert isinstance(outcome, Later)
    assert outcome.wait == wait


def test_the_answer_to_the_final_dot_is_the_receipt() -> None:
    """The queue's name for the mail is kept, for whoever asks the server's operator."""
    assert outcome_of_reply(Phase.BODY, 250, "2.0.0 Ok: queued as 4F1") == Done(
        "250 2.0.0 Ok: queued as 4F1"
    )


def test_a_reply_no_server_should_give_never_counts_as_sent() -> None:
    """Out of step before the mail it is later; after the mail it is in doubt."""
    before = outcome_of_reply(Phase.RCPT, 354, "go ahead")
    after = outcome_of_reply(Phase.BODY, 354, "go ahead")

    assert isinstance(before, Later)
    assert isinstance(after, InDoubt)


@pytest.mark.parametrize("phase", list(Phase))
def test_no_reply_is_without_a_meaning(phase: Phase) -> None:
    """Whatever a server says at whatever moment: only a 2xx to the dot means that it was sent."""
    outcomes: dict[int, Outcome] = {
        code: outcome_of_reply(phase, code, "") for code in range(200, 600)
    }

    done = {code for code, outcome in outcomes.items() if isinstance(outcome, Done)}
    assert done == (set(range(200, 300)) if phase is Phase.BODY else set())


def test_what_is_kept_of_a_reply_names_nobody_and_fits_a_line() -> None:
    """A server repeats the address, over several lines; we keep neither."""
    kept = quotable(
        '5.1.1 <aoi.sato@example.jp>:\r\nuser "aoi"@example.jp \x00 unknown' + "!" * 900
    )

    assert "aoi.sato" not in kept
    assert kept.isprintable()
    assert len(kept) <= 300
