"""Servers for whoever asks: each on a free port, in a folder of its own, stopped afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.golden.files import Golden
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.dovecot import Dovecot
from tests.servers.dovecot import dovecot as run_dovecot
from tests.servers.redis import redis_server
from tests.servers.sink import Sink, smtp_sink
from tests.stores import POSTGRESQL, SQLITE, STORES

LONG = (  # begin first, so that at the end nobody waits for one of them alone
    *("tests/chaos/", "tests/cli/test_demo.py", "tests/crash/", "tests/faults/"),
    *("tests/engine/test_meetings_faults.py", "tests/engine/test_same_mails.py"),
    "tests/simulator/test_mutants.py",
)

# A busy machine is no bug; and a change is judged by the same examples everywhere.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make golden` write the golden files anew, and say where journals lie."""
    parser.addoption("--golden", action="store_true", help="write the golden files anew")
    parser.addoption(
        "--store", choices=(SQLITE, POSTGRESQL), default=SQLITE, help="where journals lie"
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the server that journals lie on; with several processes, one for each."""
    if hasattr(session.config, "workerinput") or session.config.getoption("numprocesses") is None:
        STORES.begin(str(session.config.getoption("--store")))


def pytest_sessionfinish() -> None:
    """Stop it."""
    STORES.end()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long; leave out, on PostgreSQL, what is about the file of SQLite."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    if config.getoption("--store") == POSTGRESQL:
        about_the_file = [item for item in items if item.get_closest_marker("sqlite")]
        config.hook.pytest_deselected(items=about_the_file)
        items[:] = [item for item in items if item not in about_the_file]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The golden files, to compare with."""
    return Golden(rewrite=bool(request.config.getoption("--golden")))


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority that nobody trusts yet, and a certificate for this machine by it."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """Postfix's smtp-sink, which offers PIPELINING and counts."""
    with smtp_sink(tmp_path) as running:
        yield running


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of the test's own."""
    with redis_server(tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def dovecot(certificates: Certificates) -> Iterator[Dovecot]:
    """A real IMAP server for all tests, each of which takes a mailbox of its own from it."""
    with run_dovecot(certificates) as running:
        yield running
