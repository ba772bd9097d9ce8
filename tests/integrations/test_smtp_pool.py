"""How a mailbox's connections are used: few, long, and never trusted after a pause."""

from dataclasses import replace
from datetime import timedelta

import pytest

from integrations.bearer import GivenTokens
from integrations.smtp import Limits, SmtpMailer
from integrations.smtp_connect import SmtpAccount, Timeouts
from tests.contracts.mailer import MOMENT, PATIENCE, envelope, settle
from tests.integrations.desk import HASTY, HERE, ONE, desk
from tests.servers.faulty import BeSilent, FaultyServer, Say
from tests.servers.process import free_port
from worker.domain.errors import BrokenPromise
from worker.domain.outcomes import Done, Later, Refused, Scope
from worker.wiring.clock import SystemClock

NONE = timedelta(0)
PASSWORD = "a long word"  # noqa: S105 - of a server that lives for one test
SIGNED_IN = replace(HERE, user="saiyo", password=PASSWORD)


def test_one_connection_serves_many_mails() -> None:
    """Signing in costs more than a mail."""
    with desk(FaultyServer()) as at:
        at.send(*[f"p{n}@example.jp" for n in range(20)])

    assert at.server.connections == 1


def test_there_are_never_more_connections_than_allowed() -> None:
    """Exchange closes the door on the fourth of a mailbox."""
    with desk(FaultyServer(), limits=replace(ONE, connections=3)) as at:
        at.send(*[f"p{n}@example.jp" for n in range(60)])

    assert 1 <= at.server.connections <= 3
    assert len(at.arrived) == 60


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_connection_takes_so_many_mails_and_is_replaced(*, pipelining: bool) -> None:
    """Twelve mails at five a connection are three connections, each left with a goodbye."""
    with desk(FaultyServer(pipelining=pipelining), limits=replace(ONE, messages=5)) as at:
        outcomes = at.send(*[f"p{n}@example.jp" for n in range(12)])

    assert {type(outcome) for outcome in outcomes} == {Done}
    assert at.server.connections == 3
    assert len(at.said("QUIT")) == 3


def test_a_connection_that_rested_too_long_is_closed() -> None:
    """Servers drop idle connections; we leave before."""
    with desk(FaultyServer(), limits=replace(ONE, idle=NONE)) as at:
        at.send("aoi@example.jp")
        at.send("ren@example.jp")

    assert at.server.connections == 2
    assert len(at.said("QUIT")) == 2


def test_an_old_connection_is_replaced() -> None:
    """An access token ends after an hour, and the connection before."""
    with desk(FaultyServer(), limits=replace(ONE, age=NONE)) as at:
        at.send("aoi@example.jp")
        at.send("ren@example.jp")

    assert at.server.connections == 2


@pytest.mark.parametrize("pipelining", [True, False])
def test_after_a_rest_a_connection_is_asked_first(*, pipelining: bool) -> None:
    """RSET stands before the mail, and the mail goes over the same connection."""
    server = FaultyServer(pipelining=pipelining)
    with desk(server, limits=replace(ONE, ask_after=NONE)) as at:
        at.send("aoi@example.jp")
        [outcome] = at.send("ren@example.jp")

        assert len(at.said("RSET")) == 1
    assert isinstance(outcome, Done)
    assert server.connections == 1


@pytest.mark.parametrize("answer", [BeSilent(), Say("421 4.4.2 idle too long"), Say("500 what?")])
@pytest.mark.parametrize("pipelining", [True, False])
def test_a_dead_connection_is_noticed_without_a_doubtful_mail(
    answer: BeSilent | Say, *, pipelining: bool
) -> None:
    """Silent, closing or out of its mind after a rest: the mail goes over a fresh connection."""
    server = FaultyServer(pipelining=pipelining, script={"RSET": answer})
    timeouts = Timeouts(reset=HASTY)
    with desk(server, limits=replace(ONE, ask_after=NONE), timeouts=timeouts) as at:
        at.send("aoi@example.jp")
        [outcome] = at.send("ren@example.jp")

    assert isinstance(outcome, Done)
    assert at.arrived == ["aoi@example.jp", "ren@example.jp"]
    assert server.connections == 2


