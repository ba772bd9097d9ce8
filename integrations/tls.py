"""How connections are encrypted, and whose certificates are believed. Pure but for reading them."""

import ssl
from enum import Enum


class Tls(Enum):
    """How a connection is encrypted. The settings hold these words."""

    IMPLICIT = "implicit"  # from the first byte
    STARTTLS = "starttls"  # where it is not offered, nothing is said
    NONE = "none"  # for a server on this very machine


def trust(ca_file: str = "") -> ssl.SSLContext:
    """Give what a client checks a server's certificate and name with; *ca_file* is trusted, too.

    Takes a while to read the system's certificates: make one and keep it. A *ca_file* that cannot
    be read is an OSError.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
