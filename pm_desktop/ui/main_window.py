"""The one window: a map in the middle, layers left, what is selected right, rows below; six workbenches over it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QWidget

from pm_desktop.base.settings import Settings, save_settings
from pm_desktop.ui.actions import ACTIONS
from pm_desktop.ui.canvas import Hit, MapButtons, MapCanvas, ToolHint, View
from pm_desktop.ui.chrome import BottomBar, Status, TopBar, fill_menus, stacked
from pm_desktop.ui.commands import WindowCommands
from pm_desktop.ui.drawings import Drawings
from pm_desktop.ui.features import Features
from pm_desktop.ui.finding import Finding
from pm_desktop.ui.hovercard import HoverCard
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.layering import Layering
from pm_desktop.ui.opening import Opening
from pm_desktop.ui.panels.layers import LayersPanel
from pm_desktop.ui.panels.notice import BaseNotice
from pm_desktop.ui.panels.past import PastBanner
from pm_desktop.ui.panels.table import TablePanel
from pm_desktop.ui.panels.time import TimePanel
from pm_desktop.ui.picturing import Picturing
from pm_desktop.ui.selected import Selected
from pm_desktop.ui.selecting import Selecting
from pm_desktop.ui.selection import SelectionDock
from pm_desktop.ui.session import Session
from pm_desktop.ui.theme import apply_theme, tokens
from pm_desktop.ui.viewing import Viewing
from pm_desktop.ui.workbenches import WORKBENCHES

NARROW = 1600
LEFT_WIDTH, RIGHT_WIDTH = 240, 380


class MainWindow(QMainWindow):
    """Signals: ``settled()`` when every panel is loaded and the map complete."""

    settled = Signal()

    def __init__(self, session: Session, settings: Settings, *, remember: bool = False) -> None:
        super().__init__()
        self.session, self.settings, self._remember = session, settings, remember
        self.words = Words(settings.lang)  # type: ignore[arg-type]
        self.theme = [settings.theme]  # shared with the delegates, which paint with it
        apply_theme(settings.theme)
        self.canvas = MapCanvas()
        self.layers = LayersPanel(self.words, settings.looks_of(session.workspace.id))
        self.selection = SelectionDock(session, self.words, self.theme)
        self.selected = Selected()
        self.table = TablePanel(self.words, self.theme, self.selected, settings.tables)
        self.time = TimePanel(self.words, self.theme)
        self.map_buttons = MapButtons(self.words, self.canvas)
        ToolHint(self.words, self.canvas)
        self.card = HoverCard(self.words, self.layers, self.canvas)
        self.bottom_bar = BottomBar(self.words)
        self.top = TopBar(self.words, self, self.theme)
        self.status = Status(self.words)
        self.past, self.notice = PastBanner(self.words), BaseNotice(self.words, session)
        self.workbench, self.map_theme = "", "light"
        self._folded_left = False
        self._build()
        self.layering = Layering(session, self.canvas, self.layers, self.time)
        self.commands = WindowCommands(self)
        self.selecting = Selecting(self)
        self._connect()
        self.opening = Opening(self)
        self.finding = Finding(self)
        self.viewing = Viewing(self, remember=remember)
        self.features, self.drawings = Features(self), Drawings(self)
        self.picturing = Picturing(self)

    def _build(self) -> None:
        self.setCentralWidget(stacked(self.canvas, self.time, self.bottom_bar))
        self.setMenuWidget(stacked(self.top, self.past, self.notice))
        self.time.hide()
        self.setStatusBar(self.status)
        self.setDockOptions(QMainWindow.DockOption.AnimatedDocks)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.left = self._dock("left", self.layers, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.right = self._dock("right", self.selection, Qt.DockWidgetArea.RightDockWidgetArea)
        self.bottom = self._dock("bottom", self.table, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.layers.setMinimumWidth(200)
        self.selection.setMinimumWidth(320)
        self.bottom.hide()
        self.setMinimumSize(1024, 640)
        self.resize(1440, 900)

    def _dock(self, name: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(self, objectName=name)
        dock.setTitleBarWidget(QWidget())  # panels carry their own titles
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def _connect(self) -> None:
        self.top.switched.connect(self.open_workbench)
        self.top.search.commanded.connect(self.commands.run)
        self.canvas.clicked.connect(self._clicked)
        self.map_buttons.asked.connect(self.commands.run)
        self.bottom_bar.asked.connect(self.commands.run)
        self.bottom.visibilityChanged.connect(self.bottom_bar.show_table)
        self.left.visibilityChanged.connect(lambda shown: self.map_buttons.layers_tab.setVisible(not shown))
        self.canvas.hovered.connect(self.card.show_hit)
        self.canvas.viewChanged.connect(self._view_changed)
        self.canvas.completed.connect(self._look_settled)
        self.selection.goto.connect(self._go)
        self.selection.drilled.connect(self.selecting.open_drill)
        self.selection.asked.connect(self.commands.run)
        self.selection.cleared.connect(self.selected.clear)
        self.table.closed.connect(self.bottom.hide)
        self.session.busy.connect(self.status.watch)
        self.session.dayChanged.connect(self._day_changed)
        self.status.dayAsked.connect(lambda: self.commands.run("view.as_of"))
        self.past.asked.connect(self.commands.run)
        self.notice.asked.connect(self.commands.run)
        self.layering.failed.connect(self.commands.tell)
        self.words.changed.connect(self.retranslate)
        self._actions = {}
        for action in ACTIONS:
            made = QAction(self, shortcut=QKeySequence(action.shortcut))
            made.triggered.connect(lambda _=False, which=action.id: self.commands.run(which))
            self.addAction(made)
            self._actions[action.id] = made
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self.commands.prepare_menu(self._actions))
        self.top.menu.setMenu(menu)
        self.retranslate()

    # -- states ----------------------------------------------------------------------------------------------------------

    def open_workbench(self, name: str) -> None:
        """Switch to a workbench."""
        bench = WORKBENCHES[name]
        self._keep_docks()
        self.workbench = name
        self.top.mark(name)
        self._show_map_theme()
        self.layers.set_visible(bench.layers)
        self.card.show_hit(None)  # what was under the cursor need not be drawn any more
        self.selection.open_bench(bench, self.canvas.view(), ready=self.opening.placed)
        saved = self.settings.docks.get(name)
        if saved:
            self.restoreState(QByteArray.fromBase64(saved.encode()))
        self._fit_docks()

    def _show_map_theme(self) -> None:
        own = WORKBENCHES[self.workbench].map_theme if self.workbench else None
        if self.theme[0] == "contrast" or own is None or (own == "briefing" and self.theme[0] == "dark"):
            own = tokens(self.theme[0])["map"]
        self.map_theme = own
        self.canvas.set_map_theme(own)
        self.layers.set_map_theme(own)
        self.viewing.set_map_theme(own)

    def set_theme(self, name: str) -> None:
        """Light, dark or high contrast."""
        self.theme[0] = self.settings.theme = name
        apply_theme(name)
        self._show_map_theme()
        self.words.changed.emit()  # legends and rows are drawn with the theme's colours

    def set_lang(self, lang: str) -> None:
        """Chinese or English."""
        self.settings.lang = lang
        self.words.set_lang(lang)  # type: ignore[arg-type]

    def show_state(self, *, center: tuple[float, float] | None = None, zoom: float | None = None,
                   layers: tuple[str, ...] | None = None, select: str | None = None) -> None:
        """Bring the window into a state (pictures, scripts); ``select`` is id, code or name of a compound."""
        if layers is not None:
            self.layers.set_visible(layers)
        view = self.canvas.view()
        lon, lat = center or (view.lon, view.lat)
        if center or zoom is not None:
            self.canvas.set_view(View(lon, lat, zoom if zoom is not None else view.zoom))
        if select is not None:
            self.commands.select_compound(select)

    def is_settled(self) -> bool:
        """Whether every panel is loaded and the map complete."""
        return not self.waiting_for()

    def waiting_for(self) -> list[str]:
        """What is not finished yet."""
        parts = {"extent": self.opening.placed, "jobs": self.session.is_idle, "layers": self.layering.is_idle,
                 "lists": self.selection.is_idle and self.selecting.is_idle and self.finding.is_idle,
                 "map": self.canvas.is_complete(), "second map": self.viewing.is_idle}
        return [name for name, done in parts.items() if not done]

    def _look_settled(self) -> None:
        if self.is_settled():
            self.settled.emit()

    def retranslate(self) -> None:
        """Words of the language in use."""
        self.setWindowTitle(self.words("app.title"))
        self.canvas.set_lang(self.words.lang)
        marks = [self.words("app.sample")] if self.session.workspace.is_sample else []
        marks += [self.words("past.sign", day=self.session.as_of.isoformat())] if self.session.as_of else []
        self.canvas.sample_mark = " · ".join(marks)
        self.canvas.attribution = self.commands.attribution()
        self.canvas.notice = self.words("map.empty") if self.canvas.notice else ""
        for action in ACTIONS:
            self._actions[action.id].setText(self.words(action.key))
        fill_menus(self.top, self.words, self._actions.__getitem__)

    # -- what people do ----------------------------------------------------------------------------------------------------

    def _day_changed(self, day: Any) -> None:
        self.past.show_day(day)
        self.card.show_hit(None)
        self.status.show_day(day)
        self.retranslate()

    def _clicked(self, hit: Hit | None) -> None:
        if hit is None:
            self.selecting.let_go()
            self.selection.back()
            return
        if hit.count > 1:
            self.canvas.set_view(View(hit.lon, hit.lat, self.canvas.view().zoom + 1.5))
            return
        if not self.selecting.clicked(hit):
            self.selection.open_hit(hit)
            self.right.show()

    def _view_changed(self, view: View) -> None:
        self.status.show_view(view)
        self.card.show_hit(None)
        if self.opening.placed:
            self.selection.view_moved(view)

    def _go(self, lon: float, lat: float, compound: str) -> None:
        self.canvas.set_view(View(lon, lat, max(self.canvas.view().zoom, 15.5)))
        if compound:
            self.selected.select("compounds", (compound,), "map")

    # -- docks -----------------------------------------------------------------------------------------------------------

    def _fit_docks(self) -> None:
        """The map keeps 55 % of the window: below 1600 px the left dock folds away until asked for."""
        narrow = self.width() < NARROW
        if narrow != self._folded_left:
            self._folded_left = narrow
            self.left.setVisible(not narrow)
        factor = 1.0 if self.width() < 2600 else 1.25
        self.resizeDocks([self.left, self.right], [int(LEFT_WIDTH * factor), int(RIGHT_WIDTH * factor)], Qt.Orientation.Horizontal)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the map large."""
        super().resizeEvent(event)
        self._fit_docks()

    def showEvent(self, event: QShowEvent) -> None:
        """Open the first workbench with the window."""
        super().showEvent(event)
        if not self.workbench:
            QTimer.singleShot(0, lambda: self.workbench or self.open_workbench("planner"))
            self.canvas.setFocus()  # arrows and + - move the map at once

    def _keep_docks(self) -> None:
        if self.workbench and self._remember:
            self.settings.docks[self.workbench] = bytes(self.saveState().toBase64().data()).decode()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the docks and end the render processes."""
        self._keep_docks()
        self.viewing.close()
        if self._remember:
            save_settings(self.settings)
        self.canvas.close_engine()
        super().closeEvent(event)
