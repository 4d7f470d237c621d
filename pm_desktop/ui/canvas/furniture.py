"""What stands on the map besides the map: scale bar, north, attribution, notices."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from pm_desktop.cartography.fonts import font
from pm_desktop.cartography.furniture import scale_bar
from pm_desktop.cartography.style import MapStyle

if TYPE_CHECKING:
    from pm_desktop.ui.canvas.canvas import MapCanvas

Piece = tuple[QPointF, QImage]


@dataclass(slots=True)
class Frame:
    """Scale bar, north, attribution and sample mark as small pictures, drawn anew only when one of them changes."""

    _key: tuple[Any, ...] = ()
    _pieces: list[Piece] = field(default_factory=list)

    def draw(self, painter: QPainter, canvas: MapCanvas, style: MapStyle) -> None:
        """Lay them on the map; where there is no map, say what to do."""
        view = canvas.view()
        bar, words = scale_bar(view.lat, view.unit, 110)
        text = " · ".join(t for t in (canvas.sample_mark, canvas.attribution) if t)
        key = (canvas.width(), canvas.height(), canvas.devicePixelRatioF(), round(bar), words, text, style.name)
        if key != self._key:
            self._key, self._pieces = key, _pieces(canvas, style, round(bar), words, text)
        for at, picture in self._pieces:
            painter.drawImage(at, picture)
        if canvas.notice:
            painter.setFont(font(15))
            painter.setPen(QColor(style.colours["label"]["place"][0]))
            painter.drawText(QRectF(canvas.rect()).adjusted(40, 0, -40, 0), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                             canvas.notice)


def _pieces(canvas: MapCanvas, style: MapStyle, bar: int, words: str, text: str) -> list[Piece]:
    ink = QColor(style.colours["label"]["place"][0])
    back = QColor(style.colours["land"])
    back.setAlpha(215)
    bottom, ratio = canvas.height() - 38, canvas.devicePixelRatioF()
    metrics = QFontMetricsF(font(11))
    pieces = [(QPointF(8, bottom), _picture(bar + 20 + metrics.horizontalAdvance(words), 30, ratio, lambda p, w, h: _scale(p, bar, words, ink, back, w, h)))]
    if text:
        room = metrics.horizontalAdvance(text) + 14
        pieces.append((QPointF(canvas.width() - room - 8, bottom + 10), _picture(room, 20, ratio, lambda p, w, h: _words(p, text, ink, back, w, h))))
    pieces.append((QPointF(canvas.width() - 48, canvas.height() - 84), _picture(36, 36, ratio, lambda p, w, h: _north(p, w / 2, h / 2, ink, back))))
    return pieces


def _picture(width: float, height: float, ratio: float, draw: Callable[[QPainter, float, float], None]) -> QImage:
    image = QImage(math.ceil(width * ratio), math.ceil(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(11))
    draw(painter, width, height)
    painter.end()
    return image


def _plate(painter: QPainter, back: QColor, width: float, height: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(back)
    painter.drawRoundedRect(QRectF(0, 0, width, height), 4, 4)


def _scale(painter: QPainter, bar: int, words: str, ink: QColor, back: QColor, width: float, height: float) -> None:
    _plate(painter, back, width, height)
    painter.setPen(QPen(QBrush(ink), 1.6))
    painter.drawPolyline([QPointF(6, 19), QPointF(6, 24), QPointF(6 + bar, 24), QPointF(6 + bar, 19)])
    painter.drawText(QPointF(13 + bar, 25), words)


def _words(painter: QPainter, text: str, ink: QColor, back: QColor, width: float, height: float) -> None:
    _plate(painter, back, width, height)
    painter.setPen(ink)
    painter.drawText(QRectF(0, 0, width, height), Qt.AlignmentFlag.AlignCenter, text)


def _north(painter: QPainter, x: float, y: float, ink: QColor, back: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(back)
    painter.drawEllipse(QPointF(x, y), 17, 17)
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([QPointF(x, y - 13), QPointF(x + 5, y + 3), QPointF(x, y), QPointF(x - 5, y + 3)]))
    painter.setPen(ink)
    painter.setFont(font(9, bold=True))
    painter.drawText(QRectF(x - 10, y + 2, 20, 13), Qt.AlignmentFlag.AlignCenter, "N")
