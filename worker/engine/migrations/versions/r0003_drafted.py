"""A draft is called `drafted`: `held` says that a meeting took place."""

from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give drafts their name; only the tick wrote them, and it never wrote `held` of a meeting."""
    op.execute(
        text(
            "UPDATE fact SET name = substr(name, 1, length(name) - length('held')) || 'drafted'"
            " WHERE source = 'tick' AND name LIKE '%.held' AND name <> 'person.held'"
        )
    )
