"""The edit log: undo stack and history in one table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.engine import Connection

from pm_desktop.storage.tables import EDIT_LOG
from pm_desktop.storage.transaction import Transaction

_DONE = select(EDIT_LOG).where(EDIT_LOG.c.undone.is_(False)).order_by(EDIT_LOG.c.seq.desc()).limit(1)
_UNDONE = select(EDIT_LOG).where(EDIT_LOG.c.undone.is_(True)).order_by(EDIT_LOG.c.seq).limit(1)


def append(tx: Transaction, title_zh: str, title_en: str, patches: str) -> None:
    """Add an edit; the undone ones before it are dropped, as they can no longer be redone."""
    tx.connection.execute(delete(EDIT_LOG).where(EDIT_LOG.c.undone.is_(True)))
    tx.connection.execute(insert(EDIT_LOG), {"at": datetime.now(UTC), "user": tx.user, "title_zh": title_zh,
                                             "title_en": title_en, "patches": patches, "undone": False})


def newest_done(tx: Transaction) -> Row[Any] | None:
    """The edit that undo would take back."""
    return tx.connection.execute(_DONE).first()


def oldest_undone(tx: Transaction) -> Row[Any] | None:
    """The edit that redo would apply."""
    return tx.connection.execute(_UNDONE).first()


def mark(tx: Transaction, seq: int, *, undone: bool) -> None:
    """Note that an edit was undone or redone."""
    tx.connection.execute(update(EDIT_LOG).where(EDIT_LOG.c.seq == seq).values(undone=undone))


def peek(connection: Connection) -> tuple[Row[Any] | None, Row[Any] | None]:
    """What undo and redo would do next."""
    return connection.execute(_DONE).first(), connection.execute(_UNDONE).first()


def latest(connection: Connection, limit: int) -> list[Row[Any]]:
    """Newest edits first."""
    return list(connection.execute(select(EDIT_LOG).order_by(EDIT_LOG.c.seq.desc()).limit(limit)))
