"""A guard around a mailbox's way out: in a rehearsal no message reaches anybody but one address.

It trusts nobody, least of all the code that wrote the mail: right before hand-over it looks at the
envelope and at the frozen bytes themselves. What would go anywhere else is refused and counted,
and never handed over. It refuses to mend anything.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from email import message_from_bytes, policy
from email.utils import getaddresses

from worker.domain.intents import Key
from worker.domain.outcomes import Outcome, Refused, Scope
from worker.domain.post import on_the_wire
from worker.ports import Envelope, Mailer

MARK = "X-Tsunagu-Rehearsal"
_RECIPIENTS = (
    *("To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc"),
    *("Apparently-To", "X-Envelope-To", "Disposition-Notification-To", "Return-Receipt-To"),
)
_FORBIDDEN = ("Disposition-Notification-To", "Return-Receipt-To", "List-Unsubscribe-Post")


class Redirected:
    """A `Mailer` that hands over to one address only; `violations` says what it has stopped."""

    def __init__(
        self, mailer: Mailer, address: str, *, on_hand_over: Callable[[int], None] | None = None
    ) -> None:
        """Wrap *mailer*.

        Args:
            mailer: The real way out.
            address: The one address.
            on_hand_over: Told how many messages are about to leave, right before they do: what
                paces a rehearsal, since its clock runs faster than a server's patience.
        """
        self.violations: list[str] = []
        self.handed_over = 0
        self._mailer = mailer
        self._address = _compared(address)
        self._on_hand_over = on_hand_over
        self._refused: dict[Key, Outcome] = {}

    @property
    def room(self) -> int:
        """Say how many envelopes may be handed over now."""
        return self._mailer.room

    def hand_over(self, envelopes: Iterable[Envelope]) -> None:
        """Hand over what goes to the one address, refuse everything else."""
        safe = []
        for envelope in envelopes:
            if wrong := violation(envelope, self._address):
                self.violations.append(wrong)
                self._refused[envelope.key] = Refused(
                    f"stopped by the rehearsal's guard: {wrong}", Scope.MESSAGE
                )
            else:
                safe.append(envelope)
        if not safe:
            return
        if self._on_hand_over is not None:
            self._on_hand_over(len(safe))
        self.handed_over += len(safe)
        self._mailer.hand_over(safe)

    def outcomes(self, wait: timedelta) -> Mapping[Key, Outcome]:
        """Give what became of envelopes, what was refused here among them."""
        if self._refused:
            refused, self._refused = self._refused, {}
            return {**refused, **self._mailer.outcomes(timedelta(0))}
        return self._mailer.outcomes(wait)

    def meanwhile(self) -> AbstractContextManager[None]:
        """Go on with what is in flight while the caller does something else."""
        return self._mailer.meanwhile()

    def close(self) -> None:
        """Say goodbye to the server."""
        self._mailer.close()


def violation(  # noqa: PLR0911 - a row for each way out
    envelope: Envelope, address: str
) -> str:
    """Say what of *envelope* would reach somebody else than *address*; empty if nothing would.

    No address is ever part of the answer.
    """
    if _compared(envelope.recipient) != _compared(address):
        return "the envelope names another recipient"
    head, separator, _ = envelope.content.partition(b"\r\n\r\n")
    if not separator or b"\r" in head.replace(b"\r\n", b"") or b"\n" in head.replace(b"\r\n", b""):
        return "the header block cannot be read without doubt"
    message = message_from_bytes(head + b"\r\n\r\n", policy=policy.compat32)
    names = [name.lower() for name in message.keys()]  # noqa: SIM118 - repeated fields, each
    if MARK.lower() not in names:
        return "it is not marked as a rehearsal"
    if names.count("to") != 1:
        return "it has no To field, or several"
    for forbidden in _FORBIDDEN:
        if forbidden.lower() in names:
            return f"it has a field {forbidden}"
    for field in _RECIPIENTS:
        for value in message.get_all(field, []):
            if any(_compared(found) != _compared(address) for found in _addresses(str(value))):
                return f"its field {field} names another recipient"
    return ""


def _addresses(value: str) -> list[str]:
    """Give every address of a field; a word with an @ that is none counts as one."""
    unfolded = value.replace("\r\n", "")
    found = [address for _, address in getaddresses([unfolded])]
    return [address for address in found if address] or [unfolded]


def _compared(address: str) -> str:
    """Give an address as it is compared: quotes where they are needed, the domain in lower case."""
    local, at, domain = on_the_wire(address.strip()).rpartition("@")
    return f"{local}{at}{domain.casefold()}"
