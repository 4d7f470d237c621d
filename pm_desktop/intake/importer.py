"""Import of a file as one batch: read, place, match, count, and, unless it is a trial, store in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from pm_desktop.base import crs
from pm_desktop.base.errors import InputRefused, NotAllowed, UsageError, of_system
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.domain.entity import FieldInfo, entity_of
from pm_desktop.domain.enums import BatchStatus
from pm_desktop.domain.records import Device, ImportBatch
from pm_desktop.intake import geometry, mapping, places
from pm_desktop.intake.kinds import KINDS
from pm_desktop.intake.lookup import Lookup
from pm_desktop.intake.rows import MAKERS, RowIn, RowOut
from pm_desktop.intake.source import Source, open_source, refuse
from pm_desktop.intake.values import RowFault, is_unknown, parse
from pm_desktop.storage.database import Database
from pm_desktop.storage.transaction import Transaction, new_id

MAX_PROBLEMS = 2_000
AREAS = ("towns", "juwei", "compounds", "zones")
COUNTS = ("rows", "stored", "located", "queued", "duplicates", "rejected", "uncategorised", "masked_rows")


@dataclass(slots=True)
class _Batch:
    """An import under way."""

    kind: str
    source: Source
    place: places.Placing
    columns: Columns
    look: Lookup
    known: set[str]
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    problems: list[dict[str, Any]] = field(default_factory=list)
    entities: set[str] = field(default_factory=set)

    def note(self, row: int, field_name: str | None, code: str, message: Label) -> None:
        """List a problem; the first thousands are enough for a person."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append({"row": row, "field": field_name, "code": code, "message": message.zh, "message_en": message.en})


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of the file fill, worked out once."""

    names: list[str]
    fields: dict[int, FieldInfo]
    join: dict[str, list[int]]
    uscc: list[int]
    repeated: list[str]

    @classmethod
    def of(cls, names: list[str], kind: str) -> Columns:
        """Match ``names`` with the fields of ``kind``."""
        have = [mapping.normal(n) for n in names]
        return cls(names, mapping.column_fields(names, kind), mapping.joins(names),
                   [i for i, n in enumerate(have) if n in ("firm_uscc", "统一社会信用代码")],
                   [names[i] for i, n in enumerate(have) if n and n in have[:i]])


def import_file(ctx: JobContext, location: str, path: str, as_: str | None, crs_: str = "auto", dry_run: bool = False,
                user: str = "") -> dict[str, Any]:
    """Import a file into the workspace at ``location``; a job.

    Returns
    -------
    dict
        The object of the command ``import`` (docs/cli.md).

    Raises
    ------
    InputRefused
        The file as a whole cannot be used; nothing was stored.
    UsageError
        ``as_`` names no kind.
    """
    if as_ is not None and as_ not in MAKERS:
        raise UsageError("kind_unknown", Label(f"没有“{as_}”这一类", f"there is no kind {as_!r}"),
                         Label(f"可选：{'、'.join(KINDS)}", f"choose one of {', '.join(KINDS)}"))
    ctx.progress(0.0, "import.read")
    source = open_source(path)
    kind = as_ or mapping.guess(source.columns)
    if kind is None:
        raise refuse(source.path, "kind_not_told", "无法从列名判断这是什么数据", "the columns do not tell what this is",
                     "请用 --as 指明，例如 --as compounds", "say so with --as, e.g. --as compounds")
    place = places.placing(source.columns, source.crs, crs_)
    with Database.open(location) as db:
        if dry_run:
            batch = _begin(db, kind, source, place)
            for _ in _read(ctx, batch):
                pass
            return _report(batch, None)
        with db.transaction(user) as tx:
            # keys are read under the lock: of two imports of one file the second finds the rows of the first
            tx.alone("import")
            batch = _begin(db, kind, source, place)
            identifier = new_id()
            _store(tx, _read(ctx, batch), identifier)
            report = _report(batch, identifier if batch.counts["stored"] else None)
            if batch.counts["stored"]:
                _register(tx, identifier, batch, report)
            ctx.check_cancelled()
    ctx.progress(1.0, "import.done")
    return report


def _begin(db: Database, kind: str, source: Source, place: places.Placing) -> _Batch:
    """A batch whose file is worth reading."""
    columns = Columns.of(source.columns, kind)
    if source.total == 0:
        raise refuse(source.path, "no_rows", "文件没有数据行", "the file holds no rows", "请检查来源文件", "check where it comes from")
    if not columns.fields:
        raise refuse(source.path, "no_known_column", f"没有一列对应“{KINDS[kind].zh}”的字段", f"no column fits {KINDS[kind].en}",
                     "请检查列名，或用 --as 指明其他类别", "check the column names, or give another kind with --as")
    batch = _Batch(kind, source, place, columns, Lookup.load(db, buildings=kind == "complaints"), _known_keys(db, kind))
    for name in columns.repeated:
        batch.note(0, name, "column_repeated", Label(f"列名“{name}”重复，只取第一列", f"column {name!r} stands twice: the first one counts"))
    return batch


def _known_keys(db: Database, kind: str) -> set[str]:
    record = entity_of(mapping.ENTITY[kind]).record
    if record is Device:
        return {f"{s or ''}|{k or ''}|{c}" for s, k, c in db.rows(Device, ("source", "kind", "code"))}
    return {r[0] for r in db.rows(record, ("code",))}


def _read(ctx: JobContext, batch: _Batch) -> Iterator[RowOut]:
    """Good rows, one by one; counts and problems are kept as they pass."""
    first = True
    number = 0
    for chunk in batch.source.chunks():
        ctx.check_cancelled()
        inputs = []
        for i, (values, wkb) in enumerate(chunk):
            if i % 500 == 0:
                ctx.check_cancelled()
            inputs.append(_row_in(batch, values, wkb, number + i + 1))
        _towns(batch, inputs, first)
        first = False
        for i, row in enumerate(inputs):
            number += 1
            batch.counts["rows"] += 1
            if i % 2_000 == 0:
                ctx.progress(0.9 * _share(batch, number), "import.rows")
            out = _made(batch, row, number)
            if out is not None:
                yield out
        _notes_of_source(batch)
    if not number:
        raise refuse(batch.source.path, "no_rows", "文件没有数据行", "the file holds no rows", "请检查来源文件", "check where it comes from")


def _notes_of_source(batch: _Batch) -> None:
    for row, code, message in batch.source.notes:
        batch.note(row, None, code, message)
    batch.source.notes.clear()


def _share(batch: _Batch, number: int) -> float:
    return min(1.0, number / batch.source.total) if batch.source.total else 1 - 1 / (1 + number / 50_000)


def _row_in(batch: _Batch, cells: list[Any], wkb: bytes | None, number: int) -> RowIn | RowFault:
    """A row with its values parsed and its place converted; a fault is carried to where it is counted."""
    columns = batch.columns
    fields = columns.fields
    try:
        values = _values(batch, fields, cells, number)
        geom, lon, lat, notes = geometry.fit(wkb, batch.place.decided if batch.source.has_geometry else crs.STORED, batch.kind in AREAS)
        for name, code, message in notes:
            batch.note(number, name, code, message)
        if batch.place.lon is not None and batch.place.lat is not None and lon is None:
            lon, lat = _position(batch, cells, number)
    except RowFault as fault:
        return fault
    used = {i for i, f in fields.items() if values.get(f.name) is not None} | {i for i in (batch.place.lon, batch.place.lat) if i is not None}
    rest = {columns.names[i]: str(v).strip() for i, v in enumerate(cells) if i not in used and not is_unknown(v)}

    def text(what: str) -> str | None:
        return next((str(cells[i]).strip() for i in columns.join[what] if not is_unknown(cells[i])), None)

    uscc = next((str(cells[i]).strip() for i in columns.uscc if not is_unknown(cells[i])), None)
    return RowIn(values, text("zone"), text("firm") if text("firm") != uscc else None, text("town"), uscc, rest, lon, lat, geom)


def _values(batch: _Batch, fields: dict[int, FieldInfo], cells: list[Any], number: int) -> dict[str, Any]:
    """Values of a row by field. What cannot be read in a field that may be unknown is left unknown and listed."""
    values: dict[str, Any] = {}
    for position, info in fields.items():
        if info.name in ("lon", "lat"):
            continue
        try:
            values[info.name] = parse(info, cells[position])
        except RowFault as fault:
            if not info.nullable:
                raise
            values[info.name] = None
            batch.note(number, info.name, fault.code, fault.message)
    return values


def _position(batch: _Batch, cells: list[Any], number: int) -> tuple[float | None, float | None]:
    assert batch.place.lon is not None and batch.place.lat is not None
    raw = cells[batch.place.lon], cells[batch.place.lat]
    if is_unknown(raw[0]) or is_unknown(raw[1]):
        return None, None
    try:
        x, y = float(raw[0]), float(raw[1])
    except ValueError as error:
        raise RowFault("lon", "value_wrong", Label("经纬度不是数字", "the position is no number")) from error
    if x == 0 or y == 0:
        batch.note(number, "lon", "position_zero", Label("坐标为零，按未定位入库", "a zero position: stored as not located"))
        return None, None
    lon, lat = crs.convert(np.array([x]), np.array([y]), batch.place.decided)
    if not geometry.inside_reach(float(lon[0]), float(lat[0])):
        raise geometry.OUT_OF_REACH
    return float(lon[0]), float(lat[0])


def _towns(batch: _Batch, inputs: list[RowIn | RowFault], first: bool) -> None:
    """Town of each position; the first rows also tell whether the positions can be true."""
    rows = [r for r in inputs if isinstance(r, RowIn) and r.lon is not None and r.lat is not None]
    if not rows or batch.kind in ("towns", "barriers"):
        return
    lon, lat = np.array([r.lon for r in rows], float), np.array([r.lat for r in rows], float)
    for row, code in zip(rows, batch.look.town_at(lon, lat), strict=True):
        row.values["_town_here"] = code
    shapes = dict(zip(batch.look.town_codes, batch.look.town_shapes if batch.look.town_codes else (), strict=True))
    named = [(i, shapes[code]) for i, r in enumerate(rows) if (code := batch.look.town(r.town)) in shapes]
    if first and named and batch.place.suspect is None:
        at = np.array([i for i, _ in named])
        places.judge(batch.place, lon[at], lat[at], np.array([s for _, s in named], dtype=object))
        if batch.place.suspect:
            batch.note(0, None, "crs_suspect", batch.place.reason)


def _made(batch: _Batch, row: RowIn | RowFault, number: int) -> RowOut | None:
    counts = batch.counts
    try:
        if isinstance(row, RowFault):
            raise row
        out = MAKERS[batch.kind](row, batch.look)
    except RowFault as fault:
        counts["rejected"] += 1
        batch.note(number, fault.field, fault.code, fault.message)
        return None
    if out.key in batch.known:
        counts["duplicates"] += 1
        return None
    batch.known.add(out.key)
    for name, code, message in out.notes:
        batch.note(number, name, code, message)
    counts["stored"] += 1
    counts["located"] += out.located
    counts["queued"] += out.queued
    counts["uncategorised"] += out.uncategorised
    counts["masked_rows"] += out.masked
    batch.entities |= {type(r).__name__ for r in out.records}
    return out


def _store(tx: Transaction, rows: Iterator[RowOut], identifier: str) -> None:
    """Write the records in large pieces, kind by kind."""
    waiting: list[Any] = []
    for out in rows:
        waiting += out.records
        if len(waiting) >= 50_000:
            tx.insert(waiting, batch_id=identifier)
            waiting = []
    tx.insert(waiting, batch_id=identifier)


def _report(batch: _Batch, identifier: str | None) -> dict[str, Any]:
    return {"batch": identifier, "as": batch.kind, **batch.counts, "crs": batch.place.as_json(batch.counts["rows"]),
            "entities": sorted(batch.entities), "problems": batch.problems}


def _register(tx: Transaction, identifier: str, batch: _Batch, report: dict[str, Any]) -> None:
    try:
        with open(batch.source.path, "rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise of_system(error, str(batch.source.path)) from error
    at = datetime.now(UTC)
    kept = {**report, "problems": report["problems"][:200]}
    tx.insert([ImportBatch(id=identifier, code=f"PC-{at:%Y%m%d-%H%M%S}", target=batch.kind, file_name=batch.source.path.name,
                           sha256=digest, at=at, report=kept)])
    tx.audit("import", "ImportBatch", identifier, None, {"file": batch.source.path.name, "sha256": digest,
                                                         **{k: batch.counts[k] for k in COUNTS}})


def preview(ctx: JobContext, path: str, as_: str | None) -> dict[str, Any]:
    """What a file looks like before anything is done with it; a job."""
    source = open_source(path)
    kind = as_ or mapping.guess(source.columns)
    rows = next(source.chunks(50), [])
    ctx.check_cancelled()
    return {"columns": source.columns, "mapping": mapping.labels(source.columns, kind) if kind else {}, "as": kind,
            "sample": [[("" if is_unknown(c) else str(c)) for c in values] for values, _ in rows], "encoding": source.encoding,
            "rows": source.total if source.total is not None else len(rows),
            "crs": places.placing(source.columns, source.crs, "auto").as_json(len(rows))}


def list_batches(location: str) -> list[dict[str, Any]]:
    """Import batches, newest first."""
    with Database.open(location, read_only=True) as db:
        found = db.records(ImportBatch, order_by=("-at",))
    return [{"batch": b.id, "code": b.code, "as": b.target, "file": b.file_name, "sha256": b.sha256, "at": b.at.isoformat(),
             "status": b.status.value, **{k: b.report.get(k) for k in COUNTS}} for b in found]


def rollback_batch(ctx: JobContext, location: str, batch: str, user: str = "") -> dict[str, Any]:
    """Take an import batch back; a job.

    Raises
    ------
    InputRefused
        There is no such batch.
    NotAllowed
        It was rolled back already, or records of it were edited since.
    """
    with Database.open(location) as db:
        found = db.get(ImportBatch, batch) or next(iter(db.records(ImportBatch, {"code": batch})), None)
        if found is None:
            raise InputRefused("batch_missing", Label(f"没有批次“{batch}”", f"there is no batch {batch!r}"),
                               Label("请用 batches 查看批次", "list them with batches"))
        if found.status is BatchStatus.ROLLED_BACK:
            raise NotAllowed("batch_rolled_back", Label("该批次已回滚", "this batch was rolled back already"),
                             Label("无需再次操作", "nothing more to do"))
        with db.transaction(user) as tx:
            edited = tx.edited_in_batch(found.id)
            if edited:
                names = "、".join(edited[:5])
                raise NotAllowed("batch_edited", Label(f"该批次有 {len(edited)} 条记录在导入后被修改：{names}",
                                                      f"{len(edited)} records of the batch were edited since: {', '.join(edited[:5])}"),
                                 Label("请先撤销这些修改", "undo those edits first"))
            rows = tx.delete_batch(found.id)
            tx.update(ImportBatch, found.id, {"status": BatchStatus.ROLLED_BACK})
            tx.audit("rollback", "ImportBatch", found.id, None, {"rows": rows})
        return {"rolled_back": found.id, "rows": rows, "entities": found.report.get("entities", [])}


def detect_file(path: str, location: str | None = None) -> dict[str, Any]:
    """Which coordinate system a file is in, by its words and, with a workspace, by its towns."""
    source = open_source(path)
    place = places.placing(source.columns, source.crs, "auto")
    look = Lookup()
    if location is not None:
        with Database.open(location, read_only=True) as db:
            look = Lookup.load(db)
    kind = mapping.guess(source.columns) or "compounds"
    batch = _Batch(kind, source, place, Columns.of(source.columns, kind), look, set())
    total = 0
    for chunk in source.chunks():
        if total == 0:
            _towns(batch, [_row_in(batch, v, w, 0) for v, w in chunk], True)
        total += len(chunk)
    return place.as_json(total) | {"file": Path(path).name}
