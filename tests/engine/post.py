"""A world with a mailbox that is read, and the mails that come into it."""

from email.message import EmailMessage
from itertools import count
from pathlib import Path

from integrations.memory import MemoryInbox
from tests.engine.plans import LADDER
from tests.world import MAILBOXES, Seen, World, at
from worker.domain.facts import PersonId
from worker.domain.plan import Plan
from worker.engine.engine import Engine
from worker.engine.listen import Listener, Ours

OURS = Ours(
    {mailbox.address: name for name, mailbox in MAILBOXES.items()},
    receivers=("mx.tsunagu.example",),
)


class Post:
    """A world with a mailbox that is read."""

    def __init__(self, folder: Path, plan: Plan = LADDER) -> None:
        self.world = World(folder)
        self.inbox = MemoryInbox(self.world.clock)
        self.ours = OURS
        self.listener = self.listening()
        self._numbers = count(1)
        self.plan = self.world.publish(plan)

    def listening(self) -> Listener:
        """Give a listener, as a new process would."""
        return self.listener_of(self.world.engine)

    def listener_of(self, engine: Engine) -> Listener:
        """Give a listener of an engine, which may live at another time."""
        return Listener(
            "hr",
            self.inbox,
            engine.journal,
            engine.editions,
            clock=engine.clock,
            ours=self.ours,
            answers=None if engine.meetings is None else engine.meetings.answers,
        )

    def asked(self, who: str = "aoi") -> Seen:
        """Have somebody asked on a Thursday; gives the mail they got."""
        self.world.enroll(who, self.plan, offer="2026-04-02 09:00")
        self.world.run_until("2026-04-02 11:00")
        return next(mail for mail in self.world.arrived if mail.to == f"{who}@mail.example")

    def comes(
        self,
        text: str,
        *,
        answers: Seen | None = None,
        came: str = "",
        folder: str = "INBOX",
        thread: str = "",
        **headers: str,
    ) -> None:
        """Have a mail arrive, and read."""
        message = EmailMessage()
        message["From"] = headers.pop("sender", "aoi@mail.example")
        message["To"] = headers.pop("to", "saiyo@tsunagu.example")
        message["Subject"] = headers.pop("subject", "Re: ようこそ")
        if answers is not None:
            message["In-Reply-To"] = answers.headers["Message-ID"]
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        when = at(came) if came else None
        self.inbox.arrive(message.as_bytes(), folder=folder, at=when, thread=thread)
        assert self.listener.look() is None

    def is_sent(
        self,
        text: str,
        *,
        to: str = "aoi@mail.example",
        sender: str = "saiyo@tsunagu.example",
        folder: str = "Sent",
        thread: str = "",
        **headers: str,
    ) -> None:
        """Have somebody of the company write a mail by hand, and let it be read where it lies."""
        message = EmailMessage()
        message["From"], message["To"] = sender, to
        message["Subject"] = headers.pop("subject", "Re: Re: ようこそ")
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        self.inbox.arrive(message.as_bytes(), folder=folder, thread=thread)
        assert self.listener.look() is None

    def bounces(
        self,
        mail: Seen,
        status: str = "5.1.1",
        *,
        action: str = "failed",
        says: str = "",
        received: str = "",
    ) -> None:
        """Have a server report on a mail of ours."""
        proof = f"Authentication-Results: {received}\n" if received else ""
        self.inbox.arrive(
            proof.encode()
            + BOUNCE.format(
                to=mail.to,
                status=status,
                action=action,
                says=says or f"550 {status} User unknown",
                id=mail.headers["Message-ID"],
                subject="hello",
                number=next(self._numbers),
            ).encode()
        )
        assert self.listener.look() is None

    def tries(self, mail: Seen) -> int:
        """Say how often a mail was handed over."""
        return sum(one.recipient == mail.to for one in self.world.envelopes)

    @property
    def states(self) -> list[tuple[str, str]]:
        """Give what waits for a human."""
        return [(lying.kind, lying.state.value) for lying in self.world.journal.mails.waiting()]

    def written(self, who: str = "aoi") -> list[str]:
        """Give the subjects of what somebody got, in its order."""
        return [one.subject for one in self.world.arrived if one.to == f"{who}@mail.example"]

    @property
    def told(self) -> list[tuple[str, str]]:
        """Give the notices that members of staff got: to whom, and the subject."""
        return [
            (mail.to, mail.subject) for mail in self.world.arrived if mail.key.startswith("notice/")
        ]

    def names(self, who: str = "aoi") -> set[str]:
        """Give the facts that mails brought about."""
        history = self.world.journal.facts.history(PersonId(who))
        return {noted.fact.name for noted in history if noted.source == "mail"}


BOUNCE = """\
From: MAILER-DAEMON@mail.example
To: saiyo@tsunagu.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <{number}@mail.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

{says}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {says}

--b
Content-Type: message/rfc822

From: saiyo@tsunagu.example
To: {to}
Message-ID: {id}
Subject: {subject}

hello

--b--
"""
