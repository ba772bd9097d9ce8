"""What each kind of step names, checked: mailboxes, roles, files, addresses, other playbooks."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from worker.playbook.bundle import Bundle
from worker.playbook.names import KINDS_OF_PEOPLE, LOCALES, PACES, Names
from worker.playbook.schema import (
    InvitingWords,
    MailWords,
    MeetingWords,
    RungWords,
    ThenWords,
    UpdateWords,
    WebhookWords,
)
from worker.playbook.sense import check_notice
from worker.playbook.shapes import Said
from worker.playbook.source import Source, Text
from worker.playbook.surveys import check_reminders, check_survey
from worker.playbook.workspace import PERSON_FIELDS
from worker.playbook.zones import is_zone, nearest_zone
from worker.problems import nearest

_MAILS = "mails/"
_ENCODED = 138  # octets on their way for a hundred of a file: base64, and line ends
_ROOM_FOR_TEXT = 64 * 1024
_CHOICES = {"pace": PACES, "kind": KINDS_OF_PEOPLE, "locale": LOCALES}  # of the record's own fields
_CHANGED = frozenset({*_CHOICES, "department", "timezone"})
_HERE = ("localhost", "127.0.0.1", "::1")
_LONGEST_LABEL = 63  # of a host's name (RFC 1035 2.3.4)


def check_actions(names: Names, rung: ThenWords | RungWords, bundle: Bundle) -> None:
    """Check everything that one step, or one rung of a ladder, does."""
    _check_roles(names, rung)
    if rung.mail is not None:
        _check_mail(names, rung.mail, bundle)
    if rung.update is not None:
        _check_update(names, rung.update)
    if rung.webhook is not None:
        _check_webhook(names, rung.webhook)
    if isinstance(rung, ThenWords) and rung.meeting is not None:
        _check_meeting(names, rung.meeting)
        if rung.meeting.mail is not None:
            _check_letter(names, rung.meeting.mail, bundle)
    if isinstance(rung, ThenWords) and rung.survey is not None:
        check_survey(names, rung.survey)
        if rung.survey.template is not None:
            _check_template(names.source, rung.survey.template, bundle)
        check_reminders(names.source, rung.if_silent)


def _check_roles(names: Names, rung: ThenWords | RungWords) -> None:
    roles: list[Said[str] | None] = []
    if rung.message is not None:
        roles.append(rung.message.to)
    if rung.task is not None:
        roles.append(rung.task.owner)
    if rung.alert is not None:
        roles.extend(rung.alert.to)
        check_repeated(names.source, rung.alert.to)
    for role in roles:
        if role is not None:
            names.check_role(role.node, role.value)


def _check_mail(names: Names, mail: MailWords, bundle: Bundle) -> None:
    _check_letter(names, mail, bundle)
    for said in mail.attach:
        _check_attachment(names.source, said, bundle)
    _check_size(names, mail, bundle)


def _check_size(names: Names, mail: MailWords, bundle: Bundle) -> None:
    """Refuse what the mailbox would refuse, before anybody waits for it.

    Of files that each person has their own of, the largest counts; the text is next to nothing.
    """
    most = names.largest(mail.sender.value) if mail.sender is not None else None
    if most is None or not mail.attach:
        return
    octets = sum(_largest_of(said.value, bundle) for said in mail.attach) * _ENCODED // 100
    if octets > most - _ROOM_FOR_TEXT:
        values = {"found": _megabytes(octets), "most": _megabytes(most)}
        names.source.report("attach.too_large", mail.attach[0].node, values)


def _largest_of(path: str, bundle: Bundle) -> int:
    if "{{" not in path:
        return len(bundle.files.get(path, b""))
    before, _, rest = path.partition("{{")
    after = rest.rpartition("}}")[2]
    theirs = (
        len(content)
        for name, content in bundle.files.items()
        if name.startswith(before) and name.endswith(after)
    )
    return max(theirs, default=0)


def _megabytes(octets: int) -> str:
    """Write a size as people do.

    >>> _megabytes(3 * 1024 * 1024)
    '3.0 MB'
    """
    return f"{octets / 1024 / 1024:.1f} MB"


def _check_letter(names: Names, mail: MailWords | InvitingWords, bundle: Bundle) -> None:
    source = names.source
    for mailbox in (mail.sender, mail.reply_to):
        if mailbox is not None:
            names.check_mailbox(mailbox.node, mailbox.value)
    reply_to, sender = mail.reply_to, mail.sender
    if reply_to is not None and sender is not None and reply_to.value == sender.value:
        values = {"found": reply_to.value}
        source.report("mail.reply_to_idle", reply_to.node, values, warning=True)
    if mail.template is not None:
        _check_template(source, mail.template, bundle)


def _check_template(source: Source, said: Said[str], bundle: Bundle) -> None:
    """A template is `mails/NAME.md`, or one file for each language: `mails/NAME.ja.md`."""
    known = {_template_name(path) for path in bundle.files if _is_template(path)}
    if said.value in known:
        return
    bare = said.value.removeprefix(_MAILS).removesuffix(".md")
    near = bare if bare in known else nearest(said.value, sorted(known))
    values = {"found": said.value, "file": f"{_MAILS}{said.value}.md"}
    source.report(
        "template.missing", said.node, values, expected=tuple(sorted(known)), nearest=near
    )


def _is_template(path: str) -> bool:
    return path.startswith(_MAILS) and path.endswith(".md") and "/" not in path[len(_MAILS) :]


def _template_name(path: str) -> str:
    name = path[len(_MAILS) : -len(".md")]
    stem, _, language = name.rpartition(".")
    return stem if stem and language in {"ja", "en"} else name


def _check_attachment(source: Source, said: Said[str], bundle: Bundle) -> None:
    path = said.value
    values = {"found": path}
    if path.startswith(("/", "\\")) or ".." in path.replace("\\", "/").split("/"):
        source.report("attach.outside", said.node, values)
    elif "{{" not in path and path not in bundle.files:
        near = nearest(path, bundle.files)
        source.report("attach.missing", said.node, values, nearest=near)


def _check_meeting(names: Names, meeting: MeetingWords) -> None:
    for said in meeting.participants:
        names.check_role(said.node, said.value)
    check_repeated(names.source, meeting.participants)
    if meeting.place is not None and meeting.participants:
        organiser = meeting.participants[0].value  # the first colleague's calendar has the event
        names.check_place(meeting.place.node, meeting.place.value, organiser)
    if meeting.together is not None:
        names.check_attribute(meeting.together.node, meeting.together.value)
    elif meeting.size is not None:
        names.source.report("meeting.size_idle", meeting.size.node, {}, warning=True)
    if meeting.within is not None and meeting.within.value.count == 0:
        names.source.report("meeting.at_once", meeting.within.node)
    elif meeting.notice is not None and meeting.within is not None:
        check_notice(names.source, meeting.notice, meeting.within)
    if meeting.between is not None and meeting.minutes is not None:
        first, last = meeting.between.value
        room = (last.hour - first.hour) * 60 + last.minute - first.minute
        if meeting.minutes.value > room:
            values = {"minutes": str(meeting.minutes.value), "room": str(room)}
            names.source.report("meeting.too_long", meeting.between.node, values)


def _check_update(names: Names, update: UpdateWords) -> None:
    off = {said.value for said in update.untag}
    for said in update.tag:
        if said.value in off:
            names.source.report("update.both", said.node, {"found": said.value})
    if update.fact is not None and update.fact.value in names.steps:
        names.source.report("id.reserved", update.fact.node, {"found": update.fact.value})
    for key, value in update.attributes:
        _check_change(names.source, key, str(value))


def _check_change(source: Source, key: Text, value: str) -> None:
    """A field of the record takes what an import takes; a name and an address are its own."""
    choices = _CHOICES.get(key.text, ())
    if choices and value not in choices:
        values = {"found": value, "name": f"person.{key.text}"}
        source.report(
            "person.value", key, values, expected=choices, nearest=nearest(value, choices)
        )
    elif key.text == "timezone" and not is_zone(value):
        source.report("calendar.zone", key, {"found": value}, nearest=nearest_zone(value))
    elif key.text in PERSON_FIELDS - _CHANGED:
        source.report("update.record", key, {"found": key.text})


def _check_webhook(names: Names, webhook: WebhookWords) -> None:
    source = names.source
    if webhook.url is not None and not _leads_somewhere(webhook.url.value):
        url = webhook.url.value
        near = "https://" + url.removeprefix("http://") if url.startswith("http://") else ""
        source.report("webhook.url", webhook.url.node, {"found": url}, nearest=near)
    if webhook.secret is not None:
        names.check_secret(webhook.secret.node, webhook.secret.value)


def _leads_somewhere(url: str) -> bool:
    """Say whether there can be a receiver of a secret: by TLS, or on this machine.

    >>> _leads_somewhere("https://crm.example.co.jp/hook"), _leads_somewhere("http://localhost:80")
    (True, True)
    >>> _leads_somewhere("http://localhost.example.co.jp/"), _leads_somewhere("https://a..jp/")
    (False, False)
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not all(0 < len(label) <= _LONGEST_LABEL for label in host.removesuffix(".").split(".")):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _HERE)


def check_enroll(names: Names, said: Said[str], own: str) -> None:
    """Check the playbook that people are moved into from the playbook *own*."""
    known = tuple(sorted(names.workspace.playbooks - {own}))
    values = {"found": said.value}
    if said.value == own:
        names.source.report("enroll.itself", said.node, values)
    elif said.value not in known and not names.workspace.believes:
        near = nearest(said.value, known)
        names.source.report("enroll.unknown", said.node, values, expected=known, nearest=near)


def check_repeated(source: Source, listed: Iterable[Said[str]]) -> None:
    """Warn of what is listed twice."""
    seen: set[str] = set()
    for said in listed:
        if said.value in seen:
            source.report("list.repeated", said.node, {"found": said.value}, warning=True)
        seen.add(said.value)
