"""The provider's sign-in is away when a mail is due, and while mail is read: everything waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.mail_hinted import AtGoogle, AtMicrosoft, Company, Provider, mail_hinted
from tests.servers.certificates import Certificates
from worker.ports import InboxTrouble, Trouble

pytestmark = pytest.mark.services

PAGE = (502, "<html><title>502 Bad Gateway</title></html>")


@pytest.fixture(params=["google", "microsoft"])
def company(
    request: pytest.FixtureRequest, tmp_path: Path, certificates: Certificates
) -> Iterator[Company]:
    """A mail to Aoi is due at ten."""
    with mail_hinted(request.param, tmp_path / "hr", certificates, "fuse: {}\n") as running:
        yield running


def fall_away(provider: Provider, page: tuple[int, str] | None) -> None:
    """Have a gateway answer in the sign-in's place, or no more; no token holds meanwhile."""
    if isinstance(provider, AtGoogle):
        provider.world.google.sign_ins.page = page
        provider.world.google.sign_ins.expire_tokens()
    if isinstance(provider, AtMicrosoft):
        provider.server.login.page = page
        provider.server.login.expire()


def test_a_mailbox_waits_for_its_sign_in_and_goes_on_by_itself(company: Company) -> None:
    """For a whole morning: nobody is told that it was revoked, and the mail leaves once."""
    fall_away(company.provider, PAGE)
    company.until("2026-04-01 12:00")
    read = company.read()
    company.desk.now = company.provider.clock.now()
    away = company.desk.type("status", "--json").json
    before = [to for to, _ in company.provider.sent]

    fall_away(company.provider, None)
    company.until("2026-04-01 13:00")
    mended = company.read()

    assert before == []
    assert isinstance(read, InboxTrouble)
    assert read.kind is Trouble.NETWORK
    assert away["stopped"] == []
    assert "lane_stopped" not in {one["what"] for one in away["findings"]}
    assert mended is None
    assert [to for to, _ in company.provider.sent] == ["aoi@example.jp"]
