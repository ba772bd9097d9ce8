"""In which thread of its provider a mail lies."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for the threads of Gmail and Exchange."""
    for table in ("letter", "mail"):
        column = sa.Column("conversation", sa.String(), server_default="", nullable=False)
        op.add_column(table, column)
    is_in_one = sa.text("conversation != ''")
    op.create_index(
        "ix_letter_conversation",
        "letter",
        ["conversation"],
        unique=False,
        sqlite_where=is_in_one,
        postgresql_where=is_in_one,
    )
