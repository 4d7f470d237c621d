"""Writes inside one transaction."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice, repeat
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.engine import Connection

from pm_desktop.base.errors import NotAllowed
from pm_desktop.base.label import Label
from pm_desktop.base.mercator import to_world
from pm_desktop.domain.entity import EntityInfo, entity_of
from pm_desktop.storage import audit
from pm_desktop.storage.tables import AUDIT_LOG, BBOX, TABLES, is_lean
from pm_desktop.storage.wkb import box_of

CHUNK = 100_000
CELL_ZOOM = 14
UNLOCATED = -1
FEW = 8  # boxes of so few are read here: an edit in the window must not load the geometry library


def new_id() -> str:
    """Fresh identifier of 32 hex digits; later ones sort later, so that indexes grow at their end."""
    return new_ids(1)[0]


def new_ids(n: int) -> list[str]:
    """As `new_id`, ``n`` of them in order."""
    stem = f"{time.time_ns() // 1000:014x}{secrets.token_hex(5)}"
    return [f"{stem}{i:08x}" for i in range(n)]


class Transaction:
    """What may be written before a commit; made by `Database.transaction`."""

    def __init__(self, connection: Connection, backend: str, user: str) -> None:
        self.connection, self.backend, self.user = connection, backend, user
        self.audit_start: tuple[int, str] | None = None
        self._audit: list[tuple[Any, ...]] = []
        self._now = datetime.now(UTC)

    def alone(self, what: str) -> None:
        """Wait until no other transaction does ``what``, and keep them out until the commit (SQLite has one writer anyway)."""
        if self.backend == "postgresql":
            self.connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:what))"), {"what": f"pm {what}"})

    def insert(self, records: Iterable[Any], *, batch_id: str | None = None) -> int:
        """Insert records, which may be of different entities; return how many."""
        groups: dict[type[Any], list[Any]] = {}
        for record in records:
            groups.setdefault(type(record), []).append(record)
        total = 0
        for cls, found in groups.items():
            names = [f.name for f in entity_of(cls).fields]
            total += self.bulk_insert(cls, names, ([getattr(r, n) for n in names] for r in found), batch_id=batch_id)
        return total

    def bulk_insert(self, record: type[Any], columns: Sequence[str], rows: Iterable[Sequence[Any]], *,
                    batch_id: str | None = None) -> int:
        """Insert many rows fast: driver tuples on SQLite, COPY on PostgreSQL; return how many.

        ``columns`` are fields of the entity; a missing or None ``id`` is made up, bounding boxes and cells are
        computed here.
        """
        info = entity_of(record)
        loader = _Loader(self, info, list(columns), batch_id)
        source, total = iter(rows), 0
        while chunk := list(islice(source, CHUNK)):
            loader.load(chunk)
            total += len(chunk)
        return total

    def update(self, record: type[Any], identifier: str, changes: Mapping[str, Any], *,
               expect_version: int | None = None, valid_from: Any = None) -> None:
        """Change fields of one row.

        Raises
        ------
        NotAllowed
            The row is gone, or its version is not ``expect_version``: somebody changed it meanwhile.
        """
        info = entity_of(record)
        table = TABLES[info.name]
        values = {name: _plain(value) for name, value in changes.items()} | _bbox(info, changes)
        if not is_lean(info):
            values |= {"updated_at": self._now, "updated_by": self.user}
        query = update(table).where(table.c.id == identifier).values(**values, row_version=table.c.row_version + 1)
        if valid_from is not None:
            query = query.where(table.c.valid_from == valid_from)
        elif info.history:
            query = query.where(table.c.valid_to.is_(None))
        if expect_version is not None:
            query = query.where(table.c.row_version == expect_version)
        if self.connection.execute(query).rowcount != 1:
            raise NotAllowed("row_changed", Label("该记录已被他人修改或删除", "somebody changed or removed this record meanwhile"),
                             Label("请刷新后再试", "refresh and try again"))

    def remove(self, record: type[Any], identifier: str, valid_from: Any = None) -> None:
        """Remove one row for good (undo of an insertion)."""
        table = TABLES[entity_of(record).name]
        query = delete(table).where(table.c.id == identifier)
        self.connection.execute(query if valid_from is None else query.where(table.c.valid_from == valid_from))

    def delete_batch(self, batch_id: str) -> int:
        """Remove every row that came with import batch ``batch_id``; return how many."""
        return sum(self.connection.execute(delete(table).where(table.c.source_batch_id == batch_id)).rowcount
                   for name, table in TABLES.items() if name != "ImportBatch")

    def edited_in_batch(self, batch_id: str) -> list[str]:
        """Codes of records that came with a batch and were changed since."""
        found: list[str] = []
        for table in TABLES.values():
            query = select(table.c.code).where(table.c.source_batch_id == batch_id, table.c.row_version > 1)
            found += [str(row[0]) for row in self.connection.execute(query)]
        return found

    def current(self, record: type[Any], identifier: str, valid_from: Any = None) -> dict[str, Any] | None:
        """Row as a mapping of its fields (and ``row_version``), as this transaction sees it."""
        info = entity_of(record)
        table = TABLES[info.name]
        query = select(*(table.c[f.name] for f in info.fields), table.c.row_version).where(
            table.c.id == identifier, table.c.is_deleted.is_(False))
        if info.history:
            query = query.where(table.c.valid_to.is_(None) if valid_from is None else table.c.valid_from == valid_from)
        row = self.connection.execute(query).mappings().first()
        return dict(row) if row else None

    def audit(self, action: str, entity: str, entity_id: str, before: Mapping[str, Any] | None = None,
              after: Mapping[str, Any] | None = None, reason: str | None = None) -> None:
        """Note an act for the audit log; it is written, chained and anchored with the commit."""
        self._audit.append((action, entity, entity_id, before, after, reason))

    def flush_audit(self) -> tuple[int, str] | None:
        """Write the noted acts and return the new head of the chain, or None if there were none."""
        if not self._audit:
            return None
        if self.backend == "postgresql":
            # one chain: writers queue here, and only for the moment of their commit
            self.connection.execute(text("LOCK TABLE audit_log IN EXCLUSIVE MODE"))
        last = self.connection.execute(
            select(AUDIT_LOG.c.seq, AUDIT_LOG.c.hash).order_by(AUDIT_LOG.c.seq.desc()).limit(1)).first()
        head = (int(last[0]), str(last[1])) if last else None
        self.audit_start = head
        rows = []
        for action, entity, entity_id, before, after, reason in self._audit:
            row = audit.next_row(head, self.user, action, entity, entity_id, before, after, reason)
            head = (row["seq"], row["hash"])
            rows.append(row)
        self.connection.execute(insert(AUDIT_LOG), rows)
        self._audit = []
        return head


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


def _bbox(info: EntityInfo, changes: Mapping[str, Any]) -> dict[str, Any]:
    name = next((f.name for f in info.fields if f.kind == "geometry"), None)
    if name is None or name not in changes:
        return {}
    box = bounds([changes[name]])[0]
    return dict(zip(BBOX, (None if np.isnan(v) else float(v) for v in box), strict=True))


def bounds(blobs: Sequence[bytes | None]) -> Any:
    """Bounding boxes, float64 (n, 4), of WKB geometries; NaN where there is none."""
    if len(blobs) <= FEW:
        return np.array([box_of(blob) for blob in blobs])
    import shapely

    return shapely.bounds(shapely.from_wkb(np.array(blobs, dtype=object)))


def cells(lon: Sequence[float | None], lat: Sequence[float | None]) -> list[int]:
    """Cell of each position: x · 2¹⁴ + y of its zoom-14 tile, so that near rows lie together; -1 where unknown."""
    x = np.array([np.nan if v is None else v for v in lon], dtype=float)
    y = np.array([np.nan if v is None else v for v in lat], dtype=float)
    known = ~(np.isnan(x) | np.isnan(y))
    out = np.full(len(x), UNLOCATED, np.int64)
    world = to_world(x[known], y[known]).astype(np.int64) >> (31 - CELL_ZOOM)
    out[known] = (world[:, 0] << CELL_ZOOM) + world[:, 1]
    listed: list[int] = out.tolist()
    return listed


class _Loader:
    """Turns chunks of value rows into driver rows and writes them."""

    def __init__(self, tx: Transaction, info: EntityInfo, columns: list[str], batch_id: str | None) -> None:
        self.tx, self.info, self.columns = tx, info, columns
        self.table: Table = TABLES[info.name]
        known = {f.name for f in info.fields}
        if unknown := [c for c in columns if c not in known]:
            raise KeyError(f"{info.name} has no field {unknown}")
        self.constants: dict[str, Any] = {"row_version": 1, "is_deleted": False}
        if batch_id is not None:
            self.constants["source_batch_id"] = batch_id
        if not is_lean(info):
            self.constants |= {"created_at": tx._now, "created_by": tx.user}
        self.defaults = {f.name: info.record.__dataclass_fields__[f.name].default for f in info.fields
                         if f.name not in columns and not f.nullable and f.name != "id"}
        self.enums = {f.name for f in info.fields if f.kind == "enum"}
        self.geometry = next((f.name for f in info.fields if f.kind == "geometry" and f.name in columns), None)

    def load(self, chunk: list[Sequence[Any]]) -> None:
        """Write one chunk."""
        by_name = dict(zip(self.columns, zip(*chunk, strict=True), strict=True))
        n = len(chunk)
        fresh = new_ids(n)
        ids = by_name.get("id")
        by_name["id"] = tuple(i or f for i, f in zip(ids, fresh, strict=True)) if ids else tuple(fresh)
        constants = self.defaults | self.constants
        if self.geometry:
            for name, values in zip(BBOX, bounds(by_name[self.geometry]).T, strict=True):
                by_name[name] = tuple(None if v != v else v for v in values.tolist())
        if self.info.volume:
            nothing = (None,) * n
            by_name["cell"] = tuple(cells(by_name.get("lon", nothing), by_name.get("lat", nothing)))
        names = [*by_name, *constants]
        values = [self._encoded(name, by_name[name]) for name in by_name]
        values += [repeat(next(iter(self._encoded(name, (value,))))) for name, value in constants.items()]
        encoded = zip(*values, strict=False)
        # a clustered table fills several times faster in the order of its key
        self._write(names, sorted(encoded, key=itemgetter(names.index("cell"))) if self.info.volume else encoded)

    def _encoded(self, name: str, values: Sequence[Any]) -> Iterator[Any]:
        column = self.table.c[name]
        dialect = self.tx.connection.dialect
        encode: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
        if encode is None:
            return map(_plain, values) if name in self.enums else iter(values)
        return map(encode, values)

    def _write(self, names: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
        listed = ", ".join(f'"{name}"' for name in names)
        if self.tx.backend == "sqlite":
            marks = ", ".join("?" * len(names))
            self.tx.connection.exec_driver_sql(
                f'INSERT INTO "{self.table.name}" ({listed}) VALUES ({marks})', list(rows))
            return
        raw: Any = self.tx.connection.connection.cursor()
        with raw, raw.copy(f'COPY "{self.table.name}" ({listed}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)


