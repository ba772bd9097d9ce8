"""A DNS server of the tests' own: the texts it is told of, and silence or refusal on demand."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import BaseRequestHandler, UDPServer
from threading import Thread

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class Names:
    """What it knows: texts by name. A name above one that is known is there, and has no text."""

    texts: Mapping[str, Sequence[str]]
    is_silent: bool = False
    refuses: bool = False
    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Give where it is asked."""
        return f"127.0.0.1:{self.port}"

    def answer(self, packet: bytes) -> bytes:
        """Answer one question; nothing where it is silent."""
        question = dns.message.from_wire(packet)
        reply = dns.message.make_response(question)
        (asked,) = question.question
        name = asked.name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        if self.is_silent:
            return b""
        if self.refuses:
            reply.set_rcode(dns.rcode.REFUSED)
        elif name in self.texts:
            if self.texts[name]:
                said = [_quoted(text) for text in self.texts[name]]
                reply.answer.append(dns.rrset.from_text(asked.name, 300, "IN", "TXT", *said))
        elif not any(known.endswith(f".{name}") for known in self.texts):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        reply.flags |= dns.flags.AA
        return reply.to_wire()


def _quoted(text: str) -> str:
    """Cut a text into the strings of at most 255 octets that a record is made of."""
    return " ".join(f'"{text[first : first + 255]}"' for first in range(0, len(text), 255))


@contextmanager
def names(texts: Mapping[str, Sequence[str]]) -> Iterator[Names]:
    """Answer until the block ends."""
    known = Names(texts)

    class Handler(BaseRequestHandler):
        """One question."""

        def handle(self) -> None:
            """Answer it."""
            packet, sock = self.request
            answer = known.answer(packet)
            if answer:
                sock.sendto(answer, self.client_address)

    with UDPServer(("127.0.0.1", 0), Handler) as server:
        known.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield known
        finally:
            server.shutdown()
            thread.join()
