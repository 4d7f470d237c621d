"""What the workbenches list: jobs that return small, plain rows; every figure says of when it is and what is behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.base.mercator import M_PER_DEGREE
from pm_desktop.domain.committee import status_on
from pm_desktop.domain.enums import CommitteeStatus, ManagementMode, Scene, Severity, label_of
from pm_desktop.domain.fallback import missing_duties
from pm_desktop.domain.records import (
    Alert,
    Committee,
    Complaint,
    Compound,
    Contract,
    Device,
    ImportBatch,
    RuleBasis,
    Town,
    WorkOrder,
    Zone,
)
from pm_desktop.domain.response import in_time
from pm_desktop.intake.kinds import KINDS
from pm_desktop.storage.database import Database
from pm_desktop.storage.kept import keep, kept, state_of
from pm_desktop.storage.moments import moment
from pm_desktop.storage.query import Between, NotNull
from pm_desktop.streets.attach import bounds
from pm_desktop.workspace.page import Drill, State
from pm_desktop.workspace.profile import OPEN_ALERTS, SHANGHAI

Extent = tuple[float, float, float, float]

@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: what it names, a second line, a badge with a state, where it lies."""

    id: str
    title: str
    detail: Label
    badge: Label | None
    state: State | None
    lon: float | None
    lat: float | None
    kind: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its numerator and denominator, date and source; ``value`` None is unknown."""

    key: str
    label: Label
    value: str | None
    unit: str | None
    numerator: int | None
    denominator: int | None
    as_of: str | None
    source: Label
    drill: Drill | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of a list and how many there are in all."""

    rows: tuple[Row, ...]
    total: int
    as_of: str | None


def extent(ctx: JobContext, location: str, packs: tuple[str, ...] = (), keep_in: str | None = None) -> Extent | None:
    """West, south, east, north of the towns, else of the compounds, else of the first base; None for an empty workspace.

    It is kept in the folder ``keep_in`` for `extent_before`.
    """
    state = state_of(location, *map(Path, packs))
    found = _extent(location, packs)
    if keep_in is not None and found is not None:
        keep(Path(keep_in), "extent", state, found)
    return found


def extent_before(location: str, packs: tuple[str, ...], keep_in: str) -> Extent | None:
    """The extent as it was found last, if nothing has changed since."""
    found = kept(Path(keep_in), "extent", state_of(location, *map(Path, packs)))
    return None if found is None else (found[0], found[1], found[2], found[3])


def _extent(location: str, packs: tuple[str, ...]) -> Extent | None:
    with Database.open(location, read_only=True) as db:
        for record in (Town, Compound):
            boxes = db.rows(record, ("min_lon", "min_lat", "max_lon", "max_lat"))
            known = [b for b in boxes if b[0] is not None]
            if known:
                return (min(b[0] for b in known), min(b[1] for b in known), max(b[2] for b in known), max(b[3] for b in known))
        points = [p for p in db.rows(Compound, ("lon", "lat")) if p[0] is not None]
        if points:
            return (min(p[0] for p in points), min(p[1] for p in points), max(p[0] for p in points), max(p[1] for p in points))
    return next((found for pack in packs if (found := bounds(Path(pack)))), None)


def data_as_of(ctx: JobContext, location: str) -> str | None:
    """Moment of the newest complaint, in Shanghai's time; None where there is none."""
    with Database.open(location, read_only=True) as db:
        newest = db.rows(Complaint, ("received_at",), order_by=("-received_at",), limit=1)
    return _stamp(newest[0][0]) if newest else None


def compounds_near(ctx: JobContext, location: str, lon: float, lat: float, limit: int = 60) -> Listing:
    """Compounds nearest to a position, with type, size and distance."""
    with Database.open(location, read_only=True) as db:
        found = []
        for reach in (0.02, 0.08, 0.4, 2.0):
            found = [r for r in db.rows(Compound, ("id", "name", "address", "housing_type", "households", "lon", "lat"),
                                        bbox=(lon - reach, lat - reach, lon + reach, lat + reach)) if r[5] is not None]
            if len(found) >= limit:
                break
        total = db.count(Compound)
    x, y = M_PER_DEGREE
    near = sorted(((((r[5] - lon) * x) ** 2 + ((r[6] - lat) * y) ** 2) ** 0.5, r) for r in found)[:limit]
    rows = tuple(Row(r[0], r[1], _compound_detail(r), Label(_distance(m), _distance(m)), None, r[5], r[6], "Compound")
                 for m, r in near)
    return Listing(rows, total, None)