def test_a_connection_closed_while_we_slept_costs_nothing() -> None:
    """The server was restarted between two mails; nobody notices."""
    with desk(FaultyServer()) as at:
        at.send("aoi@example.jp")
        at.server.hang_up_on_everybody()
        [outcome] = at.send("ren@example.jp")

    assert isinstance(outcome, Done)
    assert at.arrived == ["aoi@example.jp", "ren@example.jp"]


def test_nobody_there_is_later_and_the_server_is_left_alone_for_a_while() -> None:
    """After a failure the next mails are answered without trying, with the time that is left."""
    account = replace(HERE, port=free_port())
    mailer = SmtpMailer(account, SystemClock(), limits=replace(ONE, back_off=timedelta(minutes=1)))
    first, second = envelope("aoi@example.jp"), envelope("ren@example.jp")

    outcomes = settle(mailer, [first])
    mailer.hand_over([second])
    outcomes |= mailer.outcomes(PATIENCE)
    mailer.close()

    tried, spared = outcomes[first.key], outcomes[second.key]
    assert isinstance(tried, Later)
    assert isinstance(spared, Later)
    assert (tried.scope, spared.scope) == (Scope.SERVER, Scope.SERVER)
    assert tried.wait is None
    assert spared.wait is not None
    assert NONE < spared.wait <= timedelta(seconds=1)


def test_a_server_that_comes_back_is_found() -> None:
    """The mail that was put off goes as soon as somebody answers."""
    server = FaultyServer(script={"GREETING": [Say("421 4.3.2 starting up")]})
    with desk(server) as at:
        [first] = at.send("aoi@example.jp")
        [second] = at.send("aoi@example.jp")

    assert isinstance(first, Later)
    assert isinstance(second, Done)


def test_a_wrong_password_is_tried_once_for_all_that_wait() -> None:
    """Six mails and three connections are one attempt: some servers lock after a few."""
    server = FaultyServer(user="saiyo", secret=PASSWORD)
    account = replace(SIGNED_IN, password="wrong")  # noqa: S106 - that is the point
    with desk(server, account=account, limits=replace(ONE, connections=3)) as at:
        outcomes = at.send(*[f"p{n}@example.jp" for n in range(6)])

    assert server.connections == 1
    for outcome in outcomes:
        assert isinstance(outcome, Refused)
        assert (outcome.scope, outcome.status) == (Scope.MAILBOX, "5.7.8")


def test_a_password_that_was_changed_is_tried_once_more_and_not_by_all() -> None:
    """What worked an hour ago proves nothing once the last connection is closed."""
    server = FaultyServer(user="saiyo", secret=PASSWORD)
    with desk(server, account=SIGNED_IN, limits=replace(ONE, connections=3, idle=NONE)) as at:
        at.send("aoi@example.jp")
        server.secret = "another"  # noqa: S105 - of a server that lives for one test
        before = server.counts["AUTH"]
        outcomes = at.send(*[f"q{n}@example.jp" for n in range(6)])

    assert {type(outcome) for outcome in outcomes} == {Refused}
    assert server.counts["AUTH"] == before + 1


@pytest.mark.parametrize("methods", ["PLAIN LOGIN", "LOGIN"])
def test_a_password_is_said_by_the_method_the_server_knows(methods: str) -> None:
    """PLAIN where there is a choice."""
    server = FaultyServer(user="saiyo", secret=PASSWORD, methods=methods)
    with desk(server, account=SIGNED_IN) as at:
        [outcome] = at.send("aoi@example.jp")

        assert at.said("AUTH")[0].split()[1] == methods.split(maxsplit=1)[0]
    assert isinstance(outcome, Done)


@pytest.mark.parametrize(
    ("account", "methods"),
    [
        (SIGNED_IN, "XOAUTH2"),
        (replace(HERE, user="saiyo", bearer=GivenTokens(lambda: PASSWORD)), "PLAIN LOGIN"),
    ],
)
def test_a_server_that_offers_no_way_to_sign_in_is_a_matter_for_a_human(
    account: SmtpAccount, methods: str
) -> None:
    """A password where only tokens are taken, and the other way round."""
    server = FaultyServer(user="saiyo", secret=PASSWORD, methods=methods)
    with desk(server, account=account) as at:
        [outcome] = at.send("aoi@example.jp")

    assert isinstance(outcome, Refused)
    assert outcome.scope is Scope.MAILBOX
    assert "does not offer" in outcome.why


