"""Where the map looks, and what it shows."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

from pm_desktop.base.mercator import place_of, to_world, units_per_px, world_of

MIN_ZOOM, MAX_ZOOM = 7.0, 19.5


@dataclass(frozen=True, slots=True)
class View:
    """Centre in degrees (CGCS2000) and zoom (512 px tiles)."""

    lon: float
    lat: float
    zoom: float

    @property
    def world(self) -> tuple[float, float]:
        """Centre in world units."""
        return world_of(self.lon, self.lat)

    @property
    def unit(self) -> float:
        """World units a logical pixel."""
        return units_per_px(self.zoom)

    def panned(self, dx: float, dy: float) -> View:
        """The view after dragging the map by logical pixels."""
        x, y = self.world
        return at_world(x - dx * self.unit, y - dy * self.unit, self.zoom)

    def zoomed(self, zoom: float, dx: float, dy: float) -> View:
        """The view at another zoom, the point ``dx``, ``dy`` pixels off the centre staying where it is."""
        zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
        x, y = self.world
        shift = self.unit - units_per_px(zoom)
        return at_world(x + dx * shift, y + dy * shift, zoom)

    def snapped(self) -> View:
        """The view at the nearest quarter of a zoom, at which tiles are painted."""
        return replace(self, zoom=round(self.zoom * 4) / 4)


def at_world(x: float, y: float, zoom: float) -> View:
    """View centred on world coordinates."""
    return View(*place_of(x, y), zoom)


def fitting(bounds: tuple[float, float, float, float], width: int, height: int, highest: float = 17.0) -> View:
    """View that shows ``bounds`` (west, south, east, north) in a widget of this size, no nearer than ``highest``."""
    west, south, east, north = bounds
    x0, y1 = to_world(west, south)
    x1, y0 = to_world(east, north)
    unit = max((float(x1) - float(x0)) / max(width - 40, 50), (float(y1) - float(y0)) / max(height - 40, 50), 1e-6)
    zoom = min(max(31 - math.log2(unit * 512), MIN_ZOOM), highest)
    return at_world((float(x0) + float(x1)) / 2, (float(y0) + float(y1)) / 2, math.floor(zoom * 4) / 4)


@dataclass(frozen=True, slots=True)
class LayerView:
    """A layer as it is shown: its pack, whether it is seen, how opaque."""

    id: str
    pack: Path
    visible: bool = True
    opacity: float = 1.0
