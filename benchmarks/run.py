"""Runs the benchmarks and writes the table: ``python -m benchmarks.run [NAME …] [--json] [--large] [--out FILE]``."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import cases, machine
from benchmarks.bench import GET_PEERS, GET_QGIS, Bench
from benchmarks.data import is_made, say
from benchmarks.table import Row, markdown
from benchmarks.talk import ROOT

WORDS = """# 性能对照 · Benchmarks

由 `make bench` 写成；方法与取舍见[决策 0009](decisions/0009-benchmarks.md)。 Written by `make bench`; how and why: see the decision.

**{date} · {commit}** · {cpus} CPU, {memory_gb} GB, {system} ({machine}) · Python {python}, Qt {qt} · load {load_before} → {load_after}

数字出自共用且嘈杂的机器：只信比值与量级，不信绝对值。 The figures come from a shared, noisy machine without a GPU: trust ratios and magnitudes, not absolutes.
中位数与 p95 取自热身之后的至少 {runs} 次；比值 = 本程序 ÷ 对照，同一次运行中交替测得；增长 = 与规模 1（3,000 小区、100 万投诉）相比。
Medians and p95 of at least {runs} runs after a warm-up; ratio = ours ÷ peer, measured in turn in the same run; growth = beside scale 1 (3,000 compounds, 1M complaints).

{table}
"""


def found_cases() -> dict[str, Any]:
    """Benchmarks by name, in order."""
    modules = {m.name: importlib.import_module(f"benchmarks.cases.{m.name}") for m in pkgutil.iter_modules(cases.__path__)}
    return dict(sorted(modules.items(), key=lambda item: item[1].ORDER))


def measure(bench: Bench, names: Sequence[str]) -> list[Row]:
    """Rows of the benchmarks called ``names`` (none: all)."""
    every = found_cases()
    rows: list[Row] = []
    for name in names or list(every):
        for row in every[name].rows(bench):
            say(f"{row.what}: {row.value('median'):.3g} {row.unit}" + (f", {row.peer_name} ×{row.value('ratio'):.3g}" if row.value("ratio") else ""))
            rows.append(row)
    return rows


def page(rows: Sequence[Row], about: dict[str, Any], load_before: Sequence[float], runs: int) -> str:
    """The page of the table with its notes and the peers that are absent."""
    notes = [f"* {row.what}: {row.note}" for row in rows if row.note]
    absent = [f"* {row.peer_name}: `{row.absent}`" for row in {row.peer_name: row for row in rows if row.absent}.values()]
    text = WORDS.format(date=date.today().isoformat(), load_before=load_before[0], load_after=about["load"][0], runs=runs, table=markdown(rows),
                        **{k: v for k, v in about.items() if k != "load"})
    if notes:
        text += "\n## 说明 · Notes\n\n" + "\n".join(notes) + "\n"
    if absent:
        text += "\n## 缺少的对照 · Absent peers\n\n" + "\n".join(absent) + "\n"
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    names = list(found_cases())
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--large", action="store_true", help="make the districts of 30,000 and 300,000 compounds with 10M complaints, if they are not there yet, for the growth (an hour, 20 GB)")
    parser.add_argument("--small", action="store_true", help="a tiny district, one run: tries the harness out")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--out", type=Path, help="file of the table (default: docs/benchmarks.md when every benchmark runs)")
    parser.add_argument("--no-peers", action="store_true", help="ours alone")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.names if name not in names]
    if unknown:
        parser.error(f"没有 no benchmark {', '.join(unknown)}; {', '.join(names)}")
    more = tuple(scale for scale in (10, 100) if given.large or is_made(scale))
    bench = Bench(runs=given.runs, more=more, peers=not given.no_peers)
    if given.small:
        bench = Bench(runs=1, scale=0.03, more=(), seconds=0.5, sizes=("1080p",), peers=not given.no_peers)
    load_before = machine.describe()["load"]
    rows = measure(bench, given.names)
    about = machine.describe()
    out = given.out or (None if given.names or given.small else ROOT / "docs/benchmarks.md")
    if out:
        out.write_text(page(rows, about, load_before, bench.runs), "utf-8")
    if given.json:
        print(json.dumps({"rows": [row.as_json() for row in rows], "date": date.today().isoformat(), **about}, ensure_ascii=False))
    else:
        print(markdown(rows))
        for how in {GET_QGIS, GET_PEERS} & {row.absent for row in rows}:
            print(f"对照未安装 · a peer is absent; to have it: {how}")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main())
