"""A stretch of network that fails: it passes octets on, and cuts or freezes as a test says."""

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

_CHUNK = 65536


@dataclass
class Network:
    """Connections to `port` go to `target`, each cut after as many octets as `cuts` says next.

    Octets from the server are counted. When `cuts` has no more to say, nothing is cut. While it
    `is_frozen` nothing is passed on, and nobody is told.
    """

    target: int
    cuts: Iterator[int]
    port: int = 0
    connections: int = 0
    cut: int = 0
    is_frozen: bool = False
    threads: list[Thread] = field(default_factory=list)
    ends: list[socket.socket] = field(default_factory=list)

    def carry(self, client: socket.socket) -> None:
        """Join a client with the server."""
        self.connections += 1
        server = socket.create_connection(("127.0.0.1", self.target))
        self.ends += [client, server]
        left = next(self.cuts, None)
        for source, drain, limit in ((client, server, None), (server, client, left)):
            pump = Thread(target=self._pump, args=(source, drain, limit))
            self.threads.append(pump)
            pump.start()

    def hang_up(self) -> None:
        """Cut all connections there are."""
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _pump(self, source: socket.socket, drain: socket.socket, left: int | None) -> None:
        with suppress(OSError):
            while octets := source.recv(_CHUNK):
                if self.is_frozen:
                    continue
                if left is not None:
                    octets = octets[:left]
                    left -= len(octets)
                drain.sendall(octets)
                if left == 0:
                    self.cut += 1
                    break
        for end in (source, drain):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def failing_network(target: int, cuts: Iterable[int] = ()) -> Iterator[Network]:
    """Carry connections to the port *target* until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        network = Network(target, iter(cuts), port=door.getsockname()[1])
        over = Event()

        def serve() -> None:
            while True:
                client, _ = door.accept()
                if over.is_set():
                    client.close()
                    return
                with suppress(OSError):
                    network.carry(client)

        serving = Thread(target=serve)
        serving.start()
        try:
            yield network
        finally:
            over.set()
            socket.create_connection(("127.0.0.1", network.port)).close()
            serving.join()
            network.hang_up()
            for pump in network.threads:
                pump.join()
            for end in network.ends:
                end.close()
