"""An SMTP server that a test scripts: what it says, when it is silent, when it hangs up.

It keeps to the rules itself and watches that the client does: commands sent ahead where PIPELINING
was not offered, a body before the 354, a MAIL inside a mail are written down as `violations`.
Without a script it takes every mail, and knows the fault addresses of `integrations.faults`.
"""

import asyncio
import base64
import ssl
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TypeAlias

from integrations.cutting import cut
from integrations.faults import Fault, fault_of


@dataclass(frozen=True, slots=True)
class Say:
    """Answer this; several replies stand on several lines. A 421 is followed by hanging up."""

    text: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """Cut the connection instead of answering; of a body, after keeping it or not."""

    kept: bool = False


@dataclass(frozen=True, slots=True)
class BeSilent:
    """Answer nothing any more, and keep the connection open."""


Action: TypeAlias = Say | HangUp | BeSilent | None  # None: what a good server does
Script: TypeAlias = Mapping[str, Action | Sequence[Action]]


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail the server has."""

    sender: str
    recipient: str
    content: bytes
    options: str


@dataclass
class FaultyServer:
    """What a test may set, and what it may look at afterwards.

    A script holds, by `GREETING`, `EHLO`, `STARTTLS`, `AUTH`, `RSET`, `MAIL`, `RCPT`, `DATA` and
    `BODY`, one action for ever or one for each time it comes to this, over all connections.
    """

    script: Script = field(default_factory=dict)
    pipelining: bool = True
    extensions: tuple[str, ...] = ("8BITMIME", "ENHANCEDSTATUSCODES")
    user: str = ""  # who must sign in, if anybody
    secret: str = ""  # the password, or the token
    takes: Callable[[str], str] | None = None  # whose a token is now; empty: nobody's
    methods: str = "PLAIN LOGIN"
    tls: ssl.SSLContext | None = None
    implicit: bool = False  # encrypted from the first byte, else by STARTTLS
    byte_by_byte: bool = False
    reads_bodies: bool = True  # else it stops reading after its 354
    port: int = 0
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    mails: list[Taken] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    writers: set[asyncio.StreamWriter] = field(default_factory=set)
    loop: asyncio.AbstractEventLoop | None = None

    def action(self, place: str) -> Action:
        """Give what the script says for this time."""
        planned = self.script.get(place)
        time = self.counts[place]
        self.counts[place] += 1
        if isinstance(planned, Sequence):
            return planned[time] if time < len(planned) else None
        return planned

    def hang_up_on_everybody(self) -> None:
        """Close all connections, as a server does that is restarted."""
        if self.loop is None:
            raise RuntimeError("the server is not running")
        done = Event()
        self.loop.call_soon_threadsafe(self._close_all, done)
        done.wait()

    def _close_all(self, done: Event) -> None:
        for writer in self.writers:
            writer.close()
        done.set()


@contextmanager
def faulty_server(server: FaultyServer) -> Iterator[FaultyServer]:
    """Run *server* in a thread until the block ends."""
    ready, stop = Event(), asyncio.Event()

    async def serve() -> None:
        server.loop = asyncio.get_running_loop()
        listening = await asyncio.start_server(
            lambda reader, writer: _Conversation(server, reader, writer).hold(),
            "127.0.0.1",
            0,
            ssl=server.tls if server.implicit else None,
        )
        server.port = listening.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        for _ in range(5):  # who has just been accepted gets a transport
            await asyncio.sleep(0)
        listening.close()
        talks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        if talks:  # the client is gone: let them hear its last words
            await asyncio.wait(talks, timeout=1)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        for writer in server.writers:
            cut(writer.transport)
        for _ in range(10):  # TLS hands its end down layer by layer
            await asyncio.sleep(0)

    thread = Thread(target=lambda: asyncio.run(serve()), name="faulty server")
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        if server.loop is not None:
            server.loop.call_soon_threadsafe(stop.set)
        thread.join()


class _Bye(Exception):  # noqa: N818 - the end of a conversation is no error
    """The conversation is over."""


class _Conversation:
    def __init__(
        self, server: FaultyServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.buffer = b""
        self.sender: str | None = None
        self.options = ""
        self.recipient: str | None = None
        self.signed_in = not server.user

    async def hold(self) -> None:
        """Talk until one side has enough."""
        self.server.connections += 1
        self.server.writers.add(self.writer)
        with suppress(_Bye, ConnectionError, ssl.SSLError, asyncio.CancelledError):
            await self.answer("GREETING", "220 faulty.test ESMTP")
            while True:
                line = await self.line()
                self.server.commands.append(line)
                await self.obey(line.partition(" ")[0].upper(), line)
        self.writer.close()

    async def line(self) -> str:
        while b"\r\n" not in self.buffer:
            await self.more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line.decode()

    async def more(self) -> None:
        data = await self.reader.read(65536)
        if not data:
            raise _Bye
        self.buffer += data

    async def obey(self, verb: str, line: str) -> None:
        """Answer one command."""
        if self.buffer and (verb == "DATA" or not self.server.pipelining):
            self.server.violations.append(f"sent ahead of the answer to {verb}")
        match verb:
            case "EHLO" | "HELO":
                await self.answer(verb, self.offers() if verb == "EHLO" else "250 faulty.test")
            case "STARTTLS" if self.server.tls is not None and not self.server.implicit:
                await self.answer("STARTTLS", "220 2.0.0 Go ahead")
                await self.writer.start_tls(self.server.tls)
            case "AUTH":
                await self.sign_in(line)
            case "RSET":
                await self.rset()
            case "MAIL":
                await self.mail(line)
            case "RCPT":
                await self.rcpt(line)
            case "DATA":
                await self.data()
            case "QUIT":
                await self.answer("QUIT", "221 2.0.0 Bye")
                raise _Bye
            case _:
                await self.write("500 5.5.1 Not known here")

    def offers(self) -> str:
        words = [*self.server.extensions]
        if self.server.pipelining:
            words.append("PIPELINING")
        encrypted = self.writer.get_extra_info("sslcontext") is not None
        if self.server.tls is not None and not encrypted:
            words.append("STARTTLS")
        if self.server.user and (encrypted or self.server.tls is None):
            words.append(f"AUTH {self.server.methods}")
        lines = ["faulty.test", *words]
        return "\r\n".join([f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"])

    async def sign_in(self, line: str) -> None:
        _, method, proof = line.split(" ", 2)
        if method == "LOGIN":
            user = base64.b64decode(proof).decode()
            await self.write("334 UGFzc3dvcmQ6")
            said = f"{user} {base64.b64decode(await self.line()).decode()}"
        elif method == "XOAUTH2":
            await self.bear(base64.b64decode(proof).decode())
            return
        else:
            said = base64.b64decode(proof).decode().strip("\0").replace("\0", " ")
        self.signed_in = said == f"{self.server.user} {self.server.secret}"
        answer = "235 2.7.0 Welcome" if self.signed_in else "535 5.7.8 Wrong user or password"
        await self.answer("AUTH", answer)

    async def bear(self, proof: str) -> None:
        """Look at a token; why it is not taken is explained before it is refused."""
        user, _, token = proof.removesuffix("\x01\x01").partition("\x01auth=Bearer ")
        if self.server.takes is not None:
            known = bool(token) and f"user={self.server.takes(token)}" == user
        else:
            known = (user, token) == (f"user={self.server.user}", self.server.secret)
        self.signed_in = known
        if not known:
            await self.write("334 eyJzdGF0dXMiOiI0MDEifQ==")
            await self.line()
        answer = "235 2.7.0 Welcome" if known else "535 5.7.3 Authentication unsuccessful"
        await self.answer("AUTH", answer)

    async def rset(self) -> None:
        self.sender = self.recipient = None
        await self.answer("RSET", "250 2.0.0 Ok")

    async def mail(self, line: str) -> None:
        if self.sender is not None:
            self.server.violations.append("a MAIL inside a mail")
        if not self.signed_in:
            await self.write("530 5.7.0 Sign in first")
            return
        if await self.answer("MAIL", "250 2.1.0 Ok"):
            path, _, self.options = line.partition(":")[2].partition(" ")
            self.sender = path.strip("<>")

    async def rcpt(self, line: str) -> None:
        address = line.partition("<")[2].rpartition(">")[0]
        found = fault_of(address)
        if self.sender is None:
            await self.write("503 5.5.1 MAIL first")
        elif found is not None and found.fault is Fault.PERMANENT:
            await self.write("550 5.1.1 No such user")
        elif found is not None and found.fault is Fault.TEMPORARY and self.is_put_off(address):
            await self.write("451 4.3.0 Try again later")
        elif await self.answer("RCPT", "250 2.1.5 Ok"):
            self.recipient = address

    def is_put_off(self, address: str) -> bool:
        found = fault_of(address)
        self.server.counts[address] += 1
        times = None if found is None else found.times
        return times is None or self.server.counts[address] <= times

    async def data(self) -> None:
        if self.recipient is None and "DATA" not in self.server.script:
            await self.write("503 5.5.1 RCPT first")
            return
        if not await self.answer("DATA", "354 End data with <CR><LF>.<CR><LF>"):
            return
        if not self.server.reads_bodies:
            await asyncio.get_running_loop().create_future()
        while b"\r\n.\r\n" not in b"\r\n" + self.buffer:
            await self.more()
        content, _, self.buffer = (b"\r\n" + self.buffer).partition(b"\r\n.\r\n")
        content = (content + b"\r\n").replace(b"\r\n..", b"\r\n.")[2:]
        if self.buffer and not self.server.pipelining:
            self.server.violations.append("sent ahead of the answer to the body")
        await self.body(content)

    async def body(self, content: bytes) -> None:
        sender, recipient = self.sender or "", self.recipient or ""
        self.sender = self.recipient = None
        taken = Taken(sender, recipient, content, self.options)
        action = self.server.action("BODY")
        found = fault_of(recipient)
        if action is None and found is not None and found.fault in (Fault.DOUBT, Fault.LOST):
            action = HangUp(kept=found.fault is Fault.DOUBT)
        if not recipient:
            action = action or Say("554 5.5.1 No valid recipients")
        if (
            action is None
            or (isinstance(action, HangUp) and action.kept)
            or (isinstance(action, Say) and action.text.startswith("2"))
        ):
            self.server.mails.append(taken)
        await self.act(action, f"250 2.0.0 Ok: queued as {len(self.server.mails)}")

    async def answer(self, place: str, good: str) -> bool:
        """Answer as the script says, else *good*; say whether the answer was a good one."""
        return await self.act(self.server.action(place), good)

    async def act(self, action: Action, good: str) -> bool:
        match action:
            case None:
                await self.write(good)
                return True
            case Say(text):
                await self.write(text)
                if text.startswith("421"):
                    raise _Bye
                return text[:1] in ("2", "3")
            case HangUp():
                raise _Bye
            case BeSilent():
                while True:
                    await self.more()

    async def write(self, text: str) -> None:
        octets = text.encode() + b"\r\n"
        if not self.server.byte_by_byte:
            self.writer.write(octets)
            await self.writer.drain()
            return
        for octet in octets:
            self.writer.write(bytes([octet]))
            await self.writer.drain()
            await asyncio.sleep(0)
