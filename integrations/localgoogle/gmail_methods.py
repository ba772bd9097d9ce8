"""The methods of Gmail API v1 that are needed here, with Gmail's rules and what each costs."""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

from integrations.localgoogle.asked import Asked
from integrations.localgoogle.mailboxes import Box, LocalMailboxes, Message, recipients, resource
from integrations.localgoogle.refusals import Refusal, not_found, wrong
from integrations.localgoogle.topics import Topics

# Quota units of projects made since May 2026 ("Usage limits").
UNITS: Mapping[str, int] = {
    "gmail.users.getProfile": 1,
    "gmail.users.drafts.create": 10,
    "gmail.users.drafts.delete": 10,
    "gmail.users.drafts.list": 5,
    "gmail.users.drafts.send": 100,
    "gmail.users.history.list": 2,
    "gmail.users.messages.get": 20,
    "gmail.users.messages.list": 5,
    "gmail.users.threads.get": 40,
    "gmail.users.watch": 100,
    "gmail.users.stop": 50,
}

_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_MOST_HISTORY = 500


class GmailMethods:
    """What can be asked of the mailboxes."""

    def __init__(self, mailboxes: LocalMailboxes) -> None:
        self._mailboxes = mailboxes
        self.page_size = 500
        self.topics = Topics(mailboxes.clock)
        mailboxes.changed = self.topics.changed

    def by_id(self) -> Mapping[str, Callable[[Asked], Mapping[str, Any] | None]]:
        """Give every method by its name in the discovery document."""
        return {
            "gmail.users.getProfile": self.profile,
            "gmail.users.drafts.create": self.create_draft,
            "gmail.users.drafts.delete": self.delete_draft,
            "gmail.users.drafts.list": self.list_drafts,
            "gmail.users.drafts.send": self.send_draft,
            "gmail.users.history.list": self.history,
            "gmail.users.messages.get": self.get_message,
            "gmail.users.messages.list": self.list_messages,
            "gmail.users.threads.get": self.get_thread,
            "gmail.users.watch": self.watch,
            "gmail.users.stop": self.stop,
        }

    def profile(self, asked: Asked) -> Mapping[str, Any]:
        """Say whose mailbox it is, and how far its history goes."""
        box = self._box(asked)
        told = {"emailAddress": box.owner, "historyId": str(self._mailboxes.number)}
        return {**told, "messagesTotal": len(box.messages)}

    def watch(self, asked: Asked) -> Mapping[str, Any]:
        """Have a topic told of a mailbox."""
        return self.topics.watch(asked, self._box(asked).owner, self._mailboxes.number)

    def stop(self, asked: Asked) -> None:
        """Have nobody told any more."""
        self.topics.stop(self._box(asked).owner)

    def create_draft(self, asked: Asked) -> Mapping[str, Any]:
        """Keep a draft."""
        box = self._box(asked)
        told = asked.body.get("message", {}).get("raw")
        if not told:
            raise wrong("'raw' RFC822 payload message string is required", "invalidArgument")
        try:
            raw = base64.b64decode(told, altchars=b"-_", validate=True)
        except ValueError as problem:
            raise wrong("Invalid value for ByteString", "invalidArgument") from problem
        id_, message = self._mailboxes.draft(box, raw)
        return {"id": id_, "message": _brief(message)}

    def delete_draft(self, asked: Asked) -> None:
        """Delete a draft for good (doc: it does not go to the bin)."""
        box = self._box(asked)
        if asked.path["id"] not in box.drafts:
            raise not_found()
        self._mailboxes.discard_draft(box, asked.path["id"])

    def list_drafts(self, asked: Asked) -> Mapping[str, Any]:
        """List drafts."""
        box = self._box(asked)
        query = asked.query.get("q", "")
        wanted = set(self._mailboxes.found(box, query, ["DRAFT"], everywhere=False))
        found = [(id_, box.messages[one]) for id_, one in box.drafts.items() if one in wanted]
        page, more = self._page(found, asked)
        return {"drafts": [{"id": id_, "message": _brief(one)} for id_, one in page], **more}

    def send_draft(self, asked: Asked) -> Mapping[str, Any]:
        """Send a draft; one that was sent is not there any more (doc)."""
        box = self._box(asked)
        id_ = asked.body.get("id", "")
        if id_ not in box.drafts:
            raise not_found()
        to = recipients(box.messages[box.drafts[id_]].raw)
        if not to:
            raise wrong("Recipient address required", "invalidArgument")
        if not all(_ADDRESS.fullmatch(one) for one in to):
            raise wrong("Invalid To header", "invalidArgument")
        return _brief(self._mailboxes.send(box, id_))

    def get_message(self, asked: Asked) -> Mapping[str, Any]:
        """Show a message."""
        message = self._box(asked).messages.get(asked.path["id"])
        if message is None:
            raise not_found()
        return _shown(message, asked)

    def get_thread(self, asked: Asked) -> Mapping[str, Any]:
        """Show a thread: not by the search, so at once (assumed)."""
        box = self._box(asked)
        found = [one for one in box.messages.values() if one.thread == asked.path["id"]]
        if not found:
            raise not_found()
        told = {"id": asked.path["id"], "historyId": str(max(one.history for one in found))}
        return {**told, "messages": [_shown(one, asked) for one in found]}

    def list_messages(self, asked: Asked) -> Mapping[str, Any]:
        """List messages, by the search or by their labels."""
        query = asked.query
        found = self._mailboxes.found(
            self._box(asked),
            query.get("q", ""),
            query.get("labelIds", ()),
            everywhere=bool(query.get("includeSpamTrash", False)),
        )
        page, more = self._page(found, asked)
        box = self._box(asked)
        told = [{"id": one, "threadId": box.messages[one].thread} for one in page]
        return {"messages": told, **more}

    def history(self, asked: Asked) -> Mapping[str, Any]:
        """Say what happened since; of what is too long ago nothing is known: 404 (doc)."""
        box = self._box(asked)
        query = asked.query
        if "startHistoryId" not in query:
            raise wrong("Missing startHistoryId", "required")
        start, label = int(query["startHistoryId"]), query.get("labelId", "")
        if start < max(box.forgotten.get(label, 0), box.forgotten.get("", 0)):
            raise not_found()
        if start > self._mailboxes.number:
            raise not_found()
        kinds = query.get("historyTypes") or ("messageAdded", "messageDeleted", "labelAdded")
        found = [
            one
            for one in box.records
            if one.number > start
            and one.kind in kinds
            and (not label or label in one.labels or label in one.message.labels)
        ]
        page, more = self._page(found, asked)
        told = {"historyId": str(self._mailboxes.number), **more}
        return {"history": [_record(one) for one in page], **told} if page else told

    def _page(self, found: list[Any], asked: Asked) -> tuple[list[Any], Mapping[str, Any]]:
        """Cut a listing: a page's token says how much came before it."""
        start = int(asked.query.get("pageToken") or 0)
        most = min(asked.query.get("maxResults", 100), self.page_size, _MOST_HISTORY)
        page, rest = found[start : start + most], found[start + most :]
        return page, {"nextPageToken": str(start + most)} if rest else {}

    def _box(self, asked: Asked) -> Box:
        whose = asked.path["userId"]
        person = asked.token.person if whose == "me" else whose.lower()
        if person != asked.token.person:
            raise Refusal(403, "forbidden", f"Delegation denied for {asked.token.person}")
        box = self._mailboxes.box(person)
        if box is None:
            raise Refusal(400, "failedPrecondition", "Mail service not enabled")
        return box


def _brief(message: Message) -> dict[str, Any]:
    return {"id": message.id, "threadId": message.thread, "labelIds": sorted(message.labels)}


def _shown(message: Message, asked: Asked) -> Mapping[str, Any]:
    how = asked.query.get("format", "full")
    return resource(message, how, asked.query.get("metadataHeaders", ()))


def _record(record: Any) -> dict[str, Any]:  # noqa: ANN401 - a Record, out of a page of anything
    message = {"message": _brief(record.message)}
    told: dict[str, Any] = {"id": str(record.number), "messages": [_brief(record.message)]}
    match record.kind:
        case "messageAdded":
            told["messagesAdded"] = [message]
        case "messageDeleted":
            told["messagesDeleted"] = [message]
        case _:
            told["labelsAdded"] = [{**message, "labelIds": sorted(record.labels)}]
    return told
