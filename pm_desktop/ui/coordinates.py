"""Coordinates in the system of a person's choice: status bar, copying, and how typed ones are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QActionGroup, QGuiApplication
from PySide6.QtWidgets import QMenu

from pm_desktop.base.coordinates import SYSTEMS, system_of, written

if TYPE_CHECKING:
    from pm_desktop.ui.main_window import MainWindow

TOLD_MS = 3_000


class Coordinates(QObject):
    """Where the cursor is; while it is elsewhere, where the middle of the map is."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._w, self._words = window, window.words
        self._cursor: tuple[float, float] | None = None
        self.system = system_of(window.settings.coordinates)
        self.menu = QMenu(window)
        self._group = QActionGroup(self)
        for system in SYSTEMS:
            action = self._group.addAction(self.menu.addAction(""))
            action.setCheckable(True)
            action.setData(system.id)
        self._group.triggered.connect(lambda action: self.choose(action.data()))
        window.status.crs.clicked.connect(self.open_menu)
        window.canvas.cursorMoved.connect(self.show_place)
        window.canvas.cursorLeft.connect(self.leave)
        window.canvas.viewChanged.connect(lambda _view: self._cursor is None and self._tell())
        window.words.changed.connect(self.retranslate)
        self.choose(self.system.id)

    def choose(self, name: str) -> None:
        """Show and read coordinates in this system from now on."""
        self.system = system_of(name)
        self._w.settings.coordinates = self.system.id
        self._w.top.search.system = self.system
        self.retranslate()

    def open_menu(self) -> None:
        """Choose a system, above its button."""
        button = self._w.status.crs
        self.menu.popup(button.mapToGlobal(QPoint(0, -self.menu.sizeHint().height())))
        self.menu.setActiveAction(self._group.checkedAction())

    def place(self) -> tuple[float, float]:
        """Where the cursor is on the map, else its middle."""
        view = self._w.canvas.view()
        return self._cursor or (view.lon, view.lat)

    def text(self, lon: float, lat: float) -> str:
        """A position as it is copied."""
        return written(lon, lat, self.system, self._words.lang, whole=True)

    def copy(self, lon: float, lat: float) -> None:
        """Put a position on the clipboard and say so."""
        text = self.text(lon, lat)
        QGuiApplication.clipboard().setText(text)
        self._w.status.showMessage(self._words("crs.copied", text=text), TOLD_MS)

    def retranslate(self) -> None:
        """Words of the language in use."""
        self.menu.setTitle(self._words("crs.menu"))
        for action, system in zip(self._group.actions(), SYSTEMS, strict=True):
            action.setText(self._words.of(system.label))
            action.setChecked(system is self.system)
        self._w.status.crs.setText(f"{self.system.short} ▴")
        tip = self._words("crs.tip", system=self._words.of(self.system.label))
        self._w.status.crs.setToolTip(tip)
        self._w.status.crs.setAccessibleName(tip)
        self._tell()

    def show_place(self, lon: float, lat: float) -> None:
        """The cursor is here."""
        self._cursor = lon, lat
        self._tell()

    def leave(self) -> None:
        """The cursor is on no map."""
        self._cursor = None
        self._tell()

    def _tell(self) -> None:
        text = written(*self.place(), self.system, self._words.lang)
        self._w.status.place.setText(text if self._cursor else self._words("crs.centre", place=text))
