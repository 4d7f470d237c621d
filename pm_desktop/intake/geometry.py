"""Geometries of a file, made fit for the store: two dimensions, valid, in CGCS2000 degrees."""

from __future__ import annotations

from typing import Any

import numpy as np

from pm_desktop.base import crs
from pm_desktop.base.label import Label
from pm_desktop.intake.values import RowFault

# the surroundings of Shanghai; what lies elsewhere cannot be of this district
REACH = (115.0, 25.0, 127.0, 37.0)
OUT_OF_REACH = RowFault("geometry", "out_of_reach", Label("位置远离上海，请检查坐标系或经纬度次序", "far from Shanghai: check the coordinate system and the axis order"))


def inside_reach(lon: float, lat: float) -> bool:
    """Whether a position can be meant."""
    return REACH[0] <= lon <= REACH[2] and REACH[1] <= lat <= REACH[3]


def fit(wkb: bytes | None, system: str, areas: bool = False) -> tuple[bytes | None, float | None, float | None, list[tuple[str, str, Label]]]:
    """(WKB, longitude, latitude of a point inside, notes) of one geometry given in ``system``.

    Points give a position and no outline; so does, where only ``areas`` make sense, what has none.

    Raises
    ------
    RowFault
        It cannot be read or lies out of reach.
    """
    import shapely
    from shapely.errors import GEOSException

    if wkb is None:
        return None, None, None, []
    notes: list[tuple[str, str, Label]] = []
    try:
        shape = shapely.force_2d(shapely.from_wkb(wkb))
    except GEOSException as error:
        raise RowFault("geometry", "geometry_unreadable", Label("图形无法读取", "the geometry cannot be read")) from error
    if shape is None or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        return None, None, None, [("geometry", "geometry_empty", Label("图形为空", "the geometry is empty"))]
    if system not in (crs.STORED, "EPSG:4326"):
        shape = shapely.transform(shape, lambda xy: np.stack(crs.convert(xy[:, 0], xy[:, 1], system), axis=1))
    west, south, east, north = shape.bounds
    if not (inside_reach(west, south) and inside_reach(east, north)):
        raise OUT_OF_REACH
    if not shape.is_valid:
        shape = _areas_of(shapely.make_valid(shape), shape.geom_type)
        notes.append(("geometry", "geometry_repaired", Label("图形自相交，已修复", "the geometry crossed itself and was repaired")))
    if shape.geom_type == "Point":
        return None, shape.x, shape.y, notes
    if areas:
        shape, told = _outline(shape)
        notes += told
        if "Polygon" not in shape.geom_type:
            centre = shape.representative_point()
            return None, centre.x, centre.y, notes
    inside = shape.representative_point()
    return shapely.to_wkb(shapely.orient_polygons(shape)), inside.x, inside.y, notes


def _areas_of(shape: Any, kind: str) -> Any:
    """Of a repaired area only its areas; lines left over are crumbs of the crossing."""
    import shapely

    if "Polygon" not in kind or ("Polygon" in shape.geom_type and shape.geom_type != "GeometryCollection"):
        return shape
    areas = [p for p in shapely.get_parts(shape) if "Polygon" in p.geom_type]
    return shapely.union_all(areas) if areas else shape


def _outline(shape: Any) -> tuple[Any, list[tuple[str, str, Label]]]:
    """The areas of a geometry, and what had to be left out."""
    import shapely

    if "Polygon" in shape.geom_type:
        return shape, []
    areas = [p for p in shapely.get_parts(shape) if "Polygon" in p.geom_type]
    if not areas:
        return shape, [("geometry", "geometry_no_area", Label("图形不是面，只取其位置", "the geometry is no area: only its position was taken"))]
    return shapely.union_all(areas), [("geometry", "geometry_parts", Label("只取图形中的面", "only the areas of the geometry were taken"))]
