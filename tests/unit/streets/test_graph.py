"""Distances along streets, against every simple way of a tiny graph tried out by hand."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import to_world
from pm_desktop.streets.classes import RoadClass, RoadFlag
from pm_desktop.streets.graph import StreetGraph
from pm_desktop.streets.pack import build_pack
from pm_desktop.streets.source import LineSet, StreetSource

# 0 ─→ 1 ── 2      3 lies apart; a long way and a short one lead from 1 to 2; 2 ─→ 0 is written against its direction
PLACES = np.array([[121.50, 31.20], [121.51, 31.20], [121.52, 31.20], [121.60, 31.30], [121.61, 31.30]])
EDGES = np.array([[0, 1], [1, 2], [1, 2], [0, 2], [3, 4]], np.int32)
METRES = np.array([100, 300, 70, 500, 40], np.float32)
ONEWAY = np.array([1, 0, 0, -1, 0], np.int8)


def graph() -> StreetGraph:
    return StreetGraph(to_world(PLACES[:, 0], PLACES[:, 1]), EDGES, METRES, ONEWAY)


def every_way(begin: int, end: int) -> float:
    """Shortest of all simple ways, by trying each order of junctions."""
    if begin == end:
        return 0.0
    step: dict[tuple[int, int], float] = {}
    for (a, b), m, way in zip(EDGES.tolist(), METRES.tolist(), ONEWAY.tolist(), strict=True):
        for pair in ([(a, b)] if way >= 0 else []) + ([(b, a)] if way <= 0 else []):
            step[pair] = min(step.get(pair, np.inf), m)
    others = [n for n in range(len(PLACES)) if n not in (begin, end)]
    return min(sum(step.get(pair, np.inf) for pair in itertools.pairwise((begin, *middle, end)))
               for size in range(len(others) + 1) for middle in itertools.permutations(others, size))


def test_distances_are_those_of_every_way_tried_out() -> None:
    streets = graph()
    for begin, (lon, lat) in enumerate(PLACES.tolist()):
        expected = [every_way(begin, end) for end in range(len(PLACES))]
        assert streets.distances_m(lon, lat, 1e6) == pytest.approx(expected, abs=0.02)
        back = [every_way(end, begin) for end in range(len(PLACES))]
        assert streets.distances_m(lon, lat, 1e6, towards=True) == pytest.approx(back, abs=0.02)
    # by hand: the one-way street sends the way back round over 2
    assert every_way(0, 1) == 100 and every_way(1, 0) == 570 and every_way(0, 3) == np.inf


def test_the_limit_holds_and_counts_the_gap_to_the_junction() -> None:
    streets = graph()
    assert streets.nodes_within(121.50, 31.20, 169.9).tolist() == [0, 1]
    assert streets.nodes_within(121.50, 31.20, 170.1).tolist() == [0, 1, 2]
    north = 31.20 + 50 / 110_870
    node, gap = streets.nearest(121.50, north) or (-1, 0.0)
    assert node == 0 and gap == pytest.approx(50, abs=0.2)
    assert streets.nodes_within(121.50, north, 170.1).tolist() == [0, 1]
    assert streets.distances_m(121.50, north, 1e6)[1] == pytest.approx(150, abs=0.2)
    assert streets.nearest(121.50, 31.21, limit_m=500) is None
    assert np.isinf(streets.distances_m(121.50, 31.21, 1e6)).all()


def test_a_random_grid_agrees_with_relaxation() -> None:
    rng = np.random.default_rng(7)
    side = 6
    n = side * side
    place = np.array([[121.5 + i % side / 1000, 31.2 + i // side / 1000] for i in range(n)])
    pairs = [(i, i + 1) for i in range(n) if i % side < side - 1] + [(i, i + side) for i in range(n - side)]
    edge, metres = np.array(pairs, np.int32), rng.uniform(10, 200, len(pairs)).astype(np.float32)
    oneway = rng.integers(-1, 2, len(pairs)).astype(np.int8)
    brute = np.full((n, n), np.inf)
    np.fill_diagonal(brute, 0)
    for (a, b), m, way in zip(pairs, metres.tolist(), oneway.tolist(), strict=True):
        if way >= 0:
            brute[a, b] = m
        if way <= 0:
            brute[b, a] = m
    for k in range(n):
        brute = np.minimum(brute, brute[:, k:k + 1] + brute[k:k + 1])
    streets = StreetGraph(to_world(place[:, 0], place[:, 1]), edge, metres, oneway)
    for k in range(n):
        assert streets.distances_m(*place[k], 400.0) == pytest.approx(np.where(brute[k] <= 399.98, brute[k], np.inf), abs=0.02)


def test_a_graph_comes_from_its_pack(tmp_path: Path) -> None:
    roads = LineSet(np.array([[121.50, 31.20], [121.51, 31.20], [121.51, 31.20], [121.51, 31.21]]), np.array([0, 2, 4]),
                    np.array([RoadClass.LOCAL, RoadClass.PATH], np.uint8), np.array([-1, -1], np.int32), np.array([RoadFlag.ONEWAY, 0], np.uint8))
    build_pack(JobContext(), StreetSource((121.5, 31.2, 121.51, 31.21), "hand", "", roads=roads), tmp_path / "p.streets")
    streets = StreetGraph.open(tmp_path / "p.streets")
    # 0.01° on the ellipsoid at 31.2° N: 952.7 m eastward, 1108.7 m northward
    assert np.sort(streets.distances_m(121.50, 31.20, 1e4)) == pytest.approx([0, 952.7, 952.7 + 1108.7], rel=1e-3, abs=0.02)
    assert np.isinf(streets.distances_m(121.51, 31.20, 1e4)).sum() == 1
    by_car = StreetGraph.open(tmp_path / "p.streets", without=frozenset({RoadClass.PATH}))
    assert np.isfinite(by_car.distances_m(121.50, 31.20, 1e4)).sum() == 2
    (tmp_path / "broken.streets").write_bytes(b"no pack")
    with pytest.raises(InputRefused):
        StreetGraph.open(tmp_path / "broken.streets")


def test_a_pack_without_roads_has_an_empty_graph(tmp_path: Path) -> None:
    build_pack(JobContext(), StreetSource((121.5, 31.2, 121.51, 31.21), "hand", ""), tmp_path / "e.streets")
    streets = StreetGraph.open(tmp_path / "e.streets")
    assert streets.nearest(121.5, 31.2) is None and len(streets.distances_m(121.5, 31.2, 100)) == 0
