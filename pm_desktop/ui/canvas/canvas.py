"""The map widget: shows painted tiles and names, follows the hand, picks what lies under it.

It never paints streets itself; it draws finished tiles (scaled until the sharp one is there), the sprites of names,
and an overlay for hover and selection.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from pm_desktop.base.mercator import place_of
from pm_desktop.cartography.engine import RenderEngine
from pm_desktop.cartography.geometry import Frame
from pm_desktop.cartography.marks import accent
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.cartography.requests import LabelRequest, Scene, TileRequest
from pm_desktop.cartography.style import map_style
from pm_desktop.cartography.tilecache import TileCache
from pm_desktop.layers.style import HeatStyle
from pm_desktop.ui.canvas import furniture, mosaic
from pm_desktop.ui.canvas.hand import Hand
from pm_desktop.ui.canvas.heat import HeatOverlay
from pm_desktop.ui.canvas.history import ViewHistory
from pm_desktop.ui.canvas.marking import Marking
from pm_desktop.ui.canvas.motion import Motion
from pm_desktop.ui.canvas.names import draw_names
from pm_desktop.ui.canvas.picking import Hit, hits_at, open_layers
from pm_desktop.ui.canvas.rubberband import draw_rubber_band
from pm_desktop.ui.canvas.toolbox import Toolbox
from pm_desktop.ui.canvas.view import LayerView, View, fitting

LABEL_MARGIN_PX = 200


class MapCanvas(QWidget):
    """The map.

    Signals
    -------
    viewChanged(View), hovered(Hit | None), clicked(Hit | None), doubleClicked(Hit | None), cursorMoved(lon, lat),
    cursorLeft(), completed()
        ``completed`` comes when every tile and name of the view is drawn.
    toolChanged(str), drawn(str, object), measuring(Measure | None)
        Which tool is in use (an empty text is none); its name and what was drawn with it: vertices in degrees, float64
        (n, 2), a ring not repeating its first one (a box by its four corners), of ``circle`` a `Circle`; lengths and area.
    """

    viewChanged = Signal(object)
    hovered = Signal(object)
    clicked = Signal(object)
    doubleClicked = Signal(object)
    cursorMoved = Signal(float, float)
    cursorLeft = Signal()
    completed = Signal()
    toolChanged = Signal(str)
    drawn = Signal(str, object)
    measuring = Signal(object)

    def __init__(self, parent: QWidget | None = None, workers: int | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
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
        self._hand, self._motion = Hand(self), Motion(self._show, self._come_to_rest, self)
        self._history = ViewHistory()
        self.moving = False
        self._pointer = QPointF()
        self._hover: Hit | None = None
        self._marking, self.toolbox = Marking(), Toolbox(self)
        self._complete = self._two_planes = False
        self._frame = furniture.Frame()
        self.heat = HeatOverlay(self)
        self.notice, self.attribution, self.sample_mark = "", "", ""
        self._rest = QTimer(self, singleShot=True, interval=140)
        self._rest.timeout.connect(self._come_to_rest)
        self._rescene = QTimer(self, singleShot=True, interval=0)
        self._rescene.timeout.connect(self._send_scene)
        self._note = QTimer(self, singleShot=True, interval=600)
        self._note.timeout.connect(lambda: self._history.visit(self._view))

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
        self._marking.show(layers, self._packs)
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
        shown, many = tuple(v for v in self._layers if v.visible and v.opacity > 0), self._marking.many()
        painted = tuple((str(v.pack), v.opacity) for v in shown if not isinstance(self._packs[v.pack].style, HeatStyle))
        under = self.heat.under(shown)
        self._two_planes = under is not None and (under < len(painted) or many is not None)
        self._engine.set_scene(Scene(self._generation, tuple(map(str, self._bases)), painted, self._theme, self._lang,
                                     self.devicePixelRatioF(), many, under if self._two_planes else None))
        self._label_box = None
        self._ask()
        self.update()

    def view(self) -> View:
        """Where the map looks."""
        return self._view

    def set_view(self, view: View) -> None:
        """Look elsewhere at once."""
        self.follow(view.snapped(), False)

    def follow(self, view: View, moving: bool) -> None:
        """Look where a linked map looks at once, and draw as it does while ``moving``."""
        self._motion.stop()
        self._rest.stop()
        self.moving = moving
        self._show(view)

    def fly_to(self, view: View) -> None:
        """Glide there if it is near, else jump."""
        self._motion.fly(self._view, view.snapped())
        self.moving = self._motion.active

    def fit(self, bounds: tuple[float, float, float, float], *, home: bool = False) -> None:
        """Show west, south, east, north; ``home`` makes it what the home key returns to."""
        if home:
            self._home = bounds
        self.set_view(fitting(bounds, self.width(), self.height()))

    def zoom_in(self) -> None:
        """One step nearer."""
        self.zoom_at(QPointF(self.width() / 2, self.height() / 2), 0.5)

    def zoom_out(self) -> None:
        """One step back."""
        self.zoom_at(QPointF(self.width() / 2, self.height() / 2), -0.5)

    def go_home(self) -> None:
        """The whole district."""
        if self._home:
            self.fly_to(fitting(self._home, self.width(), self.height()))

    def go_back(self) -> None:
        """The view before this one."""
        self._history.visit(self._view)
        self.fly_to(self._history.back() or self._view)

    def go_forward(self) -> None:
        """The view after it."""
        self.fly_to(self._history.forward() or self._view)

    def select(self, layer: str, ids: Sequence[str]) -> None:
        """Outline features; none clears the selection."""
        many = self._marking.many()
        self._marking.select(layer, ids)
        if many != self._marking.many():
            self._rescene.start()
        self.update()

    def let_go(self) -> None:
        """Clear the selection and go back to where one came from."""
        self.select("", ())
        self.clicked.emit(None)

    # -- drawing ---------------------------------------------------------------------------------------------------------

    def begin(self, tool: str) -> None:
        """Take a tool of `TOOLS` up: ``drawn`` tells what is drawn with it."""
        self._hand.cancel()
        self.toolbox.begin(tool)

    def end_tool(self) -> None:
        """Put the tool down; what is not finished is forgotten."""
        self.toolbox.end()

    def forget_hover(self) -> None:
        """Nothing is under the cursor any more."""
        if self._hover is not None:
            self._hover = None
            self.hovered.emit(None)
            self.update()

    def show_cursor(self) -> None:
        """The pointer's shape for what a press would do."""
        if self.toolbox.drawing is not None:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor if self._hover else Qt.CursorShape.ArrowCursor)

    def is_complete(self) -> bool:
        """Whether everything of the view is drawn sharp."""
        if self._rescene.isActive() or self._rest.isActive() or self._motion.active:
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
        for timer in (self._rest, self._rescene, self._note):
            timer.stop()
        self._motion.stop()
        self._engine.close()
        self.heat.close()

    # -- asking ----------------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._complete = False
        self._ask()
        self.heat.ask()
        self.update()
        self._note.start()
        self.viewChanged.emit(self._view)

    def _tiles(self, ring: int) -> list[TileRequest]:
        """Tiles of where the map looks or is about to, and ``ring`` around."""
        return mosaic.planes(mosaic.tiles_of(self._motion.aim or self._view, self.width(), self.height(), ring), self._two_planes and not ring)

    def _ask(self) -> None:
        if self._generation == 0:
            return
        near = self._tiles(0)
        self._cache.in_view = frozenset(near)
        ring = [t for t in self._tiles(1) if t not in near]
        lacking, beyond = ([t for t in tiles if not self._cache.is_current(t, self._generation)] for tiles in (near, ring))
        self._engine.want_tiles(lacking + beyond, len(beyond))
        self._ask_labels()

    def _ask_labels(self) -> None:
        """Ask for names when the view leaves what they were placed for."""
        view = (self._motion.aim or self._view).snapped()
        x, y = view.world
        unit = view.unit
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
        self._engine.want_labels(LabelRequest(self._label_serial, view.zoom,
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

    def _show(self, view: View) -> None:
        self._view = view
        self._changed()

    def _come_to_rest(self) -> None:
        self.moving = False
        if self._view.zoom * 4 % 1:
            self.settle(self._pointer)
            return
        self._changed()

    # -- painting --------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is."""
        painter = QPainter(self)
        style = map_style(self._theme)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self.moving)
        mosaic.draw(painter, self._cache, self._view, self.width(), self.height(), self.devicePixelRatioF(), QColor(style.colours["land"]))
        self.heat.draw(painter, self._screen, self.moving)
        mosaic.draw_over(painter, self._cache, self._view, self.width(), self.height(), self.devicePixelRatioF(), self._two_planes)
        x, y = self._view.world
        unit = self._view.unit
        frame = Frame(x - self.width() / 2 * unit, y - self.height() / 2 * unit, unit, self.width(), self.height())
        self._marking.draw(painter, frame, style, self._hover)
        self.draw_names(painter)
        if self.toolbox.drawing is not None:
            draw_rubber_band(painter, self.toolbox.drawing, self._screen, unit, accent(style))
        painter.end()

    def draw_names(self, painter: QPainter) -> None:
        """Draw the names as the view has them, and the map's furniture: both stay above whatever is laid over the map."""
        draw_names(painter, self._placements, self._sprites, self._view, self.width(), self.height())
        self._frame.draw(painter, self, map_style(self._theme))

    def _screen(self, x: float, y: float) -> QPointF:
        cx, cy = self._view.world
        return QPointF((x - cx) / self._view.unit + self.width() / 2, (y - cy) / self._view.unit + self.height() / 2)

    # -- the hand --------------------------------------------------------------------------------------------------------

    def world_at(self, at: QPointF) -> tuple[float, float]:
        """World coordinates of a place of the widget."""
        x, y = self._view.world
        return x + (at.x() - self.width() / 2) * self._view.unit, y + (at.y() - self.height() / 2) * self._view.unit

    def hit_at(self, at: QPointF) -> Hit | None:
        """Topmost feature at a place of the widget."""
        x, y = self.world_at(at)
        lon, lat = place_of(x, y)
        packs = [(v.id, self._packs[v.pack]) for v in self._layers if v.visible]
        return hits_at(packs, x, y, self._view.unit, lon, lat)

    def hover(self, at: QPointF) -> None:
        """Tell what lies under the cursor; while drawing, lead the rubber band."""
        self._pointer = at
        self.cursorMoved.emit(*place_of(*self.world_at(at)))
        if self.toolbox.drawing is not None:
            self.toolbox.lead(at, held=False)
            return
        hit = self.hit_at(at)
        if (hit and (hit.layer, hit.id)) != (self._hover and (self._hover.layer, self._hover.id)):
            self._hover = hit
            self.show_cursor()
            self.hovered.emit(hit)
            self.update()

    def stop(self) -> None:
        """Stand still where the map is."""
        if self._motion.active:
            self._motion.stop()
            self._rest.start()

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the map by pixels at once."""
        self._show(self._view.panned(dx, dy))

    def glide_by(self, dx: float, dy: float) -> None:
        """Move the map by pixels smoothly; presses of a key add up."""
        self.fly_to((self._motion.aim or self._view).panned(dx, dy))

    def coast(self, vx: float, vy: float) -> None:
        """Go on moving at a speed in pixels a second, slowing down."""
        self._motion.coast(self._view, vx, vy)

    def zoom_at(self, at: QPointF, step: float) -> None:
        """Flow ``step`` zooms nearer, the place under ``at`` standing still; steps add up."""
        self._pointer = at
        aim = self._motion.zoom_aim
        to = round(((self._view.zoom if aim is None else aim) + step) * 4) / 4
        self._zoom_to(at, to if to != self._view.zoom else self._view.zoom + step)

    def _zoom_to(self, at: QPointF, zoom: float) -> None:
        self.moving = True
        self._rest.stop()
        self._motion.zoom(self._view, zoom, at.x() - self.width() / 2, at.y() - self.height() / 2)

    def pinch(self, at: QPointF, step: float) -> None:
        """Follow fingers that spread or close by ``step`` zooms; the map settles when they rest."""
        self._motion.stop()
        self._pointer = at
        self.moving = True
        self._rest.start()
        self._show(self._view.zoomed(self._view.zoom + step, at.x() - self.width() / 2, at.y() - self.height() / 2))

    def settle(self, at: QPointF) -> None:
        """Come to rest at the nearest zoom that tiles are painted at."""
        self._zoom_to(at, round(self._view.zoom * 4) / 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag, a stroke or a click."""
        self._hand.mouse(event)

    mouseMoveEvent = mouseReleaseEvent = mouseDoubleClickEvent = mousePressEvent

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the cursor any more."""
        self.cursorLeft.emit()
        self.forget_hover()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the cursor, or pan."""
        self._hand.wheel(event)

    def event(self, event: QEvent) -> bool:
        """Fingers and gestures; another screen."""
        if isinstance(event, QNativeGestureEvent | QTouchEvent) and self._hand.gesture(event):
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._cache.clear()
            self._rescene.start()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the map and of the tool in use; others are the window's."""
        if not self._hand.key_down(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space pans only while it is held."""
        if not self._hand.key_up(event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A key that is let go elsewhere is not held any more."""
        self._hand.cancel()
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for what has come into view."""
        super().resizeEvent(event)
        self._cache.hold(self.width() * self.devicePixelRatioF(), self.height() * self.devicePixelRatioF())
        self._complete = False
        self._ask()
        self.heat.ask()

    def sizeHint(self) -> QSize:
        """Most of the window."""
        return QSize(1200, 800)
