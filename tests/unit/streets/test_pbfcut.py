"""The piece cut out of a large file holds what reading the whole file gives, to the last vertex."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import osmium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from osmium.osm.mutable import Node, Relation, Way

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.jobs import JobContext
from pm_desktop.streets import osm, wire
from pm_desktop.streets.osm import build_from_pbf
from pm_desktop.streets.pack import StreetPack

CTX = JobContext()


def region(file: Path, how: str = "pbf") -> Path:
    """Streets at random, a lake whose outline is two ways of which one lies far off, a border that runs round everything."""
    rng = np.random.default_rng(11)
    xy = np.round(rng.uniform((121.4, 31.1), (121.6, 31.3), (600, 2)), 7)
    xy[590:595] = [(121.42, 31.12), (121.47, 31.11), (121.5, 31.12), (121.58, 31.25), (121.45, 31.27)]  # the lake; at random its outline would cross itself
    with osmium.SimpleWriter(osmium.io.File(str(file), how)) as out:
        for n, at in enumerate(xy.tolist()):
            tags = {"railway": "station", "name": f"站{n}"} if n % 50 == 0 else {"addr:housenumber": str(n), "shop": "yes", "name": f"店{n}"} if n % 7 == 0 else {}
            # ids of OSM's own range, some of them negative as editors write new objects
            out.add_node(Node(id=n - 10 if n < 20 else 12_000_000_000 + n * 37, location=tuple(at), tags=tags, version=3, changeset=5, uid=1, user="甲"))

        def ref(n: int) -> int:
            return n - 10 if n < 20 else 12_000_000_000 + n * 37

        for w in range(300):
            nodes = [ref(int(n)) for n in rng.integers(0, 590, int(rng.integers(2, 9)))]
            out.add_way(Way(id=500 + w, nodes=nodes, tags={"highway": "residential", "name": f"路{w % 40}"}, version=1))
        out.add_way(Way(id=900, nodes=[], tags={"highway": "residential"}))
        near, far = [ref(n) for n in (590, 591, 592)], [ref(n) for n in (592, 593, 594, 590)]
        out.add_way(Way(id=901, nodes=near))
        out.add_way(Way(id=902, nodes=far))
        out.add_way(Way(id=903, nodes=[ref(n) for n in (595, 596, 597, 595)], tags={"building": "yes", "building:levels": "6"}))
        out.add_relation(Relation(id=1, members=[("w", 901, "outer"), ("w", 902, "outer")], tags={"type": "multipolygon", "natural": "water", "name": "大湖"}))
        out.add_relation(Relation(id=2, members=[("w", 500, ""), ("n", ref(3), "stop")], tags={"type": "route", "name": "1路"}))
        out.add_relation(Relation(id=3, members=[("n", 901, "label"), ("w", 77_777, "outer")], tags={"type": "multipolygon", "natural": "water"}))
        out.add_relation(Relation(id=4, members=[], tags={"type": "multipolygon", "landuse": "grass"}))
    return file


def contents(file: Path) -> dict[str, list[object]]:
    arrays = StreetPack(file).arrays
    return {name: arrays[name].tolist() for name in arrays.names()}


@pytest.mark.parametrize("how", ["pbf", "pbf,pbf_compression=none"])
def test_a_cut_gives_the_pack_of_the_whole_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    file = region(tmp_path / "r.osm.pbf", how)
    rng = np.random.default_rng(2)
    seen = set()
    for number in range(12):
        west, south = rng.uniform((121.39, 31.09), (121.58, 31.28))
        side = rng.uniform(0.01, 0.1)
        clip = f"{west},{south},{west + side},{south + side}"
        monkeypatch.setattr(osm, "BIG_BYTES", 2**40)
        whole = build_from_pbf(CTX, file, tmp_path / "whole.streets", clip=clip)
        monkeypatch.setattr(osm, "BIG_BYTES", 0)
        cut = build_from_pbf(CTX, file, tmp_path / "cut.streets", clip=clip)
        # their bytes differ by the names of the files
        assert {k: v for k, v in cut.items() if k not in ("seconds", "bytes")} == {k: v for k, v in whole.items() if k not in ("seconds", "bytes")}, number
        assert contents(tmp_path / "cut.streets") == contents(tmp_path / "whole.streets"), number
        seen.add(len(contents(tmp_path / "cut.streets")["15/water/cls"]))
    assert seen == {0, 1}  # the lake was inside of some and outside of others


def test_what_is_packed_uncommonly_is_refused_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osm, "BIG_BYTES", 0)
    file = region(tmp_path / "plain.osm.pbf", "pbf,pbf_dense_nodes=false")
    with pytest.raises(InputRefused) as refused:
        build_from_pbf(CTX, file, tmp_path / "o.streets", clip="121.4,31.1,121.5,31.2")
    assert refused.value.code == "pbf_uncommon" and "osmium cat" in refused.value.remedy.en
    dense = build_from_pbf(CTX, region(tmp_path / "dense.osm.pbf"), tmp_path / "d.streets")
    assert build_from_pbf(CTX, file, tmp_path / "o.streets")["roads"] == dense["roads"] > 290


def test_any_cut_or_changed_byte_is_refused_or_read_but_never_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osm, "BIG_BYTES", 0)
    data = region(tmp_path / "r.osm.pbf", "pbf,pbf_compression=none").read_bytes()
    rng = np.random.default_rng(4)
    bad = tmp_path / "bad.osm.pbf"
    refused = 0
    for _ in range(150):
        changed = bytearray(data)
        changed[int(rng.integers(len(data)))] = int(rng.integers(256))
        bad.write_bytes(bytes(changed if rng.random() < 0.7 else data[:int(rng.integers(len(data)))]))
        try:
            build_from_pbf(CTX, bad, tmp_path / "o.streets", clip="121.4,31.1,121.6,31.3")
        except InputRefused as error:
            refused += error.code in ("pbf_unreadable", "nothing_inside", "pbf_uncommon")
    assert refused > 40


def test_leftovers_of_killed_builds_are_removed(tmp_path: Path, basedir: Path) -> None:
    left = basedir / "cache" / "streets-build" / "4194305-abc"  # no process has a number as high
    left.mkdir(parents=True)
    (left / "cut.osm.pbf").write_bytes(b"x")
    build_from_pbf(CTX, region(tmp_path / "r.osm.pbf"), tmp_path / "o.streets")
    assert list(left.parent.iterdir()) == []


@given(st.lists(st.integers(-2**63, 2**63 - 1), max_size=40))
def test_numbers_survive_the_wire(numbers: list[int]) -> None:
    packed = wire.encode(wire.zigzag(np.array(numbers, np.int64)))
    values, start = wire.decode(packed)
    assert wire.unzigzag(values).tolist() == numbers and start[-1] == len(packed)
    if packed:
        with pytest.raises(ValueError, match="cut short"):
            wire.decode(packed[:-1] + b"\x80")
