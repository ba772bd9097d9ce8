"""What the settings give to every mail: who writes, for which company, in which language."""

from collections.abc import Callable, Mapping, Sequence

from worker.domain.errors import SettingsError
from worker.domain.links import Links, Standin
from worker.domain.reasons import Reason
from worker.engine.render import Office, codes_of
from worker.ports import Address
from worker.settings.model import Mailbox, Settings


def office_of(
    settings: Settings,
    *,
    redirect_to: str = "",
    secret: bytes = b"",
    reply_key: bytes = b"",
    tell: Callable[[Sequence[Reason]], str] = codes_of,
) -> Office:
    """Give the office of this workspace.

    Args:
        settings: What it is set to.
        redirect_to: Where every message of a rehearsal goes; empty: to whom it is meant for.
        secret: What signs the links in mails; empty: links only show where a real one will stand.
        reply_key: What signs the tags in reply addresses; empty: none are written.
        tell: What makes sentences of reasons, in the language of staff.

    Raises:
        SettingsError: No mailbox is set up, so that nobody could write.
    """
    teller = settings.alert_mailbox
    if teller is None:
        raise SettingsError(
            "mailboxes が設定されていないため、誰からも送れません。\n"
            "No mailbox is set up, so nobody can write.\n"
            "tsunagu doctor"
        )
    return Office(
        mailboxes={id_: address_of(mailbox) for id_, mailbox in settings.mailboxes.items()},
        company=company_of(settings),
        alerts_from=teller.id,
        language=settings.company.language,
        timezone=settings.company.timezone,
        links=_links(settings.public_url, b"" if redirect_to else secret, redirect_to),
        redirect_to=redirect_to,
        reply_tags={id_: one.reply_tag for id_, one in settings.mailboxes.items()},
        reply_key=reply_key,
        tell=tell,
    )


def _links(url: str, secret: bytes, redirect_to: str) -> Links | None:
    standin = Standin.REHEARSAL if redirect_to else Standin.PREVIEW
    return Links(url, secret, standin) if url else None


def address_of(mailbox: Mailbox) -> Address:
    """Give the address that a mailbox writes from."""
    return Address(mailbox.address, mailbox.name)


def company_of(settings: Settings) -> Mapping[str, object]:
    """Give what `company.…` names in a template."""
    company = settings.company
    return {"name": company.name, "timezone": company.timezone, "language": company.language}
