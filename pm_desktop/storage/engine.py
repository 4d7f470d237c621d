"""Engines: the same behaviour on SQLite (WAL) and PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool, QueuePool

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.label import Label

BUSY_TIMEOUT_MS = 30_000


def is_url(location: str) -> bool:
    """Whether a workspace location is a database URL rather than a folder."""
    return "://" in location


def check_url(location: str) -> None:
    """Refuse what is no PostgreSQL URL.

    Raises
    ------
    InputRefused
        Another kind of database, or no URL at all.
    """
    try:
        url = make_url(location)
        good = url.drivername in ("postgresql", "postgresql+psycopg") and bool(url.database)
    except (ArgumentError, ValueError):
        good = False
    if not good:
        raise InputRefused("url_wrong", Label("工作区地址无效", "this is no address of a workspace"),
                           Label("请写成文件夹，或 postgresql+psycopg://用户@主机/数据库", "give a folder, or postgresql+psycopg://user@host/database"))


def database_file(location: str) -> Path:
    """SQLite file of a workspace folder."""
    return Path(location) / "workspace.sqlite"


def make_engine(location: str, *, write: bool) -> Engine:
    """Engine for ``location``; a writing one takes SQLite's write lock when its transaction begins.

    A deferred transaction that later wants to write could fail with "database is locked" although nobody is
    at fault; taking the lock at the start makes writers queue instead.
    """
    if is_url(location):
        check_url(location)
        return create_engine(make_url(location).set(drivername="postgresql+psycopg"), poolclass=QueuePool, pool_size=2, pool_pre_ping=True)
    # One writer at a time: no pool for it, so that a closed workspace holds no file open (Windows).
    engine = create_engine(f"sqlite:///{database_file(location)}", poolclass=NullPool if write else QueuePool,
                           connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000,
                                         "check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_immediate if write else _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}",
                   "cache_size=-262144", "temp_store=MEMORY", "mmap_size=1073741824"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def postgres_driver() -> str:
    """Name and version of the PostgreSQL driver."""
    import psycopg

    return f"psycopg {psycopg.__version__}, {psycopg.pq.__impl__}"
