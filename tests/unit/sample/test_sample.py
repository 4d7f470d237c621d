"""The sample district: complete, consistent, deterministic."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import shapely
import shapely.affinity

from pm_desktop.base.arraypack import ArrayPack
from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.enums import CommitteeStatus
from pm_desktop.domain.records import (
    Building,
    Committee,
    Complaint,
    Compound,
    Contract,
    Device,
    Firm,
    ServiceProject,
    Town,
    WorkOrder,
    Zone,
)
from pm_desktop.sample.district import plan_district
from pm_desktop.sample.geography import to_plane
from pm_desktop.sample.landuse import outline
from pm_desktop.sample.registers import FIRMS, uscc
from pm_desktop.sample.streetmap import street_source
from pm_desktop.storage.database import Database
from pm_desktop.workspace.new import new_workspace


def test_references_hold(tiny_sample: str) -> None:
    references_hold(tiny_sample, 36)


def references_hold(location: str, count: int) -> None:
    with Database.open(location, read_only=True) as db:
        zones, firms, compounds = ({r[0] for r in db.rows(k, ("id",))} for k in (Zone, Firm, Compound))
        assert {r[0] for r in db.rows(ServiceProject, ("zone_id",))} <= zones
        assert {r[0] for r in db.rows(Contract, ("firm_id",))} <= firms
        assert {c for r in db.rows(Zone, ("compound_ids",)) for c in r[0]} == compounds
        assert {r[0] for r in db.rows(Building, ("compound_id",))} <= compounds
        assert {r[0] for r in db.rows(Complaint, ("compound_id",)) if r[0]} <= compounds
        buildings = {r[0] for r in db.rows(Building, ("id",))}
        assert {r[0] for r in db.rows(Complaint, ("building_id",)) if r[0]} <= buildings
        assert {r[0] for r in db.rows(Device, ("zone_id",))} <= zones
        towns = {r[0] for r in db.rows(Town, ("code",))}
        assert len(towns) == count and {r[0] for r in db.rows(Compound, ("town_code",))} <= towns


def test_the_36_inside_points_lie_in_their_towns() -> None:
    district = plan_district()
    for seed, shape in zip(district.towns, district.town_outline, strict=True):
        assert shape.contains(shapely.Point(to_plane(np.array([seed.lon, seed.lat])))), seed.name
    assert len(district.land.compound_block) == 3_000
    assert 285_000 < len(district.houses.floors) < 325_000
    assert 140_000 < len(street_source(district).roads.cls) < 160_000


def test_the_sea_reaches_every_edge_and_the_river_comes_from_inland() -> None:
    geography = plan_district(0.01).geography
    sea, river = shapely.union_all(geography.sea), geography.river
    wet = [(122.4, 31.1), (124.0, 32.3), (125.0, 29.0), (121.75, 30.6), (121.75, 31.4), (129.0, 37.0)]
    dry = [(121.6, 31.1), (121.3, 31.2), (121.0, 30.9), (118.0, 31.0), (121.55, 31.30)]
    assert [sea.contains(shapely.Point(to_plane(np.array(p)))) for p in wet] == [True] * len(wet)
    assert [sea.contains(shapely.Point(to_plane(np.array(p)))) for p in dry] == [False] * len(dry)
    assert sea.intersects(river) and river.bounds[0] < to_plane(np.array((120.75, 31.0)))[0]


def test_towns_fill_the_district_without_overlap() -> None:
    district = plan_district(0.01)
    assert abs(shapely.area(district.town_outline).sum() / district.geography.land.area - 1) < 1e-3


def test_blocks_differ_in_size_and_compounds_keep_clear_of_expressways() -> None:
    district = plan_district(0.05)
    lots = shapely.polygons(outline(district.blocks, district.land.compound_block, district.land.lots))
    area = shapely.area(lots)
    assert np.percentile(area, 90) > 4 * np.percentile(area, 10)
    assert np.median(area / shapely.area(shapely.minimum_rotated_rectangle(lots))) < 0.97  # not all are boxes
    assert not shapely.intersects(shapely.MultiLineString([h.xy for h in district.highways]), lots).any()


def test_lots_do_not_overlap(tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        lots = shapely.from_wkb(np.array([r[0] for r in db.rows(Compound, ("geom",))], dtype=object))
    assert shapely.is_valid(lots).all()
    a, _b = shapely.STRtree(lots).query(lots, predicate="overlaps")
    assert len(a) == 0


def test_every_committee_state_and_skewed_shares_occur() -> None:
    from pm_desktop.sample import registers

    district = plan_district()
    rng = np.random.default_rng(1)
    facts = registers.draw_facts(district, rng)
    states = {row[3] for row in registers.committees(facts, rng)}
    assert states == {s.value for s in CommitteeStatus}
    shares = np.sort(np.bincount(facts.firm[facts.firm >= 0], minlength=FIRMS))[::-1]
    assert shares[:30].sum() > 0.45 * shares.sum() and (shares > 0).sum() > 200
    assert len({row[1] for row in registers.firms(np.random.default_rng(1))}) == FIRMS
    weight = np.sort(__import__("pm_desktop.sample.events", fromlist=["x"]).compound_weights(facts, rng))[::-1]
    assert 0.33 < weight[:330].sum() < 0.6  # DOMAIN: 11 % of compounds carry 47 % of complaints


def test_credit_codes_check() -> None:
    from stdnum.cn import uscc as standard

    assert all(standard.is_valid(uscc(n)) for n in range(FIRMS))


def test_times_have_seasons_and_hours(tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        rows = db.rows(Complaint, ("received_at", "category"))
        flooding = Counter(r[0].month for r in rows if r[1] == "11")
        late = db.count(WorkOrder, {"breached": True}) / db.count(WorkOrder)
    assert sum(flooding[m] for m in (6, 7, 8)) > sum(flooding[m] for m in (11, 12, 1))
    hours = Counter((r[0].hour + 8) % 24 for r in rows)
    assert hours[14] > 3 * hours[3]
    assert 0.002 < late < 0.1


def test_the_same_seed_gives_the_same_workspace(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b"):
        new_workspace(JobContext(), str(tmp_path / name), sample=True, scale=0.005, complaints=300)
        with Database.open(tmp_path / name, read_only=True) as db:
            rows = [db.rows(k, [c for c in ("id", "code", "name", "lon", "lat") if c in k.__slots__], order_by=("id",)) for k in (Compound, Firm, Complaint, Device)]
        pack = ArrayPack(tmp_path / name / "streets" / "sample.streets")
        content = b"".join(pack[n].tobytes() for n in sorted(pack.names()))
        digests.append(hashlib.sha256(repr(rows).encode() + content).hexdigest())
    assert digests[0] == digests[1]


def test_sample_is_labelled(tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        assert db.meta("sample", "no") == "yes"
        assert all("示例" in r[0] for r in db.rows(Firm, ("name",)))
        assert db.count(Committee) > 0


def test_neighbours_have_rows_places_and_streets_of_their_own(tmp_path: Path) -> None:
    from pm_desktop.sample.generate import make_sample
    from pm_desktop.sample.neighbours import shift_deg
    from pm_desktop.streets.classes import RoadClass
    from pm_desktop.streets.pack import StreetPack
    from pm_desktop.workspace.workspace import Workspace

    made = {}
    for count in (0, 2):
        workspace = Workspace.create(tmp_path / f"w{count}", sample=True)
        made[count] = make_sample(JobContext(), workspace.db, tmp_path / f"{count}.streets", scale=0.03, complaints=300 * (1 + count), neighbours=count)
        workspace.close()
    registers = set(made[0]) - {"road_segments", "street_buildings", "firms"}
    assert {name: made[2][name] for name in registers} == {name: 3 * made[0][name] for name in registers}
    assert made[2]["firms"] == made[0]["firms"] and made[2]["street_buildings"] == made[0]["street_buildings"]
    references_hold(str(tmp_path / "w2"), 3 * 36)
    with Database.open(tmp_path / "w2", read_only=True) as db:
        rows = db.rows(Compound, ("code", "lon", "lat", "geom"))
        at = {r[0]: r[1:] for r in rows}
        assert len(at) == len(rows)
        for k in (1, 2):
            lon, lat, geom = at["XQ-004-0001"]
            moved = at[f"XQ-004-0001-{k}"]
            assert abs(moved[0] - lon - shift_deg(k)[0]) < 1e-6 and abs(moved[1] - lat - shift_deg(k)[1]) < 1e-6
            there = shapely.from_wkb(moved[2])
            assert there.contains(shapely.Point(moved[0], moved[1])) and there.equals_exact(shapely.affinity.translate(shapely.from_wkb(geom), *shift_deg(k)), 1e-6)
        for code, name, lon, lat, geom in db.rows(Town, ("code", "name", "lon", "lat", "geom")):
            assert len(code) == 12 and shapely.from_wkb(geom).contains(shapely.Point(lon, lat)), name
    one, three = (StreetPack(tmp_path / f"{count}.streets") for count in (0, 2))
    main = [int(np.isin(p.array(15, "road", "cls"), (RoadClass.EXPRESSWAY, RoadClass.ARTERIAL, RoadClass.SECONDARY)).sum()) for p in (one, three)]
    assert main[1] > 1.5 * main[0]
    assert three.meta["bounds"][0] < one.meta["bounds"][0] - 1
    assert any("示例邻区2·" in three.name(int(n), "zh") for n in three.arrays["place/name"])
