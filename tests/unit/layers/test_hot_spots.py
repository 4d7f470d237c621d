"""Hot spots: found where they were planted, not found where nothing is, named and drawn by their compounds."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely

from pm_desktop.base.arraypack import text_at
from pm_desktop.base.crs import from_local, to_local
from pm_desktop.base.jobs import JobContext
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.domain.records import Complaint, Compound
from pm_desktop.layers.build import build_layer
from pm_desktop.layers.hot_spots import LAYER
from pm_desktop.layers.layer import LayerSummary
from pm_desktop.layers.options import default_look
from pm_desktop.layers.scan import Limits, scan
from pm_desktop.storage.database import Database
from pm_desktop.storage.past import past
from pm_desktop.ui.canvas.picking import note_of
from pm_desktop.workspace.behind import rows_behind
from pm_desktop.workspace.tablepack import TableData
from pm_desktop.workspace.tables import Scope, build_table
from tests.helpers.layerpixels import near, picture

pytestmark = pytest.mark.usefixtures("qapp")
LIMITS = Limits(500, 12, 0.05, 99, 5, 1.5)
NOON = datetime(2026, 6, 30, 4, tzinfo=UTC)
SIDE, STEP_M = 16, 200.0
PLANTED = (100, 101, 116, 117)  # a block of four in a lattice of 16 × 16


def lattice(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    xy = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).reshape(-1, 2) * STEP_M + rng.uniform(-40, 40, (SIDE * SIDE, 2))
    return xy, rng.uniform(5_000, 80_000, len(xy))


def test_a_planted_cluster_is_found_and_nothing_else() -> None:
    right = wrong = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        xy, area = lattice(rng)
        rate = np.full(len(xy), 12 / 100_000)
        rate[list(PLANTED)] *= 4
        found = scan(xy, rng.poisson(rate * area), area, LIMITS)
        hit = {int(i) for f in found for i in f.places}
        assert sum(len(f.places) for f in found) == len(hit), "no place in two clusters"
        assert all(f.p <= 0.05 and f.ratio > 1.5 for f in found)
        right, wrong = right + len(hit & set(PLANTED)), wrong + len(hit - set(PLANTED))
    assert right >= 42 and wrong <= 14, (right, wrong)  # of 48 planted places, and of 3,024 others


def test_a_uniform_district_has_no_hot_spot_beyond_the_false_rate() -> None:
    """Complaints in proportion to building area: each of 40 maps shows one wrongly with a probability of 5 %."""
    wrong = 0
    for seed in range(40):
        rng = np.random.default_rng(1000 + seed)
        xy, area = lattice(rng)
        wrong += bool(scan(xy, rng.poisson(12 / 100_000 * area), area, LIMITS))
    assert wrong <= 6, wrong  # more than that by chance: one time in 200


def test_strength_is_kulldorffs_ratio() -> None:
    xy = np.array([(0, 0), (100, 0), (5_000, 0), (9_000, 0)], float)
    cases, weight = np.array([30, 20, 4, 6]), np.array([1.0, 1.0, 3.0, 5.0])
    found = scan(xy, cases, weight, LIMITS)
    assert [(sorted(f.places.tolist()), f.cases, f.expected) for f in found] == [([0, 1], 50, pytest.approx(12.0))]
    both = 50 * math.log(50 / 12) + 10 * math.log(10 / 48)
    alone = 30 * math.log(30 / 6) + 30 * math.log(30 / 54)
    assert both > alone  # what the search has to prefer
    assert scan(xy, np.zeros(4, int), weight, LIMITS) == [] and scan(xy[:1], cases[:1], weight[:1], LIMITS) == []


@pytest.fixture
def location(location: str) -> str:
    """A lattice of compounds with four of them complained about; one without area, one complaint without a compound."""
    rng = np.random.default_rng(5)
    xy, area = lattice(rng)
    middle = xy[list(PLANTED)].mean(0)
    xy[list(PLANTED)] = middle + 0.45 * (xy[list(PLANTED)] - middle)  # nearer to each other than to the rest
    lonlat = from_local(xy + to_local(np.array([(121.5, 31.2)])))
    corners = np.array([(-40, -40), (40, -40), (40, 40), (-40, 40)])
    local = to_local(lonlat)
    where = location
    filed = []
    for i in range(len(xy)):
        n = int(rng.poisson(12 / 100_000 * area[i])) + (20 if i in PLANTED else 0)
        filed += [(f"c{i}", 40 * (k % 2), None if k % 5 else True, "0402" if i in PLANTED[:2] else "01") for k in range(n)]
    filed += [("c0", 1, False, "01")] * 200 + [(None, 1, True, "01")] * 7 + [("bare", 1, True, "01")] * 50 + [("c200", 91, True, "01")] * 300 + [("c3", 0, True, "01")]
    with Database.create(where) as db, db.transaction() as tx:
        tx.insert([Compound(id=f"c{i}", code=f"C{i:03d}", name=f"{i}号小区", lon=float(lonlat[i, 0]), lat=float(lonlat[i, 1]), floor_area_m2=int(area[i]),  # type: ignore[arg-type]
                            geom=shapely.to_wkb(shapely.Polygon(from_local(corners + local[i])))) for i in range(len(xy))])
        tx.insert([Compound(id="bare", code="B", name="无面积小区", lon=121.5, lat=31.2)])
        tx.insert([Complaint(id=f"k{n}", code=f"SL{n}", compound_id=c, category=kind, valid=valid, received_at=NOON - timedelta(days=d)) for n, (c, d, valid, kind) in enumerate(filed)])
    return where


def built(location: str, tmp_path: Path, option: str = "90") -> tuple[LayerSummary, LayerPack]:
    summary = build_layer(JobContext(), location, "hot_spots", str(tmp_path), look=default_look(LAYER.option(option)))
    return summary, LayerPack(summary.path)


def members(pack: LayerPack, row: int) -> set[str]:
    return set(text_at(pack.arrays["spot/compound_blob"], pack.arrays["spot/compound_start"], row).split("\n"))


def test_a_hot_spot_is_named_and_counted_and_opens_its_rows(location: str, tmp_path: Path) -> None:
    summary, pack = built(location, tmp_path)
    assert summary.shown == 1 and summary.as_of == "2026-06-30" and summary.option is not None and summary.option.label.zh == "近 90 天"
    assert members(pack, 0) == {f"c{i}" for i in PLANTED}
    name = text_at(pack.arrays["f/name_blob"], pack.arrays["f/name_start"], 0)
    assert name.startswith("1 ") and name.endswith("等4个小区") and name.count("号小区") == 2
    note = note_of(pack, 0)
    cases, expected = int(pack.arrays["spot/cases"][0]), float(pack.arrays["spot/expected"][0])
    assert note is not None and note.zh.split("\n")[:2] == [f"{cases} 件，按建筑面积预期 {expected:.1f} 件（{cases / expected:.1f} 倍，p = 0.003）", "2026-04-02 — 2026-06-30"]
    assert "57 件未计" in note.zh  # seven without a compound, fifty of one without area; the invalid do not count at all
    drill = rows_behind(JobContext(), location, "hot_spots", pack.arrays["f/id"][0].decode(), summary.path)
    assert drill is not None and drill.count == cases and drill.title.zh == f"热点 {name}"
    assert len(TableData(build_table(JobContext(), location, Scope("Complaint", drill.where), str(tmp_path / "t")))) == cases
    assert rows_behind(JobContext(), location, "hot_spots", "gone", summary.path) is None


def test_days_kinds_and_the_past_are_looked_at_by_themselves(location: str, tmp_path: Path) -> None:
    long, pack = built(location, tmp_path, "365")
    assert long.shown == 2 and {"c200"} in (members(pack, 0), members(pack, 1))
    short, few = built(location, tmp_path, "30")
    assert short.shown == 1 and few.arrays["spot/cases"][0] < pack.arrays["spot/cases"].max()
    lifts, kind = built(location, tmp_path, "90:04")
    assert lifts.shown == 1 and members(kind, 0) == {f"c{i}" for i in PLANTED[:2]}
    drill = rows_behind(JobContext(), location, "hot_spots", kind.arrays["f/id"][0].decode(), lifts.path)
    assert drill is not None and drill.where["category"] == ["begins", "04"]
    assert len(TableData(build_table(JobContext(), location, Scope("Complaint", drill.where), str(tmp_path / "t")))) == drill.count
    before, old = built(past(location, (NOON - timedelta(days=60)).date()), tmp_path)
    assert before.shown == 1 and members(old, 0) == {"c200"} and before.as_of == "2026-03-31"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_outlined_area_covers_its_compounds(location: str, tmp_path: Path, theme: str) -> None:
    summary, pack = built(location, tmp_path)
    with Database.open(location, read_only=True) as db:
        places = {r[0]: r[1:] for r in db.rows(Compound, ("id", "lon", "lat"))}
    middle = [sum(places[f"c{i}"][k] for i in PLANTED) / 4 for k in (0, 1)]
    shown = picture(summary.path, *middle, 15.0, theme, 400)
    entry = pack.style.classes[int(pack.arrays["f/cls"][0])]  # type: ignore[union-attr]
    assert near(shown.image[shown.painted()], getattr(entry, theme), 24), "the outline"
    painted = shown.painted()
    for i, (lon, lat) in places.items():
        x, y = (int(v) for v in shown.frame.pixels(np.array([pack_world(lon, lat)]))[0])
        if 0 <= x < 400 and 0 <= y < 400:
            assert painted[y, x] == (i in {f"c{k}" for k in PLANTED}), i


def pack_world(lon: float, lat: float) -> tuple[float, float]:
    from pm_desktop.base.mercator import world_of

    return world_of(lon, lat)


def test_without_complaints_there_is_nothing(tmp_path: Path) -> None:
    where = str(tmp_path / "W")
    Database.create(where).close()
    summary, _ = built(where, tmp_path)
    assert (summary.shown, summary.as_of) == (0, None)
