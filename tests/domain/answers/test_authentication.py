"""What our receiver says of a sender, and what others only claim."""

import pytest

from worker.domain.answers.authentication import Verdict, authentication

GOOGLE = (
    "mx.google.com;\r\n       dkim=pass header.i=@example.jp header.s=s1 header.b=abc;\r\n"
    "       spf=pass (google.com: domain of aoi@example.jp designates 192.0.2.1 as permitted"
    " sender) smtp.mailfrom=aoi@example.jp;\r\n"
    "       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.jp"
)
EXCHANGE = (
    "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=example.jp; dkim=pass"
    " (signature was verified) header.d=example.jp;dmarc=pass action=none"
    " header.from=example.jp;compauth=pass reason=100"
)
YAHOO_JAPAN = (
    "mta-1.mail.yahoo.co.jp;  spf=pass (192.0.2.1 is authorized) smtp.mailfrom=aoi@example.jp;"
    " dkim=pass (ok) header.from=example.jp header.d=example.jp; dmarc=none (p=none)"
)


@pytest.mark.parametrize(
    ("header", "receiver"),
    [
        (GOOGLE, "mx.google.com"),
        (EXCHANGE, ""),
        (YAHOO_JAPAN, "mta-1.mail.yahoo.co.jp"),
        ("mx.example.co.jp 1; dmarc=pass header.from=example.jp", "mx.example.co.jp"),
    ],
)
def test_what_our_receiver_passed_has_passed(header: str, receiver: str) -> None:
    """Google, Exchange, which names no server, and Yahoo! JAPAN are all understood."""
    found = authentication([header], [receiver])

    assert (found.verdict, found.domain) == (Verdict.PASSED, "example.jp")


def test_what_our_receiver_refused_has_failed() -> None:
    """A mail that fails is known to fail, though another header below says otherwise."""
    found = authentication(
        ["mx.google.com; dmarc=fail header.from=example.jp", GOOGLE], ["mx.google.com"]
    )

    assert found.verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("headers", "receivers"),
    [
        ([], ["mx.google.com"]),
        (["mx.evil.example; dmarc=pass header.from=example.jp"], ["mx.google.com"]),
        (["mx.other.example; dmarc=none", GOOGLE], ["mx.google.com"]),
        ([EXCHANGE], ["mx.google.com"]),
        (["mx.google.com (dmarc=pass) ; none"], ["mx.google.com"]),
        (
            ["mx.google.com; spf=pass smtp.mailfrom=evil.example header.from=x.jp"],
            ["mx.google.com"],
        ),
        ([GOOGLE], []),
        (["((((((" * 1000], [""]),
    ],
)
def test_what_anybody_may_have_written_says_nothing(
    headers: list[str], receivers: list[str]
) -> None:
    """Only the topmost header counts, and only our own receiver's."""
    assert authentication(headers, receivers).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "header",
    [
        "mx.google.com; dkim=pass header.d=evil.example; dkim=fail header.d=x.jp header.from=x.jp",
        'mx.google.com; spf=pass smtp.mailfrom="a;dmarc=pass "@evil.example header.from=x.jp',
        'mx.google.com; spf=pass (of "a);dmarc=pass("@evil.example) header.from=x.jp',
    ],
    ids=["a bad signature beside a good one", "a quoted address", "an address in a comment"],
)
def test_what_a_sender_chooses_lets_nobody_pass(header: str) -> None:
    """Whose a signature is counts of the good one; and an address holds no result."""
    assert authentication([header], ["mx.google.com"]).verdict is Verdict.UNKNOWN


def test_without_dmarc_an_aligned_signature_is_enough() -> None:
    """A domain that publishes no policy may still be the one that signed."""
    header = "mx.google.com; dkim=pass header.d=mail.example.jp header.from=example.jp"

    assert authentication([header], ["mx.google.com"]).verdict is Verdict.PASSED
