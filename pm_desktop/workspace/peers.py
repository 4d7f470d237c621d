"""Figures beside their peers: complaints per 100,000 ㎡ of compounds and firms, and where one stands among them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pm_desktop.domain.records import Complaint, Compound, ServiceProject, Zone
from pm_desktop.storage.database import Database
from pm_desktop.storage.query import Between
from pm_desktop.workspace.page import Standing

MIN_PEERS = 5
RATE_UNIT = "件/10万㎡"


@dataclass(frozen=True, slots=True)
class Load:
    """Size and complaints of a firm or a compound: households and floor area that are known, complaints of 12 months."""

    compounds: tuple[str, ...]
    households: int | None
    area_m2: float | None
    complaints: int

    @property
    def rate(self) -> float | None:
        """Complaints per 100,000 ㎡; None without an area."""
        return self.complaints / (self.area_m2 / 100_000) if self.area_m2 else None


def standing(own: float | None, peers: Iterable[float]) -> Standing | None:
    """Where ``own`` stands; None if it is unknown or there are fewer than five peers."""
    values = sorted(peers)
    if own is None or len(values) < MIN_PEERS:
        return None
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return Standing(own, (values[0], low, middle, high, values[-1]), len(values), RATE_UNIT)


def complaints_by_compound(db: Database, now: datetime, where: Mapping[str, object] | None = None) -> dict[str, int]:
    """Valid complaints of twelve months by compound."""
    received = {"received_at": Between(now - timedelta(days=365), None), **(where or {})}
    every = dict(db.group_count(Complaint, ["compound_id"], received))
    void = dict(db.group_count(Complaint, ["compound_id"], {**received, "valid": False}))
    return {c: n - void.get(c, 0) for c, n in every.items() if c}


def loads_of_compounds(db: Database, now: datetime, where: Mapping[str, object] | None = None) -> dict[str, Load]:
    """Load of every compound."""
    counted = complaints_by_compound(db, now)
    return {i: Load((i,), homes, float(area) if area is not None else None, counted.get(i, 0))
            for i, homes, area in db.rows(Compound, ("id", "households", "floor_area_m2"), where)}


def loads_of_firms(db: Database, loads: Mapping[str, Load]) -> dict[str, Load]:
    """Load of every firm that has a project: the sum over the compounds of its zones."""
    members = dict(db.rows(Zone, ("id", "compound_ids")))
    found: dict[str, list[str]] = {}
    for firm, zone in db.rows(ServiceProject, ("firm_id", "zone_id")):
        if firm and zone in members:
            found.setdefault(firm, []).extend(members[zone])
    return {firm: total([loads[c] for c in dict.fromkeys(compounds) if c in loads]) for firm, compounds in found.items()}


def total(parts: list[Load]) -> Load:
    """Loads added up; what nobody reported stays unknown."""
    homes = [p.households for p in parts if p.households is not None]
    areas = [p.area_m2 for p in parts if p.area_m2 is not None]
    return Load(tuple(c for p in parts for c in p.compounds), sum(homes) if homes else None, sum(areas) if areas else None,
                sum(p.complaints for p in parts))
