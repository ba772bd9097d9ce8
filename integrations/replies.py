"""What a mail server's reply means: one table, read from the top, and one pure function.

Decided by the phase, the basic code, the enhanced code (RFC 3463) and the text, in this order.
Whether a mail may have been accepted is no question of this table alone: a lost connection has no
reply, and is judged where it is lost (`integrations.smtp_session`).
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from worker.domain.observed import observed_in
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope


class Phase(Enum):
    """What a reply answers."""

    GREETING = "greeting"
    EHLO = "EHLO"
    AUTH = "AUTH"
    RESET = "RSET"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "the final dot"


_BEFORE_ANY_MAIL = frozenset({Phase.GREETING, Phase.EHLO})
_RECIPIENT_IS_KNOWN = frozenset({Phase.RCPT, Phase.DATA, Phase.BODY})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; what is None or empty there matches everything.

    `codes` and `status` are matched as regular expressions from the first character to the last,
    `text` anywhere and in any case.
    """

    name: str
    verdict: type[Later] | type[Refused]
    scope: Scope = Scope.MESSAGE
    codes: str = r"[45]\d\d"
    status: str = ""
    text: str = ""
    phases: frozenset[Phase] = frozenset(Phase)
    wait: timedelta | None = None

    def fits(self, phase: Phase, code: int, status: str, text: str) -> bool:
        """Whether this line speaks of such a reply."""
        return (
            phase in self.phases
            and re.fullmatch(self.codes, str(code)) is not None
            and (not self.status or re.fullmatch(self.status, status) is not None)
            and (not self.text or re.search(self.text, text, re.IGNORECASE) is not None)
        )


_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_TOO_BIG = r"too (?:large|big)|(?:exceeds?|over|maximum).{0,30}\bsize|message size|size limit"
_FULL = r"(?:mail)?box.{0,20}full|over.?quota|quota (?:has been )?exceeded|exceed.{0,20}quota"
_POLICY = (
    r"spam|black.?list|block|polic|reputation|denied|relay|dmarc|\bspf\b|dkim"
    r"|banned|prohibited|unauthenticated"
)

# docs: RFC 5321 4.2, RFC 3463; for the limits of providers
# https://support.google.com/a/answer/3726730 (SMTP errors),
# https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online
TABLE: tuple[Row, ...] = (
    # The server or the connection. No recipient is to blame, no attempt is burned.
    Row("the server closes", Later, Scope.SERVER, codes="421"),
    Row("too many connections", Later, Scope.MAILBOX, codes="432", wait=_MINUTE),
    Row("too many log-ins", Later, Scope.MAILBOX, codes="454", status=r"4\.7\.0", wait=5 * _MINUTE),
    Row(
        "our rate is at its peak",
        Later,
        Scope.MAILBOX,
        codes="450",
        status=r"4\.2\.1",
        text=r"peak|relay limit",
        wait=_MINUTE,
    ),
    # Ourselves: credentials and sign-in policy. Nothing gets better by asking again.
    Row("credentials", Refused, Scope.MAILBOX, codes="53[0458]"),
    Row("sign-in policy", Refused, Scope.MAILBOX, codes="5..", status=r"5\.7\.(?:30|8|9|57)"),
    Row("sign-in", Refused, Scope.MAILBOX, codes="5..", phases=frozenset({Phase.AUTH})),
    Row("sign-in", Later, Scope.SERVER, codes="4..", phases=frozenset({Phase.AUTH})),
    Row("sign-in", Refused, Scope.MAILBOX, codes="503", text=r"auth"),
    # The server turns everybody away before a mail was named: a block or a fault, and it may pass.
    Row("the server turns us away", Later, Scope.SERVER, phases=_BEFORE_ANY_MAIL),
    # Our own quota (Gmail 550 5.4.5; Exchange 554 5.2.0, 550 5.1.90, 550 5.7.232 and .233).
    Row("our quota", Later, Scope.MAILBOX, codes="[45]..", status=r"[45]\.4\.5", wait=_HOUR),
    Row("our quota", Later, Scope.MAILBOX, codes="554", status=r"5\.2\.0", wait=_HOUR),
    Row(
        "our quota",
        Later,
        Scope.MAILBOX,
        codes="55.",
        status=r"5\.(?:1\.90|7\.23[23])",
        wait=_HOUR,
    ),
    # RFC 5321 4.5.3.1.10: a 552 about recipients is a 452.
    Row("too many recipients", Later, codes="452", status=r"4\.5\.3"),
    Row("too many recipients", Later, codes="4(?:51|52)|552", text=r"too many recipients"),
    # A full mailbox is soft, whatever the first digit says: people come back from a holiday.
    Row("the mailbox is full", Later, codes="[45]..", status=r"[45]\.2\.2", wait=4 * _HOUR),
    Row("the server's disk is full", Later, codes="452", status=r"4\.3\.1", wait=15 * _MINUTE),
    Row("greylisting", Later, codes="45[01]", status=r"4\.(?:2\.0|7\.1)", wait=10 * _MINUTE),
    Row("greylisting", Later, codes="4..", text=r"gr[ae]y.?list", wait=10 * _MINUTE),
    # This message: too big. Before the 552 of a full mailbox, which has the same code.
    Row("too big", Refused, codes="55[0-4]", status=r"5\.3\.4"),
    Row("too big", Refused, codes="55[24]", text=_TOO_BIG),
    Row("too big", Refused, codes="552", phases=frozenset({Phase.MAIL})),
    Row("the mailbox is full", Later, codes="55[024]", text=_FULL, wait=4 * _HOUR),
    Row("the mailbox is full", Later, codes="552", wait=4 * _HOUR),
    # The sender is ours, so whatever is wrong with it is no matter of the recipient.
    Row("our sender", Refused, Scope.MAILBOX, codes="5..", status=r"5\.1\.[78]"),
    Row("policy", Refused, Scope.MAILBOX, codes="55.", status=r"5\.7\.\d+"),
    # The address.
    Row(
        "bad address",
        Refused,
        Scope.ADDRESS,
        codes="5..",
        status=r"5\.1\.(?:[0-36]|10)",
        phases=_RECIPIENT_IS_KNOWN,
    ),
    Row(
        "the mailbox is closed",
        Refused,
        Scope.ADDRESS,
        codes="5..",
        status=r"5\.2\.1",
        phases=_RECIPIENT_IS_KNOWN,
    ),
    Row(
        "policy",
        Refused,
        Scope.MAILBOX,
        codes="55[0-3]",
        status="",
        text=_POLICY,
        phases=_RECIPIENT_IS_KNOWN,
    ),
    # RFC 5321 4.2.2: 550 no such mailbox, 551 not local, 553 name not allowed, 501 bad syntax.
    Row(
        "bad address",
        Refused,
        Scope.ADDRESS,
        codes="501|55[013]",
        phases=frozenset({Phase.RCPT}),
    ),
    Row("our sender", Refused, Scope.MAILBOX, codes="501|55.", phases=frozenset({Phase.MAIL})),
    # Out of step: ours or theirs, and a fresh connection may help.
    Row("out of step", Later, codes="50[0-4]"),
    Row("refused for its content or an unknown reason", Refused, codes="5.."),
    Row("put off", Later, codes="4.."),
)

