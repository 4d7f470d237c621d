"""Plan geometry against slow references that use no buffer, hull or overlay of the library, and against figures worked by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely

from pm_desktop.base import crs
from pm_desktop.domain.consolidation.facts import Obstacle, rule_sheet
from pm_desktop.domain.enums import BarrierType
from pm_desktop.workspace.plangeometry import BarrierShape, Layout, barrier_shape, outline
from tests.helpers.mergers import BOXES, FOUR, placed, straight

RULE: dict[str, Any] = rule_sheet(date(2026, 3, 1))["geometry"]
STEP_M = 0.05
# A polygon of 64 sides a quarter lies at most 30·(1 − cos(π/256)) = 2.3 mm inside its circle; where a boundary leaves the 30 m slantingly,
# that moves the point by some centimetres, and a sampled end by half a step. Six such ends of a boundary of over 100 m stay below this ratio.
RATIO = 0.003


def boxes(*corners: tuple[float, float, float, float]) -> Layout:
    return Layout([shapely.box(*c) for c in corners], RULE)


def layout(names: tuple[str, ...]) -> Layout:
    return Layout([outline(shapely.to_wkb(placed(BOXES[n]))) for n in names], RULE)


# -- by hand ------------------------------------------------------------------------------------------------------------


def test_shared_boundaries_by_hand() -> None:
    both = boxes((0, 0, 200, 100), (212, 0, 312, 100))
    # the facing side of 100 m, and of the sides above and below what lies within 30 m of the corners across the gap of 12 m: 18 m each
    assert both.shared_ratio(0) == pytest.approx((100 + 2 * 18) / 600, abs=1e-9) and both.shared_ratio(1) == pytest.approx(136 / 400, abs=1e-9)
    shifted = boxes((0, 0, 100, 100), (110, 90, 210, 190))
    # corner across 10 m: on the right side from y = 90 − √(900 − 100) upwards, on the top from x = 110 − √(900 − 0) = 80 (y = 100 lies beside it)
    assert shifted.shared_ratio(0) == pytest.approx((100 - (90 - np.sqrt(800)) + 20) / 400, abs=1e-4)
    far = boxes((0, 0, 100, 100), (130.001, 0, 200, 100))
    assert far.neighbours == [] and far.shared_ratio(0) == 0.0
    assert boxes((0, 0, 100, 100), (130, 0, 200, 100)).neighbours == [(0, 1)]


def test_holes_belong_to_the_perimeter() -> None:
    ring = shapely.Polygon(shapely.box(0, 0, 200, 200).exterior.coords, [shapely.box(80, 80, 120, 120).exterior.coords])
    nested = Layout([ring, shapely.box(90, 90, 110, 110)], RULE)
    # all of the hole (160 m) lies within 30 m of the zone inside it; nothing of the outer boundary does
    assert nested.shared_ratio(0) == pytest.approx(160 / 960, abs=1e-9) and nested.shared_ratio(1) == 1.0


def test_the_corridor_by_hand() -> None:
    gap = boxes((0, 0, 200, 100), (212, 0, 312, 100)).corridor(0, 1)
    assert gap.bounds == pytest.approx((200, 0, 212, 100)) and gap.area == pytest.approx(1_200)
    between = boxes((0, 0, 100, 100), (120, 0, 220, 100), (102, 20, 118, 80))
    # the third member stands in the gap and is no part of it
    assert between.corridor(0, 1).area == pytest.approx(20 * 100 - 16 * 60)


@pytest.mark.parametrize(("height_m", "found"), [(0.1, True), (0.08, False)])
def test_a_barrier_covers_more_than_a_square_metre_of_the_gap(height_m: float, found: bool) -> None:
    # gap of 12 m: 1.2 ㎡ lie between, 0.96 ㎡ do not; what lies on the members counts for nothing
    stripe = BarrierShape(Obstacle(BarrierType.RIVER, "河"), shapely.box(-50, 40, 400, 40 + height_m))
    (pair,) = boxes((0, 0, 200, 100), (212, 0, 312, 100)).pairs([stripe])
    assert [o.name for o in pair.obstacles] == (["河"] if found else []) and pair.gap_m == pytest.approx(12)


def test_a_barrier_beside_the_gap_does_not_lie_between() -> None:
    beside = BarrierShape(Obstacle(BarrierType.RIVER), shapely.box(100, 101, 300, 140))
    (pair,) = boxes((0, 0, 200, 100), (212, 0, 312, 100)).pairs([beside])
    assert pair.obstacles == ()


def test_a_line_is_as_wide_as_it_says_or_as_its_kind_is() -> None:
    line = shapely.transform(shapely.LineString([(490_206, 3_469_950), (490_206, 3_470_150)]), crs.from_local)
    for kind, width, expected in ((BarrierType.LOCAL, 8.0, 8.0), (BarrierType.LOCAL, None, 12.0), (BarrierType.ARTERIAL, None, 32.0), (BarrierType.WALL, None, 0.3)):
        made = barrier_shape(kind, None, width, shapely.to_wkb(line), RULE)
        assert made is not None
        west, _, east, _ = made.shape.bounds
        assert east - west == pytest.approx(expected, abs=1e-6)
        (pair,) = layout(("甲园", "乙园")).pairs([made])
        assert [o.kind for o in pair.obstacles] == [kind]


def test_outlines_that_are_none() -> None:
    assert outline(None) is None and outline(shapely.to_wkb(shapely.Point(121.5, 31.2))) is None and outline(shapely.to_wkb(shapely.Polygon())) is None
    holes = Layout([None, shapely.box(0, 0, 10, 10), None, shapely.box(12, 0, 20, 10)], RULE)
    assert holes.neighbours == [(1, 3)] and [holes.shared_ratio(i) is None for i in range(4)] == [True, False, True, False]
    assert holes.hub_m() is None and Layout([], RULE).hub_m() is None and Layout([], RULE).pairs([]) == ()


def test_the_middle_zone_is_the_hub() -> None:
    row = boxes((0, 0, 10, 10), (500, 0, 510, 10), (900, 0, 910, 10))
    assert row.hub_m() == pytest.approx(500)


def test_overlap_is_told_by_the_smaller_one() -> None:
    assert boxes((0, 0, 100, 100), (99, 0, 109, 100)).pairs([])[0].overlap == pytest.approx(0.1)


# -- slow references ----------------------------------------------------------------------------------------------------


def segments(shape: Any) -> np.ndarray[Any, Any]:
    return np.concatenate([np.concatenate([c[:-1], c[1:]], 1) for c in (shapely.get_coordinates(r) for r in shapely.get_rings(shape))])


def to_segments(points: np.ndarray[Any, Any], edges: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Distance of each point to the nearest of the edges."""
    a, d = edges[:, :2], edges[:, 2:] - edges[:, :2]
    t = np.clip(((points[:, None] - a) * d).sum(2) / (d * d).sum(1), 0, 1)
    return np.asarray(np.sqrt((((a + t[..., None] * d) - points[:, None]) ** 2).sum(2)).min(1))


