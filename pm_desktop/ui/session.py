"""A workspace with its helper processes: the window asks for small results, heavy work is done elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from pm_desktop.base.jobs import Job, Lane
from pm_desktop.workspace.edit import Changes
from pm_desktop.workspace.workspace import Workspace


class Task(QObject):
    """One job as the window sees it; its signals come in the window's thread."""

    progressed = Signal(float, str)
    done = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self.name = name
        self.job: Job | None = None
        self.done.connect(self._end, Qt.ConnectionType.QueuedConnection)
        self.failed.connect(self._end, Qt.ConnectionType.QueuedConnection)

    def _end(self, _result: object) -> None:
        self.ended.emit()
        self.deleteLater()

    def cancel(self) -> None:
        """Ask it to stop."""
        if self.job is not None:
            self.job.cancel()


class Session(QObject):
    """One open workspace.

    Signals
    -------
    changed(Changes, object)
        What changed in the workspace and who began it.
    busy(Task | None)
        A long task that a person may watch and cancel, or None when there is none.
    """

    changed = Signal(object, object)
    busy = Signal(object)

    def __init__(self, location: str) -> None:
        super().__init__()
        self.workspace = Workspace.open(location)
        self.location = self.workspace.location
        self._data = Lane("data")
        self._data.warm()
        self._import: Lane | None = None
        self._running = 0
        self._unsubscribe = self.workspace.subscribe(self.changed.emit)

    @property
    def cache_dir(self) -> Path:
        """Folder of layer packs and the search index."""
        return self.workspace.cache_dir

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs or waits."""
        return self._running == 0

    def run(self, name: str, function: Callable[..., Any], *args: Any, done: Callable[[Any], None],
            failed: Callable[[BaseException], None], long: bool = False) -> Task:
        """Run ``function(ctx, *args)`` in a helper process; callbacks come in the window's thread.

        ``long`` work (imports) has a process of its own and is shown with progress and a cancel button.
        """
        task = Task(name, self)
        task.done.connect(done, Qt.ConnectionType.QueuedConnection)
        task.failed.connect(failed, Qt.ConnectionType.QueuedConnection)
        task.ended.connect(self._one_ended)
        self._running += 1
        task.job = Job(function, args, name, task.progressed.emit, task.done.emit, task.failed.emit)
        if long:
            self._import = self._import or Lane("import")
            self._import.submit(task.job)
            self.busy.emit(task)
            task.ended.connect(lambda: self.busy.emit(None))
        else:
            self._data.submit(task.job)
        return task

    def _one_ended(self) -> None:
        self._running -= 1

    def announce(self, changes: Changes) -> None:
        """Tell everyone of a change that a helper process stored."""
        self.workspace.announce(changes)

    def close(self) -> None:
        """End the helper processes and let go of the store."""
        self._unsubscribe()
        for lane in (self._data, self._import):
            if lane is not None:
                lane.close()
        self.workspace.close()
