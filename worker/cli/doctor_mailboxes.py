"""What `tsunagu doctor` says of a mailbox at Google or Microsoft."""

from worker.cli.lines import BROKEN, FINE, Line, line_of
from worker.cli.session import Session
from worker.domain.errors import SettingsError
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused
from worker.settings.model import Mailbox
from worker.wiring.asking import ask_exchange, ask_gmail


def provider_line(about: str, mailbox: Mailbox, session: Session, *, offline: bool) -> Line | None:
    """Sign in as the mailbox; say what is missing and where to look. None: it is at no provider."""
    say, settings, clock = session.out.say, session.settings, session.clock
    try:
        if mailbox.google is not None and settings.google is not None:
            account, provider, house = mailbox.google.account, "google", "Gmail"
            outcome: Outcome = Done() if offline else ask_gmail(account, settings, clock)
        elif mailbox.microsoft is not None and settings.microsoft is not None:
            account, provider, house = mailbox.microsoft.account, "microsoft", "Microsoft 365"
            outcome = Done() if offline else ask_exchange(account, settings, clock)
        else:
            return None
    except SettingsError as error:
        return line_of(about, error, session.out.language)
    place = f"{house} {account}"
    match outcome:
        case Done():
            if offline:
                return Line(about, FINE, say("doctor.not_asked", place=place))
            return Line(about, FINE, say("doctor.takes", place=place, told="").strip())
        case Later(why=why) | Refused(why=why) | InDoubt(why=why):
            sentence = say("doctor.server", place=place, why=why)
            return Line(about, BROKEN, sentence, say(f"doctor.calendars_do.{provider}"))
