"""Names on the map: one pass over the whole view, one collision grid for all, anchored to world pixels.

Candidates come in a fixed order of importance and are laid at places that depend on the world alone, so panning
neither moves a name nor makes it flicker. The window draws *glyph sprites*; each is sent to it once.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QTransform

from pm_desktop.base.arraypack import text_at
from pm_desktop.cartography.fonts import font
from pm_desktop.cartography.overlay import LayerPack, marker_radius, markers
from pm_desktop.cartography.style import MapStyle
from pm_desktop.layers.style import FillStyle, LineStyle, PointStyle
from pm_desktop.streets.classes import RoadClass
from pm_desktop.streets.pack import StreetPack

MARGIN_PX = 160
CELL_PX = 6
TURN_STEP = 3  # degrees between two pictures of a turned letter
_ROAD_SIZE = {RoadClass.EXPRESSWAY: 12.0, RoadClass.ARTERIAL: 12.0, RoadClass.SECONDARY: 11.5, RoadClass.LOCAL: 11.0}
_ROAD_FROM = {RoadClass.EXPRESSWAY: 11.5, RoadClass.ARTERIAL: 12.5, RoadClass.SECONDARY: 14.0, RoadClass.LOCAL: 15.0}


@dataclass(frozen=True, slots=True)
class Placement:
    """A sprite at a place: world coordinates of its centre, offset in logical pixels."""

    sprite: int
    x: float
    y: float
    dx: float
    dy: float


@dataclass(slots=True)
class Sprites:
    """Pictures of texts, made once; numbered for the window, which forgets them when ``epoch`` changes."""

    ratio: float
    epoch: str = field(default_factory=lambda: secrets.token_hex(8))
    known: dict[tuple[Any, ...], int] = field(default_factory=dict)
    size: list[tuple[float, float]] = field(default_factory=list)
    fresh: list[tuple[int, int, int, bytes]] = field(default_factory=list)

    def get(self, text: str, pixels: float, bold: bool, colour: str | None, halo: str | None, turn: int = 0) -> int:
        """Number of the picture of ``text``, turned by ``turn`` degrees; without ``colour`` it is the halo alone, without
        ``halo`` the letters."""
        key = (text, pixels, bold, colour, halo, turn)
        if key not in self.known:
            self.known[key] = len(self.size)
            self._draw(*key)
        return self.known[key]

    def _draw(self, text: str, pixels: float, bold: bool, colour: str | None, halo: str | None, turn: int) -> None:
        shown = font(pixels * self.ratio, bold=bold)
        metrics = QFontMetricsF(shown)
        pad = 2.5 * self.ratio
        width, height = metrics.horizontalAdvance(text) + 2 * pad, metrics.height() + 2 * pad
        path = QPainterPath()
        path.addText(QPointF(pad, pad + metrics.ascent()), shown, text)
        if turn:
            # turned here once: turning pictures while the map is dragged would cost the frame
            about = QTransform().translate(width / 2, height / 2).rotate(turn).translate(-width / 2, -height / 2)
            box = about.mapRect(QRectF(0, 0, width, height))
            path = (about * QTransform.fromTranslate(-box.left(), -box.top())).map(path)
            width, height = box.width(), box.height()
        image = QImage(int(width) + 1, int(height) + 1, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if halo is not None:
            painter.strokePath(path, QPen(QColor(halo), 3.0 * self.ratio, Qt.PenStyle.SolidLine,
                                          Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        if colour is not None:
            painter.fillPath(path, QColor(colour))
        painter.end()
        self.size.append((width / self.ratio, height / self.ratio))
        number = len(self.size) - 1
        self.fresh.append((number, image.width(), image.height(), bytes(image.constBits())))


class Collisions:
    """Which cells of the screen plane, in world pixels, are taken."""

    def __init__(self) -> None:
        self._taken: set[tuple[int, int]] = set()
        self._markers: set[tuple[int, int]] = set()

    def take(self, boxes: list[tuple[float, float, float, float]], *, over_markers: bool = False) -> bool:
        """Take all ``boxes`` (x0, y0, x1, y1) if they are free, of other names and of markers; whether they were."""
        cells = set[tuple[int, int]]().union(*map(_cells, boxes))
        if not self._taken.isdisjoint(cells) or not (over_markers or self._markers.isdisjoint(cells)):
            return False
        self._taken |= cells
        return True

    def block(self, box: tuple[float, float, float, float]) -> None:
        """Keep names off a marker."""
        self._markers |= _cells(box)


def _cells(box: tuple[float, float, float, float]) -> set[tuple[int, int]]:
    x0, y0, x1, y1 = box
    return {(i, j) for i in range(int(x0 // CELL_PX), int(x1 // CELL_PX) + 1) for j in range(int(y0 // CELL_PX), int(y1 // CELL_PX) + 1)}


@dataclass(slots=True)
class Labeller:
    """One labelling of one view."""

    zoom: float
    unit: float  # world units a logical pixel
    box: tuple[int, int, int, int]
    style: MapStyle
    lang: str
    sprites: Sprites
    placed: list[Placement] = field(default_factory=list)
    taken: Collisions = field(default_factory=Collisions)

    def point(self, x: float, y: float, text: str, size: float, kind: str, *, bold: bool = False,
              dys: tuple[float, ...] = (0.0,), must: bool = False) -> bool:
        """Lay ``text`` centred at world (x, y), lowered by the first of ``dys`` pixels that has room.

        A name that ``must`` be there may cover markers when there is no other way.
        """
        colour, halo = self.style.colours["label"][kind]
        sprite = self.sprites.get(text, size, bold, colour, halo)
        width, height = self.sprites.size[sprite]
        px, middle = x / self.unit, y / self.unit
        for dy, over in [(dy, False) for dy in dys] + ([(dys[0], True)] if must else []):
            py = middle + dy
            if self.taken.take([(px - width / 2, py - height / 2, px + width / 2, py + height / 2)], over_markers=over):
                self.placed.append(Placement(sprite, x, y, 0.0, dy))
                return True
        return False

    def along(self, line: NDArray[np.float64], text: str, size: float, kind: str) -> None:
        """Repeat ``text`` along a line (world coordinates), each letter turned with it."""
        colour, halo = self.style.colours["label"][kind]
        advance = np.array([self.sprites.size[self.sprites.get(c, size, False, colour, None)][0] - 4.2 for c in text])
        pixels = line / self.unit
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(pixels, axis=0).T))])
        need = advance.sum() + 12
        if along[-1] < need:
            return
        gap = max(420.0, need * 2.2)
        count = max(1, int(along[-1] // gap))
        for k in range(count):
            self._one(pixels, along, (k + 0.5) * along[-1] / count, (text, size, colour, halo), advance)

    def _one(self, pixels: Any, along: Any, middle: float, look: tuple[str, float, str, str], advance: Any) -> None:
        ends = middle + advance.sum() / 2 * np.array([-1, 1])
        (xa, xb), (ya, yb) = np.interp(ends, along, pixels[:, 0]), np.interp(ends, along, pixels[:, 1])
        x0, y0, x1, y1 = (v / self.unit for v in self.box)
        if max(xa, xb) < x0 or min(xa, xb) > x1 or max(ya, yb) < y0 or min(ya, yb) > y1:
            return
        chord = float(np.degrees(np.arctan2(yb - ya, xb - xa)))
        # a road that runs up and down carries its Chinese name letter under letter, standing
        upright = self.lang == "zh" and 52 < abs((chord + 90) % 180 - 90) <= 90
        flipped = bool(yb < ya) if upright else not -90 <= chord < 90
        if flipped:
            advance = advance[::-1]
        at = ends[0] + np.cumsum(advance) - advance / 2
        x, y = np.interp(at, along, pixels[:, 0]), np.interp(at, along, pixels[:, 1])
        dx, dy = (np.interp(at + 4, along, pixels[:, k]) - np.interp(at - 4, along, pixels[:, k]) for k in (0, 1))
        angle = np.degrees(np.arctan2(dy, dx))
        if np.abs((angle - chord + 180) % 360 - 180).max() > 38:
            return
        if flipped:
            x, y, angle = x[::-1], y[::-1], angle[::-1] + 180
        if upright:
            angle = (angle + 45) % 90 - 45
        half = 8.0
        if not self.taken.take([(a - half, b - half, a + half, b + half) for a, b in zip(x, y, strict=True)]):
            return
        text, size, colour, halo = look
        turns = (np.rint(angle / TURN_STEP).astype(int) * TURN_STEP % 360).tolist()
        # halos go below all letters, else each would cut into its neighbour
        for ink, edge in ((None, halo), (colour, None)):
            for c, a, b, turn in zip(text, x.tolist(), y.tolist(), turns, strict=True):
                self.placed.append(Placement(self.sprites.get(c, size, False, ink, edge, turn), a * self.unit, b * self.unit, 0.0, 0.0))


def label_streets(labeller: Labeller, pack: StreetPack) -> None:
    """Places, stations, road names, points of interest, in this order."""
    zoom = labeller.zoom
    if zoom < 15.5:
        _points(labeller, pack, "place", 15.0 if zoom > 12 else 12.5, "place", bold=True, dys=(0.0, 24.0, -24.0, 36.0, -36.0), must=True)
    if zoom >= 12.5:
        _points(labeller, pack, "station", 11.0, "station", dys=(11.0,))
    _roads(labeller, pack)
    if zoom >= 15.2:
        _points(labeller, pack, "poi", 11.0, "poi")


def _points(labeller: Labeller, pack: StreetPack, theme: str, size: float, kind: str, *, bold: bool = False,
            dys: tuple[float, ...] = (0.0,), must: bool = False) -> None:
    xy, name, rank = (pack.arrays[f"{theme}/{key}"] for key in ("xy", "name", "rank"))
    x0, y0, x1, y1 = labeller.box
    inside = np.flatnonzero((xy[:, 0] >= x0) & (xy[:, 0] <= x1) & (xy[:, 1] >= y0) & (xy[:, 1] <= y1) & (name >= 0))
    for i in inside[np.lexsort((inside, rank[inside]))][:400].tolist():
        labeller.point(float(xy[i, 0]), float(xy[i, 1]), pack.name(int(name[i]), labeller.lang), size, kind, bold=bold, dys=dys, must=must)


def _roads(labeller: Labeller, pack: StreetPack) -> None:
    level = pack.level_for(labeller.zoom)
    if not pack.has(level, "roadname"):
        return
    index = pack.features_in(level, "roadname", labeller.box)
    cls, name = pack.array(level, "roadname", "cls")[index], pack.array(level, "roadname", "name")[index]
    part, xy, bbox = (pack.array(level, "roadname", key) for key in ("part", "xy", "bbox"))
    extent = np.hypot(*(bbox[index][:, 2:] - bbox[index][:, :2]).T.astype(float)) / labeller.unit
    for k in np.lexsort((index, -extent, cls)).tolist():
        road = RoadClass(int(cls[k]))
        if labeller.zoom < _ROAD_FROM.get(road, 99) or extent[k] < 60:
            continue
        line = xy[int(part[index[k]]):int(part[index[k] + 1])].astype(float)
        labeller.along(line, pack.name(int(name[k]), labeller.lang), _ROAD_SIZE[road], "road")


def avoid_markers(labeller: Labeller, pack: LayerPack, style: PointStyle) -> None:
    """Keep names off the markers of a point layer."""
    world, cls, count = markers(pack, style, labeller.box, labeller.zoom, labeller.unit)
    for (x, y), c, n in zip((world / labeller.unit).tolist(), cls.tolist(), count.tolist(), strict=True):
        half = marker_radius(style.classes[c], n)
        labeller.taken.block((x - half, y - half, x + half, y + half))


def label_layer(labeller: Labeller, pack: LayerPack) -> None:
    """Names of a layer's features where its style asks for them."""
    style = pack.style
    if not isinstance(style, FillStyle | LineStyle | PointStyle) or style.label_zoom is None:
        return
    if labeller.zoom < style.label_zoom or "f/name_blob" not in pack.arrays:
        return
    index = pack.features_in(labeller.box)
    xy, rank = pack.arrays["f/label_xy"][index], pack.arrays["f/rank"][index]
    dys = (20.0, -20.0) if isinstance(style, PointStyle) else (0.0,)
    for k in np.lexsort((index, rank))[:900].tolist():
        text = text_at(pack.arrays["f/name_blob"], pack.arrays["f/name_start"], int(index[k]))
        if text:
            labeller.point(float(xy[k, 0]), float(xy[k, 1]), text, 12.0, "feature", bold=False, dys=dys)
