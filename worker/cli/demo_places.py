"""Where the year of the demonstration takes place: which servers of this machine have its mail.

By SMTP and IMAP, with calendars of both providers and one colleague without any; or as a whole at
Google, or at Microsoft. Each gives the settings of a workspace that is connected there.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from integrations.localimap import PASSWORD, SENT, LocalImap, LocalMailbox, local_imap
from integrations.localmail import LocalMailServer
from worker.cli.demo_cast import CALENDARS
from worker.cli.demo_company import Company, company
from worker.cli.demo_post import GmailPost, OutlookPost, Post, SmtpPost
from worker.cli.output import Output
from worker.cli.play import JumpingClock
from worker.settings.load import load_settings
from worker.settings.model import Account, Fuse, Imap, Mailbox, Settings, Smtp
from worker.settings.secret import Secret

_HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Place:
    """What is connected to what."""

    name: str  # imap | google | microsoft: how mails are read; empty: not at all
    settings: Settings
    post: Post
    calendars: Mapping[str, str]  # by the id of a colleague: where theirs is
    firm: Company | None
    tell: Callable[[Output], None]  # says where everything happens


@contextmanager
def by_mail_servers(folder: Path, clock: JumpingClock, *, reads: bool) -> Iterator[Place]:
    """Let mails go by SMTP and, if it *reads*, come back by IMAP, with everybody's calendars."""
    settings = _workspace(folder)
    with ExitStack() as stack:
        server = stack.enter_context(LocalMailServer())
        imap = stack.enter_context(local_imap()) if reads else None
        firm = stack.enter_context(_firm(clock)) if reads else None
        boxes = {
            id_: replace(
                box,
                smtp=Smtp(host=_HERE, port=server.port, tls="none"),
                imap=None if imap is None else _imap(imap, id_),
            )
            for id_, box in settings.mailboxes.items()
        }
        settings = replace(settings, mailboxes=boxes)

        def tell(out: Output) -> None:
            out.tell("demo.by_smtp", port=server.port)
            if imap is not None and firm is not None:
                out.tell("demo.listens", port=imap.port)
                google, microsoft = firm.google.endpoint, firm.graph.url
                out.tell("demo.calendars", google=google, microsoft=microsoft)

        yield Place(
            "imap" if reads else "",
            settings if firm is None else firm.settings(settings),
            SmtpPost(server, {id_: _mailbox(imap, id_) for id_ in boxes} if imap else {}),
            CALENDARS,
            firm,
            tell,
        )


@contextmanager
def at_google(folder: Path, clock: JumpingClock) -> Iterator[Place]:
    """Let mail and calendars be at Google."""
    with _firm(clock) as firm:
        settings = _with_accounts(
            firm.settings(_workspace(folder)),
            lambda box: replace(box, smtp=None, google=Account(box.address)),
        )
        firm.google.employ(*(box.address for box in settings.mailboxes.values()))
        post, where = GmailPost(firm.google.mailboxes), firm.google.endpoint
        yield _whole("google", settings, post, firm, where)


@contextmanager
def at_microsoft(folder: Path, clock: JumpingClock) -> Iterator[Place]:
    """Let mail and calendars be at Microsoft."""
    with _firm(clock) as firm:
        settings = _with_accounts(
            firm.settings(_workspace(folder)),
            lambda box: replace(box, smtp=None, microsoft=Account(box.address)),
        )
        for box in settings.mailboxes.values():
            firm.graph.graph.office.employ(box.address)
        post, where = OutlookPost(firm.graph.graph.mailroom), firm.graph.url
        yield _whole("microsoft", settings, post, firm, where)


PROVIDERS = {"google": at_google, "microsoft": at_microsoft}


def _whole(name: str, settings: Settings, post: Post, firm: Company, where: str) -> Place:
    """Give a place at one provider."""
    calendars = dict.fromkeys(CALENDARS, name)
    key = f"demo.at_{name}"
    return Place(name, settings, post, calendars, firm, lambda out: out.tell(key, url=where))


def _workspace(folder: Path) -> Settings:
    """Read the workspace's settings; nobody has to wait for a minute to be over."""
    settings = load_settings(folder / "tsunagu.yaml", {"SMTP_PASSWORD": "none"}).standing()
    boxes = {
        id_: replace(box, limits=replace(box.limits, per_minute=None))
        for id_, box in settings.mailboxes.items()
    }
    # Its clock jumps by weeks, which is what the fuse is there to notice.
    return replace(settings, mailboxes=boxes, fuse=Fuse(least=1_000, times=3.0))


def _with_accounts(settings: Settings, connect: Callable[[Mailbox], Mailbox]) -> Settings:
    """Connect every mailbox; one whose address another has gets one of its own."""
    boxes: dict[str, Mailbox] = {}
    for id_, box in settings.mailboxes.items():
        is_taken = any(other.address == box.address for other in boxes.values())
        address = f"{id_}@{box.address.rpartition('@')[2]}" if is_taken else box.address
        boxes[id_] = connect(replace(box, address=address))
    return replace(settings, mailboxes=boxes)


@contextmanager
def _firm(clock: JumpingClock) -> Iterator[Company]:
    with TemporaryDirectory(prefix="tsunagu-keys-") as keys, company(clock, Path(keys)) as firm:
        yield firm


def _imap(server: LocalImap, mailbox: str) -> Imap:
    return Imap(
        host=_HERE,
        port=server.port,
        tls="none",
        user=mailbox,
        password=Secret(PASSWORD),
        receiver=SmtpPost.receiver,
    )


def _mailbox(server: LocalImap, user: str) -> LocalMailbox:
    """Make a mailbox with the folder for what is sent by hand, as a mail program does."""
    mailbox = server.mailbox(user)
    mailbox.maildir(SENT)
    return mailbox