def _compound_detail(row: tuple[Any, ...]) -> Label:
    from pm_desktop.domain.enums import HousingType

    kind = label_of(HousingType(row[3])) if row[3] else Label("未填报", "Not reported")
    homes = (f"{row[4]:,} 户", f"{row[4]:,} homes") if row[4] is not None else ("户数未填报", "homes not reported")
    place = row[2] or ""
    return Label(f"{kind.zh} · {homes[0]} · {place}", f"{kind.en} · {homes[1]} · {place}")


def _distance(metres: float) -> str:
    return f"{metres:.0f} m" if metres < 1_000 else f"{metres / 1_000:.1f} km"


def zones_of_town(ctx: JobContext, location: str, lon: float, lat: float, limit: int = 400) -> tuple[str, Listing]:
    """Zones of the town at a position: the town's name and its zones, those that need a planner first."""
    with Database.open(location, read_only=True) as db:
        town = _town_at(db, lon, lat)
        if town is None:
            return "", Listing((), 0, None)
        day = (moment(db, None) + SHANGHAI).date()
        zones = db.records(Zone, {"town_code": town[0]}, order_by=("code",))
        place = {r[0]: (r[1], r[2]) for r in db.rows(Compound, ("id", "lon", "lat"), {"town_code": town[0]})}
    rows = [_zone_row(z, place, day) for z in zones]
    rows.sort(key=lambda r: (r.state != "bad", r.state != "warn", r.title))
    return town[1], Listing(tuple(rows[:limit]), len(rows), None)


def town_of(ctx: JobContext, location: str, lon: float, lat: float) -> str | None:
    """Name of the town at a position, or None."""
    with Database.open(location, read_only=True) as db:
        town = _town_at(db, lon, lat)
    return town[1] if town else None


def _town_at(db: Database, lon: float, lat: float) -> tuple[str, str] | None:
    """Town whose outline holds the position, else the nearest by label point."""
    import shapely

    for code, name, geom in db.rows(Town, ("code", "name", "geom"), bbox=(lon, lat, lon, lat)):
        if geom and shapely.from_wkb(geom).contains(shapely.Point(lon, lat)):
            return code, name
    points = [r for r in db.rows(Town, ("code", "name", "lon", "lat")) if r[2] is not None]
    nearest = min(points, key=lambda r: (r[2] - lon) ** 2 + (r[3] - lat) ** 2, default=None)
    return (nearest[0], nearest[1]) if nearest else None


def _zone_row(zone: Any, place: dict[str, tuple[float, float]], day: Any) -> Row:
    mode = label_of(zone.management_mode) if zone.management_mode else Label("未填报", "Not reported")
    missing = zone.management_mode is ManagementMode.FALLBACK and missing_duties(zone.fallback_duties, day)
    state: State | None = "bad" if missing or zone.management_mode is ManagementMode.NONE else (
        "warn" if zone.management_mode in (ManagementMode.FALLBACK, ManagementMode.INTERIM) else None)
    heads, area = zone.owner_heads, zone.total_exclusive_area_m2
    heads_zh, heads_en = (f"{heads:,} 户", f"{heads:,} owners") if heads is not None else ("户数未填报", "owners not reported")
    area_zh, area_en = (f"{area / 10_000:,.1f} 万㎡", f"{area:,.0f} ㎡") if area is not None else ("面积未填报", "area not reported")
    lon, lat = next((place[c] for c in zone.compound_ids if c in place), (None, None))
    compound = zone.compound_ids[0] if zone.compound_ids else zone.id
    return Row(compound, zone.name, Label(f"{zone.code} · {heads_zh} · {area_zh}", f"{zone.code} · {heads_en} · {area_en}"),
               mode, state, lon, lat, "Compound")


def alert_queue(ctx: JobContext, location: str, limit: int = 300) -> Listing:
    """Open alerts, the most severe first, then the longest waiting."""
    with Database.open(location, read_only=True) as db:
        rows = db.rows(Alert, ("id", "scene", "severity", "status", "first_at", "count", "zone_id", "lon", "lat", "last_at"),
                       {"status": OPEN_ALERTS}, order_by=("severity", "first_at"))
        names = dict(db.rows(Zone, ("id", "name")))
        now = moment(db, None)
    now = max([now, *(r[9] for r in rows)])
    out = [Row(r[0], names.get(r[6], "未定位"), _alert_detail(r, now),
               Label(f"{r[2]} {label_of(Severity(r[2])).zh}", f"{r[2]} {label_of(Severity(r[2])).en}"),
               "bad" if r[2] in ("S1", "S2") else "warn", r[7], r[8], f"Alert:{r[2]}") for r in rows[:limit]]
    return Listing(tuple(out), len(rows), _stamp(max((r[9] for r in rows), default=None)))


