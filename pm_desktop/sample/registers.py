"""Registers of the sample district: towns, committees, compounds, buildings, zones, firms, contracts, teams, barriers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pm_desktop.domain.enums import (
    BarrierType,
    Billing,
    CommitteeStatus,
    ContractKind,
    FacilityType,
    HeightType,
    HousingType,
    ManagementMode,
    PartyOrg,
    TeamLevel,
)
from pm_desktop.sample.district import District
from pm_desktop.sample.geography import to_lonlat, words
from pm_desktop.sample.landuse import HEIGHTS, HOUSING, outline
from pm_desktop.sample.lattice import Floats

TODAY = date(2026, 10, 31)
FIRMS = 300
Rows = Iterator[tuple[Any, ...]]
_FLOOR_M2_PER_UNIT = {"MULTI": 72, "MID_RISE": 96, "HIGH_RISE": 104, "VILLA": 240}
# 元/㎡·月 by housing and height: the Pudong averages of DOMAIN §2.4 as centres
_FEE = {("COMMERCIAL", "MULTI"): 1.30, ("COMMERCIAL", "HIGH"): 2.08, ("OTHER", "MULTI"): 1.18, ("OTHER", "HIGH"): 1.51}


def key(kind: str, number: int) -> str:
    """Deterministic identifier of the ``number``-th record of a kind."""
    return hashlib.blake2b(f"sample {kind} {number}".encode(), digest_size=16).hexdigest()


def keys(kind: str, n: int) -> list[str]:
    """Identifiers of the first ``n`` records of a kind."""
    return [key(kind, i) for i in range(n)]


def money(value: float, places: str = "0.01") -> Decimal:
    """Exact amount from a drawn number."""
    return Decimal(repr(float(value))).quantize(Decimal(places))


@dataclass(slots=True)
class Facts:
    """Numbers drawn once and used by several registers; index = compound or zone."""

    ids: list[str]
    names: list[str]
    lot: Floats
    centre: Floats  # degrees
    town: NDArray[Any]
    juwei: list[str]
    households: NDArray[Any]
    area: NDArray[Any]
    house_units: NDArray[Any]
    house_area: NDArray[Any]
    zone_of: NDArray[np.int64]
    zones: list[list[int]]
    zone_ids: list[str]
    mode: list[ManagementMode]
    firm: NDArray[np.int64]


def draw_facts(district: District, rng: np.random.Generator) -> Facts:
    """Draw what the registers share."""
    land, n = district.land, len(district.land.compound_block)
    lot = outline(district.blocks, land.compound_block, land.lots)
    town = district.compound_town
    units, area = _house_sizes(district, rng)
    own = district.houses.compound >= 0
    households = np.bincount(district.houses.compound[own], units[own], n).astype(np.int64)
    total = np.bincount(district.houses.compound[own], area[own], n)
    zone_of, zones = _zones(lot, town, rng)
    modes = [_mode(land.housing[m[0]], rng) for m in zones]
    firm = _firms(zones, town, modes, rng)
    centre = to_lonlat(lot.mean(1))
    juwei = _juwei(district, lot.mean(1), town)
    return Facts(keys("compound", n), _compound_names(district, rng), lot, centre, town, juwei, households, total, units,
                 area, zone_of, zones, keys("zone", len(zones)), modes, firm)


def _house_sizes(district: District, rng: np.random.Generator) -> tuple[NDArray[np.int64], Floats]:
    houses = district.houses
    quad = houses.corner
    side_a = np.hypot(*(quad[:, 1] - quad[:, 0]).T)
    side_b = np.hypot(*(quad[:, 3] - quad[:, 0]).T)
    kind = np.array([_FLOOR_M2_PER_UNIT[h.value] for h in HEIGHTS])[district.land.height][np.maximum(houses.compound, 0)]
    area = np.round(side_a * side_b * houses.floors * 0.78, 2)
    return np.maximum(1, np.rint(area / kind)).astype(np.int64), area


def _compound_names(district: District, rng: np.random.Generator) -> list[str]:
    stock = words()
    first, second = stock["compound_first"].split(), stock["compound_second"].split()
    used: set[str] = set()
    names = []
    for housing, height in zip(district.land.housing, district.land.height, strict=True):
        kind = "VILLA" if HEIGHTS[height] is HeightType.VILLA else HOUSING[housing].value
        endings = stock["compound_last"].get(kind, stock["compound_last"]["OTHER"])
        while True:
            name = first[int(rng.integers(len(first)))] + second[int(rng.integers(len(second)))]
            name += endings[int(rng.integers(len(endings)))]
            if name not in used or rng.random() < 0.02:  # a few namesakes, as in life
                break
        used.add(name)
        names.append(name)
    return names


def _juwei(district: District, centre: Floats, town: NDArray[np.int64]) -> list[str]:
    """Committee of each compound: compounds of a town dealt out from west to east, so that neighbours share one."""
    codes = [""] * len(town)
    for k, seed in enumerate(district.towns):
        members = np.flatnonzero(town == k)
        order = members[np.lexsort((centre[members, 1], np.round(centre[members, 0] / 700)))]
        for position, member in enumerate(order.tolist()):
            number = position * seed.juwei // max(len(order), 1) + 1
            codes[member] = f"{seed.code[:9]}{number:03d}"
    return codes


def _zones(lot: Floats, town: NDArray[np.int64], rng: np.random.Generator) -> tuple[NDArray[np.int64], list[list[int]]]:
    """Zones: most of one compound, about every ninth of two or three neighbours of the same town."""
    centre = lot.mean(1)
    tree = shapely.STRtree(shapely.points(centre))
    taken = np.full(len(lot), -1)
    zones: list[list[int]] = []
    for i in range(len(lot)):
        if taken[i] >= 0:
            continue
        members = [i]
        if rng.random() < 0.11:
            near = tree.query(shapely.Point(centre[i]).buffer(330))
            free = [int(j) for j in sorted(near) if j != i and taken[j] < 0 and town[j] == town[i]]
            members += free[:int(rng.integers(1, 3))]
        for member in members:
            taken[member] = len(zones)
        zones.append(members)
    return taken, zones


def _mode(housing: int, rng: np.random.Generator) -> ManagementMode:
    old = HOUSING[housing] in (HousingType.SELF_MANAGED, HousingType.OLD_LANE, HousingType.DIRECT_PUBLIC)
    weights = [0.35, 0.38, 0.06, 0.09, 0.12] if old else [0.925, 0.04, 0.015, 0.012, 0.008]
    return list(ManagementMode)[int(rng.choice(5, p=weights))]


def _firms(zones: list[list[int]], town: NDArray[np.int64], modes: list[ManagementMode],
           rng: np.random.Generator) -> NDArray[np.int64]:
    """Firm of each zone: shares fall off as 1/rank, and each firm is stronger in some towns; -1 without a firm."""
    share = 1 / np.arange(1, FIRMS + 1) ** 0.85
    home = rng.integers(0, 36, (FIRMS, 3))
    out = np.full(len(zones), -1)
    for z, members in enumerate(zones):
        if modes[z] in (ManagementMode.SELF, ManagementMode.NONE) or (modes[z] is ManagementMode.FALLBACK and rng.random() < 0.6):
            continue
        weight = share * np.where((home == town[members[0]]).any(1), 6.0, 1.0)
        out[z] = int(rng.choice(FIRMS, p=weight / weight.sum()))
    return out


def towns(district: District) -> Rows:
    """Rows of `Town`: code, id, name, kind, counts, label point, outline."""
    for k, (seed, shape) in enumerate(zip(district.towns, district.town_outline, strict=True)):
        yield (key("town", k), seed.code, seed.name, seed.kind, seed.juwei, seed.cunwei, seed.lon, seed.lat,
               shapely.to_wkb(_degrees(shape)))


def _degrees(geometry: Any) -> Any:
    return shapely.transform(geometry, to_lonlat)


def committees_of_residents(district: District) -> Rows:
    """Rows of `ResidentialCommittee`: id, code, name, town_code."""
    count = 0
    for seed in district.towns:
        stem = seed.name.removesuffix("街道").removesuffix("镇")
        for n in range(1, seed.juwei + seed.cunwei + 1):
            name = f"{stem}第{n}居委会（示例）" if n <= seed.juwei else f"{stem}第{n - seed.juwei}村委会（示例）"
            number = n if n <= seed.juwei else 200 + n - seed.juwei
            yield key("juwei", count), f"{seed.code[:9]}{number:03d}", name, seed.code
            count += 1


COMPOUND_COLUMNS = ("id", "code", "name", "aliases", "address", "town_code", "juwei_code", "built_year", "housing_type",
                    "height_type", "is_enclosed", "is_old", "households", "buildings", "lifts", "gates", "floor_area_m2",
                    "parking", "ebike_ports", "lon", "lat", "geom")


def compounds(district: District, facts: Facts, road_of: list[str], rng: np.random.Generator) -> Rows:
    """Rows of `Compound` in the order of `COMPOUND_COLUMNS`; some facts are left unknown."""
    land = district.land
    geom = shapely.to_wkb(shapely.polygons(to_lonlat(facts.lot)))
    houses = np.bincount(district.houses.compound[district.houses.compound >= 0], minlength=len(facts.ids))
    per_town = dict.fromkeys(range(36), 0)
    for i, identifier in enumerate(facts.ids):
        town = int(facts.town[i])
        per_town[town] += 1
        seed = district.towns[town]
        housing, height, year = HOUSING[land.housing[i]], HEIGHTS[land.height[i]], int(land.year[i])
        known = rng.random(5) > 0.07
        tall = height in (HeightType.MID_RISE, HeightType.HIGH_RISE)
        alias = (facts.names[i][:2] + "小区",) if rng.random() < 0.12 else None
        yield (identifier, f"XQ-{seed.code[6:9]}-{per_town[town]:04d}", facts.names[i], alias,
               f"{road_of[i]}{int(rng.integers(8, 2400))}弄", seed.code, facts.juwei[i], year if known[0] else None,
               housing.value, height.value, bool(rng.random() < 0.85), year <= 2000, int(facts.households[i]),
               int(houses[i]), int(houses[i] * 2) if tall else 0, int(rng.integers(1, 4)) if known[1] else None,
               money(facts.area[i]), int(facts.households[i] * rng.uniform(0.3, 1.1)) if known[2] else None,
               int(facts.households[i] * 0.2) if known[3] else None, float(facts.centre[i, 0]), float(facts.centre[i, 1]),
               geom[i])


BUILDING_COLUMNS = ("id", "code", "compound_id", "no", "floors", "units", "exclusive_area_m2", "built_year", "has_lift",
                    "repair_fund_balance_cny", "repair_fund_first_cny", "lon", "lat", "geom")


def buildings(district: District, facts: Facts, rng: np.random.Generator) -> Rows:
    """Rows of `Building` (those of compounds) in the order of `BUILDING_COLUMNS`."""
    own = np.flatnonzero(district.houses.compound >= 0)
    compound = district.houses.compound[own]
    corner = to_lonlat(district.houses.corner[own])
    geom = shapely.to_wkb(shapely.polygons(corner))
    centre = corner.mean(1)
    first = np.round(facts.house_area[own] * rng.uniform(45, 95, len(own)), 2)
    left = np.round(first * np.clip(rng.normal(0.72, 0.28, len(own)), 0.03, 1.2), 2)
    number = np.arange(len(own)) - np.searchsorted(compound, compound) + 1
    for i, c in enumerate(compound.tolist()):
        has_fund = HOUSING[district.land.housing[c]] not in (HousingType.DIRECT_PUBLIC, HousingType.RENTAL)
        floors = int(district.houses.floors[own[i]])
        yield (key("building", i), f"{facts.ids[c][:8]}-{number[i]}", facts.ids[c], f"{number[i]}号", floors,
               int(facts.house_units[own[i]]), money(facts.house_area[own[i]]), int(district.land.year[c]), floors > 6,
               money(left[i]) if has_fund else None, money(first[i]) if has_fund else None, float(centre[i, 0]),
               float(centre[i, 1]), geom[i])


ZONE_COLUMNS = ("id", "code", "name", "town_code", "juwei_code", "approval_no", "approval_date", "status", "management_mode",
                "housing_type", "built_year", "total_exclusive_area_m2", "owner_heads", "compound_ids", "fallback_duties",
                "geom", "valid_from")


def zones(district: District, facts: Facts, rng: np.random.Generator) -> Rows:
    """Rows of `Zone` in the order of `ZONE_COLUMNS`."""
    lots = shapely.polygons(to_lonlat(facts.lot))
    per_town = dict.fromkeys(range(36), 0)
    for z, members in enumerate(facts.zones):
        first = members[0]
        town = int(facts.town[first])
        per_town[town] += 1
        seed = district.towns[town]
        year = int(district.land.year[first])
        approved = date(min(max(year, 1998), 2024), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
        name = facts.names[first] + ("" if len(members) == 1 else f"等{len(members)}个小区")
        yield (facts.zone_ids[z], f"PD-{seed.code[6:9]}-{per_town[town]:04d}", name, seed.code, facts.juwei[first],
               f"浦物核〔{approved.year}〕{z % 900 + 1}号（示例）" if rng.random() < 0.93 else None, approved, "APPROVED",
               facts.mode[z].value, HOUSING[district.land.housing[first]].value, year,
               money(sum(facts.area[m] for m in members)), int(sum(facts.households[m] for m in members) * 0.97),
               tuple(facts.ids[m] for m in members), _duties(facts.mode[z], rng),
               shapely.to_wkb(shapely.normalize(shapely.union_all(lots[members]))), approved)


def _duties(mode: ManagementMode, rng: np.random.Generator) -> dict[str, Any] | None:
    if mode is ManagementMode.MARKET:
        return None
    unit = "示例城市建设服务中心"
    until = (TODAY + timedelta(days=int(rng.integers(-120, 900)))).isoformat()
    return {duty: {"responsible": unit, "valid_to": until} for duty in ("security", "cleaning", "greening", "repair")
            if rng.random() > 0.07}


FIRM_COLUMNS = ("id", "code", "uscc", "name", "short_name", "reg_district", "party_org", "contact_name", "contact_phone")


def firms(rng: np.random.Generator) -> Rows:
    """Rows of `Firm` in the order of `FIRM_COLUMNS`."""
    stock = words()
    first, surnames, given = (stock[k].split() for k in ("firm_first", "surnames", "given"))
    seen: set[str] = set()
    for i in range(FIRMS):
        while True:
            stem = first[int(rng.integers(len(first)))] + first[int(rng.integers(len(first)))]
            if stem not in seen:
                break
        seen.add(stem)
        code = uscc(i)
        person = surnames[int(rng.integers(len(surnames)))] + given[int(rng.integers(len(given)))]
        party = [PartyOrg.OWN, PartyOrg.JOINT, PartyOrg.NONE, None][int(rng.choice(4, p=[0.25, 0.3, 0.4, 0.05]))]
        yield (key("firm", i), code, code, f"示例{stem}物业服务有限公司", f"示例{stem}", "浦东新区" if rng.random() < 0.6 else "其他区",
               party.value if party else None, person, f"1380000{i:04d}")


def uscc(number: int) -> str:
    """Unified social credit code with a valid check character, from a number range that is marked as example."""
    from stdnum.cn import uscc as standard

    stem = f"91310115MA1EX{number:04d}"
    return stem + standard.calc_check_digit(stem + "0")


PROJECT_COLUMNS = ("id", "code", "zone_id", "firm_id", "manager_name", "guard_fte", "cleaner_fte", "greener_fte", "repair_fte",
                   "manager_fte", "service_fte", "posts_24h", "posts_12h", "started", "valid_from")
CONTRACT_COLUMNS = ("id", "code", "project_id", "zone_id", "firm_id", "kind", "billing", "service_level", "fee_cny_m2_month",
                    "collection_rate", "adjust_clause", "start", "end", "filed_at", "status", "valid_from")


def projects_and_contracts(district: District, facts: Facts, rng: np.random.Generator) -> tuple[list[Any], list[Any]]:
    """Rows of `ServiceProject` and `Contract` for every zone with a firm."""
    stock = words()
    surnames, given = stock["surnames"].split(), stock["given"].split()
    projects, contracts = [], []
    for z in np.flatnonzero(facts.firm >= 0).tolist():
        members = facts.zones[z]
        area, homes = sum(facts.area[m] for m in members), sum(int(facts.households[m]) for m in members)
        start = TODAY - timedelta(days=int(rng.integers(20, 1_300)))
        posts = max(1, round(homes / 1_000)), max(0, len(members))
        guards = posts[0] * 3 + posts[1] * 1.5
        staff = (guards, max(1, area / 19_000), max(0.5, area / 60_000), max(1, area / 45_000), 1, max(0.5, homes / 1_000))
        ftes = tuple(money(round(v * 2) / 2, "0.1") for v in staff)
        pid, firm = key("project", z), key("firm", int(facts.firm[z]))
        manager = surnames[int(rng.integers(len(surnames)))] + given[int(rng.integers(len(given)))]
        projects.append((pid, f"XM-{z + 1:05d}", facts.zone_ids[z], firm, manager, *ftes, *posts, start, start))
        contracts.append(_contract(district, facts, z, pid, firm, start, rng))
    return projects, contracts


def _contract(district: District, facts: Facts, z: int, project: str, firm: str, start: date,
              rng: np.random.Generator) -> tuple[Any, ...]:
    mode, first = facts.mode[z], facts.zones[z][0]
    housing = "COMMERCIAL" if HOUSING[district.land.housing[first]] is HousingType.COMMERCIAL else "OTHER"
    height = "MULTI" if HEIGHTS[district.land.height[first]] in (HeightType.MULTI, HeightType.VILLA) else "HIGH"
    fee = _FEE[housing, height] * float(np.exp(rng.normal(0, 0.22)))
    if mode is ManagementMode.FALLBACK:
        fee = 0.18 + 0.3 * float(rng.random())
    kind = {ManagementMode.INTERIM: ContractKind.INTERIM, ManagementMode.FALLBACK: ContractKind.CUSTODY}.get(
        mode, ContractKind.EARLY if int(district.land.year[first]) > 2018 else ContractKind.OWNERS)
    years = 0.5 if kind is ContractKind.INTERIM else float(rng.choice([2, 3, 3, 5]))
    end = start + timedelta(days=round(365 * years))
    status = "EXPIRED" if end < TODAY else "IN_FORCE"
    filed = start + timedelta(days=int(rng.integers(3, 60))) if rng.random() < 0.9 else None
    return (key("contract", z), f"HT-{z + 1:05d}", project, facts.zone_ids[z], firm, kind.value,
            (Billing.REMUNERATION if rng.random() < 0.11 else Billing.LUMP).value, int(rng.integers(1, 6)),
            money(fee, "0.0001"), money(float(np.clip(rng.normal(0.84, 0.1), 0.35, 1.0)), "0.0001"),
            bool(rng.random() < 0.3), start, end, filed, status, start)


COMMITTEE_COLUMNS = ("id", "code", "zone_id", "status", "term_no", "term_start", "term_end", "members", "party_eligible",
                     "party_reason", "party_org", "valid_from")
_STATUS_SHARE = {CommitteeStatus.NOT_DUE: .04, CommitteeStatus.SHOULD_FORM: .05, CommitteeStatus.PREPARING: .03,
                 CommitteeStatus.IN_TERM: .58, CommitteeStatus.DUE_SOON: .08, CommitteeStatus.IN_REELECTION: .06,
                 CommitteeStatus.OVERDUE: .06, CommitteeStatus.EARLY_REELECTION: .01, CommitteeStatus.SUSPENDED: .02,
                 CommitteeStatus.CANCELLED: .01, CommitteeStatus.OWNERS_DIRECT: .02, CommitteeStatus.CUSTODY: .04}


def committees(facts: Facts, rng: np.random.Generator) -> Rows:
    """Rows of `Committee` in the order of `COMMITTEE_COLUMNS`; dates agree with the status."""
    statuses, shares = list(_STATUS_SHARE), np.array(list(_STATUS_SHARE.values()))
    for z, zone in enumerate(facts.zone_ids):
        status = statuses[int(rng.choice(len(statuses), p=shares / shares.sum()))]
        left = {CommitteeStatus.IN_TERM: (155, 1_700), CommitteeStatus.DUE_SOON: (3, 150),
                CommitteeStatus.IN_REELECTION: (-60, 140), CommitteeStatus.OVERDUE: (-900, -1),
                CommitteeStatus.EARLY_REELECTION: (200, 900), CommitteeStatus.SUSPENDED: (-200, 900)}.get(status)
        end = TODAY + timedelta(days=int(rng.integers(*left))) if left else None
        start = end - timedelta(days=365 * int(rng.choice([3, 5]))) if end else None
        eligible = bool(rng.random() < 0.62) if end else None
        org = None if eligible is None else [PartyOrg.BRANCH, PartyOrg.WORK_GROUP, PartyOrg.NONE][
            int(rng.choice(3, p=[0.4, 0.5, 0.1] if eligible else [0, 0, 1]))]
        yield (key("committee", z), f"YW-{z + 1:05d}", zone, status.value, int(rng.integers(1, 7)) if end else None, start, end,
               int(rng.choice([5, 7, 9])) if end else None, eligible, "正式党员不足三人" if eligible is False else None,
               org.value if org else None, start or date(2020, 1, 1))


def teams(district: District, facts: Facts, rng: np.random.Generator) -> Rows:
    """Rows of `EmergencyTeam`: id, code, name, level, town_code, zone_id, hotline, lon, lat."""
    yield key("team", 0), "YJ-L3-01", "示例区房屋维修应急中心", TeamLevel.L3.value, None, None, "962121", 121.5449, 31.2215
    for k, seed in enumerate(district.towns):
        yield (key("team", 1 + k), f"YJ-L2-{k + 1:02d}", f"{seed.name}应急维修站（示例）", TeamLevel.L2.value, seed.code, None,
               f"021-0000{k + 1:04d}", seed.lon, seed.lat)
    for n, z in enumerate(sorted(rng.choice(len(facts.zones), min(400, len(facts.zones)), replace=False).tolist())):
        at = facts.centre[facts.zones[z][0]]
        yield (key("team", 100 + n), f"YJ-L1-{n + 1:04d}", f"{facts.names[facts.zones[z][0]]}维修班（示例）", TeamLevel.L1.value,
               district.towns[int(facts.town[facts.zones[z][0]])].code, facts.zone_ids[z], f"021-1000{n:04d}", float(at[0]),
               float(at[1]))


def barriers(district: District) -> Rows:
    """Rows of `Barrier`: id, code, name, barrier_type, width_m, geom; canals, river and main roads by stretch."""
    count = 0
    for shape, kind, width in ((district.geography.river, BarrierType.RIVER, 510.0),
                               (district.geography.canals, BarrierType.RIVER, 40.0),
                               (shapely.buffer(shapely.union_all(district.creeks), 8), BarrierType.RIVER, 16.0)):
        for part in shapely.get_parts(shape):
            yield key("barrier", count), f"ZG-{count + 1:05d}", "示例河道", kind.value, width, shapely.to_wkb(_degrees(part))
            count += 1
    streets, node = district.streets, district.lattice.node.reshape(-1, 2)
    groups = np.stack([streets.cls.astype(np.int64), streets.along, streets.line], 1)
    main = np.flatnonzero(streets.cls <= 3)
    labels, group = np.unique(groups[main], axis=0, return_inverse=True)
    ends = np.stack([node[streets.a[main]], node[streets.b[main]]], 1)
    order = np.argsort(group, kind="stable")
    lines = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(to_lonlat(ends[order])), indices=group[order]))
    for k, line in enumerate(lines):
        kind = BarrierType.ARTERIAL if labels[k, 0] == 2 else BarrierType.SECONDARY
        yield (key("barrier", count), f"ZG-{count + 1:05d}", None, kind.value, 32.0 if kind is BarrierType.ARTERIAL else 20.0,
               shapely.to_wkb(line))
        count += 1


def facilities(facts: Facts, rng: np.random.Generator) -> Rows:
    """Rows of `SharedFacility`: id, code, facility_type, serving_zone_ids, evidence, lon, lat."""
    tree = shapely.STRtree(shapely.points(facts.lot.mean(1)))
    kinds, count = list(FacilityType), 0
    for z, members in enumerate(facts.zones):
        if rng.random() > 0.22:
            continue
        near = tree.query(shapely.Point(facts.lot[members[0]].mean(0)).buffer(320))
        others = sorted({int(facts.zone_of[j]) for j in near} - {z})
        if not others:
            continue
        at = facts.centre[members[0]]
        yield (key("facility", count), f"GY-{count + 1:05d}", kinds[int(rng.integers(len(kinds)))].value,
               (facts.zone_ids[z], facts.zone_ids[others[0]]), "示例佐证", float(at[0]), float(at[1]))
        count += 1
