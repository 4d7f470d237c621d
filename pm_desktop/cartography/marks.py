"""Outlines of chosen features, drawn over everything else: by the window for a few, by the render process for many."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from pm_desktop.base.gridindex import boxes_meet
from pm_desktop.cartography.geometry import Frame, draw_shapes, shapes
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.cartography.style import MapStyle
from pm_desktop.layers.style import PointStyle

ACCENT = QColor("#0b6bcb")
ACCENT_DARK = QColor("#6cb6ff")
POINT_PX = 11.0


def accent(style: MapStyle) -> QColor:
    """Colour of what is chosen, on the base of ``style``."""
    return ACCENT_DARK if style.is_dark else ACCENT


def indices_of(pack: LayerPack, ids: frozenset[str]) -> NDArray[np.int32]:
    """Features of a layer pack with these ids."""
    wanted = {i.encode() for i in ids}
    found = np.fromiter((i in wanted for i in pack.arrays["f/id"].tolist()), bool)
    return np.flatnonzero(found).astype(np.int32)


def paint_marks(painter: QPainter, pack: LayerPack, index: NDArray[Any], frame: Frame, ratio: float, style: MapStyle, *,
                width: float = 3.2, wash: int = 40) -> None:
    """Outline those of the features ``index`` that lie in the picture; ``ratio`` device pixels a logical one."""
    colour = accent(style)
    tint = QColor(colour)
    tint.setAlpha(wash)
    halo = QPen(QBrush(QColor(255, 255, 255, 190)), (width + 2.4) * ratio)
    line = QPen(QBrush(colour), width * ratio)
    box = frame.box(30 * ratio)
    is_points = isinstance(pack.style, PointStyle)
    boxes = np.tile(pack.arrays["f/xy"][index], 2) if is_points else pack.arrays["f/bbox"][index]
    seen = np.asarray(index)[boxes_meet(boxes, box)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen, brush in ((halo, QBrush(Qt.BrushStyle.NoBrush)), (line, QBrush(tint))):
        painter.setPen(pen)
        painter.setBrush(brush)
        if is_points:
            for x, y in frame.pixels(pack.arrays["f/xy"][seen]).tolist():
                painter.drawEllipse(QPointF(x, y), POINT_PX * ratio, POINT_PX * ratio)
        else:
            draw_shapes(painter, shapes(pack.arrays, "f", seen, frame))
