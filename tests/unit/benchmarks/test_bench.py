"""The benchmarks run end to end, on a tiny district, and say what they found and what is absent."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.bench import GET_QGIS, Bench
from benchmarks.run import found_cases, page
from benchmarks.table import Row, Target, markdown, percentile, shown
from benchmarks.talk import ROOT, in_turn
from pm_desktop.base import paths


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`pm-desktop bench` in a process of its own."""
    return subprocess.run([sys.executable, "-m", "pm_desktop", "bench", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=200)


def test_one_benchmark_runs_end_to_end(basedir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PM_BENCH_PEERS", str(basedir / "nowhere"))
    done = command("search", "--small", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    (row,) = answer["rows"]
    assert row["ours"] > 0 and row["p95"] >= row["ours"] and row["met"] is True and row["runs"] > 20
    assert row["peer_absent"] == "make bench-peers" and row["ratio"] is None
    assert answer["cpus"] and answer["qt"] and answer["commit"]


def test_an_unknown_name_is_a_wrong_usage() -> None:
    done = command("telepathy", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "bench_unknown"


def test_without_a_source_checkout_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pm_desktop.base.errors import ComponentMissing
    from pm_desktop.cli import bench

    monkeypatch.setattr(paths, "repo_root", lambda: tmp_path)
    with pytest.raises(ComponentMissing, match="benchmarks"):
        bench(None)


def test_an_absent_qgis_is_none_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(peers=False)
    with bench.peer_qgis() as side:
        assert side is None
    assert bench.qgis_absent == GET_QGIS


def test_a_row_is_held_to_its_target() -> None:
    ratio = Row("x", "w", [10.0, 10.0], peer_name="P", peer=[100.0], target=Target("ratio", 0.08))
    assert ratio.value("ratio") == pytest.approx(0.1) and ratio.met is False
    assert Row("x", "w", [7.0], peer=[100.0], target=Target("ratio", 0.08)).met is True
    assert Row("x", "w", [7.0], target=Target("ratio", 0.08)).met is None
    frames = [1.0] * 95 + [50.0] * 5
    assert Row("x", "w", frames, target=Target("p95", 16.7)).met is True
    assert Row("x", "w", frames, target=Target("p99", 16.7)).met is False
    assert Row("x", "w", [12.0], before=10.0, target=Target("growth", 1.25)).met is True
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0 and shown(0.01234) == "0.0123" and shown(None) == "–"


def test_the_table_has_a_cell_for_every_column() -> None:
    rows = [Row("x", "figure one", [1.0], peer_name="QGIS", absent=GET_QGIS, target=Target("ratio", 0.2), note="seen"), Row("y", "two", [2000.0], "MB")]
    lines = markdown(rows).splitlines()
    assert len({line.count("|") for line in lines}) == 1 and len(lines) == 4
    about = {"cpus": 2, "memory_gb": 4, "system": "s", "machine": "m", "python": "3", "qt": "6", "load": [1.0, 1.0, 1.0], "commit": "c"}
    text = page(rows, about, [0.5], 5)
    assert f"QGIS: `{GET_QGIS}`" in text and "* figure one: seen" in text and "2,000" in text


def test_measures_are_taken_in_turn_after_a_warm_up() -> None:
    calls: list[str] = []

    def measure(name: str) -> float:
        calls.append(name)
        return float(len(calls))

    ours, peer, absent = in_turn(2, lambda: measure("a"), lambda: measure("b"), None)
    assert calls == ["a", "b"] * 3 and ours == [3.0, 5.0] and peer == [4.0, 6.0] and absent == []


def test_every_case_is_found_with_its_order() -> None:
    assert {"start", "redraw", "pan", "pick", "search", "open_workspace"} <= set(found_cases())
