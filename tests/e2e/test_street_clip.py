"""A piece is clipped out of a large OSM file: what is in it, in how much memory, and how it stops."""

from __future__ import annotations

import json
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pm_desktop.base.errors import Cancelled
from pm_desktop.base.jobs import Job, JobContext, Lane
from pm_desktop.streets.osm import BIG_BYTES, build_from_pbf
from tests.helpers.counts import SOAK, count
from tests.helpers.measured import pm
from tests.helpers.pbf import BUILDINGS, ROADS, Country, write_country

SIZE = count(test=40_000_000, soak=1_000_000_000)
SMALL = 20_000_000
CELLS = count(test=5, soak=12)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    made = write_country(tmp_path_factory.mktemp("country") / "large.osm.pbf", SIZE)
    assert abs(made.file.stat().st_size / SIZE - 1) < 0.05
    return made


def text(box: tuple[float, ...]) -> str:
    return ",".join(str(c) for c in box)


def whole(towns: int) -> dict[str, int]:
    return {"roads": ROADS * towns, "named_roads": ROADS * towns, "buildings": BUILDINGS * towns}


def test_a_piece_of_a_large_file_in_bounded_memory(country: Country, tmp_path: Path, basedir: Path) -> None:
    box = country.box(CELLS, CELLS)
    run = pm(basedir, "streets", "build", str(country.file), "--clip", text(box), "--out", str(tmp_path / "p.streets"))
    assert run.code == 0, run.answer
    print(f"{country.file.stat().st_size / 1e6:.0f} MB, {country.towns_in(box)} of {country.towns} towns: {run.seconds:.1f} s, {run.peak_mb:.0f} MB")
    assert {k: run.answer[k] for k in ("roads", "named_roads", "buildings")} == whole(country.towns_in(box))
    assert run.peak_mb <= (2_000 if SOAK else 250)
    assert list((basedir / "cache" / "streets-build").iterdir()) == []
    # the same piece out of a smaller file takes as much memory: it grows with the piece
    small = write_country(tmp_path / "small.osm.pbf", SMALL)
    assert small.file.stat().st_size > BIG_BYTES
    few = pm(basedir, "streets", "build", str(small.file), "--clip", text(small.box(CELLS, CELLS)), "--out", str(tmp_path / "q.streets"))
    assert few.code == 0 and few.answer["buildings"] == BUILDINGS * small.towns_in(small.box(CELLS, CELLS))
    assert run.peak_mb - few.peak_mb < (400 if SOAK else 60)


def test_a_piece_cut_by_a_file_of_areas(country: Country, tmp_path: Path) -> None:
    boxes = country.box(3, 1), country.box(1, 3, north=2)
    corners = [[[[b[0], b[1]], [b[2], b[1]], [b[2], b[3]], [b[0], b[3]], [b[0], b[1]]]] for b in boxes]
    body = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": c}} for c in corners]}
    (tmp_path / "clip.geojson").write_text(json.dumps(body), "utf-8")
    report = build_from_pbf(JobContext(), country.file, tmp_path / "p.streets", clip=tmp_path / "clip.geojson")
    assert {k: report[k] for k in ("roads", "named_roads", "buildings")} == whole(sum(country.towns_in(b) for b in boxes))


def test_it_stops_at_once_and_leaves_nothing(country: Country, tmp_path: Path, basedir: Path) -> None:
    """Cancelled at several points of the work, it has ended 200 ms later."""
    lane = Lane("import")
    for since in (0.05, 0.3, 0.52):
        reached, ended, outcome = threading.Event(), threading.Event(), []

        def on_progress(done: float, _note: str, since: float = since, reached: threading.Event = reached) -> None:
            if done >= since:
                reached.set()

        def on_end(what: Any, outcome: list[Any] = outcome, ended: threading.Event = ended) -> None:
            outcome.append(what)
            ended.set()

        job = lane.submit(Job(partial(build_from_pbf, clip=text(country.box(3, 3))), (country.file, tmp_path / "p.streets"), "streets", on_progress, on_end, on_end))
        assert reached.wait(600)
        began = time.perf_counter()
        job.cancel()
        assert ended.wait(5)
        assert time.perf_counter() - began <= 0.25
        assert isinstance(outcome[0], Cancelled)
        assert not (tmp_path / "p.streets").exists()
    lane.close()


def test_a_damaged_large_file_is_refused(country: Country, tmp_path: Path, basedir: Path) -> None:
    data = country.file.read_bytes()[:24_000_000]
    damaged = {"cut": data, "cut at a block": data[:data.index(b"OSMData", len(data) // 2) - 6], "other bytes": data[:9_000_000] + bytes(2_000) + data[9_002_000:]}
    for name, content in damaged.items():
        (tmp_path / "bad.osm.pbf").write_bytes(content)
        run = pm(basedir, "streets", "build", str(tmp_path / "bad.osm.pbf"), "--clip", text(country.box(2, 2)), "--out", str(tmp_path / "b.streets"))
        assert run.code == 3, name
        assert run.answer["error"]["code"] in ("pbf_unreadable", "nothing_inside") and run.answer["error"]["remedy"], name
        assert not (tmp_path / "b.streets").exists(), name
