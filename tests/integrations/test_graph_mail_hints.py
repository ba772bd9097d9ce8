"""Microsoft tells us of mail: subscriptions to the folders of one mailbox, over HTTPS."""

from collections.abc import Iterator

import pytest

from integrations.microsoft.hints import GraphHints
from tests.contracts.calendar_world import MENTOR
from tests.contracts.hints import WISH, AddressedContract, watched
from tests.contracts.inbox import mail
from tests.integrations.outlook import outlook
from tests.integrations.test_graph_hints import GraphHintsWorld
from tests.servers.certificates import Certificates
from worker.ports import BookTrouble, Trouble


class GraphMailWorld(GraphHintsWorld):
    """The hands of the contract; what is watched is an inbox."""

    what = "inbox"

    def write(self) -> None:
        """Have a mail arrive."""
        self.deliver("inbox")

    def deliver(self, folder: str) -> None:
        """Have a mail arrive in a folder."""
        self.outlook.server.graph.mailroom.deliver(MENTOR, mail("news"), folder=folder)


@pytest.fixture
def world(certificates: Certificates) -> Iterator[GraphMailWorld]:
    """A company whose notifications reach us."""
    with outlook(certificates) as running:
        world = GraphMailWorld(running)
        world.hints = GraphHints(running.wire, running.clock, MENTOR)
        yield world


class TestGraphMailHints(AddressedContract):
    """A folder of a mailbox."""


def test_each_folder_has_a_watch_of_its_own(world: GraphMailWorld) -> None:
    """What lands in junk is told, too; what is drafted and sent is not asked for."""
    inbox = watched(world)
    junk = world.hints.watch("junkemail", WISH)
    assert not isinstance(junk, BookTrouble)

    world.deliver("junkemail")
    of_junk = {one.watch for one in world.came()}
    room = world.outlook.server.graph.mailroom
    room.send(room.draft(MENTOR, b"To: aoi@example.jp\r\n\r\nx"))

    assert of_junk == {junk.id}
    assert world.came() == ()
    assert {one.resource for one in (inbox, junk)} == {
        f"users/{MENTOR}/mailFolders('inbox')/messages",
        f"users/{MENTOR}/mailFolders('junkemail')/messages",
    }


def test_that_a_mail_was_looked_at_is_not_told(world: GraphMailWorld) -> None:
    """Only what comes is asked for: a mark of having been read has nothing read."""
    watched(world)
    world.write()
    world.came()
    room = world.outlook.server.graph.mailroom
    for message in list(room.box(MENTOR).messages.values()):
        room.put(message)

    assert world.came() == ()


def test_a_folder_that_is_none_is_told(world: GraphMailWorld) -> None:
    """Graph takes no resource that it does not know."""
    found = world.hints.watch("in/box", WISH)

    assert isinstance(found, BookTrouble)
    assert found.kind is Trouble.MAILBOX
