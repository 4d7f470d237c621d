"""Shape of the sample district: a plane in metres, a winding river in the west, a coast in the east, canals and a lake.

Only the 36 街镇 (names, codes, inside points) are real; every line here is invented, loosely after the lie of the land.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pm_desktop.base import paths

ORIGIN = (121.70, 31.10)
M_PER_LON, M_PER_LAT = 95_430.0, 110_880.0
BOUNDS = (121.38, 30.76, 122.12, 31.46)

_RIVER = [(121.430, 31.040), (121.436, 31.090), (121.444, 31.130), (121.452, 31.163), (121.484, 31.198),
          (121.494, 31.218), (121.487, 31.238), (121.500, 31.249), (121.528, 31.252), (121.552, 31.268),
          (121.562, 31.296), (121.553, 31.328), (121.525, 31.350), (121.503, 31.376), (121.510, 31.405), (121.540, 31.440)]
_COAST = [(121.510, 31.400), (121.545, 31.394), (121.612, 31.376), (121.690, 31.333), (121.752, 31.279),
          (121.806, 31.206), (121.866, 31.128), (121.912, 31.052), (121.958, 30.975), (121.982, 30.906),
          (121.958, 30.866), (121.905, 30.846), (121.840, 30.838), (121.772, 30.846)]
_INLAND = [(121.752, 30.900), (121.706, 30.952), (121.632, 30.982), (121.560, 31.004), (121.548, 31.060),
           (121.536, 31.092), (121.482, 31.108), (121.440, 31.112)]
_CANALS = [[(121.470, 31.130), (121.560, 31.140), (121.660, 31.175), (121.760, 31.190), (121.830, 31.180)],
           [(121.520, 31.190), (121.600, 31.225), (121.700, 31.255), (121.770, 31.262)],
           [(121.640, 31.380), (121.645, 31.280), (121.660, 31.180), (121.672, 31.080), (121.690, 30.960)],
           [(121.560, 31.045), (121.660, 31.072), (121.780, 31.075), (121.900, 31.075)],
           [(121.730, 31.220), (121.745, 31.100), (121.775, 30.980), (121.790, 30.850)],
           [(121.700, 30.965), (121.800, 30.940), (121.900, 30.955), (121.970, 30.950)]]
LAKE = (121.930, 30.898, 1_180.0)
CORE = (121.515, 31.228)


@dataclass(frozen=True, slots=True)
class TownSeed:
    """A real 街镇: code, name, kind, numbers of committees and a real inside point."""

    code: str
    name: str
    kind: str
    juwei: int
    cunwei: int
    lon: float
    lat: float


def to_plane(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees → metres of the generator's plane (drawing only; real measures are taken from the degrees)."""
    out: NDArray[np.float64] = (np.asarray(lonlat) - ORIGIN) * (M_PER_LON, M_PER_LAT)
    return out


def to_lonlat(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres of the generator's plane → degrees, rounded to 1e-7 so that equal vertices stay equal."""
    out: NDArray[np.float64] = np.round(np.asarray(plane) / (M_PER_LON, M_PER_LAT) + ORIGIN, 7)
    return out


@cache
def town_seeds() -> tuple[TownSeed, ...]:
    """The 36 街镇."""
    with open(paths.resources_dir() / "sample" / "towns.csv", encoding="utf-8") as stream:
        return tuple(TownSeed(r["code"], r["name"], r["kind"], int(r["juwei_count"]), int(r["cunwei_count"]),
                              float(r["lon"]), float(r["lat"])) for r in csv.DictReader(stream))


@cache
def words() -> dict[str, Any]:
    """Stock of syllables for invented names."""
    loaded: dict[str, Any] = json.loads((paths.resources_dir() / "sample" / "words.json").read_text("utf-8"))
    return loaded


def smooth(points: list[tuple[float, float]], rng: np.random.Generator, wiggle: float = 0.0,
           rounds: int = 4) -> NDArray[np.float64]:
    """Curve through degrees ``points`` in plane metres: corners cut ``rounds`` times, then wiggled by metres."""
    line = to_plane(np.array(points))
    for _ in range(rounds):
        quarter = line[:-1] * 0.75 + line[1:] * 0.25
        three = line[:-1] * 0.25 + line[1:] * 0.75
        line = np.concatenate([line[:1], np.stack([quarter, three], 1).reshape(-1, 2), line[-1:]])
    if wiggle:
        t = np.linspace(0, 1, len(line))
        for k in range(3, 12):
            line[1:-1] += (rng.normal(0, wiggle / k, 2) * np.sin(np.pi * k * t + rng.uniform(0, 6))[:, None])[1:-1]
    return line


@dataclass(frozen=True, slots=True)
class Geography:
    """Land, sea, river, canals and lake as plane geometries."""

    land: Any
    sea: Any
    river: Any
    river_line: Any
    canals: Any
    canal_lines: tuple[Any, ...]
    lake: Any


def make_geography(rng: np.random.Generator) -> Geography:
    """Draw the land."""
    river_line = shapely.LineString(smooth(_RIVER, rng, 60))
    river = shapely.buffer(river_line, 255, quad_segs=4)
    coast = smooth(_COAST, rng, 130)
    inland = smooth(_INLAND, rng, 90)
    bank = smooth(_RIVER[2:-2], rng)
    land = shapely.make_valid(shapely.Polygon(np.concatenate([coast, inland, bank])))
    land = _largest(shapely.difference(land, shapely.buffer(river_line, 262)))
    _, south, east, north = to_plane(np.array([BOUNDS[:2], BOUNDS[2:]])).ravel()
    corners = np.array([(coast[-1][0] - 14_000, south), (east, south), (east, north), (coast[0][0] - 200, north)])
    sea = shapely.make_valid(shapely.Polygon(np.concatenate([coast, [(coast[-1][0] - 9_000, coast[-1][1] - 2_500)], corners])))
    sea = shapely.difference(sea, land)
    lines = tuple(shapely.LineString(smooth(points, rng, 160)) for points in _CANALS)
    canals = shapely.intersection(shapely.union_all([shapely.buffer(line, w, cap_style="flat")
                                                     for line, w in zip(lines, (38, 22, 30, 18, 24, 20), strict=True)]), land)
    lake = shapely.buffer(shapely.Point(to_plane(np.array(LAKE[:2]))), LAKE[2], quad_segs=24)
    return Geography(land, sea, river, river_line, canals, lines, lake)


def _largest(geometry: Any) -> Any:
    parts = shapely.get_parts(geometry)
    return parts[int(np.argmax(shapely.area(parts)))]
