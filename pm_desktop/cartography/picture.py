"""Maps as pictures, outside the window: streets, names and outlines at any size (in a helper process or the command line)."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPen, QPolygonF

from pm_desktop.base.mercator import metres_per_unit, place_of, units_per_px, world_of
from pm_desktop.cartography.fonts import install_fonts
from pm_desktop.cartography.renderworker import TILE_PX, LabelRequest, Scene, TileRequest
from pm_desktop.cartography.scenepainter import ScenePainter

Box = tuple[float, float, float, float]
MAX_ZOOM = 17.0
MARGIN_PX = 160  # names are placed in a larger box, so that a border does not decide what collides
_application: list[QGuiApplication] = []


def ensure_application() -> None:
    """A process without a window needs one to paint text in."""
    if QGuiApplication.instance() is None:
        if not sys.platform.startswith("win"):
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        _application.append(QGuiApplication(sys.argv[:1]))
    install_fonts()


def map_png(packs: Sequence[str], rings: Sequence[NDArray[Any]], box: Box | None, theme: str, lang: str, width: int, height: int,
            ratio: float) -> bytes:
    """PNG of `map_image`."""
    ensure_application()
    picture, _ = map_image(packs, rings, box, theme, lang, width, height, ratio)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def map_image(packs: Sequence[str], rings: Sequence[NDArray[Any]], box: Box | None, theme: str, lang: str, width: int, height: int,
              ratio: float) -> tuple[QImage, float]:
    """Streets with their names and outlined areas in a picture of logical size; with it the metres a logical pixel."""
    x, y, zoom = _fitting(rings, box, width, height)
    unit = units_per_px(zoom)
    painter_of = ScenePainter(Scene(0, tuple(packs), (), theme, lang, ratio), None)
    picture = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
    picture.fill(QColor(painter_of.style.colours["land"]))
    painter = QPainter(picture)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    left, top = x - width / 2 * unit, y - height / 2 * unit
    _tiles(painter, painter_of, left, top, zoom, width, height, ratio)
    painter.scale(ratio, ratio)
    accent = QColor("#5ab4ff" if painter_of.style.is_dark else "#0b57b0")
    fill = QColor(accent)
    fill.setAlphaF(0.22)
    painter.setPen(QPen(accent, 2.2))
    painter.setBrush(fill)
    for ring in rings:
        painter.drawPolygon(QPolygonF([QPointF((px - left) / unit, (py - top) / unit) for px, py in np.asarray(ring, float).tolist()]))
    _names(painter, painter_of, left, top, zoom, width, height)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture, metres_per_unit(place_of(x, y)[1]) * unit


def _fitting(rings: Sequence[NDArray[Any]], box: Box | None, width: int, height: int) -> tuple[float, float, float]:
    """Centre (world units) and zoom (a quarter step) that show the box or the rings with streets around them."""
    if box is not None:
        (x0, y1), (x1, y0) = world_of(box[0], box[1]), world_of(box[2], box[3])
    else:
        points = np.concatenate([np.asarray(r, float) for r in rings])
        (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    unit = max((x1 - x0) / (width * 0.62), (y1 - y0) / (height * 0.62), 1e-6)
    zoom = min(31 - float(np.log2(unit * 512)), MAX_ZOOM - 1.25)
    return (x0 + x1) / 2, (y0 + y1) / 2, np.floor(max(zoom, 7.0) * 4) / 4


def _tiles(painter: QPainter, source: ScenePainter, left: float, top: float, zoom: float, width: int, height: int, ratio: float) -> None:
    unit, side = units_per_px(zoom), TILE_PX * units_per_px(zoom)
    pixels = round(TILE_PX * ratio)
    memory = bytearray(pixels * pixels * 4)
    for column in range(int(left // side), int((left + width * unit) // side) + 1):
        for row in range(int(top // side), int((top + height * unit) // side) + 1):
            source.tile(TileRequest(round(zoom * 4), column, row), memoryview(memory))
            tile = QImage(bytes(memory), pixels, pixels, pixels * 4, QImage.Format.Format_RGB32)
            painter.drawImage(QPointF(round((column * side - left) / unit * ratio), round((row * side - top) / unit * ratio)), tile)


def _names(painter: QPainter, source: ScenePainter, left: float, top: float, zoom: float, width: int, height: int) -> None:
    unit = units_per_px(zoom)
    edge = MARGIN_PX * unit
    box = (int(left - edge), int(top - edge), int(left + width * unit + edge), int(top + height * unit + edge))
    placements, fresh = source.labels(LabelRequest(1, zoom, box))
    sprites = {number: (QImage(data, w, h, w * 4, QImage.Format.Format_ARGB32_Premultiplied).copy(), w, h) for number, w, h, data in fresh}
    ratio = source.scene.ratio
    frame = QRectF(0, 0, width, height)
    for number, wx, wy, dx, dy in placements.tolist():
        image, w, h = sprites[int(number)]
        where = QRectF((wx - left) / unit + dx - w / ratio / 2, (wy - top) / unit + dy - h / ratio / 2, w / ratio, h / ratio)
        if frame.contains(where):
            painter.drawImage(where, image, QRectF(image.rect()))
    painter.setPen(Qt.PenStyle.NoPen)
