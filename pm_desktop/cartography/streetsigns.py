"""Small signs of the street base: arrows of one-way streets, stations of the metro."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QTransform

from pm_desktop.cartography.geometry import Frame, Shapes
from pm_desktop.cartography.style import MapStyle, at_zoom
from pm_desktop.streets.classes import StationClass
from pm_desktop.streets.pack import StreetPack

ARROW_GAP_PX = 150.0
SIGN_REACH_PX = 20.0
_RADIUS = [(11.5, 1.8), (13, 3.0), (15, 4.6), (17, 6.5)]
STATIONS_FROM = 11.5


def station_radius(zoom: float, cls: int) -> float:
    """Radius in logical pixels of a station's ring."""
    return at_zoom(_RADIUS, zoom) * (1.3 if cls == StationClass.INTERCHANGE else 1.0)


def paint_stations(painter: QPainter, pack: StreetPack, frame: Frame, zoom: float, ratio: float, style: MapStyle) -> None:
    """Rings in the colour of the line, larger and dark where lines meet."""
    if zoom < STATIONS_FROM or "station/colour" not in pack.arrays:
        return
    xy, cls, colour = (pack.arrays[f"station/{key}"] for key in ("xy", "cls", "colour"))
    x0, y0, x1, y1 = frame.box(SIGN_REACH_PX * ratio)
    inside = np.flatnonzero((xy[:, 0] >= x0) & (xy[:, 0] <= x1) & (xy[:, 1] >= y0) & (xy[:, 1] <= y1))
    places = frame.pixels(xy[inside])
    face, ring = style.colours["station"]
    for i, (x, y) in zip(inside.tolist(), places.tolist(), strict=True):
        radius = station_radius(zoom, int(cls[i])) * ratio
        own = f"#{int(colour[i]):06x}" if colour[i] else ring
        painter.setPen(QPen(QBrush(QColor(own)), radius * 0.55))
        painter.setBrush(QColor(face))
        painter.drawEllipse(QPointF(x, y), radius * 0.78, radius * 0.78)
        if cls[i] == StationClass.INTERCHANGE and zoom >= 13:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(own))
            painter.drawEllipse(QPointF(x, y), radius * 0.26, radius * 0.26)


def paint_arrows(painter: QPainter, found: Shapes, chosen: Any, against: Any, frame: Frame, ratio: float, size: float, colour: str) -> None:
    """Arrows along one-way streets (``chosen``; ``against``: drawn against their direction), ``size`` device pixels long."""
    arrow = _arrow(size)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    reach = SIGN_REACH_PX * ratio
    for feature, backward in zip(chosen.tolist(), against.tolist(), strict=True):
        line = found.xy[found.part[found.feat[feature]]:found.part[found.feat[feature] + 1]]
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        if along[-1] < 2.2 * size:
            continue
        count = max(1, int(along[-1] // (ARROW_GAP_PX * ratio)))
        at = (np.arange(count) + 0.5) / count * along[-1]
        x, y = np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])
        step = [np.interp(at + size / 2, along, line[:, k]) - np.interp(at - size / 2, along, line[:, k]) for k in (0, 1)]
        turn = np.degrees(np.arctan2(step[1], step[0])) + (180 if backward else 0)
        near = (x > -reach) & (x < frame.width + reach) & (y > -reach) & (y < frame.height + reach)
        for k in np.flatnonzero(near).tolist():
            painter.drawPath(QTransform().translate(x[k], y[k]).rotate(turn[k]).map(arrow))


def _arrow(size: float) -> QPainterPath:
    path = QPainterPath()
    half, head, shaft, wing = size / 2, size * 0.38, size * 0.07, size * 0.22
    points = [(-half, -shaft), (half - head, -shaft), (half - head, -wing), (half, 0), (half - head, wing), (half - head, shaft), (-half, shaft)]
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.closeSubpath()
    return path
