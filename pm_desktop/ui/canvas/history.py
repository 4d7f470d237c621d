"""The way back: views that the map rested at, as pages of a browser."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from pm_desktop.ui.canvas.view import View

LONGEST = 100
SAME_PX = 24.0


@dataclass(slots=True)
class ViewHistory:
    """Views in order, and which of them is shown."""

    _views: list[View] = field(default_factory=list)
    _at: int = -1

    def visit(self, view: View) -> None:
        """The map rests at ``view``; what lay ahead is forgotten, unless it is where the map was already."""
        if self._at >= 0 and same(self._views[self._at], view):
            return
        self._views = [*self._views[:self._at + 1], view][-LONGEST:]
        self._at = len(self._views) - 1

    def back(self) -> View | None:
        """The view before, or None at the first one."""
        return self._go(-1)

    def forward(self) -> View | None:
        """The view after, or None at the last one."""
        return self._go(1)

    def _go(self, step: int) -> View | None:
        if not 0 <= self._at + step < len(self._views):
            return None
        self._at += step
        return self._views[self._at]


def same(a: View, b: View) -> bool:
    """Whether two views show the same to the eye."""
    (x0, y0), (x1, y1) = a.world, b.world
    return abs(a.zoom - b.zoom) < 0.1 and math.hypot(x1 - x0, y1 - y0) < SAME_PX * a.unit
