"""What a window does when it opens on a workspace: its marks, where the map begins, and both again when data come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from pm_desktop.ui.canvas import View
from pm_desktop.workspace import queries
from pm_desktop.workspace.edit import Changes

if TYPE_CHECKING:
    from pm_desktop.ui.main_window import MainWindow


class Opening(QObject):
    """Asks for the extent; what is shown there comes with the workbench."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._w = window
        self.placed = False
        workspace = window.session.workspace
        window.top.sample.setVisible(workspace.is_sample)
        window.top.workspace.setText(workspace.title)
        window.top.workspace.setVisible(not workspace.is_sample)
        window.session.changed.connect(self._changed)
        self._ask()
        window.commands.ask_as_of()

    def _ask(self) -> None:
        w = self._w
        packs = tuple(map(str, w.session.workspace.street_packs()))
        folder = str(w.session.cache_dir)
        before = queries.extent_before(w.session.location, packs, folder)
        if before is not None:
            QTimer.singleShot(0, self, lambda: self._place(before))
            return
        w.session.run("extent", queries.extent, w.session.location, packs, folder, done=self._place, failed=w.commands.tell)

    def _place(self, bounds: tuple[float, float, float, float] | None) -> None:
        w = self._w
        self.placed = True
        if bounds is not None:
            w.canvas.fit(bounds, home=True)
            w.viewing.overview.set_bounds(bounds)
            west, south, east, north = bounds
            if w.workbench not in ("briefing", "command") and east - west > 0.1:
                w.canvas.set_view(View(west + (east - west) * 0.17, south + (north - south) * 0.68, max(13.0, w.canvas.view().zoom)))
        w.canvas.notice = "" if bounds else w.words("map.empty")
        w.canvas.update()
        w.selection.view_moved(w.canvas.view())

    def _changed(self, changes: Changes, _who: object) -> None:
        self._w.selection.refresh(changes)
        self._w.commands.ask_as_of()
        if changes.touches(frozenset({"Streets"})):
            self._w.retranslate()  # whose the base is stands on the map
        if self._w.canvas.notice and changes.touches(frozenset({"Streets", "Town", "Compound"})):
            self._ask()
