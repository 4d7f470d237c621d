"""A map turned for print: packs as they lie on the turned sheet, so that names and markers are laid there and stand upright.

Turned world coordinates are world coordinates turned about the middle of the sheet. Only what is laid by its place (names,
markers) is read from turned packs; areas and lines are painted from the packs themselves through a turned painter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.streets.pack import StreetPack

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn by ``degrees`` (clockwise as one looks at the map) about a place of the world."""

    x: float
    y: float
    degrees: float

    def forth(self, world: NDArray[Any]) -> NDArray[np.float64]:
        """World coordinates (n, 2) → turned ones."""
        return self._by(world, self.degrees)

    def back(self, turned: NDArray[Any]) -> NDArray[np.float64]:
        """Turned coordinates (n, 2) → world ones."""
        return self._by(turned, -self.degrees)

    def _by(self, xy: NDArray[Any], degrees: float) -> NDArray[np.float64]:
        cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        dx, dy = np.asarray(xy[..., 0], float) - self.x, np.asarray(xy[..., 1], float) - self.y
        return np.stack([self.x + cos * dx - sin * dy, self.y + sin * dx + cos * dy], axis=-1)

    def cover(self, box: Box) -> Box:
        """World box that covers a turned box."""
        corners = self.back(np.array([(box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])]))
        (x0, y0), (x1, y1) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        return x0, y0, x1, y1

    def whole(self, box: Box) -> tuple[int, int, int, int]:
        """`cover` in whole units, as packs are asked."""
        x0, y0, x1, y1 = self.cover(box)
        return math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1)


class _Lines:
    """Vertices of many lines, turned as they are asked for: a level can have millions."""

    def __init__(self, turn: Turn, xy: NDArray[Any]) -> None:
        self._turn, self._xy = turn, xy

    def __getitem__(self, index: Any) -> NDArray[np.float64]:
        return self._turn.forth(self._xy[index])


class _Arrays:
    """Arrays of a pack with the places of points turned."""

    def __init__(self, turn: Turn, arrays: Any) -> None:
        self._turn, self._arrays = turn, arrays
        self._turned: dict[str, NDArray[Any]] = {}
        self.meta, self.path = arrays.meta, arrays.path

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name.endswith(("/xy", "/label_xy")):
            if name not in self._turned:
                self._turned[name] = self._turn.forth(self._arrays[name])
            return self._turned[name]
        if name.endswith("/room"):  # half width and half height that a name may take: safe at any angle
            return np.repeat(self._arrays[name].min(axis=1, keepdims=True), 2, axis=1)
        found: NDArray[Any] = self._arrays[name]
        return found


class TurnedStreets(StreetPack):
    """A street pack whose places are turned; for names only."""

    def __init__(self, pack: StreetPack, turn: Turn) -> None:
        self._pack, self._turn = pack, turn
        self.meta, self.levels, self._grids = pack.meta, pack.levels, pack._grids
        self.arrays = _Arrays(turn, pack.arrays)  # type: ignore[assignment]

    def array(self, level: int, theme: str, name: str) -> NDArray[Any]:
        """Array of a theme at a level; vertices are turned."""
        found = self._pack.array(level, theme, name)
        return _Lines(self._turn, found) if name == "xy" else found  # type: ignore[return-value]

    def features_in(self, level: int, theme: str, box: tuple[int, int, int, int]) -> NDArray[np.int32]:
        """Features that may meet a turned box."""
        return self._pack.features_in(level, theme, self._turn.whole(box))


class TurnedLayer(LayerPack):
    """A layer pack whose places are turned; for names and markers."""

    def __init__(self, pack: LayerPack, turn: Turn) -> None:
        self._pack, self._turn = pack, turn
        self.meta, self.style, self.heat, self._grids = pack.meta, pack.style, pack.heat, pack._grids
        self.arrays = _Arrays(turn, pack.arrays)  # type: ignore[assignment]

    def features_in(self, box: tuple[int, int, int, int]) -> NDArray[np.int32]:
        """Features that may meet a turned box."""
        return self._pack.features_in(self._turn.whole(box))
