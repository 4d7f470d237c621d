"""Street packs: from an OSM file written here with every kind of tag, and from the real ones where present."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import osmium
import pytest
from osmium.osm.mutable import Node, Relation, Way
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import to_world
from pm_desktop.streets.classes import RailClass, RoadClass, RoadFlag, WaterClass
from pm_desktop.streets.osm import build_from_pbf
from pm_desktop.streets.pack import StreetPack
from tests.conftest import SHARED

CTX = JobContext()


def town(file: Path) -> Path:
    """Nine nodes in a grid of 0.01°, streets between them, water with an island, a metro, a coast."""
    with osmium.SimpleWriter(str(file)) as out:
        place = {n: (121.50 + n % 3 / 100, 31.20 + n // 3 / 100) for n in range(9)}
        more = {20: (121.505, 31.205), 21: (121.507, 31.205), 22: (121.507, 31.207), 23: (121.505, 31.207), 24: (121.5055, 31.2055), 25: (121.5060, 31.2055),
                26: (121.5060, 31.2060), 27: (121.5055, 31.2060), 30: (121.512, 31.212), 31: (121.513, 31.212), 32: (121.513, 31.213), 33: (121.512, 31.213),
                40: (121.519, 31.19), 41: (121.519, 31.23)}
        for n, at in (place | more).items():
            tags = {3: {"railway": "station", "name": "浦东站"}, 4: {"place": "town", "name": "川沙", "name:en": "Chuansha"}}.get(n, {})
            out.add_node(Node(id=9_000_000_000 + n, location=at, tags=tags))

        def way(number: int, nodes: list[int], **tags: str) -> None:
            out.add_way(Way(id=9_000_000_100 + number, nodes=[9_000_000_000 + n for n in nodes], tags={k.replace("__", ":"): v for k, v in tags.items()}))

        way(1, [0, 1, 2], highway="primary", name="世纪大道", name__en="Century Avenue")
        way(2, [0, 3, 6], highway="residential", name="梅园路", oneway="yes")
        way(3, [6, 7, 8], highway="secondary", name="长桥路", bridge="yes", layer="1")
        way(4, [2, 5, 8], highway="motorway", name="内环", tunnel="yes")
        way(5, [1, 4, 7], highway="service", oneway="-1")
        way(6, [3, 4, 5], railway="subway", name="2号线", colour="#8DC21F")
        way(7, [20, 21, 22, 23, 20])
        way(8, [24, 25, 26, 27, 24])
        way(9, [30, 31, 32, 33, 30], building="yes", building__levels="18")
        way(10, [41, 40], natural="coastline")
        members = [("w", 9_000_000_107, "outer"), ("w", 9_000_000_108, "inner")]
        out.add_relation(Relation(id=9_000_000_500, members=members, tags={"type": "multipolygon", "natural": "water", "name": "镜湖"}))
    return file


def names(pack: StreetPack, theme: str) -> set[str]:
    level = pack.levels[-1]
    return {pack.name(int(i)) for i in pack.array(level, theme, "name")} - {""}


def test_everything_survives(tmp_path: Path) -> None:
    report = build_from_pbf(CTX, town(tmp_path / "t.osm.pbf"), tmp_path / "t.streets")
    assert (report["roads"], report["named_roads"], report["buildings"]) == (5, 4, 1)
    pack = StreetPack(tmp_path / "t.streets")
    level = pack.levels[-1]
    assert names(pack, "road") == {"世纪大道", "梅园路", "长桥路", "内环"}
    flags = dict(zip((pack.name(int(i)) for i in pack.array(level, "road", "name")), pack.array(level, "road", "flags").tolist(), strict=True))
    assert flags == {"世纪大道": 0, "梅园路": RoadFlag.ONEWAY, "长桥路": RoadFlag.BRIDGE, "内环": RoadFlag.TUNNEL | RoadFlag.ONEWAY, "": RoadFlag.ONEWAY_REVERSE}
    assert set(pack.array(level, "road", "cls").tolist()) == {RoadClass.ARTERIAL, RoadClass.LOCAL, RoadClass.SECONDARY, RoadClass.EXPRESSWAY, RoadClass.SERVICE}
    assert pack.array(level, "rail", "cls").tolist() == [RailClass.METRO] and pack.array(level, "rail", "colour").tolist() == [0x8DC21F]
    assert names(pack, "rail") == {"2号线"}
    kinds = pack.array(level, "water", "cls").tolist()
    assert sorted(kinds) == [WaterClass.SEA, WaterClass.LAKE]
    lake = kinds.index(WaterClass.LAKE)
    feat = pack.array(level, "water", "feat")
    assert feat[lake + 1] - feat[lake] == 2  # outline and island
    assert pack.array(level, "building", "levels").tolist() == [18]
    assert pack.name(int(pack.arrays["station/name"][0])) == "浦东站"
    assert pack.name(int(pack.arrays["place/name"][0]), "en") == "Chuansha"


def test_the_sea_lies_right_of_the_coast(tmp_path: Path) -> None:
    build_from_pbf(CTX, town(tmp_path / "t.osm.pbf"), tmp_path / "t.streets")
    pack = StreetPack(tmp_path / "t.streets")
    level = pack.levels[-1]
    sea = pack.array(level, "water", "cls").tolist().index(WaterClass.SEA)
    west, east = pack.array(level, "water", "bbox")[sea][[0, 2]]
    # the coast runs south at 121.519, so the water, on its right, is the west
    assert east == to_world(121.519, 31.2)[0] and west < east


def test_the_graph_reaches_what_brute_force_reaches(tmp_path: Path) -> None:
    build_from_pbf(CTX, town(tmp_path / "t.osm.pbf"), tmp_path / "t.streets")
    arrays = StreetPack(tmp_path / "t.streets").arrays
    edge, length, oneway = arrays["graph/edge"], arrays["graph/length_m"], arrays["graph/oneway"]
    n = len(arrays["graph/node_xy"])
    rows, columns, weights = [], [], []
    for (a, b), metres, way in zip(edge.tolist(), length.tolist(), oneway.tolist(), strict=True):
        if way >= 0:
            rows.append(a), columns.append(b), weights.append(metres)
        if way <= 0:
            rows.append(b), columns.append(a), weights.append(metres)
    found = dijkstra(csr_array((weights, (rows, columns)), (n, n)))
    # hand: 0 → 1 → 2 along the avenue is twice a cell; 6 → 0 against the one-way street must go round or not at all
    at = {tuple(xy): i for i, xy in enumerate(arrays["graph/node_xy"].tolist())}
    node = {k: at.get(tuple(to_world(121.50 + k % 3 / 100, 31.20 + k // 3 / 100).tolist())) for k in range(9)}
    cell = 952.7  # metres of 0.01° of longitude at 31.2° N on the ellipsoid
    assert found[node[0], node[2]] == pytest.approx(2 * cell, rel=2e-3)
    assert found[node[0], node[6]] < found[node[6], node[0]]
    brute = np.full((n, n), np.inf)
    np.fill_diagonal(brute, 0)
    for r, c, w in zip(rows, columns, weights, strict=True):
        brute[r, c] = min(brute[r, c], w)
    for k in range(n):
        brute = np.minimum(brute, brute[:, k:k + 1] + brute[k:k + 1])
    assert np.allclose(found, brute)


def test_a_clip_keeps_what_touches_it(tmp_path: Path) -> None:
    file = town(tmp_path / "t.osm.pbf")
    report = build_from_pbf(CTX, file, tmp_path / "c.streets", clip="121.499,31.199,121.5005,31.2005")
    assert report["roads"] == 2 and names(StreetPack(tmp_path / "c.streets"), "road") == {"世纪大道", "梅园路"}
    with pytest.raises(InputRefused):
        build_from_pbf(CTX, file, tmp_path / "x.streets", clip="10,10,11,11")
    with pytest.raises(InputRefused):
        build_from_pbf(CTX, file, tmp_path / "x.streets", clip="122,31,121,32")
    assert not (tmp_path / "x.streets").exists()


def test_bad_files_leave_nothing(tmp_path: Path) -> None:
    whole = town(tmp_path / "t.osm.pbf").read_bytes()
    bad = {"cut": whole[:len(whole) - 40], "empty": b"", "text": b"no pbf at all" * 9, "half": whole[:30]}
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputRefused) as refused:
            build_from_pbf(CTX, tmp_path / name, tmp_path / "out.streets")
        assert refused.value.exit_code == 3
        assert not (tmp_path / "out.streets").exists(), name
    with pytest.raises(InputRefused):
        build_from_pbf(CTX, tmp_path, tmp_path / "out.streets")


def test_real_extracts(tmp_path: Path) -> None:
    folder = SHARED / "data"
    if not folder.is_dir():
        assert town(tmp_path / "t.osm.pbf").exists()  # the same is tested above on a file made here
        return
    report = build_from_pbf(CTX, folder / "monaco.osm.pbf", tmp_path / "m.streets")
    assert report["named_roads"] == 317 and 855 <= report["roads"] <= 866 and report["buildings"] >= 962
    report = build_from_pbf(CTX, folder / "pudong_assembled.osm.pbf", tmp_path / "p.streets")
    pack = StreetPack(tmp_path / "p.streets")
    assert report["buildings"] == 2510
    assert any("2号线" in n for n in names(pack, "rail")) and any("内环高架" in n for n in names(pack, "road"))
    assert len(pack.arrays["station/xy"]) == 125
