"""The right dock: the workbench's own list or figures, and over it the profile of what is selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from pm_desktop.base.errors import Cancelled
from pm_desktop.export.mapimage import mini_map
from pm_desktop.ui.canvas import Hit, View
from pm_desktop.ui.dialogs.simple import error_text
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.panels.extras import ButtonedList
from pm_desktop.ui.panels.figures import FiguresPanel
from pm_desktop.ui.panels.lists import RowList
from pm_desktop.ui.panels.profile import ProfilePanel
from pm_desktop.ui.session import Session
from pm_desktop.ui.theme import tokens
from pm_desktop.ui.workbenches import Workbench
from pm_desktop.workspace import behind, locate
from pm_desktop.workspace.edit import Changes
from pm_desktop.workspace.firm import load_firm
from pm_desktop.workspace.page import Profile
from pm_desktop.workspace.profile import load_profile
from pm_desktop.workspace.queries import Listing, Row

FOLLOW_MS = 350


class SelectionDock(QStackedWidget):
    """Signals: ``goto(lon, lat, compound)``, ``drilled(Drill)``, ``asked(action id)``, ``cleared()``,
    ``placed(Profile)`` when a profile is shown, ``editing(id)`` of a drawing that was asked for."""

    goto = Signal(float, float, str)
    drilled = Signal(object)
    asked = Signal(str)
    cleared = Signal()
    placed = Signal(object)
    editing = Signal(str)

    def __init__(self, session: Session, words: Words, theme: list[str]) -> None:
        super().__init__()
        self._session, self._words, self._theme = session, words, theme
        self._bench: Workbench | None = None
        self._panels: dict[str, QWidget] = {}
        self._view: View | None = None
        self._compound = ""
        self._firm = False  # whether it is a firm that is shown
        self._asked_for: tuple[str, tuple[Any, ...]] | None = None
        self.pack_of: Callable[[str], str] = lambda _layer: ""  # pack that a layer is drawn from
        self.profile = ProfilePanel(words, theme)
        self.profile.closed.connect(self.back)
        self.profile.drilled.connect(self.drilled)
        self.profile.day_asked.connect(session.show_day)
        self.profile.firm_asked.connect(lambda firm: self.open_firm(firm, ""))
        self.addWidget(self.profile)
        self._follow = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._follow.timeout.connect(self._load)
        session.dayChanged.connect(self._day_changed)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self._escape)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is about to be asked for."""
        return not self._follow.isActive()

    def open_bench(self, bench: Workbench, view: View, *, ready: bool) -> None:
        """Show a workbench's own panel."""
        self._bench, self._view = bench, view
        if bench.id not in self._panels:
            self._panels[bench.id] = self._make(bench)
            self.addWidget(self._panels[bench.id])
        self._asked_for = None
        if ready or not bench.follows_map:
            self._load()
        self._show()

    def _make(self, bench: Workbench) -> QWidget:
        if bench.kind == "figures":
            figures = FiguresPanel(self._words)
            figures.drilled.connect(self.drilled)
            return figures
        rows = RowList(self._words, self._theme, bench.title_key, bench.empty_key, bench.row_height, offer=bench.offer)
        rows.asked.connect(self.asked)
        rows.chosen.connect(self._chosen)
        buttons = {"data": ("file.import", "file.streets", "data.rollback"),
                   "admin": ("admin.audit", "admin.doctor", "file.settings", "help.about")}.get(bench.kind)
        if buttons is None:
            return rows
        keys = {"file.import": "action.import", "file.streets": "action.streets", "data.rollback": "data.rollback",
                "admin.audit": "admin.audit", "admin.doctor": "admin.doctor", "file.settings": "action.settings",
                "help.about": "action.about"}
        return ButtonedList(self._words, rows, [(keys[b], lambda which=b: self.asked.emit(which)) for b in buttons])

    def panel(self) -> QWidget | None:
        """The workbench's own panel."""
        return self._panels.get(self._bench.id) if self._bench else None

    def _escape(self) -> None:
        """Esc leads back from a profile, and takes the filter off a list."""
        panel = self.panel()
        rows = panel.rows if isinstance(panel, ButtonedList) else panel
        if self.currentWidget() is self.profile:
            self.back()
        elif isinstance(rows, RowList):
            rows.filter.clear()

    def _day_changed(self, _day: object) -> None:
        self._asked_for = None
        self._load()
        if self._compound:
            self.profile.show_loading("")
            self.open_compound(self._compound, "")

    def view_moved(self, view: View) -> None:
        """The map moved: lists that follow it are asked again once it rests."""
        self._view = view
        if self._bench is not None and self._bench.follows_map:
            self._follow.start()

    def refresh(self, changes: Changes) -> None:
        """Ask again for what has changed."""
        if self._bench is not None and changes.touches(self._bench.depends_on):
            self._asked_for = None
            self._load()
        if self._compound:
            (self.open_firm if self._firm else self.open_compound)(self._compound, "")

    def _load(self) -> None:
        bench = self._bench
        if bench is None:
            return
        args: tuple[Any, ...] = (round(self._view.lon, 3), round(self._view.lat, 3)) if bench.follows_map and self._view else ()
        if self._asked_for == (bench.id, args):
            return
        self._asked_for = (bench.id, args)
        self._session.run(f"list {bench.id}", bench.query, self._session.location, *args,
                          done=lambda found, which=bench.id: self._loaded(which, found),
                          failed=lambda error, which=bench.id: self._lost(which, error))

    def _loaded(self, bench: str, found: Any) -> None:
        panel = self._panels[bench]
        if isinstance(panel, FiguresPanel):
            panel.show_figures(found)
            return
        rows = panel.rows if isinstance(panel, ButtonedList) else panel
        assert isinstance(rows, RowList)
        if bench == "planner":
            rows.show_listing(found[1], found[0])
        elif bench == "data":
            rows.show_listing(Listing(tuple(row for _, row in found), len(found), None))
        else:
            rows.show_listing(found)

    def _lost(self, bench: str, error: BaseException) -> None:
        panel = self._panels[bench]
        target = panel.rows if isinstance(panel, ButtonedList) else panel
        if not isinstance(error, Cancelled) and isinstance(target, RowList | FiguresPanel):
            target.show_error(error_text(self._words, error))

    def _chosen(self, row: Row) -> None:
        if row.lon is not None and row.lat is not None:
            self.goto.emit(row.lon, row.lat, row.id if row.kind == "Compound" else "")
        if row.kind == "Compound":
            self.open_compound(row.id, row.title)
        elif row.kind.startswith("Alert"):
            self._resolve("alerts", row.id, row.title)

    def open_hit(self, hit: Hit) -> None:
        """Show what was clicked on the map."""
        self.open_feature(hit.layer, hit.id, hit.name)

    def open_feature(self, layer: str, identifier: str, name: str) -> None:
        """Show what stands behind a feature of the map: a profile, or its rows."""
        if layer == "compounds":
            self.open_compound(identifier, name)
        elif layer == "firms":
            self._session.run("locate", locate.firm_of, self._session.location, identifier,
                              done=lambda found: self.open_firm(*found) if found else self._resolve(layer, identifier, name),
                              failed=lambda _error: None)
        elif layer == "drawings":
            self.editing.emit(identifier)
        elif layer in behind.LAYERS:
            self._session.run("rows behind", behind.rows_behind, self._session.location, layer, identifier, self.pack_of(layer),
                              done=lambda found: found and self.drilled.emit(found), failed=lambda _error: None)
        else:
            self._resolve(layer, identifier, name)

    def _resolve(self, layer: str, identifier: str, name: str) -> None:
        """Find the compound behind a zone, an alert or a device, then open it."""
        self._session.run("locate", locate.compound_of, self._session.location, layer, identifier,
                          done=lambda found: found and self.open_compound(found, name), failed=lambda _error: None)

    def open_compound(self, identifier: str, name: str) -> None:
        """Show a compound's profile."""
        self._open(identifier, name, firm=False)

    def open_firm(self, identifier: str, name: str) -> None:
        """Show a firm's profile."""
        self._open(identifier, name, firm=True)

    def _open(self, identifier: str, name: str, *, firm: bool) -> None:
        self._compound, self._firm = identifier, firm
        if name:
            self.profile.show_loading(name)
        self.setCurrentWidget(self.profile)
        self._session.run("profile", load_firm if firm else load_profile, self._session.location, identifier, done=self._profiled,
                          failed=lambda error: self.profile.show_error(error_text(self._words, error)))

    def _profiled(self, profile: Profile) -> None:
        if profile.compound_id != self._compound:
            return
        self.profile.show_profile(profile)
        self.placed.emit(profile)
        if profile.kind == "Firm":
            return  # its projects are on the large map
        theme = tokens(self._theme[0])["map"]
        packs = tuple(map(str, self._session.workspace.street_packs()))
        self._session.run("mini map", mini_map, self._session.location, packs, profile.places, profile.box, theme, self._words.lang,
                          done=lambda png: self.profile.show_map(profile.compound_id, png), failed=lambda _error: None)

    def back(self) -> None:
        """Return to the workbench's own panel."""
        self._compound = ""
        self._show()
        self.cleared.emit()

    def _show(self) -> None:
        panel = self.panel()
        if panel is not None and not self._compound:
            self.setCurrentWidget(panel)
