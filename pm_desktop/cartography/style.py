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

# Stroke width in logical pixels at zoom stops, by road class (fill; the casing adds to both sides).
ROAD_WIDTH: dict[str, list[tuple[float, float]]] = {
    "EXPRESSWAY": [(7, 0.8), (10, 1.7), (12, 2.8), (14, 5.2), (16, 11), (18, 28)],
    "EXPRESSWAY_LINK": [(12, 1.1), (14, 2.6), (16, 6), (18, 15)],
    "ARTERIAL": [(9, 0.6), (11, 1.2), (12, 1.9), (14, 4.6), (16, 10.5), (18, 28)],
    "SECONDARY": [(11, 0.5), (12, 1.0), (14, 3.3), (16, 8.4), (18, 22)],
    "LOCAL": [(12, 0.4), (13, 0.8), (14, 1.9), (15, 3.4), (16, 5.8), (18, 16)],
    "SERVICE": [(14, 0.5), (15, 1.1), (16, 2.6), (18, 8)],
    "PATH": [(15, 0.7), (16, 1.0), (18, 2.2)],
}
# Casing of a middling road; the more important a road, the heavier its edge.
CASING = [(10, 0.25), (12, 0.45), (14, 0.75), (16, 0.95), (18, 1.3)]
CASING_SHARE = {"EXPRESSWAY": 1.3, "EXPRESSWAY_LINK": 1.1, "ARTERIAL": 1.15, "SECONDARY": 1.0, "LOCAL": 0.85, "SERVICE": 0.75, "PATH": 0.0}
BRIDGE_EDGE = [(12, 0.2), (14, 0.6), (16, 1.1), (18, 2.0)]
RAIL_WIDTH = [(9, 0.9), (12, 1.7), (14, 2.6), (16, 3.6), (18, 5.5)]
METRO_EDGE = [(12, 0.5), (14, 1.0), (16, 1.8)]  # both sides together: a strong edge of a thin line would eat its colour
# storeys from which a building is drawn a shade darker
TALL, VERY_TALL = 8, 20


@dataclass(frozen=True, slots=True)
class MapStyle:
    """Colours of one map theme."""

    name: str
    colours: dict[str, Any]

    @property
    def is_dark(self) -> bool:
        """Whether overlays should take their dark colours."""
        return self.name == "dark"

    @property
    def label_scale(self) -> float:
        """Factor on the size of all names."""
        return float(self.colours["label_scale"])

    @property
    def label_delay(self) -> float:
        """Zoom levels by which lesser names come later."""
        return float(self.colours["label_delay"])

    def label(self, kind: str) -> tuple[str, str]:
        """Ink and halo of a kind of name."""
        ink, halo = self.colours["label"][kind]
        return ink, halo

    def shield(self, road: str) -> tuple[str, str]:
        """Ink and plate of a road's number."""
        ink, plate = self.colours["shield"].get(road, self.colours["shield"]["OTHER"])
        return ink, plate


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


def mixed(colour: str, other: str, share: float) -> str:
    """``colour`` with ``share`` of ``other`` in it."""
    a, b = (np.array([int(c[k:k + 2], 16) for k in (1, 3, 5)]) for c in (colour, other))
    return "#" + "".join(f"{v:02x}" for v in np.rint(a * (1 - share) + b * share).astype(int).tolist())
