"""What polling remembers of a source; an article's page, wording and way."""

import sqlalchemy as sa
from alembic import op

from monitor.store.types import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("source", sa.Column("position", sa.Text()))
    op.add_column("source", sa.Column("moved_to", sa.Text()))
    op.add_column("source", sa.Column("gone_at", UtcDateTime()))
    op.add_column("source", sa.Column("habits", sa.JSON()))
    op.add_column("article", sa.Column("revises", sa.String(length=16)))
    op.add_column("article", sa.Column("author", sa.Text()))
    op.add_column("article", sa.Column("page", sa.Text()))
    op.add_column("article", sa.Column("read_at", UtcDateTime()))
    op.add_column("article", sa.Column("alerted_at", UtcDateTime()))
