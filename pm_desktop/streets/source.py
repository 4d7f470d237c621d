"""What a street pack is built from, whoever supplies it: an OSM file or the sample generator.

Coordinates are longitude/latitude degrees (CGCS2000 = WGS84 at map scale), float64. ``name`` indexes
``StreetSource.names``; -1 is unnamed. ``part`` and ``feat`` are offsets as in the feature table of
``docs/architecture.md``; a line feature has one part.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class LineSet:
    """n lines: ``xy`` (m, 2), ``part`` (n + 1), ``cls``, ``name``, ``flags`` (RoadFlag), ``layer``, ``colour``, ``ref`` (number of the
    road as a name, n)."""

    xy: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    part: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))
    cls: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    name: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    flags: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    layer: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    colour: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    ref: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))


@dataclass(slots=True)
class PolygonSet:
    """n areas: ``xy`` (m, 2), ``part`` (rings + 1), ``feat`` (n + 1), ``cls``, ``name``, ``levels`` (n, 0 = unknown)."""

    xy: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    part: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))
    feat: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))
    cls: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    name: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    levels: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))


@dataclass(slots=True)
class PointSet:
    """n points: ``xy`` (n, 2), ``cls``, ``name``, ``rank`` (n, 0 = most important)."""

    xy: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    cls: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    name: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    rank: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))


@dataclass(slots=True)
class StreetSource:
    """All themes of a street map with their names; ``bounds`` is (west, south, east, north) in degrees.

    Road vertices that are shared by two roads (same coordinates) are junctions of the routing graph.
    """

    bounds: tuple[float, float, float, float]
    source: str
    attribution: str
    sample: bool = False
    names: list[str] = field(default_factory=list)
    names_en: list[str] = field(default_factory=list)
    roads: LineSet = field(default_factory=LineSet)
    rails: LineSet = field(default_factory=LineSet)
    waterways: LineSet = field(default_factory=LineSet)
    water: PolygonSet = field(default_factory=PolygonSet)
    green: PolygonSet = field(default_factory=PolygonSet)
    buildings: PolygonSet = field(default_factory=PolygonSet)
    places: PointSet = field(default_factory=PointSet)
    stations: PointSet = field(default_factory=PointSet)
    pois: PointSet = field(default_factory=PointSet)
    houses: PointSet = field(default_factory=PointSet)
