"""What clocks on the wall showed at a meeting when its people were told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; of meetings that are booked already it is not known."""
    op.add_column("meeting", sa.Column("walls", sa.Text(), nullable=False, server_default="[]"))
