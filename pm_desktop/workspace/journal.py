"""Edits in the database: applied with their before-values checked, kept as undo stack and history."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pm_desktop.base.errors import NotAllowed, Where
from pm_desktop.base.label import Label
from pm_desktop.domain.entity import EntityInfo, entity_of
from pm_desktop.storage import edits
from pm_desktop.storage.database import Database
from pm_desktop.storage.transaction import Transaction
from pm_desktop.workspace.edit import Changes, Edit, HistoryRow, Patch


def apply(db: Database, edit: Edit, user: str) -> Changes:
    """Apply a new edit; what had been undone can no longer be redone."""
    with db.transaction(user) as tx:
        _write(tx, edit, "edit")
        edits.append(tx, edit.title.zh, edit.title.en, _dump(edit))
    return edit.changes()


def undo(db: Database, user: str) -> Edit | None:
    """Take the newest edit back and return it; None if there is none."""
    with db.transaction(user) as tx:
        found = edits.newest_done(tx)
        if found is None:
            return None
        edit = _load(found)
        _write(tx, edit.reversed(), "undo")
        edits.mark(tx, found.seq, undone=True)
    return edit


def redo(db: Database, user: str) -> Edit | None:
    """Apply the edit that was undone last and return it; None if there is none."""
    with db.transaction(user) as tx:
        found = edits.oldest_undone(tx)
        if found is None:
            return None
        edit = _load(found)
        _write(tx, edit, "redo")
        edits.mark(tx, found.seq, undone=False)
    return edit


def titles(db: Database) -> tuple[Label | None, Label | None]:
    """Titles of what undo and redo would do."""
    with db.connect() as connection:
        done, undone = edits.peek(connection)
    return _title(done), _title(undone)


def history(db: Database, limit: int) -> list[HistoryRow]:
    """Newest edits first."""
    with db.connect() as connection:
        return [HistoryRow(r.seq, r.at, r.user, Label(r.title_zh, r.title_en), r.undone)
                for r in edits.latest(connection, limit)]


def _title(row: Any) -> Label | None:
    return Label(row.title_zh, row.title_en) if row else None


def _write(tx: Transaction, edit: Edit, action: str) -> None:
    for patch in edit.patches:
        info = entity_of(patch.entity)
        current = tx.current(info.record, patch.id, patch.valid_from)
        _check(info, patch, current)
        if patch.after is None:
            tx.remove(info.record, patch.id, patch.valid_from)
        elif patch.before is None:
            names = list(patch.after)
            tx.bulk_insert(info.record, names, [[patch.after[n] for n in names]])
        else:
            tx.update(info.record, patch.id, patch.after, valid_from=patch.valid_from)
        tx.audit(action, patch.entity, patch.id, patch.before, patch.after, edit.title.zh)


def _check(info: EntityInfo, patch: Patch, current: Mapping[str, Any] | None) -> None:
    """Refuse a patch whose before-values are no longer what stands in the store."""
    if patch.before is None:
        if current is not None:
            raise _conflict(info, patch, "id")
        return
    if current is None:
        raise _conflict(info, patch, "id")
    for name, value in patch.before.items():
        if current[name] != value:
            raise _conflict(info, patch, name)


def _conflict(info: EntityInfo, patch: Patch, field: str) -> NotAllowed:
    label = info.field(field).label
    return NotAllowed(
        "edit_conflict",
        Label(f"{info.label.zh}的“{label.zh}”已被他人修改", f"somebody changed {label.en} of this {info.label.en.lower()}"),
        Label("请刷新后再改", "refresh and edit again"), Where(row=None, field=field))


def _dump(edit: Edit) -> str:
    return json.dumps([[p.entity, p.id, _pack(p.before), _pack(p.after), _pack_value(p.valid_from)]
                       for p in edit.patches], ensure_ascii=False)


def _load(row: Any) -> Edit:
    patches = tuple(Patch(entity, identifier, _unpack(before), _unpack(after), _unpack_value(valid_from))
                    for entity, identifier, before, after, valid_from in json.loads(row.patches))
    return Edit(Label(row.title_zh, row.title_en), patches)


def _pack(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else {name: _pack_value(value) for name, value in values.items()}


def _unpack(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else {name: _unpack_value(value) for name, value in values.items()}


def _pack_value(value: Any) -> Any:
    match value:
        case datetime():
            return {"time": value.astimezone(UTC).isoformat()}
        case date():
            return {"date": value.isoformat()}
        case Decimal():
            return {"decimal": str(value)}
        case bytes():
            return {"bytes": base64.b64encode(value).decode()}
        case tuple():
            return {"tuple": list(value)}
        case dict():
            return {"dict": value}
        case _:
            return value


def _unpack_value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, raw),) = value.items()
    match kind:
        case "time":
            return datetime.fromisoformat(raw)
        case "date":
            return date.fromisoformat(raw)
        case "decimal":
            return Decimal(raw)
        case "bytes":
            return base64.b64decode(raw)
        case "tuple":
            return tuple(raw)
        case _:
            return raw
