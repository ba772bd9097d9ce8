"""What is long done lies in tables of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INTENT = (
    ("key", sa.String, False),
    ("person_id", sa.String, False),
    ("enrollment_id", sa.BigInteger, False),
    ("playbook", sa.String, False),
    ("digest", sa.String, False),
    ("step", sa.String, False),
    ("occurrence", sa.Integer, False),
    ("rung", sa.Integer, False),
    ("kind", sa.String, False),
    ("recipient", sa.String, False),
    ("lane", sa.String, False),
    ("state", sa.String, False),
    ("next_at", sa.BigInteger, True),
    ("fence", sa.Integer, False),
    ("attempts", sa.Integer, False),
    ("crashes", sa.Integer, False),
    ("priority", sa.Integer, False),
    ("due_at", sa.BigInteger, False),
    ("deadline", sa.BigInteger, True),
    ("first_tried_at", sa.BigInteger, True),
    ("settled_at", sa.BigInteger, True),
    ("outcome", sa.Text, True),
    ("resent", sa.Boolean, False),
    ("why", sa.Text, False),
    ("line", sa.Integer, False),
)
_LETTER = (
    ("sender", ""),
    ("recipient", ""),
    ("subject", ""),
    ("message_id", ""),
    ("content", None),
    ("thread", "later"),
    ("observed", "later"),
    ("conversation", "later"),
)


def upgrade() -> None:
    """Make room for what is long done."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "intent_history",
        sa.Column("id", number, autoincrement=False, nullable=False),
        *(sa.Column(name, kind(), nullable=nullable) for name, kind, nullable in _INTENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intent_history")),
    )
    op.create_index("uq_intent_history_key", "intent_history", ["key"], unique=True)
    op.create_index("ix_intent_history_person", "intent_history", ["person_id"])
    op.create_index("ix_intent_history_step", "intent_history", ["playbook", "step"])
    op.create_table(
        "letter_history",
        sa.Column("intent_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *(_column(name, kind) for name, kind in _LETTER),
        sa.PrimaryKeyConstraint("intent_id", name=op.f("pk_letter_history")),
    )
    for name in ("message_id", "observed", "thread"):
        op.create_index(f"ix_letter_history_{name}", "letter_history", [name])
    is_in_one = sa.text("conversation != ''")
    op.create_index(
        "ix_letter_history_conversation",
        "letter_history",
        ["conversation"],
        sqlite_where=is_in_one,
        postgresql_where=is_in_one,
    )


def _column(name: str, kind: str | None) -> "sa.Column[object]":
    if kind is None:
        return sa.Column(name, sa.LargeBinary(), nullable=False)
    default = "" if kind == "later" else None
    return sa.Column(name, sa.String(), nullable=False, server_default=default)
