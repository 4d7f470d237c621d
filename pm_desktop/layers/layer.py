"""What a map layer is, and how its features become a layer pack (docs/architecture.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.arraypack import pack_texts, write_pack
from pm_desktop.base.gridindex import build_grid
from pm_desktop.base.label import Label
from pm_desktop.base.mercator import metres_per_unit, to_world
from pm_desktop.layers.options import Look, Option, Shown, Value, coloured
from pm_desktop.layers.style import DrawnStyle, FillStyle, HeatStyle, LineStyle, PointStyle, StreetBase, Style, style_to_json
from pm_desktop.storage.database import Database
from pm_desktop.storage.moments import moment
from pm_desktop.storage.past import SHANGHAI

FORMAT = "pm-layer-pack"
CELL = 2 ** (31 - 14)


@dataclass(slots=True)
class LayerData:
    """Features of a layer: arrays for the pack, numbers of what is shown and what could not be placed.

    ``as_of`` is the date of the newest fact behind it (ISO), None if the layer has none.
    """

    arrays: dict[str, NDArray[Any]]
    grids: dict[str, dict[str, int]]
    shown: int
    unlocated: int = 0
    as_of: str | None = None
    style: Style | None = None
    heat: dict[str, Any] = field(default_factory=dict)
    option: Shown | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """A map layer; its module defines one as ``LAYER``.

    Attributes
    ----------
    order : int
        Position from the bottom.
    depends_on : frozenset of str
        Entities whose changes make it stale.
    load : callable
        ``load(db, as_of) -> LayerData``; runs in a helper process. ``as_of`` None is now. A layer with options takes the
        look as a third argument: ``load(db, as_of, look)``.
    options : tuple of Option
        What it can be coloured by; the first is what it shows before anybody chose.
    """

    id: str
    label: Label
    order: int
    depends_on: frozenset[str]
    style: Style
    load: Callable[..., LayerData]
    default_on: bool = True
    options: tuple[Option, ...] = ()

    @property
    def is_coloured(self) -> bool:
        """Whether its options are what its features are coloured by, and not which features there are."""
        return any(option.read is not None or option.is_number for option in self.options)

    def option(self, identifier: str) -> Option:
        """The option called ``identifier``; KeyError if there is none."""
        for option in self.options:
            if option.id == identifier:
                return option
        raise KeyError(f"{self.id}:{identifier}")


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """What the window learns of a built layer."""

    id: str
    path: str
    legend: tuple[tuple[Label, int], ...]
    total: int
    shown: int
    unlocated: int
    as_of: str | None
    option: Shown | None = None


def kind_of(style: Style) -> str:
    """Kind of a layer pack."""
    return style_to_json(style)["kind"]


def from_polygons(geometry: Sequence[bytes | None], ids: Sequence[str], names: Sequence[str], cls: Sequence[int],
                  rank: Sequence[int] | None = None, label: NDArray[np.float64] | None = None) -> LayerData:
    """Features from WKB areas (degrees); rows without a geometry are counted as unlocated.

    ``label`` are label points, degrees (n, 2); left out, a point inside each area.
    """
    import shapely

    blobs = np.array(geometry, dtype=object)
    shapes = shapely.from_wkb(blobs)
    area = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    chosen = np.flatnonzero(area)
    shapes = shapes[chosen]
    if label is None:
        point = shapely.point_on_surface(shapes)
        label_deg = np.stack([shapely.get_x(point), shapely.get_y(point)], axis=1) if len(shapes) else np.zeros((0, 2))
    else:
        label_deg = np.asarray(label)[chosen]
    world = shapely.transform(shapes, lambda xy: to_world(xy[:, 0], xy[:, 1]).astype(float))
    arrays, grid = _area_table(world)
    arrays |= _attributes([ids[i] for i in chosen.tolist()], [names[i] for i in chosen.tolist()], np.asarray(cls)[chosen],
                          None if rank is None else np.asarray(rank)[chosen])
    arrays["label_xy"] = to_world(label_deg[:, 0], label_deg[:, 1])
    return LayerData({f"f/{k}": v for k, v in arrays.items()}, {"f": grid}, len(chosen), len(blobs) - len(chosen))


def from_values(db: Database, as_of: date | None, layer: Layer, look: Look, geometry: Sequence[bytes | None], ids: Sequence[str],
                names: Sequence[str], rank: Sequence[int] | None = None) -> LayerData:
    """Areas as `from_polygons`, coloured by an option of ``layer``; numbers are kept in ``f/value`` (NaN unknown)."""
    option = layer.option(look.option)
    assert option.read is not None and isinstance(layer.style, FillStyle)
    found = option.read(db, as_of)
    data = with_values([found.get(i) for i in ids], option, look, layer.style, geometry, ids, names, rank)
    if option.note is not None and data.option is not None:
        data.option = replace(data.option, note=option.note((moment(db, as_of) + SHANGHAI).date()))
    return data


def with_values(values: Sequence[Value], option: Option, look: Look, style: FillStyle, geometry: Sequence[bytes | None], ids: Sequence[str],
                names: Sequence[str], rank: Sequence[int] | None = None) -> LayerData:
    """As `from_values`, the values given."""
    cls, style, shown = coloured(values, option, look, style)
    data = from_polygons(geometry, ids, names, cls.tolist(), rank)
    data.style, data.option = style, shown
    if option.is_number:
        number = {i: v for i, v in zip(ids, values, strict=True) if isinstance(v, int | float)}
        data.arrays["f/value"] = np.array([number.get(i.decode(), np.nan) for i in data.arrays["f/id"].tolist()], np.float32)
    return data


def from_borders(geometry: Sequence[bytes | None], ids: Sequence[str], names: Sequence[str]) -> LayerData:
    """Borders of WKB areas (degrees) as lines of class 0: what an earlier area has drawn is left out of the later ones."""
    import shapely

    shapes = shapely.from_wkb(np.array(geometry, dtype=object))
    chosen = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes))
    areas = shapely.make_valid(shapely.transform(shapes[chosen], lambda xy: to_world(xy[:, 0], xy[:, 1]).astype(float)))
    lines = shapely.boundary(areas)
    tree = shapely.STRtree(areas)
    for i in range(len(areas)):
        before = [j for j in tree.query(lines[i]).tolist() if j < i]
        if before:
            # half a metre (30 units) around what is drawn: two surveys of one border seldom agree to the last digit
            lines[i] = shapely.difference(lines[i], shapely.buffer(shapely.union_all(shapely.boundary(areas[before])), 30.0))
    pieces, owner = shapely.get_parts(shapely.line_merge(lines), return_index=True)
    arrays, grid = _area_table(pieces)
    numbers = chosen[owner].tolist()
    arrays |= _attributes([ids[i] for i in numbers], [names[i] for i in numbers], np.zeros(len(numbers)), None)
    return LayerData({f"f/{k}": v for k, v in arrays.items()}, {"f": grid}, len(chosen), len(shapes) - len(chosen))


def from_lines(geometry: Sequence[bytes | None], ids: Sequence[str], names: Sequence[str], cls: Sequence[int]) -> LayerData:
    """Features from WKB lines and outlines of areas (degrees); rows without either are counted as unlocated."""
    import shapely

    shapes = shapely.from_wkb(np.array(geometry, dtype=object))
    chosen = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (1, 2, 3, 5, 6)) & ~shapely.is_empty(shapes))
    lines = shapely.transform(shapes[chosen], lambda xy: to_world(xy[:, 0], xy[:, 1]).astype(float))
    areas = np.isin(shapely.get_type_id(lines), (3, 6))
    lines[areas] = shapely.boundary(lines[areas])
    pieces, owner = shapely.get_parts(lines, return_index=True)
    arrays, grid = _area_table(pieces)
    numbers = chosen[owner].tolist()
    arrays |= _attributes([ids[i] for i in numbers], [names[i] for i in numbers], np.array([cls[i] for i in numbers], int), None)
    return LayerData({f"f/{k}": v for k, v in arrays.items()}, {"f": grid}, len(chosen), len(shapes) - len(chosen))


def from_drawn(geometry: Sequence[bytes | None], ids: Sequence[str], names: Sequence[str], cls: Sequence[int], form: Sequence[int],
               lon: Sequence[float | None], lat: Sequence[float | None]) -> LayerData:
    """Features from WKB points, lines and areas without holes (degrees), each of one part; ``form`` indexes `FORMS`."""
    import shapely

    shapes = shapely.from_wkb(np.array(geometry, dtype=object))
    chosen = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (0, 1, 3)) & ~shapely.is_empty(shapes))
    world = shapely.transform(shapes[chosen], lambda xy: to_world(xy[:, 0], xy[:, 1]).astype(float))
    areas = shapely.get_type_id(world) == 3
    world[areas] = shapely.get_exterior_ring(world[areas])
    xy = np.rint(shapely.get_coordinates(world)).astype(np.int32)
    part = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(world))]).astype(np.int64)
    bbox = np.rint(shapely.bounds(world)).astype(np.int64).astype(np.int32) if len(world) else np.zeros((0, 4), np.int32)
    grid, start, item = build_grid(bbox, CELL)
    arrays: dict[str, Any] = {"xy": xy, "part": part, "feat": np.arange(len(world) + 1, dtype=np.int64), "bbox": bbox, "grid_start": start,
                              "grid_item": item, "form": np.array([form[i] for i in chosen.tolist()], np.uint8)}
    arrays |= _attributes([ids[i] for i in chosen.tolist()], [names[i] for i in chosen.tolist()], np.array([cls[i] for i in chosen.tolist()], int), None)
    place = np.array([(lon[i], lat[i]) for i in chosen.tolist()], float).reshape(-1, 2)
    arrays["label_xy"] = to_world(place[:, 0], place[:, 1])
    return LayerData({f"f/{k}": v for k, v in arrays.items()}, {"f": grid.as_json()}, len(chosen), len(shapes) - len(chosen))


def with_notes(data: LayerData, notes: Mapping[str, Label]) -> LayerData:
    """The same layer, each feature with a line of words by its id, which the card beside the cursor shows."""
    found = [notes.get(i.decode()) for i in data.arrays["f/id"].tolist()]
    for key, texts in (("note", [n.zh if n else "" for n in found]), ("note_en", [n.en if n else "" for n in found])):
        data.arrays[f"f/{key}_blob"], data.arrays[f"f/{key}_start"] = pack_texts(texts)
    return data


def _area_table(world: NDArray[Any]) -> tuple[dict[str, NDArray[Any]], dict[str, int]]:
    from pm_desktop.streets.levels import feature_table

    table = feature_table(world, {}, CELL)
    return table.arrays, table.grid.as_json()


def _attributes(ids: Sequence[str], names: Sequence[str], cls: NDArray[Any],
                rank: NDArray[Any] | None) -> dict[str, NDArray[Any]]:
    blob, start = pack_texts(list(names))
    return {"id": np.array(ids, dtype="S32"), "cls": np.asarray(cls, np.uint8), "name_blob": blob, "name_start": start,
            "rank": np.zeros(len(ids), np.uint8) if rank is None else np.clip(rank, 0, 255).astype(np.uint8)}


def from_points(lon: Sequence[float | None], lat: Sequence[float | None], ids: Sequence[str], names: Sequence[str],
                cls: Sequence[int], rank: Sequence[int] | None = None) -> LayerData:
    """Features from points in degrees; rows without a position are counted as unlocated, never placed."""
    x, y, known = _known(lon, lat)
    chosen = np.flatnonzero(known)
    xy = to_world(x[chosen], y[chosen])
    grid, start, item = build_grid(np.concatenate([xy, xy], axis=1), CELL)
    arrays: dict[str, Any] = {"xy": xy, "label_xy": xy, "grid_start": start, "grid_item": item}
    arrays |= _attributes([ids[i] for i in chosen.tolist()], [names[i] for i in chosen.tolist()], np.asarray(cls, int)[chosen],
                          None if rank is None else np.asarray(rank)[chosen])
    return LayerData({f"f/{k}": v for k, v in arrays.items()}, {"f": grid.as_json()}, len(chosen), len(x) - len(chosen))


def _known(lon: Sequence[float | None], lat: Sequence[float | None]) -> tuple[Any, Any, NDArray[np.bool_]]:
    x = np.array([np.nan if v is None else v for v in lon], float)
    y = np.array([np.nan if v is None else v for v in lat], float)
    return x, y, ~(np.isnan(x) | np.isnan(y))


def from_heat(lon: NDArray[np.float64], lat: NDArray[np.float64], day: NDArray[np.int32], category: NDArray[np.uint8],
              source: NDArray[np.uint8], style: HeatStyle, categories: Sequence[Label], sources: Sequence[Label]) -> LayerData:
    """Heat points in degrees (NaN: no place, counted only) with day since 1970, category and source of each, in order of days."""
    if len(categories) * len(sources) > 255:
        raise ValueError("more kinds of heat points than a byte tells apart")
    known = ~(np.isnan(lon) | np.isnan(lat))
    kind = category * np.uint8(len(sources)) + source
    order = np.argsort(day, kind="stable")
    placed, lost = order[known[order]], order[~known[order]]
    xy = to_world(lon[placed], lat[placed]) if len(placed) else np.zeros((0, 2), np.int32)
    arrays: dict[str, Any] = {"xy": xy, "day": day[placed], "kind": kind[placed], "lost_day": day[lost], "lost_kind": kind[lost]}
    first, last = (int(day.min()), int(day.max())) if len(day) else (0, -1)
    months = np.bincount(day - first, minlength=last - first + 1) if len(day) else np.zeros(0, np.int64)
    latitude = float(np.median(lat[placed])) if len(placed) else 31.1
    recent = xy[day[placed] > last - YEAR_DAYS]
    heat = {"first_day": first, "days": last - first + 1, "latitude": latitude, "per_day": months.tolist(),
            "top": _heat_top(recent, style.radius_m[len(style.radius_m) // 2][1], latitude),
            "categories": [[w.zh, w.en] for w in categories], "sources": [[w.zh, w.en] for w in sources]}
    return LayerData({f"h/{k}": v for k, v in arrays.items()}, {}, len(placed), len(lost), heat=heat)


YEAR_DAYS = 365


def _heat_top(xy: NDArray[np.int32], radius_m: float, latitude: float) -> float:
    """Top of the colour scale, points per km² and 30 days: where the densest hundredth of a year's points lie, rounded up."""
    from scipy.ndimage import gaussian_filter

    if len(xy) == 0:
        return 1.0
    cell = radius_m / 4 / metres_per_unit(latitude)
    column, row = (((xy[:, k] - xy[:, k].min()) / cell).astype(np.int64) for k in (0, 1))
    counts = np.bincount(row * (column.max() + 1) + column, minlength=(row.max() + 1) * (column.max() + 1))
    smooth = gaussian_filter(counts.reshape(row.max() + 1, column.max() + 1).astype(float), 2.0, mode="constant")
    density = smooth[row, column] / ((radius_m / 4) ** 2 / 1e6) / (YEAR_DAYS / 30)
    wanted = float(np.percentile(density, 99))
    step = 10.0 ** np.floor(np.log10(wanted))
    return float(next(k * step for k in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if k * step >= wanted * 0.999))


