"""A company whose provider tells us of HR's mail: its settings, its hands, and who reads it."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, Protocol

import httpx

from integrations.google.inbox import GmailInbox
from integrations.google.inbox import Limits as GmailLimits
from integrations.localgraph.server import GraphServer
from integrations.microsoft.inbox import GraphInbox
from integrations.microsoft.inbox import Limits as GraphLimits
from tests.cli import hinted
from tests.cli.desk import Desk, lay_out
from tests.cli.hinted import HR, PUBLIC, AtWork, GraphProvider, Post, brought_in
from tests.servers.certificates import Certificates
from tests.servers.google import GoogleWorld, service_account
from tests.world import HandClock
from worker.engine.engine import Engine
from worker.engine.hints import APART, Ear
from worker.engine.journal.watches import Watched
from worker.engine.listen import Listener, Ours
from worker.ports import Inbox, InboxTrouble
from worker.settings.model import Settings
from worker.wiring.hints import mail_hints
from worker.wiring.inboxes import listeners_of
from worker.wiring.microsoft import graph_wires

WORD = "a word of more than sixteen letters"
OVER_SMTP = "    smtp: {host: 127.0.0.1, port: 2525, tls: none}\n"
SELDOM = timedelta(hours=1)  # so often is a mailbox asked that nobody tells us of


class Provider(hinted.Provider, Protocol):
    """Google or Microsoft on this machine."""

    @property
    def sent(self) -> list[tuple[str, bytes]]:
        """Give what arrived with people: with whom, and the mail."""
        ...

    def arrive(self, raw: bytes, *, in_junk: bool = False) -> None:
        """Have a mail arrive with HR."""
        ...

    def asked(self) -> int:
        """Say how often a watch was asked for."""
        ...

    def refuse(self) -> None:
        """Have nobody told from now on; those who are, are told no more."""
        ...

    def forge(self) -> None:
        """Have somebody who knows the name, and not the word, write to us."""
        ...

    def revoke(self) -> None:
        """Take back our right to HR's mailbox."""
        ...

    def mend(self) -> None:
        """Give it back."""
        ...

    def inbox(self, settings: Settings, may_have_news: Callable[[], bool]) -> Inbox:
        """Make a way in that asks by itself once an hour."""
        ...


class AtGoogle:
    """Google."""

    name = "google"

    def __init__(self, world: GoogleWorld) -> None:
        self.world = world
        self.clock = world.clock
        self.topics = world.google.gmail_methods.topics
        address = f"{PUBLIC}/hints/gmail?{httpx.QueryParams(word=WORD)}"
        self.topic = self.topics.open("mail", address)
        world.google.employ(HR)

    def settings(self, root: Path) -> str:
        """Write what the settings need to say."""
        (root / "google.json").write_text(json.dumps(dict(service_account(self.world.google))))
        (root / ".env").write_text(f"WORD='{WORD}'\n")
        (root / ".env").chmod(0o600)
        push = f"push: {{topic: {self.topic}, word: '${{WORD}}'}}"
        endpoint = f"endpoint: '{self.world.google.endpoint}'"
        return f"google: {{service_account: google.json, {endpoint}, {push}}}\n"

    @property
    def sent(self) -> list[tuple[str, bytes]]:
        """Give what arrived with people."""
        return [(one.recipient, one.content) for one in self.world.google.mailboxes.arrived]

    def arrive(self, raw: bytes, *, in_junk: bool = False) -> None:
        """Have a mail arrive with HR."""
        label = "SPAM" if in_junk else "INBOX"
        self.world.google.mailboxes.receive(HR, raw, label=label)

    @property
    def waiting(self) -> list[Any]:
        """Give what is on its way to us."""
        return self.topics.waiting

    def deliver(self, post: Post) -> None:
        """Let it arrive."""
        told = {"Content-Type": "application/json"}
        self.topics.deliver(lambda address, body: post(address, told, body))

    def readings(self) -> int:
        """Say how often the mailbox was asked what came."""
        return self.world.asked("gmail.users.history.list")

    def standing(self) -> int:
        """Say how many watches there are."""
        now = self.clock.now()
        return sum(one.until > now for one in self.topics.watching.values())

    def asked(self) -> int:
        """Say how often a watch was asked for."""
        return self.world.asked("gmail.users.watch")

    def refuse(self) -> None:
        """Let Gmail publish nothing any more."""
        self.topics.watching.clear()
        self.topics.known[self.topic].publishers.clear()

    def forge(self) -> None:
        """Have somebody write to us without the word."""
        self.topics.waiting[:] = [
            (f"{PUBLIC}/hints/gmail{query}", self.topics.message(HR, 1))
            for query in ("", "?word=guessed")
        ]

    def revoke(self) -> None:
        """Take back our right to HR's mailbox."""
        self.world.revoke(HR)
        self.world.google.sign_ins.expire_tokens()

    def mend(self) -> None:
        """Give it back."""
        self.world.google.sign_ins.revoked.clear()

    def inbox(self, settings: Settings, may_have_news: Callable[[], bool]) -> Inbox:  # noqa: ARG002 - as its fellow
        """Make a way in that asks by itself once an hour."""
        return GmailInbox(
            self.world.mail_sign_in(),
            HR,
            self.clock,
            limits=GmailLimits(poll=SELDOM),
            may_have_news=may_have_news,
        )


