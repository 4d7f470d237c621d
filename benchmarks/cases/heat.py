"""Complaint heat of one and of ten million points: counting alone beside three peers, changes of the filter, time play."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks import data
from benchmarks.bench import CENTRE, SIZES, Bench
from benchmarks.table import Row, Target
from benchmarks.talk import Side, in_turn

ORDER = 40
RADIUS_M = 500.0
ZOOM = 12.0
CHANGES = 200
PLAYED = 150


def rows(bench: Bench) -> Iterator[Row]:
    """Figures of the small district, then those of one with ten times the complaints."""
    for scale in (bench.scale, *bench.more[:1]):
        pack = str(data.layer_pack(scale, "complaint_heat"))
        with bench.ours("heat_side", pack, str(RADIUS_M)) as ours:
            file = str(data.folder() / f"points-x{scale:g}.npz")
            about = ours.ask("export", out=file)
            millions = f"{about['rows'] / 1e6:.2g}M"
            yield from _counted(bench, ours, file, about, millions)
        yield from _painted(bench, pack, scale, about, millions)


def _spans(about: dict[str, int], count: int, seed: int) -> list[list[int]]:
    """Days ``first`` ≤ day < ``end``, of a week to a year."""
    rng = random.Random(seed)
    spans = []
    for _ in range(count):
        length = min(rng.randint(7, 365), about["days"])
        first = about["first"] + rng.randint(0, about["days"] - length)
        spans.append([first, first + length])
    return spans


def _counted(bench: Bench, ours: Side, file: str, about: dict[str, int], millions: str) -> Iterator[Row]:
    """Each peer in turn with us, on the same spans, box and cells; all have to agree on the sum."""
    where = {"box": about["box"], "size": about["size"], "kind": None}
    for library, do, name in (("numpy", "histogram", "numpy.histogram2d, points already filtered"), ("datashader", "count", "datashader"), ("duckdb", "count", "DuckDB")):
        with bench.peer_points(library) as peer:
            if peer is not None:
                peer.ask("load", file=file)
            mine: list[float] = []
            theirs: list[float] = []
            for first, end in _spans(about, bench.runs, 7):
                asked = {"first": first, "end": end}
                fast, slow = in_turn(1, lambda asked=asked: _ms(ours, "count", asked),  # type: ignore[misc]
                                     (lambda asked=asked, do=do: _ms(peer, do, {**asked, **where})) if peer else None)  # type: ignore[misc]
                mine += fast
                theirs += slow
                if peer is not None:
                    totals = ours.ask("count", **asked)["total"], peer.ask(do, **asked, **where)["total"]
                    assert totals[0] == totals[1], (library, totals)
        yield Row("heat", f"热力计数 heat counted, {millions} · {library}", mine, peer_name=name, peer=theirs, absent="" if library == "numpy" else bench.peers_absent,
                  target=Target("ratio", 0.01) if library == "numpy" else None, note=f"{about['size'][0]}×{about['size'][1]} cells")


def _ms(side: Side | None, do: str, question: dict[str, object]) -> float:
    assert side is not None
    return float(side.ask(do, **question)["ms"])


def _painted(bench: Bench, pack: str, scale: float, about: dict[str, int], millions: str) -> Iterator[Row]:
    """From the change to the picture on the map, 1080p: other days, other categories, a day further each frame."""
    with bench.ours("map_side") as ours:
        ours.ask("load", streets=str(data.streets(scale)), layers={"complaint_heat": pack}, size=SIZES["1080p"])
        ours.ask("draw", lon=CENTRE[0], lat=CENTRE[1], zoom=ZOOM)
        changes = CHANGES if bench.runs > 1 else 20
        spans = _spans(about, changes, 11)
        every: list[object] = [None] * changes
        ours.ask("heat", days=spans[:10], categories=every[:10])
        days = ours.ask("heat", days=spans[10:], categories=every[10:])
        yield Row("heat", f"热力换日期到画出 other days, until painted 1080p, {millions}", days["ms"], target=Target("p99", 16.7) if scale == bench.scale else None)
        start = about["first"] + max(0, about["days"] - 365)
        played = ours.ask("heat", days=[[start + n % 300, start + n % 300 + 30] for n in range(PLAYED if bench.runs > 1 else 10)],
                          categories=[None] * (PLAYED if bench.runs > 1 else 10))
        yield Row("heat", f"时间播放每帧 time play, a frame 1080p, {millions}", played["ms"], target=Target("p95", 33.3))
        rng = random.Random(3)
        chosen = [sorted(rng.sample(range(about["categories"]), max(1, about["categories"] // 2))) for _ in range(changes // 4)]
        kinds = ours.ask("heat", days=spans[:changes // 4], categories=chosen)
        yield Row("heat", f"热力换类别到画出 other categories, until painted 1080p, {millions}", kinds["ms"], target=Target("p99", 16.7) if scale == bench.scale else None)
