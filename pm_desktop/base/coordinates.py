"""Positions as people read and write them: the systems of the status bar, and what a typed pair of numbers may mean.

Everything here is reckoned in closed form, so that it can follow the cursor. The district's own local system of the survey
office is not among them: its parameters are not published.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from pm_desktop.base import crs
from pm_desktop.base.gausskruger import project, unproject
from pm_desktop.base.label import Label

AROUND_SHANGHAI = (120.5, 30.2, 122.6, 32.2)  # where a pair of metres may lie: the wrong zone is 290 km off
HIGHEST_LATITUDE = 85.0
_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_PAIR = re.compile(rf"^\s*({_NUMBER})\s*[,，;；\s]\s*({_NUMBER})\s*$")
_METRES = re.compile(r"^\s*[东北ENXYeexy]?\s*[=:：]?\s*(\d{6,8}(?:\.\d+)?)\s*m?\s*[,，;；\s]\s*[东北ENXYenxy]?\s*[=:：]?\s*(\d{6,8}(?:\.\d+)?)\s*m?\s*$")
_DEGREES = re.compile(r"""([NSEW北南东西]?[经纬]?)\s*(\d{1,3}(?:\.\d+)?)\s*[°度d]\s*(?:(\d{1,2}(?:\.\d+)?)\s*[′'’分m]\s*)?(?:(\d{1,2}(?:\.\d+)?)\s*[″"”秒s]\s*|''\s*)?([NSEW]?)""",
                      re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class System:
    """A way to write positions: id as it is remembered, whole name, short name for the status bar."""

    id: str
    label: Label
    short: str


def _zone(name: str) -> System:
    meridian, false_m = crs.GAUSS_KRUGER[name]
    zone, code = int(false_m // 1_000_000), name.replace(":", " ")
    what = Label(f"{zone} 带（东坐标带带号）" if zone else f"中央经线 {meridian:.0f}°", f"zone {zone} (number before the easting)" if zone else f"central meridian {meridian:.0f}°")
    return System(name, Label(f"CGCS2000 高斯-克吕格 3° 带，{what.zh} · {code}", f"CGCS2000 Gauss-Krüger 3°, {what.en} · {code}"),
                  f"CGCS2000 3° {f'Z{zone}' if zone else f'CM{meridian:.0f}'}")


SYSTEMS: tuple[System, ...] = (
    System("CGCS2000", Label("CGCS2000 / WGS84 经纬度，十进制度", "CGCS2000 / WGS84 longitude, latitude, decimal degrees"), "CGCS2000"),
    System("DMS", Label("CGCS2000 / WGS84 经纬度，度分秒", "CGCS2000 / WGS84 longitude, latitude, degrees minutes seconds"), "CGCS2000"),
    *map(_zone, crs.GAUSS_KRUGER),
    System("GCJ-02", Label("GCJ-02（高德、腾讯）", "GCJ-02 (Amap, Tencent)"), "GCJ-02"),
    System("BD-09", Label("BD-09（百度）", "BD-09 (Baidu)"), "BD-09"),
)
DEFAULT = SYSTEMS[0]


def system_of(name: str) -> System:
    """The system with this id; the first one where there is none."""
    return next((s for s in SYSTEMS if s.id == name), DEFAULT)


def numbers(lon: float, lat: float, system: System) -> tuple[float, float]:
    """Degrees of CGCS2000 as the system has them: degrees, or metres east and north."""
    if system.id in crs.GAUSS_KRUGER:
        meridian, false_m = crs.GAUSS_KRUGER[system.id]
        east, north = project(lon, lat, meridian)
        return east + false_m, north
    if system.id in crs.SHIFTED:
        x, y = crs.wgs84_to_gcj02(np.asarray(lon), np.asarray(lat))
        x, y = crs.gcj02_to_bd09(x, y) if system.id == "BD-09" else (x, y)
        return float(x), float(y)
    return lon, lat


def degrees_of(x: float, y: float, system: System) -> tuple[float, float]:
    """The other way round."""
    if system.id in crs.GAUSS_KRUGER:
        meridian, false_m = crs.GAUSS_KRUGER[system.id]
        return unproject(x - false_m, y, meridian)
    if system.id in crs.SHIFTED:
        back = crs.bd09_to_wgs84 if system.id == "BD-09" else crs.gcj02_to_wgs84
        lon, lat = back(np.asarray(x), np.asarray(y))
        return float(lon), float(lat)
    return x, y


def written(lon: float, lat: float, system: System, lang: str = "zh", *, whole: bool = False) -> str:
    """A position in words: as the status bar shows it, or ``whole``, to about a decimetre or better, as it is copied."""
    x, y = numbers(lon, lat, system)
    if system.id == "DMS":
        return f"{_sexagesimal(x, 'EW', 3 if whole else 1)} {_sexagesimal(y, 'NS', 3 if whole else 1)}"
    if system.id in crs.GAUSS_KRUGER:
        if whole:
            return f"{x:.3f}, {y:.3f}"
        return f"东 {x:.1f}  北 {y:.1f}" if lang == "zh" else f"E {x:.1f}  N {y:.1f}"
    digits = 7 if whole else 5
    return f"{x:.{digits}f}, {y:.{digits}f}"


def _sexagesimal(value: float, sides: str, digits: int) -> str:
    """Degrees, minutes and seconds; what rounds to 60″ is carried over."""
    total = round(abs(value) * 3600, digits)
    minutes, seconds = divmod(total, 60)
    degrees, minutes = divmod(int(minutes), 60)
    return f"{degrees}°{minutes:02d}′{seconds:0{digits + 3}.{digits}f}″{sides[value < 0]}"


def read(text: str, chosen: System = DEFAULT) -> list[tuple[System, float, float]]:
    """What a typed pair of coordinates may mean, in degrees of CGCS2000, the chosen system first; empty where it is no pair.

    Degrees are read as CGCS2000 and, within China, as the two shifted systems; metres by the zone that they name, else by
    those zones in which they lie near Shanghai.
    """
    if (place := parse_degrees(text)) is not None:
        inside = bool(crs.in_china(np.asarray(place[0]), np.asarray(place[1])))
        plain = chosen if chosen.id == "DMS" else DEFAULT
        found = [plain, *(map(system_of, crs.SHIFTED) if inside else ())]
        return [(s, *degrees_of(*place, s)) for s in sorted(found, key=lambda s: s != chosen)]
    if match := _METRES.match(text):
        return _in_zones(float(match[1]), float(match[2]), chosen)
    return []


def _in_zones(first: float, second: float, chosen: System) -> list[tuple[System, float, float]]:
    """Metres: eight digits before the point are an easting with its zone's number, else the shorter number is the easting."""
    low, high = sorted((first, second))
    numbered = high >= 10_000_000
    east, north = (high, low) if numbered else (low, high)
    zones = [system_of(name) for name, (_, false_m) in crs.GAUSS_KRUGER.items()
             if (false_m > 1_000_000) == numbered and (not numbered or false_m // 1_000_000 == east // 1_000_000)]
    found = [(s, *degrees_of(east, north, s)) for s in sorted(zones, key=lambda s: s != chosen)]
    west, south, eastmost, northmost = AROUND_SHANGHAI
    near = [f for f in found if west <= f[1] <= eastmost and south <= f[2] <= northmost]
    return near or [f for f in found if math.isfinite(f[1]) and abs(f[2]) <= HIGHEST_LATITUDE]


def parse_degrees(text: str) -> tuple[float, float] | None:
    """(lon, lat) that ``text`` names, or None; the order is told from letters or, in China, from the size."""
    if match := _PAIR.match(text):
        return _ordered(float(match[1]), float(match[2]), None)
    found = list(_DEGREES.finditer(text.strip()))
    left = re.sub(r"[\s,，;；]", "", _DEGREES.sub("", text))
    if len(found) != 2 or left:
        return None
    values, axes = zip(*(_degrees(m) for m in found), strict=True)
    known = axes if None not in axes and axes[0] != axes[1] else None
    return _ordered(values[0], values[1], None if known is None else known[0] == "lon")


def _degrees(match: re.Match[str]) -> tuple[float, str | None]:
    value = float(match[2]) + float(match[3] or 0) / 60 + float(match[4] or 0) / 3600
    side = (match[1] or match[5] or "").upper()[:1]
    axis = "lon" if side in ("E", "W", "东", "西") and side else "lat" if side in ("N", "S", "北", "南") and side else None
    return (-value if side in ("S", "W", "南", "西") and side else value), axis


def _ordered(first: float, second: float, lon_first: bool | None) -> tuple[float, float] | None:
    """Longitude first where it can be; a number over 90 cannot be a latitude."""
    if lon_first is None:
        lon_first = not (abs(first) <= 90 < abs(second))
    lon, lat = (first, second) if lon_first else (second, first)
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= HIGHEST_LATITUDE else None
