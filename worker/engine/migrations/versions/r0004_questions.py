"""Open questions: who answers a mail and by when; and the ids that servers gave to our mails."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for owners, clocks, and observed ids."""
    op.add_column("letter", sa.Column("observed", sa.String(), server_default="", nullable=False))
    op.create_index("ix_letter_observed", "letter", ["observed"], unique=False)
    of_suppressed = sa.text("name = 'person.suppressed'")
    op.create_index(
        "ix_fact_suppressed",
        "fact",
        ["id"],
        unique=False,
        sqlite_where=of_suppressed,
        postgresql_where=of_suppressed,
    )
    op.add_column("mail", sa.Column("place", sa.String(), server_default="inbox", nullable=False))
    op.add_column("mail", sa.Column("owner", sa.String(), server_default="", nullable=False))
    op.add_column("mail", sa.Column("due_at", sa.BigInteger(), nullable=True))
    op.add_column("mail", sa.Column("address", sa.String(), server_default="", nullable=False))
    op.add_column("mail", sa.Column("ended", sa.String(), server_default="", nullable=False))
