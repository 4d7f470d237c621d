"""Well-known binary, as far as single edits need it: what a hand draws, and the box of any geometry, in numpy alone."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

POINT, LINE, AREA = 1, 2, 3
NOWHERE = (np.nan,) * 4
Box = tuple[float, float, float, float]


def made(kind: int, lonlat: NDArray[np.float64]) -> bytes:
    """Geometry from vertices in degrees (n, 2): their point, the line through them, or the area that they enclose."""
    if kind == POINT:
        return struct.pack("<BI2d", 1, POINT, *lonlat[0].tolist())
    if kind == LINE:
        return struct.pack("<BII", 1, LINE, len(lonlat)) + lonlat.astype("<f8").tobytes()
    ring = np.concatenate([lonlat, lonlat[:1]])
    if _turn(lonlat) < 0:  # the store keeps shells counter-clockwise
        ring = ring[::-1]
    return struct.pack("<BIII", 1, AREA, 1, len(ring)) + np.ascontiguousarray(ring, "<f8").tobytes()


def _turn(lonlat: NDArray[np.float64]) -> float:
    x, y = (lonlat - lonlat[0]).T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def box_of(blob: bytes | None) -> Box:
    """West, south, east, north of a geometry; NaN where it is missing or empty."""
    if not blob:
        return NOWHERE
    found: list[NDArray[np.float64]] = []
    _read(memoryview(blob), 0, found)
    points = np.concatenate(found) if found else np.zeros((0, 2))
    points = points[~np.isnan(points).any(1)]
    if len(points) == 0:
        return NOWHERE
    (west, south), (east, north) = points.min(0).tolist(), points.max(0).tolist()
    return west, south, east, north


def _read(data: memoryview, at: int, found: list[NDArray[np.float64]]) -> int:
    """Collect the vertices of the geometry at ``at``; returns where the next one begins."""
    order = "<" if data[at] else ">"
    (code,) = struct.unpack_from(f"{order}I", data, at + 1)
    at += 5
    if code & 0x20000000:
        at += 4  # a coordinate system's number
    wide = 2 + bool(code & 0x80000000) + bool(code & 0x40000000) + (0, 1, 1, 2)[code // 1000 % 4 if code < 4000 else 0]
    kind = code & 0xFFFF if code >= 4000 else code % 1000
    if kind == POINT:
        return _vertices(data, at, 1, wide, order, found)
    (count,) = struct.unpack_from(f"{order}I", data, at)
    at += 4
    if kind == LINE:
        return _vertices(data, at, count, wide, order, found)
    for _ in range(count):
        if kind == AREA:
            (size,) = struct.unpack_from(f"{order}I", data, at)
            at = _vertices(data, at + 4, size, wide, order, found)
        else:
            at = _read(data, at, found)
    return at


def _vertices(data: memoryview, at: int, count: int, wide: int, order: str, found: list[Any]) -> int:
    found.append(np.frombuffer(data, f"{order}f8", count * wide, at).reshape(count, wide)[:, :2].astype(float))
    return at + count * wide * 8
