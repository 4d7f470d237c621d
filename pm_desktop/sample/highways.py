"""Courses of the expressways: rings around the core and radials; drawn before the blocks, which keep clear of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from pm_desktop.sample.geography import CORE, Geography, smooth, to_plane, words
from pm_desktop.sample.lattice import Floats

_RINGS = (5_200, 10_300, 17_500, 32_500)
_RADIALS = [[(121.300, 31.245), (121.400, 31.222), (121.495, 31.232), (121.60, 31.228), (121.72, 31.200), (121.84, 31.150)],
            [(121.600, 31.380), (121.660, 31.300), (121.690, 31.200), (121.760, 31.080), (121.850, 30.960), (121.930, 30.880)],
            [(121.290, 31.180), (121.400, 31.190), (121.500, 31.200), (121.60, 31.165), (121.70, 31.105), (121.80, 31.055), (121.915, 31.030)],
            [(121.560, 31.200), (121.590, 31.120), (121.680, 31.020), (121.790, 30.930), (121.890, 30.880)],
            [(121.520, 31.200), (121.525, 31.130), (121.565, 31.060), (121.580, 31.010), (121.570, 30.900)]]


@dataclass(frozen=True, slots=True)
class Highway:
    """One stretch of an expressway."""

    name: str
    xy: Floats


def draw_highways(geography: Geography, rng: np.random.Generator) -> list[Highway]:
    """Stretches on the district and around it; they cross the river, not the sea."""
    ground = shapely.union_all([geography.land, geography.around, geography.river])
    ground = shapely.buffer(shapely.buffer(ground, 400), -300)
    centre = to_plane(np.array(CORE)) - (1_500, 0)
    curves = []
    for name, radius in zip(words()["expressways"], _RINGS, strict=True):
        angle = np.linspace(-np.pi, np.pi, 640)
        wobble = 1 + 0.05 * np.sin(angle * 3 + radius) + 0.03 * np.sin(angle * 7)
        curves.append((name, centre + np.stack([np.cos(angle), np.sin(angle)], 1) * (radius * wobble)[:, None]))
    curves += [(name, smooth(points, rng, 220, 5)) for name, points in zip(words()["radials"], _RADIALS, strict=True)]
    return [Highway(name, shapely.get_coordinates(piece)) for name, curve in curves
            for piece in shapely.get_parts(shapely.line_merge(shapely.intersection(shapely.LineString(curve), ground)))
            if piece.length > 2_500]
