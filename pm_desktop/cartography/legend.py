"""Legends, drawn with the colours of the map itself: one drawing for the window, for pictures and for pages.

A swatch is a piece of the map: the land of the street base with the layer on it at the layer's opacity, so that what a legend
shows can be compared with the map by eye and by pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPen

from pm_desktop.cartography.fonts import font
from pm_desktop.cartography.heat import shades
from pm_desktop.cartography.overlay import class_colour, fill_brushes, shape_path
from pm_desktop.cartography.style import MapStyle
from pm_desktop.cartography.typeset import broken, width_of
from pm_desktop.layers.style import DrawnStyle, FillStyle, HeatStyle, LineStyle, PointStyle, Style, StyleClass, heat_ticks

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
        painter.setBrush(Qt.BrushStyle.NoBrush)
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
    elif isinstance(style, DrawnStyle):
        wash = QColor(colour)
        wash.setAlphaF(style.fill_opacity)
        painter.fillRect(area.adjusted(2, 2, -2, -2), wash)
        painter.setPen(QPen(QBrush(colour), 2.0))
        painter.drawRect(area.adjusted(2, 2, -2, -2))
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


# -- a whole legend --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LegendRow:
    """A class with its words and how many there are."""

    entry: StyleClass
    words: str
    count: str


@dataclass(frozen=True, slots=True)
class LegendBlock:
    """A layer in a legend: what its colours mean and in which unit, its classes or the end of its colour scale; ``notes`` stand below."""

    title: str
    style: Style
    opacity: float
    rows: tuple[LegendRow, ...] = ()
    unit: str = ""
    top: float | None = None
    notes: tuple[str, ...] = ()

    def texts(self) -> tuple[str, ...]:
        """Everything that is written of it."""
        return (self.title, self.unit, *self.notes, *(t for r in self.rows for t in (r.words, r.count)))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a legend that is being set: its height and how it is drawn into a box."""

    height: float
    draw: Callable[[QPainter, QRectF], None]


COLUMN, GUTTER, SIZE = 178.0, 14.0, 11


def set_legend(blocks: Sequence[LegendBlock], base: MapStyle, height: float, ink: QColor, soft: QColor) -> tuple[list[list[Line]], QSizeF]:
    """Lines of a legend in as few columns as fit into ``height``, and the room that they take; all in logical pixels."""
    lines = [line for block in blocks for line in _lines(block, base, ink, soft)]
    columns: list[list[Line]] = [[]]
    used = 0.0
    for line in lines:
        if used + line.height > height and columns[-1]:
            columns.append([])
            used = 0.0
        columns[-1].append(line)
        used += line.height
    tallest = max((sum(line.height for line in column) for column in columns), default=0.0)
    return columns, QSizeF(len(columns) * COLUMN + (len(columns) - 1) * GUTTER, tallest)


def paint_legend(painter: QPainter, at: QPointF, columns: list[list[Line]]) -> None:
    """Draw what `set_legend` set with its corner at ``at``."""
    for k, column in enumerate(columns):
        y = at.y()
        for line in column:
            painter.save()
            line.draw(painter, QRectF(at.x() + k * (COLUMN + GUTTER), y, COLUMN, line.height))
            painter.restore()
            y += line.height


def _lines(block: LegendBlock, base: MapStyle, ink: QColor, soft: QColor) -> list[Line]:
    found = [_written(part, SIZE, ink, bold=True, lead=6.0 if k == 0 else 0.0) for k, part in enumerate(broken(block.title, SIZE, COLUMN, bold=True))]
    found += [_written(part, SIZE - 1, soft) for part in broken(block.unit, SIZE - 1, COLUMN)] if block.unit else []
    if isinstance(block.style, HeatStyle) and block.top is not None:
        style, top = block.style, block.top
        found.append(Line(32.0, lambda painter, box: _ramp_line(painter, box, style, base, block.opacity, top, soft)))
    for row in block.rows:
        parts = broken(row.words, SIZE, COLUMN - 30 - width_of(row.count, SIZE - 1))
        found.append(Line(17.0, lambda painter, box, row=row, first=parts[0]: _row_line(painter, box, row, first, block, base, ink, soft)))  # type: ignore[misc]
        found += [_written(part, SIZE, ink, left=28.0) for part in parts[1:]]
    found += [_written(part, SIZE - 1, soft) for note in block.notes for part in broken(note, SIZE - 1, COLUMN)]
    return found


def _written(text: str, size: int, colour: QColor, *, bold: bool = False, lead: float = 0.0, left: float = 0.0) -> Line:
    def draw(painter: QPainter, box: QRectF) -> None:
        painter.setFont(font(size, bold=bold))
        painter.setPen(colour)
        painter.drawText(box.adjusted(left, lead, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)

    return Line(size * 1.45 + lead, draw)


def _ramp_line(painter: QPainter, box: QRectF, style: HeatStyle, base: MapStyle, opacity: float, top: float, colour: QColor) -> None:
    ramp = QRectF(box.left(), box.top() + 2, box.width(), 11)
    paint_ramp(painter, ramp, style, base, opacity)
    painter.setPen(QPen(colour, 1))
    painter.setFont(font(SIZE - 1))
    paint_ticks(painter, ramp, top)


def _row_line(painter: QPainter, box: QRectF, row: LegendRow, words: str, block: LegendBlock, base: MapStyle, ink: QColor, soft: QColor) -> None:
    paint_swatch(painter, QRectF(box.left(), box.top() + 2, 20, 13), row.entry, block.style, base, block.opacity)
    one_line = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.setFont(font(SIZE))
    painter.setPen(ink)
    painter.drawText(box.adjusted(28, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | one_line, words)
    painter.setFont(font(SIZE - 1))
    painter.setPen(soft)
    painter.drawText(box, Qt.AlignmentFlag.AlignRight | one_line, row.count)
