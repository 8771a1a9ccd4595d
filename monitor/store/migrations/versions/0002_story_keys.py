"""Under what stories are found that later ones take further."""

import sqlalchemy as sa
from alembic import op

from monitor.store.types import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "story_key",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("story", sa.String(length=16), nullable=False),
        sa.Column("article", sa.String(length=16), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_story_key_article")),
        sa.ForeignKeyConstraint(["story"], ["story.id"], name=op.f("fk_story_key_story")),
        sa.PrimaryKeyConstraint("key", "story", name=op.f("pk_story_key")),
    )
    op.create_index(op.f("ix_story_key_key_said_at"), "story_key", ["key", "said_at"], unique=False)
