"""Frames of a drag and of the wheel in the whole window, alone and while a file comes in; memory afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks import data
from benchmarks.bench import CENTRE, SIZES, Bench
from benchmarks.table import Row, Target
from benchmarks.talk import Side

ORDER = 30
ZOOMS = (11, 14, 16)
LIMIT_MS = {"1080p": 16.7, "4K": 20.0}
LAYERS = ("streets", "zones", "complaint_heat", "towns")
IMPORT_ROWS = 60_000


def rows(bench: Bench) -> Iterator[Row]:
    """Frames of the small district, then of larger ones beside it."""
    before: dict[str, float] = {}
    for scale in (bench.scale, *bench.more):
        for size in bench.sizes if scale == bench.scale else bench.sizes[:1]:
            with bench.window(scale, size, *LAYERS) as side:
                for row in _moved(bench, side, size, scale):
                    row.before = before.get(row.what.partition(" ×")[0])
                    before.setdefault(row.what, row.value("median") or 0)
                    yield row
    if bench.sizes:
        yield from _while_importing(bench)


def _moved(bench: Bench, side: Side, size: str, scale: float) -> Iterator[Row]:
    label = "" if scale == bench.scale else f" ×{scale:g}"
    target = Target("p95", LIMIT_MS[size]) if scale == bench.scale else Target("growth", 1.25)
    for zoom in ZOOMS:
        side.ask("view", lon=CENTRE[0], lat=CENTRE[1], zoom=zoom)
        side.ask("pan", seconds=bench.seconds / 3)  # warm: sprites, tiles, memory
        panned = side.ask("pan", seconds=bench.seconds)
        yield Row("pan", f"平移每帧 pan, a frame z{zoom} {size}{label}", panned["frames"], target=target, note=f"longest gap {panned['longest_gap']:.0f} ms")
        side.ask("view", lon=CENTRE[0], lat=CENTRE[1], zoom=zoom)
        zoomed = side.ask("zoom", seconds=bench.seconds)
        yield Row("pan", f"缩放每帧 zoom, a frame z{zoom} {size}{label}", zoomed["frames"], target=target if scale == bench.scale else None)
    memory = side.ask("memory")
    note = f"PSS: window {memory['window']:.0f}, helpers {memory['helpers']:.0f}, {memory['processes']:.0f} processes"
    yield Row("pan", f"内存 memory, window and helpers {size}{label}", [memory["window"] + memory["helpers"]], "MB",
              target=Target("median", 500) if size == "1080p" else None, note=note)


def _while_importing(bench: Bench) -> Iterator[Row]:
    """A copy of the district takes a file of complaints in while the map is dragged."""
    from tests.helpers.complaints import write_complaints

    copy, file = data.folder() / "importing", data.folder() / "complaints.csv"
    for size in bench.sizes:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(data.district(bench.scale), copy)
        write_complaints(Path(file), str(copy), IMPORT_ROWS)
        with bench.ours("window_side", str(copy), *(str(v) for v in SIZES[size]), *LAYERS) as side:
            side.ask("view", lon=CENTRE[0], lat=CENTRE[1], zoom=14)
            side.ask("pan", seconds=bench.seconds / 3)
            found = side.ask("pan_while_importing", file=str(file))
            assert found["stored"] == IMPORT_ROWS, found["stored"]
        yield Row("pan", f"导入时平移每帧 pan while importing z14 {size}", found["frames"], target=Target("p95", LIMIT_MS[size]),
                  note=f"longest gap {found['longest_gap']:.0f} ms, {IMPORT_ROWS:,} rows")
    shutil.rmtree(copy, ignore_errors=True)