_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:=]+@(?=[\w.\-\[])")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s]+")
_ASKED_WAIT = re.compile(
    r"(?:after|in|for|wait)\s+(?:(\d{1,2}):(\d\d):(\d\d)|(\d{1,5})\s*(s|sec|min|h|hour))\w*",
    re.IGNORECASE,
)
_UNIT = {
    "s": timedelta(seconds=1),
    "sec": timedelta(seconds=1),
    "min": _MINUTE,
    "h": _HOUR,
    "hour": _HOUR,
}
_LONGEST_TEXT = 300
_LONGEST_WAIT = timedelta(days=1)


def enhanced_status(text: str) -> str:
    """Read the enhanced status code a reply's text begins with; empty if there is none.

    >>> enhanced_status("5.1.1 user unknown")
    '5.1.1'
    """
    found = _STATUS.match(text)
    return found[1] if found else ""


def quotable(text: str) -> str:
    r"""Make a server's text fit to be kept: one line, no local part of an address, not too long.

    >>> quotable("5.1.1 <aoi@example.jp>: User\r\nunknown")
    '5.1.1 <…@example.jp>: User unknown'
    """
    return _ADDRESS.sub("…@", _UNPRINTABLE.sub(" ", text).strip())[:_LONGEST_TEXT]


def outcome_of_reply(phase: Phase, code: int, text: str, enhanced: str | None = None) -> Outcome:
    """Say what a complete reply means for the mail it was given for.

    Total: a reply that no server should give is `Later` before the mail was sent, and `InDoubt`
    as the answer to the final dot.

    >>> outcome_of_reply(Phase.RCPT, 550, "5.1.1 user unknown").scope
    <Scope.ADDRESS: 'address'>
    """
    if phase is Phase.BODY and 200 <= code < 300:  # noqa: PLR2004 - RFC 5321 4.2.1: completed
        said = f"{code} {text}"
        return Done(quotable(said), observed_in(said))
    status = enhanced_status(text) if enhanced is None else enhanced
    why = quotable(f"{phase.value}: {code} {text}")
    row = row_of(phase, code, text, status)
    if row is None:
        surprise = f"a reply nobody expected: {why}"
        return InDoubt(surprise) if phase is Phase.BODY else Later(surprise, scope=Scope.SERVER)
    told = f"{row.name}: {why}"
    if row.verdict is Refused:
        return Refused(told, row.scope, status)
    return Later(told, _asked_wait(text) or row.wait, row.scope)


def row_of(phase: Phase, code: int, text: str, status: str) -> Row | None:
    """Find the first line of the table that speaks of such a reply; None for 1xx to 3xx."""
    return next((row for row in TABLE if row.fits(phase, code, status, text)), None)


def _asked_wait(text: str) -> timedelta | None:
    """Read how long a server asks us to wait: `try again in 300 seconds`, `after 00:05:00`."""
    found = _ASKED_WAIT.search(text)
    if found is None:
        return None
    hours, minutes, seconds, number, unit = found.groups()
    if number:
        asked = int(number) * _UNIT[unit.lower()]
    else:
        asked = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    return min(asked, _LONGEST_WAIT) or None
