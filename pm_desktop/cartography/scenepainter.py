"""Paints tiles and names of one scene; lives in the render process."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from pm_desktop.base.errors import PmError
from pm_desktop.base.mercator import WORLD, units_per_px
from pm_desktop.cartography.geometry import Frame
from pm_desktop.cartography.labels import Labeller, Sprites, avoid_markers, label_layer, label_streets
from pm_desktop.cartography.marks import paint_marks
from pm_desktop.cartography.overlay import LayerPack, paint_layer
from pm_desktop.cartography.renderworker import TILE_PX, LabelRequest, Scene, TileRequest, pack_key
from pm_desktop.cartography.streetpainter import paint_streets
from pm_desktop.cartography.style import map_style
from pm_desktop.layers.style import LineStyle, PointStyle
from pm_desktop.streets.pack import StreetPack
from pm_desktop.streets.raster import RasterBase

log = logging.getLogger(__name__)
MAX_SPRITES = 20_000


class ScenePainter:
    """Opens the packs of a scene (keeping those that the scene before had open) and paints."""

    def __init__(self, scene: Scene, before: ScenePainter | None) -> None:
        self.scene = scene
        self.style = map_style(scene.theme)
        self._open: dict[tuple[str, int, int], Any] = before._open if before else {}
        self.bases = [pack for path in scene.bases if (pack := self._pack(path)) is not None]
        self.layers = [(pack, opacity) for path, opacity in scene.layers if (pack := self._pack(path)) is not None]
        in_use = {id(p) for p in self.bases} | {id(p) for p, _ in self.layers}
        self._open = {key: pack for key, pack in self._open.items() if id(pack) in in_use}
        same = before is not None and before.scene.ratio == scene.ratio
        self.sprites: Sprites = before.sprites if same and before else Sprites(scene.ratio)

    def _pack(self, path: str) -> Any:
        try:
            key = pack_key(path)
            if key not in self._open:
                self._open[key] = _opened(Path(path))
            return self._open[key]
        except (PmError, OSError) as error:
            log.warning("cannot draw %s: %s", path, error)
            return None

    def tile(self, request: TileRequest, memory: memoryview) -> int:
        """Paint a tile into ``memory`` (RGB32); returns its side in device pixels."""
        side = round(TILE_PX * self.scene.ratio)
        image = QImage(memory, side, side, side * 4, QImage.Format.Format_RGB32)
        unit = units_per_px(request.zoom)
        frame = Frame(request.column * TILE_PX * unit, request.row * TILE_PX * unit, unit / self.scene.ratio, side, side)
        image.fill(QColor(self.style.colours["land"]))
        painter = QPainter(image)
        for base in self.bases:
            if isinstance(base, StreetPack):
                paint_streets(painter, base, frame, request.zoom, self.scene.ratio, self.style)
            else:
                _paint_raster(painter, base, frame, request.zoom)
        for layer, opacity in self.layers:
            paint_layer(painter, layer, frame, request.zoom, self.scene.ratio, self.style, opacity)
        self._paint_marks(painter, frame)
        painter.end()
        return side

    def _paint_marks(self, painter: QPainter, frame: Frame) -> None:
        marked = self.scene.marked
        pack = self._pack(marked[0]) if marked is not None else None
        if marked is not None and pack is not None:
            paint_marks(painter, pack, np.frombuffer(marked[1], np.int32), frame, self.scene.ratio, self.style, width=2.2)

    def labels(self, request: LabelRequest) -> tuple[NDArray[np.float64], list[tuple[int, int, int, bytes]]]:
        """Placements as rows (sprite, world x, world y, dx, dy) and the sprites not sent before."""
        if len(self.sprites.size) > MAX_SPRITES:
            self.sprites = Sprites(self.scene.ratio)  # a new epoch: the window forgets its own too
        labeller = Labeller(request.zoom, units_per_px(request.zoom), request.box, self.style, self.scene.lang, self.sprites)
        streets = [b for b in self.bases if isinstance(b, StreetPack)]
        for pack in reversed([layer for layer, opacity in self.layers if opacity > 0]):
            if isinstance(pack.style, PointStyle):
                avoid_markers(labeller, pack, pack.style)
        for pack in reversed([layer for layer, opacity in self.layers if opacity > 0]):
            if not isinstance(pack.style, LineStyle):
                label_layer(labeller, pack)
        for base in streets:
            label_streets(labeller, base)
        rows = [(p.sprite, p.x, p.y, p.dx, p.dy) for p in labeller.placed]
        fresh, self.sprites.fresh = self.sprites.fresh, []
        return np.array(rows, dtype=np.float64).reshape(-1, 5), fresh


def _opened(path: Path) -> Any:
    if path.suffix == ".streets":
        return StreetPack(path)
    return RasterBase(path) if path.suffix in (".mbtiles", ".pmtiles") else LayerPack(path)


def _paint_raster(painter: QPainter, base: RasterBase, frame: Frame, zoom: float) -> None:
    """Tiles of an agency's raster base, the zoom that is nearest from above."""
    # raster pyramids count zoom by 256 px tiles, one step ahead of the 512 px ones
    z = int(np.clip(np.ceil(zoom + 1), base.min_zoom, base.max_zoom))
    side = WORLD / 2**z
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    box = frame.box(0)
    for x in range(int(box[0] // side), int(box[2] // side) + 1):
        for y in range(int(box[1] // side), int(box[3] // side) + 1):
            data = base.tile(z, x, y)
            if data is None:
                continue
            picture = QImage.fromData(data)
            left, top = (x * side - frame.x0) / frame.unit, (y * side - frame.y0) / frame.unit
            painter.drawImage(QRectF(left, top, side / frame.unit, side / frame.unit), picture, QRectF(picture.rect()))
