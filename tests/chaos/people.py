"""People who answer the mails that reach them, while everything falls down around the company."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from time import monotonic

from tests.bench import letter
from tests.chaos.hurry import HurriedClock
from tests.chaos.script import AT_GOOGLE, AT_MICROSOFT, HR, STEPS, Cast
from tests.chaos.servers import Servers
from tests.crash.plug import die

ONE_IN = 20
EVERY = 1.0  # seconds


class People:
    """Everybody who got a mail; some of them answer."""

    def __init__(self, servers: Servers, cast: Cast, clock: HurriedClock, seed: str) -> None:
        self.written: dict[str, str] = {}  # the step somebody has answered, by their id
        self._servers = servers
        self._clock = clock
        self._seed = seed
        # Who meets somebody gets invitations, too, and would perhaps answer those.
        self._ids = {
            letter.person(n)["email"]: letter.person(n)["id"]
            for n in range(cast.people)
            if not cast.meets(n)
        }
        self._names = {letter.person(n)["id"]: letter.person(n) for n in range(cast.people)}
        self._seen = {"smtp": 0, "gmail": 0, "graph": 0}
        self._read_at = 0.0

    def read(self) -> None:
        """Read now and then what has come since the last time, and answer some of it."""
        if monotonic() < self._read_at + EVERY:
            return
        self._read_at = monotonic()
        servers = self._servers
        fresh = servers.recorder.mails[self._seen["smtp"] :]
        self._seen["smtp"] += len(fresh)
        for mail in fresh:
            self._perhaps("smtp", mail.recipient, mail.message_id)
        arrived = servers.google.mailboxes.arrived[self._seen["gmail"] :]
        self._seen["gmail"] += len(arrived)
        for one in arrived:
            self._perhaps("gmail", one.recipient, _id_of(one.content))
        delivered = servers.graph.graph.mailroom.delivered[self._seen["graph"] :]
        self._seen["graph"] += len(delivered)
        for other in delivered:
            self._perhaps("graph", other.recipient, _id_of(other.raw))

    def _perhaps(self, way: str, address: str, message_id: str) -> None:
        person = self._ids.get(address.lower())
        if person is None or person in self.written:
            return
        if die(f"{self._seed}/{person}/answers", ONE_IN):
            return
        self.written[person] = STEPS[way]
        now = self._clock.now()
        servers = self._servers
        match way:
            case "smtp":
                servers.inbox.put([self._answer(person, HR, message_id, now)], "INBOX", now)
            case "gmail":
                content = self._answer(person, AT_GOOGLE, message_id, now)
                servers.google.mailboxes.receive(AT_GOOGLE, content)
            case _:
                content = self._answer(person, AT_MICROSOFT, message_id, now)
                servers.graph.graph.mailroom.deliver(AT_MICROSOFT, content)

    def _answer(self, person: str, to: str, message_id: str, now: datetime) -> bytes:
        who = self._names[person]
        mail = EmailMessage()
        mail["From"] = f"{who['name']} <{who['email']}>"
        mail["To"] = to
        mail["Subject"] = "Re: ご入社までのご案内"
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = f"<answer.{person}@example.jp>"
        mail["In-Reply-To"] = message_id
        mail["References"] = message_id
        mail.set_content(f"ありがとうございます。楽しみにしています。\n{who['name']}\n")
        return mail.as_bytes()


def _id_of(content: bytes) -> str:
    for line in content.split(b"\r\n\r\n", 1)[0].split(b"\r\n"):
        if line.lower().startswith(b"message-id:"):
            return line.partition(b":")[2].strip().decode()
    return ""
