"""阻隔 by type: what may lie between zones, each kind in a rhythm of its own; areas are drawn by their banks."""

from __future__ import annotations

from datetime import date

from pm_desktop.base.label import Label
from pm_desktop.domain.enums import BarrierType, label_of
from pm_desktop.domain.records import Barrier
from pm_desktop.layers.layer import Layer, LayerData, from_lines, with_notes
from pm_desktop.layers.style import LineStyle, Stroke, StyleClass
from pm_desktop.storage.database import Database

TYPES = tuple(BarrierType)
_LOOK: dict[BarrierType, tuple[str, str, tuple[Stroke, ...]]] = {
    BarrierType.EXPRESSWAY: ("#8c1d18", "#ff8a80", ((5.0, 0, 0),)),
    BarrierType.ARTERIAL: ("#c2410c", "#ffa366", ((3.4, 16, 4),)),
    BarrierType.SECONDARY: ("#7d7000", "#f2dc4b", ((2.6, 8, 5),)),
    BarrierType.LOCAL: ("#6b7280", "#b6bec9", ((2.4, 2.5, 4),)),
    BarrierType.RIVER: ("#0b5fa5", "#6db9ff", ((1.2, 0, 0), (3.4, 12, 10))),
    BarrierType.RAIL: ("#3b3f46", "#dfe4ea", ((1.4, 0, 0), (7.0, 1.8, 8))),
    BarrierType.WALL: ("#7a3e9d", "#cf9cf0", ((1.2, 0, 0), (4.6, 4.6, 16)))}
CLASSES = tuple(StyleClass(t.value, label_of(t), *_LOOK[t][:2], strokes=_LOOK[t][2]) for t in TYPES)


def load(db: Database, as_of: date | None) -> LayerData:
    """Every barrier; one without a name goes by its kind and code."""
    rows = db.rows(Barrier, ("id", "code", "name", "barrier_type", "width_m", "geom"), order_by=("code",))
    cls = [TYPES.index(BarrierType(r[3])) for r in rows]
    names = [r[2] or f"{label_of(BarrierType(r[3])).zh} {r[1]}" for r in rows]
    data = from_lines([r[5] for r in rows], [r[0] for r in rows], names, cls)
    return with_notes(data, {r[0]: _note(r[1], r[4]) for r in rows})


def _note(code: str, width_m: float | None) -> Label:
    width = f"{width_m:g} m" if width_m is not None else None
    return Label(f"{code} · 宽 {width or '未填报'}", f"{code} · width {width or 'not reported'}")


LAYER = Layer("barriers", Label("阻隔", "Barriers"), 52, frozenset({"Barrier"}), LineStyle(CLASSES, picks=True), load, default_on=False)
