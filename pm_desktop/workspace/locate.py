"""Which compound stands behind a feature of the map or behind a name."""

from __future__ import annotations

from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.records import Alert, Compound, Device, EmergencyTeam, Zone
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
