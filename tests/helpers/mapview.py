"""Paints and labels map views without a window, and says independently of the labeller where letters stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import shapely.affinity
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from pm_desktop.base.mercator import units_per_px, world_of
from pm_desktop.cartography.fonts import install_fonts
from pm_desktop.cartography.geometry import Frame
from pm_desktop.cartography.labels import Placement
from pm_desktop.cartography.requests import TILE_PX, LabelRequest, Scene, TileRequest
from pm_desktop.cartography.scenepainter import ScenePainter

MARGIN_PX = 200


@dataclass(frozen=True, slots=True)
class Window:
    """A view: left and top in whole logical pixels of the world, zoom, size."""

    left: int
    top: int
    zoom: float
    width: int
    height: int

    @classmethod
    def at(cls, lon: float, lat: float, zoom: float, width: int, height: int) -> Window:
        """View with its middle at a place in degrees."""
        x, y = (v / units_per_px(zoom) for v in world_of(lon, lat))
        return cls(round(x - width / 2), round(y - height / 2), zoom, width, height)

    def panned(self, dx: int, dy: int) -> Window:
        """View moved by pixels."""
        return Window(self.left + dx, self.top + dy, self.zoom, self.width, self.height)

    @property
    def request(self) -> LabelRequest:
        """What the map widget asks for: a box with a margin whose corners lie on a coarse lattice of the world."""
        step, unit = MARGIN_PX, units_per_px(self.zoom)
        low = [(v - step) // step * step for v in (self.left, self.top)]
        high = [-((-v - step) // step) * step for v in (self.left + self.width, self.top + self.height)]
        return LabelRequest(1, self.zoom, tuple(int(v * unit) for v in (*low, *high)))

    def holds(self, name: Placement) -> bool:
        """Whether a name lies wholly inside."""
        x0, y0, x1, y1 = shapely.union_all(letter_boxes(name)).bounds
        return x0 >= self.left and y0 >= self.top and x1 <= self.left + self.width and y1 <= self.top + self.height


@dataclass(slots=True)
class Painted:
    """A scene opened in this process, with the pictures of names it has sent so far."""

    painter: ScenePainter
    sprites: dict[int, QImage] = field(default_factory=dict)

    @classmethod
    def open(cls, packs: Sequence[Path | str], theme: str = "light", lang: str = "zh", ratio: float = 1.0, layers: Sequence[Path | str] = ()) -> Painted:
        """Open packs as the render process does."""
        install_fonts()
        return cls(ScenePainter(Scene(1, tuple(map(str, packs)), tuple((str(p), 1.0) for p in layers), theme, lang, ratio), None))

    def names(self, window: Window) -> list[Placement]:
        """Names of a view."""
        placed = self.painter.placements(window.request)
        for number, width, height, data in self.painter.sprites.fresh:
            self.sprites[number] = QImage(data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()
        self.painter.sprites.fresh = []
        return placed

    def ink(self, name: Placement) -> tuple[int, int, NDArray[np.uint8]]:
        """Left, top (device pixels of the world) and opacity of a name's picture."""
        picture, ratio, unit = self.sprites[name.sprite], self.painter.scene.ratio, units_per_px(self.painter._laid[0])
        left, top = (round(v / unit * ratio - size / 2) for v, size in ((name.x, picture.width()), (name.y, picture.height())))
        return left, top, pixels(picture)[..., 3]

    def whole(self, column: int, row: int, tiles: int, zoom: float) -> NDArray[np.uint8]:
        """One picture of ``tiles`` × ``tiles`` tiles."""
        ratio = self.painter.scene.ratio
        side = round(TILE_PX * ratio)
        image = QImage(side * tiles, side * tiles, QImage.Format.Format_RGB32)
        unit = units_per_px(zoom)
        self.painter.paint(image, Frame(column * TILE_PX * unit, row * TILE_PX * unit, unit / ratio, side * tiles, side * tiles), zoom)
        return pixels(image)[..., :3].copy()

    def stitched(self, column: int, row: int, tiles: int, zoom: float) -> NDArray[np.uint8]:
        """The same, put together from tiles."""
        side = round(TILE_PX * self.painter.scene.ratio)
        memory = memoryview(bytearray(side * side * 4))
        out = np.zeros((side * tiles, side * tiles, 3), np.uint8)
        for i in range(tiles):
            for j in range(tiles):
                self.painter.tile(TileRequest(round(zoom * 4), column + i, row + j), memory)
                out[j * side:(j + 1) * side, i * side:(i + 1) * side] = np.frombuffer(memory, np.uint8).reshape(side, side, 4)[..., :3]
        return out


def pixels(image: QImage) -> NDArray[np.uint8]:
    """Blue, green, red, opacity of a picture, shape (height, width, 4)."""
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)[:, :image.width()]


def bgr(colour: str) -> tuple[int, int, int]:
    """Channels of a colour as `pixels` has them."""
    made = QColor(colour)
    return made.blue(), made.green(), made.red()


def letter_boxes(name: Placement) -> list[Any]:
    """Turned boxes of a name's letters (or lines) in logical pixels of the world."""
    return [shapely.affinity.rotate(shapely.box(x - w / 2, y - h / 2, x + w / 2, y + h / 2), turn, origin=(x, y))
            for x, y, w, h, turn in name.letters]


def overlapping(names: Sequence[Placement]) -> list[tuple[str, str]]:
    """Pairs of different names of which letters overlap, by comparing turned boxes, without any grid."""

    boxes = [box for name in names for box in letter_boxes(name)]
    owner = np.repeat(np.arange(len(names)), [len(name.letters) for name in names])
    if not boxes:
        return []
    a, b = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    pairs = {(int(i), int(j)) for i, j, k, m in zip(owner[a], owner[b], a, b, strict=True)
             if i < j and shapely.intersection(boxes[k], boxes[m]).area > 0.01}
    return [(names[i].text, names[j].text) for i, j in sorted(pairs)]
