"""What lies under the cursor, from memory-mapped layer packs, in numpy alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.arraypack import text_at
from pm_desktop.base.label import Label
from pm_desktop.base.mercator import to_lonlat, zoom_of
from pm_desktop.cartography.overlay import LayerPack, marker_radius, markers
from pm_desktop.layers.style import FORMS, DrawnStyle, FillStyle, LineStyle, PointStyle

REACH_PX = 9.0
LINE_REACH_PX = 5.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A feature under the cursor; ``hits`` are all of them, the topmost first (this one included).

    Where points are drawn as one cluster, ``id`` is empty and ``count`` the number of points. ``note`` is what the layer
    says of the feature beside its name.
    """

    layer: str
    id: str
    name: str
    cls: str
    lon: float
    lat: float
    index: int
    count: int = 1
    hits: tuple[Hit, ...] = field(default=(), compare=False)
    note: Label | None = None
    value: float | None = None


def hits_at(packs: list[tuple[str, LayerPack]], x: float, y: float, unit: float, lon: float, lat: float) -> Hit | None:
    """Topmost feature at world (x, y); ``packs`` from bottom to top, ``unit`` world units a pixel."""
    found: list[Hit] = []
    for layer, pack in reversed(packs):
        if isinstance(pack.style, PointStyle) and zoom_of(unit) < max(pack.style.from_zoom, pack.style.cluster_zoom or 0):
            found += _markers_at(layer, pack, pack.style, x, y, unit)
        else:
            found += [_hit(layer, pack, int(index), lon, lat) for index in _inside(pack, x, y, unit)]
    return replace(found[0], hits=tuple(found)) if found else None


def _markers_at(layer: str, pack: LayerPack, style: PointStyle, x: float, y: float, unit: float) -> list[Hit]:
    """Clusters, and single points among them, where points are drawn as markers."""
    reach = 24 * unit
    world, cls, count = markers(pack, style, (x - reach, y - reach, x + reach, y + reach), zoom_of(unit), unit)
    hits = []
    for (wx, wy), c, n in zip(world.tolist(), cls.tolist(), count.tolist(), strict=True):
        if np.hypot(wx - x, wy - y) > max(REACH_PX, marker_radius(style.classes[c], n)) * unit:
            continue
        lon, lat = (float(v) for v in to_lonlat(np.array([wx, wy])))
        if n > 1:
            hits.append(Hit(layer, "", "", style.classes[c].key, lon, lat, -1, n))
        else:
            hits += [_hit(layer, pack, int(i), lon, lat) for i in _inside(pack, wx, wy, unit)[:1]]
    return hits


def _hit(layer: str, pack: LayerPack, index: int, lon: float, lat: float) -> Hit:
    identifier = bytes(pack.arrays["f/id"][index]).rstrip(b"\0").decode()
    name = text_at(pack.arrays["f/name_blob"], pack.arrays["f/name_start"], index)
    classes = getattr(pack.style, "classes", ())
    number = int(pack.arrays["f/cls"][index])
    return Hit(layer, identifier, name, classes[number].key if number < len(classes) else "", lon, lat, index, note=note_of(pack, index),
               value=value_of(pack, index))


def value_of(pack: LayerPack, index: int) -> float | None:
    """The number by which the layer colours a feature; None where it is unknown or the layer goes by kinds."""
    value = float(pack.arrays["f/value"][index]) if "f/value" in pack.arrays else np.nan
    return None if np.isnan(value) else value


def note_of(pack: LayerPack, index: int) -> Label | None:
    """What the layer says of a feature beside its name; None where it says nothing."""
    if "f/note_blob" not in pack.arrays:
        return None
    zh, en = (text_at(pack.arrays[f"f/{key}_blob"], pack.arrays[f"f/{key}_start"], index) for key in ("note", "note_en"))
    return Label(zh, en) if zh else None


