"""感知设备 by scene; those offline are drawn as crosses."""

from __future__ import annotations

from datetime import date

from pm_desktop.base.label import Label
from pm_desktop.domain.enums import Scene, label_of
from pm_desktop.domain.records import Device
from pm_desktop.layers.layer import Layer, LayerData, from_points
from pm_desktop.layers.style import PointStyle, Shape, StyleClass
from pm_desktop.storage.database import Database

SCENES = tuple(Scene)
_LOOK: dict[Scene, tuple[str, str, Shape]] = {Scene.LIFT: ("#1f77b4", "#62aee6", "square"), Scene.FIRE: ("#c0392b", "#ff7b6e", "triangle"),
         Scene.TANK: ("#148a99", "#55c4d2", "pin"), Scene.EBIKE: ("#2f8f4e", "#66c987", "diamond"),
         Scene.FLOOD: ("#5a54b8", "#9f9af0", "circle"), Scene.OTHER: ("#6c737c", "#a3adba", "circle")}
CLASSES = (*(StyleClass(s.value, label_of(s), *_LOOK[s][:2], shape=_LOOK[s][2], size=8.0) for s in SCENES),
           StyleClass("OFFLINE", Label("离线", "Offline"), "#7f858d", "#8b939d", shape="cross", size=9.0))


def load(db: Database, as_of: date | None) -> LayerData:
    """Every device."""
    rows = db.rows(Device, ("id", "code", "scene", "is_online", "lon", "lat", "last_seen_at"), order_by=("code",))
    cls = [len(SCENES) if r[3] is False else SCENES.index(Scene(r[2])) for r in rows]
    data = from_points([r[4] for r in rows], [r[5] for r in rows], [r[0] for r in rows], [r[1] for r in rows], cls)
    seen = [r[6] for r in rows if r[6]]
    data.as_of = max(seen).isoformat() if seen else None
    return data


LAYER = Layer("devices", Label("感知设备", "Devices"), 60, frozenset({"Device"}),
              PointStyle(CLASSES, cluster_zoom=15.0, ranked=False), load, default_on=False)
