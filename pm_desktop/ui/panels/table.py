"""The table at the bottom: rows of what is selected, in view, of a town or behind a number; sorts, filters, sums, exports."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from pm_desktop.ui.i18n import Words
from pm_desktop.ui.panels.columns import ColumnFilter, filter_words
from pm_desktop.ui.panels.gridview import Footer, GridView
from pm_desktop.ui.panels.tablemodel import TableModel
from pm_desktop.ui.plain import ElidedLabel
from pm_desktop.ui.selected import Selected

ENTITIES = ("Compound", "Zone", "Firm", "Contract", "Committee", "Complaint", "WorkOrder", "Device", "Alert", "EmergencyTeam", "MapDrawing")
SCOPES = ("selected", "view", "town", "all")
COPY_LIMIT = 20_000


class TablePanel(QWidget):
    """Title, scope, filters, rows and sums of the rows that ``Selected`` has open.

    Signals
    -------
    closed(), asked(entity, scope) for other rows, exporting(), opened_row(compound id, lon, lat) by a double click
    """

    closed = Signal()
    asked = Signal(str, str)
    exporting = Signal()
    opened_row = Signal(str, float, float)

    def __init__(self, words: Words, theme: list[str], selected: Selected, remembered: dict[str, Any]) -> None:
        super().__init__(objectName="panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words, self._theme, self._selected, self._remembered = words, theme, selected, remembered
        self._restoring = False
        self._title, self._count = ElidedLabel(objectName="panelTitle"), QLabel(objectName="panelHint")
        self.entity, self.scope = QComboBox(), QComboBox()
        self.filter = QLineEdit(clearButtonEnabled=True)
        self.filter.setMaximumWidth(220)
        for box in (self.entity, self.scope, self.filter):
            box.setMinimumWidth(64)  # give way in a narrow window
        self._chips = QHBoxLayout()
        self._filter_chips: list[QPushButton] = []
        self.export = QPushButton()
        self._close = QPushButton("✕", objectName="flat")
        self.model = TableModel(words, theme)
        self.view = GridView(self.model)
        self.footer = Footer(self.view, words, theme)
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 6, 0)
        for widget in (self._title, self.entity, self.scope, self._count):
            head.addWidget(widget)
        head.addLayout(self._chips)
        head.addStretch()
        for widget in (self.filter, self.export, self._close):
            head.addWidget(widget)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 6, 0, 0)
        body.setSpacing(4)
        body.addLayout(head)
        body.addWidget(self.view, 1)
        body.addWidget(self.footer)

    def _connect(self) -> None:
        self._close.clicked.connect(self.closed)
        self.export.clicked.connect(self.exporting)
        for box in (self.entity, self.scope):
            box.activated.connect(lambda _: self.asked.emit(self.entity.currentData(), self.scope.currentData()))
        self.filter.textChanged.connect(self._selected.set_typed)
        self._selected.opened.connect(self._show_rows)
        self._selected.filtered.connect(self._filtered)
        self._selected.changed.connect(self._mark)
        self.view.selectionModel().selectionChanged.connect(self._picked)
        header = self.view.horizontalHeader()
        header.sectionResized.connect(lambda *_: self._remember())
        header.sectionMoved.connect(lambda *_: self._remember())
        for each in (header, self.view.frozen.horizontalHeader()):
            each.sectionClicked.connect(self.sort_by)
            each.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            each.customContextMenuRequested.connect(lambda at, which=each: self._menu(which.logicalIndexAt(at), which.mapToGlobal(at)))
        for view in (self.view, self.view.frozen):
            view.doubleClicked.connect(self._open_row)
        QShortcut(QKeySequence.StandardKey.Copy, self.view, activated=self.copy, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._words.changed.connect(self.retranslate)

    # -- rows ------------------------------------------------------------------------------------------------------------

    def _show_rows(self) -> None:
        data = self._selected.data
        assert data is not None
        self._restoring = True
        self.filter.setText("")
        for header in (self.view.horizontalHeader(), self.view.frozen.horizontalHeader()):
            header.setSortIndicatorShown(False)
            header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        self.model.set_table(data)
        self._restore()
        self.view.freeze()
        self.view.scrollToTop()
        self._restoring = False
        self._mark()
        self._summed()
        self.retranslate()

    def _filtered(self) -> None:
        if self._selected.data is not None:
            self.filter.setText(self._selected.typed)
            self.model.keep(self._selected.kept())
            self._summed()
            self.retranslate()

    def _summed(self) -> None:
        data = self._selected.data
        assert data is not None
        found = {i: (data.summary(i, self.model.rows), c.digits) for i, c in enumerate(data.columns) if c.kind == "number"}
        self.footer.show_sums(self._words("table.rows", n=f"{len(self.model.rows):,}"), found)

    def sort_by(self, column: int) -> None:
        """Sort by a column: numbers the largest first, texts from the beginning; again turns the order round."""
        header = self.view.horizontalHeader()
        if self._selected.data is None:
            return
        first = Qt.SortOrder.DescendingOrder if self._selected.data.columns[column].kind == "number" else Qt.SortOrder.AscendingOrder
        other = Qt.SortOrder.AscendingOrder if first == Qt.SortOrder.DescendingOrder else Qt.SortOrder.DescendingOrder
        again = header.isSortIndicatorShown() and header.sortIndicatorSection() == column and header.sortIndicatorOrder() == first
        order = other if again else first
        for each in (header, self.view.frozen.horizontalHeader()):
            each.setSortIndicatorShown(True)
            each.setSortIndicator(column, order)
        self.model.sort(column, order)
        self.view.scrollToTop()

    # -- selection --------------------------------------------------------------------------------------------------------

    def _picked(self) -> None:
        """Rows picked here are selected on the map."""
        data = self._selected.data
        if self._restoring or data is None or not data.layer:
            return
        rows = np.concatenate([np.zeros(0, np.int64), *(self.model.rows[top:bottom + 1] for top, bottom in self._ranges())])
        if len(rows):
            self._selected.select(data.layer, np.sort(data.ids[rows]), "table")

    def _ranges(self) -> list[tuple[int, int]]:
        """First and last of each run of picked rows."""
        chosen: Any = self.view.selectionModel().selection()  # the stubs do not know that it is a list
        return [(chosen[i].top(), chosen[i].bottom()) for i in range(chosen.size())]

    def _mark(self) -> None:
        """What is selected elsewhere is tinted here and brought into view."""
        data = self._selected.data
        if data is None or (self._selected.how == "table" and self._selected.layer == data.layer):
            return
        self._restoring = True
        self.view.clearSelection()
        self._restoring = False
        rows = data.rows_of(self._selected.ids) if self._selected.layer == data.layer else np.zeros(0, np.int64)
        self.model.mark(rows)
        if 0 < len(rows) < len(data):
            at = np.flatnonzero(np.isin(self.model.rows, rows))
            if len(at):
                self.view.scrollTo(self.model.index(int(at[0]), 0))

    def _open_row(self, index: QModelIndex | QPersistentModelIndex) -> None:
        data = self._selected.data
        if data is not None and index.isValid():
            row = int(self.model.rows[index.row()])
            lon, lat = data.arrays["lonlat"][row].tolist()
            self.opened_row.emit(data.arrays["compound"][row].decode(), lon, lat)

    # -- columns ------------------------------------------------------------------------------------------------------------

    def shown_columns(self) -> list[int]:
        """Columns from left to right."""
        header = self.view.horizontalHeader()
        order = [header.logicalIndex(i) for i in range(header.count())]
        return [c for c in order if not header.isSectionHidden(c)]

    def _restore(self) -> None:
        """Order, widths and hidden columns as they were left."""
        data, header = self._selected.data, self.view.horizontalHeader()
        assert data is not None
        kept = self._remembered.get(data.entity, {})
        order = [k for k in kept.get("order", ()) if k in {c.key for c in data.columns}] or [c.key for c in data.columns]
        for place, key in enumerate(order):
            header.moveSection(header.visualIndex(data.index(key)), place)
        metrics = self.view.fontMetrics()
        for i, column in enumerate(data.columns):
            header.setSectionHidden(i, bool(i) and not kept.get("shown", {}).get(column.key, column.shown))
            wide = metrics.horizontalAdvance(str(self.model.headerData(i, Qt.Orientation.Horizontal))) + 44
            texts = [data.text(r, i, self._words.lang) for r in range(min(len(data), 40))]
            width = min(max([wide, *(metrics.horizontalAdvance(t) + 20 for t in texts)]), 260)
            header.resizeSection(i, kept.get("width", {}).get(column.key, width))

    def _remember(self) -> None:
        data, header = self._selected.data, self.view.horizontalHeader()
        if self._restoring or data is None:
            return
        keys = [c.key for c in data.columns]
        self._remembered[data.entity] = {
            "order": [keys[header.logicalIndex(i)] for i in range(header.count())],
            "width": {k: header.sectionSize(i) for i, k in enumerate(keys) if not header.isSectionHidden(i)},
            "shown": {k: not header.isSectionHidden(i) for i, k in enumerate(keys)}}

    def show_column(self, column: int, shown: bool) -> None:
        """Show or hide a column."""
        self.view.setColumnHidden(column, not shown)
        self._remember()

    def _menu(self, column: int, at: QPoint) -> None:
        data = self._selected.data
        if data is None or column < 0:
            return
        menu = QMenu(self)
        menu.addAction(self._words("table.sort"), lambda: self.sort_by(column))
        menu.addAction(self._words("table.filter"), lambda: self._ask_filter(column))
        if column:
            menu.addAction(self._words("table.hide"), lambda: self.show_column(column, False))
        more = menu.addMenu(self._words("table.columns"))
        for i, each in enumerate(data.columns[1:], 1):
            action = more.addAction(self._words.of(each.label))
            action.setCheckable(True)
            action.setChecked(not self.view.isColumnHidden(i))
            action.toggled.connect(lambda on, which=i: self.show_column(which, on))
        menu.exec(at)
        menu.deleteLater()

    def _ask_filter(self, column: int) -> None:
        data = self._selected.data
        assert data is not None
        key = data.columns[column].key
        dialog = ColumnFilter(self._words, data, column, self._selected.filters.get(key), self)
        if dialog.exec():
            self._selected.set_filter(key, dialog.wanted())

    # -- words ----------------------------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Copy the picked rows (at most 20,000) as tab separated text with the header."""
        rows = sorted({r for top, bottom in self._ranges() for r in range(top, bottom + 1)})[:COPY_LIMIT]
        columns = self.shown_columns()
        lines = ["\t".join(str(self.model.headerData(c, Qt.Orientation.Horizontal)) for c in columns)]
        lines += ["\t".join(str(self.model.index(r, c).data()).replace("\t", " ").replace("\n", " ") for c in columns) for r in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def show_scope(self, entity: str, scope: str, town: str) -> None:
        """Say which rows are open; ``scope`` is empty for rows behind a number."""
        self.entity.clear()
        for name in ENTITIES:
            self.entity.addItem(self._words(f"table.of.{name}"), name)
        self.entity.setCurrentIndex(self.entity.findData(entity))
        self.scope.clear()
        for name in SCOPES:
            if name != "town" or town:
                self.scope.addItem(town if name == "town" else self._words(f"table.scope.{name}"), name)
        self.scope.setCurrentIndex(self.scope.findData(scope))

    def retranslate(self) -> None:
        """Words of the language in use."""
        words, data = self._words, self._selected.data
        self.filter.setPlaceholderText(words("list.filter"))
        self._close.setToolTip(words("table.close"))
        self.export.setText(words("table.export"))
        self._title.setText(words.of(self._selected.subject) if self._selected.subject is not None else words("table.title"))
        self._count.setText(words("list.count", shown=f"{len(self.model.rows):,}", total=f"{data.total:,}") if data else words("table.empty"))
        self.view.empty = words("table.none_kept" if data and self._selected.is_filtered else "table.none")
        self.export.setEnabled(len(self.model.rows) > 0)
        for old in self._filter_chips:
            old.hide()
            old.deleteLater()
        self._filter_chips = []
        for key, wanted in self._selected.filters.items() if data else ():
            chip = QPushButton(f"{filter_words(words, data, key, wanted)} ✕", objectName="mapButton")  # type: ignore[arg-type]
            chip.clicked.connect(lambda _=False, which=key: self._selected.set_filter(which, None))
            self._chips.addWidget(chip)
            self._filter_chips.append(chip)
        self.model.repaint_with()
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, self.model.columnCount() - 1))
        self.footer.update()
