"""The id that a server gave to a mail of ours in the place of our own.

Hotmail and Amazon SES write a Message-ID of theirs, and say so in their answer to DATA. A copy in
the Sent folder shows it as well: beside it stands our own id, under another name.
"""

import re

from worker.domain.post import id_key

MARK = "X-Tsunagu-Id"  # in every mail of ours: the left part of the Message-ID we gave it
ORIGINAL_IDS = ("x-google-original-message-id", "x-microsoft-original-message-id")

_BRACKETED = re.compile(r"<([^<>\s@]{1,200}@[^<>\s]{1,255})>")
# `Ok 0102018e1f4b6a3c-5d1f…-000000` (Amazon SES; the domain names its region, and is not said)
_OF_SES = r"[0-9a-f]{16,}-[0-9a-f-]{30,60}"
_SES = re.compile(rf"^(?:250[ -])?(?:2\.\d\.\d )?ok ({_OF_SES})$", re.IGNORECASE)
_SES_LEFT = re.compile(_OF_SES)


def name_of(message_id: str) -> str:
    """Give the left part of a Message-ID.

    >>> name_of("<ux4nhcufypvmmhnqqc2goe56fe@example.co.jp>")
    'ux4nhcufypvmmhnqqc2goe56fe'
    """
    return message_id.strip().lstrip("<").partition("@")[0]


def observed_in(told: str) -> str:
    r"""Find the key of the id that a server's answer names; empty if it names none.

    >>> observed_in("250 2.0.0 OK <AB12@TYCP1.prod.outlook.com> [Hostname=TYCP1]")
    'ab12@tycp1.prod.outlook.com'
    >>> observed_in("250 2.0.0 Ok: queued as 4F1B2")
    ''
    """
    if "<" not in told and "-" not in told:
        return ""
    told = told.strip()[:1_000]
    bracketed = _BRACKETED.search(told)
    if bracketed is not None:
        return id_key(bracketed[1])
    ses = _SES.match(told)
    return "" if ses is None else ses[1].lower()


def keys_of(key: str) -> tuple[str, ...]:
    """Give under which keys an observed id may be kept: one of SES also without its domain.

    >>> keys_of("0102018e1f4b6a3c-5d1f0c11-7a20-4f57-8a3b-5a1f5e0f3f4a-000000@a")[1]
    '0102018e1f4b6a3c-5d1f0c11-7a20-4f57-8a3b-5a1f5e0f3f4a-000000'
    """
    left = key.partition("@")[0]
    return (key, left) if _SES_LEFT.fullmatch(left) else (key,)
