"""An authority of a test's own, and certificates by it for a server on this machine."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import program


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files of a server, and the file a client must trust to believe them."""

    ca_file: Path
    certificate: Path
    private_key: Path

    def server_context(self) -> ssl.SSLContext:
        """Give the context a server encrypts with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.private_key)
        return context


def make_certificates(folder: Path, *, names: str = "DNS:localhost,IP:127.0.0.1") -> Certificates:
    """Make an authority and a server's certificate in *folder*."""
    ca_key, ca_file = folder / "ca.key", folder / "ca.pem"
    key, request, certificate = folder / "server.key", folder / "server.csr", folder / "server.pem"
    extra = folder / "names"
    extra.write_text(f"subjectAltName={names}\n", encoding="ascii")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    signed = ("-CA", ca_file, "-CAkey", ca_key, "-CAcreateserial", "-extfile", extra, "-days", "2")
    _openssl(
        "req", "-x509", *new, "-keyout", ca_key, "-out", ca_file, "-subj", "/CN=test authority"
    )
    _openssl("req", *new, "-keyout", key, "-out", request, "-subj", "/CN=test server")
    _openssl("x509", "-req", "-in", request, "-out", certificate, *signed)
    return Certificates(ca_file, certificate, key)


def _openssl(*words: str | Path) -> None:
    subprocess.run([program("openssl"), *words], check=True, capture_output=True)  # noqa: S603 - a command of the tests
