"""物业管理区域 by management mode; a fallback zone with a missing or lapsed duty is hatched (K-07)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from pm_desktop.base.label import Label
from pm_desktop.domain.enums import ManagementMode, label_of
from pm_desktop.domain.fallback import missing_duties
from pm_desktop.domain.records import Zone
from pm_desktop.layers.layer import Layer, LayerData, from_polygons
from pm_desktop.layers.style import FillStyle, StyleClass
from pm_desktop.storage.database import Database

_COLOURS = {ManagementMode.MARKET: ("#3f7fb5", "#6fb0e8"), ManagementMode.FALLBACK: ("#d07a1e", "#f0a850"),
            ManagementMode.INTERIM: ("#8a5cb8", "#bb96e6"), ManagementMode.SELF: ("#2f8f6b", "#a5edd0"),
            ManagementMode.NONE: ("#b8405e", "#ec809a")}
MODES = tuple(ManagementMode)
CLASSES = (*(StyleClass(m.value, label_of(m), *_COLOURS[m], pattern="cross" if m is ManagementMode.INTERIM else "solid") for m in MODES),
           StyleClass("FALLBACK_MISSING", Label("托底·四保有缺项", "Fallback, a duty missing"), "#b3261e", "#ff8a80", pattern="hatch"),
           StyleClass("UNKNOWN", Label("未填报", "Not reported"), "#7f858d", "#8b939d", pattern="dots"))


def load(db: Database, as_of: date | None) -> LayerData:
    """Every zone in force."""
    day = as_of or (datetime.now(UTC) + timedelta(hours=8)).date()
    rows = db.rows(Zone, ("id", "name", "management_mode", "fallback_duties", "owner_heads", "geom"),
                   {"status": ["UNASSIGNED", "APPROVED", "ADJUSTING"]}, as_of=as_of, order_by=("code",))
    cls = [_class(r[2], r[3], day) for r in rows]
    rank = [max(0, 200 - (r[4] or 0) // 15) for r in rows]
    return from_polygons([r[5] for r in rows], [r[0] for r in rows], [r[1] for r in rows], cls, rank)


def _class(mode: str | None, duties: dict[str, Any] | None, day: date) -> int:
    if mode is None:
        return len(CLASSES) - 1
    if mode == ManagementMode.FALLBACK and missing_duties(duties, day):
        return len(MODES)
    return MODES.index(ManagementMode(mode))


LAYER = Layer("zones", Label("物业管理区域", "Management zones"), 30, frozenset({"Zone"}),
              FillStyle(CLASSES, fill_opacity=0.34, width=1.3), load, default_on=False)
