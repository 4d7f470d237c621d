"""Our side of the whole window on a workspace: ``window_side.py WORKSPACE WIDTH HEIGHT [LAYER …]``.

The first line tells the moments (`time.monotonic`, one clock for all processes) at which the window was shown, the map was
complete and everything was loaded.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.machine import memory_mb
from benchmarks.talk import answer_lines


class WindowSide:
    """A window in which the map is moved."""

    def __init__(self, window: Any, session: Any) -> None:
        self.window, self.session = window, session

    def view(self, lon: float, lat: float, zoom: float) -> dict[str, Any]:
        """Look somewhere and wait until all of it is there."""
        self.window.show_state(center=(lon, lat), zoom=zoom)
        wait(self.window.is_settled)
        return {}

    def pan(self, seconds: float) -> dict[str, Any]:
        """Milliseconds of each frame of a drag."""
        from benchmarks.hand import pan

        return self._moved(pan, seconds)

    def zoom(self, seconds: float) -> dict[str, Any]:
        """Milliseconds of each frame of zooming."""
        from benchmarks.hand import zoom

        return self._moved(zoom, seconds)

    def pan_while_importing(self, file: str) -> dict[str, Any]:
        """Frames of a drag that goes on until a file of complaints is stored."""
        from benchmarks.hand import pan
        from pm_desktop.intake.importer import import_file

        ended: list[Any] = []
        self.session.run("import", import_file, self.session.location, file, "complaints", done=ended.append, failed=ended.append, long=True)
        measured = pan(self.window.canvas, lambda: not ended)
        return {"frames": measured.frames, "longest_gap": measured.longest_gap(), "stored": ended[0]["stored"]}

    def memory(self) -> dict[str, float]:
        """Memory of the window and its helper processes."""
        return memory_mb(os.getpid())

    def _moved(self, move: Callable[..., Any], seconds: float) -> dict[str, Any]:
        until = time.monotonic() + seconds
        measured = move(self.window.canvas, lambda: time.monotonic() < until)
        return {"frames": measured.frames, "longest_gap": measured.longest_gap()}


def wait(done: Callable[[], bool]) -> float:
    """Run the event loop until ``done()``; returns the moment."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    poll = QTimer(interval=2)
    poll.timeout.connect(lambda: loop.quit() if done() else None)
    poll.start()
    loop.exec()
    poll.stop()
    return time.monotonic()


def main() -> None:
    """Open, tell the moments, answer until the input ends."""
    location, width, height, *layers = sys.argv[1:]
    from pm_desktop.cartography import engine

    engine.start_early()  # as the program does
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication

    from pm_desktop.base.settings import Settings
    from pm_desktop.ui.main_window import MainWindow
    from pm_desktop.ui.session import Session

    application = QApplication([])
    painted: list[float] = []

    class FirstPaint(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                painted.append(time.monotonic())
            return False

    session = Session(location)
    window = MainWindow(session, Settings())
    watcher = FirstPaint()
    window.canvas.installEventFilter(watcher)
    window.resize(int(width), int(height))
    window.show()
    shown = wait(lambda: bool(painted))
    window.canvas.removeEventFilter(watcher)
    complete = wait(lambda: bool(window.workbench) and not {"extent", "layers", "map"} & set(window.waiting_for()))
    settled = wait(window.is_settled)
    if layers:
        window.show_state(layers=tuple(layers))
        wait(window.is_settled)
    side = WindowSide(window, session)
    answer_lines({"pid": os.getpid(), "shown": shown, "complete": complete, "settled": settled}, side)
    window.close()
    session.close()
    del application


if __name__ == "__main__":
    main()
