"""What `tsunagu doctor` says of what nobody here can set: the DNS of our domains, and the time."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from integrations.sender_dns import Finding, SenderDns, is_made_up
from worker.cli.lines import BROKEN, FINE, WARNING, Line, line_of
from worker.cli.session import Session
from worker.domain.errors import SettingsError
from worker.settings.model import HERE, Mailbox
from worker.wiring.others_clocks import skews

_NAMES = {"spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC"}
_NOTICED = timedelta(seconds=10)  # a date over HTTP is cut to the second
_REFUSED = timedelta(minutes=2)  # assertions of ours begin to be refused


def domain_lines(session: Session, *, server: str) -> Iterator[Line]:
    """Look at the domain of every address that mails come from, once each."""
    domains: dict[str, str] = {}
    for mailbox in session.settings.mailboxes.values():
        domain = mailbox.address.rpartition("@")[2].lower()
        domains[domain] = domains.get(domain) or _provider(mailbox)
    dns = SenderDns(server)
    for domain, provider in sorted(domains.items()):
        if is_made_up(domain) and not server:
            continue
        about = session.out.say("doctor.domain", domain=domain)
        try:
            yield _domain_line(about, domain, dns.of(domain, provider), session)
        except SettingsError as error:
            yield line_of(about, error, session.out.language)


def _provider(mailbox: Mailbox) -> str:
    if mailbox.google is not None:
        return "google"
    if mailbox.microsoft is not None:
        return "microsoft"
    return mailbox.smtp.sign_in if mailbox.smtp is not None else ""


def _domain_line(about: str, domain: str, findings: list[Finding], session: Session) -> Line:
    say = session.out.say
    told = "; ".join(
        say(f"doctor.{one.about}.{one.how}", said=one.said, name=_NAMES.get(one.about, ""))
        for one in findings
    )
    do = "\n".join(
        say(f"doctor.{one.about}.do", domain=domain) for one in findings if not one.is_fine
    )
    is_fine = all(one.is_fine for one in findings)
    return Line(about, FINE if is_fine else WARNING, told, do)


def clock_lines(session: Session) -> Iterator[Line]:
    """Compare this machine's clock with those of providers and of the database."""
    say = session.out.say
    journal = session.journal if session.can_read_store else None
    for skew in skews(session.settings, journal):
        about = say("doctor.clock")
        if skew.why:
            yield Line(about, WARNING, say("doctor.clock.unknown", place=skew.place, why=skew.why))
            continue
        seconds = round(skew.ahead.total_seconds())
        if abs(skew.ahead) < _NOTICED:
            yield Line(about, FINE, say("doctor.clock.fine", place=skew.place))
            continue
        how = BROKEN if abs(skew.ahead) >= _REFUSED else WARNING
        key = "doctor.clock.ahead" if seconds > 0 else "doctor.clock.behind"
        sentence = say(key, place=skew.place, n=abs(seconds))
        yield Line(about, how, sentence, "timedatectl set-ntp true")


def channel_lines(session: Session) -> Iterator[Line]:
    """Say of every channel that is no mailbox what goes by it, and what is missing."""
    yield from _alerts(session)
    yield from _webhooks(session)
    say, channels = session.out.say, session.settings.channels
    for name in ("slack", "line", "teams"):
        if getattr(channels, name) is not None:
            yield Line(name, WARNING, say("doctor.channel"), say("doctor.channel.do", name=name))


def _alerts(session: Session) -> Iterator[Line]:
    """Say who writes to staff, who is told when a mailbox stops, and by which other one."""
    say, settings = session.out.say, session.settings
    teller = settings.alert_mailbox
    if teller is None:
        return
    about = say("doctor.alerts")
    staff = [] if session.store_trouble else session.known[0]
    roles = (settings.replies.owner, settings.replies.then)
    readers = [one for role in roles for one in staff if role in one.role and one.email]
    values = {
        "mailbox": teller.id,
        "who": readers[0].name if readers else teller.address,
        "other": next((one for one in settings.mailboxes if one != teller.id), ""),
    }
    if values["other"]:
        yield Line(about, FINE, say("doctor.alerts.fine", **values))
    else:
        sentence = say("doctor.alerts.alone", **values)
        yield Line(about, WARNING, sentence, say("doctor.alerts.alone.do"))


def _webhooks(session: Session) -> Iterator[Line]:
    """Say of each webhook where it goes; nobody is called, for a call is a deed."""
    say = session.out.say
    for name, webhook in sorted(session.settings.webhooks.items()):
        about = say("doctor.webhook", name=name)
        if not webhook.url:
            yield Line(about, FINE, say("doctor.webhook.by_step"))
            continue
        parts = urlsplit(webhook.url)
        place = parts.hostname or webhook.url
        if parts.scheme == "https" or place in HERE:
            yield Line(about, FINE, say("doctor.webhook.fine", place=place))
        else:
            do = say("doctor.webhook.plain.do", name=name)
            yield Line(about, WARNING, say("doctor.webhook.plain", place=place), do)
