"""Tables, made from the declarations of `pm_desktop.domain`; nothing else lists columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
)
from sqlalchemy.types import TypeEngine

import pm_desktop.domain.records  # noqa: F401 - declares the entities
from pm_desktop.domain.entity import ENTITIES, EntityInfo, FieldInfo
from pm_desktop.storage.types import ExactDecimal, JsonText, UtcTime

BBOX = ("min_lon", "min_lat", "max_lon", "max_lat")
metadata = MetaData()


def time_field(info: EntityInfo) -> str:
    """Name of the moment by which a high-volume table is clustered: its first indexed one."""
    return next(f.name for f in info.fields if f.kind == "time" and f.indexed)


def _type(info: EntityInfo, field: FieldInfo) -> TypeEngine[Any]:
    match field.kind:
        case "text" | "enum":
            return Text()
        case "ref":
            return String(32)
        case "int":
            return BigInteger()
        case "float":
            return Float(53)
        case "decimal":
            return ExactDecimal(field.digits)
        case "bool":
            return Boolean()
        case "date":
            return Date()
        case "time":
            return UtcTime()
        case "json":
            annotation = str(info.record.__annotations__[field.name])
            return JsonText(as_tuple=annotation.startswith("tuple"))
        case "geometry":
            return LargeBinary()


def _columns(info: EntityInfo) -> list[Column[Any]]:
    columns: list[Column[Any]] = []
    for field in info.fields:
        kind = String(32) if field.name == "id" else _type(info, field)
        columns.append(Column(field.name, kind, nullable=field.nullable))
    if any(f.kind == "geometry" for f in info.fields):
        columns += [Column(name, Float(53)) for name in BBOX]
    if info.volume:
        columns.append(Column("cell", BigInteger(), nullable=False))
    columns += [Column("row_version", Integer(), nullable=False, server_default="1"),
                Column("source_batch_id", String(32)),
                Column("is_deleted", Boolean(), nullable=False, server_default=false())]
    if not is_lean(info):
        columns += [Column("created_at", UtcTime()), Column("created_by", Text()),
                    Column("updated_at", UtcTime()), Column("updated_by", Text())]
    return columns


def is_lean(info: EntityInfo) -> bool:
    """Whether rows of this table carry no who-and-when of their own (there are too many; the batch has it)."""
    return info.volume or info.name == "Building"


def _key(info: EntityInfo) -> tuple[str, ...]:
    if info.volume:
        return ("cell", time_field(info), "id")
    return ("id", "valid_from") if info.history else ("id",)


def _indexes(info: EntityInfo) -> list[Index]:
    names = [f.name for f in info.fields if f.indexed]
    if info.volume:
        names = [n for n in names if n.endswith("_id") and n != "building_id"]
        own = [Index(f"ix_{info.table}_code", "code", unique=True), Index(f"ix_{info.table}_id", "id", unique=True)]
    else:
        own = []
    own += [Index(f"ix_{info.table}_{name}", name) for name in names]
    return [*own, Index(f"ix_{info.table}_batch", "source_batch_id")] if not info.volume else own


def _table(info: EntityInfo) -> Table:
    return Table(info.table, metadata, *_columns(info),
                 PrimaryKeyConstraint(*_key(info), name=f"pk_{info.table}"), *_indexes(info),
                 sqlite_with_rowid=not info.volume)


TABLES: dict[str, Table] = {info.name: _table(info) for info in ENTITIES.values()}

META = Table("meta", metadata, Column("key", String(64), primary_key=True), Column("value", Text(), nullable=False))

EDIT_LOG = Table(
    "edit_log", metadata,
    Column("seq", Integer(), primary_key=True, autoincrement=True),
    Column("at", UtcTime(), nullable=False), Column("user", Text(), nullable=False),
    Column("title_zh", Text(), nullable=False), Column("title_en", Text(), nullable=False),
    Column("patches", Text(), nullable=False), Column("undone", Boolean(), nullable=False))

AUDIT_LOG = Table(
    "audit_log", metadata,
    Column("seq", BigInteger(), primary_key=True, autoincrement=False),
    Column("ts", UtcTime(), nullable=False), Column("user", Text(), nullable=False),
    Column("action", Text(), nullable=False), Column("entity", Text(), nullable=False),
    Column("entity_id", Text(), nullable=False), Column("before_hash", String(64)), Column("after_hash", String(64)),
    Column("reason", Text()), Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False))
