"""What was found, drawn over the map: the lines of a street, the areas of a firm, a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from pm_desktop.base.mercator import world_of
from pm_desktop.ui.canvas.canvas import MapCanvas
from pm_desktop.ui.theme import tokens


class Marks(QWidget):
    """A clear sheet over the canvas; it follows the view because the canvas's repaint repaints it too."""

    def __init__(self, canvas: MapCanvas, theme: list[str]) -> None:
        super().__init__(canvas)
        self._canvas, self._theme = canvas, theme
        self._lines: list[NDArray[Any]] = []
        self._areas = False
        self._point: tuple[float, float] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def clear(self) -> None:
        """Nothing is marked."""
        self._lines, self._point = [], None
        self.hide()

    def show_lines(self, lines: Sequence[NDArray[Any]]) -> None:
        """Draw lines (world coordinates)."""
        self._show(lines, False)

    def show_areas(self, rings: Sequence[NDArray[Any]]) -> None:
        """Draw areas by their outer rings (world coordinates)."""
        self._show(rings, True)

    def show_point(self, lon: float, lat: float) -> None:
        """Draw a ring around a place."""
        self._point = world_of(lon, lat)
        self._appear()

    def marked(self) -> int:
        """How many lines or areas are drawn."""
        return len(self._lines)

    def shown(self) -> tuple[tuple[NDArray[Any], ...], tuple[NDArray[Any], ...]]:
        """Areas and lines that are marked (world coordinates)."""
        return (tuple(self._lines), ()) if self._areas else ((), tuple(self._lines))

    def _show(self, lines: Sequence[NDArray[Any]], areas: bool) -> None:
        self._lines, self._areas = [np.asarray(line, float) for line in lines], areas
        self._appear()

    def _appear(self) -> None:
        self.setGeometry(self._canvas.rect())
        self.setVisible(bool(self._lines) or self._point is not None)
        self.lower()  # buttons of the map stay above
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what is marked, where the view has it now."""
        if self.size() != self._canvas.size():
            self.setGeometry(self._canvas.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = QColor(tokens(self._theme[0])["accent"])
        halo = QColor(tokens(self._theme[0])["surface"])
        polygons = [self._on_screen(line) for line in self._lines]
        for colour, width in ((halo, 7.0), (accent, 3.5)):
            colour.setAlphaF(0.75 if width > 5 else 0.9)
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            for polygon in polygons:
                painter.drawPolygon(polygon) if self._areas else painter.drawPolyline(polygon)
            if self._point is not None:
                painter.drawEllipse(self._on_screen(np.array([self._point])).first(), 11, 11)
        self._canvas.draw_names(painter)  # names stay legible over what is marked
        painter.end()

    def _on_screen(self, world: NDArray[Any]) -> QPolygonF:
        view = self._canvas.view()
        cx, cy = view.world
        x = (world[:, 0] - cx) / view.unit + self._canvas.width() / 2
        y = (world[:, 1] - cy) / view.unit + self._canvas.height() / 2
        return QPolygonF([QPointF(px, py) for px, py in zip(x.tolist(), y.tolist(), strict=True)])
