"""An SMTP server that writes down every mail it said 250 to, and can fail on purpose.

Run as a program, so that it can be killed like any other server:

    python -m tests.servers.recorder PORT LOG [--cut 1/7] [--slow SECONDS] [--no-pipelining]

A line of LOG per mail, written before its 250 leaves: the instant, the recipient, the Message-ID,
the SHA-256 of the bytes. With `--cut 1/7` it hangs up, instead of answering, on about one mail in
seven after the final dot: half of these it has written down, half it has thrown away, and the
client cannot tell which. With `--slow 0.05` it thinks for so long after every final dot.
"""

import argparse
import asyncio
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from tests.servers.process import free_port, running

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MESSAGE_ID = re.compile(rb"^Message-ID:[ \t\r\n]*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
TAKEN = b"250 2.0.0 Ok: queued\r\n"
ANSWERS = {
    b"NOOP": b"250 2.0.0 Ok\r\n",
    b"RSET": b"250 2.0.0 Ok\r\n",
    b"MAIL": b"250 2.1.0 Ok\r\n",
    b"HELO": b"250 recorder.test\r\n",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail that the server has."""

    at: datetime
    recipient: str
    message_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Recorder:
    """A running recorder, and what it has written down so far."""

    port: int
    log: Path

    @property
    def count(self) -> int:
        """How many mails it has: cheaper than to read them."""
        return self.log.read_bytes().count(b"\n") if self.log.exists() else 0

    @property
    def mails(self) -> list[Mail]:
        """Every mail it has, in the order of their arrival; a line cut short is none."""
        if not self.log.exists():
            return []
        *whole, _ = self.log.read_text(encoding="ascii").split("\n")
        return [_mail(line) for line in whole]


def _mail(line: str) -> Mail:
    at, recipient, message_id, digest = line.split(" ")
    return Mail(EPOCH + timedelta(microseconds=int(at)), recipient, message_id, digest)


@contextmanager
def recorder(folder: Path, *options: str, port: int | None = None) -> Iterator[Recorder]:
    """Run a recorder until the block ends; started again on its port, it goes on with its log."""
    chosen = port or free_port()
    log = folder / "received.log"
    command = [sys.executable, "-m", "tests.servers.recorder", str(chosen), str(log), *options]
    with running(command, port=chosen, folder=folder):
        yield Recorder(chosen, log)


class Session(asyncio.Protocol):
    """One connection: commands answered in order, as many as arrived together."""

    def __init__(self, log: BinaryIO, *, cut_one_in: int, slow: float, pipelining: bool) -> None:
        self.log = log
        self.cut_one_in = cut_one_in
        self.slow = slow
        self.pipelining = pipelining
        self.thinks = False
        self.buffer = bytearray()
        self.recipient = b""
        self.in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(transport)
        self.transport = transport
        transport.write(b"220 recorder.test ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Work on everything that is complete, and answer it in one piece."""
        self.buffer += data
        self.go_on()

    def go_on(self) -> None:
        """Answer as far as what has arrived goes."""
        answers: list[bytes] = []
        while (answer := self.next_answer()) is not None:
            answers.append(answer)
        if answers and not self.transport.is_closing():
            self.transport.write(b"".join(answers))

    def next_answer(self) -> bytes | None:
        """Answer the next command or mail in the buffer; None if neither is whole yet."""
        if self.transport.is_closing() or self.thinks:
            return None
        if self.in_data:
            end = self.buffer.find(b"\r\n.\r\n")
            if end < 0:
                return None
            content = bytes(self.buffer[: end + 2]).replace(b"\r\n..", b"\r\n.")
            del self.buffer[: end + 5]
            self.in_data = False
            return self.take(content)
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return None
        line = bytes(self.buffer[:end])
        del self.buffer[: end + 2]
        return self.obey(line)

    def obey(self, line: bytes) -> bytes:
        """Answer one command."""
        word = line[:4].upper()
        if word == b"EHLO":
            more = b"250-PIPELINING\r\n" if self.pipelining else b""
            return b"250-recorder.test\r\n" + more + b"250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"
        if word == b"RCPT":
            self.recipient = line.partition(b"<")[2].partition(b">")[0]
            return b"250 2.1.5 Ok\r\n"
        if word == b"DATA":
            self.in_data = True
            return b"354 End data with <CR><LF>.<CR><LF>\r\n"
        if word == b"QUIT":
            self.transport.write(b"221 2.0.0 Bye\r\n")
            self.transport.close()
            return b""
        return ANSWERS.get(word, b"502 5.5.2 Not known here\r\n")

    def take(self, content: bytes) -> bytes:
        """Write the mail down and say so; or do one of both and hang up."""
        found = MESSAGE_ID.search(content)
        name = found[1] if found else b"<none>"
        chance = int.from_bytes(sha256(name + self.recipient).digest()[:4], "big")
        unlucky = self.cut_one_in and chance % self.cut_one_in == 0 and not self.is_known(name)
        if not unlucky or chance // self.cut_one_in % 2:
            at = (datetime.now(UTC) - EPOCH) // timedelta(microseconds=1)  # noqa: TID251 - a server has its own clock
            digest = sha256(content).hexdigest().encode()
            self.log.write(b"%d %b %b %b\n" % (at, self.recipient, name, digest))
        if unlucky:
            self.transport.abort()
            return b""
        if self.slow:
            self.thinks = True
            asyncio.get_running_loop().call_later(self.slow, self.say_at_last)
            return b""
        return TAKEN

    def say_at_last(self) -> None:
        """Answer for a mail that was thought about."""
        self.thinks = False
        if not self.transport.is_closing():
            self.transport.write(TAKEN)
            self.go_on()

    def is_known(self, name: bytes) -> bool:
        """Whether this mail was cut off before: a second try is let through."""
        cut = CUT_OFF
        if name in cut:
            return True
        cut.add(name)
        return False


CUT_OFF: set[bytes] = set()


async def serve(port: int, log: Path, *, cut_one_in: int, slow: float, pipelining: bool) -> None:
    """Serve until the process is ended."""
    with log.open("ab", buffering=0) as lines:
        server = await asyncio.get_running_loop().create_server(
            lambda: Session(lines, cut_one_in=cut_one_in, slow=slow, pipelining=pipelining),
            "127.0.0.1",
            port,
            backlog=128,
        )
        await server.serve_forever()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("log", type=Path)
    parser.add_argument("--cut", default="0/0")
    parser.add_argument("--slow", type=float, default=0.0)
    parser.add_argument("--no-pipelining", action="store_true")
    typed = parser.parse_args()
    serving = serve(
        typed.port,
        typed.log,
        cut_one_in=int(typed.cut.partition("/")[2]),
        slow=typed.slow,
        pipelining=not typed.no_pipelining,
    )
    with suppress(KeyboardInterrupt):
        asyncio.run(serving)


if __name__ == "__main__":
    main()
