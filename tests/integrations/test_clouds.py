"""Microsoft's clouds: a token of one is worth nothing in another, and each has its own limits."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from integrations.microsoft.clouds import CLOUDS
from worker.settings.model import Account, Company, Mailbox, Microsoft, Settings, Smtp
from worker.settings.secret import Secret
from worker.wiring.microsoft import GRAPH, OUTLOOK, registration_of, rights_of
from worker.wiring.workspace import workspace_of

HR = "saiyo@example.co.jp"


def settings(root: Path, cloud: str) -> Settings:
    """Give a workspace in one cloud: a mailbox by Graph, and one by the mail server."""
    microsoft = Microsoft("example.co.jp", "client", user=HR, cloud=cloud)
    server = Smtp("smtp.example.co.jp", user=HR, sign_in="microsoft")
    boxes = {
        "hr": Mailbox("hr", HR, microsoft=Account(HR)),
        "old": Mailbox("old", HR, smtp=server),
    }
    return Settings(root, Company("x"), microsoft=microsoft, mailboxes=boxes)


@pytest.mark.parametrize("cloud", sorted(CLOUDS))
def test_everything_is_asked_for_in_one_cloud(tmp_path: Path, cloud: str) -> None:
    """Who signs us in, whom we ask, and what for: never a name of another cloud's."""
    there = settings(tmp_path, cloud)
    assert there.microsoft is not None
    registration = registration_of(replace(there.microsoft, secret=Secret("s3cret")))
    rights = rights_of(there)

    assert registration.authority == CLOUDS[cloud].authority
    assert registration.scope == f"{CLOUDS[cloud].graph}/.default"
    assert registration.is_known_authority
    assert {one.rpartition("/")[0] for one in rights[GRAPH]} == {CLOUDS[cloud].graph}
    assert {one.rpartition("/")[0] for one in rights[OUTLOOK]} == {CLOUDS[cloud].outlook}


def test_no_cloud_shares_its_graph_or_its_mail_servers_with_another() -> None:
    """https://learn.microsoft.com/graph/deployments; two of them share who signs us in."""
    for names in ("graph", "outlook", "servers"):
        hosts = [urlsplit(getattr(one, names)) for one in CLOUDS.values()]
        assert len({one.hostname for one in hosts}) == len(CLOUDS)
        assert {one.scheme for one in hosts} == {"https"}


@pytest.mark.parametrize(
    ("cloud", "most"),
    [("global", 35_000_000), ("china", 35_000_000), ("us-gov", 3 << 20), ("us-dod", 3 << 20)],
)
def test_where_there_are_no_upload_sessions_a_mail_is_smaller(
    tmp_path: Path, cloud: str, most: int
) -> None:
    """`check` says so beforehand."""
    largest = dict(workspace_of(settings(tmp_path, cloud)).largest)

    assert largest["hr"] == most
