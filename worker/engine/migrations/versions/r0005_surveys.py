"""What surveys are answered: half-filled pages, and boxes of answers that know nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for answers."""
    op.create_table(
        "survey_draft",
        sa.Column("intent_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intent_id"], ["intent.id"], name=op.f("fk_survey_draft_intent_id")
        ),
        sa.PrimaryKeyConstraint("intent_id", name=op.f("pk_survey_draft")),
    )
    op.create_index("ix_survey_draft_closes_at", "survey_draft", ["closes_at"], unique=False)
    op.create_table(
        "survey_box",
        sa.Column("playbook", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("occurrence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("shown_count", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "playbook", "step", "occurrence", "form", name=op.f("pk_survey_box")
        ),
    )
