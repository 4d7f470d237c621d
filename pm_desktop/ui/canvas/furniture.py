"""What stands on the map besides the map: outlines of hover and selection, scale bar, north, attribution, notices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from pm_desktop.base.mercator import metres_per_unit
from pm_desktop.cartography.fonts import font
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.cartography.style import MapStyle
from pm_desktop.layers.style import PointStyle
from pm_desktop.ui.canvas.picking import Hit, rings
from pm_desktop.ui.canvas.view import LayerView

if TYPE_CHECKING:
    from pm_desktop.ui.canvas.canvas import MapCanvas

ACCENT = QColor("#0b6bcb")
ACCENT_DARK = QColor("#6cb6ff")
Screen = Callable[[float, float], QPointF]


def draw_marks(painter: QPainter, screen: Screen, packs: dict[Path, LayerPack], layers: tuple[LayerView, ...],
               selected: tuple[str, tuple[str, ...]] | None, hover: Hit | None, style: MapStyle) -> None:
    """Outline what is selected and what lies under the cursor."""
    by_id = {v.id: packs[v.pack] for v in layers if v.visible}
    accent = ACCENT_DARK if style.is_dark else ACCENT
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if selected and selected[0] in by_id:
        pack = by_id[selected[0]]
        ids = pack.arrays["f/id"]
        for identifier in selected[1]:
            for index in np.flatnonzero(ids == identifier.encode()).tolist():
                _outline(painter, screen, pack, index, accent, 3.2, 40)
    if hover and hover.count == 1 and hover.layer in by_id:
        _outline(painter, screen, by_id[hover.layer], hover.index, accent, 2.0, 22)


def _outline(painter: QPainter, screen: Screen, pack: LayerPack, index: int, colour: QColor, width: float, alpha: int) -> None:
    path = QPainterPath()
    if isinstance(pack.style, PointStyle):
        x, y = pack.arrays["f/xy"][index]
        path.addEllipse(screen(float(x), float(y)), 11, 11)
    else:
        for ring in rings(pack, index):
            path.addPolygon(QPolygonF([screen(float(x), float(y)) for x, y in ring]))
    wash = QColor(colour)
    wash.setAlpha(alpha)
    painter.setPen(QPen(QBrush(QColor(255, 255, 255, 190)), width + 2.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.setPen(QPen(QBrush(colour), width))
    painter.setBrush(QBrush(wash))
    painter.drawPath(path)


def scale_bar(lat: float, unit: float, widest_px: float) -> tuple[float, str]:
    """Round ground length that fits: pixels and words."""
    metres_px = metres_per_unit(lat) * unit
    longest = widest_px * metres_px
    step = 10 ** np.floor(np.log10(longest))
    length = float(max(k * step for k in (1, 2, 5) if k * step <= longest))
    return length / metres_px, f"{length:.0f} m" if length < 1000 else f"{length / 1000:.0f} km"


def draw_frame(painter: QPainter, canvas: MapCanvas, style: MapStyle) -> None:
    """Scale bar, north, attribution, sample mark and, where there is no map, what to do."""
    ink = QColor(style.colours["label"]["place"][0])
    back = QColor(style.colours["land"])
    back.setAlpha(215)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(11))
    view = canvas.view()
    width, words = scale_bar(view.lat, view.unit, 110)
    left, bottom = 14.0, canvas.height() - 14.0
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(back)
    painter.drawRoundedRect(QRectF(left - 6, bottom - 24, width + 58, 30), 4, 4)
    painter.setPen(QPen(QBrush(ink), 1.6))
    painter.drawPolyline([QPointF(left, bottom - 5), QPointF(left, bottom), QPointF(left + width, bottom),
                          QPointF(left + width, bottom - 5)])
    painter.drawText(QPointF(left + width + 7, bottom + 1), words)
    text = " · ".join(t for t in (canvas.sample_mark, canvas.attribution) if t)
    if text:
        room = painter.fontMetrics().horizontalAdvance(text) + 14
        box = QRectF(canvas.width() - room - 8, canvas.height() - 28, room, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(back)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    _north(painter, canvas.width() - 30, canvas.height() - 66, ink, back)
    if canvas.notice:
        painter.setFont(font(15))
        painter.setPen(ink)
        painter.drawText(QRectF(canvas.rect()).adjusted(40, 0, -40, 0), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                         canvas.notice)


def _north(painter: QPainter, x: float, y: float, ink: QColor, back: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(back)
    painter.drawEllipse(QPointF(x, y), 17, 17)
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([QPointF(x, y - 13), QPointF(x + 5, y + 3), QPointF(x, y), QPointF(x - 5, y + 3)]))
    painter.setPen(ink)
    painter.setFont(font(9, bold=True))
    painter.drawText(QRectF(x - 10, y + 2, 20, 13), Qt.AlignmentFlag.AlignCenter, "N")
