"""Start-up and first complete picture, each in a process of its own, from its start."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import data
from benchmarks.bench import CENTRE, SIZES, Bench
from benchmarks.exchange import extent, style_at
from benchmarks.table import Row, Target

ORDER = 10
ZOOM = 13.0


def rows(bench: Bench) -> Iterator[Row]:
    """Window shown, map complete, everything loaded; beside QGIS's own Python: ready, its first picture of the same data."""
    location, gpkg = data.district(bench.scale), str(data.geopackage(bench.scale))
    style = style_at(ZOOM, data.streets(bench.scale), data.layer_packs(bench.scale))
    shown, complete, settled, ready, pictured = [], [], [], [], []
    for turn in range(bench.runs + 1):  # the first fills the caches of the disk
        with bench.window(bench.scale, "1080p") as side:
            ours = [(side.hello[key] - side.began) * 1000 for key in ("shown", "complete", "settled")]
        peer = _qgis(bench, gpkg, style) if bench.qgis else None
        if turn:
            for values, value in zip((shown, complete, settled), ours, strict=True):
                values.append(value)
            if peer:
                ready.append(peer[0])
                pictured.append(peer[1])
    assert location
    name = "QGIS (Python, no desktop)"
    yield Row("start", "启动到窗口出现 start to window", shown, peer_name=name, peer=ready, absent=bench.qgis_absent, note="QGIS: libraries loaded, no window")
    yield Row("start", "启动到首幅完整地图 1080p start to first complete map", complete, peer_name=name, peer=pictured, absent=bench.qgis_absent,
              target=Target("ratio", 0.2), note="ours with the whole window, layers built from the store")
    yield Row("start", "启动到工作区全部就绪 start to workspace fully loaded", settled)


def _qgis(bench: Bench, gpkg: str, style: object) -> tuple[float, float]:
    import time

    with bench.peer_qgis() as side:
        assert side is not None
        ready = (time.monotonic() - side.began) * 1000
        side.ask("load", key="first", gpkg=gpkg, style=style)
        side.ask("draw", key="first", extent=extent(*CENTRE, ZOOM, *SIZES["1080p"]), size=SIZES["1080p"])
        return ready, (time.monotonic() - side.began) * 1000
