"""Where names can stand: lines along which they run, middles of areas, stations with the lines that serve them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pm_desktop.base.mercator import metres_per_unit, to_lonlat, to_world
from pm_desktop.streets.classes import AreaKind, RailClass, StationClass
from pm_desktop.streets.source import PointSet

# carriageways of one street lie within this, and carry its name once
TWIN_M = 45.0
# a line that passes a station nearer than this stops there
SERVED_M = 180.0
# station points of one name that lie nearer than this are one station
SAME_STATION_M = 400.0


def chained(geometry: NDArray[Any], keys: NDArray[np.int64], *, directed: bool = False) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Lines with the pieces of one key joined end to end.

    Parameters
    ----------
    geometry : ndarray of shapely LineStrings, shape (n,)
    keys : int64, shape (n,)
        Only pieces of one key are joined.
    directed : bool
        Keep the direction of every piece.

    Returns
    -------
    lines : ndarray of LineStrings, shape (k,)
    first : int64, shape (k,)
        A piece whose key a line has.
    """
    if len(geometry) == 0:
        return geometry, np.zeros(0, np.int64)
    order = np.argsort(keys, kind="stable")
    _, first, group = np.unique(keys[order], return_index=True, return_inverse=True)
    merged = shapely.line_merge(shapely.multilinestrings(geometry[order], indices=group), directed=directed)
    parts, owner = shapely.get_parts(merged, return_index=True)
    return parts, order[first[owner]]


def without_twins(lines: NDArray[Any], names: NDArray[np.int64], twin: float) -> NDArray[Any]:
    """Lines of one name cut back to where no longer one of that name runs beside; empty where nothing is left.

    A name would else stand twice on a street with two carriageways.
    """
    out = lines.copy()
    length = shapely.length(lines)
    order = np.lexsort((-length, names))
    bounds = np.flatnonzero(np.diff(names[order])) + 1
    for members in np.split(order, bounds):
        if len(members) < 2:
            continue
        kept: list[Any] = []
        boxes = shapely.bounds(lines[members])
        for k, i in enumerate(members.tolist()):
            near = [kept[j] for j in range(k) if _meet(boxes[j], boxes[k], twin)]
            left = lines[i]
            if near:
                left = shapely.difference(left, shapely.union_all(near))
                if shapely.length(left) < 0.5 * length[i]:
                    left = shapely.LineString()
                elif left.geom_type == "MultiLineString":
                    pieces = shapely.get_parts(left)
                    left = pieces[int(np.argmax(shapely.length(pieces)))]
            out[i] = left
            kept.append(shapely.buffer(left, twin, quad_segs=2, cap_style="flat"))
    return out


def _meet(a: NDArray[Any], b: NDArray[Any], gap: float) -> bool:
    return bool(a[0] <= b[2] + gap and b[0] <= a[2] + gap and a[1] <= b[3] + gap and b[1] <= a[3] + gap)


def twin_units(geometry: NDArray[Any]) -> float:
    """`TWIN_M` in world units where the lines lie."""
    if len(geometry) == 0:
        return 0.0
    return TWIN_M / metres_per_unit(_latitude(shapely.total_bounds(geometry)))


