"""Our side of a bare map: the widget alone, of the size and extent the peer draws."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, QPointF, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.machine import memory_mb
from benchmarks.talk import answer_lines
from pm_desktop.base import paths
from pm_desktop.base.mercator import to_world
from pm_desktop.cartography.heat import HeatFilter
from pm_desktop.ui.canvas import LayerView, MapCanvas, View


class MapSide:
    """A map that is drawn, moved and picked from."""

    def __init__(self) -> None:
        self.canvas = MapCanvas()

    def load(self, streets: str, layers: dict[str, str], size: tuple[int, int]) -> dict[str, Any]:
        """Show a street pack and layer packs."""
        self.canvas.resize(*size)
        self.canvas.show()
        self.canvas.set_base([Path(streets)])
        self.canvas.set_layers([LayerView(name, Path(path)) for name, path in layers.items()])
        return {}

    def draw(self, lon: float, lat: float, zoom: float, out: str | None = None, anew: bool = True) -> dict[str, Any]:
        """Every tile and name of a view, until it is complete and shown: ``anew`` without the ground that was kept."""
        self.canvas.set_view(View(lon, lat, zoom))
        self._wait(quiet=True)
        if anew:
            shutil.rmtree(paths.cache_dir() / "ground", ignore_errors=True)
        began = time.perf_counter()
        self.canvas.set_map_theme("light")  # another scene: whatever was painted is no longer current
        return self._timed(began, out)

    def step(self, lon: float, lat: float, zoom: float) -> dict[str, Any]:
        """A view that is complete, moved by a quarter of its width, until it is complete again."""
        self.canvas.set_view(View(lon, lat, zoom))
        shutil.rmtree(paths.cache_dir() / "ground", ignore_errors=True)
        self.canvas.set_map_theme("light")
        self._wait()
        began = time.perf_counter()
        self.canvas.set_view(self.canvas.view().panned(-self.canvas.width() / 4, 0))
        return self._timed(began, None)

    def pick(self, places: list[list[float]], zoom: float, lon: float, lat: float) -> dict[str, Any]:
        """What lies under each of the places (degrees), each in milliseconds."""
        self.canvas.set_view(View(lon, lat, zoom))
        self._wait(quiet=True)
        view = self.canvas.view()
        spent, found = [], 0
        for place in places:
            dx, dy = (to_world(*place).astype(float) - np.array(view.world)) / view.unit
            at = QPointF(self.canvas.width() / 2 + dx, self.canvas.height() / 2 + dy)
            began = time.perf_counter()
            hit = self.canvas.hit_at(at)
            spent.append((time.perf_counter() - began) * 1000)
            found += hit is not None
        return {"ms": spent, "found": found}

    def heat(self, days: list[list[int]], categories: list[list[int] | None]) -> dict[str, Any]:
        """Milliseconds from each change of the heat's filter until its picture is on the map, and the rows counted."""
        counted: list[Any] = []
        self.canvas.heat.counted.connect(counted.append)
        spent, rows = [], []
        loop = QEventLoop()
        self.canvas.heat.counted.connect(loop.quit)
        for (first, end), chosen in zip(days, categories, strict=True):
            began = time.perf_counter()
            self.canvas.heat.show(HeatFilter(first, end, tuple(chosen) if chosen is not None else None))
            loop.exec()
            self.canvas.repaint()
            spent.append((time.perf_counter() - began) * 1000)
            rows.append(counted[-1].shown)
        self.canvas.heat.counted.disconnect(loop.quit)
        return {"ms": spent, "rows": rows}

    def memory(self) -> dict[str, float]:
        """Memory of the map and its render processes."""
        return memory_mb(os.getpid())

    def _timed(self, began: float, out: str | None) -> dict[str, Any]:
        self._wait()
        self.canvas.repaint()
        spent = (time.perf_counter() - began) * 1000
        if out:
            self.canvas.grab().save(out)
        return {"ms": spent}

    def _wait(self, *, quiet: bool = False) -> None:
        """Run the event loop until the view is complete, or until nothing at all is being painted (``quiet``)."""
        loop = QEventLoop()
        poll = QTimer(interval=1)
        poll.timeout.connect(lambda: loop.quit() if self.canvas.is_complete() and (not quiet or self.canvas._engine.idle) else None)
        poll.start()
        loop.exec()
        poll.stop()


def main() -> None:
    """Answer until the input ends."""
    application = QApplication([])
    side = MapSide()
    answer_lines({"pid": os.getpid()}, side)
    side.canvas.close_engine()
    del application


if __name__ == "__main__":
    main()
