"""Work in helper processes as the window sees it: everything of a task is told in the window's thread."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from pm_desktop.base.jobs import Job, Lane


class Task(QObject):
    """One job. Signals: ``progressed(fraction, note)``, ``ended()`` after its result or failure was told."""

    progressed = Signal(float, str)
    ended = Signal()

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self.name = name
        self.job: Job | None = None

    def cancel(self) -> None:
        """Ask it to stop."""
        if self.job is not None:
            self.job.cancel()


class TaskDesk(QObject):
    """Starts jobs on lanes and makes their callbacks in the window's thread.

    The threads of the lanes only put what they heard into an inbox and ring; one slot does the rest. (Emitting a
    signal per task from those threads lost calls when the task went away at the same moment.)
    """

    _rung = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._inbox: SimpleQueue[tuple[Callable[[], None], Task | None]] = SimpleQueue()
        self._rung.connect(self._open_inbox, Qt.ConnectionType.QueuedConnection)
        self._running = 0
        self._closed = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs or waits."""
        return self._running == 0

    def start(self, lane: Lane, name: str, function: Callable[..., Any], args: tuple[Any, ...],
              done: Callable[[Any], None], failed: Callable[[BaseException], None]) -> Task:
        """Run ``function(ctx, *args)`` on ``lane``; ``done`` or ``failed`` is called in the window's thread."""
        task = Task(name, self)
        self._running += 1
        task.job = Job(function, args, name,
                       lambda fraction, note: self._put(lambda: task.progressed.emit(fraction, note)),
                       lambda result: self._put(lambda: done(result), task),
                       lambda error: self._put(lambda: failed(error), task))
        lane.submit(task.job)
        return task

    def close(self) -> None:
        """Nothing is told from now on."""
        self._closed = True

    def _put(self, call: Callable[[], None], ended: Task | None = None) -> None:
        self._inbox.put((call, ended))
        with contextlib.suppress(RuntimeError):  # the window is gone: nobody is there to be told
            self._rung.emit()

    def _open_inbox(self) -> None:
        while not self._closed and not self._inbox.empty():
            call, ended = self._inbox.get()
            try:
                call()
            finally:
                if ended is not None:
                    self._running -= 1
                    ended.ended.emit()
                    ended.deleteLater()
