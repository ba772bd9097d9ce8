r"""An IMAP server that a test scripts: what it says, when it is silent, when it hangs up.

Without a script it is a small good server with one mailbox in memory. A script holds, by the word
of a command (`GREETING`, `LOGIN`, `LIST`, `EXAMINE`, `SEARCH`, `SIZES`, `BODY`, `IDLE`, …), what to
do instead, for ever or once for each time it comes to this, over all connections. In what it says
`{tag}` stands for the command's tag.
"""

import base64
import re
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Say:
    r"""Send these octets; `then_ok` adds the tagged OK."""

    text: str
    then_ok: bool = False


@dataclass(frozen=True, slots=True)
class HangUp:
    """Close the connection instead of answering."""


@dataclass(frozen=True, slots=True)
class BeSilent:
    """Answer nothing, and keep the connection open."""


@dataclass(frozen=True, slots=True)
class Flood:
    """Send this again and again until the client has enough."""

    octets: bytes


Action: TypeAlias = Say | HangUp | BeSilent | Flood | None  # None: what a good server does
Script: TypeAlias = Mapping[str, Action | Sequence[Action]]

_COMMAND = re.compile(r"(\S+) (?:UID )?(\S+)(?: (.*))?", re.DOTALL)
_CLOSED = (ConnectionError, ssl.SSLError, TimeoutError, ValueError)


@dataclass
class FaultyImap:
    """What a test may set, and what it may look at afterwards."""

    script: Script = field(default_factory=dict)
    mails: dict[int, bytes] = field(default_factory=dict)
    denied: frozenset[int] = frozenset()  # mails whose bodies it refuses
    broken: frozenset[int] = frozenset()  # mails over whose bodies it breaks down
    left_out: frozenset[int] = frozenset()  # mails it leaves out of any longer answer
    offers: str = "IMAP4rev1 IDLE AUTH=PLAIN AUTH=XOAUTH2"
    threads: Mapping[int, int] = field(default_factory=dict)  # of X-GM-EXT-1, where it is offered
    token: str = ""
    takes: Callable[[str], str] | None = None  # whose a token is now; empty: nobody's
    uidvalidity: int = 7
    uid_behind: bool = False  # says a mail's uid behind its body
    port: int = 0
    commands: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    talks: list[tuple[Thread, socket.socket]] = field(default_factory=list)
    arrived: Event = field(default_factory=Event)

    def action(self, place: str) -> Action:
        """Give what the script says for this time."""
        planned = self.script.get(place)
        time = self.counts[place]
        self.counts[place] += 1
        if isinstance(planned, Sequence):
            return planned[time] if time < len(planned) else None
        return planned

    def said(self, word: str) -> list[str]:
        """Give the commands with a word in them."""
        return [command for command in self.commands if word in command]

    @property
    def uidnext(self) -> int:
        """Give the number of the next mail."""
        return max(self.mails, default=0) + 1


