"""应急队伍 of the three levels."""

from __future__ import annotations

from datetime import date

from pm_desktop.base.label import Label
from pm_desktop.domain.enums import TeamLevel, label_of
from pm_desktop.domain.records import EmergencyTeam
from pm_desktop.layers.layer import Layer, LayerData, from_points
from pm_desktop.layers.style import PointStyle, Shape, StyleClass
from pm_desktop.storage.database import Database

LEVELS = (TeamLevel.L3, TeamLevel.L2, TeamLevel.L1)
_LOOK: dict[TeamLevel, tuple[str, str, Shape, float]] = {TeamLevel.L3: ("#6a1b9a", "#ce93f0", "pin", 16.0), TeamLevel.L2: ("#00695c", "#5ad1c0", "pin", 13.0),
         TeamLevel.L1: ("#37618e", "#8fb8e6", "square", 9.0)}
CLASSES = tuple(StyleClass(v.value, label_of(v), *_LOOK[v][:2], shape=_LOOK[v][2], size=_LOOK[v][3]) for v in LEVELS)


def load(db: Database, as_of: date | None) -> LayerData:
    """Every team at its base."""
    rows = db.rows(EmergencyTeam, ("id", "name", "level", "lon", "lat"), order_by=("code",))
    cls = [LEVELS.index(TeamLevel(r[2])) for r in rows]
    return from_points([r[3] for r in rows], [r[4] for r in rows], [r[0] for r in rows], [r[1] for r in rows], cls, cls)


LAYER = Layer("teams", Label("应急队伍", "Emergency teams"), 65, frozenset({"EmergencyTeam"}),
              PointStyle(CLASSES, cluster_zoom=12.5, label_zoom=14.0, from_zoom=11.5), load, default_on=False)
