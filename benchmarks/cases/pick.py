"""What lies under the cursor: our pick over all layers, and QGIS's by its spatial index over one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks import data
from benchmarks.bench import CENTRE, SIZES, Bench
from benchmarks.cases.redraw import in_metres
from benchmarks.exchange import style_at
from benchmarks.table import Row, Target

ORDER = 50
PLACES = 500
ZOOM = 14


def rows(bench: Bench) -> Iterator[Row]:
    """One row a district."""
    before: float | None = None
    rng = np.random.default_rng(5)
    places = (np.array(CENTRE) + rng.uniform(-0.04, 0.04, (PLACES, 2)) * (1, 0.5)).tolist()
    for scale in (bench.scale, *bench.more):
        with bench.ours("map_side") as ours, bench.peer_qgis() as peer:
            ours.ask("load", streets=str(data.streets(scale)), layers={k: str(p) for k, p in data.layer_packs(scale).items()}, size=SIZES["1080p"])
            at = {"zoom": ZOOM, "lon": CENTRE[0], "lat": CENTRE[1]}
            ours.ask("pick", places=places, **at)
            picked = ours.ask("pick", places=places, **at)
            theirs: list[float] = []
            if peer is not None:
                peer.ask("load", key="p", gpkg=str(data.geopackage(scale)), style=style_at(ZOOM, data.streets(scale), data.layer_packs(scale)))
                question = {"key": "p", "table": "zones", "places": [in_metres(*place) for place in places]}
                peer.ask("pick", **question)
                theirs = peer.ask("pick", **question)["ms"]
        label = "" if scale == bench.scale else f" ×{scale:g}"
        row = Row("pick", f"点选 pick, {len(data.LAYERS)} layers{label}", picked["ms"], peer_name="QGIS, 1 layer", peer=theirs, absent=bench.qgis_absent,
                  target=Target("median", 0.1), before=before, note=f"hit at {picked['found']} of {PLACES} places")
        before = before or row.value("median")
        yield row
