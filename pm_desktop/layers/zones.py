"""物业管理区域 by management mode or any figure that the store holds of them; a fallback zone with a missing or lapsed duty is hatched (K-07)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from pm_desktop.base.label import Label
from pm_desktop.domain.enums import ManagementMode
from pm_desktop.domain.fallback import missing_duties
from pm_desktop.domain.records import Zone
from pm_desktop.layers.figures import MODE_CLASSES, complaint_options, number_options, service_options
from pm_desktop.layers.layer import Layer, LayerData, from_values
from pm_desktop.layers.options import UNKNOWN, Look, Option, Value
from pm_desktop.layers.style import FillStyle, StyleClass
from pm_desktop.storage.database import Database

MISSING = StyleClass("FALLBACK_MISSING", Label("托底·四保有缺项", "Fallback, a duty missing"), "#b3261e", "#ff8a80", pattern="hatch")


def _modes(db: Database, as_of: date | None) -> Mapping[str, Value]:
    day = as_of or (datetime.now(UTC) + timedelta(hours=8)).date()
    rows = db.rows(Zone, ("id", "management_mode", "fallback_duties"), as_of=as_of)
    return {zone: MISSING.key if mode == ManagementMode.FALLBACK and missing_duties(duties, day) else mode for zone, mode, duties in rows}


def load(db: Database, as_of: date | None, look: Look) -> LayerData:
    """Every zone in force."""
    rows = db.rows(Zone, ("id", "name", "owner_heads", "geom"), {"status": ["UNASSIGNED", "APPROVED", "ADJUSTING"]}, as_of=as_of, order_by=("code",))
    rank = [max(0, 200 - (r[2] or 0) // 15) for r in rows]
    return from_values(db, as_of, LAYER, look, [r[3] for r in rows], [r[0] for r in rows], [r[1] for r in rows], rank)


OPTIONS = (Option("management_mode", Label("管理模式", "Management mode"), _modes, (*MODE_CLASSES, MISSING)),
           *complaint_options(Zone, "total_exclusive_area_m2", "zone_id"), *service_options(compounds=False), *number_options(Zone))
LAYER = Layer("zones", Label("物业管理区域", "Management zones"), 30, frozenset({"Zone"}),
              FillStyle((*MODE_CLASSES, MISSING, UNKNOWN), fill_opacity=0.34, width=1.3), load, default_on=False, options=OPTIONS)
