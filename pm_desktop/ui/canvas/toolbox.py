"""The tool in use on a canvas: takes it up, leads the drawing, tells what was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF

from pm_desktop.ui.canvas.tools import TOOLS, Circle, Drawing
from pm_desktop.ui.canvas.view import fitting

if TYPE_CHECKING:
    from pm_desktop.ui.canvas.canvas import MapCanvas

NEAREST_ZOOM = 19.0


class Toolbox:
    """At most one drawing at a time."""

    def __init__(self, canvas: MapCanvas) -> None:
        self._c = canvas
        self.drawing: Drawing | None = None

    def begin(self, tool: str) -> None:
        """Take a tool of `TOOLS` up."""
        if tool not in TOOLS:
            raise KeyError(tool)
        self.drawing = Drawing(tool)
        self._c.forget_hover()
        self._c.setFocus()
        self._c.show_cursor()
        self._c.toolChanged.emit(tool)
        self._c.update()

    def end(self) -> None:
        """Put the tool down; what is not finished is forgotten."""
        if self.drawing is None:
            return
        was_measuring = self.drawing.kind.stays
        self.drawing = None
        self._c.show_cursor()
        if was_measuring:
            self._c.measuring.emit(None)
        self._c.toolChanged.emit("")
        self._c.update()

    def lead(self, at: QPointF, *, held: bool) -> None:
        """Lead the drawing to a place of the widget."""
        if self.drawing is not None and not self.drawing.finished:
            self.drawing.move(self._c.world_at(at), held, self._c.view().unit)
            self.redraw()

    def redraw(self) -> None:
        """Show what the drawing has become."""
        drawing = self.drawing
        if drawing is not None and drawing.kind.stays:
            self._c.measuring.emit(drawing.measure() if drawing.points else None)
        self._c.update()

    def finish(self) -> None:
        """Tell what is drawn, if there is enough of it; measures stay until Esc, other tools are put down."""
        drawing = self.drawing
        if drawing is None or not drawing.points or (drawing.finished and drawing.kind.stays) or not drawing.finish():
            return
        result = drawing.result()
        if drawing.kind.stays:
            self.redraw()
        else:
            self.end()
        if drawing.tool == "box_zoom" and not isinstance(result, Circle):
            (west, south), (east, north) = result.min(axis=0).tolist(), result.max(axis=0).tolist()
            self._c.fly_to(fitting((west, south, east, north), self._c.width(), self._c.height(), NEAREST_ZOOM))
        self._c.drawn.emit(drawing.tool, result if isinstance(result, Circle) else np.ascontiguousarray(result))
