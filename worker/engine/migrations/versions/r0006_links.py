"""Where a provider says by an address how to go on reading a folder, that is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for addresses."""
    op.add_column("cursor", sa.Column("link", sa.Text(), server_default="", nullable=False))
