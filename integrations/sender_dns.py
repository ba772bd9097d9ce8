"""What the DNS says of a domain that mails come from: SPF, DKIM and DMARC.

Large receivers take mail in number only from domains that have all three
(https://support.google.com/a/answer/81126). It asks, and judges nothing but what is written there:
SPF by RFC 7208 (one record, at most ten look-ups), DKIM by RFC 6376 (a key under a selector, which
nobody can list: those of the provider, else usual ones), DMARC by RFC 7489 (one record, the
domain's own or of one above it).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from worker.domain.errors import SettingsError

if TYPE_CHECKING:
    from dns.resolver import Resolver

_PATIENCE = timedelta(seconds=4)  # for one question
_IN_ALL = timedelta(seconds=20)  # for one domain
_MOST_LOOKUPS = 10  # RFC 7208 4.6.4
_DEEPEST = 10
_ASKS = ("a", "mx", "ptr", "exists")  # mechanisms that ask the DNS, beside include and redirect
_PORT = 53

SELECTORS = {"google": ("google",), "microsoft": ("selector1", "selector2")}
USUAL = ("default", "dkim", "mail", "s1", "s2", "k1", "key1", "selector1", "selector2", "google")
# What a domain has to include that sends by a provider; Microsoft's other clouds have other names.
INCLUDES = {"google": ("_spf.google.com",), "microsoft": ("protection.outlook", "outlook.cn")}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked for: `how` is a word for what was found, `said` what was there."""

    about: str  # spf | dkim | dmarc | domain
    how: str
    said: str = ""

    @property
    def is_fine(self) -> bool:
        """Say whether nothing has to be done about it."""
        return self.how in {"fine", "unsure"}


class _Silent(Exception):  # noqa: N818 - becomes a finding before anybody sees it
    """Nobody answers our questions."""


class SenderDns:
    """Asks the machine's DNS servers, or the one at *server* (`192.0.2.1` or `192.0.2.1:5353`)."""

    def __init__(self, server: str = "", *, patience: timedelta = _PATIENCE) -> None:
        self._server = server
        self._patience = patience
        self._resolver: Resolver | None = None

    def of(self, domain: str, provider: str = "") -> list[Finding]:
        """Say what is found for a domain; its mails leave by *provider*, if that is one we know."""
        look = _Look(self._opened(), domain.rstrip(".").lower(), provider)
        try:
            if not look.is_there():
                return [Finding("domain", "nowhere")]
            return [look.spf(), look.dkim(), look.dmarc()]
        except _Silent as silence:
            return [Finding("domain", "silent", str(silence))]

    def _opened(self) -> "Resolver":
        from dns.resolver import NoResolverConfiguration, Resolver  # noqa: PLC0415 - askers pay

        if self._resolver is None:
            try:
                self._resolver = Resolver(configure=not self._server)
                if self._server:
                    host, _, port = self._server.rpartition(":")
                    self._resolver.nameservers = [host or port]
                    self._resolver.port = int(port) if host else _PORT
            except (NoResolverConfiguration, ValueError) as problem:
                raise SettingsError(
                    f"DNS サーバー「{self._server}」を使えません。\n"
                    f"The DNS server '{self._server}' cannot be used.\n"
                    "tsunagu doctor --dns 192.0.2.1:53"
                ) from problem
            self._resolver.lifetime = self._patience.total_seconds()
        return self._resolver


