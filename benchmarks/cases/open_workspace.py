"""Opening a workspace: the store, and what the first view asks of it; beside QGIS opening the layers of the same data."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks import data
from benchmarks.bench import Bench
from benchmarks.exchange import style_at
from benchmarks.table import Row
from benchmarks.talk import in_turn
from pm_desktop.base.jobs import JobContext
from pm_desktop.workspace import queries
from pm_desktop.workspace.workspace import Workspace

ORDER = 70


def rows(bench: Bench) -> Iterator[Row]:
    """One row a district."""
    before: float | None = None
    for scale in (bench.scale, *bench.more):
        location = data.district(scale)

        def ours(location: str = location) -> float:
            began = time.perf_counter()
            workspace = Workspace.open(location)
            queries.extent(JobContext(), location)
            workspace.close()
            return (time.perf_counter() - began) * 1000

        with bench.peer_qgis() as peer:
            style = style_at(14, data.streets(scale), data.layer_packs(scale))

            def theirs(gpkg: str = str(data.geopackage(scale)), style: object = style) -> float:
                return float(peer.ask("load", key="o", gpkg=gpkg, style=style)["ms"]) if peer else 0.0

            mine, other = in_turn(bench.runs, ours, theirs if peer else None)
        label = "" if scale == bench.scale else f" ×{scale:g}"
        row = Row("open", f"打开工作区 open a workspace{label}", mine, peer_name="QGIS, layers", peer=other, absent=bench.qgis_absent, before=before)
        before = before or row.value("median")
        yield row