def _inside(pack: LayerPack, x: float, y: float, unit: float) -> NDArray[Any]:
    if isinstance(pack.style, PointStyle):
        reach = REACH_PX * unit
        index = pack.features_in((int(x - reach), int(y - reach), int(x + reach), int(y + reach)))
        gap = np.hypot(*(pack.arrays["f/xy"][index] - (x, y)).T) if len(index) else np.zeros(0)
        near = index[gap <= reach]
        return near[np.argsort(gap[gap <= reach], kind="stable")]
    if isinstance(pack.style, LineStyle) and pack.style.picks:
        return _lines_near(pack, x, y, LINE_REACH_PX * unit)
    if isinstance(pack.style, DrawnStyle):
        return _drawn_at(pack, x, y, unit)
    if not isinstance(pack.style, FillStyle):
        return np.zeros(0, np.int32)
    index = pack.features_in((int(x), int(y), int(x), int(y)))
    within = [i for i in index.tolist() if contains(rings(pack, i), x, y)]
    # the smallest first: a zone inside a town is what the hand means
    boxes = pack.arrays["f/bbox"]
    return np.array(sorted(within, key=lambda i: int(boxes[i, 2] - boxes[i, 0]) * int(boxes[i, 3] - boxes[i, 1])), np.int64)


def _drawn_at(pack: LayerPack, x: float, y: float, unit: float) -> NDArray[Any]:
    """Points, then lines, then areas, the nearest and smallest first."""
    reach = REACH_PX * unit
    index = pack.features_in((int(x - reach), int(y - reach), int(x + reach), int(y + reach)))
    form, boxes = pack.arrays["f/form"], pack.arrays["f/bbox"]
    found = []
    for i in index.tolist():
        size = float(boxes[i, 2] - boxes[i, 0]) * float(boxes[i, 3] - boxes[i, 1])
        gap = float(np.hypot(*(pack.arrays["f/label_xy"][i] - (x, y)))) if form[i] == 0 else min(_gap(line, x, y) for line in rings(pack, i))
        if gap <= reach:
            found.append((int(form[i]), gap, i))
        elif form[i] == FORMS.index("AREA") and contains(rings(pack, i), x, y):
            found.append((len(FORMS), size, i))
    return np.array([i for *_, i in sorted(found)], np.int64)


def _lines_near(pack: LayerPack, x: float, y: float, reach: float) -> NDArray[Any]:
    """Lines that pass within ``reach``, the nearest first."""
    index = pack.features_in((int(x - reach), int(y - reach), int(x + reach), int(y + reach)))
    gaps = np.array([min((_gap(line, x, y) for line in rings(pack, i)), default=np.inf) for i in index.tolist()])
    near = np.flatnonzero(gaps <= reach)
    return index[near[np.argsort(gaps[near], kind="stable")]]


def _gap(line: NDArray[Any], x: float, y: float) -> float:
    """Distance of a point from a line of several vertices."""
    a, b = line[:-1].astype(float) - (x, y), line[1:].astype(float) - (x, y)
    along = b - a
    share = np.clip(-(a * along).sum(1) / np.maximum((along * along).sum(1), 1e-9), 0, 1)
    return float(np.hypot(*(a + share[:, None] * along).T).min(initial=np.inf))


def rings(pack: LayerPack, index: int) -> list[NDArray[Any]]:
    """Rings of an area in world coordinates."""
    feat, part, xy = (pack.arrays[f"f/{key}"] for key in ("feat", "part", "xy"))
    return [xy[int(part[k]):int(part[k + 1])] for k in range(int(feat[index]), int(feat[index + 1]))]


def contains(area: list[NDArray[Any]], x: float, y: float) -> bool:
    """Even-odd test of a point against closed rings."""
    inside = False
    for ring in area:
        below = ring[:, 1] > y
        at = (below[1:] != below[:-1]).nonzero()[0]
        if len(at):  # a handful of edges: Python is quicker with them than numpy
            for (ax, ay), (bx, by) in zip(ring[at].tolist(), ring[at + 1].tolist(), strict=True):
                inside ^= ax + (y - ay) / (by - ay) * (bx - ax) > x
    return inside


def open_layers(views: list[tuple[str, Path]], before: dict[Path, LayerPack]) -> dict[Path, LayerPack]:
    """Packs of the shown layers, those of ``before`` kept open."""
    return {path: before.get(path) or LayerPack(path) for _, path in views}
