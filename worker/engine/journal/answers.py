"""What people write into surveys: half-filled pages, and boxes that know nobody."""

import json
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from worker.domain.facts import PlaybookId, Value
from worker.domain.figures import Box, dropped
from worker.domain.surveys import About, Answers
from worker.engine import tables
from worker.engine.journal.as_text import to_json

_draft, _box = tables.survey_draft.c, tables.survey_box.c
_intent = tables.intent.c


def lock(connection: Connection, number: int) -> None:
    """Have others who answer by the same link wait until this transaction has ended."""
    connection.execute(select(_intent.id).where(_intent.id == number).with_for_update())


def read_draft(connection: Connection, number: int) -> dict[str, Value] | None:
    """Give the half-filled page of an intent."""
    text = connection.scalar(select(_draft.answers).where(_draft.intent_id == number))
    return None if text is None else dict(json.loads(text))


def write_draft(connection: Connection, number: int, answers: Answers, closes_at: int) -> None:
    """Keep a half-filled page, over the one that was kept before."""
    forget_draft(connection, number)
    row = {"intent_id": number, "answers": to_json(dict(answers)), "closes_at": closes_at}
    connection.execute(insert(tables.survey_draft).values(row))


def forget_draft(connection: Connection, number: int) -> None:
    """Forget the half-filled page of an intent."""
    connection.execute(delete(tables.survey_draft).where(_draft.intent_id == number))


def forget_drafts(connection: Connection, now: int) -> int:
    """Forget the half-filled pages of surveys that have closed."""
    return connection.execute(delete(tables.survey_draft).where(_draft.closes_at <= now)).rowcount


def drop_into_box(
    connection: Connection, about: About, form: str, answers: Answers, least: int
) -> None:
    """Put the answers of somebody, whom nothing here names, into the box of their survey."""
    key = _key(about, form)
    _have(connection, key)
    row = connection.execute(select(tables.survey_box).where(*_is(key)).with_for_update()).one()
    box = dropped(_read(row), answers, least)
    connection.execute(update(tables.survey_box).where(*_is(key)).values(**_written(box)))


def _have(connection: Connection, key: dict[str, Any]) -> None:
    """Have a box there; two who answer first at the same instant make one."""
    insert_of = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    empty = insert_of(tables.survey_box).values(**key, **_written(Box()))
    connection.execute(empty.on_conflict_do_nothing())


def _written(box: Box) -> dict[str, Any]:
    return {
        "count": box.count,
        "answers": to_json(box.answers),
        "shown_count": box.shown_count,
        "shown": to_json(box.shown),
    }


def boxes(connection: Connection, playbook: PlaybookId, step: str) -> dict[tuple[int, str], Box]:
    """Give the boxes of a step, by the time of its cadence and what was asked."""
    query = select(tables.survey_box).where(_box.playbook == playbook, _box.step == step)
    return {(row.occurrence, row.form): _read(row) for row in connection.execute(query)}


def _key(about: About, form: str) -> dict[str, Any]:
    return {
        "playbook": about.playbook,
        "step": about.step,
        "occurrence": about.occurrence,
        "form": form,
    }


def _is(key: dict[str, Any]) -> list[Any]:
    return [_box[name] == value for name, value in key.items()]


def _read(row: Any) -> Box:  # noqa: ANN401 - a row
    known = row._mapping  # noqa: SLF001 - SQLAlchemy's public way; a row has a `count` of its own
    return Box(
        known["count"], _columns(known["answers"]), known["shown_count"], _columns(known["shown"])
    )


def _columns(text: str) -> dict[str, tuple[Value, ...]]:
    return {name: tuple(values) for name, values in json.loads(text).items()}
