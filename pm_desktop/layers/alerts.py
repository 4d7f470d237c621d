"""感知告警: open alerts by severity, told apart by colour and by shape, clustered when far away."""

from __future__ import annotations

from datetime import date

from pm_desktop.base.label import Label
from pm_desktop.domain.enums import AlertStatus, Scene, Severity, label_of
from pm_desktop.domain.records import Alert
from pm_desktop.layers.layer import Layer, LayerData, from_points
from pm_desktop.layers.style import PointStyle, Shape, StyleClass
from pm_desktop.storage.database import Database

OPEN = (AlertStatus.RAISED, AlertStatus.ACKED, AlertStatus.VERIFYING, AlertStatus.CONFIRMED, AlertStatus.DISPATCHED)
SEVERITIES = tuple(Severity)
_LOOK: dict[Severity, tuple[str, str, Shape, float]] = {Severity.S1: ("#d32f2f", "#ff5a52", "triangle", 15.0), Severity.S2: ("#ef7d00", "#ff9d3b", "diamond", 14.0),
         Severity.S3: ("#c9a800", "#ffd84a", "square", 12.0), Severity.S4: ("#1f6fd0", "#62a8ff", "circle", 11.0)}
CLASSES = tuple(StyleClass(s.value, Label(f"{s.value} {label_of(s).zh}", f"{s.value} {label_of(s).en}"), _LOOK[s][0], _LOOK[s][1],
                           shape=_LOOK[s][2], size=_LOOK[s][3]) for s in SEVERITIES)


def load(db: Database, as_of: date | None) -> LayerData:
    """Alerts that are not closed, resolved or false."""
    rows = db.rows(Alert, ("id", "scene", "severity", "lon", "lat", "last_at"), {"status": [s.value for s in OPEN]},
                   order_by=("severity", "first_at"))
    cls = [SEVERITIES.index(Severity(r[2])) for r in rows]
    names = [label_of(Scene(r[1])).zh for r in rows]
    data = from_points([r[3] for r in rows], [r[4] for r in rows], [r[0] for r in rows], names, cls, cls)
    data.as_of = max(r[5] for r in rows).isoformat() if rows else None
    return data


LAYER = Layer("alerts", Label("感知告警", "Sensor alerts"), 70, frozenset({"Alert"}),
              PointStyle(CLASSES, cluster_zoom=14.0, label_zoom=16.0), load)
