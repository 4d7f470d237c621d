"""Coordinate systems. The only file with an EPSG number.

Stored: CGCS2000 longitude/latitude (EPSG:4490; WGS84 is the same at map scale). Measured: a transverse Mercator on
121.7°E (≤ 14 ppm in Pudong). Chinese map services shift positions: GCJ-02 by about 470 m here, BD-09 by about 1.1 km;
both are undone by iteration to well under a millimetre. Axis order is always longitude, latitude.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.label import Label

STORED = "EPSG:4490"
SHIFTED = ("GCJ-02", "BD-09")
# CGCS2000 in 3° zones that meet in Pudong at 121.5°E: central meridian, false easting in metres (zones 40 and 41 write their number first)
GAUSS_KRUGER = {"EPSG:4549": (120.0, 500_000.0), "EPSG:4550": (123.0, 500_000.0), "EPSG:4528": (120.0, 40_500_000.0),
                "EPSG:4529": (123.0, 41_500_000.0)}
Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]
_LOCAL = "+proj=tmerc +lat_0=0 +lon_0=121.7 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs"
# constants of the published GCJ-02 transform (Krassowsky ellipsoid) and of BD-09
_A, _EE = 6378245.0, 0.00669342162296594323
_X_PI = math.pi * 3000.0 / 180.0


def in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Where the shift applies at all: the rectangle that map services use."""
    return np.asarray((lon > 72.004) & (lon < 137.8347) & (lat > 0.8293) & (lat < 55.8271))


def _shift(lon: Floats, lat: Floats) -> Pair:
    """Offset of GCJ-02 at a WGS84 position, degrees."""
    x, y = lon - 105.0, lat - 35.0
    wave = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    root = np.sqrt(np.abs(x))
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    d_lat += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    d_lat += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    d_lon += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    d_lon += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1 - _EE * np.sin(phi) ** 2
    d_lat = d_lat * 180.0 / ((_A * (1 - _EE)) / (magic * np.sqrt(magic)) * np.pi)
    d_lon = d_lon * 180.0 / (_A / np.sqrt(magic) * np.cos(phi) * np.pi)
    inside = in_china(lon, lat)
    return np.where(inside, d_lon, 0.0), np.where(inside, d_lat, 0.0)


def wgs84_to_gcj02(lon: Floats, lat: Floats) -> Pair:
    """WGS84 → GCJ-02, degrees; outside China unchanged."""
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    d_lon, d_lat = _shift(lon, lat)
    return lon + d_lon, lat + d_lat


def gcj02_to_bd09(lon: Floats, lat: Floats) -> Pair:
    """GCJ-02 → BD-09, degrees."""
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    z = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _X_PI)
    theta = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _X_PI)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def _undone(forward: Callable[[Floats, Floats], Pair], lon: Floats, lat: Floats) -> Pair:
    """Inverse by fixed-point iteration; converges far below a millimetre."""
    x, y = np.asarray(lon, float).copy(), np.asarray(lat, float).copy()
    target_x, target_y = x.copy(), y.copy()
    for _ in range(12):
        fx, fy = forward(x, y)
        x, y = x + target_x - fx, y + target_y - fy
    return x, y


def gcj02_to_wgs84(lon: Floats, lat: Floats) -> Pair:
    """GCJ-02 → WGS84, degrees."""
    return _undone(wgs84_to_gcj02, lon, lat)


def bd09_to_gcj02(lon: Floats, lat: Floats) -> Pair:
    """BD-09 → GCJ-02, degrees."""
    return _undone(gcj02_to_bd09, lon, lat)