def test_a_token_that_cannot_be_had_is_later() -> None:
    """The sign-in service is down: nothing is lost."""

    def no_token() -> str:
        raise TimeoutError("the sign-in service did not answer")

    server = FaultyServer(user="saiyo", secret=PASSWORD, methods="XOAUTH2")
    with desk(server, account=replace(HERE, user="saiyo", bearer=GivenTokens(no_token))) as at:
        [outcome] = at.send("aoi@example.jp")

    assert isinstance(outcome, Later)
    assert outcome.scope is Scope.SERVER
    assert "sign-in service" in outcome.why


def test_a_fresh_token_is_asked_for_at_every_connection() -> None:
    """Tokens end; nobody keeps one."""
    asked: list[str] = []

    def token() -> str:
        asked.append("")
        return PASSWORD

    server = FaultyServer(user="saiyo", secret=PASSWORD, methods="XOAUTH2")
    account = replace(HERE, user="saiyo", bearer=GivenTokens(token))
    with desk(server, account=account, limits=replace(ONE, messages=1)) as at:
        at.send("aoi@example.jp", "ren@example.jp")

    assert len(asked) == 2


def test_a_crowded_server_is_asked_with_fewer_connections() -> None:
    """The second connection is turned away: the first does all the work, and nothing is lost."""
    busy = Say("421 4.7.0 too many connections from you")
    server = FaultyServer(script={"GREETING": [None, busy, busy, busy]})
    with desk(server, limits=replace(ONE, connections=3)) as at:
        outcomes = at.send(*[f"p{n}@example.jp" for n in range(40)])

        assert at.mailer.room < 6
    assert {type(outcome) for outcome in outcomes} == {Done}
    assert len(at.arrived) == 40


def test_our_own_limit_lowers_the_number_of_connections() -> None:
    """Exchange's 432 says how many are too many."""
    server = FaultyServer(script={"MAIL": [Say("432 4.3.2 sender thread limit exceeded")]})
    with desk(server, limits=replace(ONE, connections=3)) as at:
        [outcome] = at.send("aoi@example.jp")

        assert at.mailer.room == 4
    assert isinstance(outcome, Later)
    assert outcome.scope is Scope.MAILBOX


def test_our_name_is_a_full_one_or_an_address() -> None:
    """RFC 5321 4.1.4: who has no full name gives an address in brackets."""
    with desk(FaultyServer()) as at:
        at.send("aoi@example.jp")
        [hello] = at.said("EHLO")
    with desk(FaultyServer(), account=replace(HERE, greet_as="mail.example.jp")) as named:
        named.send("aoi@example.jp")
        [chosen] = named.said("EHLO")

    assert "." in hello
    assert chosen == "EHLO mail.example.jp"


def test_a_server_that_only_knows_helo_takes_mails() -> None:
    """Where EHLO is not known nothing is offered, and nothing is pipelined."""
    server = FaultyServer(script={"EHLO": Say("502 5.5.1 not known")}, pipelining=False)
    with desk(server) as at:
        [outcome] = at.send("aoi@example.jp")

        assert at.said("MAIL") == ["MAIL FROM:<saiyo@example.jp>"]
    assert isinstance(outcome, Done)


def test_the_same_mail_is_not_in_flight_twice() -> None:
    """Handing over what is on its way is a fault of ours."""
    with desk(FaultyServer(script={"BODY": BeSilent()})) as at:
        mail = envelope("aoi@example.jp")
        at.mailer.hand_over([mail])

        with pytest.raises(BrokenPromise):
            at.mailer.hand_over([mail])


def test_a_mailer_that_sent_nothing_closes_without_a_word() -> None:
    """Nothing is opened before it is needed."""
    with desk(FaultyServer()) as at:
        assert dict(at.mailer.outcomes(MOMENT)) == {}

    assert at.server.connections == 0


def test_limits_have_defaults_that_every_provider_takes() -> None:
    """Three connections, a hundred mails on each, a minute of rest."""
    assert Limits() == Limits(connections=3, messages=100, idle=timedelta(minutes=1))


def test_a_mail_that_lay_here_too_long_is_given_back_and_not_begun() -> None:
    """A worker that was frozen in between may be taken for dead: another one sends it by then."""
    with desk(FaultyServer(), limits=replace(ONE, wait=-timedelta(seconds=1))) as at:
        [outcome] = at.send("aoi@example.jp")

        assert at.arrived == []
    assert isinstance(outcome, Later)
    assert outcome.scope is Scope.SERVER
