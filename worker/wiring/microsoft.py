"""From the settings to the one connection that calendars and mailboxes at Microsoft share."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

from integrations.microsoft.clouds import CLOUDS
from integrations.microsoft.gate import Gate
from integrations.microsoft.person import (
    CALENDARS,
    MAIL,
    SHARED,
    Keeper,
    PersonSignIn,
    PersonTokens,
)
from integrations.microsoft.servers import IMAP_RIGHT, SMTP_RIGHT
from integrations.microsoft.tokens import (
    AppTokens,
    ClientCertificate,
    ClientSecret,
    Registration,
    Tokens,
)
from integrations.microsoft.wire import GraphWire
from worker.domain.errors import SettingsError
from worker.ports import Clock
from worker.settings.model import Imap, Microsoft, Settings, Smtp
from worker.settings.model import Store as StoreSetting
from worker.wiring.places import places_of
from worker.wiring.safe import kept_sign_ins, seal_of

MakeWire = Callable[[], GraphWire]
GRAPH, OUTLOOK = "graph", "outlook"  # the services that tokens are for: one is of one


def graph_wires(settings: Settings, clock: Clock) -> MakeWire:
    """Give who opens ways to Graph: one for each thread or mailbox.

    Raises:
        SettingsError: There is neither a secret nor a certificate, and nobody has connected.
    """
    microsoft = microsoft_of(settings)
    tokens, gate = tokens_of(settings), _gate_of(settings.store, microsoft.client)
    endpoint = microsoft.endpoint or CLOUDS[microsoft.cloud].graph
    ca_file = str(microsoft.ca) if microsoft.ca else ""
    return lambda: GraphWire(tokens, clock, endpoint=endpoint, ca_file=ca_file, gate=gate)


def tokens_of(settings: Settings, service: str = GRAPH) -> Tokens:
    """Give what signs us in at Graph, or at the mail servers.

    Raises:
        SettingsError: As above.
    """
    microsoft = microsoft_of(settings)
    if not microsoft.is_person:
        return _application(microsoft, service)
    drawer = Drawer(settings)
    if not drawer.opened():
        raise SettingsError(
            "Microsoft へのサインインがありません。\n"
            "Nobody has signed in to Microsoft yet.\n"
            "tsunagu connect microsoft"
        )
    return PersonTokens(_person(microsoft, drawer), rights_of(settings)[service])


# A process is one application: msal keeps its tokens by the object, and Microsoft counts the calls
# of an application, wherever in the process they come from.
@cache
def _application(microsoft: Microsoft, service: str) -> AppTokens:
    registration = registration_of(microsoft)
    if service == OUTLOOK:
        registration = replace(registration, scope=CLOUDS[microsoft.cloud].servers_scope)
    return AppTokens(registration, _credential(microsoft))


@cache
def _person(microsoft: Microsoft, drawer: "Drawer") -> PersonSignIn:
    return PersonSignIn(registration_of(microsoft), drawer)


@cache
def _gate_of(store: StoreSetting, client: str) -> Gate:
    places = places_of(store)
    if places is None:
        return Gate()
    return Gate(take_place=lambda mailbox, most: places.take(f"graph {client} {mailbox}", most))


class Drawer(Keeper):
    """The place of one person's sign-in in the safe. Equal where the place and its key are."""

    def __init__(self, settings: Settings) -> None:
        seal = seal_of(settings)
        self._safe = kept_sign_ins(settings, seal)
        self._name = f"microsoft:{microsoft_of(settings).user}"
        self._place = (settings.root, seal, self._name)

    def opened(self) -> str:
        """Give what was saved last; empty where nothing was.

        Raises:
            SettingsError: The key is another one than it was sealed with.
        """
        return self._safe.get(self._name) or ""

    def load(self) -> str:
        """Give the same to who cannot tell a person what to type."""
        try:
            return self.opened()
        except SettingsError as locked:
            raise OSError(str(locked).splitlines()[1]) from locked

    def save(self, text: str) -> None:
        """Keep it instead of what was saved before."""
        try:
            self._safe.put(self._name, text)
        except SettingsError as locked:
            raise OSError(str(locked).splitlines()[1]) from locked

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Drawer) and self._place == other._place

    def __hash__(self) -> int:
        return hash(self._place)


