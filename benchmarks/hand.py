"""Drags and zooms the map as a hand does and measures each frame, and the longest time the window's event loop stood still."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pm_desktop.ui.canvas import MapCanvas

TICK_MS = 5


@dataclass
class Measured:
    """Milliseconds of each frame (mouse or wheel, repaint) and gaps between two turns of the event loop."""

    frames: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)

    def p95(self) -> float:
        """95th percentile of the frames."""
        return sorted(self.frames)[math.ceil(len(self.frames) * 0.95) - 1]

    def longest_gap(self) -> float:
        """Longest time the event loop did not turn, less the timer's own interval."""
        return max(self.gaps) - TICK_MS


def pan(canvas: MapCanvas, goes_on: Callable[[], bool]) -> Measured:
    """Drag the map in a slow circle of 16 px steps, lifting the hand every 80, while ``goes_on()``."""
    measured = Measured()
    step = 0
    with _watched(measured):
        while goes_on():
            at = _middle(canvas)
            _mouse(canvas, QEvent.Type.MouseButtonPress, at)
            for _ in range(80):
                angle = step / 60
                at += QPointF(16 * math.cos(angle), 16 * math.sin(angle))
                step += 1
                _frame(canvas, measured, lambda at=at: _mouse(canvas, QEvent.Type.MouseMove, at))  # type: ignore[misc]
            _mouse(canvas, QEvent.Type.MouseButtonRelease, at)
    return measured


def zoom(canvas: MapCanvas, goes_on: Callable[[], bool]) -> Measured:
    """Turn the wheel six notches in and six out over a place off the middle, five frames a notch, while ``goes_on()``."""
    measured = Measured()
    at = _middle(canvas) + QPointF(canvas.width() / 5, -canvas.height() / 7)
    with _watched(measured):
        while goes_on():
            for notch in [120] * 6 + [-120] * 6:
                _frame(canvas, measured, lambda notch=notch: _wheel(canvas, at, notch))  # type: ignore[misc]
                for _ in range(4):
                    _frame(canvas, measured, lambda: None)
            QTest.qWait(200)  # the hand rests, the sharp tiles come
    return measured


@contextmanager
def _watched(measured: Measured) -> Iterator[None]:
    """Note the gaps between two turns of the event loop."""
    last = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        measured.gaps.append((now - last[0]) * 1000)
        last[0] = now

    watchdog = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
    watchdog.timeout.connect(tick)
    watchdog.start()
    yield
    watchdog.stop()


def _frame(canvas: MapCanvas, measured: Measured, act: Callable[[], None]) -> None:
    began = time.perf_counter()
    act()
    canvas.repaint()
    measured.frames.append((time.perf_counter() - began) * 1000)
    QTest.qWait(8)


def _middle(canvas: MapCanvas) -> QPointF:
    return QPointF(canvas.width() / 2, canvas.height() / 2)


def _wheel(canvas: MapCanvas, at: QPointF, notch: int) -> None:
    event = QWheelEvent(at, canvas.mapToGlobal(at), QPoint(), QPoint(0, notch), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                        Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(canvas, event)


def _mouse(canvas: MapCanvas, kind: QEvent.Type, at: QPointF) -> None:
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, at, canvas.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, event)
