"""Who came into a session that was booked, and is to be told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; who was on the way in is still to be told."""
    op.add_column(
        "meeting_guest",
        sa.Column("is_new", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(
        "UPDATE meeting_guest SET is_new = true WHERE intent_id IN"
        " (SELECT id FROM intent WHERE state = 'arranged') AND meeting_id IN"
        " (SELECT id FROM meeting WHERE booked_at IS NOT NULL AND cohort <> '')"
    )
