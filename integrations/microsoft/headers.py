"""The header of a mail out of what Graph tells of it, where it cannot give the mail. Pure."""

from collections.abc import Mapping

_NOT_FOLDED = str.maketrans({"\r": " ", "\n": " "})


def header_of(message: Mapping[str, object]) -> bytes:
    r"""Write the header of a message as octets, with nothing behind it.

    >>> header_of({"internetMessageHeaders": [{"name": "Subject", "value": "a\r\n b"}]})
    b'Subject: a   b\r\n\r\n'
    """
    listed = message.get("internetMessageHeaders")
    pairs = [
        (str(one.get("name", "")), str(one.get("value", "")))
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
    ]
    if not pairs:
        pairs = [
            ("Message-ID", str(message.get("internetMessageId") or "")),
            ("Subject", str(message.get("subject") or "")),
            ("From", _sender(message.get("from"))),
        ]
    lines = [f"{name}: {value.translate(_NOT_FOLDED)}" for name, value in pairs if name and value]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _sender(said: object) -> str:
    mail = said.get("emailAddress") if isinstance(said, dict) else None
    address = mail.get("address") if isinstance(mail, dict) else None
    return f"<{address}>" if address else ""
