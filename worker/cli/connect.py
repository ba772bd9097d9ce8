"""`tsunagu connect google`: somebody allows us, in their browser, to act for them at Google."""

import json
import webbrowser
from argparse import Namespace
from collections.abc import Callable

from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.settings.model import Google
from worker.wiring.connect import Asking, asking, kept_sign_ins, seal_of

_PATIENCE = 300.0  # seconds to read a page and press a button


def run(
    arguments: Namespace, session: Session, *, open_page: Callable[[str], object] = webbrowser.open
) -> int:
    """Ask, and keep what was allowed; or forget it."""
    google = session.settings.google
    if google is None or not google.user:
        raise Wrong("connect.nobody")
    if google.service_account is not None:
        raise Wrong("connect.robot")
    if arguments.forget:
        return _forget(google, session)
    if not google.client or not google.client_secret:
        raise Wrong("connect.no_client")
    out = session.out
    with asking(session.settings, sentence=out.say("connect.page")) as asked:
        out.tell("connect.open", user=google.user)
        out.indented(asked.url)
        came = _pasted(session) if arguments.paste else _brought(asked, session, open_page)
        sign_in, why = asked.answered(came)
    if sign_in is None:
        raise Wrong("connect.refused", why=why)
    seal, is_new = seal_of(session.settings)
    kept_sign_ins(session.settings, seal).put(f"google:{google.user}", json.dumps(dict(sign_in)))
    out.tell("connect.done", user=google.user, style="bold")
    if is_new:
        out.tell("connect.sealed", path=session.settings.root / ".env")
    return 0


def _brought(asked: Asking, session: Session, open_page: Callable[[str], object]) -> str:
    """Wait until the browser comes back."""
    open_page(asked.url)
    session.out.tell("connect.waiting")
    came = asked.wait(_PATIENCE)
    if not came:
        raise Wrong("connect.late")
    return came


def _pasted(session: Session) -> str:
    """Take the address from the clipboard of whoever opened the page elsewhere."""
    return session.out.ask(session.out.say("connect.paste"))


def _forget(google: Google, session: Session) -> int:
    seal, _ = seal_of(session.settings, makes_one=False)
    was_there = kept_sign_ins(session.settings, seal).remove(f"google:{google.user}")
    session.out.tell("connect.forgotten" if was_there else "connect.unknown", user=google.user)
    return 0