def bd09_to_wgs84(lon: Floats, lat: Floats) -> Pair:
    """BD-09 → WGS84, degrees."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def normal_name(name: str) -> str:
    """Canonical name of a system: ``EPSG:n``, ``GCJ-02`` or ``BD-09``.

    Raises
    ------
    InputRefused
        ``crs_unknown``: no such system.
    """
    plain = re.sub(r"[\s_]", "", name).upper()
    if plain in ("GCJ-02", "GCJ02"):
        return "GCJ-02"
    if plain in ("BD-09", "BD09", "BD09LL"):
        return "BD-09"
    alias = {"WGS84": "EPSG:4326", "CGCS2000": STORED, "OGC:CRS84": "EPSG:4326", "CRS84": "EPSG:4326", "EPSG:4979": "EPSG:4326"}.get(plain, plain)
    if re.fullmatch(r"EPSG:\d{4,6}", alias):
        _projection(alias)
        return alias
    raise _unknown(name)


def _unknown(name: str) -> InputRefused:
    return InputRefused("crs_unknown", Label(f"没有坐标系“{name}”", f"there is no coordinate system {name!r}"),
                        Label("可写 GCJ-02、BD-09 或 EPSG:编号", "write GCJ-02, BD-09 or EPSG:number"))


@cache
def _projection(name: str) -> Any:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return CRS.from_user_input(name)
    except CRSError as error:
        raise _unknown(name) from error


@cache
def _transformer(source: str, target: str) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(_projection(source), _projection(target), always_xy=True)


def is_projected(name: str) -> bool:
    """Whether a system counts metres rather than degrees."""
    return name not in SHIFTED and bool(_projection(name).is_projected)


def convert(lon: Any, lat: Any, source: str, target: str = STORED) -> Pair:
    """Convert positions between any two systems.

    Parameters
    ----------
    lon, lat : array_like, shape (n,)
        Longitude/latitude in degrees, or easting/northing in metres for projected systems.
    source, target : str
        ``GCJ-02``, ``BD-09`` or ``EPSG:n``.
    """
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    source, target = normal_name(source), normal_name(target)
    if source == target:
        return x, y
    if source in SHIFTED:
        x, y = gcj02_to_wgs84(x, y) if source == "GCJ-02" else bd09_to_wgs84(x, y)
        source = STORED
    if target in SHIFTED:
        x, y = convert(x, y, source, STORED)
        x, y = wgs84_to_gcj02(x, y)
        return (x, y) if target == "GCJ-02" else gcj02_to_bd09(x, y)
    if _same_datum(source, target):
        return x, y
    return _transformed(source, target, x, y)


def _same_datum(source: str, target: str) -> bool:
    """WGS84 and CGCS2000 degrees are one at map scale."""
    return {source, target} <= {STORED, "EPSG:4326"}


def _transformed(source: str, target: str, x: Floats, y: Floats) -> Pair:
    out_x, out_y = _transformer(source, target).transform(x, y)
    return np.asarray(out_x, float), np.asarray(out_y, float)


def crs_convert(source: str, target: str, lon: float, lat: float) -> dict[str, float]:
    """One position, to 1e-9°: the object of the command ``crs convert``.

    Raises
    ------
    InputRefused
        A system is unknown, or the position has no place in one of them.
    """
    inside = np.isfinite([lon, lat]).all() and (is_projected(normal_name(source)) or (abs(lon) <= 180 and abs(lat) <= 90))
    x, y = convert(np.array([lon]), np.array([lat]), source, target) if inside else (np.array([np.nan]), np.array([np.nan]))
    if not np.isfinite([x[0], y[0]]).all():
        raise InputRefused("position_wrong", Label(f"位置 {lon}, {lat} 在 {source} 中无效", f"{lon}, {lat} is no position of {source}"),
                           Label("先写经度，后写纬度；投影坐标以米为单位", "longitude first, then latitude; projected systems count metres"))
    return {"lon": round(float(x[0]), 9), "lat": round(float(y[0]), 9)}


def to_local(lonlat: Floats) -> Floats:
    """Degrees, (n, 2), → metres of the measuring projection (TM on 121.7°E)."""
    out = _measuring().transform(lonlat[:, 0], lonlat[:, 1])
    return np.stack(out, axis=1)


def from_local(metres: Floats) -> Floats:
    """Metres of the measuring projection, (n, 2), → degrees."""
    out = _measuring().transform(metres[:, 0], metres[:, 1], direction="INVERSE")
    return np.stack(out, axis=1)


@cache
def _measuring() -> Any:
    from pyproj import CRS, Transformer

    return Transformer.from_crs(_projection(STORED), CRS.from_proj4(_LOCAL), always_xy=True)


def area_m2(geometry: Any) -> Any:
    """Area in ㎡ of geometries in degrees (an array or one), measured in the local projection."""
    import shapely

    return shapely.area(shapely.transform(geometry, to_local))


def length_m(geometry: Any) -> Any:
    """Length in metres of geometries in degrees (an array or one)."""
    import shapely

    return shapely.length(shapely.transform(geometry, to_local))
