"""Mails beside a meeting are about one of the times that it was given."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count the times. What waits now was named after the revision that its meeting has."""
    op.add_column("meeting", sa.Column("told", sa.Integer(), nullable=False, server_default="0"))
    op.execute(sa.text("UPDATE meeting SET told = revision"))
