"""Checks as jobs: the audit chain, and the components that the store and files need."""

from __future__ import annotations

import sqlite3
from typing import Any

from pm_desktop.base.jobs import JobContext
from pm_desktop.storage.audit import AuditVerdict
from pm_desktop.storage.database import Database


def verify_audit(ctx: JobContext, location: str) -> AuditVerdict:
    """Verify the audit chain; a job."""
    with Database.open(location, read_only=True) as db:
        return db.verify_audit()


def self_test(ctx: JobContext) -> list[tuple[str, bool, str]]:
    """Components below the window: (name, whether it works, detail); a job."""
    import pyogrio
    import pyproj
    import shapely

    drivers: dict[str, Any] = pyogrio.list_drivers()
    out = [("SQLite", sqlite3.sqlite_version_info >= (3, 35), sqlite3.sqlite_version),
           ("GEOS", True, shapely.geos_version_string), ("PROJ", bool(pyproj.datadir.get_data_dir()), pyproj.proj_version_str)]
    out += [(f"GDAL {name}", name in drivers, drivers.get(name, "—")) for name in ("GPKG", "GeoJSON", "ESRI Shapefile")]
    return out
