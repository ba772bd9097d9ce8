"""A mail server on this machine, for demonstrations and rehearsals: nothing leaves it.

It takes what any SMTP client hands over and files it, as a list in memory and where wanted also in
a Maildir that a mail program can open. It knows the fault addresses of `integrations.faults`, so
that a rehearsal can have bad days. It refuses to deliver anything, and to listen to other machines.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Self

from integrations.cutting import cut
from integrations.faults import Fault, FaultAddress, fault_of

if TYPE_CHECKING:
    from types import TracebackType

    from aiosmtpd.smtp import SMTP, Envelope, Session

_HERE = "127.0.0.1"
_TAKEN = "250 2.0.0 Ok: filed"
_LARGEST = 36 * 1024 * 1024  # octets; what Gmail takes


@dataclass(frozen=True, slots=True)
class LocalMail:
    """One mail as it arrived."""

    sender: str
    recipient: str
    content: bytes


class LocalMailServer:
    """A running server while used as a context; `port` is where, `mails` what arrived so far."""

    def __init__(self, *, maildir: Path | None = None, port: int = 0) -> None:
        self.port = port
        self._maildir = maildir
        self._mails: list[LocalMail] = []
        self._lock = Lock()
        self._attempts: Counter[str] = Counter()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._stop: asyncio.Event | None = None
        self._failure: BaseException | None = None

    @property
    def mails(self) -> list[LocalMail]:
        """Give what arrived so far, in its order."""
        with self._lock:
            return list(self._mails)

    def __enter__(self) -> Self:
        """Start to listen; the port is known when this returns."""
        if self._maildir is not None:
            for folder in ("", "tmp", "new", "cur"):
                (self._maildir / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        ready = Event()
        self._thread = Thread(target=self._serve, args=(ready,), name="local mail", daemon=True)
        self._thread.start()
        ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        """Stop; connections still open are cut."""
        if self._loop is not None and self._stop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    # What aiosmtpd calls.

    async def handle_RCPT(  # noqa: N802 - named and called by aiosmtpd
        self,
        _server: "SMTP",
        _session: "Session",
        envelope: "Envelope",
        address: str,
        _options: list[str],
    ) -> str:
        """Answer for one recipient."""
        found = fault_of(address)
        if found is not None and found.fault is Fault.PERMANENT:
            return "550 5.1.1 no such user, as the address asks"
        if found is not None and self._is_put_off(found, address):
            return "451 4.3.0 temporary error, as the address asks"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802 - named and called by aiosmtpd
        self, server: "SMTP", _session: "Session", envelope: "Envelope"
    ) -> str:
        """File one mail for each of its recipients."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        faults = {found.fault for found in map(fault_of, envelope.rcpt_tos) if found is not None}
        if Fault.LOST not in faults:
            for recipient in envelope.rcpt_tos:
                self._file(LocalMail(envelope.mail_from or "", recipient, content))
        if faults & {Fault.LOST, Fault.DOUBT} and isinstance(server.transport, asyncio.Transport):
            cut(server.transport)
        return _TAKEN

    def _is_put_off(self, found: FaultAddress, address: str) -> bool:
        if found.fault is not Fault.TEMPORARY:
            return False
        self._attempts[address] += 1
        return found.times is None or self._attempts[address] <= found.times

    def _file(self, mail: LocalMail) -> None:
        with self._lock:
            self._mails.append(mail)
            number = len(self._mails)
        if self._maildir is not None:
            name = f"{number:08}.{sha256(mail.content).hexdigest()[:24]}.tsunagu"
            draft = self._maildir / "tmp" / name
            draft.touch(mode=0o600)
            draft.write_bytes(b"Delivered-To: %b\r\n%b" % (mail.recipient.encode(), mail.content))
            draft.rename(self._maildir / "new" / name)

    # The thread.

    def _serve(self, ready: Event) -> None:
        try:
            asyncio.run(self._listen(ready))
        except OSError as problem:
            self._failure = problem
        finally:
            ready.set()

    async def _listen(self, ready: Event) -> None:
        from aiosmtpd.smtp import SMTP  # noqa: PLC0415 - only who runs a server pays for it

        self._loop = asyncio.get_running_loop()
        conversations: list[SMTP] = []

        def converse() -> SMTP:
            conversation = SMTP(
                self,
                hostname="tsunagu.invalid",
                ident="Tsunagu local mail",
                enable_SMTPUTF8=True,
                data_size_limit=_LARGEST,
                loop=self._loop,
            )
            # Ended ones are forgotten. Who hangs up before a word is never closed by aiosmtpd.
            conversations[:] = [one for one in conversations if one.transport is not None]
            conversations.append(conversation)
            return conversation

        self._stop = asyncio.Event()
        listening = await self._loop.create_server(converse, _HERE, self.port)
        self.port = listening.sockets[0].getsockname()[1]
        ready.set()
        async with listening:
            await self._stop.wait()
            await _a_few_turns()  # who has just been accepted gets a transport
        for conversation in conversations:
            if isinstance(conversation.transport, asyncio.Transport):
                cut(conversation.transport)
        await _a_few_turns()  # in which they end


async def _a_few_turns() -> None:
    """Let the loop do what is ready, and what follows from that."""
    for _ in range(5):
        await asyncio.sleep(0)
