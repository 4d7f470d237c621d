"""Search as one types: names, beginnings, pinyin, initials, codes; DuckDB looks for the same text in the names alone."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import data
from benchmarks.bench import Bench
from benchmarks.table import Row, Target
from benchmarks.talk import in_turn
from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.records import Compound
from pm_desktop.storage.database import Database
from pm_desktop.workspace import search, searchindex

ORDER = 60
LIMIT_MS = 30.0


def rows(bench: Bench) -> Iterator[Row]:
    """One row a district."""
    before: float | None = None
    for scale in (bench.scale, *bench.more):
        row = _row(bench, scale)
        row.before = before
        before = before or row.value("median")
        yield row


def _row(bench: Bench, scale: float) -> Row:
    out = str(data.folder() / f"search-x{scale:g}.index")
    searchindex.build_index(JobContext(), data.district(scale), out, (str(data.streets(scale)),))
    index = search.SearchIndex(out)
    names = _names(data.district(scale), data.folder() / f"names-x{scale:g}.csv")
    texts = [text for name in names[:: max(1, len(names) // 20)] for text in (name[:1], name[:2], name)] + ["p", "jy", "yuan", "PD-C"]
    hits = [0]

    def ours(text: str) -> float:
        began = time.perf_counter()
        hits[0] += bool(index.query(text))
        return (time.perf_counter() - began) * 1000

    with bench.peer_points("duckdb") as peer:
        found: list[list[float]] = [[], []]
        if peer is not None:
            peer.ask("names", file=str(data.folder() / f"names-x{scale:g}.csv"))
        for text in texts:
            mine, theirs = in_turn(bench.runs, lambda text=text: ours(text),  # type: ignore[misc]
                                   (lambda text=text: float(peer.ask("find", text=text)["ms"])) if peer else None)  # type: ignore[misc]
            found[0] += mine
            found[1] += theirs
    label = "" if scale == bench.scale else f" ×{scale:g}"
    return Row("search", f"搜索 search, {len(names):,} 小区 compounds{label}", found[0], peer_name="DuckDB, names alone", peer=found[1], absent=bench.peers_absent,
               target=Target("p95", LIMIT_MS), note=f"{len(texts)} texts; {hits[0] * 100 // (len(texts) * (bench.runs + 1))} % found something")


def _names(location: str, file: Path) -> list[str]:
    with Database.open(location, read_only=True) as db:
        every = [(str(row[0]), str(row[1])) for row in db.rows(Compound, ("id", "name"))]
    with open(file, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("id", "name"), *every])
    return [name for _, name in every]
