"""Coordinates of a file: which columns hold them, which system they are in, and whether that can be true."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base import crs
from pm_desktop.base.label import Label

# column pairs by the system that their names tell, the best first
PAIRS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("EPSG:4490", ("lng_wgs84", "lon_wgs84", "经度_cgcs2000", "lng_cgcs2000", "lon_cgcs2000"), ("lat_wgs84", "纬度_cgcs2000", "lat_cgcs2000")),
    ("GCJ-02", ("lng_gcj02", "lon_gcj02", "经度_gcj02"), ("lat_gcj02", "纬度_gcj02")),
    ("BD-09", ("lng_bd09", "lon_bd09", "经度_bd09"), ("lat_bd09", "纬度_bd09")),
    ("", ("lon", "lng", "longitude", "经度", "x"), ("lat", "latitude", "纬度", "y")),
)
CANDIDATES = ("EPSG:4490", "GCJ-02", "BD-09")
SUSPECT_M = 8.0
BETTER = 0.4


@dataclass(slots=True)
class Placing:
    """How positions are read: columns (or the geometry), system, and why."""

    decided: str
    reason: Label
    lon: int | None = None
    lat: int | None = None
    candidates: list[dict[str, Any]] = field(default_factory=list)
    residual_m: float | None = None
    suspect: str | None = None

    def as_json(self, rows: int) -> dict[str, Any]:
        """The ``crs`` object of the command ``import``."""
        return {"decided": self.decided, "per_row": {self.decided: rows} if rows else {}, "residual_m": self.residual_m,
                "candidates": self.candidates, "reason": self.reason.zh, "reason_en": self.reason.en, "suspect": self.suspect}


def placing(columns: list[str], declared: str | None, wanted: str) -> Placing:
    """Decide from what a person said, else from the file's own words, else degrees of CGCS2000."""
    names = [c.strip().lower() for c in columns]
    pairs = [(system, names.index(lon), names.index(lat)) for system, lons, lats in PAIRS
             for lon in lons if lon in names for lat in lats if lat in names]
    if wanted.lower() != "auto":
        system = crs.normal_name(wanted)
        own = [p for p in pairs if p[0] == system] or [p for p in pairs if p[0] == ""] or pairs
        at = own[0][1:] if own else (None, None)
        return Placing(system, Label(f"按指定的 {system}", f"as told: {system}"), *at)
    if pairs:
        system, lon, lat = pairs[0]
        if system:
            return Placing(system, Label(f"由列名 {columns[lon]} 得知", f"from the column name {columns[lon]}"), lon, lat)
        return Placing(crs.STORED, Label("文件未注明，按 CGCS2000 经纬度读取", "not stated: read as CGCS2000 degrees"), lon, lat)
    if declared:
        system = crs.normal_name(declared)
        return Placing(system, Label(f"文件注明 {system}", f"the file states {system}"))
    return Placing(crs.STORED, Label("文件未注明，按 CGCS2000 经纬度读取", "not stated: read as CGCS2000 degrees"))


def judge(place: Placing, lon: NDArray[np.float64], lat: NDArray[np.float64], reference: NDArray[Any]) -> None:
    """Compare positions (already in CGCS2000) with the outlines they should lie in; notes candidates and suspicion.

    Each candidate says how far off the positions are if the file's own numbers are of that system.

    Parameters
    ----------
    lon, lat : float64, shape (n,)
    reference : ndarray of shapely geometries in degrees, shape (n,)
    """
    import shapely

    if len(lon) < 20:
        return
    local = shapely.transform(reference, crs.to_local)
    as_told = place.decided if place.decided in crs.SHIFTED else crs.STORED
    raw = crs.convert(lon, lat, crs.STORED, as_told)
    for system in CANDIDATES:
        x, y = crs.convert(*raw, system)
        points = shapely.points(crs.to_local(np.stack([x, y], axis=1)))
        # far outliers belong to other districts and say nothing of a shift
        gap = np.minimum(shapely.distance(points, local), 3_000.0)
        name = place.decided if system == as_told else system
        place.candidates.append({"crs": name, "residual_m": round(float(gap.mean()), 2), "inside_pct": round(100 * float((gap == 0).mean()), 2)})
    place.residual_m = next(c["residual_m"] for c in place.candidates if c["crs"] == place.decided)
    best = min(place.candidates, key=lambda c: c["residual_m"])
    if best["crs"] != place.decided and place.residual_m >= SUSPECT_M and best["residual_m"] <= BETTER * place.residual_m:
        _suspect(place, best["crs"])


def _suspect(place: Placing, likely: str) -> None:
    off = {frozenset(("GCJ-02",)): ("约470 m", "about 470 m"), frozenset(("BD-09",)): ("约1.1 km", "about 1.1 km"),
           frozenset(crs.SHIFTED): ("约0.7 km", "about 0.7 km")}[frozenset({likely, place.decided} & set(crs.SHIFTED))]
    place.suspect = likely
    place.reason = Label(f"{place.reason.zh}；整体偏移{off[0]}，疑似 {likely}，请用 --crs {likely} 重新导入",
                         f"{place.reason.en}; positions are off as a whole by {off[1]}, likely {likely}: import again with --crs {likely}")