@contextmanager
def faulty_imap(server: FaultyImap) -> Iterator[FaultyImap]:
    """Run *server* until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        server.port = door.getsockname()[1]
        over = Event()

        def serve() -> None:
            while True:
                client, _ = door.accept()
                if over.is_set():
                    client.close()
                    return
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                talk = Thread(target=_Talk(server, client).hold)
                server.talks.append((talk, client))
                talk.start()

        serving = Thread(target=serve)
        serving.start()
        try:
            yield server
        finally:
            over.set()
            socket.create_connection(("127.0.0.1", server.port)).close()
            serving.join()
            for talk, client in server.talks:
                with suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
                talk.join()
                client.close()


class _Bye(Exception):  # noqa: N818 - the end of a conversation is no error
    """The conversation is over."""


class _Talk:
    def __init__(self, server: FaultyImap, client: socket.socket) -> None:
        self.server = server
        self.client = client
        self.reader = client.makefile("rb")
        self.tag = "*"

    def hold(self) -> None:
        """Talk until one side has enough."""
        try:
            self.answer("GREETING", "* OK faulty\r\n", then_ok=False)
            while line := self.reader.readline():
                self.obey(line.decode("utf-8", "replace").rstrip("\r\n"))
        except (*_CLOSED, _Bye):
            pass
        finally:
            self.reader.close()
            with suppress(OSError):
                self.client.shutdown(socket.SHUT_RDWR)

    def obey(self, line: str) -> None:
        self.server.commands.append(line)
        found = _COMMAND.fullmatch(line)
        if found is None:
            self.write("* BAD What?\r\n")
            return
        self.tag, word, rest = found[1], found[2].upper(), found[3] or ""
        server = self.server
        match word:
            case "CAPABILITY":
                self.answer(word, f"* CAPABILITY {server.offers}\r\n")
            case "AUTHENTICATE":
                self.authenticate(rest)
            case "LIST":
                self.answer(word, '* LIST (\\HasNoChildren) "/" INBOX\r\n')
            case "EXAMINE":
                self.answer(
                    word,
                    f"* {len(server.mails)} EXISTS\r\n* OK [UIDVALIDITY {server.uidvalidity}] .\r\n"
                    f"* OK [UIDNEXT {server.uidnext}] .\r\n* OK [READ-ONLY] .\r\n",
                )
            case "SEARCH":
                self.search(rest)
            case "FETCH":
                self.fetch(rest)
            case "IDLE":
                self.idle()
            case "LOGOUT":
                raise _Bye
            case _:
                self.answer(word, "")

    def authenticate(self, rest: str) -> None:
        action = self.server.action("AUTHENTICATE")
        if action is not None:
            self.act(action)
            return
        self.write("+ \r\n")
        proof = base64.b64decode(self.reader.readline())
        self.server.commands.append(f"{rest} {proof.decode()!r}")
        user, _, token = proof.decode().removesuffix("\x01\x01").partition("\x01auth=Bearer ")
        known = not self.server.token or token == self.server.token
        if self.server.takes is not None:
            known = f"user={self.server.takes(token)}" == user
        if not known:
            self.write("+ eyJzdGF0dXMiOiI0MDAifQ==\r\n")
            self.reader.readline()
            self.write(f"{self.tag} NO [AUTHENTICATIONFAILED] Invalid credentials\r\n")
        else:
            self.write(f"{self.tag} OK signed in\r\n")

    def search(self, rest: str) -> None:
        asked = rest.split(" ")[1]
        newest = self.server.uidnext - 1
        found: set[int] = set()
        for part in asked.split(","):
            first, _, last = part.partition(":")
            low = newest if first == "*" else int(first)
            high = newest if last == "*" else int(last or low)
            found |= {uid for uid in self.server.mails if min(low, high) <= uid <= max(low, high)}
        self.answer("SEARCH", f"* SEARCH {' '.join(map(str, sorted(found)))}\r\n")

    def fetch(self, rest: str) -> None:
        asked, _, items = rest.partition(" ")
        uids = [
            uid
            for part in asked.split(",")
            for uid in range(int(part.split(":")[0]), int(part.split(":")[-1]) + 1)
            if uid in self.server.mails
        ]
        if "RFC822.SIZE" in items:
            if "X-GM-THRID" in items and "X-GM-EXT-1" not in self.server.offers:
                self.write(f"{self.tag} BAD Unknown item\r\n")
                return
            threads = self.server.threads if "X-GM-THRID" in items else {}
            sizes = (
                f"* {uid} FETCH ({f'X-GM-THRID {threads[uid]} ' if uid in threads else ''}UID {uid}"
                f" RFC822.SIZE {len(self.server.mails[uid])}"
                f' INTERNALDATE "10-Apr-2026 18:30:15 +0900")\r\n'
                for uid in uids
            )
            self.answer("SIZES", "".join(sizes))
            return
        action = self.server.action("BODY")
        whole = "BODY.PEEK[]" in items
        if action is not None:
            self.act(action)
        elif self.server.denied & set(uids) and whole:
            self.write(f"{self.tag} NO [SERVERBUG] Something is broken in there\r\n")
        else:
            self.give(uids, items)

    def give(self, uids: list[int], items: str) -> None:
        partial = re.search(r"<0\.(\d+)>", items)
        for uid in uids:
            if uid in self.server.broken and "HEADER" not in items:
                raise _Bye
            if uid in self.server.left_out and len(uids) > 1:
                continue
            raw = self.server.mails[uid]
            name = "BODY[]"
            if "HEADER" in items:
                raw, name = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", "BODY[HEADER]"
            if partial is not None:
                raw, name = raw[: int(partial[1])], "BODY[]<0>"
            before, behind = ("", f" UID {uid}") if self.server.uid_behind else (f"UID {uid} ", "")
            self.write(f"* {uid} FETCH ({before}{name} {{{len(raw)}}}\r\n")
            self.client.sendall(raw)
            self.write(f"{behind})\r\n")
        self.write(f"{self.tag} OK done\r\n")

    def idle(self) -> None:
        action = self.server.action("IDLE")
        if isinstance(action, Say) and action.text.startswith("{tag}"):
            self.act(action)
            return
        self.write("+ idling\r\n")
        tag = self.tag
        if action is not None:
            self.act(action)
        if self.reader.readline().upper() == b"DONE\r\n":
            self.write(f"{tag} OK done\r\n")

    def answer(self, place: str, good: str, *, then_ok: bool = True) -> None:
        """Answer as the script says, else *good*."""
        action = self.server.action(place)
        self.act(Say(good, then_ok=then_ok) if action is None else action)

    def act(self, action: Action) -> None:
        match action:
            case Say(text, then_ok):
                self.write(text.replace("{tag}", self.tag))
                if then_ok:
                    self.write(f"{self.tag} OK done\r\n")
            case HangUp():
                raise _Bye
            case BeSilent():
                while self.reader.readline():
                    pass
                raise _Bye
            case Flood(octets):
                while True:
                    self.client.sendall(octets)
            case None:
                pass

    def write(self, text: str) -> None:
        self.client.sendall(text.encode("utf-8", "surrogateescape"))
