"""A person signs in at Microsoft, in a browser or on another device; by the real msal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
import pytest

from integrations.microsoft.meaning import Kind, Problem, outcome_of
from integrations.microsoft.person import MAIL, Page, PersonSignIn, PersonTokens, Prompt
from integrations.microsoft.tokens import Registration
from integrations.tls import trust
from tests.integrations.outlook import OutlookWorld, outlook, registration
from tests.servers.certificates import Certificates
from worker.domain.outcomes import Refused

HR = "hr@tsunagu.example"
SCOPES = tuple(f"https://graph.microsoft.com/{right}" for right in MAIL)
OTHERS = ("https://outlook.office.com/SMTP.Send",)
DOOR = "http://localhost:49152"


@dataclass
class Drawer:
    """Where a sign-in is kept, for a test."""

    text: str = ""
    is_full: bool = False

    def load(self) -> str:
        """Give it."""
        return self.text

    def save(self, text: str) -> None:
        """Keep it, where there is room."""
        if self.is_full:
            raise OSError(28, "No space left on device")
        self.text = text


@pytest.fixture
def world(certificates: Certificates) -> Iterator[OutlookWorld]:
    """A company."""
    with outlook(certificates) as running:
        yield running


@pytest.fixture
def registered(world: OutlookWorld, certificates: Certificates) -> Registration:
    """The application as the company's administrator registered it."""
    return registration(world.server, certificates)


@pytest.fixture
def drawer() -> Drawer:
    """An empty one."""
    return Drawer()


@pytest.fixture
def sign_in(registered: Registration, drawer: Drawer) -> PersonSignIn:
    """Nobody has signed in so far."""
    return PersonSignIn(registered, drawer)


def in_a_browser(
    sign_in: PersonSignIn, certificates: Certificates, *more: str
) -> tuple[Page, str | Problem]:
    """Have somebody open the page; gives what came of it."""
    page = sign_in.page((*SCOPES, *more), DOOR, HR)
    assert isinstance(page, Page)
    shown = httpx.get(page.address, verify=trust(str(certificates.ca_file))).text
    form = urlencode(re.findall(r'name="([^"]*)" value="([^"]*)"', shown))
    return page, sign_in.came_back(page, f"{DOOR}/?{form}", SCOPES)


def connect(world: OutlookWorld, sign_in: PersonSignIn) -> None:
    """Have somebody type a code on another device."""
    prompt = sign_in.prompt(SCOPES)
    assert isinstance(prompt, Prompt)
    world.server.login.typed_in = True
    assert sign_in.typed(prompt, SCOPES) == HR


def problem_of(said: str | Problem) -> Problem:
    """Give why there is no token."""
    assert isinstance(said, Problem)
    return said


def test_a_person_signs_in_in_a_browser(
    world: OutlookWorld, sign_in: PersonSignIn, certificates: Certificates
) -> None:
    """They see which account is meant; only who asked can use what the browser brings."""
    _, account = in_a_browser(sign_in, certificates)

    (asked,) = world.server.login.asked_pages
    (told,) = world.server.login.asked
    assert account == HR
    assert asked["login_hint"] == HR
    assert asked["code_challenge_method"] == "S256"
    assert told["code_verifier"]
    assert isinstance(PersonTokens(sign_in, SCOPES).token(), str)
    assert len(world.server.login.asked) == 1


def test_an_address_of_another_asking_signs_nobody_in(
    sign_in: PersonSignIn, world: OutlookWorld
) -> None:
    """A link that somebody sent us is not followed."""
    page = sign_in.page(SCOPES, DOOR, HR)
    assert isinstance(page, Page)

    problem = problem_of(sign_in.came_back(page, f"{DOOR}/?code=stolen&state=other", SCOPES))

    assert problem.kind is Kind.SIGN_IN
    assert not world.server.login.asked


def test_a_person_may_say_no(
    world: OutlookWorld, sign_in: PersonSignIn, certificates: Certificates, drawer: Drawer
) -> None:
    """It is told as what it is, and nothing is kept."""
    world.server.login.refuses_consent = True

    _, said = in_a_browser(sign_in, certificates)

    assert "access_denied" in problem_of(said).why
    assert drawer.text == ""


