"""Paints the street base of one picture from a street pack.

From below: green, water, tunnels, waterways, buildings, streets and rail on the ground, bridges layer by layer, metro
lines, stations. Everything is drawn whole and depends on the world alone, so that tiles fit together to the pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from pm_desktop.cartography.geometry import Frame, Shapes, cut_at_tiles, dashes, draw_areas, draw_shapes, shapes, trimmed
from pm_desktop.cartography.requests import TILE_PX
from pm_desktop.cartography.streetsigns import paint_arrows, paint_stations
from pm_desktop.cartography.style import (
    BRIDGE_EDGE,
    CASING,
    CASING_SHARE,
    METRO_EDGE,
    RAIL_WIDTH,
    ROAD_WIDTH,
    TALL,
    VERY_TALL,
    MapStyle,
    at_zoom,
    mixed,
)
from pm_desktop.streets.classes import GreenClass, RailClass, RoadClass, RoadFlag
from pm_desktop.streets.pack import StreetPack

BUFFER_PX = 20  # half of the widest street and of its edge
AREA_BUFFER_PX = 3
CASED_FROM_PX = 1.6
HAIRLINE_PX = 1.25
ARROWS_FROM = 16.5
# lines up to this width end and bend in corners, which nobody sees and which costs half of rounding them
CORNERED_PX = 5.0
# an area whose colour differs less from the land's is not antialiased
FAINT = 14
SOFT_BUILDINGS_FROM = 15.0  # the low ones, which differ little from the block


@dataclass(slots=True)
class _Lines:
    """Lines of a theme in a picture: whole, and without what does not show; class, flags, layer, colour (of rails)."""

    whole: Shapes
    found: Shapes
    cls: NDArray[Any]
    flags: NDArray[Any]
    layer: NDArray[Any]
    colour: NDArray[Any] | None = None

    @property
    def tunnel(self) -> NDArray[np.bool_]:
        """Which are tunnels."""
        inside: NDArray[np.bool_] = (self.flags & RoadFlag.TUNNEL) > 0
        return inside

    @property
    def height(self) -> NDArray[np.int64]:
        """Storey of each: 0 on the ground, bridges from 1 on."""
        bridge = ((self.flags & RoadFlag.BRIDGE) > 0) & ~self.tunnel
        return np.where(bridge, np.maximum(self.layer, 1), 0)


@dataclass(slots=True)
class _Picture:
    """What every pass needs."""

    painter: QPainter
    pack: StreetPack
    level: int
    frame: Frame
    zoom: float
    ratio: float
    style: MapStyle

    def colour(self, key: str) -> Any:
        """Colours of the style."""
        return self.style.colours[key]

    def find(self, theme: str, reach_px: float = BUFFER_PX) -> tuple[NDArray[Any], Shapes]:
        """Features of a theme in the picture and so far around it."""
        index = self.pack.features_in(self.level, theme, self.frame.box(reach_px * self.ratio))
        return index, shapes(self.pack.arrays, f"{self.level}/{theme}", index, self.frame)

    def areas(self, theme: str) -> tuple[NDArray[Any], Shapes]:
        """Areas, without what does not show of them."""
        index, found = self.find(theme, AREA_BUFFER_PX)
        return index, self.shown(found)

    def shown(self, found: Shapes) -> Shapes:
        """What shows of features."""
        return trimmed(found, self.frame, BUFFER_PX * self.ratio)

    def lines(self, theme: str) -> _Lines | None:
        """Roads or rails in the picture."""
        if not self.pack.has(self.level, theme):
            return None
        index, found = self.find(theme)
        cls, flags, layer = (self.pack.array(self.level, theme, key)[index] for key in ("cls", "flags", "layer"))
        colour = self.pack.array(self.level, theme, "colour")[index] if theme == "rail" else None
        return _Lines(found, cut_at_tiles(self.shown(found), self.frame, TILE_PX * self.ratio), cls, flags, layer, colour)

    def faint(self, colour: QColor) -> bool:
        """Whether a colour hardly differs from the land's."""
        land = QColor(self.colour("land"))
        return max(abs(a - b) for a, b in zip(colour.getRgb()[:3], land.getRgb()[:3], strict=True)) <= FAINT  # type: ignore[arg-type, index]

    def road_width(self, road: RoadClass) -> float:
        """Width of a road's fill in device pixels."""
        return at_zoom(ROAD_WIDTH[road.name], self.zoom) * self.ratio

    def stroke(self, lines: _Lines, chosen: NDArray[Any], pen: QPen, dash: tuple[float, float] | None = None) -> None:
        """Draw lines; in dashes and gaps of so many logical pixels."""
        if len(chosen) == 0:
            return
        if dash is None:
            self.painter.setPen(pen)
            draw_shapes(self.painter, lines.found, chosen)
            return
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.painter.setPen(pen)
        on, off = (v * self.ratio for v in dash)
        draw_shapes(self.painter, dashes(lines.whole, chosen, on, off, self.frame, BUFFER_PX * self.ratio))


