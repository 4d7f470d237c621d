"""Fades what a filter leaves out: a sheet over the map that covers every feature of a layer but those that are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from pm_desktop.base.mercator import zoom_of
from pm_desktop.cartography.geometry import Frame, draw_shapes, shapes
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.layers.style import FillStyle, PointStyle
from pm_desktop.ui.canvas.canvas import MapCanvas

COVER = 0.78
MANY = 4_000  # more areas than this are far away and small: a dot covers each
DOT_PX = 3
MARKER_PX = 10.0


class MapMask(QWidget):
    """Lies over a canvas and lets every event through."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._canvas = canvas
        self._layers: tuple[str, ...] = ()
        self._kept: NDArray[np.bytes_] = np.zeros(0, "S32")
        self._hidden: dict[Path, tuple[LayerPack, NDArray[np.bool_]]] = {}
        self.colour = QColor("#ffffff")
        canvas.installEventFilter(self)
        canvas.viewChanged.connect(lambda _: self.update())
        self.hide()

    def keep(self, layers: tuple[str, ...], ids: NDArray[np.bytes_], colour: QColor) -> None:
        """Fade all features of ``layers`` but these; ``colour`` is that of the land."""
        self._layers, self._kept, self._hidden, self.colour = layers, ids, {}, colour
        self.setGeometry(self._canvas.rect())
        self.lower()
        self.show()
        self.update()

    def clear(self) -> None:
        """Fade nothing."""
        self._layers = ()
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As large as the map."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cover what is not kept and in view."""
        view = self._canvas.view()
        x, y = view.world
        frame = Frame(x - self.width() / 2 * view.unit, y - self.height() / 2 * view.unit, view.unit, self.width(), self.height())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        cover = QColor(self.colour)
        cover.setAlphaF(COVER)
        painter.setBrush(cover)
        for layer in self._canvas.layers():
            if layer.visible and layer.id in self._layers:
                pack, hidden = self._opened(layer.pack)
                index = pack.features_in(frame.box(20))
                self._cover(painter, pack, index[hidden[index]], frame)
        self._canvas.draw_names(painter)  # names stay legible over what is faded
        painter.end()

    def _opened(self, path: Path) -> tuple[LayerPack, NDArray[np.bool_]]:
        if path not in self._hidden:
            pack = LayerPack(path)
            self._hidden[path] = (pack, ~np.isin(pack.arrays["f/id"], self._kept))
        return self._hidden[path]

    def _cover(self, painter: QPainter, pack: LayerPack, index: NDArray[Any], frame: Frame) -> None:
        if isinstance(pack.style, PointStyle):
            if zoom_of(frame.unit) >= (pack.style.cluster_zoom or 0):  # farther away markers stand for kept and others alike
                for px, py in frame.pixels(pack.arrays["f/xy"][index[:MANY]]).tolist():
                    painter.drawEllipse(QPointF(px, py), MARKER_PX, MARKER_PX)
        elif isinstance(pack.style, FillStyle):
            if len(index) > MANY:
                dots(painter, frame.pixels(pack.arrays["f/label_xy"][index]), frame, painter.brush().color())
            else:
                draw_shapes(painter, shapes(pack.arrays, "f", index, frame))


def dots(painter: QPainter, xy: NDArray[np.float64], frame: Frame, colour: QColor) -> None:
    """Dots in one picture: thousands of them cost as much as a few."""
    width, height = frame.width // DOT_PX + 1, frame.height // DOT_PX + 1
    column, row = (xy // DOT_PX).astype(np.int64).T
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    alpha = colour.alpha()
    pixel = alpha << 24 | (colour.red() * alpha // 255) << 16 | (colour.green() * alpha // 255) << 8 | colour.blue() * alpha // 255
    picture = np.zeros((height, width), np.uint32)
    picture[row[inside], column[inside]] = pixel
    image = QImage(picture.tobytes(), width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    painter.drawImage(QRectF(0, 0, width * DOT_PX, height * DOT_PX), image, QRectF(image.rect()))
