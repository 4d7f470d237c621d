"""Make the sample: draw the district, build its street pack, fill the registers; one transaction."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.records import (
    Alert,
    Barrier,
    Building,
    Committee,
    Complaint,
    Compound,
    Contract,
    Device,
    EmergencyTeam,
    Firm,
    ResidentialCommittee,
    SensorEvent,
    ServiceProject,
    SharedFacility,
    Town,
    WorkOrder,
    Zone,
)
from pm_desktop.sample import events, registers
from pm_desktop.sample.district import DEFAULT_SEED, District, plan_district
from pm_desktop.sample.geography import to_lonlat, words
from pm_desktop.sample.neighbours import neighbour_rows, with_neighbours
from pm_desktop.sample.streetmap import street_source
from pm_desktop.storage.database import Database
from pm_desktop.streets.pack import build_pack

ORDERS = 30_000
TOWN_COLUMNS = ("id", "code", "name", "kind", "juwei_count", "cunwei_count", "lon", "lat", "geom")
JUWEI_COLUMNS = ("id", "code", "name", "town_code")
TEAM_COLUMNS = ("id", "code", "name", "level", "town_code", "zone_id", "hotline", "lon", "lat")
BARRIER_COLUMNS = ("id", "code", "name", "barrier_type", "width_m", "geom")
FACILITY_COLUMNS = ("id", "code", "facility_type", "serving_zone_ids", "evidence", "lon", "lat")


class _Part(JobContext):
    """The share ``low``–``high`` of another job's progress."""

    def __init__(self, ctx: JobContext, low: float, high: float) -> None:
        self._ctx, self._low, self._high = ctx, low, high

    def progress(self, fraction: float, note: str = "") -> None:
        self._ctx.progress(self._low + fraction * (self._high - self._low), note)

    def check_cancelled(self) -> None:
        self._ctx.check_cancelled()


def make_sample(ctx: JobContext, db: Database, street_pack: Path, *, scale: float = 1.0, seed: int = DEFAULT_SEED,
                complaints: int | None = None, neighbours: int | None = None) -> dict[str, int]:
    """Fill ``db`` with the sample district and write its street map at ``street_pack``.

    From ``scale`` 2 on there are so many districts less one ``neighbours``.

    Returns
    -------
    dict
        Rows stored, by kind.
    """
    ctx.progress(0.01, "sample.plan")
    district = plan_district(scale, seed)
    ctx.progress(0.08, "sample.streets")
    count = max(0, round(scale) - 1) if neighbours is None else neighbours
    source = with_neighbours(street_source(district), [town.name for town in district.towns], count)
    pack = build_pack(_Part(ctx, 0.1, 0.4), source, street_pack)
    counts = {"road_segments": pack["roads"], "street_buildings": pack["buildings"]}
    return counts | fill(_Part(ctx, 0.4, 1.0), db, district, complaints=complaints, neighbours=count)


def fill(ctx: JobContext, db: Database, district: District, *, complaints: int | None = None, neighbours: int = 0) -> dict[str, int]:
    """Fill the registers in one transaction; returns the rows by kind."""
    rng = np.random.default_rng(district.seed + 2)
    facts = registers.draw_facts(district, rng)
    share = min(district.scale, 1.0)
    total = round(complaints / (1 + neighbours)) if complaints is not None else round(events.YEAR_COMPLAINTS * share)
    counts: dict[str, int] = {}
    with db.transaction("示例生成") as tx:
        def put(name: str, record: type[Any], columns: tuple[str, ...], rows: Any, done: float) -> None:
            if neighbours and name != "firms":
                own = list(rows)
                rows = chain(own, *(neighbour_rows(name, columns, own, k) for k in range(1, neighbours + 1)))
            counts[name] = tx.bulk_insert(record, columns, rows)
            ctx.progress(done, f"sample.{name}")

        put("towns", Town, TOWN_COLUMNS, registers.towns(district), 0.02)
        put("juwei", ResidentialCommittee, JUWEI_COLUMNS, registers.committees_of_residents(district), 0.03)
        roads = _nearest_roads(district, rng)
        put("compounds", Compound, registers.COMPOUND_COLUMNS, registers.compounds(district, facts, roads, rng), 0.08)
        put("buildings", Building, registers.BUILDING_COLUMNS, registers.buildings(district, facts, rng), 0.3)
        put("firms", Firm, registers.FIRM_COLUMNS, registers.firms(rng), 0.31)
        put("zones", Zone, registers.ZONE_COLUMNS, registers.zones(district, facts, rng), 0.35)
        projects, contracts = registers.projects_and_contracts(district, facts, rng)
        put("projects", ServiceProject, registers.PROJECT_COLUMNS, projects, 0.38)
        put("contracts", Contract, registers.CONTRACT_COLUMNS, contracts, 0.4)
        put("committees", Committee, registers.COMMITTEE_COLUMNS, registers.committees(facts, rng), 0.42)
        put("teams", EmergencyTeam, TEAM_COLUMNS, registers.teams(district, facts, rng), 0.43)
        put("barriers", Barrier, BARRIER_COLUMNS, registers.barriers(district), 0.45)
        put("facilities", SharedFacility, FACILITY_COLUMNS, registers.facilities(facts, rng), 0.46)
        device_rows = events.devices(district, facts, rng)
        put("devices", Device, events.DEVICE_COLUMNS, device_rows, 0.48)
        put("readings", SensorEvent, events.READING_COLUMNS, events.readings(device_rows, rng), 0.55)
        put("alerts", Alert, events.ALERT_COLUMNS, events.alerts(device_rows, rng), 0.56)
        put("orders", WorkOrder, events.ORDER_COLUMNS, events.orders(facts, round(ORDERS * share), rng), 0.65)
        put("complaints", Complaint, events.COMPLAINT_COLUMNS, events.complaints(district, facts, total, rng), 0.98)
        tx.audit("sample", "Workspace", "*", None, {"seed": district.seed, "scale": district.scale, **counts})
    return counts


def _nearest_roads(district: District, rng: np.random.Generator) -> list[str]:
    """Street name for the address of each compound."""
    first = words()["road_first"].split()
    cells = np.floor(to_lonlat(district.blocks.centre[district.land.compound_block]) * 160).astype(np.int64)
    picks = (cells[:, 0] * 7919 + cells[:, 1] * 104_729) % len(first)
    return [first[int(k)] + "路" for k in picks]
