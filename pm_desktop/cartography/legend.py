"""Legends, drawn with the colours of the map itself: one drawing for the window, for pictures and for pages.

A swatch is a piece of the map: the land of the street base with the layer on it at the layer's opacity, so that what a legend
shows can be compared with the map by eye and by pixel.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPen

from pm_desktop.cartography.heat import shades
from pm_desktop.cartography.overlay import class_colour, fill_brushes, shape_path
from pm_desktop.cartography.style import MapStyle
from pm_desktop.layers.style import FillStyle, HeatStyle, LineStyle, PointStyle, Style, StyleClass, heat_ticks

STOPS = 48
SMALL = 0.6  # a swatch shows a rhythm at this size, so that it holds at least one whole beat


def paint_swatch(painter: QPainter, box: QRectF, entry: StyleClass, style: Style, base: MapStyle, opacity: float = 1.0) -> None:
    """Draw a class of a legend into ``box`` as it looks on the street base ``base``; one unit of the painter is a logical pixel."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = class_colour(entry, base)
    area = box.adjusted(1, 1, -1, -1)
    painter.fillRect(area, QColor(base.colours["land"]))
    painter.setOpacity(opacity)
    if isinstance(style, FillStyle):
        for brush in fill_brushes(entry, style, base):
            painter.fillRect(area, brush)
        painter.setPen(QPen(QBrush(colour), style.width))
        painter.drawRect(area)
    elif isinstance(style, LineStyle) and entry.strokes:
        for width, on, off in entry.strokes:
            pen = QPen(QBrush(colour), width * SMALL, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            if off:
                pen.setDashPattern([on / width, off / width])
            painter.setPen(pen)
            painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))
    elif isinstance(style, LineStyle):
        pen = QPen(QBrush(colour), style.width)
        if style.dashed:
            pen.setDashPattern([5, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))
    elif isinstance(style, PointStyle):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPath(shape_path(entry.shape, box.center(), min(5.5, box.height() / 2.6)))
    painter.restore()


def heat_colour(style: HeatStyle, base: MapStyle, part: float, opacity: float = 1.0) -> QColor:
    """Colour of the heat at ``part`` of its ramp (0–1), over the land of ``base``."""
    table = shades(style.ramp)
    shade = int(table[round(part * part * (len(table) - 1))])  # the ramp runs with the square root of the value
    alpha = (shade >> 24) / 255 * opacity
    land = QColor(base.colours["land"])
    mixed = [(shade >> shift & 255) * opacity + below * (1 - alpha)
             for shift, below in ((16, land.red()), (8, land.green()), (0, land.blue()))]
    return QColor(*(min(255, round(v)) for v in mixed))


def paint_ramp(painter: QPainter, box: QRectF, style: HeatStyle, base: MapStyle, opacity: float = 1.0) -> None:
    """Draw the colours of a heat layer from 0 (left) to the top of its scale (right)."""
    gradient = QLinearGradient(box.topLeft(), box.topRight())
    for part in np.linspace(0, 1, STOPS).tolist():
        gradient.setColorAt(part, heat_colour(style, base, part, opacity))
    painter.fillRect(box, QBrush(gradient))


def paint_ticks(painter: QPainter, box: QRectF, top: float) -> None:
    """Write the values of a ramp below ``box``, which is the ramp's, with the painter's pen and font."""
    room = 60.0
    for part, value in heat_ticks(top):
        x = box.left() + min(max(part * box.width(), 0.5), box.width() - 0.5)
        painter.drawLine(QPointF(x, box.bottom()), QPointF(x, box.bottom() + 3))
        words = f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:,.1f}"
        side = min(max(x - room / 2, box.left()), box.right() - room)
        where = Qt.AlignmentFlag.AlignLeft if part == 0 else Qt.AlignmentFlag.AlignRight if part == 1 else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(QRectF(side, box.bottom() + 3, room, 16), where | Qt.AlignmentFlag.AlignTop, words)
