"""The pages as Starlette serves them: who may ask, what is read, which page answers."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from worker import logs
from worker.domain.errors import StoreError
from worker.domain.links import OURS, Standin
from worker.engine.leaving import ONE_CLICK, PAGE, Leaving
from worker.engine.surveys import Sheet, Standing, Surveys
from worker.pages.forms import (
    MOST_BYTES,
    MOST_OF_A_SURVEY,
    PATIENCE,
    Unreadable,
    read_form,
)
from worker.pages.hints import Hinting, HintPage
from worker.pages.paper import note, page, style_digest
from worker.pages.rate import Rate
from worker.pages.survey import closed_page, survey_page, thanks_page
from worker.pages.words import Phrases, language_of

PER_TOKEN, PER_ADDRESS = 30, 300  # requests a minute

_STANDINS = frozenset(one.value for one in Standin)
_WORD_OF_STATUS = {404: "missing", 405: "missing", 408: "form", 413: "large"}


@dataclass(frozen=True, slots=True)
class Front:
    """What the pages are served from."""

    company: str
    language: str  # of who is not known
    leaving: Leaving
    surveys: Surveys
    patience: float = PATIENCE  # seconds for what somebody posts
    hinting: Hinting | None = None  # None: nobody tells us anything


def app_of(front: Front) -> ASGIApp:
    """Give the pages as an ASGI application."""
    pages = _Pages(front)
    hints = HintPage(front.hinting)
    routes = [
        Route("/u/{token}", pages.leave, methods=["GET", "POST"]),
        Route("/s/{token}", pages.survey, methods=["GET", "POST"]),
        Route("/hints/{provider}", hints.answer, methods=["POST"]),
        Route("/hints/{provider}/life", hints.answer, methods=["POST"]),
        Route("/robots.txt", _robots),
    ]
    starlette = Starlette(
        routes=routes,
        exception_handlers={
            HTTPException: pages.refused,
            Unreadable: pages.unreadable,
            StoreError: pages.unsaved,
            Exception: pages.faulty,
        },
    )
    starlette.router.redirect_slashes = False
    return Guard(starlette, pages)


class _Pages:
    """Every page, and what it answers."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._tokens = Rate(PER_TOKEN)

    async def leave(self, request: Request) -> Response:
        """Show the page to stop, or stop: a look changes nothing, a POST does."""
        token = request.path_params["token"]
        if early := self._early(request, token):
            return early
        leaving, company = self._front.leaving, self._front.company
        given = await self._form(request) if request.method == "POST" else {}
        visitor = await run_in_threadpool(leaving.see, token)
        if visitor is None:
            return self.unknown(request)
        say = Phrases(visitor.locale)
        choice = given.get("choice", "")
        if "List-Unsubscribe" in given or choice == "stop":
            how = PAGE if choice else ONE_CLICK
            await run_in_threadpool(leaving.stop, token, how)
            return _shown(note(say, "stopped", company, say("stopped.undo")))
        if choice == "less":
            await run_in_threadpool(leaving.less, token)
            return _shown(note(say, "less", company))
        if visitor.has_left:
            return _shown(note(say, "stopped", company, say("stopped.undo")))
        html = page(
            "stop", say, title=say("stop.title"), company=company, is_gentle=visitor.is_gentle
        )
        return _shown(html, 400 if request.method == "POST" else 200)

    async def survey(self, request: Request) -> Response:
        """Show a survey, keep it half-filled, or take its answers."""
        token = request.path_params["token"]
        if early := self._early(request, token):
            return early
        surveys, company = self._front.surveys, self._front.company
        if request.method != "POST":
            sheet = await run_in_threadpool(surveys.see, token)
            return self._survey_as_it_stands(request, sheet)
        given = await self._form(request, MOST_OF_A_SURVEY)
        keeps = given.get("choice") == "keep"
        take = surveys.keep if keeps else surveys.answer
        try:
            taken = await run_in_threadpool(take, token, given)
        except StoreError as trouble:
            return await self._unsaved_survey(request, token, given, trouble)
        if taken is None:
            return self.unknown(request)
        sheet = taken.sheet
        if taken.slips or (keeps and sheet.survey.anonymous and sheet.standing is Standing.OPEN):
            html = survey_page(sheet, company, least=surveys.least, given=given, slips=taken.slips)
            return _shown(html, 422)
        return Response(status_code=303, headers={"Location": "?kept" if keeps else "?"})

    def _survey_as_it_stands(self, request: Request, sheet: Sheet | None) -> Response:
        if sheet is None:
            return self.unknown(request)
        company, query = self._front.company, request.query_params
        if sheet.standing is Standing.CLOSED:
            return _shown(closed_page(sheet, company))
        is_changed = not sheet.survey.anonymous and ("edit" in query or "kept" in query)
        if sheet.standing is Standing.ANSWERED and not is_changed:
            return _shown(thanks_page(sheet, company))
        is_kept = "kept" in query and sheet.is_draft
        least = self._front.surveys.least
        return _shown(survey_page(sheet, company, least=least, is_kept=is_kept))

    async def _unsaved_survey(
        self, request: Request, token: str, given: Mapping[str, str], trouble: StoreError
    ) -> Response:
        """Give the page back with everything that was written into it: nothing of it is saved."""
        logs.store_unusable(doing="pages", why=str(trouble))
        sheet = await run_in_threadpool(self._front.surveys.see, token)
        if sheet is None:
            return self.unknown(request)
        html = survey_page(
            sheet,
            self._front.company,
            least=self._front.surveys.least,
            given=given,
            is_unsaved=True,
        )
        return _shown(html, 503)

    def unknown(self, request: Request) -> Response:
        """Answer a link that nobody has: kindly, and the same whoever it may have been of."""
        say = self.phrases(request)
        return _shown(note(say, "unknown", self._front.company, say("unknown.do")), 404)

    def refused(self, request: Request, error: Exception) -> Response:
        """Answer an address or a method that there is not."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        return self.told(request, status)

    def unreadable(self, request: Request, error: Exception) -> Response:
        """Answer what is no form of ours, and read no more of it."""
        response = self.told(request, error.status if isinstance(error, Unreadable) else 400)
        response.headers["Connection"] = "close"
        return response

    def unsaved(self, request: Request, error: Exception) -> Response:
        """Say that nothing could be written down just now."""
        logs.store_unusable(doing="pages", why=str(error))
        return self.told(request, 503)

    def faulty(self, request: Request, error: Exception) -> Response:
        """Say that something is wrong, and only our log what."""
        logs.bug(doing="pages", error=error)
        return self.told(request, 500)

    def told(self, request: Request, status: int) -> Response:
        """Say what went wrong by its status."""
        key = "trouble" if status >= 500 else _WORD_OF_STATUS.get(status, "form")  # noqa: PLR2004 - HTTP's own
        return _shown(note(self.phrases(request), key, self._front.company), status)

    def often(self, request: Request, seconds: int) -> Response:
        """Ask for patience."""
        response = _shown(note(self.phrases(request), "often", self._front.company), 429)
        response.headers["Retry-After"] = str(seconds)
        return response

    def phrases(self, request: Request) -> Phrases:
        """Give the words for somebody of whom only the browser's wish is known."""
        accepted = request.headers.get("accept-language", "")[:200]
        return Phrases(language_of(accepted, self._front.language))

    async def _form(self, request: Request, most: int = MOST_BYTES) -> Mapping[str, str]:
        return await read_form(request, self._front.patience, most)

    def _early(self, request: Request, token: str) -> Response | None:
        """Answer without looking who it is: a link that only stands in, or one too often used."""
        if token in _STANDINS:
            return _shown(note(self.phrases(request), token, self._front.company))
        wait = self._tokens.wait(token[:64])
        return self.often(request, wait) if wait else None


class Guard:
    """Stands before every page: bounds, headers, and no fault that reaches a visitor."""

    def __init__(self, app: ASGIApp, pages: _Pages) -> None:
        self._app = app
        self._pages = pages
        self._addresses = Rate(PER_ADDRESS)
        self._headers = _headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        if wait := self._addresses.wait(_network_of(scope)):
            await self._pages.often(Request(scope), wait)(scope, receive, sent)
            return
        with suppress(Exception):  # answered and told by `faulty`: Starlette raises it once more
            await self._app(scope, receive, sent)


def _headers() -> Mapping[str, str]:
    """Give what every answer says: no script, no frame, no trace left anywhere."""
    policy = (
        "default-src 'none'",
        f"style-src '{style_digest()}'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
        OURS: "pages",
    }


def _network_of(scope: Scope) -> str:
    """Give who asks, as far as it is counted: an address, and of IPv6 its network."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, IPv6Address):
        return str(int(address) >> 64)
    return str(address)


def _shown(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status)


def _robots(_: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")
