"""Paints a layer pack over the street base: areas, lines, points with clusters, heat."""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from pm_desktop.base.arraypack import ArrayPack
from pm_desktop.base.gridindex import Grid, boxes_meet, query_grid
from pm_desktop.base.label import Label
from pm_desktop.cartography.fonts import font
from pm_desktop.cartography.geometry import Frame, Shapes, cut_at_tiles, dashes, draw_areas, draw_shapes, gather, shapes, trimmed
from pm_desktop.cartography.heat import HeatFilter, HeatPack, heat_image_request, paint_heat
from pm_desktop.cartography.requests import TILE_PX
from pm_desktop.cartography.style import MapStyle
from pm_desktop.layers.style import (
    FORMS,
    DrawnStyle,
    FillStyle,
    HeatStyle,
    LineStyle,
    PointStyle,
    StreetBase,
    StyleClass,
    style_from_json,
)

CLUSTER_PX = 64
BEAT_PX = 8
THIN_PX = 1.4
PLAIN = StyleClass("CLUSTER", Label("多个", "several"), "#5b6673", "#b4bfcc", size=9.0)
_PATTERNS = {"hatch": Qt.BrushStyle.BDiagPattern,
             "cross": Qt.BrushStyle.DiagCrossPattern, "dots": Qt.BrushStyle.Dense6Pattern}

HeatShown = tuple[HeatFilter, float | None]


class LayerPack:
    """A layer pack opened for reading (numpy only)."""

    def __init__(self, path: Path | str) -> None:
        self.arrays = ArrayPack(path)
        self.meta = self.arrays.meta
        self.style = style_from_json(self.meta["style"])
        self._grids = {name: Grid(**grid) for name, grid in self.meta["grids"].items()}
        self.heat: HeatPack | None = None

    def features_in(self, box: tuple[int, int, int, int]) -> NDArray[np.int32]:
        """Features (areas and lines) whose box meets ``box``, or points inside it, in order."""
        if "f" not in self._grids:
            return np.zeros(0, np.int32)
        found = query_grid(self._grids["f"], self.arrays["f/grid_start"], self.arrays["f/grid_item"], box)
        return found[boxes_meet(self._boxes(found), box)]

    def _boxes(self, found: NDArray[Any]) -> NDArray[Any]:
        if "f/bbox" in self.arrays:
            boxes: NDArray[Any] = self.arrays["f/bbox"].take(found, axis=0)
            return boxes
        xy = self.arrays["f/xy"].take(found, axis=0)
        return np.concatenate([xy, xy], axis=1)


def paint_layer(painter: QPainter, pack: LayerPack, frame: Frame, zoom: float, ratio: float, style: MapStyle,
                opacity: float, heat: HeatShown | None = None) -> None:
    """Paint one layer at ``opacity``; heat with this filter and end of its colour scale."""
    painter.save()
    painter.setOpacity(opacity)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    match pack.style:
        case FillStyle() as fill:
            _fill(painter, pack, fill, frame, ratio, style)
        case LineStyle() as line:
            _line(painter, pack, line, frame, zoom, ratio, style)
        case PointStyle() as point:
            _points(painter, pack, point, frame, zoom, ratio, style)
        case DrawnStyle() as drawn:
            _drawn(painter, pack, drawn, frame, ratio, style)
        case HeatStyle():
            _heat(painter, pack, frame, ratio, heat or (HeatFilter(), None))
        case StreetBase():
            pass  # painted as the base, below every layer
        case _ as never:
            assert_never(never)
    painter.restore()


def class_colour(cls: StyleClass, style: MapStyle) -> QColor:
    """Colour of a class on the base of ``style``."""
    return QColor(cls.dark if style.is_dark else cls.light)


