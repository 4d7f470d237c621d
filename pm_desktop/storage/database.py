"""The store: reads as records or plain rows, writes in transactions, on SQLite or PostgreSQL alike."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Engine, Select, func, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from pm_desktop.base import paths
from pm_desktop.base.errors import InputRefused, NotAllowed
from pm_desktop.base.errors import Where as Place
from pm_desktop.base.label import Label
from pm_desktop.domain.entity import EntityInfo, entity_of
from pm_desktop.storage import audit, faults, past, schema
from pm_desktop.storage.engine import database_file, is_url, make_engine
from pm_desktop.storage.query import EVER, NotNull, Where, conditions
from pm_desktop.storage.tables import AUDIT_LOG, META, TABLES
from pm_desktop.storage.transaction import Transaction

R = TypeVar("R")
Box = tuple[float, float, float, float]


class Database:
    """One workspace's database.

    ``location`` is a folder (SQLite in ``workspace.sqlite``) or a ``postgresql+psycopg://`` URL. Use `create` and
    `open`; use it as a context manager or call `close`.
    """

    def __init__(self, location: str, read_only: bool, as_of: date | None = None) -> None:
        self.location = location
        self.read_only = read_only
        self.as_of = as_of
        self.backend = "postgresql" if is_url(location) else "sqlite"
        self._read: Engine = make_engine(location, write=False)
        self._write: Engine = make_engine(location, write=True)
        self._folder: Path | None = None

    # -- opening ---------------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, location: str | Path) -> Self:
        """Make an empty database at ``location``.

        Raises
        ------
        InputRefused
            There is one already, or the place cannot be written.
        """
        text = str(location)
        if not is_url(text):
            if database_file(text).exists():
                raise _exists(text)
            try:
                Path(text).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputRefused("place_not_writable", Label("无法在此处建立工作区", f"cannot make a workspace here: {error}"),
                                   Label("请选择可写的文件夹", "choose a folder that can be written"), Place(file=faults.shown(text))) from error
        database = cls(text, False)
        try:
            database._make()
        except BaseException:
            if not is_url(text):
                _sweep(text)
            raise
        return database

    def _make(self) -> None:
        with self._guard(), self._write.begin() as connection:
            if inspect(connection).has_table("meta"):
                raise _exists(self.location)
            schema.create(connection)
            connection.execute(META.insert(), [{"key": "workspace_id", "value": uuid.uuid4().hex},
                                               {"key": "created_at", "value": datetime.now(UTC).isoformat()}])

    @classmethod
    def open(cls, location: str | Path, *, read_only: bool = False) -> Self:
        """Open the database at ``location``, bringing an older schema up to date.

        A location of a past day (`pm_desktop.storage.past`) is opened for reading: `as_of` is that day.

        Raises
        ------
        InputRefused
            There is no workspace, or the file is none.
        NotAllowed
            It was written by a newer program.
        ComponentMissing
            The PostgreSQL server does not answer.
        """
        text, day = past.split(str(location))
        if not is_url(text) and not database_file(text).is_file():
            raise InputRefused("workspace_missing", Label("此处没有工作区", "there is no workspace here"),
                               Label("请检查路径，或用 new 新建", "check the path, or make one with new"), Place(file=faults.shown(text)))
        database = cls(text, read_only or day is not None, day)
        with database._guard():
            with database._read.connect() as connection:
                version = schema.version(connection)
            if version is None:
                raise InputRefused("not_a_workspace", Label("该数据库不是工作区", "this database is no workspace"),
                                   Label("请检查路径或地址", "check the path or the URL"), Place(file=faults.shown(text)))
            if version != schema.HEAD:
                schema.upgrade(database._write, version, text)
        return database

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            self.close()
            raise faults.said(self.location, error) or faults.broken(self.location, error) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of every connection."""
        self._read.dispose()
        self._write.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # -- facts of the workspace --------------------------------------------------------------------------------------

    @property
    def folder(self) -> Path:
        """Folder of the files beside the database (audit anchor, streets)."""
        if self._folder is None:
            self._folder = (paths.data_dir() / "workspaces" / self.meta("workspace_id", "") if is_url(self.location)
                            else Path(self.location))
        return self._folder

    @property
    def schema_version(self) -> str:
        """Revision of the schema."""
        return schema.HEAD

    def meta(self, key: str, default: str) -> str:
        """Return a fact of the workspace."""
        with self._read.connect() as connection:
            value = connection.execute(select(META.c.value).where(META.c.key == key)).scalar()
        return default if value is None else str(value)

    def set_meta(self, key: str, value: str) -> None:
        """Store a fact of the workspace."""
        with self.transaction() as tx:
            tx.connection.execute(META.delete().where(META.c.key == key))
            tx.connection.execute(META.insert(), {"key": key, "value": value})

    # -- reads -------------------------------------------------------------------------------------------------------

    def count(self, record: type[Any], where: Where | None = None, as_of: date | None = None) -> int:
        """Number of rows."""
        info = entity_of(record)
        table = TABLES[info.name]
        query = select(func.count()).select_from(table).where(
            conditions(info, table, self.backend, where, as_of or self.as_of, None, self.as_of))
        with self._read.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def rows(self, record: type[Any], columns: Sequence[str], where: Where | None = None, *,
             as_of: date | None = None, bbox: Box | None = None, order_by: Sequence[str] = (),
             limit: int | None = None, offset: int = 0) -> list[tuple[Any, ...]]:
        """Rows as plain tuples of ``columns``; enumerations come as their text values.

        ``order_by`` takes column names, a leading ``-`` turns the order round. ``bbox`` is west, south, east, north.
        """
        query = self._query(record, columns, where, as_of, bbox, order_by, limit, offset)
        with self._read.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def iter_rows(self, record: type[Any], columns: Sequence[str], where: Where | None = None, *,
                  as_of: date | None = None, bbox: Box | None = None, order_by: Sequence[str] = (),
                  chunk: int = 10_000) -> Iterator[list[tuple[Any, ...]]]:
        """As `rows`, in lists of at most ``chunk``, so that memory stays bounded."""
        query = self._query(record, columns, where, as_of, bbox, order_by, None, 0)
        with self._read.connect() as connection:
            result = connection.execution_options(stream_results=True, yield_per=chunk).execute(query)
            for part in result.partitions(chunk):
                yield [tuple(row) for row in part]

    def records(self, record: type[R], where: Where | None = None, *, as_of: date | None = None,
                bbox: Box | None = None, order_by: Sequence[str] = (), limit: int | None = None,
                offset: int = 0) -> list[R]:
        """Rows as records."""
        info = entity_of(record)
        names = [f.name for f in info.fields]
        rows = self.rows(record, names, where, as_of=as_of, bbox=bbox, order_by=order_by, limit=limit, offset=offset)
        return [as_record(info, row) for row in rows]

    def get(self, record: type[R], identifier: str, as_of: date | None = None) -> R | None:
        """The record with ``identifier``, or None."""
        found = self.records(record, {"id": identifier}, as_of=as_of, limit=1)
        return found[0] if found else None

    def versions(self, record: type[R], where: Where) -> list[R]:
        """Every version of records with valid-time history that had begun by the day of the view; the oldest first."""
        info = entity_of(record)
        names = [f.name for f in info.fields]
        closed = self.rows(record, names, {**where, "valid_to": NotNull()}, as_of=EVER)
        found: list[Any] = [as_record(info, row) for row in (*closed, *self.rows(record, names, {**where, "valid_to": None}, as_of=EVER))]
        return sorted((r for r in found if self.as_of is None or r.valid_from <= self.as_of), key=lambda r: (r.valid_from, r.id))

    def group_count(self, record: type[Any], by: Sequence[str], where: Where | None = None) -> list[tuple[Any, ...]]:
        """Rows counted by the values of ``by``: tuples (value, …, count), largest count first."""
        info = entity_of(record)
        table = TABLES[info.name]
        view = past.view_of(info, table, self.as_of)
        columns = [view[name] for name in by]
        query = (select(*columns, func.count().label("n")).where(
            conditions(info, table, self.backend, where, self.as_of, None, self.as_of)).group_by(*columns)
            .order_by(func.count().desc(), *columns))
        with self._read.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def _query(self, record: type[Any], columns: Sequence[str], where: Where | None, as_of: date | None,
               bbox: Box | None, order_by: Sequence[str], limit: int | None, offset: int) -> Select[Any]:
        info = entity_of(record)
        table = TABLES[info.name]
        view = past.view_of(info, table, self.as_of)
        query = select(*(view[name] for name in columns)).where(
            conditions(info, table, self.backend, where, as_of or self.as_of, bbox, self.as_of))
        for name in order_by:
            column = view[name.lstrip("-")]
            query = query.order_by(column.desc() if name.startswith("-") else column)
        return query.limit(limit).offset(offset or None)

    # -- writes ------------------------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self, user: str = "") -> Iterator[Transaction]:
        """One transaction, all or nothing; its audit rows are anchored around the commit.

        Raises
        ------
        NotAllowed
            The database was opened for reading, another process holds the write lock for too long, or the place
            is full or cannot be written.
        ComponentMissing
            The PostgreSQL server went away.
        """
        if self.read_only:
            raise NotAllowed("read_only", Label("工作区以只读方式打开", "the workspace is open for reading only"),
                             Label("请以可写方式重新打开", "open it for writing"))
        try:
            connection = self._write.connect()
            begun = connection.begin()
        except OperationalError as error:
            raise faults.said(self.location, error) or faults.busy() from error
        try:
            tx = Transaction(connection, self.backend, user or default_user())
            yield tx
            self._commit(tx, begun)
        except DBAPIError as error:
            begun.rollback()
            meant = faults.said(self.location, error)
            if meant is None:
                raise
            raise meant from error
        except BaseException:
            begun.rollback()
            raise
        finally:
            connection.close()

    def _commit(self, tx: Transaction, begun: Any) -> None:
        head = tx.flush_audit()
        anchor = self.anchor() if head else None
        if anchor and head:
            anchor.prepare(tx.audit_start, head)
        begun.commit()
        if anchor and head:
            anchor.confirm(head)

    # -- audit -------------------------------------------------------------------------------------------------------

    def anchor(self) -> audit.Anchor:
        """Files that hold the head of the audit chain."""
        identifier = self.meta("workspace_id", "")
        return audit.Anchor((self.folder / "audit.head", paths.data_dir() / "anchors" / f"{identifier}.head"))

    def verify_audit(self) -> audit.AuditVerdict:
        """Check the audit chain row by row and against its anchor."""
        with self._read.connect() as connection:
            rows = connection.execution_options(stream_results=True, yield_per=10_000).execute(
                select(AUDIT_LOG).order_by(AUDIT_LOG.c.seq)).mappings()
            return audit.verify(rows, self.anchor(), must_be_anchored=self.backend == "sqlite")

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Reading connection for the other modules of this room."""
        with self._read.connect() as connection:
            yield connection


def as_record(info: EntityInfo, values: Sequence[Any]) -> Any:
    """Record of ``info`` from ``values`` in field order."""
    filled = {}
    for field, value in zip(info.fields, values, strict=True):
        filled[field.name] = field.enum(value) if field.enum and value is not None else value
    return info.record(**filled)


def default_user() -> str:
    """Name of the person at this computer."""
    return os.environ.get("USERNAME") or os.environ.get("USER") or "local"


def _sweep(location: str) -> None:
    """Take away what a failed `Database.create` left; a folder with other things in it stays."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        file = database_file(location)
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    with suppress(OSError):
        Path(location).rmdir()


def _exists(location: str) -> InputRefused:
    return InputRefused("workspace_exists", Label("此处已有工作区", "there is a workspace here already"),
                        Label("请换一个位置，或直接打开它", "choose another place, or open it"), Place(file=faults.shown(location)))
