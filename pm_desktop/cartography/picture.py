"""Maps as pictures, outside the window: streets, layers, marks and names at any size, scale, sharpness and turn.

A picture is painted anew from the packs at the sharpness asked for, in bands, so that a sheet of a metre needs no more memory
than a small one. It runs in a helper process or on the command line.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPen, QPolygonF, QTransform

from pm_desktop.base.mercator import metres_per_unit, place_of, units_per_px, world_of, zoom_of
from pm_desktop.cartography.fonts import install_fonts
from pm_desktop.cartography.geometry import Frame
from pm_desktop.cartography.heat import HeatFilter
from pm_desktop.cartography.marks import accent, paint_marks
from pm_desktop.cartography.overlay import LayerPack, paint_layer
from pm_desktop.cartography.requests import LabelRequest, Scene
from pm_desktop.cartography.scenepainter import ScenePainter
from pm_desktop.cartography.sprites import Look, Sprites, block_size, pixel_size
from pm_desktop.cartography.turned import Turn, TurnedLayer, TurnedStreets
from pm_desktop.layers.style import PointStyle
from pm_desktop.streets.pack import StreetPack

Box = tuple[float, float, float, float]
MAX_ZOOM = 17.0
MARGIN_PX = 160  # names are placed in a larger box, so that a border does not decide what collides
BAND_PIXELS = 6_000_000
_application: list[QGuiApplication] = []


def ensure_application() -> None:
    """A process without a window needs one to paint text in."""
    if QGuiApplication.instance() is None:
        if not sys.platform.startswith("win"):
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        _application.append(QGuiApplication(sys.argv[:1]))
    install_fonts()


@dataclass(frozen=True, slots=True)
class MapOrder:
    """What a picture shows: packs, bottom first; its middle in world units, world units a logical pixel, and by how many degrees
    the map is turned clockwise.

    ``heat`` and ``heat_top`` are the filter and the end of the colour scale of heat layers; ``marked`` are layer packs with
    the int32 indices of what is outlined; ``rings`` and ``lines`` (world coordinates) are outlined too.
    """

    bases: tuple[str, ...]
    layers: tuple[tuple[str, float], ...]
    theme: str
    lang: str
    x: float
    y: float
    unit: float
    degrees: float = 0.0
    heat: HeatFilter = field(default_factory=HeatFilter)
    heat_top: float | None = None
    marked: tuple[tuple[str, bytes], ...] = ()
    rings: tuple[NDArray[Any], ...] = ()
    lines: tuple[NDArray[Any], ...] = ()

    @property
    def metres_a_pixel(self) -> float:
        """Ground metres of a logical pixel in the middle of the picture."""
        return metres_per_unit(place_of(self.x, self.y)[1]) * self.unit


@dataclass(slots=True)
class _Recipes(Sprites):
    """Names that are drawn when they are needed: all pictures of the names of a large sheet would fill the memory."""

    makers: list[Callable[[], QImage]] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)

    def block(self, text: str, look: Look) -> int:
        """Number of the picture of ``text``."""
        width, height = (pixel_size(side, self.ratio) for side in block_size(text, look))
        return self._note((text, look), lambda: self._block(text, look), width, height)

    def curved(self, text: str, look: Look, places: Sequence[tuple[float, float, float]], width: int, height: int) -> int:
        """Number of a picture in which each letter stands at its place."""
        def made() -> QImage:
            image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
            return self._finished(image, look, lambda painter: self._letters(painter, text, look, places))

        return self._note((text, look, tuple(places)), made, width, height)

    def _note(self, key: Any, maker: Callable[[], QImage], width: int, height: int) -> int:
        if key not in self.known:
            self.known[key] = len(self.makers)
            self.makers.append(maker)
            self.sizes.append((width, height))
        return self.known[key]


class MapPicture:
    """A map of ``width`` × ``height`` logical pixels, ``ratio`` device pixels each, painted piece by piece; names keep off the
    boxes ``reserved`` (logical pixels)."""

    def __init__(self, order: MapOrder, width: float, height: float, ratio: float, reserved: Sequence[QRectF] = ()) -> None:
        self.order, self.ratio = order, ratio
        self._reserved = [box for box in reserved if not box.isEmpty()]
        self.width, self.height = round(width * ratio), round(height * ratio)
        self._scene = ScenePainter(Scene(0, order.bases, order.layers, order.theme, order.lang, ratio), None)
        self.style = self._scene.style
        self._zoom, self._unit = zoom_of(order.unit), order.unit / ratio
        self._left, self._top = order.x - self.width / 2 * self._unit, order.y - self.height / 2 * self._unit
        self._turn = Turn(order.x, order.y, order.degrees) if order.degrees % 360 else None
        self._marked = [(LayerPack(path), np.frombuffer(index, np.int32)) for path, index in order.marked]
        self._names: tuple[_Recipes, NDArray[np.int64], NDArray[np.int64]] | None = None

    def band_height(self) -> int:
        """Rows of device pixels of a band that needs little memory."""
        return max(64, min(self.height, BAND_PIXELS // max(self.width, 1)))

    def bands(self) -> Iterator[tuple[int, QImage]]:
        """The picture from top to bottom: first row and image of each band."""
        step = self.band_height()
        for top in range(0, self.height, step):
            yield top, self.piece(QRect(0, top, self.width, min(step, self.height - top)))

    def piece(self, where: QRect) -> QImage:
        """The part of the picture at ``where`` (device pixels)."""
        image = QImage(where.size(), QImage.Format.Format_RGB32)
        image.fill(QColor(self.style.colours["land"]))
        with QPainter(image) as painter:
            self._paint(painter, where)
        return image

    def _paint(self, painter: QPainter, where: QRect) -> None:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        flat = Frame(self._left + where.x() * self._unit, self._top + where.y() * self._unit, self._unit, where.width(), where.height())
        frame, turned = self._under(flat)
        painter.setTransform(turned)
        self._scene.paint_bases(painter, frame, self._zoom)
        for pack, opacity in self._scene.layers:
            upright = self._turn is not None and isinstance(pack.style, PointStyle)
            painter.setTransform(QTransform() if upright else turned)
            paint_layer(painter, TurnedLayer(pack, self._turn) if upright and self._turn else pack, flat if upright else frame, self._zoom, self.ratio,
                        self.style, opacity, (self.order.heat, self.order.heat_top))
        painter.setTransform(turned)
        self._paint_marks(painter, frame)
        painter.setTransform(QTransform())
        self._paint_names(painter, where)

    def _under(self, flat: Frame) -> tuple[Frame, QTransform]:
        """The frame of the world that a piece shows, and how it lies on the piece."""
        if self._turn is None:
            return flat, QTransform()
        x0, y0, x1, y1 = self._turn.cover((flat.x0, flat.y0, flat.x0 + flat.width * flat.unit, flat.y0 + flat.height * flat.unit))
        # on the same lattice for all pieces, so that what is rounded to it is rounded alike
        left, top = (c + math.floor((v - c) / flat.unit) * flat.unit for v, c in ((x0, self.order.x), (y0, self.order.y)))
        frame = Frame(left, top, flat.unit, math.ceil((x1 - left) / flat.unit) + 1, math.ceil((y1 - top) / flat.unit) + 1)
        (x, y), = self._turn.forth(np.array([(left, top)])).tolist()
        return frame, QTransform().translate((x - flat.x0) / flat.unit, (y - flat.y0) / flat.unit).rotate(self._turn.degrees)

    def _paint_marks(self, painter: QPainter, frame: Frame) -> None:
        for pack, index in self._marked:
            paint_marks(painter, pack, index, frame, self.ratio, self.style, width=2.4)
        colour = accent(self.style)
        wash = QColor(colour)
        wash.setAlphaF(0.2)
        for line, closed in [(r, True) for r in self.order.rings] + [(line, False) for line in self.order.lines]:
            points = QPolygonF([QPointF(x, y) for x, y in frame.pixels(np.asarray(line, float)).tolist()])
            painter.setPen(QPen(colour, 2.2 * self.ratio))
            painter.setBrush(wash)
            painter.drawPolygon(points) if closed else painter.drawPolyline(points)

    def _paint_names(self, painter: QPainter, where: QRect) -> None:
        """Names that touch a piece; those that do not fit on the picture are left out."""
        if self._names is None:
            self._names = self._laid()
        recipes, number, boxes = self._names
        seen = (boxes[:, 1] < where.bottom() + 1) & (boxes[:, 3] > where.top()) & (boxes[:, 0] < where.right() + 1) & (boxes[:, 2] > where.left())
        for k in np.flatnonzero(seen).tolist():
            painter.drawImage(QPoint(int(boxes[k, 0]) - where.x(), int(boxes[k, 1]) - where.y()), recipes.makers[int(number[k])]())

    def _laid(self) -> tuple[_Recipes, NDArray[np.int64], NDArray[np.int64]]:
        """Pictures of the names with their boxes (left, top, right, bottom) in device pixels of the picture."""
        recipes = _Recipes(self.ratio)
        scene = self._scene
        scene.sprites = recipes
        kept = scene.bases, scene.layers
        if self._turn is not None:
            turn = self._turn
            scene.bases = [TurnedStreets(b, turn) if isinstance(b, StreetPack) else b for b in scene.bases]
            scene.layers = [(TurnedLayer(pack, turn), opacity) for pack, opacity in scene.layers]
        edge = MARGIN_PX * self.order.unit
        right, bottom = self._left + self.width * self._unit, self._top + self.height * self._unit
        box = (int(self._left - edge), int(self._top - edge), int(right + edge), int(bottom + edge))
        placed = scene.placements(LabelRequest(1, self._zoom, box))
        scene.bases, scene.layers = kept
        number = np.array([p.sprite for p in placed], np.int64)
        size = np.array([recipes.sizes[p.sprite] for p in placed], float).reshape(-1, 2)
        middle = np.array([(p.x, p.y) for p in placed], float).reshape(-1, 2)
        corner = np.rint((middle - (self._left, self._top)) / self._unit - size / 2).astype(np.int64)
        boxes = np.concatenate([corner, corner + size.astype(np.int64)], axis=1)
        inside = (boxes[:, :2] >= 0).all(axis=1) & (boxes[:, 2] <= self.width) & (boxes[:, 3] <= self.height)
        for held in self._reserved:
            x0, y0, x1, y1 = (side * self.ratio for side in (held.left(), held.top(), held.right(), held.bottom()))
            inside &= (boxes[:, 2] <= x0) | (boxes[:, 0] >= x1) | (boxes[:, 3] <= y0) | (boxes[:, 1] >= y1)
        return recipes, number[inside], boxes[inside]


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
    order = MapOrder(tuple(packs), (), theme, lang, x, y, units_per_px(zoom), rings=tuple(rings))
    made = MapPicture(order, width, height, ratio)
    picture = made.piece(QRect(0, 0, made.width, made.height))
    picture.setDevicePixelRatio(ratio)
    return picture, order.metres_a_pixel


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
