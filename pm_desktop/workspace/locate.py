"""Which compound stands behind a feature of the map or behind a name."""

from __future__ import annotations

from typing import Any

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.domain.records import Alert, Compound, Device, EmergencyTeam, Firm, ServiceProject, Town, Zone
from pm_desktop.layers.figures import largest_firms
from pm_desktop.storage.database import Database


def compound_of(ctx: JobContext, location: str, layer: str, identifier: str) -> str | None:
    """Id of the compound of a zone, alert, device or team; None if it has none. A job."""
    with Database.open(location, read_only=True) as db:
        if layer == "devices":
            device = db.get(Device, identifier)
            return device.compound_id if device else None
        zone = identifier
        if layer == "alerts":
            alert = db.get(Alert, identifier)
            zone = (alert.zone_id if alert else None) or ""
        elif layer == "teams":
            team = db.get(EmergencyTeam, identifier)
            zone = (team.zone_id if team else None) or ""
        found = db.get(Zone, zone) if zone else None
        return found.compound_ids[0] if found and found.compound_ids else None


def find_compound(ctx: JobContext, location: str, wanted: str) -> tuple[str, str, float | None, float | None] | None:
    """(id, name, lon, lat) of the compound with this id, code or name. A job."""
    columns = ("id", "name", "lon", "lat")
    with Database.open(location, read_only=True) as db:
        for field in ("id", "code", "name"):
            rows = db.rows(Compound, columns, {field: wanted}, order_by=("code",), limit=1)
            if rows:
                return rows[0]  # type: ignore[return-value]
    return None


def named_compound(ctx: JobContext, location: str, wanted: str) -> str:
    """Id of the compound with this id, code or name; `InputRefused` if there is none."""
    found = find_compound(ctx, location, wanted)
    if found is None:
        raise InputRefused("compound_missing", Label(f"没有小区“{wanted}”", f"there is no compound {wanted!r}"),
                           Label("请核对编码或名称", "check its code or name"))
    return found[0]


def firm_of(ctx: JobContext, location: str, identifier: str) -> tuple[str, str] | None:
    """(id, name) of the firm that serves a zone, or of the largest in a town; None if there is none. A job."""
    with Database.open(location, read_only=True) as db:
        firm = next((r[0] for r in db.rows(ServiceProject, ("firm_id",), {"zone_id": identifier}) if r[0]), None)
        if firm is None and db.get(Town, identifier) is not None:
            firm = largest_firms(db, db.as_of).get(identifier, (None,))[0]
        found = db.get(Firm, firm) if firm else None
        return (found.id, found.name) if found else None


def outlines(ctx: JobContext, location: str, compounds: tuple[str, ...]) -> list[Any]:
    """Outer rings (world coordinates) of compounds; a small diamond where only a position is known. A job."""
    import numpy as np
    import shapely

    from pm_desktop.base.mercator import to_world

    with Database.open(location, read_only=True) as db:
        rows = db.rows(Compound, ("geom", "lon", "lat"), {"id": list(compounds)}) if compounds else []
    out: list[Any] = []
    for geom, lon, lat in rows:
        shape = shapely.from_wkb(geom) if geom else None
        parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and not p.is_empty] if shape is not None else []
        if not parts and lon is not None:
            parts = [shapely.Point(lon, lat).buffer(0.0004, quad_segs=1)]
        out += [np.asarray(to_world(*np.asarray(p.exterior.coords)[:, :2].T)) for p in parts]
    return out


def street_lines(ctx: JobContext, pack_path: str, name: int) -> list[Any]:
    """Lines (world coordinates) of every piece of the street with name ``name`` of a pack. A job."""
    import numpy as np

    from pm_desktop.streets.pack import open_pack

    pack = open_pack(pack_path)
    level = pack.levels[-1]
    names, feat, part, xy = (pack.array(level, "roadname", key) for key in ("name", "feat", "part", "xy"))
    found = np.flatnonzero(np.asarray(names) == name)
    return [np.array(xy[int(part[p]):int(part[p + 1])]) for f in found.tolist() for p in range(int(feat[f]), int(feat[f + 1]))]
