"""What the DNS says of a domain that mails come from, asked of a server of the tests' own."""

from datetime import timedelta

import pytest

from integrations.sender_dns import Finding, SenderDns
from tests.servers.names import names
from worker.domain.errors import SettingsError

KEY = "v=DKIM1; k=rsa; p=" + "A" * 400
GOOD = {
    "tsunagu.jp": ["MS=ms1234", "v=spf1 include:_spf.google.com ~all"],
    "_spf.google.com": ["v=spf1 ip4:192.0.2.0/24 ~all"],
    "google._domainkey.tsunagu.jp": [KEY],
    "_dmarc.tsunagu.jp": ["v=DMARC1; p=quarantine; rua=mailto:dmarc@tsunagu.jp"],
}


def found(texts: dict[str, list[str]], domain: str = "tsunagu.jp", provider: str = "") -> list[str]:
    """Look at a domain; gives what was found in words."""
    with names(texts) as server:
        findings = SenderDns(server.place).of(domain, provider)
    return [f"{one.about}: {one.how}" for one in findings]


def test_a_domain_that_has_all_three_is_fine() -> None:
    """Also where another text stands beside, and a key is longer than one string."""
    with names(GOOD) as server:
        findings = SenderDns(server.place).of("tsunagu.jp", "google")

    assert findings == [
        Finding("spf", "fine", "v=spf1 include:_spf.google.com ~all"),
        Finding("dkim", "fine", "google"),
        Finding("dmarc", "fine", "quarantine"),
    ]
    assert all(one.is_fine for one in findings)


def test_a_domain_that_has_none_lacks_all_three() -> None:
    """The domain is there, and says nothing of mail."""
    assert found({"tsunagu.jp": []}, provider="google") == [
        "spf: missing",
        "dkim: missing",
        "dmarc: missing",
    ]


@pytest.mark.parametrize(
    ("records", "how"),
    [
        (["v=spf1 -all", "v=spf1 mx ~all"], "two"),
        (["v=spf1 mx"], "open"),
        (["v=spf1 mx +all"], "open"),
        (["v=spf1 mx redirect=_spf.google.com"], "fine"),
        (["v=spf10 mx -all"], "missing"),
        (["v=spf1 a mx ptr exists:%{i}.a.jp include:a.jp include:b.jp -all"], "fine"),
        (["v=spf1 " + "include:a.jp " * 8 + "a mx ptr -all"], "lookups"),
        (["v=spf1 include:loop.jp -all"], "lookups"),
    ],
)
def test_spf_counts_as_receivers_count(records: list[str], how: str) -> None:
    """One record, that says no to others, within ten look-ups: what is included counts, too."""
    texts = {
        "tsunagu.jp": records,
        "a.jp": ["v=spf1 ip4:192.0.2.1 -all"],
        "loop.jp": ["v=spf1 include:loop.jp -all"],
        "_spf.google.com": GOOD["_spf.google.com"],
    }

    assert found(texts)[0] == f"spf: {how}"


@pytest.mark.parametrize(
    ("record", "provider", "how"),
    [
        ("v=spf1 include:spf.protection.outlook.com -all", "microsoft", "fine"),
        ("v=spf1 include:spf.protection.outlook.com -all", "google", "stranger"),
        ("v=spf1 include:more.tsunagu.jp -all", "google", "fine"),
        ("v=spf1 ip4:192.0.2.1 -all", "microsoft", "stranger"),
        ("v=spf1 ip4:192.0.2.1 -all", "", "fine"),
    ],
)
def test_spf_names_who_really_sends(record: str, provider: str, how: str) -> None:
    """The provider of the mailbox, itself or by what is included; elsewhere nobody can tell."""
    texts = {
        "tsunagu.jp": [record],
        "more.tsunagu.jp": ["v=spf1 include:_spf.google.com -all"],
    }

    assert found(texts, provider=provider)[0] == f"spf: {how}"


@pytest.mark.parametrize(
    ("texts", "provider", "how"),
    [
        ({"selector2._domainkey.tsunagu.jp": [KEY]}, "microsoft", "fine"),
        ({"google._domainkey.tsunagu.jp": ["v=DKIM1; p="]}, "google", "missing"),
        ({"s1._domainkey.tsunagu.jp": [KEY]}, "", "fine"),
        ({"tsunagu.jp": []}, "", "unsure"),
    ],
)
def test_dkim_has_a_key_under_some_name(
    texts: dict[str, list[str]], provider: str, how: str
) -> None:
    """A key that was taken back is none; names that nobody knows cannot be looked for."""
    assert found(texts, provider=provider)[1] == f"dkim: {how}"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"_dmarc.tsunagu.jp": ["v=DMARC1; p=reject; sp=none"]}, "fine none"),
        ({"_dmarc.hr.tsunagu.jp": ["v=DMARC1; p=reject; sp=none"]}, "fine reject"),
        ({"_dmarc.tsunagu.jp": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, "two"),
        ({"_dmarc.tsunagu.jp": ["v=DMARC1; rua=mailto:a@b.jp"]}, "empty"),
        ({"_dmarc.jp": ["v=DMARC1; p=reject"]}, "missing"),
    ],
)
def test_dmarc_is_the_domains_own_or_of_one_above_it(
    texts: dict[str, list[str]], said: str
) -> None:
    """What it says of domains below it counts there; a country's own is nobody's."""
    with names({"hr.tsunagu.jp": [], **texts}) as server:
        dmarc = SenderDns(server.place).of("hr.tsunagu.jp")[2]

    assert f"{dmarc.how} {dmarc.said}".startswith(said)


def test_a_domain_that_is_not_there_is_told() -> None:
    """A typing mistake in an address."""
    assert found({"other.jp": []}) == ["domain: nowhere"]


@pytest.mark.parametrize("fault", ["is_silent", "refuses"])
def test_a_dns_that_does_not_answer_says_nothing_about_the_domain(fault: str) -> None:
    """Neither good nor bad, within the time given."""
    with names(GOOD) as server:
        setattr(server, fault, True)
        patience = timedelta(milliseconds=200)
        (finding,) = SenderDns(server.place, patience=patience).of("tsunagu.jp")

    assert (finding.about, finding.how) == ("domain", "silent")
    assert not finding.is_fine


@pytest.mark.parametrize("server", ["dns.example.jp", "192.0.2.1:many", ":53:53"])
def test_a_server_that_cannot_be_one_is_told(server: str) -> None:
    """It has to be an address, perhaps with a port."""
    with pytest.raises(SettingsError, match="cannot be used"):
        SenderDns(server).of("tsunagu.jp")
