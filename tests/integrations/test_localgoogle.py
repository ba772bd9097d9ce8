"""The server that stands in for Google is strict: what it takes is well-formed at Google, too."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from integrations.google.calendar import SCOPES
from integrations.google.mailbox import SCOPES as MAIL_SCOPES
from integrations.localgoogle.discovery import api
from tests.contracts.calendar_world import (
    AOI,
    MANAGER,
    MENTOR,
    at,
    invitation,
)
from tests.servers.google import GoogleWorld, google_world
from worker.domain.meetings import Span

WHEN = {
    "start": {"dateTime": "2026-04-02T10:00:00+09:00", "timeZone": "Asia/Tokyo"},
    "end": {"dateTime": "2026-04-02T10:30:00+09:00", "timeZone": "Asia/Tokyo"},
}
GUESTS = {"attendees": [{"email": AOI}, {"email": MANAGER}]}


@dataclass(frozen=True, slots=True)
class Line:
    """Speaks to the server as somebody, with nothing of ours in between."""

    world: GoogleWorld
    client: httpx.Client

    def ask(
        self, method: str, path: str, *, body: object = None, **query: str
    ) -> tuple[int, Mapping[str, Any]]:
        """Make a request below the calendar's address; give status and body."""
        url = f"{self.world.google.endpoint}/calendar/v3/{path}"
        answer = self.client.request(method, url, json=body, params=query)
        return answer.status_code, answer.json() if answer.content else {}

    def insert(self, body: Mapping[str, object], **query: str) -> tuple[int, Mapping[str, Any]]:
        """Make an event in the mentor's calendar."""
        return self.ask("POST", f"calendars/{MENTOR}/events", body={**WHEN, **body}, **query)


def token(world: GoogleWorld, person: str, *scopes: str) -> str:
    """Sign somebody in."""
    world.google.sign_ins.refresh_tokens[person] = person
    form = {
        "grant_type": "refresh_token",
        "refresh_token": person,
        "scope": " ".join(scopes or (*SCOPES, *MAIL_SCOPES)),
    }
    told = httpx.post(world.google.token_uri, data=form).json()
    return str(told["access_token"])


@pytest.fixture
def world() -> Iterator[GoogleWorld]:
    """A server of the test's own."""
    with google_world() as running:
        yield running


@pytest.fixture
def line(world: GoogleWorld) -> Iterator[Line]:
    """The mentor's line."""
    headers = {"Authorization": f"Bearer {token(world, MENTOR)}"}
    with httpx.Client(headers=headers) as client:
        yield Line(world, client)


def reason(told: Mapping[str, Any]) -> str:
    """Give the reason of a refusal."""
    found: str = told["error"]["errors"][0]["reason"]
    return found


@pytest.mark.parametrize(
    "body",
    [
        {"sumary": "a slip"},
        {"summary": 7},
        {"attendees": {"email": AOI}},
        {"attendees": [{"email": AOI, "responsStatus": "accepted"}]},
        {"start": {"dateTime": "tomorrow"}},
        {"start": {"dateTime": "2026-04-02T10:00:00"}},
        {"extendedProperties": {"private": {"n": 1}}},
        {"guestsCanInviteOthers": "false"},
    ],
)
def test_a_body_that_google_does_not_know_is_refused(
    line: Line, body: Mapping[str, object]
) -> None:
    """A field, a type or a form that is not in Google's own document."""
    status, _ = line.insert(body)

    assert status == 400
    assert line.world.calendars.seen(MENTOR) == []


@pytest.mark.parametrize(
    "body",
    [
        {"id": "NotOurAlphabet"},
        {"id": "abc"},
        {"start": {}},
        {"end": {"dateTime": "2026-04-02T09:00:00+09:00"}},
        {"attendees": [{"email": "nobody"}]},
        {"attendees": [{"email": AOI, "responseStatus": "maybe"}]},
    ],
)
def test_an_event_that_cannot_be_is_refused(line: Line, body: Mapping[str, object]) -> None:
    """Ids of another alphabet, no beginning, an end before it, guests without an address."""
    status, told = line.insert(body)

    assert status == 400
    assert reason(told) in ("invalid", "required", "timeRangeEmpty")


@pytest.mark.parametrize(
    "query",
    [
        {"sendUpdate": "all"},
        {"sendUpdates": "everybody"},
        {"conferenceDataVersion": "2"},
        {"conferenceDataVersion": "one"},
        {"supportsAttachments": "yes"},
    ],
)
def test_a_parameter_that_google_does_not_know_is_refused(
    line: Line, query: Mapping[str, str]
) -> None:
    """A name, a word or a number that is not in Google's own document."""
    status, _ = line.insert({}, **query)

    assert status == 400


def test_no_mail_goes_out_unless_it_is_asked_for(line: Line) -> None:
    """The default invites nobody; there is a word for guests outside the company alone."""
    line.insert(GUESTS)
    silent = list(line.world.calendars.sent)
    line.insert(GUESTS, sendUpdates="externalOnly")

    assert silent == []
    assert [one.address for one in line.world.calendars.sent] == [AOI]