def rights_of(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Say by service which rights a person is asked for: the least that these settings need.

    Of Graph all of mail and calendars, where nothing is said so far.
    """
    microsoft = microsoft_of(settings)
    cloud = CLOUDS[microsoft.cloud]
    boxes = settings.mailboxes.values()
    accounts = [one.microsoft.account for one in boxes if one.microsoft]
    mail = _each(MAIL, shared=any(not _is_of(one, microsoft.user) for one in accounts))
    calendars = _each(CALENDARS, shared=settings.meetings.organiser != "hr")
    wanted = (*(mail if accounts else ()), *(calendars if _has_calendars(settings) else ()))
    servers = (
        *((SMTP_RIGHT,) if _signs_in(one.smtp for one in boxes) else ()),
        *((IMAP_RIGHT,) if _signs_in(one.imap for one in boxes) else ()),
    )
    if not wanted and not servers:
        wanted = (*mail, *calendars)
    found = {
        GRAPH: tuple(f"{cloud.graph}/{right}" for right in wanted),
        OUTLOOK: tuple(f"{cloud.outlook}/{right}" for right in servers),
    }
    return {service: rights for service, rights in found.items() if rights}


def _signs_in(servers: Iterable[Smtp | Imap | None]) -> bool:
    return any(one is not None and one.sign_in == "microsoft" for one in servers)


def _has_calendars(settings: Settings) -> bool:
    return settings.calendars == "microsoft"


def _each(rights: tuple[str, ...], *, shared: bool) -> tuple[str, ...]:
    return (*rights, *(f"{right}{SHARED}" for right in rights if shared))


def _is_of(account: str, user: str) -> bool:
    return account.lower() == user.lower()


def registration_of(microsoft: Microsoft) -> Registration:
    """Give the application as its adapter wants it."""
    cloud = CLOUDS[microsoft.cloud]
    return Registration(
        tenant=microsoft.tenant,
        client=microsoft.client,
        authority=microsoft.authority or cloud.authority,
        scope=cloud.scope,
        is_known_authority=not microsoft.authority,
        ca_file=str(microsoft.ca) if microsoft.ca else "",
    )


def microsoft_name(microsoft: Microsoft) -> str:
    """Say who we are at Microsoft, as a person reads it."""
    return microsoft.user if microsoft.is_person else f"{microsoft.client} ({microsoft.tenant})"


def microsoft_of(settings: Settings) -> Microsoft:
    """Give the connection to Microsoft.

    Raises:
        SettingsError: The settings name none.
    """
    if settings.microsoft is None:
        raise SettingsError(
            "microsoft の設定がありません。\n"
            "There is no `microsoft` in the settings.\n"
            "tsunagu doctor"
        )
    return settings.microsoft


def _credential(microsoft: Microsoft) -> ClientSecret | ClientCertificate:
    if microsoft.certificate is not None:
        if not microsoft.certificate.is_file():
            raise SettingsError(
                f"{microsoft.certificate} がありません。\n"
                f"there is no {microsoft.certificate}.\n"
                f"ls -l {microsoft.certificate.parent}"
            )
        locked = microsoft.passphrase.reveal() if microsoft.passphrase else ""
        return ClientCertificate(microsoft.certificate, locked)
    if microsoft.secret is not None:
        return ClientSecret(microsoft.secret.reveal())
    raise SettingsError(
        "microsoft に secret も certificate もなく、つないだ人もありません。\n"
        "`microsoft` has neither secret nor certificate, and nobody has connected.\n"
        "tsunagu connect microsoft"
    )
