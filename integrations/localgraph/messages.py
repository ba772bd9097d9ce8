"""The mail of one mailbox over HTTP: drafts made of MIME, sent, looked up, read as it came.

https://learn.microsoft.com/graph/outlook-send-mime-message,
https://learn.microsoft.com/graph/api/message-send, https://learn.microsoft.com/graph/api/message-delta
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from integrations.localgraph import clockwork, schema
from integrations.localgraph.lists import Place, Token, link, selected, token_of
from integrations.localgraph.mailroom import (
    FOLDERS,
    Letterbox,
    Mailroom,
    Message,
    NotTaken,
    change_key,
    head,
)
from integrations.localgraph.replies import Asked, Declined, Reply, bad, error, not_found

_LARGEST = 4 * 1024 * 1024  # of a request; larger mails need an upload session
_PAGE = 10
_OPTIONS = frozenset({"$select", "$filter", "$top", "$skip", "$count", "$expand"})
_IS = re.compile(r"internetMessageId eq '((?:[^']|'')*)'")
_SINCE = re.compile(r"receivedDateTime g[et] (\S+)")
_BEARS = re.compile(
    r"singleValueExtendedProperties/[Aa]ny\(ep: ?ep/id eq '([^']+)' and ep/value eq '([^']*)'\)"
)


def rendered(message: Message, *, select: str = "") -> dict[str, Any]:
    """Give a message as JSON; its headers only where they are asked for by name."""
    headers = head(message.raw)
    said: dict[str, Any] = {
        "@odata.etag": f'W/"{change_key(message)}"',
        "id": message.id,
        "internetMessageId": message.internet_id,
        "subject": headers.get("subject", ""),
        "isDraft": message.is_draft,
        "receivedDateTime": clockwork.offset(message.received),
        "parentFolderId": message.folder,
        "conversationId": message.conversation,
        "isRead": False,
    }
    if "internetMessageHeaders" in select:
        said["internetMessageHeaders"] = [{"name": n, "value": v} for n, v in headers.items()]
    return said


def make(room: Mailroom, owner: str, asked: Asked) -> Reply:
    """POST a draft, as MIME in base64."""
    if not asked.headers.get("content-type", "").startswith("text/plain"):
        raise Declined(bad("Only MIME content is taken here.", "UnableToDeserializePostBody"))
    if len(asked.raw) > _LARGEST:
        return error(413, "RequestEntityTooLarge", "The request is too large.")
    try:
        raw = base64.b64decode(asked.raw, validate=True)
    except (binascii.Error, ValueError):
        said = "Invalid base64 string for MIME content."
        raise Declined(bad(said, "ErrorMimeContentInvalidBase64String")) from None
    return Reply(201, rendered(room.draft(owner, raw)))


def found(box: Letterbox, id_: str) -> Message:
    """Give a message by its id."""
    message = box.messages.get(id_)
    if message is None:
        raise Declined(not_found())
    return message


def change(room: Mailroom, message: Message, asked: Asked) -> Reply:
    """PATCH a message."""
    try:
        schema.check_update("message", asked.body)
    except schema.Misspelt as problem:
        raise Declined(bad(str(problem), "RequestBodyRead")) from None
    body = asked.body if isinstance(asked.body, dict) else {}
    written = {one["id"]: one["value"] for one in body.get("singleValueExtendedProperties", ())}
    properties = tuple({**dict(message.properties), **written}.items())
    return Reply(200, rendered(room.put(replace(message, properties=properties))))


def send(room: Mailroom, message: Message, asked: Asked) -> Reply:
    """POST …/send: it is taken, and nothing more is said."""
    if asked.raw:
        raise Declined(bad("The body has to be empty.", "ErrorInvalidRequest"))
    try:
        room.send(message)
    except NotTaken as problem:
        return error(problem.status, problem.code, problem.said)
    return Reply(202)


def all_messages(box: Letterbox, asked: Asked, place: Place, *, folder: str = "") -> Reply:
    """GET …/messages."""
    for name in asked.query:
        if name not in _OPTIONS:
            raise Declined(bad(f"The query parameter '{name}' is not supported.", "BadRequest"))
    select = _select(asked)
    wanted = _filter(asked.query.get("$filter", ""))
    there = [one for one in box.messages.values() if not folder or one.folder == folder]
    hits = [one for one in there if wanted(one)]
    first, top = int(asked.query.get("$skip", "0")), int(asked.query.get("$top", str(_PAGE)))
    body: dict[str, Any] = {
        "value": [selected(rendered(one), select) for one in hits[first : first + top]]
    }
    if asked.query.get("$count") == "true":
        body["@odata.count"] = len(hits)
    if first + top < len(hits):
        body["@odata.nextLink"] = link(place, {**asked.query, "$skip": str(first + top)})
    return Reply(200, body)


def _select(asked: Asked) -> str:
    select = asked.query.get("$select", "")
    try:
        schema.check_names("message", select)
    except schema.Misspelt as problem:
        raise Declined(bad(str(problem), "RequestBroker--ParseUri")) from None
    return select


def _filter(said: str) -> Callable[[Message], bool]:
    if not said:
        return lambda _: True
    if one := _IS.fullmatch(said):
        name = one[1].replace("''", "'")
        return lambda message: message.internet_id == name
    if one := _BEARS.fullmatch(said):
        bears = (one[1], one[2])
        return lambda message: bears in message.properties
    if one := _SINCE.fullmatch(said):
        since = clockwork.bound(one[1])
        return lambda message: message.received >= since
    raise Declined(bad(f"Invalid filter clause: {said}", "BadRequest"))


def changes(
    room: Mailroom, box: Letterbox, folder: str, asked: Asked, place: Place, *, generation: int
) -> Reply:
    """GET …/messages/delta: what came into a folder, and what left it.

    With `changeType=created` only what came.
    """
    allowed = {"$select", "$filter", "$top", "changeType", "$skiptoken", "$deltatoken"}
    token = token_of(room.office, asked, generation, allowed=allowed)
    if token is None:
        said = "The sync state generation is not found; generation=149;[highest=157]."
        return error(410, "SyncStateNotFound", said)
    if token.extra and token.extra.split("|")[0] != folder:
        raise Declined(bad("Badly formed token.", "ErrorInvalidUrlQuery"))
    extra = token.extra or f"{folder}|{asked.query.get('changeType', '')}|{_select(asked)}"
    _, kind, select = extra.split("|")
    came = _changed(box, folder, token, kind, select)
    size = int(asked.prefers.get("odata.maxpagesize", str(_PAGE)))
    body: dict[str, Any] = {"value": came[token.skip : token.skip + size]}
    if token.skip + size < len(came):
        further = replace(token, skip=token.skip + size, extra=extra)
        body["@odata.nextLink"] = link(place, {"$skiptoken": further.written()})
    else:
        done = replace(token, after=token.upto, upto=-1, skip=0, extra=extra)
        body["@odata.deltaLink"] = link(place, {"$deltatoken": done.written()})
    return Reply(200, body)


def _changed(
    box: Letterbox, folder: str, token: Token, kind: str, select: str
) -> list[dict[str, Any]]:
    found: list[tuple[int, dict[str, Any]]] = []
    for message in box.messages.values():
        number = message.arrived if kind == "created" else message.number
        if message.folder == folder and token.after < number <= token.upto:
            found.append((number, selected(rendered(message), select)))
    if token.after >= 0 and kind != "created":
        for (of, id_), number in box.gone.items():
            if of == folder and token.after < number <= token.upto:
                found.append((number, {"id": id_, "@removed": {"reason": "deleted"}}))
    return [said for _, said in sorted(found, key=lambda one: one[0])]


def folder_of(box: Letterbox, name: str) -> str:
    """Give a folder by its well-known name."""
    if name not in box.folders:
        raise Declined(not_found())
    return name


def folder(box: Letterbox, name: str) -> Mapping[str, Any]:
    """Give a folder as JSON."""
    there = [one for one in box.messages.values() if one.folder == name]
    shown = FOLDERS.get(name, name)
    return {"id": name, "displayName": shown, "totalItemCount": len(there), "unreadItemCount": 0}
