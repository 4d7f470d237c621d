"""A small plan as files: five zones, a local road and a river, shared facilities; laid out in metres so that lengths can be worked by hand.

甲园 200 × 100 m and 乙园 100 × 100 m, 12 m apart with a road between; 丙楼 100 × 50 m, 2 m above 甲园; 丁里 20 × 20 m, 3 m right of 丙楼; 戊苑
100 × 100 m, 26 m right of 乙园 with a river between.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from pm_desktop.base import crs
from pm_desktop.base.jobs import JobContext
from pm_desktop.intake.importer import import_file
from pm_desktop.workspace.new import new_workspace

CORNER = (490_000.0, 3_470_000.0)
BOXES = {"甲园": (0, 0, 200, 100), "乙园": (212, 0, 312, 100), "丙楼": (0, 102, 100, 152), "丁里": (103, 110, 123, 130), "戊苑": (338, 0, 438, 100)}
ROAD, RIVER = (200, 0, 212, 100), (314, -50, 330, 150)
NAMES = tuple(BOXES)
FOUR = NAMES[:4]
FIRMS = {"一号物业": "91310115MA1EXA0012", "二号物业": "91310115MA1EXB002C"}
# area, households, fee, collection, firm, mode, (guard, cleaner, repair, manager, service)
FACTS: dict[str, tuple[Any, ...]] = {
    "甲园": (40_000, 500, 2, 0.9, "一号物业", "MARKET", (5, 2, 2, 1, 1)), "乙园": (30_000, 400, 1.9, 0.8, "一号物业", "MARKET", (4, 2, 1, 1, 1)),
    "丙楼": (9_000.5, 90, 2.2, 1, "二号物业", "MARKET", (2.5, 1, 1, 1, 0)), "丁里": (2_000, 30, 0.5, 0.5, "", "FALLBACK", (0, 0, 0, 0, 0)),
    "戊苑": (20_000, 300, 2, 0.9, "二号物业", "MARKET", (3, 1, 1, 1, 1))}


def placed(box: tuple[float, ...]) -> Any:
    """A rectangle given in metres as degrees."""
    west, south, east, north = box
    return shapely.transform(shapely.box(west + CORNER[0], south + CORNER[1], east + CORNER[0], north + CORNER[1]), crs.from_local)


def collection(path: Path, features: list[tuple[dict[str, Any], Any]]) -> Path:
    """A GeoJSON file."""
    rows = [{"type": "Feature", "properties": facts, "geometry": json.loads(shapely.to_geojson(shape))} for facts, shape in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False), "utf-8")
    return path


def zone_features(names: tuple[str, ...] = NAMES) -> list[tuple[dict[str, Any], Any]]:
    """The zones with what is known of them."""
    out = []
    for n, name in enumerate(names, 1):
        area, homes, fee, rate, firm, mode, staff = FACTS[name]
        facts = {"zone_code": f"PD-104-80{n:02d}", "name": name, "town_code": "310115104000", "juwei_code": "310115104002", "management_mode": mode,
                 "total_exclusive_area_m2": area, "owner_heads": homes, "fee_cny_m2_month": fee, "collection_rate": rate, "firm": firm, "firm_uscc": FIRMS.get(firm, "")}
        facts |= dict(zip(("guard", "cleaner", "repair", "manager", "service"), staff, strict=True))
        out.append((facts, placed(BOXES[name])))
    return out


def facilities_file(path: Path) -> Path:
    """Shared facilities by the names of the zones that use them."""
    path.write_text("facility_type,serving_zones,evidence\nENTRANCE,甲园;乙园,图\nROAD,甲园;丙楼,图\nGREEN,乙园,图\n", "utf-8-sig")
    return path


def merger_workspace(folder: Path, location: str | None = None) -> str:
    """A workspace with all of it, in the folder or where one says."""
    location = location or str(folder / "W")
    new_workspace(JobContext(), location)
    barriers = [({"name": "示例支路", "barrier_type": "LOCAL", "width_m": 12}, placed(ROAD)), ({"name": "示例河", "barrier_type": "RIVER", "width_m": 16}, placed(RIVER))]
    for file, kind in ((collection(folder / "zones.geojson", zone_features()), "zones"), (collection(folder / "barriers.geojson", barriers), "barriers"),
                       (facilities_file(folder / "facilities.csv"), "facilities")):
        report = import_file(JobContext(), location, str(file), kind, "auto", False)
        assert report["rejected"] == 0, report
    return location


def straight(shape: Any, step_m: float) -> np.ndarray[Any, Any]:
    """Middles of the pieces of a boundary cut at most ``step_m`` long, with their lengths: (x, y, length) rows."""
    rows = []
    for ring in shapely.get_rings(shape):
        xy = shapely.get_coordinates(ring)
        for (x0, y0), (x1, y1) in pairwise(xy):
            whole = float(np.hypot(x1 - x0, y1 - y0))
            count = max(1, int(np.ceil(whole / step_m)))
            t = (np.arange(count) + 0.5) / count
            rows.append(np.stack([x0 + (x1 - x0) * t, y0 + (y1 - y0) * t, np.full(count, whole / count)], 1))
    return np.concatenate(rows)
