"""Paints one layer on the plain land of a theme and says what colour stands where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtGui import QColor, QImage

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import units_per_px, world_of
from pm_desktop.cartography.geometry import Frame
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.layers.build import build_layer
from pm_desktop.layers.layer import LayerSummary
from tests.helpers.mapview import Painted, pixels

SIDE = 400


@dataclass(frozen=True, slots=True)
class Picture:
    """A painted square around a place."""

    image: np.ndarray[Any, Any]
    frame: Frame
    land: tuple[int, int, int]

    def at(self, lon: float, lat: float, reach: int = 0) -> np.ndarray[Any, Any]:
        """Blue, green, red of the pixels within ``reach`` of a place."""
        x, y = (int(v) for v in self.frame.pixels(np.array([world_of(lon, lat)]))[0])
        return self.image[y - reach:y + reach + 1, x - reach:x + reach + 1].reshape(-1, 3)

    def painted(self) -> np.ndarray[Any, Any]:
        """Where anything but land is."""
        return np.asarray(np.abs(self.image.astype(int) - self.land).max(2) > 12)


def build(location: str, layer: str, folder: Path) -> tuple[LayerSummary, LayerPack]:
    """The layer of a workspace."""
    summary = build_layer(JobContext(), location, layer, str(folder))
    return summary, LayerPack(summary.path)


def picture(path: str | Path, lon: float, lat: float, zoom: float, theme: str, side: int = SIDE) -> Picture:
    """The layer around a place, as the render process paints it."""
    painter = Painted.open([], theme, layers=[path]).painter
    unit = units_per_px(zoom)
    x, y = (np.floor(np.array(world_of(lon, lat)) / unit) - side // 2) * unit
    image = QImage(side, side, QImage.Format.Format_RGB32)
    frame = Frame(float(x), float(y), unit, side, side)
    painter.paint(image, frame, zoom)
    land = QColor(painter.style.colours["land"])
    return Picture(pixels(image)[..., :3].copy(), frame, (land.blue(), land.green(), land.red()))


def near(found: np.ndarray[Any, Any], colour: str, tolerance: int = 40) -> bool:
    """Whether one of the pixels has about this colour."""
    wanted = QColor(colour)
    gaps = np.abs(found.astype(int) - (wanted.blue(), wanted.green(), wanted.red())).max(1)
    return bool((gaps <= tolerance).any())