def test_no_room_is_made_unless_the_version_is_said(line: Line) -> None:
    """Without `conferenceDataVersion=1` a wish for a room is not heard."""
    wish = {
        "conferenceData": {
            "createRequest": {
                "requestId": "one request",
                "conferenceSolutionKey": {"type": "hangoutsMeet"},
            }
        }
    }

    _, without = line.insert(wish)
    _, with_version = line.insert(wish, conferenceDataVersion="1")

    assert "conferenceData" not in without
    assert with_version["conferenceData"]["createRequest"]["status"] == {"statusCode": "pending"}


def test_an_id_is_used_once_even_if_its_event_was_deleted(line: Line) -> None:
    """409 for what is there and for what was; a deleted event can be seen and brought back."""
    body = {"id": invitation().event_key}
    line.insert(body)
    first, _ = line.insert(body)
    path = f"calendars/{MENTOR}/events/{body['id']}"
    deleted, _ = line.ask("DELETE", path)
    again, _ = line.ask("DELETE", path)
    second, told = line.insert(body)
    _, seen = line.ask("GET", path)
    restored, event = line.ask("PUT", path, body=WHEN)

    assert (first, deleted, again, second) == (409, 204, 410, 409)
    assert reason(told) == "duplicate"
    assert seen["status"] == "cancelled"
    assert (restored, event["status"]) == (200, "confirmed")


def test_an_update_takes_away_what_it_does_not_say(line: Line) -> None:
    """PUT writes the whole event: guests that are not named are gone."""
    _, event = line.insert({**GUESTS, "summary": "before"})

    _, after = line.ask(
        "PUT", f"calendars/{MENTOR}/events/{event['id']}", body={**WHEN, "summary": "after"}
    )

    assert after["summary"] == "after"
    assert "attendees" not in after


def test_a_stale_writer_is_refused(line: Line) -> None:
    """Whoever names an older state of the event changes nothing."""
    _, event = line.insert({"summary": "one"})
    path = f"{line.world.google.endpoint}/calendar/v3/calendars/{MENTOR}/events/{event['id']}"
    line.world.calendars.retitle(event["id"], "two")

    answer = line.client.put(path, json=WHEN, headers={"If-Match": event["etag"]})

    assert answer.status_code == 412
    assert line.world.calendars.standing(event["id"])[1]["summary"] == "two"


@pytest.mark.parametrize(
    "forbidden",
    [
        {"timeMin": "2026-04-01T00:00:00Z"},
        {"orderBy": "updated"},
        {"q": "1on1"},
        {"privateExtendedProperty": "tsunagu=1"},
        {"singleEvents": "true"},
    ],
)
def test_a_sync_token_goes_with_the_question_it_was_given_for(
    line: Line, forbidden: Mapping[str, str]
) -> None:
    """With anything else it is refused, and the token stays good."""
    path = f"calendars/{MENTOR}/events"
    _, told = line.ask("GET", path)
    sync_token = told["nextSyncToken"]

    status, _ = line.ask("GET", path, syncToken=sync_token, **forbidden)
    good, _ = line.ask("GET", path, syncToken=sync_token)
    line.world.expire_cursors()
    gone, after = line.ask("GET", path, syncToken=sync_token)

    assert (status, good, gone) == (400, 200, 410)
    assert reason(after) == "fullSyncRequired"


def test_free_busy_has_its_limits(line: Line) -> None:
    """More than fifty at once, a year at once, nothing at all: refused, or an error inside."""
    span = {"timeMin": "2026-04-01T00:00:00Z", "timeMax": "2026-04-02T00:00:00Z"}
    many = [{"id": f"staff{n}@tsunagu.example"} for n in range(51)]
    line.world.google.employ(*(one["id"] for one in many))

    fifty_one = line.ask("POST", "freeBusy", body={**span, "calendarExpansionMax": 51})
    _, told = line.ask("POST", "freeBusy", body={**span, "items": many})
    year = line.ask("POST", "freeBusy", body={**span, "timeMax": "2027-04-01T00:00:00Z"})
    none = line.ask("POST", "freeBusy", body={})

    assert (fifty_one[0], year[0], none[0]) == (400, 400, 400)
    assert reason(year[1]) == "timeRangeTooLong"
    errors = [one for one, what in told["calendars"].items() if what.get("errors")]
    assert errors == ["staff50@tsunagu.example"]


def test_a_colleague_sees_when_and_not_what(line: Line) -> None:
    """Others of the company see time; a stranger's calendar is not there; nobody writes there."""
    line.world.calendars.take(MANAGER, Span(at(1), at(2)), "人事の相談")
    line.world.google.employ("stranger@elsewhere.example")

    _, told = line.ask("GET", f"calendars/{MANAGER}/events")
    stranger, _ = line.ask("GET", "calendars/stranger@elsewhere.example/events")
    written, refusal = line.ask("POST", f"calendars/{MANAGER}/events", body=WHEN)

    assert "summary" not in told["items"][0]
    assert told["accessRole"] == "freeBusyReader"
    assert (stranger, written) == (404, 403)
    assert reason(refusal) == "requiredAccessLevel"