def fill_brushes(entry: StyleClass, fill: FillStyle, style: MapStyle, ratio: float = 1.0) -> tuple[QBrush, ...]:
    """What a class of areas is filled with, one over the other; nothing for an outline alone."""
    if entry.pattern == "none":
        return ()
    colour = class_colour(entry, style)
    wash = QColor(colour)
    wash.setAlphaF(fill.fill_opacity if entry.pattern == "solid" else fill.fill_opacity * 0.5)
    return (QBrush(wash),) if entry.pattern == "solid" else (QBrush(wash), pattern_brush(entry.pattern, colour, ratio))


def pattern_brush(pattern: str, colour: QColor, ratio: float) -> QBrush:
    """Hatching of `BEAT_PX` logical pixels: Qt's own is made of device pixels, which a print shows as grey."""
    if ratio == 1.0:
        return QBrush(colour, _PATTERNS[pattern])
    side = round(BEAT_PX * ratio)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, ratio))
    for k in (-side, 0, side):  # each line once more on both sides: its width reaches over the corners
        if pattern in ("hatch", "cross"):
            painter.drawLine(QPointF(k, side), QPointF(k + side, 0))
        if pattern == "cross":
            painter.drawLine(QPointF(k, 0), QPointF(k + side, side))
    if pattern == "dots":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for at in (0.25, 0.75):
            painter.drawEllipse(QPointF(at * side, at * side), 0.8 * ratio, 0.8 * ratio)
    painter.end()
    return QBrush(image)


def _fill(painter: QPainter, pack: LayerPack, fill: FillStyle, frame: Frame, ratio: float, style: MapStyle) -> None:
    reach = (2 + fill.width) * ratio
    index = pack.features_in(frame.box(reach))
    found = cut_at_tiles(trimmed(shapes(pack.arrays, "f", index, frame), frame, reach), frame, TILE_PX * ratio)
    cls = pack.arrays["f/cls"][index]
    for number, entry in enumerate(fill.classes):
        chosen = np.flatnonzero(cls == number)
        if len(chosen) == 0:
            continue
        colour = class_colour(entry, style)
        # the pattern is anchored to the world, so that it continues over tile borders
        beat = round(BEAT_PX * ratio)
        painter.setBrushOrigin(QPointF(-(frame.x0 / frame.unit) % beat, -(frame.y0 / frame.unit) % beat))
        draw_areas(painter, found, chosen, fill_brushes(entry, fill, style, ratio), outline(colour, fill.width, ratio))


def outline(colour: QColor, width: float, ratio: float) -> QPen:
    """Pen of the edge of an area. One of about a pixel is a hairline, which costs a tenth of a stroke."""
    wide = width * ratio if width * ratio > THIN_PX else min(width * ratio, 1.0)
    return QPen(QBrush(colour), wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.BevelJoin if wide <= 2 else Qt.PenJoinStyle.RoundJoin)


def _line(painter: QPainter, pack: LayerPack, line: LineStyle, frame: Frame, zoom: float, ratio: float,
          style: MapStyle) -> None:
    index = pack.features_in(frame.box(20 * ratio))
    found = shapes(pack.arrays, "f", index, frame)
    cls = pack.arrays["f/cls"][index]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for number, entry in enumerate(line.classes):
        chosen = np.flatnonzero(cls == number)
        if entry.strokes:
            _strokes(painter, entry, found, chosen, frame, zoom, ratio, style)
            continue
        pen = QPen(QBrush(class_colour(entry, style)), line.width * ratio * (1.0 if zoom > 11 else 0.8))
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if line.dashed:
            pen.setDashPattern([5, 3])
        painter.setPen(pen)
        draw_shapes(painter, found, chosen)


