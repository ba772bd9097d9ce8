"""What `tsunagu doctor` says of calendars: who we are, whose we can read, and what is missing."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta

from worker.cli.doctor_mailboxes import way_to_mend
from worker.cli.lines import BROKEN, FINE, WARNING, Line, line_of
from worker.cli.session import Session
from worker.domain.errors import SettingsError
from worker.domain.meetings import Span, Unknown
from worker.engine.journal.lanes import provider_of
from worker.ports import CalendarBook
from worker.wiring.asking import calendar_rights
from worker.wiring.calendars import (
    BOOKS,
    addresses_of,
    calendar_account,
    calendar_books,
    calendar_files,
)
from worker.wiring.hints import can_be_told

_PROVIDERS = {"google": "Google", "microsoft": "Microsoft"}
_WINDOW = timedelta(days=1)
_SHOWN = 3


def calendar_lines(session: Session, *, offline: bool) -> Iterator[Line]:
    """Look at every provider of calendars that the settings name."""
    for provider in BOOKS:
        about = session.out.say("doctor.calendars", provider=_PROVIDERS[provider])
        try:
            book = calendar_books(session.settings, session.clock)(provider)
            if book is not None:
                account = calendar_account(session.settings, provider)
                with closing(book):
                    yield _line(about, provider, account, book, session, offline=offline)
                yield from _hints(provider, session)
        except SettingsError as error:
            yield line_of(about, error, session.out.language)
    yield from _address_lines(session, offline=offline)


def _address_lines(session: Session, *, offline: bool) -> Iterator[Line]:
    """Look at the calendars that have addresses: those of each CalDAV server, and files."""
    say = session.out.say
    staff, _ = session.known
    for server, people in addresses_of(session.settings, staff).items():
        kind = "caldav" if server else "files"
        about = say(f"doctor.addresses.{kind}")
        account = server or say("doctor.files")
        if not people:
            yield Line(about, WARNING, say("doctor.nobodys_calendar", account=account))
        elif offline:
            yield Line(about, FINE, say("doctor.not_asked", place=account))
        else:
            try:
                settings = session.whole_settings
            except SettingsError as error:
                yield line_of(about, error, session.out.language)
                continue
            with closing(calendar_files(settings, lambda: staff, session.clock)) as book:
                yield _asked(about, kind, account, people, book, session)


def _hints(provider: str, session: Session) -> Iterator[Line]:
    """Say of how many calendars the provider tells us; of those it will not, `status` speaks."""
    say = session.out.say
    if not can_be_told(session.settings):
        return
    about = say("doctor.hints", provider=_PROVIDERS[provider])
    all_ = session.journal.meetings.watched() if session.has_store else []
    n = sum(
        one.expires_at is not None and one.expires_at > session.now
        for one in all_
        if provider_of(one.lane) == provider
    )
    yield Line(about, FINE, say("doctor.hints_come", n=n) if n else say("doctor.hints_later"))


def _line(
    about: str,
    provider: str,
    account: str,
    book: CalendarBook,
    session: Session,
    *,
    offline: bool,
) -> Line:
    """Ask when the colleagues of a provider are busy today: nothing is written anywhere."""
    say = session.out.say
    staff, _ = session.known
    default = session.settings.calendars
    people = [
        one.email
        for one in staff
        if one.email and str(one.attributes.get("calendar") or default) == provider
    ]
    if not people:
        return Line(about, WARNING, say("doctor.nobodys_calendar", account=account))
    if offline:
        return Line(about, FINE, say("doctor.not_asked", place=account))
    return _asked(about, provider, account, people, book, session)


def _asked(
    about: str,
    kind: str,
    account: str,
    people: Sequence[str],
    book: CalendarBook,
    session: Session,
) -> Line:
    say = session.out.say
    found = book.busy(people, Span(session.now, session.now + _WINDOW))
    unread = {one: told for one, told in found.items() if isinstance(told, Unknown)}
    if not unread:
        sentence = say("doctor.calendars_read", account=account, n=len(people))
        rights = calendar_rights(kind, session.settings)
        told = say("doctor.rights", rights=", ".join(rights)) if rights else ""
        return Line(about, FINE, f"{sentence} {told}".strip())
    why = next(iter(unread.values())).why
    names = ", ".join(sorted(unread)[:_SHOWN]) + (" …" if len(unread) > _SHOWN else "")
    sentence = say(
        "doctor.calendars_unread", account=account, n=len(unread), of=len(people), names=names
    )
    how = BROKEN if len(unread) == len(people) else WARNING
    do = way_to_mend(kind, session) if kind in BOOKS else say(f"doctor.calendars_do.{kind}")
    return Line(about, how, f"{sentence} {why}", do)
