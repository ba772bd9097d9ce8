"""Files that are attached to drafts: small ones at once, large ones stretch by stretch.

https://learn.microsoft.com/graph/outlook-large-attachments. A session has an address of its own
with a right in it; who shows a token there is refused, and so is a stretch out of order.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from integrations.localgraph import clockwork, schema
from integrations.localgraph.mailroom import Mailroom, Message, Sheet
from integrations.localgraph.replies import Asked, Declined, Reply, bad, error

PLACE = "/api/gv1.0/AttachmentSessions/"

_LARGEST = 4 * 1024 * 1024  # of a request
_LEAST = 3_000_000  # of a file for which a session is opened: Graph says "3 MB"
_MOST = 150_000_000
_STANDS = timedelta(hours=1)
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass
class _Session:
    owner: str
    message: str
    name: str
    media_type: str
    size: int
    right: str
    until: datetime
    came: bytearray = field(default_factory=bytearray)


class Uploads:
    """The sessions that are open.

    Switches: `expires_after` so many stretches every session is over; `refused` is the code with
    which none is opened. `stretches` says where each began and how long it was.
    """

    def __init__(self, room: Mailroom, now: Callable[[], datetime]) -> None:
        self.expires_after: int | None = None
        self.refused = ""
        self.stretches: list[tuple[int, int]] = []
        self._room = room
        self._now = now
        self._open: dict[str, _Session] = {}

    def attach(self, message: Message, asked: Asked) -> Reply:
        """POST …/attachments: a file that fits into one request."""
        if len(asked.raw) > _LARGEST:
            return error(413, "RequestEntityTooLarge", "The request is too large.")
        try:
            schema.check_new("fileAttachment", asked.body)
        except schema.Misspelt as problem:
            raise Declined(bad(str(problem), "RequestBodyRead")) from None
        said = asked.body if isinstance(asked.body, dict) else {}
        if said.get("@odata.type") != "#microsoft.graph.fileAttachment" or not said.get("name"):
            raise Declined(bad("A file needs its type and a name.", "ErrorInvalidRequest"))
        content = base64.b64decode(said.get("contentBytes", ""))
        sheet = Sheet(str(said["name"]), str(said.get("contentType", "")), content)
        return Reply(201, _shown(self._put(message, sheet), sheet))

    def begin(self, base: str, message: Message, asked: Asked) -> Reply:
        """POST …/attachments/createUploadSession."""
        try:
            given = schema.check_call("createUploadSession", "Collection(attachment)", asked.body)
        except schema.Misspelt as problem:
            raise Declined(bad(str(problem), "RequestBodyRead")) from None
        item = given["AttachmentItem"]
        if self.refused:
            return error(403, self.refused, "Access is denied. Check credentials and try again.")
        if item.get("attachmentType") != "file" or not item.get("name"):
            raise Declined(bad("A file needs its type and a name.", "ErrorInvalidRequest"))
        if not _LEAST <= int(item.get("size", 0)) <= _MOST:
            code = "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"
            raise Declined(bad("The attachment size is out of range.", code))
        id_ = self._room.office.new_id()
        until = self._now() + _STANDS
        session = _Session(
            message.owner,
            message.id,
            str(item["name"]),
            str(item.get("contentType", "")),
            int(item["size"]),
            f"right-{id_}",
            until,
        )
        self._open[id_] = session
        return Reply(
            201,
            {
                "uploadUrl": f"{base}{PLACE}{quote(id_, safe='')}?authtoken={quote(session.right)}",
                "expirationDateTime": clockwork.offset(until),
                "nextExpectedRanges": ["0-"],
            },
        )

    def put(self, id_: str, asked: Asked) -> Reply:
        """PUT a stretch of a file."""
        session = self._session(id_, asked)
        total = _checked(session, asked)
        self.stretches.append((len(session.came), len(asked.raw)))
        session.came += asked.raw
        if len(session.came) < total:
            return Reply(200, {"nextExpectedRanges": [str(len(session.came))]})
        del self._open[id_]
        message = self._room.box(session.owner).messages.get(session.message)
        if message is None:
            return error(404, "ErrorItemNotFound", "The message was not found.")
        self._put(message, Sheet(session.name, session.media_type, bytes(session.came)))
        return Reply(201, None, {"Location": f"{PLACE}{quote(id_, safe='')}"}, raw=b"")

    def _session(self, id_: str, asked: Asked) -> _Session:
        """Give an open session to whoever comes with its right, and with nothing else."""
        if "authorization" in asked.headers:
            said = "The address is the right itself."
            raise Declined(error(401, "InvalidAuthenticationToken", said))
        session = self._open.get(id_)
        is_over = self.expires_after is not None and len(self.stretches) >= self.expires_after
        if session is None or self._now() >= session.until or is_over:
            self._open.pop(id_, None)
            raise Declined(error(404, "ErrorItemNotFound", "The upload session was not found."))
        if asked.query.get("authtoken") != session.right:
            raise Declined(error(401, "InvalidAuthenticationToken", "That is no right."))
        return session

    def listed(self, message: Message, asked: Asked) -> Reply:
        """GET …/attachments: of those that were attached to the draft, and not of its MIME."""
        try:
            schema.check_names("fileAttachment", asked.query.get("$select", ""))
        except schema.Misspelt as problem:
            raise Declined(bad(str(problem), "RequestBroker--ParseUri")) from None
        return Reply(200, {"value": [_shown(message, one) for one in message.sheets]})

    def _put(self, message: Message, sheet: Sheet) -> Message:
        if not message.is_draft:
            raise Declined(bad("The message is no draft.", "ErrorInvalidOperation"))
        if self._room.habits.drops_files:
            return message
        return self._room.put(replace(message, sheets=(*message.sheets, sheet)))


def _checked(session: _Session, asked: Asked) -> int:
    """Refuse a stretch that is not the next one; gives how large the file is."""
    found = _RANGE.fullmatch(asked.headers.get("content-range", ""))
    octets = asked.headers.get("content-type", "") == "application/octet-stream"
    if found is None or not octets or len(asked.raw) >= _LARGEST:
        said = "A stretch needs its range, its type, and less than 4 MB."
        raise Declined(bad(said, "InvalidRange"))
    first, last, total = map(int, found.groups())
    is_next = first == len(session.came) and last - first + 1 == len(asked.raw)
    if not is_next or total != session.size or last >= total:
        raise Declined(error(416, "InvalidRange", "The bytes of a file are to be sent in order."))
    return total


def _shown(message: Message, sheet: Sheet) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "id": f"{message.id}/{sheet.name}",
        "name": sheet.name,
        "contentType": sheet.media_type,
        "size": len(sheet.content),
    }
