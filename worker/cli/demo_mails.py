"""Mails as people's programs really write them: what the cast of the demonstration sends.

Outlook in Japanese (ISO-2022-JP, the original below a rule), the phone's, Gmail's with its HTML,
one that answers below the quote; absence notes, and a server's notice of what did not arrive.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from hashlib import sha256
from html import escape

_WEEKDAYS = "月火水木金土日"
_JIS = "iso-2022-jp"


@dataclass(frozen=True, slots=True)
class Original:
    """The mail that is answered, as the reader's program shows it."""

    sender: str
    address: str
    to: str
    subject: str
    at: datetime  # by the reader's clock
    text: str
    message_id: str
    references: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody writes, to whom, and when."""

    sender: str  # a name
    address: str
    to: str
    text: str
    at: datetime  # by the writer's clock
    original: Original
    subject: str = ""  # empty: Re: and the original's

    @property
    def message_id(self) -> str:
        """Name this mail."""
        words = (self.address, self.at.isoformat(), self.original.message_id, self.text)
        made = sha256("/".join(words).encode()).hexdigest()[:24]
        return f"<{made}@{self.address.rpartition('@')[2]}>"


def gmail(note: Note) -> bytes:
    """Write as Gmail does: text and HTML, the quote behind an attribution."""
    line = f"{_day(note.original.at)} {note.original.sender} <{note.original.address}>:"
    quoted = "\n".join(f"> {each}".rstrip() for each in note.original.text.splitlines())
    text = f"{note.text}\n\n{line}\n\n{quoted}\n"
    html = (
        f'<div dir="ltr">{_lines(note.text)}</div><br><div class="gmail_quote">'
        f'<div dir="ltr" class="gmail_attr">{escape(line)}<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid '
        f'rgb(204,204,204);padding-left:1ex">{_lines(note.original.text)}</blockquote></div>'
    )
    mail = MIMEMultipart("alternative")
    mail.attach(MIMEText(text, "plain", "utf-8"))
    mail.attach(MIMEText(html, "html", "utf-8"))
    return _sent(mail, note)


def outlook(note: Note) -> bytes:
    """Write as Outlook does in a Japanese office: ISO-2022-JP, the original whole and below."""
    original = note.original
    text = (
        f"{note.text}\n\n-----Original Message-----\n"
        f"From: {original.sender} <{original.address}>\n"
        f"Sent: {original.at:%A, %B %d, %Y %I:%M %p}\nTo: {original.to}\n"
        f"Subject: {original.subject}\n\n{original.text}\n"
    )
    mail = MIMEText(_in_jis(text), "plain", _JIS)
    mail["X-Mailer"] = "Microsoft Outlook 16.0"
    mail["Content-Language"] = "ja"
    return _sent(mail, note, charset=_JIS)


def iphone(note: Note) -> bytes:
    """Write as a phone does: its own line, and an attribution of its own."""
    original = note.original
    line = f"{original.at:%Y/%m/%d %H:%M}、{original.sender} <{original.address}>のメール:"
    quoted = "\n".join(f"> {each}".rstrip() for each in [line, "", *original.text.splitlines()])
    mail = MIMEText(f"{note.text}\n\niPhoneから送信\n\n{quoted}\n", "plain", "utf-8")
    mail["X-Mailer"] = "iPhone Mail (21F90)"
    return _sent(mail, note)


def below(note: Note) -> bytes:
    """Write as Thunderbird does: the answer below what it answers."""
    original = note.original
    quoted = "\n".join(f"> {each}".rstrip() for each in original.text.splitlines())
    line = f"On {original.at:%Y/%m/%d %H:%M}, {original.sender} wrote:"
    mail = MIMEText(f"{line}\n{quoted}\n\n{note.text}\n", "plain", "utf-8")
    mail["User-Agent"] = "Mozilla Thunderbird"
    return _sent(mail, note)


CLIENTS: Mapping[str, Callable[[Note], bytes]] = {
    "gmail": gmail,
    "outlook": outlook,
    "iphone": iphone,
    "below": below,
}


def absence(note: Note, until: datetime, back: datetime) -> bytes:
    """Write what a mailbox answers by itself while its owner is away."""
    text = (
        "メールをいただきありがとうございます。\n"
        f"{_date(until)}まで不在にしております。{_date(back)}に戻ります。\n"
        "このメールは自動で送信されています。\n"
    )
    mail = MIMEText(text, "plain", "utf-8")
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    return _sent(mail, note)


def notice(mail: Message, recipient: str, to: str, at: datetime) -> tuple[str, bytes]:
    """Write what a server sends back of *mail*, as Postfix does; gives its id as well."""
    made = sha256(f"{mail['Message-ID']}/bounce".encode()).hexdigest()[:20]
    message_id = f"<{made}@mx.example.jp>"
    wanted = ("From", "To", "Subject", "Date", "Message-ID", "References")
    said = _NOTICE.format(
        to=to,
        date=format_datetime(at),
        message_id=message_id,
        recipient=recipient,
        boundary=f"{made}/mx.example.jp",
        heads="\n".join(f"{name}: {mail[name]}" for name in wanted if mail[name]),
    )
    return message_id, said.encode("ascii")


_NOTICE = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.jp (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Message-ID: {message_id}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="{boundary}"

This is a MIME-encapsulated message.

--{boundary}
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.jp.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

                   The mail system

<{recipient}>: host mail.example.jp said: 550 5.1.1 <{recipient}>:
    Recipient address rejected: User unknown (in reply to RCPT TO command)

--{boundary}
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.jp

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: User unknown

--{boundary}
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

{heads}

--{boundary}--
"""


def _sent(mail: Message, note: Note, *, charset: str = "utf-8") -> bytes:
    """Give the mail its envelope: an answer to the original."""
    original = note.original
    subject = note.subject or _re(original.subject)
    text = _in_jis(subject) if charset == _JIS else subject
    name = _in_jis(note.sender) if charset == _JIS else note.sender
    mail["From"] = f"{Header(name, charset).encode()} <{note.address}>"
    mail["To"] = note.to
    mail["Subject"] = Header(text, charset, header_name="Subject").encode()
    mail["Date"] = format_datetime(note.at)
    mail["Message-ID"] = note.message_id
    mail["In-Reply-To"] = original.message_id
    mail["References"] = f"{original.references} {original.message_id}".strip()
    return mail.as_bytes()


def _re(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def _in_jis(text: str) -> str:
    """Give text as such a program sends it: what ISO-2022-JP does not have, it writes otherwise."""
    plain = text.replace("—", "―").replace("〜", "～").replace("…", "...")
    return plain.encode(_JIS, "replace").decode(_JIS)


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())


def _day(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日({_WEEKDAYS[at.weekday()]}) {at:%H:%M}"


def _date(at: datetime) -> str:
    return f"{at.month}月{at.day}日"
