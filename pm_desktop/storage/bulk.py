"""Reading millions of rows: plain values as the database holds them, without a Python object for every moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import BigInteger, DateTime, cast, extract, select, type_coerce

from pm_desktop.domain.entity import entity_of
from pm_desktop.storage import past
from pm_desktop.storage.database import Database
from pm_desktop.storage.query import Where, conditions
from pm_desktop.storage.tables import TABLES


def iter_plain(db: Database, record: type[Any], columns: Sequence[str], where: Where | None = None,
               chunk: int = 100_000) -> Iterator[list[Any]]:
    """As `Database.iter_rows`, moments as whole microseconds since 1970 (UTC): a third of the time for a million rows."""
    info = entity_of(record)
    table = TABLES[info.name]
    view = past.view_of(info, table, db.as_of)
    chosen = [_plain(db, view[name], info.field(name).kind) for name in columns]
    query = select(*chosen).where(conditions(info, table, db.backend, where, db.as_of, None, db.as_of))
    with db.connect() as connection:
        result = connection.execution_options(stream_results=True, yield_per=chunk).execute(query)
        for part in result.partitions(chunk):
            yield list(part)


def _plain(db: Database, column: Any, kind: str) -> Any:
    if kind != "time":
        return column
    if db.backend == "postgresql":
        return cast(extract("epoch", type_coerce(column, DateTime(timezone=True))) * 1_000_000, BigInteger)
    return type_coerce(column, BigInteger)