def legend_of(style: Style, data: LayerData) -> tuple[tuple[Label, int], ...]:
    """Words and counts of the legend; the counts add up to what is shown."""
    match style:
        case LineStyle(classes=(only,)):
            return ((only.label, data.shown),)  # borders are drawn in pieces
        case LineStyle(classes=classes):
            _, first = np.unique(data.arrays["f/id"], return_index=True)  # a line in pieces is one
            counts = np.bincount(data.arrays["f/cls"][first], minlength=len(classes)).tolist()
            return tuple((entry.label, int(n)) for entry, n in zip(classes, counts, strict=True))
        case FillStyle(classes=classes) | PointStyle(classes=classes) | DrawnStyle(classes=classes):
            counts = np.bincount(data.arrays["f/cls"], minlength=len(classes)).tolist()
            return tuple((entry.label, int(n)) for entry, n in zip(classes, counts, strict=True))
        case HeatStyle() | StreetBase():
            return ()


def write_layer(path: Path, layer: Layer, data: LayerData) -> LayerSummary:
    """Write a layer's pack and say what is in it."""
    style = data.style or layer.style
    legend = legend_of(style, data)
    total = data.shown + data.unlocated
    meta = {"format": FORMAT, "layer": layer.id, "kind": kind_of(style), "style": style_to_json(style),
            "legend": [{"zh": words.zh, "en": words.en, "count": n} for words, n in legend], "as_of": data.as_of,
            "total": total, "shown": data.shown, "unlocated": data.unlocated, "grids": data.grids, "heat": data.heat,
            "option": asdict(data.option) if data.option else None}
    write_pack(path, data.arrays, meta)
    return LayerSummary(layer.id, str(path), legend, total, data.shown, data.unlocated, data.as_of, data.option)
