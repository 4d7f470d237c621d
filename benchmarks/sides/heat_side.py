"""Our side of counting alone: ``heat_side.py PACK RADIUS_M``; what the heat process does before it smooths and colours."""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np

from benchmarks.talk import answer_lines
from pm_desktop.cartography.heat import HeatFilter, HeatPack


class HeatSide:
    """A heat pack whose prefix table is made."""

    def __init__(self, path: str, radius_m: float) -> None:
        self.pack = HeatPack(path)
        self.grid = self.pack.grid(radius_m)
        self.kinds = self.pack.kinds(HeatFilter())
        began = time.perf_counter()
        self.grid.prepare(self.kinds)
        self.prepared_ms = (time.perf_counter() - began) * 1000

    def count(self, first: int, end: int) -> dict[str, Any]:
        """Counts of all occupied cells for days since 1970."""
        low, high = self.pack.span(HeatFilter(first, end))
        began = time.perf_counter()
        counts = self.grid.counts(low, high, self.kinds)
        return {"ms": (time.perf_counter() - began) * 1000, "total": int(counts.sum())}

    def export(self, out: str) -> dict[str, Any]:
        """The same points for the peers, and the box and number of cells of our grid."""
        arrays = self.pack.arrays
        np.savez(out, x=arrays["h/xy"][:, 0].astype(np.float64), y=arrays["h/xy"][:, 1].astype(np.float64), day=np.asarray(arrays["h/day"]),
                 kind=np.asarray(arrays["h/kind"]))
        grid = self.grid
        return {"box": [grid.x0, grid.y0, grid.x0 + grid.columns * grid.cell, grid.y0 + grid.rows * grid.cell], "size": [grid.columns, grid.rows],
                "first": self.pack.first_day, "days": self.pack.days, "rows": len(arrays["h/day"]), "categories": len(self.pack.meta["categories"])}


def main() -> None:
    """Answer until the input ends."""
    side = HeatSide(sys.argv[1], float(sys.argv[2]))
    answer_lines({"prepared_ms": side.prepared_ms}, side)


if __name__ == "__main__":
    main()