def paint_streets(painter: QPainter, pack: StreetPack, frame: Frame, zoom: float, ratio: float, style: MapStyle) -> None:
    """Paint the streets of ``pack``; the picture is already filled with land."""
    picture = _Picture(painter, pack, pack.level_for(zoom), frame, zoom, ratio, style)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _areas(picture)
    roads, rails = picture.lines("road"), picture.lines("rail")
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if roads is not None:
        _tunnels(picture, roads)
    _waterways(picture)
    _buildings(picture)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    heights = np.unique(np.concatenate([lines.height for lines in (roads, rails) if lines is not None] or [np.zeros(0, np.int64)]))
    for height in heights.tolist():
        if roads is not None:
            _roads(picture, roads, ~roads.tunnel & (roads.height == height), bridge=height > 0)
        if rails is not None:
            _rails(picture, rails, (rails.cls != RailClass.METRO) & (rails.height == height))
    if roads is not None and zoom >= ARROWS_FROM:
        _arrows(picture, roads)
    if rails is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _metro(picture, rails)
    paint_stations(painter, pack, frame, zoom, ratio, style)


def _pen(colour: str, width: float, cap: Qt.PenCapStyle = Qt.PenCapStyle.RoundCap) -> QPen:
    join = Qt.PenJoinStyle.RoundJoin
    if width <= CORNERED_PX:
        cap, join = Qt.PenCapStyle.SquareCap if cap == Qt.PenCapStyle.RoundCap else cap, Qt.PenJoinStyle.BevelJoin
    # up to one pixel the painter has a hairline, which costs a fifth of a stroke
    return QPen(QBrush(QColor(colour)), max(width, 1.0) if width > HAIRLINE_PX else 1.0, Qt.PenStyle.SolidLine, cap, join)


def _edge(colour: str, width: float) -> QPen:
    """Outline of an area: a hairline, which costs a third; it differs little from the fill, so its seams do not show."""
    return QPen(QBrush(QColor(colour)), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.BevelJoin)


def _areas(picture: _Picture) -> None:
    painter, pack, level = picture.painter, picture.pack, picture.level
    edge = 0.8 * picture.ratio
    if pack.has(level, "green"):
        index, found = picture.areas("green")
        cls = pack.array(level, "green", "cls")[index]
        for green in (GreenClass.BLOCK, GreenClass.FARMLAND, GreenClass.GRASS, GreenClass.SPORT, GreenClass.WOOD, GreenClass.PARK):
            lined = green in (GreenClass.PARK, GreenClass.WOOD) and picture.zoom >= 14
            colour = QColor(picture.colour("green")[green.name])
            draw_areas(painter, found, np.flatnonzero(cls == green), [QBrush(colour)], _edge(picture.colour("green_line"), edge) if lined else None,
                       soft=not picture.faint(colour))
    if pack.has(level, "water"):
        _, found = picture.areas("water")
        draw_areas(painter, found, None, [QBrush(QColor(picture.colour("water")))], _edge(picture.colour("water_line"), edge) if picture.zoom >= 13 else None)


def _waterways(picture: _Picture) -> None:
    if not picture.pack.has(picture.level, "waterway"):
        return
    index, found = picture.find("waterway")
    found = picture.shown(found)
    cls = picture.pack.array(picture.level, "waterway", "cls")[index]
    width = at_zoom([(9, 0.7), (14, 2.2), (18, 7)], picture.zoom) * picture.ratio
    for kind in np.unique(cls).tolist():
        picture.painter.setPen(_pen(picture.colour("water"), width * (1.0 if kind < 4 else 0.6)))
        draw_shapes(picture.painter, found, np.flatnonzero(cls == kind))


def _buildings(picture: _Picture) -> None:
    if not picture.pack.has(picture.level, "building"):
        return
    index, found = picture.areas("building")
    levels = picture.pack.array(picture.level, "building", "levels")[index]
    tone = np.where(levels >= VERY_TALL, 2, np.where(levels >= TALL, 1, 0))
    outlined = picture.zoom >= 15.5
    for k, colour in enumerate(picture.colour("building")):
        edge = mixed(picture.colour("building_line"), colour, 0.0 if k else 0.25)
        draw_areas(picture.painter, found, np.flatnonzero(tone == k), [QBrush(QColor(colour))], _edge(edge, 0.7 * picture.ratio) if outlined else None, soft=k > 0 or picture.zoom >= SOFT_BUILDINGS_FROM)


def _casing(picture: _Picture, road: RoadClass) -> float:
    """Width in device pixels of a road's casing on one side; 0 without."""
    if picture.zoom < 10.5 or picture.colour("road")[road.name]["casing"] is None or picture.road_width(road) <= CASED_FROM_PX * picture.ratio:
        return 0.0
    return at_zoom(CASING, picture.zoom) * CASING_SHARE[road.name] * picture.ratio


