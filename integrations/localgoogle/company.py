"""Signs a company up with Google on this machine: its people, and a service account that may act.

What an administrator does once by hand (docs/connecting.md), for demonstrations and tests.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from integrations.localgoogle.server import LocalGoogle

ROBOT = "tsunagu@project.iam.gserviceaccount.example"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """What a service account signs with, and what its signature is checked with; both in PEM."""

    private: str = field(repr=False)
    public: bytes


def new_pair() -> KeyPair:
    """Make a pair; takes a tenth of a second."""
    from cryptography.hazmat.primitives import serialization as forms  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - as above

    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = forms.NoEncryption()
    private = made.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, plain)
    public = made.public_key().public_bytes(
        forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo
    )
    return KeyPair(private.decode(), public)


def sign_up(
    google: LocalGoogle, people: Iterable[str], scopes: Iterable[str], pair: KeyPair
) -> None:
    """Give people accounts, and let the service account act for them with these rights."""
    google.employ(*people)
    google.sign_ins.service_accounts[ROBOT] = pair.public
    google.sign_ins.delegated.update(scopes)


def key_file(google: LocalGoogle, pair: KeyPair) -> Mapping[str, str]:
    """Give what the key file of the service account holds; the server has a port by then."""
    return {
        "type": "service_account",
        "client_email": ROBOT,
        "private_key_id": "1",
        "private_key": pair.private,
        "token_uri": google.token_uri,
    }
