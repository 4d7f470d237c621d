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
from pm_desktop.cartography.keptground import KeptGround
from pm_desktop.cartography.labels import Labeller, Placement, avoid_markers, label_layer
from pm_desktop.cartography.marks import paint_marks
from pm_desktop.cartography.overlay import LayerPack, paint_layer
from pm_desktop.cartography.requests import TILE_PX, LabelRequest, Scene, TileRequest, pack_key
from pm_desktop.cartography.sprites import LIMIT_BYTES, Sprites
from pm_desktop.cartography.streetlabels import label_first, label_rest
from pm_desktop.cartography.streetpainter import paint_streets
from pm_desktop.cartography.style import map_style
from pm_desktop.cartography.tilecache import tile_format
from pm_desktop.layers.style import LineStyle, PointStyle
from pm_desktop.streets.pack import StreetPack
from pm_desktop.streets.raster import RasterBase

log = logging.getLogger(__name__)

class ScenePainter:
    """Opens the packs of a scene (keeping those that the scene before had open) and paints."""

    def __init__(self, scene: Scene, before: ScenePainter | None) -> None:
        self.scene = scene
        self.style = map_style(scene.theme)
        self._open: dict[tuple[str, int, int], Any] = before._open if before else {}
        self.bases = [pack for path in scene.bases if (pack := self._pack(path)) is not None]
        planes: tuple[list[Any], list[Any]] = ([], [])
        for number, (path, opacity) in enumerate(scene.layers):
            if (pack := self._pack(path)) is not None:
                planes[scene.under is not None and number >= scene.under].append((pack, opacity))
        self._planes, self.layers = planes, planes[0] + planes[1]
        in_use = {id(p) for p in self.bases} | {id(p) for p, _ in self.layers}
        self._open = {key: pack for key, pack in self._open.items() if id(pack) in in_use}
        same = before is not None and before.scene.ratio == scene.ratio
        self._ground = KeptGround(scene.bases, scene.theme, scene.ratio)
        self.sprites: Sprites = before.sprites if same and before else Sprites(scene.ratio)
        alike = same and before and (before.scene.theme, before.scene.lang, before.scene.bases) == (scene.theme, scene.lang, scene.bases)
        self._laid: tuple[float, dict[Any, Any], dict[Any, Any]] = before._laid if alike and before else (-1.0, {}, {})

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
        """Paint a tile into ``memory`` (`tile_format` of its plane); returns its side in device pixels."""
        side = round(TILE_PX * self.scene.ratio)
        image = QImage(memory, side, side, side * 4, tile_format(request.plane))
        unit = units_per_px(request.zoom)
        frame = Frame(request.column * TILE_PX * unit, request.row * TILE_PX * unit, unit / self.scene.ratio, side, side)
        if request.plane:
            self.paint_over(image, frame, request.zoom)
            return side
        if not self._ground.load(request, memory, image.sizeInBytes()):
            self._paint_ground(image, frame, request.zoom)
            self._ground.keep(request, memory, image.sizeInBytes())
        with QPainter(image) as painter:
            self._paint_layers(painter, frame, request.zoom, 0)
        return side

    def paint(self, image: QImage, frame: Frame, zoom: float) -> None:
        """Paint the ground plane, everything but the names, at ``frame``, which is as large as ``image``."""
        self._paint_ground(image, frame, zoom)
        with QPainter(image) as painter:
            self._paint_layers(painter, frame, zoom, 0)

    def _paint_ground(self, image: QImage, frame: Frame, zoom: float) -> None:
        image.fill(QColor(self.style.colours["land"]))
        with QPainter(image) as painter:
            self.paint_bases(painter, frame, zoom)

    def paint_over(self, image: QImage, frame: Frame, zoom: float) -> None:
        """Paint what lies over the heat, clear where nothing does."""
        image.fill(0)
        painter = QPainter(image)
        self._paint_layers(painter, frame, zoom, 1)
        painter.end()

    def _paint_layers(self, painter: QPainter, frame: Frame, zoom: float, plane: int) -> None:
        for layer, opacity in self._planes[plane]:
            paint_layer(painter, layer, frame, zoom, self.scene.ratio, self.style, opacity)
        if plane == (self.scene.under is not None):
            self._paint_marks(painter, frame)

    def paint_bases(self, painter: QPainter, frame: Frame, zoom: float) -> None:
        """Paint the street bases; the picture is already filled with land."""
        for base in self.bases:
            if isinstance(base, StreetPack):
                paint_streets(painter, base, frame, zoom, self.scene.ratio, self.style)
            else:
                _paint_raster(painter, base, frame, zoom)

    def _paint_marks(self, painter: QPainter, frame: Frame) -> None:
        marked = self.scene.marked
        pack = self._pack(marked[0]) if marked is not None else None
        if marked is not None and pack is not None:
            paint_marks(painter, pack, np.frombuffer(marked[1], np.int32), frame, self.scene.ratio, self.style, width=2.2)

    def labels(self, request: LabelRequest) -> tuple[NDArray[np.float64], list[tuple[int, int, int, bytes]]]:
        """Placements as rows (sprite, world x, world y, 0, 0) and the sprites not sent before."""
        rows = [(p.sprite, p.x, p.y, 0.0, 0.0) for p in self.placements(request)]
        fresh, self.sprites.fresh = self.sprites.fresh, []
        return np.array(rows, dtype=np.float64).reshape(-1, 5), fresh

    def placements(self, request: LabelRequest) -> list[Placement]:
        """Names of a view, each where it stands."""
        if self.sprites.bytes_made > LIMIT_BYTES:
            self.sprites, self._laid = Sprites(self.scene.ratio), (-1.0, {}, {})  # a new epoch: the window forgets its own too
        if self._laid[0] != request.zoom:
            self._laid = (request.zoom, {}, {})
        labeller = Labeller(request.zoom, units_per_px(request.zoom), request.box, self.style, self.scene.lang, self.sprites,
                            self._laid[1], self._laid[2])
        streets = [b for b in self.bases if isinstance(b, StreetPack)]
        shown = [layer for layer, opacity in reversed(self.layers) if opacity > 0]
        for pack in shown:
            if isinstance(pack.style, PointStyle):
                avoid_markers(labeller, pack, pack.style)
        for base in streets:
            label_first(labeller, base)
        for pack in shown:
            if not isinstance(pack.style, LineStyle):
                label_layer(labeller, pack)
        for base in streets:
            label_rest(labeller, base)
        return labeller.placed


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
