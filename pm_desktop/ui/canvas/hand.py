"""The hand on the map: mouse, wheel, touchpad, fingers and keys, turned into movement, clicks and drawings."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QKeyEvent, QMouseEvent, QNativeGestureEvent, QTouchEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from pm_desktop.ui.canvas.tools import Drawing

if TYPE_CHECKING:
    from pm_desktop.ui.canvas.canvas import MapCanvas

CLICK_PX = 4.0
KEY_STEP_PX = 120.0
PAGE_SHARE = 0.75
WHEEL_STEP = 0.25
FLICK_S = 0.1  # the last part of a drag, which tells the speed
TOUCH_SLOP_PX = 10.0


class Hand:
    """What presses, moves and keys mean to a canvas."""

    def __init__(self, canvas: MapCanvas) -> None:
        self._c = canvas
        self._pressed: QPointF | None = None  # where the button went down
        self._last = QPointF()
        self._pans = self._dragged = False
        self._trail: list[tuple[float, QPointF]] = []
        self._space = False
        self._pinch: tuple[QPointF, float] | None = None
        self._tapped = (0.0, QPointF())

    # -- one pointer -----------------------------------------------------------------------------------------------------

    def press(self, at: QPointF, *, pan: bool = False, box_zoom: bool = False) -> None:
        """Something goes down on the map; ``pan`` moves the map whatever tool is in use."""
        self._c.stop()
        if box_zoom and self._c.toolbox.drawing is None:
            self._c.begin("box_zoom")
        drawing = self._c.toolbox.drawing
        self._pressed = self._last = at
        self._dragged = False
        self._pans = pan or self._space or drawing is None or not drawing.drags
        self._trail = [(time.perf_counter(), at)]
        if not self._pans and drawing is not None:
            drawing.press(self._c.world_at(at))
            self._c.update()

    def move(self, at: QPointF) -> None:
        """It moves; without anything down, it hovers."""
        if self._pressed is None:
            self._c.hover(at)
            return
        if not self._pans:
            self._c.toolbox.lead(at, held=True)
            return
        step = at - self._last
        if not self._dragged and (at - self._pressed).manhattanLength() <= CLICK_PX:
            return
        self._dragged, self._last = True, at
        self._trail = [(t, p) for t, p in self._trail if t > time.perf_counter() - FLICK_S] + [(time.perf_counter(), at)]
        self._c.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._c.pan_by(step.x(), step.y())

    def release(self, at: QPointF, *, clicks: bool = True) -> None:
        """It goes up: a click, the end of a drag, or the end of a stroke."""
        if self._pressed is None:
            return
        self._pressed = None
        drawing = self._c.toolbox.drawing
        self._c.show_cursor()
        if not self._pans and drawing is not None:
            if drawing.release(self._c.world_at(at), self._c.view().unit):
                self._c.toolbox.finish()
            elif drawing.tool == "box_zoom":
                self._c.end_tool()
            self._c.update()
        elif self._dragged:
            self._flick(at)
        elif clicks and drawing is not None and not drawing.drags:
            drawing.click(self._c.world_at(at), self._c.view().unit)
            self._c.toolbox.redraw()
            if drawing.kind.at_once:
                self._c.toolbox.finish()
        elif clicks:
            self._c.clicked.emit(self._c.hit_at(at))

    def _flick(self, at: QPointF) -> None:
        """Let the map coast if the hand was fast when it let go."""
        now = time.perf_counter()
        trail = [(t, p) for t, p in self._trail if t > now - FLICK_S]
        if len(trail) < 3 or trail[-1][0] - trail[0][0] < 0.02:
            return
        seconds = now - trail[0][0]
        way = at - trail[0][1]
        self._c.coast(way.x() / seconds, way.y() / seconds)

    def cancel(self) -> None:
        """Forget what is pressed."""
        self._pressed, self._pinch, self._space = None, None, False

    # -- mouse and wheel -------------------------------------------------------------------------------------------------

    def mouse(self, event: QMouseEvent) -> None:
        """Press, move, release or double click of a mouse."""
        at, button = event.position(), event.button()
        left, middle = button == Qt.MouseButton.LeftButton, button == Qt.MouseButton.MiddleButton
        match event.type():
            case QEvent.Type.MouseButtonPress if left or middle:
                self.press(at, pan=middle, box_zoom=left and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            case QEvent.Type.MouseButtonPress if button in (Qt.MouseButton.BackButton, Qt.MouseButton.ForwardButton):
                self._c.go_back() if button == Qt.MouseButton.BackButton else self._c.go_forward()
            case QEvent.Type.MouseMove:
                self.move(at)
            case QEvent.Type.MouseButtonRelease if left or middle:
                self.release(at, clicks=left)
            case QEvent.Type.MouseButtonDblClick if left:
                self.double(at)
            case QEvent.Type.MouseButtonDblClick:
                self.press(at, pan=True)  # the second of two quick presses of the middle button

    def double(self, at: QPointF) -> None:
        """Finish a drawing, or go deeper."""
        if self._c.toolbox.drawing is not None:
            self._c.toolbox.finish()
            return
        self._c.doubleClicked.emit(self._c.hit_at(at))
        self._c.zoom_at(at, 1.0)

    def wheel(self, event: QWheelEvent) -> None:
        """A wheel zooms to the cursor; two fingers of a touchpad pan."""
        pixels = event.pixelDelta()
        if not pixels.isNull() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._c.stop()
            self._c.pan_by(pixels.x(), pixels.y())
        else:
            # with Alt some systems turn the wheel's delta sideways
            turned = event.angleDelta().y() or event.angleDelta().x()
            self._c.zoom_at(event.position(), turned / 120 * WHEEL_STEP)
        event.accept()

    def gesture(self, event: QEvent) -> bool:
        """Fingers on a touchpad or a screen; whether the event was theirs and the map knows it."""
        if isinstance(event, QTouchEvent):
            return self.touch(event)
        return isinstance(event, QNativeGestureEvent) and self.native(event)

    def native(self, event: QNativeGestureEvent) -> bool:
        """Gestures of a touchpad; whether it was one that the map knows."""
        match event.gestureType():
            case Qt.NativeGestureType.ZoomNativeGesture:
                self._c.pinch(event.position(), float(event.value()) * 1.4)
            case Qt.NativeGestureType.SmartZoomNativeGesture:
                self.double(event.position())
            case Qt.NativeGestureType.EndNativeGesture:
                self._c.settle(event.position())
            case _:
                return False
        return True

    # -- fingers ---------------------------------------------------------------------------------------------------------

    def touch(self, event: QTouchEvent) -> bool:
        """One finger is a mouse; two pan and zoom together."""
        if event.type() == QEvent.Type.TouchCancel:
            self.cancel()
            return True
        down = [p for p in event.points() if p.state() != QEventPoint.State.Released]
        if len(down) >= 2:
            self._two_fingers(down[0].position(), down[1].position())
        elif self._pinch is not None:
            middle = self._pinch[0]
            self._pinch = None
            self._pressed = None  # the finger that stays after a pinch neither pans nor clicks
            self._c.settle(middle)
        else:
            self._one_finger(event)
        event.accept()
        return True

    def _two_fingers(self, a: QPointF, b: QPointF) -> None:
        middle, apart = (a + b) / 2, max(((a - b).x() ** 2 + (a - b).y() ** 2) ** 0.5, 1.0)
        if self._pinch is None:
            self._c.stop()
            self._pressed = None
            if self._c.toolbox.drawing is not None and self._c.toolbox.drawing.drags:
                self._c.toolbox.drawing.clear()
        else:
            before, width = self._pinch
            self._c.pan_by(middle.x() - before.x(), middle.y() - before.y())
            self._c.pinch(middle, math.log2(apart / width))
        self._pinch = (middle, apart)

    def _one_finger(self, event: QTouchEvent) -> None:
        at = event.points()[0].position()
        match event.type():
            case QEvent.Type.TouchBegin:
                self.press(at)
            case QEvent.Type.TouchUpdate if self._pressed is not None:
                if self._dragged or not self._pans or (at - self._pressed).manhattanLength() > TOUCH_SLOP_PX:
                    self.move(at)
            case QEvent.Type.TouchEnd if self._pressed is not None:
                was_tap = not self._dragged
                now, before = time.perf_counter(), self._tapped
                self.release(at)
                if was_tap and now - before[0] < QApplication.doubleClickInterval() / 1000 and (at - before[1]).manhattanLength() < 30:
                    self.double(at)
                    self._tapped = (0.0, QPointF())
                elif was_tap:
                    self._tapped = (now, at)

    # -- keys ------------------------------------------------------------------------------------------------------------

    def key_down(self, event: QKeyEvent) -> bool:
        """A key; whether the map knows it."""
        key = Qt.Key(event.key())
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        return (self._c.toolbox.drawing is not None and self._drawing_key(key, event.text())) or self._map_key(key, event)

    def key_up(self, event: QKeyEvent) -> bool:
        """A key is let go."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._c.show_cursor()
            return True
        return False

    def _drawing_key(self, key: Qt.Key, text: str) -> bool:
        drawing = self._c.toolbox.drawing
        assert drawing is not None
        if key == Qt.Key.Key_Escape:
            self._leave(drawing)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._c.toolbox.finish()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            drawing.back()
        elif not (text and drawing.type(text)):
            return False
        self._c.toolbox.redraw()
        return True

    def _leave(self, drawing: Drawing) -> None:
        """Esc: first the drawing goes, then the tool."""
        if drawing.points:
            drawing.clear()
        else:
            self._c.end_tool()

    def _map_key(self, key: Qt.Key, event: QKeyEvent) -> bool:
        step = KEY_STEP_PX * (3 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        page = self._c.height() * PAGE_SHARE
        ways = {Qt.Key.Key_Left: (step, 0.0), Qt.Key.Key_Right: (-step, 0.0), Qt.Key.Key_Up: (0.0, step),
                Qt.Key.Key_Down: (0.0, -step), Qt.Key.Key_PageUp: (0.0, page), Qt.Key.Key_PageDown: (0.0, -page)}
        if key in ways:
            self._c.glide_by(*ways[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._c.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self._c.zoom_out()
        elif key == Qt.Key.Key_Home:
            self._c.go_home()
        elif key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = True
                self._c.setCursor(Qt.CursorShape.OpenHandCursor)
        elif key == Qt.Key.Key_Escape:
            self._c.let_go()
        else:
            return False
        return True
