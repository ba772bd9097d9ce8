"""The stand-in for Graph is as strict as Graph: what would fail there fails here."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from integrations.localgraph.certificate import local_certificate
from integrations.localgraph.server import GraphServer
from integrations.tls import trust
from tests.contracts.calendar_world import (
    AOI,
    MANAGER,
    MENTOR,
    NOW,
    at,
)
from tests.servers.certificates import Certificates
from worker.wiring.clock import SystemClock


@dataclass
class Desk:
    """A client without an adapter."""

    server: GraphServer
    client: httpx.Client

    def ask(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Ask with a token that is valid."""
        url = f"/v1.0{path}"
        return self.client.request(method, url, json=json, params=params, headers=headers)

    def make(self, **more: object) -> httpx.Response:
        """Make an event, with something of one's own in it."""
        return self.ask("POST", f"/users/{MENTOR}/events", json=event(**more))


def event(**more: object) -> dict[str, object]:
    """Write an event."""
    return {
        "subject": "1on1",
        "start": {"dateTime": "2026-04-02T10:00:00", "timeZone": "Tokyo Standard Time"},
        "end": {"dateTime": "2026-04-02T10:30:00", "timeZone": "Asia/Tokyo"},
        "attendees": [{"emailAddress": {"address": MANAGER}, "type": "required"}],
        **more,
    }


def code(answer: httpx.Response) -> tuple[int, str]:
    """Give how it was refused."""
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture
def desk(certificates: Certificates) -> Iterator[Desk]:
    """Two people with calendars."""
    with GraphServer(certificates.server_context(), lambda: NOW) as server:
        for address in (MENTOR, MANAGER):
            server.graph.office.employ(address)
        server.login.valid["token"] = ""
        headers = {"Authorization": "Bearer token", "Prefer": 'IdType="ImmutableId"'}
        trusted = ssl.create_default_context(cafile=str(certificates.ca_file))
        with httpx.Client(base_url=server.url, headers=headers, verify=trusted) as client:
            yield Desk(server, client)


def test_its_own_certificate_is_believed_by_who_has_the_file(tmp_path: Path) -> None:
    """And by nobody else: without the file no word is spoken."""
    made = local_certificate(tmp_path, SystemClock().now())
    with GraphServer(made.tls, lambda: NOW) as server:
        there = f"{server.url}/tenant/v2.0/.well-known/openid-configuration"

        told = httpx.get(there, verify=trust(str(made.ca_file)))
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(there, verify=trust())

    assert told.status_code == 200
    assert (tmp_path / "localhost.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"subjekt": "x"},
        {"subject": 1},
        {"isOnlineMeeting": "true"},
        {"showAs": "occupied"},
        {"attendees": None},
        {"attendees": [{"emailAddress": {"mail": AOI}}]},
        {"attendees": [{"emailAddress": {"address": AOI}, "type": "must"}]},
        {"body": {"contentType": "markdown", "content": "x"}},
        {"organizer": {"emailAddress": {"address": MENTOR}}},
        {"iCalUId": "own"},
        {"id": "own"},
        {"start": "2026-04-02T10:00:00"},
        {"singleValueExtendedProperties": [{"name": "x", "value": "y"}]},
    ],
)
def test_a_misspelt_event_is_refused(desk: Desk, wrong: dict[str, object]) -> None:
    """By Microsoft's own schema: an unknown name, another type, what only the service sets."""
    answer = desk.make(**wrong)

    assert answer.status_code == 400
    assert desk.server.graph.office.made == []


@pytest.mark.parametrize("name", ["transactionId", "organizer", "onlineMeeting", "nothing"])
def test_what_cannot_be_changed_is_refused(desk: Desk, name: str) -> None:
    """Only what the page of updates names is taken."""
    made = desk.make().json()

    answer = desk.ask(
        "PATCH", f"/users/{MENTOR}/events/{quote(made['id'], safe='')}", json={name: "x"}
    )

    assert answer.status_code == 400


