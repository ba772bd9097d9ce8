"""The door of the servers' room: an address that other machines reach, led to this machine's own.

    python -m tests.chaos.relay ADDRESS PORT[:INNER] …

Every port of ADDRESS leads to the same port, or to another, of 127.0.0.1, where the servers of
tests listen. A server that is down hangs up here, too.
"""

import asyncio
import sys
from contextlib import suppress
from functools import partial

CHUNK = 65536


async def pump(source: asyncio.StreamReader, drain: asyncio.StreamWriter) -> None:
    """Pass octets on until one side is gone; then both are."""
    with suppress(OSError):
        while octets := await source.read(CHUNK):
            drain.write(octets)
            await drain.drain()
    with suppress(OSError):
        drain.close()


async def carry(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Join a client with the server behind *port*."""
    try:
        inner, outer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        writer.transport.abort()
        return
    await asyncio.gather(pump(reader, outer), pump(inner, writer))


async def serve(address: str, ports: list[str]) -> None:
    """Listen on every port until the process is ended."""
    for words in ports:
        outer, _, inner = words.partition(":")
        await asyncio.start_server(
            partial(carry, int(inner or outer)), address, int(outer), backlog=256
        )
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2:]))
