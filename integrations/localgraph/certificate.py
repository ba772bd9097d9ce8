"""A certificate for the stand-in, made on this machine and gone with its folder.

msal signs in over HTTPS alone, so that a server on this very machine needs a certificate, too. It
vouches for nothing but `localhost`, and only who is given its file believes it (`microsoft.ca`).
"""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

_LASTS = timedelta(days=2)
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class LocalCertificate:
    """What the server encrypts with, and the file by which it is believed."""

    tls: ssl.SSLContext
    ca_file: Path


def local_certificate(folder: Path, now: datetime) -> LocalCertificate:
    """Make a certificate in *folder*, valid around *now*, which is the machine's time."""
    from cryptography import x509  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives import serialization as forms  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - as above

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tsunagu on this machine")])
    here = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    its_own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    # It is its own authority, and says so: OpenSSL 3 in its strict mode believes no other.
    rights = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
        **rights,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LASTS)
        .not_valid_after(now + _LASTS)
        .add_extension(x509.SubjectAlternativeName(here), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(its_own, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(its_own), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    ca_file, key_file = folder / "localhost.pem", folder / "localhost.key"
    ca_file.write_bytes(certificate.public_bytes(forms.Encoding.PEM))
    key_file.touch(mode=_OWNER_ONLY)
    key_file.write_bytes(
        key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(ca_file, key_file)
    return LocalCertificate(tls, ca_file)
