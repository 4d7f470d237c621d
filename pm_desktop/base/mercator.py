"""World grid of the map: Web Mercator as 31-bit integers, for drawing only.

World coordinates are int32 pairs ``(x, y)``: x grows eastward, y southward, the world is ``2**31`` units wide,
so one unit is 1.9 cm at the equator and a 512 px tile of zoom z covers ``2**(31 - z)`` units.
Never measure with them: at Pudong's latitude areas come out 36 % too large (DESIGN §3.8).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORLD = 2**31
TILE_PX = 512
MAX_LATITUDE = 85.0511287798066


def to_world(lon: NDArray[np.float64] | float, lat: NDArray[np.float64] | float) -> NDArray[np.int32]:
    """Longitude/latitude in degrees → world int32 coordinates.

    Parameters
    ----------
    lon, lat : float or ndarray, shape (n,)
        Degrees, CGCS2000 (= WGS84 at map scale).

    Returns
    -------
    ndarray of int32, shape (n, 2) (or (2,) for scalars)
    """
    lat_c = np.clip(lat, -MAX_LATITUDE, MAX_LATITUDE)
    x = (np.asarray(lon, dtype=np.float64) + 180.0) / 360.0
    s = np.sin(np.radians(lat_c))
    y = 0.5 - np.log((1 + s) / (1 - s)) / (4 * math.pi)
    out = np.stack([x, y], axis=-1) * WORLD
    result: NDArray[np.int32] = np.clip(np.rint(out), 0, WORLD - 1).astype(np.int32)
    return result


def to_lonlat(xy: NDArray[Any]) -> NDArray[np.float64]:
    """World coordinates, shape (..., 2), → longitude/latitude degrees, same shape."""
    u = np.asarray(xy, dtype=np.float64) / WORLD
    lon = u[..., 0] * 360.0 - 180.0
    lat = np.degrees(np.arctan(np.sinh(math.pi * (1 - 2 * u[..., 1]))))
    return np.stack([lon, lat], axis=-1)


def world_of(lon: float, lat: float) -> tuple[float, float]:
    """World coordinates of one position, not rounded: what the map's centre is reckoned with many times a frame."""
    s = math.sin(math.radians(min(max(lat, -MAX_LATITUDE), MAX_LATITUDE)))
    return (lon + 180.0) / 360.0 * WORLD, (0.5 - math.log((1 + s) / (1 - s)) / (4 * math.pi)) * WORLD


def place_of(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of one pair of world coordinates."""
    return x / WORLD * 360.0 - 180.0, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / WORLD))))


def units_per_px(zoom: float) -> float:
    """World units covered by one logical pixel at ``zoom`` (512 px tiles)."""
    return float(2.0 ** (31 - zoom) / TILE_PX)


def zoom_of(unit: float) -> float:
    """Zoom at which a logical pixel covers ``unit`` world units."""
    return math.log2(WORLD / TILE_PX / unit)


def metres_per_unit(lat: float) -> float:
    """Ground metres of one world unit at latitude ``lat`` degrees (scale bars and radii only)."""
    return 40075016.685578488 * math.cos(math.radians(lat)) / WORLD


# Metres of a degree of longitude and latitude at 31.1° N: for sorting by distance in a list, never for a measure.
M_PER_DEGREE = (95_430.0, 110_880.0)
