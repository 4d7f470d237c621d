"""Leads the inset with the whole district: has its picture painted once for each style, remembers whether it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pm_desktop.cartography.overview import Box, overview_before, overview_png
from pm_desktop.ui.canvas.overview import Overview

if TYPE_CHECKING:
    from pm_desktop.ui.main_window import MainWindow

Key = tuple[Box, str, float]  # what a picture shows, its style, pixels a logical pixel
CHANGING = frozenset({"Streets", "Town"})


class Overviewing(QObject):
    """One for a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._w = window
        self._pictures: dict[Key, bytes] = {}
        self._asked: Key | None = None
        self._theme = ""
        self.bounds: Box | None = None
        self.inset = Overview(window.words, window.theme, window.canvas)
        self.inset.set_wanted(window.settings.overview)
        self.inset.closed.connect(self.toggle)
        window.session.changed.connect(lambda changes, _who: changes.touches(CHANGING) and self._forget())
        window.session.dayChanged.connect(lambda _day: self._forget())

    def toggle(self) -> None:
        """Show or hide the inset from now on."""
        self._w.settings.overview = not self._w.settings.overview
        self.inset.set_wanted(self._w.settings.overview)
        self._ask()

    def set_bounds(self, bounds: Box) -> None:
        """What is the whole district."""
        self.bounds = bounds
        self.inset.set_bounds(bounds)
        self._ask()

    def set_map_theme(self, name: str) -> None:
        """The map has another style."""
        self._theme = name
        self._ask()

    def _forget(self) -> None:
        self._pictures.clear()
        self._asked = None
        self._ask()

    def _ask(self) -> None:
        """Show the picture of the style; have it painted the first time."""
        if self.bounds is None or not self._theme or not self._w.settings.overview:
            return
        key = self.bounds, self._theme, self._w.devicePixelRatioF()
        if key in self._pictures:
            self.inset.set_picture(self._pictures[key])
        elif key != self._asked:
            self._asked = key
            session = self._w.session
            order = session.location, tuple(str(p) for p in session.workspace.street_packs()), str(session.cache_dir / "layers"), *key
            before = overview_before(*order)
            if before is not None:
                self._painted(key, before)
            else:
                session.run("overview", overview_png, *order, done=lambda png: self._painted(key, png), failed=self._failed)

    def _painted(self, key: Key, png: bytes) -> None:
        self._pictures[key] = png
        self._asked = None
        self._ask()

    def _failed(self, error: BaseException) -> None:
        """Without its picture there is no inset; asked for again, it is tried again."""
        self._asked = None
        self._w.commands.tell(error)
