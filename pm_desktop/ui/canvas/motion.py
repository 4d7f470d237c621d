"""Movement of the map between two rests: coasting after a flick, zoom that flows to its aim, flights to a view.

One timer, which runs only while something moves.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer

from pm_desktop.base.mercator import units_per_px
from pm_desktop.ui.canvas.view import MAX_ZOOM, MIN_ZOOM, View, at_world

FRAME_MS = 12
COAST_S = 0.28  # time in which a coasting map loses 63 % of its speed
SLOWEST_PX_S = 24.0
FASTEST_PX_S = 5000.0
FLICK_PX_S = 160.0
FLOW_S = 0.055  # the same for the way that is left to the aim of a zoom
FLIGHT_S = 0.28
FARTHEST_FLIGHT_PX = 4000.0


class Motion(QObject):
    """Moves a view by calling ``show(view)`` frame by frame, and ``rest()`` at the end."""

    def __init__(self, show: Callable[[View], None], rest: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._show, self._rest = show, rest
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._step: Callable[[float], bool] | None = None
        self._last = 0.0
        self._view = View(0, 0, 10)
        self._zoom, self._anchor = 10.0, (0.0, 0.0)
        self.aim: View | None = None  # where it will end, if that is known

    @property
    def active(self) -> bool:
        """Whether the map moves by itself."""
        return self._step is not None

    def stop(self) -> None:
        """Stand still where the map is."""
        self._timer.stop()
        self._step, self.aim = None, None

    def coast(self, view: View, vx: float, vy: float) -> None:
        """Go on after a flick of the hand, in pixels a second."""
        speed = math.hypot(vx, vy)
        if speed < FLICK_PX_S:
            return
        slow = min(1.0, FASTEST_PX_S / speed)
        velocity = [vx * slow, vy * slow]

        def step(seconds: float) -> bool:
            way = COAST_S * (1 - math.exp(-seconds / COAST_S))
            self._view = self._view.panned(velocity[0] * way, velocity[1] * way)
            for axis in (0, 1):
                velocity[axis] *= math.exp(-seconds / COAST_S)
            return math.hypot(*velocity) > SLOWEST_PX_S

        self._begin(view, step, None)

    def zoom(self, view: View, to: float, dx: float, dy: float) -> None:
        """Flow to another zoom, the point ``dx``, ``dy`` pixels off the centre standing still."""
        self._zoom, self._anchor = min(max(to, MIN_ZOOM), MAX_ZOOM), (dx, dy)

        def step(seconds: float) -> bool:
            left = (self._zoom - self._view.zoom) * math.exp(-seconds / FLOW_S)
            there = abs(left) < 0.004
            self._view = self._view.zoomed(self._zoom - (0 if there else left), *self._anchor)
            return not there

        self._begin(view, step, view.zoomed(self._zoom, dx, dy))

    @property
    def zoom_aim(self) -> float | None:
        """Zoom that the map flows to."""
        return self.aim.zoom if self.aim is not None else None

    def fly(self, view: View, to: View) -> None:
        """Glide to a near view, jump to a far one."""
        (x0, y0), (x1, y1) = view.world, to.world
        if math.hypot(x1 - x0, y1 - y0) / max(view.unit, to.unit) > FARTHEST_FLIGHT_PX or abs(view.zoom - to.zoom) > 4:
            self.stop()
            self._show(to)
            self._rest()
            return
        passed = [0.0]

        def step(seconds: float) -> bool:
            passed[0] = min(passed[0] + seconds / FLIGHT_S, 1.0)
            part = 1 - (1 - passed[0]) ** 3
            zoom = view.zoom + (to.zoom - view.zoom) * part
            # the place follows the scale, so that the way looks straight
            unit0, unit1 = view.unit, to.unit
            share = part if abs(unit0 - unit1) < 1e-9 else (unit0 - units_per_px(zoom)) / (unit0 - unit1)
            self._view = to if passed[0] >= 1 else at_world(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share, zoom)
            return passed[0] < 1

        self._begin(view, step, to)

    def _begin(self, view: View, step: Callable[[float], bool], aim: View | None) -> None:
        self._view, self._step, self.aim = view, step, aim
        if not self._timer.isActive():
            self._last = time.perf_counter()
            self._timer.start()

    def _tick(self) -> None:
        if self._step is None:
            return
        now = time.perf_counter()
        goes_on = self._step(min(now - self._last, 0.1))
        self._last = now
        if not goes_on:
            self.stop()
        self._show(self._view)
        if not goes_on:
            self._rest()
