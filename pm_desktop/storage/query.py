"""What a read may ask for: plain mappings of column to value, and a few operators."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, or_, select

from pm_desktop.domain.entity import EntityInfo
from pm_desktop.storage import past

BIG_LIST = 5_000
EVER = date.min  # as_of of a read that takes every version


@dataclass(frozen=True, slots=True)
class Between:
    """Half-open interval: ``low <= value < high``; None leaves an end open."""

    low: Any = None
    high: Any = None


@dataclass(frozen=True, slots=True)
class Like:
    """SQL pattern with ``%`` and ``_``; `literal` makes one that finds a text as it stands."""

    pattern: str

    @classmethod
    def literal(cls, text: str) -> Like:
        """Pattern that finds ``text`` anywhere, its ``%`` and ``_`` taken literally."""
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return cls(f"%{escaped}%")


@dataclass(frozen=True, slots=True)
class Not:
    """Anything but ``value``, what is unknown included."""

    value: Any


@dataclass(frozen=True, slots=True)
class NotNull:
    """The value is known."""


Where = Mapping[str, Any]


def conditions(info: EntityInfo, table: Table, backend: str, where: Where | None, as_of: date | None,
               bbox: tuple[float, float, float, float] | None, day: date | None = None) -> ColumnElement[bool]:
    """Condition of a read: not deleted, valid at ``as_of``, meeting ``bbox`` (degrees), and all of ``where``.

    ``day`` is that of a past view: what came later is not there, and ``where`` asks for what was true then.
    """
    view = past.view_of(info, table, day)
    parts: list[ColumnElement[bool]] = [table.c.is_deleted.is_(False)]
    if info.history and as_of != EVER:
        if as_of is None:
            parts.append(table.c.valid_to.is_(None))
        else:
            parts.append(table.c.valid_from <= as_of)
            parts.append(or_(table.c.valid_to.is_(None), table.c.valid_to > as_of))
    if bbox is not None:
        parts.append(_meets(table, bbox))
    begun = past.begun(info, table, day)
    if begun is not None:
        parts.append(begun)
    parts += [_one(view[name], value, backend) for name, value in (where or {}).items()]
    return and_(*parts)


def _meets(table: Table, bbox: tuple[float, float, float, float]) -> ColumnElement[bool]:
    west, south, east, north = bbox
    if "min_lon" in table.c:
        return and_(table.c.max_lon >= west, table.c.min_lon <= east, table.c.max_lat >= south, table.c.min_lat <= north)
    return and_(table.c.lon >= west, table.c.lon <= east, table.c.lat >= south, table.c.lat <= north)


def _one(column: ColumnElement[Any], value: Any, backend: str) -> ColumnElement[bool]:
    match value:
        case None:
            return column.is_(None)
        case Not(excluded):
            return or_(column.is_(None), column != excluded)
        case NotNull():
            return column.is_not(None)
        case Like(pattern):
            return column.like(pattern, escape="\\")
        case Between(low, high):
            ends = [column >= low] if low is not None else []
            ends += [column < high] if high is not None else []
            return and_(*ends)
        case list() | tuple() | set() | frozenset():
            return _in(column, list(value), backend)
        case _:
            result: ColumnElement[bool] = column == value
            return result


def _in(column: ColumnElement[Any], values: list[Any], backend: str) -> ColumnElement[bool]:
    if len(values) <= BIG_LIST:
        return column.in_(values)
    if backend == "postgresql":
        return column == func.any(values)
    # one JSON parameter instead of more variables than SQLite takes
    listed = func.json_each(json.dumps(values)).table_valued("value")
    return column.in_(select(listed.c.value))
