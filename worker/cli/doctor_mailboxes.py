"""What `tsunagu doctor` says of mailboxes: who we are there, and whether mail would be taken."""

from worker.cli.lines import BROKEN, FINE, Line, line_of
from worker.cli.session import Session
from worker.domain.errors import SettingsError
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused
from worker.settings.model import Mailbox, Smtp
from worker.wiring.asking import ask_exchange, ask_gmail, ask_server


def mailbox_line(mailbox: Mailbox, session: Session, *, offline: bool) -> Line:
    """Ask a mailbox's server; say what is missing and where to write it."""
    say = session.out.say
    about = f"{mailbox.id} <{mailbox.address}>"
    try:
        at_provider = _provider_line(about, mailbox, session, offline=offline)
        if at_provider is not None:
            return at_provider
        if mailbox.smtp is not None:
            return _smtp_line(about, mailbox, mailbox.smtp, session, offline=offline)
    except SettingsError as error:
        return line_of(about, error, session.out.language)
    return Line(about, BROKEN, say("doctor.no_smtp"), say("doctor.no_smtp.do", mailbox=mailbox.id))


def _smtp_line(
    about: str, mailbox: Mailbox, smtp: Smtp, session: Session, *, offline: bool
) -> Line:
    say = session.out.say
    if smtp.user and not (smtp.password or smtp.token or smtp.sign_in):
        sentence = say("doctor.no_password", user=smtp.user)
        return Line(about, BROKEN, sentence, say("doctor.no_password.do"))
    place = f"{smtp.host}:{smtp.port}"
    if offline:
        return Line(about, FINE, say("doctor.not_asked", place=place))
    answer = ask_server(mailbox, session.settings, session.clock)
    match answer.outcome:
        case Done():
            pipelining = "PIPELINING" if "pipelining" in answer.offers else ""
            signed = say("doctor.signed_in", user=smtp.user) if smtp.user else ""
            told = " ".join(part for part in (signed, pipelining) if part)
            return Line(about, FINE, say("doctor.takes", place=place, told=told).strip())
        case Later(why=why) | Refused(why=why) | InDoubt(why=why):
            do = say("doctor.server_do", host=smtp.host, port=smtp.port)
            return Line(about, BROKEN, say("doctor.server", place=place, why=why), do)


def _provider_line(about: str, mailbox: Mailbox, session: Session, *, offline: bool) -> Line | None:
    """Sign in as the mailbox; say what is missing and where to look. None: it is at no provider."""
    say, settings, clock = session.out.say, session.settings, session.clock
    if mailbox.google is not None and settings.google is not None:
        account, provider, house = mailbox.google.account, "google", "Gmail"
        outcome: Outcome = Done() if offline else ask_gmail(account, settings, clock)
    elif mailbox.microsoft is not None and settings.microsoft is not None:
        account, provider, house = mailbox.microsoft.account, "microsoft", "Microsoft 365"
        outcome = Done() if offline else ask_exchange(account, settings, clock)
    else:
        return None
    place = f"{house} {account}"
    match outcome:
        case Done():
            if offline:
                return Line(about, FINE, say("doctor.not_asked", place=place))
            return Line(about, FINE, say("doctor.takes", place=place, told="").strip())
        case Later(why=why) | Refused(why=why) | InDoubt(why=why):
            sentence = say("doctor.server", place=place, why=why)
            return Line(about, BROKEN, sentence, say(f"doctor.calendars_do.{provider}"))
