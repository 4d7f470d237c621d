"""A workspace with its helper processes: the window asks for small results, heavy work is done elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from pm_desktop.base.errors import NotAllowed
from pm_desktop.base.jobs import Lane
from pm_desktop.base.label import Label
from pm_desktop.storage.past import SHANGHAI, past
from pm_desktop.ui.tasks import Task, TaskDesk
from pm_desktop.workspace.edit import Changes
from pm_desktop.workspace.workspace import Workspace


def today() -> date:
    """This day in Shanghai."""
    return (datetime.now(UTC) + SHANGHAI).date()


class Session(QObject):
    """One open workspace.

    Signals
    -------
    changed(Changes, object)
        What changed in the workspace and who began it.
    busy(Task | None)
        A long task that a person may watch and cancel, or None when there is none.
    dayChanged(date | None)
        The day that the window shows; None is today.
    """

    changed = Signal(object, object)
    busy = Signal(object)
    dayChanged = Signal(object)

    def __init__(self, location: str) -> None:
        super().__init__()
        self._desk = TaskDesk(self)
        self.workspace = Workspace.open(location)
        self._closed = False
        self.as_of: date | None = None
        self._data = Lane("data")
        self._data.warm()
        self._import: Lane | None = None
        self._aside: Lane | None = None
        self._picture: Lane | None = None
        self._unsubscribe = self.workspace.subscribe(self.changed.emit)

    @property
    def location(self) -> str:
        """Where reads go: the workspace as it stood on the day shown. What writes takes ``workspace.location``."""
        return past(self.workspace.location, self.as_of)

    def show_day(self, day: date | None) -> None:
        """Show a past day, or (None, or the day itself) today.

        Raises
        ------
        NotAllowed
            The day has not come yet.
        """
        if day is not None and day > today():
            raise NotAllowed("day_ahead", Label(f"{day} 还没有到", f"{day} has not come yet"),
                             Label("请选择今天或以前的日期", "choose today or a day before"))
        wanted = None if day == today() else day
        if wanted != self.as_of:
            self.as_of = wanted
            self.dayChanged.emit(wanted)

    @property
    def cache_dir(self) -> Path:
        """Folder of layer packs and the search index."""
        return self.workspace.cache_dir

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs or waits."""
        return self._desk.is_idle

    def run(self, name: str, function: Callable[..., Any], *args: Any, done: Callable[[Any], None],
            failed: Callable[[BaseException], None], long: bool = False, aside: bool = False, picture: bool = False) -> Task:
        """Run ``function(ctx, *args)`` in a helper process; callbacks come in the window's thread.

        ``long`` work (imports) has a process of its own and is shown with progress and a cancel button; work ``aside``
        (the search index) has one in which the newest of a name ends the older ones, so that nothing waits for it; a
        ``picture`` has one like it, which stays until `end_pictures`.
        """
        lane = self._data
        if long:
            lane = self._import = self._import or Lane("import")
        elif aside:
            lane = self._aside = self._aside or Lane("aside", newest_wins=True, keep=False)
        elif picture:
            lane = self._picture = self._picture or Lane("picture", newest_wins=True)
        task = self._desk.start(lane, name, function, args, done, failed)
        if long:
            self.busy.emit(task)
            task.ended.connect(lambda: self.busy.emit(None))
        return task

    def end_pictures(self) -> None:
        """Give back the process that paints pictures."""
        if self._picture is not None:
            self._picture.close()
            self._picture = None

    def announce(self, changes: Changes) -> None:
        """Tell everyone of a change that a helper process stored."""
        self.workspace.announce(changes)

    def close(self) -> None:
        """End the helper processes and let go of the store; again is no harm: a window and the program both end it."""
        if self._closed:
            return
        self._closed = True
        self._desk.close()
        self._unsubscribe()
        for lane in (self._data, self._import, self._aside, self._picture):
            if lane is not None:
                lane.close()
        self.workspace.close()