def _alert_detail(row: tuple[Any, ...], now: datetime) -> Label:
    from pm_desktop.domain.enums import AlertStatus

    minutes = int((now - row[4]).total_seconds() // 60)
    age = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
    scene, status = label_of(Scene(row[1])), label_of(AlertStatus(row[3]))
    return Label(f"{scene.zh} · {status.zh} · 已 {age} · {row[5]} 次", f"{scene.en} · {status.en} · {age} · {row[5]}×")


def _stamp(at: datetime | None) -> str | None:
    return f"{at + SHANGHAI:%Y-%m-%d %H:%M}" if at else None


_REGISTER = Label("本工作区登记册", "registers of this workspace")


def headline_figures(ctx: JobContext, location: str) -> list[Figure]:
    """Figures that leaders open with; each opens down to its rows where it counts any."""
    with Database.open(location, read_only=True) as db:
        now = moment(db, None)
        return [*_counts(db, now), _k10(db, now), *_complaint_figures(db, now), *_duty_figures(db, now), *_device_figures(db, now)]


def _count_figure(key: str, label: Label, db: Database, record: type[Any], where: dict[str, Any], unit: str, as_of: str | None) -> Figure:
    n = db.count(record, where)
    return Figure(key, label, f"{n:,}", unit, None, None, as_of, _REGISTER, Drill(record.__name__, where, label, n))


def _counts(db: Database, now: datetime) -> list[Figure]:
    day = _stamp(now)
    return [_count_figure("compounds", Label("小区", "Compounds"), db, Compound, {}, "个", day),
            _count_figure("zones", Label("物业管理区域", "Management zones"), db, Zone, {}, "个", day),
            _count_figure("fallback", Label("托底区域", "Fallback zones"), db, Zone, {"management_mode": "FALLBACK"}, "个", day)]


def _k10(db: Database, now: datetime) -> Figure:
    rows = db.rows(WorkOrder, ("accepted_at", "responded_at", "cancelled_at", "duplicate_of", "id"),
                   {"accepted_at": Between(now - timedelta(days=365), None)})
    judged = [(r[4], verdict) for r in rows if (verdict := in_time(r[:4], now)) is not None]
    late, counted = [i for i, verdict in judged if not verdict], len(judged)
    on_time, words = counted - len(late), Label("未按时的报修工单", "Repair orders answered late")
    value = f"{100 * on_time / counted:.2f}" if counted else None
    newest = _stamp(max((r[0] for r in rows), default=None))
    return Figure("K-10", Label("30分钟响应率", "30-minute response"), value, "%", on_time, counted, newest, Label("报修工单", "repair orders"),
                  Drill("WorkOrder", {"id": late}, words, len(late)) if late else None)


def _complaint_figures(db: Database, now: datetime) -> list[Figure]:
    start = now - timedelta(days=365)
    rows = db.rows(Complaint, ("valid", "received_at"), {"received_at": Between(start, None)})
    valid = sum(r[0] is not False for r in rows)
    areas = [r[0] for r in db.rows(Compound, ("floor_area_m2",)) if r[0] is not None]
    area = float(sum(areas))
    stamp, source = _stamp(max((r[1] for r in rows), default=None)), Label("投诉工单", "complaints")
    label = Label("近12个月投诉", "Complaints, 12 months")
    drill = Drill("Complaint", {"received_at": ["between", start.isoformat(), None]}, label, len(rows))
    rate = f"{valid / (area / 100_000):.1f}" if area and rows else None
    return [Figure("complaints", label, f"{len(rows):,}" if rows else None, "件", None, None, stamp, source, drill),
            Figure("complaint_rate", Label("有效投诉率", "Valid complaint rate"), rate, "件/10万㎡", valid if rows else None, None, stamp, source,
                   Drill("Complaint", {**drill.where, "valid": ["not", False]}, Label("有效投诉", "Valid complaints"), valid) if rows else None)]


def _duty_figures(db: Database, now: datetime) -> list[Figure]:
    today = (now + SHANGHAI).date()
    ends = db.rows(Contract, ("id", "end"), {"end": NotNull()})
    ending = [i for i, end in ends if today <= end < today + timedelta(days=90)]
    where = {"status": ["IN_TERM", "DUE_SOON", "IN_REELECTION", "OVERDUE"]}
    terms = db.rows(Committee, ("status", "term_end", "id"), where)
    overdue = [i for s, end, i in terms if status_on(CommitteeStatus(s), end, today) is CommitteeStatus.OVERDUE]
    soon, late = Label("90天内到期合同", "Contracts ending in 90 days"), Label("超期未换届业委会", "Committees overdue")
    return [Figure("contracts", soon, f"{len(ending):,}" if ends else None, "份", None, None, _stamp(now), _REGISTER,
                   Drill("Contract", {"id": ending}, soon, len(ending)) if ending else None),
            Figure("committees", late, f"{len(overdue):,}" if terms else None, "个", len(overdue) if terms else None,
                   len(terms) or None, _stamp(now), _REGISTER, Drill("Committee", {"id": overdue}, late, len(overdue)) if overdue else None)]


def _device_figures(db: Database, now: datetime) -> list[Figure]:
    rows = [r for r in db.rows(Device, ("is_online", "last_seen_at")) if r[0] is not None]
    online = sum(r[0] is True for r in rows)
    off, words = len(rows) - sum(r[0] is True for r in rows), Label("离线设备", "Devices offline")
    alerts = db.count(Alert, {"status": OPEN_ALERTS})
    label = Label("未关闭告警", "Open alerts")
    seen = _stamp(max((r[1] for r in rows if r[1]), default=None))
    return [Figure("K-28", Label("设备在线率", "Devices online"), f"{100 * online / len(rows):.1f}" if rows else None, "%", online if rows else None,
                   len(rows) or None, seen, Label("感知设备", "devices"),
                   Drill("Device", {"is_online": False}, words, off) if off else None),
            Figure("alerts", label, f"{alerts:,}", "条", None, None, seen, Label("感知告警", "sensor alerts"),
                   Drill("Alert", {"status": OPEN_ALERTS}, label, alerts))]


def batch_list(ctx: JobContext, location: str) -> list[tuple[str, Row]]:
    """Import batches, newest first: (id, line)."""
    with Database.open(location, read_only=True) as db:
        found = db.records(ImportBatch, order_by=("-at",), limit=200)
    return [(b.id, Row(b.id, b.file_name, _batch_detail(b), label_of(b.status), None if b.status.value == "STORED" else "warn",
                       None, None, "ImportBatch")) for b in found]


def _batch_detail(batch: Any) -> Label:
    kind = KINDS.get(batch.target, Label(batch.target, batch.target))
    counts = [(zh, en, n) for key, zh, en in (("stored", "存入", "stored"), ("queued", "待定位", "to locate"), ("duplicates", "重复", "duplicates"),
                                              ("rejected", "拒绝", "rejected")) if (n := batch.report.get(key, 0)) or key == "stored"]
    at = _stamp(batch.at) or ""
    return Label(" · ".join([kind.zh, *(f"{zh} {n:,}" for zh, _, n in counts), at]), " · ".join([kind.en, *(f"{en} {n:,}" for _, en, n in counts), at]))


def rule_bases(ctx: JobContext, location: str) -> Listing:
    """Rule bases with their days; those that have expired first."""
    with Database.open(location, read_only=True) as db:
        today = db.as_of or (max(moment(db, None), datetime.now(moment(db, None).tzinfo)) + SHANGHAI).date()
        found = db.records(RuleBasis, order_by=("code",))
    rows = []
    for r in found:
        expired = r.in_force_to is not None and r.in_force_to < today
        until = (str(r.in_force_to), str(r.in_force_to)) if r.in_force_to else ("现行", "in force")
        badge = Label("依据已到期", "Expired") if expired else Label("有效", "In force")
        rows.append(Row(r.id, r.title, Label(f"{r.doc_no or '文号未填报'} · {r.in_force_from or '起始日未填报'} 至 {until[0]}",
                                             f"{r.doc_no or 'no. not reported'} · {r.in_force_from or 'start not reported'} to {until[1]}"),
                        badge, "warn" if expired else "ok", None, None, "RuleBasis"))
    rows.sort(key=lambda row: row.state != "warn")
    return Listing(tuple(rows), len(rows), None)
