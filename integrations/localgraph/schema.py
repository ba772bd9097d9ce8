"""Holds what Graph is sent against the schema Microsoft publishes for it.

What is unknown to it is refused as Graph refuses it: by its name.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any


class Misspelt(Exception):  # noqa: N818 - becomes an answer before anybody sees it
    """Something that Graph has no such property, type or value for."""


@cache
def _model() -> dict[str, Any]:
    text = files(__package__).joinpath("graph-v1.0.json").read_text(encoding="utf-8")
    model: dict[str, Any] = json.loads(text)
    return model


def check_new(kind: str, said: object) -> None:
    """Check what something is to be made of.

    Raises:
        Misspelt: Something in it is not as the schema has it.
    """
    _check_written(kind, said, forbidden=_listed("readOnly", kind))


def check_update(kind: str, said: object) -> None:
    """Check what something is to become.

    Raises:
        Misspelt: As above, or a property cannot be changed.
    """
    allowed = _listed("updatable", kind)
    for name in _names(said):
        if name not in allowed:
            raise Misspelt(f"The property '{name}' is read-only and cannot be updated.")
    _check_value(kind, said, kind)


def check_call(action: str, bound_to: str, said: object) -> dict[str, Any]:
    """Check what an action is called with; gives the parameters by their declared names.

    Raises:
        Misspelt: A parameter is unknown, of another type, or missing.
    """
    overloads = _model()["actions"].get(action, [])
    found = next((one for one in overloads if one["bindingType"] == bound_to), None)
    if found is None:
        raise Misspelt(f"There is no action '{action}' of a {bound_to}.")
    if not isinstance(said, dict):
        raise Misspelt("The body is no object.")
    declared = {name.casefold(): name for name in found["parameters"]}
    given: dict[str, Any] = {}
    for name, value in said.items():
        if _is_annotation(name):
            continue
        if name.casefold() not in declared:
            raise Misspelt(f"The parameter '{name}' is no parameter of '{action}'.")
        given[declared[name.casefold()]] = value
    for name, kind in found["parameters"].items():
        is_optional, bare = kind.endswith("?"), kind.removesuffix("?")
        if given.get(name) is None:
            if not is_optional:
                raise Misspelt(f"The parameter '{name}' of '{action}' is missing.")
            continue
        _check_value(bare, given[name], name)
    return given


def check_names(kind: str, paths: str) -> None:
    """Check a `$select`.

    Raises:
        Misspelt: A property that is none.
    """
    for path in filter(None, paths.split(",")):
        inner = kind
        for name in path.strip().split("/"):
            properties = _properties(inner)
            if name not in properties:
                raise Misspelt(f"Could not find a property named '{name}' on type '{inner}'.")
            inner = properties[name]


def _check_written(kind: str, said: object, *, forbidden: frozenset[str]) -> None:
    for name in _names(said):
        if name in forbidden:
            raise Misspelt(f"The property '{name}' is read-only and cannot be set.")
    _check_value(kind, said, kind)


def _names(said: object) -> Iterator[str]:
    if not isinstance(said, dict):
        raise Misspelt("The body is no object.")
    yield from (name for name in said if not _is_annotation(name))


def _is_annotation(name: str) -> bool:
    return name.startswith("@") or "@odata." in name


def _listed(what: str, kind: str) -> frozenset[str]:
    """Give the names that the reference pages list for a type and those it is made of."""
    documented = _model()["documented"][what]
    return frozenset(name for one in _chain(kind) for name in documented.get(one, ()))


def _chain(kind: str) -> Iterator[str]:
    types = {**_model()["entityTypes"], **_model()["complexTypes"]}
    name: str | None = kind
    while name is not None and name in types:
        yield name
        name = types[name].get("base")


@cache
def _properties(kind: str) -> Mapping[str, str]:
    types = {**_model()["entityTypes"], **_model()["complexTypes"]}
    found: dict[str, str] = {}
    for name in _chain(kind):
        found |= types[name].get("properties", {})
        found |= types[name].get("navigation", {})
    return found


def _non_nullable(kind: str) -> frozenset[str]:
    types = {**_model()["entityTypes"], **_model()["complexTypes"]}
    return frozenset(name for one in _chain(kind) for name in types[one].get("nonNullable", ()))


def _check_value(kind: str, value: object, where: str) -> None:
    listed = re.fullmatch(r"Collection\((.+)\)", kind)
    if listed:
        if not isinstance(value, list) or any(one is None for one in value):
            raise Misspelt(f"'{where}' has to be a list without nulls.")
        for one in value:
            _check_value(listed[1], one, where)
    elif kind.startswith("Edm."):
        if not _is_primitive(kind, value):
            raise Misspelt(f"Cannot convert the value of '{where}' to '{kind}'.")
    elif kind in _model()["enumTypes"]:
        _check_member(kind, value, where)
    else:
        _check_object(kind, value, where)


def _check_object(kind: str, value: object, where: str) -> None:
    if not isinstance(value, dict):
        raise Misspelt(f"'{where}' has to be an object ({kind}).")
    properties, full = _properties(kind), _non_nullable(kind)
    for name in _names(value):
        if name not in properties:
            raise Misspelt(
                f"The property '{name}' does not exist on type 'microsoft.graph.{kind}'."
            )
        if value[name] is None:
            if name in full or properties[name].startswith("Collection("):
                raise Misspelt(f"The property '{name}' may not be null.")
            continue
        _check_value(properties[name], value[name], name)


def _check_member(kind: str, value: object, where: str) -> None:
    enum = _model()["enumTypes"][kind]
    members = {member.casefold() for member in enum["members"]} - {"unknownfuturevalue"}
    given = str(value).split(",") if enum.get("flags") else [str(value)]
    if not isinstance(value, str) or any(one.strip().casefold() not in members for one in given):
        raise Misspelt(f"'{value}' is no value of '{where}' ({kind}).")


def _is_primitive(kind: str, value: object) -> bool:  # noqa: PLR0911 - a table of types
    match kind:
        case "Edm.String":
            return isinstance(value, str)
        case "Edm.Boolean":
            return isinstance(value, bool)
        case "Edm.Int16" | "Edm.Int32" | "Edm.Int64" | "Edm.Byte":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Edm.Double" | "Edm.Single" | "Edm.Decimal":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "Edm.DateTimeOffset":
            return _is_instant(value)
        case "Edm.Date":
            return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))
        case "Edm.TimeOfDay":
            return isinstance(value, str) and bool(re.fullmatch(r"\d\d:\d\d:\d\d(\.\d+)?", value))
        case "Edm.Duration":
            return isinstance(value, str) and bool(re.fullmatch(r"-?P[\dDTHMS.]+", value))
        case "Edm.Binary" | "Edm.Stream":
            return _is_base64(value)
        case _:
            return isinstance(value, str)


def _is_instant(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_base64(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(base64.b64decode(value, validate=True) or True)
    except (binascii.Error, ValueError):
        return False
