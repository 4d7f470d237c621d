"""街镇: borders, each drawn once where two towns meet."""

from __future__ import annotations

from datetime import date

from pm_desktop.base.label import Label
from pm_desktop.domain.records import Town
from pm_desktop.layers.layer import Layer, LayerData, from_borders
from pm_desktop.layers.style import LineStyle, StyleClass
from pm_desktop.storage.database import Database


def load(db: Database, as_of: date | None) -> LayerData:
    """Borders of all towns."""
    rows = db.rows(Town, ("id", "name", "geom"), order_by=("code",))
    return from_borders([r[2] for r in rows], [r[0] for r in rows], [r[1] for r in rows])


LAYER = Layer("towns", Label("街镇", "Towns"), 55, frozenset({"Town"}),
              LineStyle((StyleClass("town", Label("街镇界", "Town border"), "#7d6a9c", "#a892d0"),), 1.6, dashed=True), load)
