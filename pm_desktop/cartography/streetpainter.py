"""Paints the street base of one picture from a street pack."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from pm_desktop.cartography.geometry import Frame, Shapes, draw_shapes, shapes
from pm_desktop.cartography.style import CASING, RAIL_WIDTH, ROAD_WIDTH, MapStyle, at_zoom
from pm_desktop.streets.classes import GreenClass, RoadClass, RoadFlag
from pm_desktop.streets.pack import StreetPack

BUFFER_PX = 40


def paint_streets(painter: QPainter, pack: StreetPack, frame: Frame, zoom: float, ratio: float, style: MapStyle) -> None:
    """Paint water, green, buildings, roads and rail of ``pack``; the picture is already filled with land."""
    level = pack.level_for(zoom)
    box = frame.box(BUFFER_PX * ratio)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _areas(painter, pack, level, box, frame, style)
    _waterways(painter, pack, level, box, frame, zoom, ratio, style)
    _buildings(painter, pack, level, box, frame, zoom, ratio, style)
    _roads(painter, pack, level, box, frame, zoom, ratio, style)
    _rails(painter, pack, level, box, frame, zoom, ratio, style)


def _found(pack: StreetPack, level: int, theme: str, box: Any, frame: Frame) -> tuple[Any, Shapes]:
    index = pack.features_in(level, theme, box)
    return index, shapes(pack.arrays, f"{level}/{theme}", index, frame)


def _areas(painter: QPainter, pack: StreetPack, level: int, box: Any, frame: Frame, style: MapStyle) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    if pack.has(level, "green"):
        index, found = _found(pack, level, "green", box, frame)
        cls = pack.array(level, "green", "cls")[index]
        for green in (GreenClass.BLOCK, GreenClass.FARMLAND, GreenClass.GRASS, GreenClass.SPORT, GreenClass.WOOD, GreenClass.PARK):
            painter.setBrush(QColor(style.colours["green"][green.name]))
            draw_shapes(painter, found, np.flatnonzero(cls == green), 8, close=True)
    if pack.has(level, "water"):
        _, found = _found(pack, level, "water", box, frame)
        painter.setBrush(QColor(style.colours["water"]))
        draw_shapes(painter, found, None, 1, close=True)


def _waterways(painter: QPainter, pack: StreetPack, level: int, box: Any, frame: Frame, zoom: float, ratio: float,
               style: MapStyle) -> None:
    if not pack.has(level, "waterway"):
        return
    _, found = _found(pack, level, "waterway", box, frame)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(style.colours["water"], at_zoom([(9, 0.8), (14, 2.0), (18, 6)], zoom) * ratio))
    draw_shapes(painter, found, None, 2, close=False)


def _buildings(painter: QPainter, pack: StreetPack, level: int, box: Any, frame: Frame, zoom: float, ratio: float,
               style: MapStyle) -> None:
    if not pack.has(level, "building"):
        return
    _, found = _found(pack, level, "building", box, frame)
    outlined = zoom >= 15.5
    painter.setPen(_pen(style.colours["building_line"], 0.6 * ratio) if outlined else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.colours["building"]))
    draw_shapes(painter, found, None, 12, close=True)


def _pen(colour: str, width: float, cap: Qt.PenCapStyle = Qt.PenCapStyle.RoundCap) -> QPen:
    return QPen(QBrush(QColor(colour)), width, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.RoundJoin)


def _roads(painter: QPainter, pack: StreetPack, level: int, box: Any, frame: Frame, zoom: float, ratio: float,
           style: MapStyle) -> None:
    if not pack.has(level, "road"):
        return
    index, found = _found(pack, level, "road", box, frame)
    cls = pack.array(level, "road", "cls")[index]
    flags = pack.array(level, "road", "flags")[index]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    tunnel, bridge = (flags & RoadFlag.TUNNEL) > 0, (flags & RoadFlag.BRIDGE) > 0
    casing = at_zoom(CASING, zoom) * ratio if zoom >= 10.5 else 0.0
    painter.save()
    painter.setOpacity(1 - style.colours["tunnel"])
    _road_pass(painter, found, cls, tunnel, zoom, ratio, casing, style)
    painter.restore()
    _road_pass(painter, found, cls, ~tunnel & ~bridge, zoom, ratio, casing, style)
    _road_pass(painter, found, cls, bridge & ~tunnel, zoom, ratio, casing * 1.5, style)


def _road_pass(painter: QPainter, found: Shapes, cls: Any, which: Any, zoom: float, ratio: float, casing: float,
               style: MapStyle) -> None:
    """Casings of all classes first, so that streets of one level join; then fills, least important first."""
    members = {road: np.flatnonzero(which & (cls == road)) for road in reversed(RoadClass)}
    for road, chosen in members.items():
        colour = style.colours["road"][road.name]["casing"]
        width = at_zoom(ROAD_WIDTH[road.name], zoom) * ratio
        if casing and colour and width > 1.6 * ratio and len(chosen):
            painter.setPen(_pen(colour, width + 2 * casing, Qt.PenCapStyle.FlatCap))
            draw_shapes(painter, found, chosen, 1, close=False)
    for road, chosen in members.items():
        if len(chosen):
            painter.setPen(_pen(style.colours["road"][road.name]["fill"], at_zoom(ROAD_WIDTH[road.name], zoom) * ratio))
            draw_shapes(painter, found, chosen, 1 if zoom < 16 else 3, close=False)


def _rails(painter: QPainter, pack: StreetPack, level: int, box: Any, frame: Frame, zoom: float, ratio: float,
           style: MapStyle) -> None:
    if not pack.has(level, "rail"):
        return
    index, found = _found(pack, level, "rail", box, frame)
    colours = pack.array(level, "rail", "colour")[index]
    cls = pack.array(level, "rail", "cls")[index]
    width = at_zoom(RAIL_WIDTH, zoom) * ratio
    names = list(style.colours["rail"].values())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for i in range(len(index)):
        own = f"#{int(colours[i]):06x}" if colours[i] else names[int(cls[i])]
        pen = _pen(own, width, Qt.PenCapStyle.FlatCap)
        painter.setOpacity(0.75 if colours[i] else 0.9)
        painter.setPen(pen)
        draw_shapes(painter, found, np.array([i]), 1, close=False)
    painter.setOpacity(1.0)