def _strokes(painter: QPainter, entry: StyleClass, found: Shapes, chosen: NDArray[Any], frame: Frame, zoom: float, ratio: float,
             style: MapStyle) -> None:
    """Lines of one class in its rhythm, which is counted from the begin of each line, so that it goes on over tile borders."""
    parts, _ = gather(found.feat, chosen)
    single = Shapes(found.xy, found.part, np.arange(len(found.part), dtype=np.int64))
    scale = ratio * min(1.0, 0.35 + 0.13 * max(0.0, zoom - 9.0))
    for width, on, off in entry.strokes:
        pen = QPen(QBrush(class_colour(entry, style)), width * scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        if off:
            cut = dashes(single, parts, on * scale, off * scale, frame, 20 * ratio)
            draw_shapes(painter, cut)
        else:
            draw_shapes(painter, single, parts)


def _drawn(painter: QPainter, pack: LayerPack, drawn: DrawnStyle, frame: Frame, ratio: float, style: MapStyle) -> None:
    """Areas below lines below points, each in its colour with a light edge, so that it stands out on any ground."""
    index = pack.features_in(frame.box(30 * ratio))
    found, cls, form = shapes(pack.arrays, "f", index, frame), pack.arrays["f/cls"][index], pack.arrays["f/form"][index]
    halo = QPen(QBrush(QColor(16, 21, 28, 150) if style.is_dark else QColor(255, 255, 255, 170)), (drawn.width + 2.4) * ratio)
    for shape in (FORMS.index("AREA"), FORMS.index("LINE")):
        for number, entry in enumerate(drawn.classes):
            chosen = np.flatnonzero((form == shape) & (cls == number))
            colour = class_colour(entry, style)
            wash = QColor(colour)
            wash.setAlphaF(drawn.fill_opacity)
            line = QPen(QBrush(colour), drawn.width * ratio)
            for pen, brush in ((halo, QBrush(Qt.BrushStyle.NoBrush)), (line, QBrush(wash) if shape == FORMS.index("AREA") else QBrush(Qt.BrushStyle.NoBrush))):
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                painter.setPen(pen)
                painter.setBrush(brush)
                draw_shapes(painter, found, chosen)
    for k in np.flatnonzero(form == FORMS.index("POINT")).tolist():
        x, y = frame.pixels(pack.arrays["f/label_xy"][index[k]][None])[0].tolist()
        _point(painter, QPointF(x, y), drawn.classes[int(cls[k])], 1, ratio, style)


def markers(pack: LayerPack, point: PointStyle, box: tuple[float, float, float, float], zoom: float,
            px: float) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64]]:
    """World places (n, 2), classes and numbers of points of the markers that are drawn in ``box``; ``px`` world units a pixel."""
    if zoom < point.from_zoom:
        return np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0, np.int64)
    cell = CLUSTER_PX * px
    # whole cells, so that every picture that touches a cluster counts the same points
    whole = (int(box[0] // cell - 1) * int(cell), int(box[1] // cell - 1) * int(cell),
             int((box[2] // cell + 2) * cell), int((box[3] // cell + 2) * cell))
    index = pack.features_in(whole)
    world = pack.arrays["f/xy"][index]
    cls = pack.arrays["f/cls"][index].astype(np.int64)
    if point.cluster_zoom is not None and zoom < point.cluster_zoom:
        return _clustered(world, cls, cell)
    return world, cls, np.ones(len(world), np.int64)


def marker_radius(entry: StyleClass, count: int) -> float:
    """Radius in logical pixels of a marker that stands for ``count`` points."""
    return float(entry.size / 2 * (1.0 if count == 1 else min(2.3, 1.25 + 0.22 * np.log2(count))))


def _points(painter: QPainter, pack: LayerPack, point: PointStyle, frame: Frame, zoom: float, ratio: float,
            style: MapStyle) -> None:
    world, cls, count = markers(pack, point, frame.box(0), zoom, ratio * frame.unit)
    xy = frame.pixels(world)
    # severe classes come first in a style and are drawn last, on top
    for i in np.argsort(-cls, kind="stable").tolist():
        entry = point.classes[int(cls[i])] if point.ranked or count[i] == 1 else PLAIN
        _point(painter, QPointF(*xy[i]), entry, int(count[i]), ratio, style)


def _clustered(world: NDArray[Any], cls: NDArray[np.int64], cell: float) -> tuple[Any, Any, Any]:
    """Points of one cell drawn as one, near their mean, in the most important class (the lowest), with their number."""
    if len(world) == 0:
        return world, cls, np.zeros(0, np.int64)
    column, row = (world[:, 0] // cell).astype(np.int64), (world[:, 1] // cell).astype(np.int64)
    _, first, group, count = np.unique(column << 32 | row, return_index=True, return_inverse=True, return_counts=True)
    mean = np.stack([np.bincount(group, world[:, k]) / count for k in (0, 1)], axis=1)
    # a cluster keeps to the middle of its cell, so that two neighbours do not cover each other
    middle = (np.stack([column[first], row[first]], axis=1) + 0.5) * cell
    place = np.where((count > 1)[:, None], np.clip(mean, middle - 0.22 * cell, middle + 0.22 * cell), mean)
    lowest = np.full(len(count), 255)
    np.minimum.at(lowest, group, cls)
    return place, lowest, count


_SHAPES: dict[str, list[tuple[float, float]]] = {
    "triangle": [(0, -1.25), (1.15, 0.8), (-1.15, 0.8)], "diamond": [(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)],
    "square": [(-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)],
    "cross": [(-0.4, -1), (0.4, -1), (0.4, -0.4), (1, -0.4), (1, 0.4), (0.4, 0.4), (0.4, 1), (-0.4, 1), (-0.4, 0.4), (-1, 0.4), (-1, -0.4),
              (-0.4, -0.4)],
    "down": [(0, 1.25), (1.15, -0.8), (-1.15, -0.8)],
    "hexagon": [(0.55, -1), (1.15, 0), (0.55, 1), (-0.55, 1), (-1.15, 0), (-0.55, -1)],
    "star": [(0, -1.35), (0.38, -0.45), (1.3, -0.42), (0.6, 0.18), (0.85, 1.15), (0, 0.6), (-0.85, 1.15), (-0.6, 0.18), (-1.3, -0.42), (-0.38, -0.45)],
    "pin": [(0, 1.5), (-0.95, -0.2), (-0.6, -1), (0.6, -1), (0.95, -0.2)]}
"""Corners of the shapes of markers, in radii; any other shape is a circle."""


def shape_path(shape: str, centre: QPointF, radius: float) -> QPainterPath:
    """Outline of a marker's shape."""
    path = QPainterPath()
    x, y, r = centre.x(), centre.y(), radius
    corners = _SHAPES.get(shape)
    if corners is None:
        path.addEllipse(centre, r, r)
    else:
        path.addPolygon(QPolygonF([QPointF(x + r * a, y + r * b) for a, b in corners]))
        path.closeSubpath()
    return path


def _point(painter: QPainter, at: QPointF, entry: StyleClass, count: int, ratio: float, style: MapStyle) -> None:
    path = shape_path(entry.shape, at, marker_radius(entry, count) * ratio)
    halo = QColor("#10151c" if style.is_dark else "#ffffff")
    painter.setPen(QPen(QBrush(halo), 2.2 * ratio))
    painter.setBrush(QBrush(class_colour(entry, style)))
    painter.drawPath(path)
    if count > 1:
        painter.setFont(font(10 * ratio, bold=True))
        side = 60 * ratio
        painter.setPen(QColor("#111318" if class_colour(entry, style).lightnessF() > 0.55 else "#ffffff"))
        text = str(count) if count < 1_000 else f"{count / 1000:.1f}k"
        painter.drawText(QRectF(at.x() - side / 2, at.y() - side / 2, side, side), Qt.AlignmentFlag.AlignCenter, text)


def _heat(painter: QPainter, pack: LayerPack, frame: Frame, ratio: float, shown: HeatShown) -> None:
    """Heat for prints: on the screen the heat process paints it."""
    if pack.heat is None:
        pack.heat = HeatPack(pack.arrays)
    request = heat_image_request(str(pack.arrays.path), shown[0], frame, 2, shown[1] or pack.meta["heat"]["top"], ratio)
    pixels = np.empty((request.height, request.width), np.uint32)
    paint_heat(pack.heat, request, pixels)
    image = QImage(pixels.tobytes(), request.width, request.height, request.width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(0, 0, request.width * 2, request.height * 2), image, QRectF(image.rect()))