def test_a_right_that_was_not_given_is_named(
    world: OutlookWorld, sign_in: PersonSignIn, certificates: Certificates
) -> None:
    """Without it mails could be written and not sent."""
    world.server.login.withholds.add("Mail.Send")

    _, said = in_a_browser(sign_in, certificates)

    assert "Mail.Send" in problem_of(said).why


def test_one_page_serves_two_services(
    world: OutlookWorld, sign_in: PersonSignIn, certificates: Certificates
) -> None:
    """Rights at Graph and at the mail servers are given at once; their tokens are not the same."""
    in_a_browser(sign_in, certificates, *OTHERS)

    graph, servers = sign_in.token(SCOPES), sign_in.token(OTHERS)

    assert isinstance(graph, str)
    assert isinstance(servers, str)
    assert world.server.login.rights[servers] == set(OTHERS)
    assert len(world.server.login.asked_pages) == 1


def test_a_person_signs_in_on_another_device(
    world: OutlookWorld, sign_in: PersonSignIn, registered: Registration, drawer: Drawer
) -> None:
    """They type a code where they have a browser; over a restart nobody is asked again."""
    prompt = sign_in.prompt(SCOPES)
    assert isinstance(prompt, Prompt)
    assert (prompt.code, prompt.address) == ("ABCD-EFGH", f"{world.server.url}/device")

    world.server.login.typed_in = True
    account = sign_in.typed(prompt, SCOPES)

    restarted = PersonTokens(PersonSignIn(registered, drawer), SCOPES)
    assert account == HR
    assert isinstance(restarted.token(), str)
    assert len(world.server.login.asked) == 1


def test_a_code_stands_for_one_service(sign_in: PersonSignIn) -> None:
    """So it is at Microsoft, and we are told before anybody types."""
    problem = sign_in.prompt((*SCOPES, *OTHERS))

    assert isinstance(problem, Problem)
    assert "AADSTS28000" in problem.why


def test_a_persons_token_is_renewed_without_them(
    world: OutlookWorld, sign_in: PersonSignIn, drawer: Drawer
) -> None:
    """What is not taken any more is replaced by the sign-in that is kept, and kept anew."""
    connect(world, sign_in)
    tokens, before = PersonTokens(sign_in, SCOPES), drawer.text
    first = tokens.token()
    assert isinstance(first, str)

    tokens.forget(first)
    second = tokens.token()

    assert isinstance(second, str)
    assert first != second
    assert drawer.text != before


def test_a_sign_in_that_cannot_be_kept_is_not_lost(
    world: OutlookWorld, sign_in: PersonSignIn, drawer: Drawer
) -> None:
    """A full disk stops the mailbox for a while; with room again the renewed one is kept first."""
    connect(world, sign_in)
    tokens, before = PersonTokens(sign_in, SCOPES), drawer.text
    first = tokens.token()
    assert isinstance(first, str)
    drawer.is_full = True
    tokens.forget(first)

    problem = problem_of(tokens.token())
    drawer.is_full = False
    token = tokens.token()

    assert problem.kind is Kind.AWAY
    assert "cannot be kept" in problem.why
    assert isinstance(token, str)
    assert token in drawer.text
    assert drawer.text != before


def test_a_sign_in_that_was_withdrawn_is_told_and_taken_up_when_it_is_given_anew(
    world: OutlookWorld, sign_in: PersonSignIn, registered: Registration, drawer: Drawer
) -> None:
    """Whoever takes the right back is asked to sign in anew; the worker need not be restarted."""
    connect(world, sign_in)
    tokens = PersonTokens(sign_in, SCOPES)
    token = tokens.token()
    assert isinstance(token, str)
    world.server.login.withdraw()

    tokens.forget(token)
    problem = problem_of(tokens.token())
    connect(world, PersonSignIn(registered, drawer))

    assert isinstance(outcome_of(problem), Refused)
    assert "sign in anew" in problem.why
    assert isinstance(tokens.token(), str)


def test_without_a_sign_in_nothing_is_asked(world: OutlookWorld, sign_in: PersonSignIn) -> None:
    """Nobody has signed in yet: that is told, and no request is made."""
    problem = problem_of(PersonTokens(sign_in, SCOPES).token())

    assert isinstance(outcome_of(problem), Refused)
    assert "tsunagu connect microsoft" in problem.why
    assert not world.server.login.asked
