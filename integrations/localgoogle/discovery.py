"""Holds requests against Google's discovery document. Pure but for reading it, once.

A method, a parameter or a field that the document does not know, a value of another type and a
word that is none of its words are refused with 400 (assumed: some of Google's older front ends
only ignore unknown fields).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from integrations.localgoogle.refusals import wrong

_FIELD = re.compile(r"\{\+?(\w+)\}")


@dataclass(frozen=True, slots=True)
class Method:
    """One method of an API, and the values its path was asked with."""

    id: str
    path: Mapping[str, str]
    told: Mapping[str, Any]

    @property
    def scopes(self) -> frozenset[str]:
        """Give the rights of which one is enough."""
        return frozenset(self.told.get("scopes", ()))


class Api:
    """One of Google's APIs, as its discovery document has it."""

    def __init__(self, name: str, version: str) -> None:
        folder = files("googleapiclient.discovery_cache").joinpath("documents")
        self._told = json.loads(folder.joinpath(f"{name}.{version}.json").read_text("utf-8"))
        self._methods = [
            (one["httpMethod"], _pattern(self._told["servicePath"] + one["path"]), one)
            for one in _methods(self._told)
        ]

    def method(self, verb: str, path: str) -> Method | None:
        """Find the method that a request means; *path* is percent-decoded part by part."""
        for http_method, pattern, told in self._methods:
            found = pattern.fullmatch(path)
            if found and http_method == verb:
                return Method(told["id"], found.groupdict(), told)
        return None

    def parameters(self, method: Method, query: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Read the query of a request: a value, or for what may be repeated a list."""
        known = {**self._told["parameters"], **method.told.get("parameters", {})}
        read: dict[str, Any] = {}
        for name, values in query.items():
            told = known.get(name)
            if told is None or told.get("location") != "query":
                raise wrong(f"Invalid JSON payload received. Unknown name {name}", "badRequest")
            if len(values) > 1 and not told.get("repeated"):
                raise wrong(f"{name} is said twice", "invalidParameter")
            parsed = [_parameter(name, value, told) for value in values]
            read[name] = parsed if told.get("repeated") else parsed[0]
        missing = [
            name for name, told in known.items() if told.get("required") and name not in query
        ]
        if unsaid := [name for name in missing if name not in method.path]:
            raise wrong(f"Required parameter: {unsaid[0]}", "required")
        return read

    def body(self, method: Method, content: bytes) -> dict[str, Any]:
        """Read the body of a request, and hold it against what the method takes."""
        wanted = method.told.get("request")
        if wanted is None:
            if content:
                raise wrong(f"{method.id} takes no body", "parseError")
            return {}
        try:
            body = json.loads(content)
        except ValueError as problem:
            raise wrong("Parse Error", "parseError") from problem
        complaint = next(self._complaints(wanted, body, method.id), None)
        if complaint is not None:
            raise wrong(complaint, "badRequest")
        read: dict[str, Any] = body
        return read

    def complaints(self, schema: str, value: object) -> list[str]:
        """Say what in *value* is not as a schema has it; answers of this server are held to it."""
        return list(self._complaints({"$ref": schema}, value, schema))

    def _complaints(self, told: Mapping[str, Any], value: object, where: str) -> Iterator[str]:
        if "$ref" in told:
            told = self._told["schemas"][told["$ref"]]
        match told.get("type"), value:
            case "object", dict():
                yield from self._of_object(told, value, where)
            case "array", list():
                for number, one in enumerate(value):
                    yield from self._complaints(told["items"], one, f"{where}[{number}]")
            case "any", _:
                return
            case kind, _:
                if not _fits(kind, told.get("format"), value):
                    yield f"Invalid value at '{where}' ({kind}), {json.dumps(value)[:80]}"
                elif "enum" in told and value not in told["enum"]:
                    yield f"Invalid value at '{where}', {json.dumps(value)}"

    def _of_object(
        self, told: Mapping[str, Any], value: Mapping[str, object], where: str
    ) -> Iterator[str]:
        known = told.get("properties", {})
        others = told.get("additionalProperties")
        for name, inner in value.items():
            if name in known:
                yield from self._complaints(known[name], inner, f"{where}.{name}")
            elif others is not None:
                yield from self._complaints(others, inner, f"{where}.{name}")
            else:
                yield f'Invalid JSON payload received. Unknown name "{name}" at "{where}"'


@cache
def api(name: str, version: str) -> Api:
    """Give an API; its document is read once."""
    return Api(name, version)


def _methods(told: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from told.get("methods", {}).values()
    for resource in told.get("resources", {}).values():
        yield from _methods(resource)


def _pattern(path: str) -> re.Pattern[str]:
    parts = _FIELD.split(path)
    return re.compile(
        "".join(
            f"(?P<{part}>[^/]+)" if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        )
    )


def _parameter(name: str, value: str, told: Mapping[str, Any]) -> object:
    kind = told["type"]
    parsed: object = value
    if kind == "boolean" and value in ("true", "false"):
        parsed = value == "true"
    elif kind == "integer" and value.lstrip("-").isdigit():
        parsed = int(value)
    if not _fits(kind, told.get("format"), parsed):
        raise wrong(f"Invalid value for: {name}", "invalidParameter")
    if "enum" in told and value not in told["enum"]:
        raise wrong(f"Invalid value for: {name}", "invalidParameter")
    if isinstance(parsed, int) and not isinstance(parsed, bool):
        least, most = int(told.get("minimum", parsed)), int(told.get("maximum", parsed))
        if not least <= parsed <= most:
            raise wrong(f"Invalid value for: {name}", "invalidParameter")
    return parsed


def _fits(kind: str | None, form: str | None, value: object) -> bool:
    match kind:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "string":
            return isinstance(value, str) and _is_of_form(form, value)
        case _:
            return False


def _is_of_form(form: str | None, value: str) -> bool:
    try:
        if form == "date-time":
            return datetime.fromisoformat(value).tzinfo is not None
        if form == "date":
            return bool(date.fromisoformat(value))
        if form in ("int64", "uint64"):
            return value.lstrip("-").isdigit()
    except ValueError:
        return False
    return True
