"""The mailer against Postfix's own test server."""

from pathlib import Path

import pytest

from integrations.smtp import Limits, SmtpMailer
from integrations.smtp_connect import SmtpAccount
from integrations.tls import Tls
from tests.contracts.mailer import envelope, settle
from tests.servers.sink import smtp_sink
from worker.domain.outcomes import Done
from worker.wiring.clock import SystemClock


@pytest.mark.services
@pytest.mark.parametrize("options", [(), ("-p",)], ids=["pipelining", "step by step"])
def test_a_thousand_mails_are_counted_by_postfix(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Ten connections, a thousand mails, and the sink counts as many."""
    content = b"Subject: to you\r\n\r\n" + (b"A" * 76 + b"\r\n") * 75
    with smtp_sink(tmp_path, *options) as sink:
        mailer = SmtpMailer(
            SmtpAccount("127.0.0.1", sink.port, Tls.NONE),
            SystemClock(),
            limits=Limits(connections=10),
        )
        mails = [envelope(f"p{n}@example.jp", content=content) for n in range(1000)]

        outcomes = settle(mailer, mails)
        mailer.close()

    assert {type(outcome) for outcome in outcomes.values()} == {Done}
    assert sink.received == 1000