def _tunnels(picture: _Picture, roads: _Lines) -> None:
    """Paler, with a dashed casing."""
    members = _by_class(roads, roads.tunnel)
    land, share = picture.colour("land"), picture.colour("tunnel")
    for road, chosen in members:
        casing = _casing(picture, road)
        if casing:
            pen = _pen(picture.colour("road")[road.name]["casing"], picture.road_width(road) + 2 * casing, Qt.PenCapStyle.FlatCap)
            picture.stroke(roads, chosen, pen, (5.0, 3.5))
    for road, chosen in members:
        fill = mixed(picture.colour("road")[road.name]["fill"], land, share)
        picture.stroke(roads, chosen, _pen(fill, picture.road_width(road), Qt.PenCapStyle.FlatCap))


def _by_class(roads: _Lines, which: NDArray[np.bool_]) -> list[tuple[RoadClass, NDArray[np.int64]]]:
    """Roads of each class, the least important first."""
    found = [(road, np.flatnonzero(which & (roads.cls == road))) for road in reversed(RoadClass)]
    return [(road, chosen) for road, chosen in found if len(chosen)]


def _roads(picture: _Picture, roads: _Lines, which: NDArray[np.bool_], *, bridge: bool) -> None:
    """Casings of all classes first, so that streets of one storey join; then fills, least important first."""
    members = _by_class(roads, which)
    edge = at_zoom(BRIDGE_EDGE, picture.zoom) * picture.ratio if bridge and picture.zoom >= 12 else 0.0
    for road, chosen in members:
        casing = _casing(picture, road)
        width = picture.road_width(road)
        if edge and casing:
            # a bridge has an edge of its own, and its ends do not close the street that goes on
            picture.stroke(roads, chosen, _pen(picture.colour("bridge"), width + 2 * (casing * 0.5 + edge), Qt.PenCapStyle.FlatCap))
        elif casing:
            cap = Qt.PenCapStyle.FlatCap if bridge else Qt.PenCapStyle.RoundCap
            picture.stroke(roads, chosen, _pen(picture.colour("road")[road.name]["casing"], width + 2 * casing, cap))
    for road, chosen in members:
        pen = _pen(picture.colour("road")[road.name]["fill"], picture.road_width(road))
        picture.stroke(roads, chosen, pen, (4.0, 2.2) if road == RoadClass.PATH else None)


def _arrows(picture: _Picture, roads: _Lines) -> None:
    oneway = (roads.flags & (RoadFlag.ONEWAY | RoadFlag.ONEWAY_REVERSE)) > 0
    for road, chosen in _by_class(roads, oneway & (roads.cls <= RoadClass.SERVICE)):
        size = min(max(picture.road_width(road) * 1.15, 9.0 * picture.ratio), 20.0 * picture.ratio)
        against = (roads.flags[chosen] & RoadFlag.ONEWAY_REVERSE) > 0
        paint_arrows(picture.painter, roads.whole, chosen, against, picture.frame, picture.ratio, size, picture.colour("arrow"))


def _rails(picture: _Picture, rails: _Lines, which: NDArray[np.bool_]) -> None:
    """Railways: striped when close, as printed maps have them; paler in tunnels."""
    width = at_zoom(RAIL_WIDTH, picture.zoom) * picture.ratio
    for kind in (RailClass.TRAM, RailClass.RAIL):
        chosen = np.flatnonzero(which & (rails.cls == kind))
        if len(chosen) == 0:
            continue
        colour = picture.colour("rail")[kind.name]
        inside = rails.tunnel[chosen]
        picture.stroke(rails, chosen[inside], _pen(mixed(colour, picture.colour("land"), 0.4), width * 0.6), (5.0, 4.0))
        striped = kind == RailClass.RAIL and picture.zoom >= 13
        picture.stroke(rails, chosen[~inside], _pen(colour, width if striped else width * 0.7, Qt.PenCapStyle.FlatCap))
        if striped:
            dash = max(4.0, width / picture.ratio * 2)
            picture.stroke(rails, chosen[~inside], _pen(picture.colour("rail_gap"), width * 0.58), (dash, dash))


def _metro(picture: _Picture, rails: _Lines) -> None:
    """Metro lines in their own colours over the streets, with a thin edge; in long dashes where they run underground."""
    assert rails.colour is not None
    metro = rails.cls == RailClass.METRO
    # strong colours show how hairlines are beaded
    width = max(at_zoom(RAIL_WIDTH, picture.zoom) * picture.ratio, HAIRLINE_PX * 1.2)
    if picture.zoom >= 12:
        edge = at_zoom(METRO_EDGE, picture.zoom) * picture.ratio
        picture.stroke(rails, np.flatnonzero(metro & ~rails.tunnel), _pen(picture.colour("metro_edge"), width + edge, Qt.PenCapStyle.FlatCap))
    for colour in np.unique(rails.colour[metro]).tolist():
        own = f"#{int(colour):06x}" if colour else picture.colour("rail")["METRO"]
        same = metro & (rails.colour == colour)
        picture.stroke(rails, np.flatnonzero(same & ~rails.tunnel), _pen(own, width))
        picture.stroke(rails, np.flatnonzero(same & rails.tunnel), _pen(own, width * 0.85), (11.0, 3.0) if picture.zoom >= 14 else None)