def test_names_of_parameters_are_taken_in_any_case_and_no_others(desk: Desk) -> None:
    """As OData has it for actions."""
    made = desk.make().json()
    path = f"/users/{MENTOR}/events/{quote(made['id'], safe='')}/cancel"

    assert desk.ask("POST", path, json={"reason": "x"}).status_code == 400
    assert desk.ask("POST", path, json={"Comment": "x"}).status_code == 202


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("calendarView", {}),
        ("calendarView", {"startDateTime": "2026-04-01", "endDateTime": "soon"}),
        ("events", {"$select": "titel"}),
        ("events", {"$orderby": "subject"}),
        ("events", {"$filter": "subject eq 'x'"}),
        ("events", {"$top": "1001"}),
        ("calendarView/delta", {"startDateTime": "2026-04-01", "$select": "id"}),
        ("nothing", {}),
    ],
)
def test_a_question_nobody_answers_is_refused(desk: Desk, path: str, query: dict[str, str]) -> None:
    """A window that is missing, an option that is not offered, a property that is none."""
    assert desk.ask("GET", f"/users/{MENTOR}/{path}", params=query).status_code == 400


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"schedules": [f"p{n}@x.example" for n in range(21)]}, "ErrorMailboxDataArrayTooBig"),
        ({"availabilityViewInterval": 4}, "ErrorInvalidMergedFreeBusyInterval"),
        (
            {"endTime": {"dateTime": "2026-06-02T00:00:00", "timeZone": "UTC"}},
            "ErrorTimeIntervalTooBig",
        ),
        (
            {"endTime": {"dateTime": "2026-04-02T00:00:00", "timeZone": "Asia/Edo"}},
            "TimeZoneNotSupportedException",
        ),
    ],
)
def test_free_time_has_its_limits(desk: Desk, wrong: dict[str, object], expected: str) -> None:
    """Twenty mailboxes, less than 62 days, five minutes."""
    question = {
        "schedules": [MENTOR],
        "startTime": {"dateTime": "2026-04-01T00:00:00", "timeZone": "UTC"},
        "endTime": {"dateTime": "2026-04-02T00:00:00", "timeZone": "UTC"},
        **wrong,
    }

    answer = desk.ask("POST", f"/users/{MENTOR}/calendar/getSchedule", json=question)

    assert code(answer) == (400, expected)


def test_a_view_of_free_time_says_the_strongest_of_each_slot(desk: Desk) -> None:
    """Working elsewhere looks free; whoever has hours of their own has a zone without a name."""
    for n, shows_as in enumerate(("workingElsewhere", "tentative", "busy", "oof")):
        desk.server.graph.office.take(MENTOR, at(n), at(n + 1), shows_as=shows_as)
    question = {
        "schedules": [MENTOR],
        "startTime": {"dateTime": "2026-04-01T00:00:00", "timeZone": "UTC"},
        "endTime": {"dateTime": "2026-04-01T05:00:00", "timeZone": "UTC"},
        "availabilityViewInterval": 60,
    }

    answer = desk.ask("POST", f"/users/{MENTOR}/calendar/getSchedule", json=question)

    [told] = answer.json()["value"]
    assert told["availabilityView"] == "01230"
    assert told["workingHours"]["timeZone"]["name"] == "Customized Time Zone"


def test_an_id_is_immutable_only_for_who_asks_for_it(desk: Desk) -> None:
    """The header has to be there every time, or one event has two names."""
    made = desk.make().json()

    other = desk.ask("GET", f"/users/{MENTOR}/events", headers={"Prefer": ""}).json()["value"][0]

    assert other["id"] != made["id"]


def test_a_guest_can_answer_and_the_organiser_cannot(desk: Desk) -> None:
    """As in Outlook; a proposal goes with the answer."""
    made = desk.make().json()
    [copy] = desk.ask("GET", f"/users/{MANAGER}/events").json()["value"]
    slot = {
        "start": {"dateTime": "2026-04-02T03:00:00", "timeZone": "UTC"},
        "end": {"dateTime": "2026-04-02T03:30:00", "timeZone": "UTC"},
    }

    own = desk.ask("POST", f"/users/{MENTOR}/events/{quote(made['id'], safe='')}/accept", json={})
    said = desk.ask(
        "POST",
        f"/users/{MANAGER}/events/{quote(copy['id'], safe='')}/tentativelyAccept",
        json={"proposedNewTime": slot, "sendResponse": True},
    )

    assert (own.status_code, said.status_code) == (400, 202)
    after = desk.ask("GET", f"/users/{MENTOR}/events/{quote(made['id'], safe='')}").json()
    [guest] = after["attendees"]
    assert guest["status"]["response"] == "tentativelyAccepted"
    assert guest["proposedNewTime"]["start"]["dateTime"] == "2026-04-02T03:00:00.0000000"


def test_only_an_organiser_cancels(desk: Desk) -> None:
    """A guest is told so; deleting their copy declines."""
    made = desk.make().json()
    [copy] = desk.ask("GET", f"/users/{MANAGER}/events").json()["value"]

    answer = desk.ask(
        "POST", f"/users/{MANAGER}/events/{quote(copy['id'], safe='')}/cancel", json={}
    )
    desk.ask("DELETE", f"/users/{MANAGER}/events/{quote(copy['id'], safe='')}")

    assert code(answer) == (400, "ErrorInvalidRequest")
    after = desk.ask("GET", f"/users/{MENTOR}/events/{quote(made['id'], safe='')}").json()
    assert after["attendees"][0]["status"]["response"] == "declined"


def test_whoever_has_no_token_hears_nothing(desk: Desk) -> None:
    """A token that was given out and ran out is none."""
    desk.server.login.expire()

    assert code(desk.ask("GET", f"/users/{MENTOR}/events")) == (401, "InvalidAuthenticationToken")


def test_a_person_reaches_their_own_calendar_alone(desk: Desk) -> None:
    """In somebody's name one asks for what is theirs."""
    desk.server.login.valid["token"] = MENTOR

    assert desk.ask("GET", "/me/events").status_code == 200
    assert code(desk.ask("GET", f"/users/{MANAGER}/events")) == (403, "ErrorAccessDenied")