def inside(points: np.ndarray[Any, Any], edges: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Whether each point lies inside, by how often a ray to the right crosses an edge."""
    x, y = points[:, 0, None], points[:, 1, None]
    x0, y0, x1, y1 = edges.T
    with np.errstate(divide="ignore", invalid="ignore"):
        crosses = ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return np.asarray(crosses.sum(1) % 2 == 1)


def away(points: np.ndarray[Any, Any], shapes: list[Any]) -> np.ndarray[Any, Any]:
    """Distance of each point to the nearest of the shapes, 0 inside."""
    return np.min([np.where(inside(points, e), 0.0, to_segments(points, e)) for e in map(segments, shapes)], axis=0)


def star(rng: np.random.Generator, x: float, y: float) -> Any:
    """A random polygon that does not cross itself."""
    count = int(rng.integers(4, 9))
    angle = np.sort(rng.uniform(0, 2 * np.pi, count) * 0.2 + np.arange(count) * 2 * np.pi / count)
    radius = rng.uniform(25, 70, count)
    return shapely.Polygon(np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], 1))


def scattered(seed: int) -> list[Any]:
    rng = np.random.default_rng(seed)
    return [star(rng, 120 * (k % 3) + rng.uniform(-8, 8), 115 * (k // 3) + rng.uniform(-8, 8)) for k in range(6)]


def hull(points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Convex hull by Andrew's chain, as edges."""
    ordered = sorted(map(tuple, points.tolist()))

    def half(row: list[tuple[float, float]]) -> list[tuple[float, float]]:
        chain: list[tuple[float, float]] = []
        for p in row:
            while len(chain) > 1 and (chain[-1][0] - chain[-2][0]) * (p[1] - chain[-2][1]) - (chain[-1][1] - chain[-2][1]) * (p[0] - chain[-2][0]) <= 0:
                chain.pop()
            chain.append(p)
        return chain[:-1]

    ring = np.array(half(ordered) + half(ordered[::-1]))
    return np.concatenate([ring, np.roll(ring, -1, 0)], 1)


@pytest.mark.parametrize("seed", range(12))
def test_shared_boundaries_and_gaps_of_random_zones(seed: int) -> None:
    shapes = scattered(seed)
    found = Layout(shapes, RULE)
    for i, own in enumerate(shapes):
        pieces = straight(own, STEP_M)
        near = away(pieces[:, :2], shapes[:i] + shapes[i + 1:]) <= 30
        assert found.shared_ratio(i) == pytest.approx(float(pieces[near, 2].sum() / pieces[:, 2].sum()), abs=RATIO), i
    for a in range(len(shapes)):
        for b in range(a + 1, len(shapes)):
            one, other = segments(shapes[a]), segments(shapes[b])
            touch = bool(shapely.intersects(shapes[a], shapes[b]))
            gap = 0.0 if touch else float(min(to_segments(one[:, :2], other).min(), to_segments(other[:, :2], one).min()))
            assert found.gap_m(a, b) == pytest.approx(gap, abs=1e-9)
            assert ((a, b) in found.neighbours) is (gap <= 30)


@pytest.mark.parametrize("seed", range(6))
def test_corridors_and_what_lies_in_them(seed: int) -> None:
    """The corridor counted in cells of 0.5 m: its area within 3 % and 12 ㎡, that of a random river in it as well, and the verdict where it is clear."""
    shapes = scattered(seed)
    found, rng = Layout(shapes, RULE), np.random.default_rng(seed + 100)
    rivers = [BarrierShape(Obstacle(BarrierType.RIVER, str(k)), shapely.LineString(rng.uniform(-80, 320, (2, 2))).buffer(6, cap_style="flat")) for k in range(3)]
    for pair in found.pairs(rivers):
        one, other = shapes[pair.a], shapes[pair.b]
        facing = []
        for here, there in ((one, other), (other, one)):
            pieces = straight(here, 0.1)[:, :2]
            facing.append(pieces[away(pieces, [there]) <= 31])
            corners = segments(here)[:, :2]
            facing.append(corners[away(corners, [there]) <= 31])
            turn = np.linspace(0, 2 * np.pi, 721)
            arcs = np.concatenate([np.stack([x + 31 * np.cos(turn), y + 31 * np.sin(turn)], 1) for x, y in segments(there)[:, :2]])
            facing.append(arcs[inside(arcs, segments(here)) & (away(arcs, [there]) >= 30.999)])
        edge = hull(np.concatenate(facing))
        x0, y0, x1, y1 = (*edge[:, :2].min(0), *edge[:, :2].max(0))
        cells = np.stack(np.meshgrid(np.arange(x0 + 0.25, x1, 0.5), np.arange(y0 + 0.25, y1, 0.5)), -1).reshape(-1, 2)
        cells = cells[inside(cells, edge) & (away(cells, shapes) > 0)]
        assert found.corridor(pair.a, pair.b).area == pytest.approx(len(cells) * 0.25, rel=0.03, abs=12)
        for river in rivers:
            wet = float(inside(cells, segments(river.shape)).sum() * 0.25) if len(cells) else 0.0
            if wet > 5 or wet == 0.0:
                assert (river.what in pair.obstacles) is (wet > 5), (pair, wet)


def test_the_plan_of_files_is_measured_in_the_local_projection() -> None:
    found = layout(FOUR)
    assert [(a, b, round(found.gap_m(a, b), 6)) for a, b in found.neighbours] == [(0, 1, 12.0), (0, 2, 2.0), (0, 3, 10.0), (2, 3, 3.0)]
