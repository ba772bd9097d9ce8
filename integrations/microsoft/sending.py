"""A mail at Exchange by the names we know it under: found, looked at, taken back.

A draft is made of MIME, so that every header is ours, and then marked with a property that bears
our Message-ID: Exchange may give it another
(https://learn.microsoft.com/graph/outlook-send-mime-message). With an immutable id it keeps its
name when it moves to the sent items; some have seen it change all the same, hence the property.
"""

import base64
from dataclasses import dataclass

from integrations.microsoft.files import File
from integrations.microsoft.meaning import Kind, Problem
from integrations.microsoft.wire import Answer, Call, GraphWire, in_filter, in_path

MARK = "String {3c1f1c9e-1f0a-4e0b-9d5e-7a2b64d1f7c2} Name TsunaguMessageId"
# A file up to this goes in one request, a larger one in a session of its own: Graph says "3 MB".
# 3,145,611 octets were seen to be the most that one request takes.
IN_ONE = 3_000_000
STRETCH = 10 * 320 * 1024  # octets of a file in one request; Graph wants less than 4 MB
_FIELDS = "id,isDraft,internetMessageId,conversationId"
_MOST = 10
_TOO_SMALL = "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"


@dataclass(frozen=True, slots=True)
class Lying:
    """A mail of ours as it lies in the mailbox."""

    id: str
    is_draft: bool
    message_id: str  # what Exchange calls it
    conversation: str = ""


class Outgoing:
    """The mails of one mailbox that leave it."""

    def __init__(self, wire: GraphWire, mailbox: str) -> None:
        self._wire = wire
        self._mailbox = mailbox.lower()
        self._path = f"/users/{in_path(mailbox)}/messages"

    def draft(self, content: bytes) -> Lying | Problem:
        """Make a draft; nobody sees it but who looks into the mailbox."""
        octets = base64.b64encode(content)
        return self._lying(self._ask("POST", "", content=octets))

    def mark(self, id_: str, message_id: str) -> Problem | None:
        """Write our name for it onto a draft."""
        body: dict[str, object] = {
            "singleValueExtendedProperties": [{"id": MARK, "value": message_id}]
        }
        answer = self._ask("PATCH", f"/{in_path(id_)}", body=body)
        return answer if isinstance(answer, Problem) else None

    def attach(self, id_: str, file: File) -> Problem | None:
        """Attach a file to a draft."""
        if len(file.content) > IN_ONE:
            problem = self._attach_in_stretches(id_, file)
            if problem is None or problem.code != _TOO_SMALL:
                return problem
        body: dict[str, object] = {
            "@odata.type": "#microsoft.graph.fileAttachment",
            "name": file.name,
            "contentType": file.media_type,
            "contentBytes": base64.b64encode(file.content).decode("ascii"),
        }
        answer = self._ask("POST", f"/{in_path(id_)}/attachments", body=body)
        return answer if isinstance(answer, Problem) else None

    def _attach_in_stretches(self, id_: str, file: File) -> Problem | None:
        """Open a session and send the file stretch by stretch, in order."""
        item = {
            "attachmentType": "file",
            "name": file.name,
            "size": len(file.content),
            "contentType": file.media_type,
        }
        path = f"/{in_path(id_)}/attachments/createUploadSession"
        answer = self._ask("POST", path, body={"AttachmentItem": item})
        if isinstance(answer, Problem):
            return answer
        url, total = str(answer.body.get("uploadUrl") or ""), len(file.content)
        for first in range(0, total, STRETCH):
            part = file.content[first : first + STRETCH]
            problem = self._wire.upload(url, part, first, total, self._mailbox)
            if problem is not None:
                return problem
        return None

    def attached(self, id_: str) -> list[str] | Problem:
        """Name the files that a draft holds."""
        path = f"/{in_path(id_)}/attachments"
        answer = self._ask("GET", path, {"$select": "name,size"})
        if isinstance(answer, Problem):
            return answer
        return [str(one.get("name") or "") for one in answer.values]

    def send(self, id_: str) -> Problem | None:
        """Ask for a draft to be sent; that it was taken is no more than that."""
        answer = self._ask("POST", f"/{in_path(id_)}/send", content=b"")
        return answer if isinstance(answer, Problem) else None

    def look(self, id_: str) -> Lying | Problem:
        """Look at one mail."""
        return self._lying(self._ask("GET", f"/{in_path(id_)}", {"$select": _FIELDS}))

    def find(self, message_id: str) -> list[Lying] | Problem:
        """Find every mail that bears a name of ours, by our mark or by its own."""
        found: dict[str, Lying] = {}
        bears = f"ep: ep/id eq {in_filter(MARK)} and ep/value eq {in_filter(message_id)}"
        by_mark = f"singleValueExtendedProperties/Any({bears})"
        for wanted in (by_mark, f"internetMessageId eq {in_filter(message_id)}"):
            params = {"$filter": wanted, "$select": _FIELDS, "$top": str(_MOST)}
            answer = self._ask("GET", "", params)
            if isinstance(answer, Problem):
                return answer
            for one in answer.values:
                lying = _read(one)
                found[lying.id] = lying
            if found:
                break
        return list(found.values())

    def newest_sent(self) -> list[Lying] | Problem:
        """Give some of what lies in the sent items."""
        path = f"/users/{in_path(self._mailbox)}/mailFolders/sentitems/messages"
        params = {"$select": _FIELDS, "$top": str(_MOST)}
        answer = self._wire.ask(Call("GET", path, self._mailbox, params))
        return answer if isinstance(answer, Problem) else [_read(one) for one in answer.values]

    def discard(self, id_: str) -> Problem | None:
        """Take a draft back: from here on it cannot be sent."""
        answer = self._ask("DELETE", f"/{in_path(id_)}")
        return answer if isinstance(answer, Problem) else None

    def _ask(
        self,
        method: str,
        path: str,
        params: dict[str, str] | None = None,
        *,
        body: dict[str, object] | None = None,
        content: bytes | None = None,
    ) -> Answer | Problem:
        call = Call(method, self._path + path, self._mailbox, params or {}, body, content)
        return self._wire.ask(call)

    def _lying(self, answer: Answer | Problem) -> Lying | Problem:
        if isinstance(answer, Problem):
            return answer
        lying = _read(dict(answer.body))
        return lying if lying.id else Problem(Kind.BROKEN, "an answer that names no message")


def _read(said: dict[str, object]) -> Lying:
    return Lying(
        str(said.get("id") or ""),
        said.get("isDraft") is not False,
        str(said.get("internetMessageId") or ""),
        str(said.get("conversationId") or ""),
    )
