"""Neighbouring districts of the same kind, for samples larger than one district.

Each is the drawn district again, moved to the west: registers with identifiers, codes and places of their own, the same
firms (the market does not end at a border), and main streets, water, green and railways. Single houses and lanes are
drawn in the first district only: a hundred districts of them would fill the memory of the machine that draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pm_desktop.sample.geography import AROUND_M, BOUNDS, M_PER_LON
from pm_desktop.streets.classes import RoadClass
from pm_desktop.streets.source import LineSet, PointSet, PolygonSet, StreetSource

COLUMNS = 10
STEP_DEG = (BOUNDS[2] - BOUNDS[0] + 0.02, BOUNDS[3] - BOUNDS[1] + 0.02)
GAP_DEG = AROUND_M / M_PER_LON  # the surroundings of the first district come before its neighbours
MAIN = (RoadClass.EXPRESSWAY, RoadClass.EXPRESSWAY_LINK, RoadClass.ARTERIAL, RoadClass.SECONDARY)
CHUNK = 20_000
Row = tuple[Any, ...]


def shift_deg(k: int) -> tuple[float, float]:
    """Degrees by which neighbour ``k`` (from 1) lies off the first district."""
    row, column = divmod(k - 1, COLUMNS)
    return -(column + 1) * STEP_DEG[0] - GAP_DEG, -row * STEP_DEG[1]


def neighbour_rows(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], k: int) -> Iterator[Row]:
    """Rows of a register as neighbour ``k`` has them; ``name`` as in the counts of the sample."""
    turn = [_turn(name, column, k) for column in columns]
    geom = columns.index("geom") if "geom" in columns else None
    chunk: list[list[Any]] = []
    for row in rows:
        chunk.append([change(value) if change is not None and value is not None else value for change, value in zip(turn, row, strict=True)])
        if len(chunk) == CHUNK:
            yield from _moved(chunk, geom, k)
            chunk = []
    yield from _moved(chunk, geom, k)


def _moved(rows: list[list[Any]], geom: int | None, k: int) -> Iterator[Row]:
    if geom is not None and rows:
        shapes = shapely.from_wkb(np.array([row[geom] for row in rows], dtype=object))
        for row, wkb in zip(rows, shapely.to_wkb(shapely.transform(shapes, lambda xy: np.round(xy + shift_deg(k), 7))), strict=True):
            row[geom] = wkb
    return map(tuple, rows)


def _turn(name: str, column: str, k: int) -> Callable[[Any], Any] | None:
    """How a column's values change; None: not at all."""
    dx, dy = shift_deg(k)
    if column == "firm_id":
        return None
    if column == "id" or column.endswith("_id"):
        return lambda value: _identifier(value, k)
    if column in ("compound_ids", "serving_zone_ids"):
        return lambda values: [_identifier(value, k) for value in values]
    if column in ("town_code", "juwei_code") or (column == "code" and name in ("towns", "juwei")):
        return lambda code: f"9{k:02d}{code[3:]}"
    if column == "name" and name == "towns":
        return lambda text: town_name(text, k)
    return {"code": lambda code: f"{code}-{k}", "lon": lambda lon: round(lon + dx, 7), "lat": lambda lat: round(lat + dy, 7)}.get(column)


def _identifier(value: str, k: int) -> str:
    return f"{int(value[:3], 16) ^ k:03x}{value[3:]}"  # neither the row's own nor another neighbour's


def town_name(name: str, k: int) -> str:
    """A town's name in neighbour ``k``, plainly invented."""
    return f"示例邻区{k}·{name}"


# -- streets -------------------------------------------------------------------------------------------------------------


def with_neighbours(source: StreetSource, towns: Sequence[str], count: int) -> StreetSource:
    """The street map of the first district with those of its neighbours; ``towns`` are the names of places that are towns."""
    if count == 0:
        return source
    parts: dict[str, Any] = {"roads": _lines(source.roads, np.isin(source.roads.cls, MAIN)), "rails": _lines(source.rails), "waterways": _lines(source.waterways),
             "water": _areas(source.water), "green": _areas(source.green), "places": _points(source.places), "stations": _points(source.stations)}
    names, names_en = list(source.names), list(source.names_en)
    merged: dict[str, list[Any]] = {name: [getattr(source, name)] for name in parts}
    for k in range(1, count + 1):
        number = {}
        for town in towns:
            number[source.names.index(town)] = len(names)
            names.append(town_name(town, k))
            names_en.append(f"Sample neighbour {k} · {source.names_en[source.names.index(town)]}")
        for name, part in parts.items():
            moved = replace(part, xy=part.xy + shift_deg(k))
            if name == "places":
                moved = replace(moved, name=np.array([number.get(int(n), int(n)) for n in part.name], np.int32))
            merged[name].append(moved)
    west = min(shift_deg(k)[0] for k in range(1, count + 1))
    south = min(shift_deg(k)[1] for k in range(1, count + 1))
    return replace(source, names=names, names_en=names_en, bounds=(source.bounds[0] + west, source.bounds[1] + south, *source.bounds[2:]),
                   **{name: _joined(sets) for name, sets in merged.items()})


def _at_home(xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    west, south, east, north = BOUNDS
    inside: NDArray[np.bool_] = (xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north)
    return inside


def _all_of(flags: NDArray[np.bool_], part: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether all values of each part are set."""
    return np.logical_and.reduceat(flags, part[:-1]) if len(part) > 1 else np.zeros(0, bool)


def _offsets(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _lines(lines: LineSet, chosen: NDArray[np.bool_] | None = None) -> LineSet:
    """The chosen lines that lie in the district as a whole."""
    keep = _all_of(_at_home(lines.xy), lines.part)
    keep = keep if chosen is None else keep & chosen
    sizes = np.diff(lines.part)
    columns = {c: getattr(lines, c)[keep] for c in ("cls", "name", "flags", "layer", "colour", "ref") if len(getattr(lines, c))}
    return LineSet(xy=lines.xy[np.repeat(keep, sizes)], part=_offsets(sizes[keep]), **columns)


def _areas(areas: PolygonSet) -> PolygonSet:
    ring_inside = _all_of(_at_home(areas.xy), areas.part)
    keep = _all_of(ring_inside, areas.feat)
    rings, sizes = np.diff(areas.feat), np.diff(areas.part)
    ring_kept = np.repeat(keep, rings)
    columns = {c: getattr(areas, c)[keep] for c in ("cls", "name", "levels") if len(getattr(areas, c))}
    return PolygonSet(xy=areas.xy[np.repeat(ring_kept, sizes)], part=_offsets(sizes[ring_kept]), feat=_offsets(rings[keep]), **columns)


def _points(points: PointSet) -> PointSet:
    keep = _at_home(points.xy)
    return PointSet(points.xy[keep], points.cls[keep], points.name[keep], points.rank[keep])


def _joined(sets: list[Any]) -> Any:
    """Sets of one kind behind each other."""
    fields = {}
    for name in type(sets[0]).__dataclass_fields__:
        values = [getattr(s, name) for s in sets]
        if name in ("part", "feat"):
            ends = np.cumsum([0, *(int(v[-1]) for v in values[:-1])])
            fields[name] = np.concatenate([values[0], *(v[1:] + end for v, end in zip(values[1:], ends[1:], strict=True))])
        else:
            fields[name] = np.concatenate(values)
    return type(sets[0])(**fields)