def _latitude(bounds: NDArray[Any]) -> float:
    return float(to_lonlat(np.array([(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2]))[1])


def area_points(water: Any, green: Any) -> dict[str, NDArray[Any]]:
    """Middles of named areas (themes at full detail) with the room there: half width and half height in world units."""
    columns: list[tuple[NDArray[Any], ...]] = []
    for kind, theme in ((AreaKind.WATER, water), (AreaKind.GREEN, green)):
        named = np.flatnonzero(theme.attributes["name"] >= 0)
        if len(named):
            columns.append((*_rooms(theme.geometry[named]), np.full(len(named), kind), theme.attributes["name"][named]))
    if not columns:
        return {"area/xy": np.zeros((0, 2), np.int32), "area/room": np.zeros((0, 2), np.int32), "area/cls": np.zeros(0, np.uint8),
                "area/name": np.zeros(0, np.int32), "area/rank": np.zeros(0, np.uint8)}
    middle, room, cls, name = (np.concatenate(c) for c in zip(*columns, strict=True))
    # the larger come first
    order = np.argsort(-(room[:, 0] * room[:, 1]), kind="stable")
    rank = np.minimum(np.arange(len(order)) * 255 // max(1, len(order)), 255)
    return {"area/xy": np.rint(middle[order]).astype(np.int32), "area/room": np.rint(room[order]).astype(np.int32),
            "area/cls": cls[order].astype(np.uint8), "area/name": name[order].astype(np.int32), "area/rank": rank.astype(np.uint8)}


def _rooms(areas: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles and half extents of a level box in each area: the middle of its largest circle, widened to the shore."""
    extent = np.sqrt(np.maximum(shapely.area(areas), 1.0))
    radii = shapely.maximum_inscribed_circle(areas, tolerance=extent / 25)
    ends = shapely.get_coordinates(radii).reshape(-1, 2, 2)
    middle, radius = ends[:, 0], np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    box = shapely.bounds(areas)
    half_height = radius * 0.5
    room = np.stack([radius * 0.85, half_height], axis=1)
    for i, area in enumerate(areas):
        # the names run level: where the area is wide, there is more room than in the circle
        strip = [_chord(area, middle[i], dy * half_height[i], box[i]) for dy in (-1.0, 0.0, 1.0)]
        low, high = max(s[0] for s in strip), min(s[1] for s in strip)
        if (high - low) / 2 > room[i, 0]:
            middle[i, 0], room[i, 0] = (low + high) / 2, (high - low) / 2
    return middle, room


def _chord(area: Any, at: NDArray[Any], dy: float, box: NDArray[Any]) -> tuple[float, float]:
    """Where the level line ``dy`` below the middle leaves the area to the left and to the right."""
    cut = shapely.intersection(area, shapely.LineString([(box[0] - 1, at[1] + dy), (box[2] + 1, at[1] + dy)]))
    for part in shapely.get_parts(cut):
        x0, _, x1, _ = part.bounds
        if x0 <= at[0] <= x1:
            return x0, x1
    return float(at[0]), float(at[0])


def station_points(stations: PointSet, rail: Any, names: list[str]) -> dict[str, NDArray[Any]]:
    """Stations, one of a name and place, with their kind and the colour of the line if it is only one (else 0)."""
    world = to_world(stations.xy[:, 0], stations.xy[:, 1]).astype(float) if len(stations.xy) else np.zeros((0, 2))
    if not len(world):
        return {"station/xy": np.zeros((0, 2), np.int32), "station/cls": np.zeros(0, np.uint8), "station/colour": np.zeros(0, np.uint32),
                "station/name": np.zeros(0, np.int32), "station/rank": np.zeros(0, np.uint8)}
    metres = metres_per_unit(float(stations.xy[:, 1].mean()))
    keep = _one_each(world, [names[int(k)] if k >= 0 else "" for k in stations.name], SAME_STATION_M / metres)
    lines = _served(world[keep], rail, SERVED_M / metres)
    several = np.array([len(found) > 1 for found in lines])
    colour = np.array([next(iter(found))[1] if len(found) == 1 else 0 for found in lines], np.uint32)
    return {"station/xy": np.rint(world[keep]).astype(np.int32), "station/name": stations.name[keep].astype(np.int32),
            "station/cls": np.where(several, StationClass.INTERCHANGE, StationClass.STOP).astype(np.uint8),
            "station/colour": colour, "station/rank": np.where(several, 0, 1).astype(np.uint8)}


def _one_each(world: NDArray[np.float64], text: list[str], gap: float) -> NDArray[np.int64]:
    kept: dict[str, list[int]] = {}
    for i, written in enumerate(text):
        name = "".join(c for c in written if c.isalnum()).lower()
        others = kept.setdefault(name, [])
        if not name or all(np.hypot(*(world[i] - world[j])) > gap for j in others):
            others.append(i)
    return np.array(sorted(i for found in kept.values() for i in found), np.int64)


def _served(world: NDArray[np.float64], rail: Any, reach: float) -> list[set[tuple[int, int]]]:
    """Names and colours of the metro lines that pass each station."""
    found: list[set[tuple[int, int]]] = [set() for _ in world]
    metro = np.flatnonzero(rail.attributes["cls"] == RailClass.METRO)
    if len(metro) == 0:
        return found
    tree = shapely.STRtree(rail.geometry[metro])
    station, line = tree.query(shapely.points(world), predicate="dwithin", distance=reach)
    for s, k in zip(station.tolist(), metro[line].tolist(), strict=True):
        found[s].add((int(rail.attributes["name"][k]), int(rail.attributes["colour"][k])))
    # lines of one colour are one line with two names (directions)
    return [{(0, c) for _, c in each} if len({c for _, c in each}) == 1 else each for each in found]
