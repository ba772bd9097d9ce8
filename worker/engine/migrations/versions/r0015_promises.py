"""Since when the time of a promised meeting was held beforehand."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it."""
    op.add_column("meeting", sa.Column("held_since", sa.BigInteger(), nullable=True))
