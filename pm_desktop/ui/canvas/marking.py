"""What is outlined on the map: the selection, and what lies under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter

from pm_desktop.cartography.geometry import Frame
from pm_desktop.cartography.marks import indices_of, paint_marks
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.cartography.style import MapStyle
from pm_desktop.ui.canvas.picking import Hit
from pm_desktop.ui.canvas.view import LayerView

MANY = 60  # more features than this are outlined by the render process: in the window they would cost the frame


class Marking:
    """Selected ids of one layer, and their places in the pack that is shown."""

    def __init__(self) -> None:
        self._layer, self._ids = "", frozenset[str]()
        self._shown: dict[str, tuple[Path, LayerPack]] = {}
        self._index: NDArray[np.int32] = np.zeros(0, np.int32)

    def show(self, layers: Sequence[LayerView], packs: dict[Path, LayerPack]) -> None:
        """These layers are on the map."""
        before = self._shown.get(self._layer)
        self._shown = {v.id: (v.pack, packs[v.pack]) for v in layers if v.visible}
        if self._shown.get(self._layer) != before:
            self._find()

    def select(self, layer: str, ids: Sequence[str]) -> None:
        """Outline these; none clears the selection."""
        self._layer, self._ids = (layer, frozenset(ids)) if ids else ("", frozenset())
        self._find()

    def selected(self) -> tuple[str, frozenset[str]]:
        """Layer and ids."""
        return self._layer, self._ids

    def _find(self) -> None:
        found = self._shown.get(self._layer)
        has_ids = found is not None and "f/id" in found[1].arrays
        self._index = indices_of(found[1], self._ids) if has_ids and found else np.zeros(0, np.int32)

    def many(self) -> tuple[str, bytes] | None:
        """What the render process has to outline: layer pack and int32 indices."""
        return (str(self._shown[self._layer][0]), self._index.tobytes()) if len(self._index) > MANY else None

    def draw(self, painter: QPainter, frame: Frame, style: MapStyle, hover: Hit | None) -> None:
        """Outline what is selected and what lies under the cursor."""
        if 0 < len(self._index) <= MANY:
            paint_marks(painter, self._shown[self._layer][1], self._index, frame, 1.0, style)
        if hover is not None and hover.count == 1 and hover.layer in self._shown:
            paint_marks(painter, self._shown[hover.layer][1], np.array([hover.index]), frame, 1.0, style, width=2.0, wash=22)
