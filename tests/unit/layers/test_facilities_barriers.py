"""Shared facilities and barriers: shapes, rhythms, words, and the rows that a click opens."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import world_of
from pm_desktop.domain.enums import BarrierType, FacilityType, ZoneStatus
from pm_desktop.domain.records import Barrier, SharedFacility, Zone
from pm_desktop.layers import barriers, facilities
from pm_desktop.storage.database import Database
from pm_desktop.ui.canvas.picking import hits_at
from pm_desktop.workspace.behind import rows_behind
from tests.helpers.layerpixels import build, near, picture
from tests.helpers.mapview import Painted

pytestmark = pytest.mark.usefixtures("qapp")
LON, LAT, STEP = 121.5, 31.2, 0.001


def at(kind: FacilityType | BarrierType) -> float:
    """Latitude of the example of a kind."""
    return LAT + STEP * list(type(kind)).index(kind)


@pytest.fixture
def location(location: str) -> str:
    """One facility and one barrier of each kind, one of each without a place, and a river as an area."""
    where = location
    with Database.create(where) as db, db.transaction() as tx:
        tx.insert([Zone(id=f"z{n}", code=f"PD-{n}", name=f"{n}号区域", status=ZoneStatus.APPROVED, valid_from=date(2024, 1, 1)) for n in (1, 2)])
        tx.insert([SharedFacility(id=f"f{t.value}", code=f"GY-{t.value}", facility_type=t, serving_zone_ids=("z1", "z2"), lon=LON, lat=at(t))
                   for t in FacilityType])
        tx.insert([SharedFacility(id="lost", code="GY-0", facility_type=FacilityType.FIRE)])
        tx.insert([Barrier(id=f"b{t.value}", code=f"ZG-{t.value}", barrier_type=t, width_m=20.0,
                           geom=shapely.to_wkb(shapely.LineString([(LON - 0.003, at(t)), (LON + 0.003, at(t))]))) for t in BarrierType])
        tx.insert([Barrier(id="area", code="ZG-A", name="<b>河</b>", barrier_type=BarrierType.RIVER,
                           geom=shapely.to_wkb(shapely.box(LON - 0.003, LAT - 0.004, LON + 0.003, LAT - 0.002))),
                   Barrier(id="nowhere", code="ZG-N", barrier_type=BarrierType.WALL)])
    return where


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_kind_of_facility_stands_in_its_colour_and_shape(location: str, tmp_path: Path, theme: str) -> None:
    summary, _ = build(location, "facilities", tmp_path)
    assert [n for _, n in summary.legend] == [1] * len(FacilityType) and summary.unlocated == 1
    shapes = set()
    for entry in facilities.CLASSES:
        shown = picture(summary.path, LON, at(FacilityType(entry.key)), 17.5, theme, 60)
        assert near(shown.at(LON, at(FacilityType(entry.key)), 1), getattr(entry, theme)), entry.key
        shapes.add(shown.painted().tobytes())
    assert len(shapes) == len(FacilityType), "told apart without colour"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_kind_of_barrier_has_its_rhythm(location: str, tmp_path: Path, theme: str) -> None:
    summary, _ = build(location, "barriers", tmp_path)
    assert dict(zip([t.value for t in BarrierType], [n for _, n in summary.legend], strict=True)) == {t.value: 1 + (t is BarrierType.RIVER) for t in BarrierType}
    assert summary.unlocated == 1
    rhythms = set()
    for entry in barriers.CLASSES:
        shown = picture(summary.path, LON, at(BarrierType(entry.key)), 15.0, theme, 60)
        assert near(shown.image[26:34, 10:50].reshape(-1, 3), getattr(entry, theme)), entry.key
        rhythms.add(shown.painted()[24:36].tobytes())
    assert len(rhythms) == len(BarrierType), "told apart without colour"


def test_dashes_go_on_over_the_border_of_tiles(location: str, tmp_path: Path) -> None:
    summary, _ = build(location, "barriers", tmp_path)
    painted = Painted.open([], layers=[summary.path])
    side = 2.0 ** (31 - 16)
    column, row = (int(v // side) - 1 for v in world_of(LON, LAT + 2 * STEP))
    assert (painted.whole(column, row, 3, 16.0) == painted.stitched(column, row, 3, 16.0)).all()


def test_a_barrier_is_found_beside_its_line_and_says_what_it_is(location: str, tmp_path: Path) -> None:
    _, pack = build(location, "barriers", tmp_path)
    unit = 2.0 ** (31 - 16) / 512
    x, y = world_of(LON, at(BarrierType.WALL))
    hit = hits_at([("barriers", pack)], x, y + 4 * unit, unit, LON, LAT)
    assert hit is not None and (hit.id, hit.cls, hit.name) == ("bWALL", "WALL", "围墙 ZG-WALL")
    assert hit.note is not None and hit.note.zh == "ZG-WALL · 宽 20 m"
    assert hits_at([("barriers", pack)], x, y + 9 * unit, unit, LON, LAT) is None
    x, y = world_of(LON, LAT - 0.002)
    river = hits_at([("barriers", pack)], x, y, unit, LON, LAT)
    assert river is not None and river.name == "<b>河</b>" and river.note is not None and river.note.en == "ZG-A · width not reported"


def test_a_click_opens_the_rows_behind(location: str, tmp_path: Path) -> None:
    _, pack = build(location, "facilities", tmp_path)
    x, y = world_of(LON, at(FacilityType.FIRE))
    hit = hits_at([("facilities", pack)], x, y, 1.0, LON, LAT)
    assert hit is not None and hit.note is not None and hit.note.zh == "服务 2 个区域：1号区域、2号区域\n佐证：未填报"
    drill = rows_behind(JobContext(), location, "facilities", hit.id)
    assert drill is not None and (drill.entity, drill.where, drill.count) == ("Zone", {"id": ["z1", "z2"]}, 2)
    drill = rows_behind(JobContext(), location, "facilities", "lost")
    assert drill is not None and drill.entity == "SharedFacility"
    drill = rows_behind(JobContext(), location, "barriers", "area")
    assert drill is not None and (drill.entity, drill.title.zh) == ("Barrier", "河道 <b>河</b>")
    assert rows_behind(JobContext(), location, "barriers", "gone") is None
    assert np.array_equal(np.sort(pack.arrays["f/cls"]), np.arange(len(FacilityType)))
