"""From a row to the invitation that calendars are asked for: the same row gives the same one."""

from worker.domain.appointments import Appointment
from worker.domain.errors import BrokenPromise
from worker.domain.meetings import Guest, Invitation

_WORDS = {
    "ja": "ご都合が悪いときは「いいえ」か別の時間をお知らせください。時間を改めてご用意します。",
    "en": "If the time does not suit you, decline or propose another: a new time will be found.",
}


def invitation_of(known: Appointment, language: str) -> Invitation:
    """Say what the event of a meeting should look like."""
    if known.when is None:
        raise BrokenPromise(f"{known.id}: nobody is invited to a meeting without a time.")
    guests = tuple(
        Guest(one.address, one.name)
        for one in sorted(known.attendees, key=lambda one: (one.person is None, one.key))
        if one.key != known.address.lower()
    )
    return Invitation(
        known.id,
        Guest(known.address, known.organiser_name),
        guests,
        known.title,
        known.when,
        known.timezone,
        description=_WORDS.get(language, _WORDS["en"]),
        place=known.place,
        hides_guests=bool(known.cohort),
        incarnation=known.incarnation,
        revision=known.revision,
    )
