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
from pm_desktop.layers.style import FORMS, LineStyle, PointStyle

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
    form = _forms(pack, seen)
    nothing = QBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen, brush in ((halo, nothing), (line, QBrush(tint))):
        painter.setPen(pen)
        for kind, wash_of in (("AREA", brush), ("LINE", nothing)):
            chosen = seen[form == FORMS.index(kind)]
            if len(chosen) == 0:
                continue
            painter.setBrush(wash_of)
            draw_shapes(painter, shapes(pack.arrays, "f", chosen, frame))
        painter.setBrush(brush)
        points = seen[form == FORMS.index("POINT")]
        place = pack.arrays["f/xy" if is_points or len(points) == 0 else "f/label_xy"]
        for x, y in frame.pixels(place[points]).tolist():
            painter.drawEllipse(QPointF(x, y), POINT_PX * ratio, POINT_PX * ratio)


def _forms(pack: LayerPack, index: NDArray[Any]) -> NDArray[np.uint8]:
    """Which of `FORMS` features have."""
    if "f/form" in pack.arrays:
        form: NDArray[np.uint8] = pack.arrays["f/form"][index]
        return form
    form_of_all = "POINT" if isinstance(pack.style, PointStyle) else "LINE" if isinstance(pack.style, LineStyle) else "AREA"
    return np.full(len(index), FORMS.index(form_of_all), np.uint8)
