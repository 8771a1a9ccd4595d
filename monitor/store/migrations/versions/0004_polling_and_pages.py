"""What polling remembers of a source; an article's page, wording and way."""

import sqlalchemy as sa
from alembic import op

from monitor.store.types import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("source", sa.Column("position", sa.Text()))
    op.add_column("source", sa.Column("url", sa.Text()))
    op.add_column("source", sa.Column("begun_at", UtcDateTime()))
    op.add_column("source", sa.Column("moved_to", sa.Text()))
    op.add_column("source", sa.Column("gone_at", UtcDateTime()))
    op.add_column("source", sa.Column("habits", sa.JSON()))
    op.add_column("article", sa.Column("revises", sa.String(length=16)))
    op.add_column("article", sa.Column("words", sa.String(length=32)))
    aliases = sa.Column("aliases", sa.Integer(), nullable=False, server_default="0")
    op.add_column("article", aliases)
    some = sa.text("revises IS NOT NULL")
    where = {"sqlite_where": some, "postgresql_where": some}
    op.create_index("ix_article_revises", "article", ["revises"], **where)
    op.add_column("article", sa.Column("author", sa.Text()))
    op.add_column("article", sa.Column("page", sa.Text()))
    op.add_column("article", sa.Column("opened_at", UtcDateTime()))
    op.add_column("article", sa.Column("read_at", UtcDateTime()))
    op.add_column("article", sa.Column("alerted_at", UtcDateTime()))
    with op.batch_alter_table(
        "article_key",
        recreate="always" if op.get_context().dialect.name == "sqlite" else "never",
        table_kwargs={"sqlite_with_rowid": False},
    ):
        pass
