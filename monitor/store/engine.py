"""Opening a store: engine, pragmas, migrations, and the lock of the one process that may work."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
)

from monitor.errors import StoreError, UnfitError
from monitor.store.alerts import Alerts
from monitor.store.articles import Articles
from monitor.store.bookkeeping import Bookkeeping
from monitor.store.prices import Prices
from monitor.store.signals import Signals
from monitor.store.stories import Stories

HEAD = "0004"  # the newest migration this code knows


@dataclass(frozen=True, slots=True)
class Transaction:
    """Everything kept, seen through one transaction: it is all written, or none of it."""

    articles: Articles
    stories: Stories
    prices: Prices
    signals: Signals
    alerts: Alerts
    books: Bookkeeping


class Store:
    """A store that is open. Reading needs no lock; see `exclusive` for writing passes."""

    def __init__(self, engine: Engine, url: str) -> None:
        self.engine = engine
        self.url = url

    @classmethod
    def open(cls, url: str) -> Store:
        """Opens the store at an SQLAlchemy url, made or brought up to date where needed.

        Raises StoreError where it cannot be reached or was written by a newer program.
        """
        try:
            where = make_url(url)
        except (ArgumentError, ValueError) as error:
            # it is not quoted: it may hold a password
            raise StoreError("[store] url is not the url of a database") from error
        told = where.render_as_string(hide_password=True)
        sqlite = where.get_backend_name() == "sqlite"
        try:
            if sqlite and where.database not in (None, "", ":memory:"):
                Path(str(where.database)).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(where)
            if sqlite:
                _prepare_sqlite(engine)
            _migrate(engine)
        except (NoSuchModuleError, ImportError) as error:
            raise StoreError(f"{told}: no driver for such a database is installed") from error
        except OSError as error:
            raise StoreError(f"{told}: {error.strerror}") from error
        except DatabaseError as error:
            raise StoreError(f"{told}: {error.orig}") from error
        return cls(engine, url)

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """A transaction. Raises StoreError where the database does not go along: locked, full;
        UnfitError where it will not have what is to be written."""
        try:
            with self.engine.begin() as connection:
                yield _transaction(connection)
        except DBAPIError as error:
            told = self.engine.url.render_as_string(hide_password=True)
            kind = UnfitError if isinstance(error, DataError | IntegrityError) else StoreError
            raise kind(f"{told}: {error.orig}") from error

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Holds the store for the one process that may run passes on it.

        The operating system lets go of the lock when the process ends, however it ends.
        Raises StoreError where another process holds it.
        """
        database = make_url(self.url).database
        if not self.url.startswith("sqlite") or database in (None, "", ":memory:"):
            with _advisory_lock(self.engine):
                yield
            return
        with open(f"{database}.lock", "a+", encoding="ascii") as file:
            _take(file, str(database))
            yield


def _take(file: IO[str], database: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        who = file.read().strip() or "another process"
        raise StoreError(f"{database}: in use by {who}; only one may work on a store") from error
    file.truncate(0)
    file.write(f"process {os.getpid()}")
    file.flush()


@contextmanager
def _advisory_lock(engine: Engine) -> Iterator[None]:
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect() as connection:
        if not connection.scalar(text("select pg_try_advisory_lock(hashtext('monitor'))")):
            raise StoreError("the database is in use by another monitor")
        yield


def _transaction(connection: Connection) -> Transaction:
    return Transaction(
        Articles(connection),
        Stories(connection),
        Prices(connection),
        Signals(connection),
        Alerts(connection),
        Bookkeeping(connection),
    )


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: object, _record: object) -> None:
        # SQLAlchemy's own advice: sqlite3 must not begin transactions by itself, or a read and the
        # write after it are not one transaction
        connection.isolation_level = None  # type: ignore[attr-defined]
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute("PRAGMA busy_timeout=10000")
        # 32 MB: identity keys lie anywhere, and in SQLite's 2 MB there is room for few of them
        cursor.execute("PRAGMA cache_size=-32768")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # the write lock is taken at once: a reader that turns writer could not wait for it
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(engine: Engine) -> None:
    with engine.begin() as connection:
        version = None
        if inspect(connection).has_table("alembic_version"):
            version = connection.scalar(text("select version_num from alembic_version"))
        if version == HEAD:
            return
        # alembic takes a while to import, and is needed once in a store's life
        from alembic.command import upgrade  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415
        from alembic.util.exc import CommandError  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", "monitor.store:migrations")
        config.attributes["connection"] = connection
        try:
            upgrade(config, "head")
        except CommandError as error:
            told = engine.url.render_as_string(hide_password=True)
            raise StoreError(f"{told}: written by a newer monitor ({version})") from error
