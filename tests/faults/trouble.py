"""What goes wrong, from a certain request on. Each kind strikes once in a life."""

from collections.abc import Callable
from datetime import datetime, timedelta

from integrations.faults import Moment
from tests.cli.desk import local
from tests.faults.clock import SharedClock
from tests.faults.place import SATO, Place, Provider
from worker.domain.meetings import Span

_MAIL = "mail"
_MORNING = Span(local("2026-04-02 09:30"), local("2026-04-02 12:00"))


class Trouble:
    """None at all: it counts what is asked, and is the trunk of all the others."""

    lasts = timedelta()

    def __init__(self, at: int = 0, moment: Moment = Moment.BEFORE) -> None:
        self.at = at
        self.moment = moment
        self.asked: list[str] = []  # every request, in its order; mails among them
        self.struck: datetime | None = None
        self._place: Place | None = None

    def come_to(self, place: Place) -> None:
        """Watch every request and every mail of *place* from now on."""
        self._place = place
        place.provider.watch(self.cuts)
        place.mail.cuts = self.cuts_mail

    def cuts(self, request: str, moment: Moment) -> bool:
        """Say whether a request is cut off at this moment."""
        if moment is Moment.BEFORE:
            self.asked.append(request)
        if self.struck is None and len(self.asked) == self.at and moment is self.moment:
            self.struck = self._clock.now()
            return self.strike()
        return self.is_on and self.while_on(moment)

    def cuts_mail(self, _request: str, _moment: Moment) -> bool:
        """Say whether a mail is; it is left alone by most kinds of trouble."""
        return False

    @property
    def is_on(self) -> bool:
        """Whether it struck and is not over."""
        return self.struck is not None and self._clock.now() < self.struck + self.lasts

    def strike(self) -> bool:
        """Begin; says whether this very request is cut off."""
        return False

    def while_on(self, _moment: Moment) -> bool:
        """Say whether a later request is cut off while it lasts."""
        return False

    def look_at_the_time(self) -> None:
        """End, if it is time."""

    @property
    def _clock(self) -> SharedClock:
        return self._there.clock

    @property
    def _provider(self) -> Provider:
        return self._there.provider

    @property
    def _there(self) -> Place:
        assert self._place is not None
        return self._place


class Lost(Trouble):
    """One answer does not arrive: cut off before the request was obeyed, or after."""

    def strike(self) -> bool:
        """Cut the line."""
        return True


class Deaf(Trouble):
    """For an hour everything is obeyed, and nothing is answered."""

    lasts = timedelta(hours=1)

    def strike(self) -> bool:
        """Cut the line."""
        return True

    def while_on(self, moment: Moment) -> bool:
        """Cut it afterwards."""
        return moment is Moment.AFTER


class Away(Trouble):
    """For an hour nobody is there."""

    lasts = timedelta(hours=1)
    _is_away = False

    def strike(self) -> bool:
        """Leave."""
        self._is_away = True
        self._provider.leave()
        return True

    def look_at_the_time(self) -> None:
        """Come back."""
        if self._is_away and not self.is_on:
            self._is_away = False
            self._provider.come_back()


class Revoked(Trouble):
    """Our right is taken back, and given again two hours later."""

    lasts = timedelta(hours=2)

    def strike(self) -> bool:
        """Take it back; this request is the first that is refused."""
        self._provider.revoke()
        return False

    def look_at_the_time(self) -> None:
        """Give it again."""
        if self.struck is not None and not self.is_on:
            self._provider.mend()


class Throttled(Trouble):
    """Everybody is told to come back when it is over; how often that is told is counted."""

    lasts = timedelta(minutes=45)

    def __init__(self, at: int = 0, moment: Moment = Moment.BEFORE) -> None:
        super().__init__(at, moment)
        self.refused = 0

    def cuts(self, request: str, moment: Moment) -> bool:
        """Cut nothing, but let everything be refused while it lasts."""
        told = super().cuts(request, moment)
        if moment is Moment.BEFORE:
            self.refused += self.is_on and not _is_sign_in(request)
            left = self.struck + self.lasts - self._clock.now() if self.struck else timedelta()
            self._provider.throttle(left if self.is_on else None)
        return told


def _is_sign_in(request: str) -> bool:
    """Whether a request is none of a calendar: signing in is not throttled."""
    return request.endswith(("/token", "/openid-configuration"))


class Rival(Trouble):
    """A colleague puts something of their own over all of the next morning, in that very moment."""

    def strike(self) -> bool:
        """Be quicker than the request that is on its way."""
        self._provider.hands.take(SATO, _MORNING, "朝の打ち合わせ")
        return False


class Killed(Trouble):
    """The worker's process is killed when it asks, or when it was obeyed; of mails, too."""

    def __init__(self, at: int, moment: Moment, kill: Callable[[], None]) -> None:
        super().__init__(at, moment)
        self._kill = kill

    def strike(self) -> bool:
        """Kill it."""
        self._kill()
        return True

    def cuts_mail(self, _request: str, moment: Moment) -> bool:
        """Count a mail as a request."""
        return self.cuts(_MAIL, moment)


class LostMail(Trouble):
    """The line is cut at the end of a mail: before it was filed, or after."""

    def strike(self) -> bool:
        """Cut it."""
        return True

    def cuts(self, _request: str, _moment: Moment) -> bool:
        """Leave calendars alone."""
        return False

    def cuts_mail(self, _request: str, moment: Moment) -> bool:
        """Count mails."""
        return super().cuts(_MAIL, moment)
