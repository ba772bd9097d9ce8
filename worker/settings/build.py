"""Values by word → `Settings`: what the words say together, and what they leave to a default.

Everything here has been read without a mistake; what is checked is whether the parts agree.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from worker.domain.plan import Sending
from worker.playbook.source import Node, Source, Table
from worker.problems import nearest
from worker.settings import model
from worker.settings.secret import MASK, Secret

_PORTS = {"implicit": 465, "starttls": 587, "none": 25}
_SHORTEST_KEY = 16  # characters of what signs links
_IMPLICIT_PORT = 465
_IMAP_PORTS = {"implicit": 993, "starttls": 143, "none": 143}
# Where the providers' own servers are; both take STARTTLS at 587.
_SMTP_HOSTS = {"google": "smtp.gmail.com", "microsoft": "smtp.office365.com"}
_IMAP_HOSTS = {"google": "imap.gmail.com", "microsoft": "outlook.office365.com"}
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^:/@\s]*):\S*@")

Values = Mapping[str, object]


class Builder:
    """One building of settings; what does not agree is reported at its place in the file."""

    def __init__(self, source: Source, root_node: Node, root: Path, path: Path) -> None:
        self._source = source
        self._nodes = root_node
        self._root = root
        self._path = path

    def settings(self, said: Values) -> model.Settings:
        """Give the settings; they stand if no mistake was reported meanwhile."""
        calendars = _table(said.get("calendars"))
        settings = model.Settings(
            root=self._root,
            path=self._path,
            company=model.Company(**_table(said["company"])),  # type: ignore[arg-type] # the reader has read these words
            store=self._store(said),
            broker=self._broker(said),
            mailboxes=self._mailboxes(_table(said.get("mailboxes"))),
            google=self._google(said),
            microsoft=self._microsoft(said),
            calendars=str(calendars.get("default", "mail")),
            caldav={
                name: model.CalDav(**_table(server))  # type: ignore[arg-type] # as above
                for name, server in _table(calendars.get("caldav")).items()
            },
            meetings=model.Meetings(**_table(said.get("meetings"))),  # type: ignore[arg-type] # as above
            channels=_channels(_table(said.get("channels"))),
            sending=Sending(**_table(said.get("sending"))),  # type: ignore[arg-type] # as above
            webhooks={
                name: model.Webhook(**_table(hook))  # type: ignore[arg-type] # as above
                for name, hook in _table(said.get("webhooks")).items()
            },
            alerts_from=str(_table(said.get("alerts")).get("from", "")),
            fuse=model.Fuse(**_table(said.get("fuse"))),  # type: ignore[arg-type] # as above
            retention=model.Retention(**_table(said.get("retention"))),  # type: ignore[arg-type] # as above
            pages=model.Pages(**_table(said.get("pages"))),  # type: ignore[arg-type] # as above
            surveys=model.Surveys(**_table(said.get("surveys"))),  # type: ignore[arg-type] # as above
            replies=model.Replies(**_table(said.get("replies"))),  # type: ignore[arg-type] # as above
            **_given(said, "pressure", "late_after", "public_url", "log"),  # type: ignore[arg-type] # as above
        )
        self._check_agreement(settings)
        return settings

    def _store(self, said: Values) -> model.Store:
        url = str(said.get("store", "sqlite:///.tsunagu/store.db"))
        scheme, _, rest = url.partition("://")
        if scheme == "sqlite":
            name = rest.removeprefix("/")
            if not rest.startswith("/") or name in {"", ":memory:"}:
                self._report("settings.store", "store", found=url)
                return model.Store()
            path = (self._root / name).resolve()
            return model.Store("sqlite", Secret(f"sqlite:///{path}"), path, f"sqlite:///{name}")
        if scheme.partition("+")[0] in {"postgresql", "postgres"}:
            shown = _masked(url)
            url = f"postgresql+psycopg://{rest}"
            return model.Store("postgresql", Secret(url), None, shown)
        meant = nearest(scheme, ["sqlite", "postgresql"])
        self._report("settings.store", "store", found=_masked(url), nearest=meant)
        return model.Store()

    def _broker(self, said: Values) -> model.Broker:
        url = str(said.get("broker", "embedded"))
        if url == "embedded":
            return model.Broker()
        if url.partition("://")[0] in {"redis", "rediss", "unix"} and "://" in url:
            return model.Broker("redis", Secret(url), _masked(url))
        meant = nearest(url.partition("://")[0], ["embedded", "redis"])
        self._report("settings.broker", "broker", found=_masked(url), nearest=meant)
        return model.Broker()

    def _mailboxes(self, said: Values) -> dict[str, model.Mailbox]:
        return {name: self._mailbox(name, _table(values)) for name, values in said.items()}

    def _mailbox(self, name: str, said: Values) -> model.Mailbox:
        ways = [way for way in ("smtp", "google", "microsoft") if way in said]
        if len(ways) != 1:
            code = "settings.ways" if ways else "settings.no_way"
            self._report(code, "mailboxes", name, found=name)
        return model.Mailbox(
            id=name,
            smtp=self._smtp(name, said) if "smtp" in said else None,
            imap=self._imap(name, said) if "imap" in said else None,
            google=_account(said, "google"),
            microsoft=_account(said, "microsoft"),
            limits=_limits(said),
            **_given(said, "address", "name", "owner", "reply_tag"),  # type: ignore[arg-type] # as above
        )

    def _smtp(self, name: str, mailbox: Values) -> model.Smtp:
        said = self._server(name, "smtp", mailbox, _SMTP_HOSTS)
        implicit = said.get("port") == _IMPLICIT_PORT
        tls = str(said.get("tls", "implicit" if implicit else "starttls"))
        values = {**said, "tls": tls, "port": said.get("port", _PORTS[tls])}
        if tls == "starttls" and implicit:
            self._report("settings.tls_port", "mailboxes", name, "smtp", "tls")
        self._check_sign_in(name, "smtp", values)
        return model.Smtp(**self._with_file(values, "ca"))  # type: ignore[arg-type] # as above

    def _imap(self, name: str, mailbox: Values) -> model.Imap:
        said = self._server(name, "imap", mailbox, _IMAP_HOSTS)
        tls = str(said.get("tls", "implicit"))
        values = {**said, "tls": tls, "port": said.get("port", _IMAP_PORTS[tls])}
        self._check_sign_in(name, "imap", values)
        return model.Imap(**self._with_file(values, "ca"))  # type: ignore[arg-type] # as above

    def _server(
        self, name: str, way: str, mailbox: Values, hosts: Mapping[str, str]
    ) -> dict[str, object]:
        """Give what is said of a server, and what the provider of its sign-in says of it."""
        said = _table(mailbox[way])
        provider = str(said.get("sign_in", ""))
        if provider:
            said = {"host": hosts[provider], "user": mailbox.get("address", ""), **said}
        if "host" not in said:
            at = ("mailboxes", name, way)
            self._report("settings.needed", *at, word="host", where=way)
            said["host"] = ""
        return said

    def _check_sign_in(self, name: str, way: str, said: Values) -> None:
        at = ("mailboxes", name, way)
        if "sign_in" in said and ("password" in said or "token" in said):
            self._report("settings.two_sign_ins", *at, "sign_in", found=way)
        has_secret = "password" in said or "token" in said or "sign_in" in said
        if has_secret and "user" not in said:
            self._report("settings.no_user", *at, found=way)
        if has_secret and said["tls"] == "none" and said["host"] not in model.HERE:
            self._report("settings.clear_text", *at, "tls", found=str(said["host"]))

    def _google(self, said: Values) -> model.Google | None:
        if "google" not in said:
            return None
        values = self._with_file(_table(said["google"]), "service_account")
        if "push" in values:
            push = _table(values["push"])
            values["push"] = model.GooglePush(**push)  # type: ignore[arg-type] # as above
        return model.Google(**values)  # type: ignore[arg-type] # as above

    def _microsoft(self, said: Values) -> model.Microsoft | None:
        if "microsoft" not in said:
            return None
        values = self._with_file(self._with_file(_table(said["microsoft"]), "certificate"), "ca")
        return model.Microsoft(**values)  # type: ignore[arg-type] # as above

    def _with_file(self, said: Values, name: str) -> dict[str, object]:
        """Read one word as a file's path, from the workspace's folder on."""
        if name not in said:
            return dict(said)
        return {**said, name: self._root / Path(str(said[name])).expanduser()}

    def _check_connections(self, settings: model.Settings) -> None:
        """Report whatever is said to be at a provider to which there is no connection."""
        connected = {"google": settings.google, "microsoft": settings.microsoft, "mail": True}
        for name, mailbox in settings.mailboxes.items():
            for way in ("google", "microsoft"):
                if getattr(mailbox, way) is not None and not connected[way]:
                    self._report("settings.connection", "mailboxes", name, way, found=way)
            for way in ("smtp", "imap"):
                server: model.Smtp | model.Imap | None = getattr(mailbox, way)
                provider = server.sign_in if server is not None else ""
                if provider and not connected[provider]:
                    at = ("mailboxes", name, way, "sign_in")
                    self._report("settings.connection", *at, found=provider)
        if not connected[settings.calendars]:
            self._report("settings.connection", "calendars", "default", found=settings.calendars)

    def _check_agreement(self, settings: model.Settings) -> None:
        self._check_connections(settings)
        if settings.alerts_from and settings.alerts_from not in settings.mailboxes:
            self._report(
                "settings.mailbox",
                "alerts",
                "from",
                found=settings.alerts_from,
                expected=tuple(settings.mailboxes),
                nearest=nearest(settings.alerts_from, settings.mailboxes),
            )
        key = settings.pages.key
        if key and len(key.reveal()) < _SHORTEST_KEY:
            self._report("settings.key_short", "pages", "key", least=str(_SHORTEST_KEY))
        push = settings.google.push if settings.google else None
        if push and push.word and len(push.word.reveal()) < _SHORTEST_KEY:
            self._report("settings.word_short", "google", "push", "word", least=str(_SHORTEST_KEY))
        if push and not settings.public_url.startswith("https://"):
            self._report("settings.push_unheard", "google", "push", warning=True)
        if settings.public_url.startswith("http://") and not settings.is_only_here:
            self._report(
                "settings.plain_url", "public_url", found=settings.public_url, warning=True
            )
        for name, server in settings.caldav.items():
            if not server.is_safe:
                place = ("calendars", "caldav", name, "url")
                self._report("settings.caldav_url", *place, found=server.url)

    def _report(
        self,
        code: str,
        *way: str,
        expected: tuple[str, ...] = (),
        nearest: str = "",
        warning: bool = False,
        **values: str,
    ) -> None:
        """Report at the place that *way* leads to; as far as it goes."""
        node: Node = self._nodes
        for word in way:
            if not isinstance(node, Table):
                break
            for key, said in node.entries:
                if key.text == word:
                    node = key if word == way[-1] and isinstance(said, Table) else said
                    break
        self._source.report(code, node, values, expected=expected, nearest=nearest, warning=warning)


def _table(said: object) -> dict[str, object]:
    return dict(cast("Values", said)) if said is not None else {}


def _given(said: Values, *names: str) -> dict[str, object]:
    return {name: said[name] for name in names if name in said}


def _limits(said: Values) -> model.Limits:
    """Read what a mailbox may do; its provider's own limits hold where nothing is said."""
    by_smtp = str(_table(said.get("smtp")).get("sign_in", ""))
    usual = next(
        limits
        for is_there, limits in (
            ("google" in said, model.GMAIL),
            ("microsoft" in said or by_smtp == "microsoft", model.EXCHANGE),
            (by_smtp == "google", model.GMAIL_SMTP),
            (True, model.Limits()),
        )
        if is_there
    )
    return replace(usual, **_table(said.get("limits")))  # type: ignore[arg-type] # the reader has read these words


def _account(said: Values, way: str) -> model.Account | None:
    return model.Account(str(_table(said[way])["account"])) if way in said else None


def _channels(said: Values) -> model.Channels:
    slack, line, teams = (_table(said.get(name)) for name in ("slack", "line", "teams"))
    return model.Channels(
        slack=model.Slack(**slack) if slack else None,  # type: ignore[arg-type] # the reader has read these words
        line=model.Line(**line) if line else None,  # type: ignore[arg-type] # as above
        teams=model.Teams(**teams) if teams else None,  # type: ignore[arg-type] # as above
    )


def _masked(url: str) -> str:
    """Give an address without its password.

    >>> _masked("postgresql://hr:hunter2@db.example/hr")
    'postgresql://hr:***@db.example/hr'
    >>> _masked("redis://:of@its/own@db.example/0")
    'redis://:***@db.example/0'
    """
    return _PASSWORD_IN_URL.sub(rf"\1:{MASK}@", url).partition("?")[0]