def test_every_method_wants_its_own_right(line: Line) -> None:
    """Whoever may ask when people are busy may not write into their calendars."""
    only = token(line.world, MENTOR, "https://www.googleapis.com/auth/calendar.freebusy")
    line.client.headers["Authorization"] = f"Bearer {only}"

    status, told = line.insert({})

    assert (status, reason(told)) == (403, "insufficientPermissions")


def test_a_token_that_nobody_gave_is_none(line: Line) -> None:
    """Nor is one that has run out."""
    line.client.headers["Authorization"] = "Bearer made up"
    made_up, _ = line.insert({})
    line.client.headers["Authorization"] = f"Bearer {token(line.world, MENTOR)}"
    line.world.google.sign_ins.expire_tokens()
    run_out, _ = line.insert({})

    assert (made_up, run_out) == (401, 401)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "unknown"}, "invalid_grant"),
        (
            {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "a.b.c"},
            "invalid_grant",
        ),
    ],
)
def test_a_sign_in_that_is_none_is_refused(
    world: GoogleWorld, form: Mapping[str, str], error: str
) -> None:
    """Another grant, an unknown token, an assertion whose signature is nobody's."""
    answer = httpx.post(world.google.token_uri, data=dict(form))

    assert answer.status_code == 400
    assert answer.json()["error"] == error


def test_what_is_not_there_is_not_made_up(line: Line) -> None:
    """A path of no method, and a method that this server has not learned."""
    nowhere, _ = line.ask("GET", "calendars/nowhere/at/all")
    unlearned, told = line.ask("POST", f"calendars/{MENTOR}/events/quickAdd", text="lunch")

    assert (nowhere, unlearned) == (404, 501)
    assert reason(told) == "notImplemented"


@pytest.mark.parametrize(
    ("address", "status"),
    [("temperror-1@example.jp", 429), ("permerror@example.jp", 400), ("silent@example.jp", 200)],
)
def test_the_fault_addresses_are_known_here_too(line: Line, address: str, status: int) -> None:
    """What a guest's address asks for happens, as often as it says."""
    first, _ = line.insert({"attendees": [{"email": address}]})
    second, _ = line.insert({"attendees": [{"email": address}]})

    assert first == status
    assert second == (400 if status == 400 else 200)


@pytest.mark.parametrize(("address", "made"), [("doubt@example.jp", 1), ("lost@example.jp", 0)])
def test_a_line_can_be_cut_before_and_after_the_work(line: Line, address: str, made: int) -> None:
    """By a guest's address: the event is there, or it is not."""
    with pytest.raises(httpx.RemoteProtocolError):
        line.insert({"attendees": [{"email": address}]})

    assert len(line.world.calendars.seen(MENTOR)) == made


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "drafts", {"message": {"raw": "not base64!"}}),
        ("POST", "drafts", {"message": {}}),
        ("POST", "drafts", {"massage": {"raw": ""}}),
        ("GET", "messages?maxResult=5", None),
        ("GET", "history", None),
        ("GET", "messages/1?format=whole", None),
    ],
)
def test_gmail_is_as_strict(line: Line, method: str, path: str, body: object) -> None:
    """The same document's rules hold for mailboxes."""
    url = f"{line.world.google.endpoint}/gmail/v1/users/me/{path}"

    assert line.client.request(method, url, json=body).status_code == 400


def test_somebody_elses_mailbox_is_closed(line: Line) -> None:
    """Nobody reads a colleague's mail by asking for it."""
    url = f"{line.world.google.endpoint}/gmail/v1/users/{MANAGER}/messages"

    assert line.client.get(url).status_code == 403


def test_what_gmail_answers_is_as_google_describes_it(line: Line) -> None:
    """Messages, drafts, threads and history are held to Google's own document."""
    boxes = line.world.google.mailboxes
    boxes.receive(MENTOR, b"Subject: x\r\n\r\nx", at=line.world.clock.now() - timedelta(hours=1))
    base = f"{line.world.google.endpoint}/gmail/v1/users/me"
    (message,) = line.client.get(f"{base}/messages").json()["messages"]

    for schema, path in (
        ("Profile", "profile"),
        ("ListMessagesResponse", "messages"),
        ("Message", f"messages/{message['id']}?format=raw"),
        ("Message", f"messages/{message['id']}?format=metadata&metadataHeaders=Subject"),
        ("Thread", f"threads/{message['threadId']}?format=minimal"),
        ("ListDraftsResponse", "drafts"),
        ("ListHistoryResponse", "history?startHistoryId=1000"),
    ):
        told = line.client.get(f"{base}/{path}").json()
        assert api("gmail", "v1").complaints(schema, told) == []
