"""小区 by housing type or any figure that the store holds of them; where a source has only points, a small area stands for the unknown outline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pm_desktop.base.label import Label
from pm_desktop.domain.enums import HousingType, label_of
from pm_desktop.domain.records import Compound
from pm_desktop.layers.figures import MODE_CLASSES, complaint_options, modes, number_options, of_compounds, repair_fund, service_options
from pm_desktop.layers.layer import Layer, LayerData, from_values
from pm_desktop.layers.options import UNKNOWN, Look, Option, Value
from pm_desktop.layers.style import FillStyle, Pattern, StyleClass
from pm_desktop.storage.database import Database

_COLOURS = {
    HousingType.COMMERCIAL: ("#3b7fc4", "#6ba9ea"), HousingType.SOLD_PUBLIC: ("#c9781f", "#e8a552"),
    HousingType.RELOCATION: ("#1f8f78", "#4fc7ac"), HousingType.DIRECT_PUBLIC: ("#8f4e2d", "#c98a63"),
    HousingType.SELF_MANAGED: ("#a83b5b", "#e07a98"), HousingType.SHARED_OWNERSHIP: ("#6a51a3", "#a793de"),
    HousingType.RENTAL: ("#4d7c1f", "#93c45a"), HousingType.OLD_LANE: ("#7a6a1a", "#c8b54e"),
    HousingType.MIXED: ("#5c6470", "#a3adba")}
TYPES = tuple(HousingType)
# where colours alone are hard to tell apart for some people, a pattern tells the rarer type
_PATTERNS: dict[HousingType, Pattern] = {HousingType.OLD_LANE: "hatch", HousingType.RENTAL: "cross"}
CLASSES = tuple(StyleClass(t.value, label_of(t), *_COLOURS[t], pattern=_PATTERNS.get(t, "solid")) for t in TYPES)
POINT_SIZE_DEG = 0.00045


def _types(db: Database, as_of: date | None) -> Mapping[str, Value]:
    return {i: None if kind is None else str(kind) for i, kind in db.rows(Compound, ("id", "housing_type"))}


def load(db: Database, as_of: date | None, look: Look) -> LayerData:
    """Every compound, larger ones first to be named."""
    rows = db.rows(Compound, ("id", "name", "households", "geom", "lon", "lat"), order_by=("code",))
    geometry = _areas([r[3] for r in rows], [r[4] for r in rows], [r[5] for r in rows])
    rank = [max(0, 200 - (r[2] or 0) // 15) for r in rows]
    return from_values(db, as_of, LAYER, look, geometry, [r[0] for r in rows], [r[1] for r in rows], rank)


def _areas(blobs: list[bytes | None], lon: list[float | None], lat: list[float | None]) -> list[bytes | None]:
    """Outlines as they are; points and bare positions as a small diamond, which is plainly no outline."""
    import numpy as np
    import shapely

    shapes = shapely.from_wkb(np.array(blobs, dtype=object))
    kinds = shapely.get_type_id(shapes)
    out = list(blobs)
    for i in np.flatnonzero((kinds != 3) & (kinds != 6)).tolist():
        x, y = (shapes[i].x, shapes[i].y) if kinds[i] == 0 else (lon[i], lat[i])
        if x is None or y is None:
            out[i] = None
            continue
        d = POINT_SIZE_DEG
        out[i] = shapely.to_wkb(shapely.Polygon([(x - d, y), (x, y - d * 0.86), (x + d, y), (x, y + d * 0.86)]))
    return out


OPTIONS = (Option("housing_type", Label("房屋类型", "Housing type"), _types, CLASSES),
           Option("management_mode", Label("管理模式", "Management mode"), of_compounds(modes), MODE_CLASSES, depends_on=frozenset({"Zone"})),
           *complaint_options(Compound, "floor_area_m2", "compound_id"), *service_options(compounds=True),
           Option("repair_fund", Label("维修资金余额占比", "Repair fund left"), repair_fund, unit=Label("%", "%"), digits=1, palette="viridis",
                  depends_on=frozenset({"Building"})),
           *number_options(Compound))
LAYER = Layer("compounds", Label("小区", "Compounds"), 20, frozenset({"Compound"}),
              FillStyle((*CLASSES, UNKNOWN), fill_opacity=0.38, width=1.1, label_zoom=14.5), load, options=OPTIONS)
