"""Coordinates as people write them: degrees, degrees-minutes-seconds, either order, and what they are in GCJ-02."""

from __future__ import annotations

import re

_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_PAIR = re.compile(rf"^\s*({_NUMBER})\s*[,，;；\s]\s*({_NUMBER})\s*$")
_DEGREES = re.compile(r"""([NSEW北南东西]?[经纬]?)\s*(\d{1,3}(?:\.\d+)?)\s*[°度d]\s*(?:(\d{1,2}(?:\.\d+)?)\s*[′'’分m]\s*)?(?:(\d{1,2}(?:\.\d+)?)\s*[″"”秒s]\s*|''\s*)?([NSEW]?)""",
                      re.IGNORECASE)


def parse_place(text: str) -> tuple[float, float] | None:
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
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 85 else None
