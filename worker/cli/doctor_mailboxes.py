"""What `tsunagu doctor` says of mailboxes: who we are, what we may do, and what is left today."""

from collections.abc import Iterator

from worker.cli.lines import BROKEN, FINE, WARNING, Line, line_of
from worker.cli.session import Session
from worker.domain.errors import SettingsError
from worker.domain.outcomes import Done, InDoubt, Later, Refused
from worker.engine.journal.lanes import mail_lane
from worker.settings.model import Imap, Mailbox, Settings, Smtp
from worker.wiring.asking import Answer, ask_exchange, ask_gmail, ask_imap, ask_server
from worker.wiring.hints import watches_of


def mailbox_lines(mailbox: Mailbox, session: Session, *, offline: bool) -> Iterator[Line]:
    """Ask a mailbox's servers; say what is missing and where to write it."""
    say = session.out.say
    about = f"{mailbox.id} <{mailbox.address}>"
    try:
        yield _way_out(about, mailbox, session, offline=offline)
    except SettingsError as error:
        yield line_of(about, error, session.out.language)
    if mailbox.imap is not None:
        about = say("doctor.reading", mailbox=mailbox.id)
        try:
            yield _way_in(about, mailbox.imap, session, offline=offline)
        except SettingsError as error:
            yield line_of(about, error, session.out.language)
    elif mailbox.google is not None or mailbox.microsoft is not None:
        yield from _hints(mailbox, session)


def _hints(mailbox: Mailbox, session: Session) -> Iterator[Line]:
    """Say whether we are told of mail that comes; where that fails, `status` speaks of it."""
    say, names = session.out.say, watches_of(mailbox, session.settings)
    about = say("doctor.mail_hints", mailbox=mailbox.id)
    if not names:
        yield Line(about, FINE, say("doctor.mail_hints_off"))
        return
    all_ = session.journal.meetings.watched() if session.can_read_store else []
    ours = [one for one in all_ if one.address in names]
    standing = [one for one in ours if one.expires_at is not None and one.expires_at > session.now]
    n = sum(one.told for one in ours)
    if any(one.trouble for one in ours):
        return
    if not standing:
        yield Line(about, FINE, say("doctor.mail_hints_later"))
    elif mailbox.google is not None and not n:  # it tells of each watch that begins
        never = say("doctor.mail_hints_never")
        yield Line(about, WARNING, never, say("doctor.mail_hints_never.do"))
    else:
        yield Line(about, FINE, say("doctor.mail_hints_come", n=n))


def _way_out(about: str, mailbox: Mailbox, session: Session, *, offline: bool) -> Line:
    say, settings = session.out.say, session.settings
    if mailbox.google is not None and settings.google is not None:
        account = mailbox.google.account
        asked = None if offline else ask_gmail(account, settings, session.clock)
        return _at_provider(about, f"Gmail {account}", "google", asked, mailbox, session)
    if mailbox.microsoft is not None and settings.microsoft is not None:
        account = mailbox.microsoft.account
        asked = None if offline else ask_exchange(account, settings, session.clock)
        return _at_provider(about, f"Microsoft 365 {account}", "microsoft", asked, mailbox, session)
    if mailbox.smtp is not None:
        return _by_smtp(about, mailbox, mailbox.smtp, session, offline=offline)
    return Line(about, BROKEN, say("doctor.no_smtp"), say("doctor.no_smtp.do", mailbox=mailbox.id))


def _at_provider(
    about: str,
    place: str,
    provider: str,
    asked: Answer | None,
    mailbox: Mailbox,
    session: Session,
) -> Line:
    say = session.out.say
    if asked is None:
        return Line(about, FINE, say("doctor.not_asked", place=place))
    match asked.outcome:
        case Done():
            rights = say("doctor.rights", rights=", ".join(asked.rights)) if asked.rights else ""
            told = _joined(rights, _left(mailbox, session))
            sentence = say("doctor.takes", place=place, told=told).strip()
            if asked.reaches:
                much = say("doctor.too_much", rights=", ".join(asked.reaches))
                return Line(about, WARNING, f"{sentence} {much}", say("doctor.too_much.do"))
            return Line(about, FINE, sentence)
        case Later(why=why) | Refused(why=why) | InDoubt(why=why):
            sentence = say("doctor.server", place=place, why=why)
            return Line(about, BROKEN, sentence, way_to_mend(provider, session))


def way_to_mend(provider: str, session: Session) -> str:
    """Say what to type or read where a provider does not let us in."""
    if _is_person(provider, session.settings):
        return session.out.say("doctor.connect_do", provider=provider)
    return session.out.say(f"doctor.calendars_do.{provider}")


def _is_person(provider: str, settings: Settings) -> bool:
    google, microsoft = settings.google, settings.microsoft
    if provider == "google":
        return google is not None and bool(google.user) and google.service_account is None
    return microsoft is not None and microsoft.is_person


def _by_smtp(about: str, mailbox: Mailbox, smtp: Smtp, session: Session, *, offline: bool) -> Line:
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
            told = _joined(signed, pipelining, _left(mailbox, session))
            return Line(about, FINE, say("doctor.takes", place=place, told=told).strip())
        case Later(why=why) | Refused(why=why) | InDoubt(why=why):
            do = say("doctor.server_do", host=smtp.host, port=smtp.port)
            if smtp.sign_in:
                do = way_to_mend(smtp.sign_in, session)
            return Line(about, BROKEN, say("doctor.server", place=place, why=why), do)


def _way_in(about: str, imap: Imap, session: Session, *, offline: bool) -> Line:
    say, place = session.out.say, f"{imap.host}:{imap.port}"
    if imap.user and not (imap.password or imap.token or imap.sign_in):
        sentence = say("doctor.no_password", user=imap.user)
        return Line(about, BROKEN, sentence, say("doctor.no_imap_password.do"))
    if offline:
        return Line(about, FINE, say("doctor.not_asked", place=place))
    trouble = ask_imap(imap, session.settings, session.clock)
    if trouble is None:
        told = say("doctor.signed_in", user=imap.user)
        return Line(about, FINE, say("doctor.can_be_read", place=place, told=told))
    do = say("doctor.server_do", host=imap.host, port=imap.port)
    if imap.sign_in:
        do = way_to_mend(imap.sign_in, session)
    return Line(about, BROKEN, say("doctor.server", place=place, why=trouble.why), do)


def _left(mailbox: Mailbox, session: Session) -> str:
    """Say how many mails may still leave within the last 24 hours' limit."""
    most = mailbox.limits.per_day
    if most is None or not session.can_read_store:
        return ""
    sent = session.journal.overview.at(session.now).sent.get(mail_lane(mailbox.id), 0)
    return session.out.say("doctor.left", n=max(0, most - sent), most=most)


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
