"""The JSON Schema of `tsunagu.yaml`, for editors: from the same words the reader walks."""

from worker.settings.shape import SETTINGS, Group, Kind, Named, Scalar, Several, Word

_NAME = r"^[^\s:{}\[\],]+$"


def json_schema(language: str = "ja") -> dict[str, object]:
    """Give the schema; the descriptions an editor shows are in *language*."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "tsunagu.yaml",
        **_schema(SETTINGS, language),
    }


def _schema(kind: Kind, language: str) -> dict[str, object]:
    match kind:
        case Scalar():
            return _scalar(kind)
        case Several():
            one = _scalar(kind.item)
            return {"anyOf": [one, {"type": "array", "items": one}]}
        case Named():
            return {
                "type": "object",
                "propertyNames": {"pattern": _NAME},
                "additionalProperties": _schema(kind.item, language),
            }
        case Group():
            return _group(kind, language)


def _scalar(kind: Scalar) -> dict[str, object]:
    """Any value may come from the environment, and a text may look like a number to YAML."""
    schema = dict(kind.schema)
    if "enum" in schema or schema.get("type") in ("integer", "number"):
        return {"anyOf": [schema, {"type": "string", "pattern": r"^\$\{\w+\}$"}]}
    if "pattern" not in schema:
        schema["type"] = ["string", "number", "boolean"]
    return schema


def _group(kind: Group, language: str) -> dict[str, object]:
    table: dict[str, object] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _word(word, language) for name, word in kind.words.items()},
    }
    if needed := [name for name, word in kind.words.items() if word.needed]:
        table["required"] = needed
    if kind.short:
        return {"anyOf": [table, _schema(kind.words[kind.short].kind, language)]}
    return table


def _word(word: Word, language: str) -> dict[str, object]:
    schema = _schema(word.kind, language)
    if not word.needed:
        schema = {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "description": word.ja if language == "ja" else word.en}
