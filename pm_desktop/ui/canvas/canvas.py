"""The map widget: shows painted tiles and names, follows the hand, picks what lies under it.

It never paints streets itself; it draws finished tiles (scaled until the sharp one is there), the sprites of names,
and an overlay for hover and selection.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from pm_desktop.base.mercator import place_of, to_lonlat
from pm_desktop.cartography.engine import RenderEngine
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.cartography.renderworker import TILE_PX, LabelRequest, Scene, TileRequest
from pm_desktop.cartography.style import map_style
from pm_desktop.cartography.tilecache import TileCache
from pm_desktop.layers.style import HeatStyle
from pm_desktop.ui.canvas import furniture
from pm_desktop.ui.canvas.heat import HeatOverlay
from pm_desktop.ui.canvas.picking import Hit, hits_at, open_layers
from pm_desktop.ui.canvas.view import LayerView, View, fitting

LABEL_MARGIN_PX = 200
KEY_STEP_PX = 120


class MapCanvas(QWidget):
    """The map.

    Signals
    -------
    viewChanged(View), hovered(Hit | None), clicked(Hit | None), doubleClicked(Hit | None), cursorMoved(lon, lat),
    completed()
        ``completed`` comes when every tile and name of the view is drawn.
    """

    viewChanged = Signal(object)
    hovered = Signal(object)
    clicked = Signal(object)
    doubleClicked = Signal(object)
    cursorMoved = Signal(float, float)
    completed = Signal()

    def __init__(self, parent: QWidget | None = None, workers: int | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self._cache = TileCache()
        self._engine = RenderEngine(self._cache, workers, self)
        self._engine.tilePainted.connect(self._on_tile)
        self._engine.labelsPlaced.connect(self._on_labels)
        self._view = View(121.54, 31.22, 12.0)
        self._home: tuple[float, float, float, float] | None = None
        self._bases: tuple[Path, ...] = ()
        self._layers: tuple[LayerView, ...] = ()
        self._packs: dict[Path, LayerPack] = {}
        self._theme, self._lang, self._generation = "light", "zh", 0
        self._sprites: dict[int, tuple[QImage, float, float]] = {}  # with half its width and height
        self._epoch = ""
        self._placements: Any = np.zeros((0, 5))
        self._label_serial, self._label_done = 0, 0
        self._label_box: tuple[float, ...] | None = None
        self._drag: QPointF | None = None
        self._dragged = False
        self._moving = False
        self._hover: Hit | None = None
        self._selected: tuple[str, tuple[str, ...]] | None = None
        self._complete = False
        self._frame = furniture.Frame()
        self.heat = HeatOverlay(self)
        self.notice, self.attribution, self.sample_mark = "", "", ""
        self._rest = QTimer(self, singleShot=True, interval=140)
        self._rest.timeout.connect(self._come_to_rest)
        self._rescene = QTimer(self, singleShot=True, interval=0)
        self._rescene.timeout.connect(self._send_scene)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def set_base(self, packs: Sequence[Path]) -> None:
        """Show these street packs or raster bases."""
        self._bases = tuple(packs)
        self._rescene.start()

    def set_layers(self, layers: Sequence[LayerView]) -> None:
        """Show these layers, bottom to top."""
        self._layers = tuple(layers)
        self._packs = open_layers([(v.id, v.pack) for v in layers], self._packs)
        self.heat.set_layers(self._layers, self._packs)
        self._hover = None
        self._rescene.start()

    def layers(self) -> tuple[LayerView, ...]:
        """Layers as shown, bottom to top."""
        return self._layers

    def set_map_theme(self, name: str) -> None:
        """Street style: light, dark, briefing or contrast."""
        map_style(name)
        self._theme = name
        self._rescene.start()

    def set_lang(self, lang: str) -> None:
        """Language of names."""
        self._lang = lang
        self._rescene.start()

    def _send_scene(self) -> None:
        self._generation += 1
        shown = tuple((str(v.pack), v.opacity) for v in self._layers if v.visible and v.opacity > 0
                      and not isinstance(self._packs[v.pack].style, HeatStyle))
        self._engine.set_scene(Scene(self._generation, tuple(map(str, self._bases)), shown, self._theme, self._lang,
                                     self.devicePixelRatioF()))
        self._label_box = None
        self._ask()
        self.update()

    def view(self) -> View:
        """Where the map looks."""
        return self._view

    def set_view(self, view: View) -> None:
        """Look elsewhere."""
        self._view = view.snapped()
        self._changed()

    def fit(self, bounds: tuple[float, float, float, float], *, home: bool = False) -> None:
        """Show west, south, east, north; ``home`` makes it what the home key returns to."""
        if home:
            self._home = bounds
        self.set_view(fitting(bounds, self.width(), self.height()))

    def zoom_in(self) -> None:
        """One step nearer."""
        self.set_view(self._view.zoomed(self._view.zoom + 0.5, 0, 0))

    def zoom_out(self) -> None:
        """One step back."""
        self.set_view(self._view.zoomed(self._view.zoom - 0.5, 0, 0))

    def go_home(self) -> None:
        """The whole district."""
        if self._home:
            self.fit(self._home)

    def select(self, layer: str, ids: Sequence[str]) -> None:
        """Outline features; none clears the selection."""
        self._selected = (layer, tuple(ids)) if ids else None
        self.update()

    def is_complete(self) -> bool:
        """Whether everything of the view is drawn sharp."""
        if self._rescene.isActive() or self._rest.isActive():
            return False
        if not self._bases and not self._layers:
            return True
        return self.heat.is_complete() and self._label_done == self._label_serial and self._label_serial > 0 and all(
            self._cache.is_current(t, self._generation) for t in self._tiles(0))

    def render_pids(self) -> list[int]:
        """Process ids of the render workers."""
        return self._engine.pids

    def close_engine(self) -> None:
        """End the render processes; the widget shows what it has from then on."""
        self._rest.stop()
        self._rescene.stop()
        self._engine.close()
        self.heat.close()

    # -- asking ----------------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._complete = False
        self._ask()
        self.heat.ask()
        self.update()
        self.viewChanged.emit(self._view)

    def _tiles(self, ring: int) -> list[TileRequest]:
        """Tiles of the view and ``ring`` around it, nearest to the centre first."""
        quarter = round(self._view.zoom * 4)
        unit = 2.0 ** (31 - quarter / 4)
        x, y = self._view.world
        half_w, half_h = self.width() / 2 * self._view.unit, self.height() / 2 * self._view.unit
        columns = range(int((x - half_w) // unit) - ring, int((x + half_w) // unit) + 1 + ring)
        rows = range(int((y - half_h) // unit) - ring, int((y + half_h) // unit) + 1 + ring)
        limit = int(2 ** (quarter / 4)) + 1
        found = [TileRequest(quarter, c, r) for c in columns for r in rows if 0 <= c < limit and 0 <= r < limit]
        return sorted(found, key=lambda t: (t.column + 0.5 - x / unit) ** 2 + (t.row + 0.5 - y / unit) ** 2)

    def _ask(self) -> None:
        if self._generation == 0:
            return
        near = self._tiles(0)
        ring = [t for t in self._tiles(1) if t not in near]
        lacking, beyond = ([t for t in tiles if not self._cache.is_current(t, self._generation)] for tiles in (near, ring))
        self._engine.want_tiles(lacking + beyond, len(beyond))
        self._ask_labels()

    def _ask_labels(self) -> None:
        """Ask for names when the view leaves what they were placed for."""
        x, y = self._view.world
        unit = self._view.snapped().unit
        half_w, half_h = self.width() / 2 * unit, self.height() / 2 * unit
        margin = LABEL_MARGIN_PX * unit
        inner = (x - half_w, y - half_h, x + half_w, y + half_h, unit)
        if self._label_box is not None:
            box = self._label_box
            if box[4] == unit and box[0] <= inner[0] and box[1] <= inner[1] and box[2] >= inner[2] and box[3] >= inner[3]:
                return
        # the box of candidates is anchored to the world, so that two neighbouring views choose alike
        step = margin
        box = ((inner[0] - margin) // step * step, (inner[1] - margin) // step * step,
               -((-inner[2] - margin) // step) * step, -((-inner[3] - margin) // step) * step)
        self._label_box = (*(box[0] + margin / 2, box[1] + margin / 2, box[2] - margin / 2, box[3] - margin / 2), unit)
        self._label_serial += 1
        self._engine.want_labels(LabelRequest(self._label_serial, self._view.snapped().zoom,
                                              (int(box[0]), int(box[1]), int(box[2]), int(box[3]))))

    def heat_arrived(self) -> None:
        """A newer picture of the heat layer is there."""
        self.update()
        self._look_complete()

    def _on_tile(self, _request: TileRequest) -> None:
        self.update()
        self._look_complete()

    def _on_labels(self, serial: int, epoch: str, placements: Any, fresh: list[tuple[int, int, int, bytes]]) -> None:
        if epoch != self._epoch:
            self._epoch, self._sprites = epoch, {}
        ratio = self.devicePixelRatioF()
        for number, width, height, data in fresh:
            image = QImage(data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()
            image.setDevicePixelRatio(ratio)
            self._sprites[number] = (image, width / ratio / 2, height / ratio / 2)
        self._placements, self._label_done = placements, serial
        self.update()
        self._look_complete()

    def _look_complete(self) -> None:
        if not self._complete and self.is_complete():
            self._complete = True
            self.completed.emit()

    def _come_to_rest(self) -> None:
        self._moving = False
        self._view = self._view.snapped()
        self._changed()

    # -- painting --------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is."""
        painter = QPainter(self)
        style = map_style(self._theme)
        self._draw_tiles(painter, QColor(style.colours["land"]))
        self.heat.draw(painter, self._screen, self._moving)
        furniture.draw_marks(painter, self._screen, self._packs, self._layers, self._selected, self._hover, style)
        self._draw_labels(painter)
        self._frame.draw(painter, self, style)
        painter.end()

    def _screen(self, x: float, y: float) -> QPointF:
        cx, cy = self._view.world
        return QPointF((x - cx) / self._view.unit + self.width() / 2, (y - cy) / self._view.unit + self.height() / 2)

    def _draw_tiles(self, painter: QPainter, land: QColor) -> None:
        wanted = self._tiles(0)
        missing = [t for t in wanted if self._cache.get(t) is None]
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self._moving)
        if missing or self._view.zoom < 8:
            screen = QRectF(self.rect())
            painter.fillRect(screen, land)
            for request, tile in self._cache.others(round(self._view.zoom * 4)):
                target = self._target(request)
                if target.intersects(screen):
                    painter.drawImage(target, tile.image, QRectF(tile.image.rect()))
        for request in wanted:
            found = self._cache.get(request)
            if found is not None:
                painter.drawImage(self._target(request), found.image, QRectF(found.image.rect()))

    def _target(self, request: TileRequest) -> QRectF:
        unit = 2.0 ** (31 - request.quarter / 4)
        corner = self._screen(request.column * unit, request.row * unit)
        side = unit / self._view.unit
        if abs(side - TILE_PX) < 1e-6:
            ratio = self.devicePixelRatioF()
            return QRectF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio, TILE_PX, TILE_PX)
        return QRectF(corner.x(), corner.y(), side, side)

    def _draw_labels(self, painter: QPainter) -> None:
        if len(self._placements) == 0:
            return
        cx, cy = self._view.world
        unit = self._view.unit
        x = (self._placements[:, 1] - cx) / unit + self.width() / 2 + self._placements[:, 3]
        y = (self._placements[:, 2] - cy) / unit + self.height() / 2 + self._placements[:, 4]
        seen = np.flatnonzero((x > -150) & (x < self.width() + 150) & (y > -40) & (y < self.height() + 40))
        numbers, xs, ys = (v[seen].tolist() for v in (self._placements[:, 0].astype(int), x, y))
        for number, px, py in zip(numbers, xs, ys, strict=True):
            found = self._sprites.get(number)
            if found is not None:
                sprite, half_w, half_h = found
                painter.drawImage(QPointF(round(px - half_w), round(py - half_h)), sprite)

    # -- the hand --------------------------------------------------------------------------------------------------------

    def _world_at(self, at: QPointF) -> tuple[float, float]:
        x, y = self._view.world
        return x + (at.x() - self.width() / 2) * self._view.unit, y + (at.y() - self.height() / 2) * self._view.unit

    def hit_at(self, at: QPointF) -> Hit | None:
        """Topmost feature at a place of the widget."""
        x, y = self._world_at(at)
        lon, lat = place_of(x, y)
        packs = [(v.id, self._packs[v.pack]) for v in self._layers if v.visible]
        return hits_at(packs, x, y, self._view.unit, lon, lat)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag or a click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the map, or show what lies under the cursor."""
        at = event.position()
        if self._drag is not None and event.buttons() & Qt.MouseButton.LeftButton:
            step = at - self._drag
            if self._dragged or step.manhattanLength() > 3:
                self._dragged, self._drag = True, at
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self._view = self._view.panned(step.x(), step.y())
                self._changed()
            return
        lon, lat = to_lonlat(np.array(self._world_at(at)))
        self.cursorMoved.emit(float(lon), float(lat))
        hit = self.hit_at(at)
        if (hit and (hit.layer, hit.id)) != (self._hover and (self._hover.layer, self._hover.id)):
            self._hover = hit
            self.setCursor(Qt.CursorShape.PointingHandCursor if hit else Qt.CursorShape.ArrowCursor)
            self.hovered.emit(hit)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or click."""
        if event.button() != Qt.MouseButton.LeftButton or self._drag is None:
            return
        self._drag = None
        self.setCursor(Qt.CursorShape.ArrowCursor)
        if not self._dragged:
            self.clicked.emit(self.hit_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go deeper: zoom in on the place."""
        hit = self.hit_at(event.position())
        self.doubleClicked.emit(hit)
        offset = event.position() - QPointF(self.rect().center())
        self.set_view(self._view.zoomed(self._view.zoom + 1, offset.x(), offset.y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the cursor any more."""
        if self._hover is not None:
            self._hover = None
            self.hovered.emit(None)
            self.update()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Mouse wheel zooms to the cursor; a touchpad's two fingers pan."""
        pixels = event.pixelDelta()
        if not pixels.isNull() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._view = self._view.panned(pixels.x(), pixels.y())
        else:
            self._zoom_at(event.position(), event.angleDelta().y() / 120 * 0.25)
        self._changed()
        event.accept()

    def _zoom_at(self, at: QPointF, step: float) -> None:
        offset = at - QPointF(self.width() / 2, self.height() / 2)
        self._view = self._view.zoomed(self._view.zoom + step, offset.x(), offset.y())
        self._moving = True
        self._rest.start()

    def event(self, event: QEvent) -> bool:
        """Pinch of a touchpad."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._zoom_at(event.position(), float(event.value()) * 1.4)
            self._changed()
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._cache.clear()
            self._rescene.start()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows pan, + and - zoom, Home shows the district, Esc clears the selection."""
        pan = {Qt.Key.Key_Left: (1, 0), Qt.Key.Key_Right: (-1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        key = Qt.Key(event.key())
        if key in pan:
            dx, dy = pan[key]
            self._view = self._view.panned(dx * KEY_STEP_PX, dy * KEY_STEP_PX)
            self._changed()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key == Qt.Key.Key_Home:
            self.go_home()
        elif key == Qt.Key.Key_Escape and self._selected:
            self.select("", ())
            self.clicked.emit(None)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for what has come into view."""
        super().resizeEvent(event)
        self._complete = False
        self._ask()
        self.heat.ask()

    def sizeHint(self) -> QSize:
        """Most of the window."""
        return QSize(1200, 800)
