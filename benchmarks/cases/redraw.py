"""Complete redraw at three zooms and two sizes, and a step aside; QGIS draws the same features, names, extent and size."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import data
from benchmarks.bench import CENTRE, SIZES, Bench
from benchmarks.exchange import extent, metres, style_at
from benchmarks.table import Row, Target
from benchmarks.talk import Side, in_turn
from pm_desktop.base.mercator import to_world

ORDER = 20
ZOOMS = (11, 14, 16)


def rows(bench: Bench) -> Iterator[Row]:
    """Redraws of the small district beside QGIS, then those of larger ones beside the small."""
    before: dict[tuple[str, int], float] = {}
    for scale in (bench.scale, *bench.more):
        for size in bench.sizes if scale == bench.scale else bench.sizes[:1]:
            with bench.ours("map_side") as ours, bench.peer_qgis() as peer:
                ours.ask("load", streets=str(data.streets(scale)), layers={k: str(p) for k, p in data.layer_packs(scale).items()}, size=SIZES[size])
                for zoom in ZOOMS:
                    if peer is not None:
                        style = style_at(zoom, data.streets(scale), data.layer_packs(scale))
                        peer.ask("load", key=str(zoom), gpkg=str(data.geopackage(scale)), style=style)
                    for row in _rows(bench, ours, peer, size, zoom, scale):
                        row.before = before.get((row.what.partition(" ×")[0], zoom))
                        before.setdefault((row.what, zoom), row.value("median") or 0)
                        yield row


def _rows(bench: Bench, ours: Side, peer: Side | None, size: str, zoom: int, scale: float) -> Iterator[Row]:
    box = extent(*CENTRE, zoom, *SIZES[size])
    at = {"lon": CENTRE[0], "lat": CENTRE[1], "zoom": zoom}
    step_m = (box[2] - box[0]) / 4
    aside = [box[0] + step_m, box[1], box[2] + step_m, box[3]]

    def qgis(where: list[float]) -> float:
        assert peer is not None
        return float(peer.ask("draw", key=str(zoom), extent=where, size=SIZES[size])["ms"])

    drawn, theirs = in_turn(bench.runs, lambda: ours.ask("draw", **at)["ms"], (lambda: qgis(box)) if peer else None)
    label = "" if scale == bench.scale else f" ×{scale:g}"
    yield Row("redraw", f"整幅重绘 redraw z{zoom} {size}{label}", drawn, peer_name="QGIS", peer=theirs, absent=bench.qgis_absent, target=Target("ratio", 0.08))
    again, theirs = in_turn(bench.runs, lambda: ours.ask("draw", **at, anew=False)["ms"], (lambda: qgis(box)) if peer else None)
    yield Row("redraw", f"整幅重绘，地面已存 redraw, ground kept z{zoom} {size}{label}", again, peer_name="QGIS", peer=theirs, absent=bench.qgis_absent,
              target=Target("ratio", 0.08))
    if scale == bench.scale:
        stepped, theirs = in_turn(bench.runs, lambda: ours.ask("step", **at)["ms"], (lambda: qgis(aside)) if peer else None)
        yield Row("redraw", f"平移四分之一屏到清晰 step aside until sharp z{zoom} {size}", stepped, peer_name="QGIS", peer=theirs, absent=bench.qgis_absent)


def in_metres(lon: float, lat: float) -> list[float]:
    """A place in Web Mercator metres, as QGIS is asked."""
    found: list[float] = metres(to_world(lon, lat)).tolist()
    return found
