"""Paints what is being drawn: line, wash, vertices, and the measures beside them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from pm_desktop.cartography.fonts import font
from pm_desktop.ui.canvas.tools import Drawing, area_words, length_words

Screen = Callable[[float, float], QPointF]
WORDS_PX = 13
SHORTEST_PX = 56


def draw_rubber_band(painter: QPainter, drawing: Drawing, screen: Screen, unit: float, colour: QColor) -> None:
    """Draw it over the map; ``unit`` world units a pixel."""
    points = [screen(*p) for p in drawing.outline()]
    if not points:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    wash = QColor(colour)
    wash.setAlpha(38)
    brush = QBrush(wash) if drawing.kind.closed else QBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(QBrush(QColor(255, 255, 255, 200)), 4.5), QPen(QBrush(colour), 2.0)):
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(brush if pen.widthF() < 3 else QBrush(Qt.BrushStyle.NoBrush))
        if drawing.kind.gesture == "radius":
            radius = drawing.radius_units() / unit
            painter.drawEllipse(points[0], radius, radius)
        elif drawing.kind.closed:
            painter.drawPolygon(QPolygonF(points))
        else:
            painter.drawPolyline(points)
    if drawing.kind.gesture in ("click", "radius"):
        painter.setPen(QPen(QBrush(colour), 2.0))
        painter.setBrush(QColor("#ffffff"))
        for point in points[:len(drawing.points)]:
            painter.drawEllipse(point, 4.0, 4.0)
    _draw_measures(painter, drawing, points)


def _draw_measures(painter: QPainter, drawing: Drawing, points: list[QPointF]) -> None:
    if drawing.kind.gesture == "radius":
        if drawing.radius_m() > 0:
            _plate(painter, points[0] + QPointF(0, -20), f"r = {drawing.typed + ' m' if drawing.typed else length_words(drawing.radius_m())}", True)
        return
    if drawing.tool not in ("line", "area") or len(points) < 2:
        return
    found = drawing.measure()
    for a, b, metres in zip(points, [*points[1:], points[0]], found.segments_m, strict=False):
        if (b - a).manhattanLength() > SHORTEST_PX and len(found.segments_m) > 1:
            _plate(painter, (a + b) / 2, length_words(metres), False)
    if found.area_m2 is not None:
        middle = QPolygonF(points).boundingRect().center()
        _plate(painter, middle, area_words(found.area_m2), True)
    elif not drawing.kind.closed:
        _plate(painter, points[-1] + QPointF(0, -20), length_words(found.total_m), True)


def _plate(painter: QPainter, at: QPointF, text: str, strong: bool) -> None:
    """Words on a small plate centred at ``at``."""
    shown = font(WORDS_PX if strong else WORDS_PX - 2, bold=strong)
    metrics = QFontMetricsF(shown)
    width, height = metrics.horizontalAdvance(text) + 12, metrics.height() + 4
    box = QRectF(at.x() - width / 2, at.y() - height / 2, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(28, 34, 43, 225) if strong else QColor(255, 255, 255, 225))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor("#ffffff") if strong else QColor("#1d2129"))
    painter.setFont(shown)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
