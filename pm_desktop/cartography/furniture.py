"""What stands beside a printed map: scale bar, north arrow, plates and marks; sizes in logical pixels."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from pm_desktop.base.mercator import metres_per_unit
from pm_desktop.cartography.fonts import font
from pm_desktop.cartography.style import MapStyle
from pm_desktop.cartography.typeset import width_of


def scale_bar(lat: float, unit: float, widest_px: float) -> tuple[float, str]:
    """Round ground length that fits: pixels and words."""
    metres_px = metres_per_unit(lat) * unit
    longest = widest_px * metres_px
    step = 10 ** math.floor(math.log10(longest))
    length = float(max(k * step for k in (1, 2, 5) if k * step <= longest))
    return length / metres_px, f"{length:.0f} m" if length < 1000 else f"{length / 1000:.0f} km"


def inks(style: MapStyle) -> tuple[QColor, QColor, QColor]:
    """Paper, ink and soft ink that go with a street base."""
    names = ("#12181f", "#e8edf2", "#9fb0c0") if style.is_dark else ("#ffffff", "#1c2126", "#5a636d")
    paper, ink, soft = (QColor(name) for name in names)
    return paper, ink, soft


def plate(painter: QPainter, box: QRectF, paper: QColor, edge: QColor) -> None:
    """A calm ground for text on the map."""
    line = QColor(edge)
    line.setAlphaF(0.35)
    painter.setPen(QPen(line, 0.8))
    painter.setBrush(paper)
    painter.drawRoundedRect(box, 3, 3)


def scale_box(corner: QPointF, lat: float, unit: float, words: str, widest: float) -> QRectF:
    """Plate of a scale bar whose lower left corner is ``corner``; ``words`` (the ratio on paper) stand above the bar."""
    length, end = scale_bar(lat, unit, widest)
    height = 46.0 if words else 32.0
    width = max(length + 24 + width_of(end, 10) / 2, width_of(words, 11, bold=True) + 24)
    return QRectF(corner.x(), corner.y() - height, width, height)


def paint_scale(painter: QPainter, box: QRectF, lat: float, unit: float, words: str, widest: float, style: MapStyle) -> None:
    """A bar of four parts on its plate ``box``."""
    paper, ink, _ = inks(style)
    length, end = scale_bar(lat, unit, widest)
    plate(painter, box, paper, ink)
    left, base = box.left() + 12, box.bottom() - 10
    painter.setPen(ink)
    if words:
        painter.setFont(font(11, bold=True))
        painter.drawText(QPointF(left, box.top() + 15), words)
    painter.setFont(font(10))
    for part, text in ((0.0, "0"), (0.5, scale_bar_half(end)), (1.0, end)):
        where = QRectF(left + part * length - 40, base - 19, 80, 13)
        painter.drawText(where, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, text)
    painter.setPen(QPen(ink, 0.8))
    for k in range(4):
        painter.setBrush(ink if k % 2 == 0 else paper)
        painter.drawRect(QRectF(left + k * length / 4, base - 4, length / 4, 4))


def scale_bar_half(words: str) -> str:
    """Half of a scale bar's length; kilometres below one are left to the ends."""
    number, unit = words.split()
    half = int(number) / 2
    return f"{half:g}" if unit == "m" or half >= 1 else "0.5"


def paint_north(painter: QPainter, middle: QPointF, degrees: float, style: MapStyle) -> None:
    """An arrow to the north of a map that is turned by ``degrees`` clockwise, on a round plate of 44 pixels; its letter stands upright."""
    paper, ink, _ = inks(style)
    plate(painter, QRectF(middle.x() - 22, middle.y() - 22, 44, 44), paper, ink)
    painter.save()
    painter.translate(middle)
    painter.rotate(degrees)
    painter.setPen(QPen(ink, 0.8))
    tip, foot = QPointF(0, -9), QPointF(0, 10)
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([tip, QPointF(-6, 15), foot]))
    painter.setBrush(paper)
    painter.drawPolygon(QPolygonF([tip, QPointF(6, 15), foot]))
    painter.restore()
    angle = math.radians(degrees)
    at = QPointF(middle.x() + 15 * math.sin(angle), middle.y() - 15 * math.cos(angle))
    painter.setPen(ink)
    painter.setFont(font(10, bold=True))
    painter.drawText(QRectF(at.x() - 8, at.y() - 7, 16, 14), Qt.AlignmentFlag.AlignCenter, "N")


def mark_box(corner: QPointF, words: str) -> QRectF:
    """Plate of a mark whose upper left corner is ``corner``."""
    return QRectF(corner.x(), corner.y(), width_of(words, 12, bold=True) + 20, 24)


def paint_mark(painter: QPainter, box: QRectF, words: str) -> None:
    """A mark that nobody overlooks (sample data, a past day)."""
    painter.setPen(QPen(QColor("#8a4b00"), 1))
    painter.setBrush(QColor("#fff1d0"))
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(QColor("#6b3a00"))
    painter.setFont(font(12, bold=True))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