class _Look:
    """One look at one domain, within so much time."""

    def __init__(self, resolver: "Resolver", domain: str, provider: str) -> None:
        self._resolver = resolver
        self._domain = domain
        self._provider = provider
        self._until = monotonic() + _IN_ALL.total_seconds()

    def is_there(self) -> bool:
        """Say whether there is such a domain at all."""
        return self._texts(self._domain, is_named=True) is not None

    def spf(self) -> Finding:
        """Look who may send for the domain."""
        records = self._records(self._domain, "v=spf1")
        if not records:
            return Finding("spf", "missing")
        if len(records) > 1:
            return Finding("spf", "two", " / ".join(records))
        lookups, included = self._lookups(records[0], 0)
        wanted = INCLUDES.get(self._provider, ())
        if lookups > _MOST_LOOKUPS:
            return Finding("spf", "lookups", str(lookups))
        if wanted and not any(word in name for word in wanted for name in included):
            return Finding("spf", "stranger", records[0])
        if not _is_closed(records[0]):
            return Finding("spf", "open", records[0])
        return Finding("spf", "fine", records[0])

    def dkim(self) -> Finding:
        """Look for a key that signatures can be held against."""
        own = SELECTORS.get(self._provider, ())
        for selector in own or USUAL:
            texts = self._texts(f"{selector}._domainkey.{self._domain}") or []
            if any(_tag(text, "p") for text in texts):
                return Finding("dkim", "fine", selector)
        if own:
            return Finding("dkim", "missing", ", ".join(own))
        return Finding("dkim", "unsure")

    def dmarc(self) -> Finding:
        """Look what receivers are to do with mails that are none of ours."""
        labels = self._domain.split(".")
        for first in range(max(1, len(labels) - 1)):
            records = self._records(f"_dmarc.{'.'.join(labels[first:])}", "v=DMARC1")
            if len(records) > 1:
                return Finding("dmarc", "two", " / ".join(records))
            if records:
                policy = (first and _tag(records[0], "sp")) or _tag(records[0], "p")
                return Finding("dmarc", "fine" if policy else "empty", policy or records[0])
        return Finding("dmarc", "missing")

    def _lookups(self, record: str, depth: int) -> tuple[int, set[str]]:
        """Count what a receiver has to ask for, and name what is included."""
        count, names = 0, set()
        for name in _referred(record):
            count += 1
            names.add(name)
            if depth < _DEEPEST and count <= _MOST_LOOKUPS and "%" not in name:
                for inner in self._records(name, "v=spf1")[:1]:
                    more, further = self._lookups(inner, depth + 1)
                    count += more
                    names |= further
        return count + sum(1 for _ in _asking(record)), names

    def _records(self, name: str, begins: str) -> list[str]:
        texts = self._texts(name) or []
        first = ((text.lower().partition(";")[0].split() or [""])[0] for text in texts)
        return [text for text, word in zip(texts, first, strict=True) if word == begins.lower()]

    def _texts(self, name: str, *, is_named: bool = False) -> list[str] | None:
        """Give the texts at a name; None where there is no such name.

        With *is_named* a name of which there are other records counts as one that is there.
        """
        from dns.exception import DNSException  # noqa: PLC0415 - as above
        from dns.resolver import NXDOMAIN, NoAnswer  # noqa: PLC0415 - as above

        if monotonic() > self._until:
            raise _Silent(f"{_IN_ALL.total_seconds():.0f} s")
        try:
            answer = self._resolver.resolve(name, "TXT", search=False)
        except NXDOMAIN:
            return None
        except NoAnswer:
            return [] if is_named else None
        except DNSException as problem:
            raise _Silent(" ".join(str(problem).split())[:200]) from problem
        return [b"".join(one.strings).decode("utf-8", "replace") for one in answer]


def _referred(record: str) -> Iterator[str]:
    """Give the records that another stands on.

    >>> list(_referred("v=spf1 include:_spf.google.com ~all redirect=b.jp"))
    ['_spf.google.com', 'b.jp']
    """
    for term in record.split()[1:]:
        word = term.lstrip("+-~?").lower()
        for way in ("include:", "redirect="):
            if word.startswith(way):
                yield word.removeprefix(way).rstrip(".")


def _asking(record: str) -> Iterator[str]:
    """Give the other mechanisms for which the DNS is asked.

    >>> list(_asking("v=spf1 a mx:b.jp ip4:192.0.2.1 -all"))
    ['a', 'mx:b.jp']
    """
    for term in record.split()[1:]:
        word = term.lstrip("+-~?").lower()
        if word.partition(":")[0].partition("/")[0] in _ASKS:
            yield word


def _is_closed(record: str) -> bool:
    """Say whether a record says no to others.

    >>> _is_closed("v=spf1 mx -all"), _is_closed("v=spf1 mx"), _is_closed("v=spf1 +all")
    (True, False, False)
    """
    terms: Sequence[str] = record.lower().split()
    return any(term in {"-all", "~all"} or term.startswith("redirect=") for term in terms)


def _tag(record: str, name: str) -> str:
    """Give what a record says under a name.

    >>> _tag("v=DMARC1; p=none; rua=mailto:a@b.jp", "p")
    'none'
    """
    tags = (part.partition("=") for part in record.split(";"))
    return next((value.strip() for word, _, value in tags if word.strip().lower() == name), "")


def is_made_up(domain: str) -> bool:
    """Say whether nobody can own a domain (RFC 2606, 6761, and JPRS's own): it is not asked for.

    >>> is_made_up("example.co.jp"), is_made_up("hr.test"), is_made_up("tsunagu.jp")
    (True, True, False)
    """
    labels = domain.lower().rstrip(".").split(".")
    reserved = {"test", "example", "invalid", "localhost", "local"}
    return labels[-1] in reserved or "example" in labels[-3:-1]
