"""Job: rows of an entity, with what belongs to them (town, firm, complaint rate), as a table pack for the window."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.arraypack import pack_texts, write_pack
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.domain.entity import EntityInfo, FieldInfo, entity_of
from pm_desktop.domain.enums import LABELS, ManagementMode, label_of
from pm_desktop.domain.records import Complaint, Compound, Contract, Firm, ServiceProject, Town, Zone
from pm_desktop.layers.figures import rate, valid_complaints
from pm_desktop.storage.database import Database
from pm_desktop.storage.moments import moment
from pm_desktop.storage.query import Between
from pm_desktop.workspace.drill import condition, private
from pm_desktop.workspace.profile import SHANGHAI
from pm_desktop.workspace.selection import SOURCES, Area, Ids, as_ids, conditions, select_in_area
from pm_desktop.workspace.tablepack import FORMAT, MONTHS, Column, plain

LIMIT = 200_000
LAYER_OF = {"Compound": "compounds", "Zone": "zones", "Device": "devices", "Alert": "alerts", "EmergencyTeam": "teams", "MapDrawing": "drawings",
            "Complaint": "complaint_heat"}
_SUMMED = {"户", "幢", "台", "个", "㎡", "件", "人", "元", "套", "次"}
_HIDDEN = ("geometry", "ref", "json")
_SHOWN = {
    "Compound": ("name", "town", "firm", "complaint_rate", "complaints12", "households", "floor_area_m2", "housing_type", "built_year", "mode",
                 "fee", "contract_end", "code"),
    "Zone": ("name", "town", "firm", "complaint_rate", "complaints12", "owner_heads", "total_exclusive_area_m2", "management_mode", "status",
             "fee", "contract_end", "code"),
    "Firm": ("name", "zones12", "area12", "complaints12", "complaint_rate", "party_org", "reg_district", "uscc"),
    "Complaint": ("code", "received_at", "compound", "town", "source_category", "source", "status", "valid", "satisfaction", "address", "content"),
    "Contract": ("zone", "town", "firm", "end", "fee_cny_m2_month", "collection_rate", "kind", "billing", "status", "start", "filed_at", "code"),
    "Committee": ("zone", "town", "status", "term_end", "term_no", "members", "party_eligible", "party_org", "code"),
    "WorkOrder": ("code", "accepted_at", "zone", "town", "kind", "responded_at", "status", "breached", "level", "closed_at"),
    "Alert": ("code", "severity", "scene", "status", "zone", "town", "first_at", "last_at", "count"),
    "MapDrawing": ("text", "kind", "colour", "author", "drawn_at", "code"),
    "Device": ("code", "scene", "kind", "compound", "town", "is_online", "last_seen_at", "address"),
}
"""Columns before a person chooses; the others can be shown. An entity that is not listed shows all it has."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows: of an entity all that fulfil ``where``, have one of ``ids``, lie in ``area``, belong to the town with code ``town``.

    None leaves a condition out; without any the rows are those that the entity's layer shows.
    """

    entity: str
    where: Mapping[str, Any] | None = None
    ids: Ids | None = None
    area: Area | None = None
    town: str | None = None


@dataclass(slots=True)
class _Facts:
    """What belongs to zones and compounds, read once for a table."""

    towns: dict[str, str]
    zone_town: dict[str, str | None]
    zone_name: dict[str, str]
    zone_of: dict[str, str]
    zone_mode: dict[str, str | None]
    zone_area: dict[str, float | None]
    firm_of: dict[str, str | None]
    firm_name: dict[str, str]
    contract: dict[str, tuple[Any, Any]]
    compounds: dict[str, tuple[str, str | None, float | None, float | None]]
    first_compound: dict[str, str]
    end: datetime


Cells = tuple[Column, Sequence[Any]]


def build_table(ctx: JobContext, location: str, scope: Scope, out_dir: str, as_of: date | None = None) -> str:
    """Build the rows of ``scope`` and return the file of the table pack; a job. At most ``LIMIT`` rows, the newest first."""
    ids = scope.ids
    if scope.area is not None:
        ids = select_in_area(ctx, location, LAYER_OF[scope.entity], scope.area, "touches", as_of)
    with Database.open(location, read_only=True) as db:
        arrays, meta = _table(ctx, db, scope, ids, as_of)
    folder = Path(out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.blake2b(b"".join([*(np.ascontiguousarray(a).tobytes() for a in arrays.values()), repr(meta).encode()]), digest_size=8).hexdigest()
    target = folder / f"{name}.table"
    if not target.exists():
        write_pack(target, arrays, meta)
    os.utime(target)
    for old in sorted(folder.glob("*.table"), key=lambda p: p.stat().st_mtime)[:-6]:
        if old != target:
            _drop(old)
    return str(target)


def _drop(path: Path) -> None:
    try:
        path.unlink()
    except PermissionError:
        return  # Windows: still open in the window; gone next time


def _table(ctx: JobContext, db: Database, scope: Scope, ids: Ids | None, as_of: date | None) -> tuple[dict[str, Any], dict[str, Any]]:
    info = entity_of(scope.entity)
    where = {name: condition(value) for name, value in (scope.where or {}).items()}
    if ids is not None:
        where["id"] = [i.decode() for i in ids.tolist()]
    elif scope.where is None and scope.entity in LAYER_OF:
        where = dict(conditions(db, SOURCES[LAYER_OF[scope.entity]], as_of))
    if scope.town is not None:
        where |= _in_town(db, info, scope.town, as_of)
    names = [f.name for f in info.fields if f.kind != "geometry"]
    moments = [f.name for f in info.fields if f.kind == "time" and f.indexed]
    rows = db.rows(info.record, names, where, as_of=as_of, order_by=(f"-{moments[0]}",) if moments else ("code",), limit=LIMIT)
    ctx.check_cancelled()
    total = len(rows) if len(rows) < LIMIT else db.count(info.record, where, as_of)
    table = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(names, ())
    facts = _facts(db, as_of)
    derived = _DERIVED.get(scope.entity, _owned)(db, table, facts)
    ctx.check_cancelled()
    cells = _ordered(scope.entity, [*_fields(info, table), *derived])
    arrays: dict[str, Any] = {"id": as_ids(table["id"])}
    find: list[list[str]] = [[] for _ in rows]
    for number, (column, values) in enumerate(cells):
        arrays |= _arrays(f"c{number}", column, values, find)
        ctx.check_cancelled()
    arrays["find_blob"], arrays["find_start"] = pack_texts(["\n".join(texts) + "\n" for texts in find])
    arrays |= _places(info, table, facts)
    if scope.entity in ("Compound", "Complaint"):
        arrays |= _months(db, scope.entity, table, facts)
    meta = {"format": FORMAT, "entity": scope.entity, "layer": LAYER_OF.get(scope.entity, ""), "total": total,
            "as_of": (facts.end + SHANGHAI).date().isoformat(), "columns": [_json(c) for c, _ in cells]}
    return arrays, meta


def _in_town(db: Database, info: EntityInfo, town: str, as_of: date | None) -> dict[str, Any]:
    """Condition that a row belongs to a town, by its own code or that of its compound or zone."""
    names = {f.name for f in info.fields}
    if "town_code" in names:
        return {"town_code": town}
    if "compound_id" in names:
        return {"compound_id": [i for (i,) in db.rows(Compound, ("id",), {"town_code": town})]}
    zones = [i for (i,) in db.rows(Zone, ("id",), {"town_code": town}, as_of=as_of)]
    if "zone_id" in names:
        return {"zone_id": zones}
    return {"id": sorted({f for (f,) in db.rows(ServiceProject, ("firm_id",), {"zone_id": zones}, as_of=as_of) if f})}


def _json(column: Column) -> dict[str, Any]:
    return asdict(column)


def _facts(db: Database, as_of: date | None) -> _Facts:
    zones = db.rows(Zone, ("id", "name", "town_code", "compound_ids", "management_mode", "total_exclusive_area_m2"), as_of=as_of)
    contract: dict[str, tuple[Any, Any]] = {}
    for zone, fee, end, _ in sorted(db.rows(Contract, ("zone_id", "fee_cny_m2_month", "end", "valid_from"), as_of=as_of), key=lambda r: r[3]):
        contract[zone or ""] = (fee, end)
    return _Facts(
        towns=dict(db.rows(Town, ("code", "name"))),
        zone_town={z[0]: z[2] for z in zones}, zone_name={z[0]: z[1] for z in zones},
        zone_of={c: z[0] for z in zones for c in z[3] or ()}, zone_mode={z[0]: z[4] for z in zones},
        zone_area={z[0]: None if z[5] is None else float(z[5]) for z in zones},
        firm_of=dict(db.rows(ServiceProject, ("zone_id", "firm_id"), as_of=as_of)), firm_name=dict(db.rows(Firm, ("id", "name"))),
        contract=contract, compounds={r[0]: (r[1], r[2], r[3], r[4]) for r in db.rows(Compound, ("id", "name", "town_code", "lon", "lat"))},
        first_compound={z[0]: z[3][0] for z in zones if z[3]}, end=moment(db, as_of))


def _fields(info: EntityInfo, table: Mapping[str, Sequence[Any]]) -> list[Cells]:
    shown = [f for f in info.fields if f.name not in ("id", "lon", "lat") and f.kind not in _HIDDEN]
    return [(_column(f), _plain(f, table[f.name])) for f in shown]


def _column(f: FieldInfo) -> Column:
    match f.kind:
        case "int" | "float" | "decimal":
            digits = 0 if f.kind == "int" or f.unit == "㎡" else 3 if f.kind == "float" else min(f.digits, 2)
            return Column(f.name, f.label, f.unit, "number", digits, f.unit in _SUMMED)
        case "date":
            return Column(f.name, f.label, None, "day")
        case "time":
            return Column(f.name, f.label, None, "time")
        case "enum" | "bool":
            return Column(f.name, f.label, None, "words")
        case _:
            return Column(f.name, f.label, None, "text")


_YES_NO = (Label("否", "No"), Label("是", "Yes"))


def _plain(f: FieldInfo, values: Sequence[Any]) -> Sequence[Any]:
    """Values as columns take them: labels for enumerations, masked texts."""
    match f.kind:
        case "enum":
            return [None if v is None else LABELS[(f.enum, str(v))] for v in values]  # type: ignore[index]
        case "bool":
            return [None if v is None else _YES_NO[bool(v)] for v in values]
        case "text":
            return [None if v is None else private(f, str(v)) for v in values]
        case _:
            return values


def _ordered(entity: str, cells: list[Cells]) -> list[Cells]:
    wanted = _SHOWN.get(entity)
    if wanted is None:
        first = [c for c in cells if c[0].key == "name"]
        return first + [c for c in cells if c[0].key != "name"]
    by_key = {c.key: (c, v) for c, v in cells}
    rest = [(_hidden(c), v) for c, v in cells if c.key not in wanted]
    return [by_key[key] for key in wanted] + rest


def _hidden(c: Column) -> Column:
    return Column(c.key, c.label, c.unit, c.kind, c.digits, c.sums, False)


# -- what belongs to the rows -------------------------------------------------------------------------------------------

_TOWN, _ZONE = Column("town", Label("街镇", "Town"), None, "text"), Column("zone", Label("物业管理区域", "Zone"), None, "text")
_FIRM, _HOME = Column("firm", Label("物业服务企业", "Firm"), None, "text"), Column("compound", Label("小区", "Compound"), None, "text")
_MODE = Column("mode", Label("管理模式", "Mode"), None, "words")
_COMPLAINTS = Column("complaints12", Label("有效投诉·12个月", "Valid complaints, 12 months"), "件", "number", 0, True)
_RATE = Column("complaint_rate", Label("投诉率·12个月", "Complaint rate, 12 months"), "件/10万㎡", "number", 1)
_FEE, _END = Column("fee", Label("物业费", "Fee"), "元/㎡·月", "number", 2), Column("contract_end", Label("合同终止日", "Contract ends"), None, "day")


def _counted(keys: Sequence[str], valid: dict[str, int] | None) -> list[int | None]:
    return [None if valid is None else valid.get(k, 0) for k in keys]


def _service(zones: Sequence[str | None], facts: _Facts) -> list[Cells]:
    firms = [facts.firm_name.get(facts.firm_of.get(z or "") or "") for z in zones]
    terms = [facts.contract.get(z or "", (None, None)) for z in zones]
    return [(_FIRM, firms), (_FEE, [t[0] for t in terms]), (_END, [t[1] for t in terms])]


def _compounds(db: Database, table: Mapping[str, Sequence[Any]], facts: _Facts) -> list[Cells]:
    zones = [facts.zone_of.get(i) for i in table["id"]]
    counts = _counted(table["id"], valid_complaints(db, "compound_id", facts.end))
    modes = [facts.zone_mode.get(z or "") for z in zones]
    return [(_TOWN, [facts.towns.get(t or "") for t in table["town_code"]]), (_ZONE, [facts.zone_name.get(z or "") for z in zones]),
            (_MODE, [None if m is None else label_of(ManagementMode(m)) for m in modes]), *_service(zones, facts), (_COMPLAINTS, counts),
            (_RATE, [rate(n, a) for n, a in zip(counts, table["floor_area_m2"], strict=True)])]


def _zones(db: Database, table: Mapping[str, Sequence[Any]], facts: _Facts) -> list[Cells]:
    counts = _counted(table["id"], valid_complaints(db, "zone_id", facts.end))
    return [(_TOWN, [facts.towns.get(t or "") for t in table["town_code"]]), *_service(table["id"], facts), (_COMPLAINTS, counts),
            (_RATE, [rate(n, a) for n, a in zip(counts, table["total_exclusive_area_m2"], strict=True)])]


def _firms(db: Database, table: Mapping[str, Sequence[Any]], facts: _Facts) -> list[Cells]:
    valid = valid_complaints(db, "zone_id", facts.end)
    owned: defaultdict[str, list[str]] = defaultdict(list)
    for zone, firm in facts.firm_of.items():
        if firm and zone in facts.zone_name:
            owned[firm].append(zone)
    areas, counts, rates = [], [], []
    for firm in table["id"]:
        measured = [z for z in owned[firm] if facts.zone_area[z] is not None]
        area = sum(facts.zone_area[z] or 0.0 for z in measured) if measured else None
        areas.append(area)
        counts.append(None if valid is None else sum(valid.get(z, 0) for z in owned[firm]))
        # complaints of zones whose area is unknown have no denominator: they stay out of the rate
        rates.append(None if valid is None else rate(sum(valid.get(z, 0) for z in measured), area))
    return [(Column("zones12", Label("在管区域", "Zones managed"), "个", "number", 0, True), [len(owned[f]) for f in table["id"]]),
            (Column("area12", Label("在管面积", "Area managed"), "㎡", "number", 0, True), areas), (_COMPLAINTS, counts), (_RATE, rates)]


def _owned(db: Database, table: Mapping[str, Sequence[Any]], facts: _Facts) -> list[Cells]:
    """Compound, zone and town of rows that name one."""
    found: list[Cells] = []
    homes = list(table.get("compound_id", ()))
    zones = list(table.get("zone_id", ()))
    if "zone_id" in table:
        found.append((_ZONE, [facts.zone_name.get(z or "") for z in zones]))
    if "compound_id" in table:
        found.append((_HOME, [facts.compounds[c][0] if c in facts.compounds else None for c in homes]))
    if homes or zones or "compound_id" in table or "zone_id" in table:
        codes = [facts.compounds[c][1] if c in facts.compounds else None for c in homes] or [None] * len(zones)
        towns = [code or facts.zone_town.get(z or "") for code, z in zip(codes, zones or [None] * len(codes), strict=True)]
        found.append((_TOWN, [facts.towns.get(t or "") for t in towns]))
    if "firm_id" in table:
        found.append((_FIRM, [facts.firm_name.get(f or "") for f in table["firm_id"]]))
    return found


_DERIVED: dict[str, Callable[[Database, Mapping[str, Sequence[Any]], _Facts], list[Cells]]] = {
    "Compound": _compounds, "Zone": _zones, "Firm": _firms}


# -- arrays ---------------------------------------------------------------------------------------------------------------

_EPOCH_DAY = date(1970, 1, 1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _arrays(name: str, column: Column, values: Sequence[Any], find: list[list[str]]) -> dict[str, NDArray[Any]]:
    match column.kind:
        case "number":
            return {name: np.array([np.nan if v is None else float(v) for v in values], float)}
        case "day":
            return {name: np.array([np.nan if v is None else (v - _EPOCH_DAY).days * 86_400.0 for v in values], float)}
        case "time":
            return {name: np.array([np.nan if v is None else (v + SHANGHAI - _EPOCH).total_seconds() for v in values], float)}
        case "words":
            return _words(name, values, find)
        case _:
            return _texts(name, values, find)


def _texts(name: str, values: Sequence[str | None], find: list[list[str]]) -> dict[str, NDArray[Any]]:
    distinct = sorted({v for v in values if v}, key=by_pinyin)
    code = {text: i for i, text in enumerate(distinct)}
    for row, value in enumerate(values):
        if value:
            find[row].append(plain(value))
    blob, start = pack_texts(distinct)
    return {name: np.array([code.get(v or "", -1) for v in values], np.int32), f"{name}_blob": blob, f"{name}_start": start}


def _words(name: str, values: Sequence[Label | None], find: list[list[str]]) -> dict[str, NDArray[Any]]:
    """Codes of labels in the order of their enumeration."""
    order = {label: i for i, label in enumerate([*LABELS.values(), *_YES_NO])}
    distinct = sorted({v for v in values if v}, key=order.__getitem__)
    code: dict[Label | None, int] = {label: i for i, label in enumerate(distinct)}
    for row, value in enumerate(values):
        if value:
            find[row].append(plain(value.zh + value.en))
    zh_blob, zh_start = pack_texts([v.zh for v in distinct])
    en_blob, en_start = pack_texts([v.en for v in distinct])
    return {name: np.array([code.get(v, -1) for v in values], np.int32), f"{name}_blob": zh_blob, f"{name}_start": zh_start,
            f"{name}_en_blob": en_blob, f"{name}_en_start": en_start}


@cache
def _syllable(letter: str) -> str:
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(letter)[0]) if "\u4e00" <= letter <= "\u9fff" else letter.lower()


def by_pinyin(text: str) -> tuple[tuple[str, ...], str]:
    """Key that sorts Chinese by pinyin, letter by letter, and everything else as it is written."""
    return tuple(_syllable(letter) for letter in text), text


def _places(info: EntityInfo, table: Mapping[str, Sequence[Any]], facts: _Facts) -> dict[str, NDArray[Any]]:
    """The compound behind each row and where the row lies."""
    if info.name == "Compound":
        homes = list(table["id"])
    else:
        zones = table["id"] if info.name == "Zone" else table.get("zone_id", [None] * len(table["id"]))
        own = table.get("compound_id", [None] * len(table["id"]))
        homes = [c or facts.first_compound.get(z or "") or "" for c, z in zip(own, zones, strict=True)]
    lonlat = np.full((len(homes), 2), np.nan)
    for row, home in enumerate(homes):
        lon, lat = (table["lon"][row], table["lat"][row]) if "lon" in table else (None, None)
        if lon is None and home in facts.compounds:
            lon, lat = facts.compounds[home][2:]
        if lon is not None and lat is not None:
            lonlat[row] = lon, lat
    return {"compound": as_ids(homes), "lonlat": lonlat}


def _months(db: Database, entity: str, table: Mapping[str, Sequence[Any]], facts: _Facts) -> dict[str, NDArray[Any]]:
    """Complaints of each row in the last twelve months of Shanghai, the oldest first: (n, 12)."""
    last = (facts.end + SHANGHAI).year * 12 + (facts.end + SHANGHAI).month - 1
    counts = np.zeros((len(table["id"]), 12), np.int32)
    if entity == "Complaint":
        events: Any = [list(zip(range(len(counts)), table["received_at"], strict=True))]
    else:
        row_of = {i: row for row, i in enumerate(table["id"])}
        where: dict[str, Any] = {"received_at": Between(facts.end - timedelta(days=372), facts.end + timedelta(seconds=1))}
        if len(row_of) <= 5_000:
            where["compound_id"] = list(row_of)
        events = ([(row_of.get(c or "", -1), at) for c, at, valid in part if valid is not False]
                  for part in db.iter_rows(Complaint, ("compound_id", "received_at", "valid"), where))
    for part in events:
        for row, at in part:
            local = at + SHANGHAI
            back = last - (local.year * 12 + local.month - 1)
            if row >= 0 and 0 <= back < 12:
                counts[row, 11 - back] += 1
    return {MONTHS: counts}
