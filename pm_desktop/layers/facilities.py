"""共用设施 by type, each with a shape of its own; the card names the zones that it serves."""

from __future__ import annotations

from datetime import date

from pm_desktop.base.label import Label
from pm_desktop.domain.enums import FacilityType, label_of
from pm_desktop.domain.records import SharedFacility, Zone
from pm_desktop.layers.layer import Layer, LayerData, from_points, with_notes
from pm_desktop.layers.style import PointStyle, Shape, StyleClass
from pm_desktop.storage.database import Database

NAMED = 3
TYPES = tuple(FacilityType)
_LOOK: dict[FacilityType, tuple[str, str, Shape, float]] = {
    FacilityType.ENTRANCE: ("#b3541e", "#f0a35e", "down", 10.0), FacilityType.ROAD: ("#59616b", "#aab4c0", "cross", 10.0),
    FacilityType.GREEN: ("#2f7d3a", "#74c97f", "hexagon", 10.0), FacilityType.MGMT_ROOM: ("#1f5fa8", "#6aa9ea", "square", 9.5),
    FacilityType.MONITOR_ROOM: ("#6a3fa0", "#b592e6", "diamond", 9.5), FacilityType.PUMP_ROOM: ("#0f7f95", "#55c4d8", "circle", 9.5),
    FacilityType.FIRE: ("#b3261e", "#ff8a80", "triangle", 10.0), FacilityType.EBIKE_SHED: ("#8a6d00", "#e6c84a", "star", 11.0),
    FacilityType.PARKING: ("#2b3f8c", "#8ea2f2", "pin", 10.0)}
CLASSES = tuple(StyleClass(t.value, label_of(t), *_LOOK[t][:2], shape=_LOOK[t][2], size=_LOOK[t][3]) for t in TYPES)


def load(db: Database, as_of: date | None) -> LayerData:
    """Every shared facility."""
    rows = db.rows(SharedFacility, ("id", "code", "facility_type", "serving_zone_ids", "evidence", "lon", "lat"), order_by=("code",))
    zones = dict(db.rows(Zone, ("id", "name"), as_of=as_of))
    cls = [TYPES.index(FacilityType(r[2])) for r in rows]
    data = from_points([r[5] for r in rows], [r[6] for r in rows], [r[0] for r in rows], [r[1] for r in rows], cls)
    return with_notes(data, {r[0]: _note([zones[z] for z in r[3] if z in zones], r[4]) for r in rows})


def _note(zones: list[str], evidence: str | None) -> Label:
    named = "、".join(zones[:NAMED]) + ("…" if len(zones) > NAMED else "")
    zh, en = (f"服务 {len(zones)} 个区域：{named}", f"serves {len(zones)} zones: {named}") if zones else ("服务区域未填报", "zones served: not reported")
    return Label(f"{zh}\n佐证：{evidence or '未填报'}", f"{en}\nevidence: {evidence or 'not reported'}")


LAYER = Layer("facilities", Label("共用设施", "Shared facilities"), 58, frozenset({"SharedFacility", "Zone"}),
              PointStyle(CLASSES, cluster_zoom=13.0, ranked=False), load, default_on=False)
