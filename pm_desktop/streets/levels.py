"""Generalisation: what of each theme is kept at each level, simplified to half a pixel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pm_desktop.base.gridindex import Grid, build_grid
from pm_desktop.base.mercator import to_world, units_per_px
from pm_desktop.streets.classes import GreenClass, RailClass, RoadClass, RoadFlag, WaterClass
from pm_desktop.streets.naming import chained, twin_units, without_twins
from pm_desktop.streets.source import LineSet, PolygonSet, StreetSource

FIRST_LEVEL: dict[str, dict[int, int]] = {
    "road": {RoadClass.EXPRESSWAY: 7, RoadClass.ARTERIAL: 9, RoadClass.EXPRESSWAY_LINK: 12, RoadClass.SECONDARY: 11,
             RoadClass.LOCAL: 12, RoadClass.SERVICE: 14, RoadClass.PATH: 15},
    "rail": {RailClass.METRO: 9, RailClass.RAIL: 9, RailClass.TRAM: 12},
    "waterway": {WaterClass.SEA: 7, WaterClass.RIVER: 9, WaterClass.LAKE: 11, WaterClass.CANAL: 12, WaterClass.STREAM: 13},
    "water": dict.fromkeys(WaterClass, 7),
    "green": {**dict.fromkeys(map(int, GreenClass), 9), GreenClass.BLOCK: 11, GreenClass.GRASS: 12},
    "building": {0: 14},
}
FIRST_LEVEL["roadname"] = FIRST_LEVEL["road"] | {RoadClass.EXPRESSWAY: 11, RoadClass.ARTERIAL: 11, RoadClass.SECONDARY: 12,
                                                 RoadClass.LOCAL: 13}
FIRST_LEVEL["railname"] = {RailClass.METRO: 11}
# from this level on roads are drawn in pieces: whole ones would be stroked far beyond the picture
PIECES_FROM = 14
MIN_AREA_PX = {"water": 4.0, "green": 9.0, "building": 3.0}


@dataclass(slots=True)
class Theme:
    """A theme at full detail: shapely geometries in world units and an array a feature."""

    name: str
    geometry: NDArray[Any]
    attributes: dict[str, NDArray[Any]]


@dataclass(slots=True)
class Table:
    """A feature table ready for a pack."""

    arrays: dict[str, NDArray[Any]]
    grid: Grid


def prepare(source: StreetSource) -> list[Theme]:
    """Themes of a source at full detail; the roads come twice, in pieces and as small scales draw them."""
    roads, rails = _lines("road", source.roads), _lines("rail", source.rails)
    return [_areas("water", source.water), _areas("green", source.green), _areas("building", source.buildings),
            _joined_waterways(_lines("waterway", source.waterways)), roads, _drawn_far(roads), _named(roads), rails, _named_rails(rails)]


def _lines(name: str, lines: LineSet) -> Theme:
    n = len(lines.cls)
    attributes = {"cls": lines.cls, "name": _filled(lines.name, n, -1, np.int32), "flags": _filled(lines.flags, n, 0, np.uint8),
                  "layer": _filled(lines.layer, n, 0, np.int8), "ref": _filled(lines.ref, n, -1, np.int32), "colour": _filled(lines.colour, n, 0, np.uint32)}
    if n == 0:
        return Theme(name, np.zeros(0, object), attributes)
    world = to_world(lines.xy[:, 0], lines.xy[:, 1]).astype(float)
    return Theme(name, shapely.from_ragged_array(shapely.GeometryType.LINESTRING, world, (lines.part,)), attributes)


def _areas(name: str, areas: PolygonSet) -> Theme:
    n = len(areas.cls)
    attributes = {"cls": areas.cls, "name": _filled(areas.name, n, -1, np.int32),
                  "levels": _filled(areas.levels, n, 0, np.uint8)}
    if n == 0:
        return Theme(name, np.zeros(0, object), attributes)
    world = to_world(areas.xy[:, 0], areas.xy[:, 1]).astype(float)
    geometry = shapely.from_ragged_array(shapely.GeometryType.POLYGON, world, (areas.part, areas.feat))
    return Theme(name, geometry, attributes)


def _filled(array: NDArray[Any], n: int, default: int, dtype: Any) -> NDArray[Any]:
    return array.astype(dtype) if len(array) == n else np.full(n, default, dtype)


def _named(roads: Theme) -> Theme:
    """Named roads with the pieces of one name and class joined, once where two carriageways run side by side."""
    named = np.flatnonzero(roads.attributes["name"] >= 0)
    name = roads.attributes["name"][named].astype(np.int64)
    lines, first = chained(roads.geometry[named], (name + 1) * 16 + roads.attributes["cls"][named])
    owner = named[first]
    lines = without_twins(lines, roads.attributes["name"][owner].astype(np.int64), twin_units(lines)) if len(lines) else lines
    whole = ~shapely.is_empty(lines)
    return _pick(roads, "roadname", lines[whole], owner[whole], ("cls", "name", "ref"))


def _drawn_far(roads: Theme) -> Theme:
    """Roads as small scales draw them: pieces of one look and name joined through the crossings, so that less is drawn."""
    lines, first = chained(roads.geometry, _look(roads) << 32 | roads.attributes["name"] + 1)
    return _pick(roads, "road", lines, first, tuple(roads.attributes))


def _look(lines: Theme) -> NDArray[np.int64]:
    """A number for each way in which lines are drawn: class, bridge or tunnel, layer."""
    columns = lines.attributes
    structure = columns["flags"].astype(np.int64) & (RoadFlag.BRIDGE | RoadFlag.TUNNEL)
    return (columns["cls"].astype(np.int64) * 4 + structure) * 64 + columns["layer"] + 32


def _named_rails(rails: Theme) -> Theme:
    named = np.flatnonzero((rails.attributes["name"] >= 0) & (rails.attributes["cls"] == RailClass.METRO))
    lines, first = chained(rails.geometry[named], rails.attributes["name"][named].astype(np.int64))
    owner = named[first]
    lines = without_twins(lines, rails.attributes["name"][owner].astype(np.int64), twin_units(lines)) if len(lines) else lines
    whole = ~shapely.is_empty(lines)
    return _pick(rails, "railname", lines[whole], owner[whole], ("cls", "name", "colour"))


def _joined_waterways(waterways: Theme) -> Theme:
    """Waterways with the pieces of one name and class joined."""
    lines, first = chained(waterways.geometry, (waterways.attributes["name"].astype(np.int64) + 1) * 16 + waterways.attributes["cls"])
    return _pick(waterways, "waterway", lines, first, ("cls", "name"))


def _pick(theme: Theme, name: str, lines: NDArray[Any], owner: NDArray[np.int64], columns: tuple[str, ...]) -> Theme:
    return Theme(name, lines, {column: theme.attributes[column][owner] for column in columns})


def tables(themes: list[Theme], level: int, following: int | None) -> Iterator[tuple[str, Table]]:
    """Feature tables of one level, which serves zooms up to ``following`` (None: the last, full detail)."""
    pixel = units_per_px(following if following is not None else level + 3)
    far_roads = next(theme for theme in reversed(themes) if theme.name == "road")
    for theme in themes:
        first = FIRST_LEVEL[theme.name]
        if level < min(first.values()) or (theme.name == "road" and (theme is far_roads) != (level < PIECES_FROM)):
            continue
        limits = np.full(256, 99)
        limits[list(first)] = list(first.values())
        chosen = np.flatnonzero(limits[theme.attributes["cls"]] <= level)
        yield theme.name, _table(theme, chosen, level, pixel, following is not None)


def _table(theme: Theme, chosen: NDArray[np.int64], level: int, pixel: float, simplify: bool) -> Table:
    geometry = theme.geometry[chosen]
    if simplify and len(geometry):
        keep = _large_enough(theme.name, geometry, pixel)
        geometry, chosen = geometry[keep], chosen[keep]
        if theme.name != "building":
            lines = theme.name in ("road", "roadname", "rail", "railname", "waterway")
            geometry = shapely.simplify(geometry, pixel / 2, preserve_topology=not lines)
    attributes = {name: values[chosen] for name, values in theme.attributes.items()}
    return feature_table(geometry, attributes, 2 ** (31 - level))


def _large_enough(name: str, geometry: NDArray[Any], pixel: float) -> NDArray[np.bool_]:
    if name in MIN_AREA_PX:
        result: NDArray[np.bool_] = shapely.area(geometry) >= MIN_AREA_PX[name] * pixel * pixel
        return result
    return np.ones(len(geometry), bool)


def feature_table(geometry: NDArray[Any], attributes: dict[str, NDArray[Any]], cell: int) -> Table:
    """Feature table of lines or (multi)polygons in world units; see docs/architecture.md.

    Parameters
    ----------
    geometry : ndarray of shapely geometries, shape (n,)
        LineStrings, or Polygons and MultiPolygons.
    cell : int
        Wanted cell size of the grid index, world units.
    """
    kinds = shapely.get_type_id(geometry)
    if len(geometry) == 0 or (kinds <= 2).all():
        coordinates, part = _ragged_lines(geometry)
        feat = np.arange(len(geometry) + 1, dtype=np.int64)
    else:
        # holes turn against their shells: areas that overlap in a path are then filled where one of them is
        rings, feat = _rings(shapely.orient_polygons(geometry))
        coordinates, part = _ragged_lines(rings)
    xy = np.rint(coordinates).astype(np.int32)
    bbox = np.rint(shapely.bounds(geometry)).astype(np.int64).astype(np.int32) if len(geometry) else np.zeros((0, 4), np.int32)
    grid, start, item = build_grid(bbox, cell)
    return Table({"xy": xy, "part": part, "feat": feat, "bbox": bbox, "grid_start": start, "grid_item": item,
                  **attributes}, grid)


def _ragged_lines(geometry: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    if len(geometry) == 0:
        return np.zeros((0, 2)), np.zeros(1, np.int64)
    counts = shapely.get_num_coordinates(geometry)
    part = np.zeros(len(geometry) + 1, np.int64)
    np.cumsum(counts, out=part[1:])
    return shapely.get_coordinates(geometry), part


def _rings(geometry: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    polygons, owner = shapely.get_parts(geometry, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    feat = np.zeros(len(geometry) + 1, np.int64)
    np.cumsum(np.bincount(owner[polygon], minlength=len(geometry)), out=feat[1:])
    return rings, feat
