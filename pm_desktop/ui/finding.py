"""Search in the window: keeps the index in step with the store, and goes to what was found."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from pm_desktop.ui.canvas import View
from pm_desktop.ui.canvas.found import Marks
from pm_desktop.workspace import locate
from pm_desktop.workspace.edit import Changes
from pm_desktop.workspace.page import Profile
from pm_desktop.workspace.search import SearchHit, SearchIndex
from pm_desktop.workspace.searchindex import ENTITIES, build_index, index_before

if TYPE_CHECKING:
    from pm_desktop.ui.main_window import MainWindow

WAIT_MS = 400
_ZOOM = {"Compound": 15.5, "Zone": 15.5, "Device": 17.0, "Station": 15.5, "Coordinates": 16.0}


class Finding(QObject):
    """The index of the search box and the way to its hits."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self.marks = Marks(window.canvas, window.theme)
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self._build)
        self._session.changed.connect(self._on_changes)
        window.top.search.found.connect(self.go)
        window.selection.cleared.connect(self.marks.clear)
        window.selection.placed.connect(self._place)
        _remembering(window)
        before = index_before(self._session.workspace.location, self._packs(), self._session.cache_dir)
        if before is not None:
            self._built(before)
        else:
            self._build()

    @property
    def is_idle(self) -> bool:
        """Whether no change waits to be taken into the index."""
        return not self._wait.isActive()

    def _on_changes(self, changes: Changes, _who: object) -> None:
        if changes.touches(ENTITIES):
            self._wait.start()  # edits come in bursts

    def _build(self) -> None:
        out = str(self._session.cache_dir / f"search-{time.time_ns()}.index")  # the one in use may be mapped still
        self._session.run("search", build_index, self._session.workspace.location, out, self._packs(), done=self._built,
                          failed=self._window.commands.tell, aside=True)

    def _packs(self) -> tuple[str, ...]:
        return tuple(str(p) for p in self._session.workspace.street_packs())

    def _built(self, path: str) -> None:
        """Take the new index; older files go, but the two newest: another window on the workspace may be about to open its own."""
        box = self._window.top.search
        box.set_index(SearchIndex(path))
        others = sorted(str(p) for p in Path(path).parent.glob("search-*.index") if str(p) != path)  # by the time in their names
        for old in others[:-2]:
            with suppress(OSError):  # one that is still mapped on Windows goes the next time
                Path(old).unlink()

    def go(self, hit: SearchHit) -> None:
        """Show what was found: profiles open, towns and streets are fitted, streets are drawn over the map."""
        window, canvas = self._window, self._window.canvas
        self.marks.clear()
        if hit.kind == "Firm":
            window.selection.open_firm(hit.id, hit.label)
            return
        if hit.box is not None:
            canvas.fit(hit.box)
        elif hit.lon is not None and hit.lat is not None:
            canvas.set_view(View(hit.lon, hit.lat, max(canvas.view().zoom, _ZOOM.get(hit.kind, 15.5))))
        if hit.kind == "Street":
            pack, _, number = hit.id.rpartition("#")
            self._session.run("street", locate.street_lines, pack, int(number), done=self.marks.show_lines,
                              failed=window.commands.tell)
        elif hit.kind in ("Compound", "Zone") and hit.id:
            window.selected.select("compounds", (hit.id,), "map")
            window.selection.open_compound(hit.id, hit.label)
        elif hit.lon is not None and hit.lat is not None and hit.kind != "Town":
            self.marks.show_point(hit.lon, hit.lat)

    def _place(self, profile: Profile) -> None:
        """Outline what a profile is about, whatever layers are shown; all projects of a firm are brought into view."""
        self.marks.clear()
        if profile.kind == "Firm":
            self._window.canvas.select("", ())
            if profile.box is not None:
                self._window.canvas.fit(profile.box)
        self._session.run("outlines", locate.outlines, self._session.location, profile.places, done=self.marks.show_areas,
                          failed=self._window.commands.tell)


def _remembering(window: MainWindow) -> None:
    """What was chosen is remembered with the settings of this person."""
    box = window.top.search
    box.recent = window.settings.searches

    def remember(hit: Any) -> None:
        window.settings.remember_search(hit.label)

    box.found.connect(remember)


