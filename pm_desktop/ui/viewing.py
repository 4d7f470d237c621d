"""Ways to look at the map: bookmarks, the whole district in a corner, a second map, coordinates, its menu under the right button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu

from pm_desktop.base.mercator import place_of
from pm_desktop.ui.bookmarking import Bookmarking
from pm_desktop.ui.canvas import MapCanvas, View
from pm_desktop.ui.coordinates import Coordinates
from pm_desktop.ui.overviewing import Overviewing
from pm_desktop.ui.secondmap import SecondMap

if TYPE_CHECKING:
    from pm_desktop.ui.main_window import MainWindow


class Viewing(QObject):
    """One for a window; its methods are what the actions of the view ask for."""

    def __init__(self, window: MainWindow, *, remember: bool) -> None:
        super().__init__(window)
        self._w = window
        self.coordinates = Coordinates(window)
        self.bookmarks = Bookmarking(window, remember=remember)
        self.overview = Overviewing(window)
        self.second: SecondMap | None = None
        self.give_menu(window.canvas)

    def show_bookmarks(self) -> None:
        """Show or hide the bookmarks."""
        self.bookmarks.toggle()

    def add_bookmark(self) -> None:
        """Keep the view under a name."""
        self.bookmarks.add()

    def toggle_overview(self) -> None:
        """Show or hide the inset with the whole district."""
        self.overview.toggle()

    def set_map_theme(self, name: str) -> None:
        """The map has another style."""
        self.overview.set_map_theme(name)
        if self.second is not None:
            self.second.show_main_style(name)

    @property
    def is_idle(self) -> bool:
        """Whether the second map, if there is one, is complete."""
        return self.second is None or self.second.is_idle

    def toggle_second(self) -> None:
        """Open the second map, or close it."""
        if self.second is not None:
            self.second.close()
            return
        self.second = SecondMap(self._w, self._w.settings.second_map)
        self.second.closed.connect(self._second_closed)
        self.second.canvas.completed.connect(self._w._look_settled)
        self.second.show()

    def _second_closed(self, state: dict[str, Any]) -> None:
        self._w.settings.second_map = state
        self.second = None

    def close(self) -> None:
        """The window closes, and the second one with it."""
        if self.second is not None:
            self.second.close()

    def choose_coordinates(self) -> None:
        """Choose how coordinates are shown."""
        self.coordinates.open_menu()

    def copy_place(self) -> None:
        """Copy where the cursor is."""
        self.coordinates.copy(*self.coordinates.place())

    def map_menu(self, at: QPoint) -> QMenu:
        """The menu of a place of the first map."""
        actions = self._w._actions
        menu = self._place_menu(self._w.canvas, at)
        for action in ("view.home", "view.bookmark", "view.bookmarks"):
            menu.addAction(actions[action])
        menu.addSeparator()
        for action in ("edit.select_circle", "view.length", "view.area", "edit.note_point", "edit.note_line", "edit.note_area"):
            menu.addAction(actions[action])
        return menu

    def _place_menu(self, canvas: MapCanvas, at: QPoint) -> QMenu:
        """What can be done with a place of any map."""
        words = self._w.words
        lon, lat = place_of(*canvas.world_at(QPointF(at)))
        menu = QMenu(canvas)
        menu.addAction(words("map.copy", text=self.coordinates.text(lon, lat)), lambda: self.coordinates.copy(lon, lat))
        menu.addMenu(self.coordinates.menu)
        menu.addSeparator()
        menu.addAction(words("map.centre_here"), lambda: canvas.fly_to(View(lon, lat, canvas.view().zoom)))
        return menu

    def give_menu(self, canvas: MapCanvas) -> None:
        """Let a map have its menu: under the cursor, or in its middle when a key asks for it."""
        def opened(at: QPoint) -> None:
            if not canvas.rect().contains(canvas.mapFromGlobal(QCursor.pos())):
                at = canvas.rect().center()
            menu = self.map_menu(at) if canvas is self._w.canvas else self._place_menu(canvas, at)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(canvas.mapToGlobal(at))

        canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        canvas.customContextMenuRequested.connect(opened)
