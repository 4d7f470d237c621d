"""Start-up and first complete picture, each in a process of its own, from its start."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks import data
from benchmarks.bench import CENTRE, SIZES, Bench
from benchmarks.exchange import extent, style_at
from benchmarks.table import Row, Target

ORDER = 10
ZOOM = 13.0


def rows(bench: Bench) -> Iterator[Row]:
    """Window shown, map complete, everything loaded; beside the whole of QGIS with a project of the same map."""
    data.district(bench.scale)
    gpkg = str(data.geopackage(bench.scale))
    style = style_at(ZOOM, data.streets(bench.scale), data.layer_packs(bench.scale))
    shown, complete, settled, ready, pictured = [], [], [], [], []
    bare: list[float] = []
    with bench.peer_desktop(gpkg, style, extent(*CENTRE, ZOOM, *SIZES["1080p"])) as desktop:
        for turn in range(bench.runs + 1):  # the first fills the caches of the disk and of the program
            with bench.window(bench.scale, "1080p") as side:
                ours = [(side.hello[key] - side.began) * 1000 for key in ("shown", "complete", "settled")]
            peer = desktop() if desktop else None
            if turn:
                for values, value in zip((shown, complete, settled), ours, strict=True):
                    values.append(value)
                if peer:
                    ready.append(peer[0])
                    pictured.append(peer[1])
    if bench.qgis:
        bare = [_bare(bench, gpkg, style) for _ in range(2)][1:]
    note = f"QGIS without its window, by its Python alone: {bare[0]:,.0f} ms" if bare else ""
    yield Row("start", "启动到窗口出现 start to window", shown, peer_name="QGIS", peer=ready, absent=bench.desktop_absent)
    yield Row("start", "启动到首幅完整地图 1080p start to first complete map", complete, peer_name="QGIS", peer=pictured, absent=bench.desktop_absent,
              target=Target("ratio", 0.2), note=note)
    yield Row("start", "启动到工作区全部就绪 start to workspace fully loaded", settled)


def _bare(bench: Bench, gpkg: str, style: object) -> float:
    """Milliseconds until QGIS's Python has drawn the picture, without the program around it."""
    with bench.peer_qgis() as side:
        assert side is not None
        side.ask("load", key="first", gpkg=gpkg, style=style)
        side.ask("draw", key="first", extent=extent(*CENTRE, ZOOM, *SIZES["1080p"]), size=SIZES["1080p"])
        return (time.monotonic() - side.began) * 1000
