"""What `tsunagu doctor` says of a mailbox at Gmail."""

from worker.cli.lines import BROKEN, FINE, Line, line_of
from worker.cli.session import Session
from worker.domain.errors import SettingsError
from worker.domain.outcomes import Done, InDoubt, Later, Refused
from worker.wiring.asking import ask_gmail


def gmail_line(about: str, account: str, session: Session, *, offline: bool) -> Line:
    """Sign in as the mailbox; say what is missing and where to look."""
    say, google = session.out.say, session.settings.google
    place = f"Gmail {account}"
    if offline or google is None:
        return Line(about, FINE, say("doctor.not_asked", place=place))
    try:
        outcome = ask_gmail(account, google, session.clock)
    except SettingsError as error:
        return line_of(about, error, session.out.language)
    match outcome:
        case Done():
            return Line(about, FINE, say("doctor.takes", place=place, told="").strip())
        case Later(why=why) | Refused(why=why) | InDoubt(why=why):
            sentence = say("doctor.server", place=place, why=why)
            return Line(about, BROKEN, sentence, say("doctor.calendars_do.google"))
