"""Mails written for the tests: bytes as servers hand them over."""

from base64 import b64encode

DATE = "Mon, 10 Aug 2026 09:00:00 +0900"


def mail(
    text: str,
    *,
    subject: str = "Re: 内定おめでとうございます",
    sender: str = "青井葵 <aoi@example.jp>",
    content: str = "text/plain; charset=utf-8",
    encoding: str = "utf-8",
    **headers: str,
) -> bytes:
    """Write a mail of one part; a header is given as `in_reply_to="<id@x>"`."""
    lines = [
        f"From: {sender}",
        "To: saiyo@example.co.jp",
        f"Subject: {word(subject)}",
        f"Date: {DATE}",
        "Message-ID: <answer@example.jp>",
        "MIME-Version: 1.0",
        f"Content-Type: {content}",
        "Content-Transfer-Encoding: 8bit",
    ]
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    lines += [f"{name}: {value}" for name, value in given.items()]
    head = "\r\n".join(lines).encode()
    return head + b"\r\n\r\n" + text.replace("\n", "\r\n").encode(encoding)


def word(text: str, charset: str = "utf-8") -> str:
    """Write *text* as a mailer writes a subject."""
    if text.isascii():
        return text
    return f"=?{charset}?B?{b64encode(text.encode(charset)).decode()}?="


def multipart(
    *parts: tuple[str, str], kind: str = "mixed", subject: str = "Re: x", **headers: str
) -> bytes:
    """Write a mail of several parts: each is its Content-Type and its text."""
    body = "".join(f"--=b=\nContent-Type: {content}\n\n{text}\n" for content, text in parts)
    return mail(
        f"{body}--=b=--\n",
        subject=subject,
        content=f'multipart/{kind}; boundary="=b="',
        **headers,
    )


def report(
    text: str,
    *blocks: str,
    subject: str = "Undelivered Mail Returned to Sender",
    returned: str = "",
) -> bytes:
    """Write a delivery report: its text, a block for each recipient, the returned headers."""
    parts = [
        ("text/plain; charset=utf-8", text),
        ("message/delivery-status", "\n\n".join(("Reporting-MTA: dns; mx.example.jp", *blocks))),
    ]
    if returned:
        parts.append(("text/rfc822-headers", returned))
    return multipart(
        *parts,
        kind="report; report-type=delivery-status",
        subject=subject,
        sender="MAILER-DAEMON@mx.example.jp (Mail Delivery System)",
    )


def block(recipient: str, action: str, status: str, diagnostic: str = "") -> str:
    """Write what a report says of one recipient."""
    lines = [f"Final-Recipient: rfc822; {recipient}", f"Action: {action}", f"Status: {status}"]
    return "\n".join([*lines, f"Diagnostic-Code: smtp; {diagnostic}"] if diagnostic else lines)
