"""Who is asked to tell us of the mail of which mailbox."""

from pathlib import Path

import pytest

from worker.settings.load import load_settings
from worker.settings.model import Settings
from worker.wiring.hints import tells_of, watches_of

PUSH = "push: {topic: projects/hr/topics/mail, word: a-word-of-more-than-sixteen-signs}"
PERSON = "microsoft: {tenant: t, client: c, user: saiyo@example.co.jp}"
APPLICATION = "microsoft: {tenant: t, client: c, secret: s}"


def read(folder: Path, mailbox: str, connection: str, url: str) -> Settings:
    """Read settings with one mailbox."""
    told = f"company: {{name: A}}\npublic_url: {url}\n{connection}\n"
    path = folder / "tsunagu.yaml"
    path.write_text(f"{told}mailboxes: {{hr: {{address: hr@example.co.jp, {mailbox}}}}}\n")
    return load_settings(path, needs_secrets=False).standing()


@pytest.mark.parametrize(
    ("mailbox", "connection", "url", "who"),
    [
        ("google: saiyo@example.co.jp", f"google: {{{PUSH}}}", "https://a.jp", "gmail"),
        ("google: saiyo@example.co.jp", "google: {}", "https://a.jp", ""),
        ("google: saiyo@example.co.jp", f"google: {{{PUSH}}}", "http://a.jp", ""),
        ("google: saiyo@example.co.jp", f"google: {{{PUSH}}}", "https://localhost", ""),
        ("microsoft: saiyo@example.co.jp", APPLICATION, "https://a.jp", "microsoft"),
        ("microsoft: saiyo@example.co.jp", APPLICATION, "http://a.jp", ""),
        ("microsoft: Saiyo@example.co.jp", PERSON, "https://a.jp", "microsoft"),
        ("microsoft: shared@example.co.jp", PERSON, "https://a.jp", ""),
        (
            "microsoft: saiyo@example.co.jp, imap: {sign_in: microsoft}",
            APPLICATION,
            "https://a.jp",
            "",
        ),
        ("smtp: {host: h}", APPLICATION, "https://a.jp", ""),
    ],
)
def test_who_can_tell_us_is_asked(
    tmp_path: Path, mailbox: str, connection: str, url: str, who: str
) -> None:
    """Over https alone; not of IMAP, which tells by itself, nor of what Microsoft never does."""
    settings = read(tmp_path, mailbox, connection, url)

    hr = settings.mailboxes["hr"]
    assert tells_of(hr, settings) == who
    assert len(watches_of(hr, settings)) == {"": 0, "gmail": 1, "microsoft": 2}[who]