class AtMicrosoft(GraphProvider):
    """Microsoft."""

    def __init__(self, server: GraphServer, clock: HandClock, ca_file: Path) -> None:
        super().__init__(server, clock, ca_file)
        server.graph.office.employ(HR)

    @property
    def sent(self) -> list[tuple[str, bytes]]:
        """Give what arrived with people."""
        return [(one.recipient, one.raw) for one in self.server.graph.mailroom.delivered]

    def arrive(self, raw: bytes, *, in_junk: bool = False) -> None:
        """Have a mail arrive with HR."""
        folder = "junkemail" if in_junk else "inbox"
        self.server.graph.mailroom.deliver(HR, raw, folder=folder)

    def asked(self) -> int:
        """Say how often a watch was asked for, or prolonged."""
        return sum("/subscriptions" in one.path for one in self.server.graph.seen)

    def refuse(self) -> None:
        """Somebody has closed the web server in front."""
        self.subscriptions.standing.clear()
        self.subscriptions.reach = lambda _address, _word: "<html>closed</html>"

    def forge(self) -> None:
        """Have somebody write to us without the word."""
        name = next(iter(self.subscriptions.standing))
        told = {**self.subscriptions.notification(name), "clientState": "guessed"}
        self.subscriptions.waiting[:] = [(f"{PUBLIC}/hints/microsoft", told)]

    def revoke(self) -> None:
        """Take back our right to HR's mailbox."""
        self.server.graph.bad_day.denied.add(HR)

    def mend(self) -> None:
        """Give it back."""
        self.server.graph.bad_day.denied.clear()

    def inbox(self, settings: Settings, may_have_news: Callable[[], bool]) -> Inbox:
        """Make a way in that asks by itself once an hour."""
        return GraphInbox(
            graph_wires(settings, self.clock)(),
            HR,
            self.clock,
            limits=GraphLimits(poll=SELDOM),
            may_have_news=may_have_news,
        )


@dataclass
class Company(AtWork[Provider]):
    """A workspace at work, its pages, its provider, and who reads HR's mailbox."""

    listener: Listener
    ear: Ear

    def later(self, span: timedelta = APART) -> None:
        """Let time pass."""
        self.provider.clock.turn_to(self.provider.clock.now() + span)

    def read(self) -> InboxTrouble | None:
        """Read the mailbox, and have us told on, as `listen` does between two waits."""
        self.ear.begin()
        trouble = self.listener.look()
        if trouble is None:
            self.ear.tend()
        return trouble

    def answer(self, text: str = "ありがとうございます。", *, in_junk: bool = False) -> None:
        """Have Aoi answer the last mail that she got."""
        mail = next(raw for to, raw in reversed(self.provider.sent) if to == "aoi@example.jp")
        told = message_from_bytes(mail, policy=policy.default)
        number = len(self.engine.journal.mails.lately()) + len(self.provider.waiting)
        self.provider.arrive(
            (
                f"From: aoi@example.jp\r\nTo: {HR}\r\nSubject: Re: {told['Subject']}\r\n"
                f"Message-ID: <{number}@example.jp>\r\nIn-Reply-To: {told['Message-ID']}\r\n"
                f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
            ).encode(),
            in_junk=in_junk,
        )

    def facts(self) -> list[str]:
        """Give what is noted of Aoi's first mail."""
        return self.facts_of("welcome")

    def watches(self) -> list[Watched]:
        """Give how it stands with the watches over HR's mailbox."""
        return self.engine.journal.meetings.watched()


@contextmanager
def mail_hinted(
    name: str, root: Path, certificates: Certificates, more: str = ""
) -> Iterator[Company]:
    """Let a company work, whose mailbox of HR's is at a provider of this name."""

    def laid_out(root: Path, provider: Provider) -> Desk:
        return _laid_out(root, provider, more or f"public_url: {PUBLIC}\n")

    at_google: Callable[[GoogleWorld], Provider] = AtGoogle
    at_microsoft: Callable[[GraphServer, HandClock, Path], Provider] = AtMicrosoft
    with hinted.at_work(
        name,
        root,
        certificates,
        at_google=at_google,
        at_microsoft=at_microsoft,
        laid_out=laid_out,
    ) as one:
        [listener] = listeners_of(one.settings, one.engine)
        with closing(listener), closing(ear_of(one.settings, one.engine)) as ear:
            yield Company(
                one.desk, one.provider, one.settings, one.engine, one.browser, listener, ear
            )


def ear_of(settings: Settings, engine: Engine) -> Ear:
    """Give what hears of HR's mailbox."""
    mailbox, store = settings.mailboxes["hr"], engine.journal.store
    return Ear(
        "hr", engine.watcher, mail_hints(mailbox, settings, engine.clock, store), engine.clock
    )


def seldom_asking(company: Company, ear: Ear) -> Listener:
    """Give who reads HR's mailbox, and asks for news by itself once an hour."""
    inbox = company.provider.inbox(company.settings, ear.has_news)
    engine, ours = company.engine, Ours({HR: "hr"})
    return Listener(
        "hr", inbox, engine.journal, engine.editions, clock=engine.clock, ours=ours, ear=ear
    )


def _laid_out(root: Path, provider: Provider, more: str) -> Desk:
    desk = lay_out(root)
    settings = root / "tsunagu.yaml"
    told_to = settings.read_text().replace(OVER_SMTP, f"    {provider.name}: {{account: {HR}}}\n")
    settings.write_text(told_to + provider.settings(root) + more)
    return brought_in(desk)
