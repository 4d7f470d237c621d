"""Street styles: colours from ``maps/*.json``, widths by zoom from here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from pm_desktop.base import paths

MAP_THEMES = ("light", "dark", "briefing", "contrast")

# Stroke width in logical pixels at zoom stops, by road class (fill; the casing adds CASING on both sides).
ROAD_WIDTH: dict[str, list[tuple[float, float]]] = {
    "EXPRESSWAY": [(7, 0.8), (10, 1.6), (12, 2.6), (14, 4.6), (16, 10), (18, 26)],
    "EXPRESSWAY_LINK": [(12, 1.2), (14, 2.4), (16, 5.5), (18, 15)],
    "ARTERIAL": [(9, 0.7), (11, 1.3), (12, 2.0), (14, 4.4), (16, 10), (18, 26)],
    "SECONDARY": [(11, 0.6), (12, 1.1), (14, 3.2), (16, 8), (18, 20)],
    "LOCAL": [(12, 0.45), (13, 0.9), (14, 1.9), (16, 5.6), (18, 15)],
    "SERVICE": [(14, 0.6), (15, 1.2), (16, 2.4), (18, 8)],
    "PATH": [(15, 0.7), (16, 1.0), (18, 2.2)],
}
CASING = [(10, 0.25), (12, 0.45), (14, 0.8), (16, 1.0), (18, 1.3)]
RAIL_WIDTH = [(9, 0.8), (12, 1.4), (15, 2.4), (18, 4.5)]


@dataclass(frozen=True, slots=True)
class MapStyle:
    """Colours of one map theme."""

    name: str
    colours: dict[str, Any]

    @property
    def is_dark(self) -> bool:
        """Whether overlays should take their dark colours."""
        return self.name == "dark"


@cache
def map_style(name: str) -> MapStyle:
    """Style called ``name``; KeyError if there is none."""
    if name not in MAP_THEMES:
        raise KeyError(name)
    return MapStyle(name, json.loads((paths.maps_dir() / f"{name}.json").read_text("utf-8")))


def at_zoom(stops: Sequence[tuple[float, float]], zoom: float) -> float:
    """Value at ``zoom``: geometric between the stops, as scale is; constant beyond them."""
    zooms, values = zip(*stops, strict=True)
    return float(np.exp(np.interp(zoom, zooms, np.log(values))))
