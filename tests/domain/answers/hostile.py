"""Mails made to be slow or to break a reader; each is built only when it is used."""

from collections.abc import Callable

HEAD = b"From: aoi@example.jp\r\nTo: saiyo@example.co.jp\r\nSubject: Re: x\r\n"
TEXT = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
HTML = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
NOTICE = b"From: mailer-daemon@example.jp\r\nSubject: Undelivered mail\r\n\r\n"
AWAY = HEAD + b"Auto-Submitted: auto-replied\r\n\r\naway "
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def _nested() -> bytes:
    return HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(1000)
    )


def _thirty_megabytes() -> bytes:
    line = b"QUJD" * 19 + b"\r\n"
    head = b"--b\r\n\r\nhi\r\n--b\r\nContent-Type: application/pdf\r\n"
    return MIXED + head + b"Content-Transfer-Encoding: base64\r\n\r\n" + line * 400_000


HOSTILE: dict[str, Callable[[], bytes]] = {
    "on on on": lambda: TEXT + b"On " * 70_000,
    "spaces": lambda: TEXT + b"On " + b" " * 200_000,
    "angles": lambda: TEXT + b">" * 5_000 + b"\n" + b">\n" * 100_000,
    "line ends": lambda: TEXT + b"\n" * 2_000_000,
    "lines that open": lambda: TEXT + b"On \n" * 50_000,
    "long attributions": lambda: TEXT + (b"On 1, " + b"a " * 180 + b"\n") * 600,
    "wrote": lambda: TEXT + b"wrote: " * 40_000,
    "at signs": lambda: TEXT + b"@" * 250_000,
    "labels": lambda: TEXT + b"From:\n\n\n" * 30_000,
    "rules": lambda: TEXT + b"-" * 2_000 + b"\n" + b"-----\n" * 9_000,
    "brackets": lambda: TEXT + b"(" * 200_000,
    "phones": lambda: TEXT + (b"sent from my " + b"x" * 120 + b"\n") * 2_000,
    "japanese": lambda: TEXT + "内定の教えてメール連絡".encode() * 8_000,
    "years": lambda: TEXT + "2026年11月20日".encode() * 10_000,
    "wishes": lambda: TEXT + b"i like to are " * 15_000,
    "nested": _nested,
    "mails in mails": lambda: HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 3_000,
    "parts": lambda: MIXED + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 20_000,
    "thirty megabytes": _thirty_megabytes,
    "headers": lambda: HEAD + b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + b"\r\nhi",
    "names of python": lambda: HEAD + b"__proto__: x\r\n__class__: y\r\n\r\nhi",
    "references": lambda: HEAD + b"References: " + b"<a@b>\r\n " * 50_000 + b"\r\n\r\nhi",
    "one reference": lambda: HEAD + b"References: " + b"a" * 500_000 + b"\r\n\r\nhi",
    "addresses": lambda: b"To: " + b"a@b.c, " * 100_000 + b"\r\n" + TEXT,
    "comments": lambda: b"From: " + b"(" * 100_000 + b"\r\n" + TEXT,
    "encoded words": lambda: b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\r\n\r\nhi",
    "open words": lambda: b"Subject: " + b"=?utf-8?b?" * 50_000 + b"\r\n\r\nhi",
    "parameters": lambda: HEAD + b"Content-Type: text/plain" + b"; a*0=b" * 20_000 + b"\r\n\r\nhi",
    "boundaries": lambda: (
        HEAD + b"Content-Type: multipart/mixed" + b"; boundary*1*=utf-8''x" * 5_000 + b"\r\n\r\nhi"
    ),
    "a long charset": lambda: (
        HEAD + b"Content-Type: text/plain; charset=" + b"a" * 99_999 + b"\r\n\r\nx"
    ),
    "punycode": lambda: (
        HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"zzzz9" * 50_000
    ),
    "html angles": lambda: HTML + b"<" * 250_000,
    "html tags": lambda: HTML + b"<a " * 80_000,
    "html quotes": lambda: HTML + b'<a b="' * 40_000,
    "html ends": lambda: HTML + b"</" * 100_000,
    "html comments": lambda: HTML + b"<!--" * 60_000,
    "html letters": lambda: HTML + b"&#x" * 80_000,
    "html depth": lambda: HTML + b"<div>" * 50_000 + b"</div>" * 50_000,
    "html quoted": lambda: HTML + b"<blockquote>" * 20_000,
    "html attributes": lambda: HTML + b"<div " + b"class " * 40_000 + b">",
    "notice of at signs": lambda: NOTICE + b"a@b " * 60_000,
    "notice of codes": lambda: NOTICE + b"550 5.1." * 30_000,
    "notice of words": lambda: NOTICE + b"user mailbox account quota recipient " * 7_000,
    "notice of lines": lambda: NOTICE + b"To: a@b\n" * 30_000,
    "report": lambda: (
        b"From: mailer-daemon@x\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\n"
        + b"Final-Recipient: rfc822;a@b.c\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        * 6_000
    ),
    "calendar": lambda: (
        HEAD
        + b"Content-Type: text/calendar; method=REPLY\r\n\r\nMETHOD:REPLY\r\n"
        + b'ATTENDEE;X="a"' * 15_000
    ),
    "folded calendar": lambda: (
        HEAD + b"Content-Type: text/calendar; method=REPLY\r\n\r\n" + b"A\r\n " * 60_000
    ),
    "escapes": lambda: (
        HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + b"\x1b$B" * 80_000
    ),
    "flowed": lambda: (
        HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"a \r\n" * 60_000
    ),
    "dates": lambda: AWAY + b"until 1/1 from 2/2 back on " * 9_000,
    "digits": lambda: AWAY + b"1" * 200_000,
    "may": lambda: AWAY + b"may " * 50_000,
    "nul": lambda: b"\x00" * 300_000,
    "nothing": lambda: b"",
    "colons": lambda: b":" * 100_000,
    "mbox": lambda: b"From " * 50_000,
    "utf-16": lambda: b"\xff\xfe" + b"a\x00" * 100_000,
    "quoted-printable": lambda: (
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * 250_000
    ),
    "uuencode": lambda: (
        HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\n" + b"M" * 200_000
    ),
}
