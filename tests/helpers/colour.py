"""Colours as eyes see them: what a deuteranope tells apart, and what a wash over the land becomes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def channels(colour: str) -> NDArray[np.float64]:
    """Red, green, blue of ``#rrggbb``."""
    return np.array([int(colour[i:i + 2], 16) for i in (1, 3, 5)], float)


def blended(colour: str, land: str, opacity: float) -> str:
    """Colour of a wash over the land."""
    mixed = channels(colour) * opacity + channels(land) * (1 - opacity)
    return "#" + "".join(f"{round(v):02x}" for v in mixed.tolist())


def seen_by_deuteranope(colour: str) -> NDArray[np.float64]:
    """Colour as a deuteranope sees it (Machado 2009, full severity), in CIE Lab."""
    rgb = channels(colour) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    machado = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
    seen = np.clip(machado @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])
