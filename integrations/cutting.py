"""Cut a connection, whatever state it is in."""

import asyncio
from contextlib import suppress


def cut(transport: asyncio.WriteTransport) -> None:
    """Close at once, without a goodbye; one that is closed already stays so.

    Python 3.11 up to 3.11.2, which Debian 12 has, stumbles over a TLS transport that was closed
    before: `SSLTransport.abort` looks for a protocol that is gone.
    """
    with suppress(AttributeError):
        transport.abort()
