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

# from the lakes in the west, past the core, into the estuary
_RIVER = [(120.700, 30.930), (120.930, 31.010), (121.070, 31.000), (121.200, 30.950), (121.290, 30.985), (121.380, 30.990), (121.430, 31.040), (121.436, 31.090), (121.444, 31.130), (121.452, 31.163), (121.484, 31.198),
          (121.494, 31.218), (121.487, 31.238), (121.500, 31.249), (121.528, 31.252), (121.552, 31.268),
          (121.562, 31.296), (121.553, 31.328), (121.525, 31.350), (121.503, 31.376), (121.510, 31.405), (121.540, 31.440)]
_COAST = [(121.510, 31.400), (121.545, 31.394), (121.612, 31.376), (121.690, 31.333), (121.752, 31.279),
          (121.806, 31.206), (121.866, 31.128), (121.912, 31.052), (121.958, 30.975), (121.982, 30.906),
          (121.958, 30.866), (121.905, 30.846), (121.840, 30.838), (121.772, 30.846)]
# shores beyond the district, roughly: up the estuary, the bay in the south, the northern shore and an island
_ESTUARY = [(112.0, 31.900), (118.8, 32.070), (119.6, 32.180), (120.3, 31.930), (120.75, 31.990), (121.05, 31.760), (121.280, 31.520),
            (121.370, 31.475), (121.450, 31.420)]
_BAY = [(121.650, 30.830), (121.510, 30.815), (121.350, 30.720), (121.150, 30.620), (120.900, 30.400), (120.400, 30.300),
        (120.600, 30.180), (121.000, 30.330), (121.300, 30.280), (121.550, 30.000), (121.950, 29.950), (122.000, 29.300),
        (121.500, 28.300), (120.300, 26.500), (118.500, 24.000), (112.0, 24.0)]
_NORTH = [(112.0, 32.000), (118.7, 32.180), (119.6, 32.300), (120.3, 32.020), (120.85, 32.050), (121.200, 31.830), (121.700, 31.700),
          (121.950, 31.720), (121.900, 32.000), (121.400, 32.500), (120.900, 33.000), (120.300, 34.300), (119.200, 35.000),
          (120.300, 36.000), (122.500, 37.000), (122.500, 38.5), (112.0, 38.5)]
_ISLAND = [(121.200, 31.810), (121.350, 31.690), (121.550, 31.580), (121.800, 31.480), (121.950, 31.480), (121.880, 31.580),
           (121.600, 31.680), (121.350, 31.800)]
_SEA = (112.0, 24.0, 130.0, 38.5)
# large parks: place and radius in metres
PARKS = [(121.551, 31.214, 620.0), (121.522, 31.372, 820.0), (121.703, 31.188, 420.0), (121.574, 31.112, 520.0), (121.905, 30.915, 640.0),
         (121.498, 31.150, 480.0), (121.601, 31.262, 430.0), (121.640, 31.205, 560.0), (121.745, 31.045, 520.0), (121.461, 31.223, 360.0)]
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
AROUND_M = 34_000.0  # how far beyond the district streets are drawn


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
    """District, ground around it, sea (in overlapping pieces), river, canals and lake as plane geometries."""

    land: Any
    around: Any
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
    bank = smooth(_RIVER[8:-2], rng)
    land = shapely.make_valid(shapely.Polygon(np.concatenate([coast, inland, bank])))
    land = _largest(shapely.difference(land, shapely.buffer(river_line, 262)))
    mainland = shapely.make_valid(shapely.Polygon(np.concatenate([smooth(_ESTUARY, rng), coast, smooth(_BAY, rng)])))
    sea = _sea([mainland, land, *(shapely.make_valid(shapely.Polygon(smooth([*shore, shore[0]], rng))) for shore in (_NORTH, _ISLAND))])
    around = shapely.difference(shapely.buffer(land, AROUND_M), shapely.union_all([*sea, shapely.buffer(river_line, 262), land]))
    lines = tuple(shapely.LineString(smooth(points, rng, 160)) for points in _CANALS)
    canals = shapely.intersection(shapely.union_all([shapely.buffer(line, w, cap_style="flat")
                                                     for line, w in zip(lines, (38, 22, 30, 18, 24, 20), strict=True)]), land)
    lake = shapely.buffer(shapely.Point(to_plane(np.array(LAKE[:2]))), LAKE[2], quad_segs=24)
    shapely.prepare(around)
    return Geography(land, around, sea, river, river_line, canals, lines, lake)


def _sea(shores: list[Any]) -> Any:
    """Water around ``shores`` to beyond any view, in pieces that overlap: small near the district, large further out."""
    dry = shapely.union_all(shores)
    shapely.prepare(dry)
    pieces = []
    for (west, south, east, north), side in ((_SEA, 1.5), ((121.0, 30.0, 122.5, 31.5), 0.25)):
        for lon in np.arange(west, east, side):
            for lat in np.arange(south, north, side):
                if side > 1 and lon == 121.0 and lat == 30.0:
                    continue  # here lie the small pieces
                low, high = to_plane(np.array([(lon - 0.004, lat - 0.004), (lon + side + 0.004, lat + side + 0.004)]))
                pieces.append(shapely.difference(shapely.box(*low, *high), dry))
    return [p for p in pieces if not p.is_empty]


def _largest(geometry: Any) -> Any:
    parts = shapely.get_parts(geometry)
    return parts[int(np.argmax(shapely.area(parts)))]
