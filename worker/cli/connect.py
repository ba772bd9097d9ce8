"""`tsunagu connect`: somebody allows us, in a browser, to act for them at Google or Microsoft."""

import webbrowser
from argparse import Namespace
from collections.abc import Callable

from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.settings.model import Settings
from worker.wiring.connect import Asking, Connecting, SignIn, asking, lanes_of
from worker.wiring.safe import kept_sign_ins, made_seal

_PATIENCE = 300.0  # seconds to read a page and press a button
_ELSEWHERE = {"google": "--paste", "microsoft": "--device"}  # where there is no browser


def run(
    arguments: Namespace, session: Session, *, open_page: Callable[[str], object] = webbrowser.open
) -> int:
    """Ask, and keep what was allowed; or forget it."""
    provider, settings = arguments.provider, session.settings
    user = _USERS[provider](settings)
    if arguments.forget:
        return _forget(provider, user, session)
    _CHECKS[provider](settings)
    if arguments.device and provider == "google":
        raise Wrong("connect.no_device")
    if arguments.paste and provider == "microsoft":
        raise Wrong("connect.no_paste")
    if arguments.device:
        sign_in = _by_codes(user, session)
    else:
        sign_in = _by_page(arguments, user, session, open_page)
    if sign_in.why:
        raise Wrong("connect.refused", why=sign_in.why)
    _keep(provider, user, sign_in, session)
    return 0


def _by_page(
    arguments: Namespace, user: str, session: Session, open_page: Callable[[str], object]
) -> SignIn:
    """Have a page opened, here or elsewhere, and take what comes back."""
    out = session.out
    with asking(arguments.provider, session.settings, sentence=out.say("connect.page")) as asked:
        if asked.why:
            return SignIn(why=asked.why)
        out.tell("connect.open", user=user)
        out.indented(asked.url)
        if arguments.paste:
            came = out.ask(out.say("connect.paste"))
        else:
            came = _brought(arguments.provider, asked, session, open_page)
        return asked.answered(came)


def _brought(
    provider: str, asked: Asking, session: Session, open_page: Callable[[str], object]
) -> str:
    """Wait until the browser comes back."""
    open_page(asked.url)
    session.out.tell("connect.waiting")
    came = asked.wait(_PATIENCE)
    if not came:
        raise Wrong("connect.late", provider=provider, elsewhere=_ELSEWHERE[provider])
    return came


def _by_codes(user: str, session: Session) -> SignIn:
    """Show what to type on another device, and wait until it was."""
    connecting = Connecting(session.settings)
    for code in connecting.codes():
        if code.why:
            return SignIn(why=code.why)
        session.out.tell("connect.device", user=user, address=code.address)
        session.out.indented(code.code, style="bold")
        why = code.typed()
        if why:
            return SignIn(why=why)
    return connecting.sign_in()


def _keep(provider: str, user: str, sign_in: SignIn, session: Session) -> None:
    """Seal the sign-in, and open the ways out that were shut for want of it."""
    out = session.out
    seal, put_into = made_seal(session.settings, into_keyring=session.arguments.keyring)
    kept_sign_ins(session.settings, seal).put(f"{provider}:{user}", sign_in.text)
    out.tell("connect.done", user=user, style="bold")
    if put_into == "keyring":
        out.tell("connect.in_keyring")
    elif put_into:
        out.tell("connect.sealed", path=put_into)
    if not session.has_store:
        return
    lanes = lanes_of(provider, session.settings)
    stopped = {one.lane for one in session.journal.lanes.all() if one.until is None}
    for lane in stopped.intersection(lanes):
        session.journal.lanes.release(lane, session.now)
        out.tell("connect.released", lane=lane.partition(":")[2])


def _forget(provider: str, user: str, session: Session) -> int:
    was_there = kept_sign_ins(session.settings, "").remove(f"{provider}:{user}")
    told = f"connect.forgotten.{provider}" if was_there else "connect.unknown"
    session.out.tell(told, user=user)
    return 0


def _google_user(settings: Settings) -> str:
    google = settings.google
    if google is None or not google.user:
        raise Wrong("connect.nobody.google")
    if google.service_account is not None:
        raise Wrong("connect.robot.google")
    return google.user


def _google_client(settings: Settings) -> None:
    google = settings.google
    if google is None or not google.client or not google.client_secret:
        raise Wrong("connect.no_client")


def _microsoft_user(settings: Settings) -> str:
    microsoft = settings.microsoft
    if microsoft is None or not microsoft.user:
        raise Wrong("connect.nobody.microsoft")
    if not microsoft.is_person:
        raise Wrong("connect.robot.microsoft")
    return microsoft.user


def _nothing_more(settings: Settings) -> None:
    """Tenant and client stand in the settings, or there are none."""


_USERS: dict[str, Callable[[Settings], str]] = {
    "google": _google_user,
    "microsoft": _microsoft_user,
}
_CHECKS: dict[str, Callable[[Settings], None]] = {
    "google": _google_client,
    "microsoft": _nothing_more,
}
