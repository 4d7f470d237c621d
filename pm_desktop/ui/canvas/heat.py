"""Heat on the map: the newest picture of the heat process, drawn between tiles and names until a newer one comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QImage, QPainter

from pm_desktop.cartography.heat import HeatCount, HeatFilter, HeatRequest
from pm_desktop.cartography.heatprocess import MAX_PICTURE, HeatService
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.layers.style import HeatStyle
from pm_desktop.ui.canvas.view import LayerView

if TYPE_CHECKING:
    from pm_desktop.ui.canvas.canvas import MapCanvas

MARGIN_PX = 64  # painted around the view, so that a pan has something to show until the next picture
STEP_PX = 2


class HeatOverlay(QObject):
    """The heat layer of one canvas.

    Signals
    -------
    counted(HeatCount)
        What the newest picture counts.
    """

    counted = Signal(object)

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._service = HeatService(self)
        self._service.painted.connect(self._on_picture)
        self._pack: Path | None = None
        self._own_top = 1.0
        self._opacity = 1.0
        self.chosen = HeatFilter()
        self.top: float | None = None
        self.locked = True
        self._serial = 0
        self._picture: tuple[HeatRequest, QImage] | None = None

    @property
    def pack(self) -> Path | None:
        """Pack of the heat layer that is shown."""
        return self._pack

    @property
    def scale_top(self) -> float:
        """Where the colour scale ends while it is locked."""
        return self.top if self.top is not None else self._own_top

    def set_layers(self, layers: tuple[LayerView, ...], packs: dict[Path, LayerPack]) -> None:
        """Take the heat layer out of the layers shown; the others are painted as tiles."""
        found = [v for v in layers if v.visible and v.opacity > 0 and isinstance(packs[v.pack].style, HeatStyle)]
        view = found[-1] if found else None
        changed = self._pack != (view.pack if view else None)
        self._pack, self._opacity = (view.pack, view.opacity) if view else (None, 1.0)
        if view is not None:
            self._own_top = float(packs[view.pack].meta["heat"]["top"])
        if changed:
            self._picture = None
            self.ask()

    def under(self, layers: tuple[LayerView, ...]) -> int | None:
        """How many of the ``layers``, which are painted as tiles, lie under the heat; None where no heat is shown."""
        if self._pack is None:
            return None
        places = [v.pack for v in layers]
        return places.index(self._pack)

    def show(self, chosen: HeatFilter, locked: bool = True, top: float | None = None) -> None:
        """Show other days, categories or sources; ``locked`` keeps the colours at ``top`` (None: the pack's own)."""
        if (chosen, locked, top) != (self.chosen, self.locked, self.top):
            self.chosen, self.locked, self.top = chosen, locked, top
            self.ask()

    def ask(self) -> None:
        """Ask for a picture of the view."""
        if self._pack is None:
            self._service.want(None)
            return
        view, ratio = self._canvas.view(), self._canvas.devicePixelRatioF()
        width, height = ((side + 2 * MARGIN_PX) * ratio for side in (self._canvas.width(), self._canvas.height()))
        step = STEP_PX
        while width * height > MAX_PICTURE * step * step:
            step += 1
        unit = view.unit / ratio * step
        nx, ny = int(width / step) + 1, int(height / step) + 1
        cx, cy = view.world
        # whole cells of the picture from the world's corner: a pan must not make the colours shimmer
        x0, y0 = ((c - n * unit / 2) // unit * unit for c, n in ((cx, nx), (cy, ny)))
        self._serial += 1
        self._service.want(HeatRequest(self._serial, str(self._pack), self.chosen, x0, y0, unit, nx, ny, view.zoom,
                                       self.scale_top if self.locked else None))

    def is_complete(self) -> bool:
        """Whether the picture shown is of what was asked last."""
        return self._pack is None or (self._service.idle and self._picture is not None)

    def _on_picture(self, request: HeatRequest, image: QImage, counted: HeatCount) -> None:
        if self._pack is None or request.pack != str(self._pack):
            return
        self._picture = (request, image)
        self.counted.emit(counted)
        self._canvas.heat_arrived()

    def draw(self, painter: QPainter, screen: Callable[[float, float], QPointF], moving: bool) -> None:
        """Draw the newest picture where it belongs."""
        if self._picture is None or self._pack is None:
            return
        request, image = self._picture
        corner = screen(request.x0, request.y0)
        end = screen(request.x0 + request.width * request.unit, request.y0 + request.height * request.unit)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not moving)
        painter.setOpacity(self._opacity)
        painter.drawImage(QRectF(corner, end), image, QRectF(image.rect()))
        painter.setOpacity(1.0)

    def close(self) -> None:
        """End the heat process."""
        self._service.close()
