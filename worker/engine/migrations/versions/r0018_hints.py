"""How often a provider has told us of a calendar, or of a folder of mail."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for a count."""
    told = sa.Column("told", sa.Integer(), server_default="0", nullable=False)
    op.add_column("watch", told)
