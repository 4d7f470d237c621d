"""Draws the names of the map: sprites at their placements."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from pm_desktop.ui.canvas.view import View

Sprite = tuple[QImage, float, float]  # with half its width and height


def draw_names(painter: QPainter, placements: Any, sprites: dict[int, Sprite], view: View, width: int, height: int) -> None:
    """Draw those that lie in a widget of this size; ``placements`` (n, 5): sprite, world x, y, offset in pixels."""
    if len(placements) == 0:
        return
    cx, cy = view.world
    x = (placements[:, 1] - cx) / view.unit + width / 2 + placements[:, 3]
    y = (placements[:, 2] - cy) / view.unit + height / 2 + placements[:, 4]
    seen = np.flatnonzero((x > -150) & (x < width + 150) & (y > -40) & (y < height + 40))
    ratio = painter.device().devicePixelRatio()  # a name stands on a device pixel, as its picture was drawn for one
    numbers, xs, ys = (v[seen].tolist() for v in (placements[:, 0].astype(int), x, y))
    for number, px, py in zip(numbers, xs, ys, strict=True):
        found = sprites.get(number)
        if found is not None:
            sprite, half_w, half_h = found
            painter.drawImage(QPointF(round((px - half_w) * ratio) / ratio, round((py - half_h) * ratio) / ratio), sprite)
