"""Leads selection and rows: what hand, search and menu ask for goes to helper processes, what they find into `Selected`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QLabel

from pm_desktop.base.mercator import to_lonlat
from pm_desktop.cartography.style import map_style
from pm_desktop.layers.registry import layer_by_id
from pm_desktop.ui.canvas import Hit, View
from pm_desktop.ui.canvas.mask import MapMask
from pm_desktop.ui.dialogs.simple import ask_metres
from pm_desktop.ui.panels.statistics import StatisticsPanel
from pm_desktop.ui.selected import Selected
from pm_desktop.workspace import selection, tables
from pm_desktop.workspace.edit import Changes
from pm_desktop.workspace.export import SUFFIXES, Order, export_rows
from pm_desktop.workspace.tablepack import TableData
from pm_desktop.workspace.tables import LAYER_OF, Scope

if TYPE_CHECKING:
    from pm_desktop.ui.main_window import MainWindow

FOLLOW_MS = 350
ENTITY_OF = {layer: entity for entity, layer in LAYER_OF.items()} | {"firms": "Zone"}


class Selecting(QObject):
    """One for a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._w = window
        self._s: Selected = window.selected
        self._entity, self._scope = "Compound", "view"
        self._town: tuple[str, str] | None = None
        self._asked = 0
        self._stale = True
        self._count = QLabel()
        window.status.addWidget(self._count)
        self._follow = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._follow.timeout.connect(self._reload)
        self._s.changed.connect(self._changed)
        self.mask = MapMask(window.canvas)
        for signal in (self._s.filtered, self._s.opened):
            signal.connect(self._filtered)
        window.words.changed.connect(self._tell)
        window.table.asked.connect(self._ask)
        window.table.exporting.connect(self.export)
        window.table.opened_row.connect(self._open_row)
        self.statistics = StatisticsPanel(window.words, window.theme, self._s)
        self.stats = window._dock("stats", self.statistics, Qt.DockWidgetArea.BottomDockWidgetArea)
        window.splitDockWidget(window.bottom, self.stats, Qt.Orientation.Horizontal)
        self.stats.hide()
        self.statistics.closed.connect(self.stats.hide)
        self.stats.visibilityChanged.connect(lambda shown: shown and self._stale and self._reload())
        window.bottom.visibilityChanged.connect(lambda shown: shown and self._stale and self._reload())
        window.canvas.viewChanged.connect(self._moved)
        window.canvas.drawn.connect(self.select_drawn)
        for widget in (window.canvas, window.table, self.statistics):
            widget.installEventFilter(self)
        window.top.search.found.connect(self._found)
        window.session.changed.connect(self._edited)
        window.session.dayChanged.connect(self._day_changed)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is about to be asked for."""
        return not self._follow.isActive()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc on map, table or charts takes the filters off first, then lets go of the selection; a tool in use is put down before both."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self._s.is_filtered and not self._w.canvas.toolbox.drawing:
            self._s.clear_filters()
            return True
        return super().eventFilter(watched, event)

    # -- selecting -------------------------------------------------------------------------------------------------------

    def layer(self) -> str:
        """Layer that is selected on: that of the selection, else the topmost one that can be."""
        shown = [v.id for v in self._w.canvas.layers() if v.visible and v.id in selection.SOURCES]
        if self._s.layer in shown:
            return self._s.layer
        return shown[-1] if shown else "compounds"

    def clicked(self, hit: Hit) -> bool:
        """Select what was clicked; with Ctrl add it or take it away. Returns whether it was added so."""
        if QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier:
            self._s.toggle(hit.layer, hit.id)
            return True
        self._s.select(hit.layer, (hit.id,), "map")
        return False

    def let_go(self) -> None:
        """Clear filters, selection and the rows that depend on it."""
        self._s.clear_filters()
        self._s.clear()

    def select_view(self) -> None:
        """Everything of the layer in the view."""
        self._run(self.layer(), selection.select_in_area, self.layer(), self._view_box(), "touches", how="view")

    def select_drawn(self, tool: str, drawn: Any) -> None:
        """What lies in a drawn area: vertices in degrees (n, 2) of a box, lasso or polygon, or centre and radius of a circle."""
        if tool in ("box", "lasso", "polygon"):
            area: selection.Area = selection.Polygon(tuple((float(x), float(y)) for x, y in drawn.tolist()))
        elif tool == "circle":
            area = selection.Circle(drawn.lon, drawn.lat, drawn.radius_m)
        else:
            return
        self._run(self.layer(), selection.select_in_area, self.layer(), area, how="area")

    def select_same_firm(self) -> None:
        """Everything with the firm of what is selected."""
        self._same("firm")

    def select_same_town(self) -> None:
        """Everything in the town of what is selected."""
        self._same("town")

    def _same(self, by: str) -> None:
        if len(self._s.ids) and self._s.layer in selection.SOURCES:
            self._run(self._s.layer, selection.select_same, self._s.layer, self._s.texts(), by, how="same")

    def select_near(self) -> None:
        """Everything within some metres of what is selected, else of the middle of the map."""
        view, metres = self._w.canvas.view(), ask_metres(self._w.words, self._w)
        if metres is not None:
            near: selection.Area = selection.Circle(view.lon, view.lat, metres)
            if len(self._s.ids) and self._s.layer in selection.SOURCES:
                near = selection.Near(self._s.layer, self._s.texts(), metres)
            self._run(self.layer(), selection.select_in_area, self.layer(), near, how="area")

    def select_invert(self) -> None:
        """Everything of the layer that is not selected."""
        self._run(self.layer(), selection.select_all, self.layer(), self._s.ids, how="all")

    def _run(self, layer: str, job: Callable[..., Any], *args: Any, how: str) -> None:
        w = self._w
        w.session.run("select", job, w.session.location, *args, done=lambda ids: self._s.select(layer, ids, how), failed=w.commands.tell)

    def _view_box(self) -> selection.Polygon:
        view, canvas = self._w.canvas.view(), self._w.canvas
        x, y = view.world
        half_w, half_h = canvas.width() / 2 * view.unit, canvas.height() / 2 * view.unit
        (west, north), (east, south) = to_lonlat([(x - half_w, y - half_h), (x + half_w, y + half_h)]).tolist()  # type: ignore[arg-type]
        return selection.box_of(west, south, east, north)

    def _changed(self) -> None:
        self._w.canvas.select(self._s.layer, self._s.texts())
        self._tell()
        if self._s.how in ("area", "same", "view", "all"):
            self._ask(ENTITY_OF[self._s.layer], "selected")
        elif self._s.how != "table" and self._scope == "selected":
            self._ask(self._entity, "selected" if len(self._s.ids) else "view")

    def _filtered(self) -> None:
        """The map fades what the filters leave out."""
        self._tell()
        data = self._s.data
        if data is not None and self._s.is_filtered and data.layer:
            layers = ("zones", "firms") if data.layer == "zones" else (data.layer,)
            self.mask.keep(layers, data.ids[self._s.kept()], QColor(map_style(self._w.map_theme).colours["land"]))
        else:
            self.mask.clear()

    def _tell(self) -> None:
        words, n = self._w.words, len(self._s.ids)
        parts = [words("select.count", n=f"{n:,}", kind=words.of(layer_by_id(self._s.layer).label))] if n else []
        if self._s.is_filtered:
            parts.append(words("select.filtered", n=f"{int(self._s.kept().sum()):,}", total=f"{len(self._s.data or ()):,}"))
        self._count.setText(" · ".join(parts))

    # -- rows ------------------------------------------------------------------------------------------------------------

    def _found(self, hit: Any) -> None:
        """A town that was searched is what the table shows from then on."""
        if hit.kind == "Town":
            w = self._w
            w.session.run("town", selection.town_at, w.session.location, hit.detail or hit.id, done=self._at_town, failed=w.commands.tell)

    def _at_town(self, town: tuple[str, str] | None) -> None:
        if town is not None:
            self._town = town
            self._ask("Compound", "town")

    def _ask(self, entity: str, scope: str) -> None:
        self._entity, self._scope = entity or "Compound", scope or "view"
        self._stale = True
        self._w.table.show_scope(self._entity, self._scope, self._town[1] if self._town else "")
        self._reload()

    def _moved(self, _view: View) -> None:
        if self._scope == "view":
            self._stale = True
            if self._is_looked_at():
                self._follow.start()

    def _day_changed(self, _day: object) -> None:
        """Rows behind a number of another day are gone; every other table is asked again."""
        if self._scope == "drill":
            self._scope = "view"
            self._w.bottom.hide()
        self._stale = True
        self._reload()

    def _edited(self, changes: Changes, _who: object) -> None:
        if changes.touches(frozenset((self._entity, "Zone", "Compound", "Complaint", "ServiceProject", "Contract"))):
            self._stale = True
            self._reload()

    def _reload(self) -> None:
        """Ask for the rows of the scope, when somebody looks."""
        if self._is_looked_at() and self._scope != "drill":
            self._w.table.show_scope(self._entity, self._scope, self._town[1] if self._town else "")
            words = self._w.words
            place = self._town[1] if self._scope == "town" and self._town else words(f"table.scope.{self._scope}")
            self._open(self._scope_rows(), f"{words(f'table.of.{self._entity}')} · {place}")

    def _is_looked_at(self) -> bool:
        return self._w.bottom.isVisible() or self.stats.isVisible()

    def _scope_rows(self) -> Scope:
        entity = self._entity
        if self._scope == "town" and self._town:
            return Scope(entity, town=self._town[0])
        if self._scope == "selected" and len(self._s.ids):
            layer = "zones" if self._s.layer == "firms" else self._s.layer
            if LAYER_OF.get(entity) == layer:
                return Scope(entity, ids=self._s.ids)
            owner = {"compounds": "compound_id", "zones": "zone_id"}.get(layer)
            if (owner and entity in ("Complaint", "Device")) or (owner == "zone_id" and entity in ("Alert", "EmergencyTeam", "Contract", "Committee", "WorkOrder")):
                return Scope(entity, {str(owner): list(self._s.texts())})
        if self._scope == "view" and entity in LAYER_OF:
            return Scope(entity, area=self._view_box())
        return Scope(entity)

    def open_drill(self, drill: Any) -> None:
        """Open the rows behind a number."""
        self._entity, self._scope, self._stale = drill.entity, "drill", False
        self._show_bottom()
        self._w.table.show_scope(drill.entity, "", self._town[1] if self._town else "")
        self._open(Scope(drill.entity, dict(drill.where)), drill.title)

    def _open(self, scope: Scope, subject: Any) -> None:
        self._asked += 1
        self._stale = False

        def built(path: str, serial: int = self._asked) -> None:
            if serial == self._asked:  # a newer question is on its way otherwise
                self._s.open_rows(TableData(path), subject)

        w = self._w
        w.session.run("rows", tables.build_table, w.session.location, scope, str(w.session.cache_dir / "tables"), done=built,
                      failed=w.commands.tell)

    def _show_bottom(self) -> None:
        w = self._w
        if not w.bottom.isVisible():
            w.bottom.show()
            w.resizeDocks([w.bottom], [max(260, w.height() // 3)], Qt.Orientation.Vertical)

    def toggle_table(self) -> None:
        """Table on or off."""
        if self._w.bottom.isVisible():
            self._w.bottom.hide()
        else:
            self._show_bottom()

    def toggle_stats(self) -> None:
        """Statistics on or off, beside the table."""
        if self.stats.isVisible():
            self.stats.hide()
        else:
            self._show_bottom()
            self.stats.show()
            self._w.resizeDocks([self._w.bottom, self.stats], [700, 360], Qt.Orientation.Horizontal)

    def _open_row(self, compound: str, lon: float, lat: float) -> None:
        w = self._w
        if lon == lon:
            w.canvas.set_view(View(lon, lat, max(w.canvas.view().zoom, 15.5)))
        if compound:
            w.selection.open_compound(compound, w.words("state.loading"))
            w.right.show()

    def export(self) -> None:
        """Write the rows as shown to a file."""
        w, data = self._w, self._s.data
        if data is None or not len(w.table.model.rows):
            return
        name, _ = QFileDialog.getSaveFileName(w, w.words("table.export"), "table.xlsx", " ".join(f"*{s}" for s in SUFFIXES))
        if name:
            self.export_to(name)

    def export_to(self, name: str) -> None:
        """Write the rows as shown to this file, in a process of its own with progress and cancel."""
        w, data = self._w, self._s.data
        assert data is not None
        source = w.words("app.sample") if w.session.workspace.is_sample else w.session.workspace.name or w.session.workspace.location
        order = Order(str(data.arrays.path), w.table.model.rows, tuple(data.columns[c].key for c in w.table.shown_columns()), w.words.lang,
                      w.words.of(self._s.subject), source)
        w.session.run("export", export_rows, w.session.location, order, name, long=True, failed=w.commands.tell,
                      done=lambda n: w.status.showMessage(w.words("table.exported", n=f"{n:,}"), 6_000))
