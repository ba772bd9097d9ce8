"""What of a mail a server is told, octet by octet."""

import re
from itertools import product

from integrations.smtp_envelope import fault_of_envelope, stuffed
from worker.domain.intents import Key
from worker.ports import Envelope

LINES = re.compile(rb"(?:[^\r\n\0]|\r\n)*")  # RFC 5321 2.3.8, as it is written
EVERY_SHORT_BODY = [bytes(body) for n in range(7) for body in product(b"a.\r\n\0", repeat=n)]


def test_a_body_goes_out_exactly_if_all_servers_see_the_same_lines_in_it() -> None:
    """No bare CR, no bare LF, no NUL: in all 19,531 bodies of up to six such octets."""
    for body in EVERY_SHORT_BODY:
        fault = fault_of_envelope(_mail(body), {})

        assert (fault is None) is (LINES.fullmatch(body) is not None), body


def test_a_server_gets_every_body_back_by_taking_one_dot_off_each_line() -> None:
    """Only the last line is a dot alone, whatever the lines of the body begin with."""
    for body in filter(LINES.fullmatch, EVERY_SHORT_BODY):
        *lines, last, nothing = stuffed(body).split(b"\r\n")

        assert (last, nothing) == (b".", b""), body
        assert b"." not in lines, body
        seen = b"".join(line.removeprefix(b".") + b"\r\n" for line in lines)
        assert seen in {body, body + b"\r\n"}, body


def _mail(body: bytes) -> Envelope:
    return Envelope(Key("1/a/0/0/mail"), "hr@example.co.jp", "aoi@example.jp", body, "<1@a>")
