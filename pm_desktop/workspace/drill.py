"""Rows behind a number, as a table that may be shown: personal data masked, flats hidden, times of Shanghai."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label, Lang
from pm_desktop.domain.entity import EntityInfo, FieldInfo, entity_of
from pm_desktop.domain.enums import LABELS
from pm_desktop.domain.masking import hide_room, mask_name, mask_phone
from pm_desktop.storage.database import Database
from pm_desktop.storage.query import Between
from pm_desktop.workspace.profile import Drill


@dataclass(frozen=True, slots=True)
class Column:
    """Header of a column: words, unit, which side its values stand on."""

    label: Label
    unit: str | None
    align: Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text; ``total`` may be more than are given. ``ids`` name the records."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    ids: tuple[str, ...]
    total: int


_HIDDEN = ("geometry", "ref", "json")


def drill_rows(ctx: JobContext, location: str, drill: Drill, lang: Lang = "zh", limit: int = 1_000) -> Table:
    """Rows behind ``drill``; a job."""
    with Database.open(location, read_only=True) as db:
        return table_of(db, drill.entity, drill.where, limit, lang)


def table_of(db: Database, entity: str, where: Mapping[str, Any], limit: int, lang: Lang = "zh") -> Table:
    """Rows of an entity as a table."""
    info = entity_of(entity)
    shown = [f for f in info.fields if f.name != "id" and f.kind not in _HIDDEN]
    conditions = {name: condition(value) for name, value in where.items()}
    names = ["id", *(f.name for f in shown)]
    rows = db.rows(info.record, names, conditions, order_by=_order(info), limit=limit)
    columns = tuple(Column(f.label, f.unit, "right" if f.kind in ("int", "float", "decimal") else "left") for f in shown)
    texts = tuple(tuple(display(f, v, lang) for f, v in zip(shown, row[1:], strict=True)) for row in rows)
    total = len(rows) if len(rows) < limit else db.count(info.record, conditions)
    return Table(columns, texts, tuple(r[0] for r in rows), total)


def _order(info: EntityInfo) -> tuple[str, ...]:
    moment = next((f.name for f in info.fields if f.kind == "time" and f.indexed), None)
    return (f"-{moment}",) if moment else ("code",)


def condition(value: Any) -> Any:
    """A condition of a `Drill` as the store takes it."""
    if isinstance(value, list | tuple) and len(value) == 3 and value[0] == "between":
        low, high = (datetime.fromisoformat(v) if v else None for v in value[1:])
        return Between(low, high)
    return value


UNKNOWN = Label("未填报", "Not reported")


def display(field: FieldInfo, value: Any, lang: Lang = "zh") -> str:
    """Text of a value as a person may see it; unknown is 未填报."""
    if value is None:
        return UNKNOWN.text(lang)
    match field.kind:
        case "enum":
            assert field.enum is not None
            return LABELS[(field.enum, str(value))].text(lang)
        case "time":
            return f"{value + timedelta(hours=8):%Y-%m-%d %H:%M:%S}"
        case "bool":
            return (Label("是", "Yes") if value else Label("否", "No")).text(lang)
        case "int" | "decimal":
            return f"{value:,}" if isinstance(value, Decimal) or abs(value) >= 10_000 else str(value)
        case _:
            return private(field, str(value))


def private(field: FieldInfo, text: str) -> str:
    """A text as a person may see it."""
    if field.sensitive:
        return (mask_phone(text) if "phone" in field.name else mask_name(text)) or ""
    return (hide_room(text) or "") if field.name in ("address", "content") else text
