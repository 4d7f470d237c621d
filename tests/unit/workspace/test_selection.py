"""What lies in an area is found exactly: against geodesic reckoning feature by feature, for areas, points and distances."""

from __future__ import annotations

import random

import pytest
import shapely
from pyproj import Geod
from shapely.geometry import Polygon as Ring

from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.records import Compound, Device, ServiceProject, Zone
from pm_desktop.storage.database import Database
from pm_desktop.workspace.selection import (
    SOURCES,
    Circle,
    Near,
    Polygon,
    as_ids,
    box_of,
    select_all,
    select_in_area,
    select_same,
    town_at,
)

CTX = JobContext()
GEOD = Geod(ellps="GRS80")


@pytest.fixture(scope="module")
def homes(tiny_sample: str) -> dict[str, shapely.Geometry]:
    with Database.open(tiny_sample, read_only=True) as db:
        return {i: shapely.from_wkb(g) for i, g in db.rows(Compound, ("id", "geom"))}


def area(shape: shapely.Geometry) -> float:
    return abs(GEOD.geometry_area_perimeter(shape)[0]) if not shape.is_empty else 0.0


def texts(ids: object) -> set[str]:
    return {i.decode() for i in ids.tolist()}  # type: ignore[attr-defined]


def lasso(rng: random.Random, homes: dict[str, shapely.Geometry], corners: int, reach: float) -> Polygon:
    centre = rng.choice(list(homes.values())).centroid
    return Polygon(tuple((centre.x + rng.uniform(-reach, reach), centre.y + rng.uniform(-reach, reach)) for _ in range(corners)))


def test_an_area_has_the_compounds_of_which_half_lies_inside(tiny_sample: str, homes: dict[str, shapely.Geometry]) -> None:
    rng, some = random.Random(3), 0
    for turn in range(24):
        drawn = lasso(rng, homes, 3 + turn % 6, (0.002, 0.01, 0.05)[turn % 3])
        ring = shapely.make_valid(Ring(drawn.points))
        share = {i: area(h.intersection(ring)) / area(h) for i, h in homes.items() if h.intersects(ring)}
        half, touch = (texts(select_in_area(CTX, tiny_sample, "compounds", drawn, mode)) for mode in ("half", "touches"))
        assert touch == set(share)
        assert half ^ {i for i, s in share.items() if s >= 0.5} <= {i for i, s in share.items() if abs(s - 0.5) < 1e-4}
        some += len(half) > 0 and half != touch
    assert some >= 8, "the drawn areas cut too few compounds to tell the two rules apart"


def test_exactly_half_belongs(tiny_sample: str, homes: dict[str, shapely.Geometry]) -> None:
    identifier, home = max(homes.items(), key=lambda item: area(item[1]))
    west, south, east, north = home.bounds
    low, high = west, east
    for _ in range(60):
        middle = (low + high) / 2
        small = area(home.intersection(shapely.box(west - 1, south - 1, middle, north + 1))) < area(home) / 2
        low, high = (middle, high) if small else (low, middle)
    for shift, wanted in ((1e-5, True), (-1e-5, False)):
        found = select_in_area(CTX, tiny_sample, "compounds", box_of(west - 0.01, south - 0.01, middle + shift, north + 0.01))
        assert (identifier in texts(found)) is wanted


def test_a_distance_is_counted_in_metres_on_the_ground(tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        devices = [r for r in db.rows(Device, ("id", "lon", "lat")) if r[1] is not None]
    rng = random.Random(5)
    for radius in (150.0, 900.0, 5_000.0):
        _, lon, lat = rng.choice(devices)
        metres = {i: GEOD.inv(lon, lat, x, y)[2] for i, x, y in devices}
        found = texts(select_in_area(CTX, tiny_sample, "devices", Circle(lon, lat, radius)))
        assert found ^ {i for i, m in metres.items() if m <= radius} <= {i for i, m in metres.items() if abs(m - radius) < radius * 1e-4}
        assert found


def test_near_a_feature_counts_from_its_edge(tiny_sample: str, homes: dict[str, shapely.Geometry]) -> None:
    identifier = next(iter(homes))
    flat = {i: shapely.transform(h, lambda xy: xy * (0.8572, 1.0)) for i, h in homes.items()}  # degrees of one length at 31° N
    found = texts(select_in_area(CTX, tiny_sample, "compounds", Near("compounds", (identifier,), 600.0)))
    for other, shape in flat.items():
        (ax, ay), (bx, by) = shapely.get_coordinates(shapely.shortest_line(flat[identifier], shape)).tolist()
        metres = GEOD.inv(ax / 0.8572, ay, bx / 0.8572, by)[2]
        if abs(metres - 600) > 1:  # the nearest point on the flat is not quite the nearest on the ground
            assert (other in found) == (metres < 600), metres
    assert identifier in found


def test_same_firm_and_same_town(tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        zone, firm = next(r for r in db.rows(ServiceProject, ("zone_id", "firm_id")) if r[1])
        theirs = {z for z, f in db.rows(ServiceProject, ("zone_id", "firm_id")) if f == firm}
        homes = {c for z, cs in db.rows(Zone, ("id", "compound_ids")) if z in theirs for c in cs}
        nobody = next(z for (z,) in db.rows(Zone, ("id",)) if z not in {r[0] for r in db.rows(ServiceProject, ("zone_id",))})
        home, town = db.rows(Compound, ("id", "town_code"), limit=1)[0]
        neighbours = {i for i, t in db.rows(Compound, ("id", "town_code")) if t == town}
    assert texts(select_same(CTX, tiny_sample, "zones", (zone,), "firm")) == theirs
    assert texts(select_same(CTX, tiny_sample, "compounds", (next(iter(homes)),), "firm")) == homes
    assert len(select_same(CTX, tiny_sample, "zones", (nobody,), "firm")) == 0, "unknown is not a firm that zones share"
    assert texts(select_same(CTX, tiny_sample, "compounds", (home,), "town")) == neighbours
    assert town_at(CTX, tiny_sample, town)[0] == town  # type: ignore[index]


def test_inverting_twice_is_the_selection_again(tiny_sample: str) -> None:
    for layer in SOURCES:
        every = select_all(CTX, tiny_sample, layer)
        some = every[::3]
        others = select_all(CTX, tiny_sample, layer, some)
        assert not texts(others) & texts(some) and len(others) + len(some) == len(every)
        assert texts(select_all(CTX, tiny_sample, layer, others)) == texts(some)


def test_areas_without_anything_in_them(tiny_sample: str) -> None:
    assert len(select_in_area(CTX, tiny_sample, "compounds", box_of(10, 10, 11, 11))) == 0
    assert len(select_in_area(CTX, tiny_sample, "compounds", Polygon(((121.5, 31.2), (121.6, 31.2))))) == 0
    assert len(select_in_area(CTX, tiny_sample, "compounds", Near("compounds", (), 500.0))) == 0
    assert len(as_ids(())) == 0
