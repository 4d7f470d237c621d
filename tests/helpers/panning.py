"""Drags the map as a hand does and measures each frame, and the longest time the window's event loop stood still."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pm_desktop.ui.canvas import MapCanvas

TICK_MS = 5


@dataclass
class Panning:
    """Milliseconds of each frame (mouse move, repaint) and gaps between two turns of the event loop."""

    frames: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)

    def p95(self) -> float:
        """95th percentile of the frames."""
        return sorted(self.frames)[math.ceil(len(self.frames) * 0.95) - 1]

    def longest_gap(self) -> float:
        """Longest time the event loop did not turn, less the timer's own interval."""
        return max(self.gaps) - TICK_MS


def pan(canvas: MapCanvas, goes_on: Callable[[], bool]) -> Panning:
    """Drag the map in a slow circle of 16 px steps, lifting the hand every 80, while ``goes_on()``."""
    measured = Panning()
    last = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        measured.gaps.append((now - last[0]) * 1000)
        last[0] = now

    watchdog = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
    watchdog.timeout.connect(tick)
    watchdog.start()
    step = 0
    while goes_on():
        at = QPointF(canvas.width() / 2, canvas.height() / 2)
        _mouse(canvas, QEvent.Type.MouseButtonPress, at)
        for _ in range(80):
            angle = step / 60
            at += QPointF(16 * math.cos(angle), 16 * math.sin(angle))
            step += 1
            began = time.perf_counter()
            _mouse(canvas, QEvent.Type.MouseMove, at)
            canvas.repaint()
            measured.frames.append((time.perf_counter() - began) * 1000)
            QTest.qWait(8)
        _mouse(canvas, QEvent.Type.MouseButtonRelease, at)
    watchdog.stop()
    return measured


def _mouse(canvas: MapCanvas, kind: QEvent.Type, at: QPointF) -> None:
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, at, canvas.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, event)
