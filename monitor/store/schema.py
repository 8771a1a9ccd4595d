"""The tables. migrations/ must lead to just these; a test holds the two together."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from monitor.store.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

source = Table(
    "source",
    metadata,
    Column("name", String, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("polled_at", UtcDateTime),
    Column("succeeded_at", UtcDateTime),
    Column("item_at", UtcDateTime),
    Column("failures", Integer, nullable=False, default=0),
    Column("not_before", UtcDateTime),
    Column("last_error", Text),
    Column("position", Text),
    Column("url", Text),
    Column("begun_at", UtcDateTime),
    Column("moved_to", Text),
    Column("gone_at", UtcDateTime),
    Column("habits", JSON),
)

_REVISES = text("revises IS NOT NULL")  # few do

article = Table(
    "article",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("source", String, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("url", Text),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("published_at", UtcDateTime),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("state", String(8), nullable=False),  # new → (page →) read → folded
    Column("extraction", JSON),
    Column("story", String(16)),
    Column("revises", String(16)),
    Column("words", String(32)),  # digest of what its source said, where `text` is its page's
    Column("aliases", Integer, nullable=False, server_default="0"),
    Column("author", Text),
    Column("page", Text),  # why the text is not that of the whole page
    Column("opened_at", UtcDateTime),  # when its page was asked for, or given up
    Column("read_at", UtcDateTime),
    Column("alerted_at", UtcDateTime),
    Index(None, "state"),
    Index(None, "story"),
    Index(None, "seen_at"),
    Index("ix_article_revises", "revises", sqlite_where=_REVISES, postgresql_where=_REVISES),
)

article_key = Table(
    "article_key",
    metadata,
    Column("key", String, primary_key=True),
    Column("article", String(16), ForeignKey("article.id"), nullable=False),
    sqlite_with_rowid=False,  # it would hold each key twice
)

story = Table(
    "story",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("body", JSON, nullable=False),
    Index(None, "last_seen_at"),
)

story_symbol = Table(
    "story_symbol",
    metadata,
    Column("story", String(16), ForeignKey("story.id"), primary_key=True),
    Column("symbol", String, primary_key=True),
    Index(None, "symbol"),
)

fingerprint = Table(
    "fingerprint",
    metadata,
    Column("article", String(16), ForeignKey("article.id"), primary_key=True),
    Column("story", String(16), ForeignKey("story.id"), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("body", JSON, nullable=False),
    Index(None, "seen_at"),
)

story_key = Table(
    "story_key",  # under what a story is found that may be taken further by a later one
    metadata,
    Column("key", String, primary_key=True),
    Column("story", String(16), ForeignKey("story.id"), primary_key=True),
    Column("article", String(16), ForeignKey("article.id"), nullable=False),
    Column("said_at", UtcDateTime, nullable=False),
    Index(None, "key", "said_at"),
)

bar = Table(
    "bar",
    metadata,
    Column("symbol", String, primary_key=True),
    Column("session", Date, primary_key=True),
    Column("open", Float),
    Column("high", Float),
    Column("low", Float),
    Column("close", Float),
    Column("adj_close", Float),
    Column("volume", Float),
    Column("provider", String, nullable=False),
)

intraday_bar = Table(
    "intraday_bar",
    metadata,
    Column("symbol", String, primary_key=True),
    Column("start", UtcDateTime, primary_key=True),
    Column("minutes", Integer, nullable=False),
    Column("open", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("close", Float, nullable=False),
    Column("volume", Float),
)

corporate_action = Table(
    "corporate_action",
    metadata,
    Column("symbol", String, primary_key=True),
    Column("session", Date, primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("value", Float, nullable=False),
)

price_state = Table(
    "price_state",
    metadata,
    Column("symbol", String, primary_key=True),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("first", Date),  # the span that has been asked for, both included
    Column("last", Date),
    Column("notes", JSON, nullable=False),
    Column("error", Text),
)

work = Table(
    "work",  # what a stage has to do; taken off in the transaction that has done it
    metadata,
    Column("stage", String, primary_key=True),
    Column("key", String, primary_key=True),
)

signal = Table(
    "signal",
    metadata,
    Column("key", String, primary_key=True),
    Column("kind", String(8), nullable=False),  # story or move
    Column("symbol", String, nullable=False),
    Column("session", Date),  # of a move; of a story, its event session
    Column("as_of", UtcDateTime, nullable=False),
    Column("body", JSON, nullable=False),
    Index(None, "symbol", "session"),
    Index(None, "session"),
)

judgement = Table(
    "judgement",
    metadata,
    Column("signal", String, primary_key=True),
    Column("rule", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("fired", Boolean, nullable=False),
    Column("conditions", JSON, nullable=False),
)

alert = Table(
    "alert",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("fingerprint", String, nullable=False, unique=True),
    Column("subject", String, nullable=False),
    Column("severity", String(8), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("fired_at", UtcDateTime, nullable=False),
    Column("held_back", Text),  # why it went to no channel, where it went to none
    Column("body", JSON, nullable=False),
    Index(None, "starts_at"),
    Index(None, "subject"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("idempotency_key", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("subject", String, nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime, nullable=False),
    Column("last_error", Text),
    Index(None, "state", "next_attempt_at"),
    Index(None, "subject"),
)

backfill_day = Table(
    "backfill_day",
    metadata,
    Column("source", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("items", Integer, nullable=False),
    Column("notes", JSON, nullable=False),
)

job = Table(
    "job",  # the heartbeat of each scheduled job
    metadata,
    Column("name", String, primary_key=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("error", Text),
)
